"""Open pages hear that something is new: one stream a page (server-sent events), which says that there is news and not what.

The page then reads anew what it shows, by the way on which everything is checked; whoever may not see a case hears nothing of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from console.kit.visit import Addresses, Visit
from services import cases, live, people, sessions
from services.cases import Seen
from services.errors import Refused
from services.live import BEAT, Follower
from services.rows import Doing

LIST_EVERY = 15.0
"""Seconds between two news of a list at least: where much happens, a list that moves all the time is read by nobody, and reading
it anew for each open page costs more than all the rest."""
_MARGIN = timedelta(seconds=2)
"""A page was read a moment before its own time says so."""
_LEAVING = set[asyncio.Task[None]]()


@dataclass(frozen=True)
class Live:
    """How a page hears of news."""

    stream: str
    again: str | None = None
    """Where it reads itself anew; None: a page on which somebody writes is left as it is, and says what is new."""


def of_case(seen: Seen, doing: Doing, again: str | None = None) -> Live:
    """For a page about a case."""
    return Live(f"/live?{urlencode({'case': seen.id, 'turn': seen.row.turn, 'doing': doing})}", again)


def of_list(visit: Visit, again: str) -> Live:
    """For a list."""
    return Live(f"/live?{urlencode({'at': visit.zones.now.isoformat()})}", again)


async def stream(visit: Visit) -> Response:
    """News for as long as the page is open, and its session lasts."""
    said = visit.request.query_params
    seen, doing, behind = None, _doing(said.get("doing")), False
    if "case" in said:
        seen = await cases.find(visit.parts, visit.caller, said["case"])
        behind = said.get("turn") != str(seen.row.turn)
    elif (at := _instant(said.get("at"))) is not None:
        behind = await live.new_since(visit.parts, visit.caller, at - _MARGIN)
    # As it comes: no proxy may gather it.
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_told(visit, seen, doing, behind), media_type="text/event-stream", headers=headers)


async def _told(visit: Visit, seen: Seen | None, doing: Doing, behind: bool) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    async with visit.house.watch.following(visit.caller.tenant_id) as follower:
        if behind:
            yield _event("news")
        told = _of_case(visit, follower, seen, doing) if seen is not None else _of_list(visit, follower)
        async for name in told:
            yield _event(name) if name else ":\n\n"


async def _of_case(visit: Visit, follower: Follower, seen: Seen, doing: Doing) -> AsyncIterator[str]:
    try:
        await live.enter(visit.parts, visit.caller, seen, doing)
        while True:
            news = await follower.news(BEAT)
            if follower.over:
                return
            if not await _lasts(visit):
                yield "over"
                return
            if seen.id in news.cases:
                await cases.find(visit.parts, visit.caller, seen.id)
                yield "news"
            yield "present" if seen.id in news.people else ""
            await live.enter(visit.parts, visit.caller, seen, doing)
    except Refused:
        # It is not theirs to see any more: the next look at the page says why.
        yield "news"
    finally:
        # Whoever closes the page interrupts what is here; that they left is noted by somebody else.
        leaving = asyncio.create_task(live.leave(visit.parts, visit.caller, seen, doing))
        _LEAVING.add(leaving)
        leaving.add_done_callback(_LEAVING.discard)


async def _of_list(visit: Visit, follower: Follower) -> AsyncIterator[str]:
    clock = asyncio.get_running_loop().time
    pending, not_before = frozenset[str](), clock()
    while True:
        news = await follower.news(BEAT if not pending else max(not_before - clock(), 0.0))
        pending |= news.cases
        if follower.over:
            return
        if pending and clock() < not_before:
            continue
        if not await _lasts(visit):
            yield "over"
            return
        if await live.open_among(visit.parts, visit.caller, pending):
            not_before = clock() + LIST_EVERY
            yield "news"
        else:
            yield ""
        pending = frozenset()


async def _lasts(visit: Visit) -> bool:
    return await sessions.find(visit.parts, visit.secret, in_use=False) is not None


def _event(name: str) -> str:
    # An event without data is none.
    return f"event: {name}\ndata: {name}\n\n"


def _doing(said: str | None) -> Doing:
    return next((one for one in get_args(Doing) if one == said), "reading")


def _instant(said: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(said or "")
    except ValueError:
        return None
    return at if at.tzinfo else None


async def present(visit: Visit) -> Response:
    """Who else is at the case."""
    seen = await cases.find(visit.parts, visit.caller, visit.request.path_params["case_id"])
    return visit.page("present.html", present=await there(visit, seen))


async def met(visit: Visit, seen: Seen, doing: Doing = "reading") -> list[tuple[str, Doing]]:
    """The others at a case that somebody opens, who is there themselves from now on."""
    await live.enter(visit.parts, visit.caller, seen, doing)
    return await there(visit, seen)


async def there(visit: Visit, seen: Seen) -> list[tuple[str, Doing]]:
    """The others at a case, by name."""
    others = await live.others(visit.parts, visit.caller, seen)
    names = await people.colleagues(visit.parts, visit.caller) if others else {}
    return [(names.get(person, person), doing) for person, doing in others]


PAGES: Addresses = [
    ("/live", ["GET"], stream),
    ("/cases/{case_id}/present", ["GET"], present),
]
