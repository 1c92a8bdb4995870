"""What a case may still pay: the one question that offers, rulings, appeals, returned goods and credits ask.

At most what was paid is given back, however often and by whomever it is decided: what stands is counted, what was undone is not.
The bound is that of card networks and payment services: a refund never exceeds the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from domain.base import Kept, Money, Phase, Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.money import AmountTooHigh, CurrencyDiffers, PaidElsewhere
from domain.model.people import Actor, line_above
from domain.model.refusals import OwnCase
from domain.model.remedy import Remedy
from domain.model.ruling import AmountMissing, Involvement, RemedyNotAllowed
from domain.model.terms import OutcomeTerms
from domain.rules import confirmation
from domain.rules.departures import beyond
from domain.rules.given_back import bounded, by_provider
from domain.rules.remedy import goes_to
from domain.rules.rule import Change
from domain.rules.topic import Topic, inside

GIVES: Final = frozenset({
    "rule", "decide_appeal", "approve", "offer", "accept_offer", "concede", "credit_provisionally", "confirm_return",
    "decide_return", "split",
})  # fmt: skip
"""Commands by which money is given, or promised, or goes along with a part."""


class Payable(Kept):
    """What a case may still pay, in minor units of the currency of the payment."""

    amount: int
    """At most this much more."""
    currency: str
    reported: int
    """What the case is about."""
    standing: int
    """What stands: paid, promised for goods on their way back, split off with a part, or given in an earlier case."""
    other: tuple[Money, ...] = ()
    """What stands in other currencies, which nobody can subtract."""


def reported(case: Case) -> Money | None:
    """What the claimant reported; None where they named no amount."""
    if case.asked is not None:
        return case.asked
    return case.amount if case.raised_by is None else None


def above_reported(case: Case, remedies: Iterable[Remedy]) -> bool:
    """Whether these give back more than was reported, where an amount was, or other money."""
    asked = reported(case)
    most = ceiling(case.model_copy(update={"amount": asked})) if asked is not None and asked != case.amount else None
    if most is None:
        return False
    sums = sums_of(x.amount for x in remedies if x.amount is not None and bounded(case, x.type))
    return any(amount > (most.amount if currency == most.currency else 0) for currency, amount in sums.items())


def payable(case: Case) -> Payable | None:
    """What the case may still pay; None where its kind bounds nothing, or nobody has said what was paid."""
    about = case.amount
    if about is None or not any(one.bounded_by for one in case.terms.remedies):
        return None
    counted = [*case.split_off, *case.given_before, *case.given_elsewhere, *by_provider(case)]
    sums = sums_of([x.amount for x in given(case) if x.amount is not None] + counted)
    standing = sums.pop(about.currency, 0)
    other = tuple(Money(amount=amount, currency=currency) for currency, amount in sorted(sums.items()) if amount)
    return Payable(
        amount=max(0, about.amount - standing), currency=about.currency, reported=about.amount, standing=standing, other=other
    )


IN_ITS_PLACE: Final = frozenset({"replacement"})
"""Goods that a claimant can get in the place of their money."""


def in_its_place(remedy: Remedy) -> bool:
    """Whether whoever asks gets goods by it in the place of their money."""
    return remedy.to is Side.CLAIMANT and remedy.type in IN_ITS_PLACE


_NOT_GIVEN = ("reversed", "impossible")


def given(case: Case) -> tuple[Remedy, ...]:
    """What was given back and stands, and what waits for goods. A reversal that waits for somebody's hands has undone nothing."""
    return tuple(x for x in _stands(case) if x.amount is not None and bounded(case, x.type))


def goods_stand(case: Case) -> bool:
    """Whether whoever asks got goods in the place of their money, or will once theirs are back."""
    return any(in_its_place(x) for x in _stands(case))


def _stands(case: Case) -> Iterable[Remedy]:
    undone = {e.reverses for e in case.effects if e.reverses and e.state not in ("needs_hands", "impossible")}
    # What a hold has stopped and nobody waits for any more goes on as another effect, or not at all.
    undone |= {e.id for e in case.effects if e.state == "withheld"} - {one.id for one in case.withheld}
    stands = (e.remedy for e in case.effects if e.reverses is None and e.id not in undone and e.state not in _NOT_GIVEN)
    return (*stands, *(case.returning.remedies if case.returning else ()))


def within(case: Case, more: Iterable[Money]) -> bool:
    """Whether all that stands and this, too, are no more than was paid, in its currency."""
    about = case.amount
    paid = [x.remedy.amount for x in case.effects_in_force if x.remedy.to is Side.CLAIMANT and x.remedy.amount is not None]
    sums = sums_of([*paid, *case.split_off, *case.given_before, *case.given_elsewhere, *by_provider(case), *more])
    return about is not None and sums.keys() <= {about.currency} and sums.get(about.currency, 0) <= about.amount


def totals(case: Case) -> tuple[Money, ...]:
    """What was given, by currency, here and before."""
    sums = sums_of([x.amount for x in given(case) if x.amount is not None] + [*case.given_before])
    return tuple(Money(amount=amount, currency=currency) for currency, amount in sorted(sums.items()) if amount)


def stands_for_others(case: Case) -> tuple[Money, ...]:
    """What other cases of the matter have to count of this one, by currency: what it gave, and what went along with its parts."""
    sums = sums_of([x.amount for x in given(case) if x.amount is not None] + [*case.split_off, *by_provider(case)])
    return tuple(Money(amount=amount, currency=currency) for currency, amount in sorted(sums.items()) if amount)


def beyond_before(case: Case, found: Iterable[PaidElsewhere]) -> tuple[Money, ...]:
    """What of it is not counted yet: an earlier case whose matter is heard again was, when this one was opened."""
    counted = sums_of(case.given_before)
    sums = sums_of(amount for one in found for amount in one.given)
    more = {currency: amount - counted.get(currency, 0) for currency, amount in sums.items()}
    return tuple(Money(amount=amount, currency=currency) for currency, amount in sorted(more.items()) if amount > 0)


def others_count(case: Case) -> bool:
    """Whether other cases gave goods in the place of the money, or money of which this one does not know since its opening."""
    return any(one.goods for one in case.paid_elsewhere) or bool(beyond_before(case, case.paid_elsewhere))


def others_concern(case: Case, remedies: Iterable[Remedy]) -> bool:
    """Whether what stands for the matter in other cases counts beside this; beside goods all of it does, whatever it is."""
    asked = list(remedies)
    if any(in_its_place(x) for x in asked):
        return bool(case.paid_elsewhere or case.given_before)
    return others_count(case) and any(x.amount is not None and bounded(case, x.type) for x in asked)


def sums_of(amounts: Iterable[Money]) -> dict[str, int]:
    """Amounts in minor units, by currency."""
    sums: dict[str, int] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, 0) + money.amount
    return sums


def ceiling(case: Case) -> Money | None:
    """The most that a ruling can give: what the one before gave is undone, or is part of what this one gives."""
    if case.amount is None:
        return None
    gone = sums_of((*case.split_off, *case.given_before, *case.given_elsewhere, *by_provider(case))).get(case.amount.currency, 0)
    return case.amount.model_copy(update={"amount": max(0, case.amount.amount - gone)})


def _stuck(case: Case) -> dict[str, int]:
    """By currency: what was to be taken back and is still with whoever got it."""
    waits = {e.reverses for e in case.effects if e.reverses and e.state in ("needs_hands", "impossible")}
    return sums_of(e.remedy.amount for e in case.effects if e.id in waits and e.remedy.amount and bounded(case, e.remedy.type))


def check_ruling(case: Case, outcome: OutcomeTerms, remedies: Iterable[Remedy]) -> None:
    """Refuses a ruling that gives a remedy to the wrong side, more than was paid, or the whole where a part is meant."""
    asked = tuple(remedies)
    for remedy in asked:
        to = goes_to(case.terms, remedy.type)
        if to is not None and remedy.to is not to:
            fields = {"remedy": remedy.type, "because": "wrong_side", "to": to.value}
            raise RemedyNotAllowed(f"'{remedy.type}' goes to the {to.value}.", **fields)
    most = ceiling(case)
    paying = [x for x in asked if x.amount is not None and bounded(case, x.type)]
    if most is None or case.amount is None or not paying:
        return
    sums = sums_of(x.amount for x in paying if x.amount is not None)
    total = sums.pop(most.currency, 0)
    numbers = {"remedy": paying[0].type, "amount": total, "payable": most.amount, "currency": most.currency}
    alone = not case.terms.has(Phase.APPROVAL)
    # Two persons may have agreed that in this case it is more.
    more = beyond(case, (x.type for x in paying), most.currency)
    if total > most.amount + more and (alone or any(case.terms.remedy(x.type).above == "refuse" for x in paying)):
        raise RemedyNotAllowed(
            f"At most {most.amount} {most.currency} (in minor units) can be given back; this gives {total}.",
            because="amount_above_payment",
            **numbers,
            **_others(case),
        )
    if sums and alone:
        raise CurrencyDiffers(f"The payment was made in {most.currency}.", currency=most.currency)
    if outcome.partial and total >= case.amount.amount:
        raise RemedyNotAllowed(f"'{outcome.name}' gives a part; this is the whole.", because="not_a_part", **numbers)


def _others(case: Case) -> dict[str, list[str]]:
    """The other cases that gave something, for whoever of the team is refused."""
    return {"cases": [one.case for one in case.paid_elsewhere]} if case.paid_elsewhere else {}


def why_approval(case: Case, remedies: Iterable[Remedy], outcome: str, decider: Actor) -> str | None:
    """Why a second person has to agree to a ruling; None when nobody has to: its outcome wants it, or what it leaves the sides
    with (see :func:`why_second`), or it gives more than was reported. A credit until the ruling may be of more: the law wants the
    whole of what is known by then (12 CFR 1005.11(c)(2)(i)), and it is taken back if it was wrong.
    """
    weighed = case.terms.outcome(outcome)
    if case.terms.has(Phase.APPROVAL) and weighed is not None and weighed.needs_approval:
        return "outcome_needs_approval"
    given = list(remedies)
    above = case.terms.has(Phase.APPROVAL) and above_reported(case, given)
    return why_second(case, given, decider) or ("amount_above_reported" if above else None)


def why_upheld(case: Case, remedies: Iterable[Remedy], decider: Actor) -> str | None:
    """Why nobody alone decides that money stays given which rests on their own word; None when it does not.

    Whoever said what was paid, or ever that it is more than was reported, is asked on appeal whether they were right.
    """
    given = [x for x in remedies if x.amount is not None and bounded(case, x.type)]
    if not given or not case.terms.has(Phase.APPROVAL):
        return None
    own = _own_word(case, decider) or (_said_more(case, decider) and above_reported(case, given))
    return "amount_of_own_word" if own else None


def _said_more(case: Case, person: Actor) -> bool:
    """Whether this person, or somebody they report to, has ever said that it is more than was reported."""
    said = {one.by for one in case.said_by} | ({case.raised_by} if case.raised_by is not None else set())
    return not said.isdisjoint({person.id, *person.superiors})


def why_second(case: Case, remedies: Iterable[Remedy], giver: Actor) -> str | None:
    """Why nobody gives this money alone, by a ruling or until there is one; None when somebody may.

    It cannot be compared with the payment, exceeds it, rests on the word of the giver or of their line, goes to whom they have
    put on that side, or other money stands in another case for the same matter, or what may be it, or was noted to be it until
    they took that back, or there goods stand in its place; the sum of the amounts is above the pack's limit, or its currency has
    none. So it is of goods that are given in the place of the money, beside whatever stands there.
    """
    terms = case.terms
    if not terms.has(Phase.APPROVAL):
        return None
    given = list(remedies)
    asked = [x for x in given if x.amount is not None]
    paying = [x for x in asked if bounded(case, x.type)]
    found = _why_by_payment(case, paying, giver) or _why_by_others(case, given, giver) or payee_why(case, given, giver)
    sums = sums_of(x.amount for x in asked if x.amount is not None)
    if found is None and terms.limits:
        if sums.keys() - terms.limits.keys():
            return "currency_differs"
        found = "amount_above_limit" if any(sums[name] > terms.limits[name] for name in sums) else _why_by_parts(case, sums)
    return found


def _why_by_others(case: Case, given: list[Remedy], giver: Actor) -> str | None:
    if not others_concern(case, given):
        return "link_taken_back" if _parted(case, given, giver) else None
    others = case.paid_elsewhere
    return "possible_duplicate" if others and all(one.possible for one in others) else "paid_elsewhere"


def _parted(case: Case, given: Iterable[Remedy], actor: Actor) -> bool:
    """Whether this gives money, or goods in its place, and somebody, or whom they report to, took back that it is one matter with
    another case, as another one had noted. What one person has seen does not end by the word of who pays."""
    pays = any(in_its_place(x) or (x.amount is not None and bounded(case, x.type)) for x in given)
    return pays and not {actor.id, *actor.superiors}.isdisjoint(case.unlinked_by)


def _why_by_parts(case: Case, sums: Mapping[str, int]) -> str | None:
    """Nobody stays below the limit by splitting: what was split off counts as given, and a part is given by two, for what it was
    split from is not known there."""
    parts = sums_of(case.split_off)
    above = any(sums[name] + parts.get(name, 0) > case.terms.limits[name] for name in sums)
    return "amount_of_split" if sums and (above or case.source == "split") else None


def _why_by_payment(case: Case, paying: list[Remedy], giver: Actor) -> str | None:
    most = ceiling(case)
    if most is None or not paying:
        return None
    sums = sums_of(x.amount for x in paying if x.amount is not None)
    if sums.keys() - {most.currency}:
        return "currency_differs"
    if sums[most.currency] + _stuck(case).get(most.currency, 0) > most.amount:
        return "amount_above_payment"
    if case.chargeback is not None and case.chargeback.sent_at is not None:
        # The network may decide for whoever paid, and they would have it twice.
        return "chargeback_sent"
    return "amount_of_own_word" if _own_word(case, giver) else None


def _own_word(case: Case, one: Actor | Involvement) -> bool:
    """Whether what was paid is known from this person, from whom they report to, or from somebody who reports to them."""
    person = one.id if isinstance(one, Actor) else one.person
    under = line_above(case.raised_by_manager, case.raised_by_above)
    return case.raised_by is not None and (case.raised_by in {person, *one.superiors} or person in under)


_HANDED_OVER: Final = frozenset({"replacement", "release"})
"""Remedies without an amount that are worth money all the same."""


def payee_why(case: Case, given: Iterable[Remedy], giver: Actor) -> str | None:
    """Why this person does not say alone that this is given: whoever gets it stands there by them, or by their line."""
    sides = {x.to for x in given if x.amount is not None or x.type in _HANDED_OVER}
    return "payee_of_own_word" if any(_own_payee(case, side, giver) for side in sides) else None


def _own_payee(case: Case, side: Side, giver: Actor | Involvement) -> bool:
    """Whether who gets it stands there by this person, by whom they report to, or by somebody who reports to them."""
    person = giver.id if isinstance(giver, Actor) else giver.person
    there = (one for one in confirmation.seats(case) if one.side is side)
    return any(one.by in {person, *giver.superiors} or person in one.superiors for one in there)


def seated_for(case: Case, approver: Actor) -> bool:
    """Whether whoever would agree to a draft said who gets what it gives, to a drafter of their own line: no second person."""
    draft = case.ruling
    sides = {x.to for x in draft.remedies if x.amount is not None or x.type in _HANDED_OVER} if draft is not None else set()
    if draft is None or not any(one.by == approver.id and one.side in sides for one in confirmation.seats(case)):
        return False
    drafted = [part for part in case.involved if part.person == draft.decider]
    return any(_own_payee(case, side, part) for side in sides for part in drafted)


def check_approver(case: Case, approver: Actor) -> None:
    """Refuses to be the second person to money that rests on one's own word: of what was paid, of who gets it, or that another
    case is about something else."""
    if stated_for(case, approver):
        raise OwnCase("What was paid is known from you, or from whom you report to: another lead.", because="stated_it")
    if seated_for(case, approver):
        raise OwnCase("Who gets it is there by you, and it was drafted in your line: another lead.", because="seated_them")
    draft = case.ruling
    if draft is not None and draft.decision not in ("uphold", "remit") and _parted(case, draft.remedies, approver):
        said = "You, or whom you report to, took back that another case is of this matter: another lead."
        raise OwnCase(said, because="took_link_back")


def stated_for(case: Case, approver: Actor) -> bool:
    """Whether whoever would agree to a draft is who said what was paid, to a drafter of their own line: no second person. Nor is
    who said, ever or last, that it is more than was reported, or reports to who did, where a draft gives more than that.
    """
    draft = case.ruling
    if draft is None or not any(x.amount and bounded(case, x.type) for x in draft.remedies):
        return False
    if _said_more(case, approver) and above_reported(case, draft.remedies):
        return True
    if case.raised_by != approver.id:
        return False
    drafted = (part for part in case.involved if part.person == draft.decider)
    return any(_own_word(case, part) for part in drafted)


def check_offer(case: Case, remedies: Iterable[str], amount: Money | None) -> None:
    """Refuses to promise more than may still be paid, or other money. What a side may give beyond it is the pack's to say."""
    left = payable(case)
    if left is None or amount is None or not any(refused_above(case, name) for name in remedies):
        return
    numbers = {"amount": amount.amount, "payable": left.amount, "currency": left.currency}
    if amount.currency != left.currency or left.other:
        raise CurrencyDiffers(f"The payment was made in {left.currency}.", **numbers)
    if amount.amount > left.amount:
        raise AmountTooHigh(f"At most {left.amount} {left.currency} (in minor units) can still be paid.", **numbers)


def refused_above(case: Case, remedy: str) -> bool:
    """Whether nobody gives more than was paid by such a remedy."""
    return bounded(case, remedy) and case.terms.remedy(remedy).above == "refuse"


def check_part(case: Case, amount: Money | None) -> Money | None:
    """The part of the money that goes along with a part of the matter: named, or none of it. Nothing is paid twice."""
    left = payable(case)
    if left is None:
        return amount
    if amount is None:
        return Money(amount=0, currency=left.currency)
    check_within(amount, Money(amount=left.amount, currency=left.currency))
    return amount


def check_within(amount: Money, most: Money) -> None:
    """Refuses other money, and more than this."""
    numbers = {"amount": amount.amount, "payable": most.amount, "currency": most.currency}
    if amount.currency != most.currency:
        raise CurrencyDiffers(f"This is about {most.currency}.", **numbers)
    if amount.amount > most.amount:
        raise AmountTooHigh(f"At most {most.amount} {most.currency} (in minor units).", **numbers)


def inspected(remedies: tuple[Remedy, ...], amount: Money) -> tuple[Remedy, ...]:
    """What waited for goods, with less money, because they did not come back as they were sent."""
    paying = [x for x in remedies if x.amount is not None]
    if len(paying) != 1 or paying[0].amount is None:
        raise RemedyNotAllowed("An amount can be lowered where one sum of money waits for the goods.", because="no_single_amount")
    if amount.amount == 0:
        raise AmountMissing(
            "Give an amount above zero; where nothing is paid, the goods do not count as back.", remedy=paying[0].type
        )
    check_within(amount, paying[0].amount)
    return tuple(x.model_copy(update={"amount": amount}) if x is paying[0] else x for x in remedies)


def _decided_before(case: Case, rec: f.Recording, fact: f.DecidedBefore) -> Change:
    by = dict.fromkeys((*case.decided_before_by, *fact.deciders))
    return {"given_before": (*case.given_before, *fact.given), "decided_before_by": tuple(by)}


TOPIC = Topic(
    changes={"decided_before": _decided_before},
    known_to={
        "decided_before": inside("It names another case; to the parties it is told by whoever hears them again."),
    },
)
