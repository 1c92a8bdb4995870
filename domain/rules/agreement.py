"""What an agreement of the sides brings about, however they came to it: its remedies, and the end of what was pending.

The sides dispose of what is theirs. A sanction that a ruling imposed is the platform's and protects others: it stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.base import Instant, Money, Outcome, Phase, Side, derived_id
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.disclosure import NotDisclosed
from domain.model.people import Actor
from domain.model.refusals import InstantRefused, Refusal
from domain.model.ruling import Effect, RemedyNotAllowed
from domain.model.settlement import (
    Concede,
    Concession,
    NoSettlement,
    NothingToConcede,
    OpenOffer,
    OthersInCase,
    Proposal,
    ReturnUnderWay,
    Settlement,
)
from domain.model.terms import OfferTerms, Payer
from domain.model.withdrawal import WithdrawalPending
from domain.rules import agreement_terms, confirmation, given_back, money, parties, returns, stating, under_age
from domain.rules import credit as crediting
from domain.rules.audiences import Audience
from domain.rules.prior_decision import by_hand
from domain.rules.remedy import MONEY_REMEDIES, remedy_data
from domain.rules.rights import in_force
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import NoticeData, Topic, everybody

AGREED = "agreed"
"""Why a case goes (back) to the settlement: the sides have agreed, and the goods go back first."""

LONGEST_OPEN_FOR = timedelta(days=90)
"""An expiry beyond it is a slip of the pen; an offer without one stays open as long as the matter."""


class Agreed(NamedTuple):
    """What the sides agree on."""

    id: str
    """The offer or proposal."""
    remedy: str
    amount: Money | None
    label_paid_by: Payer | None

    @classmethod
    def by(cls, accepted: OpenOffer | Proposal) -> Agreed:
        """What whoever accepts this agrees to."""
        return cls(accepted.id, accepted.remedy, accepted.amount, accepted.label_paid_by)


def meant(case: Case, name: str) -> OfferTerms:
    """What an offer promises. A pack that lists none settles by the remedies of its outcomes."""
    return next((o for o in case.terms.offers if o.name == name), OfferTerms(name=name))


def check(case: Case, name: str, expires_at: Instant | None, at: datetime) -> None:
    """Refuses what this kind does not settle by, goods asked for after a ruling, and an expiry that is past."""
    known = [o.name for o in case.terms.offers] or sorted({remedy for o in case.terms.outcomes for remedy in o.remedies})
    if name not in known:
        raise RemedyNotAllowed(f"A {case.kind} can be settled by: {', '.join(known)}.", remedy=name, allowed=known)
    if meant(case, name).with_return and case.rulings and not case.goods_back:
        raise RemedyNotAllowed("After a ruling the sides settle without goods that go back first.", remedy=name)
    if expires_at is not None and expires_at <= at:
        raise InstantRefused("This instant is past.", because="past")
    if expires_at is not None and expires_at > at + LONGEST_OPEN_FOR:
        raise InstantRefused(f"That is more than {LONGEST_OPEN_FOR.days} days away.", because="too_far")


def check_money(case: Case, remedies: Iterable[str], amount: Money | None) -> None:
    """Refuses to agree on more than the case may still pay, once what the agreement takes the place of is undone."""
    money.check_offer(_undone(case), remedies, amount)


def _undone(case: Case) -> Case:
    """The case as it stands when nothing that an agreement replaces is in force any more."""
    # What a hold keeps back is replaced as well: it goes on only where nothing newer was agreed.
    gone = {*(effect.id for effect in in_force(case)), *(effect.id for effect in case.effects if effect.state == "withheld")}
    return case.model_copy(update={"effects": tuple(e for e in case.effects if e.id not in gone), "returning": None})


def _granted(case: Case) -> Money | None:
    """What a concession grants: the amount of the report, as far as it may still be paid, whatever was said since."""
    case = stating.as_granted(case)
    left = money.payable(_undone(case))
    if left is None or case.terms.concession is None or not given_back.bounded(case, case.terms.concession):
        return case.amount
    return Money(amount=left.amount, currency=left.currency)


def would_grant(case: Case) -> c.Remedy | None:
    """What granting the claim gives as the case stands; None where there is nothing to grant."""
    granted = _granted(case)
    if case.terms.concession is None or granted is None or granted.amount == 0:
        return None
    return c.Remedy(type=case.terms.concession, amount=granted)


def concede(case: Case, command: Concede, context: DecisionContext, at: datetime) -> Facts:
    """The respondent grants what was asked; nothing is left to decide."""
    # Whoever grants the claim says by it that what was reported was paid, whatever was said since.
    before, case = case.amount, stating.as_granted(case)
    assert case.terms.concession is not None  # its button says so
    said = () if case.amount is None or case.amount == before else (f.AmountStated(amount=case.amount, before=before),)
    amount = _granted(case)
    check_money(case, (case.terms.concession,), amount)
    # Several on the side grant it together, and each grants this sum.
    granting = f"{parties.CONCESSION}{amount.amount if amount else 0}:{amount.currency if amount else ''}"
    if waiting := parties.others_wanted(case, context, granting, (Side.RESPONDENT,)):
        return waiting
    remedy = c.Remedy(type=case.terms.concession, amount=amount)
    terms = agreement_terms.in_full(case, (remedy,), _replaced(case, (remedy,)), goods_first=False, label=None)
    granted = f.ClaimConceded(concession_id=derived_id("ccs", command.id), remedy=remedy, text=command.text, terms=terms)
    goods = returns.after_ruling(case, granted.concession_id, ())
    done = carried_out(case, command.id, granted.concession_id, (remedy,))
    return (*said, granted, *goods, *done, f.CaseClosed(outcome=Outcome.SETTLED))


def _refusal_of_concession(case: Case, actor: Actor) -> Refusal | None:
    refusal = refusal_of_offer(case, actor) or confirmation.unconfirmed(case) or refusal_for_others(case)
    if refusal is not None:
        return refusal
    if would_grant(case) is None:
        return NothingToConcede(
            "Nothing is left to grant: the report names no amount, or the money went already. Make an offer instead."
        )
    if stating.by_one_alone(case):
        return NothingToConcede(
            "The report names no amount, and one person of the team has said what was paid. Make an offer that names what you "
            "give, or grant it once a second person has said it too."
        )
    if stating.more_by_platform(case):
        return NothingToConcede(
            "The platform says that it is about more than was reported, so that granting the report does not end it. Make an "
            "offer that names what you give: whoever reported says whether that is all."
        )
    return None


def _claim_conceded(case: Case, rec: f.Recording, fact: f.ClaimConceded) -> Change:
    concession = Concession(id=fact.concession_id, remedy=fact.remedy, at=rec.at)
    return {"concession": concession, **settled(fact.concession_id, rec.at, fact.terms)}


def _said_of_concession(case: Case, fact: f.ClaimConceded, audience: Audience) -> NoticeData:
    return NoticeData({"offer": remedy_data(fact.remedy), "side": "respondent", "terms": list(fact.terms)}, {"text": fact.text})


def remedies_of(case: Case, agreed: Agreed) -> tuple[c.Remedy, ...]:
    """What is carried out."""
    terms = meant(case, agreed.remedy)
    pays = MONEY_REMEDIES if terms.remedies else {*MONEY_REMEDIES, terms.name}
    return tuple(c.Remedy(type=name, amount=agreed.amount if name in pays else None) for name in terms.all_remedies)


def offered(case: Case, fact: f.OfferMade | f.ProposalMade, offer_id: str) -> dict[str, Any]:
    """What is offered, as both sides are told it."""
    said: dict[str, Any] = remedy_data(fact) | {"id": offer_id}
    if fact.expires_at is not None:
        said["expires_at"] = fact.expires_at.isoformat()
    if meant(case, fact.remedy).with_return:
        # It holds only once the goods are back.
        said["after_return"] = True
    if fact.label_paid_by is not None:
        said["label_paid_by"] = fact.label_paid_by
    return said


def in_full(case: Case, agreed: Agreed) -> tuple[str, ...]:
    """The terms of an agreement in words."""
    remedies = remedies_of(case, agreed)
    goods_first = meant(case, agreed.remedy).with_return and not case.goods_back
    # Goods go back first only where nothing was decided, so that nothing is undone.
    undone = () if goods_first else _replaced(case, remedies)
    return agreement_terms.in_full(case, remedies, undone, goods_first=goods_first, label=agreed.label_paid_by)


def settled(agreed_id: str, at: Instant, terms: tuple[str, ...]) -> Change:
    """The document of the agreement, for whoever may read the case; of one that was made before there were any, none."""
    return {"settlement": Settlement(id=agreed_id, at=at, terms=terms)} if terms else {}


def reached(case: Case, command_id: str, agreed: Agreed) -> Facts:
    """All that follows from an agreement: carried out and closed as settled, at once or when the goods are back."""
    remedies = remedies_of(case, agreed)
    # Something may have been paid since it was offered.
    check_money(case, meant(case, agreed.remedy).all_remedies, agreed.amount)
    if meant(case, agreed.remedy).with_return and not case.goods_back:
        back = (f.PhaseEntered(phase=Phase.SETTLEMENT, reason=AGREED),) if case.phase is not Phase.SETTLEMENT else ()
        return (*back, returns.awaited(agreed.id, remedies, agreed.label_paid_by))
    goods = returns.after_ruling(case, agreed.id, ())
    return (*goods, *carried_out(case, command_id, agreed.id, remedies), f.CaseClosed(outcome=Outcome.SETTLED))


def carried_out(case: Case, command_id: str, because: str, remedies: tuple[c.Remedy, ...]) -> Facts:
    """What is agreed, set against what rulings and credits gave: what both want stays, the rest is undone, newest first."""
    undo, wanted = _weighed(case, remedies)
    reversals = tuple(
        f.EffectOrdered(effect_id=derived_id("eff", command_id, f"u{n}"), remedy=e.remedy, because=because, reverses=e.id)
        for n, e in enumerate(reversed(undo))
    )
    ids = (derived_id("eff", command_id, str(number) if number else "") for number in range(len(wanted)))
    new = (f.EffectOrdered(effect_id=i, remedy=one, because=because) for i, one in zip(ids, wanted, strict=True))
    return (*reversals, *new, *by_hand(case, reversals))


def _weighed(case: Case, remedies: tuple[c.Remedy, ...]) -> tuple[list[Effect], list[c.Remedy]]:
    """What is undone, oldest first, and what is left to do."""
    kept, wanted = crediting.settled(case, Outcome.SETTLED.value, remedies)
    undo: list[Effect] = []
    for effect in (e for e in in_force(case) if e not in kept and not _is_sanction(case, e)):
        if effect.remedy in wanted:
            wanted.remove(effect.remedy)
        else:
            undo.append(effect)
    return undo, wanted


def _replaced(case: Case, remedies: tuple[c.Remedy, ...]) -> tuple[c.Remedy, ...]:
    return tuple(effect.remedy for effect in _weighed(case, remedies)[0])


def _is_sanction(case: Case, effect: Effect) -> bool:
    return case.terms.sanctions is not None and case.terms.sanctions.kind(effect.remedy.type) is not None


def refusal_in_kind(case: Case) -> Refusal | None:
    """Some kinds are there to protect others: what they are about is nobody's to trade."""
    if case.terms.has(Phase.SETTLEMENT):
        return None
    return NoSettlement("Matters of this kind are decided; there is no settlement.", kind=case.kind)


def refusal_of_offer(case: Case, actor: Actor) -> Refusal | None:
    """With goods on their way back the sides have settled, and what they agreed on binds them."""
    if case.returning is not None and case.phase is Phase.SETTLEMENT:
        return ReturnUnderWay("The sides have settled, and the goods are going back.", state=case.returning.state)
    if (refusal := refusal_in_kind(case)) is not None:
        return refusal
    if not case.is_disclosed:
        return NotDisclosed("The respondent has not been told of the case: nobody can settle it with them before.")
    return refusal_while_withdrawing(case, actor) or under_age.refusal_of_binding(case, actor)


def refusal_while_withdrawing(case: Case, actor: Actor) -> Refusal | None:
    """Whoever is pressed to take something back could be pressed to settle it as well: somebody of the team looks first."""
    if case.withdrawal is None or actor.side is not case.withdrawal.side:
        return None
    return WithdrawalPending("You want to take it back: the team answers that first.", request=case.withdrawal.id)


def refusal_for_others(case: Case) -> Refusal | None:
    """Whoever's report was joined to this case has a matter of their own in it, and no voice in what the sides agree on."""
    if not any(p.role == "co_claimant" for p in case.parties):
        return None
    return OthersInCase("Another report goes on in this case; split it off before you agree.")


def _agreed_to(case: Case, to: str) -> str | None:
    """What one of several has agreed to, where it waits for the others; None: who speaks for them, which waits for nobody."""
    if case.party(to) is not None:
        return None
    if any(one.id == to for one in case.proposals):
        return "proposal"
    head = to.partition(":")[0]
    return head if head in ("concession", "appeal", "return") else "offer"


def _waits_for_others(before: Case | None, fact: f.PartyAgreed, after: Case) -> set[str]:
    return {"party_agreed:waits"} if _agreed_to(after, fact.to) is not None else set()


def _said_of_half(case: Case, fact: f.PartyAgreed, audience: Audience) -> NoticeData:
    kind = _agreed_to(case, fact.to)
    return NoticeData({"agreed_to": kind} if kind is not None else {})


TOPIC = Topic(
    rules={"concede": concede},
    changes={"claim_conceded": _claim_conceded},
    refuses={"concede": _refusal_of_concession},
    means={"party_agreed": _waits_for_others},
    words=frozenset({"party_agreed:waits"}),
    known_to={"claim_conceded": everybody("It ends the matter between the sides.", "nothing")},
    said={"claim_conceded": _said_of_concession, "party_agreed": _said_of_half},
)
