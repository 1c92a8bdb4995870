"""Which clocks run on a case, and when their levels fall due.

Two steps, so that deadlines stay data: :func:`advance` follows from the facts alone (started, paused, resumed, stopped), and
:func:`timetable` computes instants, once, when a transition is recorded. Instants of clocks that did not change are carried
over, so new zone or holiday data moves no running deadline by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from domain.base import Phase
from domain.model.case import Case
from domain.model.clocks import Clock, Fired
from domain.model.facts import (
    CaseOpened,
    CaseReopened,
    CaseRetargeted,
    DueLevel,
    Fact,
    LevelPassed,
    LevelReached,
    PhaseEntered,
    Timetable,
)
from domain.model.terms import (
    KEPT_MEASURE,
    OFFER_EXPIRY,
    PROPOSAL_EXPIRY,
    SANCTION,
    SNOOZE,
    STANDSTILL,
    ClockTerms,
    LadderStep,
    Level,
)
from domain.rules import chargeback, complaints, interim
from domain.rules.appointment_times import rows as appointment_rows
from domain.rules.evidence_due import meant
from domain.rules.evidence_due import rows as evidence_rows
from domain.rules.levels import ClockInputs, ClockSchedule, calendars_of, inputs_of, level_at, schedule_of, stands_still
from domain.rules.triggers import triggers
from domain.worktime.calculator import Pause, due
from domain.worktime.calendars import Calendar
from domain.worktime.spans import Span

Ladder = tuple[LadderStep, ...]

EARLIEST_REPEAT_FOR = timedelta(seconds=10)
"""A repeating level never falls due sooner than this after it fired, whatever a pack says: a timer must not spin, and where a
development tenant's days last a second nobody is told every second either."""

EARLIEST_AGAIN_FOR = timedelta(seconds=1)
"""The same for a level that was withheld."""

HELD_FOR = timedelta(hours=1)
"""A level whose rule broke comes due again after this: time enough for somebody to look, short enough that no party waits for
a day.
"""


def advance(before: Case | None, fact: Fact, after: Case, at: datetime, recorded_at: datetime) -> tuple[Clock, ...]:
    """The clocks after a fact. Stops come before starts, so a fact that does both restarts a clock as a new instance."""
    told = triggers(before, fact, after)
    clocks = {c.name: c for c in after.clocks if c.stopped_at is None}
    ended = {c.name: c for c in after.clocks if c.stopped_at is not None}
    for definition in after.terms.clocks:
        clock, happened = clocks.pop(definition.name, None), meant(definition, fact, told, before, after)
        again = clock is not None and not happened.isdisjoint(definition.restarts)
        if clock is not None:
            clock = _moved(clock, definition, happened, after, at, ends=again)
            if isinstance(fact, LevelPassed | LevelReached) and (fact.clock, fact.instance) == (clock.name, clock.instance):
                clock = _reached(clock, definition, fact, after, recorded_at)
        if clock is not None and clock.stopped_at is not None:
            ended[definition.name], clock = clock, None
        if clock is None and (after.open or isinstance(fact, CaseReopened)):
            last = ended.get(definition.name)
            clock = (
                _taken_up(last, definition, fact, after)
                or _brought_back(last, definition, fact, after, at)
                or _started(last, definition, happened, fact, clocks, after, at, again)
            )
        if clock is not None:
            clocks[definition.name] = clock
    # Only the newest stopped instance of each clock is kept: its number is needed, and what people see is the last one.
    named = [clocks.pop(d.name, None) or ended.pop(d.name, None) for d in after.terms.clocks]
    # What a newer pack does not know any more stops, and is kept for those who ask.
    gone = [c if c.stopped_at else c.model_copy(update={"stopped_at": at}) for c in (*ended.values(), *clocks.values())]
    return (*(c for c in named if c is not None), *gone)


def _moved(clock: Clock, definition: ClockTerms, happened: frozenset[str], case: Case, at: datetime, ends: bool) -> Clock:
    if ends or (not case.open and not _outlives(case, definition)) or happened & definition.all_stops:
        pauses = (*clock.pauses[:-1], (clock.pauses[-1][0], at)) if clock.waiting else clock.pauses
        inputs = inputs_of(case, clock)
        ran_on = (inputs.target, inputs.calendar)
        return clock.model_copy(update={"stopped_at": at, "closed": not case.open, "pauses": pauses, "ran_on": ran_on})
    if clock.waiting and not happened.isdisjoint(definition.resumes):
        return clock.model_copy(update={"pauses": (*clock.pauses[:-1], (clock.pauses[-1][0], at))})
    if not clock.waiting and not happened.isdisjoint(definition.pauses) and definition.pauses_for(case.category):
        return clock.model_copy(update={"pauses": (*clock.pauses, (at, None))})
    return clock


def _outlives(case: Case, definition: ClockTerms) -> bool:
    """Whether a clock runs on beside the closed case: its pack says so, or a report to an authority still waits for a second
    person.
    """
    if definition.outlives:
        # Time to complain runs for whoever may: a case that nobody can take up again is at rest.
        return not complaints.is_window(definition) or any(right.allowed for right in case.rights)
    return "report_proposed" in definition.all_starts and any(not report.made for report in case.reports)


def _reached(clock: Clock, definition: ClockTerms, fact: LevelPassed | LevelReached, case: Case, recorded_at: datetime) -> Clock:
    level = definition.level(fact.level)
    fired = Fired(level=fact.level, count=fact.count, due_at=fact.due_at, recorded_at=recorded_at)
    if isinstance(fact, LevelReached):
        failed = level is not None and level.action != fact.action
        again = {"failed": failed, "withheld": fact.withheld is not None, "again_at": fact.again_at}
    else:
        # Nobody was told: the ladder begins with its first rung.
        again = {"withheld": True}
    fired = fired.model_copy(update=again)
    update: dict[str, object] = {"fired": (*clock.fired, fired)}
    if level is not None and level.is_end and clock.ran_on is None:
        # It has run out by the target it had; a target that comes later does not change when.
        inputs = inputs_of(case, clock)
        update["ran_on"] = (inputs.target, inputs.calendar)
    return clock.model_copy(update=update)


def _started(
    last: Clock | None,
    definition: ClockTerms,
    happened: frozenset[str],
    fact: Fact,
    clocks: Mapping[str, Clock],
    case: Case,
    at: datetime,
    again: bool,
) -> Clock | None:
    if not again and happened.isdisjoint(definition.all_starts) and not _new_in_pack(last, definition, fact, case):
        return None
    if isinstance(fact, CaseReopened) and last is not None and last.closed:
        # It goes on where it stood, once the case has a phase again.
        return None
    if definition.waits_for == "respondent" and not case.is_disclosed:
        # Nobody's time runs for what they do not know of.
        return None
    if definition.tells_by_law and case.is_disclosed:
        return None
    if (definition.only_in and case.phase not in definition.only_in) or definition.behind in clocks:
        return None
    # A draft that comes back while a side still owes evidence: the clock waits from its first moment.
    waits = case.requests and "evidence_requested" in definition.pauses
    number = last.instance + 1 if last is not None else 1
    if isinstance(fact, CaseOpened) and definition.statutory:
        # A part has no more time than the whole: the law counts from when it was received.
        at = min(at, case.limits_since or at)
    return Clock(name=definition.name, instance=number, started_at=at, pauses=((at, None),) if waits else ())


def _new_in_pack(last: Clock | None, definition: ClockTerms, fact: Fact, case: Case) -> bool:
    """Whether a newer pack brings a clock for the phase in which the case is."""
    return last is None and isinstance(fact, CaseRetargeted) and fact.terms is not None and definition.during is case.phase


def _taken_up(last: Clock | None, definition: ClockTerms, fact: Fact, case: Case) -> Clock | None:
    """The clock that the closing of the case had stopped, going on where it stood: the time the case was closed is a pause.

    Only one that has something to wait for in the phase in which the case is taken up; what was asked of a side is gone.
    """
    if last is None or not last.closed or not isinstance(fact, PhaseEntered) or fact.reason != "reopened":
        return None
    elsewhere = {f"phase_left:{phase.value}" for phase in Phase if phase is not fact.phase}
    if definition.waits_for in ("claimant", "respondent") or elsewhere & definition.all_stops:
        return None
    ran_out = any(f.level == level.name for f in last.fired for level in definition.levels if level.is_end)
    return last.model_copy(update={"stopped_at": None, "closed": False, "ran_on": last.ran_on if ran_out else None})


def _brought_back(last: Clock | None, definition: ClockTerms, fact: Fact, case: Case, at: datetime) -> Clock | None:
    """The clock that a draft had stopped by leaving the phase, going on where it stood when the draft comes back.

    The time in between counts where the drafter took it back. Otherwise it is a pause, of a clock that knows pauses.
    """
    if last is None or last.closed or not isinstance(fact, PhaseEntered) or fact.goes_on is None:
        return None
    if definition.during is not fact.phase or not definition.is_the_teams or last.stopped_at is None:
        return None
    pauses = last.pauses
    if case.requests and "evidence_requested" in definition.pauses:
        # Somebody still owes what they were asked for: it waits, and has waited meanwhile if it did before.
        waited = bool(pauses) and pauses[-1][1] == last.stopped_at
        pauses = (*pauses[:-1], (pauses[-1][0], None)) if waited else (*pauses, (at, None))
    elif fact.goes_on == "paused" and not definition.statutory:
        pauses = (*pauses, (last.stopped_at, at))
    ran_out = any(f.level == level.name for f in last.fired for level in definition.levels if level.is_end)
    return last.model_copy(update={"stopped_at": None, "pauses": pauses, "ran_on": last.ran_on if ran_out else None})


def timetable(before: Case | None, after: Case, calendars: Mapping[str, Calendar], *, afresh: bool = False) -> Timetable:
    """All levels still ahead on the running clocks, earliest first; ties in the order of the pack.

    What did not change keeps its instants, whatever calendars and zone data say now, unless all is computed ``afresh``. Raises
    KeyError when the terms name a calendar that was not handed in.
    """
    known = {d.id: d for d in after.timetable} if before is not None else {}
    kept = {} if before is None or afresh else {c.name: (inputs_of(before, c), c) for c in before.clocks}
    rows: list[DueLevel] = []
    ladder = after.terms.ladder_of(after.priority, after.category)
    for clock in after.clocks:
        definition = after.terms.clock(clock.name)
        if definition is None or clock.stopped_at is not None or stands_still(after, clock, definition):
            continue
        inputs = inputs_of(after, clock)
        calendar, days = calendars_of(inputs, calendars)
        inputs_before, clock_before = kept.get(clock.name, (None, clock))
        for level in definition.levels:
            ahead = _ahead(clock, level)
            same = inputs_before == inputs and _last_fired(clock_before, level) == _last_fired(clock, level)
            row = known.get(ahead.id) if same else None
            row = row or _next(ladder, clock, level, inputs, calendar, days)
            if row is not None:
                rows.append(row)
    rows += [*_snoozes(after), *evidence_rows(after), *appointment_rows(after), *chargeback.levels(after)]
    if after.open and not rows:
        rows.append(_standstill(before, after))
    rows += [*_sanctions(after), *_kept_measures(after), *_expiries(after)]
    return tuple(sorted(rows, key=lambda r: r.due_at))


def _next(
    ladder: Ladder, clock: Clock, level: Level, inputs: ClockInputs, calendar: Calendar | None, days: Calendar | None
) -> DueLevel | None:
    fired = [f for f in clock.fired if f.level == level.name]
    if not fired or fired[-1].before_more_time:
        at = level_at(inputs, calendar, level, days)
    elif fired[-1].failed:
        at = max(fired[-1].due_at, fired[-1].recorded_at) + HELD_FOR
    elif fired[-1].again_at is not None:
        at = _awake(max(fired[-1].again_at, fired[-1].due_at + EARLIEST_AGAIN_FOR), schedule_of(inputs, calendar).pauses)
    else:
        at = _repeated(fired[-1], wait_after(ladder, level, clock), schedule_of(inputs, calendar), calendar)
    return _ahead(clock, level).model_copy(update={"due_at": at}) if at is not None else None


def _last_fired(clock: Clock, level: Level) -> Fired | None:
    """The last time that a level was reached; it comes again otherwise where somebody has the case in hand since."""
    return next((fired for fired in reversed(clock.fired) if fired.level == level.name), None)


def _ahead(clock: Clock, level: Level) -> DueLevel:
    """The row of a level that comes next, its instant still to be worked out."""
    count = sum(1 for f in clock.fired if f.level == level.name)
    return DueLevel.model_construct(
        clock=clock.name, instance=clock.instance, level=level.name, count=count, due_at=clock.started_at
    )


def _awake(at: datetime, pauses: Sequence[Pause]) -> datetime:
    """An instant, or the end of the pauses that it lies in."""
    for since, until in pauses:
        if until is not None and since <= at < until:
            at = until
    return at


def climbs(ladder: Ladder, level: Level) -> bool:
    """Whether a level takes the rungs of the case's ladder, one each time."""
    return level.action == "escalate" and not level.audience and bool(ladder)


def rung(ladder: Ladder, level: Level, clock: Clock, taken: int = 0) -> LadderStep | None:
    """The rung that a level comes to next (or, with ``taken=-1``, the one it took last); the last one again and again."""
    if not climbs(ladder, level):
        return None
    number = sum(1 for f in clock.fired if f.level == level.name and not f.withheld and not f.before_more_time) + taken
    return ladder[max(0, min(number, len(ladder) - 1))]


def wait_after(ladder: Ladder, level: Level, clock: Clock) -> Span | None:
    """How long a level that was reached waits before it is reached again; None: it is reached once."""
    step = rung(ladder, level, clock, taken=-1)
    return step.wait_for if step is not None else level.repeat


def _repeated(fired: Fired, wait: Span | None, schedule: ClockSchedule, calendar: Calendar | None) -> datetime | None:
    if wait is None:
        return None
    # From when it was told, not from when it fell due: after an outage a level repeats once, not once for every missed day.
    last = max(fired.due_at, fired.recorded_at)
    pauses = [p for p in schedule.pauses if p[1] is None or p[1] > last]
    if not wait.is_clock_time:
        # Days run through a pause; counted from before it, the level would fall due at once when the clock goes on.
        last = max([last, *(end for _, end in pauses if end is not None)])
    at = due(calendar, last, wait, pauses)
    return max(at, last + EARLIEST_REPEAT_FOR) if at is not None else None


def _snoozes(case: Case) -> list[DueLevel]:
    return [
        DueLevel(clock=SNOOZE.name, instance=number, level=SNOOZE.levels[0].name, due_at=hold.until)
        for number, hold in enumerate(case.holds, 1)
        if hold.why == "snooze" and not hold.woken and hold.until is not None
    ]


def _sanctions(case: Case) -> list[DueLevel]:
    """The ends of the bans that run, whether the case is open or closed."""
    return [
        DueLevel(clock=SANCTION.name, instance=number, level=SANCTION.levels[0].name, due_at=one.ends_at)
        for number, one in enumerate(case.sanctions, 1)
        if one.runs and one.ends_at is not None
    ]


def _expiries(case: Case) -> list[DueLevel]:
    """When what is offered, and waits for an answer, can be accepted no longer."""
    offers = [(OFFER_EXPIRY, number, one.became, one.expires_at) for number, one in enumerate(case.offers, 1)]
    proposals = [(PROPOSAL_EXPIRY, number, one.became, one.expires_at) for number, one in enumerate(case.proposals, 1)]
    return [
        DueLevel(clock=clock.name, instance=number, level=clock.levels[0].name, due_at=expires_at)
        for clock, number, became, expires_at in (*offers, *proposals)
        if became == "open" and expires_at is not None
    ]


def _kept_measures(case: Case) -> list[DueLevel]:
    """The ends of the measures that outlive their case."""
    name, level = KEPT_MEASURE.name, KEPT_MEASURE.levels[0].name
    kept = ((interim.number(case, one), one.kept_until) for one in case.interim)
    return [DueLevel(clock=name, instance=number, level=level, due_at=until) for number, until in kept if until is not None]


def _standstill(before: Case | None, after: Case) -> DueLevel:
    """No case is forgotten: what has no deadline of its own comes before somebody after a while."""
    again_at = after.look_again_at
    # Of an earlier standstill, and over: the case has moved on since, and stands still anew.
    stale = again_at is None or again_at <= after.updated_at
    row = DueLevel(
        clock=STANDSTILL.name,
        instance=after.standstills + 1,
        level=STANDSTILL.levels[0].name,
        due_at=after.updated_at + after.terms.forgotten_after if again_at is None or stale else again_at,
    )
    return next((old for old in before.timetable if old.id == row.id), row) if before is not None else row


def stamp(case: Case, rows: Timetable, zone_data: str | None) -> Case:
    """The case with a new timetable; each clock whose deadlines changed says with which zone data they were computed."""
    kept = set(case.timetable)
    moved = {row.clock for row in rows if row not in kept}
    clocks = tuple(
        c.model_copy(update={"zone_data": zone_data}) if c.stopped_at is None and (c.zone_data is None or c.name in moved) else c
        for c in case.clocks
    )
    return case.model_copy(update={"timetable": rows, "clocks": clocks})


def comes_again(row: DueLevel, recorded_at: datetime) -> DueLevel:
    """The next time of a level whose rule broke: the case must not be left without a deadline, and a mended rule gets its
    chance.
    """
    return row.model_copy(update={"count": row.count + 1, "due_at": max(row.due_at, recorded_at) + HELD_FOR})
