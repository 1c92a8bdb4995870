"""What changed between two packs, in terms of what it means to a case, not of which lines differ (``ombud policy diff``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain.base import Kept, Priority
from domain.model.clock_terms import ClockTerms
from domain.worktime.spans import Span
from policies.pack import ClockRow, Pack

_FREE = ("title", "labels")
"""What people read and no rule looks at: told last."""
_SAID_APART = ("name", "target", "targets", "levels")
_ORDERED = ("gates", "priority", "ladder")
"""Tables whose order means something: the first hit wins, a rung comes after the one before."""


class Difference(Kept):
    """One thing that is another."""

    section: str
    what: str
    old: str | None = None
    """None: it is new."""
    new: str | None = None
    """None: it is gone."""


def differences(old: Pack, new: Pack) -> tuple[Difference, ...]:
    """Everything that is another to a case, section by section; empty when two packs mean the same."""
    before, after = meaning(old), meaning(new)
    sections = list(dict.fromkeys((*before, *after)))
    found: list[Difference] = []
    for section in sorted(sections, key=lambda name: name in _FREE):
        found += _compared(section, before.get(section, {}), after.get(section, {}))
    return tuple(_as_one(found))


def _as_one(found: list[Difference]) -> Iterator[Difference]:
    """A target that changed alike for every priority, once."""
    alike: dict[tuple[str, str | None, str | None], list[Difference]] = {}
    for difference in found:
        clock = difference.what.partition(": target at ")[0]
        alike.setdefault((clock, difference.old, difference.new), []).append(difference)
    for difference in found:
        clock, at, _ = difference.what.partition(": target at ")
        same = [x for x in alike[clock, difference.old, difference.new] if ": target at " in x.what and "/" not in x.what]
        if not at or difference not in same or len(same) < len(Priority):
            yield difference
        elif difference is same[0]:
            yield difference.model_copy(update={"what": f"{clock}: target"})


def meaning(pack: Pack) -> dict[str, dict[str, str]]:
    """A pack as sections of named statements: every default written out, every usual clock as what it is."""
    said = pack.model_dump(mode="json", exclude={"version", "clocks", "notices"})
    sections: dict[str, dict[str, str]] = {"general": {}}
    for name, value in said.items():
        if name in _ORDERED:
            sections[name] = _table(value)
        elif name == "approval_above":
            sections["general"][name] = _as_text(value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            sections[name] = _rows(value)
        elif isinstance(value, list | dict):
            sections[name] = dict(_entries(value))
        else:
            sections["general"][name] = _as_text(value)
    sections["clocks"] = dict(statement for row in pack.clocks for statement in _clock(row))
    sections["notices"] = {event: ", ".join(audiences) for event, audiences in pack.notices.items()}
    if pack.notices:
        sections["notices"]["order (weightiest first)"] = " > ".join(pack.notices)
    return sections


def _named(row: dict[str, Any]) -> str:
    """What a row is called; of an amount, its currency."""
    return str(row.get("name") or row.get("currency"))


def _rows(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {k: v for row in rows for k, v in _flat({x: y for x, y in row.items() if x != "name"}, _named(row))}


def _table(rows: list[dict[str, Any]]) -> dict[str, str]:
    found = _rows(rows)
    if len(rows) > 1:
        found["order"] = " > ".join(row["name"] for row in rows)
    return found


def _entries(value: list[Any] | dict[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        yield from ((str(code), "yes") for code in value)
    else:
        yield from ((str(key), _as_text(said)) for key, said in value.items())


def _clock(row: ClockRow) -> Iterator[tuple[str, str]]:
    for priority in Priority:
        yield f"{row.name}: target at {priority.value}", str(row.target if isinstance(row.target, Span) else row.target[priority])
    for category, own in row.by_category.items():
        for priority in Priority:
            yield f"{row.name}: target at {category}/{priority.value}", str(own if isinstance(own, Span) else own[priority])
    names = {row.calendar: row.calendar} if row.calendar else {}
    terms = row.terms(Priority.NORMAL, names, 1.0)
    whole = {
        name: getattr(terms, name) for name in ClockTerms.model_fields if name not in ("name", "target", "targets", "levels")
    }
    yield from _flat({k: v for k, v in whole.items() if v not in (None, (), False)}, row.name)
    for level in terms.levels:
        said = {name: getattr(level, name) for name in type(level).model_fields if name != "name"}
        yield from _flat({k: v for k, v in said.items() if v not in (None, (), False)}, f"{row.name}: level {level.name}")


def _flat(value: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    any_said = False
    for name, said in value.items():
        if said is not None and said != [] and said is not False:
            any_said = True
            yield f"{place}: {name}", _as_text(said)
    if not any_said:
        yield place, "yes"


def _as_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_as_text(part) for part in value)
    if isinstance(value, Mapping):
        if set(value) == {"amount", "currency"}:
            return f"{value['amount']} {value['currency']}"
        return ", ".join(f"{name} {_as_text(part)}" for name, part in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    return str(getattr(value, "value", value))


def _compared(section: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    for what in dict.fromkeys((*old, *new)):
        if old.get(what) != new.get(what):
            yield Difference(section=section, what=what, old=old.get(what), new=new.get(what))
