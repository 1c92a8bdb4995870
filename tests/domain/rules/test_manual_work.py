"""What no machine could carry out: it waits for somebody, who says what became of it, and whoever it concerns hears that."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pytest
from pydantic import ValidationError

from domain.base import Side
from domain.model import facts as f
from domain.model.prose import Prose
from domain.rules.manual_work import contested, correctable, hears, hears_of_failure, waiting
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, OPS, RESPONDENT, ROBOT, Life, a_case

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


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
        life.says(
            LEAD, "report_manual_work", effect_id=effect.id, result="done", reference="SEPA-118204", text="By bank transfer."
        )
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

    @pytest.mark.parametrize(("result", "hear"), [("done", set()), ("impossible", {RESPONDENT})])
    def test_before_they_are_told_of_the_case_that_it_failed_and_nothing_else(self, result: str, hear: set[str]) -> None:
        life = suspended()
        assert not life.case.is_disclosed
        assert self.reported(life, result) == hear
        assert all(n.data["measure_alone"] for _, n in life.last.notices if n.recipient == RESPONDENT)

    def test_of_its_undoing_the_same(self) -> None:
        life = lifted(suspended("done").disclosed())
        life.says(ROBOT, "report_effect", effect_id=life.case.effects[1].id, result="needs_hands")
        assert self.reported(life) == {RESPONDENT}


class TestMoney:
    def test_says_by_which_number_it_is_found(self) -> None:
        life = ordered()
        said = {"effect_id": waiting(life.case)[0].id, "result": "done"}
        assert life.refused(LEAD, "report_manual_work", **said).code == "reference_missing"
        life.says(LEAD, "report_manual_work", **said, reference="SEPA-118204")
        fact = life.facts[-1]
        assert isinstance(fact, f.ManualWorkReported)
        assert isinstance(fact.reference, Prose)
        assert life.sealer.texts[fact.reference.content_id] == "SEPA-118204"
        assert all("reference" not in n.data for _, n in life.last.notices if n.recipient in (CLAIMANT, RESPONDENT))

    def test_what_takes_no_money_needs_none(self) -> None:
        life = suspended()
        life.says(LEAD, "report_manual_work", effect_id=waiting(life.case)[0].id, result="done")
        assert life.case.effects[0].state == "done"

    def test_nothing_is_done_later_than_now(self) -> None:
        life = suspended()
        said = {"effect_id": waiting(life.case)[0].id, "result": "done", "done_at": (life.now + HOUR).isoformat()}
        assert life.refused(LEAD, "report_manual_work", **said).code == "instant_refused"


def done() -> Life:
    """A payment that was reported as done by hand."""
    life = ordered()
    return life.says(LEAD, "report_manual_work", effect_id=life.case.manual_work[0], result="done", reference="SEPA-118204")


class TestNotDoneAfterAll:
    SAID: ClassVar = {"result": "not_done", "text": "It was another case's."}

    def test_it_waits_again_and_whoever_was_told_that_it_is_done_is_told(self) -> None:
        life = done()
        heard = told(life)
        effect = life.case.effects[0]
        life.says(LEAD, "report_manual_work", effect_id=effect.id, **self.SAID)
        assert (life.case.manual_work, life.case.effects[0].state) == ((effect.id,), "needs_hands")
        assert told(life) >= {(event, who) for event, who in heard if who in (CLAIMANT, RESPONDENT, "platform")}
        assert all(not notice.texts for _, notice in life.last.notices if notice.recipient in (CLAIMANT, RESPONDENT))
        life.says(LEAD, "report_manual_work", effect_id=effect.id, result="done", reference="SEPA-118205")
        assert (life.case.manual_work, life.case.effects[0].state) == ((), "done")

    def test_only_what_was_reported_as_done_is_taken_back(self) -> None:
        life = ordered()
        said = {"effect_id": life.case.effects[0].id, **self.SAID}
        assert life.refused(LEAD, "report_manual_work", **said).code == "effect_unknown"

    def test_so_is_a_payment_that_a_machine_reported_and_that_came_back(self) -> None:
        life = ordered("done")
        assert correctable(life.case) == life.case.effects
        life.says(LEAD, "report_manual_work", effect_id=life.case.effects[0].id, result="not_done", text="The bank sent it back.")
        assert life.case.manual_work == (life.case.effects[0].id,)

    def test_what_was_undone_since_is_not(self) -> None:
        life = suspended()
        life.says(LEAD, "report_manual_work", effect_id=waiting(life.case)[0].id, result="done")
        lifted(life)
        assert correctable(life.case) == ()
        said = {"effect_id": life.case.effects[0].id, **self.SAID}
        assert life.refused(LEAD, "report_manual_work", **said).code == "effect_unknown"

    def test_how_the_mistake_came_about_is_said(self) -> None:
        life = done()
        with pytest.raises(ValidationError, match="how it came to be reported"):
            life.command(LEAD, "report_manual_work", effect_id=life.case.effects[0].id, result="not_done")


class TestAgreementInQuestion:
    def reopened(self) -> Life:
        return ordered().says(OPS, "reopen", reason="mistake")

    def test_nobody_does_it_before_it_is_decided_on(self) -> None:
        life = self.reopened()
        (effect,) = waiting(life.case)
        assert contested(life.case, effect)
        said = {"effect_id": effect.id, "result": "done", "reference": "SEPA-118204"}
        assert life.refused(LEAD, "report_manual_work", **said).code == "agreement_in_question"
        said["done_at"] = life.now.isoformat()
        assert life.refused(LEAD, "report_manual_work", **said).code == "agreement_in_question"

    def test_what_waits_is_named_in_the_letter_that_takes_it_up(self) -> None:
        for life, own in ((self.reopened(), {"remedies"}), (ordered("done").says(OPS, "reopen", reason="mistake"), {"carried"})):
            for who in (CLAIMANT, RESPONDENT):
                (letter,) = (n for _, n in life.last.notices if n.recipient == who)
                assert (letter.event, letter.data["in_question"]) == ("case_reopened", True)
                assert letter.data.keys() & {"remedies", "carried"} == own

    def test_what_was_done_before_counts_as_done(self) -> None:
        life = ordered()
        before = life.now - MINUTE
        life.says(OPS, "reopen", reason="mistake")
        said = {"effect_id": waiting(life.case)[0].id, "result": "done", "reference": "SEPA-118204"}
        life.says(LEAD, "report_manual_work", **said, done_at=before.isoformat())
        assert life.case.effects[0].state == "done"

    def test_that_it_cannot_be_done_is_true_meanwhile(self) -> None:
        life = self.reopened()
        life.says(
            LEAD, "report_manual_work", effect_id=waiting(life.case)[0].id, result="impossible", text="The account is closed."
        )
        assert life.case.effects[0].state == "impossible"

    def test_an_agreement_that_nobody_took_up_again_is_in_no_question(self) -> None:
        life = ordered()
        assert not contested(life.case, waiting(life.case)[0])


def test_who_hears_of_it_is_said_beforehand() -> None:
    life = ordered()
    assert hears(life.case, life.case.effects[0]) == (Side.CLAIMANT, Side.RESPONDENT)
    measure = suspended()
    assert hears(measure.case, measure.case.effects[0]) == ()
    assert hears_of_failure(measure.case, measure.case.effects[0]) == (Side.RESPONDENT,)
    assert (
        hears_of_failure(measure.disclosed().case, measure.case.effects[0])
        == hears_of_failure(life.case, life.case.effects[0])
        == ()
    )
    assert hears(measure.disclosed().case, measure.case.effects[0]) == (Side.RESPONDENT,)
