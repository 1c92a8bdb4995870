"""Where a case stands: what entering a phase, closing and reopening do to everything else in it."""

from __future__ import annotations

from typing import Any, Final

from domain.base import Outcome, Phase, Side
from domain.model import facts as f
from domain.model.case import Case
from domain.rules import appointments, complaints
from domain.rules.agreement import AGREED
from domain.rules.agreement_terms import said_of_question
from domain.rules.audiences import BACK, UNTOLD, Audience
from domain.rules.clocks import ended, moved_on, reopened
from domain.rules.evidence import dropped
from domain.rules.interim import said_of_kept
from domain.rules.lifecycle import SEEKS_OWNER
from domain.rules.rule import Change
from domain.rules.settlement import all_over
from domain.rules.topic import Known, NoticeData, Topic, everybody, words_of

ASKED_BY: Final = {
    "asked_by_claimant": (Side.CLAIMANT,), "asked_by_respondent": (Side.RESPONDENT,), "asked_by_both": (*Side,),
}  # fmt: skip
"""By reason of a reopening: the sides whose wish it says it is."""
ABOUT_NEWS = frozenset({"new_evidence", "new_fact", "new_facts", "new_signal", "more_data_found", "more_victims"})
"""Reasons to take a case up again that are about something new. For any other, whoever appealed alone keeps what they have."""


def _phase_entered(case: Case, rec: f.Recording, fact: f.PhaseEntered) -> Change:
    change: Change = {"phase": fact.phase, "phase_entered_at": rec.at, **moved_on(case, fact, rec.at)}
    if fact.phase is not Phase.SETTLEMENT and not fact.offer_stays:
        change |= all_over(case, rec.at)
    if fact.reason == AGREED:
        # The goods go back first. Whatever was asked, drafted or appealed is over with the agreement.
        change |= {"ruling": None, "appellants": (), "appealed_alone": None, **dropped(case, rec.at)}
    if fact.phase is Phase.APPEALABLE:
        change["appellants"] = ()
    if fact.phase in SEEKS_OWNER:
        # Whoever decides starts without a draft.
        change["ruling"] = None
    if case.phase is Phase.CLOSED:
        # A complaint that came in time takes a closed case up again; one that is reopened has done so before.
        change |= {"outcome": None, "closed_at": None, "close_reason": None}
    if fact.phase is Phase.APPEAL and case.phase in (Phase.APPEALABLE, Phase.CLOSED):
        change |= {"round": case.round + 1, "owner": None, "queue": case.terms.appeal_queue}
    owner = change.get("owner", case.owner)
    change["owner_sought"] = fact.phase in SEEKS_OWNER and owner is None
    return change


def _case_closed(case: Case, rec: f.Recording, fact: f.CaseClosed) -> Change:
    over = {"allowed": False, "because": "window_over"}
    lasts = fact.outcome is Outcome.RULED and complaints.last(case)
    return {
        "rights": case.rights if lasts else tuple(r.model_copy(update=over) if r.allowed else r for r in case.rights),
        "phase": Phase.CLOSED,
        "phase_entered_at": rec.at,
        "closed_at": rec.at,
        "outcome": fact.outcome,
        "close_reason": fact.reason,
        "owner_sought": False,
        **all_over(case, rec.at),
        "returning": None,
        "appellants": (),
        # What they agreed, or took back, is no decision by which anybody could come out with less.
        "appealed_alone": None if fact.outcome in (Outcome.SETTLED, Outcome.WITHDRAWN) else case.appealed_alone,
        "credit_proposed": None,
        "lowering": None,
        "no_request": None,
        # A draft that never reached the parties dies with a case that ends otherwise.
        "ruling": case.ruling if fact.outcome is Outcome.RULED else None,
        **ended(case, rec.at),
        **dropped(case, rec.at),
        **appointments.over(case),
    }


def _case_reopened(case: Case, rec: f.Recording, fact: f.CaseReopened) -> Change:
    agreed = case.settlement if case.outcome is Outcome.SETTLED else None
    return {
        **({"settlement": agreed.model_copy(update={"reopened": True, "reopened_at": rec.at})} if agreed is not None else {}),
        "outcome": None,
        "closed_at": None,
        "close_reason": None,
        "ruling": None,
        "owner": None,
        "queue": case.terms.queue,
        "rights": (),
        **_whoever_appealed_alone(case, rec, fact),
        "relied_on": _who_relied_on_it(case, rec, fact),
        # What is decided afresh can be appealed afresh.
        "appeals_used": (),
        "appealed_by": (),
        # Whoever has something to lose by what has come to light is asked about it.
        "heard": (),
        "final": (
            *(e.id for e in case.effects_in_force),
            *(w.id for w in case.withheld),
            *(s.id for s in case.sanctions if s.voided_at is None),
        ),
        **(reopened_afresh(case, fact.about_deciders) if fact.new_decider else {}),
        **reopened(case, rec, fact),
    }


def _whoever_appealed_alone(case: Case, rec: f.Recording, fact: f.CaseReopened) -> Change:
    """What is new is weighed anew, where there is something: evidence, a signal or a report came in since the ruling, or a
    machine says it now. What is only said to be new, or a mere word, takes a second person to make them worse off.
    """
    if fact.reason not in ABOUT_NEWS:
        return {}
    came = _came_since(case, rec)
    return {"appealed_alone": None} if came else {"claims_news": case.appealed_alone is not None}


def _who_relied_on_it(case: Case, rec: f.Recording, fact: f.CaseReopened) -> tuple[Side, ...]:
    """Whoever could rely on a ruling that was final, where nothing new is in the file for which it is taken up again. A side that
    wants it, and has said something since the ruling, does not rely on it.

    What is set aside is decided by two who had no part in it, neither of the other's line (:mod:`domain.rules.annulment`).
    European Convention on Human Rights, protocol No 7, article 4(2); Brumărescu v Romania (28342/95), paragraph 61.
    """
    if not case.rulings or case.outcome is Outcome.SETTLED or fact.reason == "annulled" or _came_since(case, rec):
        return ()
    wish = {side for side in ASKED_BY.get(fact.reason, ()) if case.came_in.get(side.value, 0) > case.told_seq}
    return tuple(side for side in Side if side not in wish)


def _came_since(case: Case, rec: f.Recording) -> bool:
    return rec.actor.role in ("platform", "system") or case.came_in.get("evidence", 0) > case.told_seq


def reopened_afresh(case: Case, about_deciders: bool) -> Change:
    """The matter goes to somebody who had no part in it so far; with ``about_deciders``, to nobody of their line either."""
    line = {"line": True} if about_deciders else {}
    theirs = {case.owner, *(part.person for part in case.involved)} if about_deciders else set()
    return {
        # What they ticked off of the procedure is done anew, as the decision is.
        "steps": tuple(done for done in case.steps if done.by not in theirs),
        "round": case.round + 1,
        "involved": tuple(part.model_copy(update=line) for part in case.involved),
        "ruling": None,
        "owner": None,
        "queue": case.terms.queue,
        "rights": (),
        "appeals_used": (),
        "appealed_by": (),
    }


def end_codes(case: Case, reason: str | None, audience: Audience) -> dict[str, Any]:
    """Why, and where a merged matter goes on; the other side is not told of the case that it went into."""
    into = {"into": case.merged_into} if case.merged_into is not None and audience != "respondent" else {}
    return {"reason": reason, **into}


def said_of_end(case: Case, fact: f.CaseDeclined | f.CaseClosed | f.CaseReopened, audience: Audience) -> NoticeData:
    """Why a case was turned away, closed or taken up again, and what stays in force although it is over."""
    anew = {"new_decider": True} if isinstance(fact, f.CaseReopened) and fact.new_decider else {}
    kept = said_of_question(case) if isinstance(fact, f.CaseReopened) else said_of_kept(case, audience)
    return NoticeData({**end_codes(case, fact.reason, audience), **anew, **kept}, {"reasons": fact.reasons})


def _entered(before: Case | None, fact: f.PhaseEntered, after: Case) -> set[str]:
    # A draft that comes back does not begin the phase anew: a clock of its beginning does not start again.
    entered = {f"phase_{'resumed' if fact.reason in BACK else 'entered'}:{fact.phase.value}"}
    left = before is not None and before.phase is not fact.phase
    return entered | ({f"phase_left:{before.phase.value}"} if before is not None and left else set())


TOPIC = Topic(
    changes={"phase_entered": _phase_entered, "case_closed": _case_closed, "case_reopened": _case_reopened},
    means={
        "phase_entered": _entered,
        "case_closed": lambda before, fact, after: {f"phase_left:{before.phase.value}"} if before is not None else (),
    },
    words=words_of("phase_entered", *Phase) | words_of("phase_resumed", *Phase) | words_of("phase_left", *Phase),
    known_to={
        "case_opened": everybody("It is their case; whoever is turned away at the gate is the only one to hear of it."),
        "phase_entered": Known(
            lambda case, fact, audience: fact.phase not in UNTOLD and fact.reason not in BACK,
            lambda fact: "all",
            "How the matter stands; not that a ruling waits for approval or grace, or came back from there.",
        ),
        "case_closed": everybody("How the matter ends."),
        "case_reopened": everybody("How the matter goes on."),
    },
    said={"case_closed": said_of_end, "case_reopened": said_of_end},
)
