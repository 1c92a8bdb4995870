"""What rulings have given so far, and who may appeal against one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from domain.base import Money, Phase, Side
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.remedy import Remedy
from domain.model.ruling import Effect, Ruling
from domain.rules import credit as crediting
from domain.rules import given_back, interim, money, stating
from domain.rules.audiences import Audience
from domain.rules.chargeback import SUBMISSION
from domain.rules.fairness import keeps_own_appeal
from domain.rules.misuse import hits_anew
from domain.rules.prior_decision import side_of
from domain.rules.remedy import burdens
from domain.rules.shares import of_one


def rights_after(case: Case, ruling: Ruling) -> tuple[f.AppealRight, ...]:
    """Each side's right to appeal against an outcome, with the reason for yes or no.

    A side that lost something may appeal once. A side that won and then lost on the other's appeal has not used its right, so
    it still has it.
    """
    terms = case.terms.outcome(ruling.outcome)
    lost_by = {
        *(side_of(case, x) for x in (terms.lost_by if terms else ())),
        *(side for side in Side if _gets_less(case, ruling, side)),
        # What hits somebody they may appeal against, whoever is said to have lost.
        *(side for side in Side if burdens(case, ruling.remedies, side)),
        *(side for side in Side if _worse_themselves(case, ruling, side) or _shared_unequally(case, ruling, side)),
        *((Side.CLAIMANT,) if less_than_asked(case, ruling) else ()),
        *(side for side in Side if _pays_label(case, ruling, side)),
    }
    present = {p.side for p in case.parties}
    rights = []
    for side in Side:
        if side not in present:
            continue
        if not case.terms.has(Phase.APPEAL):
            because = "no_appeal_in_kind"
        elif side not in lost_by:
            because = "nothing_lost"
        elif side in case.appeals_used and not hits_anew(case, ruling, side) and not _others_hit(case, ruling, side):
            because = "already_used"
        else:
            because = "lost_something"
        rights.append(f.AppealRight(side=side, allowed=because == "lost_something", because=because))
    return tuple(rights)


def _worse_themselves(case: Case, ruling: Ruling, side: Side) -> tuple[str, ...]:
    """Of several on a side those from whom a ruling takes money that an earlier one gave them, or whom it hits anew."""
    before, now = promised(case), crediting.granted(case, ruling)
    found = []
    for party in case.principals(side) if len(case.principals(side)) > 1 else ():
        had, left = of_one(case, party, before), of_one(case, party, now)
        hit_before, hit_now = (Counter(burdens(case, some, side)) for some in (had, left))
        if is_less(money_to(left, side), money_to(had, side)) or hit_now - hit_before:
            found.append(party.id)
    return tuple(found)


def _shared_unequally(case: Case, ruling: Ruling, side: Side) -> bool:
    """Whether one of several on a side gets less of its money than another: they may say that it is not theirs alone."""
    given = [money_to(of_one(case, p, ruling.remedies), side) for p in case.principals(side)]
    # An equal share may be a cent off.
    return any(one[c] - other[c] > 1 for one in given for other in given for c in one)


def _others_hit(case: Case, ruling: Ruling, side: Side) -> bool:
    """Whether a ruling takes something from one of several who has not appealed themselves: another one's appeal used up no right
    of theirs (European Convention on Human Rights, protocol No 7, article 2)."""
    return any(one not in case.appealed_by for one in _worse_themselves(case, ruling, side))


def standing(case: Case) -> Ruling | None:
    """The ruling by which the matter stands: the last one that was told and did not merely send it back."""
    return next((ruling for ruling in reversed(case.rulings) if ruling.decision != "remit"), None)


def decides_afresh(case: Case) -> bool:
    """Whether the round that a ruling opened, set aside or sent back, is still to end: nobody has ruled since, nor have the sides
    agreed."""
    last = case.rulings[-1] if case.rulings else None
    since = (last.annulled_at or (last.issued_at if last.decision == "remit" else None)) if last is not None else None
    return since is not None and (case.settlement is None or case.settlement.at < since)


def less_than_asked(case: Case, ruling: Ruling) -> bool:
    """Whether the claimant gets less money than they asked for by an outcome that gives it, and no goods in its place; also where
    somebody else has said since that it was less."""
    asked = stating.as_reported(case)
    counts = case.terms.less or asked is not case
    return counts and given_of_asked(asked, ruling.outcome, ruling.remedies) is not None


def given_of_asked(case: Case, outcome: str, remedies: Iterable[Remedy]) -> tuple[Money, Money] | None:
    """What the claimant gets, and what there is to give, where an outcome that gives money gives less than that and no goods in
    its place; None otherwise."""
    known, most = case.terms.outcome(outcome), money.ceiling(case)
    if known is None or most is None or not any(given_back.bounded(case, name) for name in known.remedies):
        return None
    if any(x.amount is None and money.in_its_place(x) for x in remedies):
        return None
    given = money_to(crediting.left_by(case, outcome, remedies), Side.CLAIMANT)[most.currency]
    return (most.model_copy(update={"amount": given}), most) if given < most.amount else None


def won_with_less(case: Case, outcome: str, remedies: Iterable[Remedy]) -> tuple[Money, Money] | None:
    """What the claimant gets, and what is in question, where the outcome says that they won all of it, and they get less. What
    somebody else has said since that it was more they have not asked for."""
    known = case.terms.outcome(outcome)
    if known is None or known.partial or Side.CLAIMANT in known.lost_by:
        return None
    return given_of_asked(stating.as_asked(case), outcome, remedies)


def _pays_label(case: Case, ruling: Ruling, side: Side) -> bool:
    """Whether a side has to pay for sending goods back by this ruling, which the pack asks of another one: what does not conform
    goes back free of charge (Directive (EU) 2019/771, article 14(1)).
    """
    outcome = case.terms.outcome(ruling.outcome)
    if ruling.label_paid_by != side.value or outcome is None or not any(x.after_return for x in ruling.remedies):
        return False
    return outcome.label_paid_by != side.value


def rights_of(case: Case, rights: Iterable[f.AppealRight], audience: Audience) -> tuple[f.AppealRight, ...]:
    """The rights to appeal of whoever looks: a side's own. Where the case goes on of office the claimant's is the platform's."""
    if audience == "platform" and case.of_office is not None:
        return tuple(r for r in rights if r.side is Side.CLAIMANT)
    own = tuple(r for r in rights if r.side.value == audience)
    if audience == "claimant" and case.of_office is not None and not keeps_own_appeal(case):
        return tuple(r.model_copy(update={"allowed": False, "because": "of_office"}) for r in own)
    return own


def _gets_less(case: Case, ruling: Ruling, side: Side) -> bool:
    """Whether this ruling takes money away that an earlier one gave: that is a loss even where the outcome keeps its name."""
    given, left = (money_to(remedies, side) for remedies in (promised(case), crediting.granted(case, ruling)))
    return is_less(left, given)


def money_to(remedies: Iterable[c.Remedy], side: Side) -> Counter[str]:
    """What remedies give a side, in minor units by currency."""
    sums: Counter[str] = Counter()
    for remedy in remedies:
        if remedy.to is side and remedy.amount is not None:
            sums[remedy.amount.currency] += remedy.amount.amount
    return sums


def is_less(now: Counter[str], before: Counter[str]) -> bool:
    """Whether there is less of any currency than there was."""
    return any(amount > now[currency] for currency, amount in before.items())


def in_force(case: Case) -> tuple[Effect, ...]:
    """Remedies ordered and not undone, oldest first. Interim measures are none, nor is what an authority or a card network was
    told.
    """
    measures, told = interim.in_force(case), {r.id for r in case.reports}
    others = (e for e in case.effects_in_force if e not in measures and e.because not in told)
    return tuple(e for e in others if e.remedy.type != SUBMISSION)


def promised(case: Case) -> tuple[c.Remedy, ...]:
    """What the rulings so far gave: remedies in force, and those that wait for goods."""
    later = case.returning.remedies if case.returning else ()
    held = (one.remedy for one in case.withheld)
    return (*(e.remedy for e in in_force(case)), *held, *(r.model_copy(update={"after_return": True}) for r in later))
