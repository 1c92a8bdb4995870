"""What facts about signals, credits, authorities and hand-overs do to a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.evolve_clocks import released
from domain.model import facts as f
from domain.model.case import Case, Clock
from domain.risk_state import AuthorityReport, Credit

Change = dict[str, Any]


def _signalled(case: Case, rec: f.Recording, fact: f.SignalReceived) -> Change:
    return {"holds": released(case.holds, rec.at, frozenset({"snooze"}))} if case.holds else {}


def _credited(case: Case, rec: f.Recording, fact: f.ProvisionalCreditGiven) -> Change:
    return {"credits": (*case.credits, Credit(id=fact.credit_id, remedy=fact.remedy))}


def _credit_ended(case: Case, rec: f.Recording, fact: f.ProvisionalCreditEnded) -> Change:
    over = {"state": fact.because, "ended_at": rec.at}
    return {"credits": tuple(c.model_copy(update=over) if c.id == fact.credit_id else c for c in case.credits)}


def _proposed(case: Case, rec: f.Recording, fact: f.ReportProposed) -> Change:
    report = AuthorityReport(id=fact.report_id, authority=fact.authority, proposed_by=rec.actor.id, reasons=fact.reasons)
    return {"reports": (*case.reports, report)}


def _approved(case: Case, rec: f.Recording, fact: f.ReportApproved) -> Change:
    made = {"made": True}
    return {"reports": tuple(r.model_copy(update=made) if r.id == fact.report_id else r for r in case.reports)}


def _returned(case: Case, rec: f.Recording, fact: f.ReportReturned) -> Change:
    return {"reports": tuple(r for r in case.reports if r.id != fact.report_id)}


def _handed_over(case: Case, rec: f.Recording, fact: f.CaseHandedOver) -> Change:
    return {"queue": fact.queue, "clocks": tuple(_as_promised(case, clock, fact.queue) for clock in case.clocks)}


def _as_promised(case: Case, clock: Clock, queue: str) -> Clock:
    """A running clock on the calendar it was promised by, where the new queue has another."""
    definition = case.terms.clock(clock.name)
    if clock.stopped_at is not None or clock.keeps_calendar or definition is None:
        return clock
    now, then = (case.terms.calendar_of(definition, one) for one in (case.queue, queue))
    return clock if now == then else clock.model_copy(update={"keeps_calendar": True, "calendar": now})


RISK_CHANGES: dict[str, Callable[[Case, f.Recording, Any], Change]] = {
    "signal_received": _signalled,
    "provisional_credit_given": _credited,
    "provisional_credit_ended": _credit_ended,
    "report_proposed": _proposed,
    "report_approved": _approved,
    "report_returned": _returned,
    "case_handed_over": _handed_over,
}
