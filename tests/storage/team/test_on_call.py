"""Turns on call: who has them, what is left of one when it is handed over, and who is called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage.team.on_call import PostgresOnCall, Turn
from storage.team.roster import PostgresRoster
from storage.tenants import Person
from tests.support.worlds import World

pytestmark = pytest.mark.postgres

FRIDAY, MONDAY = datetime(2026, 3, 6, 17, tzinfo=UTC), datetime(2026, 3, 9, 8, tzinfo=UTC)
SATURDAY = FRIDAY + timedelta(days=1)


@pytest.fixture
async def rota(world: World) -> PostgresOnCall:
    for person in ("per_mia", "per_max"):
        await world.tenants.put_person(world.tenant_id, Person(id=person, name=person, queues=("bounty",)))
    return PostgresOnCall(world.database)


async def weekend(rota: PostgresOnCall, world: World, person: str = "per_mia", place: int = 1) -> Turn:
    made = await rota.add(world.tenant_id, "bounty", person, place, FRIDAY, MONDAY, "per_ola")
    assert made is not None
    return made


async def called(world: World, at: datetime) -> dict[str, tuple[int | None, datetime | None]]:
    team = await PostgresRoster(world.database).colleagues(world.tenant_id, (), (), at, "bounty")
    return {one.actor.id: (one.on_call, one.on_call_until) for one in team}


class TestTurns:
    async def test_whoever_has_the_turn_is_called_while_it_runs_and_for_their_queue(
        self, world: World, rota: PostgresOnCall
    ) -> None:
        await weekend(rota, world)
        await weekend(rota, world, "per_max", place=2)
        assert await called(world, SATURDAY) == {"per_mia": (1, MONDAY), "per_max": (2, MONDAY)}
        assert await called(world, FRIDAY - timedelta(seconds=1)) == {}
        assert await called(world, MONDAY) == {}
        others = await PostgresRoster(world.database).colleagues(world.tenant_id, (), (), SATURDAY, "fraud")
        assert others == []
        candidates = await PostgresRoster(world.database).candidates(world.tenant_id, "bounty", SATURDAY)
        assert {c.actor.id: c.on_call for c in candidates}["per_mia"] == 1

    async def test_who_is_away_is_not_called(self, world: World, rota: PostgresOnCall) -> None:
        await weekend(rota, world)
        away = Person(id="per_mia", name="Mia", queues=("bounty",), absent_from=FRIDAY, absent_until=MONDAY)
        await world.tenants.put_person(world.tenant_id, away)
        assert (await called(world, SATURDAY))["per_mia"][0] is None

    async def test_nobody_who_does_not_work_the_queue(self, world: World, rota: PostgresOnCall) -> None:
        assert await rota.add(world.tenant_id, "fraud", "per_mia", 1, FRIDAY, MONDAY, "per_ola") is None
        assert await rota.add(world.tenant_id, "bounty", "per_nobody", 1, FRIDAY, MONDAY, "per_ola") is None

    async def test_what_is_left_is_handed_over_and_the_rest_stays_with_whoever_had_it(
        self, world: World, rota: PostgresOnCall
    ) -> None:
        first = await weekend(rota, world)
        taken = await rota.hand_over(world.tenant_id, first.id, "per_max", SATURDAY, "per_mia")
        assert taken is not None
        assert (taken.from_at, taken.until_at, taken.handed_from, taken.place) == (SATURDAY, MONDAY, first.id, 1)
        assert set(await called(world, SATURDAY - timedelta(hours=1))) == {"per_mia"}
        assert set(await called(world, SATURDAY)) == {"per_max"}
        assert [t.person_id for t in await rota.turns(world.tenant_id, FRIDAY)] == ["per_mia", "per_max"]

    async def test_to_nobody_nothing_is_handed_over(self, world: World, rota: PostgresOnCall) -> None:
        first = await weekend(rota, world)
        assert await rota.hand_over(world.tenant_id, first.id, "per_nobody", SATURDAY, "per_mia") is None
        assert set(await called(world, SATURDAY)) == {"per_mia"}

    async def test_ended_it_is_over_and_taken_back_it_never_was(self, world: World, rota: PostgresOnCall) -> None:
        first = await weekend(rota, world)
        ended = await rota.end(world.tenant_id, first.id, SATURDAY, "per_ola")
        assert ended is not None
        assert ended.until_at == SATURDAY
        assert await rota.end(world.tenant_id, first.id, SATURDAY, "per_ola") is None
        second = await weekend(rota, world, "per_max")
        await rota.end(world.tenant_id, second.id, FRIDAY - timedelta(days=1), "per_ola")
        assert await called(world, SATURDAY + timedelta(hours=1)) == {}
        assert [t.id for t in await rota.turns(world.tenant_id, FRIDAY)] == [first.id]

    async def test_of_another_tenant_there_is_none(self, world: World, rota: PostgresOnCall) -> None:
        first = await weekend(rota, world)
        assert await rota.turns("somebody-else", FRIDAY) == []
        assert await rota.one("somebody-else", first.id) is None
