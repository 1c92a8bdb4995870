"""Whoever handles a case gives a side more time to be heard than the pack promises, and never less."""

from datetime import datetime, timedelta

import pytest

from domain.base import Side
from domain.rules.evolve import fold
from domain.rules.hearing import unheard
from domain.rules.rule import DecisionContext
from domain.transition import step
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, OPS, OUTCOMES, WITNESS, Life, a_case, shelf


def accused() -> Life:
    return (
        a_case("conduct_report")
        .that_protects()
        .in_review()
        .says(MEDIATOR, "complete_step", steps=["evidence_secured", "record_checked"])
    )


def soon(life: Life, hours: int = 1) -> str:
    return (life.now + timedelta(hours=hours)).isoformat()


def end_of(life: Life, clock: str) -> datetime:
    return next(row.due_at for row in life.case.timetable if (row.clock, row.level) == (clock, "end"))


class TestADateOfTheirOwn:
    def test_that_is_sooner_is_that_of_the_pack(self) -> None:
        by_clock = accused().says(MEDIATOR, "request_evidence", of="respondent")
        life = accused()
        life.says(MEDIATOR, "request_evidence", of="respondent", due_at=soon(life))
        assert end_of(life, "respondent_evidence") == end_of(by_clock, "respondent_response")
        refusal = life.later(timedelta(hours=2)).refused(MEDIATOR, "rule", **OUTCOMES["conduct_report"]["light"])
        assert (refusal.code, refusal.fields["missing"]) == ("not_heard", "time")
        assert refusal.fields["until"] == end_of(by_clock, "respondent_response").isoformat()
        assert unheard(life.fire("respondent_evidence", "end").case, Side.RESPONDENT) is None

    def test_that_is_later_stands(self) -> None:
        life = accused()
        later = soon(life, 24 * 30)
        life.says(MEDIATOR, "request_evidence", of="respondent", due_at=later)
        assert end_of(life, "respondent_evidence").isoformat() == later

    def test_a_freeze_comes_on_top(self) -> None:
        life = accused()
        life.says(OPS, "freeze", incident="inc_1").says(MEDIATOR, "request_evidence", of="respondent", due_at=soon(life))
        promised = life.case.requests[0].due_at
        life.later(timedelta(days=3)).says(OPS, "thaw", incident="inc_1")
        assert promised is not None
        assert end_of(life, "respondent_evidence") >= promised + timedelta(days=3)

    def test_a_witness_is_asked_by_any_date(self) -> None:
        life = a_case("conduct_report").that_protects().with_party(WITNESS, "respondent", "witness").in_review()
        due_at = soon(life.says(MEDIATOR, "disclose", text="You are said to have threatened somebody."))
        life.says(MEDIATOR, "request_evidence", of="respondent", party=WITNESS, due_at=due_at)
        assert end_of(life, "respondent_evidence").isoformat() == due_at

    def test_and_so_is_a_side_that_the_kind_does_not_hear(self) -> None:
        life = accused()
        due_at = soon(life)
        life.says(MEDIATOR, "request_evidence", of="claimant", due_at=due_at)
        assert end_of(life, "claimant_evidence").isoformat() == due_at


class TestOtherTargets:
    def test_bring_no_end_closer(self) -> None:
        life = accused().says(MEDIATOR, "request_evidence", of="respondent")
        before = end_of(life, "respondent_response")
        shorter = tuple(
            clock.model_copy(update={"target": clock.target.model_copy(update={"amount": 1})})
            if clock.name == "respondent_response"
            else clock
            for clock in life.case.terms.clocks
        )
        terms = life.case.terms.model_copy(update={"clocks": shorter})
        command = life.command(LEAD, "retarget", newest="pack", reason="newer")
        context = DecisionContext(actor=life.actor(LEAD), terms=terms)
        made = step(life.case, life.case_id, command, context, life.now, life.now, life.reference)
        ends = [row.due_at for row in made.case.timetable if (row.clock, row.level) == ("respondent_response", "end")]
        assert ends == [before]
        assert fold(life.case_id, (*life.recordings, *made.recordings)) == made.case

    @pytest.mark.parametrize("priority", ["low", "urgent"])
    def test_a_priority_moves_it_nowhere(self, priority: str) -> None:
        life = accused().says(MEDIATOR, "request_evidence", of="respondent")
        before = end_of(life, "respondent_response")
        assert end_of(life.says(LEAD, "retarget", priority=priority, reason="graver"), "respondent_response") == before


class TestAQuestion:
    def test_takes_nothing_of_the_time_to_answer_a_claim(self) -> None:
        life = a_case("payment_dispute").that_protects().in_review()
        claim = end_of(life, "claim_reply")
        assert end_of(life.says(MEDIATOR, "request_evidence", of="respondent"), "respondent_evidence") == claim
        assert end_of(life, "claim_reply") == claim


class TestTheLimitOfTheLaw:
    """Called something else it ends no later; more time is taken by an extension, with reasons that the person is told."""

    def limit(self, life: Life) -> datetime:
        return next(row.due_at for row in life.case.timetable if (row.clock, row.level) == ("answer", "breach"))

    def request(self, category: str) -> Life:
        return a_case("compliance_request", category=category).in_review()

    @pytest.mark.parametrize(("was", "becomes"), [("gdpr_erasure", "ccpa_delete"), ("legal_order", "gdpr_access")])
    def test_under_another_law_stays_where_it_was(self, was: str, becomes: str) -> None:
        life = self.request(was)
        before = self.limit(life)
        assert self.limit(life.says(LEAD, "retarget", category=becomes, reason="law")) == before

    @pytest.mark.parametrize("months", [1, 3])
    def test_by_a_newer_pack_is_as_long_as_it_was_at_most(self, months: int) -> None:
        life = self.request("gdpr_access")
        before = self.limit(life)
        longer = tuple(
            clock.model_copy(update={"targets": {}, "target": clock.target.model_copy(update={"amount": months})})
            if clock.name == "answer"
            else clock
            for clock in life.case.terms.clocks
        )
        terms = life.case.terms.model_copy(update={"clocks": longer, "version": shelf().packs["bounty_dispute"].version})
        command = life.command(LEAD, "retarget", newest="pack", reason="newer")
        context = DecisionContext(actor=life.actor(LEAD), terms=terms)
        made = step(life.case, life.case_id, command, context, life.now, life.now, life.reference)
        (end,) = [row.due_at for row in made.case.timetable if (row.clock, row.level) == ("answer", "breach")]
        assert end == before

    def test_may_come_sooner(self) -> None:
        life = self.request("gdpr_access")
        before = self.limit(life)
        assert self.limit(life.says(LEAD, "retarget", category="legal_order", reason="law")) < before

    def test_is_as_long_as_ever_while_the_law_is_sought(self) -> None:
        life = a_case("compliance_request", category="what").in_intake()
        before = self.limit(life)
        assert self.limit(life.says(LEAD, "retarget", category="ccpa_delete", reason="law_found")) > before

    def test_waits_for_an_identity_as_before(self) -> None:
        plain, moved = self.request("gdpr_erasure"), self.request("gdpr_erasure")
        for life in (plain, moved):
            life.says(MEDIATOR, "ask_identity")
        moved.says(LEAD, "retarget", category="ccpa_delete", reason="law")
        ends = [self.limit(life.later(timedelta(days=3)).says(CLAIMANT, "submit_evidence")) for life in (plain, moved)]
        assert ends[1] <= ends[0]


class TestAMoreUrgentCase:
    """What was not late is not late because the case became more urgent: the new target counts from then."""

    def test_moves_no_target_before_now(self) -> None:
        life = a_case("safety_incident", category="property").in_review().later(timedelta(hours=3))
        was = breach_of(life, "first_response")
        life.says(LEAD, "retarget", priority="urgent", reason="it_is_worse")
        assert breach_of(life, "first_response") == life.now + timedelta(minutes=15) < was
        assert not [row for row in life.case.timetable if row.due_at < life.now and row.level == "breach"]

    def test_nor_later_than_it_was(self) -> None:
        life = a_case("safety_incident", category="property").in_review()
        was = breach_of(life, "first_response")
        life.later(was - timedelta(minutes=5) - life.now).says(LEAD, "retarget", priority="urgent", reason="it_is_worse")
        assert breach_of(life, "first_response") == was

    def test_one_that_is_ahead_all_the_same_counts_from_its_beginning(self) -> None:
        life = a_case("safety_incident", category="property").in_review()
        began = life.case.phase_entered_at
        life.later(timedelta(minutes=5)).says(LEAD, "retarget", priority="urgent", reason="it_is_worse")
        assert breach_of(life, "ruling") == began + timedelta(hours=72)


def breach_of(life: Life, clock: str) -> datetime:
    return next(row.due_at for row in life.case.timetable if (row.clock, row.level) == (clock, "breach"))
