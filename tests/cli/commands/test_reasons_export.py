"""``ombud reasons export`` prints what ``ombud reasons check`` takes; ``ombud case hold`` keeps a case from being deleted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from storage.postgres.vault import LegalHold
from tests.support.office import Office
from tests.support.shell import Shell
from tests.support.statements import a_told_statement

pytestmark = pytest.mark.postgres


async def test_what_is_exported_is_fit_for_the_database(shell: Shell, office: Office, tmp_path: Path) -> None:
    case = await a_told_statement(office)
    done = await shell.type("reasons", "export", case["id"], "-t", office.tenant_id)
    assert done.exit_code == 0, done.output
    file = tmp_path / "statements.jsonl"
    file.write_text(done.stdout, "utf-8")
    checked: Any = await shell.json("reasons", "check", "--batch", str(file))
    assert checked == {"id": case["id"], "valid": True, "errors": []}


async def test_a_case_without_one_says_so(shell: Shell, office: Office) -> None:
    case = await office.desk().opened()
    done = await shell.type("reasons", "export", case["id"], "-t", office.tenant_id)
    assert done.exit_code != 0
    assert "[statement_missing]" in done.stderr


async def test_a_hold_is_placed_and_lifted(shell: Shell, office: Office) -> None:
    case = await office.desk().opened()
    ops = ("--as", "per_dana", "-t", office.tenant_id)
    await shell.type("case", "hold", case["id"], "--reason", "litigation", "--reasons", "We have been sued.", *ops)
    # No worker is there; whoever comes next has it judged.
    held = (await office.desk("dana").post(f"/v1/cases/{case['id']}/notes", {"text": "Counsel was told."})).json()["case"]
    assert [one["reason"] for one in held["legal_holds"]] == ["litigation"]
    async with office.database.deed(office.tenant_id) as conn:
        with pytest.raises(LegalHold):
            await office.vault.erase(conn, office.tenant_id, case["id"], "staff")
    assert "[own_credential_needed]" in (await shell.type("case", "release", case["id"], "--reasons", "Settled.", *ops)).output
    assert (await shell.type("login", "per_dana", "-t", office.tenant_id)).exit_code == 0
    done = await shell.type("case", "release", case["id"], "--reasons", "The suit was settled.", *ops)
    assert done.exit_code in (0, 75), done.output
