"""Who could take a case, and when they are there: people, their load, and the calendars of their shifts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.calendars import Calendar
from storage.library import PostgresLibrary
from storage.roster import PostgresRoster
from storage.tenants import Person
from tests.storage.builders import OFFICE, World, a_command

pytestmark = pytest.mark.postgres

MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 7, 12, tzinfo=UTC)
MONDAY_OPENING = datetime(2026, 3, 9, 8, tzinfo=UTC)
WEEKEND = Calendar.model_validate({"tz": "UTC", "hours": {day: [("00:00", "24:00")] for day in ("sat", "sun")}})
GONE = Calendar.model_validate({"tz": "UTC", "exceptions": {"2020-01-01": [("09:00", "17:00")]}})


@pytest.fixture
async def library(world: World) -> PostgresLibrary:
    """The library, in which the office's hours are published."""
    library = PostgresLibrary(world.database)
    await library.publish_calendars({"office": OFFICE, "gone": GONE}, holiday_data="0.84", from_year=2025, to_year=2029)
    return library


async def shifts(world: World, **hours: str | None) -> None:
    """Give people of the queue their shifts."""
    for name, calendar in hours.items():
        person = Person(id=f"per_{name}", name=name.title(), queues=("bounty",), hours=calendar)
        await world.tenants.put_person(world.tenant_id, person)


class TestCandidates:
    async def test_active_people_of_the_queue_with_their_load(self, world: World) -> None:
        case_id = await world.case()
        await world.record(case_id, a_command("assign", "per_ola", owner="per_mia"))
        people = await PostgresRoster(world.database).candidates(world.tenant_id, "bounty", MONDAY_NOON)
        found = {c.actor.id: c for c in people}
        assert set(found) == {"per_mia", "per_max"}
        assert (found["per_mia"].open_cases, found["per_max"].open_cases) == (1, 0)
        assert found["per_mia"].last_assigned_at is not None
        assert found["per_mia"].actor.manager == "per_lee"

    async def test_each_is_there_or_comes_at_the_opening_of_their_shift(self, world: World, library: PostgresLibrary) -> None:
        await shifts(world, mia="office", max=None, moe="never-published", gil="gone")
        roster = PostgresRoster(world.database)
        at_noon, on_saturday = [
            {c.actor.id: (c.on_shift, c.next_shift_at) for c in await roster.candidates(world.tenant_id, "bounty", at)}
            for at in (MONDAY_NOON, SATURDAY)
        ]
        always, never = (True, None), (False, None)
        assert at_noon == {"per_mia": always, "per_max": always, "per_moe": always, "per_gil": never}
        assert on_saturday == {**at_noon, "per_mia": (False, MONDAY_OPENING)}

    async def test_the_newest_version_of_the_name_counts(self, world: World, library: PostgresLibrary) -> None:
        await shifts(world, mia="team", max="team")
        roster = PostgresRoster(world.database)
        for calendar, there in ((OFFICE, False), (WEEKEND, True), (OFFICE, False)):
            await library.publish_calendars({"team": calendar}, holiday_data="0.84", from_year=2025, to_year=2029)
            people = await roster.candidates(world.tenant_id, "bounty", SATURDAY)
            assert {c.on_shift for c in people} == {there}


class TestColleagues:
    async def test_are_found_by_id_or_by_any_of_their_roles(self, world: World) -> None:
        roster = PostgresRoster(world.database)
        found = {c.actor.id: c for c in await roster.colleagues(world.tenant_id, ["per_mia"], ["lead"], MONDAY_NOON)}
        # Ola is lead and ops: the rules know her by the stronger role, an escalation to the leads finds her all the same.
        assert {i: (c.actor.role, c.roles) for i, c in found.items()} == {
            "per_mia": ("mediator", ("mediator",)),
            "per_lee": ("lead", ("mediator", "lead")),
            "per_ola": ("ops", ("ops", "lead")),
        }
        assert await roster.colleagues(world.tenant_id, [], [], MONDAY_NOON) == []
        assert await roster.colleagues("somebody-else", ["per_mia"], ["lead"], MONDAY_NOON) == []

    async def test_say_whether_they_are_there_and_have_room(self, world: World, library: PostgresLibrary) -> None:
        case_id = await world.case()
        await world.record(case_id, a_command("assign", "per_ola", owner="per_mia"))
        await world.tenants.put_person(world.tenant_id, Person(id="per_mia", name="Mia", capacity=1, hours="office"))
        roster = PostgresRoster(world.database)
        found = {c.actor.id: c for c in await roster.colleagues(world.tenant_id, ["per_mia", "per_max"], (), SATURDAY)}
        mia, other = found["per_mia"], found["per_max"]
        assert (mia.free, mia.on_shift, mia.next_shift_at) == (False, False, MONDAY_OPENING)
        assert (other.free, other.on_shift, other.next_shift_at) == (True, True, None)
