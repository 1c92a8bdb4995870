"""Two Postgres servers, one the standby of the other by streaming replication, and what a failover does to them."""

from __future__ import annotations

import asyncio
import base64
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from runtime.embedded import processes
from runtime.embedded.credentials import Credentials
from runtime.embedded.ground import service_account, settle
from runtime.embedded.postgres import ADMIN, APP, DATABASE, OWNER, EmbeddedPostgres

SUPERUSER = "postgres"
# Only here: in the embedded server the superuser has no way in, and nobody copies it.
_LET_IN = f"\nhost all,replication {SUPERUSER} 127.0.0.1/32 trust\n"
_ONE_STREAMS = "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'"
_NOBODY_WRITES = """
SELECT count(*) = 0 FROM pg_stat_activity WHERE state <> 'idle' AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""


@dataclass
class Pair:
    """The servers, and which of them is the primary. A commit is answered when both have it."""

    servers: list[EmbeddedPostgres]
    ports: list[int]
    passwords: dict[str, str]
    primary: int = 0

    @classmethod
    @asynccontextmanager
    async def at(cls, folder: Path) -> AsyncIterator[Pair]:
        """Both in an empty folder, destroyed at the end."""
        account = service_account()
        homes = []
        for name in ("one", "two"):
            (folder / name).mkdir(parents=True)
            homes.append(settle(folder / name, account))
        credentials = Credentials(
            owner_password=secrets.token_hex(), app_password=secrets.token_hex(), admin_password=secrets.token_hex(),
            master_key=base64.b64encode(bytes(32)).decode(),
        )  # fmt: skip
        passwords = {APP: credentials.app_password, ADMIN: credentials.admin_password, OWNER: credentials.owner_password}
        pair = cls([EmbeddedPostgres(home, account) for home in homes], [processes.free_port(), 0], passwords)
        try:
            await asyncio.to_thread(pair.servers[0].initialise, credentials)
            with (homes[0] / "data" / "pg_hba.conf").open("a", encoding="utf-8") as access:
                access.write(_LET_IN)
            await asyncio.to_thread(pair.servers[0].start, pair.ports[0])
            pair.ports[1] = processes.free_port()
            await pair._follow(1, 0)
            yield pair
        finally:
            for server, home in zip(pair.servers, homes, strict=True):
                await asyncio.to_thread(server.kill)
                shutil.rmtree(home, ignore_errors=True)

    async def _follow(self, standby: int, primary: int) -> None:
        """Make one server a copy of the other that follows it, and have the other wait for it with each commit."""
        server, home = self.servers[standby], self.servers[standby]._home
        tool = server._tool("pg_basebackup", self.servers[primary]._data)
        source = ["-h", "127.0.0.1", "-p", str(self.ports[primary]), "-U", SUPERUSER]
        copy = [tool, *source, "-D", str(home / "data"), "-R", "-X", "stream", "-c", "fast"]
        await asyncio.to_thread(server._run, copy)
        # What was set while it ran, as that it waits for a standby, is the other one's alone.
        settings = home / "data" / "postgresql.auto.conf"
        kept = [line for line in settings.read_text(encoding="utf-8").splitlines() if line.startswith("primary_conninfo")]
        settings.write_text("\n".join(kept) + "\n", encoding="utf-8")
        await asyncio.to_thread(server.start, self.ports[standby])
        await self.set(primary, "synchronous_standby_names = '*'")
        await self._until(primary, _ONE_STREAMS)

    async def set(self, number: int, setting: str) -> None:
        """Change a setting of a server that runs."""
        await self._as_superuser(number, f"ALTER SYSTEM SET {setting}")
        await self._as_superuser(number, "SELECT pg_reload_conf()")

    async def lose_the_primary(self) -> None:
        """Its machine is gone; the standby is the primary by now."""
        await asyncio.to_thread(self.servers[self.primary].kill)
        await self.promote()

    async def refuse_writes(self) -> None:
        """The primary lives on, with every connection, and takes no writes any more; there is no other yet."""
        await self.set(self.primary, "default_transaction_read_only = on")
        # What was begun before may still end, and so stands on both.
        await self._until(self.primary, _NOBODY_WRITES)

    async def demote_the_primary(self) -> None:
        """As somebody's managed failover does it: the old primary goes on, read-only, and the standby is the primary."""
        await self.refuse_writes()
        await self.promote()

    async def rejoin(self) -> None:
        """The server that is not the primary becomes its standby, whatever it was before."""
        other = 1 - self.primary
        server = self.servers[other]
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(shutil.rmtree, server._data)
        await self._follow(other, self.primary)

    async def promote(self) -> None:
        """The standby is the primary from now on."""
        self.primary = 1 - self.primary
        await self._as_superuser(self.primary, "SELECT pg_promote(true, 60)")

    def url(self, role: str, *, last: int = 1) -> str:
        """Where to connect as a role: both hosts, whichever is the primary."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in (self.ports[1 - last], self.ports[last]))
        return f"postgresql://{role}:{self.passwords[role]}@{hosts}/{DATABASE}"

    async def _until(self, number: int, question: str) -> None:
        async with asyncio.timeout(60):
            while not await self._as_superuser(number, question):  # noqa: ASYNC110 - another process is waited for
                await asyncio.sleep(0.02)

    async def _as_superuser(self, number: int, statement: str) -> Any:
        url = f"postgresql://{SUPERUSER}@127.0.0.1:{self.ports[number]}/{DATABASE}"
        conn = await asyncpg.connect(url, server_settings={"default_transaction_read_only": "off"})
        try:
            return await conn.fetchval(statement)
        finally:
            await conn.close()
