"""Who asks for a link that was lost gets one at the address on record, or nothing happens: nobody is told which."""

from __future__ import annotations

import pytest

from storage.access.party_links import PostgresPartyLinks
from storage.outside.party_letters import MOST_A_DAY, PostgresPartyLetters
from storage.postgres.pool import Database
from tests.support.worlds import World, a_report

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("number", ["the whole id", "its end", "the platform's own"])
async def test_brings_a_link_to_the_address_on_record(database: Database, world: World, number: str) -> None:
    case_id = await world.case(report=a_report(external_id="H-20440"))
    links, letters = PostgresPartyLinks(database, world.vault), PostgresPartyLetters(database, world.vault)
    said = {"the whole id": case_id, "its end": f" {case_id[-8:].upper()} ", "the platform's own": "H-20440"}[number]
    await links.ask(world.tenant_id, said, "KIM@example.org ")
    (letter,) = [one for one in await letters.due(20) if one.tenant_id == world.tenant_id]
    assert (letter.event, letter.address, letter.data["case"]) == ("link_asked", "kim@example.org", case_id)
    assert letter.code is not None
    found = await links.find(letter.code)
    assert found is not None
    assert found.tell == "pending"
    await letters.sent(world.tenant_id, letter.id)
    assert [one for one in await letters.due(20) if one.tenant_id == world.tenant_id] == []
    assert await links.exchange(world.tenant_id, letter.code, "") is not None


@pytest.mark.parametrize(("number", "address"), [(None, "somebody@else.example"), ("ffffffff", "kim@example.org"), ("%", "%")])
async def test_does_nothing_for_an_address_or_a_number_that_does_not_fit(
    database: Database, world: World, number: str | None, address: str
) -> None:
    case_id = await world.case()
    links = PostgresPartyLinks(database, world.vault)
    await links.ask(world.tenant_id, number or case_id, address)
    assert [one for one in await PostgresPartyLetters(database, world.vault).due(20) if one.tenant_id == world.tenant_id] == []
    assert await links.listed(world.tenant_id, case_id) == []


async def test_fills_nobodys_mailbox(database: Database, world: World) -> None:
    case_id = await world.case()
    links, letters = PostgresPartyLinks(database, world.vault), PostgresPartyLetters(database, world.vault)
    for _ in range(MOST_A_DAY + 3):
        await links.ask(world.tenant_id, case_id, "kim@example.org")
    # What was asked for again before it went out goes out once; and no more are made than so many a day.
    assert len([one for one in await letters.due(20) if one.tenant_id == world.tenant_id]) == 1
    assert len(await links.listed(world.tenant_id, case_id)) == MOST_A_DAY


async def test_one_that_cannot_go_out_is_given_up(database: Database, world: World) -> None:
    case_id = await world.case()
    links, letters = PostgresPartyLinks(database, world.vault), PostgresPartyLetters(database, world.vault)
    await links.ask(world.tenant_id, case_id, "kim@example.org")
    (letter,) = [one for one in await letters.due(20) if one.tenant_id == world.tenant_id]
    await letters.failed(world.tenant_id, letter.id, "ConnectionError", for_good=False)
    assert [one.tell for one in await links.listed(world.tenant_id, case_id)] == ["pending"]
    await letters.failed(world.tenant_id, letter.id, "address_refused", for_good=True)
    assert [one.tell for one in await links.listed(world.tenant_id, case_id)] == ["failed"]
