"""How pressing each case is, for rows that an earlier release wrote: its next fact would say it, and lists need it now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from domain.views.urgency import next_end, pressing
from storage.postgres.pool import Database
from storage.record.stored_case import STATE, case_of

UNPLACED = 4
"""Stands in a row that was last written before there was the column. It comes after all states and counts among none."""
NOT_KNOWN = datetime(1, 1, 1, tzinfo=UTC)
"""Stands, the same, where a row does not say yet when its next clock is over."""
_AT_ONCE = 200
_UNPLACED = f"""
SELECT c.id, c.turn, {STATE} AS state FROM cases c
WHERE c.tenant = $1 AND (c.pressing = {UNPLACED} OR c.ends_at = '{NOT_KNOWN:%Y-%m-%d}')
    AND c.state IS NOT NULL AND c.status = 'open' AND c.id > $2
ORDER BY c.id LIMIT {_AT_ONCE}
"""  # noqa: S608 - put together from constants
# What was written in between knows it already.
_PLACE = """
UPDATE cases c SET pressing = f.pressing, pressing_at = f.pressing_at, ends_at = f.ends_at
FROM jsonb_to_recordset($2) AS f (id text, turn bigint, pressing smallint, pressing_at timestamptz, ends_at timestamptz)
WHERE c.tenant = $1 AND c.id = f.id AND c.turn = f.turn
"""


async def place_cases(database: Database) -> int:
    """Work out for every open case of every tenant how pressing it is, where its row does not say so. Answers for how many."""
    placed = 0
    for tenant_id in await database.tenant_ids():
        last = ""
        while True:
            async with database.tenant(tenant_id) as conn:
                rows = await conn.fetch(_UNPLACED, tenant_id, last)
                if not rows:
                    break
                await conn.execute(_PLACE, tenant_id, [_placed(row["id"], row["turn"], row["state"]) for row in rows])
            last, placed = rows[-1]["id"], placed + len(rows)
    return placed


def _placed(case_id: str, turn: int, state: str) -> dict[str, Any]:
    case = case_of(state)
    rank, at = pressing(case)
    return {"id": case_id, "turn": turn, "pressing": rank, "pressing_at": at, "ends_at": next_end(case)}
