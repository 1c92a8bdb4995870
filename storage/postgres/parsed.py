"""Calendars read from the database once and then held in memory: they never change, being named by their content."""

from __future__ import annotations

from collections.abc import Iterable

from domain.worktime.calendars import Calendar
from storage.postgres.pool import Connection

CALENDARS = "SELECT ref, body::text AS body FROM calendars WHERE ref = ANY($1)"

_KEPT = 256
"""At most so many are held."""


class ParsedCalendars:
    """The calendars that a process has met."""

    def __init__(self) -> None:
        self._kept: dict[str, Calendar] = {}

    async def of(self, conn: Connection, refs: Iterable[str]) -> dict[str, Calendar]:
        """The calendars under these references; unknown ones are left out."""
        wanted = set(refs)
        found = {ref: self._kept[ref] for ref in wanted & self._kept.keys()}
        missing = wanted - found.keys()
        if missing:
            read = {row["ref"]: row["body"] for row in await conn.fetch(CALENDARS, list(missing))}
            new = {ref: Calendar.model_validate_json(body) for ref, body in read.items()}
            if len(self._kept) + len(new) > _KEPT:
                self._kept.clear()
            self._kept |= new
            found |= new
        return found
