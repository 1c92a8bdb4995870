"""How a report becomes a case: what follows from opening it."""

from __future__ import annotations

from datetime import datetime

from domain.base import Outcome, derived_id
from domain.model import commands as c
from domain.model import facts as f
from domain.model.links import OtherCase
from domain.rules import case_import, links, merge_conditions, prior_decision, provider_news, sanctions
from domain.rules.rule import DecisionContext, Facts

DECIDED = "decided_already"
"""Why a report of a matter is turned away that was decided before."""


def open_case(command: c.Open, context: DecisionContext, at: datetime) -> Facts:
    """A new case: moved in with its past, declined at the gate, merged into another of the same matter, or on its way."""
    opened = f.CaseOpened(**{k: getattr(command, k) for k in f.CaseOpened.model_fields if k not in ("type", "received_at")})
    if command.history is not None:
        opened = opened.model_copy(update={"received_at": command.history.received_at})
        return case_import.moved_in((opened, *prior_decision.taken_over(command)), command, command.history, context, at)
    stays_out = (f.CaseRecused(person=one, reason="split") for one in command.recused)
    begun = (opened, *stays_out, *prior_decision.taken_over(command))
    routing = command.routing
    reason = routing.reason or "gate" if routing.decision == "decline" else None
    reason = reason or provider_news.why_declined(command.provider)
    reason = reason or prior_decision.why_declined(command, context.appealed_before, at, context.calendars)
    if sanctions.right_withdrawn(command.terms.sanctions, command.parties, context.earlier or (), at):
        reason = "right_to_ask_withdrawn"
    if reason is not None:
        return (*begun, f.CaseDeclined(reason=reason), f.CaseClosed(outcome=Outcome.DECLINED, reason=reason))
    if (into := _same_matter(command, context.other)) is not None:
        if not merge_conditions.unheard_there(command.terms.decided_matter, command.parties, into):
            urgent = command.priority
            return (*begun, *links.merged(command.id, command.parties, command.statement, into, priority=urgent))
        # Decided there without them: they have a case of their own, with its own clocks.
        begun = (*begun, *links.linked(command.id, into.id, "related"))
    if (before := _decided(command, context.decided)) is not None:
        return (*begun, *_heard_again(command, before))
    begun = (*begun, *_other_side(command, context.other))
    return begun if routing.decision == "triage" else (*begun, f.PhaseEntered(phase=command.terms.opens_in))


def _heard_again(command: c.Open, before: OtherCase) -> Facts:
    """A matter that was decided between the same two: turned away, or put before a person with what was given for it before.

    What was looked into need not be again because it is asserted again (12 CFR 1005.11(e)); something new is heard.
    """
    if command.terms.decided_matter == "new_fact" and not command.new_fact:
        noted = f.CaseLinked(link_id=derived_id("lnk", command.id), other=before.id, relation="duplicate")
        return (noted, f.CaseDeclined(reason=DECIDED), f.CaseClosed(outcome=Outcome.DECLINED, reason=DECIDED))
    return (f.DecidedBefore(case=before.id, given=before.given), *links.linked(command.id, before.id, "heard_again"))


def _decided(command: c.Open, before: OtherCase | None) -> OtherCase | None:
    """The case that decided the matter, where the pack says what follows from that."""
    if command.terms.decided_matter is None or before is None or before.kind != command.kind or before.open:
        return None
    return before if before.outcome in (Outcome.RULED, Outcome.SETTLED) else None


def _other_side(command: c.Open, other: OtherCase | None) -> Facts:
    """Two sides that report the same matter have a case each, and the team sees that they belong together."""
    if other is None or not other.open or other.kind != command.kind or not merge_conditions.mixed(command.parties, other):
        return ()
    return links.linked(command.id, other.id, "related")


def _same_matter(command: c.Open, other: OtherCase | None) -> OtherCase | None:
    """The open case into which a report goes that intake found to be of the same matter."""
    fits = other is not None and other.open and other.kind == command.kind and not merge_conditions.mixed(command.parties, other)
    return other if fits else None
