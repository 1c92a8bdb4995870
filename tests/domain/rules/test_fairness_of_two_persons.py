"""Two persons are two: nobody lifts what stops them, looks at what they drafted, or goes on after they said that they cannot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from domain.base import Money, Phase
from domain.model.people import Actor
from domain.model.refusals import Refusal
from domain.model.remedy import Remedy
from domain.rules import legal_hold
from domain.rules.fairness import disqualification
from domain.rules.money import payee_why
from tests.support.cases import CLAIMANT, LEAD, LEAD_2, LEAD_3, MEDIATOR, MEDIATOR_2, MONDAY, OPS, OUTCOMES, Life, a_case

HEAVY = OUTCOMES["bounty_dispute"]["heavy"]


class TestARuling:
    def swapped(self) -> Life:
        """A lead drafts, another returns it and drafts the same."""
        life = a_case().in_review(owner=LEAD).says(LEAD, "rule", **HEAVY).says(LEAD_2, "return_ruling")
        return life.says(OPS, "assign", owner=LEAD_2).says(LEAD_2, "rule", **HEAVY)

    def test_is_not_approved_by_whoever_drafted_it_before(self) -> None:
        life = self.swapped()
        assert life.refused(LEAD, "approve").code == "own_ruling"
        assert life.refused(LEAD, "return_ruling").code == "own_ruling"

    def test_is_approved_by_a_third_one(self) -> None:
        assert self.swapped().says(LEAD_3, "approve").case.phase is Phase.RULED

    def test_is_not_set_aside_by_somebody_who_reports_to_a_decider(self) -> None:
        life = a_case().appealable()
        below = life.actor(LEAD_3).model_copy(update={"manager": MEDIATOR})
        assert life.refused(below, "annul", reason="procedural_fault").fields["because"] == "reports_to_earlier"


@pytest.mark.parametrize("command", ["message", "note", "assign", "place_hold"])
def test_whoever_cannot_decide_it_neither_writes_nor_assigns(command: str) -> None:
    life = a_case().in_review().says(LEAD, "recuse", reason="knows_a_party")
    fields: dict[str, Any] = {"assign": {"owner": MEDIATOR_2}}
    refusal = life.refused(LEAD, command, **fields.get(command, {"reason": "litigation"} if command == "place_hold" else {}))
    assert (refusal.code, refusal.fields["because"]) == ("own_case", "recused")


class TestAHold:
    def held(self) -> Life:
        return a_case("compliance_request", category="gdpr_erasure").with_terms(procedure=(), hear=()).in_review(owner=LEAD)

    def test_is_not_lifted_by_whoever_decides_what_it_keeps(self) -> None:
        life = self.held().says(OPS, "place_hold", reason="litigation")
        refusal = life.refused(LEAD, "lift_hold")
        assert (refusal.code, refusal.fields["because"]) == ("own_case", "decides_it")
        life.says(LEAD_2, "lift_hold")

    def test_lifted_first_and_decided_then_a_second_person_looks(self) -> None:
        life = a_case().with_terms(destructive=("payout",)).in_review(owner=None).says(OPS, "place_hold", reason="litigation")
        life.says(LEAD, "lift_hold").says(LEAD, "take").says(LEAD, "rule", **OUTCOMES["bounty_dispute"]["light"])
        drafted = [x for x in life.facts if x.type == "ruling_drafted"][-1]
        assert (life.case.phase, drafted.approval_because) == (Phase.APPROVAL, "lifted_the_hold")

    @pytest.mark.parametrize("line", ["their_report", "their_manager"])
    def test_lifted_by_somebody_of_the_line_a_second_person_looks_who_is_none_of_it(self, line: str) -> None:
        """Four eyes: nobody is a second person to what they, or somebody they report to, let go."""
        life = a_case().with_terms(destructive=("payout",)).in_review(owner=None).says(OPS, "place_hold", reason="litigation")
        above = life.actor(LEAD_2)
        lifter = life.actor(LEAD).model_copy(update={"manager": LEAD_2} if line == "their_manager" else {})
        decider = above if line == "their_manager" else life.actor(LEAD_3).model_copy(update={"manager": LEAD})
        life.says(lifter, "lift_hold").says(decider, "take").says(decider, "rule", **OUTCOMES["bounty_dispute"]["light"])
        drafted = [x for x in life.facts if x.type == "ruling_drafted"][-1]
        assert (life.case.phase, drafted.approval_because) == (Phase.APPROVAL, "lifted_the_hold")
        refusal = life.refused(LEAD, "approve")
        assert (refusal.code, refusal.fields["because"]) == ("own_case", "lifted_the_hold")

    def test_that_is_lifted_lets_nothing_go_on_that_nobody_wants_any_more(self) -> None:
        life = a_case().with_terms(destructive=("payout",), withdrawal="closes").appealable()
        life.says(OPS, "place_hold", reason="litigation").fire("appeal_window").says(OPS, "reopen", reason="asked")
        life.says(CLAIMANT, "withdraw").says(OPS, "lift_hold")
        assert [x.goes_on_as for x in life.facts if x.type == "effect_released"] == [None]


def test_money_beside_evidence_that_a_card_network_weighs_is_looked_at_twice() -> None:
    due = MONDAY + timedelta(days=6)
    attributes = {"stage": "chargeback", "due_by": int(due.timestamp())}
    life = a_case("payment_dispute", attributes=attributes, amount={"amount": 90_000, "currency": "USD"}).in_review()
    life.says(LEAD, "draft_chargeback_evidence").says(LEAD, "submit_chargeback_evidence")
    life.says(MEDIATOR, "rule", **OUTCOMES["payment_dispute"]["light"])
    drafted = [x for x in life.facts if x.type == "ruling_drafted"][-1]
    assert (life.case.phase, drafted.approval_because) == (Phase.APPROVAL, "chargeback_sent")


class TestProtection:
    @pytest.mark.parametrize("phase", ["in_approval", "ruled", "appealable"])
    def test_is_possible_whatever_became_of_a_ruling(self, phase: str) -> None:
        life = getattr(a_case("fraud_report"), phase)()
        measure = life.case.terms.interim[0].name
        life.says(LEAD_2, "impose_interim", measure=measure, reasons="He is at the door.")
        assert [i.remedy.type for i in life.case.interim] == [measure]
        life.says(LEAD_2, "review_interim", decision="lift", reasons="He is gone.")
        assert not life.case.interim

    def test_imposed_while_an_appeal_is_possible_ends_with_the_case(self) -> None:
        life = a_case("fraud_report").appealable()
        life.says(LEAD_2, "impose_interim", measure=life.case.terms.interim[0].name, reasons="At the door.").fire("appeal_window")
        assert (life.case.phase, life.case.interim) == (Phase.CLOSED, ())


def test_a_complaint_does_not_go_back_to_whom_it_is_about() -> None:
    decision = {"outcome": "remove", "appellant": "author", "decider": MEDIATOR, "content": "post-77", "ground": "sexual_content"}
    life = a_case("moderation_appeal", decision={**decision, "effective_at": "2026-02-20T10:00:00Z", "reasons": "It is."})
    life.opened().says(MEDIATOR_2, "take")
    refusal = life.refused(MEDIATOR_2, "decide_appeal", decision="remit", same_decider=True)
    assert (refusal.code, refusal.fields["because"]) == ("own_case", "complained_about")
    life.says(MEDIATOR_2, "decide_appeal", decision="remit")


def _drafts_for(below: Actor) -> str | None:
    life = a_case().in_review(owner=LEAD).says(LEAD, "rule", **HEAVY)
    return _because(life, below, "approve")


def _decides_the_appeal(below: Actor) -> str | None:
    return disqualification(a_case().in_appeal(owner=None).case, below)


def _sets_it_aside(below: Actor) -> str | None:
    return _because(a_case().appealable(), below, "annul", reason="procedural_fault")


def _confirms_who_stands_there(below: Actor) -> str | None:
    party = {"side": "respondent", "ref": "shop2"}
    life = a_case("payment_dispute").in_review().says(LEAD, "add_party", party=party)
    return _because(life, below, "add_party", party=party)


def _gives_to_whom_they_seated(below: Actor) -> str | None:
    life = a_case("payment_dispute", amount={"amount": 40_000, "currency": "USD"}).in_review(owner=MEDIATOR_2)
    life.says(LEAD, "add_party", party={"side": "claimant", "ref": "heir"})
    return payee_why(life.case, [Remedy(type="refund", amount=Money(amount=100, currency="USD"))], below)


def _destroys_what_they_let_go(below: Actor) -> str | None:
    life = a_case("compliance_request", category="gdpr_erasure").in_review().says(OPS, "place_hold", reason="litigation")
    return "lifted" if legal_hold.lifted_in_line(life.says(LEAD, "lift_hold").case, below) else None


def _because(life: Life, who: Actor, what: str, **fields: Any) -> str | None:
    try:
        life.says(who, what, **fields)
    except Refusal as refusal:
        because: str = refusal.fields["because"]
        return because
    return None


_LINES: tuple[Callable[[Actor], str | None], ...] = (
    _drafts_for, _decides_the_appeal, _sets_it_aside, _confirms_who_stands_there, _gives_to_whom_they_seated,
    _destroys_what_they_let_go,
)  # fmt: skip


@pytest.mark.parametrize("between", [("per_between",), ("per_between", "per_higher"), ("per_1", "per_2", "per_3")])
@pytest.mark.parametrize("rule", _LINES)
def test_to_report_by_others_is_to_report(rule: Callable[[Actor], str | None], between: tuple[str, ...]) -> None:
    """Whoever could make somebody say it could so by however many others."""
    for boss in (LEAD, MEDIATOR):
        direct = Actor(id="per_below", role="lead", manager=boss)
        by_others = Actor(id="per_below", role="lead", manager=between[0], above=(*between[1:], boss))
        assert rule(by_others) == rule(direct)
    bosses = [Actor(id="per_below", role="lead", manager=boss) for boss in (LEAD, MEDIATOR)]
    assert {rule(one) for one in bosses} != {rule(Actor(id="per_below", role="lead", manager=between[0], above=between[1:]))}
