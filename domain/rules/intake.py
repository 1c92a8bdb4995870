"""How a report becomes a case: what follows from opening it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.base import Outcome, Priority, Side, derived_id
from domain.model import commands as c
from domain.model import facts as f
from domain.model.links import OtherCase
from domain.model.people import OpenedParty
from domain.rules import case_import, links, measures, merge_conditions, prior_decision, provider_news, sanctions
from domain.rules.address_proof import reported_unproven
from domain.rules.authorities import may_be_order
from domain.rules.no_request import is_claim
from domain.rules.rule import DecisionContext, Facts

DECIDED = "decided_already"
"""Why a report of a matter is turned away that was decided before."""
SENDER_SUSPENDED = "sender_suspended"
"""What the team is told of a report that cannot wait, though its sender's reports are put away for a time."""


def open_case(command: c.Open, context: DecisionContext, at: datetime) -> Facts:
    """A new case: moved in with its past, declined at the gate, merged into another of the same matter, or on its way."""
    command = _told_later(command)
    opened = f.CaseOpened(**{k: getattr(command, k) for k in f.CaseOpened.model_fields if k not in ("type", "received_at")})
    if command.history is not None:
        opened = opened.model_copy(update={"received_at": command.history.received_at})
        return case_import.moved_in((opened, *prior_decision.taken_over(command)), command, command.history, context, at)
    stays_out = (f.CaseRecused(person=one, reason="split") for one in command.recused)
    begun = (opened, *stays_out, *command.holds, *prior_decision.taken_over(command))
    routing = command.routing
    looked_at = routing.decision == "decline" and _before_a_person(command)
    reason = routing.reason or "gate" if routing.decision == "decline" and not looked_at else None
    reason = reason or provider_news.why_declined(command.provider)
    whose = (command.terms.sanctions, command.parties, context.earlier or (), at)
    barred = sanctions.times_withdrawn(*whose)
    reason = reason or prior_decision.why_declined(command, context.appealed_before, at, context.calendars, barred)
    suspended = sanctions.right_withdrawn(*whose)
    if suspended and not _cannot_wait(command):
        reason = prior_decision.PUT_AWAY
    if reason is not None:
        return (*begun, f.CaseDeclined(reason=reason), f.CaseClosed(outcome=Outcome.DECLINED, reason=reason))
    if suspended:
        begun = (*begun, f.SignalReceived(signal=SENDER_SUSPENDED))
    into = _goes_on_in(command, context.other)
    # Where it is decided without them they have a case of their own, with its own clocks.
    if into is not None and not merge_conditions.unheard_there(command.terms.decided_matter, command.parties, into):
        urgent = command.priority
        return (*begun, *links.merged(command.id, command.parties, command.statement, into, priority=urgent))
    if (before := _decided(command, context.decided)) is not None:
        return (*begun, *_heard_again(command, before))
    begun = (*begun, *_tied(command, context.other, context.decided))
    phase = prior_decision.opens_in(command.terms, command.category, decided=command.decision is not None)
    if looked_at or routing.decision == "triage":
        return begun
    return (*begun, f.PhaseEntered(phase=phase), *measures.begun_with(command))


def _before_a_person(command: c.Open) -> bool:
    """Whether no machine turns a report away, whatever the gates of the pack say of it.

    Whoever says that a payment was made without them, or is wrong, is owed a look at it (12 CFR 1005.11(c)(1)); and what is
    urgent in a kind that protects people is answered at once, and by somebody (Istanbul Convention, article 50(1); UN Convention
    on the Rights of the Child, article 19).
    """
    urgent = command.priority is Priority.URGENT or any(party.minor for party in command.parties)
    return (command.terms.withdrawal != "closes" and urgent) or is_claim(command.terms, command.category)


def _told_later(command: c.Open) -> c.Open:
    """What nobody whom it is about hears of at its opening: an authority's order, or what may be one; and a notice, or
    what may be one, or what tells of a danger, whose words stay at the desk.

    Who is threatened is the first to be asked what the other one may know, and when: telling them is the most dangerous moment
    (Istanbul Convention, articles 50(1) and 56(1); Directive 2012/29/EU, article 18).

    Whoever is accused by a notice is told once something is decided against them, or by the owner (Regulation (EU) 2022/2065,
    articles 16(5) and 17), and who sent it only where that is strictly necessary (article 17(3)(b) and recital 54).
    """
    later: dict[str, str] = {}
    if may_be_order(command.terms, command.category):
        later = {"disclosure": "by_owner"}
    if prior_decision.may_be_notice(command) or command.terms.danger is not None:
        later = {"disclosure": "by_owner", "words": "desk", "report": "desk"}
    return command.model_copy(update={"terms": command.terms.model_copy(update=later)}) if later else command


def _cannot_wait(command: c.Open) -> bool:
    """Whether somebody looks at a report whoever sends it: who is suspended may be right about what is urgent, or about a child,
    and keeps the right to complain of what was done to themselves.

    How grave what follows would be is weighed in each case before anything is put away (Regulation (EU) 2022/2065, article
    23(3)); that their notices are not processed takes no right from them against a decision that hits them (article 20(1)).
    """
    if prior_decision.hits_whoever_complains(command):
        return True
    return command.priority is Priority.URGENT or any(party.minor for party in command.parties)


def _heard_again(command: c.Open, before: OtherCase) -> Facts:
    """A matter that was decided between the same two: turned away, or put before a person with what was given for it before.

    What was looked into need not be again because it is asserted again (12 CFR 1005.11(e)); something new is heard, and so is
    whoever says now that somebody is in danger.
    """
    if command.terms.decided_matter == "new_fact" and not command.new_fact and command.terms.danger is None:
        noted = f.CaseLinked(link_id=derived_id("lnk", command.id), other=before.id, relation="duplicate")
        return (noted, f.CaseDeclined(reason=DECIDED), f.CaseClosed(outcome=Outcome.DECLINED, reason=DECIDED))
    return (
        f.DecidedBefore(case=before.id, given=before.given, deciders=before.deciders),
        *links.linked(command.id, before.id, "heard_again"),
    )


def _decided(command: c.Open, before: OtherCase | None) -> OtherCase | None:
    """The case that decided the matter, where the pack says what follows from that: between two who are who they say."""
    if command.terms.decided_matter is None or before is None or before.kind != command.kind or before.open:
        return None
    if reported_unproven((*command.parties, *before.parties)):
        return None
    return before if before.outcome in (Outcome.RULED, Outcome.SETTLED) else None


def _tied(command: c.Open, other: OtherCase | None, decided: OtherCase | None) -> Facts:
    """The same matter is, or was, in another case in which this report does not go on, and which does not turn it away: they
    have a case each, and the team sees that they belong together. Nobody outside learns of it."""
    if other is not None and other.open and other.kind == command.kind:
        return links.linked(command.id, other.id, "related")
    doubted = decided is not None and decided.kind == command.kind and reported_unproven((*command.parties, *decided.parties))
    return links.linked(command.id, decided.id, "related") if decided is not None and doubted else ()


def _goes_on_in(command: c.Open, other: OtherCase | None) -> OtherCase | None:
    """The open case into which a report goes that intake found to be of the same matter.

    Nobody is brought into a case by naming an address and a matter, nor is anybody's report kept by whoever named theirs first.
    And whoever learns by it that there is a case knew before: they reported it themselves, or whom it is against was told at
    once. What is reported in secret is joined by the desk alone. And a report for which somebody is called at night, because it
    tells of a danger in a kind that calls nobody otherwise, is a case of its own: the other one's terms call nobody.
    """
    if command.terms.clock("danger") is not None:
        return None
    if other is None or not other.open or other.kind != command.kind or merge_conditions.mixed(command.parties, other):
        return None
    if reported_unproven((*command.parties, *other.parties)):
        return None
    known = command.terms.disclosure == "at_opening" and other.is_disclosed
    return other if known or _reported_by(command.parties, other) else None


def _reported_by(parties: Sequence[OpenedParty], other: OtherCase) -> bool:
    """Whether everybody who reports has reported the other case, too: they know of it."""
    there = {p.ref_digest for p in other.parties if p.side is Side.CLAIMANT and not p.left}
    return all(p.ref_digest in there for p in parties if p.side is Side.CLAIMANT and p.speaks)
