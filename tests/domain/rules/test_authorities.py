"""An authority is told by two persons, once, and nobody outside the team is warned of it."""

from __future__ import annotations

from typing import Any

from domain.views.case import visible
from tests.support.cases import (
    CLAIMANT,
    LEAD,
    LEAD_2,
    MEDIATOR,
    OPS,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    WITNESS,
    Life,
    a_case,
)

POLICE: dict[str, Any] = {"authority": "police", "reasons": "The same ring as in March."}


def proposed() -> Life:
    life = a_case("fraud_report").with_party(WITNESS, "respondent", "witness").in_review()
    return life.says(MEDIATOR, "report_to_authority", **POLICE)


def hear_of(life: Life, fact: str) -> set[str]:
    recording = next(r for r in reversed(life.recordings) if r.fact.type == fact)
    everybody = (CLAIMANT, RESPONDENT, WITNESS, PLATFORM, LEAD)
    return {who for who in everybody if visible(life.case, recording, life.actor(who))}


def test_nothing_leaves_before_the_second_word() -> None:
    assert proposed().case.effects == ()


def test_with_it_the_authority_is_told_once() -> None:
    life = proposed().says(LEAD, "approve_report")
    assert [e.remedy.type for e in life.case.effects] == ["report_to_authority:police"]
    assert life.refused(LEAD_2, "approve_report").code == "report_unknown"


def test_two_authorities_wait_side_by_side() -> None:
    life = proposed().says(MEDIATOR, "report_to_authority", authority="financial_intelligence_unit", reasons="Mules.")
    second = life.case.reports[1].id
    life.says(LEAD, "approve_report", report_id=second).says(LEAD, "return_report", reasons="Not enough.")
    assert [(r.authority, r.made) for r in life.case.reports] == [("financial_intelligence_unit", True)]


def test_no_ruling_and_no_appeal_takes_it_back() -> None:
    life = proposed().says(LEAD, "approve_report").appealable().says(RESPONDENT, "appeal").says(LEAD_2, "take")
    life.says(LEAD_2, "decide_appeal", decision="overturn", outcome="false_positive", ground="no_fraud").fire("grace")
    told = next(e for e in life.case.effects if e.remedy.type == "report_to_authority:police")
    assert told in life.case.effects_in_force


def test_no_party_hears_of_it() -> None:
    life = proposed()
    assert hear_of(life, "report_proposed") == {LEAD}
    life.says(LEAD, "approve_report")
    assert hear_of(life, "report_approved") == {PLATFORM, LEAD}
    life.says(ROBOT, "report_effect", effect_id=life.case.effects[0].id, result="done")
    assert hear_of(life, "effect_reported") == {PLATFORM, LEAD}


def test_a_proposal_falls_with_the_case() -> None:
    life = proposed().says(OPS, "close", outcome="expired", reason="bank_closed")
    assert life.case.reports == ()
