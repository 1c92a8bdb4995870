"""Rows of cases, read so that a list costs what it shows: terms, more than half of a case, are decoded once and not a row, and a
case that was listed a moment ago and has not changed since is not decoded again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg

from domain.model.case import Case
from domain.model.facts import Actor
from domain.model.provider_news import without_ids
from domain.model.terms import Terms
from domain.views.case import CaseView, view
from domain.views.references import number_erased
from domain.views.urgency import NO_END
from storage.postgres.pool import Connection
from storage.record.stored_case import case_with, terms_of

KNOWN_TERMS = 256
"""Terms kept by one reader. Cases of one pack, priority and category have the same."""
KNOWN_CASES = 512
"""Cases kept by one reader: a desk looks at the same ones again and again. Some 30 KB each, and"""
KNOWN_VIEWS = 4
"""what so many people see of each."""
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
    views: dict[Actor, CaseView] = field(default_factory=dict, compare=False, repr=False)
    """What has been worked out of this very case already, by who looks at it."""

    def seen_by(self, viewer: Actor) -> CaseView:
        """The case as a list shows it to somebody who may see it: :func:`domain.views.case.view` without what they may do. It
        follows from the case and the viewer alone, so it is worked out once for as long as neither changes."""
        assert self.case is not None, "what is shown was opened"
        found = self.views.get(viewer)
        if found is None:
            if len(self.views) >= KNOWN_VIEWS:
                self.views.clear()
            found = self.views[viewer] = view(self.case, viewer, with_actions=False)
        return found

    @property
    def place(self) -> tuple[int, datetime, str]:
        """Its place in a list that begins with the most pressing case."""
        return self.pressing, self.pressing_at, self.id


@dataclass(frozen=True, slots=True)
class _Known:
    """A case that was decoded before, and what of."""

    state: str
    terms: Terms | None
    case: Case
    views: dict[Actor, CaseView] = field(default_factory=dict)


class CaseRows:
    """Makes cases of the rows of a statement that begins with :data:`storage.views.sql.LISTED_ROWS`."""

    def __init__(self) -> None:
        self._terms: OrderedDict[tuple[str, str], Terms] = OrderedDict()
        self._cases: OrderedDict[tuple[str, str], _Known] = OrderedDict()

    async def read(self, conn: Connection, tenant_id: str, rows: Iterable[asyncpg.Record]) -> list[CaseRow]:
        """The rows as cases, in their order. Whoever asked for less is not kept waiting by a long list."""
        found, listed = [], list(rows)
        known = await self._known(conn, tenant_id, listed)
        for row in listed:
            terms = known.get(row["terms_key"])
            if terms is None and row["state"] is not None:
                # Of an earlier release, or it was re-targeted a moment ago.
                terms = terms_of(await conn.fetchval(_TERMS_ALONE, tenant_id, row["id"]))
            found.append(_case_row(row, self._read(tenant_id, row, terms)))
            if len(found) % AT_ONCE == 0:
                await asyncio.sleep(0)
        return found

    def _read(self, tenant_id: str, row: asyncpg.Record, terms: Terms | None) -> _Known | None:
        """The case of a row, None while it waits. It is the one of the time before where the row says the same, letter by letter,
        under the same terms."""
        state, place = row["state"], (tenant_id, row["id"])
        if state is None:
            return None
        known = self._cases.get(place)
        if known is None or known.state != state or known.terms is not terms:
            known = self._cases[place] = _Known(state, terms, case_with(state, terms))
            if len(self._cases) > KNOWN_CASES:
                self._cases.popitem(last=False)
        self._cases.move_to_end(place)
        return known

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


def _case_row(row: asyncpg.Record, known: _Known | None) -> CaseRow:
    case = as_shown(known.case, row["external_id"]) if known is not None else None
    return CaseRow(
        id=row["id"],
        kind=row["kind"],
        opened_at=row["opened_at"],
        case=case,
        external_id=row["external_id"],
        source=row["source"],
        turn=row["turn"],
        next_due_at=row["next_due_at"],
        next_clock=row["next_clock"],
        pressing=row["pressing"],
        pressing_at=row["pressing_at"],
        ends_at=row["ends_at"],
        priority=row["priority"],
        views=known.views if known is not None and case is known.case else {},
    )
