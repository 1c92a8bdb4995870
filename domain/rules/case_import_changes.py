"""What the facts of a case that moved in do to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain.base import Phase
from domain.model import facts as f
from domain.model.case import Case
from domain.model.ruling import Involvement, Ruling
from domain.rules.rule import Change

_SEEKS_OWNER = (Phase.INTAKE, Phase.REVIEW, Phase.APPEAL)
_IN_FORCE = (Phase.APPEALABLE, Phase.CLOSED)


def since(recording: f.Recording) -> datetime:
    """The instant from which clocks count what a fact says: when it happened, also where that was before the move."""
    match recording.fact:
        case f.CaseOpened(received_at=datetime() as at) | f.CaseMovedIn(phase_at=at):
            return at
        case f.PastMessageKept(sent_at=at) | f.PastDecisionKept(decided_at=at):
            return at
        case _:
            return recording.at


def _past_decision_kept(case: Case, rec: f.Recording, fact: f.PastDecisionKept) -> Change:
    # As if it had happened here: an appeal begins a round, and so does a remit.
    number = sum((r.decision != "rule") + (r.decision == "remit") for r in case.rulings) + (fact.decision != "rule")
    ruling = Ruling(
        id=fact.ruling_id, decider=fact.decider, outcome=fact.outcome, decision=fact.decision, reasons=fact.reasons,
        ground=fact.ground, round=number, issued_at=fact.decided_at,
    )  # fmt: skip
    part = Involvement(person=fact.decider, round=number, part="decider")
    return {"rulings": (*case.rulings, ruling), "involved": (*case.involved, part)}


def _case_moved_in(case: Case, rec: f.Recording, fact: f.CaseMovedIn) -> Change:
    ruling = case.rulings[-1] if case.rulings and fact.phase in _IN_FORCE else None
    change: Change = {
        "phase": fact.phase,
        "phase_entered_at": fact.phase_at,
        "round": fact.round,
        "ruling": ruling,
        "rights": fact.rights,
        "appellants": fact.appellants,
        "appeals_used": fact.appeals_used,
        "queue": case.terms.appeal_queue if fact.phase is Phase.APPEAL else case.queue,
        "owner_sought": fact.phase in _SEEKS_OWNER,
    }
    if fact.phase is Phase.CLOSED:
        change |= {"closed_at": fact.phase_at, "outcome": fact.outcome, "close_reason": fact.reason}
    return change


MOVING_CHANGES: dict[str, Callable[[Case, f.Recording, Any], Change]] = {
    "past_decision_kept": _past_decision_kept,
    "case_moved_in": _case_moved_in,
}
