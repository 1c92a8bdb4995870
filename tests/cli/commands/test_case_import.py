"""Cases that run elsewhere move in: checked first, once each, with a result a line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.messages import Recorded, RecordInput
from activities.record import RecordActivities
from storage.intake.inbox import PostgresInbox
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.records import PostgresRecords
from storage.views.cases import PostgresViews
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres

NOW = datetime.now(UTC)
"""The command reads the clock, so that the past is told from here."""


def a_line(number: int, **changes: Any) -> dict[str, Any]:
    """A case in mediation elsewhere since three days."""
    report = {
        "kind": "bounty_dispute", "source": "oldtool", "external_id": f"T-{number}",
        "statement": "They closed my report as a duplicate of nothing.",
        "parties": [
            {"side": "claimant", "ref": "kim", "email": "kim@example.org"}, {"side": "respondent", "ref": "acme"},
        ],
    }  # fmt: skip
    since = NOW - timedelta(days=3)
    said = {"sent_at": (since + timedelta(minutes=1)).isoformat(), "by": "acme", "text": "It is a duplicate of 4711."}
    return {"report": report, "received_at": since.isoformat(), "phase": "review", "messages": [said], **changes}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one case that can move in and one that cannot."""
    path = tmp_path / "cases.jsonl"
    lines = [a_line(1), a_line(2, phase="appealable")]
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


def written(file: Path, text: str) -> None:
    file.write_text(text)


async def moved(shell: Shell, tenant_id: str, file: Path, *words: str) -> list[dict[str, Any]]:
    done = await shell.type("case", "import", str(file), "--tenant", tenant_id, "--json", *words)
    assert done.exit_code in (0, 1), f"{done.output}\n{done.exception!r}"
    return [json.loads(line) for line in done.stdout.splitlines()]


async def judged(database: Database, vault: Vault, tenant_id: str, case_id: str) -> Recorded:
    """What the worker's relay has done when it finds the command in the inbox."""
    recorder = RecordActivities(PostgresRecords(database), PostgresInbox(database, vault), "2025b")
    return await recorder.record(RecordInput(tenant_id=tenant_id, case_id=case_id))


async def cases(database: Database, tenant_id: str) -> int:
    async with database.tenant(tenant_id) as conn:
        found: int = await conn.fetchval("SELECT count(*) FROM cases")
    return found


async def test_a_dry_run_says_what_would_be_made_and_writes_nothing(
    shell: Shell, database: Database, tenant_id: str, file: Path
) -> None:
    first, second = await moved(shell, tenant_id, file, "--dry-run")
    assert (first["status"], first["phase"], first["case"]) == ("would_move_in", "review", None)
    assert first["next_deadline"]["at"] > NOW.isoformat()
    assert (second["line"], second["status"], second["problem"]["code"]) == (2, "refused", "history_incomplete")
    assert await cases(database, tenant_id) == 0


async def test_it_stands_here_as_it_stood_there(
    shell: Shell, database: Database, vault: Vault, tenant_id: str, file: Path
) -> None:
    first, _ = await moved(shell, tenant_id, file)
    recorded = await judged(database, vault, tenant_id, first["case"])
    views = PostgresViews(database, vault)
    held = await views.case(tenant_id, first["case"])
    assert held is not None
    assert held.case is not None
    assert (recorded.phase, held.external_id) == ("review", "T-1")
    assert held.opened_at == NOW - timedelta(days=3)
    row = held.case.timetable[0]
    # A level that comes again counts from the move, which a moment ago was asked for.
    assert row.clock == first["next_deadline"]["clock"]
    assert abs(row.due_at - datetime.fromisoformat(first["next_deadline"]["at"])) < timedelta(minutes=1)
    assert await views.notices(tenant_id, first["case"]) == []
    facts = await views.timeline(tenant_id, first["case"])
    said = next(one.fact for one in facts if one.fact.type == "past_message_kept")
    assert (await views.texts(tenant_id, [said.text.content_id])) == {said.text.content_id: "It is a duplicate of 4711."}


async def test_what_a_side_wrote_before_the_move_is_erased_with_its_key(
    shell: Shell, database: Database, vault: Vault, tenant_id: str, file: Path
) -> None:
    first, _ = await moved(shell, tenant_id, file)
    await judged(database, vault, tenant_id, first["case"])
    views = PostgresViews(database, vault)
    facts = await views.timeline(tenant_id, first["case"])
    said = next(one.fact for one in facts if one.fact.type == "past_message_kept")
    opened = facts[0].fact
    assert opened.type == "case_opened"
    respondent = next(p.id for p in opened.parties if p.side == "respondent")
    async with database.deed(tenant_id) as conn:
        assert await vault.erase(conn, tenant_id, first["case"], respondent)
    texts = await views.texts(tenant_id, [said.text.content_id, opened.statement.content_id])
    assert texts[said.text.content_id] is None
    assert texts[opened.statement.content_id] is not None


async def test_the_same_file_again_makes_no_second_case(shell: Shell, database: Database, tenant_id: str, file: Path) -> None:
    first, _ = await moved(shell, tenant_id, file)
    again, _ = await moved(shell, tenant_id, file)
    assert (again["status"], again["case"]) == ("known", first["case"])
    assert await cases(database, tenant_id) == 1


async def test_another_past_under_the_same_id_is_refused(shell: Shell, tenant_id: str, file: Path) -> None:
    await moved(shell, tenant_id, file)
    written(file, json.dumps(a_line(1, messages=[])))
    (other,) = await moved(shell, tenant_id, file)
    assert (other["status"], other["problem"]["code"]) == ("refused", "external_id_reused")


async def test_a_line_that_is_no_case_does_not_stop_the_others(shell: Shell, tenant_id: str, file: Path) -> None:
    written(file, "nonsense\n\n" + json.dumps(a_line(7)))
    bad, good = await moved(shell, tenant_id, file)
    assert (bad["line"], bad["status"]) == (1, "refused")
    assert (good["line"], good["status"]) == (3, "moved_in")
