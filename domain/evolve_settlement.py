"""What facts about offers, and about goods that go back, do to a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from domain.base import Instant
from domain.model import facts as f
from domain.model.case import Case
from domain.model.settlement import MadeOffer, OpenOffer, Returning
from domain.rules.chargeback import Chargeback, Draft

Change = dict[str, Any]


def _offer(case: Case, rec: f.Recording, fact: f.OfferMade) -> Change:
    before = offer_over(case, "countered" if case.offer and case.offer.side is not fact.side else "replaced", rec.at)
    said: dict[str, Any] = {"id": fact.offer_id, "side": fact.side, "remedy": fact.remedy, "amount": fact.amount}
    made = MadeOffer(**said, made_at=rec.at)
    return {**before, "offer": OpenOffer(**said), "offers": (*before.get("offers", case.offers), made)}


def _accepted(case: Case, rec: f.Recording, fact: f.OfferAccepted) -> Change:
    return offer_over(case, "accepted", rec.at)


def _declined(case: Case, rec: f.Recording, fact: f.OfferDeclined) -> Change:
    return offer_over(case, "declined", rec.at)


def offer_over(case: Case, became: Literal["countered", "replaced", "accepted", "declined", "lapsed"], at: Instant) -> Change:
    """The open offer, if there is one, is open no longer; it stays in the history with what became of it."""
    if case.offer is None:
        return {"offer": None}
    said = {"became": became, "became_at": at}
    return {"offer": None, "offers": tuple(o.model_copy(update=said) if o.became == "open" else o for o in case.offers)}


def _awaited(case: Case, rec: f.Recording, fact: f.ReturnAwaited) -> Change:
    names = ("of", "because", "remedies")
    return {"returning": Returning(id=fact.return_id, asked_at=rec.at, **{name: getattr(fact, name) for name in names})}


def _returning(case: Case, **update: Any) -> Change:
    return {"returning": case.returning.model_copy(update=update)} if case.returning else {}


def _changed(case: Case, rec: f.Recording, fact: f.ReturnChanged) -> Change:
    return _returning(case, because=fact.because, remedies=fact.remedies)


def _shipped(case: Case, rec: f.Recording, fact: f.ReturnShipped) -> Change:
    return _returning(case, state="shipped", shipped_at=rec.at)


def _contested(case: Case, rec: f.Recording, fact: f.ReturnContested) -> Change:
    return _returning(case, state="contested")


def _ended(case: Case, rec: f.Recording, fact: f.ReturnEnded) -> Change:
    return {"returning": None, "goods_back": case.goods_back or fact.received}


def _rights_lapsed(case: Case, rec: f.Recording, fact: f.RightsLapsed) -> Change:
    gone = {"allowed": False, "because": "window_over"}
    return {"rights": tuple(r.model_copy(update=gone) if r.allowed else r for r in case.rights)}


def _drafted(case: Case, rec: f.Recording, fact: f.ChargebackDrafted) -> Change:
    known = case.chargeback or Chargeback(due_at=fact.due_at, since=rec.at)
    draft = Draft(id=fact.draft_id, text=fact.text, at=rec.at)
    return {"chargeback": known.model_copy(update={"due_at": fact.due_at, "draft": draft, "missed_at": None})}


def _sent(case: Case, rec: f.Recording, fact: f.ChargebackSent) -> Change:
    return {"chargeback": case.chargeback.model_copy(update={"sent_at": rec.at})} if case.chargeback else {}


def _missed(case: Case, rec: f.Recording, fact: f.ChargebackMissed) -> Change:
    return {"chargeback": case.chargeback.model_copy(update={"missed_at": rec.at})} if case.chargeback else {}


SETTLEMENT_CHANGES: dict[str, Callable[[Case, f.Recording, Any], Change]] = {
    "offer_made": _offer,
    "offer_accepted": _accepted,
    "offer_declined": _declined,
    "return_awaited": _awaited,
    "return_changed": _changed,
    "return_shipped": _shipped,
    "return_contested": _contested,
    "return_ended": _ended,
    "rights_lapsed": _rights_lapsed,
    "chargeback_drafted": _drafted,
    "chargeback_sent": _sent,
    "chargeback_missed": _missed,
}
