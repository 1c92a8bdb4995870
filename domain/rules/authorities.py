"""Reports to an authority: one person proposes, another agrees, and the authority is told once. No party hears of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain.base import derived_id
from domain.model import facts as f
from domain.model.case import Case
from domain.model.commands import Remedy
from domain.model.people import Actor
from domain.model.refusals import OwnCase, Refusal
from domain.model.safeguards import (
    ApproveReport,
    AuthorityReport,
    AuthorityUnknown,
    OwnReport,
    ReportPending,
    ReportToAuthority,
    ReportUnknown,
    ReturnReport,
)
from domain.rules.rule import Change, DecisionContext, Facts

EFFECT = "report_to_authority"
"""The effect's code is this and the authority's: ``report_to_authority:police``."""


def propose(case: Case, command: ReportToAuthority, context: DecisionContext, at: datetime) -> Facts:
    """The owner wants an authority to be told; nothing leaves yet."""
    if command.authority not in case.terms.authorities:
        known = list(case.terms.authorities)
        raise AuthorityUnknown(
            f"A {case.kind} can be reported to: {', '.join(known)}.", authority=command.authority, allowed=known
        )
    earlier = next((r for r in case.reports if r.authority == command.authority), None)
    if earlier is not None:
        said = "has been told" if earlier.made else "waits for a second person's word already"
        raise ReportPending(f"This authority {said}.", authority=command.authority, report=earlier.id)
    report_id = derived_id("rep", command.id)
    return (f.ReportProposed(report_id=report_id, authority=command.authority, reasons=command.reasons),)


def approve(case: Case, command: ApproveReport, context: DecisionContext, at: datetime) -> Facts:
    """The second person agrees: the authority is told, once."""
    report = _waiting(case, command.report_id, command.by)
    approved = f.ReportApproved(report_id=report.id, authority=report.authority, reasons=report.reasons)
    told = f.EffectOrdered(
        effect_id=derived_id("eff", command.id), remedy=Remedy(type=f"{EFFECT}:{report.authority}"), because=report.id
    )
    return (approved, told)


def turn_down(case: Case, command: ReturnReport, context: DecisionContext, at: datetime) -> Facts:
    """The second person does not agree; it may be proposed again, with better reasons."""
    report = _waiting(case, command.report_id, command.by)
    return (f.ReportReturned(report_id=report.id, authority=report.authority, reasons=command.reasons),)


def _waiting(case: Case, report_id: str | None, by: str) -> AuthorityReport:
    waiting = [r for r in case.reports if not r.made and report_id in (None, r.id)]
    if not waiting:
        raise ReportUnknown("No such report to an authority waits for a second person.", report=report_id)
    # Left out, it is the oldest that this person may decide on.
    found = next((r for r in waiting if r.proposed_by != by), None)
    if found is None:
        raise _own(waiting[0])
    return found


def bar_to_reporting(case: Case) -> Refusal | None:
    """Why no authority can be told of this case; None when one can."""
    if case.terms.authorities:
        return None
    return AuthorityUnknown("Cases of this kind are reported to no authority.", allowed=[])


def bar_to_second_word(case: Case, actor: Actor) -> Refusal | None:
    """Why this person cannot be the second one; None when they can."""
    waiting = [r for r in case.reports if not r.made]
    if not waiting:
        return ReportUnknown("No report to an authority waits for a second person.")
    if any(p.id == actor.id or p.ref_digest in actor.conflicts for p in case.parties):
        return OwnCase("You stand close to somebody in this case; another person has to decide on it.", because="conflict")
    return _own(waiting[0]) if all(r.proposed_by == actor.id for r in waiting) else None


def _own(report: AuthorityReport) -> OwnReport:
    return OwnReport("Whoever proposed it cannot let it go out; another lead has to.", report=report.id)


RULES: dict[str, Callable[[Case, Any, DecisionContext, datetime], Facts]] = {
    "report_to_authority": propose,
    "approve_report": approve,
    "return_report": turn_down,
}


def _report_proposed(case: Case, rec: f.Recording, fact: f.ReportProposed) -> Change:
    report = AuthorityReport(id=fact.report_id, authority=fact.authority, proposed_by=rec.actor.id, reasons=fact.reasons)
    return {"reports": (*case.reports, report)}


def _report_approved(case: Case, rec: f.Recording, fact: f.ReportApproved) -> Change:
    made = {"made": True}
    return {"reports": tuple(r.model_copy(update=made) if r.id == fact.report_id else r for r in case.reports)}


def _report_returned(case: Case, rec: f.Recording, fact: f.ReportReturned) -> Change:
    return {"reports": tuple(r for r in case.reports if r.id != fact.report_id)}
