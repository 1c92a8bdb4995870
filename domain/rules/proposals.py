"""The proposal of whoever handles the case: made to both sides, and answered by each without knowing the other's answer."""

from __future__ import annotations

from typing import Any

from domain.base import Instant, Side, derived_id
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.people import Actor
from domain.model.refusals import OwnCase
from domain.model.remedy import Remedy
from domain.model.settlement import OfferAnswered, Proposal
from domain.rules import agreement, money
from domain.rules.audiences import Audience
from domain.rules.remedy import remedy_data
from domain.rules.rule import Change, Facts
from domain.rules.topic import Known, NoticeData, Topic, everybody, words_by


def propose(case: Case, command: c.Offer, proposer: Actor) -> Facts:
    """To both sides at once; it takes the place of the one before. Not by whoever has put on the case who would get the money."""
    asked = agreement.meant(case, command.remedy).all_remedies
    if money.payee_why(case, [Remedy(type=name, amount=command.amount) for name in asked], proposer) is not None:
        why = "Who gets it is there by you, or by somebody of your line: have somebody else propose it."
        raise OwnCase(why, because="payee_of_own_word")
    said: dict[str, Any] = {name: getattr(command, name) for name in ("remedy", "amount", "expires_at", "text")}
    said["label_paid_by"] = command.label_paid_by or agreement.meant(case, command.remedy).label_paid_by
    return (f.ProposalMade(proposal_id=derived_id("ppl", command.id), **said),)


def answer(case: Case, proposal: Proposal, command: c.AcceptOffer | c.DeclineOffer, side: Side) -> Facts:
    """A side's answer, kept from the other until both have answered; two that agree settle the case.

    A "no" of the first side ends nothing yet, or the other would learn it before it has answered.
    """
    if side in proposal.answered_by:
        raise OfferAnswered("Your side has answered this proposal; its answer stands.", offer=proposal.id)
    accepts = command.type == "accept_offer"
    answered = f.ProposalAnswered(proposal_id=proposal.id, side=side, answer="accepted" if accepts else "declined")
    if side.other not in proposal.answered_by:
        return (answered,)
    if accepts and side.other in proposal.accepted_by:
        agreed = agreement.Agreed.by(proposal)
        terms = agreement.in_full(case, agreed)
        ended = f.ProposalEnded(proposal_id=proposal.id, became="accepted", terms=terms)
        return (answered, ended, *agreement.reached(case, command.id, agreed))
    return (answered, f.ProposalEnded(proposal_id=proposal.id, became="declined"))


def _proposal_made(case: Case, rec: f.Recording, fact: f.ProposalMade) -> Change:
    names = ("remedy", "amount", "expires_at", "label_paid_by")
    made = Proposal(id=fact.proposal_id, made_at=rec.at, **{name: getattr(fact, name) for name in names})
    by = (rec.actor.id, rec.actor.manager)
    return {"proposals": (*_ended(case, "replaced", rec.at), made), "proposed_by": by}


def _proposal_answered(case: Case, rec: f.Recording, fact: f.ProposalAnswered) -> Change:
    field = "accepted_by" if fact.answer == "accepted" else "declined_by"
    return {
        "proposals": tuple(
            p.model_copy(update={field: (*getattr(p, field), fact.side)}) if p.id == fact.proposal_id else p
            for p in case.proposals
        )
    }


def _proposal_ended(case: Case, rec: f.Recording, fact: f.ProposalEnded) -> Change:
    return {"proposals": _ended(case, fact.became, rec.at), **agreement.settled(fact.proposal_id, rec.at, fact.terms)}


def _ended(case: Case, became: str, at: Instant) -> tuple[Proposal, ...]:
    over = {"became": became, "became_at": at}
    return tuple(p.model_copy(update=over) if p.became == "open" else p for p in case.proposals)


def without_answer(case: Case, side: Side) -> Change:
    """The open proposal without what a side has said to it: whoever speaks for that side now has not answered."""
    return {"proposals": tuple(p.unanswered_by(side) for p in case.proposals)} if case.proposal is not None else {}


def lapsed(case: Case, at: Instant) -> Change:
    """An open proposal is open no longer, whoever had answered it."""
    return {"proposals": _ended(case, "lapsed", at)} if case.proposal is not None else {}


def _said_of_proposal(case: Case, fact: f.ProposalMade, audience: Audience) -> NoticeData:
    return NoticeData({"offer": agreement.offered(case, fact, fact.proposal_id)}, {"text": fact.text})


def _said_of_end(case: Case, fact: f.ProposalEnded, audience: Audience) -> NoticeData:
    of = next((p for p in case.proposals if p.id == fact.proposal_id), None)
    offered = {"offer": remedy_data(of) | {"id": of.id}} if of is not None else {}
    terms = {"terms": list(fact.terms)} if fact.terms else {}
    return NoticeData({"became": fact.became, **offered, **terms})


TOPIC = Topic(
    changes={
        "proposal_made": _proposal_made,
        "proposal_answered": _proposal_answered,
        "proposal_ended": _proposal_ended,
    },
    means={"proposal_ended": lambda before, fact, after: {f"proposal_ended:{fact.became}"}},
    words=words_by(f.ProposalEnded, "became"),
    known_to={
        "proposal_made": everybody("It is made to both sides.", "nothing"),
        "proposal_answered": Known(
            lambda case, fact, audience: audience == fact.side.value,
            "nothing",
            "Each side answers without knowing the other's answer; the platform is told when both have, as they are.",
        ),
        "proposal_ended": everybody("Both have answered: both learn whether they agree.", "nothing"),
    },
    said={"proposal_made": _said_of_proposal, "proposal_ended": _said_of_end},
)
