"""What does not run is started once, from the record; a notice and an effect at which nobody is are taken up; and what runs is
left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from services.errors import Refused
from services.revival import LISTS_LAG_FOR, RESTART_AFTER, Sweep, begin_anew, restart_stuck, revive
from storage.outside.outbox import PostgresOutbox
from storage.tenants import PostgresTenants, Tenant
from tests.support.worlds import World, a_command, sql
from workflows.handles import Named, NotReached, RefusedByTemporal
from workflows.runs import TASK_TRIES, RunState, Told, delivery_id

pytestmark = pytest.mark.postgres


class FakeDoors:
    """What runs in Temporal; remembers what was started."""

    def __init__(self, world: World, running: set[str] | None = None, delivering: set[str] | None = None) -> None:
        self.world, self.up, self.at_work = world, running or set(), delivering or set()
        self.started: list[Named] = []
        self.delivered: list[str] = []
        self.poked: list[str] = []
        self.restarted: list[str] = []
        self.states: dict[str, RunState] = {}
        self.ended: list[str] = []
        self.heard: dict[str, list[Told]] = {}
        """What each run was told."""
        self.told_again: list[str | None] = []
        self.held: list[str] = []
        self.earlier: list[str] = []
        self.terminated: list[str] = []
        self.let_go: list[str] = []
        self.asked_since: list[datetime] = []
        self.refuses: set[str] = set()
        self.over: set[str] = set()

    async def deliver(self, case: Named, notice_id: str) -> bool:
        if notice_id in self.at_work:
            return False
        self.at_work.add(notice_id)
        self.delivered.append(notice_id)
        return True

    async def revive(self, case: Named) -> bool:
        if case.case_id in self.refuses:
            raise RefusedByTemporal("Temporal refused: invalid_argument: no")
        if case.case_id in self.up:
            return False
        self.started.append(case)
        self.up.add(case.case_id)
        return True

    async def runs(self, workflow_ids: Collection[str]) -> dict[str, bool]:
        up = {f"case/{self.world.tenant_id}/{case_id}" for case_id in self.up} | {f"delivery/{one}" for one in self.at_work}
        over = {f"case/{self.world.tenant_id}/{case_id}" for case_id in self.over}
        return {one: one in up for one in workflow_ids if one in up | over}

    async def ended_since(self, tenant_id: str, since: datetime) -> dict[str, Sequence[str]]:
        self.asked_since.append(since)
        return {case_id: [f"run of {case_id}"] for case_id in self.ended} if tenant_id == self.world.tenant_id else {}

    async def began_before(self, instant: datetime) -> Sequence[str]:
        return self.earlier

    async def end(self, workflow_id: str, why: str) -> None:
        self.terminated.append(workflow_id)

    async def pinned(self, at_most: int) -> Sequence[str]:
        return [run for run in self.held if run not in self.let_go]

    async def unpin(self, workflow_id: str) -> None:
        if workflow_id in self.refuses:
            raise RefusedByTemporal("Temporal refused: not_found: it is over")
        self.let_go.append(workflow_id)

    async def told(self, case: Named, run_id: str | None = None) -> Sequence[Told]:
        return self.heard.get(case.case_id, [])

    async def tell(self, case: Named, told: Told) -> None:
        self.told_again.append(told.command_id)

    async def state(self, case: Named) -> RunState:
        return self.states.get(case.case_id, RunState(running=case.case_id in self.up))

    async def poke(self, case: Named, command_id: str | None = None) -> None:
        self.poked.append(case.case_id)

    async def restart(self, case: Named) -> None:
        if case.case_id in self.refuses:
            raise RefusedByTemporal("Temporal refused: invalid_argument: no")
        self.restarted.append(case.case_id)


class Away(FakeDoors):
    """Temporal does not answer."""

    async def deliver(self, case: Named, notice_id: str) -> bool:
        raise NotReached(notice_id)

    async def revive(self, case: Named) -> bool:
        raise NotReached(case.case_id)


async def in_state(world: World, case_id: str, state: str) -> set[str]:
    return {row["id"] for row in await sql(world, "SELECT id FROM notices WHERE case_id = $1 AND state = $2", case_id, state)}


async def handed_over(world: World) -> tuple[str, set[str]]:
    """A case whose notices ``Delivery`` workflows took, and those notices."""
    case_id = await world.case()
    notices = await in_state(world, case_id, "pending")
    assert len(notices) >= 2
    await PostgresOutbox(world.database, world.vault).handed_over(world.tenant_id, sorted(notices))
    return case_id, notices


async def closed(world: World) -> str:
    """A case that is over, with nothing left to do."""
    case_id, outbox = await world.case(), PostgresOutbox(world.database, world.vault)
    await world.record(case_id, a_command("withdraw", await world.claimant(case_id)))
    for notice_id in await in_state(world, case_id, "pending"):
        await outbox.sent(world.tenant_id, notice_id, "<receipt>")
    (row,) = await sql(world, "SELECT status FROM cases WHERE id = $1", case_id)
    assert row["status"] == "closed"
    return case_id


async def test_what_does_not_run_is_started_and_what_runs_is_left_alone(world: World) -> None:
    lost, running = await world.case(), await world.case()
    doors = FakeDoors(world, running={running})
    assert await revive(world.database, doors, [world.tenant_id], None) == {"checked": 2, "started": 1, "running": 1}
    assert [case.case_id for case in doors.started] == [lost]


async def test_a_case_is_started_under_what_its_record_says(world: World) -> None:
    case_id = await world.case()
    doors = FakeDoors(world)
    await revive(world.database, doors, [world.tenant_id], None)
    (row,) = await sql(world, "SELECT kind, opened_at, priority FROM cases WHERE id = $1", case_id)
    assert doors.started == [Named(world.tenant_id, case_id, row["kind"], row["opened_at"], row["priority"])]


async def test_asked_twice_nothing_is_started_twice(world: World) -> None:
    await world.case()
    doors = FakeDoors(world)
    await revive(world.database, doors, [world.tenant_id], None)
    assert await revive(world.database, doors, [world.tenant_id], None) == {"checked": 1, "started": 0, "running": 1}
    assert len(doors.started) == 1


async def test_a_report_that_nobody_has_judged_yet_is_started(world: World) -> None:
    opened = await world.opened()
    doors = FakeDoors(world)
    await revive(world.database, doors, [world.tenant_id], None)
    assert [case.case_id for case in doors.started] == [opened.case_id]


async def test_a_notice_of_a_lost_delivery_has_a_new_one(world: World) -> None:
    _case_id, notices = await handed_over(world)
    doors = FakeDoors(world)
    await revive(world.database, doors, [world.tenant_id], None)
    assert set(doors.delivered) == notices


async def test_a_notice_that_is_being_delivered_stays_with_its_delivery(world: World) -> None:
    case_id, notices = await handed_over(world)
    at_work = min(notices)
    doors = FakeDoors(world, delivering={at_work})
    await revive(world.database, doors, [world.tenant_id], None)
    assert set(doors.delivered) == notices - {at_work}
    assert await in_state(world, case_id, "handed_over") == notices


async def test_also_the_lost_notices_of_a_case_that_runs_have_a_new_delivery(world: World) -> None:
    case_id, notices = await handed_over(world)
    doors = FakeDoors(world, running={case_id})
    await revive(world.database, doors, [world.tenant_id], None)
    assert set(doors.delivered) == notices


async def test_a_letter_that_waits_in_another_one_is_left_to_it(world: World) -> None:
    _case_id, notices = await handed_over(world)
    first, *others = sorted(notices)
    await sql(world, "UPDATE notices SET folded_into = $1 WHERE id = ANY($2)", first, others)
    doors = FakeDoors(world)
    await revive(world.database, doors, [world.tenant_id], None)
    assert doors.delivered == [first]


class TestOneCase:
    async def test_only_that_one_is_looked_at(self, world: World) -> None:
        wanted, _other = await world.case(), await world.case()
        doors = FakeDoors(world)
        assert await revive(world.database, doors, [world.tenant_id], wanted) == {"checked": 1, "started": 1, "running": 0}
        assert [case.case_id for case in doors.started] == [wanted]

    async def test_one_that_is_over_is_started_only_when_it_is_named(self, world: World) -> None:
        case_id = await closed(world)
        doors = FakeDoors(world)
        assert (await revive(world.database, doors, [world.tenant_id], None))["checked"] == 0
        assert (await revive(world.database, doors, [world.tenant_id], case_id))["started"] == 1

    async def test_one_that_nobody_has_is_not_found(self, world: World) -> None:
        with pytest.raises(Refused) as refused:
            await revive(world.database, FakeDoors(world), [world.tenant_id], "case_nowhere")
        assert refused.value.code == "not_found"

    async def test_another_tenants_case_is_not_found_and_not_started(self, world: World) -> None:
        case_id = await world.case()
        stranger = f"{world.tenant_id}-stranger"
        await PostgresTenants(world.database, world.vault).create(Tenant(id=stranger, name="Stranger", development=True))
        doors = FakeDoors(world)
        with pytest.raises(Refused) as refused:
            await revive(world.database, doors, [stranger], case_id)
        assert (refused.value.code, doors.started) == ("not_found", [])


def a_sweep(world: World, doors: FakeDoors) -> Sweep:
    """A search without a pause."""
    return Sweep(world.database, doors, timedelta(0), world.tenant_id)


async def begun(world: World, case_id: str, effect_id: str = "eff_1") -> None:
    """An effect that somebody began an hour ago."""
    await sql(
        world,
        "INSERT INTO effects (tenant, id, case_id, seq, type, side, because, began_at) "
        "VALUES ($1, $2, $3, 1, 'refund', 'claimant', 'r', clock_timestamp() - interval '1 hour')",
        world.tenant_id, effect_id, case_id,
    )  # fmt: skip


async def woken(world: World, case_id: str, times: int) -> None:
    """It was woken so often without a move, the last time two hours ago."""
    await sql(
        world,
        "INSERT INTO pokes (tenant, case_id, turn, times, poked_at) SELECT tenant, id, turn, $2, now() - interval '2 hours' "
        "FROM cases WHERE id = $1",
        case_id, times,
    )  # fmt: skip


class TestSweep:
    async def test_starts_what_does_not_run_and_leaves_alone_what_does(self, world: World) -> None:
        lost, running = await world.case(), await world.case()
        doors = FakeDoors(world, running={running})
        doors.over = {lost}
        await a_sweep(world, doors).look()
        assert [case.case_id for case in doors.started] == [lost]

    async def test_what_was_just_started_and_is_lost_again_waits_longer_each_time(self, world: World) -> None:
        case_id = await world.case()
        doors = FakeDoors(world)
        doors.over = {case_id}
        await a_sweep(world, doors).look()
        doors.up.clear()
        await a_sweep(world, doors).look()
        assert [case.case_id for case in doors.started] == [case_id]
        await sql(world, "UPDATE pokes SET poked_at = now() - interval '2 hours' WHERE case_id = $1", case_id)
        await a_sweep(world, doors).look()
        assert len(doors.started) == 2

    async def test_one_that_never_ran_is_left_to_the_relay_until_something_of_it_is_under_way(self, world: World) -> None:
        case_id = await world.case()
        doors = FakeDoors(world)
        assert (await a_sweep(world, doors).look()).started == 0
        await begun(world, case_id)
        assert (await a_sweep(world, doors).look()).started == 1

    async def test_delivers_what_nobody_delivers(self, world: World) -> None:
        case_id, notices = await handed_over(world)
        doors = FakeDoors(world, running={case_id}, delivering={min(notices)})
        swept = await a_sweep(world, doors).look()
        assert set(doors.delivered) == notices - {min(notices)}
        assert swept.delivered >= len(notices) - 1

    async def test_a_closed_case_whose_letters_are_on_their_way_needs_no_run(self, world: World) -> None:
        case_id = await world.case()
        await world.record(case_id, a_command("withdraw", await world.claimant(case_id)))
        notices = await in_state(world, case_id, "pending")
        doors = FakeDoors(world, delivering={min(notices)})
        doors.over = {case_id}
        await PostgresOutbox(world.database, world.vault).handed_over(world.tenant_id, sorted(notices))
        await a_sweep(world, doors).look()
        assert doors.started == [], "what its Delivery is at does not go faster by it"
        assert set(doors.delivered) == notices - {min(notices)}, "a Delivery that was lost is taken up all the same"
        await sql(world, "UPDATE notices SET state = 'pending' WHERE id = $1", min(notices))
        await a_sweep(world, doors).look()
        assert [case.case_id for case in doors.started] == [case_id], "a letter that nobody has needs a run"

    async def test_wakes_a_case_whose_effect_nobody_carries_out(self, world: World) -> None:
        case_id = await world.case()
        await begun(world, case_id)
        doors = FakeDoors(world, running={case_id})
        doors.states[case_id] = RunState(running=True)
        await a_sweep(world, doors).look()
        assert doors.poked == [case_id]

    async def test_an_effect_that_is_being_carried_out_is_left_alone(self, world: World) -> None:
        case_id = await world.case()
        await begun(world, case_id)
        doors = FakeDoors(world, running={case_id})
        doors.states[case_id] = RunState(running=True, carrying_out=1)
        await a_sweep(world, doors).look()
        assert doors.poked == doors.restarted == []

    async def test_a_run_at_rest_although_it_was_woken_often_begins_anew_once_an_hour(self, world: World) -> None:
        case_id = await world.case()
        await woken(world, case_id, RESTART_AFTER)
        doors = FakeDoors(world, running={case_id})
        doors.states[case_id] = RunState(running=True, at_rest=True)
        await a_sweep(world, doors).look()
        await a_sweep(world, doors).look()
        assert doors.restarted == [case_id]

    async def test_a_run_whose_task_fails_is_counted_and_left_to_somebody(self, world: World) -> None:
        case_id = await world.case()
        await woken(world, case_id, RESTART_AFTER)
        doors = FakeDoors(world, running={case_id})
        doors.states[case_id] = RunState(running=True, failing=TASK_TRIES)
        swept = await a_sweep(world, doors).look()
        assert (doors.restarted, swept.stuck >= 1) == ([], True)

    async def test_what_was_ended_from_outside_says_how_it_stands_also_when_it_is_over(self, world: World) -> None:
        case_id = await closed(world)
        doors = FakeDoors(world)
        doors.ended, doors.states[case_id] = [case_id, "case_nowhere"], RunState(running=False, ended=True)
        await a_sweep(world, doors).look()
        assert [case.case_id for case in doors.started] == [case_id]

    async def test_what_ran_again_meanwhile_or_ended_by_itself_is_left_alone(self, world: World) -> None:
        case_id = await closed(world)
        doors = FakeDoors(world)
        doors.ended, doors.states[case_id] = [case_id], RunState(running=False)
        await a_sweep(world, doors).look()
        assert doors.started == []

    async def test_what_an_ended_run_was_told_is_told_again_unless_the_record_has_it(self, world: World) -> None:
        case_id, doors = await world.case(), FakeDoors(world)
        known = a_command("message", await world.claimant(case_id), text="Hello.")
        await world.record(case_id, known)
        doors.ended, doors.states[case_id] = [case_id], RunState(running=False, ended=True)
        doors.heard[case_id] = [
            Told((), str(known["id"]), unread=False), Told((), "cmd_read-and-lost", unread=False),
            Told((), "cmd_never-read", unread=True), Told((), None, unread=True), Told((), None, unread=False),
        ]  # fmt: skip
        swept = await a_sweep(world, doors).look()
        assert (doors.told_again, swept.told) == (["cmd_read-and-lost", "cmd_never-read", None], 3)
        # The second look finds the same run among the ended, and somebody else has begun it anew.
        doors.states[case_id] = RunState(running=True)
        await a_sweep(world, doors).look()
        assert doors.told_again[3:] == ["cmd_read-and-lost", "cmd_never-read"], "what cannot be known again is told once"

    async def test_the_ended_are_asked_for_from_where_the_last_look_stopped(self, world: World) -> None:
        doors = FakeDoors(world)
        await a_sweep(world, doors).look()
        (place,) = await sql(world, "SELECT ended_until FROM sweeps WHERE tenant = $1", world.tenant_id)
        doors.asked_since.clear()
        await a_sweep(world, doors).look()
        assert place["ended_until"] - LISTS_LAG_FOR in doors.asked_since

    async def test_one_that_temporal_refuses_keeps_nobody_waiting(self, world: World) -> None:
        refused, other = sorted([await world.case(), await world.case()])
        doors = FakeDoors(world)
        doors.refuses, doors.over = {refused}, {refused, other}
        swept = await a_sweep(world, doors).look()
        assert [case.case_id for case in doors.started] == [other]
        assert swept.refused >= 1

    async def test_of_two_workers_one_looks(self, world: World) -> None:
        await world.case()
        doors = FakeDoors(world)
        await Sweep(world.database, doors, timedelta(minutes=5), world.tenant_id).look()
        doors.up.clear()
        assert (await Sweep(world.database, doors, timedelta(minutes=5), world.tenant_id).look()).looked_at == 0

    async def test_while_temporal_is_away_the_next_look_begins_where_this_one_did(self, world: World) -> None:
        away = Away(world)
        away.over = {await world.case()}
        with pytest.raises(NotReached):
            await a_sweep(world, away).look()
        (place,) = await sql(world, "SELECT after, passed_at FROM sweeps WHERE tenant = $1", world.tenant_id)
        assert (place["after"], place["passed_at"]) == ("", None)


class TestRestartStuck:
    async def test_restarts_what_fails_and_nothing_else(self, world: World) -> None:
        stuck, well = await world.case(), await world.case()
        doors = FakeDoors(world, running={stuck, well})
        doors.states[stuck] = RunState(running=True, failing=TASK_TRIES)
        assert await restart_stuck(world.database, doors, [world.tenant_id]) == {
            "checked": 2,
            "restarted": 1,
            "unpinned": 0,
            "refused": 0,
        }
        assert doors.restarted == [stuck]


async def test_what_is_pinned_to_a_build_that_is_away_is_let_go_with_the_stuck(world: World) -> None:
    doors = FakeDoors(world)
    mine = f"case/{world.tenant_id}/case_1"
    doors.held = [mine, "case/elsewhere/case_1", "delivery/ntc_1", "delivery/ntc_over"]
    doors.refuses = {"delivery/ntc_over"}
    counts = await restart_stuck(world.database, doors, [world.tenant_id])
    assert (counts["unpinned"], counts["refused"]) == (2, 1), "one that Temporal refuses breaks nothing off"
    assert doors.let_go == [mine, "delivery/ntc_1"], "another tenant's cases are no business of whoever names one"


async def test_a_server_that_lists_no_pinned_runs_keeps_nobody_from_being_begun_anew(world: World) -> None:
    class Silent(FakeDoors):
        async def pinned(self, at_most: int) -> Sequence[str]:
            raise RefusedByTemporal("Temporal refused: invalid_argument: no such search attribute")

    case_id = await world.case()
    doors = Silent(world)
    doors.states[case_id] = RunState(running=True, failing=TASK_TRIES)
    assert (await restart_stuck(world.database, doors, [world.tenant_id]))["restarted"] == 1


async def test_what_began_before_an_instant_is_begun_anew_and_nothing_else(world: World) -> None:
    old, refused, _new = await world.case(), await world.case(), await world.case()
    case_id, notices = await handed_over(world)
    doors = FakeDoors(world)
    doors.refuses = {refused}
    doors.earlier = [
        *(f"case/{world.tenant_id}/{one}" for one in (old, refused)), "case/elsewhere/case_1",
        delivery_id(min(notices)), "delivery/ntc_elsewhere",
    ]  # fmt: skip
    found = await begin_anew(world.database, doors, [world.tenant_id], datetime(2026, 11, 1, tzinfo=UTC))
    assert found == {"restarted": 1, "deliveries": 1, "refused": 1}
    assert (doors.restarted, doors.terminated) == ([old], [delivery_id(min(notices))])
    assert case_id not in doors.restarted
