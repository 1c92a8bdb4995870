"""What is wrong with a pack, with the line on which it stands: for the person who writes the rules (``ombud policy lint``).

An error is what makes :mod:`policies.loading` refuse the pack; a warning is what can be used and probably was not meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import yaml

from domain.base import Kept, Priority
from domain.worktime.spans import Span
from policies.conditions import attributes_in, without_texts
from policies.loading import examine
from policies.odd_names import never_equal, slips
from policies.pack import ClockRow, Pack
from policies.suggestions import did_you_mean
from policies.yaml_text import line_of, nodes, read

_REPORT_FACTS = frozenset(
    {
        "kind",
        "source",
        "category",
        "amount",
        "currency",
        "statement_length",
        "respondents",
        "minors",
        "reachable",
        "attachments",
        "decision",
        "appellant",
    }
)
_LONGEST = 800
_NAMED = re.compile(r"\breport\.([A-Za-z_]\w*)")
_BOUND = re.compile(r"\.(?:all|exists|exists_one|map|filter)\(\s*(\w+)\s*,")
_SAMPLE = {
    "report": {
        "kind": "k", "source": "s", "category": "c", "amount": 1, "currency": "USD", "statement_length": 1, "respondents": 1,
        "minors": 0, "reachable": True, "attachments": 0, "decision": "d", "appellant": "author",
    },
    "attributes": {"nothing_said": 0},
}  # fmt: skip
"""A report that says no attributes (but one, for an empty mapping has no type)."""
_MUST_TELL: Mapping[str, tuple[str, ...]] = {
    "case_opened": ("claimant", "respondent"),
    "case_declined": ("claimant",),
    "case_closed": ("claimant", "respondent"),
    "ruling_issued": ("claimant", "respondent"),
    "evidence_requested:claimant": ("claimant",),
    "evidence_requested:respondent": ("respondent",),
    "phase_entered:approval": ("leads",),
    # Whoever gets money for the time being hears that they have it, and that it goes back (12 CFR 1005.11(c)(2)(ii), (d)(2)).
    "provisional_credit_given": ("claimant",),
    "provisional_credit_ended:reversed": ("claimant",),
    "provisional_credit_ended:final": ("claimant",),
    "level_reached:escalate": (),
    "delivery_failed": (),
}
"""Of what whom a pack has to tell: a party that is not told cannot answer in time."""
_LATER: Mapping[str, tuple[str, ...]] = {"case_opened": ("claimant",), "case_disclosed": ("claimant", "respondent")}
"""The same where the respondent learns of the case from its owner."""
_EVERYBODY = {"all": ("claimant", "respondent", "platform"), "parties": ("claimant", "respondent")}


class Finding(Kept):
    """One problem of a pack."""

    line: int
    """Where it stands, from 1; the first where it is about the file as a whole."""
    place: str
    problem: str
    severity: Literal["error", "warning"]
    """An error: the pack cannot be used. A warning: it can, and probably does not do what was meant."""


def lint(text: str, name: str, calendars: frozenset[str] | None = None) -> list[Finding]:
    """Everything that is wrong with the text of a pack, in the order of its lines. ``calendars`` are the known names."""
    try:
        pack, errors, well_formed = examine(text)
    except (ValueError, RecursionError) as error:
        # A date that does not exist, a number that is too long: YAML's own words for it.
        pack, errors, well_formed = None, [f"not YAML that can be read: {error}"], False
    warnings: list[str] = []
    if pack is not None:
        errors = [
            *errors,
            *_unknown_facts(pack),
            *never_equal(pack),
            *(_unknown_calendars(pack, calendars) if calendars is not None else ()),
        ]
    if pack is not None and well_formed:
        unclear = (odd for odd in _unclear(pack) if not any(error.startswith(odd.partition(": ")[0]) for error in errors))
        warnings = [*unclear, *_rows(pack), *_untold(pack), *_told_at_once(pack), *_limits(pack)]
        warnings += (slip for slip in slips(read(text)) if not any(_same(slip, error) for error in errors))
    found = [_finding(text, x, "error") for x in errors] + [_finding(text, x, "warning") for x in warnings]
    return sorted([*found, *_twice(text)], key=lambda finding: finding.line)


def lint_file(path: Path, calendars: frozenset[str] | None = None) -> list[Finding]:
    """The same for a file. Raises ``OSError`` and ``UnicodeDecodeError``."""
    return lint(path.read_bytes().decode("utf-8-sig"), path.name, calendars)


def _same(slip: str, error: str) -> bool:
    """Whether an error tells of the same name at the same place already."""
    place, _, words = slip.partition(": ")
    return words.split(" ", 1)[0] in error and error.startswith(place.partition(".")[0])


def _unknown_calendars(pack: Pack, known: frozenset[str]) -> Iterator[str]:
    named = [("calendar", pack.calendar), *((f"queue_calendars.{q}", name) for q, name in pack.queue_calendars.items())]
    for place, name in (*named, *((f"clocks.{clock.name}.calendar", clock.calendar) for clock in pack.clocks)):
        if name is not None and name not in known:
            yield f"{place}: there is no calendar '{name}'; there are {', '.join(sorted(known))}{did_you_mean(name, known)}"


def _unknown_facts(pack: Pack) -> Iterator[str]:
    """Conditions on what no report has. What stands in `attributes` is the platform's to say."""
    # Imported here: it takes a while, and most commands never load a pack.
    import cel

    for place, condition in pack.cel_conditions:
        words = without_texts(condition)
        for fact in sorted(set(_NAMED.findall(words)) - _REPORT_FACTS):
            near = did_you_mean(fact, _REPORT_FACTS)
            yield f"{place}: a report has no '{fact}'; it has {', '.join(sorted(_REPORT_FACTS))}{near}"
        try:
            variables = set(cel.compile(condition).variables())
        except ValueError:
            continue  # An error of its own.
        for name in sorted(variables - {"report", "attributes", *_BOUND.findall(words)}):
            yield f"{place}: nothing is called '{name}' here; a condition looks at 'report' and 'attributes'"


def _unclear(pack: Pack) -> Iterator[str]:
    """Conditions that come to neither yes nor no: at a gate, such a report waits for a person."""
    import cel

    for place, condition in pack.cel_conditions:
        asked = attributes_in(condition)
        sure = {name for name, has in asked if has}
        loose = sorted({name for name, has in asked if not has} - sure)
        if loose:
            if place.startswith("gates."):
                yield f"{place}: a report without '{loose[0]}' goes to triage; ask 'has(attributes.{loose[0]}) && …' first"
            continue
        try:
            found = cel.compile(condition).execute(_SAMPLE)
        except (ValueError, TypeError, KeyError, RuntimeError) as error:
            found = str(error)
        if not isinstance(found, bool):
            yield f"{place}: it comes to neither yes nor no, but to: {found}"


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
    must_tell = {**_MUST_TELL, **_LATER} if pack.disclosure == "by_owner" else _MUST_TELL
    if pack.decision_elsewhere is not None and pack.decision_elsewhere.first_instance:
        # Whom a notice accuses learns of it later; of an appeal both sides hear at once.
        must_tell = {**must_tell, "case_disclosed": _LATER["case_disclosed"]}
    for event, audiences in must_tell.items():
        if event == "phase_entered:approval" and pack.approval_above is None:
            continue
        if event.startswith("provisional_credit_") and not pack.provisional_credit:
            continue
        told = pack.notices.get(event)
        if told is None:
            yield f"notices: nobody is told of '{event}'"
            continue
        whom = {part for audience in told for part in _EVERYBODY.get(audience, (audience,))}
        missing = [audience for audience in audiences if audience not in whom]
        if missing:
            yield f"notices.{event}: {' and '.join(missing)} would not hear of it"


def _told_at_once(pack: Pack) -> Iterator[str]:
    """Kinds that protect whoever reports, and tell the respondent of the report before anybody has looked at it."""
    if pack.withdrawal != "closes" and pack.disclosure == "at_opening":
        yield (
            f"disclosure: whoever reports is protected here (withdrawal: {pack.withdrawal}), and the respondent is told at once; "
            "with 'by_owner' somebody can see to their safety first"
        )


def _limits(pack: Pack) -> Iterator[str]:
    """Limits that contradict each other."""
    for row in pack.clocks:
        for place, targets in _targets(row):
            spans = [targets[priority] for priority in (Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW)]
            amounts = [span.amount for span in spans]
            if len({span.unit for span in spans}) == 1 and amounts != sorted(amounts):
                yield f"clocks.{row.name}.{place}: a more urgent case has more time than a less urgent one"
        clock = row.terms(Priority.NORMAL, dict.fromkeys(pack.calendars, "cal_lint"), 1.0)
        for level in clock.levels:
            for target in (clock.target, *clock.targets.values()):
                if level.before is not None and level.before.unit is target.unit and level.before.amount >= target.amount:
                    words = f"{level.before} before the end of {target} leaves no time"
                    yield f"clocks.{row.name}.levels.{level.name}.before: {words}"


def _targets(row: ClockRow) -> Iterator[tuple[str, dict[Priority, Span]]]:
    for place, target in (("target", row.target), *((f"by_category.{name}", own) for name, own in row.by_category.items())):
        if isinstance(target, dict):
            yield place, target


def _twice(text: str) -> Iterator[Finding]:
    """Keys that stand twice in one mapping: YAML silently takes the last."""
    try:
        waiting = [node for node in (nodes(text),) if node is not None]
    except (yaml.YAMLError, RecursionError):
        return
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        if isinstance(node, yaml.MappingNode):
            waiting += [value for _, value in node.value]
            keys: set[str] = set()
            for key, _ in node.value:
                if str(key.value) in keys and key.tag != "tag:yaml.org,2002:merge":
                    words = "stands here a second time, and only this one counts"
                    yield Finding(line=key.start_mark.line + 1, place=str(key.value), problem=words, severity="error")
                keys.add(str(key.value))


def _finding(text: str, problem: str, severity: Literal["error", "warning"]) -> Finding:
    place, _, words = " ".join(problem.split()).partition(": ")
    # A name that somebody made endless is told by its beginning.
    return Finding(line=_line_of(text, place), place=place[:200], problem=(words or problem)[:_LONGEST], severity=severity)


def _line_of(text: str, place: str) -> int:
    """The line of the innermost part of a place that the text has."""
    try:
        node = nodes(text)
    except yaml.reader.ReaderError as error:
        return line_of(text, error)
    except yaml.MarkedYAMLError as error:
        return error.problem_mark.line + 1 if error.problem_mark is not None else 1
    except RecursionError:
        return 1
    line = 1
    for part in _parts(place):
        found = _below(node, part)
        if found is None:
            break
        line, node = found
    return line


def _parts(place: str) -> list[str]:
    return [part for part in place.split(".") if part]


def _below(node: yaml.Node | None, part: str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if str(key.value) == part:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            if part == str(number) or _name_of_item(item) == part:
                return item.start_mark.line + 1, item
    return None


def _name_of_item(node: yaml.Node) -> str | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    said = {key.value: str(value.value) for key, value in node.value}
    return said.get("name") or said.get("like")
