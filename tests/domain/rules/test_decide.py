"""What each command brings about, and what it is refused for, beyond who may send it (that is the matrix's business)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Outcome, Phase, Side
from domain.model import facts as f
from domain.model.facts import SYSTEM, Actor
from domain.rules.decide import decide
from domain.rules.rule import DecisionContext
from tests.support.cases import (
    AGENT,
    CLAIMANT,
    FRIEND,
    KINDS,
    LEAD,
    LEAD_2,
    MEDIATOR,
    MEDIATOR_2,
    OPS,
    OUTCOMES,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    WITNESS,
    a_case,
)


def names(facts: tuple[f.Fact, ...]) -> list[str]:
    return [fact.type for fact in facts]


def dollars(amount: int) -> dict[str, Any]:
    return {"amount": amount * 100, "currency": "USD"}


class TestOpen:
    def test_a_bounty_dispute_begins_with_a_settlement(self) -> None:
        life = a_case("bounty_dispute").opened()
        assert names(life.facts) == ["case_opened", "phase_entered"]
        assert life.case.phase is Phase.SETTLEMENT

    def test_a_fraud_report_begins_with_the_investigation(self) -> None:
        assert a_case("fraud_report").opened().case.phase is Phase.REVIEW

    def test_a_gate_that_declines_closes_it_with_the_reason(self) -> None:
        life = a_case("bounty_dispute", attributes={"programme_excluded": True}).opened()
        assert names(life.facts) == ["case_opened", "case_declined", "case_closed"]
        assert (life.case.outcome, life.case.close_reason) == (Outcome.DECLINED, "programme_excluded")
        assert life.case.quiet

    def test_a_gate_that_cannot_tell_leaves_it_to_triage(self) -> None:
        life = a_case("bounty_dispute", attributes={"reporter_standing": -1}).opened()
        assert life.case.phase is Phase.INTAKE
        assert [row.clock for row in life.case.timetable] == ["triage"]

    def test_without_a_case_nothing_else_can_be_said(self) -> None:
        life = a_case()
        assert life.refused(ROBOT, "assign", owner=MEDIATOR).code == "not_opened"


class TestDecline:
    def test_the_reason_is_kept_with_the_fact_and_the_closing(self) -> None:
        life = a_case().in_intake().says(OPS, "decline", reason="not_ours", reasons="Ask the bank.")
        declined, closed = life.facts[-2:]
        assert isinstance(declined, f.CaseDeclined)
        assert isinstance(closed, f.CaseClosed)
        assert declined.reason == closed.reason == "not_ours"
        assert declined.reasons is not None
        assert life.sealer.texts[declined.reasons.content_id] == "Ask the bank."


class TestMessage:
    @pytest.mark.parametrize(
        ("who", "sender"), [(CLAIMANT, "claimant"), (MEDIATOR, "staff"), (OPS, "staff"), (PLATFORM, "platform")]
    )
    def test_says_from_where_it_comes(self, who: str, sender: str) -> None:
        fact = a_case().in_review().says(who, "message").facts[-1]
        assert isinstance(fact, f.MessageSent)
        assert fact.sender == sender

    def test_only_the_teams_is_a_first_response(self) -> None:
        life = a_case("fraud_report").in_review().says(PLATFORM, "message").says(CLAIMANT, "message")
        assert "first_response" in {row.clock for row in life.case.timetable}
        life.says(MEDIATOR, "message")
        assert "first_response" not in {row.clock for row in life.case.timetable}


class TestRequestEvidence:
    def test_both_sides_can_be_asked_at_once(self) -> None:
        life = (
            a_case()
            .in_review()
            .says(MEDIATOR, "request_evidence", of="claimant")
            .says(MEDIATOR, "request_evidence", of="respondent")
        )
        assert [r.of for r in life.case.requests] == [Side.CLAIMANT, Side.RESPONDENT]
        assert life.case.waiting_on == "both"


class TestSubmitEvidence:
    def test_answers_everything_its_side_was_asked(self) -> None:
        life = a_case().in_review()
        for of in ("respondent", "respondent", "claimant"):
            life.says(MEDIATOR, "request_evidence", of=of)
        life.says(RESPONDENT, "submit_evidence")
        assert [r.of for r in life.case.requests] == [Side.CLAIMANT]

    def test_a_representative_answers_for_the_side(self) -> None:
        life = a_case().with_party(AGENT, "claimant", "representative").in_review()
        life.says(MEDIATOR, "request_evidence", of="claimant").says(AGENT, "submit_evidence")
        assert life.case.requests == ()

    def test_a_witness_and_the_platform_answer_for_nobody(self) -> None:
        life = a_case().with_party(WITNESS, "respondent", "witness").in_review()
        life.says(MEDIATOR, "request_evidence", of="respondent").says(MEDIATOR, "request_evidence", of="claimant")
        life.says(WITNESS, "submit_evidence").says(PLATFORM, "submit_evidence")
        assert len(life.case.requests) == 2
        assert [fact.side for fact in life.facts if isinstance(fact, f.EvidenceSubmitted)] == [Side.RESPONDENT, None]


class TestAssign:
    def test_nobody_by_that_id(self) -> None:
        assert a_case().in_review().refused(OPS, "assign", owner="per_nobody").code == "actor_unknown"

    @pytest.mark.parametrize(("owner", "because"), [(FRIEND, "conflict"), (OPS, "no_judge")])
    def test_never_to_somebody_who_may_not_judge_it(self, owner: str, because: str) -> None:
        refusal = a_case().in_review().refused(OPS, "assign", owner=owner)
        assert (refusal.code, refusal.fields["because"]) == ("own_case", because)

    def test_not_to_its_owner_again(self) -> None:
        assert a_case().in_review().refused(OPS, "assign", owner=MEDIATOR).code == "owner_mismatch"

    def test_to_nobody_puts_it_back_into_its_queue(self) -> None:
        case = a_case().in_review().says(OPS, "assign", owner=None, reason="on_leave").case
        assert (case.owner, case.queue) == (None, "mediation")

    def test_the_appeals_queue_while_it_is_on_appeal(self) -> None:
        assert a_case().in_appeal().says(OPS, "assign", owner=None).case.queue == "appeals"


class TestRule:
    def bounty(self, **fields: Any) -> str:
        return a_case().in_review().refused(MEDIATOR, "rule", **fields).code

    def test_only_as_the_pack_lets_it_end(self) -> None:
        refusal = a_case().in_review().refused(MEDIATOR, "rule", outcome="draw", ground="scope")
        assert refusal.code == "outcome_unknown"
        assert refusal.fields["allowed"] == [
            "upheld",
            "severity_changed",
            "partial_amount",
            "discretionary_correction",
            "invalid",
            "unfounded",
        ]

    def test_only_on_a_ground_of_the_pack(self) -> None:
        assert self.bounty(outcome="invalid") == "ground_unknown"
        assert self.bounty(outcome="invalid", ground="mood") == "ground_unknown"

    def test_only_with_the_remedies_of_the_outcome(self) -> None:
        pay = [{"type": "payout", "amount": dollars(5)}]
        assert self.bounty(outcome="invalid", ground="scope", remedies=pay) == "remedy_not_allowed"

    @pytest.mark.parametrize("remedies", [[], [{"type": "payout"}], [{"type": "payout", "amount": dollars(0)}]])
    def test_money_needs_an_amount(self, remedies: list[dict[str, Any]]) -> None:
        assert self.bounty(outcome="partial_amount", ground="severity", remedies=remedies) == "amount_missing"

    def test_names_the_policy_it_was_made_under(self) -> None:
        life = a_case().ruled()
        drafted = next(fact for fact in life.facts if isinstance(fact, f.RulingDrafted))
        assert (drafted.pack, drafted.version) == ("bounty_dispute", life.case.terms.version)

    @pytest.mark.parametrize(
        ("amounts", "because"),
        [
            ([(5_000, "USD")], None),
            ([(5_001, "USD")], "amount_above_limit"),
            ([(3_000, "USD"), (2_001, "USD")], "amount_above_limit"),
            ([(1, "EUR")], "currency_differs"),
        ],
    )
    def test_above_the_limit_in_sum_or_in_another_currency_needs_a_second_person(
        self, amounts: list[tuple[int, str]], because: str | None
    ) -> None:
        remedies = [{"type": "payout", "amount": {"amount": n * 100, "currency": currency}} for n, currency in amounts]
        life = a_case().in_review().says(MEDIATOR, "rule", outcome="upheld", ground="severity", remedies=remedies)
        drafted = next(fact for fact in life.facts if isinstance(fact, f.RulingDrafted))
        assert drafted.approval_because == because
        assert life.case.phase is (Phase.APPROVAL if because else Phase.RULED)


class TestReturnRuling:
    def test_goes_back_to_its_owner_without_a_draft(self) -> None:
        case = a_case().in_approval().says(LEAD, "return_ruling").case
        assert (case.phase, case.owner, case.ruling) == (Phase.REVIEW, MEDIATOR, None)

    def test_another_draft_can_be_approved_by_the_same_lead(self) -> None:
        life = a_case().in_approval().says(LEAD, "return_ruling").in_approval().says(LEAD, "approve")
        assert life.case.phase is Phase.RULED
        assert life.case.ruling is not None
        assert life.case.ruling.approved_by == LEAD

    def test_whoever_drafts_the_next_one_cannot_approve_it(self) -> None:
        life = a_case().in_approval().says(LEAD, "return_ruling").says(OPS, "assign", owner=LEAD)
        life.says(LEAD, "rule", **OUTCOMES["bounty_dispute"]["heavy"])
        assert life.refused(LEAD, "approve").code == "own_ruling"
        assert life.says(LEAD_2, "approve").case.phase is Phase.RULED


class TestRetract:
    @pytest.mark.parametrize("reach", ["in_approval", "ruled"])
    def test_nobody_was_told_and_nothing_was_ordered(self, reach: str) -> None:
        life = getattr(a_case(), reach)().says(MEDIATOR, "retract")
        assert life.case.phase is Phase.REVIEW
        assert life.case.effects == life.case.rulings == ()
        assert not [n for _, n in life.notices if n.event == "ruling_issued"]

    def test_too_late_when_the_parties_were_told(self) -> None:
        assert a_case().appealable().refused(MEDIATOR, "retract").code == "not_in_this_phase"


class TestDeadline:
    def test_the_end_of_the_grace_tells_and_carries_out(self) -> None:
        life = a_case().appealable()
        assert names(tuple(r.fact for r in life.last.recordings)) == [
            "level_reached",
            "ruling_issued",
            "effect_ordered",
            "phase_entered",
        ]
        assert [(e.remedy.type, e.state) for e in life.case.effects] == [("payout", "running")]

    def test_the_end_of_the_settlement_opens_the_review_and_loses_nobody_anything(self) -> None:
        life = a_case().in_settlement().fire("settlement")
        assert (life.case.phase, life.case.outcome) == (Phase.REVIEW, None)

    def test_a_silent_side_is_decided_on_the_file(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "request_evidence", of="respondent").fire("respondent_response", "end")
        lapsed = life.facts[-1]
        assert isinstance(lapsed, f.EvidenceLapsed)
        assert lapsed.of is Side.RESPONDENT
        assert life.case.requests == ()
        assert life.case.phase is Phase.REVIEW

    def test_not_before_its_time(self) -> None:
        life = a_case().ruled()
        row = life.due("grace")
        fields = {"id": row.id, "clock": row.clock, "instance": row.instance, "level": row.level}
        assert life.refused(ROBOT, "deadline", **fields).code == "deadline_moot"

    def test_not_when_its_clock_was_stopped_meanwhile(self) -> None:
        life = a_case().ruled()
        row = life.due("grace")
        life.says(MEDIATOR, "retract").later(timedelta(hours=1))
        fields = {"id": row.id, "clock": row.clock, "instance": row.instance, "level": row.level}
        assert life.refused(ROBOT, "deadline", **fields).code == "deadline_moot"

    def test_does_what_its_line_in_the_timetable_says_and_not_what_the_message_says(self) -> None:
        """A forged body under a true id cannot trigger another clock's default."""
        life = a_case("fraud_report").in_review()
        row = life.case.timetable[0]
        forged = life.command(ROBOT, "deadline", id=row.id, clock="grace", instance=1, level="end")
        fact, *rest = decide(life.case, forged, DecisionContext(actor=SYSTEM), row.due_at)
        assert isinstance(fact, f.LevelReached)
        assert (fact.clock, fact.level, rest) == (row.clock, row.level, [])


class TestWithdraw:
    @pytest.mark.parametrize("reach", ["in_intake", "in_review", "in_approval", "ruled"])
    def test_ends_the_case_whatever_waits_inside(self, reach: str) -> None:
        case = getattr(a_case(), reach)().says(CLAIMANT, "withdraw").case
        assert (case.outcome, case.ruling, case.effects) == (Outcome.WITHDRAWN, None, ())
        assert case.quiet

    def test_what_an_earlier_ruling_gave_is_undone_when_the_report_is_taken_back_after_remit(self) -> None:
        life = a_case().appeal_ruled("remit").fire("grace").says(CLAIMANT, "withdraw")
        paid, undone = life.case.effects
        assert (undone.reverses, undone.remedy) == (paid.id, paid.remedy)
        assert life.case.outcome is Outcome.WITHDRAWN


class TestReopen:
    def test_inside_the_packs_window(self) -> None:
        life = a_case().closed().later(timedelta(days=90) - timedelta(minutes=1)).says(OPS, "reopen")
        assert (life.case.phase, life.case.outcome, life.case.owner) == (Phase.REVIEW, None, None)

    def test_not_after_it(self) -> None:
        life = a_case().closed().later(timedelta(days=90, seconds=1))
        assert life.refused(OPS, "reopen").code == "window_over"

    def test_what_is_decided_afresh_can_be_appealed_afresh(self) -> None:
        life = a_case().appeal_ruled().fire("grace")
        assert life.case.phase is Phase.CLOSED
        life.says(OPS, "reopen").in_review(owner=MEDIATOR_2).in_appeal(owner=None)
        assert life.case.appellants == (Side.RESPONDENT,)


class TestReportEffect:
    def test_done(self) -> None:
        life = a_case().closed()
        assert not life.case.quiet
        life.says(ROBOT, "report_effect", effect_id=life.case.effects[0].id, result="done")
        assert life.case.quiet

    def test_what_needs_hands_is_listed_for_people(self) -> None:
        life = a_case().appealable()
        effect = life.case.effects[0].id
        life.says(ROBOT, "report_effect", effect_id=effect, result="needs_hands", note="account_closed")
        assert life.case.manual_work == (effect,)

    def test_once(self) -> None:
        life = a_case().appealable()
        effect = life.case.effects[0].id
        life.says(ROBOT, "report_effect", effect_id=effect, result="done")
        assert life.refused(ROBOT, "report_effect", effect_id=effect, result="done").code == "effect_unknown"


class TestSystemCommands:
    @pytest.mark.parametrize("kind", KINDS)
    def test_even_an_ops_lead_cannot_play_the_system(self, kind: str) -> None:
        life = a_case(kind).in_review()
        assert life.refused(OPS, "report_delivery", notice_id="ntc_1", reason="gone").code == "system_only"

    def test_a_robot_with_another_role_is_not_the_system(self) -> None:
        life = a_case().in_review()
        fake = Actor(id="key_robot", role="platform")
        assert life.refused(fake, "report_delivery", notice_id="ntc_1", reason="gone").code == "system_only"


class TestTake:
    def test_makes_the_taker_the_owner(self) -> None:
        assert a_case().in_review(owner=None).says(MEDIATOR_2, "take").case.owner == MEDIATOR_2
