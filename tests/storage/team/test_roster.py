"""Who could take a case, and when they are there: people, their load, and the calendars of their shifts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.worktime.calendars import Calendar
from storage.policies.library import PostgresLibrary
from storage.team.roster import PostgresRoster
from storage.tenants import Person
from tests.support.worlds import OFFICE, World, a_command

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

    async def test_say_what_they_can_and_speak(self, world: World) -> None:
        roster = PostgresRoster(world.database)
        able = Person(id="per_mia", name="Mia", queues=("bounty",), skills=("appsec",), languages=("de", "fr"))
        await world.tenants.put_person(world.tenant_id, able)
        await world.tenants.put_person(world.tenant_id, Person(id="per_max", name="Max", queues=("bounty",), locale="pt-BR"))
        found = {c.actor.id: c for c in await roster.candidates(world.tenant_id, "bounty", MONDAY_NOON)}
        assert (found["per_mia"].skills, found["per_mia"].languages) == (("appsec",), ("de", "fr"))
        assert (found["per_max"].skills, found["per_max"].languages) == ((), ("pt",)), "the language of the locale"

    @pytest.mark.parametrize(
        ("begins", "ends", "there"),
        [(-1, 1, False), (-1, None, False), (0, 1, False), (1, 2, True), (-2, -1, True), (-1, 0, True)],
        ids=["in the middle", "no end", "at its beginning", "ahead", "over", "at its end"],
    )
    async def test_who_is_absent_is_none(self, world: World, begins: int, ends: int | None, there: bool) -> None:
        from_at = MONDAY_NOON + timedelta(days=begins)
        until_at = None if ends is None else MONDAY_NOON + timedelta(days=ends)
        away = Person(id="per_mia", name="Mia", queues=("bounty",), absent_from=from_at, absent_until=until_at)
        await world.tenants.put_person(world.tenant_id, away)
        people = await PostgresRoster(world.database).candidates(world.tenant_id, "bounty", MONDAY_NOON)
        assert ("per_mia" in {c.actor.id for c in people}) is there


class TestColleagues:
    async def test_who_is_absent_is_off_shift_until_they_are_back_and_their_shift_begins(
        self, world: World, library: PostgresLibrary
    ) -> None:
        away = Person(id="per_mia", name="Mia", hours="office", absent_from=MONDAY_NOON, absent_until=SATURDAY)
        await world.tenants.put_person(world.tenant_id, away)
        roster = PostgresRoster(world.database)
        (mia,) = await roster.colleagues(world.tenant_id, ["per_mia"], (), MONDAY_NOON)
        assert (mia.on_shift, mia.next_shift_at) == (False, MONDAY_OPENING)
        await world.tenants.put_person(world.tenant_id, away.model_copy(update={"absent_until": None}))
        (mia,) = await roster.colleagues(world.tenant_id, ["per_mia"], (), MONDAY_NOON)
        assert (mia.on_shift, mia.next_shift_at) == (False, None)

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
