"""``ombud bulk``: a client of the API that says what became of each case."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from activities.messages import RecordInput
from activities.record import RecordActivities
from api.examples.bulk import BULK_DONE, BULK_WAITING
from cli.tables.bulk import bulk_notes, bulk_table
from tests.support.office import Office
from tests.support.shell import Shell


async def judged(office: Office, *case_ids: str) -> None:
    """What the worker does: each case judges what is in its inbox."""
    recorder = RecordActivities(office.records, office.inbox, "test")
    for case_id in case_ids:
        await recorder.record(RecordInput(tenant_id=office.tenant_id, case_id=case_id, arrivals=()))


def printed(answer: dict[str, Any]) -> str:
    console = Console(width=200)
    with console.capture() as capture:
        console.print(bulk_table(answer))
    return capture.get()


@pytest.mark.postgres
class TestSend:
    async def test_a_bulk_from_the_dry_run_to_its_results(self, shell: Shell, office: Office) -> None:
        review, settlement = await office.desk().in_review(), await office.desk().opened()
        words = ("bulk", "close", "--queue", "mediation", "--reason", "ended", "--reasons", "It ended.", "-t", office.tenant_id)
        # To close cases decides what becomes of them: that takes whoever does so themselves.
        refused = await shell.type(*words, "--as", "per_cleo")
        assert "[own_credential_needed]" in refused.output
        for person in ("per_dana", "per_cleo"):
            assert (await shell.type("login", person, "-t", office.tenant_id)).exit_code == 0
        dry = await shell.json(*words, "--dry-run", "--as", "per_dana")
        assert dry["selected"] == sorted([review["id"], settlement["id"]])
        # No worker is there: it is on disk, and nobody has refused it.
        told = await shell.json(*words, "--as", "per_cleo", "--key", "bulk-1")
        assert told["counts"] == {"pending": 2}
        assert (await shell.json(*words, "--as", "per_cleo", "--key", "bulk-1"))["id"] == told["id"]
        await judged(office, review["id"], settlement["id"])
        done = await shell.type("bulk", "show", told["id"], "--as", "per_cleo", "-t", office.tenant_id)
        assert done.exit_code == 1, done.output
        assert done.stdout.count("refused") == 2
        assert "[not_allowed]" in done.stdout
        assert "close sent to 2 cases (2 refused)." in done.stderr

    async def test_the_operator_assigns_as_the_system_and_closes_as_somebody(self, shell: Shell, office: Office) -> None:
        case = await office.desk().in_review()
        told = await shell.json("bulk", "assign", "--case", case["id"], "--to", "per_ben", "-t", office.tenant_id)
        assert (told["by"], told["counts"]) == ("system", {"pending": 1})
        await judged(office, case["id"])
        shown = await shell.json("bulk", "show", told["id"], "-t", office.tenant_id)
        assert shown["counts"] == {"accepted": 1}
        refused = await shell.type("bulk", "pause", "--all", "--reason", "x", "-t", office.tenant_id)
        assert (refused.exit_code, refused.stdout) == (77, "")
        assert "[not_allowed]" in refused.stderr

    async def test_what_fits_nothing_and_what_selects_nothing(self, shell: Shell, office: Office) -> None:
        whole = ("bulk", "resume", "--as", "per_dana", "-t", office.tenant_id)
        nobody = await shell.type(*whole, "--priority", "urgent")
        assert (nobody.exit_code, nobody.stdout, nobody.stderr) == (0, "", "No open case fits: resume was sent to nobody.\n")
        unsaid = await shell.type(*whole)
        assert (unsaid.exit_code, unsaid.stdout) == (65, "")
        assert "[selection_unclear]" in unsaid.stderr

    @pytest.mark.parametrize(
        "words",
        [
            ("snooze", "--until", "2026-11-26T09:00:00Z", "--reason", "hearing"),
            ("request", "--of", "claimant", "--what", "Which version?"),
            ("pause", "--reason", "lab", "--clock", "ruling", "--until", "2026-11-26T09:00:00Z"),
            ("resume", "--clock", "ruling"),
            ("assign", "--reason", "leave"),
        ],
        ids=lambda words: words[0],
    )
    async def test_every_verb_is_a_command_that_the_api_takes(self, shell: Shell, office: Office, words: tuple[str, ...]) -> None:
        selection = ("--kind", "bounty_dispute", "--queue", "none", "--phase", "review", "--owner", "per_ada", "--category", "x")
        told = await shell.json("bulk", *words, *selection, "--dry-run", "--as", "per_dana", "-t", office.tenant_id)
        assert told["command"] == {"request": "request_evidence"}.get(words[0], words[0])
        assert told["selected"] == []


def test_a_line_for_each_case() -> None:
    text = printed(BULK_DONE)
    assert all(one["case"] in text and one["status"] in text for one in BULK_DONE["results"])
    assert "'assign' is not possible while the case is in approval. [not_in_this_phase]" in text


def test_what_is_told_beside_it() -> None:
    assert list(bulk_notes(BULK_DONE)) == ["assign sent to 2 cases (1 refused, 1 accepted)."]
    assert list(bulk_notes(BULK_WAITING))[-1].endswith(f"ombud bulk show {BULK_DONE['id']}")
    assert "case_x" in list(bulk_notes({**BULK_DONE, "left_out": ["case_x"]}))[-1]
