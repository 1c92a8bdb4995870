"""However a case ends, the same has become of what was open in it: nothing runs on, nothing is forgotten, nobody is warned.

Each way out is lived from a case that is full: measures and credits in force, offers open, a report to an authority proposed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from domain.base import Phase, Side
from domain.model import facts as f
from domain.model.terms import KEPT_MEASURE, SANCTION
from domain.rules import complaints
from tests.support.cases import CLAIMANT, LEAD, LEAD_2, LEAD_3, MEDIATOR, OPS, OUTCOMES, PLATFORM, RESPONDENT, Life, a_case
from tests.support.other_cases import OTHER_CASE, elsewhere

MONEY = {"amount": {"amount": 1_000, "currency": "USD"}}
STAYS_BESIDE = {SANCTION.name, KEPT_MEASURE.name, "authority_report", "complaint_window"}
"""What may still fall due in a closed case: the end of a ban or of a measure that was kept, a second person's word, and the end
of the time to complain of the decision."""
Way = Callable[[Life], Life]


def hidden() -> Life:
    """A fraud of which the suspect knows nothing, with a measure, a credit and a report to an authority that waits."""
    life = a_case("fraud_report").with_terms(procedure=(), root_cause_needed=False, hear=(), hear_penalties=False).in_review()
    life.says(MEDIATOR, "impose_interim", measure="payout_freeze", reasons="The money would be gone.")
    life.says(MEDIATOR, "credit_provisionally", **MONEY)
    return life.says(MEDIATOR, "report_to_authority", authority="financial_intelligence_unit", reasons="Nine cards.")


def in_triage() -> Life:
    life = a_case("fraud_report").in_intake()
    return life.says(LEAD, "impose_interim", measure="payout_freeze", reasons="The money would be gone.")


def until(life: Life) -> str:
    return (life.now + timedelta(days=7)).isoformat()


def _withdrawn(life: Life, **named: Any) -> Life:
    return life.says(CLAIMANT, "withdraw").says(LEAD, "accept_withdrawal", **named)


def _agreed(life: Life, lead: str = LEAD) -> Life:
    """A second person reads what is told while somebody is reported in secret."""
    return life.says(lead, "approve") if life.case.phase is Phase.APPROVAL else life


def _ruled(life: Life) -> Life:
    life.says(MEDIATOR, "rule", **OUTCOMES["fraud_report"]["none"])
    _agreed(life).fire("grace")
    return life.fire("appeal_window") if life.case.open else life


def _appealed(life: Life) -> Life:
    life.says(MEDIATOR, "rule", **OUTCOMES["fraud_report"]["none"])
    _agreed(life).fire("grace").says(CLAIMANT, "appeal").says(LEAD_3, "take")
    life.says(LEAD_3, "decide_appeal", decision="uphold")
    _agreed(life, LEAD_2).fire("grace")
    return life.fire("appeal_window") if life.case.open else life


HIDDEN: dict[str, tuple[Callable[[], Life], Way]] = {
    "close, which lifts": (hidden, lambda life: life.says(OPS, "close", ends=["payout_freeze"])),
    "close, which keeps": (hidden, lambda life: life.says(OPS, "close", stays=["payout_freeze"], until=until(life))),
    "decline": (in_triage, lambda life: life.says(LEAD, "decline", ends=["payout_freeze"])),
    "withdrawal accepted, which lifts": (hidden, lambda life: _withdrawn(life, ends=["payout_freeze"])),
    "withdrawal accepted, which keeps": (hidden, lambda life: _withdrawn(life, stays=["payout_freeze"], until=until(life))),
    "ruled": (hidden, _ruled),
    "ruled on appeal": (hidden, _appealed),
}


def offered() -> Life:
    """A payment with an offer of one side and a proposal to both."""
    life = a_case("payment_dispute").with_terms(procedure=(), hear=(), root_cause_needed=False).in_review()
    life.says(RESPONDENT, "offer", remedy="refund", **MONEY)
    return life.says(MEDIATOR, "offer", remedy="refund", **MONEY)


def appealed() -> Life:
    """The shop appeals; meanwhile somebody offers."""
    life = a_case("payment_dispute").with_terms(procedure=(), hear=(), root_cause_needed=False).in_appeal()
    return life.says(RESPONDENT, "offer", remedy="refund", **MONEY)


def merged(life: Life) -> Life:
    life.elsewhere = elsewhere("payment_dispute")
    return life.says(OPS, "merge", into=OTHER_CASE)


def answered(life: Life, to: str) -> Life:
    found = life.case.offer if to == "offer" else life.case.proposal
    assert found is not None
    for side in (RESPONDENT, CLAIMANT) if to == "proposal" else (CLAIMANT,):
        life.says(side, "accept_offer", offer_id=found.id)
    return life


def _upheld(life: Life) -> Life:
    life.says(LEAD_2, "decide_appeal", decision="uphold").fire("grace")
    return life.fire("appeal_window") if life.case.open else life


OFFERED: dict[str, tuple[Callable[[], Life], Way]] = {
    "close": (offered, lambda life: life.says(OPS, "close")),
    "withdraw": (offered, lambda life: life.says(CLAIMANT, "withdraw")),
    "offer accepted": (offered, lambda life: answered(life, "offer")),
    "proposal accepted": (offered, lambda life: answered(life, "proposal")),
    "conceded": (offered, lambda life: life.says(PLATFORM, "state_amount", **MONEY).says(RESPONDENT, "concede")),
    "merged": (offered, merged),
    "ruled": (
        offered,
        lambda life: life.says(MEDIATOR, "rule", **OUTCOMES["payment_dispute"]["light"]).fire("grace").fire("appeal_window"),
    ),
    "settled on appeal": (appealed, lambda life: answered(life, "offer")),
    "appeal decided": (appealed, _upheld),
    "appeal taken back": (appealed, lambda life: _over(life.says(RESPONDENT, "withdraw"))),
    "given up on the other's appeal": (appealed, lambda life: life.says(CLAIMANT, "withdraw")),
}


def _over(life: Life) -> Life:
    return life.fire("appeal_window") if life.case.open else life


def facts_of(life: Life, kind: type[Any]) -> list[Any]:
    return [fact for fact in life.facts if isinstance(fact, kind)]


def check_rest(life: Life) -> None:
    """What holds of every case that has ended."""
    case = life.case
    assert case.phase is Phase.CLOSED
    running = {clock.name for clock in case.clocks if clock.stopped_at is None}
    assert running <= STAYS_BESIDE, "no clock runs on"
    assert {row.clock for row in case.timetable} <= STAYS_BESIDE
    assert (case.appellants, case.requests, case.withdrawal, case.credit_proposed) == ((), (), None, None)
    assert complaints.last(case) or not any(right.allowed for right in case.rights)
    assert not [one for one in case.credits if one.state == "given"], "a credit is final, or taken back"
    named = {one.credit_id for one in facts_of(life, f.ProvisionalCreditEnded)}
    assert named == {one.id for one in case.credits}
    ended = {one for fact in facts_of(life, f.InterimEnded) for one in fact.measure_ids}
    kept = {one for fact in facts_of(life, f.InterimKept) for one in fact.measure_ids}
    assert {fact.measure_id for fact in facts_of(life, f.InterimImposed)} == ended | kept, "each measure is named"
    assert {one.id for one in case.interim} == kept - ended


@pytest.mark.parametrize("way", HIDDEN)
def test_of_a_case_that_the_suspect_does_not_know(way: str) -> None:
    begin, end = HIDDEN[way]
    life = begin()
    proposed = life.case.reports
    life = end(life)
    check_rest(life)
    assert life.case.reports == proposed, "what waits for a second person waits on"
    assert bool(proposed) == ("authority_report" in {row.clock for row in life.case.timetable})
    assert not life.case.is_disclosed
    told = life.notices_for(RESPONDENT)
    assert all(notice.data.get("measure_alone") for notice in told), "a letter about a measure says nothing of a case"
    assert {notice.event for notice in told} <= {"interim_imposed", "interim_ended", "interim_kept"}
    credit = [n.data["credit"]["state"] for n in life.notices_for(CLAIMANT) if n.data.get("credit", {}).get("ended_at")]
    assert len(credit) == len(life.case.credits), "whoever has it is told what becomes of it, with amount and date"


@pytest.mark.parametrize("way", OFFERED)
def test_of_a_case_in_which_something_is_offered(way: str) -> None:
    begin, end = OFFERED[way]
    life = begin()
    made = [one.id for one in (life.case.offer, life.case.proposal) if one is not None]
    began = len(life.notices)
    life = end(life)
    check_rest(life)
    assert (life.case.offer, life.case.proposal) == (None, None)
    assert "open" not in {one.became for one in life.case.offers} | {one.became for one in life.case.proposals}
    over = {getattr(fact, "offer_id", None) or getattr(fact, "proposal_id", None) for fact in life.facts if _ends(fact)}
    assert over >= set(made), "a fact says what became of each"
    for side in Side:
        party = {Side.CLAIMANT: CLAIMANT, Side.RESPONDENT: RESPONDENT}[side]
        own = {r.fact.type for r in life.recordings if r.actor.id == party}
        told = [n for _, n in life.notices[began:] if n.recipient == party]
        assert told or own & {"case_closed"}, f"the {side.value} hears how it ends, and that what was offered is over"


def _ends(fact: f.Fact) -> bool:
    return isinstance(fact, f.OfferAccepted | f.OfferDeclined | f.OfferLapsed | f.ProposalEnded)


@pytest.mark.parametrize("way", ["close", "withdrawal accepted"])
def test_nobody_ends_a_case_past_its_measures(way: str) -> None:
    life = hidden()
    refusal = (
        life.refused(OPS, "close") if way == "close" else life.says(CLAIMANT, "withdraw").refused(MEDIATOR, "accept_withdrawal")
    )
    assert refusal.code == "measures_unnamed"
    life.elsewhere = elsewhere("fraud_report")
    assert life.refused(OPS, "merge", into=OTHER_CASE).code in ("measures_unnamed", "withdrawal_pending")
