"""Departures from the pack: asked by one, granted by another, as far and as often as the pack says, until their time is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.base import Money, Phase
from domain.model.policy_exceptions import ExceptionsGranted, ExceptionTerms
from domain.rules.audiences import Audience
from domain.rules.decide import decide
from domain.rules.rule import DecisionContext
from domain.rules.visibility import knows
from tests.support.cases import CLAIMANT, LEAD, LEAD_2, MEDIATOR, PLATFORM, RESPONDENT, Life, a_case

STEP = ExceptionTerms(of="step", name="record_checked", per_month=2, lasts=timedelta(days=14))
LIMIT = ExceptionTerms(of="limit", name="ruling", per_month=2, lasts=timedelta(days=10))
MORE = ExceptionTerms(of="amount", name="refund", per_month=2, up_to=5_000, currency="USD")
WHY = "The record is with another site that cannot be reached."


def a_life(*rows: ExceptionTerms, kind: str = "conduct_report") -> Life:
    return a_case(kind).with_terms(exceptions=rows or (STEP, LIMIT)).in_review()


def asked(life: Life, days: int = 3, **changes: object) -> Life:
    said = {"of": "step", "name": "record_checked", "until": life.now + timedelta(days=days), "reasons": WHY, **changes}
    return life.says(MEDIATOR, "ask_exception", **said)


def refused(life: Life, days: int = 3, **changes: object) -> str:
    said = {"of": "step", "name": "record_checked", "until": life.now + timedelta(days=days), "reasons": WHY, **changes}
    refusal = life.refused(MEDIATOR, "ask_exception", **said)
    return f"{refusal.code}:{refusal.fields.get('because')}"


class TestStep:
    def test_is_needed_until_a_second_person_has_agreed_and_again_when_the_time_is_over(self) -> None:
        life = a_life().says(MEDIATOR, "complete_step", step="evidence_secured")
        ruling = {"outcome": "no_violation", "ground": "no_clause"}
        for _ in range(2):
            assert life.refused(MEDIATOR, "rule", **ruling).fields["missing"] == ["record_checked"]
            if not life.case.exceptions:
                asked(life)
        life.says(LEAD, "grant_exception")
        assert life.case.exceptions[0].state == "granted"
        late = life.later(timedelta(days=4))
        assert late.refused(MEDIATOR, "rule", **ruling).fields["missing"] == ["record_checked"]

    def test_is_not_needed_while_it_holds(self) -> None:
        life = asked(a_life().says(MEDIATOR, "complete_step", step="evidence_secured")).says(LEAD, "grant_exception")
        life.says(MEDIATOR, "rule", outcome="no_violation", ground="no_clause")
        assert life.case.ruling is not None

    @pytest.mark.parametrize("first", ["granted", "assigned"])
    def test_whoever_granted_it_does_not_decide_by_it_alone_however_the_case_came_to_them(self, first: str) -> None:
        life = asked(a_life().says(MEDIATOR, "complete_step", step="evidence_secured"))
        if first == "granted":
            life.says(LEAD, "grant_exception").says(LEAD_2, "assign", owner=LEAD)
        else:
            life.says(LEAD, "assign", owner=LEAD).says(LEAD, "grant_exception")
        done = life.says(LEAD, "rule", outcome="no_violation", ground="no_clause")
        assert (done.case.phase, getattr(done.facts[-2], "approval_because", None)) == (Phase.APPROVAL, "exception_granted")
        assert done.refused(LEAD, "approve").code == "own_ruling"
        assert done.says(LEAD_2, "approve").case.phase is Phase.RULED

    def test_what_was_done_after_all_rests_on_no_exception(self) -> None:
        life = asked(a_life().says(MEDIATOR, "complete_step", step="evidence_secured")).says(LEAD, "grant_exception")
        life.says(LEAD, "assign", owner=LEAD).says(LEAD, "complete_step", step="record_checked")
        assert life.says(LEAD, "rule", outcome="no_violation", ground="no_clause").case.phase is Phase.RULED

    def test_where_nobody_approves_whoever_granted_it_does_not_decide_by_it(self) -> None:
        told = {phase: label for phase, label in a_life().case.terms.labels.items() if phase is not Phase.APPROVAL}
        unapproved = a_case("conduct_report").with_terms(exceptions=(STEP,), labels=told).in_review()
        life = asked(unapproved.says(MEDIATOR, "complete_step", step="evidence_secured")).says(LEAD, "grant_exception")
        life.says(LEAD, "assign", owner=LEAD)
        refusal = life.refused(LEAD, "rule", outcome="no_violation", ground="no_clause")
        assert (refusal.code, refusal.fields["because"]) == ("own_case", "granted_it")


class TestLimit:
    def test_runs_out_later_and_says_so_on_its_clock(self) -> None:
        life = a_life()
        before = life.due("ruling").due_at
        asked(life, of="limit", name="ruling", until=before + timedelta(days=5)).says(LEAD, "grant_exception")
        rows = [row.due_at for row in life.case.timetable if row.clock == "ruling" and row.level == "breach"]
        assert max(rows) == before + timedelta(days=5)
        assert [fact.type for fact in life.facts][-2:] == ["exception_granted", "clock_extended"]

    def test_is_refused_beyond_what_the_pack_says(self) -> None:
        life = a_life()
        ends = max(row.due_at for row in life.case.timetable if row.clock == "ruling")
        assert refused(life, of="limit", name="ruling", until=ends + timedelta(days=40)) == "exception_not_allowed:too_long"


class TestAmount:
    def paid(self) -> Life:
        return a_case("payment_dispute", amount=Money(amount=40_000, currency="USD")).with_terms(exceptions=(MORE,)).in_review()

    def test_gives_more_than_was_paid_by_as_much_as_was_granted(self) -> None:
        life = self.paid()
        most = life.case.amount
        assert most is not None
        over = {"type": "refund", "amount": {"amount": most.amount + 3_000, "currency": most.currency}}
        ruling = {"outcome": "refunded", "ground": "wrong_amount", "remedies": [over]}
        assert life.refused(MEDIATOR, "rule", **ruling).fields["because"] == "amount_above_payment"
        more = {"amount": 3_000, "currency": most.currency}
        asked(life, of="amount", name="refund", amount=more).says(LEAD, "grant_exception")
        higher = {"type": "refund", "amount": {"amount": most.amount + 3_001, "currency": most.currency}}
        assert life.refused(MEDIATOR, "rule", **{**ruling, "remedies": [higher]}).fields["because"] == "amount_above_payment"
        life.says(MEDIATOR, "rule", **ruling)
        assert life.case.ruling is not None

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ({"amount": {"amount": 5_001, "currency": "USD"}}, "too_much"),
            ({"amount": {"amount": 100, "currency": "EUR"}}, "too_much"),
            ({}, "amount"),
        ],
    )
    def test_is_refused_beyond_what_the_pack_says(self, said: dict[str, Any], why: str) -> None:
        assert refused(self.paid(), of="amount", name="refund", **said) == f"exception_not_allowed:{why}"


class TestAsking:
    def test_is_refused_where_the_pack_says_nothing_or_says_less(self) -> None:
        life = a_life()
        assert refused(life, name="evidence_secured") == "exception_not_allowed:not_in_pack"
        assert refused(life, days=15) == "exception_not_allowed:too_long"
        assert refused(life, days=-1) == "exception_not_allowed:over"
        assert refused(life, amount={"amount": 1, "currency": "USD"}) == "exception_not_allowed:amount"
        assert refused(a_case("bounty_dispute").in_review()) == "exception_not_allowed:not_in_pack"

    def test_is_not_asked_twice(self) -> None:
        assert refused(asked(a_life())) == "exception_pending:None"
        assert refused(asked(a_life()).says(LEAD, "grant_exception")) == "exception_pending:None"


class TestSecondPerson:
    def test_is_nobody_who_asked_nor_of_their_line(self) -> None:
        life = a_life().says(LEAD, "assign", owner=LEAD_2)
        said = {"of": "step", "name": "record_checked", "until": life.now + timedelta(days=3), "reasons": WHY}
        life.says(LEAD_2, "ask_exception", **said)
        assert life.refused(LEAD_2, "grant_exception").code == "own_case"
        below = life.actor(LEAD).model_copy(update={"manager": LEAD_2})
        assert life.refused(below, "grant_exception").code == "own_case"
        life.says(LEAD, "grant_exception")
        assert life.case.exceptions[0].granted_by == LEAD

    def test_can_say_no_with_reasons_and_then_nothing_changes(self) -> None:
        life = asked(a_life()).says(LEAD, "refuse_exception", reasons="Ask the other site first.")
        assert life.case.exceptions[0].state == "refused"
        assert life.refused(LEAD, "grant_exception").code == "exception_unknown"


class TestCounting:
    def judged(self, life: Life, number: int) -> str | None:
        counted = (ExceptionsGranted(of="step", name="record_checked", number=number),)
        context = DecisionContext(actor=life.actor(LEAD), exceptions=counted)
        try:
            decide(life.case, life.command(LEAD, "grant_exception"), context, life.now)
        except Exception as refusal:  # noqa: BLE001 - its code is looked at
            return str(getattr(refusal, "code", refusal))
        return None

    def test_no_more_than_the_pack_allows_in_a_month_over_all_cases(self) -> None:
        life = asked(a_life())
        assert (self.judged(life, 1), self.judged(life, 2)) == (None, "exceptions_used_up")

    def test_counts_this_case_too_and_begins_anew_with_the_month(self) -> None:
        life = a_case("conduct_report").with_terms(exceptions=(LIMIT.model_copy(update={"per_month": 1}),)).in_review()
        later = max(row.due_at for row in life.case.timetable if row.clock == "ruling") + timedelta(days=1)
        asked(life, of="limit", name="ruling", until=later).says(LEAD, "grant_exception")
        assert refused(life, of="limit", name="ruling", until=later + timedelta(days=1)) == "exceptions_used_up:None"
        at = life.case.exceptions[0].granted_at
        assert at is not None
        assert at < datetime(at.year, at.month + 1, 1, tzinfo=UTC)


class TestWhoLearnsOfIt:
    @pytest.mark.parametrize("told", [False, True])
    def test_nobody_outside_unless_the_pack_says_so_and_why_never(self, *, told: bool) -> None:
        life = asked(a_life(STEP.model_copy(update={"told": told})).disclosed()).says(LEAD, "grant_exception")
        outside: tuple[tuple[str, Audience], ...] = ((CLAIMANT, "claimant"), (RESPONDENT, "respondent"), (PLATFORM, "platform"))
        for who, audience in outside:
            assert life.seen_by(who).exceptions is None
            assert knows(life.case, life.facts[-1], audience) is told
            assert not knows(life.case, life.facts[-2], audience)
        staff = life.seen_by(LEAD)
        assert staff.exceptions is not None
        assert staff.exceptions[0].granted_by == LEAD
