"""Answers to requests under the law: what a refusal has to say, who looks at it, and which limits wait for whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.base import Phase
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, OPS, Life, a_case

STEPS = ("receipt_confirmed", "identity", "scope", "search", "exemptions")


def a_request(category: str = "gdpr_access") -> Life:
    return a_case("compliance_request", category=category).opened().says(MEDIATOR, "take")


def looked_into(category: str = "gdpr_access") -> Life:
    life = a_request(category)
    for step in STEPS:
        life.says(MEDIATOR, "complete_step", step=step)
    return life


@pytest.mark.parametrize("outcome", ["refused", "granted_in_part"])
class TestWhatWithholds:
    def test_names_where_to_complain(self, outcome: str) -> None:
        refusal = looked_into().refused(MEDIATOR, "rule", outcome=outcome, ground="legal_claims")
        assert (refusal.code, refusal.fields["missing"]) == ("ruling_incomplete", ["complaint_route"])

    def test_is_looked_at_by_a_second_person_whatever_it_is_worth(self, outcome: str) -> None:
        life = looked_into().says(MEDIATOR, "rule", outcome=outcome, ground="legal_claims", complaint_route="court")
        assert life.case.phase is Phase.APPROVAL
        life.says(LEAD, "approve").fire("grace")
        assert life.notices_for(CLAIMANT)[-1].data["complaint_route"] == "court"


def test_what_gives_everything_needs_neither() -> None:
    assert looked_into().says(MEDIATOR, "rule", outcome="granted", ground="right_of_access").case.phase is Phase.RULED


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
