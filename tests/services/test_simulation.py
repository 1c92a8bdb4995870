"""Past cases under a changed pack: each is told, or said why not, and neither the record nor the shelf is changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from policies.loading import load_pack
from policies.pack import PACKS_DIR, Pack
from policies.shelf import Shelf
from policies.simulate import Simulated
from services.simulation import simulated
from storage.policies.library import PostgresLibrary
from storage.record.past_cases import PostgresPastCases
from tests.support.database import Server
from tests.support.past_cases import a_judged_case, shipped
from tests.support.worlds import World, sql

pytestmark = pytest.mark.postgres

TEXT = (PACKS_DIR / "bounty_dispute.yaml").read_text("utf-8")


def stricter() -> Pack:
    """The bounty pack with a gate for reports closed a month ago."""
    assert "closed_days_ago > 92" in TEXT
    return load_pack(TEXT.replace("closed_days_ago > 92", "closed_days_ago > 30"), "stricter")


async def a_case(world: World, **changes: Any) -> str:
    return await a_judged_case(world.database, world.vault, world.tenant_id, **changes)


async def told(
    world: World, pack: Pack, *, shelf: Shelf | None = None, since: datetime | None = None, limit: int = 100
) -> dict[str, Simulated]:
    past, library = PostgresPastCases(world.database, world.vault), PostgresLibrary(world.database)
    found = await simulated(past, library, world.tenant_id, shelf or shipped(), pack, since, limit)
    by_case = {one.case: one for one in found}
    assert len(by_case) == len(found), "a case was told twice"
    return by_case


async def test_the_pack_in_force_changes_nothing(world: World) -> None:
    case_id = await a_case(world)
    assert (await told(world, shipped().packs["bounty_dispute"]))[case_id].status == "same"


async def test_what_a_stricter_gate_would_have_done_is_told_of_those_it_meets_alone(world: World) -> None:
    met, missed = await a_case(world), await a_case(world, attributes={"closed_days_ago": 3})
    found = await told(world, stricter())
    assert (found[met].status, found[missed].status) == ("differs", "same")
    (routing,) = [one for one in found[met].changed if one.about == "routing"]
    assert (routing.old, routing.new) == ("admit", "decline closed_too_long_ago")


async def test_only_cases_of_the_packs_kind_are_told(world: World) -> None:
    bounty = await a_case(world)
    await a_case(world, kind="fraud_report", attributes={})
    assert (await told(world, stricter())).keys() == {bounty}


async def test_only_the_tenants_own_cases_are_told(world: World) -> None:
    await a_case(world)
    stranger = World(world.database, world.vault, f"{world.tenant_id}-nobody")
    assert await told(stranger, stricter()) == {}


async def test_the_newest_come_first_and_no_more_than_asked_for(world: World) -> None:
    first, second, third = [await a_case(world) for _ in range(3)]
    assert list(await told(world, stricter(), limit=2)) == [third, second]
    (row,) = await sql(world, "SELECT opened_at FROM cases WHERE id = $1", second)
    assert (await told(world, stricter(), since=row["opened_at"])).keys() == {second, third}
    assert await told(world, stricter(), since=row["opened_at"] + timedelta(days=1)) == {}
    assert first in await told(world, stricter())


async def test_a_report_that_was_erased_is_said_and_not_passed_over(world: World) -> None:
    erased, other = await a_case(world), await a_case(world)
    async with world.database.tenant(world.tenant_id) as conn:
        holder = await conn.fetchval("SELECT id FROM parties WHERE case_id = $1 AND side = 'claimant'", erased)
    async with world.database.deed(world.tenant_id) as conn:
        await world.vault.erase(conn, world.tenant_id, erased, holder)
    found = await told(world, stricter())
    assert (found[erased].status, found[erased].code) == ("not_simulated", "report_erased")
    assert found[other].status == "differs"


async def test_a_command_that_cannot_be_read_any_more_is_said_and_the_rest_goes_on(world: World, server: Server) -> None:
    strange, other = await a_case(world), await a_case(world)
    owner = await asyncpg.connect(server.owner_dsn)
    await owner.fetchval("SELECT set_config('ombud.tenant', $1, false)", world.tenant_id)
    forgotten = '{"type": "of_a_newer_release"}'
    await owner.execute("UPDATE commands SET body = body || $2::jsonb WHERE case_id = $1", strange, forgotten)
    await owner.close()
    found = await told(world, stricter())
    assert (found[strange].status, found[strange].code) == ("not_simulated", "command_unreadable")
    assert found[other].status == "differs"


async def test_clocks_run_on_the_calendars_that_were_kept_with_the_cases(world: World) -> None:
    case_id = await a_case(world)
    moved = {name: calendar.model_copy(update={"tz": "Asia/Tokyo"}) for name, calendar in shipped().calendars.items()}
    found = await told(world, shipped().packs["bounty_dispute"], shelf=replace(shipped(), calendars=moved))
    assert found[case_id].code is None, "the shelf's calendars are newer: what the case ran on lies in the library alone"


async def test_neither_the_record_nor_the_shelf_is_changed(world: World) -> None:
    await a_case(world)
    packs, counted = dict(shipped().packs), "SELECT (SELECT count(*) + sum(turn) FROM cases), (SELECT count(*) FROM facts)"
    before = await sql(world, counted)
    await told(world, stricter(), shelf=replace(shipped()))
    assert await sql(world, counted) == before
    assert dict(shipped().packs) == packs
