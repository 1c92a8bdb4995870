"""How a pack times the evidence for a card network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from domain.base import Frozen
from domain.model.terms import ChargebackTerms
from domain.worktime.spans import Span, SpanUnit


class ChargebackRow(Frozen):
    """How evidence for a card network is timed, in wall time before it is due."""

    hold_back: Span = Span.wall(timedelta(hours=12))
    warn_before: Span = Span.wall(timedelta(hours=72))

    def terms(self, time_scale: float) -> ChargebackTerms:
        """As it binds a case."""
        hold_back, warn_before = (span.scaled(time_scale).time for span in (self.hold_back, self.warn_before))
        return ChargebackTerms(hold_back=hold_back, warn_before=warn_before)

    def problems(self) -> Iterator[str]:
        """What is wrong with it."""
        for name in ("hold_back", "warn_before"):
            if getattr(self, name).unit is not SpanUnit.WALL:
                yield f"chargeback.{name}: a card network counts in wall time; give it in hours or minutes"
