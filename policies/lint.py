"""What is wrong with a pack, with the line on which it stands: for the person who writes the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import yaml

from domain.base import Kept, Priority
from policies.pack import Pack, PackError, load_pack

_REPORT_FACTS = frozenset({"kind", "source", "category", "amount", "currency", "statement_length", "respondents", "attachments"})
_NAMED = re.compile(r"\breport\.([a-z_]+)")
_MUST_TELL: Mapping[str, tuple[str, ...]] = {
    "case_opened": ("claimant", "respondent"),
    "case_declined": ("claimant",),
    "case_closed": ("claimant", "respondent"),
    "ruling_issued": ("claimant", "respondent"),
    "evidence_requested:claimant": ("claimant",),
    "evidence_requested:respondent": ("respondent",),
    "phase_entered:approval": ("leads",),
    "level_reached:escalate": (),
    "delivery_failed": (),
}
"""Of what whom a pack has to tell: a party that is not told cannot answer in time."""
_EVERYBODY = {"all": ("claimant", "respondent", "platform"), "parties": ("claimant", "respondent")}


class Finding(Kept):
    """One problem of a pack."""

    line: int | None
    """Where it stands; None where it is about the file as a whole."""
    place: str
    problem: str
    severity: Literal["error", "warning"]
    """An error: the pack cannot be used. A warning: it can, and probably does not do what was meant."""


def lint(text: str, name: str, calendars: frozenset[str] | None = None) -> list[Finding]:
    """Everything that is wrong with the text of a pack, in the order of its lines. ``calendars`` are the known names."""
    try:
        pack = load_pack(text, name)
    except PackError as error:
        found = [_finding(text, problem, "error") for problem in error.problems]
    else:
        unknown = sorted(pack.calendars - calendars) if calendars is not None else []
        errors = [*_facts(pack), *(f"calendar: there is no calendar '{one}'" for one in unknown)]
        warnings = [*_rows(pack), *_untold(pack), *_limits(pack)]
        found = [_finding(text, x, "error") for x in errors] + [_finding(text, x, "warning") for x in warnings]
    return sorted(found, key=lambda one: one.line or 0)


def lint_file(path: Path, calendars: frozenset[str] | None = None) -> list[Finding]:
    """The same for a file. Raises ``OSError`` and ``UnicodeDecodeError``."""
    return lint(path.read_text("utf-8"), path.name, calendars)


def _facts(pack: Pack) -> Iterator[str]:
    """Conditions on facts that no report has. What stands in `attributes` is the platform's to say."""
    for kind, rows in (("gates", pack.gates), ("priority", pack.priority)):
        for row in rows:
            unknown = sorted(set(_NAMED.findall(row.when or "")) - _REPORT_FACTS)
            for fact in unknown:
                known = ", ".join(sorted(_REPORT_FACTS))
                yield f"{kind}.{row.name}.when: a report has no '{fact}'; it has {known}"


def _rows(pack: Pack) -> Iterator[str]:
    """Rows that are never reached: first hit wins."""
    for kind, rows in (("gates", pack.gates), ("priority", pack.priority)):
        seen: dict[str, str] = {}
        always: str | None = None
        for row in rows:
            if always is not None:
                yield f"{kind}.{row.name}: never reached, because '{always}' before it always hits"
            condition = " ".join((row.when or "").split())
            if condition in seen and row.when is not None:
                yield f"{kind}.{row.name}: never reached, because '{seen[condition]}' before it has the same condition"
            seen.setdefault(condition, row.name)
            if row.when is None or condition == "true":
                always = always or row.name


def _untold(pack: Pack) -> Iterator[str]:
    """Events of which nobody, or not everybody who has to act, is told."""
    for event, audiences in _MUST_TELL.items():
        if event == "phase_entered:approval" and pack.approval_above is None:
            continue
        told = pack.notices.get(event)
        if told is None:
            yield f"notices: nobody is told of '{event}'"
            continue
        whom = {one for audience in told for one in _EVERYBODY.get(audience, (audience,))}
        missing = [one for one in audiences if one not in whom]
        if missing:
            yield f"notices.{event}: {' and '.join(missing)} would not hear of it"


def _limits(pack: Pack) -> Iterator[str]:
    """Limits that contradict each other."""
    for row in pack.clocks:
        if not isinstance(row.target, dict) or len({span.unit for span in row.target.values()}) > 1:
            continue
        amounts = [row.target[priority].amount for priority in (Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW)]
        if amounts != sorted(amounts):
            yield f"clocks.{row.name}.target: a more urgent case has more time than a less urgent one"


def _finding(text: str, problem: str, severity: Literal["error", "warning"]) -> Finding:
    place, _, words = problem.partition(": ")
    return Finding(line=_line(text, place), place=place, problem=words or problem, severity=severity)


def _line(text: str, place: str) -> int | None:
    """The line of the innermost part of a place that the text has."""
    try:
        node = yaml.compose(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return mark.line + 1 if mark is not None else None
    line: int | None = None
    for part in _parts(place):
        found = _below(node, part)
        if found is None:
            break
        line, node = found
    return line


def _parts(place: str) -> list[str]:
    # `notices.evidence_requested:claimant` is split at the colon by the problem's own words: what is left still finds its table.
    return [part for part in place.split(".") if part]


def _below(node: yaml.Node | None, part: str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if str(key.value) == part:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            if part == str(number) or _name(item) == part:
                return item.start_mark.line + 1, item
    return None


def _name(node: yaml.Node) -> str | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((str(value.value) for key, value in node.value if key.value == "name"), None)
