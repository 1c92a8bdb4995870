"""One case of a story (:mod:`policies.scripts`): how it opens, what a step or a deadline makes of it, and who is told."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from domain.base import Instant, Kept, Side
from domain.model.case import Case
from domain.model.commands import Command, Open, parse_command
from domain.model.facts import DueLevel, EvidenceFile, Recording
from domain.model.legal_hold import HeldPerson
from domain.model.links import OtherCase
from domain.model.money import PaidElsewhere
from domain.model.people import SYSTEM, Actor, OpenedParty, Standing
from domain.model.policy_exceptions import ExceptionsGranted
from domain.model.prior_decision import as_opened
from domain.model.prose import Prose
from domain.model.reading import field_errors
from domain.model.refusals import Refusal
from domain.model.report import Report
from domain.model.sanctions import EarlierSanction
from domain.model.terms import Terms
from domain.model.translations import Translate, with_original
from domain.rules.reference import ReferenceData
from domain.rules.rule import DecisionContext
from domain.transition import Step, due_command, mark_level, step
from domain.views.actions import actions
from domain.worktime.calculator import zone_data_version
from domain.worktime.errors import WorktimeError
from policies.pack import Pack
from policies.resolve import resolve
from policies.retarget import retargeted
from policies.script_cast import Cast, StorySealer, digest
from policies.scripts import Script, ScriptError
from policies.shelf import Shelf


class Line(Kept):
    """What one step came to."""

    step: int | None
    """None: nobody did it, a deadline fell due, or another case of the story brought it about."""
    case: str | None = None
    """Which case of the story, where it has several; None: the one that there is."""
    at: Instant
    by: str
    facts: tuple[str, ...] = ()
    phase: str | None
    refused: dict[str, Any] | None = None
    notices: tuple[str, ...] = ()
    """Who is told of what by it: ``case_opened->pty_buyer``, in the pack's order."""
    deadlines: tuple[dict[str, Any], ...] = ()
    actions: dict[str, tuple[str, ...]] = {}
    missed: tuple[str, ...] = ()
    """What the story expected and did not get."""


@dataclasses.dataclass(frozen=True)
class Known:
    """What is known of other cases when a report comes in, or a command is judged."""

    earlier: tuple[EarlierSanction, ...] = ()
    appealed_before: str | None = None
    decided: OtherCase | None = None
    same: OtherCase | None = None
    """The open case of the same matter into which the report goes."""
    other: OtherCase | None = None
    """The case that a command names."""
    held: tuple[HeldPerson, ...] = ()
    """Who of its parties is kept by a legal hold on another case."""
    paid: tuple[PaidElsewhere, ...] = ()
    exceptions: tuple[ExceptionsGranted, ...] = ()
    """What stands in other cases about the same matter."""


class ScriptCase:
    """A case, and everybody in it."""

    def __init__(self, name: str, number: int, shelf: Shelf, pack: Pack, script: Script, report: Report) -> None:
        self.name = name
        self.id = f"case_00000000-0000-7000-8000-{number:012d}"
        # Whoever re-targets a case to the newest pack means this one.
        self._shelf = dataclasses.replace(shelf, packs={**shelf.packs, pack.kind: pack})
        self.report = report
        self.cast = Cast(script, report)
        self.terms, self.routing = resolve(pack, report, shelf.references)
        self.calendars = shelf.calendars_of(self.terms)
        self.state: Case | None = None
        self.record: list[Recording] = []
        self.fired: list[str] = []
        """What fell due since the last step."""
        self.told: list[str] = []
        """Who was told of what since the last step."""
        self.ever_told: list[str] = []
        self._prefix = "" if number == 0 else f"{number}-"
        self._answered: dict[str, dict[str, Any] | None] = {}
        self._texts = 0

    @property
    def _reference(self) -> ReferenceData:
        return ReferenceData(self.calendars, self._shelf.notices, zone_data_version())

    @property
    def _parties(self) -> tuple[OpenedParty, ...]:
        """Whoever reports by a form is anybody who filled it in."""
        form = self.report.source == "form"
        return tuple(
            p.model_copy(update={"unproven": True}) if form and p.side is Side.CLAIMANT else p for p in self.cast.parties
        )

    def open(self, number: int, known: Known, at: datetime, *, with_actions: bool) -> Line:
        """The report becomes a case. Raises :class:`ScriptError` for an instant that no calendar reaches."""
        report, terms = self.report, self.terms
        command = Open(
            id=f"cmd_{self._prefix}{number:04d}", by="system", channel="system", kind=report.kind, source=report.source,
            category=report.category, priority=terms.priority, terms=terms, routing=self.routing, parties=self._parties,
            statement=self._seal(report.statement), subject=self._seal(report.subject) if report.subject else None,
            amount=report.amount, occurred_at=report.occurred_at, synthetic=report.synthetic,
            outside_due_at=report.outside_due_at,
            decision=as_opened(report.decision, digest(report.decision.content) if report.decision else "", self._seal),
            decided_in=known.decided.id if known.decided else None, new_fact=report.brings_new_fact,
            same_as=known.same.id if known.same else None,
        )  # fmt: skip
        context = DecisionContext(
            actor=SYSTEM, appealed_before=known.appealed_before, earlier=known.earlier, decided=known.decided, other=known.same
        )
        try:
            made = step(None, self.id, command, context, at, at, self._reference)
        except (WorktimeError, OverflowError) as error:
            raise ScriptError([f"step {number}: at: {error}"]) from error
        return self._line_of(number, self.cast.claimant.id, made, at, with_actions=with_actions)

    def act(self, number: int, raw: dict[str, Any], actor: Actor, known: Known, at: datetime, *, with_actions: bool) -> Line:
        """Somebody does something. A command whose id is known has its answer already, and no effect."""
        raw = {"id": f"cmd_{number:04d}", **raw}
        answered = isinstance(raw["id"], str) and raw["id"] in self._answered
        try:
            made = None if answered else self._judged(raw, actor, known, at)
        except _Refused as turned_away:
            self._answered[str(raw["id"])] = turned_away.refused
            return self._snapshot(number, actor.id, turned_away.refused, at, with_actions)
        if made is None:
            return self._snapshot(number, actor.id, self._answered[raw["id"]], at, with_actions)
        self._answered[str(raw["id"])] = None
        return self._line_of(number, actor.id, made, at, with_actions=with_actions)

    def fire(self, row: DueLevel, at: datetime, known: Known, *, with_actions: bool) -> Line:
        """A level falls due."""
        case = self.state
        assert case is not None  # it has a timetable
        context = DecisionContext(actor=SYSTEM, held=known.held, paid_elsewhere=known.paid)
        try:
            made = step(case, self.id, due_command(row), context, row.due_at, row.due_at, self._reference)
        except Exception:  # noqa: BLE001 - as `record` does: a rule that breaks must not stop a case
            made = mark_level(case, row, at, zone_data_version())
        self.fired.append(f"{row.clock} {row.level}")
        return self._line_of(None, "system", made, at, with_actions=with_actions)

    def hear(self, command: Command, at: datetime, *, with_actions: bool) -> Line:
        """What another case of the story had to tell this one."""
        context = DecisionContext(actor=SYSTEM, target=self.cast.named(self._owner(command)))
        made = step(self.state, self.id, command, context, at, at, self._reference)
        return self._line_of(None, "system", made, at, with_actions=with_actions)

    def actions(self) -> dict[str, tuple[str, ...]]:
        """What everybody may do now."""
        case = self.state
        assert case is not None  # it was opened before anything is asked of it
        return self.cast.may(case, lambda who: (one.command for one in actions(case, who) if one.allowed))

    def since(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What fell due and who was told since this was asked last."""
        fired, told = tuple(self.fired), tuple(self.told)
        self.fired, self.told = [], []
        return fired, told

    def _judged(self, raw: dict[str, Any], actor: Actor, known: Known, at: datetime) -> Step:
        try:
            command = self._beside_original(parse_command(raw, StorySealer(self._seal, self.cast)))
            target = self.cast.named(getattr(command, "owner", None) or getattr(command, "to", None) or self._owner(command))
            terms = self._new_terms(command)
            # In a story every file that somebody names was uploaded.
            files = tuple(_file(file_id) for file_id in getattr(command, "files", ()))
            context = DecisionContext(
                actor=actor,
                # Everybody in a story has to do with the case, and only a conflict closes it to them.
                standing=Standing(in_queue=True),
                target=target,
                terms=terms,
                files=files,
                earlier=known.earlier,
                other=known.other,
                held=known.held,
                paid_elsewhere=known.paid,
                exceptions=known.exceptions,
            )
            return step(self.state, self.id, command, context, at, at, self._reference)
        except ValidationError as error:
            detail = "; ".join(f"{e['field']}: {e['message']}" if e["field"] else e["message"] for e in field_errors(error))
            raise _Refused({"code": "malformed", "detail": detail}) from error
        except Refusal as refusal:
            raise _Refused({"code": refusal.code, "detail": refusal.detail}) from refusal
        except Exception as error:  # as `record` does: a rule that breaks is this command's answer
            raise _Refused({"code": "broken", "detail": f"{type(error).__name__}: {error}"}) from error

    def _beside_original(self, command: Command) -> Command:
        """A translation with the text that it is of, which the inbox finds by its number in the timeline."""
        if not isinstance(command, Translate):
            return command
        found = self.record[command.of - 1 : command.of]
        return with_original(command, found[0].fact.model_dump(mode="json") if found else None)

    def _owner(self, command: Command) -> str | None:
        """Whoever has the case, where a command could bring somebody to whom they stand close."""
        return self.state.owner if self.state is not None and command.type in ("add_party", "replace_party", "join") else None

    def _new_terms(self, command: Command) -> Terms | None:
        if command.type != "retarget" or self.state is None:
            return None
        found = retargeted(self._shelf, self.state, command)
        if found is None:
            return None
        self.calendars = {**self.calendars, **found[1]}
        return found[0]

    def _line_of(self, number: int | None, by: str, made: Step, at: datetime, *, with_actions: bool) -> Line:
        self.state = made.case
        self.record += made.recordings
        notices = tuple(f"{draft.event}->{draft.recipient}" for _, draft in made.notices)
        self.told += notices
        self.ever_told += notices
        facts = tuple(recording.fact.type for recording in made.recordings)
        return self._snapshot(number, by, None, at, with_actions).model_copy(update={"facts": facts, "notices": notices})

    def _snapshot(self, number: int | None, by: str, refused: dict[str, Any] | None, at: datetime, with_actions: bool) -> Line:
        case = self.state
        assert case is not None  # the report is the first step
        return Line(
            step=number, at=at, by=by, phase=case.phase.value, refused=refused,
            deadlines=tuple({"clock": r.clock, "level": r.level, "at": for_people(r.due_at)} for r in case.timetable),
            actions=self.actions() if with_actions else {},
        )  # fmt: skip

    def _seal(self, text: str) -> Prose:
        self._texts += 1
        return Prose(content_id=f"cnt_{self._prefix}{self._texts:04d}", digest=digest(text), length=len(text))


def _file(file_id: str) -> EvidenceFile:
    return EvidenceFile(id=file_id, digest=digest(file_id), media_type="application/octet-stream", length=1)


class _Refused(Exception):
    """A command that was not taken."""

    def __init__(self, refused: dict[str, Any]) -> None:
        super().__init__(refused["code"])
        self.refused = refused


def for_people(value: Any) -> str:
    """A value as a story writes it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value)
