"""Mail that could not be placed: kept once, sealed under a key of its own, bounded, until somebody of the team decides.

The mail itself lies in the evidence store, and what is read of it in the row. Both open with the key of that one mail: when it is
placed, or a while after it was dismissed, the key is destroyed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg
from pydantic import Field
from uuid_utils import uuid7

from activities.ports.errors import Never
from activities.ports.evidence import EvidenceStore
from domain.base import Instant, Kept
from domain.rules.mail import Counted, correspondent
from storage.intake.mail_domains import registered
from storage.postgres.pool import AWAY, Connection, Database
from storage.postgres.server import ServerAway
from storage.postgres.vault import HELD, DataKey, LegalHold, Vault
from storage.views.sql import open_to

WAITS_FOR = timedelta(days=180)
"""Half a year without anybody's decision: the longest time in which a person may still ask what became of a mail, and less than a
dispute's records are kept. Then its words are gone."""
KEPT_FOR = timedelta(days=30)
"""After somebody dismissed one; so long it can still be placed."""
LETTERS_A_DAY = 200
"""To senders of one tenant, of what could not be placed: whoever invents senders makes us write to strangers."""
SHARE = 10
"""One sender has a tenth of the room: a flood of theirs keeps nobody else out."""
TAKEN_FOR = timedelta(minutes=1)
"""Whoever takes a mail to place it has it alone for so long, also from themselves, and where the way stops: a scanner, a store
and a case are given seconds. Then anybody may go on with the same deed."""
HOLDER = "mail"

# Held to the end of the transaction: of two at once one is told to its sender, and the bounds hold.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('unplaced ' || $1, 0))"
AGAIN = """
UPDATE unplaced SET times = times + 1, last_at = clock_timestamp() WHERE tenant = $1 AND digest = $2
RETURNING id
"""
ROOM = """
SELECT count(*) AS mails, coalesce(sum(bytes), 0)::bigint AS bytes, count(*) FILTER (WHERE sender = $2) AS of_sender
FROM unplaced WHERE tenant = $1 AND (state = 'waiting' OR state = 'placed' AND wrapped IS NOT NULL)
"""
# $13 whether its sender may be told; $14 the most letters of a day. Nobody is told twice a day.
KEEP = """
WITH today AS (
    SELECT date_trunc('day', clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS began
), told AS (
    SELECT count(*) AS letters, coalesce(bool_or(u.sender = $6), false) AS this_one FROM unplaced u, today
    WHERE u.tenant = $1 AND u.tell <> 'none' AND u.received_at >= today.began
)
INSERT INTO unplaced (tenant, id, reason, proof, digest, sender, credential, case_id, party, key_id, wrapped, sealed, bytes, tell)
SELECT $1, $2, $3, $4, $5, $6, $7, (SELECT c.id FROM cases c WHERE c.tenant = $1 AND c.id = $8), $9, $10, $11, $12, $15,
    CASE WHEN $13 AND NOT told.this_one AND told.letters < $14 THEN 'pending' ELSE 'none' END
FROM told
"""
FORGET = """
UPDATE unplaced u SET wrapped = NULL, sealed = NULL
WHERE tenant = $1 AND state = 'dismissed' AND wrapped IS NOT NULL AND closed_at < clock_timestamp() - $2::interval
    AND NOT EXISTS (SELECT FROM cases c WHERE c.tenant = u.tenant AND c.id = u.case_id AND c.legal_hold)
"""
# What nobody placed in all that time: its words go, and the row says that they were here.
EXPIRE = """
UPDATE unplaced u SET wrapped = NULL, sealed = NULL, state = 'dismissed', closed_at = clock_timestamp(), closed_by = 'system',
    closed_why = 'expired', waits_for = NULL, tell = CASE WHEN tell = 'pending' THEN 'none' ELSE tell END
WHERE tenant = $1 AND state IN ('waiting', 'placed') AND wrapped IS NOT NULL AND last_at < clock_timestamp() - $2::interval
    AND NOT EXISTS (SELECT FROM cases c WHERE c.tenant = u.tenant AND c.id = u.case_id AND c.legal_hold)
"""
ERASE = """
UPDATE unplaced SET wrapped = NULL, sealed = NULL, tell = CASE WHEN tell = 'pending' THEN 'none' ELSE tell END
WHERE tenant = $1 AND id = $2 AND state = 'dismissed' AND wrapped IS NOT NULL
"""
# Leads and operations hear of mail that came since their last letter about it, and not twice a day. $2 the id of the letters.
REMIND = """
INSERT INTO team_letters (tenant, id, event, recipient, address, data)
SELECT $1, $2 || '-' || row_number() OVER (ORDER BY p.id), 'mail_to_place', p.id, p.email,
    jsonb_build_object('person', p.id, 'by', 'system', 'waiting', w.mails)
FROM people p, (
    SELECT count(*) AS mails, max(received_at) AS newest FROM unplaced
    WHERE tenant = $1 AND (state = 'waiting' OR state = 'placed' AND wrapped IS NOT NULL)
) w
WHERE p.tenant = $1 AND p.active AND p.roles && ARRAY['lead', 'ops'] AND p.email IS NOT NULL AND w.mails > 0
    AND NOT EXISTS (
        SELECT FROM team_letters l WHERE l.tenant = $1 AND l.recipient = p.id AND l.event = 'mail_to_place'
        AND (l.created_at > clock_timestamp() - interval '1 day' OR l.created_at >= w.newest))
"""
# Taken: somebody is placing it, and what it says is not yet known to stand where it goes.
_STATE = "CASE WHEN u.state = 'placed' AND u.wrapped IS NOT NULL THEN 'taken' ELSE u.state END"
_ROWS = f"""
SELECT u.id, u.reason, u.proof, u.case_id, u.party, u.bytes, u.received_at, u.last_at, u.times, u.tell, {_STATE} AS state,
    u.closed_at, u.closed_by, u.closed_why, u.placed_case, u.key_id, u.wrapped, u.sealed
FROM unplaced u LEFT JOIN cases c ON c.tenant = u.tenant AND c.id = u.case_id
"""  # noqa: S608 - put together from constants
# $2 the state, or null; what is taken waits, until it is placed. $3 the last one of the page before, or null; $5 the conflicts of
# interest of whoever reads; $6 one of the mails whose sender is asked for, or null.
_OF_SENDER = "u.sender = (SELECT one.sender FROM unplaced one WHERE one.tenant = $1 AND one.id = $6)"
LISTED = f"""
{_ROWS} WHERE u.tenant = $1 AND ($2::text IS NULL OR {_STATE} = $2 OR $2 = 'waiting' AND {_STATE} = 'taken')
    AND ($3::text IS NULL OR u.id < $3) AND {open_to("$5")}
    AND ($6::text IS NULL OR {_OF_SENDER})
ORDER BY u.id DESC LIMIT $4
"""
ONE = f"{_ROWS} WHERE u.tenant = $1 AND u.id = $2 AND {open_to('$3')}"
WAITING = """
SELECT count(*) FROM (
    SELECT FROM unplaced WHERE tenant = $1 AND (state = 'waiting' OR state = 'placed' AND wrapped IS NOT NULL) LIMIT 1000
) AS w
"""
OLDEST = """
SELECT count(*) AS mails, clock_timestamp() - min(received_at) AS since FROM unplaced
WHERE tenant = $1 AND (state = 'waiting' OR state = 'placed' AND wrapped IS NOT NULL)
"""
DEED = "INSERT INTO unplaced_deeds (tenant, unplaced_id, deed, by, credential) VALUES ($1, $2, $3, $4, $5)"
DEEDS = """
SELECT at, deed, by, credential, case_id, why FROM unplaced_deeds WHERE tenant = $1 AND unplaced_id = $2 ORDER BY id LIMIT 200
"""
# Before anything is said: as it was read ($3), or the same deed ($6, $7) again: once what was said is known, or the time of
# whoever took it is over.
TAKE = """
UPDATE unplaced SET state = 'placed', closed_at = clock_timestamp(), closed_by = $5, closed_why = $6, placed_case = $7,
    waits_for = NULL
WHERE tenant = $1 AND id = $2 AND wrapped IS NOT NULL AND (state = $3 AND state <> 'placed'
    OR state = 'placed' AND closed_why = $6 AND placed_case IS NOT DISTINCT FROM $7
    AND (waits_for IS NOT NULL OR closed_at < clock_timestamp() - $4::interval))
RETURNING closed_at
"""
# Nothing was said ($3 when it was taken): it is again what it was before.
RELEASE = """
UPDATE unplaced SET state = $4, closed_at = $5, closed_by = $6, closed_why = $7, placed_case = NULL
WHERE tenant = $1 AND id = $2 AND state = 'placed' AND wrapped IS NOT NULL AND closed_at = $3
"""
# It is on disk and not judged ($4 the commands), or stopped after that: its words stay.
WAIT = """
UPDATE unplaced SET waits_for = $4 WHERE tenant = $1 AND id = $2 AND state = 'placed' AND wrapped IS NOT NULL AND closed_at = $3
"""
# With $6 some of its files are nowhere else: then it is kept as what was dismissed is.
PLACE = """
UPDATE unplaced SET closed_at = clock_timestamp(), closed_why = $4, placed_case = $5, waits_for = NULL,
    state = CASE WHEN $6 THEN 'dismissed' ELSE state END,
    wrapped = CASE WHEN $6 THEN wrapped END, sealed = CASE WHEN $6 THEN sealed END,
    tell = CASE WHEN tell = 'pending' THEN 'none' ELSE tell END
WHERE tenant = $1 AND id = $2 AND state = 'placed' AND wrapped IS NOT NULL AND closed_why = $3
"""
# What waited for its case, once that has judged all of it: it took it, or not. A command's id is the only one of the tenant.
SETTLE = """
WITH judged AS (
    SELECT u.id, u.closed_by, u.closed_why LIKE 'reporting:%' AS reported, min(c.case_id) AS case_id,
        min(c.credential) AS credential,
        bool_or(c.id = u.waits_for[1] AND c.status = 'accepted') AS said,
        min(coalesce(c.answer ->> 'code', c.status)) FILTER (WHERE c.id = u.waits_for[1]) AS why,
        count(*) FILTER (WHERE c.status = 'accepted') = cardinality(u.waits_for) AS whole
    FROM unplaced u JOIN commands c ON c.tenant = u.tenant AND c.id = ANY(u.waits_for) AND c.id LIKE 'cmd\\_%'
    WHERE u.tenant = $1 AND u.state = 'placed' AND u.wrapped IS NOT NULL AND u.waits_for IS NOT NULL
    GROUP BY u.id, u.closed_by, u.closed_why, u.waits_for
    HAVING bool_and(c.status <> 'pending')
), settled AS (
    UPDATE unplaced u SET waits_for = NULL,
        state = CASE WHEN NOT j.said THEN 'waiting' WHEN j.whole THEN 'placed' ELSE 'dismissed' END,
        closed_at = CASE WHEN j.said THEN clock_timestamp() END, closed_by = CASE WHEN j.said THEN u.closed_by END,
        closed_why = CASE WHEN NOT j.said THEN NULL WHEN NOT j.whole THEN 'files_left' WHEN j.reported THEN 'reported'
            ELSE 'placed' END,
        placed_case = CASE WHEN j.said THEN j.case_id END,
        wrapped = CASE WHEN NOT (j.said AND j.whole) THEN u.wrapped END,
        sealed = CASE WHEN NOT (j.said AND j.whole) THEN u.sealed END,
        tell = CASE WHEN j.said AND u.tell = 'pending' THEN 'none' ELSE u.tell END
    FROM judged j
    WHERE u.tenant = $1 AND u.id = j.id AND u.state = 'placed' AND u.waits_for IS NOT NULL
    RETURNING u.id
)
INSERT INTO unplaced_deeds (tenant, unplaced_id, deed, by, credential, case_id, why)
SELECT $1, j.id, CASE WHEN NOT j.said THEN 'came_back' WHEN j.reported THEN 'reported' ELSE 'placed' END, j.closed_by,
    coalesce(j.credential, 'system'), j.case_id, CASE WHEN NOT j.said THEN j.why END
FROM judged j JOIN settled s ON s.id = j.id
"""
DISMISS = """
UPDATE unplaced SET state = 'dismissed', closed_at = clock_timestamp(), closed_by = $3, closed_why = $4
WHERE tenant = $1 AND id = $2 AND state = 'waiting'
"""
COUNT = """
INSERT INTO mail_days AS d (tenant, day, sender)
SELECT $1, (clock_timestamp() AT TIME ZONE 'UTC')::date, who FROM unnest($2::text[]) AS who
ORDER BY who
ON CONFLICT (tenant, day, sender) DO UPDATE SET times = d.times + 1
RETURNING sender, times
"""
OLD_DAYS = "DELETE FROM mail_days WHERE tenant = $1 AND day < (clock_timestamp() AT TIME ZONE 'UTC')::date - 2"


async def settled(conn: Connection, tenant_id: str) -> None:
    """Close what waited for its case and was taken there; what the case refused waits for somebody again."""
    await conn.execute(SETTLE, tenant_id)


async def forgotten(conn: Connection, tenant_id: str) -> None:
    """Destroy the keys of what was dismissed, or waited, for longer than it is kept."""
    await conn.execute(FORGET, tenant_id, KEPT_FOR)
    await conn.execute(EXPIRE, tenant_id, WAITS_FOR)


async def waiting_at(dsn: str, patience: timedelta) -> tuple[int, timedelta | None]:
    """How many mails wait in all tenants of the database at ``dsn``, and since when the oldest does. Raises ServerAway."""
    seconds = patience.total_seconds()
    try:
        async with await Database.connect(dsn, command_timeout=seconds, lend_within=seconds) as database:
            rows = []
            for tenant_id in await database.tenant_ids():
                async with database.tenant(tenant_id) as conn:
                    rows.append(await conn.fetchrow(OLDEST, tenant_id))
    except AWAY as error:
        raise ServerAway(str(error) or type(error).__name__) from error
    except asyncpg.PostgresError as error:
        raise ServerAway(str(error) or type(error).__name__) from error
    found = [row for row in rows if row is not None]
    return sum(row["mails"] for row in found), max((row["since"] for row in found if row["since"] is not None), default=None)


class UnplacedFull(Exception):
    """So many mails of the tenant wait already that no more are taken for now."""

    code = "unplaced_full"


class MailWords(Kept):
    """What was read of a mail when it came, for whoever looks at it."""

    sender: str
    subject: str = ""
    text: str = ""
    message_id: str = ""
    files: tuple[str, ...] = ()
    """Names of what is attached."""
    problem: str | None = None
    """Of one that could not be read: why not."""


class Arrived(Kept):
    """A mail that is to be kept, without its bytes."""

    reason: str
    proof: str
    same: str
    """What is the same for the same mail delivered again."""
    credential: str
    words: MailWords
    case_id: str | None = None
    party: str | None = None
    tell: bool = False
    """Whether its sender may be told, once a day."""


class UnplacedMail(Kept):
    """A mail that could not be placed."""

    id: str
    reason: str
    proof: str
    """``token``, ``relay``, ``caller``: by what its sender is proven; ``none``; ``failed``: it is shown to be forged."""
    case_id: str | None
    """The case that it seems to be about."""
    party: str | None
    """The party that it claims to come from."""
    bytes: int
    received_at: Instant
    last_at: Instant
    times: int = Field(ge=1)
    tell: str
    state: str
    """``waiting``, ``dismissed``, ``placed``; ``taken``: somebody is placing it, and what follows says who, as what and where."""
    closed_at: Instant | None
    closed_by: str | None
    closed_why: str | None
    placed_case: str | None
    words: MailWords | None
    """None once it was placed, or forgotten."""

    @property
    def proven(self) -> bool:
        """Whether its sender is who they say."""
        return self.proof in ("token", "relay", "caller")


class Taken(Kept):
    """A mail that somebody has taken to place it."""

    mail: UnplacedMail
    """As it was before."""
    deed: str
    at: Instant


class UnplacedDeed(Kept):
    """That somebody read, placed or dismissed one; or that what somebody placed came back, as its case refused it."""

    at: Instant
    deed: str
    by: str
    credential: str
    case_id: str | None = None
    """The case that judged it."""
    why: str | None = None
    """The code of its refusal."""


class PostgresUnplaced:
    """Keeps, lists and closes them; and counts mails by sender and day."""

    def __init__(
        self, database: Database, vault: Vault, store: EvidenceStore, most: int = 1_000, most_bytes: int = 500_000_000
    ) -> None:
        self._database, self._vault, self._store = database, vault, store
        self._most, self._most_bytes = most, most_bytes

    async def keep(self, tenant_id: str, arrived: Arrived, raw: bytes) -> tuple[str, bool]:
        """Keep a mail; its id, and whether it is new. Raises :class:`UnplacedFull`."""
        digest = self._vault.body_hash(tenant_id, b"unplaced\n" + arrived.same.encode("utf-8", "replace")).hex()
        sender = self._vault.ref_digest(tenant_id, arrived.words.sender)
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            known = await self._known(conn, tenant_id, digest, sender)
        if known is not None:
            return known, False
        unplaced_id = f"unp_{uuid7()}"
        key = self._vault.new_key(tenant_id, unplaced_id, HOLDER)
        path = _path(tenant_id, unplaced_id)
        # The bytes are safe before the row says that they are there.
        await self._store.put(path, await asyncio.to_thread(key.seal, path, raw))
        sealed = key.seal(unplaced_id, arrived.words.model_dump_json().encode())
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            await conn.execute(LOCK, tenant_id)
            known = await self._known(conn, tenant_id, digest, sender)
            if known is not None:
                return known, False
            await conn.execute(
                KEEP, tenant_id, unplaced_id, arrived.reason, arrived.proof, digest, sender, arrived.credential, arrived.case_id,
                arrived.party, key.id, key.wrapped, sealed, arrived.tell, LETTERS_A_DAY, len(raw),
            )  # fmt: skip
            await forgotten(conn, tenant_id)
        return unplaced_id, True

    async def _known(self, conn: Connection, tenant_id: str, digest: str, sender: str) -> str | None:
        """The mail that is here already; None: there is room for it."""
        row = await conn.fetchrow(AGAIN, tenant_id, digest)
        if row is not None:
            return str(row["id"])
        room = await conn.fetchrow(ROOM, tenant_id, sender)
        assert room is not None, "a count has one row"
        most_of_sender = max(1, self._most // SHARE)
        if room["mails"] >= self._most or room["bytes"] >= self._most_bytes or room["of_sender"] >= most_of_sender:
            raise UnplacedFull
        return None

    async def listed(
        self,
        tenant_id: str,
        limit: int,
        *,
        state: str | None = None,
        before: str | None = None,
        closed_to: Sequence[str] = (),
        sender_of: str | None = None,
    ) -> Sequence[UnplacedMail]:
        """The newest first, without those about cases that these conflicts of interest close; ``sender_of`` a mail: those of its
        sender alone."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(LISTED, tenant_id, state, before, limit, list(closed_to), sender_of)
        return [self._read(tenant_id, row) for row in rows]

    async def one(self, tenant_id: str, unplaced_id: str, closed_to: Sequence[str] = ()) -> UnplacedMail | None:
        """One of them."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(ONE, tenant_id, unplaced_id, list(closed_to))
        return self._read(tenant_id, row) if row is not None else None

    async def original(self, tenant_id: str, unplaced_id: str) -> bytes | None:
        """The mail as it came; None once it was placed or forgotten. Raises :class:`Never` (``file_missing``)."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(ONE, tenant_id, unplaced_id, [])
        key = self._key(tenant_id, row) if row is not None else None
        if key is None:
            return None
        path = _path(tenant_id, unplaced_id)
        sealed = await self._store.get(path)
        if sealed is None:
            raise Never("file_missing", "The evidence store does not have this mail.")
        return await asyncio.to_thread(key.open, path, sealed)

    async def waiting(self, tenant_id: str) -> int:
        """How many wait; a thousand stands for all above."""
        async with self._database.tenant(tenant_id) as conn:
            return int(await conn.fetchval(WAITING, tenant_id))

    async def note(self, tenant_id: str, unplaced_id: str, deed: str, by: str, credential: str) -> None:
        """Keep who did what with one."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(DEED, tenant_id, unplaced_id, deed, by, credential)

    async def deeds(self, tenant_id: str, unplaced_id: str) -> Sequence[UnplacedDeed]:
        """Who did what with one, oldest first."""
        async with self._database.tenant(tenant_id) as conn:
            return [UnplacedDeed(**dict(row)) for row in await conn.fetch(DEEDS, tenant_id, unplaced_id)]

    async def take(self, tenant_id: str, mail: UnplacedMail, *, by: str, deed: str, case_id: str | None) -> Taken | None:
        """Take one to be placed, before anything of it is said anywhere. ``deed``: what is done with it (64 characters), the same
        for the same again. None when somebody else has it, did something else with it, or it changed since it was read."""
        async with self._database.tenant(tenant_id) as conn:
            at = await conn.fetchval(TAKE, tenant_id, mail.id, mail.state, TAKEN_FOR, by, deed, case_id)
        return Taken(mail=mail, deed=deed, at=at) if at is not None else None

    async def release(self, tenant_id: str, taken: Taken) -> None:
        """Nothing of it was said: it is what it was before it was taken."""
        mail = taken.mail
        # What was gone on with, and refused then: nobody knows any more what it was.
        before = (
            ("waiting", None, None, None)
            if mail.state == "taken"
            else (mail.state, mail.closed_at, mail.closed_by, mail.closed_why)
        )
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(RELEASE, tenant_id, mail.id, taken.at, *before)

    async def wait(self, tenant_id: str, taken: Taken, commands: Sequence[str], *, left: bool = False) -> None:
        """It is on disk where it belongs, and nobody has judged it: its words stay here until these commands are, its words' own
        first. ``left``: some of its files are nowhere else. Without commands it stopped after that: the same deed goes on."""
        waits_for = [*commands, *(["files"] if left else [])]
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(WAIT, tenant_id, taken.mail.id, taken.at, waits_for)

    async def placed(
        self, tenant_id: str, taken: Taken, why: str, by: str, credential: str, case_id: str, *, left: bool = False
    ) -> None:
        """It stands where it belongs: its words are destroyed here, and who did it is kept. ``left``: some of its files are
        nowhere else, and it is kept for a while. Said twice, it is done once."""
        deed, why = ("reported" if why == "reported" else "placed"), ("files_left" if left else why)
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            if await conn.execute(PLACE, tenant_id, taken.mail.id, taken.deed, why, case_id, left) == "UPDATE 1":
                await conn.execute(DEED, tenant_id, taken.mail.id, deed, by, credential)

    async def dismiss(self, tenant_id: str, unplaced_id: str, why: str, *, by: str, credential: str) -> bool:
        """Put one away, with who did it; False when somebody did something with it before."""
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            if await conn.execute(DISMISS, tenant_id, unplaced_id, by, why) != "UPDATE 1":
                return False
            await conn.execute(DEED, tenant_id, unplaced_id, "dismissed", by, credential)
        return True

    async def erase(self, tenant_id: str, unplaced_id: str) -> bool:
        """Destroy the key of one that was dismissed, before its time. False: there was none. Raises
        :class:`storage.postgres.vault.LegalHold` while the case that it is about is held."""
        try:
            async with self._database.tenant(tenant_id) as conn:
                return await conn.execute(ERASE, tenant_id, unplaced_id) == "UPDATE 1"
        except asyncpg.PostgresError as error:
            if error.sqlstate == HELD:
                raise LegalHold("This is under legal hold; nothing of it can be deleted.") from error
            raise

    async def count(self, tenant_id: str, sender: str, case_id: str | None = None) -> Counted:
        """Count a mail that may cause letters: how many came today from this correspondent, from their domain, on the case, and
        to the tenant. A domain is as it was registered: a machine may write from a new one below it each time."""
        local, at, host = sender.rpartition("@")
        who = correspondent(f"{local}{at}{registered(host)}")
        named = {"sender": who, "domain": f"@{registered(host, hosts=True)}", "case": case_id}
        keys = {name: self._vault.ref_digest(tenant_id, one) for name, one in named.items() if one is not None}
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            rows = await conn.fetch(COUNT, tenant_id, [*keys.values(), ""])
            found = {row["sender"]: int(row["times"]) for row in rows}
            if found[""] == 1:
                await conn.execute(OLD_DAYS, tenant_id)
        return Counted(tenant=found[""], **{name: found[key] for name, key in keys.items()})

    def _key(self, tenant_id: str, row: asyncpg.Record) -> DataKey | None:
        if row["wrapped"] is None:
            return None
        return self._vault.unwrap(tenant_id, row["id"], HOLDER, row["key_id"], row["wrapped"])

    def _read(self, tenant_id: str, row: asyncpg.Record) -> UnplacedMail:
        key = self._key(tenant_id, row)
        words = MailWords.model_validate_json(key.open(row["id"], row["sealed"])) if key is not None else None
        said: dict[str, Any] = {name: value for name, value in row.items() if name not in ("key_id", "wrapped", "sealed")}
        return UnplacedMail(**said, words=words)


def _path(tenant_id: str, unplaced_id: str) -> str:
    return f"{tenant_id}/unplaced/{unplaced_id}"
