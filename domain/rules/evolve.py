"""What a fact does to a case. Total: every fact that was ever recorded can be applied, none is refused, none reads text or a
clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from domain.base import Outcome, Phase, Side
from domain.evolve_clocks import CLOCK_CHANGES, ended, level, moved_on, reopened, woken
from domain.evolve_evidence import EVIDENCE_CHANGES, dropped
from domain.evolve_links import LINK_CHANGES
from domain.evolve_risk import RISK_CHANGES
from domain.evolve_sanctions import SANCTION_CHANGES
from domain.evolve_settlement import SETTLEMENT_CHANGES, offer_over
from domain.model import facts as f
from domain.model.case import Case, Effect, Involvement, Ruling
from domain.rules.chargeback import Chargeback
from domain.rules.elsewhere import ELSEWHERE_CHANGES
from domain.rules.legal_hold import LEGAL_HOLD_CHANGES
from domain.rules.moving_changes import MOVING_CHANGES, since
from domain.rules.procedure import PROCEDURE_CHANGES
from domain.rules.timetable import advance, stamp
from domain.rules.visibility import OUTSIDE, knows

_SEEKS_OWNER = (Phase.INTAKE, Phase.REVIEW, Phase.APPEAL)

Change = dict[str, Any]


def evolve(case: Case | None, recording: f.Recording, *, case_id: str = "") -> Case:
    """The case after a recording. The first one must be the opening fact; anything else without a case is a broken record.

    Raises ValueError for a record that does not begin with ``case_opened``.
    """
    fact = recording.fact
    if isinstance(fact, f.CaseOpened):
        changed = _opened(case_id or (case.id if case else ""), recording, fact)
    elif case is None:
        raise ValueError(f"the record of {case_id} begins with {fact.type}, not with case_opened")
    else:
        change = _CHANGES.get(fact.type, _nothing)(case, recording, fact)
        changed = case.model_copy(update={**change, "seq": recording.seq, "updated_at": recording.at})
    clocks = advance(case, fact, changed, since(recording), recording.recorded_at)
    seen = {audience: recording.at for audience in OUTSIDE if knows(changed, fact, audience)}
    update: Change = {"clocks": clocks, "seen_at": {**changed.seen_at, **seen}}
    then = changed.model_copy(update=update)
    return then if recording.timetable is None else stamp(then, recording.timetable, recording.zone_data)


def fold(case_id: str, recordings: Iterable[f.Recording]) -> Case:
    """The case that a record says. Raises ValueError when there is no opening fact."""
    case: Case | None = None
    for recording in recordings:
        case = evolve(case, recording, case_id=case_id)
    if case is None:
        raise ValueError(f"the record of {case_id} is empty")
    return case


def _opened(case_id: str, rec: f.Recording, fact: f.CaseOpened) -> Case:
    return Case(
        id=case_id,
        seq=rec.seq,
        opened_at=since(rec),
        updated_at=rec.at,
        phase_entered_at=since(rec),
        kind=fact.kind,
        source=fact.source,
        category=fact.category,
        priority=fact.priority,
        terms=fact.terms,
        parties=fact.parties,
        statement=fact.statement,
        subject=fact.subject,
        amount=fact.amount,
        synthetic=fact.synthetic,
        chargeback=Chargeback(due_at=fact.outside_due_at, since=rec.at) if fact.outside_due_at else None,
        queue=fact.terms.queue,
    )


def _nothing(case: Case, rec: f.Recording, fact: Any) -> Change:
    return {}


def _phase(case: Case, rec: f.Recording, fact: f.PhaseEntered) -> Change:
    change: Change = {"phase": fact.phase, "phase_entered_at": rec.at, **moved_on(case, fact, rec.at)}
    if fact.phase is not Phase.SETTLEMENT:
        change |= offer_over(case, "lapsed", rec.at)
    if fact.phase is Phase.APPEALABLE:
        change["appellants"] = ()
    if fact.phase in _SEEKS_OWNER:
        # Whoever decides starts without a draft.
        change["ruling"] = None
    if fact.phase is Phase.APPEAL and case.phase is Phase.APPEALABLE:
        change |= {"round": case.round + 1, "owner": None, "queue": case.terms.appeal_queue}
    owner = change.get("owner", case.owner)
    change["owner_sought"] = fact.phase in _SEEKS_OWNER and owner is None
    return change


def _assigned(case: Case, rec: f.Recording, fact: f.CaseAssigned) -> Change:
    return {"owner": fact.owner, "owner_sought": False}


def _queued(case: Case, rec: f.Recording, fact: f.CaseQueued) -> Change:
    return {"owner": None, "queue": fact.queue, "owner_sought": fact.reason in ("escalated", "moved")}


def _drafted(case: Case, rec: f.Recording, fact: f.RulingDrafted) -> Change:
    ruling = Ruling(
        id=fact.ruling_id,
        decider=fact.decider,
        outcome=fact.outcome,
        decision=fact.decision,
        reasons=fact.reasons,
        ground=fact.ground,
        remedies=fact.remedies,
        round=case.round,
        conditions=fact.conditions,
        reply=fact.reply,
        reply_to=case.appellants or (Side.CLAIMANT,),
        complaint_route=fact.complaint_route,
        statement=fact.statement,
    )
    part = Involvement(person=fact.decider, manager=rec.actor.manager, round=case.round, part="decider")
    return {"ruling": ruling, "involved": (*case.involved, part)}


def _approved(case: Case, rec: f.Recording, fact: f.RulingApproved) -> Change:
    part = Involvement(person=rec.actor.id, manager=rec.actor.manager, round=case.round, part="approver")
    ruling = case.ruling.model_copy(update={"approved_by": rec.actor.id}) if case.ruling else None
    return {"ruling": ruling, "involved": (*case.involved, part)}


def _returned(case: Case, rec: f.Recording, fact: f.RulingReturned) -> Change:
    part = Involvement(person=rec.actor.id, manager=rec.actor.manager, round=case.round, part="approver")
    return {"ruling": None, "involved": (*case.involved, part)}


def _retracted(case: Case, rec: f.Recording, fact: f.RulingRetracted) -> Change:
    return {"ruling": None}


def _issued(case: Case, rec: f.Recording, fact: f.RulingIssued) -> Change:
    if case.ruling is None:
        return {}
    issued = case.ruling.model_copy(update={"issued_at": rec.at})
    # Now that the parties are told, nothing is asked of them any more; until then they answer as if nothing were decided.
    return {"ruling": issued, "rulings": (*case.rulings, issued), "rights": fact.rights, **dropped(case, rec.at)}


def _remitted(case: Case, rec: f.Recording, fact: f.CaseRemitted) -> Change:
    change: Change = {"round": case.round + 1, "ruling": None, "owner": None, "queue": case.terms.queue, "appellants": ()}
    return {**change, "owner_sought": True, "rights": ()}


def _appealed(case: Case, rec: f.Recording, fact: f.AppealLodged) -> Change:
    rights = tuple(
        r.model_copy(update={"allowed": False, "because": "already_used"}) if r.side is fact.side else r for r in case.rights
    )
    return {"appeals_used": (*case.appeals_used, fact.side), "appellants": (*case.appellants, fact.side), "rights": rights}


def _appeal_withdrawn(case: Case, rec: f.Recording, fact: f.AppealWithdrawn) -> Change:
    left = tuple(s for s in case.appellants if s is not fact.side)
    in_force = case.rulings[-1] if case.rulings else None
    draft = case.ruling if left else in_force
    return {"appellants": left, "ruling": draft, **({} if left else dropped(case, rec.at))}


def _effect_ordered(case: Case, rec: f.Recording, fact: f.EffectOrdered) -> Change:
    effect = Effect(id=fact.effect_id, remedy=fact.remedy, because=fact.because, reverses=fact.reverses)
    return {"effects": (*case.effects, effect)}


def _effect_reported(case: Case, rec: f.Recording, fact: f.EffectReported) -> Change:
    effects = tuple(e.model_copy(update={"state": fact.result}) if e.id == fact.effect_id else e for e in case.effects)
    hands = (*case.hands, fact.effect_id) if fact.result == "needs_hands" else case.hands
    return {"effects": effects, "hands": hands}


def _delivery_failed(case: Case, rec: f.Recording, fact: f.DeliveryFailed) -> Change:
    return {"hands": (*case.hands, fact.notice_id)}


def _level(case: Case, rec: f.Recording, fact: f.LevelReached) -> Change:
    counts = fact.action == "escalate" and fact.withheld is None
    return {**({"escalations": case.escalations + 1} if counts else {}), **level(case, rec, fact)}


def _closed(case: Case, rec: f.Recording, fact: f.CaseClosed) -> Change:
    over = {"allowed": False, "because": "window_over"}
    return {
        "rights": tuple(r.model_copy(update=over) if r.allowed else r for r in case.rights),
        "phase": Phase.CLOSED,
        "phase_entered_at": rec.at,
        "closed_at": rec.at,
        "outcome": fact.outcome,
        "close_reason": fact.reason,
        "owner_sought": False,
        **offer_over(case, "lapsed", rec.at),
        "returning": None,
        "appellants": (),
        "reports": tuple(r for r in case.reports if r.made),
        # A draft that never reached the parties dies with a case that ends otherwise.
        "ruling": case.ruling if fact.outcome is Outcome.RULED else None,
        **ended(case, rec.at),
        **dropped(case, rec.at),
    }


def _reopened(case: Case, rec: f.Recording, fact: f.CaseReopened) -> Change:
    return {
        "outcome": None,
        "closed_at": None,
        "close_reason": None,
        "ruling": None,
        "owner": None,
        "queue": case.terms.queue,
        "rights": (),
        # What is decided afresh can be appealed afresh.
        "appeals_used": (),
        # Whoever has something to lose by what has come to light is asked about it.
        "heard": (),
        **reopened(case, rec, fact),
    }


_CHANGES: dict[str, Callable[[Case, f.Recording, Any], Change]] = {
    "phase_entered": _phase,
    "case_assigned": _assigned,
    "case_queued": _queued,
    "ruling_drafted": _drafted,
    "ruling_approved": _approved,
    "ruling_returned": _returned,
    "ruling_retracted": _retracted,
    "ruling_issued": _issued,
    "case_remitted": _remitted,
    "appeal_lodged": _appealed,
    "appeal_withdrawn": _appeal_withdrawn,
    "effect_ordered": _effect_ordered,
    "effect_reported": _effect_reported,
    "delivery_failed": _delivery_failed,
    "level_reached": _level,
    "case_closed": _closed,
    "case_reopened": _reopened,
    "message_sent": woken,
    **CLOCK_CHANGES,
    **PROCEDURE_CHANGES,
    **ELSEWHERE_CHANGES,
    **LEGAL_HOLD_CHANGES,
    **SETTLEMENT_CHANGES,
    **SANCTION_CHANGES,
    **LINK_CHANGES,
    **EVIDENCE_CHANGES,
    **RISK_CHANGES,
    **MOVING_CHANGES,
}
