"""What a story expected (:mod:`policies.scripts`) and did not get: how the case stands, who was told, and what a viewer sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from domain.model.case import Case
from domain.model.people import Actor
from domain.views.actions import may_see
from domain.views.case import view, visible
from policies.script_case import Line, ScriptCase, for_people
from policies.scripts import Expectation

_NOTHING = "nothing"
"""What a viewer sees to whom the case is not found."""


def missed(told: ScriptCase, line: Line, expected: Expectation, *, at_the_end: bool) -> Iterator[str]:
    """Each expectation that was not met, and what came instead. ``fired`` and who was told begin anew after each step."""
    fired, notices = told.since()
    if not at_the_end:
        refused = line.refused["code"] if line.refused else None
        if refused != expected.refused:
            yield f"refused: {refused or 'no'}, not {expected.refused or 'expected'}"
    case = told.state
    assert case is not None  # it was opened before anything is checked
    yield from _stands(told, case, line, expected, fired)
    yield from _may(told, line, expected)
    yield from _tells(told, expected, notices)
    for who, wanted in expected.sees.items():
        yield from _sees(told, case, who, wanted)
    for who, hidden in expected.sees_not.items():
        yield from _sees_not(told, case, who, hidden)


def _stands(told: ScriptCase, case: Case, line: Line, expected: Expectation, fired: tuple[str, ...]) -> Iterator[str]:
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
            yield f"{name}: {for_people(value)}, not {for_people(wanted)}"
    if expected.owner is not None and (case.owner or "nobody") != told.cast.person_id(expected.owner):
        yield f"owner: {case.owner or 'nobody'}, not {expected.owner}"
    rows = {f"{row.clock} {row.level}": row.due_at for row in reversed(case.timetable)}
    for name, at in expected.due.items():
        if rows.get(name, "never") != at:
            yield f"due: {name} {for_people(rows.get(name, 'never'))}, not {for_people(at)}"


def _may(told: ScriptCase, line: Line, expected: Expectation) -> Iterator[str]:
    if not expected.may and not expected.may_not:
        return
    allowed = line.actions or told.actions()
    for who, commands in expected.may.items():
        yield from (f"may: {who} may not {one}" for one in commands if one not in allowed.get(who, ()))
    for who, commands in expected.may_not.items():
        yield from (f"may_not: {who} may {one}" for one in commands if one in allowed.get(who, ()))


def _tells(told: ScriptCase, expected: Expectation, notices: Sequence[str]) -> Iterator[str]:
    for wanted in expected.tells:
        if not any(_is(told, notice, wanted) for notice in notices):
            yield f"tells: {wanted} was not told; told were {', '.join(notices) or 'nobody'}"
    for unwanted in expected.tells_not:
        yield from (f"tells_not: {notice} was told" for notice in notices if _is(told, notice, unwanted))


def _is(told: ScriptCase, notice: str, wanted: str) -> bool:
    """Whether a notice is one that a story names as ``event->recipient``, as an event alone, or as ``->recipient`` alone."""
    event, _, recipient = notice.partition("->")
    wanted_event, _, whom = wanted.partition("->")
    if wanted_event.strip() not in ("", "*", event):
        return False
    return not whom.strip() or recipient in _recipients(told, whom.strip())


def _recipients(told: ScriptCase, name: str) -> frozenset[str]:
    """Everybody that a story can mean by a name: a whole side, a party, a role, a person, the platform."""
    side = {party.id for party in (told.state.parties if told.state else ()) if party.side.value == name}
    party = told.cast.party_called(name)
    return frozenset({name, f"role:{name}", told.cast.person_id(name), *side, *([party.id] if party else ())})


def _sees(told: ScriptCase, case: Case, who: str, wanted: str | Mapping[str, Any]) -> Iterator[str]:
    viewer = told.cast.viewer(who)
    there = may_see(case, viewer)
    if isinstance(wanted, str):
        if there:
            yield f"sees: {who} sees the case, not {wanted}"
        return
    if not there:
        yield f"sees: {who} sees nothing"
        return
    shown = _shown(told, case, viewer)
    for name, value in wanted.items():
        found = shown.get(name)
        if not _holds(found, value):
            yield f"sees: {name} is {found} to {who}, not {value}"


def _sees_not(told: ScriptCase, case: Case, who: str, hidden: Iterable[str]) -> Iterator[str]:
    viewer = told.cast.viewer(who)
    if not may_see(case, viewer):
        return
    shown = _shown(told, case, viewer)
    for name in hidden:
        if name in shown["timeline"] or shown.get(name):
            yield f"sees_not: {who} sees {name}"


def _shown(told: ScriptCase, case: Case, viewer: Actor) -> dict[str, Any]:
    """The case as the viewer sees it, with the types of the facts in their timeline."""
    facts = [recording.fact.type for recording in told.record if visible(case, recording, viewer)]
    return {**view(case, viewer).model_dump(mode="json"), "timeline": facts}


def _holds(found: Any, wanted: Any) -> bool:
    """Whether what is shown has in it what the story says: of a mapping the named fields, of a list each that is named."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(_holds(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list | tuple):
        return isinstance(found, list | tuple) and all(any(_holds(one, value) for one in found) for value in wanted)
    return bool(found == (for_people(wanted) if hasattr(wanted, "isoformat") else wanted))
