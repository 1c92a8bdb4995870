"""Who could take a case, and on whom an escalation can land: people, with how many cases they have and when they are there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from activities.ports.people import Candidate
from domain.model.people import Colleague
from domain.worktime.calculator import NeverOpens, is_open, next_opening
from domain.worktime.calendars import Calendar
from storage.policies.library import CalendarCache
from storage.postgres.pool import Connection, Database

_OPEN_CASES = "(SELECT count(*) FROM cases c WHERE c.tenant = $1 AND c.owner = p.id AND c.status = 'open')"
# Nothing was published under the name, or there is no name: always there.
_SHIFTS = "(SELECT v.ref FROM calendar_versions v WHERE v.name = p.hours ORDER BY v.id DESC LIMIT 1)"

LANGUAGES = "CASE WHEN cardinality(p.languages) = 0 THEN ARRAY[split_part(p.locale, '-', 1)] ELSE p.languages END"
"""What a row ``p`` of people speaks."""
ABSENT = "coalesce(p.absent_from <= $3 AND coalesce(p.absent_until > $3, true), false)"
"""Whether a row ``p`` of people is away at the instant $3."""

_AWAY = ABSENT.replace("$3", "$4")
_TURN = """LEFT JOIN LATERAL (
    SELECT min(t.place) AS place, max(t.until_at) AS until_at FROM on_call_turns t
    WHERE t.tenant = $1 AND t.until_at > {at} AND t.from_at <= {at} AND t.queue = {queue} AND t.person_id = p.id
) turn ON true"""
"""Whether a row ``p`` of people is on call for a queue."""
CANDIDATES = f"""
SELECT person_as_actor(p) AS actor, p.capacity, p.last_assigned_at, {_OPEN_CASES} AS open_cases, {_SHIFTS} AS shifts,
    p.skills, {LANGUAGES} AS languages, turn.place AS on_call
FROM people p {_TURN.format(queue="$2", at="$3")}
WHERE p.tenant = $1 AND p.active AND $2 = ANY(p.queues) AND NOT {ABSENT}
ORDER BY p.id
"""  # noqa: S608 - put together from constants
COLLEAGUES = f"""
SELECT person_as_actor(p) AS actor, p.roles, {_OPEN_CASES} < p.capacity AS free, {_SHIFTS} AS shifts,
    {_AWAY} AS absent, p.absent_until, CASE WHEN NOT {_AWAY} THEN turn.place END AS on_call, turn.until_at AS on_call_until
FROM people p {_TURN.format(queue="$5", at="$4")}
WHERE p.tenant = $1 AND p.active AND (p.id = ANY($2) OR p.roles && $3 OR turn.place IS NOT NULL)
ORDER BY p.id
"""  # noqa: S608 - put together from constants


class PostgresRoster:
    """Implements :class:`activities.ports.people.Roster`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._calendars = CalendarCache()

    async def candidates(self, tenant_id: str, queue: str, at: datetime) -> Sequence[Candidate]:
        """Active people of the queue with a role that the rules know, those who are absent left out."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await self._on(conn, at, CANDIDATES, tenant_id, queue, at)
        return [Candidate.model_validate(row) for row in rows]

    async def colleagues(
        self, tenant_id: str, people: Sequence[str], roles: Sequence[str], at: datetime, queue: str | None = None
    ) -> Sequence[Colleague]:
        """Active people with one of the ids or one of the roles, and those who are on call for the queue."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await self._on(conn, at, COLLEAGUES, tenant_id, list(people), list(roles), at, queue)
        return [Colleague.model_validate(row) for row in rows]

    async def _on(self, conn: Connection, at: datetime, statement: str, *arguments: object) -> list[dict[str, Any]]:
        """The people that a statement finds, with whether they are on shift."""
        rows = [dict(row) for row in await conn.fetch(statement, *arguments) if row["actor"] is not None]
        calendars = await self._calendars.of(conn, (row["shifts"] for row in rows if row["shifts"]))
        return [{**row, **_there(row, calendars.get(row["shifts"]), at)} for row in rows]


def _there(row: dict[str, Any], calendar: Calendar | None, at: datetime) -> dict[str, Any]:
    """Somebody absent is off shift until they are back and their shift begins."""
    if not row.get("absent"):
        return _shift(calendar, at)
    back_at: datetime | None = row["absent_until"]
    begins_at = _shift(calendar, back_at)["next_shift_at"] or back_at if back_at is not None else None
    return {"on_shift": False, "next_shift_at": begins_at}


def _shift(calendar: Calendar | None, at: datetime) -> dict[str, Any]:
    if is_open(calendar, at):
        return {"on_shift": True, "next_shift_at": None}
    try:
        return {"on_shift": False, "next_shift_at": next_opening(calendar, at)}
    except NeverOpens:
        # Their calendar has only days that are over: nobody knows when they are there again.
        return {"on_shift": False, "next_shift_at": None}
