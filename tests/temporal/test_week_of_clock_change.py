"""A week of clock change, a holiday, two pauses, a change of priority, and an outage of the worker across three levels.

The past of the case lies in the inbox when the worker first comes up, as after an outage of months: opened on the Friday before
the last clock change, paused over the night of the change. The rest happens before our eyes, with seconds left. What must come
out is worked out by the slow calculator, which shares no code with the rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from temporalio.client import Client

from domain.model.facts import SYSTEM, LevelReached, Recording
from domain.model.terms import ClockTerms, Terms
from domain.views.explain import explain
from domain.worktime.calculator import zone_data_version
from domain.worktime.calendars import Calendar
from storage.intake.opening import PostgresIntake
from storage.policies.library import PostgresLibrary
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.views.cases import PostgresViews
from tests.support.database import Server
from tests.support.slow_calendar import SlowCalendar, slow_due, slow_elapsed
from tests.support.temporal import House, Living, TemporalServer, a_house, a_report, troubles, until

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEFT_FOR = timedelta(seconds=18)
"""What is left of the urgent target when the case is first looked at."""
LEVELS = (
    {"name": "half", "before": "6 working seconds", "action": "warn", "audience": ["owner"]},
    {"name": "soon", "before": "2 working seconds", "action": "warn", "audience": ["owner"]},
    {"name": "breach", "action": "escalate", "audience": ["leads"]},
    {"name": "late", "after": "1 working second", "action": "escalate", "audience": ["ops"]},
)


DEADLINES = "SELECT level, due_at FROM deadlines WHERE case_id = $1 AND clock = 'ruling'"


@dataclass(frozen=True)
class Week:
    """The last week in which local clocks changed, and a calendar that has hours again now."""

    changed_on: date
    calendar: Calendar
    opened_at: datetime
    paused: tuple[datetime, datetime]

    @property
    def holiday(self) -> date:
        """The Wednesday after the change."""
        return self.changed_on + 3 * DAY


def the_week(now: datetime) -> Week:
    day = now.astimezone(BERLIN).date() - 4 * DAY
    while _offset(day) == _offset(day + DAY):
        day -= DAY
    today = now.astimezone(BERLIN).date()
    hours = {name: [["09:00", "17:00"]] for name in ("mon", "tue", "wed", "thu", "fri")}
    now_open = {(today + n * DAY).isoformat(): [["00:00", "24:00"]] for n in (-1, 0, 1)}
    holiday = (day + 3 * DAY).isoformat()
    calendar = Calendar.model_validate({"tz": "Europe/Berlin", "hours": hours, "holidays": [holiday], "exceptions": now_open})
    friday, monday = _at(day - 2 * DAY, 15), _at(day + DAY, 11)
    return Week(day, calendar, friday, (friday + HOUR, monday))


def _offset(day: date) -> timedelta | None:
    return datetime(day.year, day.month, day.day, tzinfo=BERLIN).utcoffset()


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=BERLIN).astimezone(UTC)


def terms_of(house: House, week: Week, urgent: timedelta) -> Terms:
    """A fraud report with one clock for the ruling, on this calendar, and the shipped one for a party's answer."""
    terms, _ = house.shelf.terms(a_report("fraud_report"))
    ruling = ClockTerms.model_validate({
        "name": "ruling", "target": "2000 working hours", "targets": {"urgent": f"{urgent.total_seconds():.6f} working seconds"},
        "calendar": week.calendar.ref, "during": "review", "pauses": ["evidence_requested"], "resumes": ["requests_settled"],
        "levels": LEVELS,
    })  # fmt: skip
    kept = [clock for clock in terms.clocks if clock.name in ("claimant_response", "grace", "appeal_window")]
    return terms.model_copy(update={"clocks": (ruling, *kept), "names": {week.calendar.ref: "branch"}, "ladder": ()})


async def in_the_past(server: Server, house: House, command_id: str, at: datetime) -> None:
    """Date a command back, as if it had been received then and nobody had worked since."""
    conn = await asyncpg.connect(server.owner_dsn)
    try:
        await conn.execute("SELECT set_config('ombud.tenant', $1, false)", house.tenant_id)
        await conn.execute("UPDATE commands SET received_at = $2 WHERE id = $1", command_id, at)
    finally:
        await conn.close()


async def received(server: Server, house: House, case: Living, at: datetime, what: str, by: str, **fields: Any) -> None:
    command = case.command(what, by, **fields)
    await house.inbox.receive(house.tenant_id, case.opened.case_id, command, channel="api")
    await in_the_past(server, house, command["id"], at)


async def recordings(house: House, case: Living) -> Sequence[Recording]:
    return await PostgresViews(house.database, house.vault).timeline(house.tenant_id, case.opened.case_id, 0, 500)


def levels(told: Sequence[Recording]) -> list[tuple[str, datetime, datetime]]:
    return [(r.fact.level, r.fact.due_at, r.recorded_at) for r in told if isinstance(r.fact, LevelReached)]


async def test_each_level_fires_once_in_order_at_its_instant(
    temporal_server: TemporalServer, client: Client, database: Database, vault: Vault, server: Server, tenant_id: str
) -> None:
    house = await a_house(temporal_server, client, database, vault, tenant_id)
    async with house.database.tenant(tenant_id) as conn:
        now = await conn.fetchval("SELECT clock_timestamp()")
    week = the_week(now)
    slow = SlowCalendar(week.calendar.model_dump(mode="json"))
    used = slow_elapsed(slow, week.opened_at, now + LEFT_FOR, [week.paused])
    case = await _opened(server, house, week, terms_of(house, week, used))
    async with house.at_work():
        await case.starts()
        await case.does("request_evidence", "per_mia", of="claimant", what="Please send the log.")
        await asyncio.sleep(1)
        await case.does("submit_evidence", "claimant", text="Here it is.")
        await case.does("retarget", "per_ola", priority="urgent", reason="amount_found")

        async def first_told() -> bool:
            return [name for name, _, _ in levels(await recordings(house, case))] == ["half"]

        await until(first_told)
    # Nobody works while the three other levels pass.
    due = {row["level"]: row["due_at"] for row in await _deadlines(house, case)}
    await asyncio.sleep((max(due.values()) - datetime.now(UTC)).total_seconds() + 0.5)
    async with house.at_work():

        async def all_told() -> bool:
            return len(levels(await recordings(house, case))) >= len(LEVELS)

        await until(all_told)
        await until(case.rests)
    told = await recordings(house, case)
    _check_levels(week, slow, used, told)
    # A task offered to the worker that was gone times out and is offered to the next one.
    assert [trouble for trouble in troubles(await case.history()) if "timed out" not in trouble] == []
    await _check_explanation(house, case, week, slow, told)


async def _opened(server: Server, house: House, week: Week, terms: Terms) -> Living:
    report = a_report("fraud_report")
    _, routing = house.shelf.terms(report)
    calendars = {**house.shelf.calendars_of(terms), week.calendar.ref: week.calendar}
    notices = house.shelf.packs["fraud_report"].notices
    intake = PostgresIntake(house.database, house.vault)
    opened = await intake.open(house.tenant_id, report, terms, routing, calendars=calendars, notices=notices)
    case = await house.living("fraud_report", opened)
    await in_the_past(server, house, opened.command_id, week.opened_at)
    await received(server, house, case, week.opened_at + timedelta(minutes=5), "assign", "per_ola", owner="per_mia")
    await received(server, house, case, week.paused[0], "pause", "per_lea", reason="police_report")
    await received(server, house, case, week.paused[1], "resume", "per_lea", reason="report_is_here")
    return case


async def _deadlines(house: House, case: Living) -> list[Any]:
    async with house.database.tenant(house.tenant_id) as conn:
        return await conn.fetch(DEADLINES, case.opened.case_id)


def _check_levels(week: Week, slow: SlowCalendar, target: timedelta, told: Sequence[Recording]) -> None:
    asked, answered = (next(r.at for r in told if r.fact.type == name) for name in ("evidence_requested", "evidence_submitted"))
    pauses = [week.paused, (asked, answered)]
    end = slow_due(slow, week.opened_at, target // timedelta(microseconds=1), pauses)
    # It is open around the clock today, so from here on a working second is a second.
    expected = [("half", end - timedelta(seconds=6)), ("soon", end - timedelta(seconds=2)), ("breach", end)]
    expected.append(("late", end + timedelta(seconds=1)))
    found = levels(told)
    assert [name for name, _, _ in found] == [name for name, _ in expected]
    for (name, due_at, _), (_, wanted) in zip(found, expected, strict=True):
        assert due_at == wanted, name
    instants = [due_at for _, due_at, _ in found]
    assert instants == sorted(instants)
    outage_ended = found[-1][2]
    assert all(recorded > instants[-1] for _, _, recorded in found[1:]), "three of them were recorded after the outage"
    assert found[0][2] < instants[1], "and one while somebody worked"
    assert outage_ended - instants[-1] < timedelta(seconds=25)


async def _check_explanation(house: House, case: Living, week: Week, slow: SlowCalendar, told: Sequence[Recording]) -> None:
    held = await PostgresViews(house.database, house.vault).case(house.tenant_id, case.opened.case_id)
    assert held is not None
    assert held.case is not None
    refs = held.case.terms.references
    calendars = await PostgresLibrary(house.database).calendars(refs)
    said = explain(held.case, "ruling", calendars, zone_data_version(), SYSTEM)
    assert said is not None
    assert [(shift.day, abs(shift.minutes)) for shift in said.shifts if abs((shift.day - week.changed_on).days) < 3] == [
        (week.changed_on, 60.0)
    ]
    assert week.holiday in [met.day for met in said.closed if met.why == "holiday"]
    assert [pause.why for pause in said.pauses] == ["evidence", "pause"]
    assert said.due_at == next(due for name, due, _ in levels(told) if name == "breach")
    assert [level.name for level in said.levels if level.reached_at] == ["half", "soon", "breach", "late"]
    slowly = slow_elapsed(slow, week.opened_at, said.due_at, [(pause.start, pause.end) for pause in said.pauses])
    assert sum(span.minutes for span in said.spans) == pytest.approx(slowly / timedelta(minutes=1))
    words = "\n".join(said.words)
    assert "police_report" in words
    assert "Clocks went" in words
    retargeted = [r for r in told if r.fact.type == "case_retargeted"]
    assert len(retargeted) == 1
    assert retargeted[0].timetable is not None
