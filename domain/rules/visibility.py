"""What each audience may know of a case. Views, notices and the instants that parties see all ask here, so that they never
disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from domain.base import Phase
from domain.model import facts as f
from domain.model.case import Case
from domain.model.commands import Remedy

Audience = Literal["claimant", "respondent", "platform", "staff"]

OUTSIDE: tuple[Audience, ...] = ("claimant", "respondent", "platform")
"""Audiences to whom a ruling that waits for approval or grace looks like what went before."""

UNTOLD = frozenset({Phase.APPROVAL, Phase.RULED})
"""Phases that nobody outside hears of."""

BACK = frozenset({"returned", "retracted", "cross_appealed"})
"""Why a case goes back from there to where, for everybody outside, it was all the time."""

_INTERNAL = frozenset({
    "case_skipped",
    "note_added", "case_assigned", "case_queued", "ruling_drafted", "ruling_approved", "ruling_returned", "ruling_retracted",
    "delivery_failed", "effect_ordered", "clocks_frozen", "clocks_thawed", "case_retargeted",
    "chargeback_drafted", "chargeback_sent", "chargeback_missed",
    "identity_asked", "legal_hold_placed", "legal_hold_lifted", "step_completed", "step_skipped", "root_cause_named",
    "sanction_drafted",
    "case_joined", "case_linked", "case_unlinked", "case_split", "errand_ordered", "errand_reported", "campaign_joined",
    "campaign_left",
    "signal_received", "report_proposed", "report_returned", "case_handed_over",
    "level_passed",
})  # fmt: skip


def audience_of(actor: f.Actor) -> Audience:
    """What somebody is, when it comes to what they may know."""
    return actor.role if actor.role in ("claimant", "respondent", "platform") else "staff"


def seen_phase(case: Case, audience: Audience) -> Phase:
    """The phase as this audience may know it."""
    if audience == "staff" or case.phase not in UNTOLD:
        return case.phase
    first = case.ruling is None or case.ruling.decision == "rule"
    return Phase.REVIEW if first else Phase.APPEAL


def _hit_by_measures(case: Case, fact: f.InterimImposed | f.InterimReviewed | f.InterimEnded) -> frozenset[str]:
    if isinstance(fact, f.InterimImposed):
        return frozenset({fact.remedy.to.value})
    return frozenset(e.remedy.to.value for e in case.effects if e.because in fact.measure_ids)


def told_remedies(case: Case, remedies: Iterable[Remedy], audience: Audience) -> tuple[Remedy, ...]:
    """The remedies of a ruling as this audience may know them: a sanction is told to the side that it hits, not to the other."""
    terms = case.terms.sanctions
    if terms is None or audience in ("staff", "platform"):
        return tuple(remedies)
    return tuple(one for one in remedies if terms.kind(one.type) is None or one.to.value == audience)


def owns_clock(case: Case, name: str, audience: Audience) -> bool:
    """Whether a clock waits for this audience or for nobody in particular, in a phase that is no secret."""
    clock = case.terms.clock(name)
    return clock is not None and clock.during not in UNTOLD and clock.waits_for in (audience, "nobody")


def knows_pause_of(case: Case, of: str, audience: Audience) -> bool:
    """Whether this audience may know that somebody made a clock stand still (``of``: its name, or ``team``), and let it go on.

    A side knows it of its own clock, whose date is gone from what it sees; the platform of both sides', because it sees what both
    were asked and by when. Pauses of the team's clocks stay inside, and so does why anybody paused.
    """
    if audience == "platform":
        return any(owns_clock(case, of, side) for side in ("claimant", "respondent"))
    return owns_clock(case, of, audience)


def knows(case: Case, fact: f.Fact, audience: Audience) -> bool:
    """Whether this audience may know that a fact happened."""
    if audience == "staff":
        return True
    if fact.type in _INTERNAL or (fact.type == "case_merged" and audience == "respondent"):
        # The other side may never have heard of a case that is merged, and is a party of the other one by itself.
        return False
    match fact:
        case f.PhaseEntered():
            return fact.phase not in UNTOLD and fact.reason not in BACK
        case f.LevelReached() | f.ClockExtended() | f.ClocksPaused() | f.ClocksResumed():
            return _knows_of_time(case, fact, audience)
        case f.InterimImposed() | f.InterimReviewed() | f.InterimEnded():
            return audience == "platform" or audience in _hit_by_measures(case, fact)
        case f.SanctionImposed() | f.SanctionLifted() | f.SanctionVoided():
            return audience in {"platform", *(s.side.value for s in case.sanctions if s.id == fact.sanction_id)}
        case f.MessageSent() | f.PastMessageKept():
            return fact.to == "all" or audience in (fact.to, fact.sender)
        case f.EvidenceSubmitted():
            return _sees(fact, audience)
        case f.EvidenceRequested():
            return audience in (fact.of.value, "platform")
        case _:
            return _knows_of_risk(case, fact, audience)


def _knows_of_time(
    case: Case, fact: f.LevelReached | f.ClockExtended | f.ClocksPaused | f.ClocksResumed, audience: Audience
) -> bool:
    """The same of what happens to clocks."""
    match fact:
        case f.LevelReached():
            # Their own reminder; a clock that waits for the team is the team's business.
            return owns_clock(case, fact.clock, audience)
        case f.ClockExtended():
            # More time for a side is that side's to know, more time by law everybody's; the team's own stays inside.
            clock = case.terms.clock(fact.clock)
            by_law = clock is not None and clock.statutory and clock.during not in UNTOLD
            return by_law or owns_clock(case, fact.clock, audience)
        case f.ClocksPaused():
            return knows_pause_of(case, fact.of, audience)
        case f.ClocksResumed():
            return any(knows_pause_of(case, hold.of, audience) for hold in case.holds if hold.id in fact.hold_ids)


def _knows_of_risk(case: Case, fact: f.Fact, audience: Audience) -> bool:
    """The same of what happens where money or people are at risk."""
    match fact:
        case f.ReportApproved():
            # Whoever is reported must not be warned; the platform's machines hand the report in.
            return audience == "platform"
        case f.EffectReported():
            return audience == "platform" or not _of_report(case, fact.effect_id)
        case f.ProvisionalCreditGiven() | f.ProvisionalCreditEnded():
            return audience in ("claimant", "platform")
        case _:
            return True


def _of_report(case: Case, effect_id: str) -> bool:
    """Whether an effect is that an authority was told."""
    because = next((e.because for e in case.effects if e.id == effect_id), None)
    return any(report.id == because for report in case.reports)


def shared(fact: f.Fact) -> bool:
    """Whether it is for everybody in the case, and not only for the two sides: what witnesses, insurers and authorities see."""
    match fact:
        case f.MessageSent() | f.PastMessageKept():
            return fact.to == "all"
        case f.EvidenceSubmitted():
            return fact.seen_by == "shared"
        case f.EvidenceRequested() | f.OfferMade() | f.OfferAccepted() | f.OfferDeclined() | f.LevelReached():
            return False
        case f.ClocksPaused() | f.ClocksResumed():
            return False
        case f.ReturnAwaited() | f.ReturnChanged() | f.ReturnShipped() | f.ReturnContested() | f.ReturnEnded():
            return False
        case f.SanctionImposed() | f.SanctionLifted() | f.SanctionVoided():
            return False
        case f.ProvisionalCreditGiven() | f.ProvisionalCreditEnded():
            return False
        case _:
            return True


def _sees(fact: f.EvidenceSubmitted, audience: Audience) -> bool:
    # What only the deciders see, whoever handed it in sees all the same: views ask who did.
    own = audience == (fact.side.value if fact.side else "platform")
    return fact.seen_by == "shared" or (fact.seen_by == "own_side" and own)
