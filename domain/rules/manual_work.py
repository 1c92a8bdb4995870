"""What waits for somebody's hands: who says that it is done, and who hears of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.base import Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.manual_work import NEVER_DONE, UNSAID, AgreementInQuestion, ReferenceMissing, ReportManualWork
from domain.model.prose import Prose
from domain.model.refusals import InstantRefused
from domain.model.ruling import Effect, EffectUnknown
from domain.rules import provider_news
from domain.rules.agreement_terms import in_question
from domain.rules.audiences import Audience
from domain.rules.authorities import of_report
from domain.rules.chargeback import SUBMISSION
from domain.rules.interim import is_measure
from domain.rules.remedy import CREDIT, remedy_data, told_remedies
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import Known, NoticeData, Topic


def waiting(case: Case) -> tuple[Effect, ...]:
    """Remedies, measures and sanctions that wait for somebody's hands, oldest first. What a legal hold keeps back is none."""
    return tuple(effect for effect in case.effects if effect.state == "needs_hands" and effect.id in case.manual_work)


def correctable(case: Case) -> tuple[Effect, ...]:
    """What somebody reported as done by hand, and what a machine reported as paid, where nothing has undone or begun to undo it
    since: of that it can be said that it was a mistake, or that the payment came back."""
    undoing = {effect.reverses for effect in case.effects}
    paid = (e for e in case.effects if e.state == "done" and e.remedy.amount and e.reverses is None and e.reported_at)
    said = {*(e.id for e in case.effects if e.by_hand and e.state in ("done", "reversed")), *(e.id for e in paid)} - undoing
    return tuple(e for e in case.effects if e.id in said)


def contested(case: Case, effect: Effect) -> bool:
    """Whether it was agreed on, and that agreement is in question again."""
    agreed = in_question(case)
    return agreed is not None and effect.because == agreed.id


def hears(case: Case, effect: Effect) -> tuple[Side, ...]:
    """The sides that are told by letter what became of it, whatever that is."""
    told = f.ManualWorkReported(effect_id=effect.id, result="done")
    disclosed = {Side.CLAIMANT} if not case.is_disclosed else set(Side)
    return tuple(side for side in Side if side in disclosed and _concerns(case, told, side.value))


def hears_of_failure(case: Case, effect: Effect) -> tuple[Side, ...]:
    """The sides that are told if it cannot be done, and only then: whoever a measure hits that knows of no case."""
    failed = failed_measure(case, f.ManualWorkReported(effect_id=effect.id, result="impossible"))
    return (effect.remedy.to,) if failed and effect.remedy.to not in hears(case, effect) else ()


def failed_measure(case: Case, fact: f.ManualWorkReported) -> tuple[str, ...]:
    """The measure that cannot be put in place, or not undone, as a fact says: whoever was told that it was ordered, or that it
    ended, believes that it is so, also where they know of no case. Of everything else nothing: what is done they notice.
    """
    effect = next((one for one in case.effects if one.id == fact.effect_id), None)
    if effect is None or fact.result != "impossible":
        return ()
    origin = next((one for one in case.effects if one.id == effect.reverses), effect)
    return (origin.because,) if is_measure(origin) else ()


def report(case: Case, command: ReportManualWork, context: DecisionContext, at: datetime) -> Facts:
    """What became of it. Raises ``effect_unknown`` where nothing of this id waits, or was reported as done."""
    among = correctable(case) if command.result == "not_done" else waiting(case)
    effect = next((one for one in among if one.id == command.effect_id), None)
    if effect is None:
        said = "Nothing of this id waits for somebody's hands here: see `hands` of the case for what does."
        if command.result == "not_done":
            said = "Nothing of this id was reported as done by hand, or it was undone since: that is what can be taken back."
        raise EffectUnknown(said, effect=command.effect_id)
    if command.result == "done":
        _check_done(case, effect, command, at)
    done: Literal["done", "reversed"] = "reversed" if effect.reverses is not None else "done"
    result = done if command.result == "done" else command.result
    payment = {"reference": command.reference, "done_at": command.done_at} if command.result == "done" else {}
    undoing = next((one for one in waiting(case) if one.reverses == effect.id), None)
    over = (
        (f.EffectReported(effect_id=undoing.id, result="reversed", note=NEVER_DONE),)
        if undoing and result == "impossible"
        else ()
    )
    return (f.ManualWorkReported(effect_id=effect.id, result=result, text=command.text, **payment), *over)


def _check_done(case: Case, effect: Effect, command: ReportManualWork, at: datetime) -> None:
    """Of money somebody can find the payment; of what is in question again nothing is done before it is decided on."""
    if command.done_at is not None and command.done_at > at:
        raise InstantRefused("It cannot have been done later than now.", because="to_come")
    agreed = in_question(case)
    if agreed is not None and contested(case, effect):
        if command.done_at is not None and command.done_at < agreed.at:
            raise InstantRefused("It cannot have been done before it was agreed on.", because="past")
        since = agreed.reopened_at or at
        if command.done_at is None or command.done_at >= since:
            raise AgreementInQuestion(
                f"The agreement is in question since {since.isoformat()}: nobody does this before it is decided on. "
                "Where it was done earlier, say when.",
                effect=effect.id,
                since=since.isoformat(),
            )
    if effect.remedy.amount is not None and command.reference is None:
        raise ReferenceMissing("Say by which number the payment is found: the bank's, or the provider's.", effect=effect.id)


def overtaken(case: Case, command_id: str, facts: Facts) -> Facts:
    """The facts, without the errands that come to nothing: of what was undone before anybody did it, neither it nor its undoing
    is anybody's to do. It is no matter which comes first, that it is undone or that no machine could carry it out.
    """
    orders = {x.reverses: x.effect_id for x in facts if isinstance(x, f.EffectOrdered) and x.reverses is not None}
    undoing = {e.reverses: e for e in case.effects if e.reverses is not None}
    lost = {x.effect_id for x in facts if isinstance(x, f.EffectReported) and x.result == "needs_hands"}
    undone = [e for e in case.effects if (e in waiting(case) and e.id in orders) or (e.id in lost and e.id in undoing)]
    # A payment that was stopped while it was under way may have gone out: what it came to is still to be said, and until then
    # nobody takes it back.
    unsaid = [e.id for e in undone if provider_news.may_have_gone(case, e)]
    over = [x for e in undone if e.id not in unsaid for x in (e.id, orders.get(e.id) or _to_be_undone(undoing.get(e.id))) if x]
    held = [orders[one] for one in unsaid if one in orders]
    kept = (
        x for x in facts if not (isinstance(x, f.EffectReported) and x.result == "needs_hands" and x.effect_id in (*over, *held))
    )
    never = (f.EffectReported(effect_id=one, result="reversed", note=NEVER_DONE) for one in over)
    return (*kept, *never, *(f.EffectReported(effect_id=one, result="needs_hands", note=UNSAID) for one in held))


def _to_be_undone(undoing: Effect | None) -> str | None:
    return undoing.id if undoing is not None and undoing.state in ("running", "needs_hands") else None


def _reported(case: Case, rec: f.Recording, fact: f.ManualWorkReported) -> Change:
    back = fact.result == "not_done"
    said = {"state": "needs_hands" if back else fact.result, "reported_at": rec.at, "by_hand": not back}
    others = tuple(one for one in case.manual_work if one != fact.effect_id)
    return {
        "effects": tuple(e.model_copy(update=said) if e.id == fact.effect_id else e for e in case.effects),
        "manual_work": (*others, fact.effect_id) if back else others,
    }


def _concerns(case: Case, fact: f.ManualWorkReported, audience: Audience) -> bool:
    """Whoever was told what was to be done hears what became of it, and nobody else. A measure and its undoing are told to the
    side that it hits, a sanction too, a credit to whoever gets it; a ruling and an agreement to both sides.
    """
    effect = next((one for one in case.effects if one.id == fact.effect_id), None)
    if audience == "platform" or effect is None:
        return audience == "platform"
    if of_report(case, effect.id) or effect.remedy.type == SUBMISSION:
        return False
    origin = next((one for one in case.effects if one.id == effect.reverses), effect)
    own = is_measure(origin) or origin.remedy.type == CREDIT
    return effect.remedy.to.value == audience if own else bool(told_remedies(case, (effect.remedy,), audience))


def _said(case: Case, fact: f.ManualWorkReported, audience: Audience) -> NoticeData:
    effect = next((one for one in case.effects if one.id == fact.effect_id), None)
    remedies = [remedy_data(effect.remedy)] if effect is not None else []
    text = {"text": fact.text} if audience == "staff" else {}
    number = fact.reference if audience == "staff" else None
    undoes = {"undoes": True} if fact.result == "not_done" and effect is not None and effect.reverses is not None else {}
    # In what an earlier release recorded it is no text.
    found = {"reference": number} if isinstance(number, str) else {}
    text |= {"reference": number} if isinstance(number, Prose) else {}
    money = provider_news.said_of_effect(case, fact) if audience == "staff" else {}
    return NoticeData({"effect": fact.effect_id, "result": fact.result, "remedies": remedies, **undoes, **found, **money}, text)


TOPIC = Topic(
    rules={"report_manual_work": report},
    changes={"manual_work_reported": _reported},
    means={"manual_work_reported": provider_news.paid_twice},
    words=frozenset({"manual_work_reported:twice"}),
    known_to={
        "manual_work_reported": Known(
            _concerns,
            "nothing",
            "That something was not done yet a side was told; that it is done, it has to know. Who did it and how is the team's.",
        )
    },
    said={"manual_work_reported": _said},
)
