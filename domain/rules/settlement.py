"""The parties settle by themselves: offers, counter-offers, and an agreement that binds both."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from domain.base import Instant, Phase, Side, derived_id
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.people import Actor
from domain.model.refusals import Refusal
from domain.model.ruling import RemedyNotAllowed
from domain.model.settlement import MadeOffer, NoOffer, OfferAnswered, OfferUnclear, OpenOffer, OwnOffer, Proposal
from domain.model.terms import OFFER_EXPIRY
from domain.rules import agreement, confirmation, parties, proposals, under_age
from domain.rules.audiences import Audience
from domain.rules.remedy import check_amount
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import NoticeData, Topic, everybody, words_by

_GOES_ON = frozenset({Phase.REVIEW, Phase.APPROVAL, Phase.RULED, Phase.APPEALABLE, Phase.APPEAL})
"""Phases into which an open offer goes along."""


def offer(case: Case, command: c.Offer, context: DecisionContext, at: datetime) -> Facts:
    """A new offer of either side takes the place of the open one; from whoever handles the case it goes to both."""
    _check(case, command, at)
    if context.actor is not None and context.actor.side is None and context.stands_for is None:
        return proposals.propose(case, command, context.actor)
    said: dict[str, Any] = {name: getattr(command, name) for name in ("remedy", "amount", "expires_at", "text")}
    said["label_paid_by"] = command.label_paid_by or agreement.meant(case, command.remedy).label_paid_by
    offer_id, side = derived_id("off", command.id), context.side()
    several = parties.others_wanted(case, context, offer_id, (side,))
    return (f.OfferMade(offer_id=offer_id, side=side, **said), *several)


def _check(case: Case, command: c.Offer, at: datetime) -> None:
    agreement.check(case, command.remedy, command.expires_at, at)
    meant = agreement.meant(case, command.remedy)
    for remedy in meant.all_remedies:
        check_amount(case.terms, remedy, command.amount)
    agreement.check_money(case, meant.all_remedies, command.amount)
    if command.label_paid_by is not None and not meant.with_return:
        raise RemedyNotAllowed("Nothing goes back by this offer, so there is no label to pay.", remedy=command.remedy)


def accept_offer(case: Case, command: c.AcceptOffer, context: DecisionContext, at: datetime) -> Facts:
    """Binding. What was promised is carried out, at once or when the goods are back."""
    if (bar := agreement.refusal_for_others(case)) is not None:
        raise bar
    found, side = _answered(case, command, context, at)
    sides = (side,) if isinstance(found, Proposal) else parties.to_accept(case, found.side)
    if waiting := parties.others_wanted(case, context, found.id, sides):
        return waiting
    # What was offered before a ruling may ask for goods that cannot go back any more.
    agreement.check(case, found.remedy, None, at)
    if isinstance(found, Proposal):
        return proposals.answer(case, found, command, side)
    agreed = agreement.Agreed.by(found)
    accepted = f.OfferAccepted(offer_id=found.id, side=found.side.other, terms=agreement.in_full(case, agreed))
    return (accepted, *agreement.reached(case, command.id, agreed))


def decline_offer(case: Case, command: c.DeclineOffer, context: DecisionContext, at: datetime) -> Facts:
    """The matter goes on."""
    found, side = _answered(case, command, context, at)
    if isinstance(found, Proposal):
        return proposals.answer(case, found, command, side)
    return (f.OfferDeclined(offer_id=found.id, side=side),)


def lapse(case: Case, clock: str, instance: int) -> Facts:
    """An offer that was not answered by its expiry can be accepted no longer."""
    made = case.offers if clock == OFFER_EXPIRY.name else case.proposals
    return (f.OfferLapsed(offer_id=made[instance - 1].id),)


def _offer_lapsed(case: Case, rec: f.Recording, fact: f.OfferLapsed) -> Change:
    if case.offer is not None and case.offer.id == fact.offer_id:
        return offer_over(case, "lapsed", rec.at)
    return proposals.lapsed(case, rec.at)


def _answered(
    case: Case, command: c.AcceptOffer | c.DeclineOffer, context: DecisionContext, at: datetime
) -> tuple[OpenOffer | Proposal, Side]:
    """What an answer is to: the one that is named, else the only one that waits for this side."""
    side = context.side()
    waiting = [x for x in (case.offer, case.proposal) if x is not None and (x.expires_at is None or at <= x.expires_at)]
    named = [x for x in waiting if x.id == command.offer_id]
    answers = [x for x in waiting if _waits_for(case, x, side, context.actor)]
    theirs = named if command.offer_id is not None else answers
    if len(theirs) > 1:
        raise OfferUnclear("Two offers wait for your answer; name the one you mean.", offers=[x.id for x in theirs])
    if not theirs:
        raise NoOffer("There is no open offer with this id; it was replaced, declined, or never made.", offer=command.offer_id)
    if isinstance(theirs[0], OpenOffer) and theirs[0] not in answers:
        raise OwnOffer("This is your own side's offer; the other side answers it.", offer=theirs[0].id)
    return theirs[0], side


def _waits_for(case: Case, open_one: OpenOffer | Proposal, side: Side, actor: Actor | None) -> bool:
    if isinstance(open_one, Proposal):
        return side not in open_one.answered_by
    # Whoever did not make it themselves agrees to what another of their side has offered, or does not.
    return open_one.side is not side or (actor is not None and parties.still_to_agree(case, actor, open_one.id))


def stays(case: Case, command_id: str, facts: Facts) -> Facts:
    """The facts, saying that what is offered stays open where the matter goes on undecided.

    So it does when a ruling is drafted, approved or taken back: an offer that vanished would tell of the draft.
    """
    decided = any(isinstance(x, f.RulingIssued) for x in facts)
    if (case.offer is None and case.proposal is None) or decided:
        return facts
    return tuple(
        x.model_copy(update={"offer_stays": True}) if isinstance(x, f.PhaseEntered) and x.phase in _GOES_ON else x for x in facts
    )


def lapses(case: Case, command_id: str, facts: Facts) -> Facts:
    """The facts, and that an open offer or proposal is over wherever they end one: nobody finds out by looking for it."""
    made = (case.offer, case.proposal)
    said = {getattr(fact, "offer_id", getattr(fact, "proposal_id", None)) for fact in facts if isinstance(fact, _ITS_END)}
    waiting = [one.id for one in made if one is not None and one.id not in said]
    found = next(((n, why) for n, fact in enumerate(facts) if (why := _over_by(case, fact)) is not None), None)
    if not waiting or found is None:
        return facts
    place, because = found
    by = facts[place].type
    of_one = case.proposal if by in _OF_THE_PROPOSER else case.offer
    gone = [one for one in waiting if by in _ENDS_ALL or (of_one is not None and one == of_one.id)]
    over = (f.OfferLapsed(offer_id=one, because=because or None) for one in gone)
    # What they agreed on comes first.
    place += by in _AGREEMENTS
    return (*facts[:place], *over, *facts[place:])


_ITS_END = (f.OfferAccepted, f.OfferDeclined, f.OfferLapsed, f.ProposalEnded, f.OfferMade, f.ProposalMade)
"""Facts that say themselves what became of an offer or a proposal."""
_AGREEMENTS = frozenset({"offer_accepted", "proposal_ended", "claim_conceded"})
_OF_THE_PROPOSER = frozenset({"case_recused", "case_joined"})
_ENDS_ALL = frozenset({"ruling_issued", "case_closed", "phase_entered"}) | _AGREEMENTS


def _proposer_leaves(case: Case, fact: f.CaseRecused | f.CaseJoined) -> bool:
    """Whether nobody settles any more by what somebody proposed who must not decide the case (Directive 2013/11/EU, art. 6)."""
    by = case.proposed_by[0] if case.proposal is not None and case.proposed_by is not None else None
    return by is not None and by in ((fact.person,) if isinstance(fact, f.CaseRecused) else fact.recused)


def _over_by(case: Case, fact: f.Fact) -> Literal["ruled", "settled", "closed", ""] | None:
    """What ends an open offer or proposal with a fact; None where it stays open, empty where nothing is to be said of why."""
    match fact:
        case f.RulingIssued():
            return "ruled"
        case f.OfferAccepted() | f.ClaimConceded() | f.ProposalEnded(became="accepted"):
            return "settled"
        case f.CaseClosed():
            return "closed"
        case f.CaseRecused() | f.CaseJoined() if _proposer_leaves(case, fact):
            return ""
        case f.PhaseEntered(offer_stays=False) if fact.phase is not Phase.SETTLEMENT:
            return ""
        case f.ContinuedOfOffice() if case.offer is not None and case.offer.side is Side.CLAIMANT:
            return ""
        case _:
            return None


def _offer_made(case: Case, rec: f.Recording, fact: f.OfferMade) -> Change:
    before = offer_over(case, "countered" if case.offer and case.offer.side is not fact.side else "replaced", rec.at)
    names = ("side", "remedy", "amount", "expires_at", "label_paid_by")
    said: dict[str, Any] = {"id": fact.offer_id} | {name: getattr(fact, name) for name in names}
    made = MadeOffer(**said, made_at=rec.at)
    return {**before, "offer": OpenOffer(**said), "offers": (*before.get("offers", case.offers), made)}


def _offer_accepted(case: Case, rec: f.Recording, fact: f.OfferAccepted) -> Change:
    return {**offer_over(case, "accepted", rec.at), **agreement.settled(fact.offer_id, rec.at, fact.terms)}


def _offer_declined(case: Case, rec: f.Recording, fact: f.OfferDeclined) -> Change:
    return offer_over(case, "declined", rec.at)


def offer_over(case: Case, became: Literal["countered", "replaced", "accepted", "declined", "lapsed"], at: Instant) -> Change:
    """The open offer, if there is one, is open no longer; it stays in the history with what became of it."""
    if case.offer is None:
        return {"offer": None}
    said = {"became": became, "became_at": at}
    return {"offer": None, "offers": tuple(o.model_copy(update=said) if o.became == "open" else o for o in case.offers)}


def all_over(case: Case, at: Instant) -> Change:
    """Neither an offer nor a proposal is open any more."""
    return {**offer_over(case, "lapsed", at), **proposals.lapsed(case, at)}


def _refusal_of_answer(case: Case, actor: Actor) -> Refusal | None:
    if (refusal := agreement.refusal_in_kind(case)) is not None:
        return refusal
    waiting = [x for x in (case.offer, case.proposal) if x is not None]
    side = actor.side or (Side.CLAIMANT if case.of_office is not None else None)
    if side is not None and any(_waits_for(case, x, side, actor) for x in waiting):
        return None
    if case.offer is not None:
        return OwnOffer("This is your own side's offer; the other side answers it.", offer=case.offer.id)
    if case.proposal is not None:
        return OfferAnswered("Your side has answered this proposal; its answer stands.", offer=case.proposal.id)
    return NoOffer("There is no open offer.")


def _refusal_of_accepting(case: Case, actor: Actor) -> Refusal | None:
    in_kind = agreement.refusal_in_kind(case)
    pressed = agreement.refusal_while_withdrawing(case, actor)
    unable = in_kind or pressed or _refusal_of_answer(case, actor) or under_age.refusal_of_binding(case, actor)
    return unable or confirmation.unconfirmed(case)


def _said_of_offer(case: Case, fact: f.OfferMade, audience: Audience) -> NoticeData:
    offered = agreement.offered(case, fact, fact.offer_id) | {"side": fact.side.value}
    return NoticeData({"offer": offered}, {"text": fact.text})


def _said_of_answer(case: Case, fact: f.OfferAccepted | f.OfferDeclined, audience: Audience) -> NoticeData:
    terms = {"terms": list(fact.terms)} if isinstance(fact, f.OfferAccepted) and fact.terms else {}
    return NoticeData({"side": fact.side.value, **terms})


_BETWEEN_THE_SIDES = everybody("Offers pass between the sides.", "nothing")

TOPIC = Topic(
    rules={"offer": offer, "accept_offer": accept_offer, "decline_offer": decline_offer},
    changes={
        "offer_made": _offer_made,
        "offer_accepted": _offer_accepted,
        "offer_declined": _offer_declined,
        "offer_lapsed": _offer_lapsed,
    },
    refuses={
        "offer": agreement.refusal_of_offer,
        "accept_offer": _refusal_of_accepting,
        # A side's "no" is its own as well: whoever one alone has put there ends no offer.
        "decline_offer": lambda case, actor: _refusal_of_answer(case, actor) or under_age.refusal_of_unconfirmed(case, actor),
    },
    means={"offer_made": lambda before, fact, after: {f"offer_made:{fact.side.value}"}},
    words=words_by(f.OfferMade, "side"),
    known_to={
        "offer_made": _BETWEEN_THE_SIDES,
        "offer_accepted": _BETWEEN_THE_SIDES,
        "offer_declined": _BETWEEN_THE_SIDES,
        "offer_lapsed": _BETWEEN_THE_SIDES,
    },
    said={"offer_made": _said_of_offer, "offer_accepted": _said_of_answer, "offer_declined": _said_of_answer},
)
