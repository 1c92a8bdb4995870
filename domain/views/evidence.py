"""Requests for evidence as somebody may see them: what was asked of whom, by when, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from domain.base import Instant, Kept, Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.evidence import EvidenceRequest
from domain.model.prose import Prose
from domain.rules import told_codes
from domain.rules.confided import answered_alone, asked_alone
from domain.rules.confirmation import TEAM
from domain.rules.evidence_due import EVIDENCE_DUE


class RequestView(Kept):
    """A request for evidence: a slot that a hand-in closes."""

    id: str
    of: Side
    party: str | None = None
    """The one party that was asked; None: whoever speaks for the side."""
    evidence_type: str | None = None
    what: Prose | None = None
    """None in cases of the first releases: there the timeline alone says it."""
    state: Literal["open", "answered", "lapsed"]
    asked_at: Instant
    due_at: Instant | None = None
    """None while the clock stands still, and once it is settled."""
    settled_at: Instant | None = None


def open_requests(case: Case, viewer: f.Actor) -> tuple[RequestView, ...]:
    """Those that the viewer may see and that wait for an answer."""
    return _told(case, case.requests, viewer)


def settled_requests(case: Case, viewer: f.Actor) -> tuple[RequestView, ...]:
    """Those that the viewer may see and that were answered or have lapsed."""
    party = case.party(viewer.id)
    came = party.since if party is not None and party.sees_seq else None
    return _told(case, (r for r in case.settled_requests if came is None or r.asked_at >= came), viewer)


def asked_of(fact: f.Fact, viewer: f.Actor) -> bool:
    """Whether a fact is a question to this very party."""
    return isinstance(fact, f.EvidenceRequested) and fact.party == viewer.id


def answers_alone(case: Case, party_id: str) -> bool:
    """Whether something is asked of somebody that they answer to the team alone, unless they say otherwise."""
    return any(one.party == party_id and answered_alone(case, one) for one in case.requests)


def _told(case: Case, requests: Iterable[EvidenceRequest], viewer: f.Actor) -> tuple[RequestView, ...]:
    party = case.party(viewer.id)
    if party is None:
        return tuple(_one(case, asked, outside=viewer.role not in TEAM) for asked in requests)
    theirs = (r for r in requests if r.party == party.id or (party.speaks and r.of is party.side))
    readers = ((r, asked_alone(case, r)) for r in theirs)
    return tuple(_one(case, r, outside=True) for r, who in readers if who is None or party.id in who)


def _one(case: Case, asked: EvidenceRequest, *, outside: bool) -> RequestView:
    kind = told_codes.told(case, asked.evidence_type) if outside else asked.evidence_type
    names = ("id", "of", "party", "what", "state", "asked_at", "settled_at")
    due_at = _due_at(case, asked) if asked.state == "open" else None
    return RequestView(**{name: getattr(asked, name) for name in names}, evidence_type=kind, due_at=due_at)


def _due_at(case: Case, asked: EvidenceRequest) -> Instant | None:
    own = asked.due_at is not None
    for row in case.timetable:
        definition, level = case.terms.clock(row.clock), case.terms.level(row.clock, row.level)
        if definition is None or level is None or level.default != "proceed_on_file" or definition.waits_for != asked.of.value:
            continue
        if (row.clock in EVIDENCE_DUE) is own and (not own or row.instance == asked.number):
            return row.due_at
    return None
