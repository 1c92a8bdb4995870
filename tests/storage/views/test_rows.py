"""Rows of a list: a case is decoded, and shown to somebody, once for as long as it says the same, and never longer than that."""

from __future__ import annotations

import pytest

from domain.views.case import view
from storage.postgres.pool import Database
from storage.views.cases import CaseFilter, PostgresViews
from storage.views.rows import KNOWN_CASES, KNOWN_VIEWS, CaseRow
from tests.support.worlds import World, a_command, some_terms

pytestmark = pytest.mark.postgres


async def listed(views: PostgresViews, world: World, case_id: str) -> CaseRow:
    """The case as a list finds it."""
    (row,) = await views.cases(world.tenant_id, CaseFilter(ids=(case_id,)))
    return row


async def test_an_unchanged_case_is_the_one_of_the_time_before(world: World) -> None:
    case_id = await world.case(terms=some_terms())
    views = PostgresViews(world.database, world.vault)
    first, again = await listed(views, world, case_id), await listed(views, world, case_id)
    assert first.case is again.case
    viewer = await views.actor(world.tenant_id, case_id, await world.claimant(case_id))
    assert viewer is not None
    assert first.seen_by(viewer) is again.seen_by(viewer)


async def test_a_case_that_has_moved_on_is_read_anew(world: World) -> None:
    case_id = await world.case(terms=some_terms())
    views = PostgresViews(world.database, world.vault)
    before = await listed(views, world, case_id)
    claimant = await world.claimant(case_id)
    viewer = await views.actor(world.tenant_id, case_id, claimant)
    assert before.case is not None
    assert viewer is not None
    before.seen_by(viewer)
    await world.record(case_id, a_command("message", claimant, text="Hello."))
    after = await listed(views, world, case_id)
    assert after.case is not None
    assert after.case.seq > before.case.seq
    alone = await views.case(world.tenant_id, case_id)
    assert alone is not None
    assert after == alone
    assert after.seen_by(viewer) == view(after.case, viewer, with_actions=False)


async def test_what_a_row_says_otherwise_without_a_command_is_seen_too(world: World, database: Database) -> None:
    case_id = await world.case(terms=some_terms())
    views = PostgresViews(world.database, world.vault)
    before = await listed(views, world, case_id)
    assert before.case is not None
    async with database.tenant(world.tenant_id) as conn:
        await conn.execute(
            "UPDATE cases SET state = state || '{\"round\": 7}' WHERE tenant = $1 AND id = $2", world.tenant_id, case_id
        )
    after = await listed(views, world, case_id)
    assert after.case is not None
    assert (before.case.round, after.case.round) == (0, 7)


async def test_each_viewer_sees_their_own(world: World) -> None:
    case_id = await world.case(terms=some_terms())
    views = PostgresViews(world.database, world.vault)
    row = await listed(views, world, case_id)
    assert row.case is not None
    party = await views.actor(world.tenant_id, case_id, await world.claimant(case_id))
    mediator = await views.actor(world.tenant_id, case_id, "per_mia")
    assert party is not None
    assert mediator is not None
    for viewer in (party, mediator, party):
        assert row.seen_by(viewer) == view(row.case, viewer, with_actions=False)
    assert row.seen_by(party) != row.seen_by(mediator)
    for number in range(3 * KNOWN_VIEWS):
        row.seen_by(mediator.model_copy(update={"id": f"per_{number}"}))
        assert len(row.views) <= KNOWN_VIEWS


def test_what_is_kept_has_a_bound() -> None:
    assert KNOWN_CASES * (40 + KNOWN_VIEWS * 10) < 64_000, "KiB that one process keeps at most of cases that were listed"
