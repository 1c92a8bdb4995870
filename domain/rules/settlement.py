"""The parties settle by themselves: offers, counter-offers, and an agreement that binds both."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from domain.base import Instant, Outcome, Side, derived_id
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.people import Actor
from domain.model.refusals import Refusal
from domain.model.ruling import RemedyNotAllowed
from domain.model.settlement import MadeOffer, NoOffer, OpenOffer, OwnOffer
from domain.model.terms import OfferTerms
from domain.rules import money, parties, returns
from domain.rules.audiences import Audience
from domain.rules.remedy import MONEY_REMEDIES, check_amount, remedy_data
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import NoticeData, Topic, everybody


def offer(case: Case, command: c.Offer, context: DecisionContext, at: datetime) -> Facts:
    """A new offer of either side takes the place of the open one."""
    _check(case, command)
    offer_id = derived_id("off", command.id)
    side = context.side()
    label = command.label_paid_by or _meant(case, command.remedy).label_paid_by
    said: dict[str, Any] = {"remedy": command.remedy, "amount": command.amount, "text": command.text, "label_paid_by": label}
    several = parties.others_wanted(case, context, offer_id, (side,))
    return (f.OfferMade(offer_id=offer_id, side=side, **said), *several)


def _check(case: Case, command: c.Offer) -> None:
    known = [o.name for o in case.terms.offers] or sorted({remedy for o in case.terms.outcomes for remedy in o.remedies})
    if command.remedy not in known:
        raise RemedyNotAllowed(f"A {case.kind} can be settled by: {', '.join(known)}.", remedy=command.remedy, allowed=known)
    meant = _meant(case, command.remedy)
    for remedy in meant.all_remedies:
        check_amount(remedy, command.amount)
    money.check_offer(case, meant.all_remedies, command.amount)
    if command.label_paid_by is not None and not meant.with_return:
        raise RemedyNotAllowed("Nothing goes back by this offer, so there is no label to pay.", remedy=command.remedy)


def _meant(case: Case, name: str) -> OfferTerms:
    """What an offer promises. A pack that lists none settles by the remedies of its outcomes."""
    return next((o for o in case.terms.offers if o.name == name), OfferTerms(name=name))


def accept_offer(case: Case, command: c.AcceptOffer, context: DecisionContext, at: datetime) -> Facts:
    """Binding. What was promised is carried out, at once or when the goods are back."""
    offer_id, _ = _answered(case, command, context)
    assert case.offer is not None  # it was answered
    waiting = parties.others_wanted(case, context, offer_id, parties.to_accept(case, case.offer.side))
    if waiting:
        return waiting
    accepted = f.OfferAccepted(offer_id=offer_id, side=case.offer.side.other)
    meant = _meant(case, case.offer.remedy)
    amount = case.offer.amount
    # Something may have been paid since it was offered.
    money.check_offer(case, meant.all_remedies, amount)
    pays = MONEY_REMEDIES if meant.remedies else {*MONEY_REMEDIES, meant.name}
    remedies = tuple(c.Remedy(type=name, amount=amount if name in pays else None) for name in meant.all_remedies)
    if meant.with_return and not case.goods_back:
        return (accepted, returns.awaited(offer_id, remedies, case.offer.label_paid_by))
    ids = (derived_id("eff", command.id, str(number) if number else "") for number in range(len(remedies)))
    ordered = (f.EffectOrdered(effect_id=i, remedy=one, because=offer_id) for i, one in zip(ids, remedies, strict=True))
    return (accepted, *ordered, f.CaseClosed(outcome=Outcome.SETTLED))


def decline_offer(case: Case, command: c.DeclineOffer, context: DecisionContext, at: datetime) -> Facts:
    """The settlement goes on."""
    offer_id, side = _answered(case, command, context)
    return (f.OfferDeclined(offer_id=offer_id, side=side),)


def _answered(case: Case, command: c.AcceptOffer | c.DeclineOffer, context: DecisionContext) -> tuple[str, Side]:
    if case.offer is None or command.offer_id not in (None, case.offer.id):
        raise NoOffer("There is no open offer with this id; it was replaced, declined, or never made.", offer=command.offer_id)
    return case.offer.id, context.side()


def _offer_made(case: Case, rec: f.Recording, fact: f.OfferMade) -> Change:
    before = offer_over(case, "countered" if case.offer and case.offer.side is not fact.side else "replaced", rec.at)
    names = ("side", "remedy", "amount", "label_paid_by")
    said: dict[str, Any] = {"id": fact.offer_id} | {name: getattr(fact, name) for name in names}
    made = MadeOffer(**said, made_at=rec.at)
    return {**before, "offer": OpenOffer(**said), "offers": (*before.get("offers", case.offers), made)}


def _offer_accepted(case: Case, rec: f.Recording, fact: f.OfferAccepted) -> Change:
    return offer_over(case, "accepted", rec.at)


def _offer_declined(case: Case, rec: f.Recording, fact: f.OfferDeclined) -> Change:
    return offer_over(case, "declined", rec.at)


def offer_over(case: Case, became: Literal["countered", "replaced", "accepted", "declined", "lapsed"], at: Instant) -> Change:
    """The open offer, if there is one, is open no longer; it stays in the history with what became of it."""
    if case.offer is None:
        return {"offer": None}
    said = {"became": became, "became_at": at}
    return {"offer": None, "offers": tuple(o.model_copy(update=said) if o.became == "open" else o for o in case.offers)}


def _refusal_of_answer(case: Case, actor: Actor) -> Refusal | None:
    if case.offer is None:
        return NoOffer("There is no open offer.")
    if parties.still_to_agree(case, actor, case.offer.id):
        # They did not make it: they agree to what another of their side has offered, or do not.
        return None
    if case.offer.side is (actor.side or (Side.CLAIMANT if case.of_office is not None else None)):
        return OwnOffer("This is your own side's offer; the other side answers it.", offer=case.offer.id)
    return None


def _said_of_offer(case: Case, fact: f.OfferMade, audience: Audience) -> NoticeData:
    offered = remedy_data(fact) | {"id": fact.offer_id, "side": fact.side.value}
    if _meant(case, fact.remedy).with_return:
        # It holds only once the goods are back.
        offered["after_return"] = True
    if fact.label_paid_by is not None:
        offered["label_paid_by"] = fact.label_paid_by
    return NoticeData({"offer": offered}, {"text": fact.text})


def _said_of_answer(case: Case, fact: f.OfferAccepted | f.OfferDeclined, audience: Audience) -> NoticeData:
    return NoticeData({"side": fact.side.value})


_BETWEEN_THE_SIDES = everybody("Offers pass between the sides.", "nothing")

TOPIC = Topic(
    rules={"offer": offer, "accept_offer": accept_offer, "decline_offer": decline_offer},
    changes={"offer_made": _offer_made, "offer_accepted": _offer_accepted, "offer_declined": _offer_declined},
    refuses={
        "offer": returns.refusal_by_agreement,
        "accept_offer": _refusal_of_answer,
        "decline_offer": _refusal_of_answer,
    },
    means={"offer_made": lambda before, fact, after: {f"offer_made:{fact.side.value}"}},
    known_to={
        "offer_made": _BETWEEN_THE_SIDES,
        "offer_accepted": _BETWEEN_THE_SIDES,
        "offer_declined": _BETWEEN_THE_SIDES,
    },
    said={"offer_made": _said_of_offer, "offer_accepted": _said_of_answer, "offer_declined": _said_of_answer},
)
