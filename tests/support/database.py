"""A real Postgres for tests: one embedded server a session, one migrated database, a fresh copy wherever one is asked for."""

from __future__ import annotations

import asyncio
import base64
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from runtime.embedded import processes
from runtime.embedded.credentials import Credentials
from runtime.embedded.ground import service_account, settle
from runtime.embedded.postgres import ADMIN, APP, OWNER, EmbeddedPostgres
from storage.postgres.migrate import migrate
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.tenants import PostgresTenants, Tenant

_numbers = count(1)


@dataclass(frozen=True)
class Server:
    """A database server, and how to reach one database on it with each role."""

    postgres: EmbeddedPostgres
    port: int
    app_dsn: str
    admin_dsn: str
    owner_dsn: str

    def at(self, database: str) -> Server:
        """The same server, another database."""
        return replace(
            self,
            app_dsn=_with_name(self.app_dsn, database),
            admin_dsn=_with_name(self.admin_dsn, database),
            owner_dsn=_with_name(self.owner_dsn, database),
        )

    async def copy(self) -> Server:
        """A fresh copy of this database."""
        name = f"copy_{next(_numbers)}"
        await _as_owner(self.at("postgres"), f"CREATE DATABASE {name} TEMPLATE {_name(self.owner_dsn)} STRATEGY wal_log")
        return self.at(name)

    async def drop(self) -> None:
        """Delete this database, whoever is connected."""
        for tries_left in reversed(range(100)):
            try:
                await _as_owner(self.at("postgres"), f"DROP DATABASE {_name(self.owner_dsn)} WITH (FORCE)")
                break
            except asyncpg.InsufficientPrivilegeError:
                # Autovacuum looks at it just now, and only a superuser sends that away; it is gone in a moment.
                if not tries_left:
                    raise
                await asyncio.sleep(0.1)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The session's server, with an empty database."""
    folder, account = tmp_path_factory.mktemp("postgres"), service_account()
    home = settle(folder, account)
    postgres = EmbeddedPostgres(home, account)
    credentials = Credentials(
        owner_password=secrets.token_hex(),
        app_password=secrets.token_hex(),
        admin_password=secrets.token_hex(),
        master_key=base64.b64encode(bytes(32)).decode(),
    )
    postgres.initialise(credentials)
    port = processes.free_port()
    postgres.start(port)
    try:
        passwords = {APP: credentials.app_password, ADMIN: credentials.admin_password, OWNER: credentials.owner_password}
        yield Server(postgres, port, *(postgres.url(role, password, port) for role, password in passwords.items()))
    finally:
        postgres.stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
async def migrated(postgres_server: Server) -> Server:
    """The database with the newest schema and nothing in it: copy it, do not write into it."""
    await migrate(postgres_server.owner_dsn)
    return postgres_server


@pytest.fixture(scope="module")
async def server(migrated: Server) -> AsyncIterator[Server]:
    """A migrated database for one module of tests."""
    copy = await migrated.copy()
    yield copy
    await copy.drop()


@pytest.fixture(scope="module")
async def database(server: Server) -> AsyncIterator[Database]:
    """The application's pool on the module's database, with the administrator's behind it."""
    async with await Database.connect(server.app_dsn, admin_dsn=server.admin_dsn, max_size=10) as pool:
        yield pool


@pytest.fixture(scope="session")
def vault() -> Vault:
    """A vault with a key for tests."""
    return Vault(bytes(range(32)))


@pytest.fixture
async def tenant_id(database: Database, vault: Vault) -> str:
    """A tenant of this test alone."""
    name = f"tenant-{next(_numbers)}"
    await PostgresTenants(database, vault).create(Tenant(id=name, name=name.title(), development=True))
    return name


async def _as_owner(server: Server, statement: str) -> None:
    conn = await asyncpg.connect(server.owner_dsn)
    try:
        await conn.execute(statement)
    finally:
        await asyncio.shield(conn.close())


def _name(dsn: str) -> str:
    return urlsplit(dsn).path.lstrip("/")


def _with_name(dsn: str, database: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{database}"))


def folder_of(server: Server) -> Path:
    """Where the server keeps its log."""
    return server.postgres.log.parent
