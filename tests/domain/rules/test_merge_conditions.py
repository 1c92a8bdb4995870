"""Nothing ends unanswered by a merge, and one person alone puts no report of danger under that of another."""

from __future__ import annotations

import pytest

from domain.base import Money
from domain.model.facts import Actor
from tests.support.cases import LEAD, MEDIATOR, OPS, a_case
from tests.support.other_cases import AGAINST_THE_SAME, OTHER_CASE, beside_another, elsewhere


class TestCheck:
    @pytest.mark.parametrize("kind", ["bounty_dispute", "payment_dispute", "fraud_report", "compliance_request"])
    def test_leaves_a_claim_or_a_request_to_whoever_has_it(self, kind: str) -> None:
        life = beside_another(kind, parties=AGAINST_THE_SAME, is_disclosed=kind != "fraud_report")
        refusal = life.refused(OPS, "merge", into=OTHER_CASE)
        assert (refusal.code, "link the two" in str(refusal)) == ("sides_mixed", True)

    @pytest.mark.parametrize(("amount", "fits"), [(10000, True), (12000, True), (12001, False), (None, True)])
    def test_loses_no_money_that_is_asked_for_here_and_not_there(self, amount: int | None, fits: bool) -> None:
        asked = {"amount": {"amount": amount, "currency": "USD"}} if amount is not None else {}
        life = a_case("payment_dispute", **asked).in_review()
        life.elsewhere = elsewhere("payment_dispute", amount=Money(amount=12000, currency="USD"))
        if fits:
            assert life.says(LEAD, "merge", into=OTHER_CASE).case.merged_into == OTHER_CASE
        else:
            assert life.refused(LEAD, "merge", into=OTHER_CASE).code == "matter_differs"

    def test_answers_each_request_for_data(self) -> None:
        life = beside_another("compliance_request", category="gdpr_erasure")
        assert life.refused(LEAD, "merge", into=OTHER_CASE).code == "matter_differs"

    @pytest.mark.parametrize("kind", ["bounty_dispute", "conduct_report", "safety_incident"])
    def test_calls_two_bookings_one_by_two(self, kind: str) -> None:
        life = beside_another(kind, another_matter=True, is_disclosed=kind == "bounty_dispute")
        assert life.refused(OPS, "merge", into=OTHER_CASE).code == "merge_unconfirmed"
        life.says(LEAD, "link", to=OTHER_CASE, relation="duplicate")
        assert life.says(OPS, "merge", into=OTHER_CASE).case.merged_into == OTHER_CASE

    @pytest.mark.parametrize("kind", ["bounty_dispute", "payment_dispute", "fraud_report", "conduct_report", "safety_incident"])
    def test_calls_two_one_that_name_no_booking_by_two(self, kind: str) -> None:
        life = beside_another(kind, matter_unnamed=True, is_disclosed=kind in ("bounty_dispute", "payment_dispute"))
        for who in (LEAD, OPS):
            assert life.refused(who, "merge", into=OTHER_CASE).code == "merge_unconfirmed"
        life.says(LEAD, "link", to=OTHER_CASE, relation="duplicate")
        assert life.says(OPS, "merge", into=OTHER_CASE).case.merged_into == OTHER_CASE

    @pytest.mark.parametrize("kind", ["conduct_report", "safety_incident"])
    def test_puts_a_report_of_danger_under_anothers_by_two(self, kind: str) -> None:
        life = beside_another(kind, parties=AGAINST_THE_SAME, is_disclosed=False)
        for who in (MEDIATOR, LEAD, OPS):
            assert life.refused(who, "merge", into=OTHER_CASE).code == "merge_unconfirmed"
        life.says(LEAD, "link", to=OTHER_CASE, relation="related")
        assert life.refused(OPS, "merge", into=OTHER_CASE).code == "merge_unconfirmed"
        life.says(LEAD, "link", to=OTHER_CASE, relation="duplicate")
        theirs: tuple[str | Actor, ...] = (MEDIATOR, LEAD, Actor(id="per_report", role="lead", manager=LEAD))
        for second in theirs:
            refusal = life.refused(second, "merge", into=OTHER_CASE)
            assert refusal.code == "merge_unconfirmed"
        assert life.says(OPS, "merge", into=OTHER_CASE).case.merged_into == OTHER_CASE
