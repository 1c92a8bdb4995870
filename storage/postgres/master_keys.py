"""Changing the master key while everything runs: what an earlier one sealed is sealed again in batches, whoever writes meanwhile.

Every batch is a deed of its own, and what is done says so by itself: the work goes on where it was after whatever ended it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from storage.postgres.pool import AWAY, Connection, Database
from storage.postgres.ring import VaultFault
from storage.postgres.server import ServerAway
from storage.postgres.vault import Vault, secret_place

BATCH = 500
"""What is sealed again together: one batch's work is lost at most."""

LOOKED_AT_FOR = timedelta(seconds=20)
"""Longer than to count the keys of a large house; a doctor waits no longer."""

# $2 what stands before what the current key sealed, $3 the last id of the batch before.
KEYS = """
SELECT id, case_id AS scope, holder, id AS key_id, wrapped AS sealed FROM keys
WHERE tenant = $1 AND wrapped IS NOT NULL AND substr(wrapped, 1, 9) <> $2 AND id > $3 ORDER BY id LIMIT $4
"""
UNPLACED = """
SELECT id, id AS scope, 'mail' AS holder, key_id, wrapped AS sealed FROM unplaced
WHERE tenant = $1 AND wrapped IS NOT NULL AND substr(wrapped, 1, 9) <> $2 AND id > $3 ORDER BY id LIMIT $4
"""
ORDERS = """
SELECT id, id AS scope, 'order' AS holder, key_id, wrapped AS sealed FROM orders
WHERE tenant = $1 AND wrapped IS NOT NULL AND substr(wrapped, 1, 9) <> $2 AND id > $3 ORDER BY id LIMIT $4
"""
ENDPOINT_SECRETS = """
SELECT id, secret AS sealed FROM webhook_endpoints
WHERE tenant = $1 AND secret <> '' AND substr(secret, 1, 9) <> $2 AND id > $3 ORDER BY id LIMIT $4
"""
ENDPOINT_OLD_SECRETS = """
SELECT id, old_secret AS sealed FROM webhook_endpoints
WHERE tenant = $1 AND substr(old_secret, 1, 9) <> $2 AND id > $3 ORDER BY id LIMIT $4
"""
SOURCE_SECRETS = """
SELECT id, secret AS sealed FROM intake_sources
WHERE tenant = $1 AND secret <> '' AND substr(secret, 1, 9) <> $2 AND id > $3 ORDER BY id LIMIT $4
"""
SOURCE_OLD_SECRETS = """
SELECT id, old_secret AS sealed FROM intake_sources
WHERE tenant = $1 AND substr(old_secret, 1, 9) <> $2 AND id > $3 ORDER BY id LIMIT $4
"""
SOURCE_PARTIES = """
SELECT id, respondent AS sealed FROM intake_sources
WHERE tenant = $1 AND substr(respondent, 1, 9) <> $2 AND id > $3 ORDER BY id LIMIT $4
"""
LOGIN_CODES = """
SELECT id, sealed FROM team_letters WHERE tenant = $1 AND substr(sealed, 1, 9) <> $2 AND id > $3 ORDER BY id LIMIT $4
"""
ANSWERS = """
SELECT key AS id, sealed FROM idempotency WHERE tenant = $1 AND substr(sealed, 1, 9) <> $2 AND key > $3 ORDER BY key LIMIT $4
"""
FORM_DRAFTS = """
SELECT id, sealed FROM outside_drafts
WHERE tenant = $1 AND case_id IS NULL AND substr(sealed, 1, 9) <> $2 AND id > $3 ORDER BY id LIMIT $4
"""
RESEAL = "SELECT reseal($1, $2, $3, $4)"
DIGEST_MARK = "SELECT mark FROM key_marks WHERE what = 'digests'"
MARK = "INSERT INTO key_marks (what, mark) VALUES ($1, $2) ON CONFLICT DO NOTHING"
REMARK = "UPDATE key_marks SET mark = $1 WHERE what = 'digests' AND mark = 'of_the_master_key'"
MASTERS = "SELECT mark, noted_at, alone_since FROM key_marks WHERE what = 'master' ORDER BY noted_at"
ALONE = """
UPDATE key_marks SET alone_since = clock_timestamp() WHERE what = 'master' AND mark = $1 AND alone_since IS NULL
"""
NOT_ALONE = "UPDATE key_marks SET alone_since = NULL WHERE what = 'master' AND mark = $1"

_WRAPPED: Mapping[str, str] = {"keys": KEYS, "unplaced": UNPLACED, "orders": ORDERS}
"""Keys of data. They are read by id, scope and holder, to which they are bound."""
_SECRETS: Mapping[str, str] = {
    "endpoint_secrets": ENDPOINT_SECRETS,
    "endpoint_old_secrets": ENDPOINT_OLD_SECRETS,
    "source_secrets": SOURCE_SECRETS,
    "source_old_secrets": SOURCE_OLD_SECRETS,
    "source_parties": SOURCE_PARTIES,
    "login_codes": LOGIN_CODES,
    "answers": ANSWERS,
}
"""What is sealed for a tenant, bound to its place."""
PLACES: Mapping[str, str] = {**_WRAPPED, **_SECRETS, "form_drafts": FORM_DRAFTS}
"""Everything that a master key seals in the database: what it is called, and how it is read."""


class DigestKeyDiffers(VaultFault):
    """This process has another root of digests than the database: it would find nobody again, and take nobody's link."""

    code = "digest_key_differs"


@dataclass(frozen=True)
class MasterState:
    """How it stands with the master keys."""

    current: str
    """Id (hex) of the one that seals."""
    known: tuple[str, ...]
    """The others that this process knows."""
    since: datetime | None
    """When the current one was first worked with; None: not yet."""
    alone_since: datetime | None
    """Since when nothing has lain under another; None: something does, or nobody has looked."""
    under_others: Mapping[str, int]
    """What still lies under another key, by what it is."""
    digest_key_given: bool
    """Whether the root of digests is named in the settings, and so stays when earlier keys are forgotten."""

    @property
    def left(self) -> int:
        """How much lies under another key."""
        return sum(self.under_others.values())


class PostgresMasterKeys:
    """Seals again what earlier master keys sealed, and knows how much there is."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def check(self) -> None:
        """Note with which keys this process works. Raises :class:`DigestKeyDiffers`, before anything is written."""
        ring = self._vault.ring
        async with self._database.nobody() as conn:
            await conn.execute(MARK, "digests", ring.digest_mark)
            if ring.digests_follow_master:
                await conn.execute(REMARK, ring.digest_mark)
            noted = await conn.fetchval(DIGEST_MARK)
            if noted == "of_the_master_key":
                raise DigestKeyDiffers(
                    "This database is of before there was a key of digests. Set OMBUD_DIGEST_KEY to the same as its first "
                    "OMBUD_MASTER_KEY, in every process."
                )
            if noted != ring.digest_mark:
                raise DigestKeyDiffers(
                    "OMBUD_DIGEST_KEY (or the master key from which it follows) is not the one this database was worked with: "
                    "no person, link or repeated request would be found again. Set the one that `ombud master-key digest-key` "
                    "prints where it is right."
                )
            await conn.execute(MARK, "master", ring.current.id.hex())

    async def rotate(self, told: Callable[[str, int], None] = lambda place, done: None, batch: int = BATCH) -> int:
        """Seal everything again that lies under another master key; how much it was. ``told`` after each batch.

        Safe to end and begin again at any moment, and beside others. Raises VaultFault for what no known key opens: nothing of
        its batch is changed.
        """
        await self.check()
        done = 0
        for tenant_id in await self._database.tenant_ids():
            for place in PLACES:
                done += await self._tenant(tenant_id, place, told, batch)
        return done

    async def _tenant(self, tenant_id: str, place: str, told: Callable[[str, int], None], batch: int) -> int:
        after, done = "", 0
        while True:
            async with self._database.tenant(tenant_id) as conn:
                rows = await conn.fetch(PLACES[place], tenant_id, self._vault.ring.mark, after, batch)
            if not rows:
                return done
            new = [self._again(tenant_id, place, dict(row)) for row in rows]
            async with self._database.deed(tenant_id) as conn:
                some: int = await conn.fetchval(RESEAL, place, [row["id"] for row in rows], [row["sealed"] for row in rows], new)
            after, done = rows[-1]["id"], done + some
            told(place, some)

    def _again(self, tenant_id: str, place: str, row: dict[str, object]) -> bytes:
        vault, sealed, at = self._vault, row["sealed"], str(row["id"])
        assert isinstance(sealed, bytes)
        if place in _WRAPPED:
            return vault.rewrap(tenant_id, str(row["scope"]), str(row["holder"]), str(row["key_id"]), sealed)
        if place == "form_drafts":
            opened = vault.open_cursor(tenant_id, at, sealed)
            if opened is None:
                raise VaultFault("Sealed data does not open: its master key is not known here.")
            return vault.seal_cursor(tenant_id, at, opened)
        where = secret_place(place, at)
        return vault.seal_secret(tenant_id, where, vault.open_secret(tenant_id, where, sealed))

    async def state(self) -> MasterState:
        """How it stands: reads everything that is sealed, and changes nothing."""
        ring, under = self._vault.ring, dict[str, int]()
        for tenant_id in await self._database.tenant_ids():
            async with self._database.tenant(tenant_id) as conn:
                for place in PLACES:
                    if some := await _count(conn, tenant_id, place, ring.mark):
                        under[place] = under.get(place, 0) + some
        async with self._database.nobody() as conn:
            masters = {row["mark"]: row for row in await conn.fetch(MASTERS)}
        current = masters.get(ring.current.id.hex())
        return MasterState(
            ring.current.id.hex(),
            tuple(key.id.hex() for key in ring.others),
            current["noted_at"] if current else None,
            current["alone_since"] if current and not under else None,
            under,
            ring.root_is_given,
        )

    async def finish(self) -> MasterState:
        """How it stands, and noted since when the current key is the only one that is needed."""
        state = await self.state()
        async with self._database.deed("") as conn:
            await conn.execute(NOT_ALONE if state.left else ALONE, state.current)
        return await self.state()


async def master_state_at(dsn: str, keys: str, patience: timedelta) -> MasterState:
    """How it stands in the database at ``dsn``. Raises ServerAway when it is away, VaultFault for keys of no use."""
    seconds = patience.total_seconds()
    try:
        async with (
            asyncio.timeout(LOOKED_AT_FOR.total_seconds()),
            await Database.connect(dsn, command_timeout=seconds, lend_within=seconds) as database,
        ):
            return await PostgresMasterKeys(database, Vault.from_text(keys)).state()
    except AWAY as error:
        raise ServerAway(str(error) or type(error).__name__) from error
    except asyncpg.PostgresError as error:
        raise ServerAway(str(error)) from error


async def _count(conn: Connection, tenant_id: str, place: str, mark: bytes) -> int:
    number: int = await conn.fetchval(f"SELECT count(*) FROM ({PLACES[place]}) AS under", tenant_id, mark, "", None)  # noqa: S608 - constants of this module
    return number
