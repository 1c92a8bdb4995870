"""For how long people worked on cases: what each transition says of it, in rows beside the record.

A lease begins with the first act of a case's owner, is prolonged by each further one, and ends when the case is ruled, skipped,
closed or given to somebody else, or by itself when nothing was done for as long as a lease lasts. Handling time is the sum of
leases. No rule depends on it, so it is no fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from activities.ports.records import Transition
from domain.model.facts import CaseAssigned, CaseClosed, CaseQueued, CaseSkipped, Recording, RulingDrafted

LEASE_FOR = timedelta(minutes=30)
"""Long enough to read a case without a word, short enough that a forgotten window is not counted as work."""

_TEAM = ("mediator", "lead", "ops")

# A part of the statement that writes a transition. A row without a person stands for everybody who is not named in another.
WORKED = """
worked AS (
    SELECT w.* FROM jsonb_to_recordset({}) AS w
        (person text, first_at timestamptz, until_at timestamptz, ended_because text, reason text)
), prolonged AS (
    UPDATE leases l SET until_at = greatest(l.started_at, w.until_at), ended_because = w.ended_because, reason = w.reason
    FROM gate g, worked w
    WHERE l.tenant = g.tenant AND l.case_id = g.id AND l.ended_because IS NULL AND l.until_at >= w.first_at
        AND (l.person_id = w.person
            OR w.person IS NULL AND l.person_id NOT IN (SELECT o.person FROM worked o WHERE o.person IS NOT NULL))
    RETURNING l.person_id
), begun AS (
    INSERT INTO leases (tenant, case_id, person_id, started_at, until_at, ended_because, reason)
    SELECT g.tenant, g.id, w.person, w.first_at, w.until_at, w.ended_because, w.reason
    FROM gate g, worked w
    WHERE w.person IS NOT NULL AND w.person NOT IN (SELECT p.person_id FROM prolonged p)
)"""

Row = dict[str, Any]


def lease_rows(transition: Transition, lease_for: timedelta) -> list[Row]:
    """What a transition says of the work on its case.

    A row for each owner who did something, and one without a person for everybody else when the case went to another owner.
    """
    recordings = [chained.recording for chained in transition.facts]
    rows: dict[str | None, Row] = {}
    for recording, owner in zip(recordings, _owners(recordings, transition), strict=True):
        person = _working(recording, owner)
        if person is not None:
            row = rows.setdefault(person, {"person": person, "first_at": recording.at, "ended_because": None})
            if row["ended_because"] is None:
                row["until_at"] = recording.at + lease_for
        for ended in (person, None) if isinstance(recording.fact, CaseClosed) else (person,):
            _end(rows, recording, ended)
        if isinstance(recording.fact, CaseAssigned | CaseQueued) and None not in rows:
            rows[None] = {"first_at": recording.at, "until_at": recording.at, "ended_because": "moved"}
    return list(rows.values())


def _owners(recordings: Sequence[Recording], transition: Transition) -> list[str | None]:
    """Who owned the case at each fact, as far as the transition tells: None before it went to another owner within it."""
    owner = transition.case.owner if transition.case else None
    found = []
    for recording in reversed(recordings):
        found.append(owner)
        if isinstance(recording.fact, CaseAssigned | CaseQueued):
            owner = None
    return found[::-1]


def _working(recording: Recording, owner: str | None) -> str | None:
    """Who did this as the owner of the case; None: somebody else."""
    match recording.fact:
        case CaseSkipped(person=person) | RulingDrafted(decider=person):
            return person
        case _:
            return owner if owner == recording.actor.id and recording.actor.role in _TEAM else None


def _end(rows: dict[str | None, Row], recording: Recording, person: str | None) -> None:
    reason = None
    match recording.fact:
        case CaseSkipped():
            because, reason = "skipped", recording.fact.reason
        case RulingDrafted():
            because = "ruled"
        case CaseClosed():
            because = "closed"
        case _:
            return
    if person is not None or isinstance(recording.fact, CaseClosed):
        row = rows.setdefault(person, {"first_at": recording.at, **({"person": person} if person else {})})
        row |= {"until_at": recording.at, "ended_because": because, "reason": reason}
