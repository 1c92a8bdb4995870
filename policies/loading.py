"""Reads a pack from its text and checks it: for its form (:mod:`policies.pack`), then for its sense (:mod:`policies.soundness`).

The one door through which every pack comes: shipped, from a company's own folder, or published.
"""

from __future__ import annotations

import hashlib
from typing import Any

import yaml
from pydantic import ValidationError

from domain.base import Priority
from domain.model.terms import ClockTerms
from policies.pack import LIMIT_TAGS, Pack, PackError
from policies.soundness import problems
from policies.yaml_text import read


def load_pack(text: str, name: str) -> Pack:
    """A pack from its YAML text. Raises :class:`PackError` with every problem, each with its place."""
    try:
        raw = read(text)
    except yaml.YAMLError as error:
        raise PackError(name, [f"not YAML: {error}"]) from error
    if not isinstance(raw, dict):
        raise PackError(name, ["a pack is a mapping with kind, title, clocks, outcomes, …"])
    try:
        pack = Pack.model_validate(raw)
    except ValidationError as error:
        raise PackError(name, [_place_of(e) for e in error.errors()]) from error
    clocks, found = _clock_terms(pack)
    found += problems(pack, clocks)
    if found:
        raise PackError(name, found)
    return pack.model_copy(update={"version": hashlib.sha256(text.encode()).hexdigest()})


def _clock_terms(pack: Pack) -> tuple[dict[str, ClockTerms], list[str]]:
    clocks: dict[str, ClockTerms] = {}
    found: list[str] = []
    for row in pack.clocks:
        try:
            clocks[row.name] = row.terms(Priority.NORMAL, dict.fromkeys(pack.calendars, "cal_check"), 1.0)
        except ValidationError as error:
            found += [f"clocks.{row.name}.{_place_of(e)}" for e in error.errors()]
    return clocks, found


def _place_of(error: Any) -> str:
    return (
        f"{'.'.join(str(p) for p in error['loc'] if p not in LIMIT_TAGS) or 'pack'}: {error['msg'].removeprefix('Value error, ')}"
    )
