"""Reports to an authority: one person proposes, another agrees, and the authority is told once. No party hears of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from domain.base import Phase, Side, derived_id
from domain.model import facts as f
from domain.model.case import Case
from domain.model.commands import Remedy
from domain.model.disclosure import TippingOff
from domain.model.legal_hold import HeldPerson
from domain.model.people import Actor, OpenedParty
from domain.model.prose import Prose
from domain.model.refusals import OwnCase, Refusal
from domain.model.ruling import Ruling
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
from domain.model.terms import Terms
from domain.rules import fairness
from domain.rules.audiences import Audience
from domain.rules.fairness import another_credential
from domain.rules.need_to_know import others_of
from domain.rules.remedy import asks_for_data
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import NoticeData, Topic, inside, known_to

SECRET = frozenset({"financial_intelligence_unit"})
"""Authorities of which nobody may tell the person reported that they were, or will be, told: directive (EU) 2015/849, article 39;
31 USC 5318(g)(2)."""
ORDER = "legal_order"
"""What an order of an authority over somebody's data is called, in kinds in which people ask for theirs."""
EFFECT = "report_to_authority"
"""The effect's code is this and the authority's: ``report_to_authority:police``."""

BARRED_FOR = timedelta(days=5 * 365 + 1)
"""After the case in which somebody is reported is closed: so long what was reported is kept (the same, article 40(1))."""
_OF_DATA = frozenset({"erase", "disclose", "correction", "hand_over"})
"""Remedies by which somebody gets, or loses, what is kept of them."""
ACCUSED: Final = "accused_elsewhere"
_TEAM = frozenset({"mediator", "lead", "ops"})


def is_secret(case: Case) -> bool:
    """Whether the law forbids to tell the respondent, who does not know of the case: from when it is proposed to report them,
    here or in another case of theirs; or may do so, because an authority's order is about them.
    """
    return (not case.is_disclosed and (case.reported_elsewhere or reported_in_secret(case))) or under_order(case)


def under_order(case: Case) -> bool:
    """Whether the case is, or was, called an authority's order, of which whom it is about was not told.

    Orders come under secrecy, as whoever serves them says in words (18 USC 2705(b); Regulation (EU) 2023/1543, article 13):
    no machine tells their subject by the way, and no person alone.
    """
    called = ORDER in (case.category, *case.filed_as)
    return called and not case.is_disclosed and asks_for_data(case.terms)


def may_be_order(terms: Terms, category: str) -> bool:
    """Whether what comes under this name is an order, or may turn out to be one: no right of those who ask names it."""
    settled = {name for remedy in terms.remedies for name in remedy.only_for}
    return ORDER in settled and category not in settled - {ORDER} and asks_for_data(terms)


def reported_in_secret(case: Case) -> bool:
    """Whether an authority was, or is to be, told of the respondent that nobody may tell them of."""
    return any(report.authority in SECRET for report in case.reports)


def accuses(case: Case, at: datetime) -> bool:
    """Whether whoever it is against could destroy or learn by asking for their data what may still be used against them: what an
    authority is, or may be, told; and whatever protects others, while it is open or can be taken up again.

    What a claim is established or defended with is not erased for the asking: Regulation (EU) 2016/679, articles 17(3)(e)
    and 18(1)(c).
    """
    pending = case.closed_at is None or at < case.closed_at + case.terms.reopen_for
    told = bool(case.terms.authorities) or protects(case)
    return (pending and told) or any(not report.made for report in case.reports)


def charges(case: Case, party: OpenedParty) -> bool:
    """Whether a claimant of an open case is asked, or was, what could be held against them (a report is no answer to a charge),
    or a card network weighs what is said against them."""
    if not case.open or party.side is not Side.CLAIMANT:
        return False
    if case.chargeback is not None and case.chargeback.closed_at is None:
        return True
    if not protects(case) or party.side not in case.terms.hear:
        return False
    mine = (r for r in case.requests if r.of is party.side and r.party in (None, party.id))
    return party.id in case.questioned or any(r.id not in case.identity_requests for r in mine)


def protects(case: Case) -> bool:
    """Whether the kind protects people: nobody ends a report of it by taking it back."""
    return case.terms.withdrawal != "closes"


def knowing(recordings: Iterable[f.Recording]) -> tuple[str, ...]:
    """Who of the team has, or had, a part in a case: whoever did anything in it, and everybody it was ever given to."""
    known: set[str] = set()
    for recording in recordings:
        known |= {recording.actor.id} if recording.actor.role in _TEAM else set()
        known |= {recording.fact.owner} if isinstance(recording.fact, f.CaseAssigned) else set()
    return tuple(sorted(known))


def beside_others(case: Case, others: Iterable[HeldPerson], at: datetime, speaker: str | None = None) -> Case:
    """The case as it is judged: the bar is on telling the person, so it counts in every case against them, and where they ask for
    their data.

    In a case of theirs that they know, no text goes out by one person where it is tied to the one in which they are reported
    (split, linked, merged, joined), and none of a ``speaker`` who has worked on that one. Others, who know nothing, ask and
    answer as everybody does: silence would tell them, and so would a refusal tell those who need not know.
    """
    found = tuple(others)
    alive = tuple(one for one in found if one.reported and (one.closed_at is None or at < one.closed_at + BARRED_FOR))
    barred = {one.ref_digest for one in alive}
    accused = barred | {one.ref_digest for one in found if one.accused}
    hidden = not case.is_disclosed and _any_of(case, Side.RESPONDENT, barred)
    asks = _any_of(case, Side.CLAIMANT, accused)
    tied = {one.ref_digest for one in alive if one.case_id in others_of(case) or speaker in one.known_by}
    by_two = _any_of(case, Side.RESPONDENT, tied)
    if not (hidden or asks or by_two):
        return case
    return case.model_copy(update={"reported_elsewhere": hidden, "accused_elsewhere": asks, "words_by_two": by_two})


def _any_of(case: Case, side: Side, digests: Collection[str]) -> bool:
    return any(p.ref_digest in digests for p in case.side_parties(side) if not p.left)


def tipping_off(case: Case, what: str, because: str) -> TippingOff:
    """The refusal, in words for the team alone."""
    # Only the team reads it, and it names no other case: not everybody who handles this one may know that one.
    if under_order(case) and not (reported_in_secret(case) or case.reported_elsewhere):
        said = "An authority's order is about the respondent, and may be under secrecy: see what it says of that first."
        return TippingOff(f"{said} {what}", because=because)
    where = "" if reported_in_secret(case) else " in another case"
    said = f"To tell them now may be to tell the respondent that they are reported to an authority{where}. {what}"
    return TippingOff(said, because=because)


def check_told_of_measure(case: Case, told: Prose | None, of: Side) -> None:
    """Refuses what one person would have whoever a measure hits told of it, where the law forbids to tell them."""
    if told is not None and of is Side.RESPONDENT and is_secret(case) and told.digest not in case.words_agreed:
        raise tipping_off(case, "Impose the measure without 'told': the measure alone is told.", "one_person")


def why_approval(case: Case, remedies: Iterable[Remedy]) -> str | None:
    """Why a second person reads a ruling: its reasons are told to somebody who is reported in secret, or it erases or hands out
    what is kept of somebody who is accused elsewhere. What a claim is established or defended with is not erased for the asking,
    nor is handed out what would warn them (GDPR, articles 17(3)(e) and 23(1)(d)).
    """
    if not case.terms.has(Phase.APPROVAL):
        return None
    if reported_in_secret(case) or case.words_by_two:
        return "reported_in_secret"
    return ACCUSED if _asked_by_accused(case, remedies) else None


def kept_from_telling(case: Case, ruling: Ruling) -> Facts:
    """That a ruling is not told, because whoever asks has come to be accused elsewhere since it was drafted: it is drafted again,
    for two to look at."""
    known = ruling.approval_because == ACCUSED or ruling.decision in ("uphold", "remit") or not case.terms.has(Phase.APPROVAL)
    if known or not _asked_by_accused(case, ruling.remedies):
        return ()
    return (f.RulingWithheld(ruling_id=ruling.id, hold_ids=(), because=ACCUSED),)


def _asked_by_accused(case: Case, remedies: Iterable[Remedy]) -> bool:
    return case.accused_elsewhere and any(remedy.to is Side.CLAIMANT and remedy.type in _OF_DATA for remedy in remedies)


def propose(case: Case, command: ReportToAuthority, context: DecisionContext, at: datetime) -> Facts:
    """The owner wants an authority to be told; nothing leaves yet."""
    if command.authority not in case.terms.authorities:
        known = list(case.terms.authorities)
        raise AuthorityUnknown(
            f"A {case.kind} can be reported to: {', '.join(known)}.", authority=command.authority, allowed=known
        )
    earlier = next((r for r in case.reports if r.authority == command.authority), None)
    if earlier is not None:
        if not earlier.made and earlier.proposed_by in fairness.partial(case):
            return _proposed_again(earlier, command.id, command.reasons)
        said = "has been told" if earlier.made else "waits for a second person's word already"
        raise ReportPending(f"This authority {said}.", authority=command.authority, report=earlier.id)
    report_id = derived_id("rep", command.id)
    return (f.ReportProposed(report_id=report_id, authority=command.authority, reasons=command.reasons),)


def approve(case: Case, command: ApproveReport, context: DecisionContext, at: datetime) -> Facts:
    """The second person agrees: the authority is told, once."""
    report = _waiting(case, command.report_id, command.by)
    if report.proposed_by in fairness.partial(case):
        return _proposed_again(report, command.id, report.reasons)
    another_credential(report.proposed_with, context)
    approved = f.ReportApproved(report_id=report.id, authority=report.authority, reasons=report.reasons)
    told = f.EffectOrdered(
        effect_id=derived_id("eff", command.id), remedy=Remedy(type=f"{EFFECT}:{report.authority}"), because=report.id
    )
    return (approved, told)


def _proposed_again(report: AuthorityReport, command_id: str, reasons: Prose) -> Facts:
    """Whoever proposed it must not decide the case: whoever agrees now proposes it, and another one has to agree. Nobody may be
    warned in between."""
    anew = f.ReportProposed(report_id=derived_id("rep", command_id), authority=report.authority, reasons=reasons)
    return (f.ReportReturned(report_id=report.id, authority=report.authority, reasons=reasons), anew)


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
    if fairness.in_conflict(case, actor):
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
    spans = case.reported_spans
    if fact.authority in SECRET and not reported_in_secret(case):
        spans = (*spans, (rec.seq, None))
    return {"reports": (*case.reports, report), "reported_spans": spans}


def _report_approved(case: Case, rec: f.Recording, fact: f.ReportApproved) -> Change:
    made = {"made": True}
    return {"reports": tuple(r.model_copy(update=made) if r.id == fact.report_id else r for r in case.reports)}


def _report_returned(case: Case, rec: f.Recording, fact: f.ReportReturned) -> Change:
    return reported_no_more(case, rec.seq, (fact.report_id,))


def reported_no_more(case: Case, seq: int, report_ids: Iterable[str]) -> Change:
    """These reports are not made. Where none in secret is left, what is said from this fact on is told again."""
    gone = frozenset(report_ids)
    left = case.model_copy(update={"reports": tuple(r for r in case.reports if r.id not in gone)})
    over = reported_in_secret(case) and not reported_in_secret(left)
    spans = tuple((first, seq if over and last is None else last) for first, last in case.reported_spans)
    return {"reports": left.reports, "reported_spans": spans}


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
