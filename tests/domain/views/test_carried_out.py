"""What a party reads of what was agreed on: not done yet, until it is."""

from __future__ import annotations

import pytest

from domain.views.carried_out import carried_out
from tests.support.cases import CLAIMANT, LEAD, RESPONDENT, ROBOT, Life, a_case


def agreed() -> Life:
    life = a_case().opened().says(RESPONDENT, "offer", remedy="payout", amount={"amount": 5_000, "currency": "USD"})
    return life.says(CLAIMANT, "accept_offer")


def states(life: Life, who: str) -> list[str]:
    viewer = life.actor(who)
    assert viewer is not None
    return [one.state for one in carried_out(life.case, viewer)]


@pytest.mark.parametrize("who", [CLAIMANT, RESPONDENT, LEAD])
def test_it_is_not_done_before_somebody_says_so(who: str) -> None:
    life = agreed()
    assert states(life, who) == ["not_yet"]
    effect = life.case.effects[0].id
    life.says(ROBOT, "report_effect", effect_id=effect, result="needs_hands")
    assert states(life, who) == ["not_yet"]
    life.says(LEAD, "report_manual_work", effect_id=effect, result="done", reference="SEPA-118204")
    assert states(life, who) == ["done"]


def test_what_cannot_be_done_is_said() -> None:
    life = agreed()
    effect = life.case.effects[0].id
    life.says(ROBOT, "report_effect", effect_id=effect, result="needs_hands")
    life.says(LEAD, "report_manual_work", effect_id=effect, result="impossible", text="The account is closed.")
    assert states(life, CLAIMANT) == ["impossible"]
