"""Names in a pack that were probably meant as others: what a comparison can never find, and slips of the pen in free names.

Most names of a pack are whatever its writer calls things: the category of a report, a remedy, a root cause. No table says that
``payout_freze`` is wrong. But somebody who writes one letter otherwise than another name that stands in the same pack or in a
shipped one has most likely meant that name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from policies.conditions import attributes_in, compared, texts_in
from policies.pack import PACKS_DIR, Pack
from policies.suggestions import did_you_mean
from policies.yaml_text import read

_NAME = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
_PROSE = frozenset({"title", "labels", "version"})
"""Fields whose values are for people to read."""
_SHORTEST = 5
"""A shorter word has too many neighbours that are words of their own."""
_MOST = 2_000
"""A pack with more names than that is nobody's writing."""


def never_equal(pack: Pack) -> Iterator[str]:
    """Comparisons of a report's fields with what these fields never are: such a condition never hits, or always."""
    decisions = pack.decision_elsewhere.decisions if pack.decision_elsewhere is not None else {}
    known: Mapping[str, tuple[str, ...]] = {
        "appellant": ("author", "reporter"),
        "decision": tuple(decisions),
        "kind": (pack.kind,),
    }
    for place, condition in pack.cel_conditions:
        for field, text in compared(condition):
            if field in known and text not in known[field]:
                near = did_you_mean(text, known[field], "it is one of")
                yield f"{place}: 'report.{field}' is never '{text}'{near}"


def slips(raw: object) -> Iterator[str]:
    """Names that are written like another one but for a letter, each with its place. ``raw``: the pack as YAML reads it."""
    found = list(_names(raw, ()))
    if len(found) > _MOST:
        return
    often = Counter(name for _, name in found)
    shipped = _shipped()
    for place, name in found:
        if len(name) < _SHORTEST or name in shipped:
            continue
        own = (other for other, times in often.items() if times > often[name])
        near = _like(name, shipped) or _like(name, own)
        if near is not None:
            where = "in a shipped pack" if near in shipped and near not in often else "elsewhere in this pack"
            yield f"{place}: '{name}' is written like '{near}' {where}; did you mean '{near}'?"


@lru_cache(maxsize=1)
def _shipped() -> frozenset[str]:
    packs = (read(path.read_text(encoding="utf-8")) for path in sorted(PACKS_DIR.glob("*.yaml")))
    return frozenset(name for raw in packs for _, name in _names(raw, ()))


def _names(raw: object, place: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every name that somebody chose or meant, with its place as problems name it; conditions say theirs in their texts."""
    where = ".".join(place) or "pack"
    if isinstance(raw, Mapping):
        for key, value in raw.items():
            if isinstance(key, str) and _NAME.fullmatch(key):
                yield f"{where}.{key}" if place else key, key
            if key not in _PROSE:
                yield from _names(value, (*place, str(key)))
    elif isinstance(raw, list):
        for number, value in enumerate(raw):
            yield from _names(value, (*place, _called(value) or str(number)))
    elif isinstance(raw, str) and place and place[-1] == "when":
        said = (*(name for name, _ in attributes_in(raw)), *texts_in(raw))
        yield from ((where, name) for name in said if _NAME.fullmatch(name))
    elif isinstance(raw, str) and _NAME.fullmatch(raw):
        yield where, raw


def _called(value: Any) -> str | None:
    said = value.get("name") or value.get("like") if isinstance(value, Mapping) else None
    return str(said) if said else None


def _like(name: str, others: Iterable[str]) -> str | None:
    """A name that differs by one letter: left out, too many, another one, or two of them changed about."""
    forms = _forms(name)
    for other in sorted(others):
        if other != name and abs(len(other) - len(name)) <= 1 and not forms.isdisjoint(_forms(other)) and not _meant(name, other):
            return other
    return None


@lru_cache(maxsize=4 * _MOST)
def _forms(name: str) -> frozenset[str]:
    """The name, and what is left of it without each of its letters: names one slip apart have one of these in common."""
    return frozenset({name, *(name[:at] + name[at + 1 :] for at in range(len(name)))})


def _meant(one: str, other: str) -> bool:
    """Whether two names differ as those of two things do: by a number, an ending, a letter, a code (``zone_a``, ``desk-uk``)."""
    parts = zip(re.split("[_-]", one), re.split("[_-]", other), strict=False)
    short, long = next((sorted(pair, key=len) for pair in parts if pair[0] != pair[1]), ["", ""])
    numbered = any(letter.isdigit() for letter in short + long)
    codes = len(short) == len(long) == 2 and short != long[::-1]
    return numbered or codes or len(short) <= 1 or long in (f"{short}s", f"{short}d")
