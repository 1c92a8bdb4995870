"""What holds in a case for the moment: what somebody owes it, what is imposed until it is decided, and that it is put away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.kit.words import in_words
from domain.model.case import Case
from domain.views.case import CaseView
from domain.views.urgency import ClockStanding
from services.timelines import Entry


@dataclass(frozen=True)
class Measure:
    """A temporary measure in force."""

    words: str
    whom: str
    by: str
    since: datetime
    until: datetime | None
    """When it ends by itself unless somebody keeps it; None: no end is in sight."""
    reasons: str | None
    side: str


@dataclass(frozen=True)
class Owed:
    """Something that was asked of somebody, and has not come."""

    whom: str
    side: str
    what: str
    until: datetime | None
    """None: their clock stands still."""
    words: str | None = None
    """The question itself."""


def measures(case: Case, said: CaseView, entries: Sequence[Entry], names: Mapping[str, str]) -> list[Measure]:
    """The temporary measures in force, the oldest first."""
    imposed = {str(entry.data.get("measure_id")): entry for entry in entries if entry.type == "interim_imposed"}
    ends = min((due.due_at for due in said.deadlines if due.by_default in ("lift_interim", "end_kept_interim")), default=None)
    found = []
    for one in case.interim:
        entry = imposed.get(one.id)
        ids = [one.remedy.party] if one.remedy.party else [party.id for party in case.principals(one.remedy.to)]
        whom = " and ".join(names.get(party_id, in_words(one.remedy.to.value)) for party_id in ids) or in_words(
            one.remedy.to.value
        )
        by = names.get(entry.actor_id or "", "Ombud") if entry else "Ombud"
        reasons = entry.data.get("reasons") if entry else None
        until = one.kept_until or ends
        words = reasons if isinstance(reasons, str) else None
        found.append(Measure(in_words(one.remedy.type), whom, by, one.imposed_at, until, words, one.remedy.to.value))
    return found


def owed(said: CaseView, names: Mapping[str, str], texts: Mapping[str, str | None]) -> list[Owed]:
    """What the sides were asked for and have not handed in, in the words of the question, what falls due first above."""
    found = [
        Owed(
            names.get(asked.party or "", f"the {asked.of.value}"),
            asked.of.value,
            in_words(asked.evidence_type) if asked.evidence_type else "Evidence",
            asked.due_at,
            texts.get(asked.what.content_id) if asked.what else None,
        )
        for asked in said.requests
    ]
    return sorted(found, key=lambda one: (one.until is None, one.until or said.opened_at))


def lateness(clocks: Sequence[ClockStanding]) -> Mapping[str, datetime]:
    """Since when each clock is late, of those that are: what is said of one on a page is said the same everywhere on it."""
    return {one.clock: one.due_at for one in clocks if one.state == "late" and one.due_at is not None}
