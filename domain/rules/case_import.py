"""Moving in: a case that ran elsewhere comes with its past.

It takes the same door as a report. Clocks run from the instants at which things happened; levels that lie before the move count
as reached, without anybody being told; the next one ahead comes as it always does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.base import Outcome, Phase, Side, derived_id
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.case_import import History, HistoryImpossible, HistoryIncomplete, PastDecision, PastMessage, PhaseOverdue
from domain.model.refusals import OwnCase, UnknownActor
from domain.model.ruling import UnknownOutcome
from domain.rules.evolve import evolve
from domain.rules.fairness import disqualification
from domain.rules.rights import rights_after
from domain.rules.rule import DecisionContext, Facts

MOVABLE = (Phase.INTAKE, Phase.SETTLEMENT, Phase.REVIEW, Phase.APPEALABLE, Phase.APPEAL, Phase.CLOSED)
"""Phases in which a case can move in. A draft that waits for approval or grace does not: it is drafted here again."""
_DECIDED = (Phase.APPEALABLE, Phase.APPEAL)


def moved_in(opened: Facts, command: c.Open, history: History, context: DecisionContext, at: datetime) -> Facts:
    """What follows from the report of a case that ran elsewhere. Raises a refusal when its past cannot be."""
    _check_order(history, at)
    _check_complete(command, history)
    past = _past(command, history)
    case = _so_far((*opened, *past), command, at)
    since = f.CaseMovedIn(
        phase=history.phase,
        phase_at=history.phase_at,
        round=_round(history),
        rights=_rights(case, history),
        appellants=history.appellants,
        appeals_used=(*history.appeals_used, *(s for s in history.appellants if s not in history.appeals_used)),
        outcome=history.outcome,
        reason=history.reason,
        told=history.notify,
    )
    # Where things were said before the phase began, they belong to what came before it.
    before = tuple(fact for fact in past if _when(fact) < history.phase_at or isinstance(fact, f.PastDecisionKept))
    facts = (*opened, *_told(command, history), *before, since, *(fact for fact in past if fact not in before))
    return (*facts, *_owned(command, context, _so_far(facts, command, at)))


def _told(command: c.Open, history: History) -> tuple[f.CaseDisclosed, ...]:
    """That the respondent knows of the case, where its past shows it; else its owner here tells them."""
    spoken = any(m.sender == "respondent" or m.to in ("all", "respondent") for m in history.messages)
    appealed = Side.RESPONDENT in (*history.appellants, *history.appeals_used)
    knows = spoken or appealed or bool(history.decisions)
    return (f.CaseDisclosed(because="moved_in"),) if knows and command.terms.disclosure == "by_owner" else ()


def _owned(command: c.Open, context: DecisionContext, case: Case) -> Facts:
    if command.owner is None:
        return ()
    if context.target is None:
        raise UnknownActor(f"Nobody in the team has the id '{command.owner}'.", owner=command.owner)
    if not case.open:
        raise HistoryImpossible("A closed case belongs to nobody: leave the owner out.", field="owner")
    bar = disqualification(case, context.target)
    if bar is not None:
        raise OwnCase("This person cannot decide this case; choose another.", owner=command.owner, because=bar)
    return (f.CaseAssigned(owner=command.owner, reason="moved_in"),)


def _check_order(history: History, at: datetime) -> None:
    instants = {
        "phase_at": (history.phase_at,),
        "messages": tuple(m.sent_at for m in history.messages),
        "decisions": tuple(d.decided_at for d in history.decisions),
    }
    if history.received_at > at:
        raise HistoryImpossible("The report cannot have been received after the move.", field="received_at")
    for field, found in instants.items():
        if any(not history.received_at <= when <= at for when in found):
            raise HistoryImpossible("It lies before the report was received, or after the move.", field=field)
    if list(instants["decisions"]) != sorted(instants["decisions"]):
        raise HistoryImpossible("Name the decisions oldest first.", field="decisions")


def _check_complete(command: c.Open, history: History) -> None:
    terms, phase = command.terms, history.phase
    movable = [phase.value for phase in MOVABLE if terms.has(phase)]
    if phase.value not in movable:
        raise HistoryImpossible(
            f"A {command.kind} can move in as: {', '.join(movable)}.", field="phase", phase=phase.value, allowed=movable
        )
    for decision in history.decisions:
        if terms.outcome(decision.outcome) is None:
            allowed = [o.name for o in terms.outcomes]
            raise UnknownOutcome(f"A {command.kind} can end as: {', '.join(allowed)}.", outcome=decision.outcome, allowed=allowed)
    ruled = phase is Phase.CLOSED and history.outcome is Outcome.RULED
    if (phase in _DECIDED or ruled) and not (history.decisions or command.decision):
        raise HistoryIncomplete(f"In '{phase.value}' a decision was told: name it.", field="decisions")
    if (phase is Phase.CLOSED) != (history.outcome is not None):
        raise HistoryIncomplete("A closed case has an outcome, and no other has.", field="outcome")
    if (phase is Phase.APPEAL) != bool(history.appellants):
        raise HistoryIncomplete("A case in appeal has the sides that appealed, and no other has.", field="appellants")
    if not {p.side for p in command.parties} >= {*history.appellants, *history.appeals_used}:
        raise HistoryImpossible("Nobody is on a side that is said to have appealed.", field="appellants")


def _past(command: c.Open, history: History) -> tuple[f.PastMessageKept | f.PastDecisionKept, ...]:
    found: list[f.PastMessageKept | f.PastDecisionKept] = [_message(message) for message in history.messages]
    found += [_decision(one, derived_id("rul", command.id, f"p{n}")) for n, one in enumerate(history.decisions)]
    return tuple(sorted(found, key=_when))


def _when(fact: f.PastMessageKept | f.PastDecisionKept) -> datetime:
    return fact.sent_at if isinstance(fact, f.PastMessageKept) else fact.decided_at


def _message(one: PastMessage) -> f.PastMessageKept:
    return f.PastMessageKept(sent_at=one.sent_at, sender=one.sender, by=one.by, to=one.to, text=one.text)


def _decision(one: PastDecision, ruling_id: str) -> f.PastDecisionKept:
    return f.PastDecisionKept(
        ruling_id=ruling_id,
        decided_at=one.decided_at,
        decider=one.by or "elsewhere",
        decision=one.decision,
        outcome=one.outcome,
        ground=one.ground,
        reasons=one.reasons,
    )


def _round(history: History) -> int:
    """Each appeal and each remit began another."""
    again = [d for d in history.decisions if d.decision != "rule"]
    remits = [d for d in again if d.decision == "remit"]
    return len(again) + len(remits) + (1 if history.phase is Phase.APPEAL else 0)


def _rights(case: Case, history: History) -> tuple[f.AppealRight, ...]:
    if history.phase is not Phase.APPEALABLE:
        return ()
    used = case.model_copy(update={"appeals_used": history.appeals_used})
    rights = rights_after(used, case.rulings[-1])
    if not any(right.allowed for right in rights):
        because = {right.side.value: right.because for right in rights}
        raise HistoryImpossible("Nobody has a right to appeal: move it in as closed.", field="phase", because=because)
    return rights


def _so_far(facts: Iterable[f.Fact], command: c.Open, at: datetime) -> Case:
    """The case that these facts make, to ask the rules about it."""
    case: Case | None = None
    for seq, fact in enumerate(facts, 1):
        recording = f.Recording(
            seq=seq, at=at, recorded_at=at, command_id=command.id, actor=f.SYSTEM, channel=command.channel, round=0, fact=fact
        )
        case = evolve(case, recording, case_id="case_moving-in")
    assert case is not None  # the first fact opens it
    return case


def passed(case: Case, rows: f.Timetable, at: datetime) -> tuple[f.LevelPassed, ...]:
    """The levels that lie before the move. Raises :class:`PhaseOverdue` when one would have moved the case on by itself."""
    found = []
    for row in rows:
        level = case.terms.level(row.clock, row.level)
        if row.due_at > at or level is None:
            continue
        if level.default == "disclose":
            # Nobody has told them yet: it is done here, at once.
            continue
        if level.action == "default" and level.default != "proceed_on_file":
            detail = f"The clock '{row.clock}' ended this phase on {row.due_at.isoformat()}: name the phase that came after it."
            raise PhaseOverdue(detail, clock=row.clock, due_at=row.due_at.isoformat(), default=level.default)
        found.append(f.LevelPassed(clock=row.clock, instance=row.instance, level=row.level, count=row.count, due_at=row.due_at))
    return tuple(found)
