"""Ways to cases: saved views, which are addresses of the inbox under a name, what is found by its name, and the team."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.responses import Response

from console.kit.visit import Addresses, Visit, to
from console.kit.words import KINDS
from console.pages.listing import listing_of, query_of, titled
from domain.base import Phase
from services import cases, desk, desk_settings, finding, manual_work, mentions, people, references, saved_views, unplaced
from services.cases import Listing
from services.errors import Refused

MANY_MAILS = 1_000


@dataclass(frozen=True)
class Count:
    """A number beside a list."""

    words: str
    overdue: int = 0
    of: str = "case"


async def menu(visit: Visit) -> Response:
    """The lists of the menu, with how much is in each: asked for once the page is there, so that no page waits for it."""
    caller, leads = visit.caller, {"lead", "ops"} & set(visit.person.roles if visit.person else ())
    views = await saved_views.listed(visit.parts, caller)
    counts: dict[str, Count] = {}
    many = saved_views.MOST_COUNTED
    for which in ("mine", "queues"):
        each = await cases.pressing_counts(visit.parts, caller, listing_of(visit, which, {}), many)
        n, late = sum(count.cases for count in each.values()), each["late"].cases
        counts[which] = Count(f"{n}+" if any(count.more for count in each.values()) else str(n), late)
    asked = {"away": listing_of(visit, "away", {})}
    asked |= {phase: Listing(phase=Phase(phase), status="open") for phase in ("approval", "appeal") if leads}
    if leads and (mails := await unplaced.waiting(visit.parts, caller)):
        counts["unplaced"] = Count(str(mails) if mails < MANY_MAILS else f"{MANY_MAILS - 1}+", of="mail")
    asked["by-hand"] = manual_work.LISTING
    for one in views:
        said = dict(parse_qsl(one.query))
        with suppress(Refused):
            asked[one.id] = listing_of(visit, said.get("view", "mine"), said)
    numbers = await saved_views.counted(visit.parts, caller, list(asked.values()))
    counts |= {key: Count(str(n) if n < many else f"{many - 1}+") for key, n in zip(asked, numbers, strict=True)}
    read_at = visit.settings.mentions_read_at
    since = min(mentions.NEW_FOR, visit.zones.now - read_at) if read_at else mentions.NEW_FOR
    if named := len(await mentions.mentions(visit.parts, caller, since)):
        counts["mentions"] = Count(str(named), of="note")
    current = visit.request.query_params.get("current", "")
    return visit.page("menu.html", counts=counts, views=views, current=current)


async def keep(visit: Visit) -> Response:
    """Keep what the list shows, and go on with it."""
    form = await visit.form()
    query = query_of(dict(parse_qsl(form.text("query"))))
    await saved_views.keep(visit.parts, visit.caller, form.text("name"), query, shared="shared" in form)
    return to(f"/inbox?{query}")


async def forget(visit: Visit) -> Response:
    """Forget one of one's own."""
    form = await visit.form()
    await saved_views.forget(visit.parts, visit.caller, form.text("id"))
    return to("/inbox")


async def find(visit: Visit) -> Response:
    """Cases by what they are called. The palette asks the same, and puts it among what can be done."""
    asked = " ".join(visit.request.query_params.get("q", "").split())[: finding.LONGEST]
    found = await finding.found(visit.parts, visit.caller, asked) if asked else ()
    return visit.page("find.html", asked=asked, found=found, icons=KINDS, others=finding.OTHERS)


async def mentioned(visit: Visit) -> Response:
    """The notes that name whoever is signed in, the newest first, each with the way to it."""
    found = await mentions.mentions(visit.parts, visit.caller)
    names = await people.colleagues(visit.parts, visit.caller)
    told = await references.references_of(visit.parts, visit.caller, *{one.seen.id: one.seen for one in found}.values())
    lines = [
        (one, names.get(one.note.actor_id or "", "Somebody"), *titled(one.seen, told.get(one.seen.id)), one.note.data.get("text"))
        for one in found
    ]
    read_at = visit.settings.mentions_read_at
    fresh = sum(
        1 for one in found if visit.zones.now - one.note.at < mentions.NEW_FOR and (read_at is None or one.note.at > read_at)
    )
    return visit.page("mentions.html", lines=lines, list="mentions", days=mentions.KEPT_FOR.days, fresh=fresh)


async def read(visit: Visit) -> Response:
    """What is there by now is read: the menu counts what comes later."""
    await visit.form()
    await desk_settings.change(visit.parts, visit.caller, mentions_read_at=visit.zones.now)
    return to("/mentions")


async def team(visit: Visit) -> Response:
    """What everybody carries, and what they skipped and why. Raises ``not_allowed`` for whoever looks after nobody's work."""
    return visit.page("team.html", team=await desk.team(visit.parts, visit.caller), list="team")


PAGES: Addresses = [
    ("/menu", ["GET"], menu),
    ("/views", ["POST"], keep),
    ("/views/forget", ["POST"], forget),
    ("/find", ["GET"], find),
    ("/mentions", ["GET"], mentioned),
    ("/mentions/read", ["POST"], read),
    ("/team", ["GET"], team),
]
