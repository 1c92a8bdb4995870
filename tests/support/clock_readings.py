"""What the tests of time ask of a life: what is ahead and when, and a life on calendars that have moved on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from domain.model.clocks import Retarget
from domain.model.commands import Command
from domain.model.terms import Terms
from domain.worktime.calendars import Calendar
from policies.retarget import retargeted
from policies.shelf import Shelf
from tests.support.cases import Life, shelf


def at(text: str) -> datetime:
    """A UTC instant of 2026, the year of these lives: ``03-16 09:01``."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


def rows(life: Life, clock: str) -> dict[str, datetime]:
    """The levels of a clock that are ahead."""
    return {row.level: row.due_at for row in life.case.timetable if row.clock == clock}


def end(life: Life, clock: str) -> datetime:
    """When the last level of a clock falls due."""
    return max(rows(life, clock).values())


def ahead(life: Life) -> set[str]:
    """The clocks that have something ahead."""
    return {row.clock for row in life.case.timetable}


def after(life: Life, when: str, who: str, what: str, /, **fields: Any) -> Life:
    """Time passes until an instant, at which somebody sends a command."""
    life.later(at(when) - life.now)
    return life.judge(life.command(who, what, **fields), who)


class NewerLife(Life):
    """A life while whose days newer calendars are published: it opened on those of the shipped shelf."""

    newer: Shelf

    def calendar(self, name: str) -> Calendar:
        return self.newer.calendars[name]

    def _new_terms(self, command: Command) -> Terms | None:
        if not isinstance(command, Retarget):
            return None
        found = retargeted(self.newer, self.case, command)
        if found is None:
            return None
        self.calendars = {**self.calendars, **found[1]}
        return found[0]


def on_newer_calendars(*closed: str, kind: str = "bounty_dispute") -> NewerLife:
    """The Berlin office has published that it is closed on these days, too."""
    life = NewerLife(kind, {})
    office = shelf().calendars["europe-office"]
    days = (*office.holidays, *map(date.fromisoformat, closed))
    raw = office.model_dump(mode="json") | {"holidays": [day.isoformat() for day in days]}
    life.newer = replace(shelf(), calendars={**shelf().calendars, "europe-office": Calendar.model_validate(raw)})
    return life
