"""A story run through the rules without any server: how the owner of a policy tries a rule before anybody lives by it.

A script is YAML: a report, then steps. Between steps every deadline that falls due fires by itself, as if the workers were up.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from domain.actors import SYSTEM, Actor
from domain.base import Instant, Kept, Side
from domain.books import Books
from domain.case import Case
from domain.commands import Open, OpenedParty, parse_command
from domain.decide import Voice
from domain.letters import field_errors
from domain.prose import Prose
from domain.refusals import Refusal
from domain.report import Report
from domain.spans import Span
from domain.terms import Terms
from domain.transition import Step, due_command, step
from domain.views import actions
from domain.worktime import due, zone_data_version
from policies.pack import Pack
from policies.resolve import resolve
from policies.retarget import retargeted
from policies.scripts import Expectation, Script, ScriptError, ScriptStep, Speaker
from policies.shelf import Shelf

_CASE_ID = "case_00000000-0000-7000-8000-000000000000"
_FIRINGS = 500
"""Deadlines between two steps: a story in which more fire has lost its way."""
_ANYBODY: tuple[tuple[str, Actor], ...] = (
    ("mediator", Actor(id="per_any-mediator", role="mediator")),
    ("lead", Actor(id="per_any-lead", role="lead")),
    ("ops", Actor(id="per_any-ops", role="ops")),
    ("platform", Actor(id="key_any-platform", role="platform")),
)


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


def rehearse(shelf: Shelf, pack: Pack, script: Script) -> Iterator[Line]:
    """The lines of a story, in order. Raises :class:`ScriptError` for a report or a step that makes no sense."""
    stage = _Stage(shelf, pack, script)
    line = stage.checked(stage.open(), script.expect)
    for number, one in enumerate(script.steps, 2):
        yield line
        at = stage.instant_of(one.at)
        yield from stage.time_passes(at)
        line = stage.checked(stage.act(number, one, at), one.expect)
    rest = [line, *(stage.time_passes(stage.instant_of(script.until)) if script.until is not None else ())]
    yield from rest[:-1]
    yield stage.checked(rest[-1], script.ends)


class _Stage:
    """One case and everybody in it."""

    def __init__(self, shelf: Shelf, pack: Pack, script: Script) -> None:
        self._shelf, self._pack, self._script = shelf, pack, script
        self._report = self._read_report()
        self._parties = tuple(
            OpenedParty(id=_party_id(p.ref), side=p.side, role=p.role, ref_digest=_digest(p.ref), locale=p.locale, zone=p.zone)
            for p in self._report.parties
        )
        terms, self._routing = resolve(pack, self._report, shelf.references)
        self._terms: Terms = terms
        self._calendars = shelf.calendars_of(terms)
        self._people = {s.id: s for s in (*script.people, *(x.by for x in script.steps))}
        self._now = script.at
        self._case: Case | None = None
        self._texts = 0

    def _read_report(self) -> Report:
        try:
            return Report.model_validate({"kind": self._pack.kind, **self._script.report})
        except ValidationError as error:
            raise ScriptError([f"report.{e['field']}: {e['message']}" for e in field_errors(error)]) from error

    @property
    def _books(self) -> Books:
        notices = {**self._shelf.notices, self._pack.version: self._pack.notices}
        return Books(self._calendars, notices, zone_data_version())

    def open(self) -> Line:
        """The report becomes a case."""
        report = self._report
        command = Open(
            id="cmd_0001", by="system", channel="system", kind=report.kind, source=report.source, category=report.category,
            priority=self._terms.priority, terms=self._terms, routing=self._routing, parties=self._parties,
            statement=self._seal(report.statement), amount=report.amount, occurred_at=report.occurred_at,
            synthetic=report.synthetic,
        )  # fmt: skip
        return self._line(1, "system", step(None, _CASE_ID, command, Voice(actor=SYSTEM), self._now, self._now, self._books))

    def checked(self, line: Line, expected: Expectation | None) -> Line:
        """The line, with what the story expected of it and did not get."""
        if expected is None:
            return line
        outcome = self._case.outcome.value if self._case is not None and self._case.outcome else None
        refused = line.refused["code"] if line.refused else None
        found = {"phase": line.phase, "refused": refused, "outcome": outcome, "facts": line.facts}
        wanted = {name: value for name, value in expected if value is not None or (name == "refused" and line.refused)}
        missed = [f"{name}: {found[name]}, not {value}" for name, value in wanted.items() if found[name] != value]
        return line.model_copy(update={"missed": (*line.missed, *missed)})

    def instant_of(self, when: datetime | str) -> datetime:
        """An instant, or so long after the step before."""
        if isinstance(when, datetime):
            at = when
        else:
            calendar = self._calendars.get(self._terms.calendar or "")
            found = due(calendar, self._now, _span(when[1:]))
            assert found is not None  # no pauses
            at = found
        if at < self._now:
            raise ScriptError([f"steps: {at.isoformat()} lies before the step before it"])
        return at

    def time_passes(self, until: datetime) -> Iterator[Line]:
        """Every level that falls due before an instant, in order."""
        for _ in range(_FIRINGS):
            case = self._case
            row = case.timetable[0] if case is not None and case.timetable else None
            if case is None or row is None or row.due_at >= until:
                self._now = until
                return
            self._now = max(self._now, row.due_at)
            made = step(case, _CASE_ID, due_command(row), Voice(actor=SYSTEM), row.due_at, row.due_at, self._books)
            yield self._line(None, "system", made)
        raise ScriptError([f"steps: more than {_FIRINGS} deadlines fall due before {until.isoformat()}; name an earlier instant"])

    def act(self, number: int, one: ScriptStep, at: datetime) -> Line:
        """Somebody does something."""
        actor = self._actor(one.by)
        raw = {"id": f"cmd_{number:04d}", **one.command, "by": actor.id}
        try:
            command = parse_command(raw, self._seal)
        except ValidationError as error:
            detail = "; ".join(f"{e['field']}: {e['message']}" for e in field_errors(error))
            return self._standing(number, actor.id, {"code": "malformed", "detail": detail})
        owner = self._people.get(getattr(command, "owner", None) or "")
        target = self._actor(owner) if owner else None
        try:
            voice = Voice(actor=actor, target=target, terms=self._new_terms(command))
            return self._line(number, actor.id, step(self._case, _CASE_ID, command, voice, at, at, self._books))
        except Refusal as refusal:
            return self._standing(number, actor.id, {"code": refusal.code, "detail": refusal.detail})

    def _new_terms(self, command: Any) -> Terms | None:
        if command.type != "retarget" or self._case is None:
            return None
        found = retargeted(self._shelf, self._case, command)
        if found is None:
            return None
        self._calendars = {**self._calendars, **found[1]}
        return found[0]

    def _actor(self, speaker: Speaker) -> Actor:
        if speaker.role == "system":
            return SYSTEM
        if speaker.role == "platform":
            return Actor(id=_prefixed("key_", speaker.id), role="platform")
        if speaker.role in ("claimant", "respondent", "witness"):
            return self._party(speaker)
        conflicts = tuple(_digest(ref) for ref in speaker.conflicts)
        return Actor(id=_prefixed("per_", speaker.id), role=speaker.role, manager=speaker.manager, conflicts=conflicts)

    def _party(self, speaker: Speaker) -> Actor:
        known = {p.id: p for p in self._parties} | {r.ref: p for r, p in zip(self._report.parties, self._parties, strict=True)}
        party = known.get(speaker.id)
        if party is None and speaker.id in ("claimant", "respondent"):
            party = next((p for p in self._parties if p.side.value == speaker.id and p.role == "principal"), None)
        if party is None:
            # Somebody of another case: the rules have to turn them away.
            side = Side.RESPONDENT if speaker.role == "respondent" else Side.CLAIMANT
            return Actor(id=_prefixed("pty_", speaker.id), role=side.value, side=side)
        return Actor(id=party.id, role=party.side.value, side=party.side)

    def _line(self, number: int | None, by: str, made: Step) -> Line:
        self._case = made.case
        facts = tuple(recording.fact.type for recording in made.recordings)
        return self._standing(number, by, None).model_copy(update={"facts": facts})

    def _standing(self, number: int | None, by: str, refused: dict[str, Any] | None) -> Line:
        case = self._case
        rows = case.timetable if case is not None else ()
        return Line(
            step=number,
            at=self._now,
            by=by,
            phase=case.phase.value if case else None,
            refused=refused,
            deadlines=tuple(
                {"clock": r.clock, "level": r.level, "at": r.due_at.isoformat().replace("+00:00", "Z")} for r in rows
            ),
            actions=self._actions(case) if case else {},
        )

    def _actions(self, case: Case) -> dict[str, tuple[str, ...]]:
        """What each may do now: the sides, the owner, and anybody of the team with no part in the case."""
        looking = [(p.side.value, Actor(id=p.id, role=p.side.value, side=p.side)) for p in case.parties if p.role == "principal"]
        owner = self._people.get(case.owner or "") if case.owner else None
        if owner is not None:
            looking.append(("owner", self._actor(owner)))
        looking += _ANYBODY
        return {name: tuple(one.command for one in actions(case, actor) if one.allowed) for name, actor in looking}

    def _seal(self, text: str) -> Prose:
        self._texts += 1
        return Prose(content_id=f"cnt_{self._texts:04d}", digest=_digest(text), length=len(text))


def _span(text: str) -> Span:
    try:
        return Span.parse(text.strip())
    except ValidationError as error:
        raise ScriptError([f"steps.at: {e['msg']}" for e in error.errors()]) from error


def _party_id(ref: str) -> str:
    return _prefixed("pty_", ref)


def _prefixed(prefix: str, name: str) -> str:
    return name if name.startswith(prefix) else prefix + re.sub(r"[^A-Za-z0-9_.-]", "-", name)[:100]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
