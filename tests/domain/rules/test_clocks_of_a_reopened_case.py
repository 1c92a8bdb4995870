"""A case that is reopened: its clocks go on where closing had stopped them, and the time it was closed is a pause."""

from __future__ import annotations

from datetime import timedelta

from domain.base import Phase
from domain.model import facts as f
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, OPS, RESPONDENT, Life, a_case
from tests.support.clock_readings import after, ahead, at, end, rows

DAY = timedelta(days=1)


def withdrawn() -> Life:
    """In review since Monday 2 March, 09:01, first response given; withdrawn on Wednesday at 10:00."""
    return after(a_case().in_review().says(MEDIATOR, "message"), "03-04 10:00", CLAIMANT, "withdraw")


def number(life: Life, clock: str) -> int:
    return life.due(clock).instance


class TestTakenUp:
    def test_the_time_it_was_closed_is_a_pause(self) -> None:
        life = after(withdrawn(), "03-11 10:00", OPS, "reopen")
        assert (number(life, "ruling"), end(life, "ruling")) == (1, at("03-23 09:01"))

    def test_twice_closed_is_two_pauses(self) -> None:
        life = after(withdrawn(), "03-11 10:00", OPS, "reopen")
        after(life, "03-12 10:00", CLAIMANT, "withdraw")
        assert end(after(life, "03-13 10:00", OPS, "reopen"), "ruling") == at("03-24 09:01")

    def test_a_level_that_was_reached_stays_reached(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "message").fire("ruling", "warn").says(CLAIMANT, "withdraw")
        assert set(rows(life.later(DAY).says(OPS, "reopen"), "ruling")) == {"breach"}

    def test_an_unanswered_message_is_still_unanswered(self) -> None:
        life = after(a_case().in_review().says(MEDIATOR, "message"), "03-03 10:00", RESPONDENT, "message")
        after(life, "03-03 12:00", CLAIMANT, "withdraw")
        after(life, "03-05 12:00", OPS, "reopen")
        # Two of sixteen working hours were over.
        assert end(life, "next_update") == at("03-09 10:00")

    def test_what_was_asked_of_a_side_is_gone_and_nothing_waits_for_it(self) -> None:
        life = after(a_case().in_review().says(MEDIATOR, "message"), "03-03 10:00", MEDIATOR, "request_evidence", of="respondent")
        after(life, "03-03 12:00", CLAIMANT, "withdraw")
        after(life, "03-05 12:00", OPS, "reopen")
        # In review again it waits for nobody; two hours for the evidence and two days closed make 18 open hours.
        assert ahead(life) == {"first_response", "ruling"}
        assert end(life, "ruling") == at("03-18 11:01")


class TestBegunAnew:
    def test_a_ruling_that_was_made_is_made_again_from_the_beginning(self) -> None:
        life = a_case().closed().later(DAY)
        reopened = life.says(OPS, "reopen").now
        assert number(life, "ruling") == 2
        assert next(c for c in life.case.clocks if c.name == "ruling" and c.stopped_at is None).started_at == reopened

    def test_not_the_window_to_appeal(self) -> None:
        assert "appeal_window" not in ahead(a_case().closed().says(OPS, "reopen"))

    def test_not_the_settlement(self) -> None:
        life = a_case().in_settlement().says(RESPONDENT, "offer", remedy="payout", amount={"amount": 7, "currency": "USD"})
        life.says(CLAIMANT, "accept_offer").says(OPS, "reopen", reason="asked_by_both", reasons="Both wrote so.")
        assert ahead(life) == {"first_response", "ruling"}

    def test_not_triage_when_it_comes_back_into_review(self) -> None:
        life = a_case().in_intake().says(OPS, "decline").says(OPS, "reopen")
        assert life.case.phase is Phase.REVIEW
        assert ahead(life) == {"first_response", "ruling"}

    def test_not_the_review_of_measures_that_ended_with_the_case(self) -> None:
        life = a_case("fraud_report").in_review()
        life.says(MEDIATOR, "impose_interim", measure="suspend", reasons="It goes on.").says(CLAIMANT, "withdraw")
        life.says(LEAD, "accept_withdrawal", ends=["suspend"]).says(OPS, "reopen")
        assert life.case.interim == ()
        assert "interim_review" not in ahead(life)


class TestLimitOfTheLaw:
    def test_runs_while_the_case_is_closed(self) -> None:
        life = a_case("fraud_report").in_review().later(2 * DAY).says(CLAIMANT, "withdraw").says(MEDIATOR, "accept_withdrawal")
        life.later(20 * DAY).says(OPS, "reopen")
        assert end(life, "final_answer") == at("04-16 09:00")

    def test_over_meanwhile_it_is_told_at_once(self) -> None:
        life = a_case("fraud_report").in_review().later(2 * DAY).says(CLAIMANT, "withdraw").says(MEDIATOR, "accept_withdrawal")
        life.later(60 * DAY).says(OPS, "reopen")
        life.outage(timedelta(minutes=1))
        told = [(x.level, x.count) for x in life.facts if isinstance(x, f.LevelReached) and x.clock == "final_answer"]
        assert told == [("warn", 0), ("breach", 0)]

    def test_begins_anew_for_an_answer_that_was_given_and_is_taken_back(self) -> None:
        life = a_case("fraud_report").closed().later(DAY).says(OPS, "reopen")
        assert number(life, "final_answer") == 2
        assert end(life, "final_answer") == life.now + 45 * DAY
