"""What other cases of the same matter have given counts here too: what stands there has room of its own beside what stands here.

One payment is given back once, in money or in goods, in however many cases it is asked for and whichever of them came first. A
refund beside goods that were sent anew in another case, and goods beside money that was paid or credited there, take two persons.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.base import Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.money import PaidElsewhere
from domain.model.remedy import Remedy
from domain.model.ruling import Effect
from domain.rules.audiences import Audience
from domain.rules.given_back import bounded
from domain.rules.money import (
    beyond_before,
    in_its_place,
    others_concern,
    others_count,
    refused_above,
    stands_for_others,
    sums_of,
)
from domain.rules.rule import Facts
from domain.rules.topic import NoticeData, Topic, inside


def as_judged(case: Case, found: Sequence[PaidElsewhere], side: Side | None) -> Case:
    """The case as it is judged: with what stands in others about the same matter.

    A respondent is answered by what they know: a refusal would tell them of a case of which they were not told. What they
    agree on beyond it waits for somebody of the team (:func:`looked_at`). Where somebody else is blamed or asks there, or nobody
    said that it is one matter, it is no part of what is given here, but a second person looks at it.
    """
    if not found or not any(one.bounded_by for one in case.terms.remedies):
        return case
    known = [one for one in found if (side is not Side.RESPONDENT or one.disclosed) and not (one.another or one.possible)]
    return case.model_copy(update={"paid_elsewhere": tuple(found), "given_elsewhere": beyond_before(case, known)})


def looked_at(case: Case, command_id: str, facts: Facts) -> Facts:
    """The facts, with a word to the team where something else stands for the same matter, and nothing given beyond what was paid.

    What is ordered beyond it (by an agreement that nobody of the team looked at, or because the other case has given it
    meanwhile) waits for somebody's hands.
    """
    if not case.paid_elsewhere:
        return facts
    told = next((n for n, fact in enumerate(facts) if _gives(case, fact)), None)
    if told is None:
        return facts
    stopped = _too_much(case, facts)
    noticed = f.PaidElsewhereNoticed(cases=case.paid_elsewhere, stopped=stopped)
    whole: list[f.Fact] = [*facts[:told], noticed]
    for fact in facts[told:]:
        whole.append(fact)
        if isinstance(fact, f.EffectOrdered) and fact.effect_id in stopped:
            whole.append(f.EffectReported(effect_id=fact.effect_id, result="needs_hands"))
    return tuple(whole)


_CREDITS: Final = frozenset({"provisional_credit_proposed", "provisional_credit_given"})


def _gives(case: Case, fact: f.Fact) -> bool:
    """Whether it gives something, or is to, beside which what stands elsewhere counts."""
    if fact.type in _CREDITS:
        return others_count(case)
    match fact:
        case f.RulingDrafted():
            remedies = fact.remedies if fact.decision not in ("uphold", "remit") else ()
        case f.EffectOrdered(reverses=None):
            remedies = (fact.remedy,)
        case _:
            return False
    return others_concern(case, remedies)


def _too_much(case: Case, facts: Facts) -> tuple[str, ...]:
    """What is given by the facts where with all that stands it is more than was paid, or goods and money for one payment."""
    orders = [fact for fact in facts if isinstance(fact, f.EffectOrdered) and _gives(case, fact)]
    money = [fact for fact in orders if _pays(case, fact.remedy)]
    approved = case.ruling is not None and case.ruling.approved_by is not None
    # A second person has seen what stands where somebody else is blamed, or asks. What may be another matter stops nobody.
    counted = [one for one in case.paid_elsewhere if not one.possible and not (approved and one.another)]
    stopped = [] if approved else [one for one in orders if _both_ways(one.remedy, counted)]
    if not approved or any(refused_above(case, fact.remedy.type) for fact in money):
        stopped += money if _above_payment(case, facts, counted) else []
    return tuple(fact.effect_id for fact in orders if fact in stopped)


def _both_ways(remedy: Remedy, counted: Sequence[PaidElsewhere]) -> bool:
    """Whether goods would be given beside what stands in other cases, or money beside goods that stand there."""
    return bool(counted) if in_its_place(remedy) else any(one.goods for one in counted)


def _pays(case: Case, remedy: Remedy) -> bool:
    return remedy.amount is not None and bounded(case, remedy.type)


def _above_payment(case: Case, facts: Facts, counted: Sequence[PaidElsewhere]) -> bool:
    new = tuple(
        Effect(id=x.effect_id, remedy=x.remedy, because=x.because, reverses=x.reverses)
        for x in facts
        if isinstance(x, f.EffectOrdered)
    )
    arrived = any(isinstance(fact, f.ReturnEnded) for fact in facts)
    then = case.model_copy(update={"effects": (*case.effects, *new), "returning": None if arrived else case.returning})
    sums = sums_of([*stands_for_others(then), *case.given_before, *beyond_before(case, counted)])
    about = case.amount
    return about is None or bool(sums.keys() - {about.currency}) or sums.get(about.currency, 0) > about.amount


def _said(case: Case, fact: f.PaidElsewhereNoticed, audience: Audience) -> NoticeData:
    return NoticeData({"paid_elsewhere": [one.model_dump(include={"case", "given", "goods"}) for one in fact.cases]})


TOPIC = Topic(
    changes={"paid_elsewhere_noticed": lambda case, rec, fact: {}},
    known_to={"paid_elsewhere_noticed": inside("It names another case; the sides may not know of it.")},
    said={"paid_elsewhere_noticed": _said},
)
