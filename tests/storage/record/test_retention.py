"""Closed cases whose time is over are erased in batches; what is held, linked with an open case, or kept longer stays."""

from __future__ import annotations

from typing import Any

import pytest

from storage.record.retention import PostgresRetention, counted
from tests.support.worlds import World, a_command, some_terms, sql

pytestmark = pytest.mark.postgres


async def closed(world: World, keep_for: str | None, linked_with: str | None = None) -> str:
    """A case whose reporter took it back."""
    more: dict[str, Any] = {"terms": some_terms(keep_for=keep_for) if keep_for else some_terms()}
    case_id = await world.case(**more)
    await world.record(case_id, a_command("withdraw", await world.claimant(case_id)))
    if linked_with is not None:
        link = {"id": "lnk_1", "other": linked_with, "relation": "related", "by": "per_lee"}
        linked = "UPDATE cases SET state = jsonb_set(state, '{links}', $3) WHERE tenant = $1 AND id = $2"
        await sql(world, linked, world.tenant_id, case_id, [link])
    return case_id


async def readable(world: World) -> set[str]:
    rows = await sql(world, "SELECT DISTINCT case_id FROM keys WHERE tenant = $1 AND wrapped IS NOT NULL", world.tenant_id)
    return {row["case_id"] for row in rows}


async def test_what_is_past_its_time_goes_and_the_rest_says_why_not(world: World) -> None:
    await world.staff()
    over, young, unsaid = await closed(world, "PT0S"), await closed(world, "P30D"), await closed(world, None)
    open_one, held = await world.case(), await closed(world, "PT0S")
    linked = await closed(world, "PT0S", open_one)
    looked = await PostgresRetention(world.database).look(world.tenant_id)
    assert {kept.case_id: kept.bar for kept in looked.cases} == {
        over: None, young: "not_yet", unsaid: "no_period", held: None, linked: "linked_open",
    }  # fmt: skip
    assert open_one in await readable(world)
    # The reports are of the same two people, so a hold keeps what is theirs in every case.
    await world.record(held, a_command("place_hold", "per_ola", reason="litigation", reasons="We are sued."))
    batch = await PostgresRetention(world.database).batch(world.tenant_id)
    assert batch.erased == []
    await world.record(held, a_command("lift_hold", "per_ola", reasons="Settled."))
    batches, after = [], ""
    while True:
        batches.append(await PostgresRetention(world.database).batch(world.tenant_id, after, limit=2))
        after = batches[-1].after or ""
        if not after:
            break
    assert await readable(world) == {young, unsaid, open_one, linked}
    assert counted(batches) == {
        "looked_at": 5, "erased": 2, "kept": {"linked_open": 1, "no_period": 1, "not_yet": 1},
    }  # fmt: skip
    again = await PostgresRetention(world.database).batch(world.tenant_id)
    assert again.erased == []
