"""Parts of a pack as somebody writes them: decision tables, ladders, sanctions, and other parts of the terms.

Most are the model of the same part of the terms (:mod:`domain.model.terms`) with one difference: see :data:`STRICT`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from domain.base import Code, Currency, Frozen, Priority
from domain.model.policy_exceptions import Departure
from domain.model.sanction_terms import SanctionKind, SanctionLadder, SanctionTerms
from domain.model.terms import ChargebackTerms, CreditLessTerms, DecisionTerms, ElsewhereTerms, LadderStep, StatementTerms
from domain.worktime.spans import Span, SpanUnit

STRICT = ConfigDict(frozen=True, extra="forbid")
"""A misspelt field is an error. What is read from a record passes over fields it does not know; what a person writes must not."""


def repeated(names: Iterable[str]) -> list[str]:
    """The names that stand more than once in a list."""
    return sorted(name for name, times in Counter(names).items() if times > 1)


class Gate(Frozen):
    """One condition a report must meet. First hit wins; ``when`` is CEL over ``report`` and ``attributes``."""

    name: Code
    when: str
    """CEL over `report` and `attributes`."""
    then: Literal["decline", "triage"]
    """`decline` turns the report away, `triage` puts it before a person. A row that hits for the length of the statement alone
    declines nobody: a person reads it, unless another row turns it away. Nor does one decline what is urgent, or is called by a
    word that the pack does not list, where `withdrawal` says that the kind protects people."""
    reason: Code
    """The code that is told with it."""


class CategoryRow(Frozen):
    """What a report can be about, and what such a report needs."""

    title: str
    """What people call it, also whoever reports: plain words."""
    priority: Priority | None = None
    """At least so urgent, whatever the table of priorities and the report say."""
    needs: tuple[Code, ...] = ()
    """Attributes that such a report has to come with; one without them is put before a person (`details_missing`)."""
    without: tuple[Code, ...] = ()
    """Steps of the pack's `procedure` that such a case goes without, for the law asks for none of it: nobody does them. Without
    `identity` nobody is asked who they are, or refused for it (11 CCR 7060(b))."""
    claim: bool = True
    """In a kind with a provisional credit: whether it may say that something is wrong with a payment. Whoever says so is owed an
    investigation and its result: no gate turns it away and one person alone ends it by nothing else; `false`: it is none."""


class PriorityRow(Frozen):
    """One row of the routing: the first that hits sets the priority; a row without ``when`` always hits."""

    name: Code
    when: str | None = None
    """CEL over `report` and `attributes`; left out: always."""
    then: Priority
    """How urgent the case is."""
    least: bool = False
    """At least so urgent wherever it hits: neither what the report says of itself nor an earlier row makes it less."""


class TargetRow(Frozen):
    """A target that follows from the report: the first row that hits is the clock's, else its own target."""

    name: Code
    when: str
    """CEL over `report` and `attributes`."""
    target: Span
    """How long there is then."""
    extends: bool = False
    """Whether the clock's extension can still be had on top."""


class StepRow(LadderStep):
    """A rung of a ladder as the pack writes it."""

    model_config = STRICT


Ladder = Annotated[tuple[StepRow, ...], Field(min_length=1)]


class DecisionRow(DecisionTerms):
    """A decision made outside Ombud, as the pack writes it."""

    model_config = STRICT


class PriorDecisionRow(ElsewhereTerms):
    """Against which decisions made outside Ombud a kind is an appeal, as the pack writes it."""

    model_config = STRICT

    decisions: dict[Code, DecisionRow]  # type: ignore[assignment]  # the same rows, but a misspelt field is an error
    """By the outcome that such a decision would be."""


class CreditLessRow(CreditLessTerms):
    """By how much a provisional credit may be below what the report is about, as the pack writes it."""

    model_config = STRICT


class ExceptionRow(Frozen):
    """A departure from the pack that two persons may agree on in one case, as the pack writes it."""

    model_config = STRICT

    of: Departure
    """A `step` of the procedure is not needed; a `limit` (a clock of the desk) runs out later; an `amount` goes above what was
    paid."""
    name: Code
    """The step, the clock or the remedy."""
    per_month: Annotated[int, Field(ge=1, le=1000)]
    """At most so many in a calendar month, over all cases of the kind."""
    lasts: Span = Span.parse("30 days")
    """How far ahead it may be relied on at most; of a limit: how much later the clock runs out at most."""
    up_to: Annotated[int | None, Field(ge=1)] = None
    """Of an amount: how much beyond what was paid at most, in minor units."""
    currency: Currency | None = None
    """The currency of `up_to`; a remedy has a row for each currency."""
    told: bool = False
    """Both sides and the platform learn that it was granted."""


class StatementRow(StatementTerms):
    """Which rulings need a statement of reasons, as the pack writes it."""

    model_config = STRICT


class _KindRow(SanctionKind):
    model_config = STRICT


class _SanctionLadderRow(SanctionLadder):
    model_config = STRICT


class SanctionsRow(SanctionTerms):
    """The section `sanctions`."""

    model_config = STRICT

    kinds: Annotated[tuple[_KindRow, ...], Field(min_length=1)]
    """What there is, from the mildest to the harshest."""
    ladders: Annotated[tuple[_SanctionLadderRow, ...], Field(min_length=1)]
    """What follows what, by category."""


class ChargebackRow(Frozen):
    """The section `chargeback`: how evidence for a card network is timed, in wall time before it is due."""

    hold_back: Span = Span.wall(timedelta(hours=12))
    """So long before it is due the draft is sent."""
    warn_before: Span = Span.wall(timedelta(hours=72))
    """So long before it is due somebody is told that there is no draft."""

    def terms(self, time_scale: float) -> ChargebackTerms:
        """As it binds a case."""
        hold_back, warn_before = (span.scaled(time_scale).time for span in (self.hold_back, self.warn_before))
        return ChargebackTerms(hold_back=hold_back, warn_before=warn_before)

    def problems(self) -> Iterator[str]:
        """What is wrong with it."""
        for name in ("hold_back", "warn_before"):
            if getattr(self, name).unit is not SpanUnit.WALL:
                yield f"chargeback.{name}: a card network counts in wall time; give it in hours or minutes"
