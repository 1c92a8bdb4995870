"""Requests for evidence that have a date of their own: when each is reminded of and lapses, beside the clock of its side.

Every case has these two clocks by itself; an instance is the number of the request on its side. An incident's freeze, and the
time that a case was closed, push the date back by what was lost on the wall; a pause of the team's clocks does not touch it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from domain.base import Side
from domain.model.case import Case
from domain.model.evidence import EvidenceRequest
from domain.model.facts import DueLevel, EvidenceRequested, EvidenceSubmitted, Fact, IdentityAsked, MessageSent, StepCompleted
from domain.model.procedure import IDENTITY_STEP
from domain.model.terms import EVIDENCE_CLOCKS, ClockTerms
from domain.rules.confided import of_one_alone
from domain.worktime.calculator import due

_ASKED: Final = "identity_asked"
EVIDENCE_DUE: Final = frozenset(clock.name for clock in EVIDENCE_CLOCKS)


def rows(case: Case) -> list[DueLevel]:
    """The levels ahead of all requests with a date of their own."""
    found = []
    for clock in EVIDENCE_CLOCKS:
        for asked in case.requests:
            if asked.of.value == clock.waits_for and asked.due_at is not None:
                found += _levels(case, clock, asked, asked.due_at)
    return found


def meant(clock: ClockTerms, fact: Fact, happened: frozenset[str], before: Case | None, after: Case) -> frozenset[str]:
    """What a fact means to one clock of the pack: one that waits for a side is about requests without a date of their own, and
    about words that are all the side has to say.
    """
    if clock.waits_for not in ("claimant", "respondent"):
        return _meant_of_identity(clock, fact, happened, before, after) if _ASKED in clock.pauses else happened
    side = Side(clock.waits_for)
    if of_one_alone(after, fact) == side.value:
        # The others there would read by the end of their time that one of them has spoken, and lose it by that.
        happened = happened - {fact.type, f"{fact.type}:{side.value}"}
    if isinstance(fact, MessageSent | EvidenceSubmitted) and fact.more_follows:
        # Whoever has not finished ends no time of their own.
        happened = happened - {fact.type, f"{fact.type}:{side.value}"}
    if isinstance(fact, EvidenceRequested) and fact.due_at is not None:
        return happened - {f"evidence_requested:{side.value}"}
    if before is not None and _by_the_clock(before, side) and not _by_the_clock(after, side):
        return happened | {f"requests_settled:{side.value}"}
    return happened


def _meant_of_identity(
    clock: ClockTerms, fact: Fact, happened: frozenset[str], before: Case | None, after: Case
) -> frozenset[str]:
    """What a fact means to a limit of the law that waits for a proof of identity: it waits for the first question alone, until
    that is answered or its time is over, whatever else is asked, and no longer than until it is known who they are."""
    if isinstance(fact, IdentityAsked) and fact.again:
        return happened - {_ASKED}
    shown = isinstance(fact, StepCompleted) and fact.step == IDENTITY_STEP and not fact.by_word
    settled = before is not None and identity_open(before) and not identity_open(after)
    return happened.union(clock.resumes) if shown or settled else happened


def identity_open(case: Case) -> bool:
    """Whether a question who they are waits for the claimant's answer."""
    return any(asked.id in case.identity_requests for asked in case.requests)


def identity_asked(case: Case) -> bool:
    """Whether whoever asks now was asked who they are; who was asked in another's place does not count."""
    came = max((p.since for p in case.principals(Side.CLAIMANT) if p.since is not None), default=case.opened_at)
    there = (*case.requests, *case.settled_requests)
    return any(asked.id in case.identity_requests and asked.asked_at >= came for asked in there)


def _by_the_clock(case: Case, side: Side) -> bool:
    return any(asked.of is side and asked.due_at is None for asked in case.requests)


def _levels(case: Case, clock: ClockTerms, asked: EvidenceRequest, due_at: datetime) -> list[DueLevel]:
    ends_at = _pushed(case, asked.asked_at, due_at)
    if ends_at is None:
        return []
    time = ends_at - asked.asked_at
    return [
        DueLevel(clock=clock.name, instance=asked.number, level=level.name, due_at=asked.asked_at + time * level.at)
        for level in clock.levels
        if level.is_end or not asked.reminded
    ]


def _pushed(case: Case, asked_at: datetime, due_at: datetime) -> datetime | None:
    """The date after everything that stood still; None while it does."""
    counted = asked_at
    for hold in sorted((h for h in case.holds if h.of == "all"), key=lambda h: h.since):
        begins = max(hold.since, counted)
        if not hold.lasts_at(counted) or begins >= due_at:
            continue
        if hold.until is None:
            return None
        over = due(None, hold.until, hold.margin) if hold.margin is not None else hold.until
        assert over is not None  # nothing stands still in between
        due_at += max(timedelta(0), over - begins)
        counted = max(counted, over)
    return due_at
