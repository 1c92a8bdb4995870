"""The parties settle by themselves: offers, counter-offers, and an agreement that binds both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.base import Outcome, Side, derived_id
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.refusals import NoOffer, RemedyNotAllowed, UnknownActor
from domain.model.terms import OfferTerms
from domain.rules import returns
from domain.rules import ruling as r

if TYPE_CHECKING:
    from domain.rules.decide import Voice

Facts = tuple[f.Fact, ...]


def offer(case: Case, command: c.Offer, voice: Voice, at: datetime) -> Facts:
    """A new offer of either side takes the place of the open one."""
    _check(case, command)
    offer_id = derived_id("off", command.id)
    side = _side_of(voice)
    return (f.OfferMade(offer_id=offer_id, side=side, remedy=command.remedy, amount=command.amount, text=command.text),)


def _check(case: Case, command: c.Offer) -> None:
    known = [o.name for o in case.terms.offers] or sorted({remedy for o in case.terms.outcomes for remedy in o.remedies})
    if command.remedy not in known:
        raise RemedyNotAllowed(f"A {case.kind} can be settled by: {', '.join(known)}.", remedy=command.remedy, allowed=known)
    for remedy in _meant(case, command.remedy).all_remedies:
        r.check_amount(remedy, command.amount)


def _meant(case: Case, name: str) -> OfferTerms:
    """What an offer promises. A pack that lists none settles by the remedies of its outcomes."""
    return next((o for o in case.terms.offers if o.name == name), OfferTerms(name=name))


def accept_offer(case: Case, command: c.AcceptOffer, voice: Voice, at: datetime) -> Facts:
    """Binding. What was promised is carried out, at once or when the goods are back."""
    offer_id, side = _answered(case, command, voice)
    assert case.offer is not None  # it was answered
    accepted = f.OfferAccepted(offer_id=offer_id, side=side)
    meant = _meant(case, case.offer.remedy)
    money = case.offer.amount
    pays = r.MONEY_REMEDIES if meant.remedies else {*r.MONEY_REMEDIES, meant.name}
    remedies = tuple(c.Remedy(type=one, amount=money if one in pays else None) for one in meant.all_remedies)
    if meant.with_return and not case.goods_back:
        return (accepted, returns.awaited(offer_id, remedies))
    ids = (derived_id("eff", command.id, str(number) if number else "") for number in range(len(remedies)))
    ordered = (f.EffectOrdered(effect_id=i, remedy=one, because=offer_id) for i, one in zip(ids, remedies, strict=True))
    return (accepted, *ordered, f.CaseClosed(outcome=Outcome.SETTLED))


def decline_offer(case: Case, command: c.DeclineOffer, voice: Voice, at: datetime) -> Facts:
    """The settlement goes on."""
    offer_id, side = _answered(case, command, voice)
    return (f.OfferDeclined(offer_id=offer_id, side=side),)


def _answered(case: Case, command: c.AcceptOffer | c.DeclineOffer, voice: Voice) -> tuple[str, Side]:
    if case.offer is None or command.offer_id not in (None, case.offer.id):
        raise NoOffer("There is no open offer with this id; it was replaced, declined, or never made.", offer=command.offer_id)
    return case.offer.id, _side_of(voice)


def _side_of(voice: Voice) -> Side:
    side = voice.actor.side if voice.actor else None
    if side is None:
        raise UnknownActor("Only somebody on a side can do this.")
    return side


RULES: dict[str, Callable[[Case, Any, Voice, datetime], Facts]] = {
    "offer": offer,
    "accept_offer": accept_offer,
    "decline_offer": decline_offer,
}
