"""Rows of cases, read so that a list costs what it shows: terms, more than half of a case, are decoded once and not a row."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from domain.model.case import Case
from domain.model.provider_news import without_ids
from domain.model.terms import Terms
from domain.views.references import number_erased
from domain.views.urgency import NO_END
from storage.postgres.pool import Connection
from storage.record.stored_case import case_with, terms_of

KNOWN_TERMS = 256
"""Terms kept by one reader. Cases of one pack, priority and category have the same."""
AT_ONCE = 8
"""Cases made before others have their turn: a millisecond or two. A turn for each would cost a tenth of the list (measured)."""

# $2 cases, one of each hash that is not known.
TERMS = "SELECT terms_key, terms::text AS terms FROM cases WHERE tenant = $1 AND id = ANY($2::text[]) AND terms_key IS NOT NULL"
_TERMS_ALONE = "SELECT terms::text FROM cases WHERE tenant = $1 AND id = $2"


@dataclass(frozen=True)
class CaseRow:
    """A case as its row says: how it stands, and when it next falls due."""

    id: str
    kind: str
    opened_at: datetime
    case: Case | None
    """None while its opening command waits to be judged."""
    external_id: str | None = None
    source: str = "api"
    turn: int = 0
    """Moves with every write (for an ETag)."""
    next_due_at: datetime | None = None
    next_clock: str | None = None
    pressing: int = 0
    """How pressing it is as recorded (:func:`domain.views.urgency.pressing`), and"""
    pressing_at: datetime = NO_END
    """until when or since when."""
    ends_at: datetime = NO_END
    """When the next of its clocks is over (:func:`domain.views.urgency.next_end`)."""
    priority: str | None = None
    """Also of one whose opening command waits."""

    @property
    def place(self) -> tuple[int, datetime, str]:
        """Its place in a list that begins with the most pressing case."""
        return self.pressing, self.pressing_at, self.id


class CaseRows:
    """Makes cases of the rows of a statement that begins with :data:`storage.views.sql.LISTED_ROWS`."""

    def __init__(self) -> None:
        self._terms: OrderedDict[tuple[str, str], Terms] = OrderedDict()

    async def read(self, conn: Connection, tenant_id: str, rows: Iterable[asyncpg.Record]) -> list[CaseRow]:
        """The rows as cases, in their order. Whoever asked for less is not kept waiting by a long list."""
        found, listed = [], list(rows)
        known = await self._known(conn, tenant_id, listed)
        for row in listed:
            terms = known.get(row["terms_key"])
            if terms is None and row["state"] is not None:
                # Of an earlier release, or it was re-targeted a moment ago.
                terms = terms_of(await conn.fetchval(_TERMS_ALONE, tenant_id, row["id"]))
            found.append(_case_row(row, terms))
            if len(found) % AT_ONCE == 0:
                await asyncio.sleep(0)
        return found

    async def _known(self, conn: Connection, tenant_id: str, rows: Sequence[asyncpg.Record]) -> Mapping[str, Terms]:
        """The terms of these rows by their hash; of one tenant's, nothing of another one's is looked at."""
        wanted = {row["terms_key"]: row["id"] for row in rows if row["terms_key"] is not None}
        missing = [case_id for key, case_id in wanted.items() if (tenant_id, key) not in self._terms]
        read = {row["terms_key"]: row["terms"] for row in (await conn.fetch(TERMS, tenant_id, missing) if missing else ())}
        found = {key: terms_of(text) for key, text in read.items()}
        found |= {key: self._terms[tenant_id, key] for key in wanted if (tenant_id, key) in self._terms}
        for key, terms in found.items():
            self._terms[tenant_id, key] = terms
            self._terms.move_to_end((tenant_id, key))
        while len(self._terms) > KNOWN_TERMS:
            self._terms.popitem(last=False)
        return found


def as_shown(case: Case, external_id: str | None) -> Case:
    """The case as it is shown: where its number was erased nothing leads to it at a payment provider any more."""
    if not case.provider_disputes or not number_erased(external_id):
        return case
    return case.model_copy(update={"provider_disputes": tuple(without_ids(one) for one in case.provider_disputes)})


def _case_row(row: asyncpg.Record, terms: Terms | None) -> CaseRow:
    state = row["state"]
    return CaseRow(
        id=row["id"],
        kind=row["kind"],
        opened_at=row["opened_at"],
        case=as_shown(case_with(state, terms), row["external_id"]) if state else None,
        external_id=row["external_id"],
        source=row["source"],
        turn=row["turn"],
        next_due_at=row["next_due_at"],
        next_clock=row["next_clock"],
        pressing=row["pressing"],
        pressing_at=row["pressing_at"],
        ends_at=row["ends_at"],
        priority=row["priority"],
    )
