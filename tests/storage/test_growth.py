"""Nothing that a page or a list asks of the database grows faster than what it shows: every statement that the API and the
console ask by is noted as they ask it, and asked again of three times as many cases. Compared are pages, not times."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from asyncpg.connection import LoggedQuery

from console.app import SIGNED_IN
from console.pages.administration import MAKES, TABLES
from console.pages.inbox import TITLES
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault
from tests.support.browsing import Lobby
from tests.support.database import Server
from tests.support.leaks import Asker, Planted, a_planted_tenant, operations
from tests.support.office import Office, party
from tests.support.places import ROOT

pytestmark = pytest.mark.postgres

FEW, MANY = 1_050, 3_150
"""Open cases, and as many closed ones. Few are more than any count goes to (`storage.views.sql.COUNTED`)."""
SLACK = 24
"""Pages: an index of more rows is a level higher, and what is read in turn begins on another page."""
OF_ONE = 4
"""So many calls of one statement are asked again: of several people, with several filters."""
A_DAY = datetime.now(UTC) - timedelta(days=1)
LISTS = (
    "", "&sort=due", "&kind=bounty_dispute", "&kind=bounty_dispute&sort=due", "&phase=settlement", "&phase=review&sort=due",
    "&status=open", "&status=closed", "&category=zq0else_category0qz", "&source=api", "&external_id=nothing", "&party_ref=nobody",
    "&matter=nothing", "&queue=mediation", "&queue=mediation&sort=due", "&priority=normal", "&priority=low",
    "&owner=per_ada", "&owner=per_ada&sort=due", "&due_before={day}", "&due_before={day}&sort=due",
    *(f"&{what}_{side}={{day}}" for what in ("opened", "closed", "updated") for side in ("after", "before")),
)  # fmt: skip
INBOX = (
    "", "&kind=bounty_dispute", "&phase=review", "&priority=normal", "&queue=mediation", "&owner=per_ada", "&owner=nobody",
    "&turn=claimant", "&turn=nobody", "&tag=nothing", "&when=due_day", "&when=late_day", "&when=opened_day", "&when=closed_day",
    "&stuck=any", "&stuck=letters", "&stuck=effects", "&stuck=hands", "&stuck=still", "&status=closed", "&order=newest",
    "&clock=late",
)  # fmt: skip
NOT_ASKED = ("/live", "/cases/{case_id}/files/{file_id}/look")
"""A stream; and a page that asks what the file asks."""


_OF_A_QUEUE = "looked for among all that pass the filter: an index of queue and filter together would be written with every step"
GROWS: Mapping[str, str] = {
    "c.priority = $2 AND c.status = 'open' AND c.queue = q.name": _OF_A_QUEUE,
    "c.ends_at < $2 AND c.status = 'open' AND c.queue = q.name": "what ends is counted by state, in the order of the states",
    "AS q (queue) CROSS JOIN LATERAL ( SELECT count(*) AS waiting": "counts what waits to the last one, from an index alone",
    "c.kind = $2 AND c.status = 'open' AND c.queue = q.name": _OF_A_QUEUE,
    "c.closed_at >= $2 AND c.status = 'closed' AND c.queue = q.name": _OF_A_QUEUE,
    "c.category = $2 AND c.queue = q.name": _OF_A_QUEUE,
    "c.priority = $2 AND c.queue = q.name": _OF_A_QUEUE,
}
"""What still reads in proportion to what lies there, and why; never more than that. Nothing is added here: it gets its index."""


@dataclass
class Notes:
    """The statements that were asked, with some of the values that they were asked with."""

    asked: dict[str, dict[str, tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(dict))

    def take(self, query: LoggedQuery) -> None:
        """Note one. What only writes shows nothing to anybody."""
        if query.query.split()[:1] and query.query.split()[0] in ("SELECT", "WITH") and "set_config" not in query.query:
            of_it = self.asked[query.query]
            if len(of_it) < OF_ONE and query.exception is None:
                of_it.setdefault(repr(query.args), tuple(query.args))

    def calls(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        for statement, values in self.asked.items():
            for one in values.values():
                yield statement, one


@asynccontextmanager
async def noted(database: Database, tenant_id: str) -> AsyncIterator[Notes]:
    """What every connection of the pool is asked meanwhile."""
    notes = Notes()
    async with AsyncExitStack() as open_:
        connections = [await open_.enter_async_context(database.tenant(tenant_id)) for _ in range(10)]
        for conn in connections:
            conn.add_query_logger(notes.take)
    yield notes
    async with AsyncExitStack() as open_:
        connections = [await open_.enter_async_context(database.tenant(tenant_id)) for _ in range(10)]
        for conn in connections:
            conn.remove_query_logger(notes.take)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, timedelta):
        return f"'{value.total_seconds()} seconds'"
    if isinstance(value, datetime):
        return f"'{value.isoformat()}'"
    if isinstance(value, dict):
        return _literal(json.dumps(value))
    if isinstance(value, list | tuple | set | frozenset):
        inside = ",".join('"' + str(one).replace("\\", "\\\\").replace('"', '\\"') + '"' for one in value)
        return _literal(f"{{{inside}}}")
    return "'" + str(value).replace("'", "''") + "'"


@dataclass(frozen=True)
class Read:
    """What one call read, and how much it gave."""

    pages: int
    rows: int


async def read_by(conn: Connection, statement: str, values: Sequence[Any]) -> Read:
    """Pages of the database that a call reads, by the plan that the application's own connections have."""
    prepared = await conn.prepare(statement)
    types = ", ".join(
        f"{one.name.removesuffix('[]')}[]" if one.kind == "array" else one.name for one in prepared.get_parameters()
    )
    async with conn.transaction():
        await conn.execute(f"PREPARE asked {f'({types})' if types else ''} AS {statement}")
        try:
            said = f"({', '.join(map(_literal, values))})" if values else ""
            plan = await conn.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE asked {said}")
        finally:
            await conn.execute("DEALLOCATE asked")
    top = json.loads(plan)[0]["Plan"]
    return Read(top["Shared Hit Blocks"] + top["Shared Read Blocks"], top["Actual Rows"])


# A copy of all that belongs to a case: other ids, other people, other moments. What no statement looks at is left out.
_COPIED = """
WITH o AS MATERIALIZED (SELECT o.*, ({row})::text AS copied FROM {table} o WHERE o.tenant = $1 AND o.{by} = $2 LIMIT {most})
INSERT INTO {table} ({columns})
SELECT {columns} FROM (
    SELECT c.* FROM o CROSS JOIN generate_series($3::int, $4::int) AS n
    CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, regexp_replace(regexp_replace(o.copied,
        '((?!cmp|per|key|src|whk|unp|ord|bulk)[a-z]{{3,4}}_(?:[a-z]+-)?)[0-9a-f]{{8}}(?=[-0-9a-f])',
        '\\1' || to_hex(1879048192 - n), 'g'),
        '"[0-9a-f]{{8}}([0-9a-f]{{56}})"', '"' || lpad(to_hex(n), 8, '0') || '\\1"', 'g')::jsonb || {kept}) AS c
) AS made
"""
_AHEAD = ("next_due_at", "pressing_at", "ends_at", "due_at")
_OF_CASES = """jsonb_build_object('terms', NULL, 'terms_key', o.terms_key, 'external_id', NULL, 'open_key', NULL,
    'pressing', 3, 'owner', CASE WHEN n % 4 = 0 THEN 'per_elsewhere_' || n % 500 ELSE o.owner END)"""
_STATE = """jsonb_build_object('state', jsonb_build_object('parties', o.state -> 'parties', 'involved', o.state -> 'involved',
    'holds', '[]'::jsonb, 'seen_at', o.state -> 'seen_at'))"""
_BARE: Mapping[str, str] = {
    "cases": f"to_jsonb(o) - 'terms' - 'state' || {_STATE}",
    "commands": """to_jsonb(o) || jsonb_build_object('body', '{}'::jsonb,
        'answer', CASE WHEN o.answer IS NOT NULL THEN '{}'::jsonb END)""",
    "facts": """to_jsonb(o) || jsonb_build_object('body',
        jsonb_build_object('fact', jsonb_build_object('mentions', o.body #> '{fact,mentions}')))""",
    "notices": "to_jsonb(o) || jsonb_build_object('data', '{}'::jsonb, 'texts', '{}'::jsonb)",
}


async def _tables(conn: Connection) -> list[tuple[str, str, list[str], list[str]]]:
    """Every table with something of a case in it: by which column, its columns, and those of them that are moments."""
    rows = await conn.fetch("""
        SELECT t.relname AS name, array_agg(a.attname::text) FILTER (WHERE a.attidentity = '' AND a.attgenerated = '') AS columns,
            array_agg(a.attname::text) FILTER (WHERE a.atttypid = 'timestamptz'::regtype) AS moments
        FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace GROUP BY t.oid
        HAVING bool_or(a.attname = 'tenant') AND (t.relname = 'cases' OR bool_or(a.attname = 'case_id'))
        ORDER BY t.relname <> 'cases', t.relname <> 'keys', t.oid
    """)
    return [(row["name"], "id" if row["name"] == "cases" else "case_id", row["columns"], row["moments"] or []) for row in rows]


async def fill(server: Server, tenant_id: str, cases: Sequence[str], numbers: range) -> None:
    """Copies of these cases, with all that belongs to them."""
    conn = await asyncpg.connect(server.owner_dsn)
    try:
        await conn.execute("SET synchronous_commit = off")
        await conn.execute("SELECT set_config('ombud.tenant', $1, false)", tenant_id)
        for table, by, columns, moments in await _tables(conn):
            kept = (
                "jsonb_build_object("
                + ", ".join(f"'{one}', o.{one} {'+' if one in _AHEAD else '-'} n * interval '1 minute'" for one in moments)
                + ")"
            )
            statement = _COPIED.format(
                table=table, columns=", ".join(columns), by=by, row=_BARE.get(table, "to_jsonb(o)"),
                most=100 if table == "keys" else 3,
                kept=f"{kept} || {_OF_CASES}" if table == "cases" else kept,
            )  # fmt: skip
            for case_id in cases:
                await conn.execute(statement, tenant_id, case_id, numbers[0], numbers[-1], timeout=300)
        await conn.execute("SET synchronous_commit = on")
        await conn.execute("VACUUM ANALYZE")
    finally:
        await conn.close()


async def _ask_the_api(here: Planted) -> None:
    asker = Asker(here.office)
    viewers = [here.viewer(name, name) for name in ("cleo", "dana", "ada", "mediator", "ina", "platform")]
    viewers.append(here.viewer("claimant", "platform", here.party("claimant")))
    day = A_DAY.isoformat().replace("+00:00", "Z")
    for viewer in viewers:
        for operation in operations(asker.description):
            if operation.method == "GET" and not operation.needed:
                await asker.ask(viewer, "GET", operation.address(here.ids))
        for said in LISTS:
            answer = await asker.ask(viewer, "GET", f"/v1/cases?limit=5{said.format(day=day)}")
            cursor = answer.json().get("next_cursor") if answer.status_code == 200 else None
            if cursor:
                await asker.ask(viewer, "GET", "/v1/cases", params={"cursor": cursor, "limit": 5})
    await asker.http.aclose()


async def _ask_the_console(here: Planted) -> None:
    office = here.office
    lobby = Lobby(office)
    lead = await lobby.signed_in("cleo")
    await lead.open("/packs")
    pack = (ROOT / "policies" / "packs" / "bounty_dispute.yaml").read_text(encoding="utf-8")
    await lead.send("/packs", text=f"{pack}\n# said again\n", reason="Said again", anyway="yes")
    publication = str(lead.page and lead.page.headers["location"]).rpartition("/")[2]
    places = {
        "case_id": [here.ids["case"]], "mail_id": [here.ids["unplaced"]], "order_id": [here.ids["order"]],
        "publication_id": [publication], "campaign_id": [here.ids["campaign"]], "bulk_id": [here.ids["bulk"]],
        "file_id": [here.ids["file"]], "name": ["europe-office"], "id": ["per_ada"],
        "command": ["decline", "extend", "add_party", "assign", "merge"],
    }  # fmt: skip
    paths = [path for module in SIGNED_IN for path, methods, _ in module.PAGES if "GET" in methods and path not in NOT_ASKED]
    for name in ("cleo", "dana", "ada"):
        browser = await lobby.signed_in(name)
        for path in paths:
            tables = {"table": list(MAKES if path.endswith("/new") else TABLES)}
            for address in _addresses(path, {**places, **tables}):
                await browser.open(address)
        for which in TITLES:
            for said in INBOX:
                await browser.open(f"/inbox?view={which}{said}")
        for wanted in ("zq0main", "R-4711", here.ids["case"], here.ids["case"][-8:], "kim@example.org", "user-1"):
            await browser.open(f"/find?q={wanted}")


def _addresses(path: str, places: Mapping[str, Sequence[str]]) -> list[str]:
    found = [path]
    for name, values in places.items():
        found = [one.replace(f"{{{name}}}", value) for one in found for value in (values if f"{{{name}}}" in one else [""])]
    return found


def _too_much(few: Read, many: Read) -> bool:
    """More pages than in proportion to what is shown."""
    shown = max(1.0, many.rows / max(1, few.rows))
    return many.pages > few.pages * 1.5 * shown + SLACK


def _above_linear(few: Read, many: Read) -> bool:
    return many.pages > few.pages * 1.25 * MANY / FEW + SLACK


def _allowed(statement: str) -> bool:
    """Whether a statement is one of :data:`GROWS`."""
    said = " ".join(statement.split())
    return any(mark in said for mark in GROWS)


async def _read(database: Database, tenant_id: str, notes: Notes) -> list[Read]:
    async with database.tenant(tenant_id) as conn:
        return [await read_by(conn, *call) for call in notes.calls()]


async def test_no_statement_of_a_page_or_a_list_reads_more_than_in_proportion_to_what_it_shows(
    database: Database, vault: Vault, server: Server
) -> None:
    office = Office(database, vault, "growth")
    await office.hire()
    here = await a_planted_tenant(office)
    waits = here.cases["else"]["id"]
    closed = await office.desk().opened()
    await office.desk().command(closed["id"], "withdraw", party(closed, "claimant"))
    async with noted(database, office.tenant_id) as notes:
        await _ask_the_api(here)
        await _ask_the_console(here)
    await asyncio.sleep(0)
    assert len(notes.asked) > 120, len(notes.asked)
    await fill(server, office.tenant_id, (waits, closed["id"]), range(1, FEW + 1))
    few = await _read(database, office.tenant_id, notes)
    await fill(server, office.tenant_id, (waits, closed["id"]), range(FEW + 1, MANY + 1))
    many = await _read(database, office.tenant_id, notes)
    grown, above = [], []
    for (statement, values), before, after in zip(notes.calls(), few, many, strict=True):
        told = f"{before} → {after}: {statement}\n{values}"
        if _above_linear(before, after):
            above.append(told)
        if _too_much(before, after) and not _allowed(statement):
            grown.append(told)
    assert above == [], "\n\n".join(above)
    assert grown == [], "\n\n".join(grown)
