"""How the business stands over all tenants, in numbers for a dashboard: what is open and late, and what waits for whom how long.

No tenant and no person in it: who reads metrics is not asked for a key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from storage.postgres.pool import Database

MOST = 10_000
"""How far one tenant's heap of waiting things is counted: beyond it the number changes nothing that anybody would do."""

# One look at an index; `pressing`: 0 late, 1 at risk, as in every list.
OPEN = """
SELECT kind, phase, pressing, count(*) AS cases FROM cases WHERE tenant = $1 AND status = 'open' GROUP BY kind, phase, pressing
"""
# $2 how far is counted, oldest first, by an index of each. What the relay finds, and what it cannot help.
WAITS = """
SELECT 'command' AS what, count(*) AS number, extract(epoch FROM now() - min(since))::float8 AS oldest_s FROM (
    SELECT received_at AS since FROM commands WHERE tenant = $1 AND status = 'pending' ORDER BY received_at LIMIT $2) AS commands
UNION ALL
SELECT 'deadline', count(*), extract(epoch FROM now() - min(since))::float8 FROM (
    SELECT due_at AS since FROM deadlines WHERE tenant = $1 AND due_at < now() ORDER BY due_at LIMIT $2) AS deadlines
UNION ALL
SELECT 'notice', count(*), extract(epoch FROM now() - min(since))::float8 FROM (
    SELECT created_at AS since FROM notices WHERE tenant = $1 AND state = 'pending' ORDER BY created_at LIMIT $2) AS notices
UNION ALL
SELECT 'effect', count(*), extract(epoch FROM now() - min(since))::float8 FROM (
    SELECT ordered_at AS since FROM effects
    WHERE tenant = $1 AND state = 'running' AND began_at IS NULL ORDER BY ordered_at LIMIT $2) AS effects
UNION ALL
SELECT 'effect_running', count(*), extract(epoch FROM now() - min(since))::float8 FROM (
    SELECT ordered_at AS since FROM effects WHERE tenant = $1 AND state = 'running' LIMIT $2) AS running
UNION ALL
SELECT 'effect_by_hand', count(*), extract(epoch FROM now() - min(since))::float8 FROM (
    SELECT ordered_at AS since FROM effects
    WHERE tenant = $1 AND state = 'needs_hands' AND note IS DISTINCT FROM 'withheld' LIMIT $2) AS by_hand
UNION ALL
SELECT 'notice_failed', count(*), extract(epoch FROM now() - min(since))::float8 FROM (
    SELECT created_at AS since FROM notices WHERE tenant = $1 AND state = 'failed' LIMIT $2) AS failed
UNION ALL
SELECT 'mail_unplaced', count(*), extract(epoch FROM now() - min(since))::float8 FROM (
    SELECT received_at AS since FROM unplaced
    WHERE tenant = $1 AND (state = 'waiting' OR state = 'placed' AND wrapped IS NOT NULL) LIMIT $2) AS mails
"""
WHAT_WAITS = (
    "command", "deadline", "notice", "effect", "effect_running", "effect_by_hand", "notice_failed", "mail_unplaced",
)  # fmt: skip
_LATE, _AT_RISK = 0, 1


@dataclass
class Waits:
    """How many of one sort wait, and for how long the oldest does, in seconds."""

    number: int = 0
    oldest_s: float = 0.0


@dataclass
class Business:
    """All tenants together."""

    open: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    """Open cases by kind and phase."""
    late: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Of them by kind: those whose clock is over."""
    at_risk: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Of them by kind: those whose clock will soon be over."""
    waits: Mapping[str, Waits] = field(default_factory=lambda: {what: Waits() for what in WHAT_WAITS})


class PostgresBusiness:
    """Counts, one tenant after another."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self) -> Business:
        """How it stands."""
        found = Business()
        for tenant_id in await self._database.tenant_ids():
            async with self._database.tenant(tenant_id) as conn:
                for row in await conn.fetch(OPEN, tenant_id):
                    found.open[row["kind"], row["phase"]] += row["cases"]
                    if row["pressing"] == _LATE:
                        found.late[row["kind"]] += row["cases"]
                    elif row["pressing"] == _AT_RISK:
                        found.at_risk[row["kind"]] += row["cases"]
                for row in await conn.fetch(WAITS, tenant_id, MOST):
                    waits = found.waits[row["what"]]
                    waits.number += row["number"]
                    waits.oldest_s = max(waits.oldest_s, row["oldest_s"] or 0.0)
        return found
