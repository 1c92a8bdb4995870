"""Erasing destroys the keys of what is somebody's, once, all of it or nothing, and leaves what was destroyed and why."""

from __future__ import annotations

import itertools
from typing import Any

import asyncpg
import pytest

from storage.access.trail import PostgresTrail
from storage.postgres.vault import LegalHold
from storage.record.erasures import DEED, CaseOpen, NotToBeDone, PostgresErasures, ToErase
from tests.support.worlds import World, a_command, a_report, sql

pytestmark = pytest.mark.postgres


async def closed_case(world: World, **more: Any) -> str:
    """A case whose reporter took it back."""
    case_id = await world.case(report=a_report(**more))
    recorded = await world.record(case_id, a_command("withdraw", await world.claimant(case_id)))
    assert [answer.status for answer in recorded.answers if answer] == ["accepted"]
    return case_id


async def asked(world: World, case_id: str, party_id: str | None = None, **more: Any) -> str:
    wanted = ToErase(case_id, party_id, **{"reason": "request", "needs_second": False, **more})
    async with world.database.deed(world.tenant_id) as conn:
        made = await PostgresErasures(world.database).ask(conn, world.tenant_id, wanted, "per_ola", "key_1")
    assert made is not None
    return made


async def carried_out(world: World, erasure_id: str) -> dict[str, int]:
    async with world.database.deed(world.tenant_id) as conn:
        return dict(await PostgresErasures(world.database).carry_out(conn, world.tenant_id, erasure_id, "per_ola", "key_1"))


async def holders(world: World, case_id: str) -> set[str]:
    """Whose words of a case can still be read."""
    left = "SELECT holder FROM keys WHERE tenant = $1 AND case_id = $2 AND wrapped IS NOT NULL"
    return {row["holder"] for row in await sql(world, left, world.tenant_id, case_id)}


async def test_a_case_goes_whole_and_the_trail_says_which_keys(world: World) -> None:
    case_id = await closed_case(world, external_id="kim@example.org/7")
    keys = await sql(world, "SELECT id, holder FROM keys WHERE tenant = $1 AND case_id = $2", world.tenant_id, case_id)
    erasure_id = await asked(world, case_id, reason="retention")
    assert await carried_out(world, erasure_id) == {case_id: len(keys)}
    assert await holders(world, case_id) == set()
    (entry,) = await PostgresTrail(world.database).listed(world.tenant_id, 10)
    assert (entry.deed, entry.about, entry.by) == (DEED, case_id, "per_ola")
    assert entry.more == {
        "erasure": erasure_id, "scope": "case", "reason": "retention", "though_open": None, "asked_by": "per_ola",
        "approved_by": None, "keys": {row["id"]: row["holder"] for row in keys},
    }  # fmt: skip
    (row,) = await sql(world, "SELECT external_id FROM cases WHERE tenant = $1 AND id = $2", world.tenant_id, case_id)
    assert row["external_id"] == f"erased:{case_id}"


async def test_a_person_goes_in_every_case_and_nobody_else(world: World) -> None:
    first, second = await closed_case(world), await closed_case(world)
    before = await holders(world, first)
    claimants = {case_id: await world.claimant(case_id) for case_id in (first, second)}
    assert set(await carried_out(world, await asked(world, first, claimants[first]))) == {first, second}
    for case_id in (first, second):
        assert claimants[case_id] not in await holders(world, case_id)
    assert before - await holders(world, first) <= {claimants[first], "platform"}
    whose = await PostgresErasures(world.database).erased(world.tenant_id, [first, second])
    assert claimants[second] in whose[second]


async def test_while_a_case_of_theirs_is_open_nothing_goes_unless_the_ground_is_named(world: World) -> None:
    closed, open_one = await closed_case(world), await world.case()
    party = await world.claimant(closed)
    erasure_id = await asked(world, closed, party)
    with pytest.raises(CaseOpen):
        await carried_out(world, erasure_id)
    assert party in await holders(world, closed)
    async with world.database.deed(world.tenant_id) as conn:
        assert await PostgresErasures(world.database).drop(conn, world.tenant_id, erasure_id, "per_ola")
    named = await asked(world, closed, party, though_open="unlawful_processing")
    assert set(await carried_out(world, named)) == {closed, open_one}


async def test_it_waits_for_the_second_person_and_is_carried_out_once(world: World) -> None:
    case_id = await closed_case(world)
    kept, erasure_id = PostgresErasures(world.database), await asked(world, case_id, needs_second=True)
    with pytest.raises(NotToBeDone):
        await carried_out(world, erasure_id)
    async with world.database.deed(world.tenant_id) as conn:
        with pytest.raises(asyncpg.CheckViolationError):
            async with conn.transaction():
                await kept.approve(conn, world.tenant_id, erasure_id, "per_ola", "key_2")
        assert await kept.approve(conn, world.tenant_id, erasure_id, "per_lee", "key_2")
    assert await carried_out(world, erasure_id)
    with pytest.raises(NotToBeDone):
        await carried_out(world, erasure_id)
    found = await kept.found(world.tenant_id, erasure_id)
    assert found is not None
    assert (found.state, found.approved_by) == ("done", "per_lee")
    assert [e.id for e in await kept.listed(world.tenant_id, 5)] == [erasure_id]


@pytest.mark.parametrize("order", list(itertools.permutations(("hold", "lift", "erase", "erase_other"))))
async def test_nothing_is_erased_after_a_hold_that_was_not_lifted(world: World, order: tuple[str, ...]) -> None:
    """In every order of placing, lifting and erasing here or for the person on another case."""
    await world.staff()
    case_id, other = await closed_case(world), await closed_case(world)
    mine = {case: await world.claimant(case) for case in (case_id, other)}
    held = False
    for step in order:
        if step in ("hold", "lift"):
            name, more = ("place_hold", {"reason": "litigation"}) if step == "hold" else ("lift_hold", {})
            recorded = await world.record(case_id, a_command(name, "per_ola", reasons="It is so.", **more))
            done = [answer.status for answer in recorded.answers if answer] == ["accepted"]
            held = (step == "hold") if done else held
            continue
        target = case_id if step == "erase" else other
        before = await holders(world, case_id), await holders(world, other)
        try:
            await carried_out(world, await asked(world, target, mine[other] if target == other else None))
        except LegalHold:
            assert held
        if held:
            assert before == (await holders(world, case_id), await holders(world, other))


async def test_what_lies_beside_the_record_goes_with_the_keys(world: World) -> None:
    case_id = await closed_case(world)
    party = await world.claimant(case_id)
    key_of = "(SELECT id FROM keys WHERE tenant = $1 AND case_id = $2 AND holder = $3)"
    draft = f"INSERT INTO outside_drafts (tenant, id, case_id, key_id, sealed) VALUES ($1, 'd', $2, {key_of}, 'x')"
    await sql(world, draft, world.tenant_id, case_id, party)
    await carried_out(world, await asked(world, case_id, party))
    assert await sql(world, "SELECT 1 FROM outside_drafts WHERE tenant = $1", world.tenant_id) == []
