"""Answers to requests under the law: what a refusal has to say, who looks at it, and which limits wait for whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from domain.base import Phase
from domain.model.ruling import Shortfall
from domain.views.actions import actions
from tests.support.cases import CLAIMANT, LEAD, LEAD_2, MEDIATOR, OPS, RESPONDENT, Life, a_case

STEPS = ("receipt_confirmed", "identity", "scope", "search", "exemptions")


def a_request(category: str = "gdpr_access") -> Life:
    return a_case("compliance_request", category=category).opened().says(MEDIATOR, "take")


def test_the_letter_that_it_has_arrived_says_until_when_the_law_wants_an_answer() -> None:
    said = {
        who: _limits_told(a_case("compliance_request", category="ccpa_delete").opened(), who) for who in (CLAIMANT, RESPONDENT)
    }
    assert said == {CLAIMANT: {"2026-04-16"}, RESPONDENT: set()}, "45 days: 11 CCR 7021(a) and (b)"
    assert _limits_told(a_case("compliance_request", category="general").opened(), CLAIMANT) == set(), (
        "no law's limit is known of it"
    )


def _limits_told(life: Life, who: str) -> set[str]:
    told = (draft for _, draft in life.last.notices if draft.event == "case_opened" and draft.recipient == who)
    return {draft.data["limit_at"][:10] for draft in told if "limit_at" in draft.data}


NOBODY_ASKED = ("ccpa_opt_out", "ccpa_limit")


@pytest.mark.parametrize("category", NOBODY_ASKED)
def test_nobody_shows_who_they_are_where_the_law_asks_for_none(category: str) -> None:
    life = a_request(category)
    assert life.refused(MEDIATOR, "ask_identity").code == "identity_not_asked"
    assert "ask_identity" not in {one.command for one in actions(life.case, life.actor(MEDIATOR)) if one.allowed}
    for step in STEPS:
        if step != "identity":
            life.says(MEDIATOR, "complete_step", step=step, reasons="Seen.")
    refusal = life.refused(MEDIATOR, "rule", outcome="refused", ground="identity_unproven", complaint_route="attorney_general")
    assert refusal.code == "identity_not_asked"
    stranger = life.refused(MEDIATOR, "rule", outcome="refused", ground="legal_claims", complaint_route="supervisory_authority")
    assert (stranger.code, stranger.fields["allowed"]) == ("ruling_incomplete", ["attorney_general", "court"])
    life.says(MEDIATOR, "rule", outcome="refused", ground="legal_claims", complaint_route="attorney_general")
    assert life.case.phase is Phase.APPROVAL


def looked_into(category: str = "gdpr_access") -> Life:
    life = a_request(category)
    if category not in NOBODY_ASKED:
        life.says(MEDIATOR, "ask_identity").says(CLAIMANT, "submit_evidence")
    for step in STEPS:
        life.says(MEDIATOR, "complete_step", step=step, reasons="Seen.")
    return life


DISCLOSED = [{"type": "disclose"}]


@pytest.mark.parametrize(("outcome", "remedies"), [("refused", []), ("granted_in_part", DISCLOSED)])
class TestWhatWithholds:
    def test_names_where_to_complain(self, outcome: str, remedies: list[dict[str, str]]) -> None:
        refusal = looked_into().refused(MEDIATOR, "rule", outcome=outcome, ground="legal_claims", remedies=remedies)
        assert (refusal.code, refusal.fields["missing"]) == ("ruling_incomplete", ["complaint_route"])

    @pytest.mark.parametrize("route", ["supervisory_authority", "court"])
    def test_names_both_ways_where_the_law_gives_both(self, outcome: str, remedies: list[dict[str, str]], route: str) -> None:
        """General Data Protection Regulation, article 12(4)."""
        said = {"outcome": outcome, "ground": "legal_claims", "remedies": remedies, "complaint_route": route}
        refusal = looked_into().refused(MEDIATOR, "rule", **said)
        assert (refusal.code, refusal.fields["allowed"]) == ("ruling_incomplete", ["authority_and_court"])

    def test_is_looked_at_by_a_second_person_whatever_it_is_worth(self, outcome: str, remedies: list[dict[str, str]]) -> None:
        said = {"outcome": outcome, "ground": "legal_claims", "remedies": remedies, "complaint_route": "authority_and_court"}
        life = looked_into().says(MEDIATOR, "rule", **said)
        assert life.case.phase is Phase.APPROVAL
        life.says(LEAD, "approve").fire("grace")
        assert life.notices_for(CLAIMANT)[-1].data["complaint_route"] == "authority_and_court"


def test_what_gives_everything_says_what_was_done_and_no_more() -> None:
    refusal = looked_into().refused(MEDIATOR, "rule", outcome="granted", ground="right_of_access")
    assert (refusal.code, refusal.fields["missing"]) == ("ruling_incomplete", ["remedies"])
    granted = {"outcome": "granted", "ground": "right_of_access", "remedies": DISCLOSED}
    assert looked_into().says(MEDIATOR, "rule", **granted).case.phase is Phase.RULED


@pytest.mark.parametrize(
    ("category", "beside", "action"),
    [
        ("gdpr_objection", "erase", "stop_use"),
        ("gdpr_automated", "stop_use", "human_review"),
        ("ccpa_opt_out", "stop_use", "opt_out"),
    ],
)
def test_what_may_come_beside_the_action_that_was_asked_for_does_not_come_alone(category: str, beside: str, action: str) -> None:
    life = looked_into(category)
    alone = life.refused(MEDIATOR, "rule", outcome="granted", ground="right_of_access", remedies=[{"type": beside}])
    said = (alone.code, alone.fields["because"], alone.fields["allowed"][0])
    assert said == ("remedy_not_allowed", "answers_nothing_alone", action)
    life.says(MEDIATOR, "rule", outcome="granted", ground="right_of_access", remedies=[{"type": beside}, {"type": action}])


@pytest.mark.parametrize("category", ["gdpr_access", "gdpr_portability", "ccpa_know", "ccpa_opt_out"])
def test_who_asks_for_something_else_is_not_answered_by_erasing(category: str) -> None:
    granted = {"outcome": "granted", "ground": "right_of_access", "remedies": [{"type": "erase"}]}
    assert looked_into(category).refused(MEDIATOR, "rule", **granted).fields["because"] == "category"


@pytest.mark.parametrize(("category", "waits"), [("gdpr_erasure", True), ("ccpa_delete", False), ("legal_order", False)])
def test_a_limit_waits_for_proof_of_identity_where_its_law_says_so(category: str, waits: bool) -> None:
    life = a_request(category)
    before = next(row.due_at for row in life.case.timetable if (row.clock, row.level) == ("answer", "breach"))
    life.says(MEDIATOR, "ask_identity").later(timedelta(days=1)).says(CLAIMANT, "submit_evidence")
    after = next(row.due_at for row in life.case.timetable if (row.clock, row.level) == ("answer", "breach"))
    # A day, and the minute in which the claimant answered.
    assert after - before == (timedelta(days=1, minutes=1) if waits else timedelta(0))


def test_no_hold_of_people_stops_it() -> None:
    life = a_request().says(MEDIATOR, "snooze", until=datetime(2026, 3, 20, tzinfo=UTC).isoformat(), reason="search_runs")
    assert ("answer", "breach") in {(row.clock, row.level) for row in life.case.timetable}


def test_an_answer_that_erases_waits_for_the_end_of_a_legal_hold() -> None:
    life = looked_into("gdpr_erasure").says(OPS, "place_hold")
    fields = {"outcome": "granted", "ground": "right_to_erasure", "remedies": [{"type": "erase"}]}
    assert life.refused(MEDIATOR, "rule", **fields).code == "legal_hold"
    assert life.says(OPS, "lift_hold").says(MEDIATOR, "rule", **fields).case.phase is Phase.RULED


class TestAWinnerWhoGetsLittle:
    def upheld(self, amount: int, **more: str | None) -> dict[str, Any]:
        remedy = {"type": "payout", "to": "claimant", "amount": {"amount": amount, "currency": "USD"}}
        return {"outcome": "upheld", "ground": "severity", "remedies": [remedy], "less_because": None, **more}

    def life(self) -> Life:
        return a_case(amount={"amount": 240_000, "currency": "USD"}).in_review()

    def test_gets_half_at_least_or_the_ruling_says_why(self) -> None:
        refusal = self.life().refused(MEDIATOR, "rule", **self.upheld(119_999))
        assert (refusal.code, refusal.fields["given"]["amount"], refusal.fields["asked"]["amount"]) == (
            "less_than_asked",
            119_999,
            240_000,
        )
        assert set(refusal.fields["allowed"]) == set(get_args(Shortfall))
        drafted = self.life().says(MEDIATOR, "rule", **self.upheld(500, less_because="not_owed")).case.ruling
        assert drafted is not None
        assert drafted.less_because == "not_owed"

    def test_nothing_at_all_is_less_than_a_cent(self) -> None:
        nothing = {**self.upheld(0), "remedies": []}
        assert self.life().refused(MEDIATOR, "rule", **nothing).code == "less_than_asked"
        assert self.life().says(MEDIATOR, "rule", **{**nothing, "less_because": "not_owed"}).case.ruling is not None

    @pytest.mark.parametrize("amount", [120_000, 240_000])
    def test_half_needs_no_word(self, amount: int) -> None:
        assert self.life().says(MEDIATOR, "rule", **self.upheld(amount)).case.ruling is not None

    def test_why_it_is_less_is_kept_where_it_is_less(self) -> None:
        drafted = self.life().says(MEDIATOR, "rule", **self.upheld(240_000, less_because="not_owed")).case.ruling
        assert drafted is not None
        assert drafted.less_because is None

    def test_what_one_person_said_since_that_it_was_more_nobody_has_asked_for(self) -> None:
        life = self.life().says(LEAD, "state_amount", amount={"amount": 900_000, "currency": "USD"})
        assert life.refused(MEDIATOR, "rule", **self.upheld(119_999)).fields["asked"]["amount"] == 240_000
        drafted = life.says(MEDIATOR, "rule", **self.upheld(240_000, less_because="not_owed")).case.ruling
        assert drafted is not None
        assert drafted.less_because is None
        life.says(LEAD_2, "approve") if life.case.phase is Phase.APPROVAL else life
        life.fire("grace")
        assert [r.allowed for r in life.case.rights if r.side.value == "claimant"] == [True], "they may ask for more all the same"

    def test_on_appeal_too(self) -> None:
        life = self.life().says(MEDIATOR, "rule", outcome="invalid", ground="scope").fire("grace")
        life.says(CLAIMANT, "appeal").says(LEAD_2, "take")
        assert life.refused(LEAD_2, "decide_appeal", decision="overturn", **self.upheld(500)).code == "less_than_asked"
        life.says(LEAD_2, "decide_appeal", decision="overturn", **self.upheld(500, less_because="own_share"))

    def test_other_money_is_weighed_by_a_second_person(self) -> None:
        other = {
            **self.upheld(500),
            "remedies": [{"type": "payout", "to": "claimant", "amount": {"amount": 500, "currency": "JPY"}}],
        }
        assert self.life().says(MEDIATOR, "rule", **other).case.phase is Phase.APPROVAL

    def test_who_is_told_that_they_get_a_part_is_told_the_truth(self) -> None:
        part = {**self.upheld(500), "outcome": "partial_amount"}
        assert self.life().says(MEDIATOR, "rule", **part).case.ruling is not None


class TestWhatNobodyAskedFor:
    """What is erased is not given back: GDPR, articles 5(1)(f) and 17(1)."""

    ERASED: dict[str, Any] = {
        "outcome": "granted", "ground": "right_to_erasure", "remedies": [{"type": "erase"}], "relies_on": [],
    }  # fmt: skip

    @pytest.mark.parametrize("reported", ["gdpr_access", "gdpr_portability", "ccpa_know"])
    @pytest.mark.parametrize("called", ["gdpr_erasure", "ccpa_delete", "legal_order", "gdpr_objection"])
    def test_is_not_erased_by_whoever_calls_it_so(self, reported: str, called: str) -> None:
        life = looked_into(reported).says(LEAD, "retarget", category=called, reason="it_is_erasure")
        beside = [*self.ERASED["remedies"], *([{"type": "stop_use"}] if called == "gdpr_objection" else [])]
        refusal = life.refused(MEDIATOR, "rule", **{**self.ERASED, "remedies": beside})
        assert (refusal.code, refusal.fields["because"]) == ("remedy_not_allowed", "right_not_asked")
        life.says(MEDIATOR, "ask_identity", reasons="Another name.").says(CLAIMANT, "submit_evidence")
        assert life.refused(MEDIATOR, "rule", **{**self.ERASED, "remedies": beside}).fields["because"] == "right_not_asked"
        # A word about anything else is no word on the erasure, nor is one to another question.
        life.says(CLAIMANT, "message", text="When do I get my data?")
        life.says(MEDIATOR, "request_evidence", of="claimant", what="Which account?").says(
            CLAIMANT, "submit_evidence", text="Mine."
        )
        assert life.refused(MEDIATOR, "rule", **{**self.ERASED, "remedies": beside}).fields["because"] == "right_not_asked"
        life.says(MEDIATOR, "request_evidence", of="claimant", what="Shall we erase them?", ground="right_to_erasure")
        life.says(CLAIMANT, "message", text="Which ones?")
        assert life.refused(MEDIATOR, "rule", **{**self.ERASED, "remedies": beside}).fields["because"] == "right_not_asked"
        life.says(CLAIMANT, "submit_evidence", text="Yes, erase them.")
        life.says(MEDIATOR, "rule", **{**self.ERASED, "remedies": beside})
        assert life.case.phase is Phase.APPROVAL
        assert life.case.ruling is not None
        assert life.case.ruling.approval_because == "right_not_asked"

    def test_silence_is_no_word_for_it(self) -> None:
        """Of what is given or held against somebody the time that ran out makes them heard; it asks for nothing in their name."""
        life = looked_into("gdpr_access").says(LEAD, "retarget", category="gdpr_erasure", reason="it_is_erasure")
        life.says(MEDIATOR, "request_evidence", of="claimant", what="Shall we erase them?", ground="right_to_erasure")
        life.later(timedelta(days=10))
        assert life.case.requests == ()
        assert life.refused(MEDIATOR, "rule", **self.ERASED).fields["because"] == "right_not_asked"

    def test_nor_is_what_was_answered_before_it_was_called_so(self) -> None:
        life = looked_into("gdpr_access").says(LEAD, "retarget", category="ccpa_delete", reason="it_is_erasure")
        life.says(MEDIATOR, "request_evidence", of="claimant", what="Shall we erase them?", ground="right_to_erasure")
        life.says(CLAIMANT, "submit_evidence", text="No. I want to see them.")
        life.later(timedelta(minutes=1)).says(LEAD, "retarget", category="gdpr_erasure", reason="it_is_erasure")
        assert life.refused(MEDIATOR, "rule", **self.ERASED).fields["because"] == "right_not_asked"

    def test_what_was_asked_for_is_found_again_and_erased(self) -> None:
        life = looked_into("gdpr_erasure").says(LEAD, "retarget", category="gdpr_access", reason="by_mistake")
        life.says(LEAD, "retarget", category="ccpa_delete", reason="lives_in_california")
        assert life.says(MEDIATOR, "rule", **self.ERASED).case.phase is Phase.RULED
