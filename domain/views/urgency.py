"""How pressing the clocks of a case are, in one of four words each, and who was called because of them, for whoever has to
decide what to look at first.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from domain.base import Instant, Kept
from domain.model.case import Case
from domain.model.clock_terms import ClockTerms, Level
from domain.model.clocks import Clock
from domain.rules.alarms import open_pages
from domain.rules.levels import stands_still

ClockState = Literal["late", "risk", "on_track", "paused"]
STATES: tuple[ClockState, ...] = ("late", "risk", "on_track", "paused")
"""The most pressing first."""
NO_END = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands where a clock has no end in sight: after every other."""
_BEFORE_ALL = datetime(1, 1, 1, tzinfo=UTC)


class ClockStanding(Kept):
    """A clock that runs, or stands still, and how pressing it is."""

    clock: str
    state: ClockState
    waits_for: str
    due_at: Instant | None = None
    """When its target is over, or was; None while it stands still with no end in sight."""
    by_default: str | None = None
    """What happens then by itself."""
    late_since: Instant | None = None
    """Of one that stands still: when its target was over before. It is late again as soon as it goes on."""


def standings(case: Case, now: datetime) -> tuple[ClockStanding, ...]:
    """Every clock of the case that has not stopped, the most pressing first. For the team: parties have their own deadlines."""
    found = [
        standing
        for clock in case.clocks
        if clock.stopped_at is None
        and (definition := case.terms.clock(clock.name)) is not None
        and (standing := _standing(case, clock, definition, now)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (STATES.index(one.state), one.due_at is None, one.due_at or now, one.clock)))


def pressing(case: Case) -> tuple[int, datetime]:
    """The place of a case in every list that begins with the most pressing one: its state, and when its most pressing clock ends
    or ended (UTC). It follows from what is recorded alone, so that it can lie in the case's row: a clock changes its state where
    one of its levels fires, and that is recorded. A case without a clock waits for nobody, like one that stands still.
    """
    first = next(iter(standings(case, _BEFORE_ALL)), None)
    if first is None:
        return STATES.index("paused"), NO_END
    return STATES.index(first.state), first.due_at or NO_END


def next_end(case: Case) -> datetime:
    """When the next clock of the case that runs is over (UTC), whatever else is more pressing in it; :data:`NO_END`: none is.

    It follows from what is recorded alone, as :func:`pressing` does: what fell due and is not recorded yet counts as ahead.
    """
    ends = (one.due_at for one in standings(case, _BEFORE_ALL) if one.state in ("risk", "on_track"))
    return min((at for at in ends if at is not None), default=NO_END)


def _standing(case: Case, clock: Clock, definition: ClockTerms, now: datetime) -> ClockStanding | None:
    ahead = [
        (row.due_at, level)
        for row in case.timetable
        if (row.clock, row.instance) == (clock.name, clock.instance)
        and (level := case.terms.level(row.clock, row.level)) is not None
    ]
    reached = [(fired.due_at, level) for fired in clock.fired if (level := case.terms.level(clock.name, fired.level)) is not None]
    over = sorted(at for at, level in (*reached, *(entry for entry in ahead if entry[0] <= now)) if _is_over(level))
    said = {"clock": clock.name, "waits_for": definition.waits_for}
    if over and stands_still(case, clock, definition):
        # Nobody can act on it before it goes on: it must not stand before a clock that runs, the law's above all.
        return ClockStanding(**said, state="paused", late_since=over[0])
    if over:
        return ClockStanding(**said, state="late", due_at=over[0])
    ends = sorted((entry for entry in ahead if entry[1].action != "warn"), key=lambda entry: entry[0])
    if stands_still(case, clock, definition):
        return ClockStanding(**said, state="paused", due_at=ends[0][0] if ends else None)
    if not ends:
        # Nothing of it falls due: nobody waits for it.
        return None
    warned = bool(reached) or any(at <= now for at, _ in ahead)
    due_at, level = ends[0]
    return ClockStanding(**said, state="risk" if warned else "on_track", due_at=due_at, by_default=level.default)


def _is_over(level: Level) -> bool:
    """Whether the target is over at this level; one that comes before it only warns, whatever it does."""
    return level.action != "warn" and level.before is None and level.at >= 1.0


class AlarmView(Kept):
    """People of the team were called, and what they were called for is not done."""

    since: Instant
    called: tuple[str, ...]
    """Everybody who was, in order; ``*`` stands for the roles of the ladder, where nobody was looked up."""
    acknowledged_by: str | None = None
    """Who said last that they have it in hand, since the first call."""
    quiet_until: Instant | None = None
    """Until when nobody else is called because of that; the time can be over."""


def alarm_of(case: Case) -> AlarmView | None:
    """The alarm of a case, or None where nobody was called or it is done."""
    pages = open_pages(case)
    if not pages:
        return None
    since = min(page.at for page in pages)
    view = AlarmView(since=since, called=tuple(dict.fromkeys(page.person for page in pages)))
    known = case.acknowledged
    if known is None or known.at < since:
        return view
    return view.model_copy(update={"acknowledged_by": known.person, "quiet_until": known.until})
