"""Campaigns: many cases with one cause, under one name, and how they stand together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.base import Instant, Kept
from storage.postgres.pool import Connection, Database
from storage.views.sql import open_to

OPEN = "INSERT INTO campaigns (tenant, id, name, reason, opened_by) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"

# Whoever closed it first has closed it.
CLOSE = """
UPDATE campaigns SET closed_by = $3, closed_at = clock_timestamp() WHERE tenant = $1 AND id = $2 AND closed_at IS NULL
"""

_CAMPAIGN = """
SELECT m.id, m.name, m.reason, m.opened_by, m.opened_at, m.closed_by, m.closed_at,
    count(c.id) FILTER (WHERE c.status = 'open') AS open_cases, count(c.id) FILTER (WHERE c.status = 'closed') AS closed_cases
FROM campaigns m LEFT JOIN cases c ON c.tenant = $1 AND c.campaign = m.id AND NOT c.synthetic
    AND {}
WHERE m.tenant = $1 AND {}
GROUP BY m.tenant, m.id
ORDER BY m.closed_at IS NOT NULL, m.opened_at DESC, m.id
"""

# $2: open ones (true), closed ones (false), or both (null).
LISTED = _CAMPAIGN.format(open_to("$3"), "($2::boolean IS NULL OR (m.closed_at IS NULL) = $2)")

ONE = _CAMPAIGN.format(open_to("$3"), "m.id = $2")

COUNTS = f"""
SELECT status, CASE status WHEN 'open' THEN phase ELSE coalesce(outcome, 'unknown') END AS how, count(*) AS cases
FROM cases c WHERE tenant = $1 AND campaign = $2 AND NOT synthetic AND {open_to("$3")}
GROUP BY status, how
ORDER BY status, how
"""  # noqa: S608 - put together from constants

AT_STAKE = f"""
SELECT state -> 'amount' ->> 'currency' AS currency, sum((state -> 'amount' ->> 'amount')::bigint) AS amount, count(*) AS cases
FROM cases c
WHERE tenant = $1 AND campaign = $2 AND status = 'open' AND NOT synthetic AND state -> 'amount' ->> 'amount' IS NOT NULL
    AND {open_to("$3")}
GROUP BY currency
ORDER BY currency
"""  # noqa: S608 - put together from constants


class Campaign(Kept):
    """A campaign, and how many cases are counted to it; those made for a test are not."""

    id: str
    name: str
    reason: str
    opened_by: str
    opened_at: Instant
    closed_by: str | None
    closed_at: Instant | None
    open_cases: int
    closed_cases: int


class Stake(Kept):
    """The money that the open cases of a campaign are about, in one currency."""

    currency: str
    amount: int
    """In minor units, over all of them."""
    cases: int
    """How many of them are about money of this currency."""


class Summary(Campaign):
    """How the cases of a campaign stand."""

    by_phase: dict[str, int]
    """Of those that are open."""
    by_outcome: dict[str, int]
    """Of those that are closed."""
    at_stake: tuple[Stake, ...]
    """Of those that are open, by currency."""


class PostgresCampaigns:
    """Opens, closes and sums up campaigns. Which case belongs to one is said by the case itself.

    ``closed_to`` are conflicts of interest of whoever reads a sum: the cases that they close are not in it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(
        self, tenant_id: str, campaign_id: str, *, name: str, reason: str, by: str, closed_to: Sequence[str] = ()
    ) -> Summary:
        """Open a campaign. The same id again opens nothing, and answers how the first one stands."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(OPEN, tenant_id, campaign_id, name, reason, by)
            found = await _summary(conn, tenant_id, campaign_id, closed_to)
        assert found is not None, "it was put there just now"
        return found

    async def close(self, tenant_id: str, campaign_id: str, by: str, closed_to: Sequence[str] = ()) -> Summary | None:
        """Close a campaign: no case can be counted to it any more, and those that are stay. None: there is none.

        One that is closed already stays as it was closed.
        """
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(CLOSE, tenant_id, campaign_id, by)
            return await _summary(conn, tenant_id, campaign_id, closed_to)

    async def all(self, tenant_id: str, *, is_open: bool | None = None, closed_to: Sequence[str] = ()) -> Sequence[Campaign]:
        """The campaigns, open ones first, the newest first of each."""
        async with self._database.tenant(tenant_id) as conn:
            return [Campaign(**dict(row)) for row in await conn.fetch(LISTED, tenant_id, is_open, list(closed_to))]

    async def summary(self, tenant_id: str, campaign_id: str, closed_to: Sequence[str] = ()) -> Summary | None:
        """How the cases of one campaign stand; None: there is no such campaign."""
        async with self._database.tenant(tenant_id) as conn:
            return await _summary(conn, tenant_id, campaign_id, closed_to)


async def _summary(conn: Connection, tenant_id: str, campaign_id: str, closed_to: Sequence[str]) -> Summary | None:
    asked = (tenant_id, campaign_id, list(closed_to))
    row = await conn.fetchrow(ONE, *asked)
    if row is None:
        return None
    counts: dict[str, dict[str, int]] = {"open": {}, "closed": {}}
    for count in await conn.fetch(COUNTS, *asked):
        counts[count["status"]][count["how"]] = count["cases"]
    stakes: list[dict[str, Any]] = [dict(stake) for stake in await conn.fetch(AT_STAKE, *asked)]
    return Summary(
        **dict(row),
        by_phase=counts["open"],
        by_outcome=counts["closed"],
        at_stake=tuple(Stake(**{**stake, "amount": int(stake["amount"])}) for stake in stakes),
    )
