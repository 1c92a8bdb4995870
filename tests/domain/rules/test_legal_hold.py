"""A legal hold is placed and lifted by a lead or ops at any time, and no party hears of it."""

from __future__ import annotations

import pytest

from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, OPS, PLATFORM, RESPONDENT, Life, a_case


def held() -> Life:
    return a_case().in_review().says(OPS, "place_hold", reason="litigation")


def test_the_team_sees_who_placed_it_and_why() -> None:
    seen = held().seen_by(MEDIATOR).legal_holds
    assert seen is not None
    assert [(one.reason, one.by) for one in seen] == [("litigation", OPS)]


@pytest.mark.parametrize("outsider", [CLAIMANT, RESPONDENT, PLATFORM])
def test_nobody_outside_sees_it_or_is_told(outsider: str) -> None:
    life = a_case().in_review()
    told = len(life.notices)
    before = life.seen_by(outsider)
    life.says(OPS, "place_hold", reason="litigation")
    assert life.seen_by(outsider) == before
    assert len(life.notices) == told


def test_it_outlasts_the_case_and_can_be_placed_when_it_is_over() -> None:
    life = a_case().closed().says(LEAD, "place_hold", reason="litigation")
    assert life.case.legal_holds
    assert held().says(CLAIMANT, "withdraw").case.legal_holds


def test_several_holds_are_lifted_one_by_one_or_all_at_once() -> None:
    life = held().says(LEAD, "place_hold", reason="preservation_order")
    first, second = life.case.legal_holds
    assert life.refused(OPS, "lift_hold", hold_id="lgh_other").code == "not_on_hold"
    life.says(OPS, "lift_hold", hold_id=first.id)
    assert [one.id for one in life.case.legal_holds] == [second.id]
    life.says(OPS, "place_hold", reason="litigation").says(OPS, "lift_hold")
    assert not life.case.legal_holds
    assert life.refused(OPS, "lift_hold").code == "not_on_hold"


def test_a_mediator_places_none() -> None:
    assert a_case().in_review().refused(MEDIATOR, "place_hold").code == "not_allowed"
