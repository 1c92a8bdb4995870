"""What facts about evidence do to a case: the requests that are open, and those that are settled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from domain.base import Instant
from domain.evidence_request import EvidenceRequest
from domain.evolve_clocks import woken
from domain.evolve_sanctions import heard
from domain.model import facts as f
from domain.model.case import Case

Change = dict[str, Any]


def dropped(case: Case, at: Instant) -> Change:
    """Nothing is asked of anybody any more."""
    return _settled(case, (r.id for r in case.requests), "lapsed", at)


def _settled(case: Case, ids: Iterable[str], state: Literal["answered", "lapsed"], at: Instant) -> Change:
    over, now = set(ids), {"state": state, "settled_at": at}
    gone = tuple(r.model_copy(update=now) for r in case.requests if r.id in over)
    return {
        "requests": tuple(r for r in case.requests if r.id not in over),
        "settled_requests": (*case.settled_requests, *gone),
    }


def _requested(case: Case, rec: f.Recording, fact: f.EvidenceRequested) -> Change:
    before = sum(1 for r in (*case.requests, *case.settled_requests) if r.of is fact.of)
    asked = EvidenceRequest(
        id=fact.request_id,
        of=fact.of,
        asked_at=rec.at,
        party=fact.party,
        evidence_type=fact.evidence_type,
        due_at=fact.due_at,
        what=fact.what,
        number=before + 1,
    )
    return {"requests": (*case.requests, asked)}


def _submitted(case: Case, rec: f.Recording, fact: f.EvidenceSubmitted) -> Change:
    return {
        **_settled(case, fact.answers, "answered", rec.at),
        "handed_in": (*case.handed_in, fact.evidence_id),
        # A witness's word does not stand for the side's own.
        **heard(case, {fact.side} if fact.side is not None and fact.answers and _speaks(case, rec.actor.id) else set()),
        **woken(case, rec, fact),
    }


def _lapsed(case: Case, rec: f.Recording, fact: f.EvidenceLapsed) -> Change:
    theirs = any(r.id in fact.requests and (r.party is None or _speaks(case, r.party)) for r in case.requests)
    return {**_settled(case, fact.requests, "lapsed", rec.at), **heard(case, {fact.of} if theirs else set())}


def _speaks(case: Case, party_id: str) -> bool:
    party = case.party(party_id)
    return party is not None and party.speaks


EVIDENCE_CHANGES: dict[str, Callable[[Case, f.Recording, Any], Change]] = {
    "evidence_requested": _requested,
    "evidence_submitted": _submitted,
    "evidence_lapsed": _lapsed,
}
