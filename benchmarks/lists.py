"""What a list costs: `python -m benchmarks.lists [--cases 100000]`. Against a bare page, and many cases against a few.

Harbor's cases are judged, and read with everything that belongs to them. The many are copies of their rows, made by the database
in its own throwaway folder. Names of parties and notes of the platform are left out of those: what fifty cases cost is measured
among Harbor's own, and the copies are there to be looked through.
"""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter, process_time

import asyncpg
import httpx2
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from api.app import create_app
from benchmarks.figures import Figure
from benchmarks.house import a_stack, measured_alone
from cli.kit.compose import api_parts
from cli.kit.pages import house_of
from cli.seed.harbor import LEAD, TENANT
from cli.seed.plan import HARBOR
from cli.seed.sowing import sow
from console.app import create_console
from runtime.memory import spare_what_stays
from runtime.places import Places
from runtime.settings import Settings
from services.parts import Parts
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.tenants import PostgresTenants

MEDIATOR = "per_jonah"
SMALL = 1_000
OF_LIST = "50 cases of a list, read with everything that belongs to them"
OF_PAGE = "50 cases of a page of the inbox"
LIST_GOAL = 12
"""Milliseconds of processor time of the process, for fifty cases."""
FIRST = "inbox, all, most urgent first"
LISTS = {
    FIRST: (LEAD, "/v1/cases?limit=50&sort=due"),
    "inbox, all, newest first": (LEAD, "/v1/cases?limit=50"),
    "inbox, a mediator's queues": (MEDIATOR, "/v1/cases?limit=50&sort=due"),
    "by phase": (LEAD, "/v1/cases?limit=50&phase=approval"),
    "by category": (LEAD, "/v1/cases?limit=50&category=threats"),
    "by owner": (LEAD, f"/v1/cases?limit=50&owner={MEDIATOR}"),
    "the desk with its counts": (MEDIATOR, "/v1/desk?limit=25"),
}
FIRST_LOOK = "first look"
"""After a list's name: each of its cases has changed since somebody looked at it last."""
OVERVIEW = "the overview of the day"
OVERVIEW_GOAL = 150
"""Milliseconds: it shows what thirty lists show."""
PAGES = {
    "page of the inbox: mine": (MEDIATOR, "/inbox?view=mine"),
    "page of the inbox: my queues": (MEDIATOR, "/inbox?view=queues"),
    "page of the inbox: all that a mediator may see": (MEDIATOR, "/inbox?view=all"),
    "page of the inbox: all of the company, a lead": (LEAD, "/inbox?view=all"),
    "page of the inbox: of one kind": (LEAD, "/inbox?view=all&kind=payment_dispute"),
    "the menu with its numbers": (LEAD, "/menu"),
    OVERVIEW: (LEAD, "/today"),
    "page of the inbox: second looks": (LEAD, "/inbox?view=all&phase=approval"),
}
"""The console's. The first ones are made of cases with names and notes: the copies fall due later."""
URL = "http://bench.example"
_BLOCKS = "SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()"
_BARE = Environment(autoescape=True).from_string("<!doctype html><title>{{ said }}</title><p>{{ said }}</p>")
_ADDRESS = re.compile(r"""(?:href|src)="(/static/[^"#]+)|url\(["']?(/static/[^"')]+)""")
_MOVED_ON = """
UPDATE cases SET state = state || jsonb_build_object('updated_at', to_jsonb(clock_timestamp())) WHERE tenant = $1 AND id IN (
    (SELECT id FROM cases WHERE tenant = $1 AND status = 'open' ORDER BY pressing, pressing_at, id LIMIT $2)
    UNION (SELECT id FROM cases WHERE tenant = $1 ORDER BY id DESC LIMIT $2))
"""
_LEFT_OUT = (
    "id",
    "external_id",
    "open_key",
    "metadata",
    "metadata_key",
    "report_content",
    "state",
    "next_due_at",
    "pressing_at",
    "ends_at",
)
_COPY = """
INSERT INTO cases (id, external_id, state, next_due_at, pressing_at, ends_at, {columns})
SELECT c.made, c.made, c.state || jsonb_build_object('id', c.made), c.later,
    CASE WHEN c.pressing < 3 THEN c.pressing_at + c.shift ELSE c.pressing_at END,
    CASE WHEN c.ends_at < '9000-01-01' THEN c.ends_at + c.shift ELSE c.ends_at END, {values}
FROM (
    SELECT o.*, greatest(o.next_due_at, now()) + m.shift AS later, m.shift,
        'case_' || gen_random_uuid() AS made
    FROM cases o CROSS JOIN generate_series(1, $2::int) AS n
    CROSS JOIN LATERAL (SELECT n * interval '1 second' + (1 + 6 * random()) * interval '1 day' AS shift) AS m
    WHERE o.tenant = $1 AND o.status = 'open' AND o.external_id LIKE 'HBR-%'
) AS c
"""


async def _bare(_: Request) -> HTMLResponse:
    return HTMLResponse(_BARE.render(said="Nothing"))


bare_page = Starlette(routes=[Route("/", _bare)])
"""What everything is compared with: a page of the same framework and the same templates that reads nothing."""
BARE_PAGE = f"{__name__}:bare_page"
"""Where a server finds it."""


@dataclass(frozen=True)
class Timed:
    """What one page took, in milliseconds."""

    p50: float
    p95: float
    cpu: float
    """Of this process alone, without the database's."""
    cpu95: float
    """Which another process on the same machine makes no longer."""


async def timed(
    ask: Callable[[], Awaitable[object]], rounds: int, before: Callable[[], Awaitable[object]] | None = None
) -> Timed:
    """The same page again and again, after it was read twice; ``before`` each is done what is not measured."""
    for _ in range(2):
        await ask()
    took, worked = [], []
    for _ in range(rounds):
        if before is not None:
            await before()
        at, worked_at = perf_counter(), process_time()
        await ask()
        took.append((perf_counter() - at) * 1000)
        worked.append((process_time() - worked_at) * 1000)
    return Timed(median(took), quantiles(took, n=20)[-1], sum(worked) / rounds, quantiles(worked, n=20)[-1])


async def filled(places: Places, wanted: int) -> int:
    """Copies of the open cases until there are so many open ones."""
    conn = await asyncpg.connect(places.database_owner_url)
    await conn.execute("SET synchronous_commit = off")
    await conn.execute("SELECT set_config('ombud.tenant', $1, false)", TENANT)
    names = await conn.fetch("SELECT column_name FROM information_schema.columns WHERE table_name = 'cases'")
    columns = sorted(name for (name,) in names if name not in _LEFT_OUT)
    there = "SELECT count(*), count(*) FILTER (WHERE external_id LIKE 'HBR-%') FROM cases WHERE tenant = $1 AND status = 'open'"
    (row,) = await conn.fetch(there, TENANT)
    opened, own = row
    copy = _COPY.format(columns=", ".join(columns), values=", ".join(f"c.{name}" for name in columns))
    if wanted > opened:
        await conn.execute(copy, TENANT, -(-(wanted - opened) // own), timeout=3600)
    # Rows of a commit that is not on disk yet are visible to nobody's map: vacuumed before, every index alone would be read with
    # its rows.
    await conn.execute("SET synchronous_commit = on")
    await conn.execute("ANALYZE cases")
    await conn.execute("VACUUM cases")
    opened = await conn.fetchval(there, TENANT)
    await conn.close()
    return int(opened)


async def moved_on(places: Places, cases: int) -> None:
    """The most pressing cases, and the newest ones, have changed: whoever looks at them sees something new."""
    conn = await asyncpg.connect(places.database_owner_url)
    try:
        await conn.execute("SELECT set_config('ombud.tenant', $1, false)", TENANT)
        await conn.execute(_MOVED_ON, TENANT, cases)
    finally:
        await conn.close()


async def keys_of(places: Places) -> dict[str, str]:
    """A key of each person who asks."""
    vault = Vault.from_text(places.master_key)
    async with await Database.connect(places.database_url, admin_dsn=places.database_admin_url, max_size=2) as database:
        tenants = PostgresTenants(database, vault)
        made = {who: await tenants.create_key(TENANT, name="bench", person_id=who) for who in (LEAD, MEDIATOR)}
    return {who: secret for who, (_, secret) in made.items()}


async def measured(settings: Settings, places: Places, keys: Mapping[str, str], rounds: int) -> dict[str, Timed]:
    """Each list, and the bare page under the name of nothing."""
    found: dict[str, Timed] = {}
    async with api_parts(settings, places) as parts:
        # As processes that serve do.
        spare_what_stays()
        transport = httpx2.ASGITransport(app=create_app(parts, public_url=URL))
        async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:

            async def ask(path: str, who: str) -> None:
                answer = await client.get(path, headers={"Authorization": f"Bearer {keys[who]}"})
                assert answer.status_code == 200, f"{path}: {answer.text}"

            found[""] = await timed(lambda: ask("/v1/healthz", LEAD), rounds)
            for name, (who, path) in LISTS.items():
                found[name] = await timed(lambda path=path, who=who: ask(path, who), rounds)  # type: ignore[misc]  # bound per round
            who, path = LISTS[FIRST]
            found[f"{FIRST}, {FIRST_LOOK}"] = await timed(lambda: ask(path, who), rounds, lambda: moved_on(places, 60))
        found |= await pages_measured(settings, parts, rounds)
    return found


async def pages_measured(settings: Settings, parts: Parts, rounds: int) -> dict[str, Timed]:
    """Each page of the inbox, and a bare page of the same framework under the name of ``/``."""
    found: dict[str, Timed] = {}

    transport = httpx2.ASGITransport(app=bare_page)
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
        found["/"] = await timed(lambda: client.get("/"), rounds)
    for name, (who, path) in PAGES.items():
        async with signed_in(settings, parts, who) as browser:

            async def ask(browser: httpx2.AsyncClient = browser, path: str = path) -> None:
                answer = await browser.get(path)
                assert answer.status_code == 200, f"{path}: {answer.text}"

            found[name] = await timed(ask, rounds)
    return found


async def blocks_read(settings: Settings, places: Places, *names: str, rounds: int = 10) -> float:
    """How much of the database one of each of these pages reads, in blocks of 8 KB, in memory or not: whatever else runs."""
    pages = [PAGES[name] for name in names]
    conn = await asyncpg.connect(places.database_owner_url)
    try:
        async with api_parts(settings, places) as parts, AsyncExitStack() as open_:
            browsers = {who: await open_.enter_async_context(signed_in(settings, parts, who)) for who in (LEAD, MEDIATOR)}
            seen = []
            # The first pages plan their statements.
            for again in (8, rounds):
                for _ in range(again):
                    for who, path in pages:
                        await browsers[who].get(path)
                # A connection hands its numbers over when it has rested for ten seconds.
                await asyncio.sleep(11)
                await conn.execute("SELECT pg_stat_clear_snapshot()")
                seen.append(await conn.fetchval(_BLOCKS))
        return float(seen[1] - seen[0]) / rounds
    finally:
        await conn.close()


@asynccontextmanager
async def signed_in(settings: Settings, parts: Parts, who: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser in which somebody of Harbor is signed in."""
    house = house_of(settings.model_copy(update={"public_url": URL}), parts)
    transport = httpx2.ASGITransport(app=create_console(house))
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as browser:
        sent = {"Origin": URL, "Sec-Fetch-Site": "same-origin"}
        answer = await browser.post("/sign-in/development", data={"who": f"{TENANT}/{who}"}, headers=sent)
        assert answer.status_code == 303, answer.text
        yield browser


async def weight(browser: httpx2.AsyncClient, path: str) -> int:
    """What a first visit to a page brings along, in bytes on the wire: the page, styles, scripts, icons and fonts."""
    answer = await browser.get(path)
    total, waiting, seen = answer.num_bytes_downloaded, _ADDRESS.findall(answer.text), set[str]()
    while waiting:
        address = "".join(waiting.pop())
        if address in seen:
            continue
        seen.add(address)
        asset = await browser.get(address)
        assert asset.status_code == 200, address
        total += asset.num_bytes_downloaded
        waiting += _ADDRESS.findall(asset.text) if address.endswith(".css") else []
    return total


def of_fifty(small: Mapping[str, Timed]) -> list[Figure]:
    """What fifty cases cost, in a list and on a page."""
    bare, first, anew = small[""], small[FIRST], small[f"{FIRST}, {FIRST_LOOK}"]
    page, section = small["page of the inbox: all of the company, a lead"], OF_LIST
    return [
        Figure(section, "processor time, as a multiple of a bare page's", first.cpu / bare.cpu, "×"),
        Figure(section, "processor time of the process", first.cpu, "ms", LIST_GOAL),
        Figure(section, "processor time when every one of them has changed since", anew.cpu, "ms", LIST_GOAL),
        Figure(OF_PAGE, "processor time, as a multiple of a bare page's", page.cpu / small["/"].cpu, "×"),
        Figure(OF_PAGE, "processor time of the process", page.cpu, "ms"),
    ]


async def few(rounds: int, say: Callable[[str], None]) -> list[Figure]:
    """In a stack of its own: of Harbor alone, what fifty cases cost."""
    async with a_stack(say) as (settings, places, _):
        await sow(places, settings, cases=HARBOR)
        say("lists and pages of fifty cases")
        return of_fifty(await measured(settings, places, await keys_of(places), rounds))


async def figures(cases: int, rounds: int, say: Callable[[str], None]) -> list[Figure]:
    """In a stack of its own: Harbor alone, a thousand open cases, and all that were asked for."""
    async with a_stack(say) as (settings, places, _):
        await sow(places, settings, cases=HARBOR)
        keys = await keys_of(places)
        say("Harbor alone")
        found = of_fifty(await measured(settings, places, keys, rounds))
        some = await filled(places, SMALL)
        say(f"{some} open cases")
        before = await measured(settings, places, keys, rounds)
        read_before, of_overview_before = (
            await blocks_read(settings, places, *PAGES),
            await blocks_read(settings, places, OVERVIEW),
        )
        many = await filled(places, cases)
        say(f"{many} open cases")
        after = await measured(settings, places, keys, rounds)
        read, of_overview = await blocks_read(settings, places, *PAGES), await blocks_read(settings, places, OVERVIEW)
        section = f"{many:,} open cases"
        found.append(Figure(section, "one of each page: blocks of the database that are read", read, ""))
        found.append(Figure(section, f"one of each page: blocks, against {some:,} open ones", read / read_before, "×"))
        found.append(Figure(section, f"{OVERVIEW}: blocks of the database that are read", of_overview, ""))
        found.append(Figure(section, f"{OVERVIEW}: blocks, against {some:,} open ones", of_overview / of_overview_before, "×"))
        async with api_parts(settings, places) as parts, signed_in(settings, parts, LEAD) as browser:
            weighs = await weight(browser, PAGES["page of the inbox: all of the company, a lead"][1])
        found.append(Figure(OF_PAGE, "on the wire, with styles, scripts, icons and fonts", weighs, "B", 100_000))
        for name in (*LISTS, *PAGES):
            found.append(Figure(section, f"{name}: p95", after[name].p95, "ms", OVERVIEW_GOAL if name == OVERVIEW else 100))
            found.append(Figure(section, f"{name}: p95 of processor time", after[name].cpu95, "ms"))
            found.append(Figure(section, f"{name}: against {some:,} open ones", after[name].p50 / before[name].p50, "×"))
        return found


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.lists", description=__doc__)
    reader.add_argument("--cases", type=int, default=100_000)
    reader.add_argument("--rounds", type=int, default=40)
    asked = reader.parse_args()
    measured_alone(lambda say: figures(asked.cases, asked.rounds, say))


if __name__ == "__main__":
    main()
