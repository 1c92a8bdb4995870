"""Packs that write out every clock, for tests that change one word of one, and reports that meet them."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import yaml

from domain.model.report import Report
from policies.yaml_text import read
from tests.support.places import FIXTURES

WRITTEN_OUT = FIXTURES / "packs"
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@cache
def written_out(kind: str) -> str:
    """A pack of this kind in which nothing is ``like`` a usual clock."""
    return (WRITTEN_OUT / f"{kind}.yaml").read_text("utf-8")


def clock(raw: dict[str, Any], name: str) -> dict[str, Any]:
    """One clock of a pack's plain values."""
    found: dict[str, Any] = next(c for c in raw["clocks"] if c["name"] == name)
    return found


def source(kind: str) -> dict[str, Any]:
    """The same as plain values, to be changed."""
    return copy.deepcopy(_read(kind))


@cache
def _read(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = read(written_out(kind))
    return found


def text_of(raw: Any) -> str:
    """Plain values as YAML, keys in the order of the alphabet."""
    return str(yaml.dump(raw, Dumper=_Dumper))


LONG = "They closed it as a duplicate of a report that is about something else."


def a_report(kind: str, **changes: Any) -> Report:
    """A report that no gate stops."""
    parties = [{"side": "claimant", "ref": "u1"}, {"side": "respondent", "ref": "u2"}]
    return Report.model_validate({"kind": kind, "statement": LONG, "parties": parties, **changes})
