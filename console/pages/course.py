"""The course of a case in one line: how it came here, where it stands now, and what falls due.

Not to scale, so that minutes and weeks can both be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from console.kit.words import in_words
from domain.views.urgency import ClockStanding
from services.timelines import Entry

_BEHIND, _AHEAD = 4, 3
"""Stops that fit beside each other."""


@dataclass(frozen=True)
class Stop:
    """A point on the line."""

    words: str
    at: datetime | None
    state: Literal["done", "now", "late", "risk", "ahead"]


def course(entries: Sequence[Entry], clocks: Sequence[ClockStanding], names: Mapping[str, str], now: datetime) -> list[Stop]:
    """Its stops in the order of time: the phases that began, then now, then the ends of its clocks."""
    behind = [stop for entry in entries if (stop := _behind(entry, names)) is not None]
    first, later = behind[:1], behind[1:]
    closed = entries and any(entry.type == "case_closed" for entry in entries[-3:]) and not clocks
    ends = sorted((one for one in clocks if one.due_at is not None), key=lambda one: one.due_at or now)
    late = [Stop(in_words(one.clock), one.due_at, "late") for one in ends if one.state == "late"]
    ahead = [
        Stop(in_words(one.clock), one.due_at, "risk" if one.state == "risk" else "ahead") for one in ends if one.state != "late"
    ]
    here = [] if closed else [Stop("Now", now, "now")]
    return [*first, *later[-(_BEHIND - 1) :], *late[-2:], *here, *ahead[:_AHEAD]]


def _behind(entry: Entry, names: Mapping[str, str]) -> Stop | None:
    match entry.type:
        case "case_opened":
            return Stop("Reported", entry.at, "done")
        case "case_moved_in":
            return Stop("Moved in", entry.at, "done")
        case "phase_entered":
            phase = str(entry.data.get("phase"))
            return Stop(names.get(phase) or in_words(phase), entry.at, "done")
        case "ruling_issued":
            return Stop("Both sides told", entry.at, "done")
        case "case_closed" | "case_declined" | "case_withdrawn":
            return Stop(in_words(entry.type.removeprefix("case_")), entry.at, "done")
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
