"""While a case is held, the database deletes nothing of it and of its people, whoever asks and however it is timed."""

from __future__ import annotations

import asyncio

import pytest

from storage.postgres.vault import LegalHold
from tests.support.worlds import World, a_command

pytestmark = pytest.mark.postgres


async def a_held_case(world: World) -> str:
    await world.staff()
    case_id = await world.case()
    hold = a_command("place_hold", "per_ola", reason="litigation", reasons="We have been sued.")
    recorded = await world.record(case_id, hold)
    assert [answer.status for answer in recorded.answers if answer] == ["accepted"]
    return case_id


async def erase(world: World, case_id: str, holder: str) -> bool:
    async with world.database.deed(world.tenant_id) as conn:
        return await world.vault.erase(conn, world.tenant_id, case_id, holder)


async def test_keys_of_a_held_case_are_not_destroyed(world: World) -> None:
    case_id = await a_held_case(world)
    for holder in ("staff", await world.claimant(case_id)):
        with pytest.raises(LegalHold):
            await erase(world, case_id, holder)


async def test_nor_those_of_its_people_on_other_cases(world: World) -> None:
    await a_held_case(world)
    other = await world.case()
    with pytest.raises(LegalHold):
        await erase(world, other, await world.claimant(other))


async def test_when_it_is_lifted_they_are(world: World) -> None:
    case_id = await a_held_case(world)
    await world.record(case_id, a_command("lift_hold", "per_ola", reasons="Settled.", id="cmd_lift-1"))
    assert await erase(world, case_id, await world.claimant(case_id))


async def test_a_case_that_nobody_holds_is_erased(world: World) -> None:
    case_id = await world.case()
    assert await erase(world, case_id, await world.claimant(case_id))


async def test_a_hold_that_is_being_written_comes_first(world: World) -> None:
    """Whoever deletes waits for the write that holds the case, and then sees it."""
    case_id = await world.case()
    claimant = await world.claimant(case_id)
    async with world.database.tenant(world.tenant_id) as conn, conn.transaction():
        await conn.execute("UPDATE cases SET legal_hold = true WHERE tenant = $1 AND id = $2", world.tenant_id, case_id)
        deleting = asyncio.create_task(erase(world, case_id, claimant))
        await asyncio.sleep(0.3)
        assert not deleting.done()
    with pytest.raises(LegalHold):
        await deleting
