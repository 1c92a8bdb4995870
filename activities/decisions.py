"""The part of ``record`` that touches nothing: what waits goes through the rules in its order, and one transition comes out."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError

from activities.ports.records import CaseSnapshot, KeptAnswer, Pending, Transition
from domain.model.case import Case
from domain.model.chain import Chained, chained
from domain.model.commands import read_command
from domain.model.facts import SYSTEM, CaseSplit, DueLevel, EffectOrdered, ExceptionGranted, Fact
from domain.model.refusals import Refusal
from domain.notices.plan import NoticeDraft
from domain.rules.money import in_its_place
from domain.rules.reference import ReferenceData
from domain.rules.rule import DecisionContext
from domain.transition import Step, due_command, mark_level, step

MAX_STEPS = 200
"""Commands and levels in one write; what is left is taken at the next look."""

_LOOKED_UP = (
    "actor", "credential", "standing", "target", "terms", "appealed_before", "mentioned", "other", "closed_links", "decided",
    "campaign", "files",
)  # fmt: skip
"""What is known of a waiting command beside its words."""


@dataclass
class Batch:
    """What one write will hold, growing command by command."""

    case: Case | None
    head: str
    facts: list[Chained] = field(default_factory=list)
    answers: list[KeptAnswer] = field(default_factory=list)
    deadlines: list[DueLevel] = field(default_factory=list)
    notices: list[tuple[int, NoticeDraft]] = field(default_factory=list)

    def transition(self, snapshot: CaseSnapshot) -> Transition | None:
        """The write, or None when there is nothing to write."""
        if not self.answers:
            return None
        return Transition(
            turn=snapshot.turn,
            case=self.case if self.facts else None,
            paid_elsewhere=snapshot.paid_elsewhere if any(_pays(one.recording.fact) for one in self.facts) else None,
            exceptions=snapshot.exceptions if any(_departs(one.recording.fact) for one in self.facts) else None,
            facts=tuple(self.facts),
            answers=tuple(self.answers),
            deadlines=tuple(self.deadlines),
            notices=tuple(self.notices),
        )

    def took(self, command_id: str, made: Step) -> None:
        """A command was accepted."""
        self.facts += chained(self.head, made.recordings)
        self.head = self.facts[-1].hash
        self.case = made.case
        self.notices += made.notices
        self.answers.append(KeptAnswer(command_id=command_id, status="accepted", seq=made.case.seq))


def _pays(fact: Fact) -> bool:
    if isinstance(fact, CaseSplit):
        return fact.amount is not None and fact.amount.amount > 0
    if not isinstance(fact, EffectOrdered) or fact.reverses is not None:
        return False
    return fact.remedy.amount is not None or in_its_place(fact.remedy)


def _departs(fact: Fact) -> bool:
    return isinstance(fact, ExceptionGranted)


def levels_due(case: Case | None, by: datetime) -> bool:
    """Whether the stored timetable has a level that is due by an instant."""
    return case is not None and bool(case.timetable) and case.timetable[0].due_at <= by


def work_through(
    case: Case | None, case_id: str, snapshot: CaseSnapshot, zone_data: str, only: Sequence[Pending] | None = None
) -> Batch:
    """Everything that waits, each command at the instant it was received and each level at the instant it fell due.

    A level comes after every command received by its instant: a command in time is never overtaken by the deadline. While
    commands are left beyond this batch (``more``), no level is taken that one of those might precede. ``only`` narrows to one
    command, to find the one that cannot be stored.
    """
    batch = Batch(case=case, head=snapshot.head)
    reference = ReferenceData(snapshot.calendars, snapshot.notices, zone_data)
    waiting = deque(snapshot.pending if only is None else only)
    last = only[-1] if only else snapshot.pending[-1] if snapshot.more and snapshot.pending else None
    horizon = last.received_at if last else snapshot.now
    for _ in range(MAX_STEPS):
        row = batch.case.timetable[0] if batch.case is not None and batch.case.timetable else None
        due = row is not None and row.due_at <= horizon
        if waiting and (not due or row is None or waiting[0].received_at <= row.due_at):
            _command(batch, case_id, waiting.popleft(), snapshot, reference)
        elif due and row is not None:
            _level(batch, case_id, row, snapshot, reference)
        else:
            break
    return batch


def _command(batch: Batch, case_id: str, pending: Pending, snapshot: CaseSnapshot, reference: ReferenceData) -> None:
    try:
        command = read_command(pending.body)
        looked_up = {name: getattr(pending, name) for name in _LOOKED_UP}
        looked_up |= {name: getattr(snapshot, name) for name in ("earlier", "held", "exceptions", "cannot_decide")}
        looked_up["paid_elsewhere"] = snapshot.paid_elsewhere or ()
        context = DecisionContext(**looked_up)
        made = step(batch.case, case_id, command, context, pending.received_at, snapshot.now, reference)
    except Refusal as refusal:
        batch.answers.append(_refused(pending.command_id, refusal))
    except Exception as error:  # noqa: BLE001 - see below
        # A rule that breaks on one command must not stop the case: it is answered "broken", people look, the rest goes on.
        batch.answers.append(broken(pending.command_id, error))
    else:
        batch.took(pending.command_id, made)


def _level(batch: Batch, case_id: str, row: DueLevel, snapshot: CaseSnapshot, reference: ReferenceData) -> None:
    command = due_command(row)
    batch.deadlines.append(row)
    try:
        looked_up = {"team": snapshot.team, "held": snapshot.held, "paid_elsewhere": snapshot.paid_elsewhere or ()}
        context = DecisionContext(actor=SYSTEM, credential="system", **looked_up)
        made = step(batch.case, case_id, command, context, row.due_at, snapshot.now, reference)
    except Exception as error:
        # As above; the level still counts as reached, or it would come due again for ever.
        if batch.case is None:
            raise
        batch.took(command.id, mark_level(batch.case, row, snapshot.now, reference.zone_data))
        batch.answers[-1] = broken(command.id, error).model_copy(update={"seq": batch.answers[-1].seq})
    else:
        batch.took(command.id, made)


def _refused(command_id: str, refusal: Refusal) -> KeptAnswer:
    return KeptAnswer(command_id=command_id, status="refused", code=refusal.code, detail=refusal.detail, fields=refusal.fields)


def broken(command_id: str, error: BaseException) -> KeptAnswer:
    """The answer to a command that the rules or the database cannot digest. The type is told, never the data."""
    fields = [".".join(str(p) for p in e["loc"]) for e in error.errors()] if isinstance(error, ValidationError) else []
    detail = "This command could not be processed; it is kept, and a person has to look at it."
    return KeptAnswer(
        command_id=command_id, status="broken", code="broken", detail=detail, fields={"error": type(error).__name__, "at": fields}
    )
