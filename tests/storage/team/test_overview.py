"""The numbers of the overview read what they show: ten times the cases are no more pages, and each is what its list has."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from storage.team import bulk, overview
from storage.team.overview import PostgresOverview
from storage.views import sql
from storage.views.cases import CaseFilter, conditions
from tests.support.database import Server
from tests.support.worlds import World

pytestmark = pytest.mark.postgres

NOW = datetime(2095, 1, 1, tzinfo=UTC)
MOST = 50
_FILL = """
INSERT INTO cases (tenant, id, kind, phase, category, queue, owner, priority, source, open_command_id, opened_by, report_hash,
    pack, pack_version, state, next_due_at, pressing, pressing_at, ends_at, status)
SELECT $1, 'case_fill-' || n, 'kind_' || n % 3, (ARRAY['review', 'appeal', 'settlement'])[n % 3 + 1], 'general', 'q' || n % 4,
    CASE WHEN n % 5 > 0 THEN 'per_' || n % 5 END, 'normal', 'api', 'cmd_x', 'system', '', 'p', 'v', jsonb_build_object('n', n),
    m.at, n % 4, m.at, CASE WHEN n % 4 IN (1, 2) THEN m.at ELSE '9999-01-01' END, 'open'
FROM generate_series($2::int, $3::int) AS n, LATERAL (SELECT timestamptz '2095-01-01' + n % 977 * interval '1 min' AS at) AS m
"""


def _statements(tenant: str) -> dict[str, tuple[str, tuple[Any, ...]]]:
    phases = ["intake", "settlement", "review", "approval", "ruled", "appealable", "appeal", "closed"]
    stuck = {
        way: sql.listing(conditions(CaseFilter(stuck=way)), None, None, "id DESC", MOST)
        for way in ("any", "letters", "effects", "still")
    }
    ends, values = sql.listing(
        conditions(CaseFilter(status="open", ends_before=NOW + timedelta(days=1))), None, None, sql.ENDS_FIRST, MOST
    )
    return {
        "ending": (overview._ENDS.format(tests="", most=MOST), (tenant, NOW + timedelta(days=1))),
        "cells": (overview._CELLS.format(tests="", most=MOST), (tenant, phases)),
        "queues": (overview._QUEUES.format(tests="", waits=sql.WAITS, most=MOST), (tenant,)),
        "people": (overview._PEOPLE.format(tests="", most=MOST), (tenant,)),
        "what is frozen": (bulk.RUNNING, (tenant, [], None)),
        "the list of what ends": (ends, (tenant, *values)),
        **{f"stuck, {way}": (statement, (tenant, *more)) for way, (statement, more) in stuck.items()},
    }


def _blocks(plan: dict[str, Any]) -> int:
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


async def _read(world: World, server: Server) -> dict[str, int]:
    owner = await asyncpg.connect(server.owner_dsn)
    await owner.execute("VACUUM ANALYZE cases")
    await owner.close()
    found = {}
    async with world.database.tenant(world.tenant_id) as conn:
        for name, (statement, values) in _statements(world.tenant_id).items():
            explained = await conn.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *values)
            found[name] = _blocks(json.loads(explained)[0]["Plan"])
    return found


async def test_ten_times_the_cases_are_no_more_pages(world: World, server: Server) -> None:
    sizes = []
    for first, last in ((1, 2_000), (2_001, 20_000)):
        async with world.database.tenant(world.tenant_id) as conn:
            await conn.execute(_FILL, world.tenant_id, first, last)
        sizes.append(await _read(world, server))
    small, large = sizes
    # An index of ten times as many has one level more, and is walked once for each number.
    more = {name: (small[name], large[name]) for name in small if large[name] > 2 * small[name] + 40}
    assert more == {}


async def test_nothing_is_counted_further_than_is_shown(world: World) -> None:
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute(_FILL, world.tenant_id, 1, 600)
    read = PostgresOverview(world.database)
    assert len(await read.ending(world.tenant_id, NOW + timedelta(days=1), (), MOST)) == MOST
    cells = await read.cells(world.tenant_id, ["review", "appeal", "settlement"], (), MOST)
    assert {cell.cases for cell in cells} == {MOST}
    assert {queue.cases for queue in await read.queues(world.tenant_id, (), MOST)} == {MOST}


async def test_kinds_and_queues_are_all_named(world: World) -> None:
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute(_FILL, world.tenant_id, 1, 24)
    read = PostgresOverview(world.database)
    cells = await read.cells(world.tenant_id, ["review", "appeal", "settlement"], (), MOST)
    assert sum(cell.cases for cell in cells) == 24
    assert {queue.queue: queue.cases for queue in await read.queues(world.tenant_id, (), MOST)} == {f"q{n}": 6 for n in range(4)}
