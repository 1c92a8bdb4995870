"""People: editing one attribute changes no other, whatever it is and whatever stood there before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.model.people import Actor
from storage.access import keys
from storage.team import people
from storage.team.people import ATTRIBUTES, Person, PostgresPeople
from tests.support.worlds import World, sql

pytestmark = pytest.mark.postgres

_CODES = st.lists(st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True), max_size=3, unique=True).map(tuple)
_LINES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)
_INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)) | st.none()  # noqa: DTZ001 - made aware
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": _LINES,
    "email": _LINES | st.none(),
    "roles": st.lists(st.sampled_from(("mediator", "lead", "ops")), max_size=3, unique=True).map(tuple),
    "team": _LINES | st.none(),
    "site": _LINES | st.none(),
    "vendor": _LINES | st.none(),
    "manager": st.sampled_from(("per_ola", "per_mia")) | st.none(),
    "queues": _CODES,
    "capacity": st.integers(0, 1000),
    "conflicts": _CODES,
    "locale": st.sampled_from(("en", "de-AT", "pt-BR")),
    "zone": st.sampled_from(("UTC", "Europe/Berlin")),
    "hours": st.sampled_from(("europe-office", "nights")) | st.none(),
    "skills": _CODES,
    "languages": st.lists(st.sampled_from(("de", "en", "fr")), max_size=3, unique=True).map(tuple),
    "absent_from": _INSTANTS,
    "absent_until": _INSTANTS,
}
CHANGES = st.sampled_from(ATTRIBUTES).flatmap(lambda name: st.tuples(st.just(name), VALUES[name]))


def test_every_attribute_of_a_person_is_tried() -> None:
    verbs = {"id", "active", "deactivated_at"}
    assert set(VALUES) == set(ATTRIBUTES) == set(Person.model_fields) - verbs


# What the world holds may be shared: every example makes the whole person anew.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.fixed_dictionaries(VALUES), changes=st.lists(CHANGES, min_size=1, max_size=4))
async def test_editing_one_attribute_of_a_person_changes_no_other(
    world: World, before: dict[str, Any], changes: list[tuple[str, Any]]
) -> None:
    expected = Person(id="per_pat", **before)
    async with world.database.deed(world.tenant_id) as conn:
        await people.put(conn, world.tenant_id, expected)
        for name, value in changes:
            assert await people.change(conn, world.tenant_id, "per_pat", {name: value})
            expected = expected.model_copy(update={name: value})
            assert await people.one(conn, world.tenant_id, "per_pat") == expected


async def test_conflicts_are_added_without_losing_those_there_are(world: World) -> None:
    async with world.database.deed(world.tenant_id) as conn:
        await people.put(conn, world.tenant_id, Person(id="per_pat", name="Pat", conflicts=("a", "b")))
        await people.change(conn, world.tenant_id, "per_pat", {"capacity": 3}, ["b", "c"])
        found = await people.one(conn, world.tenant_id, "per_pat")
    assert found is not None
    assert (found.conflicts, found.capacity) == (("a", "b", "c"), 3)


async def test_what_is_no_attribute_is_not_changed(world: World) -> None:
    async with world.database.deed(world.tenant_id) as conn:
        for name in ("active", "id", "tenant", "name = 'x', zone"):
            with pytest.raises(KeyError):
                await people.change(conn, world.tenant_id, "per_mia", {name: "x"})
        assert not await people.change(conn, world.tenant_id, "per_nobody", {"capacity": 1})
        assert not await people.change(conn, world.tenant_id, "per_nobody", {})


class TestDeactivated:
    async def test_once_and_taken_back(self, world: World) -> None:
        async with world.database.deed(world.tenant_id) as conn:
            at = await people.deactivate(conn, world.tenant_id, "per_mia")
            assert at is not None
            assert await people.deactivate(conn, world.tenant_id, "per_mia") is None
            found = await people.one(conn, world.tenant_id, "per_mia")
            assert found is not None
            assert (found.active, found.deactivated_at) == (False, at)
            assert await people.activate(conn, world.tenant_id, "per_mia")
            assert not await people.activate(conn, world.tenant_id, "per_mia")
        listed = PostgresPeople(world.database, world.vault)
        assert "per_mia" in {person.id for person in await listed.listed(world.tenant_id, 50, active=True)}

    async def test_no_key_is_made_for_them(self, world: World) -> None:
        async with world.database.deed(world.tenant_id) as conn:
            await people.deactivate(conn, world.tenant_id, "per_mia")
            with pytest.raises(asyncpg.PostgresError, match="deactivated"):
                await keys.create(conn, world.tenant_id, name="x", scopes=(), person_id="per_mia")


async def actor_of(world: World, person: str) -> Actor:
    rows = await sql(world, "SELECT person_as_actor(p) AS actor FROM people p WHERE p.id = $1", person)
    return Actor.model_validate(rows[0]["actor"])


async def test_the_whole_line_above_somebody_is_known_whatever_was_written(world: World) -> None:
    line = {
        "per_a": "per_b",
        "per_b": "per_c",
        "per_c": "per_d",
        "per_d": None,
        "per_x": "per_y",
        "per_y": "per_x",
        "per_z": "per_no",
    }
    async with world.database.deed(world.tenant_id) as conn:
        for one, manager in line.items():
            await people.put(conn, world.tenant_id, Person(id=one, name=one, roles=("lead",), manager=manager))
    known = {one: await actor_of(world, one) for one in line}
    assert known["per_a"].above == ("per_c", "per_d")
    assert known["per_a"].superiors == {"per_b", "per_c", "per_d"}
    assert (known["per_c"].above, known["per_d"].superiors) == ((), frozenset())
    assert known["per_x"].superiors == frozenset({"per_y"})
    assert known["per_z"].superiors == frozenset({"per_no"})
