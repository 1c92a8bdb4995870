"""Nobody loses by a ruling who was not told of the matter, or had no time to say something to it."""

from datetime import timedelta
from typing import Any, ClassVar

import pytest

from domain.base import Phase, Side
from domain.model.case import Case
from domain.model.terms import Terms
from domain.rules.hearing import told_at, unheard
from tests.support.cases import CLAIMANT, LEAD, LEAD_2, MEDIATOR, OPS, OUTCOMES, RESPONDENT, STATEMENT, WITNESS, Life, a_case

PAY = OUTCOMES["bounty_dispute"]["light"]
NOTHING = OUTCOMES["bounty_dispute"]["none"]


def in_review(kind: str = "bounty_dispute") -> Life:
    return a_case(kind).that_protects().in_review()


def why(case: Case, side: Side = Side.RESPONDENT) -> str | None:
    found = unheard(case, side)
    return found.missing if found is not None else None


@pytest.mark.parametrize("kind", ["bounty_dispute", "payment_dispute"])
def test_nobody_loses_whom_nobody_knows_but_where_people_are_protected(kind: str) -> None:
    """In a dispute between two the money is the other one's, who could neither answer nor appeal."""
    life = a_case(kind).that_protects().without_respondent().opened()
    assert life.case.phase.value == "intake", "a person finds out who it is"
    life.says(OPS, "admit").says(CLAIMANT, "escalate").says(OPS, "assign", owner=MEDIATOR)
    refusal = life.refused(MEDIATOR, "rule", **OUTCOMES[kind]["light"])
    assert (refusal.code, refusal.fields["missing"]) == ("not_heard", "nobody")


class TestRule:
    def test_waits_for_the_side_that_loses_and_says_until_when(self) -> None:
        life = in_review()
        refusal = life.refused(MEDIATOR, "rule", **PAY)
        assert refusal.code == "not_heard"
        assert (refusal.fields["side"], refusal.fields["missing"]) == ("respondent", "time")
        assert refusal.fields["until"] == life.due("respondent_reply").due_at.isoformat() or refusal.fields["until"]

    @pytest.mark.parametrize("word", ["message", "submit_evidence"])
    def test_whoever_has_spoken_was_heard(self, word: str) -> None:
        assert in_review().says(RESPONDENT, word).says(MEDIATOR, "rule", **PAY).case.phase is Phase.RULED

    def test_an_offer_in_the_settlement_is_a_word_and_yet_their_time_runs_on(self) -> None:
        life = a_case("bounty_dispute").that_protects().in_settlement()
        money = {"amount": 7, "currency": "USD"}
        life.says(RESPONDENT, "offer", remedy="payout", amount=money).says(CLAIMANT, "escalate").says(MEDIATOR, "take")
        assert life.case.heard == (Side.CLAIMANT, Side.RESPONDENT)
        assert why(life.case) == "time"

    def test_whoever_says_nothing_is_decided_about_on_file(self) -> None:
        life = in_review().fire("respondent_reply", "end")
        assert why(life.case) is None
        assert life.says(MEDIATOR, "rule", **PAY).case.phase is Phase.RULED

    def test_somebody_who_could_not_be_reached_has_their_time_and_no_more(self) -> None:
        life = in_review().says("system", "report_delivery", notice_id="ntc_1", reason="mailbox_gone")
        assert why(life.case) == "time"
        assert why(life.fire("respondent_reply", "end").case) is None

    def test_the_time_of_somebody_who_was_never_told_stands_still_until_it_runs_on_by_itself(self) -> None:
        life = in_review()
        life = life.says("system", "report_delivery", notice_id="ntc_1", reason="bounced", recipient=RESPONDENT)
        (hold,) = life.case.holds
        assert (hold.of, hold.reason) == ("respondent_reply", "not_told")
        assert hold.until == hold.since + timedelta(days=14)
        assert life.refused(MEDIATOR, "rule", **PAY).fields["missing"] == "time"
        again = life.says("system", "report_delivery", notice_id="ntc_2", reason="bounced", recipient=RESPONDENT)
        assert len(again.case.holds) == 1, "once is enough"
        resumed = again.says(LEAD, "resume", clock="respondent_reply")
        assert why(resumed.fire("respondent_reply", "end").case) is None

    def test_a_witness_does_not_speak_for_the_side(self) -> None:
        life = a_case("bounty_dispute").that_protects().with_party(WITNESS, "respondent", "witness").in_review()
        assert why(life.says(WITNESS, "message").case) == "answer"

    def test_time_that_was_given_to_answer_a_question_is_theirs(self) -> None:
        life = in_review().says(RESPONDENT, "message").says(MEDIATOR, "request_evidence", of="respondent")
        assert life.refused(MEDIATOR, "rule", **PAY).fields["missing"] == "time"
        assert life.says(RESPONDENT, "submit_evidence").says(MEDIATOR, "rule", **PAY).case.phase is Phase.RULED

    def test_a_pause_of_their_time_takes_nothing_from_them(self) -> None:
        life = in_review().says(LEAD, "pause", clock="respondent_reply", reason="ill")
        refusal = life.later(timedelta(days=9)).refused(MEDIATOR, "rule", **PAY)
        assert (refusal.fields["missing"], refusal.fields["until"]) == ("time", None)

    def test_by_which_nobody_loses_needs_no_hearing(self) -> None:
        assert in_review().says(MEDIATOR, "rule", **NOTHING).case.phase is Phase.RULED

    def test_whoever_reports_has_said_so_with_the_report(self) -> None:
        life = in_review()
        assert why(life.case, Side.CLAIMANT) is None
        assert told_at(life.case, Side.CLAIMANT) == life.case.opened_at

    def test_what_gives_the_other_side_its_due_waits_for_nobody_and_what_hits_does(self) -> None:
        life = in_review("fraud_report")
        both: dict[str, Any] = {**OUTCOMES["fraud_report"]["both"]}
        assert life.refused(MEDIATOR, "rule", **both).code == "not_heard"
        assert life.says(MEDIATOR, "rule", **OUTCOMES["fraud_report"]["light"]).case.phase is Phase.RULED

    def test_running_cases_go_on_as_they_did(self) -> None:
        life = a_case("bounty_dispute").with_terms(hear=(), heard_when="asked").in_review()
        assert life.says(MEDIATOR, "rule", **PAY).case.phase is Phase.RULED


class TestMoreFollows:
    """One word does not end a party's time to answer against their will."""

    @pytest.mark.parametrize("word", ["message", "submit_evidence"])
    def test_keeps_their_time_running_to_its_end(self, word: str) -> None:
        life = in_review()
        until = next(row.due_at for row in life.case.timetable if (row.clock, row.level) == ("respondent_reply", "end"))
        life.says(RESPONDENT, word, more_follows=True)
        refusal = life.refused(MEDIATOR, "rule", **PAY)
        assert (refusal.fields["missing"], refusal.fields["until"]) == ("time", until.isoformat())
        life.says(RESPONDENT, word, more_follows=True)
        assert why(life.fire("respondent_reply", "end").case) is None

    @pytest.mark.parametrize("word", ["message", "submit_evidence"])
    def test_until_they_say_something_without_it(self, word: str) -> None:
        life = in_review().says(RESPONDENT, word, more_follows=True).says(RESPONDENT, "message")
        assert life.says(MEDIATOR, "rule", **PAY).case.phase is Phase.RULED

    def test_closes_no_request(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent").says(RESPONDENT, "message")
        life.says(RESPONDENT, "submit_evidence", more_follows=True)
        assert (len(life.case.requests), why(life.case)) == (1, "time")
        assert why(life.says(RESPONDENT, "submit_evidence").case) is None

    def test_is_no_answer_where_only_what_was_asked_counts(self) -> None:
        life = in_review("conduct_report").says(MEDIATOR, "request_evidence", of="respondent")
        assert why(life.says(RESPONDENT, "submit_evidence", more_follows=True).case) == "time"
        assert why(life.fire("respondent_response", "end").case) is None

    def test_answers_nothing_that_the_other_side_handed_in(self) -> None:
        life = in_review().says(CLAIMANT, "submit_evidence").says(RESPONDENT, "message", more_follows=True)
        assert [one.against for one in life.case.unanswered] == [Side.RESPONDENT, Side.CLAIMANT]

    def test_is_a_partys_to_say(self) -> None:
        life = in_review().says(MEDIATOR, "message", more_follows=True)
        assert not getattr(life.facts[-1], "more_follows", None)

    def test_the_team_is_told(self) -> None:
        life = in_review().says(RESPONDENT, "message", more_follows=True)
        assert [n.data.get("more_follows") for n in life.notices_for(MEDIATOR)][-1:] == [True]


UNFOUNDED = {"outcome": "unfounded", "ground": "without_ground"}
WARNED = {"outcome": "suspicious_unproven", "ground": "friendly_fraud", "remedies": [{"type": "warn", "to": "claimant"}]}


class TestACharge:
    """Whoever reported it has said nothing to the charge that they did so in bad faith."""

    @pytest.mark.parametrize(("kind", "ruling"), [("bounty_dispute", UNFOUNDED), ("fraud_report", WARNED)])
    def test_waits_for_an_answer_that_was_asked_for(self, kind: str, ruling: dict[str, Any]) -> None:
        life = in_review(kind).says(CLAIMANT, "message")
        refusal = life.refused(MEDIATOR, "rule", **ruling)
        assert (refusal.code, refusal.fields["side"], refusal.fields["missing"]) == ("not_heard", "claimant", "charge")
        life.says(MEDIATOR, "request_evidence", of="claimant", ground=ruling["ground"])
        assert life.refused(MEDIATOR, "rule", **ruling).fields["missing"] == "time"
        assert life.says(CLAIMANT, "submit_evidence").says(MEDIATOR, "rule", **ruling).case.ruling is not None

    def test_or_for_the_time_to_answer_that_went_by(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="claimant", ground=UNFOUNDED["ground"])
        life.fire("claimant_response", "end")
        assert life.says(MEDIATOR, "rule", **UNFOUNDED).case.ruling is not None

    def test_what_they_hand_in_of_themselves_answers_no_question(self) -> None:
        life = in_review().says(CLAIMANT, "submit_evidence")
        assert life.refused(MEDIATOR, "rule", **UNFOUNDED).fields["missing"] == "charge"

    def test_nor_does_a_witness_of_theirs_or_a_proof_of_who_they_are(self) -> None:
        life = a_case("bounty_dispute").that_protects().with_party(WITNESS, "claimant", "witness").in_review()
        life.says(MEDIATOR, "request_evidence", of="claimant", party=WITNESS).says(WITNESS, "submit_evidence")
        life.says(MEDIATOR, "ask_identity").says(CLAIMANT, "submit_evidence")
        assert life.refused(MEDIATOR, "rule", **UNFOUNDED).fields["missing"] == "charge"

    def test_merely_losing_is_none(self) -> None:
        assert in_review().says(MEDIATOR, "rule", **NOTHING).case.ruling is not None

    def test_each_of_several_answers_for_themselves(self) -> None:
        life = a_case("fraud_report").that_protects().with_party("pty_second", "claimant", "principal").in_review()
        life.says("pty_second", "message").says(MEDIATOR, "request_evidence", of="claimant").says(CLAIMANT, "submit_evidence")
        refusal = life.refused(MEDIATOR, "rule", **WARNED)
        assert (refusal.fields["missing"], refusal.fields["party"]) == ("charge", "pty_second")

    def test_is_put_to_nobody_in_order_to_warn_another(self) -> None:
        life = a_case("fraud_report").that_protects().with_party("pty_second", "claimant", "principal").in_review()
        life.says(MEDIATOR, "request_evidence", of="claimant", party=CLAIMANT, ground="friendly_fraud")
        life.says(CLAIMANT, "submit_evidence").says("pty_second", "message")
        of_one = {**WARNED, "relies_on": []}
        other = life.refused(
            MEDIATOR, "rule", **{**of_one, "remedies": [{"type": "warn", "to": "claimant", "party": "pty_second"}]}
        )
        assert (other.fields["missing"], other.fields["party"]) == ("charge", "pty_second")
        life.says(MEDIATOR, "rule", **{**of_one, "remedies": [{"type": "warn", "to": "claimant", "party": CLAIMANT}]})
        assert life.case.ruling is not None

    def test_what_was_answered_before_the_case_was_taken_up_again_answers_nothing_new(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="claimant").says(CLAIMANT, "submit_evidence")
        life.says(OPS, "close", reason="withdrawn").says(OPS, "reopen", reason="mistake").says(OPS, "assign", owner=MEDIATOR)
        assert life.says(CLAIMANT, "message").refused(MEDIATOR, "rule", **UNFOUNDED).fields["missing"] == "charge"

    def test_whoever_took_the_report_back_is_neither_asked_nor_hit(self) -> None:
        life = in_review("fraud_report").says(CLAIMANT, "withdraw").says(MEDIATOR, "continue_of_office")
        assert life.refused(MEDIATOR, "rule", **WARNED).fields["missing"] == "charge"


class TestAPenalty:
    """Also where a kind hears the side on nothing else."""

    REMOVED: ClassVar[dict[str, Any]] = {
        "outcome": "remove", "appellant": "author", "decider": "per_first", "content": "post-77", "ground": "sexual_content",
        "effective_at": "2026-02-20T10:00:00Z",
    }  # fmt: skip
    KEPT: ClassVar[dict[str, Any]] = {**REMOVED, "outcome": "keep", "appellant": "reporter"}

    def appealed(self, decision: dict[str, Any]) -> Life:
        life = a_case("moderation_appeal", decision=decision).that_protects().with_terms(worse_on_appeal=True).opened()
        return life.says(MEDIATOR, "take")

    def warning(self, *to: str) -> dict[str, Any]:
        remedies = [{"type": "remove", "to": to[0]}, *({"type": "warn", "to": one} for one in to)]
        return {"outcome": "remove", "ground": "hate", "remedies": remedies, "statement": STATEMENT}

    def test_of_whoever_is_on_the_other_side_of_an_appeal_waits_until_they_could_answer(self) -> None:
        life, warned = self.appealed(self.REMOVED), {"decision": "vary", **self.warning("respondent")}
        refusal = life.refused(MEDIATOR, "decide_appeal", **warned)
        assert (refusal.code, refusal.fields["side"], refusal.fields["missing"]) == ("not_heard", "respondent", "answer")
        assert life.says(RESPONDENT, "message").says(MEDIATOR, "decide_appeal", **warned).case.phase is Phase.RULED

    def test_or_their_time_went_by(self) -> None:
        life = self.appealed(self.REMOVED).says(MEDIATOR, "request_evidence", of="respondent").fire("respondent_response", "end")
        life.says(MEDIATOR, "decide_appeal", decision="vary", **self.warning("respondent"))
        assert life.case.phase is Phase.RULED

    def test_of_whoever_reported_waits_until_they_were_asked(self) -> None:
        life = self.appealed(self.KEPT).says(CLAIMANT, "message")
        warned = {"decision": "overturn", **self.warning("respondent", "claimant")}
        assert life.refused(MEDIATOR, "decide_appeal", **warned).fields["missing"] == "charge"
        life.says(MEDIATOR, "request_evidence", of="claimant", ground="hate").says(CLAIMANT, "submit_evidence")
        assert life.says(MEDIATOR, "decide_appeal", **warned).case.phase is Phase.RULED

    def test_of_the_author_comes_with_its_reasons_and_a_fresh_right(self) -> None:
        life = self.appealed(self.KEPT).says(MEDIATOR, "decide_appeal", decision="overturn", **self.warning("respondent"))
        assert life.case.phase is Phase.RULED
        assert life.fire("grace").says(RESPONDENT, "appeal").case.phase is Phase.APPEAL

    def test_of_before_goes_on_as_it_did(self) -> None:
        assert not Terms.model_fields["hear_penalties"].default


class TestOnAppeal:
    def appealed(self) -> Life:
        """The researcher, who got a part, wants more; the programme has not said anything to that."""
        life = in_review().says(RESPONDENT, "message")
        life.says(MEDIATOR, "rule", **OUTCOMES["bounty_dispute"]["both"], relies_on=[])
        return life.fire("grace").says(CLAIMANT, "appeal").says(LEAD_2, "take")

    def test_the_other_side_is_heard_before_it_loses_more(self) -> None:
        life = self.appealed()
        more = {"decision": "vary", "remedies": [{"type": "payout", "amount": {"amount": 70_000, "currency": "USD"}}]}
        refusal = life.refused(LEAD_2, "decide_appeal", **more)
        assert (refusal.code, refusal.fields["side"]) == ("not_heard", "respondent")
        assert life.says(RESPONDENT, "message").says(LEAD_2, "decide_appeal", **more).case.phase is Phase.RULED

    @pytest.mark.parametrize("decision", ["uphold", "remit"])
    def test_what_takes_nothing_new_from_it_waits_for_nobody(self, decision: str) -> None:
        assert self.appealed().says(LEAD_2, "decide_appeal", decision=decision).case.phase is Phase.RULED

    def test_its_time_runs_from_when_it_is_told_of_the_appeal(self) -> None:
        assert "respondent_reply" in {row.clock for row in self.appealed().case.timetable}


class TestSteps:
    def investigated(self) -> Life:
        life = a_case("safety_incident").that_protects().in_review().disclosed(ground="duty_of_care")
        life.says(MEDIATOR, "complete_step", steps=["reporter_is_safe", "both_sides_heard", "expert_heard"])
        return life.says(MEDIATOR, "name_root_cause", cause="handling")

    def test_that_both_were_heard_is_noted_when_it_is_true(self) -> None:
        life = self.investigated()
        assert {step.step for step in life.case.steps} == {"reporter_is_safe", "expert_heard"}
        assert life.refused(MEDIATOR, "complete_step", step="both_sides_heard").code == "not_heard"
        life.says(RESPONDENT, "message").says(MEDIATOR, "complete_step", step="both_sides_heard")
        assert "both_sides_heard" in {step.step for step in life.case.steps}

    def test_a_ruling_by_which_nobody_loses_does_not_wait_for_it(self) -> None:
        assert self.investigated().says(MEDIATOR, "rule", outcome="accident", ground="no_breach").case.phase is Phase.RULED

    def test_left_out_by_whoever_rules_it_needs_a_second_person_and_takes_the_place_of_no_hearing(self) -> None:
        life = self.investigated().says(MEDIATOR, "skip_step", step="both_sides_heard")
        found: dict[str, Any] = {
            "outcome": "substantiated",
            "ground": "duty_of_care",
            "remedies": [{"type": "warn", "to": "respondent"}],
        }
        assert life.refused(MEDIATOR, "rule", **found).code == "not_heard"
        life.says(RESPONDENT, "message").says(MEDIATOR, "rule", **found)
        drafted = next(fact for fact in reversed(life.facts) if fact.type == "ruling_drafted")
        assert (life.case.phase, getattr(drafted, "approval_because", None)) == (Phase.APPROVAL, "step_skipped")


class TestOnAppealOfWhoWasAsked:
    """In kinds that ask: whoever did not appeal is asked anew, on what the appeal is about."""

    THREAT: ClassVar[dict[str, Any]] = {"decision": "overturn", "outcome": "violation", "ground": "threat"}

    def cleared(self) -> Life:
        life = in_review("conduct_report").says(MEDIATOR, "complete_step", steps=["evidence_secured", "record_checked"])
        life.says(MEDIATOR, "request_evidence", of="respondent").says(RESPONDENT, "submit_evidence")
        life.says(MEDIATOR, "rule", outcome="no_violation", ground="no_clause").fire("grace").says(CLAIMANT, "appeal")
        return life.says(LEAD_2, "take")

    def test_what_they_answered_before_is_no_answer_to_it(self) -> None:
        refusal = self.cleared().refused(LEAD_2, "decide_appeal", **self.THREAT)
        assert (refusal.code, refusal.fields["side"], refusal.fields["missing"]) == ("not_heard", "respondent", "answer")

    def test_asked_anew_they_have_their_whole_time(self) -> None:
        life = self.cleared().says(LEAD_2, "request_evidence", of="respondent", ground="threat")
        assert life.refused(LEAD_2, "decide_appeal", **self.THREAT).fields["missing"] == "time"
        assert life.fire("respondent_response", "end").says(LEAD_2, "decide_appeal", **self.THREAT).case.phase is Phase.RULED

    def test_what_follows_from_a_remit_waits_as_well(self) -> None:
        life = self.cleared().says(LEAD_2, "decide_appeal", decision="remit").fire("grace").says(LEAD, "take")
        assert life.refused(LEAD, "rule", outcome="violation", ground="threat").code == "not_heard"
        life.says(LEAD, "request_evidence", of="respondent", ground="threat").says(RESPONDENT, "submit_evidence")
        assert life.says(LEAD, "rule", outcome="violation", ground="threat").case.phase is Phase.RULED

    def test_whoever_appeals_was_heard(self) -> None:
        life = in_review("conduct_report").says(MEDIATOR, "complete_step", steps=["evidence_secured", "record_checked"])
        life.says(MEDIATOR, "request_evidence", of="respondent", ground="threat").says(RESPONDENT, "submit_evidence")
        life.says(MEDIATOR, "rule", outcome="violation", ground="threat").fire("grace").says(RESPONDENT, "appeal")
        assert why(life.case) is None

    def test_taken_up_again_each_of_several_is_heard_anew(self) -> None:
        life = a_case("conduct_report").that_protects().with_party("pty_two", "respondent", "principal").in_review()
        life.says(MEDIATOR, "request_evidence", of="respondent").fire("respondent_response", "end")
        assert life.case.heard_parties == (RESPONDENT, "pty_two")
        life.says(MEDIATOR, "complete_step", steps=["evidence_secured", "record_checked"])
        life.says(MEDIATOR, "rule", outcome="no_violation", ground="no_clause").fire("grace").fire("appeal_window")
        assert life.says(OPS, "reopen").case.heard_parties == ()


class TestWhatTheOtherSideIsGiven:
    """An outcome that waits only where a measure hits somebody does so on appeal as in review."""

    BACK: ClassVar[dict[str, Any]] = {"decision": "overturn", "outcome": "confirmed", "ground": "stolen_payment"}
    REFUND: ClassVar[dict[str, Any]] = {"type": "refund", "amount": {"amount": 5_000, "currency": "USD"}}

    def denied(self) -> Life:
        life = a_case("fraud_report", amount={"amount": 5_000, "currency": "USD"}).that_protects().in_review()
        life.says(MEDIATOR, "rule", outcome="false_positive", ground="no_fraud").fire("grace")
        return life.says(CLAIMANT, "appeal").says(LEAD_2, "take")

    def test_is_given_on_appeal_without_telling_the_one_who_is_not_hit(self) -> None:
        life = self.denied().says(LEAD_2, "decide_appeal", **self.BACK, remedies=[self.REFUND])
        assert (life.case.phase, life.case.is_disclosed) == (Phase.RULED, False)

    def test_not_what_hits_them(self) -> None:
        warned = [self.REFUND, {"type": "warn", "to": "respondent"}]
        assert self.denied().refused(LEAD_2, "decide_appeal", **self.BACK, remedies=warned).code == "not_heard"
