"""Past cases, read to be decided again under a changed pack (``ombud policy simulate``). Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import from_json

from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault
from storage.record.sql import SPEAKER

_CASES = """
SELECT c.id, c.kind, c.updated_at, c.report_content, c.calendars
FROM cases c
WHERE c.tenant = $1 AND NOT c.synthetic AND NOT c.archived AND c.state IS NOT NULL
    AND ($2::text IS NULL OR c.kind = $2) AND ($3::timestamptz IS NULL OR c.opened_at >= $3)
ORDER BY c.opened_at DESC, c.id
LIMIT $4
"""
# Whoever sent a command is who they were when it was recorded; of a refused one, who they are now.
_COMMANDS = f"""
SELECT w.received_at, w.body, person_as_actor(t) AS target, coalesce(
    (SELECT f.body -> 'actor' FROM facts f
     WHERE f.tenant = $1 AND f.case_id = $2 AND f.command_id = w.id ORDER BY f.seq LIMIT 1),
    CASE
        WHEN w.actor_id = 'system' THEN jsonb_build_object('id', 'system', 'role', 'system'){SPEAKER}
    END) AS actor
FROM commands w
LEFT JOIN parties p ON p.tenant = $1 AND p.case_id = $2 AND p.id = w.actor_id
LEFT JOIN api_keys k ON k.tenant = $1 AND k.id = w.actor_id
LEFT JOIN people a ON a.tenant = $1 AND a.id = w.actor_id
LEFT JOIN people t ON t.tenant = $1 AND t.id = COALESCE(w.body ->> 'owner',
    CASE WHEN w.type IN ('add_party', 'replace_party', 'join')
        THEN (SELECT o.owner FROM cases o WHERE o.tenant = $1 AND o.id = $2) END)
WHERE w.tenant = $1 AND w.case_id = $2 AND w.body IS NOT NULL AND w.type <> 'deadline' AND w.status <> 'pending'
ORDER BY w.received_at, w.id
"""  # noqa: S608 - put together from constants


# Also what was taken back since: until then it counted.
_SANCTIONS = """
SELECT s.id, s.case_id, s.ref_digest, s.category, s.sanction, s.weight, s.imposed_at, s.counts_until, s.ends_at, s.lifted_at,
    s.voided_at, c.kind, c.closed_at
FROM sanctions s JOIN cases c ON c.tenant = s.tenant AND c.id = s.case_id
WHERE s.tenant = $1 AND s.case_id <> $2
    AND s.ref_digest IN (SELECT p.ref_digest FROM parties p WHERE p.tenant = $1 AND p.case_id = $2)
ORDER BY s.imposed_at, s.id
"""


@dataclass(frozen=True)
class PastCase:
    """One past case: what was asked of it, and what came with its report."""

    case_id: str
    kind: str
    updated_at: datetime
    calendars: tuple[str, ...]
    """References of the calendars that its clocks run on."""
    report: dict[str, Any] | None
    """What came with the report beside its texts and parties; None: it was erased."""
    commands: tuple[dict[str, Any], ...]
    """``received_at``, ``body``, ``actor`` and ``target`` of each, in the order of receipt, the opening first."""
    sanctions: tuple[dict[str, Any], ...] = ()
    """Those of other cases against its parties, oldest first, with when each was lifted or taken back."""


class PostgresPastCases:
    """Reads past cases."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def cases(self, tenant_id: str, *, kind: str | None, since: datetime | None, limit: int) -> list[PastCase]:
        """The newest cases that match; gold and test cases are left out."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(_CASES, tenant_id, kind, since, limit)
            return [await self._past_case(conn, tenant_id, dict(row)) for row in rows]

    async def _past_case(self, conn: Connection, tenant_id: str, row: dict[str, Any]) -> PastCase:
        content = row["report_content"]
        found = await self._vault.reveal_bytes(conn, tenant_id, [content] if content else [])
        data = next(iter(found.values()), None)
        commands = await conn.fetch(_COMMANDS, tenant_id, row["id"])
        sanctions = await conn.fetch(_SANCTIONS, tenant_id, row["id"])
        return PastCase(
            case_id=row["id"],
            kind=row["kind"],
            updated_at=row["updated_at"],
            calendars=tuple(row["calendars"]),
            report=from_json(data) if data else None,
            commands=tuple(dict(command) for command in commands),
            sanctions=tuple(dict(sanction) for sanction in sanctions),
        )
