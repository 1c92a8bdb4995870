"""What a fact means to clocks and notices, in the words in which packs name it."""

from __future__ import annotations

from domain.base import Side
from domain.model.case import Case
from domain.model.facts import Fact
from domain.rules.visibility import BACK


def triggers(before: Case | None, fact: Fact, after: Case) -> frozenset[str]:
    """What a fact means to clocks and notices: its type, the type with its qualifier, and what it completes."""
    found: set[str] = {fact.type}
    match fact.type:
        case "phase_entered":
            # A draft that comes back does not begin the phase anew: a clock of its beginning does not start again.
            found.add(f"phase_{'resumed' if fact.reason in BACK else 'entered'}:{fact.phase.value}")
            if before is not None and before.phase is not fact.phase:
                found.add(f"phase_left:{before.phase.value}")
        case "evidence_requested" | "evidence_lapsed":
            found.add(f"{fact.type}:{fact.of.value}")
        case "interim_ended" if not after.interim:
            found.add("interim_over")
        case "interim_reviewed" if all(i.reviewed_at == after.updated_at for i in after.interim):
            found.add("interim_reviewed:all")
        case "evidence_submitted" | "offer_made" | "appeal_lodged":
            found.add(f"{fact.type}:{fact.side.value if fact.side else 'platform'}")
        case "message_sent":
            found.add(f"message_sent:{fact.sender}")
        case "note_added" if fact.mentions:
            found.add("mentioned")
        case "level_reached":
            found.add(f"level_reached:{fact.action}")
        case "case_closed" if before is not None:
            found.add(f"phase_left:{before.phase.value}")
        case _:
            found |= _moving(before, fact)
    return frozenset(found | _told(fact) | _at_risk(fact, after) | _settled(before, after))


def _at_risk(fact: Fact, after: Case) -> set[str]:
    match fact.type:
        case "provisional_credit_ended":
            return {f"provisional_credit_ended:{fact.because}"}
        case "signal_received" if not after.open:
            return {"signal_received:closed"}
        case _:
            return set()


def _told(fact: Fact) -> set[str]:
    """A word of the team to a side, whatever else it is: what a clock that cares for somebody waits for."""
    match fact.type:
        case "message_sent" if fact.sender == "staff":
            return {f"told:{side.value}" for side in Side if fact.to in ("all", side.value)}
        case "evidence_requested":
            return {f"told:{fact.of.value}"}
        case _:
            return set()


def _moving(before: Case | None, fact: Fact) -> set[str]:
    """What the past of a case that moves in means to the clocks that count from then."""
    match fact.type:
        case "past_message_kept":
            return {f"message_sent:{fact.sender}"}
        case "past_decision_kept":
            return {"ruling_issued"}
        case "case_moved_in" if before is not None and before.phase is not fact.phase:
            return {f"phase_entered:{fact.phase.value}", f"phase_left:{before.phase.value}"}
        case _:
            return set()


def _settled(before: Case | None, after: Case) -> set[str]:
    if before is None or not before.requests:
        return set()
    gone = {r.of for r in before.requests} - {r.of for r in after.requests}
    settled = {f"requests_settled:{side.value}" for side in gone}
    return settled if after.requests else {*settled, "requests_settled"}
