"""What waits for somebody's hands: who says that it is done, and who hears of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.model import facts as f
from domain.model.case import Case
from domain.model.manual_work import NEVER_DONE, ReportManualWork
from domain.model.ruling import Effect, EffectUnknown
from domain.rules import provider_news
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


def report(case: Case, command: ReportManualWork, context: DecisionContext, at: datetime) -> Facts:
    """What became of it. Raises ``effect_unknown`` where nothing of this id waits."""
    effect = next((one for one in waiting(case) if one.id == command.effect_id), None)
    if effect is None:
        said = "Nothing of this id waits for somebody's hands here: see `hands` of the case for what does."
        raise EffectUnknown(said, effect=command.effect_id)
    done: Literal["done", "reversed"] = "reversed" if effect.reverses is not None else "done"
    result = done if command.result == "done" else "impossible"
    return (f.ManualWorkReported(effect_id=effect.id, result=result, text=command.text),)


def overtaken(case: Case, command_id: str, facts: Facts) -> Facts:
    """The facts, without the errands that come to nothing: of what was undone before anybody did it, neither it nor its undoing
    is anybody's to do. It is no matter which comes first, that it is undone or that no machine could carry it out.
    """
    orders = {x.reverses: x.effect_id for x in facts if isinstance(x, f.EffectOrdered) and x.reverses is not None}
    undoing = {e.reverses: e for e in case.effects if e.reverses is not None}
    lost = {x.effect_id for x in facts if isinstance(x, f.EffectReported) and x.result == "needs_hands"}
    # A payment that was stopped while it was under way may have gone out: what it came to is still to be said.
    never = [e.id for e in case.effects if not provider_news.stops(case, e.remedy) and (
        (e in waiting(case) and e.id in orders) or (e.id in lost and e.id in undoing)
    )]  # fmt: skip
    if not never:
        return facts
    over = [x for one in never for x in (one, orders.get(one) or _to_be_undone(undoing.get(one))) if x is not None]
    kept = (x for x in facts if not (isinstance(x, f.EffectReported) and x.result == "needs_hands" and x.effect_id in over))
    return (*kept, *(f.EffectReported(effect_id=one, result="reversed", note=NEVER_DONE) for one in over))


def _to_be_undone(undoing: Effect | None) -> str | None:
    return undoing.id if undoing is not None and undoing.state in ("running", "needs_hands") else None


def _reported(case: Case, rec: f.Recording, fact: f.ManualWorkReported) -> Change:
    said = {"state": fact.result, "reported_at": rec.at}
    return {
        "effects": tuple(e.model_copy(update=said) if e.id == fact.effect_id else e for e in case.effects),
        "manual_work": tuple(one for one in case.manual_work if one != fact.effect_id),
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
    return NoticeData({"effect": fact.effect_id, "result": fact.result, "remedies": remedies}, text)


TOPIC = Topic(
    rules={"report_manual_work": report},
    changes={"manual_work_reported": _reported},
    known_to={
        "manual_work_reported": Known(
            _concerns,
            "nothing",
            "That something was not done yet a side was told; that it is done, it has to know. Who did it and how is the team's.",
        )
    },
    said={"manual_work_reported": _said},
)
