"""What does not move is found, and for how long the oldest has waited."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.outside.backlog import STUCK_AFTER, backlog
from tests.support.worlds import World, a_command, sql

pytestmark = pytest.mark.postgres


async def mine(world: World) -> dict[str, int]:
    """Stuck cases of this tenant, and how often they were woken."""
    found = await backlog(world.database)
    return {case.case_id: case.times for case in found.named if case.tenant_id == world.tenant_id}


async def woken(world: World, case_id: str, times: int, ago: str = "1 min", turn: int = 0) -> None:
    await sql(
        world,
        "INSERT INTO pokes (tenant, case_id, turn, times, poked_at) SELECT tenant, id, turn + $4, $2, now() - $3::text::interval "
        "FROM cases WHERE id = $1",
        case_id, times, ago, turn,
    )  # fmt: skip


async def test_a_case_that_was_woken_often_without_a_move_is_stuck(world: World) -> None:
    stuck, moved, long_ago, young = [await world.case() for _ in range(4)]
    await woken(world, stuck, STUCK_AFTER)
    await woken(world, moved, STUCK_AFTER, turn=-1)
    await woken(world, long_ago, STUCK_AFTER, ago="1 hour")
    await woken(world, young, STUCK_AFTER - 1)
    assert await mine(world) == {stuck: STUCK_AFTER}


async def test_what_waits_for_nothing_but_letters_on_their_way_is_not_stuck(world: World) -> None:
    case_id = await world.case()
    await world.record(case_id, a_command("withdraw", await world.claimant(case_id)))
    await woken(world, case_id, STUCK_AFTER)
    assert await mine(world) == {case_id: STUCK_AFTER}, "its letters are not sent, and nobody has them"
    await sql(world, "UPDATE notices SET state = 'handed_over' WHERE case_id = $1", case_id)
    assert await mine(world) == {}


async def test_the_oldest_that_waits_says_how_far_behind_all_are(world: World) -> None:
    case_id = await world.case()
    await sql(world, "UPDATE deadlines SET due_at = now() - interval '400 days' WHERE case_id = $1", case_id)
    assert (await backlog(world.database)).waits_for > timedelta(days=399)
