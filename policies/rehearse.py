"""A story run through the rules without any server, so that the owner of a policy can try a rule before it binds anybody.

A script (:mod:`policies.scripts`) is YAML: a report, then steps. Between steps every deadline that falls due fires by itself, as
if the workers were up. One that falls due at the very instant of a step comes after it: a command at its deadline is in time.
A story may have several cases: what one has another do happens at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from domain.base import Outcome
from domain.model.facts import CrossCaseTaskOrdered, DueLevel
from domain.model.links import OtherCase
from domain.model.people import Actor
from domain.model.reading import field_errors
from domain.model.report import Report
from domain.worktime.calculator import due
from domain.worktime.errors import WorktimeError
from policies.pack import Pack
from policies.script_case import Known, Line, ScriptCase, for_people
from policies.script_cast import digest, sanctions_before
from policies.script_expectations import missed
from policies.script_other_cases import (
    appealed_before,
    as_other,
    decided_before,
    done,
    earlier_sanctions,
    exceptions_elsewhere,
    held_elsewhere,
    ordered,
    paid_elsewhere,
    same_matter,
)
from policies.script_shapes import spans_of
from policies.scripts import FIRST, Expectation, Script, ScriptError, ScriptStep
from policies.shelf import Shelf

_FIRINGS = 2_000
"""Deadlines between two steps: a story in which more fire has lost its way."""
_RELATIVE = ("at", "until", "to", "due_at", "expires_at")  # may say `+2 business days` in a story: so long after the step
_NAMES_A_CASE = {"merge": "into", "link": "to"}
"""Commands that name another case of the story, and the field in which they do."""


def rehearse(shelf: Shelf, pack: Pack, script: Script, *, with_actions: bool = True) -> Iterator[Line]:
    """The lines of a story, in order. Raises :class:`ScriptError` for a report or a step that makes no sense.

    Without actions, lines do not say what everybody may do next, which takes as long to find out as all the rest.
    """
    stage = _Stage(shelf, pack, script, with_actions)
    lines = stage.opened(1, FIRST, pack.kind, script.report, script.expect)
    line = next(lines)
    for later in lines:
        yield line
        line = later
    for number, script_step in enumerate(script.steps, 2):
        yield line
        at = stage.instant_of(script_step.at, number)
        yield from stage.time_passes(at, number)
        told = stage.told(number, script_step, at)
        line = next(told)
        for later in told:
            yield line
            line = later
    if script.until is not None:
        for later in stage.time_passes(stage.instant_of(script.until, None), None):
            yield line
            line = later
    yield stage.ended(line, script)


class _Stage:
    """The cases of a story, and the time in which they happen."""

    def __init__(self, shelf: Shelf, pack: Pack, script: Script, with_actions: bool) -> None:
        self._shelf, self._pack, self._script, self._with_actions = shelf, pack, script, with_actions
        self._now = script.opened_at
        self._cases: dict[str, ScriptCase] = {}
        self._several = any(script_step.report is not None for script_step in script.steps)

    def opened(self, number: int, name: str, kind: str, raw: Mapping[str, Any], expected: Expectation | None) -> Iterator[Line]:
        """A report becomes a case."""
        place = "" if name == FIRST else f"step {number}: "
        report = _report_of(kind, raw, place)
        pack = self._pack if report.kind == self._pack.kind else self._shelf.packs.get(report.kind)
        if pack is None or (name == FIRST and pack is not self._pack):
            raise ScriptError([f"{place}report.kind: the story is about '{report.kind}', and the pack defines '{kind}'"])
        others = tuple(self._cases.values())
        new = ScriptCase(name, len(others), self._shelf, pack, self._script, report)
        line = new.open(number, self._known_of(new, others), self._now, with_actions=self._with_actions)
        self._cases[name] = new
        yield from self._with_what_follows(new, self._checked(new, line, expected), 0)

    def told(self, number: int, script_step: ScriptStep, at: datetime) -> Iterator[Line]:
        """What somebody does, or another report, and what it brings about in the other cases."""
        name = script_step.case or FIRST
        if script_step.report is not None:
            if script_step.case is None or name in self._cases:
                raise ScriptError([f"step {number}: case: give the new case a name of its own"])
            yield from self.opened(number, name, self._pack.kind, script_step.report, script_step.expected)
            return
        told = self._cases.get(name)
        if told is None:
            raise ScriptError([f"step {number}: case: no report of this story is called '{name}' yet"])
        before = len(told.record)
        speaker, command = script_step.sent
        actor = told.cast.actor(speaker, told.state)
        raw = self._raw_command(number, command, actor, told)
        others = tuple(other for other in self._cases.values() if other is not told)
        known = Known(
            earlier=self._earlier(told, others),
            other=self._named(raw, told),
            held=tuple(held_elsewhere(told, others, at)),
            paid=tuple(paid_elsewhere(told, others)),
            exceptions=tuple(exceptions_elsewhere(told, others, at)),
        )
        line = told.act(number, raw, actor, known, at, with_actions=self._with_actions)
        yield from self._with_what_follows(told, self._checked(told, line, script_step.expected), before)

    def ended(self, line: Line, script: Script) -> Line:
        """The last line, with what the story expected of its end, and of whom is told, and did not get."""
        first = self._cases[FIRST]
        said: list[str] = []
        if script.ends is not None:
            last = line.model_copy(update={"phase": first.state.phase.value if first.state else None})
            said += (f"at the end: {one}" for one in missed(first, last, script.ends, at_the_end=True))
        for case in self._cases.values():
            case.told = list(case.ever_told)
        everywhere = Expectation(tells=script.tells if not self._several else (), tells_not=script.tells_not)
        for case in self._cases.values():
            said += (f"in the whole story: {one}" for one in missed(case, line, everywhere, at_the_end=True))
        return line.model_copy(update={"missed": (*line.missed, *said)}) if said else line

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
            raise ScriptError([f"{place}: {for_people(at)} lies before the step before it, at {for_people(self._now)}"])
        return at

    def time_passes(self, until: datetime, number: int | None) -> Iterator[Line]:
        """Every level that falls due before the instant of a step, in order; with no step to come, at that instant too."""
        for _ in range(_FIRINGS):
            found = self._next_due()
            if found is None or found[1].due_at > until or (number is not None and found[1].due_at == until):
                self._now = until
                return
            told, row = found
            self._now = max(self._now, row.due_at)
            before = len(told.record)
            others = tuple(other for other in self._cases.values() if other is not told)
            known = Known(held=tuple(held_elsewhere(told, others, self._now)), paid=tuple(paid_elsewhere(told, others)))
            line = told.fire(row, self._now, known, with_actions=self._with_actions)
            yield from self._with_what_follows(told, line, before)
        place = f"step {number}: at" if number else "until"
        raise ScriptError(
            [f"{place}: more than {_FIRINGS} deadlines fall due before {for_people(until)}; name an earlier instant"]
        )

    def _next_due(self) -> tuple[ScriptCase, DueLevel] | None:
        rows = [(told, told.state.timetable[0]) for told in self._cases.values() if told.state and told.state.timetable]
        return min(rows, key=lambda found: found[1].due_at, default=None)

    def _after(self, text: str) -> datetime:
        first = self._cases[FIRST]
        at, calendar = self._now, first.calendars.get(first.terms.calendar or "")
        for span in spans_of(text):
            found = due(calendar, at, span)
            assert found is not None  # no pauses
            at = found
        return at

    def _checked(self, told: ScriptCase, line: Line, expected: Expectation | None) -> Line:
        """The line of a step, with what the story expected of it and did not get."""
        if expected is None:
            told.since()
            return line
        return line.model_copy(update={"missed": tuple(missed(told, line, expected, at_the_end=False))})

    def _with_what_follows(self, told: ScriptCase, line: Line, before: int) -> Iterator[Line]:
        """A line, and what the case has the others of the story do."""
        yield self._named_line(told, line)
        tasks = [rec.fact for rec in told.record[before:] if isinstance(rec.fact, CrossCaseTaskOrdered)]
        for task in tasks:
            found = ordered(told, task, self._cases.values())
            if found is None:
                continue
            other, command = found
            before_there = len(other.record)
            heard = other.hear(command, self._now, with_actions=self._with_actions)
            yield from self._with_what_follows(other, heard, before_there)
            yield self._named_line(told, told.hear(done(task), self._now, with_actions=self._with_actions))

    def _named_line(self, told: ScriptCase, line: Line) -> Line:
        return line.model_copy(update={"case": told.name}) if self._several else line

    def _known_of(self, new: ScriptCase, others: tuple[ScriptCase, ...]) -> Known:
        """What intake finds of a new report; what the story says happened before it began counts for its first."""
        before, decision = self._script.appealed_before, new.report.decision
        same = before is not None and (decision is None or before.is_against(decision))
        appealed = before.case if before is not None and same and new.name == FIRST else None
        decided = _decided_before(self._script, new.report.kind) if new.name == FIRST else None
        return Known(
            earlier=self._earlier(new, others), appealed_before=appealed or appealed_before(new, others),
            decided=decided or decided_before(new, others), same=same_matter(new, others),
        )  # fmt: skip

    def _earlier(self, told: ScriptCase, others: tuple[ScriptCase, ...]) -> Any:
        said = sanctions_before(self._script, told.terms, told.cast) if told.name == FIRST else ()
        return (*said, *earlier_sanctions(told, others))

    def _named(self, raw: dict[str, Any], by: ScriptCase) -> OtherCase | None:
        """The case of the story that a command names, under the name that the story gives it or by its id."""
        field = _NAMES_A_CASE.get(str(raw.get("type")))
        named = raw.get(field) if field else None
        for told in self._cases.values():
            if field and told.state is not None and named in (told.name, told.id):
                raw[field] = told.id
                here, there = by.report.matter_key, told.report.matter_key
                return as_other(told.state, here, there)
        return None

    def _raw_command(self, number: int, command: dict[str, Any], actor: Actor, told: ScriptCase) -> dict[str, Any]:
        raw = {"id": f"cmd_{number:04d}", **told.cast.as_sent(command), "by": actor.id}
        for name in ("owner", "to") if raw.get("type") in ("assign", "hand_over") else ():
            if raw.get(name) is not None:
                raw[name] = told.cast.person_id(raw[name])
        for name in _RELATIVE:
            if isinstance(raw.get(name), str) and raw[name].strip().startswith("+"):
                raw[name] = self.instant_of(raw[name].strip(), number)
        return raw


def _decided_before(script: Script, kind: str) -> OtherCase | None:
    """The case in which the story says that its matter was decided."""
    said = script.decided_before
    if said is None:
        return None
    decided = Outcome(said.outcome)
    case_id = f"case_{digest(said.case)[:32]}"
    return OtherCase(id=case_id, kind=kind, opened_at=script.opened_at, open=False, outcome=decided, given=said.given)


def _report_of(kind: str, raw: Mapping[str, Any], place: str) -> Report:
    try:
        return Report.model_validate({"kind": kind, **raw})
    except ValidationError as error:
        raise ScriptError(
            [f"{place}report.{e['field']}: {e['message']}".replace(".:", ":") for e in field_errors(error)]
        ) from error
