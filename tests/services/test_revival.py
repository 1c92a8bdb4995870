"""After Temporal lost everything: each case that should run is started once, and no notice is lost with its Delivery workflow."""

from __future__ import annotations

import pytest

from services.errors import Refused
from services.revival import revive
from storage.outside.outbox import PostgresOutbox
from storage.tenants import PostgresTenants, Tenant
from tests.support.worlds import World, a_command, sql
from workflows.handles import Named, NotReached

pytestmark = pytest.mark.postgres


class FakeDoors:
    """What runs in Temporal; remembers what was started, and which notices waited to be sent at that moment."""

    def __init__(self, world: World, running: set[str] | None = None, delivering: set[str] | None = None) -> None:
        self.world, self.running, self.at_work = world, running or set(), delivering or set()
        self.started: list[Named] = []
        self.waiting: dict[str, set[str]] = {}

    async def delivering(self, notice_id: str) -> bool:
        return notice_id in self.at_work

    async def revive(self, case: Named) -> bool:
        if case.case_id in self.running:
            return False
        self.started.append(case)
        self.running.add(case.case_id)
        self.waiting[case.case_id] = await in_state(self.world, case.case_id, "pending")
        return True


class Away(FakeDoors):
    """Temporal does not answer."""

    async def delivering(self, notice_id: str) -> bool:
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
    (row,) = await sql(world, "SELECT kind, opened_at FROM cases WHERE id = $1", case_id)
    assert doors.started == [Named(world.tenant_id, case_id, row["kind"], row["opened_at"])]


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


async def test_a_notice_of_a_lost_delivery_is_pending_before_its_case_starts(world: World) -> None:
    case_id, notices = await handed_over(world)
    doors = FakeDoors(world)
    await revive(world.database, doors, [world.tenant_id], None)
    assert doors.waiting[case_id] == notices, "a case that starts first finds nothing to send"


async def test_a_notice_that_is_being_delivered_stays_with_its_delivery(world: World) -> None:
    case_id, notices = await handed_over(world)
    at_work = min(notices)
    await revive(world.database, FakeDoors(world, delivering={at_work}), [world.tenant_id], None)
    assert await in_state(world, case_id, "handed_over") == {at_work}
    assert await in_state(world, case_id, "pending") == notices - {at_work}


async def test_also_the_lost_notices_of_a_case_that_runs_go_back_to_it(world: World) -> None:
    case_id, notices = await handed_over(world)
    await revive(world.database, FakeDoors(world, running={case_id}), [world.tenant_id], None)
    assert await in_state(world, case_id, "pending") == notices


async def test_while_temporal_is_away_no_notice_is_taken_back(world: World) -> None:
    case_id, notices = await handed_over(world)
    with pytest.raises(NotReached):
        await revive(world.database, Away(world), [world.tenant_id], None)
    assert await in_state(world, case_id, "handed_over") == notices, "it would be sent twice"


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
