"""One step of a case: a command goes in; facts with their numbers, the case that follows, its timetable and its notices come
out.
"""

from __future__ import annotations

from datetime import datetime

from domain.base import Kept
from domain.model import commands as c
from domain.model.case import Case
from domain.model.chain import FORM
from domain.model.clocks import CaseRetargeted, ClockExtended
from domain.model.facts import SYSTEM, CaseMovedIn, DueLevel, Fact, LevelReached, Recording, Timetable
from domain.notices.plan import NoticeDraft, plan
from domain.rules.case_import import passed
from domain.rules.decide import decide
from domain.rules.evolve import evolve
from domain.rules.reference import ReferenceData
from domain.rules.rule import DecisionContext
from domain.rules.time_to_answer import kept
from domain.rules.timetable import comes_again, stamp, timetable
from domain.rules.triggers import triggers


class Step(Kept):
    """What one accepted command changed."""

    case: Case
    recordings: tuple[Recording, ...]
    notices: tuple[tuple[int, NoticeDraft], ...]
    """With the number of the fact that caused each."""


def step(
    case: Case | None,
    case_id: str,
    command: c.Command,
    context: DecisionContext,
    at: datetime,
    recorded_at: datetime,
    reference: ReferenceData,
) -> Step:
    """Decide one command and apply what follows. Raises a Refusal; then nothing has changed.

    ``at`` is the instant the command is judged by (received, or fallen due), ``recorded_at`` when that happens; both aware UTC.
    """
    # A command can be received before, yet recorded after, its neighbour: the record's instants never run backwards.
    received_at = at
    at = max(at, case.updated_at) if case is not None else at
    informed = context.model_copy(update={"calendars": reference.calendars})
    facts = kept(case, decide(case, command, informed, at), at, reference.calendars)
    made = apply(case, case_id, command, context, facts, at, recorded_at, reference)
    if received_at == at:
        return made
    # The facts say so, or nobody could tell this from a command whose row was changed.
    late = tuple(recording.model_copy(update={"received_at": received_at}) for recording in made.recordings)
    return made.model_copy(update={"recordings": late})


def apply(
    case: Case | None,
    case_id: str,
    command: c.Command,
    context: DecisionContext,
    facts: tuple[Fact, ...],
    at: datetime,
    recorded_at: datetime,
    reference: ReferenceData,
) -> Step:
    """The step that these facts make, once they are decided."""
    before, recordings, meant = case, [], []
    for fact in facts:
        recording = _recording(case, command, context, fact, at, recorded_at)
        after = evolve(case, recording, case_id=case_id)
        meant.append(triggers(case, fact, after))
        recordings.append(recording)
        case = after
    if case is None or not recordings:
        raise ValueError(f"deciding {command.type} gave no fact")
    rows = timetable(before, case, reference.calendars, afresh=_afresh(facts))
    moved = next((fact for fact in facts if isinstance(fact, CaseMovedIn)), None)
    if moved is not None:
        for mark in passed(case, rows, at):
            recordings.append(_recording(case, command, context, mark, at, recorded_at))
            case = evolve(case, recordings[-1])
        rows = timetable(None, case, reference.calendars)
    recordings = [_completed(recording, case, rows) for recording in recordings]
    stamped = stamp(case, rows, reference.zone_data)
    # Of most that happens no clock takes notice: then the timetable is the one that was recorded last.
    if stamped != case:
        made_with = {"zone_data": reference.zone_data, "calendars": tuple(sorted(calendars_of(case)))}
        recordings[-1] = recordings[-1].model_copy(update={"timetable": rows, **made_with})
        case = stamped
    # Of a case that moves in nobody is told anything of its past, and that it is here only when that is wanted.
    told = recordings if moved is None else recordings[: int(moved.told)]
    notices = plan(case, zip(told, meant, strict=False), reference.notices_of(case.terms))
    return Step(case=case, recordings=tuple(recordings), notices=notices)


def _afresh(facts: tuple[Fact, ...]) -> bool:
    return any(isinstance(fact, CaseRetargeted) and fact.refreshed for fact in facts)


def _recording(
    case: Case | None, command: c.Command, context: DecisionContext, fact: Fact, at: datetime, recorded_at: datetime
) -> Recording:
    """A fact in its place, behind the last one of the case."""
    return Recording(
        seq=(case.seq if case else 0) + 1,
        at=at,
        recorded_at=recorded_at,
        command_id=command.id,
        actor=context.actor or SYSTEM,
        channel=command.channel,
        credential=context.credential,
        round=case.round if case else 0,
        fact=fact,
        form=FORM,
    )


def _completed(recording: Recording, case: Case, rows: Timetable) -> Recording:
    """An extension says from when to when; the second is known only once the timetable is."""
    fact = recording.fact
    if not isinstance(fact, ClockExtended):
        return recording
    definition = case.terms.clock(fact.clock)
    ends = {level.name for level in definition.levels if level.is_end} if definition else set()
    to_at = (row.due_at for row in rows if (row.clock, row.instance) == (fact.clock, fact.instance) and row.level in ends)
    return recording.model_copy(update={"fact": fact.model_copy(update={"to_at": next(to_at, None)})})


def due_command(row: DueLevel) -> c.Deadline:
    """The command that a level becomes when it falls due."""
    return c.Deadline(
        id=row.id, by="system", channel="system", clock=row.clock, instance=row.instance, level=row.level, count=row.count
    )


def calendars_of(case: Case | None, command: c.Command | None = None) -> frozenset[str]:
    """References of the calendars that a step needs: those of the terms, and those on which clocks ran out or stopped."""
    terms = [case.terms] if case else []
    if isinstance(command, c.Open):
        terms.append(command.terms)
    ran_on = {clock.ran_on[1] for clock in case.clocks if clock.ran_on} if case else set()
    return frozenset(reference for t in terms for reference in t.references) | frozenset(ref for ref in ran_on if ref)


def mark_level(case: Case, row: DueLevel, recorded_at: datetime, zone_data: str) -> Step:
    """Note that a level was reached, and nothing else: for a rule that broke on it. A person has to look; it comes due again
    in a while.
    """
    fact = LevelReached(
        clock=row.clock, instance=row.instance, level=row.level, count=row.count, action="escalate", due_at=row.due_at
    )
    others = (d for d in case.timetable if d.id != row.id)
    rows = tuple(sorted((*others, comes_again(row, recorded_at)), key=lambda d: d.due_at))
    recording = Recording(
        seq=case.seq + 1,
        at=max(row.due_at, case.updated_at),
        recorded_at=recorded_at,
        command_id=row.id,
        actor=SYSTEM,
        channel="system",
        credential="system",
        round=case.round,
        fact=fact,
        timetable=rows,
        zone_data=zone_data,
        form=FORM,
    )
    return Step(case=evolve(case, recording), recordings=(recording,), notices=())
