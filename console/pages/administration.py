"""Administration: people, keys, endpoints, what was done and who read what. For operations, who see it all by services
that ask who they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.responses import Response

from console.kit.refusals import Speaker
from console.kit.visit import Addresses, Visit, to
from console.kit.words import in_words
from services import endpoints, keys, people, readers, trail
from services.errors import Refused
from services.pages import Page
from services.rows import Sought

AT_ONCE = 50
_UNSAID = "–"


@dataclass(frozen=True)
class Deed:
    """Something that can be done to a row, with what it means."""

    address: str
    words: str
    asks: str
    """What is said before it is done."""


@dataclass(frozen=True)
class Line:
    """A row of a table: its cells in the order of the head; a moment is written in the viewer's zone."""

    id: str
    cells: tuple[str | datetime | None, ...]
    state: str = ""
    """``live``, ``ended`` or ``failing``, as an icon and a word."""
    deeds: tuple[Deed, ...] = ()


@dataclass(frozen=True)
class Table:
    """One page of administration."""

    key: str
    heading: str
    about: str
    head: tuple[str, ...]
    lines: Sequence[Line]
    next_cursor: str | None = None


TABLES: Mapping[str, str] = {
    "people": "People",
    "keys": "Keys",
    "endpoints": "Endpoints",
    "trail": "Audit trail",
    "refused": "Not let in",
}
EMPTY: Mapping[str, tuple[str, str]] = {
    "people": ("Nobody works here yet.", "Take somebody on: whoever is to decide needs a role and a queue."),
    "keys": ("There is no key.", "A platform needs one to open cases, a person to use the command line."),
    "endpoints": ("Nobody is told by webhook.", "Add an endpoint, and the platform hears what happens in its cases."),
    "trail": ("Nothing was found.", "Every deed of an administrator stands here from the first one on."),
    "refused": ("Nobody was turned away.", "What is tried at Temporal's own door without a right to it stands here."),
}
"""What is said in the place of a table without lines, and what that means."""
MAKES: Mapping[str, str] = {"people": "Take somebody on", "keys": "Make a key", "endpoints": "Add an endpoint"}
"""What can be made by a page (:mod:`console.pages.making`)."""
_STATES: Mapping[str, tuple[str, str]] = {
    "live": ("circle-check", "in use"),
    "ended": ("circle-pause", "ended"),
    "failing": ("triangle-alert", "failing"),
}


async def show(visit: Visit) -> Response:
    """One of the tables. Raises ``not_allowed`` for whoever may not administer, and ``not_found``."""
    return await _page(visit, None)


async def _page(visit: Visit, refused: Refused | None, key: str | None = None) -> Response:
    key = key or visit.request.path_params.get("table", "people")
    if key not in _READ:
        raise Refused("not_found")
    said = visit.request.query_params
    found = await _READ[key](visit, Page(AT_ONCE, said.get("cursor") or None))
    more = {name: said[name] for name in ("about", "by", "deed") if said.get(name)}
    row = visit.house.problems.get(refused.code) if refused else None
    speaker = Speaker(visit.zones, visit.house.amounts, {})
    return visit.page(
        "administration.html",
        (row.status if row else 422) if refused else 200,
        list="administration",
        tables=TABLES,
        found=found,
        states=_STATES,
        more=f"/administration/{key}?{urlencode({**more, 'cursor': found.next_cursor})}" if found.next_cursor else None,
        sought=said,
        refused=refused,
        why=speaker.refusal(refused, row.advice if row else "") if refused else "",
        done=said.get("done", ""),
        makes=MAKES,
        empty=EMPTY,
    )


async def _people(visit: Visit, page: Page) -> Table:
    found = await people.listed(visit.parts, visit.caller, page)
    lines = [
        Line(
            one.id,
            (one.name, one.id, _words(one.roles), _words(one.queues), str(one.capacity), one.hours or _UNSAID, one.zone),
            "live" if one.deactivated_at is None else "ended",
            (_deed(one.id, "people", "deactivate", "Ends their keys at once and for good; their cases go back to the queues."),)
            if one.deactivated_at is None
            else (_deed(one.id, "people", "activate", "They work here again; keys that have ended stay so."),),
        )
        for one in found.items
    ]
    head = ("Name", "Id", "Roles", "Queues", "Takes", "Shifts", "Zone")
    return _table("people", "Who works here, and who does not any more.", head, lines, found.next_cursor)


async def _keys(visit: Visit, page: Page) -> Table:
    found = await keys.listed(visit.parts, visit.caller, page)
    names = await people.colleagues(visit.parts, visit.caller)
    lines = [
        Line(
            one.id,
            (
                one.name,
                one.id,
                _named(one.person_id, names, "the platform"),
                _words(one.scopes),
                one.created_at,
                one.last_used_at,
                one.expires_at,
            ),
            "live" if one.status == "live" else "ended",
            (_deed(one.id, "keys", "revoke", "It ends at once, with all its secrets, and stays so."),)
            if one.status == "live"
            else (),
        )
        for one in found.items
    ]
    head = ("Name", "Id", "As whom", "Good for", "Made", "Last used", "Expires")
    return _table(
        "keys",
        "What machines and people show who they are with. A secret is shown once, when it is made, and kept nowhere.",
        head,
        lines,
        found.next_cursor,
    )


async def _endpoints(visit: Visit, page: Page) -> Table:
    found = await endpoints.listed(visit.parts, visit.caller, page)
    lines = [
        Line(
            one.id,
            (
                one.url,
                one.id,
                in_words(one.purpose),
                one.created_at,
                one.failing_since,
                in_words(one.disabled_because or _UNSAID),
            ),
            "ended" if not one.active else "failing" if one.failing_since else "live",
            (_deed(one.id, "endpoints", "disable", "Nothing is sent to it until it is switched on again."),)
            if one.active
            else (_deed(one.id, "endpoints", "enable", "What happens from now on is sent to it again."),),
        )
        for one in found.items
    ]
    head = ("Address", "Id", "For", "Made", "Failing since", "Why off")
    return _table("endpoints", "Where events and remedies of this tenant are sent.", head, lines, found.next_cursor)


async def _trail(visit: Visit, page: Page) -> Table:
    said = visit.request.query_params
    sought = Sought(about=said.get("about") or None, by=said.get("by") or None, deed=said.get("deed") or None)
    found = await trail.listed(visit.parts, visit.caller, page, sought)
    names = await people.colleagues(visit.parts, visit.caller)
    lines = [
        Line(
            str(one.seq), (one.at, in_words(one.deed), one.about, _named(one.by, names, one.by), one.credential, _more(one.more))
        )
        for one in found.items
    ]
    head = ("When", "What", "To whom or what", "By", "Credential", "More")
    return _table(
        "trail",
        "What administrators did, each entry chained to the one before; nobody takes one out unseen.",
        head,
        lines,
        found.next_cursor,
    )


async def _refused(visit: Visit, page: Page) -> Table:
    found = await trail.not_let_in(visit.parts, visit.caller, page)
    lines = [
        Line(
            str(one.id),
            (one.last_at, in_words(one.code), in_words(one.type or _UNSAID), one.claimed or _UNSAID, one.case_id, str(one.times)),
        )
        for one in found.items
    ]
    head = ("Last", "Why", "Command", "As whom", "Case", "Times")
    return _table("refused", "What came by Temporal's door and was not let in.", head, lines, found.next_cursor)


async def case_readers(visit: Visit) -> Response:
    """Who read what of a case. Raises ``not_allowed`` for whoever is not of operations, and ``not_found``."""
    case_id = visit.request.path_params["case_id"]
    found = await readers.readers(
        visit.parts, visit.caller, case_id, Page(AT_ONCE, visit.request.query_params.get("cursor") or None)
    )
    names = await people.colleagues(visit.parts, visit.caller)
    lines = [
        Line(
            str(one.id),
            (
                one.at,
                _named(one.who, names, one.who),
                in_words(one.role),
                in_words(one.what),
                in_words(one.why),
                one.reason or _UNSAID,
            ),
        )
        for one in found.items
    ]
    head = ("When", "Who", "As", "What", "By what right", "Reason")
    table = Table(
        "readers",
        "Who read this case",
        "Each reading of its texts, files and people, the newest first.",
        head,
        lines,
        found.next_cursor,
    )
    more = f"/cases/{case_id}/readers?{urlencode({'cursor': found.next_cursor})}" if found.next_cursor else None
    said = {
        "states": _STATES,
        "more": more,
        "sought": {},
        "refused": None,
        "why": "",
        "done": "",
        "case_id": case_id,
        "makes": {},
    }
    return visit.page("administration.html", list="administration", tables={}, empty=EMPTY, found=table, **said)


async def do(visit: Visit) -> Response:
    """Do something to a row, and go back to its table."""
    await visit.form()
    asked = visit.request.path_params
    key = (asked["table"], asked["deed"])
    if key not in _DEEDS:
        raise Refused("not_found")
    try:
        await _DEEDS[key](visit, asked["id"])
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return await _page(visit, refused, asked["table"])
    return to(f"/administration/{asked['table']}?{urlencode({'done': asked['deed']})}")


async def _deactivate(visit: Visit, row: str) -> None:
    await people.deactivate(visit.parts, visit.caller, row)


async def _activate(visit: Visit, row: str) -> None:
    await people.activate(visit.parts, visit.caller, row)


async def _revoke(visit: Visit, row: str) -> None:
    await keys.revoke(visit.parts, visit.caller, row)


async def _endpoint_off(visit: Visit, row: str) -> None:
    await endpoints.disable(visit.parts, visit.caller, row)


async def _endpoint_on(visit: Visit, row: str) -> None:
    await endpoints.enable(visit.parts, visit.caller, row)


_DEEDS: Mapping[tuple[str, str], Callable[[Visit, str], Awaitable[None]]] = {
    ("people", "deactivate"): _deactivate,
    ("people", "activate"): _activate,
    ("keys", "revoke"): _revoke,
    ("endpoints", "disable"): _endpoint_off,
    ("endpoints", "enable"): _endpoint_on,
}
_READ: Mapping[str, Callable[[Visit, Page], Awaitable[Table]]] = {
    "people": _people,
    "keys": _keys,
    "endpoints": _endpoints,
    "trail": _trail,
    "refused": _refused,
}


def _table(key: str, about: str, head: tuple[str, ...], lines: Sequence[Line], cursor: str | None) -> Table:
    return Table(key, TABLES[key], about, head, lines, cursor)


def _deed(row: str, table: str, deed: str, asks: str) -> Deed:
    return Deed(f"/administration/{table}/{row}/{deed}", in_words(deed), asks)


def _words(codes: Sequence[str]) -> str:
    return ", ".join(in_words(code) if ":" not in code else code for code in codes) or _UNSAID


def _named(person_id: str | None, names: Mapping[str, str], otherwise: str) -> str:
    return names.get(person_id, person_id) if person_id else otherwise


def _more(more: Mapping[str, object]) -> str:
    return (
        "; ".join(f"{in_words(name)}: {_said(value)}" for name, value in more.items() if value not in (None, [], "")) or _UNSAID
    )


def _said(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


PAGES: Addresses = [
    ("/administration", ["GET"], show),
    ("/administration/{table}", ["GET"], show),
    ("/administration/{table}/{id}/{deed}", ["POST"], do),
    ("/cases/{case_id}/readers", ["GET"], case_readers),
]
