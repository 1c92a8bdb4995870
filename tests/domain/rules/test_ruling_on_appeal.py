"""Decisions on appeal: rounds that join, decisions that uphold, vary, overturn or remit, and what is undone."""

from __future__ import annotations

from typing import Any

import pytest

from domain.base import Outcome, Phase, Side
from tests.support.appeals import BOUNTY, decided, pay, rights
from tests.support.cases import (
    CLAIMANT,
    LEAD,
    LEAD_2,
    MEDIATOR_3,
    OUTCOMES,
    RESPONDENT,
    a_case,
)


class TestCrossAppeal:
    def test_joins_the_appeal_that_runs(self) -> None:
        life = a_case().in_appeal(weight="both")
        before = life.due("appeal_ruling")
        life.says(CLAIMANT, "appeal")
        assert life.case.appellants == (Side.RESPONDENT, Side.CLAIMANT)
        assert (life.case.round, life.due("appeal_ruling")) == (1, before)

    @pytest.mark.parametrize("approval", [True, False])
    def test_takes_a_draft_back_that_nobody_was_told_of(self, approval: bool) -> None:
        """To the claimant the case is in appeal all the time, so the right must work, and be heard."""
        life = a_case().in_appeal(weight="both")
        remedies = [pay(700_000 if approval else 60_000)]
        life.says(LEAD_2, "decide_appeal", decision="vary", remedies=remedies)
        assert life.case.phase is (Phase.APPROVAL if approval else Phase.RULED)
        life.says(CLAIMANT, "appeal")
        assert (life.case.phase, life.case.owner, life.case.ruling, life.case.round) == (Phase.APPEAL, LEAD_2, None, 1)
        assert life.case.appellants == (Side.RESPONDENT, Side.CLAIMANT)

    def test_goes_on_alone_when_the_first_is_taken_back(self) -> None:
        life = a_case().in_appeal(weight="both").says(CLAIMANT, "appeal").says(RESPONDENT, "withdraw")
        assert (life.case.phase, life.case.appellants) == (Phase.APPEAL, (Side.CLAIMANT,))


class TestWithdrawAppeal:
    @pytest.mark.parametrize("reach", ["in_appeal", "appeal_in_approval", "appeal_ruled"])
    def test_the_ruling_stands(self, reach: str) -> None:
        life = getattr(a_case(), reach)()
        first = life.case.rulings[0]
        life.says(RESPONDENT, "withdraw")
        assert (life.case.phase, life.case.outcome) == (Phase.CLOSED, Outcome.RULED)
        assert life.case.ruling == first
        assert len(life.case.effects) == 1

    def test_the_other_sides_window_opens_again(self) -> None:
        life = a_case().in_appeal(weight="both").says(RESPONDENT, "withdraw")
        assert life.case.phase is Phase.APPEALABLE
        assert rights(life.case) == {"claimant": (True, "lost_something"), "respondent": (False, "already_used")}

    def test_the_claimant_may_give_the_claim_up_on_the_others_appeal_and_keeps_nothing_of_the_ruling(self) -> None:
        case = a_case().in_appeal().says(CLAIMANT, "withdraw").case
        assert (case.outcome, case.close_reason) == ("withdrawn", "given_up_on_appeal")
        assert case.effects_in_force == ()

    def test_is_not_withdrawing_the_report_where_the_ruling_protects_others(self) -> None:
        assert a_case("fraud_report").in_appeal().refused(CLAIMANT, "withdraw").code == "not_allowed"


class TestDecideAppeal:
    def test_uphold_leaves_everything_and_says_so(self) -> None:
        life = decided(a_case().in_appeal(), "uphold")
        first, second = life.case.rulings
        assert (second.decision, second.outcome, second.ground, second.remedies) == (
            "uphold",
            first.outcome,
            first.ground,
            first.remedies,
        )
        assert len(life.case.effects) == 1

    def test_uphold_needs_no_second_person_whatever_it_upholds(self) -> None:
        life = a_case().in_appeal(weight="heavy").says(LEAD_2, "decide_appeal", decision="uphold")
        assert life.case.phase is Phase.RULED

    def test_overturn_undoes_what_can_be_undone(self) -> None:
        life = decided(a_case().in_appeal(), "overturn", **BOUNTY["none"])
        paid, undone = life.case.effects
        assert (undone.reverses, undone.remedy, undone.state) == (paid.id, paid.remedy, "running")

    def test_vary_keeps_what_both_want_and_changes_the_rest(self) -> None:
        life = a_case("fraud_report").in_appeal(weight="both")
        refund = OUTCOMES["fraud_report"]["both"]["remedies"][0]
        decided(life, "vary", remedies=[refund, {"type": "suspend", "to": "respondent"}])
        refunded, warned, unwarned, suspended = life.case.effects
        assert (refunded.remedy.type, refunded.reverses) == ("refund", None)
        assert (unwarned.reverses, suspended.remedy.type, suspended.reverses) == (warned.id, "suspend", None)

    def test_keeps_the_ground_unless_another_is_named(self) -> None:
        life = decided(a_case().in_appeal(), "vary", remedies=[pay(100)])
        assert life.case.rulings[-1].ground == "severity"

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"decision": "uphold", "outcome": "invalid"}, "remedy_not_allowed"),
            ({"decision": "uphold", "remedies": [pay(1)]}, "remedy_not_allowed"),
            ({"decision": "remit", "remedies": [pay(1)]}, "remedy_not_allowed"),
            ({"decision": "overturn"}, "outcome_unknown"),
            ({"decision": "overturn", "outcome": "upheld"}, "outcome_unknown"),
            ({"decision": "vary", "outcome": "draw"}, "outcome_unknown"),
            ({"decision": "vary", "ground": "mood"}, "ground_unknown"),
            ({"decision": "vary", "remedies": [{"type": "payout"}]}, "amount_missing"),
        ],
    )
    def test_says_only_what_it_means(self, fields: dict[str, Any], code: str) -> None:
        assert a_case().in_appeal().refused(LEAD_2, "decide_appeal", **fields).code == code

    def test_a_heavier_ruling_needs_a_second_person_and_goes_back_to_the_appeal(self) -> None:
        life = a_case().appeal_in_approval()
        assert life.refused(LEAD_2, "approve").code == "own_ruling"
        life.says(LEAD, "return_ruling")
        assert (life.case.phase, life.case.owner, life.case.round) == (Phase.APPEAL, LEAD_2, 1)

    def test_retracted_it_is_in_appeal_again(self) -> None:
        assert a_case().appeal_ruled().says(LEAD_2, "retract").case.phase is Phase.APPEAL


class TestRemit:
    def test_somebody_else_decides_afresh(self) -> None:
        case = decided(a_case().in_appeal(), "remit").case
        assert (case.phase, case.round, case.owner, case.queue, case.rights) == (Phase.REVIEW, 2, None, "mediation", ())

    def test_what_the_first_ruling_gave_stays_until_the_next_says_otherwise(self) -> None:
        life = decided(a_case().in_appeal(), "remit")
        assert [e.reverses for e in life.case.effects] == [None]
        life.says(MEDIATOR_3, "take").says(MEDIATOR_3, "rule", **BOUNTY["none"]).fire("grace")
        paid, undone = life.case.effects
        assert undone.reverses == paid.id

    def test_parties_are_told_that_it_goes_on(self) -> None:
        life = decided(a_case().in_appeal(), "remit")
        told = life.notices_for(RESPONDENT)[-1]
        assert (told.event, told.data["decision"], told.data["phase"]) == ("ruling_issued", "remit", "review")
