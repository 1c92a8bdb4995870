"""Rules change while cases live: what was recorded keeps saying what it said, and keeps the terms it was opened under."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from domain.base import Phase
from domain.rules import lifecycle
from storage.record.audit import PostgresAudit
from tests.support.worlds import World, a_command, some_terms

pytestmark = pytest.mark.postgres


@contextmanager
def without_row(phase: Phase, command: str) -> Iterator[None]:
    """The table as a later release might have it: one row less."""
    row = lifecycle._INDEX.pop((phase, command))
    try:
        yield
    finally:
        lifecycle._INDEX[phase, command] = row


async def test_a_swapped_pack_and_row_change_nothing_that_was_recorded(world: World) -> None:
    case_id = await world.case()
    ruling = a_command("rule", "per_mia", outcome="upheld", reasons="It is so.")
    await world.record(case_id, a_command("assign", "per_ola", owner="per_mia"), ruling)
    before = (await world.snapshot(case_id)).case
    assert before is not None
    assert before.phase is Phase.RULED

    with without_row(Phase.REVIEW, "rule"):
        # A new pack binds the next report, not this case.
        newer = await world.case(terms=some_terms(grace="9 hours", version="pack_of_tomorrow"))
        refused = await world.record(
            newer, a_command("assign", "per_ola", owner="per_mia"), a_command("rule", "per_mia", **_upheld())
        )
        assert [a.code if a else None for a in refused.answers] == [None, "not_in_this_phase"]
        assert (await PostgresAudit(world.database, world.vault).verify(world.tenant_id)).intact
        again = await world.record(case_id, ruling, a_command("note", "per_max", text="Looked at it."))

    assert [a.status if a else None for a in again.answers] == ["accepted", "accepted"], "a known command gets its stored answer"
    after = (await world.snapshot(case_id)).case
    assert after is not None
    assert (after.terms, after.timetable, after.ruling) == (before.terms, before.timetable, before.ruling)
    assert after.seq == before.seq + 1


def _upheld() -> dict[str, str]:
    return {"outcome": "upheld", "reasons": "It is so."}
