"""The rules of evidence: what may be asked of whom by when, what closes a request, and what becomes of an unanswered one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.base import Side, derived_id
from domain.evidence_refusals import EvidenceTypeUnknown, FileUnknown, PartyNotAsked, RequestUnknown
from domain.evidence_request import EvidenceRequest
from domain.model import facts as f
from domain.model.case import Case
from domain.model.commands import OpenedParty
from domain.model.evidence import RequestEvidence, SubmitEvidence
from domain.model.refusals import InstantRefused
from domain.model.terms import ClockTerms
from domain.rules.evidence_due import EVIDENCE_DUE

if TYPE_CHECKING:
    from domain.rules.decide import Voice

Facts = tuple[f.Fact, ...]

LONGEST_ASKED_FOR = timedelta(days=90)
"""The ruling waits for what was asked: nobody makes a party wait longer than a quarter of a year for somebody else's papers."""


def request(case: Case, command: RequestEvidence, voice: Voice, at: datetime) -> Facts:
    """Somebody is asked, by the clock of their side or by a date of its own."""
    _known_type(case, command.evidence_type)
    party = case.party(command.party) if command.party is not None else None
    if command.party is not None and (party is None or party.side is not command.of):
        raise PartyNotAsked(
            f"Nobody on the side of the {command.of.value} has this id.", party=command.party, of=command.of.value
        )
    if command.due_at is not None and command.due_at <= at:
        raise InstantRefused("This instant is past.", because="past")
    if command.due_at is not None and command.due_at > at + LONGEST_ASKED_FOR:
        raise InstantRefused(f"That is more than {LONGEST_ASKED_FOR.days} days away.", because="too_far")
    requested = f.EvidenceRequested(
        request_id=derived_id("req", command.id),
        of=command.of,
        what=command.what,
        party=command.party,
        evidence_type=command.evidence_type,
        due_at=command.due_at,
    )
    return (requested,)


def submit(case: Case, command: SubmitEvidence, voice: Voice, at: datetime) -> Facts:
    """Evidence is on file, and what it answers is asked no more."""
    _known_type(case, command.evidence_type)
    held = {one.id: one for one in voice.files or ()}
    if missing := [one for one in command.files if one not in held]:
        raise FileUnknown("Upload each file to this case first, as whoever hands it in.", files=missing)
    seen_by = command.confidentiality or ("own_side" if command.confidential else "shared")
    submitted = f.EvidenceSubmitted(
        evidence_id=derived_id("evd", command.id),
        side=voice.actor.side if voice.actor else None,
        text=command.text,
        # What only the deciders may see must not be shown to everybody by whoever reads this field alone.
        confidential=seen_by != "shared",
        confidentiality=seen_by,
        answers=_answers(case, command),
        evidence_type=command.evidence_type,
        files=tuple(held[one] for one in dict.fromkeys(command.files)),
    )
    return (submitted,)


def lapse(case: Case, clock: ClockTerms, instance: int) -> Facts:
    """The time is over: of a request with a date of its own that one lapses, else all that the side's clock is about."""
    side = Side(clock.waits_for)
    own = clock.name in EVIDENCE_DUE
    over = (q for q in case.requests if q.of is side and ((q.number == instance) if own else q.due_at is None))
    over = (q for q in over if (q.due_at is not None) is own)
    return (f.EvidenceLapsed(of=side, requests=tuple(q.id for q in over)),)


def _known_type(case: Case, name: str | None) -> None:
    known = case.terms.evidence_types
    if name is not None and known and name not in known:
        raise EvidenceTypeUnknown(f"Evidence of a {case.kind} is one of: {', '.join(known)}.", type=name, allowed=list(known))


def _answers(case: Case, command: SubmitEvidence) -> tuple[str, ...]:
    party = case.party(command.by)
    theirs = {q.id: q for q in case.requests if party is not None and _may_answer(party, q)}
    if command.answers is None:
        return tuple(q.id for q in theirs.values() if party is not None and _meant(party, q, command.evidence_type))
    if unknown := [one for one in command.answers if one not in theirs]:
        raise RequestUnknown("No such request is open for you: it was answered, has lapsed, or is another's.", requests=unknown)
    return tuple(dict.fromkeys(command.answers))


def _may_answer(party: OpenedParty, asked: EvidenceRequest) -> bool:
    """Whoever speaks for the side answers for everybody on it; a witness or insurer for themselves alone."""
    return asked.party == party.id or (party.speaks and asked.of is party.side)


def _meant(party: OpenedParty, asked: EvidenceRequest, evidence_type: str | None) -> bool:
    """Whether it is answered without being named."""
    other_type = None not in (asked.evidence_type, evidence_type) and asked.evidence_type != evidence_type
    return asked.party in (None, party.id) and not other_type


RULES: dict[str, Callable[[Case, Any, Voice, datetime], Facts]] = {"request_evidence": request, "submit_evidence": submit}
