"""Signals of the platform's machines: they wake what was put away, and take up again what the pack says they do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain.base import Outcome, Phase
from domain.model import facts as f
from domain.model.case import Case
from domain.model.safeguards import Signal
from domain.rules.authorities import _report_approved, _report_proposed, _report_returned
from domain.rules.clocks import released
from domain.rules.credit import _provisional_credit_ended, _provisional_credit_given
from domain.rules.handling import _case_handed_over
from domain.rules.rule import Change, DecisionContext, Facts


def receive(case: Case, command: Signal, context: DecisionContext, at: datetime) -> Facts:
    """Kept with the case, whatever becomes of it. A closed one is taken up again where the pack names the signal and the window
    is open; any other signal comes before ops, who may reopen it.
    """
    received = f.SignalReceived(signal=command.signal, text=command.text)
    if not reopens(case, command.signal, at):
        return (received,)
    # The parties hear that the case is taken up again, not what was noticed.
    return (f.CaseReopened(reason="new_signal"), f.PhaseEntered(phase=Phase.REVIEW, reason="reopened"), received)


def reopens(case: Case, signal: str, at: datetime) -> bool:
    """Whether a signal takes the case up again by itself. What was merged goes on elsewhere."""
    if case.open or case.closed_at is None or case.outcome is Outcome.MERGED:
        return False
    return signal in case.terms.reopen_on and at <= case.closed_at + case.terms.reopen_for


RULES: dict[str, Callable[[Case, Any, DecisionContext, datetime], Facts]] = {"signal": receive}


def _signal_received(case: Case, rec: f.Recording, fact: f.SignalReceived) -> Change:
    return {"holds": released(case.holds, rec.at, frozenset({"snooze"}))} if case.holds else {}


RISK_CHANGES: dict[str, Callable[[Case, f.Recording, Any], Change]] = {
    "signal_received": _signal_received,
    "provisional_credit_given": _provisional_credit_given,
    "provisional_credit_ended": _provisional_credit_ended,
    "report_proposed": _report_proposed,
    "report_approved": _report_approved,
    "report_returned": _report_returned,
    "case_handed_over": _case_handed_over,
}
