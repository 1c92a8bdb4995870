"""Provisional credit: the claimant has the money until the matter is decided, and never twice.

The idea and its limits are those of Regulation E, 12 CFR 1005.11(c) and (d): money within ten business days where the matter
takes longer, final when the report is confirmed, taken back with a notice when it is not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from domain.base import Money, Phase, derived_id
from domain.model import facts as f
from domain.model.case import Case
from domain.model.commands import Remedy
from domain.model.people import Actor
from domain.model.refusals import NothingChanges, NotYourCase, OwnCase, Refusal
from domain.model.ruling import AmountMissing, Effect, Ruling
from domain.model.safeguards import Credit, CreditGiven, CreditNotAllowed, CreditProposal, CreditProvisionally
from domain.model.terms import CreditLessTerms, Level
from domain.rules import confirmation, money, stating
from domain.rules.audiences import Audience
from domain.rules.fairness import another_credential
from domain.rules.remedy import CREDIT, remedy_data
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import NoticeData, Topic, inside, known_to, words_by, words_of

PAYERS = frozenset({"refund", "payout", "correction"})
"""Remedies that pay somebody, towards which a credit counts."""


ERROR = frozenset({"error_found", "error_unpaid", "error_settled"})
"""What a pack's clock for putting an error right goes by."""


def give(case: Case, command: CreditProvisionally, context: DecisionContext, at: datetime) -> Facts:
    """The money goes to the claimant at once, at most what may still be paid. What no ruling gives by one person's word is only
    proposed by the first one, and the second one lets it out.
    """
    if command.amount.amount == 0:
        raise AmountMissing("A credit needs an amount above zero, in minor units, with its currency.", remedy=CREDIT)
    if case.amount is None and case.terms.credit_less is not None:
        said = "Nobody knows yet how much is in question: say what was paid first (state_amount), then give it back."
        raise CreditNotAllowed(said, because="amount_unknown")
    left = money.payable(case)
    about = case.amount if left is None else Money(amount=left.amount, currency=left.currency)
    if about is not None and command.amount.currency != about.currency:
        raise CreditNotAllowed(f"The report is about {about.currency}.", because="currency_differs", currency=about.currency)
    if about is not None and command.amount.amount > about.amount:
        limit = about.model_dump()
        raise CreditNotAllowed("That is more than can still be paid.", because="more_than_reported", allowed=limit)
    if (least := _least(case)) is not None and command.amount.amount < least.amount:
        said = "Less than that does not give back what is in question. If less was paid, say so first (state_amount)."
        raise CreditNotAllowed(said, because="less_than_reported", allowed=least.model_dump())
    remedy = Remedy(type=CREDIT, amount=command.amount)
    proposal = case.credit_proposed
    proposed = proposal is not None and proposal.amount == command.amount
    if proposal is not None and not proposed and command.by != case.owner:
        allowed = proposal.amount.model_dump()
        raise CreditNotAllowed("Another amount was proposed.", because="amount_differs", allowed=allowed)
    reasons, because = command.reasons, money.why_second(case, (remedy,), context.known())
    if proposal is not None and proposed and context.actor is not None and _may_second(proposal, context.actor) is None:
        another_credential(proposal.proposed_with, context)
        reasons = reasons or proposal.reasons
    elif because is not None:
        if proposal is not None and proposed and proposal.by == command.by:
            raise NothingChanges("You have proposed this already; a lead has to agree.")
        return (f.ProvisionalCreditProposed(amount=command.amount, because=because, reasons=command.reasons),)
    credit_id = derived_id("crd", command.id)
    given = f.ProvisionalCreditGiven(credit_id=credit_id, remedy=remedy, reasons=reasons)
    return (given, f.EffectOrdered(effect_id=derived_id("eff", command.id), remedy=remedy, because=credit_id))


def _least(case: Case) -> Money | None:
    """The least that a credit gives back: what is in question and can still be paid, less what the law lets be withheld
    (12 CFR 1005.11(c)(2)(i)); None where any amount will do, or nobody has said what it is about.
    """
    about, left, rows = case.amount, money.payable(case), case.terms.credit_less
    if about is None or rows is None:
        return None
    if left is None or left.currency != about.currency:
        standing = (e.remedy.amount for e in in_force(case))
        still = about.amount - sum(x.amount for x in standing if x is not None and x.currency == about.currency)
    else:
        still = min(about.amount, left.amount)
    withheld = max((row.amount for row in rows if row.currency == about.currency and _may_withhold(case, row)), default=0)
    return Money(amount=max(still - withheld, 0), currency=about.currency)


def falls_short(case: Case) -> bool:
    """Whether less was credited than what is in question by now: more was stated later than was given back."""
    least = _least(case)
    return bool(in_force(case)) and least is not None and least.amount > 0


def _means_of_amount(before: Case | None, fact: f.AmountStated, after: Case) -> Collection[str]:
    """A credit that is less than what is in question leaves the rest owed; one that is not owes nothing more."""
    if not in_force(after) or after.phase not in (Phase.REVIEW, Phase.APPROVAL):
        return ()
    return {f"amount_stated:{'above_credit' if falls_short(after) else 'credited'}"}


def _may_withhold(case: Case, row: CreditLessTerms) -> bool:
    return not row.only_for or case.category in row.only_for


def refusal_of_credit(case: Case, actor: Actor) -> Refusal | None:
    """Why no credit can be given as the case stands; None when one can."""
    if actor.id != case.owner and (refusal := _refusal_of_seconding(case, actor)) is not None:
        return refusal
    if not case.terms.provisional_credit:
        return CreditNotAllowed("This kind of case knows no provisional credit.", because="not_in_kind")
    if case.ruling is not None and case.ruling.decision != "rule":
        return CreditNotAllowed("The matter was decided; on appeal the decision says who gets what.", because="in_appeal")
    if in_force(case) and not falls_short(case):
        return CreditGiven("The claimant has a provisional credit already.")
    return None


def _refusal_of_seconding(case: Case, actor: Actor) -> Refusal | None:
    if case.credit_proposed is None:
        return NotYourCase(
            "The owner proposes a credit; take the case or have it assigned first.", command="credit_provisionally"
        )
    because = _may_second(case.credit_proposed, actor)
    if case.credit_proposed.because == "amount_of_own_word" and case.raised_by == actor.id:
        because = because or "stated_it"
    if case.credit_proposed.because == "payee_of_own_word" and any(one.by == actor.id for one in confirmation.seats(case)):
        because = because or "seated_them"
    if case.credit_proposed.because == "link_taken_back" and actor.id in case.unlinked_by:
        because = because or "took_link_back"
    said = "Another lead has to agree: not whoever proposed it, nor anybody who reports to them."
    return OwnCase(said, because=because) if because is not None else None


def _may_second(proposal: CreditProposal, actor: Actor) -> str | None:
    """Why this person cannot be the second one; None when they can."""
    if actor.role != "lead" or actor.id == proposal.by:
        return "proposed_it"
    return "reports_to_proposer" if proposal.by in actor.superiors else None


def in_force(case: Case) -> tuple[Effect, ...]:
    """Credits that were given and not taken back, also those that have become final."""
    return tuple(e for e in case.effects_in_force if e.remedy.type == CREDIT)


class Settled(NamedTuple):
    """What a ruling leaves to do once the credit is counted towards it."""

    kept: tuple[Effect, ...]
    wanted: list[Remedy]


def settled(case: Case, outcome: str, remedies: Iterable[Remedy]) -> Settled:
    """Counts a standing credit towards the money that a ruling grants the same side, so that nobody is paid twice.

    A ruling that grants as much or more keeps the credit and adds the difference. One that grants less, or nothing, takes it
    back, unless the pack says that its outcome leaves the credit where it is.
    """
    kept: list[Effect] = []
    wanted = list(remedies)
    terms = case.terms.outcome(outcome)
    for effect in in_force(case):
        credit = effect.remedy
        paid = [x for x in wanted if x.type in PAYERS and x.amount is not None and x.to is credit.to]
        enough = next((x for x in paid if _left(x, credit) is not None), None)
        if enough is not None:
            left = _left(enough, credit)
            wanted[wanted.index(enough)] = enough.model_copy(update={"amount": left})
        elif paid or terms is None or not terms.keeps_credit:
            continue
        kept.append(effect)
    return Settled(tuple(kept), [x for x in wanted if x.amount is None or x.amount.amount > 0])


def granted(case: Case, ruling: Ruling) -> tuple[Remedy, ...]:
    """Everything that a ruling leaves the sides with: what it grants, and credits that it leaves where they are."""
    return left_by(case, ruling.outcome, ruling.remedies)


def left_by(case: Case, outcome: str, remedies: Iterable[Remedy]) -> tuple[Remedy, ...]:
    """What such a ruling would leave the sides with."""
    kept, wanted = settled(case, outcome, remedies)
    return (*wanted, *(effect.remedy for effect in kept))


def _left(remedy: Remedy, credit: Remedy) -> Money | None:
    """What a remedy pays beyond a credit; None where it pays less, or other money."""
    if remedy.amount is None or credit.amount is None or remedy.amount.currency != credit.amount.currency:
        return None
    left = remedy.amount.amount - credit.amount.amount
    return Money(amount=left, currency=credit.amount.currency) if left >= 0 else None


def of_error(fact: f.Fact, after: Case) -> set[str]:
    """That an error was found, that its money waits for somebody's hands, and that it is put right (12 CFR 1005.11(c)(1)).

    An outcome that leaves the claimant a credit for good is one that finds an error. It is found when whoever decides writes it
    down, and put right when it is told and its money paid; what no machine could pay is still to be put right.
    """
    match fact:
        case f.RulingDrafted() if fact.decision != "uphold" and _finds_error(after, fact.outcome):
            return {"error_found"}
        case f.RulingIssued() | f.CaseClosed():
            return set() if _unpaid(after) else {"error_settled"}
        case f.EffectReported() | f.ManualWorkReported():
            return {"error_unpaid"} if _unpaid(after) else {"error_settled"}
        case _:
            return set()


def _finds_error(case: Case, outcome: str) -> bool:
    known = case.terms.outcome(outcome)
    return known is not None and known.keeps_credit


def _unpaid(case: Case) -> bool:
    """Whether money that a ruling orders for an error waits for somebody's hands."""
    rulings = {ruling.id for ruling in case.rulings if _finds_error(case, ruling.outcome)}
    mine = (e for e in case.effects if e.because in rulings and e.reverses is None and e.remedy.type in PAYERS)
    return any(effect.state == "needs_hands" and effect.id in case.manual_work for effect in mine)


def ended(case: Case, command_id: str, facts: Facts) -> Facts:
    """The facts, and what they mean for a credit: taken back where its effect is undone, else final.

    A final one is taken back as well, by an appeal or where the ruling that made it so is set aside: they are told of that, too.
    """
    undone = {x.reverses for x in facts if isinstance(x, f.EffectOrdered) and x.reverses is not None}
    gone = {e.because for e in in_force(case) if e.id in undone}
    facts = _held_over(case, facts)
    standing = [c for c in case.credits if c.state == "given" or (c.id in gone and c.state != "reversed")]
    if not standing:
        return _left_after_all(case, facts, gone)
    remitted = any(isinstance(x, f.CaseRemitted) for x in facts)
    decided = any(isinstance(x, f.CaseClosed) or (isinstance(x, f.RulingIssued) and not remitted) for x in facts)
    over = tuple(
        f.ProvisionalCreditEnded(credit_id=c.id, because="reversed" if c.id in gone else "final")
        for c in standing
        if c.id in gone or decided
    )
    # What fell due comes first, then what follows from it.
    reached = sum(1 for x in facts if isinstance(x, f.LevelReached))
    return (*facts[:reached], *over, *facts[reached:])


def _is_the_day(level: Level) -> bool:
    return level.default == "take_credit_back"


def _held_over(case: Case, facts: Facts) -> Facts:
    """The facts without the taking back of a credit, where the pack has a clock that does it later: whoever has the money is told
    the day first, and has five business days to put back what they live by (12 CFR 1005.11(d)(2) with comment 11(d)(2)-1).
    """
    if not any(_is_the_day(level) for clock in case.terms.clocks for level in clock.levels):
        return facts
    stands, own = {e.id for e in in_force(case)}, {c.id for c in case.credits}
    later = {x.effect_id for x in facts if isinstance(x, f.EffectOrdered) and x.reverses in stands and x.because not in own}
    kept = (x for x in facts if not (isinstance(x, f.EffectOrdered) and x.effect_id in later))
    return tuple(
        x.model_copy(update={"effects": tuple(e for e in x.effects if e not in later)}) if isinstance(x, f.RulingIssued) else x
        for x in kept
    )


def _left_after_all(case: Case, facts: Facts, gone: Collection[str]) -> Facts:
    """A credit that was to be taken back and is not taken yet stays where it is, when a later decision lets it stay."""
    given = {e.because for e in in_force(case)}
    waits = next((c for c in case.credits if c.state == "reversed" and c.id in given and c.id not in gone), None)
    decided = case.ruling is not None and case.ruling.decision not in ("uphold", "remit")
    if waits is None or not decided or not any(isinstance(x, f.RulingIssued) for x in facts):
        return facts
    return (*facts, f.ProvisionalCreditEnded(credit_id=waits.id, because="final"))


def take_back(case: Case, command_id: str) -> Facts:
    """The day has come of which whoever has the credit was told: it is taken back, unless a later decision let it stay."""
    told = {c.id for c in case.credits if c.state == "reversed"}
    return tuple(
        f.EffectOrdered(
            effect_id=derived_id("eff", command_id, str(number)), remedy=effect.remedy, because=effect.because, reverses=effect.id
        )
        for number, effect in enumerate(in_force(case))
        if effect.because in told
    )


def _over_at(case: Case, credit: Credit) -> datetime | None:
    """When a credit is over: the day on which it is taken back, where that comes later than its being told."""
    days = (
        row.due_at
        for row in case.timetable
        if (level := case.terms.level(row.clock, row.level)) is not None and _is_the_day(level) and credit.state == "reversed"
    )
    return next(days, credit.ended_at)


def _provisional_credit_given(case: Case, rec: f.Recording, fact: f.ProvisionalCreditGiven) -> Change:
    return {"credits": (*case.credits, Credit(id=fact.credit_id, remedy=fact.remedy)), "credit_proposed": None}


def _provisional_credit_proposed(case: Case, rec: f.Recording, fact: f.ProvisionalCreditProposed) -> Change:
    said = {"amount": fact.amount, "because": fact.because, "reasons": fact.reasons}
    return {"credit_proposed": CreditProposal(by=rec.actor.id, proposed_with=rec.credential, **said)}


def _provisional_credit_ended(case: Case, rec: f.Recording, fact: f.ProvisionalCreditEnded) -> Change:
    over = {"state": fact.because, "ended_at": rec.at}
    return {"credits": tuple(c.model_copy(update=over) if c.id == fact.credit_id else c for c in case.credits)}


def over_now(case: Case) -> dict[str, Any]:
    """What a notice says of a credit that came to an end with what it tells: how much, whether it is taken back, and when.

    Whoever has it is told the date and the amount when it is taken back, whatever that follows from: 12 CFR 1005.11(d)(2).
    """
    ended = [c for c in case.credits if c.ended_at is not None and c.ended_at == case.updated_at]
    # Where one of several stays and another is taken back, whoever has them is told what they lose.
    told = [c for c in ended if c.state == "reversed"] or ended
    if not told:
        return {}
    ended_at = _over_at(case, told[0]) or case.updated_at
    sums = [c.remedy.amount for c in told if c.remedy.amount is not None]
    said = remedy_data(told[0].remedy)
    return {"credit": said | {"amount": sum(x.amount for x in sums), "state": told[0].state, "ended_at": ended_at.isoformat()}}


def _said_of_credit(case: Case, fact: f.ProvisionalCreditGiven, audience: Audience) -> NoticeData:
    return NoticeData({"credit": remedy_data(fact.remedy) | {"state": "given"}}, {"reasons": fact.reasons})


def _said_of_end(case: Case, fact: f.ProvisionalCreditEnded, audience: Audience) -> NoticeData:
    credit = next((c for c in case.credits if c.id == fact.credit_id), None)
    over_at = (_over_at(case, credit) if credit is not None else None) or case.updated_at
    given = remedy_data(credit.remedy) if credit is not None else {}
    return NoticeData({"credit": given | {"state": fact.because, "ended_at": over_at.isoformat()}})


_OF_THE_CLAIMANT = "Who has the money for the time being is between the claimant and the platform that paid it."

TOPIC = Topic(
    rules={"credit_provisionally": give},
    changes={
        "provisional_credit_given": _provisional_credit_given,
        "provisional_credit_proposed": _provisional_credit_proposed,
        "provisional_credit_ended": _provisional_credit_ended,
    },
    refuses={"credit_provisionally": refusal_of_credit},
    means={
        "provisional_credit_ended": lambda before, fact, after: {f"provisional_credit_ended:{fact.because}"},
        "amount_stated": lambda before, fact, after: {*_means_of_amount(before, fact, after), *stating.means(fact, after)},
    },
    words=words_by(f.ProvisionalCreditEnded, "because")
    | words_of("amount_stated", "above_credit", "credited", "lowered", "raised")
    | ERROR,
    known_to={
        "provisional_credit_given": known_to("claimant", "platform", because=_OF_THE_CLAIMANT),
        "provisional_credit_proposed": inside("It is not given yet, and may never be."),
        "provisional_credit_ended": known_to("claimant", "platform", because=_OF_THE_CLAIMANT),
    },
    said={"provisional_credit_given": _said_of_credit, "provisional_credit_ended": _said_of_end},
)
