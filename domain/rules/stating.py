"""What was paid, as somebody of the platform or the team knows it: first said, raised, or lowered.

Whoever says more does not give it alone (:mod:`domain.rules.money`), nor does anybody grant it unseen: both sides are told, the
respondent has their time to answer before they lose by it, and a concession gives what was reported. Where the platform says more
than that, nothing ends so: an offer names what is given, and the claimant says whether that is all. Where the report names no
amount, it gives what two have said, or the platform: what one alone has said nobody grants unnamed, an offer names it. Whoever
says less than was reported takes from the claimant, so two say it: until then the case is about what it was, and the claimant is
told. It stays known what was reported: who got less may appeal, and whoever grants the claim grants that.

To be heard before one loses something: Charter of Fundamental Rights of the EU, article 41(2)(a); European Convention on Human
Rights, article 6(1).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.base import Money, Phase
from domain.model import facts as f
from domain.model.case import Case
from domain.model.money import AmountBelowPaid, AmountKnown, AmountSaid, ProposedLowering, StateAmount
from domain.model.people import Actor
from domain.model.refusals import NothingChanges, OwnCase, Refusal
from domain.rules import confirmation
from domain.rules.audiences import UNTOLD, Audience
from domain.rules.fairness import another_credential
from domain.rules.money import payable, reported
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import NoticeData, Topic, everybody, known_to


def state_amount(case: Case, command: StateAmount, context: DecisionContext, at: datetime) -> Facts:
    """The case is about this amount from now on; less than was reported is so once a second person has said it too."""
    if command.amount == case.amount:
        return _confirmed(case, command, context)
    then = payable(case.model_copy(update={"amount": command.amount}))
    if then is not None and (then.standing > then.reported or then.other):
        fields = {"amount": then.reported, "standing": then.standing, "currency": then.currency}
        raise AmountBelowPaid("More than this stands already.", **fields)
    if _lowers(case, command.amount) and not _seconds(case, command.amount, context):
        return (f.AmountLoweringProposed(amount=command.amount, before=case.amount, reasons=command.reasons),)
    stated = f.AmountStated(amount=command.amount, before=case.amount, reasons=command.reasons)
    if case.phase not in UNTOLD:
        return (stated,)
    deciding = Phase.REVIEW if case.ruling is None or case.ruling.decision == "rule" else Phase.APPEAL
    # The draft was measured by another amount.
    return (stated, f.PhaseEntered(phase=deciding, reason="amount_stated", goes_on="paused"))


def _confirmed(case: Case, command: StateAmount, context: DecisionContext) -> Facts:
    """A second person's word, where the report names no amount and one alone has said it. Raises a Refusal for any other."""
    if not by_one_alone(case):
        raise NothingChanges("The case is about this amount already.")
    first, actor = next((one for one in case.said_by if one.amount == case.amount), None), context.known()
    stated = f.AmountStated(amount=command.amount, before=case.amount, reasons=command.reasons)
    if first is None:
        # Whoever said it before must not decide the case: it is one person's word again.
        return (stated,)
    if not confirmation.may_be_second(first.by, actor) or actor.id == first.by:
        said = "One person has said it: another lead, ops or the platform says it too, nobody who reports to who did."
        raise OwnCase(said, because="second_person")
    another_credential(first.credential, context)
    return (stated,)


def by_one_alone(case: Case) -> bool:
    """Whether the report names no amount, and one of the team alone has said what the case is about."""
    said = [one for one in case.said_by if one.amount == case.amount]
    return case.amount is not None and reported(case) is None and not any(x.of_platform for x in said) and len(_people(said)) < 2


def more_by_platform(case: Case) -> bool:
    """Whether the platform says that it is about more than was reported: who grants what was reported leaves a rest open, of
    which the claimant has yet to say anything (German Code of Civil Procedure, section 307 with 301)."""
    return reported(case) is not None and any(one.of_platform for one in case.said_by)


def _people(said: Iterable[AmountSaid]) -> frozenset[str]:
    return frozenset(one.by for one in said)


def as_reported(case: Case) -> Case:
    """The case with what was reported as its amount, where less was said since; as it is otherwise."""
    asked, now = case.asked, case.amount
    if asked is None or now is None or (asked.currency == now.currency and asked.amount <= now.amount):
        return case
    return case.model_copy(update={"amount": asked})


def as_granted(case: Case) -> Case:
    """The case with what was reported as its amount, whatever was said since; as it is, where the report named none."""
    asked = reported(case)
    return case if asked is None or asked == case.amount else case.model_copy(update={"amount": asked})


def as_asked(case: Case) -> Case:
    """The case with what was reported as its amount, where one person has said since that it was more; as it is otherwise: less,
    or other money, two have said."""
    asked, now = reported(case), case.amount
    raised = asked is not None and now is not None and asked.currency == now.currency and asked.amount < now.amount
    return case.model_copy(update={"amount": asked}) if raised else case


def _lowers(case: Case, amount: Money) -> bool:
    """Whether this is less than was reported, and than it is by now; what is in other money nobody can compare."""
    asked, now = reported(case), case.amount
    if asked is None or now is None:
        return False
    return amount.currency != now.currency or amount.amount < min(now.amount, _least(asked, amount))


def _least(asked: Money, amount: Money) -> int:
    """What was reported, in minor units of this currency; in another one anything may be less than it."""
    return asked.amount if asked.currency == amount.currency else amount.amount + 1


def _seconds(case: Case, amount: Money, context: DecisionContext) -> bool:
    """Whether a second person says what one has said before. Raises a Refusal where the same one does, or who reports to them."""
    first, actor = case.lowering, context.known()
    if first is None or first.amount != amount:
        return False
    if actor.id == first.by or not confirmation.may_be_second(first.by, actor):
        because = "proposed_it" if actor.id == first.by else "reports_to_proposer"
        said = "Less than was reported takes two: another lead, ops or the platform says it too, nobody who reports to who did."
        raise OwnCase(said, because=because)
    another_credential(first.proposed_with, context)
    return True


def means(fact: f.AmountStated, after: Case) -> frozenset[str]:
    """That less than was reported counts from now on, and less than did; or more than was, where anything was. A second person's
    word for the same amount is news to nobody."""
    if fact.before == fact.amount:
        return frozenset()
    lowered = fact.before is not None and (
        fact.before.currency != fact.amount.currency or fact.amount.amount < fact.before.amount
    )
    if lowered and as_reported(after) is not after:
        return frozenset({"amount_stated:lowered"})
    return frozenset({"amount_stated:raised"} if not lowered and more_than_reported(after) else ())


def more_than_reported(case: Case) -> bool:
    """Whether the case is about more than was reported, or in other money, or the report named no amount."""
    asked, now = reported(case), case.amount
    if now is None or asked is None:
        return now is not None
    return asked.currency != now.currency or asked.amount < now.amount


def _refusal_of_stating(case: Case, actor: Actor) -> Refusal | None:
    if case.amount is None or actor.role != "mediator":
        return None
    return AmountKnown("The amount is known; a lead, ops or the platform corrects it.")


def _amount_stated(case: Case, rec: f.Recording, fact: f.AmountStated) -> Change:
    before = fact.before
    raised = before is None or before.currency != fact.amount.currency or before.amount < fact.amount.amount
    actor = rec.actor
    by = {"raised_by": actor.id, "raised_by_manager": actor.manager, "raised_by_above": actor.above} if raised else {}
    then: Change = {"amount": fact.amount, "asked": reported(case), "lowering": None, "credit_proposed": None, **by}
    said = AmountSaid(by=actor.id, amount=fact.amount, of_platform=actor.role == "platform", credential=rec.credential)
    more = more_than_reported(case.model_copy(update=then))
    return {**then, "said_by": (*case.said_by, said) if more else ()}


def _lowering_proposed(case: Case, rec: f.Recording, fact: f.AmountLoweringProposed) -> Change:
    return {"lowering": ProposedLowering(amount=fact.amount, by=rec.actor.id, proposed_with=rec.credential)}


def _said_of_amount(case: Case, fact: f.AmountStated, audience: Audience) -> NoticeData:
    before = {"before": fact.before.model_dump()} if fact.before is not None else {}
    return NoticeData({"amount": fact.amount.model_dump(), **before}, {"reasons": fact.reasons} if audience == "staff" else {})


def _said_of_lowering(case: Case, fact: f.AmountLoweringProposed, audience: Audience) -> NoticeData:
    before = {"before": fact.before.model_dump()} if fact.before is not None else {}
    return NoticeData({"amount": fact.amount.model_dump(), **before}, {"reasons": fact.reasons} if audience == "staff" else {})


TOPIC = Topic(
    rules={"state_amount": state_amount},
    changes={"amount_stated": _amount_stated, "amount_lowering_proposed": _lowering_proposed},
    refuses={"state_amount": _refusal_of_stating},
    known_to={
        "amount_stated": everybody("What the case is about is shown to everybody in it."),
        "amount_lowering_proposed": known_to("claimant", "platform", because="It would take from the claimant, who can answer."),
    },
    said={"amount_stated": _said_of_amount, "amount_lowering_proposed": _said_of_lowering},
)
