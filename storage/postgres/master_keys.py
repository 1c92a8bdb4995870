"""Changing the master key while everything runs: what an earlier one sealed is sealed again in batches, whoever writes meanwhile.

Every batch is a deed of its own, and what is done says so by itself: the work goes on where it was after whatever ended it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
ARCHIVES = """
SELECT case_id AS id, case_id AS scope, 'archive' AS holder, key_id, wrapped AS sealed FROM archives
WHERE tenant = $1 AND wrapped IS NOT NULL AND substr(wrapped, 1, 9) <> $2 AND case_id > $3 ORDER BY case_id LIMIT $4
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
PROVIDER_IDS = """
SELECT dispute || '/' || encode(digest, 'hex') AS id, sealed FROM provider_news
WHERE tenant = $1 AND substr(sealed, 1, 9) <> $2 AND dispute || '/' || encode(digest, 'hex') > $3 ORDER BY 1 LIMIT $4
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

_WRAPPED: Mapping[str, str] = {"keys": KEYS, "unplaced": UNPLACED, "orders": ORDERS, "archives": ARCHIVES}
"""Keys of data. They are read by id, scope and holder, to which they are bound."""
_SECRETS: Mapping[str, str] = {
    "endpoint_secrets": ENDPOINT_SECRETS,
    "endpoint_old_secrets": ENDPOINT_OLD_SECRETS,
    "source_secrets": SOURCE_SECRETS,
    "source_old_secrets": SOURCE_OLD_SECRETS,
    "source_parties": SOURCE_PARTIES,
    "login_codes": LOGIN_CODES,
    "answers": ANSWERS,
    "provider_ids": PROVIDER_IDS,
}
"""What is sealed for a tenant, bound to its place."""
PLACES: Mapping[str, str] = {**_WRAPPED, **_SECRETS, "form_drafts": FORM_DRAFTS}
"""Everything that a master key seals in the database: what it is called, and how it is read."""
_BY_KEY = """
SELECT substr(sealed, 1, 1) = '\\x02' AS named,
    CASE WHEN substr(sealed, 1, 1) = '\\x02' THEN substr(sealed, 2, 8) END AS id, count(*) AS some
FROM ({}) AS under GROUP BY 1, 2
"""
_UNNAMED_ONES = "SELECT * FROM ({}) AS under WHERE substr(sealed, 1, 1) <> '\\x02' LIMIT 20"
UNNAMED = "unnamed"
"""What stands for the id of a key where what is sealed says none."""


class DigestKeyDiffers(VaultFault):
    """This process has another root of digests than the database: it would find nobody again, and take nobody's link."""

    code = "digest_key_differs"


class MasterKeyLost(VaultFault):
    """What is there lies under a master key that this process does not know, and that was worked with before any that it knows:
    it would read nothing, and what came in now would not be read by whoever knows that one."""

    code = "master_key_lost"


@dataclass(frozen=True)
class Unopened:
    """Something sealed that no known key opens, or that was changed."""

    tenant_id: str
    place: str
    id: str
    scope: str | None
    """The case (or the order, the mail) that it belongs to; None: none."""
    holder: str | None
    """Whose words a key is for."""
    why: str


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
    under_unknown: Mapping[str, int] = field(default_factory=dict)
    """What of it lies under a key that is not known here, by the key's id (:data:`UNNAMED`: of a release that wrote none)."""

    @property
    def left(self) -> int:
        """How much lies under another key."""
        return sum(self.under_others.values())

    @property
    def lost(self) -> int:
        """How much lies under a key that is not known here."""
        return sum(self.under_unknown.values())


class PostgresMasterKeys:
    """Seals again what earlier master keys sealed, and knows how much there is."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def check(self) -> None:
        """Note with which keys this process works. Raises DigestKeyDiffers and MasterKeyLost, before any work is done."""
        await self._check_digests()
        await self._check_masters()
        await self._mark()

    async def _check_masters(self) -> None:
        """One stray row, of a key that was worked with by mistake, stops nobody: it is lost to whoever has the right one, too."""
        ring = self._vault.ring
        await self.still_good()
        async with self._database.nobody() as conn:
            noted = {row["mark"]: row for row in await conn.fetch(MASTERS)}
        known, current = {key.id.hex() for key in ring}, noted.get(ring.current.id.hex())
        if current is not None and (current["alone_since"] is not None or not noted.keys() - known):
            return
        _, unknown = await self._lying()
        since = min((row["noted_at"] for mark, row in noted.items() if mark in known), default=None)
        lost = [
            mark for mark in unknown if since is None or mark == UNNAMED or (mark in noted and noted[mark]["noted_at"] < since)
        ]
        if lost:
            raise MasterKeyLost(
                f"{sum(unknown[mark] for mark in lost)} keys and secrets of this database lie under a master key that is not "
                f"known here ({', '.join(sorted(lost))}). Name it in OMBUD_MASTER_KEYS_EARLIER (or, was this one set by mistake, "
                "as OMBUD_MASTER_KEY), in every process."
            )

    async def still_good(self) -> None:
        """Raises MasterKeyLost once everything lies under a key that came after all that this process knows: it reads nothing,
        and what it took would be lost with the key that everybody else has put away. Quick: for whoever asks again and again."""
        async with self._database.nobody() as conn:
            noted = {row["mark"]: row for row in await conn.fetch(MASTERS)}
        known = {key.id.hex() for key in self._vault.ring}
        ours = [at for mark in known & noted.keys() for at in (noted[mark]["noted_at"], noted[mark]["alone_since"]) if at]
        alone = {mark: row["alone_since"] for mark, row in noted.items() if row["alone_since"] and mark not in known}
        if lost := [mark for mark, since in alone.items() if ours and since > max(ours)]:
            raise MasterKeyLost(
                f"The master key was changed, and the keys that this process knows are not used any more: all lies under "
                f"{', '.join(sorted(lost))}. Set that one as OMBUD_MASTER_KEY, and start the process anew."
            )

    async def _mark(self) -> None:
        async with self._database.nobody() as conn:
            await conn.execute(MARK, "master", self._vault.ring.current.id.hex())

    async def _check_digests(self) -> None:
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

    async def rotate(
        self,
        told: Callable[[str, int], None] = lambda place, done: None,
        batch: int = BATCH,
        met: Callable[[Unopened], None] = lambda row: None,
    ) -> int:
        """Seal everything again that lies under another master key; how much it was. ``told`` after each batch.

        Safe to end and begin again at any moment, and beside others. What no known key opens is left as it is, and ``met`` hears
        of it.
        """
        await self._check_digests()
        await self._mark()
        done = 0
        for tenant_id in await self._database.tenant_ids():
            for place in PLACES:
                done += await self._tenant(tenant_id, place, told, batch, met)
        return done

    async def _tenant(
        self, tenant_id: str, place: str, told: Callable[[str, int], None], batch: int, met: Callable[[Unopened], None]
    ) -> int:
        after, done = "", 0
        while True:
            async with self._database.tenant(tenant_id) as conn:
                rows = await conn.fetch(PLACES[place], tenant_id, self._vault.ring.mark, after, batch)
            if not rows:
                return done
            opened: list[tuple[str, bytes, bytes]] = []
            for row in rows:
                try:
                    opened.append((row["id"], row["sealed"], self._again(tenant_id, place, dict(row))))
                except VaultFault as fault:
                    met(Unopened(tenant_id, place, row["id"], row.get("scope"), row.get("holder"), fault.message))
            ids, old, new = ([one[n] for one in opened] for n in range(3))
            async with self._database.deed(tenant_id) as conn:
                some: int = await conn.fetchval(RESEAL, place, ids, old, new)
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
        ring = self._vault.ring
        under, unknown = await self._lying()
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
            unknown,
        )

    async def _lying(self) -> tuple[dict[str, int], dict[str, int]]:
        """How much lies under another key than the current one, by what it is; how much of it under one that is not known."""
        ring = self._vault.ring
        under, unknown, known = dict[str, int](), dict[str, int](), {key.id for key in ring}
        unnamed, opens = 0, False
        for tenant_id in await self._database.tenant_ids():
            async with self._database.tenant(tenant_id) as conn:
                for place in PLACES:
                    for row in await conn.fetch(_BY_KEY.format(PLACES[place]), tenant_id, ring.mark, "", None):
                        under[place] = under.get(place, 0) + row["some"]
                        if row["named"] and row["id"] not in known:
                            unknown[row["id"].hex()] = unknown.get(row["id"].hex(), 0) + row["some"]
                        unnamed += 0 if row["named"] else row["some"]
                opens = opens or (unnamed > 0 and await self._opens_unnamed(conn, tenant_id))
        # Which key sealed them nobody sees: that some do open says that it is known here.
        return under, unknown if opens or not unnamed else {**unknown, UNNAMED: unnamed}

    async def _opens_unnamed(self, conn: Connection, tenant_id: str) -> bool:
        for place in _WRAPPED:
            for row in await conn.fetch(_UNNAMED_ONES.format(PLACES[place]), tenant_id, self._vault.ring.mark, "", None):
                try:
                    self._again(tenant_id, place, dict(row))
                except VaultFault:
                    continue
                return True
        return False

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
