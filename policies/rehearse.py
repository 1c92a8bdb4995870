"""A story run through the rules without any server, so that the owner of a policy can try a rule before it binds anybody.

A script (:mod:`policies.scripts`) is YAML: a report, then steps. Between steps every deadline that falls due fires by itself, as
if the workers were up. One that falls due at the very instant of a step comes after it: a command at its deadline is in time.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from domain.base import Instant, Kept, Outcome
from domain.model.case import Case
from domain.model.commands import Command, Open, parse_command
from domain.model.facts import DueLevel, EvidenceFile
from domain.model.links import OtherCase
from domain.model.people import SYSTEM, Actor
from domain.model.prior_decision import as_opened
from domain.model.prose import Prose
from domain.model.reading import field_errors
from domain.model.refusals import Refusal
from domain.model.report import Report
from domain.model.terms import Terms
from domain.rules.reference import ReferenceData
from domain.rules.rule import DecisionContext
from domain.transition import Step, due_command, mark_level, step
from domain.views.case import actions
from domain.worktime.calculator import due, zone_data_version
from domain.worktime.errors import WorktimeError
from policies.pack import Pack
from policies.resolve import resolve
from policies.retarget import retargeted
from policies.script_cast import Cast, digest, sanctions_before
from policies.script_shapes import spans_of
from policies.scripts import Expectation, Script, ScriptError, ScriptStep
from policies.shelf import Shelf

_CASE_ID = "case_00000000-0000-7000-8000-000000000000"
_FIRINGS = 1_000
"""Deadlines between two steps: a story in which more fire has lost its way."""
_RELATIVE = ("at", "until", "to", "due_at")  # may say `+2 business days` in a story: so long after the step


class Line(Kept):
    """What one step came to."""

    step: int | None
    """None: nobody did it, a deadline fell due."""
    at: Instant
    by: str
    facts: tuple[str, ...] = ()
    phase: str | None
    refused: dict[str, Any] | None = None
    deadlines: tuple[dict[str, Any], ...] = ()
    actions: dict[str, tuple[str, ...]] = {}
    missed: tuple[str, ...] = ()
    """What the story expected and did not get."""


def rehearse(shelf: Shelf, pack: Pack, script: Script, *, with_actions: bool = True) -> Iterator[Line]:
    """The lines of a story, in order. Raises :class:`ScriptError` for a report or a step that makes no sense.

    Without actions, lines do not say what everybody may do next, which takes as long to find out as all the rest.
    """
    stage = _Stage(shelf, pack, script, with_actions)
    line = stage.checked(stage.open(), script.expect)
    for number, script_step in enumerate(script.steps, 2):
        yield line
        at = stage.instant_of(script_step.at, number)
        yield from stage.time_passes(at, number)
        line = stage.checked(stage.act(number, script_step, at), script_step.expect)
    if script.until is not None:
        for later in stage.time_passes(stage.instant_of(script.until, None), None):
            yield line
            line = later
    yield stage.ended(line, script.ends)


def _decided_before(script: Script, kind: str) -> OtherCase | None:
    """The case in which the story says that its matter was decided."""
    said = script.decided_before
    if said is None:
        return None
    decided = Outcome(said.outcome)
    case_id = f"case_{digest(said.case)[:32]}"
    return OtherCase(id=case_id, kind=kind, opened_at=script.opened_at, open=False, outcome=decided, given=said.given)


class _Stage:
    """One case and everybody in it."""

    def __init__(self, shelf: Shelf, pack: Pack, script: Script, with_actions: bool) -> None:
        self._with_actions = with_actions
        # Whoever re-targets a case to the newest pack means this one.
        self._shelf = dataclasses.replace(shelf, packs={**shelf.packs, pack.kind: pack})
        self._report = _report_of(pack, script)
        self._cast = Cast(script, self._report)
        self._terms, self._routing = resolve(pack, self._report, shelf.references)
        self._calendars = shelf.calendars_of(self._terms)
        self._now = script.opened_at
        before, decision = script.appealed_before, self._report.decision
        same = before is not None and (decision is None or before.is_against(decision))
        self._appealed_before = before.case if before is not None and same else None
        self._decided = _decided_before(script, pack.kind)
        self._case: Case | None = None
        self._fired: list[str] = []
        self._answered: dict[str, dict[str, Any] | None] = {}
        self._texts = 0
        self._before = sanctions_before(script, self._terms, self._cast)

    @property
    def _reference(self) -> ReferenceData:
        return ReferenceData(self._calendars, self._shelf.notices, zone_data_version())

    def open(self) -> Line:
        """The report becomes a case."""
        report = self._report
        command = Open(
            id="cmd_0001", by="system", channel="system", kind=report.kind, source=report.source, category=report.category,
            priority=self._terms.priority, terms=self._terms, routing=self._routing, parties=self._cast.parties,
            statement=self._seal(report.statement), subject=self._seal(report.subject) if report.subject else None,
            amount=report.amount, occurred_at=report.occurred_at, synthetic=report.synthetic,
            outside_due_at=report.outside_due_at,
            decision=as_opened(report.decision, digest(report.decision.content) if report.decision else "", self._seal),
            decided_in=self._decided.id if self._decided else None, new_fact=report.brings_new_fact,
        )  # fmt: skip
        try:
            found: dict[str, Any] = {"appealed_before": self._appealed_before, "decided": self._decided}
            context = DecisionContext(actor=SYSTEM, earlier=self._before, **found)
            made = step(None, _CASE_ID, command, context, self._now, self._now, self._reference)
        except (WorktimeError, OverflowError) as error:
            raise ScriptError([f"step 1: at: {error}"]) from error
        return self._line_of_step(1, self._cast.claimant.id, made)

    def checked(self, line: Line, expected: Expectation | None) -> Line:
        """The line of a step, with what the story expected of it and did not get."""
        fired, self._fired = tuple(self._fired), []
        if expected is None:
            return line
        refused = line.refused["code"] if line.refused else None
        missed = [] if refused == expected.refused else [f"refused: {refused or 'no'}, not {expected.refused or 'expected'}"]
        return line.model_copy(update={"missed": (*missed, *self._missed(line, expected, fired))})

    def ended(self, line: Line, expected: Expectation | None) -> Line:
        """The last line, with what the story expected of its end and did not get."""
        if expected is None:
            return line
        missed = self._missed(line, expected, tuple(self._fired))
        return line.model_copy(update={"missed": (*line.missed, *(f"at the end: {said}" for said in missed))})

    def _missed(self, line: Line, expected: Expectation, fired: tuple[str, ...]) -> Iterator[str]:
        case = self._case
        assert case is not None  # it was opened before anything is checked
        found: dict[str, Any] = {
            "phase": line.phase,
            "outcome": case.outcome.value if case.outcome else None,
            "ruling": case.rulings[-1].outcome if case.rulings else None,
            "sanction": case.ruling.sanction.sanction if case.ruling and case.ruling.sanction else "none",
            "in_force": tuple(s.sanction for s in case.sanctions if s.voided_at is None and s.lifted_at is None),
            "priority": case.priority.value,
            "facts": line.facts,
            "fired": fired,
        }
        for name, value in found.items():
            wanted = getattr(expected, name)
            if wanted is not None and wanted != value:
                yield f"{name}: {_for_people(value)}, not {_for_people(wanted)}"
        if expected.owner is not None and (case.owner or "nobody") != self._cast.person_id(expected.owner):
            yield f"owner: {case.owner or 'nobody'}, not {expected.owner}"
        rows = {f"{row.clock} {row.level}": row.due_at for row in reversed(case.timetable)}
        for name, at in expected.due.items():
            if rows.get(name, "never") != at:
                yield f"due: {name} {_for_people(rows.get(name, 'never'))}, not {_for_people(at)}"
        if not expected.may and not expected.may_not:
            return
        allowed = line.actions or self._actions(case)
        for who, commands in expected.may.items():
            yield from (f"may: {who} may not {one}" for one in commands if one not in allowed.get(who, ()))
        for who, commands in expected.may_not.items():
            yield from (f"may_not: {who} may {one}" for one in commands if one in allowed.get(who, ()))

    def instant_of(self, when: datetime | str, number: int | None) -> datetime:
        """An instant, or so long after the step before."""
        place = f"step {number}: at" if number else "until"
        try:
            at = when if isinstance(when, datetime) else self._after(when[1:])
        except ValidationError as error:
            raise ScriptError([f"{place}: {e['msg']}" for e in error.errors()]) from error
        except (WorktimeError, OverflowError) as error:
            raise ScriptError([f"{place}: {error}"]) from error
        if at < self._now:
            raise ScriptError([f"{place}: {_for_people(at)} lies before the step before it, at {_for_people(self._now)}"])
        return at

    def _after(self, text: str) -> datetime:
        at, calendar = self._now, self._calendars.get(self._terms.calendar or "")
        for span in spans_of(text):
            found = due(calendar, at, span)
            assert found is not None  # no pauses
            at = found
        return at

    def time_passes(self, until: datetime, number: int | None) -> Iterator[Line]:
        """Every level that falls due before the instant of a step, in order; with no step to come, at that instant too."""
        for _ in range(_FIRINGS):
            row = self._case.timetable[0] if self._case is not None and self._case.timetable else None
            if row is None or row.due_at > until or (number is not None and row.due_at == until):
                self._now = until
                return
            self._now = max(self._now, row.due_at)
            self._fired.append(f"{row.clock} {row.level}")
            yield self._line_of_step(None, "system", self._fire(row))
        place = f"step {number}: at" if number else "until"
        raise ScriptError(
            [f"{place}: more than {_FIRINGS} deadlines fall due before {_for_people(until)}; name an earlier instant"]
        )

    def _fire(self, row: DueLevel) -> Step:
        case = self._case
        assert case is not None  # it has a timetable
        try:
            return step(case, _CASE_ID, due_command(row), DecisionContext(actor=SYSTEM), row.due_at, row.due_at, self._reference)
        except Exception:  # noqa: BLE001 - as `record` does: a rule that breaks must not stop a case
            return mark_level(case, row, self._now, zone_data_version())

    def act(self, number: int, script_step: ScriptStep, at: datetime) -> Line:
        """Somebody does something. A command whose id is known has its answer already, and no effect."""
        actor = self._cast.actor(script_step.by)
        raw = self._raw_command(number, script_step.command, actor)
        known = isinstance(raw["id"], str) and raw["id"] in self._answered
        try:
            made = None if known else self._judged(raw, actor, at)
        except _Refused as turned_away:
            self._answered[str(raw["id"])] = turned_away.refused
            return self._snapshot(number, actor.id, turned_away.refused)
        if made is None:
            return self._snapshot(number, actor.id, self._answered[raw["id"]])
        self._answered[str(raw["id"])] = None
        return self._line_of_step(number, actor.id, made)

    def _raw_command(self, number: int, command: dict[str, Any], actor: Actor) -> dict[str, Any]:
        raw = {"id": f"cmd_{number:04d}", **command, "by": actor.id}
        for name in ("owner", "to") if raw.get("type") in ("assign", "hand_over") else ():
            if raw.get(name) is not None:
                raw[name] = self._cast.person_id(raw[name])
        for name in _RELATIVE:
            if isinstance(raw.get(name), str) and raw[name].strip().startswith("+"):
                raw[name] = self.instant_of(raw[name].strip(), number)
        return raw

    def _judged(self, raw: dict[str, Any], actor: Actor, at: datetime) -> Step:
        try:
            command = parse_command(raw, self._seal)
            target = self._cast.named(getattr(command, "owner", None) or getattr(command, "to", None))
            terms = self._new_terms(command)
            # In a story every file that somebody names was uploaded.
            files = tuple(_file(file_id) for file_id in getattr(command, "files", ()))
            context = DecisionContext(actor=actor, target=target, terms=terms, files=files, earlier=self._before)
            return step(self._case, _CASE_ID, command, context, at, at, self._reference)
        except ValidationError as error:
            detail = "; ".join(f"{e['field']}: {e['message']}" if e["field"] else e["message"] for e in field_errors(error))
            raise _Refused({"code": "malformed", "detail": detail}) from error
        except Refusal as refusal:
            raise _Refused({"code": refusal.code, "detail": refusal.detail}) from refusal
        except Exception as error:  # as `record` does: a rule that breaks is this command's answer
            raise _Refused({"code": "broken", "detail": f"{type(error).__name__}: {error}"}) from error

    def _new_terms(self, command: Command) -> Terms | None:
        if command.type != "retarget" or self._case is None:
            return None
        found = retargeted(self._shelf, self._case, command)
        if found is None:
            return None
        self._calendars = {**self._calendars, **found[1]}
        return found[0]

    def _line_of_step(self, number: int | None, by: str, made: Step) -> Line:
        self._case = made.case
        facts = tuple(recording.fact.type for recording in made.recordings)
        return self._snapshot(number, by, None).model_copy(update={"facts": facts})

    def _snapshot(self, number: int | None, by: str, refused: dict[str, Any] | None) -> Line:
        case = self._case
        assert case is not None  # the report is the first step
        return Line(
            step=number, at=self._now, by=by, phase=case.phase.value, refused=refused,
            deadlines=tuple({"clock": r.clock, "level": r.level, "at": _for_people(r.due_at)} for r in case.timetable),
            actions=self._actions(case) if self._with_actions else {},
        )  # fmt: skip

    def _actions(self, case: Case) -> dict[str, tuple[str, ...]]:
        return self._cast.may(case, lambda who: (one.command for one in actions(case, who) if one.allowed))

    def _seal(self, text: str) -> Prose:
        self._texts += 1
        return Prose(content_id=f"cnt_{self._texts:04d}", digest=digest(text), length=len(text))


def _file(file_id: str) -> EvidenceFile:
    return EvidenceFile(id=file_id, digest=digest(file_id), media_type="application/octet-stream", length=1)


class _Refused(Exception):
    """A command that was not taken."""

    def __init__(self, refused: dict[str, Any]) -> None:
        super().__init__(refused["code"])
        self.refused = refused


def _report_of(pack: Pack, script: Script) -> Report:
    try:
        report = Report.model_validate({"kind": pack.kind, **script.report})
    except ValidationError as error:
        raise ScriptError([f"report.{e['field']}: {e['message']}".replace(".:", ":") for e in field_errors(error)]) from error
    if report.kind != pack.kind:
        raise ScriptError([f"report.kind: the story is about '{report.kind}', and the pack defines '{pack.kind}'"])
    return report


def _for_people(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value)
