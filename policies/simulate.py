"""What a changed pack would have done to past cases (``ombud policy simulate``). Nothing is written anywhere.

The commands of a case are decided twice by the rules of today: under the terms it was opened with, and under those of the changed
pack. So what differs comes from the pack alone. Between the commands every deadline falls due by the timetable of its own run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from domain.base import Instant, Kept
from domain.model.case import Case
from domain.model.commands import Command, Open, read_command
from domain.model.facts import LevelReached, RulingDrafted, SanctionDrafted
from domain.model.people import SYSTEM, Actor
from domain.model.refusals import Refusal
from domain.model.report import Report
from domain.model.sanctions import EarlierSanction
from domain.rules.reference import ReferenceData
from domain.rules.rule import DecisionContext
from domain.transition import Step, due_command, mark_level, step
from domain.worktime.calculator import zone_data_version
from domain.worktime.calendars import Calendar
from policies.resolve import resolve
from policies.shelf import Shelf

MOST_LEVELS = 5_000
"""A run in which more deadlines fire goes round in circles, and is given up."""


class PastCommand(Kept):
    """Something that was asked of a case, by whom, and when it was received."""

    at: Instant
    command: Command
    actor: Actor | None
    target: Actor | None = None


class PastSanction(EarlierSanction):
    """A sanction of another case, with all that became of it."""

    voided_at: Instant | None = None
    """When it was taken back, as if it had never been."""
    closed_at: Instant | None = None
    """When its case was closed: from then on it counts in other kinds, where their packs say so."""

    def known_at(self, at: datetime) -> EarlierSanction | None:
        """As it stood at an instant; None where it did not count against anybody then."""
        if self.imposed_at > at or (self.voided_at is not None and self.voided_at <= at):
            return None
        lifted = self.lifted_at if self.lifted_at is not None and self.lifted_at <= at else None
        closed = self.kind is None or (self.closed_at is not None and self.closed_at <= at)
        return self.model_copy(update={"lifted_at": lifted, "final": closed})


class Past(Kept):
    """All that is needed to decide a case again."""

    case_id: str
    kind: str
    opened: PastCommand
    report: Report
    """What the gates looked at; texts and people stand in for themselves by length and number."""
    commands: tuple[PastCommand, ...] = ()
    """In the order of their receipt; neither the opening nor deadlines."""
    sanctions: tuple[PastSanction, ...] = ()
    """Of other cases against the same people: what counted against them when it was decided counts in both runs."""
    until: Instant
    """Up to here its deadlines fall due."""


class Changed(Kept):
    """One thing that would have been another."""

    about: Literal["routing", "priority", "phase", "outcome", "ruling", "refusal", "approval", "sanction", "level", "due"]
    what: str
    old: str | None
    new: str | None


class Simulated(Kept):
    """What would have differed in one case."""

    case: str
    kind: str
    status: Literal["same", "differs", "not_simulated"]
    code: str | None = None
    """Why it could not be decided again."""
    changed: tuple[Changed, ...] = ()


class _NotSimulated(Exception):
    """A run that cannot come to its end."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Run:
    """One case, decided again under certain terms."""

    def __init__(self, past: Past, opening: Open, calendars: Mapping[str, Calendar]) -> None:
        self._past = past
        self._reference = ReferenceData(calendars, {opening.terms.version: {}}, zone_data_version())
        self._opening = opening
        self.answers: dict[str, str] = {}
        self.levels: Counter[str] = Counter()
        self.approvals: dict[str, str] = {}
        self.sanctions: dict[str, str] = {}
        self.due: dict[str, str] = {}
        self.case: Case | None = None

    def decided(self) -> _Run:
        """From the opening to the instant up to which it is looked at."""
        opened = self._past.opened.model_copy(update={"command": self._opening})
        self._judge(opened)
        if self.case is None:
            raise _NotSimulated("opening_refused")
        for past in self._past.commands:
            self._time_passes(past.at, at_it=False)
            self._judge(past)
        self._time_passes(self._past.until, at_it=True)
        return self

    def _judge(self, past: PastCommand) -> None:
        earlier = tuple(known for sanction in self._past.sanctions if (known := sanction.known_at(past.at)) is not None)
        context = DecisionContext(actor=past.actor, target=past.target, earlier=earlier)
        try:
            self._took(step(self.case, self._past.case_id, past.command, context, past.at, past.at, self._reference))
        except Refusal as refusal:
            self.answers[past.command.id] = refusal.code
        except Exception:  # noqa: BLE001 - as `record` does: a rule that breaks is this command's answer
            self.answers[past.command.id] = "broken"
        else:
            self.answers[past.command.id] = "accepted"

    def _time_passes(self, until: datetime, *, at_it: bool) -> None:
        # A command is in time until the instant is over: a level at the very instant comes after it.
        for _ in range(MOST_LEVELS):
            case = self.case
            row = case.timetable[0] if case is not None and case.timetable else None
            if case is None or row is None or row.due_at > until or (row.due_at == until and not at_it):
                return
            try:
                self._took(
                    step(case, case.id, due_command(row), DecisionContext(actor=SYSTEM), row.due_at, row.due_at, self._reference)
                )
            except Exception:  # noqa: BLE001 - as `record` does: a rule that breaks must not stop a case
                self._took(mark_level(case, row, row.due_at, self._reference.zone_data))
        raise _NotSimulated("too_many_deadlines")

    def _took(self, made: Step) -> None:
        self.case = made.case
        for recording in made.recordings:
            fact = recording.fact
            if isinstance(fact, LevelReached):
                self.levels[f"{fact.clock} {fact.level}"] += 1
            if isinstance(fact, SanctionDrafted):
                self.sanctions[recording.command_id] = fact.sanction
            if isinstance(fact, RulingDrafted):
                self.approvals[recording.command_id] = fact.approval_because or "none"
        for row in made.case.timetable:
            if row.count == 0:
                self.due[f"{row.clock} {row.level} #{row.instance}"] = row.due_at.isoformat()


def past_of(
    case_id: str,
    kind: str,
    commands: Iterable[Mapping[str, Any]],
    about: Mapping[str, Any],
    until: datetime,
    sanctions: Iterable[Mapping[str, Any]] = (),
) -> Past:
    """A past case from what is kept: its commands (the opening among them), what came with its report, and the sanctions of other
    cases against its people.

    Raises pydantic's ValidationError for commands that this release cannot read.
    """
    received = [
        PastCommand(
            at=row["received_at"],
            command=read_command(row["body"]),
            actor=Actor.model_validate(row["actor"]) if row["actor"] else None,
            target=Actor.model_validate(row["target"]) if row["target"] else None,
        )
        for row in commands
    ]
    opened = next((past for past in received if isinstance(past.command, Open)), received[0])
    return Past(
        case_id=case_id,
        kind=kind,
        opened=opened,
        report=_report(opened.command, about),
        commands=tuple(past for past in received if past is not opened),
        sanctions=tuple(PastSanction.model_validate(dict(row)) for row in sanctions),
        until=until,
    )


def _report(opening: Command, about: Mapping[str, Any]) -> Report:
    """The report as the gates saw it; its texts are not needed, their length is."""
    assert isinstance(opening, Open)  # a record begins with it
    parties = [{"side": p.side, "role": p.role, "ref": p.id, "minor": p.minor} for p in opening.parties]
    known = {name: value for name, value in about.items() if name in Report.model_fields}
    if opening.decision is not None and isinstance(known.get("decision"), dict) and opening.decision.reasons is not None:
        known["decision"] = {**known["decision"], "reasons": "x" * opening.decision.reasons.length}
    files = [{"name": "kept", "data": ""} for _ in opening.attachments]
    text = "x" * opening.statement.length
    return Report.model_validate({**known, "parties": parties, "statement": text, "attachments": files})


def simulate(shelf: Shelf, past: Past, calendars: Mapping[str, Calendar]) -> Simulated:
    """What would have differed, had the pack on the shelf bound this case. ``calendars`` are those of its own terms."""
    opening = past.opened.command
    pack = shelf.packs.get(past.kind)
    if not isinstance(opening, Open) or pack is None:
        code = "kind_unknown" if isinstance(opening, Open) else "opening_missing"
        return Simulated(case=past.case_id, kind=past.kind, status="not_simulated", code=code)
    terms, routing = resolve(pack, past.report, shelf.references, opening.terms.time_scale)
    if opening.history is not None:
        routing = opening.routing
    other = opening.model_copy(update={"terms": terms, "routing": routing, "priority": terms.priority})
    try:
        if not opening.terms.references <= calendars.keys():
            raise _NotSimulated("calendar_missing")
        old = _Run(past, opening, calendars).decided()
        new = _Run(past, other, shelf.calendars_of(terms)).decided()
    except _NotSimulated as error:
        return Simulated(case=past.case_id, kind=past.kind, status="not_simulated", code=error.code)
    changed = (*_of_intake(opening, other), *_of_runs(past, old, new))
    return Simulated(case=past.case_id, kind=past.kind, status="differs" if changed else "same", changed=changed)


def _of_intake(old: Open, new: Open) -> Iterator[Changed]:
    if (old.routing.decision, old.routing.reason) != (new.routing.decision, new.routing.reason):
        said = (" ".join(filter(None, (x.routing.decision, x.routing.reason))) for x in (old, new))
        yield Changed(about="routing", what="routing", old=next(said), new=next(said))
    if old.priority != new.priority:
        yield Changed(about="priority", what="priority", old=old.priority.value, new=new.priority.value)


def _of_runs(past: Past, old: _Run, new: _Run) -> Iterator[Changed]:
    before, after = old.case, new.case
    assert before is not None  # both came to their end
    assert after is not None
    if before.phase != after.phase:
        yield Changed(about="phase", what="phase", old=before.phase.value, new=after.phase.value)
    if before.outcome != after.outcome:
        yield Changed(about="outcome", what="outcome", old=before.outcome, new=after.outcome)
    rulings = tuple(case.rulings[-1].outcome if case.rulings else None for case in (before, after))
    if rulings[0] != rulings[1]:
        yield Changed(about="ruling", what="ruling", old=rulings[0], new=rulings[1])
    for command in (sent.command for sent in past.commands):
        said = (old.answers.get(command.id), new.answers.get(command.id))
        if said[0] != said[1]:
            yield Changed(about="refusal", what=f"{command.type} {command.id}", old=said[0], new=said[1])
    yield from _of_rulings(old, new)
    for name in dict.fromkeys((*old.levels, *new.levels)):
        if old.levels[name] != new.levels[name]:
            yield Changed(about="level", what=name, old=str(old.levels[name]), new=str(new.levels[name]))
    for name in dict.fromkeys((*old.due, *new.due)):
        if old.due.get(name) != new.due.get(name):
            yield Changed(about="due", what=name, old=old.due.get(name), new=new.due.get(name))


def _of_rulings(old: _Run, new: _Run) -> Iterator[Changed]:
    """What the same ruling, taken in both runs, would have come with."""
    tables: tuple[tuple[Literal["approval", "sanction"], dict[str, str], dict[str, str]], ...] = (
        ("approval", old.approvals, new.approvals),
        ("sanction", old.sanctions, new.sanctions),
    )
    for about, before, after in tables:
        for command_id in (command_id for command_id in old.approvals if command_id in new.approvals):
            said = (before.get(command_id), after.get(command_id))
            if said[0] != said[1]:
                yield Changed(about=about, what=command_id, old=said[0], new=said[1])
