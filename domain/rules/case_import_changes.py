"""What the facts of a case that moved in do to it."""

from __future__ import annotations

from datetime import datetime

from domain.base import Phase
from domain.model import facts as f
from domain.model.case import Case
from domain.model.ruling import Involvement, Ruling
from domain.rules.lifecycle import SEEKS_OWNER
from domain.rules.rule import Change
from domain.rules.topic import Known, Topic, everybody, inside

_IN_FORCE = (Phase.APPEALABLE, Phase.CLOSED)


def since(recording: f.Recording) -> datetime:
    """The instant from which clocks count what a fact says: when it happened, also where that was before the move."""
    match recording.fact:
        case f.CaseOpened(received_at=datetime() as at) | f.CaseMovedIn(phase_at=at):
            return at
        case f.PastMessageKept(sent_at=at) | f.PastDecisionKept(decided_at=at):
            return at
        case _:
            return recording.at


def _past_decision_kept(case: Case, rec: f.Recording, fact: f.PastDecisionKept) -> Change:
    # As if it had happened here: an appeal begins a round, and so does a remit.
    number = sum((r.decision != "rule") + (r.decision == "remit") for r in case.rulings) + (fact.decision != "rule")
    ruling = Ruling(
        id=fact.ruling_id, decider=fact.decider, outcome=fact.outcome, decision=fact.decision, reasons=fact.reasons,
        ground=fact.ground, round=number, issued_at=fact.decided_at,
    )  # fmt: skip
    part = Involvement(person=fact.decider, round=number, part="decider")
    return {"rulings": (*case.rulings, ruling), "involved": (*case.involved, part)}


def _case_moved_in(case: Case, rec: f.Recording, fact: f.CaseMovedIn) -> Change:
    ruling = case.rulings[-1] if case.rulings and fact.phase in _IN_FORCE else None
    change: Change = {
        "phase": fact.phase,
        "phase_entered_at": fact.phase_at,
        "round": fact.round,
        "ruling": ruling,
        "rights": fact.rights,
        "appellants": fact.appellants,
        "appeals_used": fact.appeals_used,
        "queue": case.terms.appeal_queue if fact.phase is Phase.APPEAL else case.queue,
        "owner_sought": fact.phase in SEEKS_OWNER,
    }
    if fact.phase is Phase.CLOSED:
        change |= {"closed_at": fact.phase_at, "outcome": fact.outcome, "close_reason": fact.reason}
    return change


def _phases_passed(before: Case | None, fact: f.CaseMovedIn, after: Case) -> set[str]:
    """What the past of a case that moves in means to the clocks that count from then."""
    if before is None or before.phase is fact.phase:
        return set()
    return {f"phase_entered:{fact.phase.value}", f"phase_left:{before.phase.value}"}


TOPIC = Topic(
    changes={"past_decision_kept": _past_decision_kept, "case_moved_in": _case_moved_in},
    means={
        "past_message_kept": lambda before, fact, after: {f"message_sent:{fact.sender}"},
        "past_decision_kept": lambda before, fact, after: {"ruling_issued"},
        "case_moved_in": _phases_passed,
    },
    known_to={
        "past_message_kept": Known(
            lambda case, fact, audience: fact.to == "all" or audience in (fact.to, fact.sender),
            lambda fact: "all" if fact.to == "all" else "nothing",
            "As it was addressed when it was sent.",
        ),
        "past_decision_kept": everybody("It was told to both sides, and how a matter was decided is told to all in the case."),
        "case_moved_in": everybody("The sides see that it goes on here; which of them may appeal is theirs alone.", "news"),
        "level_passed": inside("What ran out before the move was dealt with there."),
    },
)
