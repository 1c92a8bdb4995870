"""Ombud in its production shape on one machine: two Temporal servers in one cluster, three workers, two APIs, two Postgres."""

from __future__ import annotations

import asyncio
import base64
import itertools
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
from temporalio.service import RPCError

from cli.local.fleet import Fleet, Role
from runtime.embedded.binary import BinaryFinder
from runtime.errors import ServiceFault
from tests.support.fleet import LONG_HISTORY, House, environment, until
from tests.support.temporal_servers import DebianPostgres, TemporalServer, bring_schema, make_namespace

NAMESPACE = "ombud"
# Of each process at most; together they must find room on a server of a hundred: docs/how-to/postgres.md.
_CUT = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"


class Member(NamedTuple):
    """One of our processes: whose fleet it belongs to, and as what."""

    name: str
    fleet: Fleet
    role: Role


class Cluster(House):
    """A house with more than one of everything. What it is asked to kill it names itself: :attr:`victims`."""

    patience = 600.0
    database_of_temporal: DebianPostgres
    servers: dict[str, TemporalServer]

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.members = [Member("worker 1", self.fleet, "worker"), Member("api 1", self.fleet, "api")]
        self._next_api = itertools.count()
        self._coming: dict[str, asyncio.Lock] = {}

    @classmethod
    @asynccontextmanager
    async def built(cls, folder: Path) -> AsyncIterator[Cluster]:
        """The whole cluster in an empty folder; at the end all of it is destroyed."""
        async with AsyncExitStack() as until_the_end:
            database = DebianPostgres(folder / "temporal-postgres")
            until_the_end.callback(database.remove)
            await asyncio.to_thread(database.make)
            await bring_schema(database)
            servers = {name: TemporalServer(name, folder, database, LONG_HISTORY) for name in ("temporal 1", "temporal 2")}
            for server in servers.values():
                until_the_end.callback(server.kill)
                server.start()
            program = BinaryFinder(explicit=None).look()
            assert program is not None
            await make_namespace(servers["temporal 1"], NAMESPACE, program.path, folder)
            key = base64.b64encode(secrets.token_bytes(32)).decode()
            given = {
                "temporal_address": servers["temporal 1"].address, "temporal_namespace": NAMESPACE, "master_key": key,
                "database_pool_max": "10",
            }  # fmt: skip
            cluster = await until_the_end.enter_async_context(cls.at(folder / "one", given=given))
            assert isinstance(cluster, Cluster)
            cluster.database_of_temporal, cluster.servers = database, servers
            for fleet in cluster._others(folder, given):
                for role in ("api", "worker"):
                    until_the_end.callback(fleet.kill, role)
            await cluster.whole()
            yield cluster

    def _others(self, folder: Path, given: dict[str, str]) -> list[Fleet]:
        """The second and third machine: a worker and an API that know the other Temporal server, and one worker more."""
        info = self.info
        places = {
            "database_url": info.database_url, "database_admin_url": str(info.database_admin_url),
            "smtp_host": str(info.smtp_host), "smtp_port": str(info.smtp_port), "smtp_starttls": "false",
        }  # fmt: skip
        fleets = []
        for number, server in ((2, "temporal 2"), (3, "temporal 1")):
            state_dir = folder / f"machine-{number}"
            state_dir.mkdir()
            told = {**given, **places, "temporal_address": self.servers[server].address}
            env = {**environment(state_dir), **{f"OMBUD_{name.upper()}": text for name, text in told.items()}}
            fleet = Fleet(state_dir, env)
            fleets.append(fleet)
            self.members.append(Member(f"worker {number}", fleet, "worker"))
            if number == 2:
                self.members.append(Member("api 2", fleet, "api"))
        return fleets

    @property
    def victims(self) -> list[str]:
        """What can be struck, by name."""
        ours = sorted(member.name for member in self.members)
        return [*ours, *self.servers, "ombud's postgres", "temporal's postgres", "ombud's connections", "temporal's connections"]

    async def strike(self, what: str) -> bool:
        """Kill a process, or cut every connection to a database. False when it lies there already from the last blow."""
        if what in self.servers:
            struck = self.servers[what].runs
            await asyncio.to_thread(self.servers[what].kill)
        elif what == "ombud's postgres":
            struck = True
            await self.stack.kill_postgres()
        elif what == "temporal's postgres":
            struck = True
            await asyncio.to_thread(self.database_of_temporal.kill)
        elif what.endswith("connections"):
            urls = {
                "ombud's connections": self.info.database_url,
                "temporal's connections": self.database_of_temporal.address + "/temporal",
            }
            struck = await self._cut(urls[what])
        else:
            member = next(one for one in self.members if one.name == what)
            struck = member.fleet.running(member.role) is not None
            await asyncio.to_thread(member.fleet.kill, member.role)
        self.kills[what] += struck
        return struck

    async def _cut(self, url: str) -> bool:
        try:
            conn = await asyncpg.connect(url, timeout=5)
        except (OSError, asyncpg.PostgresError):
            return False
        try:
            return bool(await conn.fetchval(_CUT))
        finally:
            await conn.close()

    async def raise_up(self, what: str) -> None:
        """Start again what was killed; ours and Temporal's processes whoever watches starts."""
        if what == "ombud's postgres":
            await self.stack.start_postgres()
        elif what == "temporal's postgres":
            await asyncio.to_thread(self.database_of_temporal.start, self.database_of_temporal.port)

    async def whole(self) -> None:
        """Everything runs and answers."""
        await self.stack.up()
        for server in getattr(self, "servers", {}).values():
            server.start()
        await until(self._answers, "the Temporal cluster to answer")
        await asyncio.gather(*(self._up(member) for member in self.members))

    async def _answers(self) -> bool:
        try:
            return await self.client.service_client.check_health()
        except RPCError:
            return False

    async def _up(self, member: Member) -> None:
        async with self._coming.setdefault(member.name, asyncio.Lock()):
            if member.fleet.running(member.role) is None:
                await asyncio.to_thread(member.fleet.start, member.role)

    @asynccontextmanager
    async def supervised(self) -> AsyncIterator[None]:
        """While it lasts, whatever died of ours and of Temporal's is started again at once, as a supervisor does."""
        over = asyncio.Event()

        async def watch(member: Member) -> None:
            while not over.is_set():
                with suppress(ServiceFault):
                    await self._up(member)
                await asyncio.sleep(0.1)

        async def watch_server(server: TemporalServer) -> None:
            while not over.is_set():
                await asyncio.to_thread(server.start)
                await asyncio.sleep(0.3)

        async with asyncio.TaskGroup() as watching:
            for member in self.members:
                watching.create_task(watch(member))
            for server in self.servers.values():
                watching.create_task(watch_server(server))
            try:
                yield
            finally:
                over.set()
        await self.whole()

    @property
    def api_url(self) -> str:
        """Where an API listens: each in its turn, as behind a load balancer that has not heard yet which of them is dead."""
        apis = [member.fleet for member in self.members if member.role == "api"]
        return f"http://127.0.0.1:{apis[next(self._next_api) % len(apis)].crew.api_port}"


def table(kills: Counter[str], rows: dict[str, object]) -> str:
    """What a run did and found, for people."""
    struck = {f"struck: {what}": number for what, number in sorted(kills.items())}
    every = {**struck, "struck, together": sum(kills.values()), **rows}
    width = max(map(len, every))
    return "\n".join(f"{name:<{width}}  {value!s:>8}" for name, value in every.items())
