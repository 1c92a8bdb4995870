"""What a fact does to a case. Total: every fact that was ever recorded can be applied, none is refused, none reads text or a
clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from domain.base import Outcome, Phase
from domain.model import facts as f
from domain.model.case import Case
from domain.rules.case_import_changes import MOVING_CHANGES, since
from domain.rules.clocks import CLOCK_CHANGES, ended, level, moved_on, reopened, woken
from domain.rules.evidence import EVIDENCE_CHANGES, dropped
from domain.rules.handling import _case_assigned, _case_queued, _delivery_failed
from domain.rules.legal_hold import LEGAL_HOLD_CHANGES
from domain.rules.links import LINK_CHANGES
from domain.rules.opening_changes import _opened
from domain.rules.prior_decision import ELSEWHERE_CHANGES
from domain.rules.procedure import PROCEDURE_CHANGES
from domain.rules.rule import Change
from domain.rules.ruling import (
    _appeal_lodged,
    _appeal_withdrawn,
    _case_remitted,
    _effect_ordered,
    _effect_reported,
    _ruling_approved,
    _ruling_drafted,
    _ruling_issued,
    _ruling_retracted,
    _ruling_returned,
)
from domain.rules.sanctions import SANCTION_CHANGES
from domain.rules.settlement import SETTLEMENT_CHANGES, offer_over
from domain.rules.signals import RISK_CHANGES
from domain.rules.timetable import advance, stamp
from domain.rules.visibility import OUTSIDE, knows

_SEEKS_OWNER = (Phase.INTAKE, Phase.REVIEW, Phase.APPEAL)


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


def _nothing(case: Case, rec: f.Recording, fact: Any) -> Change:
    return {}


def _phase_entered(case: Case, rec: f.Recording, fact: f.PhaseEntered) -> Change:
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


def _level_reached(case: Case, rec: f.Recording, fact: f.LevelReached) -> Change:
    counts = fact.action == "escalate" and fact.withheld is None
    return {**({"escalations": case.escalations + 1} if counts else {}), **level(case, rec, fact)}


def _case_closed(case: Case, rec: f.Recording, fact: f.CaseClosed) -> Change:
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


def _case_reopened(case: Case, rec: f.Recording, fact: f.CaseReopened) -> Change:
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
    "phase_entered": _phase_entered,
    "case_assigned": _case_assigned,
    "case_queued": _case_queued,
    "ruling_drafted": _ruling_drafted,
    "ruling_approved": _ruling_approved,
    "ruling_returned": _ruling_returned,
    "ruling_retracted": _ruling_retracted,
    "ruling_issued": _ruling_issued,
    "case_remitted": _case_remitted,
    "appeal_lodged": _appeal_lodged,
    "appeal_withdrawn": _appeal_withdrawn,
    "effect_ordered": _effect_ordered,
    "effect_reported": _effect_reported,
    "delivery_failed": _delivery_failed,
    "level_reached": _level_reached,
    "case_closed": _case_closed,
    "case_reopened": _case_reopened,
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
