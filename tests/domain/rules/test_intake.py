"""How a report becomes a case: which phase it opens in, and what its gates make of it."""

from __future__ import annotations

from domain.base import Outcome, Phase
from tests.support.cases import (
    MEDIATOR,
    ROBOT,
    a_case,
    types_of,
)


class TestOpen:
    def test_a_bounty_dispute_begins_with_a_settlement(self) -> None:
        life = a_case("bounty_dispute").opened()
        assert types_of(life.facts) == ["case_opened", "phase_entered"]
        assert life.case.phase is Phase.SETTLEMENT

    def test_a_fraud_report_begins_with_the_investigation(self) -> None:
        assert a_case("fraud_report").opened().case.phase is Phase.REVIEW

    def test_a_gate_that_declines_closes_it_with_the_reason(self) -> None:
        life = a_case("bounty_dispute", attributes={"programme_excluded": True}).opened()
        assert types_of(life.facts) == ["case_opened", "case_declined", "case_closed"]
        assert (life.case.outcome, life.case.close_reason) == (Outcome.DECLINED, "programme_excluded")
        assert life.case.quiet

    def test_a_gate_that_cannot_tell_leaves_it_to_triage(self) -> None:
        life = a_case("bounty_dispute", attributes={"reporter_standing": -1}).opened()
        assert life.case.phase is Phase.INTAKE
        assert [row.clock for row in life.case.timetable] == ["triage"]

    def test_without_a_case_nothing_else_can_be_said(self) -> None:
        life = a_case()
        assert life.refused(ROBOT, "assign", owner=MEDIATOR).code == "not_opened"
