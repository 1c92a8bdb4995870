"""Every statement of the package is understood by a real server, and the ones that run all the time use their indexes."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

import storage
from storage.intake.inbox import LOOK
from storage.outside.backlog import OLDEST, STUCK
from storage.outside.outbox import UNDELIVERED
from storage.outside.relay import LEFT_ALONE_FOR, WAITING
from storage.record import sql as sql_records
from storage.record.revival import TO_REVIVE
from storage.team.desk import OWN_COUNTS, QUEUE_COUNTS, TAKEABLE
from storage.team.desk import WAITING as WAITING_CASES
from storage.team.live import LOOK_BACK, MOVED, MOVED_SINCE
from storage.team.roster import CANDIDATES, COLLEAGUES
from storage.views import sql as sql_views
from storage.views.cases import CaseFilter, conditions
from storage.views.references import PEOPLE, TOLD
from tests.support.database import Server
from tests.support.worlds import World

pytestmark = pytest.mark.postgres

_VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
NOW = datetime(2025, 1, 1, tzinfo=UTC)


def statements() -> Iterator[tuple[str, str]]:
    """Every constant of the package that is a whole statement."""
    for module in pkgutil.walk_packages(storage.__path__, "storage."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if (
                name.isupper()
                and isinstance(value, str)
                and value.split()[:1]
                and value.split()[0] in _VERBS
                and "{" not in value
            ):
                yield f"{module.name}.{name}", value


async def test_every_statement_prepares(server: Server) -> None:
    conn = await asyncpg.connect(server.app_dsn)
    names = []
    for name, statement in statements():
        try:
            await conn.prepare(statement)
        except asyncpg.PostgresError as error:
            raise AssertionError(f"{name}: {error}") from error
        names.append(name)
    await conn.close()
    assert len(names) > 60


async def test_every_part_of_a_write_prepares_alone_and_with_all_others(server: Server) -> None:
    conn = await asyncpg.connect(server.app_dsn)
    rest = tuple(part for part in sql_records.PARTS if part not in ("turn", "projection"))
    for parts in (("turn",), ("projection", *rest), *(("projection", part) for part in rest)):
        await conn.prepare(sql_records.write(parts))
    await conn.close()


FILTERS = [
    CaseFilter(),
    CaseFilter("fraud_report", ("review", "appeal"), "open", owner="per_mia", queue="bounty", due_before=NOW, party="pty_1"),
    CaseFilter(phases=()),
    CaseFilter(campaign="cmp_1"),
    CaseFilter(source="api", external_id="R-1", category="scope", priority="high"),
    CaseFilter(opened_after=NOW, opened_before=NOW, closed_after=NOW, closed_before=NOW),
    CaseFilter(updated_after=NOW, updated_before=NOW, told_after=NOW, told_before=NOW),
]
DIGESTS = {"party_ref": "of a ref", "matter_digest =": "of a matter"}


@pytest.mark.parametrize("which", FILTERS)
async def test_every_list_prepares(server: Server, which: CaseFilter) -> None:
    conn = await asyncpg.connect(server.app_dsn)
    for cursor, after in ((None, None), ("id < {}", "case_1"), (sql_views.AFTER, (1, NOW, "case_1"))):
        statement, arguments = sql_views.listing({**conditions(which), **DIGESTS}, cursor, after, sql_views.PRESSING_FIRST, 50)
        assert len((await conn.prepare(statement)).get_parameters()) == 1 + len(arguments)
    await conn.close()


# 12,000 cases, each with a command, a deadline and a notice: enough for the planner to prefer an index where there is one.
_FILL = """
INSERT INTO cases (tenant, id, kind, category, queue, owner, priority, source, open_command_id, opened_by, report_hash, pack,
    pack_version, state, next_due_at, pressing, pressing_at, status,
    external_id, matter_digest, opened_at, updated_at, platform_updated_at, closed_at)
SELECT $1, 'case_fill-' || n, 'bounty_dispute', 'general', 'q' || n % 20, 'per_' || n % 50, 'normal', 'api', 'cmd_x', 'system',
    '', 'p', 'v', '{}', m.at, n % 4, m.at, CASE WHEN n % 3 = 0 THEN 'open' ELSE 'closed' END,
    'R-' || n, 'matter ' || n, m.at, m.at, m.at, m.at
FROM generate_series(1, 12000) AS n, LATERAL (SELECT timestamptz '2025-01-01' + n * interval '1 min' AS at) AS m
"""
_FILL_PEOPLE = """
WITH made AS (
    INSERT INTO keys (tenant, id, case_id, holder, wrapped)
    SELECT $1, 'dek_' || n, 'case_fill-' || n, 'pty_' || n, '' FROM generate_series(1, 12000) AS n
)
INSERT INTO parties (tenant, id, case_id, side, role, ref_digest, contact, key_id, has_email, locale, zone)
SELECT $1, 'pty_' || n, 'case_fill-' || n, 'claimant', 'principal', 'ref ' || n, '', 'dek_' || n, false, 'en', 'UTC'
FROM generate_series(1, 12000) AS n
"""
_FILL_COMMANDS = """
INSERT INTO commands (tenant, case_id, id, type, actor_id, channel, received_at, body, status, answer)
SELECT $1, 'case_fill-' || n % 12000 + 1, 'cmd_fill-' || n, 'note', 'per_1', 'api',
    timestamptz '2025-01-01' + n * interval '1 s', '{}',
    CASE WHEN n % 100 = 0 THEN 'pending' ELSE 'accepted' END, CASE WHEN n % 100 = 0 THEN NULL ELSE '{}'::jsonb END
FROM generate_series(1, 24000) AS n
"""
_FILL_DEADLINES = """
INSERT INTO deadlines (tenant, case_id, clock, instance, level, count, due_at)
SELECT $1, 'case_fill-' || n, 'ruling', 1, 'breach', 0, timestamptz '2095-01-01' + n * interval '1 min'
FROM generate_series(1, 12000) AS n
"""
_FILL_NOTICES = """
INSERT INTO notices (tenant, id, case_id, seq, event, audience, recipient, channel, data, texts, state)
SELECT $1, 'ntc_' || n, 'case_fill-' || n, 1, 'case_opened', 'claimant', 'pty_' || n, 'email', '{}', '{}',
    CASE WHEN n % 100 = 0 THEN 'pending' ELSE 'sent' END
FROM generate_series(1, 12000) AS n
"""


async def test_what_runs_all_the_time_never_reads_a_whole_table(world: World, server: Server) -> None:
    tenant, case = world.tenant_id, "case_fill-300"
    listed, arguments = sql_views.listing(
        conditions(CaseFilter(queue="q7", status="open")), None, None, sql_views.PRESSING_FIRST, 50
    )
    counts = {
        f"counts of {name}": sql_views.counting(conditions(replace(which, status="open")), 1000)
        for name, which in (
            ("all", CaseFilter()), ("a queue", CaseFilter(queue="q7")), ("a kind", CaseFilter(kind="bounty_dispute")),
            ("what is somebody's", CaseFilter(within=("q7", "per_7"))),
        )
    }  # fmt: skip
    late = NOW + timedelta(minutes=11_990)
    asked: dict[str, dict[str, Any]] = {
        "external id": conditions(CaseFilter(external_id="R-77")),
        "matter": {**conditions(CaseFilter()), "matter_digest =": "matter 77"},
        "party": {**conditions(CaseFilter()), "party_ref": "ref 77"},
        "opened": conditions(CaseFilter(opened_after=late)),
        "closed": conditions(CaseFilter(closed_after=late)),
        "updated": conditions(CaseFilter(updated_after=late)),
        "told": conditions(CaseFilter(told_after=late)),
    }
    found = {name: sql_views.listing(wanted, None, None, "id DESC", 50) for name, wanted in asked.items()}
    hot: dict[str, tuple[str, tuple[Any, ...]]] = {
        "read": (sql_records.READ, (tenant, case, None, ["cmd_fill-1"], 51)),
        "look": (LOOK, (tenant, case, "cmd_fill-1", "a key", "per_mia")),
        "undelivered": (UNDELIVERED, (tenant, case, 50)),
        "waiting": (WAITING, (tenant, timedelta(seconds=2), 100, LEFT_ALONE_FOR)),
        "to revive": (TO_REVIVE, (tenant, "", None, timedelta(minutes=1))),
        "stuck": (STUCK, (tenant, 8, 50)),
        "oldest": (OLDEST, (tenant,)),
        "candidates": (CANDIDATES, (tenant, "bounty", NOW)),
        "colleagues": (COLLEAGUES, (tenant, ["per_mia"], ["lead", "ops"], NOW, "bounty")),
        "desk": (WAITING_CASES, (tenant, ["q7", "q8"], 50, None, None, None, [])),
        "page of the desk": (WAITING_CASES, (tenant, ["q7", "q8"], 50, 1, NOW, "case_1", ["digest"])),
        "take next": (TAKEABLE, (tenant, ["q7", "q8"], 100, "per_mia", timedelta(hours=8))),
        "own counts": (OWN_COUNTS.format(""), (tenant, "per_7")),
        "queue counts": (QUEUE_COUNTS.format(""), (tenant, ["q7", "q8"])),
        "moved": (MOVED, (tenant, LOOK_BACK, 2000)),
        "moved since": (MOVED_SINCE, (tenant, late, 2000)),
        "queue": (listed, (tenant, *arguments)),
        "case": (sql_views.CASE, (tenant, case)),
        "timeline": (sql_views.TIMELINE, (tenant, case, 0, 100)),
        "references": (TOLD, (tenant, [case])),
        "people": (PEOPLE, (tenant, [case])),
        **{name: (statement, (tenant, *values)) for name, (statement, values) in counts.items()},
        **{name: (statement, (tenant, *values)) for name, (statement, values) in found.items()},
    }
    async with world.database.tenant(tenant) as conn:
        for fill in (_FILL, _FILL_PEOPLE, _FILL_COMMANDS, _FILL_DEADLINES, _FILL_NOTICES):
            await conn.execute(fill, tenant)
    conn = await asyncpg.connect(server.owner_dsn)
    await conn.execute("ANALYZE")
    await conn.close()
    async with world.database.tenant(tenant) as conn:
        for name, (statement, values) in hot.items():
            async with conn.transaction():
                plan = await conn.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *values)
            scanned = {node["Relation Name"] for node in nodes(json.loads(plan)[0]["Plan"]) if node["Node Type"] == "Seq Scan"}
            # Whole rows of a hundred cases are as cheap by a hash join here, where a case is a few bytes.
            few = {"cases"} if name in ("waiting", "to revive", "stuck") else set()
            assert not scanned & ({"cases", "commands", "deadlines", "notices", "parties"} - few), (name, plan)
            if name in counts:
                # In the order of an index that knows the state: no more is read than is counted.
                assert any(one.startswith("cases_open_by_") for one in _indexes(plan)), (name, plan)
                assert "cases_pkey" not in _indexes(plan) or "somebody" in name, (name, plan)
            if name in asked:
                # Found by what was asked for, and not by looking through all cases from the newest on.
                assert "cases_pkey" not in _indexes(plan) or name == "party", (name, plan)


def _indexes(plan: str) -> set[str]:
    return {node["Index Name"] for node in nodes(json.loads(plan)[0]["Plan"]) if "Index Name" in node}


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)
