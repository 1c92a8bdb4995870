"""Reports to an authority: one person proposes, another agrees, and the authority is told once. No party hears of it."""

from __future__ import annotations

from datetime import datetime

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
from domain.rules.audiences import Audience
from domain.rules.fairness import another_credential
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import NoticeData, Topic, inside, known_to

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
    another_credential(report.proposed_with, context)
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


def refusal_of_reporting(case: Case, actor: Actor) -> Refusal | None:
    """Why no authority can be told of this case; None when one can."""
    if case.terms.authorities:
        return None
    return AuthorityUnknown("Cases of this kind are reported to no authority.", allowed=[])


def refusal_of_second_word(case: Case, actor: Actor) -> Refusal | None:
    """Why this person cannot be the second one; None when they can."""
    waiting = [r for r in case.reports if not r.made]
    if not waiting:
        return ReportUnknown("No report to an authority waits for a second person.")
    if any(p.id == actor.id or p.ref_digest in actor.conflicts for p in case.parties):
        return OwnCase("You stand close to somebody in this case; another person has to decide on it.", because="conflict")
    return _own(waiting[0]) if all(r.proposed_by == actor.id for r in waiting) else None


def _own(report: AuthorityReport) -> OwnReport:
    return OwnReport("Whoever proposed it cannot let it go out; another lead has to.", report=report.id)


def _report_proposed(case: Case, rec: f.Recording, fact: f.ReportProposed) -> Change:
    report = AuthorityReport(
        id=fact.report_id,
        authority=fact.authority,
        proposed_by=rec.actor.id,
        proposed_with=rec.credential,
        reasons=fact.reasons,
    )
    return {"reports": (*case.reports, report)}


def _report_approved(case: Case, rec: f.Recording, fact: f.ReportApproved) -> Change:
    made = {"made": True}
    return {"reports": tuple(r.model_copy(update=made) if r.id == fact.report_id else r for r in case.reports)}


def _report_returned(case: Case, rec: f.Recording, fact: f.ReportReturned) -> Change:
    return {"reports": tuple(r for r in case.reports if r.id != fact.report_id)}


def of_report(case: Case, effect_id: str) -> bool:
    """Whether an effect is that an authority was told."""
    because = next((e.because for e in case.effects if e.id == effect_id), None)
    return any(report.id == because for report in case.reports)


def _said(case: Case, fact: f.ReportProposed | f.ReportApproved | f.ReportReturned, audience: Audience) -> NoticeData:
    texts = {} if isinstance(fact, f.ReportApproved) else {"reasons": fact.reasons}
    return NoticeData({"authority": fact.authority}, texts)


TOPIC = Topic(
    rules={"report_to_authority": propose, "approve_report": approve, "return_report": turn_down},
    changes={"report_proposed": _report_proposed, "report_approved": _report_approved, "report_returned": _report_returned},
    refuses={
        "report_to_authority": refusal_of_reporting,
        "approve_report": refusal_of_second_word,
        "return_report": refusal_of_second_word,
    },
    known_to={
        "report_proposed": inside("Whoever is reported must not be warned."),
        "report_approved": known_to(
            "platform", because="Its machines hand the report in; whoever is reported must not be warned."
        ),
        "report_returned": inside("Nothing has left the team."),
    },
    said={"report_proposed": _said, "report_approved": _said, "report_returned": _said},
)
