"""Parts of a pack as somebody writes them: the parts of the terms, but a misspelt field is an error."""

from __future__ import annotations

from pydantic import ConfigDict

from domain.base import Code
from domain.terms import DecisionTerms, ElsewhereTerms, StatementTerms


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
