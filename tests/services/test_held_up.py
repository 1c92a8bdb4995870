"""What is paused or fails again and again is found: where the record says that something waits, and where Temporal lists it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from services.doctor import activities, judged_activities
from services.held_up import FAILED_OFTEN, HeldUp, held_up
from tests.support.worlds import World
from workflows.handles import NotReached, RefusedByTemporal
from workflows.runs import PendingActivity


def waiting(workflow_id: str, *, paused: bool = False, failed: int = 0) -> PendingActivity:
    return PendingActivity(workflow_id, "effects.carry_out", "4", paused, failed)


class FakeRuns:
    """What runs in Temporal."""

    def __init__(self, pending: Sequence[PendingActivity], listed: Sequence[str] | None = ()) -> None:
        self._pending, self._listed = pending, listed

    async def pending(self, workflow_id: str) -> Sequence[PendingActivity]:
        return [one for one in self._pending if one.workflow_id == workflow_id]

    async def paused(self, at_most: int) -> Sequence[str]:
        if self._listed is None:
            raise RefusedByTemporal("Temporal refused: invalid_argument: no such search attribute")
        return self._listed

    async def pinned(self, at_most: int) -> Sequence[str]:
        return ["delivery/n"] if self._listed else []


@pytest.mark.postgres
class TestHeldUp:
    async def test_what_waits_by_the_record_is_looked_at(self, world: World) -> None:
        case = (await world.opened()).case_id
        run = f"case/{world.tenant_id}/{case}"
        runs = FakeRuns([waiting(run, failed=FAILED_OFTEN), waiting(run, failed=1), waiting("case/else/c", paused=True)])
        assert (await held_up(world.database, runs)).failing == [], "what has just come is being done"
        found = await held_up(world.database, runs, older_than=timedelta(0))
        assert ([one.failed for one in found.failing], found.paused) == ([FAILED_OFTEN], [])

    async def test_what_temporal_lists_as_paused_is_found_whoever_waits(self, world: World) -> None:
        runs = FakeRuns([waiting("delivery/n", paused=True, failed=9)], ["delivery/n"])
        found = await held_up(world.database, runs)
        assert ([one.workflow_id for one in found.paused], found.failing, found.pinned) == (["delivery/n"], [], ["delivery/n"])

    async def test_a_server_that_lists_none_is_said_to(self, world: World) -> None:
        assert not (await held_up(world.database, FakeRuns([], None))).listed


class TestToldByTheDoctor:
    def test_the_paused_come_first_with_their_cure(self) -> None:
        told = judged_activities(HeldUp([waiting("case/a/c", paused=True)], [waiting("case/a/d", failed=9)]))
        assert (told.verdict, "1 were paused in Temporal and are not tried" in told.found) == ("fail", True)
        assert "activity unpause --workflow-id case/a/c --activity-id 4" in told.next_step

    def test_what_is_pinned_is_named_with_its_cure(self) -> None:
        told = judged_activities(HeldUp([waiting("case/a/c", paused=True)], pinned=["case/a/d", "delivery/n"]))
        assert (told.verdict, told.found) == (
            "fail", "2 were pinned in Temporal to a build whose workers are away, such as case/a/d",
        )  # fmt: skip
        assert "ombud case revive --stuck" in told.next_step

    def test_what_fails_is_named_with_how_often(self) -> None:
        told = judged_activities(HeldUp(failing=[waiting("case/a/d", failed=9)]))
        assert (told.verdict, told.found) == (
            "warn", "1 fail again and again, such as effects.carry_out of case/a/d, 9 times",
        )  # fmt: skip

    def test_what_is_not_known_is_not_called_well(self) -> None:
        assert judged_activities(HeldUp()).verdict == "ok"
        assert judged_activities(HeldUp(listed=False)).verdict == "warn"

    async def test_who_is_away_is_named(self) -> None:
        async def no_temporal() -> HeldUp:
            raise NotReached("Temporal does not answer")

        async def no_database() -> HeldUp:
            raise ConnectionRefusedError

        told = [await activities(look, timedelta(seconds=1)) for look in (no_temporal, no_database)]
        assert [(one.verdict, one.found) for one in told] == [
            ("warn", "not looked at: Temporal does not answer"), ("warn", "not looked at: ConnectionRefusedError"),
        ]  # fmt: skip
