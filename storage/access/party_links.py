"""Links that bring a party to its case: made, exchanged once for a session, revoked; those sessions; who tries too often."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Literal

from uuid_utils import uuid7

from domain.base import Instant, Kept
from storage.access.keys import hash_of
from storage.access.sessions import SEEN_EVERY
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault

LINK_FOR = timedelta(days=14)
"""How long a link that nobody used is good: somebody is on holiday for two weeks, and a letter lies about no longer than that."""
SESSION_FOR = timedelta(days=7)
"""How long a party stays at its case with one link, however often it comes."""
IDLE_FOR = timedelta(days=2)
"""A phone that was lent or lost shows nothing after two days."""
TRIES_KEPT_FOR = timedelta(days=2)
LinkReason = Literal["letter", "asked", "platform", "team", "report"]

_LINK = "id, case_id, party_id, why, created_at, expires_at, used_at, revoked_at, revoked_by, tell"
# A letter that is tried again has the same link; one that was revoked meanwhile stays so.
NEW = """
INSERT INTO party_links (tenant, id, hash, case_id, party_id, why, expires_at, tell)
SELECT $1, l.id, l.hash, l.case_id, l.party_id, $6, clock_timestamp() + $7::interval, $8
FROM unnest($2::text[], $3::bytea[], $4::text[], $5::text[]) AS l (id, hash, case_id, party_id)
ORDER BY l.id
ON CONFLICT (tenant, id) DO NOTHING
"""
# Whoever asks for a new link has lost the one before, or somebody else has it. Letters do not end each other: any of them may be
# read first.
END_OLDER = """
UPDATE party_links l
SET revoked_at = clock_timestamp(), tell = CASE l.tell WHEN 'pending' THEN 'none' ELSE l.tell END
FROM unnest($2::text[], $3::text[], $4::text[]) AS new (id, case_id, party_id)
WHERE l.tenant = $1 AND l.case_id = new.case_id AND l.party_id = new.party_id AND l.id < new.id
    AND l.why IN ('letter', 'asked', 'team') AND l.used_at IS NULL AND l.revoked_at IS NULL
"""
FIND = f"SELECT tenant, {_LINK} FROM party_links WHERE hash = $1"  # noqa: S608 - put together from constants
USE = """
UPDATE party_links SET used_at = clock_timestamp()
WHERE tenant = $1 AND hash = $2 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > clock_timestamp()
RETURNING id, case_id, party_id, why
"""
LISTED = f"SELECT {_LINK} FROM party_links WHERE tenant = $1 AND case_id = $2 ORDER BY id DESC LIMIT 200"  # noqa: S608 - constants
# What a receipt gave is good until somebody shows that the address is theirs: maybe it was not they who stood at the receipt.
END_RECEIPTS = """
WITH gone AS (
    UPDATE party_links SET revoked_at = clock_timestamp()
    WHERE tenant = $1 AND case_id = $2 AND party_id = $3 AND why = 'report' AND revoked_at IS NULL AND used_at IS NULL
)
UPDATE party_sessions SET ended_at = clock_timestamp(), ended_because = 'revoked'
WHERE tenant = $1 AND case_id = $2 AND party_id = $3 AND from_receipt AND ended_at IS NULL
"""
REVOKE = """
WITH gone AS (
    UPDATE party_links SET revoked_at = clock_timestamp(), revoked_by = $4,
        tell = CASE tell WHEN 'pending' THEN 'none' ELSE tell END
    WHERE tenant = $1 AND case_id = $2 AND party_id = $3 AND revoked_at IS NULL AND used_at IS NULL
    RETURNING id
), ended AS (
    UPDATE party_sessions SET ended_at = clock_timestamp(), ended_because = 'revoked'
    WHERE tenant = $1 AND case_id = $2 AND party_id = $3 AND ended_at IS NULL AND expires_at > clock_timestamp()
    RETURNING id
)
SELECT (SELECT count(*) FROM gone) AS links, (SELECT count(*) FROM ended) AS sessions
"""
# Somebody else may have seen it. The next letter brings another one.
GOT_OUT = """
UPDATE party_links SET revoked_at = clock_timestamp(), revoked_by = 'system',
    tell = CASE tell WHEN 'pending' THEN 'none' ELSE tell END
WHERE tenant = $1 AND hash = ANY ($2::bytea[]) AND used_at IS NULL AND revoked_at IS NULL
"""
AMONG = "SELECT hash FROM party_links WHERE tenant = $1 AND hash = ANY ($2::bytea[])"

_SESSION = "id, case_id, party_id, link_id, from_receipt, device, created_at, last_seen_at, expires_at"
_LIVE = "ended_at IS NULL AND expires_at > clock_timestamp() AND last_seen_at + idle_for > clock_timestamp()"
OPEN_SESSION = """
INSERT INTO party_sessions (tenant, id, hash, case_id, party_id, link_id, device, idle_for, expires_at, from_receipt)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp() + $9::interval, $10)
"""
FIND_SESSION = f"""
SELECT tenant, {_SESSION}, last_seen_at < clock_timestamp() - $2::interval AS seen_anew
FROM party_sessions WHERE hash = $1 AND {_LIVE}
"""  # noqa: S608 - put together from constants
SEEN = """
UPDATE party_sessions SET last_seen_at = clock_timestamp()
WHERE tenant = $1 AND id = $2 AND ended_at IS NULL AND last_seen_at < clock_timestamp() - $3::interval
"""
END_SESSION = """
UPDATE party_sessions SET ended_at = clock_timestamp(), ended_because = 'signed_out'
WHERE tenant = $1 AND id = $2 AND ended_at IS NULL
"""
# $4: whether it is one of a receipt that asks, which learns nothing of who came by a letter.
SESSIONS = f"""
SELECT {_SESSION} FROM party_sessions
WHERE tenant = $1 AND party_id = $2 AND case_id = $3 AND {_LIVE} AND (from_receipt OR NOT $4)
ORDER BY last_seen_at DESC, id DESC LIMIT 100
"""  # noqa: S608 - put together from constants
END_OTHERS = """
UPDATE party_sessions SET ended_at = clock_timestamp(), ended_because = 'signed_out'
WHERE tenant = $1 AND party_id = $2 AND case_id = $3 AND id <> $5 AND ($6::text IS NULL OR id = $6)
    AND ended_at IS NULL AND (from_receipt OR NOT $4)
"""
ASK = "INSERT INTO party_link_requests (tenant, id, number, address) VALUES ($1, $2, $3, $4)"

TRY = """
INSERT INTO public_tries AS t (tenant, what, who, hour) VALUES ($1, $2, $3, date_trunc('hour', clock_timestamp(), 'UTC'))
ON CONFLICT (tenant, what, who, hour) DO UPDATE SET times = t.times + 1
RETURNING times
"""
FORGET_TRIES = "DELETE FROM public_tries WHERE tenant = $1 AND hour < clock_timestamp() - $2::interval"


class PartyLink(Kept):
    """A link, without its secret."""

    tenant_id: str
    id: str
    case_id: str
    party_id: str
    why: LinkReason
    created_at: Instant
    expires_at: Instant
    used_at: Instant | None = None
    revoked_at: Instant | None = None
    revoked_by: str | None = None
    tell: str = "none"


class PartySession(Kept):
    """A party at its case, without the secret, which is kept nowhere."""

    tenant_id: str
    id: str
    case_id: str
    """The only case that it is good for."""
    party_id: str
    link_id: str
    from_receipt: bool = False
    """Opened at the receipt of a form, by whoever had filled it in: it shows nothing of who they are."""
    device: str
    created_at: Instant
    last_seen_at: Instant
    """To the minute."""
    expires_at: Instant


class PostgresPartyLinks:
    """Makes, finds, exchanges and revokes them."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def create(
        self,
        tenant_id: str,
        case_id: str,
        party_id: str,
        why: LinkReason,
        lives_for: timedelta = LINK_FOR,
        *,
        by_letter: bool = False,
    ) -> str:
        """A new link's secret. ``by_letter``: it goes out in a letter of its own to the address on record."""
        async with self._database.tenant(tenant_id) as conn:
            link_id = f"lnk_{uuid7()}"
            said = (case_id, party_id, why, lives_for)
            await insert(conn, self._vault, tenant_id, [(link_id, *said[:2])], why, lives_for, by_letter=by_letter)
        return self._vault.link_token(tenant_id, link_id)

    async def find(self, secret: str) -> PartyLink | None:
        """The link with this secret, whatever has become of it; None: there never was one."""
        digest = hash_of(secret)
        async with self._database.key(digest.hex()) as conn:
            row = await conn.fetchrow(FIND, digest)
        return _link(row["tenant"], row) if row is not None else None

    async def exchange(self, tenant_id: str, secret: str, device: str) -> str | None:
        """A session's secret for a link's, once; None: it was used, its time is over, it was revoked, or there is none."""
        own = base64.urlsafe_b64encode(os.urandom(30)).decode()
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            row = await conn.fetchrow(USE, tenant_id, hash_of(secret))
            if row is None:
                return None
            whose, weak = (row["case_id"], row["party_id"], row["id"]), row["why"] == "report"
            if not weak:
                await conn.execute(END_RECEIPTS, tenant_id, *whose[:2])
            lives = (device, IDLE_FOR, SESSION_FOR, weak)
            await conn.execute(OPEN_SESSION, tenant_id, f"pse_{uuid7()}", hash_of(own), *whose, *lives)
        return own

    async def session(self, secret: str) -> PartySession | None:
        """Whose session it is; None: it has ended, or there never was one. Looked up with every request."""
        digest = hash_of(secret)
        async with self._database.key(digest.hex()) as conn:
            row = await conn.fetchrow(FIND_SESSION, digest, SEEN_EVERY)
        if row is None:
            return None
        values = dict(row)
        tenant_id = values.pop("tenant")
        if values.pop("seen_anew"):
            async with self._database.tenant(tenant_id) as conn:
                await conn.execute(SEEN, tenant_id, values["id"], SEEN_EVERY)
        return PartySession(tenant_id=tenant_id, **values)

    async def end_session(self, tenant_id: str, session_id: str) -> None:
        """End it at once."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(END_SESSION, tenant_id, session_id)

    async def sessions(self, own: PartySession) -> Sequence[PartySession]:
        """Where the party of a session is at its case now, this one included, the last seen first."""
        async with self._database.tenant(own.tenant_id) as conn:
            rows = await conn.fetch(SESSIONS, *_party(own))
        return [PartySession(tenant_id=own.tenant_id, **dict(row)) for row in rows]

    async def end_others(self, own: PartySession, only: str | None = None) -> None:
        """End the other sessions of the same party at the same case, or ``only`` one of them."""
        async with self._database.tenant(own.tenant_id) as conn:
            await conn.execute(END_OTHERS, *_party(own), own.id, only)

    async def listed(self, tenant_id: str, case_id: str) -> Sequence[PartyLink]:
        """The links of a case, the newest first."""
        async with self._database.tenant(tenant_id) as conn:
            return [_link(tenant_id, row) for row in await conn.fetch(LISTED, tenant_id, case_id)]

    async def revoke(self, tenant_id: str, case_id: str, party_id: str, by: str) -> tuple[int, int]:
        """End every link and session of a party, at once: how many of each."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(REVOKE, tenant_id, case_id, party_id, by)
        assert row is not None, "a count is always there"
        return row["links"], row["sessions"]

    async def among(self, tenant_id: str, secrets: Iterable[str]) -> frozenset[str]:
        """Those that are secrets of links of this tenant, whatever has become of them."""
        digests = {hash_of(secret): secret for secret in secrets}
        if not digests:
            return frozenset()
        async with self._database.tenant(tenant_id) as conn:
            return frozenset(digests[row["hash"]] for row in await conn.fetch(AMONG, tenant_id, list(digests)))

    async def got_out(self, tenant_id: str, secrets: Iterable[str]) -> None:
        """End the links with these secrets that nobody has used."""
        if digests := [hash_of(secret) for secret in secrets]:
            async with self._database.tenant(tenant_id) as conn:
                await conn.execute(GOT_OUT, tenant_id, digests)

    async def ask(self, tenant_id: str, number: str, address: str) -> None:
        """Note that somebody wants a new link. Whether there is such a case is not looked at here."""
        async with self._database.tenant(tenant_id) as conn:
            sealed = self._vault.seal_asked_number(tenant_id, number[:100])
            await conn.execute(ASK, tenant_id, f"lrq_{uuid7()}", sealed, self._vault.address_digest(tenant_id, address))

    async def tried(self, tenant_id: str, what: str, who: str) -> int:
        """How often somebody has tried this within the hour, this time counted."""
        async with self._database.tenant(tenant_id) as conn:
            times: int = await conn.fetchval(TRY, tenant_id, what, self._vault.address_digest(tenant_id, who))
            if times == 1:
                await conn.execute(FORGET_TRIES, tenant_id, TRIES_KEPT_FOR)
        return times


async def insert(
    conn: Connection,
    vault: Vault,
    tenant_id: str,
    links: Iterable[tuple[str, str, str]],
    why: LinkReason,
    lives_for: timedelta = LINK_FOR,
    *,
    by_letter: bool = False,
) -> None:
    """Keep links (id, case, party) whose secrets follow from their ids; what is there already stays as it is."""
    rows = [(link_id, hash_of(vault.link_token(tenant_id, link_id)), case_id, party_id) for link_id, case_id, party_id in links]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        await conn.execute(NEW, tenant_id, *columns, why, lives_for, "pending" if by_letter else "none")
        if why in ("asked", "team"):
            await conn.execute(END_OLDER, tenant_id, columns[0], *columns[2:])


def _party(own: PartySession) -> tuple[str, str, str, bool]:
    return own.tenant_id, own.party_id, own.case_id, own.from_receipt


def link_of(notice_id: str, resent: int = 0) -> str:
    """The id of the link that goes with a letter: another one each time that it is sent anew."""
    return f"lnk_{notice_id.removeprefix('ntc_')}{f'-{resent}' if resent else ''}"


def _link(tenant_id: str, row: object) -> PartyLink:
    values = dict(row)  # type: ignore[call-overload]  # a row is one
    values.pop("tenant", None)
    return PartyLink(tenant_id=tenant_id, **values)
