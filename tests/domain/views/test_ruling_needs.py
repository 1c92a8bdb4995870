"""What is said before anybody writes a ruling is what the rules would say afterwards."""

from __future__ import annotations

import pytest

from domain.base import Side
from domain.views.ruling_needs import gives, hindrances
from tests.support.cases import MEDIATOR, OUTCOMES, RESPONDENT, a_case


@pytest.mark.parametrize("kind", sorted(OUTCOMES))
def test_every_remedy_of_money_takes_an_amount_and_no_other_does(kind: str) -> None:
    terms = a_case(kind).opened().case.terms
    for outcome in terms.outcomes:
        for one in gives(terms, outcome):
            # What is corrected for somebody who asks about their data is what is written of them.
            money = {"refund", "payout"} | ({"correction"} if kind != "compliance_request" else set())
            assert one.takes_amount == (one.remedy in money)
            assert one.needs_amount == one.takes_amount
    assert sum(outcome.needs_amount for outcome in terms.outcomes) <= sum(
        any(one.takes_amount for one in gives(terms, outcome)) for outcome in terms.outcomes
    )


def test_what_is_done_with_somebodys_data_goes_to_whoever_asked() -> None:
    terms = a_case("compliance_request").opened().case.terms
    granted = next(outcome for outcome in terms.outcomes if outcome.name == "granted")
    assert {one.remedy: one.to for one in gives(terms, granted)} == dict.fromkeys(granted.remedies, Side.CLAIMANT)


def test_whom_a_ruling_would_go_against_unheard_is_named_with_what_is_missing() -> None:
    life = a_case("payment_dispute").that_protects().in_review()
    (found,) = [one for one in hindrances(life.case, life.now) if one.side is Side.RESPONDENT]
    refusal = life.refused(MEDIATOR, "rule", **OUTCOMES["payment_dispute"]["light"])
    assert (found.missing, found.detail) == (refusal.fields["missing"], refusal.detail)
    life.says(MEDIATOR, "request_evidence", of="respondent")
    assert [one.missing for one in hindrances(life.case, life.now) if one.side is Side.RESPONDENT] == ["time"]
    life.says(RESPONDENT, "submit_evidence")
    assert [one for one in hindrances(life.case, life.now) if one.side is Side.RESPONDENT] == []


def test_who_was_not_told_is_told_first() -> None:
    life = a_case("safety_incident").that_protects().in_review()
    assert "telling" in [one.missing for one in hindrances(life.case, life.now) if one.side is Side.RESPONDENT]
