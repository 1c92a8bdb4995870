"""What a payment provider says of a dispute, and what follows: a case whose money moved there pays nothing again by itself.

A provider gives the money back without asking (a chargeback that is lost, a refund made there, an alert that prevented the
dispute). It says so in any order, so a case keeps of each question the newest answer by the provider's own instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.base import Money, Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.chargeback import Chargeback
from domain.model.provider_news import BACK, BESIDE, ENDS, GIVEN, ProviderDispute, ProviderNews, folded
from domain.model.remedy import Remedy
from domain.model.ruling import Effect
from domain.rules import money
from domain.rules.given_back import by_provider
from domain.rules.rule import Change, Facts

DECIDED_ELSEWHERE = "decided_elsewhere"
STOPPED_BY = frozenset({"paid_by_provider", "dispute_unverified", "payment_in_doubt", "disputed_less", "disputed_again"})
"""Why a payment beside a dispute does not go out by itself."""
UNDONE = frozenset({"payment_unsaid", "undone_since", "taken_back"})
"""Why a payment, or what undoes it, is looked at first: nobody has said whether it went; it is undone, and may have gone; or it
is being, or was, taken back from somebody who may never have had it."""
FAILED = "refund_failed"
"""Why a payment that was reported as made waits for somebody's hands: the refund that carried it out failed afterwards."""
MADE = "refund_made"
"""Why a payment that waited for hands counts as made: refunds with its mark have carried out all of it."""
CHARGEBACK_STAGE = "chargeback"
"""The stage in which a network takes evidence until its due date."""


def why_declined(news: ProviderNews | None) -> str | None:
    """Why a report is turned away of a dispute that was over at its provider before it came here; None: it was not."""
    return DECIDED_ELSEWHERE if news is not None and news.what in ENDS else None


@dataclass(frozen=True)
class OtherDispute:
    """A case that another dispute about the same payment opened."""

    amount: Money | None
    """What it is about; None: it does not say, or nobody has judged the case yet."""
    disputes: tuple[ProviderDispute, ...]
    """What its case was told of disputes."""


def in_parts(amount: Money | None, news: ProviderNews, others: Sequence[OtherDispute]) -> bool:
    """Whether a new dispute is about another part of its payment than those that there are.

    A bank disputes a part of a payment on its own, and then each is answered on its own. What is disputed again after an end
    without money is the same part; so is the same sum, unless the payment is known to be large enough for both.
    """
    live = [one for one in others if not one.disputes or any(not x.over or x.paid for x in one.disputes if not x.of_payment)]
    if not live or amount is None or any(one.amount is None or one.amount.currency != amount.currency for one in live):
        return False
    sums = [one.amount.amount for one in live if one.amount is not None]
    if news.paid is not None and news.paid.currency == amount.currency:
        return sum(sums) + amount.amount <= news.paid.amount
    return amount.amount not in sums


def as_of(case: Case, news: ProviderNews) -> ProviderNews:
    """The news as this case takes it: a refund whose mark is no effect of this case was not made for it. It went all the same."""
    strange = news.effect is not None and all(one.id != news.effect for one in case.effects)
    counts = strange and news.stage == "refund" and news.what == "updated"
    return news.model_copy(update={"what": "payment_refunded"}) if counts else news


def heard(case: Case, news: ProviderNews, at: datetime) -> Change:
    """What the case knows of its disputes with this, too, and how it stands with the evidence for the network."""
    news = as_of(case, news)
    before = next((one for one in case.provider_disputes if _key(one.newest) == _key(news)), None)
    if before is not None and news.payment is None and news.stage == "refund":
        # Of what it was one word of it has said, and that holds.
        news = news.model_copy(update={"payment": before.newest.payment})
    after = folded(before, news)
    others = (one for one in case.provider_disputes if _key(one.newest) != _key(news))
    disputes = tuple(sorted((*others, after), key=lambda one: _key(one.newest)))
    if after.of_payment:
        return {"provider_disputes": disputes}
    return {"provider_disputes": disputes, "chargeback": _evidence(case.chargeback, before, after, at)}


def _key(news: ProviderNews) -> tuple[str, str]:
    return (news.provider, news.dispute)


def _evidence(
    known: Chargeback | None, before: ProviderDispute | None, after: ProviderDispute, at: datetime
) -> Chargeback | None:
    due = after.due if after.due is not None and after.due.stage == CHARGEBACK_STAGE else None
    moved = due is not None and (before is None or before.due is None or before.due.due_at != due.due_at)
    if known is None and due is not None and due.due_at is not None and not after.over:
        return Chargeback(due_at=due.due_at, since=at)
    if known is None:
        return None
    if due is not None and due.due_at is not None and moved and known.sent_at is None:
        # A day that went by is no missed one where the network listens longer.
        missed_at = None if due.due_at > at else known.missed_at
        known = known.model_copy(update={"due_at": due.due_at, "missed_at": missed_at, "warned": False})
    if after.over != (known.closed_at is not None):
        # Taken up again there (an inquiry that becomes a chargeback), it takes evidence again.
        known = known.model_copy(update={"closed_at": at if after.over else None})
    return known


def said(case: Case, news: ProviderNews) -> dict[str, Any]:
    """What the team is told with the signal: who says it, and how the dispute stands there after all that was said of it."""
    known = next((one for one in case.provider_disputes if _key(one.newest) == _key(news)), None)
    went, over = (known.paid, known.over) if known is not None else (False, False)
    # One that another case had ordered, which goes on in this one, is named by it alone.
    own = any(e.state == "done" and stops(case, e.remedy) for e in case.effects_in_force)
    paid = news.what == "refund_failed" and (own or news.effect is not None)
    return {"provider": news.provider, "money_went": went, "dispute_over": over, "money_twice": twice(case)} | (
        _given_back(case) if news.what in BACK else {"refund_failed": True} if paid else _in_part(case, news)
    )


def _in_part(case: Case, news: ProviderNews) -> dict[str, Any]:
    """How much refunds with the mark of a payment have carried out of it by now, where the case has it as made and they are less:
    the others may be on their way, or nobody makes them."""
    effect = next((e for e in case.effects_in_force if e.id == news.effect and e.state == "done" and not e.by_hand), None)
    went, asked = (made(case, effect), effect.remedy.amount) if effect is not None else (None, None)
    if news.what != "updated" or went is None or asked is None or went.amount >= asked.amount:
        return {}
    return {"refunded_so_far": went.model_dump(mode="json"), "refund_of": asked.model_dump(mode="json")}


def _given_back(case: Case) -> dict[str, Any]:
    """What it means for this case's money that a provider took back what it had given: what waits for somebody's hands is owed,
    what was paid was paid once."""
    if case.paid_by_provider or _why_not(case, ()) is not None:
        return {}
    paid = [e.state for e in case.effects_in_force if e.reverses is None and stops(case, e.remedy)]
    states = {"owed_again": "needs_hands", "paid_once": "done"}
    return {name: True for name, state in states.items() if state in paid}


def money_back(before: Case | None, fact: f.SignalReceived, after: Case) -> set[str]:
    """What is told when an end of a dispute takes back what was told of this case's money before: that it is not to be paid, or
    was paid twice."""
    if fact.news is None or fact.news.what not in BACK or before is None or not before.paid_by_provider:
        return set()
    return {f"{fact.type}:money_back"} if _given_back(after) else set()


def came_to_nothing(fact: f.EffectReported) -> set[str]:
    """What is told when a payment that was reported as made has failed at the provider: it is owed again."""
    return {f"{fact.type}:failed"} if fact.note == FAILED else set()


def twice(case: Case) -> bool:
    """Whether providers gave money back that this case has paid already: both are more than was paid, or nobody can tell. So too
    where refunds with the mark of a payment gave more than that."""
    done = tuple(e for e in case.effects_in_force if e.state == "done" and stops(case, e.remedy))
    if any(_made_beyond(case, one) for one in done):
        return True
    return bool(done and by_provider(case)) and not money.within(case.model_copy(update={"effects": done}), ())


def _made_beyond(case: Case, effect: Effect) -> bool:
    """Whether refunds with the mark of a payment gave more than it is about, or beside what somebody paid by hand."""
    told = made(case, effect)
    if told is None or effect.remedy.amount is None:
        return False
    return told.amount > (0 if effect.by_hand else effect.remedy.amount.amount)


def paid_twice(before: Case | None, fact: f.EffectReported | f.ManualWorkReported, after: Case) -> set[str]:
    """What is told when a payment that was stopped on its way went all the same, or was made by hand, after the provider had
    given the money back."""
    known = before is not None and twice(before)
    return {f"{fact.type}:twice"} if fact.result == "done" and twice(after) and not known else set()


def said_of_effect(case: Case, fact: f.EffectReported | f.ManualWorkReported) -> dict[str, Any]:
    """What the team is told of a payment beside a dispute: why it was stopped, or that whoever paid has the money twice by it."""
    effect = next((one for one in case.effects if one.id == fact.effect_id), None)
    if effect is None or effect.reverses is not None or not stops(case, effect.remedy):
        return {}
    why = fact.note if isinstance(fact, f.EffectReported) and fact.result == "needs_hands" else None
    stopped_by: dict[str, Any] = {"stopped_by": why} if why in {*STOPPED_BY, FAILED} else {}
    if why == FAILED and (told := made(case, effect)) is not None:
        # Of several refunds that carried it out some did not fail.
        stopped_by["went"] = told.model_dump(mode="json")
    if why == FAILED and any(one.reverses == effect.id for one in case.effects):
        stopped_by["undone_since"] = True
    return stopped_by | ({"money_twice": True} if fact.result == "done" and twice(case) else {})


def stops(case: Case, remedy: Remedy) -> bool:
    """Whether a payment is one that a provider's word can make too much: money for whoever paid."""
    return bool(case.provider_disputes) and remedy.amount is not None and remedy.to is Side.CLAIMANT


def stopped(case: Case, news: ProviderNews | None) -> Facts:
    """Payments under way that would pay again what the provider gives back by this news: they wait for somebody's hands. Of those
    that waited for hands before it is said again, with why they are not to be made."""
    if news is None:
        return ()
    news = as_of(case, news)
    then = case.model_copy(update=heard(case, news, case.updated_at))
    told = news.what in GIVEN | BACK or news.stage == BESIDE or news.doubt is not None
    if not told and _disputed(then) is None:
        return ()
    why = _why_not(then, ())
    states = {"running"} if why == _why_not(case, ()) else {"running", "needs_hands"}
    paid = [e for e in then.effects if e.state in states and e.reverses is None and stops(then, e.remedy)]
    held = [e.id for e in paid if e.id != news.effect or news.what != "updated"]
    return tuple(f.EffectReported(effect_id=one, result="needs_hands", note=why) for one in held) if why else ()


def why_not(case: Case, effect: Effect) -> str | None:
    """Why nobody makes a payment that waits for hands before they have looked, or takes one back: one of :data:`STOPPED_BY`, or
    of :data:`UNDONE`. None: it is owed."""
    if not stops(case, effect.remedy):
        return None
    if effect.reverses is not None:
        origin = next((one for one in case.effects if one.id == effect.reverses), None)
        return "payment_unsaid" if origin is not None and origin.state == "needs_hands" else None
    undoing = next((one for one in case.effects if one.reverses == effect.id), None)
    if undoing is not None:
        return "undone_since" if undoing.state == "needs_hands" else "taken_back"
    return _why_not(case, ())


def made(case: Case, effect: Effect) -> Money | None:
    """What refunds with the mark of a payment have carried out of it, as the provider says; None: nothing one can compare."""
    asked, told = effect.remedy.amount, [one for one in went(case, effect.id) if one is not None]
    if asked is None or not told or any(one.currency != asked.currency for one in told):
        return None
    return asked.model_copy(update={"amount": sum(one.amount for one in told)})


def may_have_gone(case: Case, effect: Effect) -> bool:
    """Whether a payment that waits for hands may have gone out all the same: it was stopped on its way. One that was left to
    hands as it was ordered was asked of nobody; of one whose refund failed nothing went, unless another refund has made a part.
    """
    if not stops(case, effect.remedy):
        return False
    if effect.id in failed(case):
        return bool(went(case, effect.id))
    held_at_once = any(one.id == effect.because and one.issued_at == effect.reported_at for one in case.rulings)
    return not held_at_once


def failed(case: Case) -> frozenset[str]:
    """The effects of this case that were carried out by a refund that failed at the provider, where those that did not fail
    are less than all of it."""
    said = [x.newest for x in case.provider_disputes if x.newest.stage == "refund" and x.newest.effect and x.newest.verified]
    lost = {one.effect for one in said if one.what == "refund_failed"}
    return frozenset(e.id for e in case.effects if e.id in lost and _left(e.remedy, went(case, e.id)))


def went(case: Case, effect_id: str) -> list[Money | None]:
    """What refunds with the mark of an effect carried out of it, by a proven word; None: one that does not say how much."""
    said = (x.newest for x in case.provider_disputes if x.newest.effect == effect_id and x.newest.verified)
    return [one.amount for one in said if one.what == "updated"]


def _left(remedy: Remedy, made: Sequence[Money | None]) -> bool:
    """Whether refunds that were made left something of it. Of what cannot be compared nobody can say so."""
    asked = remedy.amount
    if asked is None or any(one is None or one.currency != asked.currency for one in made):
        return not made
    return sum(one.amount for one in made if one is not None) < asked.amount


def made_by_provider(case: Case, news: ProviderNews | None) -> Facts:
    """Payments that waited for hands, and of which the provider says by this news that all of it was refunded: nobody makes them
    again."""
    if news is None or news.effect is None or news.what != "updated" or not news.verified:
        return ()
    then = case.model_copy(update=heard(case, news, case.updated_at))
    waits = [e for e in then.effects if e.id == news.effect and e.state == "needs_hands" and e.reverses is None]
    whole = [e.id for e in waits if (told := made(then, e)) and e.remedy.amount and told.amount >= e.remedy.amount.amount]
    return tuple(f.EffectReported(effect_id=one, result="done", note=MADE) for one in whole)


def owed_still(case: Case, news: ProviderNews | None) -> Facts:
    """Payments of this case that are known by this news to have come to nothing: they are owed, and wait for somebody's hands."""
    if news is None or news.what != "refund_failed":
        return ()
    lost = failed(case.model_copy(update=heard(case, news, case.updated_at)))
    done = [e.id for e in case.effects if e.id in lost and e.state == "done" and e.remedy.amount is not None and not e.by_hand]
    return tuple(f.EffectReported(effect_id=one, result="needs_hands", note=FAILED) for one in done)


def not_paid_again(case: Case, command_id: str, facts: Facts) -> Facts:
    """The facts, with what is ordered beyond what was paid, or on a word nobody has verified, left to somebody's hands."""
    orders = [x for x in facts if isinstance(x, f.EffectOrdered) and x.reverses is None and stops(case, x.remedy)]
    why = _why_not(case, (x.remedy for x in orders)) if orders else None
    if why is None:
        return facts
    told = {x.effect_id for x in facts if isinstance(x, f.EffectReported)}
    whole: list[f.Fact] = []
    for fact in facts:
        whole.append(fact)
        if isinstance(fact, f.EffectOrdered) and fact in orders and fact.effect_id not in told:
            whole.append(f.EffectReported(effect_id=fact.effect_id, result="needs_hands", note=why))
    return tuple(whole)


def _why_not(case: Case, more: Iterable[Remedy]) -> str | None:
    """Why nothing is paid by itself: together with what providers gave back it would be more than was paid, or cannot be compared
    with it; or nobody has asked the provider whether it said so at all; or another case is about a dispute of the same payment,
    and the payment is not known to be large enough for both.
    """
    sums = _amounts(more)
    if any(not one.verified for one in case.provider_disputes):
        return "dispute_unverified"
    if any(one.newest.doubt is not None for one in case.provider_disputes):
        return "payment_in_doubt"
    if (less := _disputed(case)) is not None and not money.within(case.model_copy(update={"amount": less}), sums):
        return "disputed_less"
    if _disputed_again(case, sums):
        return "disputed_again"
    if case.paid_by_provider:
        return "paid_by_provider" if case.amount is None or not money.within(case, sums) else None
    return None


def _disputed_again(case: Case, more: Sequence[Money]) -> bool:
    """Whether what other cases may pay of the same payment, and this one pays, is not known to be within it."""
    others = [one.newest for one in case.provider_disputes if one.newest.stage == BESIDE]
    if not others:
        return False
    sums = [one.amount for one in others if one.amount is not None]
    wholes = [one.paid for one in others if one.paid is not None]
    if len(sums) < len(others) or len(wholes) < len(others):
        return True
    least = min(wholes, key=lambda one: one.amount)
    return not money.within(case.model_copy(update={"amount": least}), [*sums, *more])


def _amounts(remedies: Iterable[Remedy]) -> list[Money]:
    return [x.amount for x in remedies if x.amount is not None]


def _disputed(case: Case) -> Money | None:
    """What the provider says by now that is disputed, where that is less than what the case was opened about; None: it is not."""
    said = [one.newest for one in case.provider_disputes if not one.of_payment]
    if len(said) != 1 or case.source != said[0].provider or said[0].what not in ("opened", "updated") or case.amount is None:
        return None
    now = said[0].amount
    return now if now is not None and now.currency == case.amount.currency and now.amount < case.amount.amount else None
