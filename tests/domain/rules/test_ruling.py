"""Decisions on the matter: what a ruling may say, who else has to agree, and until when it can be taken back."""

from __future__ import annotations

from typing import Any

import pytest

from domain.base import Phase
from domain.model import facts as f
from tests.support.cases import (
    AGENT,
    LEAD,
    LEAD_2,
    MEDIATOR,
    OPS,
    OUTCOMES,
    RESPONDENT,
    ROBOT,
    WITNESS,
    a_case,
)


def dollars(amount: int) -> dict[str, Any]:
    return {"amount": amount * 100, "currency": "USD"}


class TestANamedParty:
    """Who is hit by a ruling was told, could answer and may appeal; money goes to who paid."""

    @pytest.mark.parametrize("remedy", [
        {"type": "warn", "to": "respondent", "party": WITNESS},
        {"type": "refund", "to": "claimant", "party": AGENT, "amount": {"amount": 100, "currency": "USD"}},
        {"type": "refund", "to": "claimant", "party": RESPONDENT, "amount": {"amount": 100, "currency": "USD"}},
        {"type": "refund", "to": "claimant", "party": "pty_nobody", "amount": {"amount": 100, "currency": "USD"}},
    ])  # fmt: skip
    def test_is_a_principal_of_that_side(self, remedy: dict[str, Any]) -> None:
        life = a_case("fraud_report").with_party(WITNESS, "respondent", "witness")
        life = life.with_party(AGENT, "claimant", "representative").in_review().disclosed().says(RESPONDENT, "message")
        refusal = life.refused(MEDIATOR, "rule", outcome="confirmed", ground="stolen_payment", remedies=[remedy])
        assert (refusal.code, refusal.fields["because"]) == ("remedy_not_allowed", "not_a_principal")
        assert "a case of their own" in refusal.detail

    def test_who_is_warned_may_appeal_whoever_lost(self) -> None:
        life = a_case("fraud_report").in_review().disclosed().says(RESPONDENT, "message")
        warned = [{"type": "warn", "to": "respondent", "party": RESPONDENT}]
        life.says(MEDIATOR, "rule", outcome="suspicious_unproven", ground="misrepresentation", remedies=warned).fire("grace")
        assert {right.side.value: right.allowed for right in life.case.rights} == {"claimant": True, "respondent": True}


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
