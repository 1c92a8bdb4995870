"""What no machine could carry out: who has to get what, in which case, and since when it waits."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from console.kit.visit import Addresses, Visit
from console.kit.words import in_words
from console.pages.export import safe
from console.pages.in_force import before_paying, remedy_words
from console.pages.listing import titled
from domain.model.case import Case
from domain.model.ruling import Effect
from services import people, references
from services.manual_work import Errand, contested, errands
from services.pages import Page

AT_ONCE = 50
_MOST = 2000
_HEAD = ("Number", "Case", "Address", "What", "For whom", "Owner", "Waits since", "In question", "Before paying")


@dataclass(frozen=True)
class Line:
    """Something that waits for somebody's hands, as the list shows it."""

    case_id: str
    effect_id: str
    number: str
    title: str
    what: str
    whom: str
    owner: str
    since: datetime | None
    ended: bool
    contested: bool
    """It was agreed on, and that agreement is in question again."""
    doubt: str
    """What whoever is about to pay should know before; empty: nothing."""


async def show(visit: Visit) -> Response:
    """What waits, a page of it."""
    lines, cursor = await _lines(visit, visit.request.query_params.get("cursor") or None)
    return visit.page("by_hand.html", lines=lines, next_cursor=cursor, list="by-hand")


async def table(visit: Visit) -> Response:
    """All of it as a table for other programs."""
    out = io.StringIO()
    written = csv.writer(out)
    written.writerow(_HEAD)
    cursor, many = None, 0
    while many < _MOST:
        lines, cursor = await _lines(visit, cursor)
        for line in lines:
            address = f"{visit.house.public_url.rstrip('/')}/cases/{line.case_id}"
            since = line.since.astimezone(visit.zones.own).isoformat(timespec="minutes") if line.since else ""
            doubt = "yes" if line.contested else ""
            row = (line.number, line.title, address, line.what, line.whom, line.owner, since, doubt, line.doubt)
            written.writerow([safe(x) for x in row])
        many += len(lines)
        if cursor is None:
            break
    headers = {"Content-Disposition": 'attachment; filename="by-hand.csv"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


async def _lines(visit: Visit, cursor: str | None) -> tuple[Sequence[Line], str | None]:
    found, after = await errands(visit.parts, visit.caller, Page(AT_ONCE, cursor))
    names = await people.colleagues(visit.parts, visit.caller)
    told = await references.named(visit.parts, visit.caller, *{one.seen.id: one.seen for one in found}.values())
    lines = [_line(one, told.get(one.seen.id), names) for one in found]
    return sorted(lines, key=lambda line: (line.since is None, line.since)), after


def _line(errand: Errand, told: references.Told | None, names: Mapping[str, str]) -> Line:
    seen, effect = errand.seen, errand.effect
    assert seen.case is not None, "what is listed was opened"
    number, title = titled(seen, told)
    owner = names.get(seen.case.owner or "", "nobody")
    whom, in_question = _whom(seen.case, effect, told), contested(seen.case, effect)
    return Line(
        seen.id, effect.id, number, title, remedy_words(effect), whom, owner, effect.reported_at, not seen.case.open, in_question,
        before_paying(seen.case, effect),
    )  # fmt: skip


def _whom(case: Case, effect: Effect, told: references.Told | None) -> str:
    """Whose account it is about, by name and side, as the case says it; of a measure, whom it hits."""
    origin = next((one for one in case.effects if one.id == effect.reverses), effect)
    side = effect.remedy.to
    ids = [effect.remedy.party] if effect.remedy.party else origin.hits or [party.id for party in case.principals(side)]
    known = {one.id: one.name or one.ref for one in told.references.parties} if told is not None else {}
    names = " and ".join(name for one in ids if (name := known.get(one)))
    return f"{names} ({side.value})" if names else in_words(side.value)


PAGES: Addresses = [("/by-hand", ["GET"], show), ("/by-hand.csv", ["GET"], table)]
