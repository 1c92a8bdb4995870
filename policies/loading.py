"""Reads a pack from its text and checks it: for its form (:mod:`policies.pack`), then for its sense (:mod:`policies.soundness`).

The one door through which every pack comes: shipped, from a company's own folder, or published.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from domain.base import Priority
from domain.model.terms import ClockTerms
from policies.pack import LIMIT_TAGS, TARGET_TAGS, Pack, PackError
from policies.soundness import problems
from policies.suggestions import of_form
from policies.yaml_text import read

_ROUNDS = 10
"""So often what is wrong is taken out and the rest is read again, before a text counts as no pack at all."""
_GONE: Any = object()
_TOO_FEW = "Tuple should have at least"
_GUESS = re.compile(r"did you mean '([^']+)'\?")
_OF_UNION = re.compile(r"(str-enum|literal|function-\w+)\[")
"""The same of one of several things that could stand there."""
_PUT_BETWEEN = frozenset({*LIMIT_TAGS, *TARGET_TAGS, "[key]"})
"""What pydantic puts into a place that no text has."""


class Examined(NamedTuple):
    """What could be read of a text, and everything that is wrong with it."""

    pack: Pack | None
    """Without what is wrong with it; None where too much of it is."""
    problems: list[str]
    """Each with its place. Empty: the pack can be used."""
    well_formed: bool = False
    """Whether every field is one that there is, with a value of its kind."""


def load_pack(text: str, name: str) -> Pack:
    """A pack from its YAML text. Raises :class:`PackError` with every problem, each with its place."""
    found = examine(text)
    if found.problems or found.pack is None:
        raise PackError(name, found.problems)
    return found.pack


def load_kept(text: str, name: str) -> Pack:
    """A pack that an earlier release took and that binds reports since: it is as sound as it was then, and stays in force.

    Raises :class:`PackError` where its form cannot be read any more.
    """
    found = examine(text)
    if found.pack is None or (found.problems and not found.well_formed):
        raise PackError(name, found.problems)
    return found.pack


def examine(text: str) -> Examined:
    """Everything that is wrong with the text of a pack, in one pass: what is misspelt is taken out, and the rest is read."""
    try:
        raw = read(text)
    except yaml.YAMLError as error:
        return Examined(None, [f"not YAML: {error}"])
    if not isinstance(raw, dict):
        return Examined(None, ["a pack is a mapping with kind, title, clocks, outcomes, …"])
    pack, wrong, missing = _formed(raw)
    if pack is None:
        return Examined(None, wrong)
    clocks, odd = _clock_terms(pack, missing)
    senseless = [problem for problem in problems(pack, clocks) if not missing.explains(problem)]
    pack = pack.model_copy(update={"version": hashlib.sha256(text.encode()).hexdigest()})
    return Examined(pack, [*wrong, *odd, *senseless], well_formed=not wrong and not odd)


class _Missing:
    """What was taken out of a pack: whatever is wrong because of it alone is no further problem."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._places: set[str] = set()

    def row(self, value: Any) -> None:
        """A whole row, which others may name."""
        self._names |= {f"'{name}'" for name in (_name_of(value), value if isinstance(value, str) else None) if name}

    def part_of(self, place: str) -> None:
        """A field, so that its row says less than was meant."""
        self._places.add(place)

    def explains(self, problem: str) -> bool:
        """Whether a problem may come from what is missing."""
        place = problem.partition(": ")[0]
        return any(name in problem for name in self._names) or any(
            f"{place}.".startswith(f"{part}.") or f"{part}.".startswith(f"{place}.") for part in self._places
        )


def _formed(raw: dict[str, Any]) -> tuple[Pack | None, list[str], _Missing]:
    """The pack as far as its form is right, what is wrong with the form, and what it lacks for that."""
    missing, found = _Missing(), list[str]()
    rest = copy.deepcopy(raw)
    for turn in range(_ROUNDS):
        try:
            return Pack.model_validate(rest), found, missing
        except ValidationError as error:
            # What is missing because it was taken out is no mistake of whoever wrote it.
            told = [e for e in error.errors() if turn == 0 or e["type"] not in ("missing", "too_short")]
            slips = [slip for e in told if (slip := _slip(rest, e)) is not None]
            found += [problem for problem in _said(rest, told, slips) if problem not in found]
            for slip in slips:
                slip.mend()
            if not slips and not _cut(rest, error, missing):
                break
    return None, found, missing


class _Slip(NamedTuple):
    """A misspelt name, and what was most likely meant by it. The rest is read as if that stood there: what one slip hides would
    else come out in the next run only."""

    holder: Any
    key: Any
    word: str
    of_field: bool
    """It is the name of a field; else a value."""

    def mend(self) -> None:
        """Put what was meant into its place."""
        if not self.of_field:
            self.holder[self.key] = self.word
        elif self.key in self.holder:
            self.holder[self.word] = self.holder.pop(self.key)


def _slip(raw: dict[str, Any], error: Any) -> _Slip | None:
    steps, guess = list(_walked(raw, error["loc"])), _GUESS.search(of_form(error, Pack))
    if guess is None or not steps:
        return None
    holder, key = steps[-1]
    of_field = error["type"] == "extra_forbidden" or error["loc"][-1] == "[key]"
    fits = guess[1] not in holder if of_field else isinstance(holder[key], str) and holder[key] != guess[1]
    return _Slip(holder, key, guess[1], of_field) if fits else None


def _said(raw: dict[str, Any], errors: Iterable[Any], slips: Collection[_Slip]) -> Iterator[str]:
    """Each mistake once, with its place: not for each thing that could stand there, and not for a field that is missing where it
    is there, written otherwise."""
    there = {(id(slip.holder), slip.word) for slip in slips if slip.of_field}
    by_place: dict[str, list[str]] = {}
    for one in errors:
        within: Any = raw
        for holder, key in _walked(raw, one["loc"][:-1]):
            within = holder[key]
        if one["type"] != "missing" or (id(within), one["loc"][-1]) not in there:
            by_place.setdefault(_place_of(one), []).append(of_form(one, Pack))
    for place, said in by_place.items():
        if any(other.startswith(f"{place}.") for other in by_place) and all(words.startswith(_TOO_FEW) for words in said):
            # Its rows are there, and what is wrong with them is said.
            continue
        guessed = [words for words in said if _GUESS.search(words)]
        yield from (f"{place}: {words}" for words in dict.fromkeys(guessed[:1] or said))


def _cut(raw: dict[str, Any], error: ValidationError, missing: _Missing) -> bool:
    """Takes out what pydantic complains of; False where that is the pack as a whole."""
    for one in error.errors():
        steps = list(_walked(raw, one["loc"]))
        if one["type"] == "missing" and len(steps) > 1 and _is_row(steps[-1][0], steps[-1][1]):
            holder, key = steps[-1]
            missing.row(holder[key])
        elif not steps or one["type"] == "missing":
            return False
        else:
            holder, key = steps[-1]
            if isinstance(holder, list):
                missing.row(holder[key])
            if one["type"] != "extra_forbidden":
                missing.part_of(_row_place(steps))
        holder[key] = _GONE
    _sweep(raw, set())
    return True


def _is_row(holder: Any, key: Any) -> bool:
    return isinstance(holder, list | dict) and isinstance(holder[key], dict)


def _walked(raw: Any, loc: tuple[int | str, ...]) -> Iterator[tuple[Any, Any]]:
    """Each holder and key on the way to a place, as far as the text has it; what pydantic puts between is passed over."""
    at = raw
    for part in loc:
        fits = (isinstance(at, dict) and part in at) or (isinstance(at, list) and isinstance(part, int) and part < len(at))
        if fits and at[part] is not _GONE:
            yield at, part
            at = at[part]


def _row_place(steps: list[tuple[Any, Any]]) -> str:
    """The place of the innermost row that has a name, else the field at the top: as :mod:`policies.soundness` writes it."""
    place: list[str] = []
    for holder, key in steps:
        name = _name_of(holder[key]) if isinstance(holder, list) else None
        place.append(name or str(key))
    return ".".join(place[:2])


def _sweep(value: Any, seen: set[int]) -> None:
    """Each part once: a text of a few lines can name itself a thousand million times."""
    if not isinstance(value, dict | list) or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, dict):
        for key in [key for key, part in value.items() if part is _GONE]:
            del value[key]
    else:
        value[:] = [part for part in value if part is not _GONE]
    for part in value.values() if isinstance(value, dict) else value:
        _sweep(part, seen)


def _name_of(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return None
    name = value.get("name") or value.get("like") or value.get("category")
    return str(name) if name else None


def _clock_terms(pack: Pack, missing: _Missing) -> tuple[dict[str, ClockTerms], list[str]]:
    clocks: dict[str, ClockTerms] = {}
    found: list[str] = []
    for row in pack.clocks:
        gaps = [f"clocks.{row.name}.{place}: give a span for each of urgent, high, normal, low" for place in row.gaps]
        if gaps:
            found += [gap for gap in gaps if not missing.explains(gap)]
            missing.row({"name": row.name})
            missing.part_of(f"clocks.{row.name}")
            continue
        extra = copy.deepcopy(row.model_extra or {})
        for _ in range(_ROUNDS):
            said = row.model_copy(update={name: extra.get(name) for name in row.model_extra or {}})
            object.__setattr__(said, "__pydantic_extra__", extra)
            try:
                clocks[row.name] = said.terms(Priority.NORMAL, dict.fromkeys(pack.calendars, "cal_check"), 1.0)
                break
            except ValidationError as error:
                found += [f"clocks.{row.name}.{_place_of(e)}: {of_form(e, ClockTerms)}" for e in error.errors()]
                missing.part_of(f"clocks.{row.name}")
                if not _cut(extra, error, missing):
                    break
    return clocks, found


def _place_of(error: Any) -> str:
    steps = (str(p) for p in error["loc"] if p not in _PUT_BETWEEN and not _OF_UNION.match(str(p)))
    return ".".join(steps) or "pack"
