"""What was asked to be erased, and its carrying out: keys are destroyed, and that it was done stays.

Erasing is the administrator's: the application's role destroys no key. What is destroyed is noted in the tenant's audit trail in
the same transaction (``contents_erased``, one entry for each case), so "erased" can be told from "lost".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import asyncpg
from uuid_utils import uuid7

from domain.model.erasure import Erased
from domain.views.references import own_id
from storage.access import trail
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import HELD, LegalHold
from storage.record.erased_files import rewrite

DEED = "contents_erased"
"""The entry of the trail about a case of which keys were destroyed. Its ``more`` has ``erasure``, ``scope``, ``reason``,
``asked_by``, ``approved_by``, ``though_open`` and ``keys``: the ids of the keys, each with its holder."""
Scope = Literal["case", "person"]

ASK = """
INSERT INTO erasures (tenant, id, scope, case_id, party_id, reason, though_open, needs_second, asked_by, asked_with)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (tenant, case_id, coalesce(party_id, '')) WHERE done_at IS NULL AND dropped_at IS NULL DO NOTHING
RETURNING id
"""
APPROVE = """
UPDATE erasures SET approved_by = $3, approved_with = $4, approved_at = clock_timestamp()
WHERE tenant = $1 AND id = $2 AND done_at IS NULL AND dropped_at IS NULL AND approved_by IS NULL
RETURNING id
"""
DROP = """
UPDATE erasures SET dropped_by = $3, dropped_at = clock_timestamp()
WHERE tenant = $1 AND id = $2 AND done_at IS NULL AND dropped_at IS NULL
RETURNING id
"""
_COLUMNS = """id, scope, case_id, party_id, reason, though_open, needs_second, asked_by, asked_with, asked_at, approved_by,
    approved_at, dropped_by, dropped_at, done_at"""
FOUND = f"SELECT {_COLUMNS} FROM erasures WHERE tenant = $1 AND id = $2"  # noqa: S608 - constants
LISTED = f"SELECT {_COLUMNS} FROM erasures WHERE tenant = $1 AND ($2::text IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"  # noqa: S608 - constants
# Cases of the same person, by a party of one of them.
SAME_PERSON = """
SELECT other.case_id, other.party_id FROM parties mine, same_person($1, mine.id, $4) other
WHERE mine.tenant = $1 AND mine.case_id = $2 AND mine.id = $3
ORDER BY other.case_id, other.party_id
"""
# What waits reaches, as things stand; what was done has its keys.
MEANT = """
SELECT e.id AS erasure_id, c.id AS case_id, c.source, c.external_id, c.status <> 'closed' AS open, bool_or(m.by_id) AS by_id
FROM erasures e
CROSS JOIN LATERAL (
    SELECT e.case_id, true AS by_id WHERE e.scope = 'case'
    UNION ALL
    SELECT s.case_id, s.by_id FROM same_person(e.tenant, e.party_id, true) s WHERE e.scope = 'person'
) m
JOIN cases c ON c.tenant = e.tenant AND c.id = m.case_id
WHERE e.tenant = $1 AND e.id = ANY($2) AND e.done_at IS NULL AND e.dropped_at IS NULL
GROUP BY e.id, c.id, c.source, c.external_id, c.status
UNION ALL
SELECT DISTINCT k.erasure_id, c.id, c.source, NULL, c.status <> 'closed', NULL::boolean
FROM keys k JOIN cases c ON c.tenant = k.tenant AND c.id = k.case_id
WHERE k.tenant = $1 AND k.erasure_id = ANY($2)
ORDER BY 1, 2
"""
# With it goes mail that waits to be placed, and what it does not reach: see migration 0077.
BESIDE = """
SELECT e.id AS erasure_id, ARRAY(SELECT m.unplaced_id FROM erasure_mails(e.tenant, e.id) m ORDER BY 1) AS mails,
    ARRAY(SELECT b.id FROM of_address_before(e.tenant, e.party_id) b WHERE e.scope = 'person' ORDER BY 1) AS address_before
FROM erasures e WHERE e.tenant = $1 AND e.id = ANY($2) AND e.done_at IS NULL AND e.dropped_at IS NULL
"""
# When the words of a holder of these cases were erased, the newest time. A key that was made since is another one.
ERASED = """
SELECT DISTINCT ON (k.case_id, k.holder) k.case_id, k.holder, k.destroyed_at AS at, e.reason
FROM keys k LEFT JOIN erasures e ON e.tenant = k.tenant AND e.id = k.erasure_id
WHERE k.tenant = $1 AND k.case_id = ANY($2) AND k.destroyed_at IS NOT NULL ORDER BY k.case_id, k.holder, k.destroyed_at DESC
"""
OPEN = "OM452"
"""SQLSTATE: a case that it reaches is open (migration 0059)."""
NOT_DUE = "OM453"
"""SQLSTATE: it waits for a second person, has been carried out, or was dropped."""


class CaseOpen(Exception):
    """A case that it reaches is open: nothing was erased."""

    code = "erasure_case_open"


class NotToBeDone(Exception):
    """It waits for a second person, was carried out already, or was dropped."""

    code = "erasure_ended"


@dataclass(frozen=True)
class Meant:
    """A case that an erasure reaches, or reached."""

    case_id: str
    number: str | None
    """The platform's own number of the report, or the id of its mail; None: there is none, or it was carried out."""
    open: bool
    found_by: Literal["id", "address"] | None
    """``address``: the person is known by their address alone in this case, or in the one that was named; look whether it is
    them. None: it was carried out."""


@dataclass(frozen=True)
class Erasure:
    """What somebody asked to be erased, and what became of it."""

    id: str
    scope: Scope
    case_id: str
    party_id: str | None
    reason: str
    though_open: str | None
    needs_second: bool
    asked_by: str
    asked_with: str
    asked_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    dropped_by: str | None = None
    dropped_at: datetime | None = None
    done_at: datetime | None = None
    cases: tuple[Meant, ...] = ()
    """What it reaches as things stand, or reached."""
    mails: tuple[str, ...] = ()
    """Mail that waits to be placed, or was dismissed, and goes with it. Empty once it has ended."""
    address_before: tuple[str, ...] = ()
    """Cases and mails that it does **not** reach: they are of an address that was the person's before somebody of the team
    changed it. It may have been misspelt, and another's. Empty once it has ended."""

    @property
    def state(self) -> Literal["waiting", "done", "dropped"]:
        """Where it stands."""
        if self.done_at is not None:
            return "done"
        return "waiting" if self.dropped_at is None else "dropped"


@dataclass(frozen=True)
class ToErase:
    """What is to be erased, and why."""

    case_id: str
    party_id: str | None
    """Of the person, who is erased in every case of theirs; None: the case."""
    reason: str
    needs_second: bool
    though_open: str | None = None


class PostgresErasures:
    """Keeps what was asked for, and carries it out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, conn: Connection, tenant_id: str, wanted: ToErase, by: str, credential: str) -> str | None:
        """Keep that it is wanted, within a deed of the administrator; its id, None where the same waits already."""
        erasure_id = f"ers_{uuid7()}"
        scope = "case" if wanted.party_id is None else "person"
        said = (wanted.case_id, wanted.party_id, wanted.reason, wanted.though_open, wanted.needs_second, by, credential)
        made: str | None = await conn.fetchval(ASK, tenant_id, erasure_id, scope, *said)
        return made

    async def approve(self, conn: Connection, tenant_id: str, erasure_id: str, by: str, credential: str) -> bool:
        """A second person agrees, within a deed of the administrator. False where nothing waits for one."""
        return await conn.fetchval(APPROVE, tenant_id, erasure_id, by, credential) is not None

    async def drop(self, conn: Connection, tenant_id: str, erasure_id: str, by: str) -> bool:
        """It is not wanted any more. False where it has ended already."""
        return await conn.fetchval(DROP, tenant_id, erasure_id, by) is not None

    async def carry_out(self, conn: Connection, tenant_id: str, erasure_id: str, by: str, credential: str) -> Mapping[str, int]:
        """Destroy the keys of what is meant, and note it in the trail; how many, by case.

        Within a deed of the administrator. Raises :class:`~storage.postgres.vault.LegalHold`, :class:`CaseOpen` and
        :class:`NotToBeDone` by the database's own word, whoever asks; then nothing was erased.
        """
        try:
            rows = await conn.fetch("SELECT in_case, key_id, holder FROM carry_out_erasure($1, $2)", tenant_id, erasure_id)
        except asyncpg.PostgresError as error:
            raise _said(error) from error
        row = await conn.fetchrow(FOUND, tenant_id, erasure_id)
        assert row is not None, "it was just carried out"
        asked = Erasure(**row)
        keys: dict[str, dict[str, str]] = defaultdict(dict)
        for row in rows:
            keys[row["in_case"]][row["key_id"]] = row["holder"]
        for case_id, gone in sorted(keys.items()):
            more = {
                "erasure": asked.id, "scope": asked.scope, "reason": asked.reason, "though_open": asked.though_open,
                "asked_by": asked.asked_by, "approved_by": asked.approved_by, "keys": gone,
            }  # fmt: skip
            await trail.note(conn, tenant_id, deed=DEED, about=case_id, by=by, credential=credential, more=more)
        return {case_id: len(gone) for case_id, gone in keys.items()}

    async def from_files(self) -> None:
        """Have what was destroyed go from the database's files too, once it is on disk that it was. Raises nothing: what
        cannot be done now stays marked, and the daily job does it."""
        await rewrite(self._database)

    async def found(self, tenant_id: str, erasure_id: str) -> Erasure | None:
        """What was asked for under an id."""
        async with self._database.tenant(tenant_id) as conn:
            found = await self._with_cases(conn, tenant_id, await conn.fetch(FOUND, tenant_id, erasure_id))
        return found[0] if found else None

    async def listed(self, tenant_id: str, limit: int, *, before: str | None = None) -> Sequence[Erasure]:
        """What was asked for, the newest first."""
        async with self._database.tenant(tenant_id) as conn:
            return await self._with_cases(conn, tenant_id, await conn.fetch(LISTED, tenant_id, before, limit))

    async def cases_of(
        self, tenant_id: str, case_id: str, party_id: str, *, by_address: bool = True
    ) -> Mapping[str, tuple[str, ...]]:
        """Every case in which this party's person is one, with the ids that they have there.

        ``by_address``: an address alone, as that of a mail, leads on to the platform's user who has it.
        """
        found: dict[str, tuple[str, ...]] = {}
        async with self._database.tenant(tenant_id) as conn:
            for row in await conn.fetch(SAME_PERSON, tenant_id, case_id, party_id, by_address):
                found[row["case_id"]] = (*found.get(row["case_id"], ()), row["party_id"])
        return found

    async def erased(self, tenant_id: str, case_ids: Sequence[str]) -> Mapping[str, Mapping[str, Erased]]:
        """When and why what a holder had in a case was erased, by case and holder."""
        found: dict[str, dict[str, Erased]] = defaultdict(dict)
        async with self._database.tenant(tenant_id) as conn:
            for row in await conn.fetch(ERASED, tenant_id, list(case_ids)):
                found[row["case_id"]][row["holder"]] = Erased(row["holder"], row["at"], row["reason"])
        return found

    async def _with_cases(self, conn: Connection, tenant_id: str, rows: Sequence[asyncpg.Record]) -> list[Erasure]:
        meant: dict[str, list[Meant]] = defaultdict(list)
        ids = [row["id"] for row in rows]
        for row in await conn.fetch(MEANT, tenant_id, ids):
            by: Literal["id", "address"] | None = None if row["by_id"] is None else "id" if row["by_id"] else "address"
            number = own_id(row["source"], row["external_id"])
            meant[row["erasure_id"]].append(Meant(row["case_id"], number, row["open"], by))
        beside: dict[str, dict[str, Any]] = defaultdict(dict)
        for row in await conn.fetch(BESIDE, tenant_id, ids):
            beside[row["erasure_id"]] = {name: tuple(row[name]) for name in ("mails", "address_before")}
        return [Erasure(**row, cases=tuple(meant[row["id"]]), **beside[row["id"]]) for row in rows]


def _said(error: asyncpg.PostgresError) -> Exception:
    if error.sqlstate == HELD:
        return LegalHold("This, or another case of this person, is under legal hold; nothing of it can be deleted.")
    if error.sqlstate == OPEN:
        return CaseOpen("A case of this is open; nothing was erased.")
    if error.sqlstate == NOT_DUE:
        return NotToBeDone("It waits for a second person, or has ended.")
    return error
