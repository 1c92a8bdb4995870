"""What no machine could carry out: it waits for somebody, who says what became of it, and whoever it concerns hears that."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain.model import facts as f
from domain.rules.manual_work import waiting
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, RESPONDENT, ROBOT, Life, a_case


def ordered(state: str = "needs_hands") -> Life:
    """A payment that was agreed on, and what came of it."""
    life = a_case().opened().says(RESPONDENT, "offer", remedy="payout", amount={"amount": 5_000, "currency": "USD"})
    life.says(CLAIMANT, "accept_offer")
    return life.says(ROBOT, "report_effect", effect_id=life.case.effects[0].id, result=state)


def told(life: Life) -> set[tuple[str, str]]:
    return {(notice.event, notice.recipient) for _, notice in life.last.notices}


class TestWaiting:
    def test_whoever_has_the_case_hears_that_it_waits_for_somebody(self) -> None:
        life = ordered()
        assert [one.id for one in waiting(life.case)] == list(life.case.manual_work)
        assert told(life) == {("effect_reported:needs_hands", "role:leads")}

    def test_what_is_done_waits_for_nobody(self) -> None:
        life = ordered("done")
        assert (waiting(life.case), told(life)) == ((), set())


class TestReport:
    def test_done_is_told_to_both_sides_and_waits_no_longer(self) -> None:
        life = ordered()
        (effect,) = waiting(life.case)
        life.says(LEAD, "report_manual_work", effect_id=effect.id, result="done", text="By bank transfer.")
        assert (life.case.manual_work, life.case.effects[0].state) == ((), "done")
        assert {who for _, who in told(life)} >= {CLAIMANT, RESPONDENT, "platform"}
        assert all(not notice.texts for _, notice in life.last.notices if notice.recipient in (CLAIMANT, RESPONDENT))

    def test_what_cannot_be_done_has_given_nothing(self) -> None:
        life = ordered()
        (effect,) = waiting(life.case)
        life.says(LEAD, "report_manual_work", effect_id=effect.id, result="impossible", text="The account is closed.")
        assert (life.case.manual_work, life.case.effects[0].state) == ((), "impossible")
        assert life.case.effects_in_force == ()

    def test_nothing_is_reported_twice_or_before_it_waits(self) -> None:
        life = ordered("done")
        said = {"effect_id": life.case.effects[0].id, "result": "done"}
        assert life.refused(LEAD, "report_manual_work", **said).code == "effect_unknown"

    def test_whoever_has_no_part_in_the_case_says_nothing_of_it(self) -> None:
        life = ordered()
        said = {"effect_id": life.case.effects[0].id, "result": "done"}
        assert life.refused(MEDIATOR, "report_manual_work", **said).code == "not_your_case"
        assert life.refused(CLAIMANT, "report_manual_work", **said).code == "not_allowed"

    def test_why_it_cannot_be_done_is_said(self) -> None:
        life = ordered()
        with pytest.raises(ValidationError, match="why it cannot be done"):
            life.command(LEAD, "report_manual_work", effect_id=life.case.effects[0].id, result="impossible")


def suspended(state: str | None = "needs_hands") -> Life:
    """A suspension until it is decided, and what came of it."""
    life = a_case("fraud_report").in_review().says(MEDIATOR, "impose_interim", measure="suspend", reasons="The money goes.")
    return life if state is None else life.says(ROBOT, "report_effect", effect_id=life.case.effects[0].id, result=state)


def lifted(life: Life) -> Life:
    return life.says(MEDIATOR, "review_interim", decision="lift", reasons="It was not them.")


class TestUndoneBeforeItIsDone:
    def test_neither_it_nor_its_undoing_is_anybodys_to_do(self) -> None:
        life = lifted(suspended())
        assert (life.case.manual_work, waiting(life.case)) == ((), ())
        assert [(e.state, e.reverses is not None) for e in life.case.effects] == [("reversed", False), ("reversed", True)]
        assert {fact.note for fact in life.facts[-2:] if isinstance(fact, f.EffectReported)} == {"undone_before_done"}

    def test_nobody_reports_it_any_more(self) -> None:
        life = lifted(suspended())
        for effect in life.case.effects:
            assert life.refused(LEAD, "report_manual_work", effect_id=effect.id, result="done").code == "effect_unknown"

    def test_nor_where_it_turns_out_later_that_no_machine_could(self) -> None:
        life = lifted(suspended(None))
        life.says(ROBOT, "report_effect", effect_id=life.case.effects[0].id, result="needs_hands")
        assert (life.case.manual_work, {e.state for e in life.case.effects}) == ((), {"reversed"})
        assert told(life) == set()

    def test_what_was_done_is_undone(self) -> None:
        life = lifted(suspended("done"))
        assert [e.state for e in life.case.effects] == ["done", "running"]


class TestWhoHears:
    def reported(self, life: Life, result: str = "done") -> set[str]:
        (effect,) = waiting(life.case)
        life.says(LEAD, "report_manual_work", effect_id=effect.id, result=result, text="At the front desk.")
        return {who for event, who in told(life) if event == "manual_work_reported"} & {CLAIMANT, RESPONDENT}

    @pytest.mark.parametrize("result", ["done", "impossible"])
    def test_of_a_measure_whom_it_hits_alone(self, result: str) -> None:
        assert self.reported(suspended().disclosed(), result) == {RESPONDENT}

    @pytest.mark.parametrize("result", ["done", "impossible"])
    def test_nobody_before_they_are_told_of_the_case(self, result: str) -> None:
        life = suspended()
        assert not life.case.is_disclosed
        assert self.reported(life, result) == set()

    def test_of_its_undoing_the_same(self) -> None:
        life = lifted(suspended("done").disclosed())
        life.says(ROBOT, "report_effect", effect_id=life.case.effects[1].id, result="needs_hands")
        assert self.reported(life) == {RESPONDENT}
