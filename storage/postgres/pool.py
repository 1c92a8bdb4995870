"""Connections to Postgres, each lent for one tenant at a time: row-level security shows a borrower that tenant and no other."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import asyncpg
from pydantic_core import from_json, to_json

from storage.postgres.primary import CONNECT_WITHIN, Hosts, NoPrimary

AWAY: tuple[type[Exception], ...] = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
    # Said of a connection on which the server's last word was that it goes, before the end of the connection was heard.
    asyncpg.InternalClientError,
    asyncpg.ReadOnlySQLTransactionError,
)
"""What asyncpg raises when the database is away, going, coming, full or a standby by now (``TimeoutError`` is an ``OSError``)."""
_GONE = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InternalClientError,
    asyncpg.ReadOnlySQLTransactionError,
)
"""After these the other connections of the pool are to the wrong server too."""
NOT_STORABLE: tuple[type[Exception], ...] = (asyncpg.DataError,)
"""What it raises when Postgres refuses the data itself."""
_OUT_OF_RANGE = re.compile(r"value out of u?int\d+ range")


def is_about_a_number(error: Exception) -> bool:
    """Whether the data that was refused is a number too large, and no text."""
    return isinstance(error, asyncpg.NumericValueOutOfRangeError) or bool(_OUT_OF_RANGE.search(" ".join(map(str, error.args))))


_NOT_LET_IN = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InsufficientPrivilegeError)
"""What it raises when a role is unknown, shows a wrong password, or may not connect to this database."""

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    type_of_row = asyncpg.Record
    Connection = asyncpg.Connection[type_of_row] | PoolConnectionProxy[type_of_row]
    Pool = asyncpg.Pool[type_of_row]
    RawConnection = asyncpg.Connection[type_of_row]
    from asyncpg.connection import LoggedQuery
else:
    Connection = Pool = Any
    RawConnection = asyncpg.Connection

NOW = "SELECT clock_timestamp()"
"""The database's clock, by which everything is judged."""

# The settings that give rights, always all of them: what one borrower may see must never pass to the next.
_SEE_AS = """
SELECT set_config('ombud.tenant', $1, false), set_config('ombud.key_hash', $2, false), set_config('ombud.source', $3, false)
"""

_SERVER_SETTINGS = {
    "application_name": "ombud",
    "timezone": "UTC",
    # Statements are short; compiling one costs more than running it.
    "jit": "off",
    # Nor is planning one again each time: with it a transition's write takes three times as long (measured).
    "plan_cache_mode": "force_generic_plan",
    # A session that died inside a transaction must not hold a case's row for ever.
    "idle_in_transaction_session_timeout": "60s",
}


class _Session(RawConnection):
    """A connection that knows for whom it sees, so that the next borrower is not asked about twice.

    Two thirds of all round trips of a case were settings made and taken back for the same tenant (measured).
    """

    _seen_as: tuple[str, str, str] | None = ("", "", "")

    async def see_as(self, tenant_id: str = "", key_hash: str = "", source_id: str = "") -> None:
        """See for this borrower and nobody else. Comes before anything that a borrower does."""
        if self._seen_as != (tenant_id, key_hash, source_id):
            # Unknown until the answer is there: whoever is interrupted in between leaves a connection that is set anew.
            self._seen_as = None
            await self.fetchval(_SEE_AS, tenant_id, key_hash, source_id)
            self._seen_as = (tenant_id, key_hash, source_id)


_TAKES_WRITES = "SELECT NOT (pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean)"

ADMINISTRATORS = 4
"""Connections that a process opens at most for what administrators do: it is seldom, and each deed is short."""


class AdministrationUnavailable(Exception):
    """This process cannot administer: it was given no role for that, or the database does not let that role in."""

    code = "administration_unavailable"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Database:
    """The application's pool. Made by :meth:`connect`, handed to everything that reads or writes.

    What administrators do goes through :meth:`deed`, by another role: the application's own may not.
    """

    def __init__(
        self,
        pool: Pool,
        *,
        lend_within: float | None = None,
        share: int | None = None,
        administrator: Callable[[], Awaitable[Database]] | None = None,
    ) -> None:
        self._pool, self._lend_within, self._share = pool, lend_within, share
        self._shares: dict[str, asyncio.Semaphore] = {}
        self._connect_administrator = administrator
        self._administrator: Database | None = None
        self._connecting = asyncio.Lock()
        self._answered = 0

    @classmethod
    async def connect(
        cls,
        dsn: str,
        *,
        min_size: int = 1,
        max_size: int = 10,
        command_timeout: float = 30.0,
        lend_within: float | None = None,
        share: int | None = None,
        admin_dsn: str | None = None,
        statements: Callable[[LoggedQuery], None] | None = None,
    ) -> Database:
        """Open the pool as the application role, on the server that takes writes: of several hosts in the address whichever does.

        Connections that break are replaced when next asked for, and all of them when the server is lost or takes writes no more.

        ``command_timeout`` and ``lend_within`` bound one statement and the wait for a connection, in seconds: past them the
        database counts as away. ``share`` is how many connections one tenant may have at a time; None: all of them.
        ``admin_dsn`` is the database as the administrator's role, connected to with the first deed; None: this process does none.
        ``statements`` is told of each statement that was answered.
        """
        bounds: dict[str, Any] = {"command_timeout": command_timeout, "lend_within": lend_within, "statements": statements}

        async def administrator() -> Database:
            assert admin_dsn is not None
            # Half of them for one tenant at most, where there is such a bound: administrators of the others go on.
            of_one = None if share is None else ADMINISTRATORS // 2
            return await cls.connect(admin_dsn, max_size=ADMINISTRATORS, share=of_one, **bounds)

        pool = await asyncpg.create_pool(
            dsn,
            connect=cast("Any", Hosts(dsn).connect),  # its type names every option of asyncpg's own
            min_size=min_size,
            max_size=max_size,
            command_timeout=command_timeout,
            init=_prepare if statements is None else partial(_prepare, statements=statements),
            reset=_leave,
            connection_class=_Session,
            server_settings=_SERVER_SETTINGS,
            timeout=CONNECT_WITHIN if lend_within is None else lend_within,
        )
        return cls(pool, lend_within=lend_within, share=share, administrator=administrator if admin_dsn else None)

    @asynccontextmanager
    async def tenant(self, tenant_id: str) -> AsyncIterator[Connection]:
        """A connection that sees this tenant only, until the end of the block."""
        async with self._lent(tenant_id) as conn:
            yield conn

    @asynccontextmanager
    async def deed(self, tenant_id: str, conn: Connection | None = None) -> AsyncIterator[Connection]:
        """A connection of the administrator's role, inside a transaction: the one that is open already, so that a deed is on disk
        with its note or not at all; without one, one of its own. Raises :class:`AdministrationUnavailable`."""
        if conn is not None:
            yield conn
            return
        administrator = await self._as_administrator()
        async with administrator.tenant(tenant_id) as own, own.transaction():
            yield own

    @asynccontextmanager
    async def upkeep(self) -> AsyncIterator[Connection]:
        """A connection of the administrator's role that sees no tenant, outside any transaction. Raises
        :class:`AdministrationUnavailable`."""
        administrator = await self._as_administrator()
        async with administrator.nobody() as conn:
            yield conn

    async def _as_administrator(self) -> Database:
        if self._connect_administrator is None:
            raise AdministrationUnavailable(
                "This process has no access to the database for what administrators do: set OMBUD_DATABASE_ADMIN_URL."
            )
        async with self._connecting:
            if self._administrator is None:
                try:
                    self._administrator = await self._connect_administrator()
                except _NOT_LET_IN as error:
                    # The server's own words name the role and the database, never the password.
                    raise AdministrationUnavailable(
                        f"The database does not let the administrator's role in ({error}): check OMBUD_DATABASE_ADMIN_URL."
                    ) from error
            return self._administrator

    @asynccontextmanager
    async def key(self, key_hash: str) -> AsyncIterator[Connection]:
        """A connection that sees the API key with this hash (hex) and nothing else."""
        async with self._lent(key_hash=key_hash) as conn:
            yield conn

    @asynccontextmanager
    async def source(self, source_id: str) -> AsyncIterator[Connection]:
        """A connection that sees the intake source with this id and nothing else."""
        async with self._lent(source_id=source_id) as conn:
            yield conn

    @asynccontextmanager
    async def nobody(self) -> AsyncIterator[Connection]:
        """A connection without a tenant: it sees the tenants' ids and the shared library."""
        async with self._lent() as conn:
            yield conn

    @asynccontextmanager
    async def _lent(self, tenant_id: str = "", key_hash: str = "", source_id: str = "") -> AsyncIterator[Connection]:
        async with AsyncExitStack() as until:
            async with asyncio.timeout(self._lend_within):
                if tenant_id and self._share:
                    await until.enter_async_context(self._shares.setdefault(tenant_id, asyncio.Semaphore(self._share)))
                conn = await until.enter_async_context(self._pool.acquire())
            answered = self._answered
            try:
                # What the pool lends stands for a session and hands everything on to it.
                await cast("_Session", conn).see_as(tenant_id, key_hash, source_id)
                yield conn
                self._answered += 1
            except (TimeoutError, asyncio.CancelledError) as error:
                # Whoever takes it back waits until the server has heard that nobody waits for it any more: a server that hangs
                # never does.
                conn.terminate()
                # Nobody was answered all the while: then it is no slow statement, but a machine that is gone without a word.
                if isinstance(error, TimeoutError) and answered == self._answered:
                    await self._pool.expire_connections()
                raise
            except _GONE:
                conn.terminate()
                await self._pool.expire_connections()
                raise

    async def ready(self) -> None:
        """Nothing, when the database answers and takes writes. Raises what is in :data:`AWAY`, :class:`NoPrimary` among it.

        A server that became a standby while it kept our connections would else answer reads for ever, and never anything new.
        """
        async with self.nobody() as conn:
            if not await conn.fetchval(_TAKES_WRITES):
                raise NoPrimary

    async def tenant_ids(self) -> list[str]:
        """Every tenant, for what has to go through all of them in turn."""
        async with self.nobody() as conn:
            return [row["id"] for row in await conn.fetch("SELECT id FROM tenant_ids ORDER BY id")]

    async def close(self) -> None:
        """Give all connections back to the server, waiting for their borrowers."""
        if self._administrator is not None:
            await self._administrator.close()
        await self._pool.close()

    async def __aenter__(self) -> Database:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def _prepare(conn: Connection, statements: Callable[[LoggedQuery], None] | None = None) -> None:
    if statements is not None:
        conn.add_query_logger(statements)
    await conn.set_type_codec("jsonb", schema="pg_catalog", format="binary", encoder=_encode, decoder=_decode)


async def _leave(conn: Connection) -> None:
    """Nothing to do when a connection is given back: an open transaction is rolled back before this is called.

    asyncpg's own reset closes cursors, stops listening and resets every setting each time; nothing here uses any of that.
    """


def _encode(value: object) -> bytes:
    # Binary jsonb is a version byte and the text.
    return b"\x01" + to_json(value)


def _decode(data: bytes) -> Any:
    return from_json(data[1:])
