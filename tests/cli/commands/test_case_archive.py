"""``ombud case archive`` and ``ombud case unarchive`` on a real database and a folder of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.office import Office, party
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres


async def test_a_case_goes_there_and_comes_back(shell: Shell, office: Office, tmp_path: Path) -> None:
    desk, tenant = office.desk(), ("-t", office.tenant_id)
    case = await desk.opened()
    refused = await shell.type("case", "archive", case["id"], *tenant)
    assert "[archive_open]" in refused.stderr, refused.output
    await desk.command(case["id"], "withdraw", party(case, "claimant"))
    async with office.database.tenant(office.tenant_id) as conn:
        await conn.execute("UPDATE notices SET state = 'sent' WHERE tenant = $1 AND case_id = $2", office.tenant_id, case["id"])
    done = await shell.json("case", "archive", case["id"], *tenant)
    assert done["archived"]
    (put,) = (tmp_path / "evidence" / office.tenant_id / case["id"]).glob("archive-*")
    assert put.stat().st_size == done["bytes"]
    verified = await shell.json("audit", "verify", *tenant)
    assert verified["problems"] == []
    # To be read it is brought back, by whoever reads it.
    shown = await shell.json("case", "show", case["id"], *tenant)
    assert (shown["id"], shown["status"]) == (case["id"], "closed")
    again = await shell.type("case", "unarchive", case["id"], *tenant)
    assert (again.exit_code, "not in the archive" in again.stdout) == (0, True), again.output
    await shell.json("case", "archive", case["id"], *tenant)
    assert (await shell.json("case", "unarchive", case["id"], *tenant))["brought_back"]
    # What it was there opens nothing any more, and is missed by nobody.
    put.write_bytes(b"x")
    assert (await shell.json("audit", "verify", *tenant))["problems"] == []
