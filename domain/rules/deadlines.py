"""What happens when a level of a clock falls due: a warning, a rung of the escalation ladder, or the pack's stated default."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.base import Phase, Priority
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.refusals import DeadlineMoot
from domain.model.terms import APPOINTMENT, BUILT_IN, ClockTerms, DefaultAction, LadderStep, Level
from domain.rules import (
    alarms,
    appointments,
    chargeback,
    complaints,
    credit,
    disclosure,
    evidence,
    interim,
    measures,
    returns,
    sanctions,
    settlement,
)
from domain.rules import ruling as r
from domain.rules.lifecycle import SEEKS_OWNER
from domain.rules.rule import DecisionContext, Facts
from domain.rules.timetable import rung
from domain.worktime.spans import Span

HELD_BACK_FOR = timedelta(days=1)
"""Wall time: what the machine does not do by itself comes before the leads once a day."""
_NEXT_PRIORITY = {Priority.LOW: Priority.NORMAL, Priority.NORMAL: Priority.HIGH, Priority.HIGH: Priority.URGENT}


def deadline(case: Case, command: c.Deadline, context: DecisionContext, at: datetime) -> Facts:
    """A level that fell due. Refused when its clock was stopped or moved meanwhile."""
    row = next((d for d in case.timetable if d.id == command.id), None)
    definition = case.terms.clock(row.clock) if row else None
    level = case.terms.level(row.clock, row.level) if row else None
    if row is None or definition is None or level is None or row.due_at > at:
        raise DeadlineMoot("The clock was stopped or moved before this level was reached.", deadline=command.id)
    reached = f.LevelReached(
        clock=row.clock, instance=row.instance, level=row.level, count=row.count, action=level.action, due_at=row.due_at
    )
    match level.action:
        case "default" if level.default == "disclose" and (why := disclosure.held_back(case)) is not None:
            # Whoever reported may be threatened: a lead looks, every day until somebody has decided.
            return (reached.model_copy(update={"withheld": why, "again_at": at + HELD_BACK_FOR}),)
        case "default":
            return (reached, *_by_default(case, level.default or "close", definition, command, at))
        case "escalate":
            return _escalated(case, reached, level, context, at)
        case "warn" if row.clock == APPOINTMENT.name:
            return (reached, *appointments.remind(case, row))
        case "warn":
            return (reached, *_raised(case, level.raise_priority))


def _escalated(case: Case, reached: f.LevelReached, level: Level, context: DecisionContext, at: datetime) -> Facts:
    clock = next((c for c in case.clocks if (c.name, c.instance) == (reached.clock, reached.instance)), None)
    step = rung(case.terms.ladder_of(case.priority, case.category), level, clock) if clock is not None else None
    if (quiet := _quiet(case, reached, at)) is not None:
        return (reached.model_copy(update={"withheld": quiet[0], "again_at": quiet[1]}),)
    landing = alarms.landing(case, reached, step or _own(level), _above(case, step), context.team, at)
    if landing.told is None and landing.again_at is not None:
        # Nobody to climb over: the rung is taken when somebody is there.
        return (reached.model_copy(update={"withheld": "nobody_there", "again_at": landing.again_at}),)
    rung_taken = {"step": step.name if step else None, "told": landing.told, "again_at": landing.again_at}
    found = reached.model_copy(update=rung_taken)
    reassigns = level.reassign or (step is not None and step.reassign)
    queued: Facts = (f.CaseQueued(queue=case.queue, reason="escalated"),) if reassigns and case.phase in SEEKS_OWNER else ()
    on_call = alarms.new_owner(case, step, landing.told, context.team) if step is not None else None
    if on_call is not None:
        queued = (f.CaseAssigned(owner=on_call, reason="on_call"),)
    return (found, *queued, *_raised(case, level.raise_priority or (step is not None and step.raise_priority)))


def _quiet(case: Case, reached: f.LevelReached, at: datetime) -> tuple[str, datetime] | None:
    """Why nobody is told now, and until when: the owner has just answered, or somebody has the case in hand."""
    if reached.clock in {x.name for x in BUILT_IN}:
        return None
    if (until := alarms.quiet_until(case, reached, at)) is not None:
        return "acknowledged", until
    answered = case.answered_at + case.terms.quiet_for if case.answered_at is not None else at
    return ("owner_answered", answered) if answered > at and not alarms.saves(case, reached.clock) else None


def _own(level: Level) -> LadderStep:
    """A level that tells whom it wants to, without a ladder, as a ladder of one rung."""
    return LadderStep(name=level.name, audience=level.audience, wait_for=level.repeat or Span.wall(timedelta(0)))


def _above(case: Case, step: LadderStep | None) -> tuple[LadderStep, ...]:
    """The rungs above; none for a level that names its own people."""
    if step is None:
        return ()
    ladder = case.terms.ladder_of(case.priority, case.category)
    return ladder[ladder.index(step) + 1 :]


def _raised(case: Case, raises: bool) -> Facts:
    higher = _NEXT_PRIORITY.get(case.priority) if raises else None
    return (f.CaseRetargeted(priority=higher, reason="escalated"),) if higher else ()


def _by_default(case: Case, default: DefaultAction, definition: ClockTerms, command: c.Deadline, at: datetime) -> Facts:
    match default:
        case "open_review" if case.returning is not None:
            # They have settled, and the goods are on their way: their own clocks decide.
            return ()
        case "open_review":
            return (f.PhaseEntered(phase=Phase.REVIEW, reason="deadline"),)
        case "proceed_on_file":
            return evidence.lapse(case, definition, command.instance)
        case "issue_ruling":
            return r.issue(case, command.id, at)
        case "lift_interim":
            return interim.lapse(case, command.id, at)
        case "send_chargeback" | "miss_chargeback":
            return chargeback.send(case, "due") if default == "send_chargeback" else chargeback.miss(case)
        case "disclose":
            return disclosure.along(case, "latest_date")
        case "end_return" | "honour_return":
            return returns.by_default(case, default == "honour_return", command.id)
        case "end_kept_interim":
            return measures.end_kept(case, command.instance, command.id)
        case "lift_sanction" | "lapse_offer":
            over = default == "lift_sanction"
            return sanctions.lift(case, command.instance) if over else settlement.lapse(case, definition.name, command.instance)
        case "close" | "end_complaints" | "take_credit_back" | "lapse_appointment":
            return _at_the_end(case, default, command)


def _at_the_end(case: Case, default: DefaultAction, command: c.Deadline) -> Facts:
    """What happens by itself to a matter that is decided, or to a hearing on which nobody agreed."""
    if default == "lapse_appointment":
        return appointments.lapse(case, command.instance)
    if default == "take_credit_back":
        return credit.take_back(case, command.id)
    return complaints.end(case) if default == "end_complaints" else returns.window_over(case)
