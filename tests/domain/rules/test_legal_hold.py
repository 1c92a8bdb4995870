"""A legal hold is placed and lifted by a lead or ops at any time, and no party hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Phase
from domain.model.legal_hold import EffectReleased, HeldPerson, LegalHoldPlaced
from domain.rules.legal_hold import retention_bar
from domain.rules.money import payable
from tests.support.cases import (
    CLAIMANT,
    LEAD,
    LEAD_2,
    MEDIATOR,
    OPS,
    OUTCOMES,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    Life,
    a_case,
    digest_of,
)


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


ERASE: dict[str, Any] = {"outcome": "granted", "ground": "right_to_erasure", "remedies": [{"type": "erase"}]}


def asked_to_erase() -> Life:
    return a_case("compliance_request", category="gdpr_erasure").with_terms(procedure=()).in_review()


def erasing() -> Life:
    """Granted, told, and the erasure is ordered."""
    return asked_to_erase().says(MEDIATOR, "rule", **ERASE).fire("grace")


class TestWhatDestroys:
    def test_is_not_drafted_under_a_hold(self) -> None:
        life = asked_to_erase().says(LEAD, "place_hold")
        refusal = life.refused(MEDIATOR, "rule", **ERASE)
        assert (refusal.code, refusal.fields["remedy"]) == ("legal_hold", "erase")

    def test_is_stopped_by_a_hold_also_in_kinds_and_terms_that_say_nothing_of_it(self) -> None:
        life = a_case("compliance_request", category="gdpr_erasure").with_terms(procedure=(), destructive=()).in_review()
        assert life.says(LEAD, "place_hold").refused(MEDIATOR, "rule", **ERASE).code == "legal_hold"

    def test_is_not_approved_under_a_hold(self) -> None:
        life = a_case("bounty_dispute").with_terms(destructive=("payout",)).in_approval().says(OPS, "place_hold")
        assert life.refused(LEAD, "approve").code == "legal_hold"
        assert life.says(LEAD, "return_ruling").case.phase is Phase.REVIEW

    def test_drafted_before_is_not_told_and_goes_back(self) -> None:
        life = asked_to_erase().says(MEDIATOR, "rule", **ERASE)
        seen = life.seen_by(CLAIMANT)
        life.says(LEAD, "place_hold").fire("grace")
        assert (life.case.phase, life.case.ruling, life.case.effects) == (Phase.REVIEW, None, ())
        assert [n.event for _, n in life.last.notices if n.recipient == MEDIATOR] == ["ruling_withheld"]
        assert life.seen_by(CLAIMANT) == seen
        placed = next(x for x in life.facts if isinstance(x, LegalHoldPlaced))
        assert [(found.type, found.state) for found in placed.found] == [("erase", "drafted")]

    def test_on_appeal_goes_back_to_who_decides_the_appeal(self) -> None:
        life = (
            a_case("bounty_dispute")
            .with_terms(destructive=("payout",))
            .appealable("none")
            .says(CLAIMANT, "appeal")
            .says(LEAD_2, "take")
        )
        payout = [{"type": "payout", "amount": {"amount": 100, "currency": "USD"}}]
        life.says(LEAD_2, "decide_appeal", decision="overturn", outcome="upheld", ground="severity", remedies=payout)
        life.says(OPS, "place_hold").fire("grace")
        assert (life.case.phase, life.case.owner) == (Phase.APPEAL, LEAD_2)

    def test_ordered_is_stopped_and_goes_on_as_another_when_no_hold_is_left(self) -> None:
        life = erasing()
        (first,) = life.case.effects
        life.says(LEAD, "place_hold").says(OPS, "place_hold")
        assert (life.case.running, life.case.effects[0].state) == ((), "withheld")
        assert life.seen_by(MEDIATOR).withheld is not None
        life.says(LEAD, "lift_hold", hold_id=life.case.legal_holds[0].id)
        assert life.case.running == ()
        life.says(LEAD, "lift_hold")
        assert [e.remedy for e in life.case.effects_in_force] == [first.remedy]
        assert first.id not in life.case.running
        assert life.case.withheld == ()

    def test_counts_once_as_given_when_it_goes_on(self) -> None:
        amount = {"amount": 90_000, "currency": "USD"}
        life = a_case("payment_dispute", amount=amount).with_terms(destructive=("refund",)).appealable()
        before = payable(life.case)
        life.says(OPS, "place_hold").says(LEAD, "lift_hold")
        assert [fact.type for fact in life.facts][-2:] == ["effect_released", "effect_ordered"]
        assert payable(life.case) == before

    def test_already_done_is_said_with_when(self) -> None:
        life = erasing()
        life.says(ROBOT, "report_effect", effect_id=life.case.effects[0].id, result="done")
        done_at = life.now
        life.later(timedelta(days=1)).says(LEAD, "place_hold")
        placed = life.facts[-1]
        assert isinstance(placed, LegalHoldPlaced)
        assert [(found.state, found.at) for found in placed.found] == [("done", done_at)]

    def test_that_was_under_way_all_the_same_is_said_too(self) -> None:
        """It had left for the platform when the hold came: the record says that it was done."""
        life = erasing().says(LEAD, "place_hold")
        life.says(ROBOT, "report_effect", effect_id=life.case.effects[0].id, result="done")
        assert (life.case.effects[0].state, life.case.withheld) == ("done", ())
        assert life.says(LEAD, "lift_hold").case.running == ()

    def test_of_a_ruling_that_is_looked_at_afresh_waits_for_a_person(self) -> None:
        life = erasing().says(LEAD, "place_hold").says(OPS, "reopen").says(LEAD, "lift_hold")
        (held,) = (x for x in life.facts if isinstance(x, EffectReleased))
        assert (held.goes_on_as, life.case.running) == (None, ())
        assert held.effect_id in life.case.manual_work

    def test_agreed_on_is_kept_back_without_telling_who_agreed(self) -> None:
        life = a_case("bounty_dispute").with_terms(destructive=("payout",)).in_settlement().says(OPS, "place_hold")
        life.says(RESPONDENT, "offer", remedy="payout", amount={"amount": 100, "currency": "USD"}).says(CLAIMANT, "accept_offer")
        assert (life.case.phase, life.case.effects, len(life.case.withheld)) == (Phase.CLOSED, (), 1)
        assert life.says(OPS, "lift_hold").case.running

    def test_is_imposed_by_nobody_until_the_ruling_either(self) -> None:
        life = a_case("fraud_report").with_terms(destructive=("payout_freeze",)).in_review().says(OPS, "place_hold")
        assert life.refused(MEDIATOR, "impose_interim", measure="payout_freeze", reasons="Now.").code == "legal_hold"


class TestOnAnotherCaseOfTheSamePerson:
    """Whatever destroys something about them waits, and nobody outside learns why."""

    def request(self, *held: str) -> Life:
        life = a_case().with_terms(destructive=("payout",)).in_review()
        life.elsewhere["held"] = tuple(HeldPerson(ref_digest=digest_of(who), case_id="case_other") for who in held)
        return life

    def test_nobody_drafts_it(self) -> None:
        refusal = self.request(CLAIMANT).refused(MEDIATOR, "rule", **OUTCOMES["bounty_dispute"]["light"])
        assert (refusal.code, refusal.fields["holds"]) == ("legal_hold", ["case_other"])

    @pytest.mark.parametrize("who", [RESPONDENT, "pty_neighbour"])
    def test_but_what_is_about_somebody_else_goes_on(self, who: str) -> None:
        self.request(who).says(MEDIATOR, "rule", **OUTCOMES["bounty_dispute"]["light"])

    def test_a_draft_that_was_made_before_is_not_approved(self) -> None:
        life = a_case().with_terms(destructive=("payout",)).in_approval()
        life.elsewhere["held"] = (HeldPerson(ref_digest=digest_of(CLAIMANT), case_id="case_other"),)
        assert life.refused(LEAD, "approve").code == "legal_hold"

    def test_whoever_lifted_it_there_does_not_destroy_it_here_alone(self) -> None:
        life = self.request()
        lifted = HeldPerson(ref_digest=digest_of(CLAIMANT), case_id="case_other", held=False, lifted_by=(MEDIATOR,))
        life.elsewhere["held"] = (lifted,)
        life.says(MEDIATOR, "rule", **OUTCOMES["bounty_dispute"]["light"])
        assert life.case.phase is Phase.APPROVAL
        life = self.request()
        life.elsewhere["held"] = (lifted.model_copy(update={"lifted_by": (LEAD,)}),)
        assert life.says(MEDIATOR, "rule", **OUTCOMES["bounty_dispute"]["light"]).case.phase is Phase.RULED

    def test_what_the_sides_agree_is_withheld_and_neither_is_told(self) -> None:
        life = a_case().with_terms(destructive=("payout",)).in_settlement()
        life.elsewhere["held"] = (HeldPerson(ref_digest=digest_of(CLAIMANT), case_id="case_other"),)
        life.says(RESPONDENT, "offer", remedy="payout", amount={"amount": 700, "currency": "USD"}).says(CLAIMANT, "accept_offer")
        withheld = [x for x in life.facts if x.type == "effect_withheld"]
        assert [x.hold_ids for x in withheld] == [("case_other",)]
        assert not [e for e in life.case.effects if e.state == "running"]
        assert "case_other" not in life.seen_by(CLAIMANT).model_dump_json()

    def test_a_hold_lifted_here_releases_nothing_while_there_is_one_there(self) -> None:
        life = a_case().with_terms(destructive=("payout",)).appealable().says(OPS, "place_hold", reason="litigation")
        life.elsewhere["held"] = (HeldPerson(ref_digest=digest_of(CLAIMANT), case_id="case_other"),)
        life.says(OPS, "lift_hold")
        assert (life.case.legal_holds, [e for e in life.case.effects if e.state == "running"]) == ((), [])
        assert life.case.withheld

    def test_it_is_no_part_of_the_case(self) -> None:
        life = self.request(CLAIMANT).says(MEDIATOR, "note")
        assert life.case.legal_holds == ()


class TestRetention:
    """What is past its time goes, and what may still be needed stays."""

    def test_nothing_goes_before_its_time_or_without_one(self) -> None:
        case = a_case().closed().case.model_copy(update={"effects": ()})
        kept = case.model_copy(update={"terms": case.terms.model_copy(update={"keep_for": timedelta(days=30)})})
        assert case.closed_at is not None
        end = case.closed_at + timedelta(days=30)
        none = case.model_copy(update={"terms": case.terms.model_copy(update={"keep_for": None})})
        assert retention_bar(none, end, linked_open=False) == "no_period"
        assert retention_bar(kept, end - timedelta(seconds=1), linked_open=False) == "not_yet"
        assert retention_bar(kept, end, linked_open=False) is None
        assert retention_bar(kept, end, linked_open=True) == "linked_open"
        minor = kept.parties[0].model_copy(update={"minor": True})
        young = kept.model_copy(update={"parties": (minor, *kept.parties[1:])})
        shorter = young.terms.model_copy(update={"keep_for_minors": timedelta(days=1)})
        young = young.model_copy(update={"terms": shorter})
        assert retention_bar(young, case.closed_at + timedelta(days=1), linked_open=False) is None

    def test_a_hold_keeps_it_whatever_its_age(self) -> None:
        case = a_case().closed().says(LEAD, "place_hold", reason="litigation").case
        kept = case.model_copy(update={"terms": case.terms.model_copy(update={"keep_for": timedelta(days=30)})})
        assert kept.closed_at is not None
        assert retention_bar(kept, kept.closed_at + timedelta(days=9999), linked_open=False) == "legal_hold"
