"""Notices on their way out: what waits to be sent, with addresses and texts opened for the sending, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import asyncpg
from pydantic_core import from_json

from activities.ports.notices import OutgoingNotice, TranslatedText
from domain.model.erasure import Erased
from domain.views.references import References
from storage.access.party_links import insert, link_of
from storage.intake.inbox import SYSTEM
from storage.outside.endpoints import fails, works
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault, open_contact
from storage.views.references import references
from storage.views.sql import OPEN_TO

FOLDS = ("message_sent", "evidence_submitted", "mentioned")
"""Events of which one letter is enough for a while: people make as many of them as they like, and the case's page shows them all.
Whatever sets a date, decides something or asks for something has a letter of its own."""
ONE_LETTER_FOR = timedelta(minutes=10)
"""After a letter of such an event, what the same person causes of it for the same recipient waits so long and goes out as one."""

_FOLDED = ", ".join(f"'{event}'" for event in FOLDS)
# Somebody who declared a conflict of interest since it was written has no address for it: the case learns that it went nowhere.
_FIELDS = """
SELECT n.id, n.case_id, n.event, n.audience, n.recipient, n.channel, n.data, n.texts, t.name AS tenant_name, t.development,
    n.resent, c.kind, c.pack_version,
    CASE WHEN n.channel = 'email' THEN c.state -> 'translations' END AS translations, f.recorded_at AS at,
    p.contact, p.key_id, k.holder, k.wrapped, a.name AS person_name,
    CASE WHEN a.conflicts = '{{}}' OR {open_to} THEN a.email END AS person_email,
    coalesce(p.language, p.locale, a.locale, 'en') AS locale, coalesce(p.zone, a.zone, t.zone) AS zone, w.id AS endpoint_id,
    w.url, w.secret, CASE WHEN w.old_until > clock_timestamp() THEN w.old_secret END AS old_secret,
    CASE WHEN n.channel = 'email' AND split_part(n.event, ':', 1) IN ({folds}) THEN ARRAY(
        SELECT o.id FROM notices o WHERE o.tenant = n.tenant AND o.case_id = n.case_id AND o.folded_into = n.id ORDER BY o.id
    ) END AS folded,
    (SELECT min(o.id) FROM notices o
     WHERE o.tenant = n.tenant AND o.case_id = n.case_id AND o.recipient = n.recipient
        AND o.endpoint_id = n.endpoint_id) AS thread
FROM {source} n
JOIN tenants t ON t.id = n.tenant
JOIN cases c ON c.tenant = n.tenant AND c.id = n.case_id
JOIN facts f ON f.tenant = n.tenant AND f.case_id = n.case_id AND f.seq = n.seq
LEFT JOIN parties p ON p.tenant = n.tenant AND p.id = n.recipient
LEFT JOIN keys k ON k.tenant = p.tenant AND k.id = p.key_id
LEFT JOIN people a ON a.tenant = n.tenant AND a.id = n.recipient
LEFT JOIN webhook_endpoints w ON w.tenant = n.tenant AND w.id = n.endpoint_id AND w.active
"""

UNDELIVERED = (
    _FIELDS.format(source="notices", folds=_FOLDED, open_to=OPEN_TO.format("a.conflicts"))
    + "WHERE n.tenant = $1 AND n.case_id = $2 AND n.state = 'pending' ORDER BY n.id LIMIT $3"
)

# Taking it is noted, so that what was handed over and never taken shows.
ONE = """
WITH taken AS (
    UPDATE notices SET taken_at = coalesce(taken_at, clock_timestamp())
    WHERE tenant = $1 AND id = $2 AND state IN ('pending', 'handed_over')
    RETURNING *
)
""" + _FIELDS.format(source="taken", folds=_FOLDED, open_to=OPEN_TO.format("a.conflicts"))  # noqa: S608 - put together from constants

# A notice that is sent already went out twice: it is counted apart, never hidden.
SENT = """
WITH before AS (
    SELECT tenant, id, state, CASE WHEN channel = 'webhook' THEN endpoint_id ELSE '' END AS endpoint_id
    FROM notices WHERE tenant = $1 AND id = $2 FOR UPDATE
), marked AS (
    UPDATE notices n SET state = 'sent', attempts = n.attempts + 1, receipt = $3, last_error = NULL,
        sent_at = coalesce(n.sent_at, clock_timestamp())
    FROM before b WHERE n.tenant = b.tenant AND n.id = b.id
), noted AS (
    INSERT INTO deliveries (tenant, notice_id, result)
    SELECT tenant, id, CASE state WHEN 'sent' THEN 'repeat' ELSE 'sent' END FROM before
)
SELECT w.id FROM before b JOIN webhook_endpoints w ON w.tenant = b.tenant AND w.id = b.endpoint_id
WHERE w.failing_since IS NOT NULL
"""

ATTEMPT = """
WITH noted AS (
    UPDATE notices SET attempts = attempts + 1, last_error = $3 WHERE tenant = $1 AND id = $2 RETURNING tenant, id
)
INSERT INTO deliveries (tenant, notice_id, result, code) SELECT tenant, id, 'error', $3 FROM noted
"""

HANDED_OVER = "UPDATE notices SET state = 'handed_over' WHERE tenant = $1 AND id = ANY($2) AND state = 'pending'"

HANDED = """
SELECT id FROM notices WHERE tenant = $1 AND case_id = $2 AND state = 'handed_over' AND taken_at IS NULL ORDER BY id
"""

FAILED = """
WITH given_up AS (
    UPDATE notices SET state = 'failed', attempts = attempts + 1, last_error = $3
    WHERE tenant = $1 AND id = $2 AND state IN ('pending', 'handed_over')
    RETURNING tenant, id
)
INSERT INTO deliveries (tenant, notice_id, result, code) SELECT tenant, id, 'failed', $3 FROM given_up
"""

# Letters of a case that may stand for others, and are not out yet: held until what follows is done, so that none is sent by
# somebody else between the look and the folding.
HOLD = """
SELECT id FROM notices
WHERE tenant = $1 AND case_id = $2 AND channel = 'email' AND split_part(event, ':', 1) = ANY($3)
    AND state IN ('pending', 'handed_over') AND folded_into IS NULL
ORDER BY id FOR UPDATE
"""

# $4 the time in which one letter is enough. What is held already has its letter; the first one after a letter becomes the next.
# Answers which letters go out now: what is recorded after this look, or given back by a letter that has just gone, is none of them.
FOLD = """
WITH letters AS (
    SELECT n.id, n.seq, n.recipient, n.event, f.actor_id, n.state, n.sent_at FROM notices n
    JOIN facts f ON f.tenant = n.tenant AND f.case_id = n.case_id AND f.seq = n.seq
    WHERE n.tenant = $1 AND n.case_id = $2 AND n.channel = 'email' AND split_part(n.event, ':', 1) = ANY($3)
        AND n.folded_into IS NULL
), unsent AS (
    SELECT *, first_value(id) OVER (PARTITION BY recipient, event, actor_id ORDER BY seq, id) AS first
    FROM letters WHERE state IN ('pending', 'handed_over')
), recent AS (
    SELECT DISTINCT recipient, event, actor_id FROM letters
    WHERE state = 'sent' AND sent_at > clock_timestamp() - $4::interval
), placed AS (
    SELECT u.id, u.first, u.id = u.first AND r.recipient IS NULL AS goes_out
    FROM unsent u LEFT JOIN recent r ON (r.recipient, r.event, r.actor_id) = (u.recipient, u.event, u.actor_id)
    WHERE u.state = 'pending'
), held AS (
    UPDATE notices n SET state = 'handed_over', folded_into = nullif(p.first, p.id),
        taken_at = CASE WHEN p.id <> p.first THEN clock_timestamp() END
    FROM placed p WHERE n.tenant = $1 AND n.id = p.id AND NOT p.goes_out
)
SELECT id FROM placed WHERE goes_out
"""

# After a letter: those that it told of are sent with it, and those that came while it was on its way are not told yet.
UNFOLD = """
UPDATE notices SET
    state = CASE WHEN id = ANY($3) THEN 'sent' ELSE 'pending' END,
    sent_at = CASE WHEN id = ANY($3) THEN clock_timestamp() END,
    folded_into = CASE WHEN id = ANY($3) THEN folded_into END,
    taken_at = CASE WHEN id = ANY($3) THEN taken_at END
WHERE tenant = $1 AND folded_into = $2 AND state = 'handed_over'
"""

NOT_TOLD = "UPDATE notices SET state = 'failed', last_error = $3 WHERE tenant = $1 AND folded_into = $2 AND state = 'handed_over'"

# How long ago a letter of the same went out.
SINCE = """
SELECT clock_timestamp() - max(s.sent_at) FROM notices n
JOIN facts f ON f.tenant = n.tenant AND f.case_id = n.case_id AND f.seq = n.seq
JOIN notices s ON s.tenant = n.tenant AND s.case_id = n.case_id AND s.recipient = n.recipient AND s.event = n.event
    AND s.channel = n.channel AND s.state = 'sent' AND s.folded_into IS NULL
JOIN facts g ON g.tenant = s.tenant AND g.case_id = s.case_id AND g.seq = s.seq AND g.actor_id = f.actor_id
WHERE n.tenant = $1 AND n.id = $2
"""

# A letter about an endpoint names it too, and went to somebody else.
CASE_OF = """
SELECT case_id, CASE WHEN channel = 'webhook' THEN endpoint_id ELSE '' END AS endpoint_id, state, recipient
FROM notices WHERE tenant = $1 AND id = $2
"""

COUNT_TRIES = 3
_CODE = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,63}")


class PostgresOutbox:
    """Implements :class:`activities.ports.notices.Outbox`."""

    def __init__(self, database: Database, vault: Vault, *, links: bool = False) -> None:
        """``links``: letters to parties bring a link to their page of the case."""
        self._database = database
        self._vault = vault
        self._links = links

    async def undelivered(self, tenant_id: str, case_id: str, limit: int = 50) -> Sequence[OutgoingNotice]:
        """What was recorded and neither sent nor handed over, oldest first."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(UNDELIVERED, tenant_id, case_id, limit)
            if any(row["folded"] is not None for row in rows):
                async with conn.transaction():
                    await conn.execute(HOLD, tenant_id, case_id, FOLDS)
                    now = {row["id"] for row in await conn.fetch(FOLD, tenant_id, case_id, FOLDS, ONE_LETTER_FOR)}
                rows = await conn.fetch(UNDELIVERED, tenant_id, case_id, limit)
                # Others write meanwhile: a letter that the folding has not seen waits for the next look, and is folded there.
                rows = [row for row in rows if row["folded"] is None or row["id"] in now]
            return await self._resolved(conn, tenant_id, rows)

    async def one(self, tenant_id: str, notice_id: str) -> OutgoingNotice | None:
        """One notice that is not sent yet; None when it is sent or failed for good."""
        async with self._database.tenant(tenant_id) as conn:
            found = await self._resolved(conn, tenant_id, await conn.fetch(ONE, tenant_id, notice_id))
            if found and found[0].folded is not None:
                since = await conn.fetchval(SINCE, tenant_id, notice_id)
                if since is not None and since < ONE_LETTER_FOR:
                    return found[0].model_copy(update={"wait_for": ONE_LETTER_FOR - since})
        return found[0] if found else None

    async def sent(self, tenant_id: str, notice_id: str, receipt: str, folded: Sequence[str] | None = None) -> None:
        """Mark as sent, with those that its letter told of."""
        async with self._database.tenant(tenant_id) as conn:
            if folded is not None:
                async with conn.transaction():
                    await conn.execute(SENT, tenant_id, notice_id, receipt[:500])
                    await conn.execute(UNFOLD, tenant_id, notice_id, list(folded))
                return
            recovered = await conn.fetchval(SENT, tenant_id, notice_id, receipt[:500])
            if recovered is not None:
                await works(conn, tenant_id, recovered)

    async def attempt(self, tenant_id: str, notice_id: str, error_code: str) -> None:
        """Note a failed try; an endpoint that has taken nothing for too long is disabled."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(ATTEMPT, tenant_id, notice_id, error_code)
            row = await conn.fetchrow(CASE_OF, tenant_id, notice_id)
            await self._counted(conn, tenant_id, row, error_code, gave_up=False)

    async def handed_over(self, tenant_id: str, notice_ids: Sequence[str]) -> None:
        """A workflow of their own goes on with them."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(HANDED_OVER, tenant_id, list(notice_ids))

    async def handed(self, tenant_id: str, case_id: str) -> Sequence[str]:
        """Notices handed over that nobody has taken yet."""
        async with self._database.tenant(tenant_id) as conn:
            return [row["id"] for row in await conn.fetch(HANDED, tenant_id, case_id)]

    async def failed(self, tenant_id: str, notice_id: str, code: str) -> None:
        """Given up. Of a letter the case is told, together with the mark or not at all: somebody has to reach its reader. A
        webhook counts against its endpoint, of which ops are told once."""
        reason = code if _CODE.fullmatch(code) else "undeliverable"
        command_id = f"cmd_sys-undelivered-{notice_id}"
        body = {
            "id": command_id,
            "type": "report_delivery",
            "by": "system",
            "channel": "system",
            "notice_id": notice_id,
            "reason": reason,
        }
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(CASE_OF, tenant_id, notice_id)
            if row is None or row["state"] not in ("pending", "handed_over"):
                return
            if row["recipient"].startswith("pty_"):
                body["recipient"] = row["recipient"]
            async with conn.transaction():
                if not row["endpoint_id"]:
                    await conn.execute(SYSTEM, tenant_id, row["case_id"], command_id, "report_delivery", body)
                await conn.execute(FAILED, tenant_id, notice_id, reason)
                await conn.execute(NOT_TOLD, tenant_id, notice_id, reason)
            await self._counted(conn, tenant_id, row, reason, gave_up=True)

    async def _counted(self, conn: Connection, tenant_id: str, row: asyncpg.Record | None, code: str, *, gave_up: bool) -> None:
        """Hold a failure against the endpoint it was, after the notice's own row is free: disabling one takes its notices."""
        if row is None or not row["endpoint_id"]:
            return
        for tries_left in reversed(range(COUNT_TRIES)):
            try:
                async with conn.transaction():
                    await fails(conn, tenant_id, row["endpoint_id"], row["case_id"], code, gave_up=gave_up)
            except asyncpg.DeadlockDetectedError:
                # Two of them leave each other's notices at once. Nothing would count this failure again: the notice has its mark.
                if not tries_left:
                    raise
            else:
                return

    async def _resolved(self, conn: Connection, tenant_id: str, rows: Sequence[asyncpg.Record]) -> list[OutgoingNotice]:
        texts = await self._vault.reveal(conn, tenant_id, _content_ids(rows))
        lost = [content_id for content_id, text in texts.items() if text is None]
        gone = await self._vault.gone(conn, tenant_id, lost) if lost else {}
        # For machines of the platform alone: letters never have them.
        cases = list({row["case_id"] for row in rows if row["channel"] == "webhook" and row["audience"] == "platform"})
        told = await references(conn, self._vault, tenant_id, cases)
        found = [self._outgoing(tenant_id, row, texts, told, gone) for row in rows]
        linked = [
            (link_of(one.id, row["resent"]), one.case_id, one.recipient)
            for row, one in zip(rows, found, strict=True)
            if one.link_token is not None
        ]
        await insert(conn, self._vault, tenant_id, linked, "letter")
        return found

    def _outgoing(
        self,
        tenant_id: str,
        row: asyncpg.Record,
        texts: dict[str, str | None],
        told: Mapping[str, References],
        gone: Mapping[str, Erased],
    ) -> OutgoingNotice:
        address, name, secrets = self._reached_by(tenant_id, row)
        quoted = {name: texts.get(prose["content_id"]) for name, prose in row["texts"].items()}
        mail, thread = row["channel"] == "email", row["thread"]
        return OutgoingNotice(
            id=row["id"], tenant_id=tenant_id, tenant_name=row["tenant_name"], case_id=row["case_id"], kind=row["kind"],
            pack_version=row["pack_version"], event=row["event"], channel=row["channel"], recipient=row["recipient"],
            audience=row["audience"], address=address, secrets=secrets, name=name, locale=row["locale"], zone=row["zone"],
            development=row["development"], at=row["at"],
            data=row["data"], texts={k: v for k, v in quoted.items() if v is not None}, thread=thread,
            erased={name: gone[of["content_id"]].at for name, of in row["texts"].items() if of["content_id"] in gone},
            reply_token=self._vault.reply_token(tenant_id, row["id"]) if mail else None,
            thread_token=self._vault.reply_token(tenant_id, thread) if mail and thread else None,
            references=told.get(row["case_id"]) if row["channel"] == "webhook" and row["audience"] == "platform" else None,
            link_token=self._link(tenant_id, row) if mail and address else None,
            folded=row["folded"], translations=dict(_in_their_language(row, texts)),
        )  # fmt: skip

    def _link(self, tenant_id: str, row: asyncpg.Record) -> str | None:
        """The secret of the link to its reader's page; None for who was told of a measure alone, or was put out of the case."""
        data = row["data"]
        put_out = bool(data.get("left_by")) and data.get("yourself") is True
        if not self._links or not row["recipient"].startswith("pty_") or data.get("measure_alone") is True or put_out:
            return None
        return self._vault.link_token(tenant_id, link_of(row["id"], row["resent"]))

    def _reached_by(self, tenant_id: str, row: asyncpg.Record) -> tuple[str | None, str | None, tuple[str, ...]]:
        """Address, name and signing secrets; no address when it was erased or the endpoint is gone."""
        if row["channel"] == "webhook":
            if row["endpoint_id"] is None:
                return None, None, ()
            return row["url"], None, self._vault.open_secrets(tenant_id, row["endpoint_id"], row["secret"], row["old_secret"])
        if row["contact"] is None:
            return row["person_email"], row["person_name"], ()
        if row["wrapped"] is None:
            return None, None, ()
        key = self._vault.unwrap(tenant_id, row["case_id"], row["holder"], row["key_id"], row["wrapped"])
        contact: dict[str, Any] = from_json(open_contact(key, row["recipient"], row["contact"]))
        return contact["email"], contact["name"], ()


def _content_ids(rows: Iterable[asyncpg.Record]) -> list[str]:
    own = [prose["content_id"] for row in rows for prose in row["texts"].values()]
    beside = [said for row in rows for _, one in _translated(row) for said in (one["text"], one.get("translator")) if said]
    return [*own, *(said["content_id"] for said in beside)]


def _translated(row: asyncpg.Record) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of the texts of a letter, by their names: the newest translation into the language of its reader. Whoever is written the
    original reads it, and nobody else: nothing else is looked at."""
    theirs = _language(row["locale"])
    newest = [one for one in reversed(row["translations"] or ()) if not one.get("replaced")]
    for name, prose in row["texts"].items():
        of_it = (one for one in newest if one["original"] == prose["content_id"] and _language(one["into_language"]) == theirs)
        if (found := next(of_it, None)) is not None:
            yield name, found


def _language(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()


def _in_their_language(row: asyncpg.Record, texts: Mapping[str, str | None]) -> Iterator[tuple[str, TranslatedText]]:
    """Nothing of what was erased: with an original its translations are."""
    for name, one in _translated(row):
        original, text = texts.get(row["texts"][name]["content_id"]), texts.get(one["text"]["content_id"])
        if original is not None and text is not None:
            by = one.get("translator")
            name_of = texts.get(by["content_id"]) if by else one.get("machine")
            yield name, TranslatedText(by=one["by"], name=name_of, text=text)
