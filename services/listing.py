"""Pages of cases and of what happened in one, with cursors that stay right while cases come and go."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from api.bodies.cases import case_body
from api.kit.texts import content_ids, with_texts
from domain.base import Phase
from domain.model.facts import Actor
from domain.rules.visibility import UNTOLD, audience_of, seen_phase
from domain.views.case import may_see
from services.callers import TEAM, Caller, reader, viewer
from services.commands import Seen
from services.errors import FieldError, Refused
from services.parts import Parts
from services.timelines import entries
from storage.views.cases import CaseFilter, CaseRow

_FACTS_AT_ONCE = 500
_PLAIN = re.compile(r"[A-Za-z0-9_.:+-]{1,80}")


@dataclass(frozen=True)
class Page:
    """Which part of a list."""

    limit: int
    cursor: str | None


@dataclass(frozen=True)
class Listing:
    """What the caller asked for."""

    kind: str | None
    phase: Phase | None
    status: Literal["open", "closed"] | None
    owner: str | None
    queue: str | None
    campaign: str | None
    due_before: datetime | None
    sort: Literal["newest", "due"]

    def check(self, viewer: Actor) -> None:
        """Raises ``filter_forbidden`` for somebody who would learn from it what they may not know."""
        if viewer.role in TEAM:
            return
        inside = {name: getattr(self, name) for name in ("owner", "queue", "campaign", "due_before")}
        inside["sort"] = self.sort == "due" or None
        if used := [name for name, value in inside.items() if value is not None]:
            raise Refused(
                "filter_forbidden", errors=[FieldError(name, "filter_forbidden", "For the team only.") for name in used]
            )

    def which(self, viewer: Actor, party: str | None) -> CaseFilter:
        """The filter in the words of the record, whose phases are not always those that the caller sees."""
        phases: tuple[str, ...] | None = None
        if self.phase is not None:
            unseen = UNTOLD if viewer.role not in TEAM and self.phase in (Phase.REVIEW, Phase.APPEAL) else ()
            phases = tuple(sorted({self.phase.value, *(p.value for p in unseen)}))
        return CaseFilter(
            kind=self.kind,
            phases=phases,
            status=self.status,
            owner=self.owner,
            queue=self.queue,
            campaign=self.campaign,
            due_before=self.due_before,
            party=party,
        )


async def page_of_cases(parts: Parts, caller: Caller, listing: Listing, page: Page) -> dict[str, Any]:
    """One page of the cases that the caller may see."""
    looker = await reader(parts, caller)
    listing.check(looker)
    found = await _rows(parts, caller, listing.which(looker, caller.party), listing.sort, page)
    more, shown = len(found) > page.limit, found[: page.limit]
    data = []
    for held in shown:
        actor = await viewer(parts, caller, held.id) if caller.party else looker
        if held.case is None or not may_see(held.case, actor):
            continue
        if listing.phase in (None, seen_phase(held.case, audience_of(actor))):
            data.append(case_body(held, actor))
    last = shown[-1] if more else None
    cursor = _after(listing.sort, last) if last else None
    return {"object": "list", "data": data, "has_more": more, "next_cursor": cursor}


async def _rows(parts: Parts, caller: Caller, which: CaseFilter, sort: str, page: Page) -> Sequence[CaseRow]:
    after = read_cursor(page.cursor, sort, 2 if sort == "due" else 1) if page.cursor else None
    tenant, limit = caller.tenant_id, page.limit + 1
    if sort == "newest":
        return await parts.views.cases(tenant, which, after[0] if after else None, limit)
    return await parts.views.due_first(tenant, which, (_instant(after[1]), after[0]) if after else None, limit)


async def page_of_entries(parts: Parts, caller: Caller, seen: Seen, page: Page) -> dict[str, Any]:
    """One page of what happened. The cursor counts what the caller sees: the facts' own numbers would tell of hidden ones."""
    skip = abs(int(read_cursor(page.cursor, "facts", 1)[0])) if page.cursor else 0
    told = await _told(parts, caller, seen, skip + page.limit + 1)
    shown = told[skip : skip + page.limit]
    more = len(told) > skip + page.limit
    texts = await parts.views.texts(caller.tenant_id, content_ids(shown))
    cursor = cursor_of("facts", str(skip + len(shown))) if more else None
    return {"object": "list", "data": with_texts(shown, texts), "has_more": more, "next_cursor": cursor}


async def _told(parts: Parts, caller: Caller, seen: Seen, most: int) -> list[dict[str, Any]]:
    case, after = seen.held.case, 0
    told: list[dict[str, Any]] = []
    while case is not None and len(told) < most:
        facts = await parts.views.timeline(caller.tenant_id, case.id, after, _FACTS_AT_ONCE)
        told += entries(case, facts, seen.viewer, len(told) + 1)
        if len(facts) < _FACTS_AT_ONCE:
            break
        after = facts[-1].seq
    return told


def _after(sort: str, last: CaseRow) -> str:
    due = last.next_due_at.isoformat() if sort == "due" and last.next_due_at else None
    return cursor_of(sort, last.id, *([due] if due else []))


def cursor_of(*parts: str) -> str:
    """A cursor that says where a page ended, and of which list."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def read_cursor(text: str, sort: str, values: int) -> list[str]:
    """What :func:`cursor_of` wrote. Raises ``cursor_invalid`` for anything else, and for a cursor of another order."""
    rest: list[Any] = []
    try:
        said: list[Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        kind, *rest = said
        good = kind == sort and len(rest) == values and all(isinstance(x, str) and _PLAIN.fullmatch(x) for x in rest)
        if good and sort == "facts":
            int(rest[0])
        if good and sort == "due":
            _instant(rest[1])
    except (ValueError, TypeError, RecursionError):
        good = False
    if not good:
        raise Refused("cursor_invalid", errors=[FieldError("cursor", "cursor_invalid", "Take it from `next_cursor` as it is.")])
    return rest


def in_utc(at: datetime | None) -> datetime | None:
    """The instant in UTC. Raises ``parameter_invalid`` for one that lies outside the calendar there."""
    try:
        return at.astimezone(UTC) if at else None
    except OverflowError:
        wrong = FieldError("due_before", "date_impossible", "The date lies outside the years 1 to 9999 in UTC.")
        raise Refused("parameter_invalid", errors=[wrong]) from None


def _instant(text: Any) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("no zone")
    return at
