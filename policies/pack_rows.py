"""Parts of a pack as somebody writes them: decision tables, ladders, and parts of the terms; a misspelt field is an error."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from domain.base import Code, Frozen, Priority
from domain.model.terms import DecisionTerms, ElsewhereTerms, LadderStep, StatementTerms
from domain.worktime.spans import Span


class Gate(Frozen):
    """One condition a report must meet. First hit wins; ``when`` is CEL over ``report`` and ``attributes``."""

    name: Code
    when: str
    then: Literal["decline", "triage"]
    reason: Code


class PriorityRow(Frozen):
    """One row of the routing: the first that hits sets the priority; a row without ``when`` always hits."""

    name: Code
    when: str | None = None
    then: Priority


class TargetRow(Frozen):
    """A target that follows from the report: the first row that hits is the clock's, else its own target."""

    name: Code
    when: str
    target: Span
    extends: bool = False
    """Whether the clock's extension can still be had on top."""


class StepRow(LadderStep):
    """A rung of a ladder as the pack writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Ladder = Annotated[tuple[StepRow, ...], Field(min_length=1)]


class DecisionRow(DecisionTerms):
    """A decision made elsewhere, as the pack writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ElsewhereRow(ElsewhereTerms):
    """Which decisions made elsewhere a kind is an appeal against, as the pack writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decisions: dict[Code, DecisionRow]  # type: ignore[assignment]  # the same rows, but a misspelt field is an error


class StatementRow(StatementTerms):
    """Which rulings need a statement of reasons, as the pack writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
