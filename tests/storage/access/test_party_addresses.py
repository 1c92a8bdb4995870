"""An address that was mended: what went nowhere goes out again with a new way in, what was good before is not; who is told."""

from __future__ import annotations

from typing import Any

import pytest

from storage.access.party_addresses import Mended, PostgresPartyAddresses
from storage.access.party_links import PostgresPartyLinks, link_of
from storage.access.trail import PostgresTrail
from storage.outside.outbox import PostgresOutbox
from storage.outside.party_letters import PostgresPartyLetters
from storage.postgres.pool import Database
from tests.support.worlds import World

pytestmark = pytest.mark.postgres
NEW = "kim.new@example.org"


class Desk:
    """Everything about one case of a world."""

    def __init__(self, database: Database, world: World, case_id: str) -> None:
        self.world, self.case_id, self.database = world, case_id, database
        self.outbox = PostgresOutbox(database, world.vault, links=True)
        self.links = PostgresPartyLinks(database, world.vault)
        self.addresses = PostgresPartyAddresses(database, world.vault)
        self.letters = PostgresPartyLetters(database, world.vault)

    async def mend(self, party_id: str, email: str = NEW, *, tell_old: bool = True, case_id: str | None = None) -> Mended | None:
        async with PostgresTrail(self.database).deed(self.world.tenant_id) as conn:
            whose = (self.world.tenant_id, case_id or self.case_id, party_id)
            return await self.addresses.mend(conn, *whose, email, by="per_dana", tell_old=tell_old)

    async def mail(self) -> list[Any]:
        """What waits for a party, by e-mail."""
        found = await self.outbox.undelivered(self.world.tenant_id, self.case_id)
        return [one for one in found if one.recipient.startswith("pty_") and one.channel == "email"]

    async def to_the_old(self) -> list[Any]:
        return [
            one for one in await self.letters.due(20) if one.event == "address_mended" and one.tenant_id == self.world.tenant_id
        ]


@pytest.fixture
async def desk(database: Database, world: World) -> Desk:
    return Desk(database, world, await world.case())


async def test_what_came_back_goes_out_again_with_a_link_of_its_own(desk: Desk) -> None:
    tenant = desk.world.tenant_id
    first = (await desk.mail())[0]
    await desk.outbox.failed(tenant, first.id, "address_refused")
    assert first.id not in {one.id for one in await desk.mail()}
    mended = await desk.mend(first.recipient)
    assert mended is not None
    assert (mended.letters, mended.old_told) == (1, False)
    again = next(one for one in await desk.mail() if one.id == first.id)
    assert (again.address, again.name) == (NEW, first.name)
    assert again.link_token not in (None, first.link_token)
    assert await desk.links.exchange(tenant, first.link_token or "", "") is None
    assert await desk.links.exchange(tenant, again.link_token or "", "") is not None
    assert {link.id for link in await desk.links.listed(tenant, desk.case_id)} >= {link_of(first.id), link_of(first.id, 1)}
    assert await desk.to_the_old() == []


async def test_nobody_stays_signed_in_by_what_went_to_the_address_before(desk: Desk) -> None:
    tenant = desk.world.tenant_id
    one = (await desk.mail())[0]
    session = await desk.links.exchange(tenant, one.link_token or "", "Firefox")
    assert await desk.links.session(session or "") is not None
    mended = await desk.mend(one.recipient)
    assert mended is not None
    assert mended.sessions == 1
    assert await desk.links.session(session or "") is None


async def test_the_address_before_is_told_where_letters_arrived_once_and_forgotten(desk: Desk) -> None:
    tenant = desk.world.tenant_id
    one = (await desk.mail())[0]
    await desk.outbox.sent(tenant, one.id, "250 ok")
    mended = await desk.mend(one.recipient)
    assert mended is not None
    assert mended.old_told
    (letter,) = await desk.to_the_old()
    assert (letter.address, letter.data, letter.code) == (one.address, {"case": desk.case_id}, None)
    assert NEW not in str(letter)
    await desk.letters.sent(tenant, letter.id)
    assert await desk.to_the_old() == []
    async with desk.database.tenant(tenant) as conn:
        assert await conn.fetchval("SELECT old_contact FROM party_address_changes WHERE tenant = $1", tenant) is None


async def test_whoever_was_told_of_no_case_is_told_of_no_change(desk: Desk) -> None:
    one = (await desk.mail())[0]
    await desk.outbox.sent(desk.world.tenant_id, one.id, "250 ok")
    await desk.mend(one.recipient, tell_old=False)
    assert await desk.to_the_old() == []


async def test_the_same_address_changes_nothing(desk: Desk) -> None:
    one = (await desk.mail())[0]
    same = (one.address or "").upper()
    assert await desk.mend(one.recipient, same) is None
    assert await desk.mend(one.recipient, case_id="case_other") is None


async def test_letters_are_in_the_language_that_they_chose(desk: Desk) -> None:
    one = (await desk.mail())[0]
    assert one.locale == "en"
    await desk.addresses.speak(desk.world.tenant_id, desk.case_id, one.recipient, "de")
    assert {found.locale for found in await desk.mail() if found.recipient == one.recipient} == {"de"}
    await desk.addresses.speak(desk.world.tenant_id, desk.case_id, one.recipient, "en")
    assert {found.locale for found in await desk.mail()} == {"en"}
