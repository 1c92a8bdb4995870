"""The course of a case in one line: how it came here, where it stands now, and what falls due.

Not to scale, so that minutes and weeks can both be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from console.kit.words import in_words
from domain.views.case import CaseView
from domain.views.urgency import ClockStanding
from services.timelines import Entry

_BEHIND, _AHEAD = 3, 3
"""Stops that fit beside each other."""


@dataclass(frozen=True)
class Stop:
    """A point on the line."""

    words: str
    at: datetime
    state: Literal["done", "now", "late", "risk", "ahead"]


def course(
    said: CaseView, entries: Sequence[Entry], clocks: Sequence[ClockStanding], names: Mapping[str, str], now: datetime
) -> list[Stop]:
    """Its stops in the order of time: how it came in, the phases that began, what is late, now, and the ends of its clocks."""
    behind = [stop for entry in entries if (stop := _behind(entry, names)) is not None][-_BEHIND:]
    ends = sorted((one for one in clocks if one.due_at is not None), key=lambda one: one.due_at or now)
    late = [Stop(in_words(one.clock), one.due_at or now, "late") for one in ends if one.state == "late"][:2]
    past = [Stop("Reported", said.opened_at, "done"), *sorted([*behind, *late], key=lambda stop: stop.at)]
    if said.closed_at is not None:
        return [*past, Stop("Closed", said.closed_at, "done")]
    ahead = [
        Stop(in_words(one.clock), one.due_at or now, "risk" if one.state == "risk" else "ahead")
        for one in ends
        if one.state != "late"
    ]
    return [*past, Stop("Now", now, "now"), *ahead[:_AHEAD]]


def _behind(entry: Entry, names: Mapping[str, str]) -> Stop | None:
    match entry.type:
        case "case_moved_in":
            return Stop("Moved in", entry.at, "done")
        case "phase_entered":
            phase = str(entry.data.get("phase"))
            return Stop(names.get(phase) or in_words(phase), entry.at, "done") if phase != "closed" else None
        case "ruling_issued":
            return Stop("Both sides told", entry.at, "done")
        case _:
            return None


_MONEY = ("effect_", "provisional_credit_", "amount_", "return_", "chargeback_", "offer_accepted")
_CLOCKS = ("level_", "clock_", "clocks_", "phase_", "rights_lapsed", "evidence_lapsed", "offer_lapsed")
_OF_PARTIES = ("evidence_", "message_", "offer_", "proposal_", "appeal_", "party_", "past_message", "claim_conceded")
OF_WHAT = {"parties": "Parties", "money": "Money", "clocks": "Clocks"}
"""By what a timeline can be read, beside all of it."""


def of_what(entry: Entry) -> str:
    """Which of :data:`OF_WHAT` it concerns, in one word or several."""
    sides = entry.role in ("claimant", "respondent") or entry.type.startswith(_OF_PARTIES) or entry.type == "case_opened"
    said = (("parties", sides), ("money", entry.type.startswith(_MONEY)), ("clocks", entry.type.startswith(_CLOCKS)))
    return " ".join(name for name, is_so in said if is_so)
