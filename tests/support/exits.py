"""Every way out of every kind: who sends what once the case stands where, and how it ends.

Thought out from the design and from the packs' own words; nothing here looks into the transition table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

SOON, SHORTLY = timedelta(milliseconds=100), timedelta(milliseconds=600)
TOLD = {"grace": SOON, "appeal_window": SHORTLY}
"""The grace, and the window in which nobody appeals."""
WHY: dict[str, Any] = {"reasons": "The file shows what the report says; nothing that was handed in speaks against it."}
PAID = {"amount": 25_000, "currency": "USD"}


@dataclass(frozen=True)
class Act:
    """Somebody sends a command once the case stands in a phase; ``owner`` and ``lead`` are whoever owns it or may agree."""

    phase: str
    who: str
    what: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    once: Mapping[str, Any] = field(default_factory=dict)
    """What else the case has to show first."""


@dataclass(frozen=True)
class Exit:
    """A life, and how it ends."""

    name: str
    ends: str
    acts: tuple[Act, ...] = ()
    clocks: Mapping[str, timedelta] = field(default_factory=lambda: TOLD)
    report: Mapping[str, Any] = field(default_factory=dict)
    fired: tuple[str, ...] = ()
    """Clocks whose end must have come by itself."""
    scale: float = 1.0
    """Below 1 the tenant's hours are shorter, as in development."""


def act(phase: str, who: str, what: str, /, *, once: Mapping[str, Any] | None = None, **fields: Any) -> Act:
    return Act(phase, who, what, fields, once or {})
