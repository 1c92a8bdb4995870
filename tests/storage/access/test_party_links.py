"""A link opens one case once, and its session that case alone; whatever ended stays so."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from storage.access.party_links import LINK_FOR, PostgresPartyLinks, link_of
from storage.outside.outbox import PostgresOutbox
from storage.postgres.pool import Database
from tests.support.worlds import World

pytestmark = pytest.mark.postgres


async def a_link(world: World, links: PostgresPartyLinks, lives_for: timedelta = LINK_FOR) -> tuple[str, str, str]:
    case_id = await world.case()
    async with world.database.tenant(world.tenant_id) as conn:
        party_id = await conn.fetchval("SELECT id FROM parties WHERE case_id = $1 AND side = 'claimant'", case_id)
    return case_id, party_id, await links.create(world.tenant_id, case_id, party_id, "letter", lives_for)


async def test_opens_once_however_many_try_at_the_same_time(database: Database, world: World) -> None:
    links = PostgresPartyLinks(database, world.vault)
    case_id, party_id, secret = await a_link(world, links)
    got = await asyncio.gather(*(links.exchange(world.tenant_id, secret, "a phone") for _ in range(5)))
    (session_secret,) = [one for one in got if one is not None]
    session = await links.session(session_secret)
    assert session is not None
    assert (session.tenant_id, session.case_id, session.party_id) == (world.tenant_id, case_id, party_id)
    found = await links.find(secret)
    assert found is not None
    assert found.used_at is not None


async def test_looking_at_one_uses_nothing_up(database: Database, world: World) -> None:
    links = PostgresPartyLinks(database, world.vault)
    *_, secret = await a_link(world, links)
    for _ in range(3):
        found = await links.find(secret)
        assert found is not None
        assert found.used_at is None
    assert await links.find("0" * 48) is None


async def test_opens_nothing_past_its_time_nor_at_another_company(database: Database, world: World) -> None:
    links = PostgresPartyLinks(database, world.vault)
    *_, late = await a_link(world, links, lives_for=timedelta(0))
    *_, good = await a_link(world, links)
    assert await links.exchange(world.tenant_id, late, "") is None
    assert await links.exchange(f"{world.tenant_id}-other", good, "") is None
    assert await links.exchange(world.tenant_id, good, "") is not None


async def test_a_link_that_was_asked_for_ends_those_before_but_no_session(database: Database, world: World) -> None:
    links = PostgresPartyLinks(database, world.vault)
    case_id, party_id, opened = await a_link(world, links)
    session = await links.exchange(world.tenant_id, opened, "")
    lying = await links.create(world.tenant_id, case_id, party_id, "letter")
    new = await links.create(world.tenant_id, case_id, party_id, "team", by_letter=True)
    assert await links.exchange(world.tenant_id, lying, "") is None
    assert await links.exchange(world.tenant_id, new, "") is not None
    assert session is not None
    assert await links.session(session) is not None


async def test_what_a_receipt_gave_ends_when_the_link_of_a_letter_is_used(database: Database, world: World) -> None:
    links = PostgresPartyLinks(database, world.vault)
    case_id, party_id, letter = await a_link(world, links)
    opened, lying = [await links.create(world.tenant_id, case_id, party_id, "report") for _ in range(2)]
    receipt = await links.exchange(world.tenant_id, opened, "")
    assert receipt is not None
    session = await links.session(receipt)
    assert session is not None
    assert session.from_receipt
    own = await links.exchange(world.tenant_id, letter, "")
    assert own is not None
    assert await links.session(receipt) is None
    assert await links.exchange(world.tenant_id, lying, "") is None
    known = await links.session(own)
    assert known is not None
    assert not known.from_receipt


async def test_revoking_ends_links_and_sessions_of_that_party_for_good(database: Database, world: World) -> None:
    links = PostgresPartyLinks(database, world.vault)
    case_id, party_id, first = await a_link(world, links)
    session = await links.exchange(world.tenant_id, first, "")
    second = await links.create(world.tenant_id, case_id, party_id, "asked", by_letter=True)
    assert session is not None
    assert await links.revoke(world.tenant_id, case_id, "pty_somebody-else", "per_dana") == (0, 0)
    assert await links.revoke(world.tenant_id, case_id, party_id, "per_dana") == (1, 1)
    assert (await links.session(session), await links.exchange(world.tenant_id, second, "")) == (None, None)
    assert [one.revoked_by for one in await links.listed(world.tenant_id, case_id)] == ["per_dana", None]
    async with database.tenant(world.tenant_id) as conn:
        for change in ("UPDATE party_links SET used_at = NULL, revoked_at = NULL", "UPDATE party_sessions SET ended_at = NULL"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(change)


async def test_only_hashes_are_kept(database: Database, world: World) -> None:
    links = PostgresPartyLinks(database, world.vault)
    *_, secret = await a_link(world, links)
    session = await links.exchange(world.tenant_id, secret, "")
    assert session is not None
    async with database.tenant(world.tenant_id) as conn:
        rows = [
            str(dict(row)) for table in ("party_links", "party_sessions") for row in await conn.fetch(f"SELECT * FROM {table}")
        ]
    assert rows
    assert not [row for row in rows if secret in row or session in row]


async def test_each_letter_to_a_party_brings_its_own_and_a_second_try_the_same(database: Database, world: World) -> None:
    case_id = await world.case()
    outbox, links = PostgresOutbox(database, world.vault, links=True), PostgresPartyLinks(database, world.vault)
    first, again = [await outbox.undelivered(world.tenant_id, case_id) for _ in range(2)]
    brought = {one.id: one.link_token for one in first if one.link_token}
    assert brought == {one.id: one.link_token for one in again if one.link_token}
    assert {one.recipient[:4] for one in first if one.link_token} == {"pty_"}
    assert all(one.link_token for one in first if one.recipient.startswith("pty_"))
    for one in first:
        if one.link_token:
            found = await links.find(one.link_token)
            assert found is not None
            assert (found.id, found.case_id, found.party_id) == (link_of(one.id), case_id, one.recipient)
    assert len(await links.listed(world.tenant_id, case_id)) == len(brought) > 0


async def test_tries_are_counted_by_company_deed_and_whoever_tries(database: Database, world: World) -> None:
    links = PostgresPartyLinks(database, world.vault)
    assert [await links.tried(world.tenant_id, "open", "a library") for _ in range(3)] == [1, 2, 3]
    assert await links.tried(world.tenant_id, "open", "a kitchen") == 1
    assert await links.tried(world.tenant_id, "report", "a library") == 1
