"""Of several hosts the one that takes writes is found, and found again when it is another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import asyncpg
import pytest

from runtime.embedded.postgres import ADMIN, APP, OWNER
from storage.postgres.migrate import outstanding
from storage.postgres.pool import AWAY, Database
from storage.postgres.primary import Hosts, NoPrimary, connect, hosts_of
from storage.postgres.server import ServerAway, server_facts
from tests.support.database import Server
from tests.support.replicas import Pair

PORT = "SELECT inet_server_port()"


class TestAddress:
    @pytest.mark.parametrize(
        ("dsn", "hosts"),
        [
            ("postgresql://ombud@db/ombud", [None]),
            ("postgresql:///ombud?host=/run/postgresql", [None]),
            ("postgresql://ombud:a%2Cb@one,two:5433/ombud", [("one", 5432), ("two", 5433)]),
            ("postgresql://one:1,[::1]:2,[::2]/ombud?sslmode=require", [("one", 1), ("::1", 2), ("::2", 5432)]),
        ],
    )
    def test_its_hosts_are_read_in_order(self, dsn: str, hosts: list[tuple[str, int] | None]) -> None:
        assert hosts_of(dsn) == hosts


@pytest.fixture(scope="module")
async def pair(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    """Two servers; each test leaves them as a primary and its standby."""
    async with Pair.at(tmp_path_factory.mktemp("pair")) as both:
        yield both


async def _write(database: Database) -> int:
    """Write something, and say where."""
    async with database.deed("acme") as conn:
        await conn.execute("CREATE TEMPORARY TABLE kept (a int) ON COMMIT DROP")
        await conn.execute("SELECT pg_current_xact_id()")
        return int(await conn.fetchval(PORT))


@pytest.mark.postgres
@pytest.mark.slow
class TestFailover:
    async def test_the_standby_is_passed_over_wherever_it_stands(self, pair: Pair) -> None:
        for url in (pair.url(OWNER), pair.url(OWNER, last=0)):
            conn = await connect(url)
            assert await conn.fetchval(PORT) == pair.ports[pair.primary]
            await conn.close()
            assert await outstanding(url)

    async def test_whoever_asks_for_any_server_gets_the_first(self, pair: Pair) -> None:
        conn = await connect(pair.url(APP, last=pair.primary) + "?target_session_attrs=any")
        assert await conn.fetchval(PORT) == pair.ports[1 - pair.primary]
        await conn.close()

    async def test_a_primary_that_takes_no_writes_any_more_is_left_for_the_one_that_does(self, pair: Pair) -> None:
        async with await Database.connect(pair.url(APP), admin_dsn=pair.url(ADMIN), min_size=3, lend_within=5) as database:
            assert await _write(database) == pair.ports[pair.primary]
            await pair.demote_the_primary()
            with pytest.raises(asyncpg.ReadOnlySQLTransactionError) as refused:
                await _write(database)
            assert isinstance(refused.value, AWAY)
            assert await _write(database) == pair.ports[pair.primary]
            # Readers learn it by readiness, which lets go of the old server as well.
            with pytest.raises(NoPrimary):
                await database.ready()
            await database.ready()
        await pair.rejoin()

    async def test_a_primary_whose_machine_is_gone_is_left_too(self, pair: Pair) -> None:
        async with await Database.connect(pair.url(APP), admin_dsn=pair.url(ADMIN), min_size=3, lend_within=5) as database:
            assert await _write(database) == pair.ports[pair.primary]
            await pair.lose_the_primary()
            with suppress(*AWAY):
                await _write(database)
            assert await _write(database) == pair.ports[pair.primary]
        await pair.rejoin()

    async def test_while_there_is_none_it_is_said_and_nothing_hangs(self, pair: Pair) -> None:
        await pair.set(pair.primary, "default_transaction_read_only = on")
        with pytest.raises(NoPrimary, match="takes no writes"):
            await connect(pair.url(APP))
        await asyncio.to_thread(pair.servers[1 - pair.primary].kill)
        with pytest.raises(NoPrimary):
            await connect(pair.url(APP))
        await pair.set(pair.primary, "default_transaction_read_only = off")
        await pair.rejoin()


class Silent:
    """A host that takes connections and never says a word, as a machine does that is gone."""

    async def __aenter__(self) -> int:
        self._heard = list[asyncio.StreamWriter]()
        self._server = await asyncio.start_server(lambda reader, writer: self._heard.append(writer), "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for one in self._heard:
            one.close()
            with suppress(ConnectionError):
                await one.wait_closed()


@pytest.mark.postgres
async def test_a_host_that_says_nothing_keeps_nobody_from_the_next_and_is_asked_last_from_then_on(
    postgres_server: Server,
) -> None:
    dsn = postgres_server.app_dsn
    async with Silent() as silent:
        both = dsn.replace("@", f"@127.0.0.1:{silent},")
        hosts = Hosts(both)
        begun = time.monotonic()
        conn = await hosts.connect(both, timeout=2)
        assert time.monotonic() - begun < 2
        await conn.close()
        assert hosts._hosts[-1] == ("127.0.0.1", silent)


async def test_nobody_there_is_said_as_it_came() -> None:
    dsn = "postgresql://ombud:x@127.0.0.1:1,127.0.0.1:2/ombud"
    with pytest.raises(ConnectionRefusedError):
        await connect(dsn)
    with pytest.raises(ServerAway):
        await server_facts(dsn, timedelta(seconds=2))
