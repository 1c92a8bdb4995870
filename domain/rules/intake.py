"""How a report becomes a case: what follows from opening it."""

from __future__ import annotations

from datetime import datetime

from domain.base import Outcome
from domain.model import commands as c
from domain.model import facts as f
from domain.model.links import OtherCase
from domain.rules import case_import, links, prior_decision, sanctions
from domain.rules.rule import DecisionContext, Facts


def open_case(command: c.Open, context: DecisionContext, at: datetime) -> Facts:
    """A new case: moved in with its past, declined at the gate, merged into another of the same matter, or on its way."""
    opened = f.CaseOpened(**{k: getattr(command, k) for k in f.CaseOpened.model_fields if k not in ("type", "received_at")})
    if command.history is not None:
        opened = opened.model_copy(update={"received_at": command.history.received_at})
        return case_import.moved_in((opened, *prior_decision.taken_over(command)), command, command.history, context, at)
    begun = (opened, *prior_decision.taken_over(command))
    routing = command.routing
    reason = routing.reason or "gate" if routing.decision == "decline" else None
    reason = reason or prior_decision.why_declined(command, context.appealed_before, at)
    if sanctions.right_withdrawn(command.terms.sanctions, command.parties, context.earlier or (), at):
        reason = "right_to_ask_withdrawn"
    if reason is not None:
        return (*begun, f.CaseDeclined(reason=reason), f.CaseClosed(outcome=Outcome.DECLINED, reason=reason))
    if (into := _same_matter(command, context.other)) is not None:
        return (*begun, *links.merged(command.id, command.parties, command.statement, into, by_hand=False))
    return begun if routing.decision == "triage" else (*begun, f.PhaseEntered(phase=command.terms.opens_in))


def _same_matter(command: c.Open, other: OtherCase | None) -> OtherCase | None:
    """The open case into which a report goes that intake found to be of the same matter."""
    fits = other is not None and other.open and other.kind == command.kind and not links.mixed(command.parties, other)
    return other if fits else None
