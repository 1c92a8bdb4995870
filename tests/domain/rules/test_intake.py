"""How a report becomes a case: which phase it opens in, and what its gates make of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Money, Outcome, Phase, Priority, Side
from domain.model import facts as f
from domain.model.people import OpenedParty
from domain.rules.money import payable
from tests.support.cases import (
    CLAIMANT,
    LEAD,
    MEDIATOR,
    MEDIATOR_2,
    OPS,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    Life,
    a_case,
    digest_of,
    types_of,
)
from tests.support.other_cases import OTHER_CASE, other

DANGER = {"threat_to_life": True}


class TestADangerInAMatterThatIsKnown:
    """Of an order that somebody disputes already they write that they are threatened now."""

    @staticmethod
    def reported(kind: str, known: dict[str, Any], **more: Any) -> Life:
        life = a_case(kind, **more)
        life.elsewhere = known
        return life.opened()

    @pytest.mark.parametrize("kind", ["payment_dispute", "bounty_dispute"])
    def test_is_a_case_of_its_own_for_which_somebody_is_called(self, kind: str) -> None:
        known = {"other": other(kind)}
        assert not self.reported(kind, known).case.open, "any other report of the matter goes on in its case"
        life = self.reported(kind, known, attributes=DANGER)
        assert (life.case.open, life.case.priority) == (True, Priority.URGENT)
        assert [link.other for link in life.case.links] == [OTHER_CASE], "and the team sees that they belong together"
        life.later(timedelta(hours=2))
        assert [r for r in life.recordings if isinstance(r.fact, f.LevelReached) and r.fact.clock == "danger"]

    @pytest.mark.parametrize("kind", ["payment_dispute", "bounty_dispute", "fraud_report", "conduct_report", "safety_incident"])
    def test_is_told_to_nobody_whom_it_is_about_before_somebody_has_looked(self, kind: str) -> None:
        """Where they hide stands in what they wrote."""
        life = self.reported(kind, {}, attributes=DANGER)
        assert not life.case.is_disclosed
        assert {draft.recipient for _, draft in life.notices}.isdisjoint({RESPONDENT})
        assert (life.case.terms.words, life.case.terms.report) == ("desk", "desk")

    @pytest.mark.parametrize("kind", ["payment_dispute", "fraud_report"])
    def test_is_not_turned_away_because_the_matter_was_decided(self, kind: str) -> None:
        known = {"decided": other(kind, open=False, outcome=Outcome.RULED)}
        assert not self.reported(kind, known).case.open
        life = self.reported(kind, known, attributes=DANGER)
        assert life.case.open
        assert [link.other for link in life.case.links] == [OTHER_CASE]


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

    @pytest.mark.parametrize("category", ["self_harm", "threats", "stalked_at_home"])
    @pytest.mark.parametrize("attributes", [{"about": "bounty"}, {"happened_days_ago": 366}])
    def test_no_gate_turns_a_danger_away(self, category: str, attributes: dict[str, Any]) -> None:
        """Istanbul Convention, article 50(1): whoever tells of it is answered by somebody."""
        life = a_case("conduct_report", category=category, attributes=attributes).opened()
        assert (life.case.phase, types_of(life.facts)) == (Phase.INTAKE, ["case_opened"])

    def test_nor_what_somebody_under_age_reports(self) -> None:
        life = a_case("conduct_report", attributes={"about": "severity"}).under_age(CLAIMANT).opened()
        assert life.case.phase is Phase.INTAKE

    def test_without_a_case_nothing_else_can_be_said(self) -> None:
        life = a_case()
        assert life.refused(ROBOT, "assign", owner=MEDIATOR).code == "not_opened"


def decided(kind: str, attributes: dict[str, Any] | None = None, **said: Any) -> Life:
    """A report of what an earlier case has decided between the same two."""
    life = a_case(kind, amount=Money(amount=10_000, currency="USD"), attributes=attributes or {})
    life.elsewhere = {"decided": other(kind, **{"open": False, "outcome": "ruled", **said})}
    return life.opened()


class TestAMatterThatWasDecided:
    @pytest.mark.parametrize("kind", ["payment_dispute", "bounty_dispute", "fraud_report"])
    def test_is_not_heard_again_without_a_new_fact(self, kind: str) -> None:
        life = decided(kind)
        assert (life.case.outcome, life.case.close_reason) == (Outcome.DECLINED, "decided_already")
        assert [link.other for link in life.case.links] == [OTHER_CASE]

    def test_with_a_new_fact_a_person_looks_at_it(self) -> None:
        life = decided("payment_dispute", {"new_fact": True})
        assert life.case.phase is Phase.INTAKE
        assert [(link.other, link.relation) for link in life.case.links] == [(OTHER_CASE, "heard_again")]

    @pytest.mark.parametrize("kind", ["conduct_report", "safety_incident", "compliance_request"])
    def test_nobody_is_turned_away_by_a_rule_where_people_may_be_in_danger(self, kind: str) -> None:
        assert decided(kind).case.phase is Phase.INTAKE

    @pytest.mark.parametrize("how", [{"outcome": "withdrawn"}, {"outcome": "declined"}, {"open": True, "outcome": None}])
    def test_what_was_not_decided_is_a_case_like_any_other(self, how: dict[str, Any]) -> None:
        assert decided("payment_dispute", **how).case.phase is Phase.SETTLEMENT

    def test_what_was_given_then_is_not_given_again(self) -> None:
        life = decided("payment_dispute", {"new_fact": True}, given=(Money(amount=4_000, currency="USD"),))
        left = payable(life.case)
        assert left is not None
        assert (left.amount, left.standing) == (6_000, 4_000)

    @pytest.mark.parametrize(
        ("handed_in_by", "decider", "alone"),
        [
            (None, MEDIATOR_2, False),
            (RESPONDENT, MEDIATOR_2, False),
            (CLAIMANT, MEDIATOR_2, True),
            (CLAIMANT, MEDIATOR, False),
        ],
    )
    def test_nobody_alone_decides_it_otherwise_on_nothing_new_nor_whoever_decided_first(
        self, handed_in_by: str | None, decider: str, *, alone: bool
    ) -> None:
        """European Convention on Human Rights, protocol No 7, article 4(2); Brumărescu v Romania (28342/95), paragraph 61."""
        life = decided("payment_dispute", {"new_fact": True}, deciders=(MEDIATOR,)).says(LEAD, "admit").says(CLAIMANT, "escalate")
        life.says(decider, "take").says(RESPONDENT, "message", text="Again?")
        if handed_in_by is not None:
            life.says(handed_in_by, "submit_evidence")
        money = [{"type": "refund", "amount": {"amount": 5_000, "currency": "USD"}}]
        said = {"ground": "not_received", "reasons": "It is so.", "relies_on": []}
        life.says(decider, "rule", outcome="refunded", remedies=money, **said)
        assert life.case.phase is (Phase.RULED if alone else Phase.APPROVAL)

    def test_and_the_earlier_case_is_not_taken_up_beside_it(self) -> None:
        life = a_case("fraud_report").closed()
        life.says(ROBOT, "mirror_link", link_id="lnk_1", other=OTHER_CASE, relation="heard_again")
        assert life.refused(OPS, "reopen").code == "merged_already"
        assert life.says(PLATFORM, "signal", signal="confession").case.phase is Phase.CLOSED

    def test_terms_of_old_say_nothing_of_it(self) -> None:
        life = a_case("payment_dispute").with_terms(decided_matter=None)
        life.elsewhere = {"decided": other("payment_dispute", open=False, outcome="ruled")}
        assert life.opened().case.phase is Phase.SETTLEMENT


class TestTheOtherSidesReport:
    def test_of_the_same_matter_is_a_case_that_is_linked(self) -> None:
        life = a_case("payment_dispute")
        turned = (
            OpenedParty(id="pty_x", side=Side.CLAIMANT, ref_digest=digest_of(RESPONDENT)),
            OpenedParty(id="pty_y", side=Side.RESPONDENT, ref_digest=digest_of(CLAIMANT)),
        )
        life.elsewhere = {"other": other("payment_dispute", parties=turned)}
        case = life.opened().case
        assert (case.phase, [link.relation for link in case.links]) == (Phase.SETTLEMENT, ["related"])
        assert any(isinstance(fact, f.CrossCaseTaskOrdered) for fact in life.facts)


class TestAReportAgainstAClaimantOfTheMatter:
    """Whoever is accused reads what their side reads: it goes into no case in which they are the claimant."""

    @pytest.mark.parametrize("role", ["principal", "co_claimant", "representative"])
    def test_is_a_case_that_is_linked(self, role: Any) -> None:
        there = (
            OpenedParty(id="pty_x", side=Side.CLAIMANT, ref_digest=digest_of(CLAIMANT)),
            OpenedParty(id="pty_y", side=Side.CLAIMANT, role=role, ref_digest=digest_of(RESPONDENT)),
            OpenedParty(id="pty_z", side=Side.RESPONDENT, ref_digest=digest_of("pty_sitter")),
        )
        life = a_case("safety_incident")
        life.elsewhere = {"other": other("safety_incident", parties=there, is_disclosed=False)}
        case = life.opened().case
        assert (case.merged_into, [link.relation for link in case.links], case.is_disclosed) == (None, ["related"], False)
