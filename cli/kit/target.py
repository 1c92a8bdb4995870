"""Whose cases the command line is about, and as whom it speaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """Whose cases, and as whom."""

    tenant: str | None = None
    speaker: str | None = None
    named: str | None = None
    """Somebody else of the team whom the command is about: whose cases, whose absence."""
