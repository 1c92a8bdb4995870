"""An authority is told by two persons, once, and nobody outside the team is warned of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import pytest

from domain.base import Side
from domain.model.legal_hold import HeldPerson
from domain.rules.authorities import BARRED_FOR, accuses, charges, knowing
from domain.views.case import unsaid, visible
from tests.support.cases import (
    CLAIMANT,
    LEAD,
    LEAD_2,
    LEAD_3,
    MEDIATOR,
    MONDAY,
    OPS,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    WITNESS,
    Life,
    a_case,
    digest_of,
)
from tests.support.other_cases import OTHER_CASE

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


class TestClosedMeanwhile:
    """However the case ends: what somebody thought an authority has to know is not gone because of it."""

    def closed(self) -> Life:
        return proposed().says(OPS, "close", outcome="expired", reason="bank_closed")

    def test_the_proposal_waits_and_is_not_forgotten(self) -> None:
        life = self.closed()
        assert [(r.authority, r.made) for r in life.case.reports] == [("police", False)]
        assert not life.case.quiet
        told = len(life.notices)
        life.later(timedelta(days=7))
        again = life.notices[told:]
        assert {n.event for _, n in again} == {"level_reached:escalate"}
        assert {n.recipient for _, n in again} == {"role:leads", "role:ops"}
        assert len(again) >= 6

    def test_the_second_person_lets_it_out_or_sends_it_back(self) -> None:
        made = self.closed().says(LEAD, "approve_report")
        assert [e.remedy.type for e in made.case.effects] == ["report_to_authority:police"]
        assert made.says(ROBOT, "report_effect", effect_id=made.case.effects[0].id, result="done").case.quiet
        assert self.closed().says(LEAD, "return_report", reasons="Not enough.").case.quiet

    def test_whoever_proposed_it_is_still_not_the_second(self) -> None:
        life = a_case("fraud_report").in_review(owner=LEAD).says(LEAD, "report_to_authority", **POLICE)
        assert life.says(OPS, "close", outcome="expired").refused(LEAD, "approve_report").code == "own_report"

    def test_it_waits_on_where_the_case_is_taken_up_again(self) -> None:
        life = self.closed().says(OPS, "reopen")
        assert [row.clock for row in life.case.timetable].count("authority_report") == 1
        assert life.says(LEAD, "approve_report").case.reports[0].made


FIU: dict[str, Any] = {"authority": "financial_intelligence_unit", "reasons": "Nine cards and one account."}
REFUND: dict[str, Any] = {
    "outcome": "confirmed",
    "ground": "stolen_payment",
    "remedies": [{"type": "refund", "amount": {"amount": 100, "currency": "USD"}}],
}


class TestTippingOff:
    def reported(self) -> Life:
        return a_case("fraud_report").that_protects().in_review().says(MEDIATOR, "report_to_authority", **FIU)

    def test_no_single_hand_tells_the_respondent(self) -> None:
        for life in (self.reported(), self.reported().says(LEAD, "approve_report")):
            for what, fields in (("disclose", {}), ("request_evidence", {"of": "respondent"})):
                assert life.refused(MEDIATOR, what, **fields).code == "tipping_off"
            hits = {**REFUND, "remedies": [{"type": "suspend", "to": "respondent"}]}
            assert life.refused(MEDIATOR, "rule", **hits).code == "tipping_off"
            assert life.refused(OPS, "disclose").code == "tipping_off"

    def test_two_do_with_reasons(self) -> None:
        life = self.reported().says(MEDIATOR, "disclose", reasons="The unit agrees.", text="Cards were stolen.")
        assert not life.case.is_disclosed
        proposal = next(r for r in life.recordings if r.fact.type == "disclosure_proposed")
        assert not any(visible(life.case, proposal, life.actor(who)) for who in (CLAIMANT, RESPONDENT, PLATFORM))
        assert life.refused(MEDIATOR, "disclose", text=None, reasons="Now.").fields["because"] == "second_person"
        assert life.refused(LEAD, "disclose").fields["because"] == "reasons"
        life = life.says(LEAD, "disclose", text=None, reasons="I have read it.")
        assert life.case.disclosed is not None
        assert life.case.disclosed.text is not None, "in the words of whoever proposed it"

    def test_what_takes_nothing_from_them_is_told_to_the_others(self) -> None:
        life = self.reported().says(LEAD, "approve_report").says(MEDIATOR, "rule", **REFUND).says(LEAD, "approve").fire("grace")
        assert not life.case.is_disclosed
        assert life.notices_for(RESPONDENT) == ()
        assert "ruling_issued" in {notice.event for notice in life.notices_for(CLAIMANT)}
        assert not any(right.allowed for right in life.case.rights)

    def test_a_report_that_is_not_made_is_no_secret(self) -> None:
        life = self.reported().says(LEAD, "return_report", reasons="Not enough.")
        assert life.says(MEDIATOR, "disclose").case.is_disclosed

    def test_police_are_told_of_what_the_accused_may_know(self) -> None:
        assert proposed().says(MEDIATOR, "disclose").case.is_disclosed


class TestReportedInAnotherCase:
    """The law forbids to tell the person, in whichever case."""

    def beside(self, **said: Any) -> Life:
        life = a_case("fraud_report").that_protects().in_review()
        theirs = {"ref_digest": digest_of(RESPONDENT), "case_id": OTHER_CASE, "held": False, "reported": True}
        life.elsewhere = {"held": (HeldPerson(**{**theirs, **said}),)}
        return life

    def test_no_single_hand_tells_them_and_the_other_case_is_not_named(self) -> None:
        hits = {**REFUND, "remedies": [{"type": "suspend", "to": "respondent"}]}
        for what, fields in (("disclose", {}), ("request_evidence", {"of": "respondent"}), ("rule", hits)):
            refusal = self.beside().refused(MEDIATOR, what, **fields)
            assert (refusal.code, "in another case" in refusal.detail) == ("tipping_off", True)
            assert OTHER_CASE not in f"{refusal.detail} {refusal.fields}"

    def test_two_do_with_reasons(self) -> None:
        life = self.beside().says(MEDIATOR, "disclose", text=None, reasons="The unit agrees.")
        assert not life.case.is_disclosed
        assert life.says(LEAD, "disclose", text=None, reasons="I have read it.").case.is_disclosed

    def test_what_takes_nothing_from_them_is_told_to_the_others(self) -> None:
        life = self.beside().says(MEDIATOR, "rule", **REFUND).fire("grace")
        assert (life.case.is_disclosed, life.notices_for(RESPONDENT)) == (False, ())
        assert not any(right.allowed for right in life.case.rights)
        assert not life.case.reported_elsewhere, "it is kept nowhere"

    def test_the_bar_ends_when_what_was_reported_need_not_be_kept_any_more(self) -> None:
        life = self.beside()
        closed = life.now - BARRED_FOR
        assert self.beside(closed_at=closed + timedelta(days=1)).refused(MEDIATOR, "disclose").code == "tipping_off"
        assert self.beside(closed_at=closed).says(MEDIATOR, "disclose").case.is_disclosed

    def test_somebody_else_who_is_reported_or_only_held_bars_nothing(self) -> None:
        for said in ({"ref_digest": digest_of(CLAIMANT)}, {"held": True, "reported": False}):
            assert self.beside(**said).says(MEDIATOR, "disclose").case.is_disclosed


class TestReportedAndKnowing:
    """Somebody who knows of the case, and not that they are reported in it, reads nothing that one person wrote."""

    def known(self, **changes: Any) -> Life:
        life = a_case("fraud_report").with_party(WITNESS, "respondent", "witness").that_protects().in_review().disclosed()
        return life.says(MEDIATOR, "report_to_authority", **{**FIU, **changes})

    def test_no_word_of_one_person_reaches_them(self) -> None:
        tellings: tuple[tuple[str, dict[str, Any]], ...] = (
            ("message", {}),
            ("message", {"to": "respondent"}),
            ("request_evidence", {"of": "respondent"}),
            ("request_evidence", {"of": "respondent", "party": WITNESS}),
            ("impose_interim", {"measure": "suspend", "reasons": "Now.", "told": "You are reported."}),
        )
        for life in (self.known(), self.known().says(LEAD, "approve_report")):
            for what, fields in tellings:
                refusal = life.refused(MEDIATOR, what, **fields)
                assert (refusal.code, refusal.fields["because"]) == ("tipping_off", "one_person"), (what, fields)

    def test_everybody_answers(self) -> None:
        life = self.known()
        life.says(RESPONDENT, "message").says(CLAIMANT, "message")
        assert life.facts[-1].type == "message_sent"

    def test_two_persons_tell_them_the_words_of_the_first(self) -> None:
        life = self.known().says(MEDIATOR, "disclose", text="Whose account is it?", reasons="The unit agrees.")
        first = life.case.telling
        assert first is not None
        assert life.refused(MEDIATOR, "disclose", text=None, reasons="Now.").fields["because"] == "second_person"
        told = len(life.notices_for(RESPONDENT))
        life.says(LEAD, "disclose", text=None, reasons="I have read it.")
        said = life.facts[-1]
        assert (said.type, said.to, said.text) == ("message_sent", "respondent", first.text)  # type: ignore[union-attr]  # it is a message, as its type says
        assert len(life.notices_for(RESPONDENT)) == told + 1
        assert life.case.telling is None
        assert life.refused(LEAD, "disclose", text=None, reasons="Once more.").fields["because"] == "text"

    def test_what_stays_of_a_measure_is_the_measure(self) -> None:
        life = self.known().says(MEDIATOR, "impose_interim", measure="suspend", reasons="The unit asks for it.")
        imposed = life.recordings[-2]
        assert imposed.fact.type == "interim_imposed"
        assert visible(life.case, imposed, life.actor(RESPONDENT))
        assert unsaid(life.case, imposed, life.actor(RESPONDENT)) >= {"reasons", "told"}
        assert not unsaid(life.case, imposed, life.actor(LEAD))
        life.says(MEDIATOR, "review_interim", decision="lift", reasons="The unit has what it needs.")
        told = [n for n in life.notices_for(RESPONDENT) if n.event.startswith("interim")]
        assert {n.event for n in told} == {"interim_imposed", "interim_ended"}
        assert not any(n.texts for n in told)

    def test_why_it_is_closed_is_not_told_them(self) -> None:
        life = self.known().says(OPS, "close", outcome="expired", reason="bank_closed", reasons="The unit has taken it over.")
        closed = {who: n.texts for who in (CLAIMANT, RESPONDENT) for n in life.notices_for(who) if n.event == "case_closed"}
        assert closed[RESPONDENT] == {}
        assert closed[CLAIMANT] == {}, "they could pass it on"

    def test_a_second_person_reads_the_reasons_of_a_ruling(self) -> None:
        life = self.known().says(RESPONDENT, "message").says(MEDIATOR, "rule", **REFUND)
        assert life.case.ruling is not None
        drafted = next(fact for fact in life.facts if fact.type == "ruling_drafted")
        assert (life.case.phase, drafted.approval_because) == ("approval", "reported_in_secret")

    def test_it_ends_when_nobody_is_reported(self) -> None:
        life = self.known().says(LEAD, "return_report", reasons="Not enough.").says(MEDIATOR, "message")
        assert "text" in life.notices_for(RESPONDENT)[-1].texts
        assert self.known(authority="police").says(MEDIATOR, "message", to="respondent").facts[-1].type == "message_sent"


def test_who_agrees_in_other_words_proposes_them() -> None:
    life = a_case("fraud_report").that_protects().in_review().says(MEDIATOR, "report_to_authority", **FIU)
    life.says(LEAD, "disclose", text="Cards were stolen.", reasons="The unit agrees.")
    life.says(LEAD_2, "disclose", text="You are reported.", reasons="Better so.")
    assert not life.case.is_disclosed
    assert life.says(LEAD, "disclose", text=None, reasons="Agreed.").case.is_disclosed


def test_nobody_alone_says_what_is_told_with_a_measure_to_somebody_who_knows_of_nothing() -> None:
    reported = a_case("fraud_report").that_protects().in_review().says(MEDIATOR, "report_to_authority", **FIU)
    refusal = reported.refused(MEDIATOR, "impose_interim", measure="suspend", reasons="Now.", told="You are reported.")
    assert refusal.code == "tipping_off"
    assert reported.says(MEDIATOR, "impose_interim", measure="suspend", reasons="Now.").case.interim


class TestAskingForTheirData:
    """Whoever is accused elsewhere does not have what is kept of them erased, or handed out, by one person."""

    RIGHTS: ClassVar[dict[str, tuple[str, str]]] = {
        "erase": ("gdpr_erasure", "right_to_erasure"),
        "disclose": ("gdpr_access", "right_of_access"),
    }

    def granted(self, remedy: str) -> dict[str, Any]:
        return {"outcome": "granted", "ground": self.RIGHTS[remedy][1], "remedies": [{"type": remedy}]}

    def asked(self, remedy: str, **said: Any) -> Life:
        category = self.RIGHTS[remedy][0]
        life = a_case("compliance_request", category=category).with_terms(procedure=()).in_review()
        theirs = {"ref_digest": digest_of(CLAIMANT), "case_id": OTHER_CASE, "held": False, "accused": True}
        life.elsewhere = {"held": (HeldPerson(**{**theirs, **said}),)}
        return life.says(MEDIATOR, "rule", **self.granted(remedy))

    @pytest.mark.parametrize("remedy", ["erase", "disclose"])
    def test_a_second_person_looks(self, remedy: str) -> None:
        life = self.asked(remedy)
        drafted = next(fact for fact in life.facts if fact.type == "ruling_drafted")
        assert (life.case.phase, drafted.approval_because) == ("approval", "accused_elsewhere")
        assert not life.case.accused_elsewhere, "it is kept nowhere"
        assert life.refused(MEDIATOR, "approve").code == "own_ruling"
        assert life.says(LEAD, "approve").case.phase == "ruled"

    def test_so_it_is_of_whoever_is_reported_in_secret(self) -> None:
        assert self.asked("disclose", accused=False, reported=True).case.phase == "approval"

    @pytest.mark.parametrize("remedy", ["erase", "disclose"])
    def test_accused_in_the_grace_it_is_not_told_but_drafted_again_for_two(self, remedy: str) -> None:
        """GDPR, article 17(3)(e): what comes in between counts as what was there before."""
        life = self.asked(remedy, accused=False)
        life.elsewhere = {"held": (HeldPerson(ref_digest=digest_of(CLAIMANT), case_id=OTHER_CASE, held=False, accused=True),)}
        seen = life.seen_by(CLAIMANT)
        life.fire("grace")
        assert (life.case.phase, life.case.ruling, life.case.effects) == ("review", None, ())
        assert life.seen_by(CLAIMANT) == seen
        life.says(MEDIATOR, "rule", **self.granted(remedy)).says(LEAD, "approve").fire("grace")
        assert [effect.remedy.type for effect in life.case.effects] == [remedy]

    def test_what_a_hold_kept_back_does_not_go_on_by_itself(self) -> None:
        life = self.asked("erase", accused=False).fire("grace").says(LEAD, "place_hold")
        life.elsewhere = {"held": (HeldPerson(ref_digest=digest_of(CLAIMANT), case_id=OTHER_CASE, held=False, accused=True),)}
        life.says(OPS, "lift_hold")
        assert [fact.goes_on_as for fact in life.facts if fact.type == "effect_released"] == [None]

    def test_whoever_is_accused_of_nothing_is_answered_by_one(self) -> None:
        assert self.asked("erase", accused=False).case.phase == "ruled"
        assert self.asked("erase", ref_digest=digest_of(RESPONDENT)).case.phase == "ruled"


class TestAccuses:
    """Who could lose by it that what is kept of them is erased for the asking."""

    def test_whoever_is_reported_in_a_kind_that_protects_also_when_it_was_closed_and_can_be_taken_up_again(self) -> None:
        life = a_case("conduct_report").with_terms(procedure=(), hear=(), withdrawal="asks").closed()
        assert life.case.closed_at is not None
        assert accuses(life.case, life.now)
        assert not accuses(life.case, life.case.closed_at + life.case.terms.reopen_for)

    def test_not_where_a_report_is_taken_back_by_whoever_made_it(self) -> None:
        life = a_case("bounty_dispute").in_review()
        assert not accuses(life.case, life.now)

    def test_a_buyer_of_whom_a_card_network_weighs_what_the_shop_says(self) -> None:
        due = int((MONDAY + timedelta(days=6)).timestamp())
        life = a_case("payment_dispute", attributes={"stage": "chargeback", "due_by": due})
        (claimant,) = life.in_review().case.principals(Side.CLAIMANT)
        assert charges(life.case, claimant)

    def test_a_claimant_who_is_asked_what_could_be_held_against_them(self) -> None:
        """Friendly fraud: the cardholder may have ordered it."""
        life = a_case("fraud_report").that_protects().in_review()
        (claimant,) = life.case.principals(Side.CLAIMANT)
        assert not charges(life.case, claimant)
        life.says(MEDIATOR, "ask_identity")
        assert not charges(life.case, claimant), "who they are says nothing of what they did"
        life.says(MEDIATOR, "request_evidence", of="claimant")
        assert charges(life.case, claimant)
        life.says(CLAIMANT, "submit_evidence")
        assert charges(life.case, claimant)


def test_whoever_had_any_part_knows_of_a_case() -> None:
    life = proposed().says(LEAD, "return_report", reasons="Not enough.").says(OPS, "note", text="Seen.")
    life.says(OPS, "assign", owner=LEAD_3).says(CLAIMANT, "message")
    assert knowing(life.recordings) == tuple(sorted({MEDIATOR, LEAD, OPS, LEAD_3}))


def test_why_it_was_closed_is_a_word_of_one_person() -> None:
    life = a_case("fraud_report").in_review()
    life.says(MEDIATOR, "report_to_authority", authority="financial_intelligence_unit", reasons="Mules.")
    life.says(LEAD, "approve_report").says(OPS, "close", outcome="expired", reason="told_the_unit")
    assert [life.seen_by(who).close_reason for who in (CLAIMANT, PLATFORM, LEAD)] == [None, None, "told_the_unit"]
