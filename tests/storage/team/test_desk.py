"""The desk on a real database: what waits for whom, one case for one person, and how long somebody worked."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from storage.intake.inbox import PostgresInbox
from storage.record.records import PostgresRecords
from storage.team.absences import PostgresAbsences
from storage.team.bulk import PostgresBulk
from storage.team.desk import PostgresDesk
from storage.tenants import Person
from tests.support.worlds import World, a_command

pytestmark = pytest.mark.postgres

QUEUE = ("bounty",)
RULING = {"outcome": "rejected", "reasons": "The report was a duplicate.", "remedies": []}


@pytest.fixture
def desk(world: World) -> PostgresDesk:
    """The desk of the tenant."""
    return PostgresDesk(world.database, PostgresInbox(world.database, world.vault))


async def leases(world: World, desk: PostgresDesk, case_id: str) -> list[tuple[str, str | None]]:
    """Who worked on it, and why they stopped."""
    return [(one.person_id, one.ended_because) for one in await desk.leases(world.tenant_id, case_id)]


async def sent(world: World, case_id: str, *commands: tuple[str, str, dict[str, str]]) -> None:
    """Commands one by one, each judged before the next; all must be taken."""
    for kind, by, fields in commands:
        (answer,) = (await world.record(case_id, a_command(kind, by, **fields))).answers
        assert answer is not None
        assert answer.status == "accepted", answer


class TestClaim:
    async def test_two_at_once_never_get_the_same_case(self, world: World, desk: PostgresDesk) -> None:
        case_id = await world.case()
        takes = [a_command("take", by) for by in ("per_mia", "per_max") * 5]
        receipts = await asyncio.gather(*(desk.claim(world.tenant_id, case_id, take) for take in takes))
        assert len([one for one in receipts if one is not None]) == 1

    async def test_what_somebody_is_taking_is_offered_to_nobody_else(self, world: World, desk: PostgresDesk) -> None:
        first, second = await world.case(), await world.case()
        offered = [one.id for one in await desk.takeable(world.tenant_id, "per_max", QUEUE, 10)]
        assert offered == [first, second], "the earlier one falls due earlier"
        assert await desk.claim(world.tenant_id, first, a_command("take", "per_mia")) is not None
        assert [one.id for one in await desk.takeable(world.tenant_id, "per_max", QUEUE, 10)] == [second]
        assert await desk.claim(world.tenant_id, first, a_command("take", "per_max")) is None, "before anybody has judged it"

    async def test_a_case_that_somebody_has_is_not_for_the_taking(self, world: World, desk: PostgresDesk) -> None:
        case_id = await world.case()
        await sent(world, case_id, ("take", "per_mia", {}))
        assert await desk.claim(world.tenant_id, case_id, a_command("take", "per_max")) is None


class TestTakeable:
    async def test_a_skipped_case_is_offered_to_others_alone(self, world: World, desk: PostgresDesk) -> None:
        case_id = await world.case()
        await sent(world, case_id, ("take", "per_mia", {}), ("skip", "per_mia", {"reason": "too_technical"}))
        assert await desk.takeable(world.tenant_id, "per_mia", QUEUE, 10) == []
        assert [one.id for one in await desk.takeable(world.tenant_id, "per_max", QUEUE, 10)] == [case_id]
        await _skipped_before(world, case_id, timedelta(hours=8, minutes=1))
        assert [one.id for one in await desk.takeable(world.tenant_id, "per_mia", QUEUE, 10)] == [case_id], "a shift later"

    async def test_only_of_the_queues_that_are_named(self, world: World, desk: PostgresDesk) -> None:
        await world.case()
        assert await desk.takeable(world.tenant_id, "per_mia", ("fraud",), 10) == []
        assert await desk.takeable(world.tenant_id, "per_mia", (), 10) == []


async def _skipped_before(world: World, case_id: str, ago: timedelta) -> None:
    at = datetime.now(UTC) - ago
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute("UPDATE leases SET started_at = $2, until_at = $2 WHERE case_id = $1", case_id, at)


class TestLeases:
    async def test_work_begins_with_the_first_act_and_ends_with_the_ruling(self, world: World, desk: PostgresDesk) -> None:
        case_id = await world.case()
        await sent(world, case_id, ("assign", "per_ola", {"owner": "per_mia"}))
        assert await desk.leases(world.tenant_id, case_id) == [], "to be given a case is no work on it"
        await sent(world, case_id, ("note", "per_mia", {"text": "Read it."}))
        (running,) = await desk.leases(world.tenant_id, case_id)
        assert (running.person_id, running.ended_because, running.over) == ("per_mia", None, False)
        assert running.until_at - running.started_at == timedelta(minutes=30)
        await sent(world, case_id, ("rule", "per_mia", RULING))  # type: ignore[arg-type]  # the remedies are an empty list
        (ended,) = await desk.leases(world.tenant_id, case_id)
        assert (ended.ended_because, ended.over, ended.started_at) == ("ruled", True, running.started_at)
        assert ended.until_at < running.until_at

    async def test_each_act_prolongs_it_and_after_a_time_out_the_next_one_begins_another(self, world: World) -> None:
        inbox = PostgresInbox(world.database, world.vault)
        desk = PostgresDesk(world.database, inbox)
        case_id = await world.case()
        await sent(world, case_id, ("take", "per_mia", {}))
        (first,) = await desk.leases(world.tenant_id, case_id)
        await sent(world, case_id, ("note", "per_mia", {"text": "Still at it."}))
        (prolonged,) = await desk.leases(world.tenant_id, case_id)
        assert prolonged.started_at == first.started_at
        assert prolonged.until_at > first.until_at
        await _skipped_before(world, case_id, timedelta(minutes=1))
        await sent(world, case_id, ("note", "per_mia", {"text": "Back again."}))
        timed_out, again = await desk.leases(world.tenant_id, case_id)
        assert (timed_out.ended_because, timed_out.over) == (None, True)
        assert (again.ended_because, again.over) == (None, False)

    async def test_the_setting_says_how_long_it_lasts(self, world: World, desk: PostgresDesk) -> None:
        case_id = await world.case()
        world.recorder._records = PostgresRecords(world.database, timedelta(minutes=5))
        await sent(world, case_id, ("take", "per_mia", {}))
        (lease,) = await desk.leases(world.tenant_id, case_id)
        assert lease.until_at - lease.started_at == timedelta(minutes=5)

    async def test_whoever_else_writes_in_it_does_not_work_on_it(self, world: World, desk: PostgresDesk) -> None:
        case_id = await world.case()
        await sent(world, case_id, ("take", "per_mia", {}), ("note", "per_lee", {"text": "Mind the deadline."}))
        assert await leases(world, desk, case_id) == [("per_mia", None)]

    async def test_the_next_owner_ends_it_and_a_skip_says_why(self, world: World, desk: PostgresDesk) -> None:
        case_id = await world.case()
        await sent(
            world,
            case_id,
            ("take", "per_mia", {}),
            ("assign", "per_ola", {"owner": "per_max"}),
            ("skip", "per_max", {"reason": "too_technical"}),
            ("take", "per_mia", {}),
        )
        assert await leases(world, desk, case_id) == [("per_mia", "moved"), ("per_max", "skipped"), ("per_mia", None)]
        assert [one.reason for one in await desk.leases(world.tenant_id, case_id)] == [None, "too_technical", None]

    async def test_of_a_case_that_is_taken_and_ruled_at_one_look_are_as_long_as_it_took(
        self, world: World, desk: PostgresDesk
    ) -> None:
        case_id = await world.case()
        await world.inbox.put(world.tenant_id, case_id, a_command("take", "per_mia"))
        await asyncio.sleep(0.05)
        await world.inbox.put(world.tenant_id, case_id, a_command("rule", "per_mia", **RULING))
        await world.record(case_id)
        (lease,) = await desk.leases(world.tenant_id, case_id)
        assert (lease.person_id, lease.ended_because) == ("per_mia", "ruled")
        assert timedelta(milliseconds=50) <= lease.until_at - lease.started_at < timedelta(minutes=1)

    async def test_the_end_of_the_case_ends_it(self, world: World, desk: PostgresDesk) -> None:
        case_id = await world.case()
        await sent(world, case_id, ("take", "per_mia", {}))
        await sent(world, case_id, ("withdraw", await world.claimant(case_id), {}))
        assert await leases(world, desk, case_id) == [("per_mia", "closed")]


class TestTeam:
    async def test_counts_what_was_skipped_and_how_long_was_worked(self, world: World, desk: PostgresDesk) -> None:
        case_id = await world.case()
        await sent(world, case_id, ("take", "per_mia", {}), ("skip", "per_mia", {"reason": "too_technical"}))
        await sent(world, case_id, ("take", "per_max", {}))
        team = {one.id: one for one in await desk.team(world.tenant_id, datetime.now(UTC))}
        mia, other = team["per_mia"], team["per_max"]
        assert (mia.open_cases, mia.skipped, mia.skip_reasons) == (0, 1, ("too_technical",))
        assert (other.open_cases, other.skipped, other.skip_reasons) == (1, 0, ())
        assert timedelta(0) <= mia.worked_for < timedelta(minutes=1), "a lease that runs counts up to now, not to its end"
        assert "per_gone" not in team


class TestAbsences:
    def absences(self, world: World) -> PostgresAbsences:
        return PostgresAbsences(world.database, PostgresBulk(world.database, world.vault))

    async def test_that_begin_later_give_the_cases_back_when_they_do(self, world: World) -> None:
        case_id, absences = await world.case(), self.absences(world)
        await sent(world, case_id, ("take", "per_mia", {}))
        now = datetime.now(UTC)
        ahead = await absences.away(world.tenant_id, "per_mia", now + timedelta(hours=1), None)
        assert ahead is not None
        assert not ahead.begun
        assert await absences.begin() == 0
        await absences.away(world.tenant_id, "per_mia", now - timedelta(seconds=1), None)
        assert await absences.begin() == 1
        assert await absences.begin() == 0, "once"
        await world.record(case_id)
        case = (await world.snapshot(case_id)).case
        assert case is not None
        assert (case.owner, case.queue, case.owner_sought) == (None, "bounty", False)

    async def test_somebody_who_is_given_a_case_while_away_keeps_it(self, world: World) -> None:
        absences, case_id = self.absences(world), await world.case()
        await absences.away(world.tenant_id, "per_mia", None, None)
        assert await absences.begin() == 0
        await sent(world, case_id, ("assign", "per_ola", {"owner": "per_mia"}))
        assert await absences.begin() == 0, "an ops lead meant it"

    async def test_are_over_when_somebody_is_back(self, world: World, desk: PostgresDesk) -> None:
        absences = self.absences(world)
        assert await absences.back(world.tenant_id, "per_mia") is None
        await absences.away(world.tenant_id, "per_mia", None, datetime.now(UTC) + timedelta(days=9))
        mia = await desk.worker(world.tenant_id, "per_mia")
        assert mia is not None
        assert mia.absent
        assert await absences.back(world.tenant_id, "per_mia") is not None
        mia = await desk.worker(world.tenant_id, "per_mia")
        assert mia is not None
        assert not mia.absent

    async def test_of_nobody_are_none(self, world: World) -> None:
        assert await self.absences(world).away(world.tenant_id, "per_nobody", None, None) is None

    async def test_of_another_tenant_are_not_touched(self, world: World) -> None:
        await world.tenants.put_person(world.tenant_id, Person(id="per_mia", name="Mia"))
        assert await self.absences(world).away("somebody-else", "per_mia", None, None) is None
