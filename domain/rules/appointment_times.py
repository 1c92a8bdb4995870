"""When a hearing or call can be, and when whoever takes part is reminded of it: instants of its own, beside the clocks of a pack.

Every case has this clock by itself; an instance is the number of the appointment. It keeps to the wall: neither a pause nor a
freeze moves what two people have agreed on. Of a development tenant it is told as much sooner as its hours are shorter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from domain.model.appointments import Appointment, AppointmentAhead
from domain.model.case import Case
from domain.model.clocks import DueLevel
from domain.model.refusals import InstantRefused
from domain.model.terms import APPOINTMENT

LEAST_NOTICE_FOR = timedelta(hours=1)
"""Wall time: nobody is asked to a hearing that begins within the hour (of a development tenant: within its hour)."""
LONGEST_AHEAD_FOR = timedelta(days=90)
"""The matter waits for it: nobody makes the sides wait longer than a quarter of a year."""
_BEFORE = {"tomorrow": timedelta(days=1), "soon": timedelta(hours=1)}
"""Wall time before it begins."""
_PUT_DOWN_FOR = timedelta(days=1)
"""Wall time from its end: what was said is put down while it is remembered; asked for again each day."""


def appointment_of(case: Case, fact: Any) -> Appointment | None:
    """The hearing or call that a fact is about; None for one that this case does not know."""
    return next((one for one in case.appointments if one.id == fact.appointment_id), None)


def soonest(case: Case, at: datetime) -> datetime:
    """When a hearing can begin that is proposed now."""
    return at + LEAST_NOTICE_FOR * case.terms.time_scale


def check_times(case: Case, times: Iterable[datetime], at: datetime) -> None:
    """Refuses times that are too near or too far (:class:`InstantRefused`)."""
    if any(time < soonest(case, at) for time in times):
        raise InstantRefused("Each time has to be an hour ahead at least.", because="past")
    if any(time > at + LONGEST_AHEAD_FOR for time in times):
        raise InstantRefused(f"That is more than {LONGEST_AHEAD_FOR.days} days away.", because="too_far")


def common_time(one: Appointment, at: datetime | None) -> datetime | None:
    """The first time, later than ``at``, that suits every side that is invited; None: there is none, or not all have answered."""
    if {answer.side for answer in one.answers} != set(one.invited):
        return None
    suits = set(one.times).intersection(*(answer.times for answer in one.answers))
    return min((time for time in suits if at is None or time > at), default=None)


def ahead(case: Case) -> Appointment | None:
    """The one that is neither over nor called off."""
    return next((one for one in case.appointments if one.open), None)


def refusal_of_deciding(case: Case) -> AppointmentAhead | None:
    """Why nothing is decided while a hearing is ahead: everybody invited was told that they will be heard there first."""
    one = ahead(case)
    said = "A hearing or call is ahead: put down what was said (record_appointment), or call it off (cancel_appointment)."
    return AppointmentAhead(said, appointment=one.id) if one is not None else None


def rows(case: Case) -> list[DueLevel]:
    """The levels ahead of the appointments that are neither over nor called off."""
    return [row for one in case.appointments if case.open and one.open for row in _levels(one, case.terms.time_scale)]


def _levels(one: Appointment, scale: float) -> Iterator[DueLevel]:
    if one.at is None or one.ends_at is None or one.confirmed_at is None:
        half = one.proposed_at + (one.times[0] - one.proposed_at) / 2
        if "unanswered" not in one.told_since:
            yield _row(one, "unanswered", half)
        yield _row(one, "lapse", one.times[-1])
        return
    for name, before in _BEFORE.items():
        due_at = one.at - before * scale
        # Who has just agreed to it need not be reminded that it is within the day.
        if name not in one.told_since and due_at > one.confirmed_at:
            yield _row(one, name, due_at)
    yield _row(one, "protocol", one.ends_at + _PUT_DOWN_FOR * scale * (one.told_since.count("protocol") + 1))


def _row(one: Appointment, level: str, due_at: datetime) -> DueLevel:
    return DueLevel(clock=APPOINTMENT.name, instance=one.number, level=level, count=one.told.count(level), due_at=due_at)
