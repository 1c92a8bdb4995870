"""``ombud erasure`` and ``ombud retention`` on a real database."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from cli.commands.erasure import said
from storage.record.erasures import PostgresErasures, ToErase
from tests.support.office import Office, party
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres


async def test_whoever_runs_ombud_looks_and_drops_and_two_of_ops_erase(shell: Shell, office: Office) -> None:
    desk, tenant = office.desk(), ("-t", office.tenant_id)
    case = await desk.opened()
    await desk.command(case["id"], "withdraw", party(case, "claimant"))
    assert "Nothing was asked for." in (await shell.type("erasure", "list", *tenant)).output
    refused = await shell.type("erasure", "ask", case["id"], "--reason", "request", *tenant)
    assert "[own_credential_needed]" in refused.stderr, refused.output
    kept = await shell.type("retention", "--dry-run", *tenant)
    assert (kept.exit_code, "not_yet" in kept.stdout) == (0, True), kept.output
    assert [row["erased"] for row in (await shell.json("retention", *tenant))["data"]] == [False]
    async with office.database.deed(office.tenant_id) as conn:
        wanted = ToErase(case["id"], None, "request", needs_second=True)
        asked = await PostgresErasures(office.database).ask(conn, office.tenant_id, wanted, "per_dana", "key_1")
    listed = await shell.type("erasure", "list", *tenant, COLUMNS="200")
    assert "waiting" in listed.stdout
    assert case["id"] in listed.stdout
    (meant,) = (await shell.json("erasure", "list", *tenant))["data"][0]["cases"]
    assert (meant["case"], meant["found_by"]) == (case["id"], "id")
    alone = await shell.type("erasure", "approve", str(asked), *tenant)
    assert "[own_credential_needed]" in alone.stderr, alone.output
    dropped = await shell.type("erasure", "drop", str(asked), *tenant)
    assert (dropped.exit_code, "dropped" in dropped.stdout) == (0, True), dropped.output


def test_who_asks_or_agrees_reads_every_case_that_is_meant() -> None:
    meant = [
        {"case": "case_1", "number": "R-1", "open": False, "found_by": "id"},
        {"case": "case_2", "number": None, "open": True, "found_by": "address"},
    ]
    asked = {"id": "ers_1", "state": "waiting", "case_count": 2, "cases": meant, "mails": [], "address_before": []}
    reaches = ["  reaches 2 cases:", "    case_1  R-1", "    case_2  open  found by the address alone: look whether it is them"]
    assert said(asked).splitlines()[1:] == reaches
    assert said({**asked, "mails": ["unp_1"], "address_before": ["case_3"]}).splitlines()[1:] == [
        *reaches, "  and mail that waits to be placed:", "    unp_1",
        "  does not reach what came from an address that was theirs before it was changed; look whether it is them:",
        "    case_3",
    ]  # fmt: skip


async def test_all_that_is_held_about_a_person_is_written_once(shell: Shell, office: Office, tmp_path: Path) -> None:
    case, tenant = await office.desk().opened(), ("-t", office.tenant_id)
    asked = ("case", "personal-data", case["id"], party(case, "claimant"), "--out", str(tmp_path / "kim.zip"))
    done = await shell.type(*asked, *tenant)
    assert done.exit_code == 0, done.output
    assert set(zipfile.ZipFile(tmp_path / "kim.zip").namelist()) == {"everything.json", "index.html"}
    assert "is there already" in (await shell.type(*asked, *tenant)).stderr
