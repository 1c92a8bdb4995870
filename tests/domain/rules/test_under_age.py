"""Somebody under age is heard like everybody, and binds nobody alone."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.base import Outcome, Phase, Priority, Side
from domain.model.people import Actor
from domain.model.refusals import Refusal
from domain.rules.evolve import fold
from domain.rules.under_age import without_guardian
from domain.views.case import visible
from tests.support.cases import (
    CLAIMANT,
    LEAD_2,
    LEAD_3,
    MEDIATOR,
    OPS,
    RESPONDENT,
    Life,
    a_case,
)

PAY: dict[str, Any] = {"remedy": "refund", "amount": {"amount": 1_000, "currency": "USD"}}
GUARDIAN = {"side": "claimant", "role": "representative", "ref": "guardian"}
AMOUNT = {"amount": 40_000, "currency": "USD"}


def of_a_child(kind: str = "payment_dispute", who: str = CLAIMANT) -> Life:
    return a_case(kind, amount=AMOUNT).under_age(who)


def with_guardian(life: Life, who: str = CLAIMANT) -> Life:
    side = "claimant" if who == CLAIMANT else "respondent"
    one, other = (life.case.owner or OPS, LEAD_3)
    for word in (one, other):
        life.says(word, "add_party", party={**GUARDIAN, "side": side}, agreed=True)
    return life


class TestSettling:
    def test_is_not_done_by_a_child_alone_and_says_who_is_missing(self) -> None:
        life = of_a_child().in_review().says(RESPONDENT, "offer", **PAY)
        for command, fields in (("accept_offer", {}), ("offer", PAY)):
            refusal = life.refused(CLAIMANT, command, **fields)
            assert (refusal.code, refusal.fields["because"]) == ("guardian_needed", "no_guardian")
            assert "a guardian has to be added" in refusal.detail
        assert life.says(CLAIMANT, "decline_offer").case.open

    def test_is_done_by_whoever_represents_them(self) -> None:
        life = with_guardian(of_a_child().in_review()).says(RESPONDENT, "offer", **PAY)
        assert life.refused(CLAIMANT, "accept_offer").fields["because"] == "guardian_decides"
        assert life.says("pty_guardian", "accept_offer").case.outcome is Outcome.SETTLED

    def test_not_by_whom_one_of_the_team_alone_has_put_there(self) -> None:
        """Directive 2013/11/EU, article 9(2): who agrees is whose matter it is, or whom they know."""
        life = of_a_child().in_review().says(RESPONDENT, "offer", **PAY).says(MEDIATOR, "add_party", party=GUARDIAN, agreed=True)
        assert life.refused("pty_guardian", "accept_offer").code == "agreement_missing"
        for who in (MEDIATOR, CLAIMANT):
            assert life.refused(who, "add_party", party=GUARDIAN, agreed=True).code == "party_known"
        life.says(LEAD_2, "add_party", party=GUARDIAN, agreed=True)
        assert [r.fact.type for r in life.last.recordings] == ["party_agreed"]
        assert life.says("pty_guardian", "accept_offer").case.outcome is Outcome.SETTLED

    def test_an_adult_says_themselves_who_speaks_for_them(self) -> None:
        counsel = {"side": "claimant", "role": "representative", "ref": "counsel"}
        life = a_case("payment_dispute", amount=AMOUNT).in_review().says(RESPONDENT, "offer", **PAY)
        life.says(MEDIATOR, "add_party", party=counsel, agreed=True)
        for command in ("accept_offer", "withdraw", "offer"):
            assert life.refused("pty_counsel", command, **(PAY if command == "offer" else {})).code == "agreement_missing"
        life.says("pty_counsel", "message")
        life.says(CLAIMANT, "add_party", party=counsel)
        assert life.says("pty_counsel", "accept_offer").case.outcome is Outcome.SETTLED

    def test_not_by_somebody_whom_the_child_has_chosen(self) -> None:
        life = of_a_child().in_review().says(CLAIMANT, "add_party", party=GUARDIAN).says(RESPONDENT, "offer", **PAY)
        assert life.refused("pty_guardian", "accept_offer").code == "guardian_needed"
        assert without_guardian(life.case) == (CLAIMANT,)

    def test_nor_is_conceding(self) -> None:
        assert of_a_child(who=RESPONDENT).in_review().refused(RESPONDENT, "concede").code == "guardian_needed"


class TestWithdrawing:
    @pytest.mark.parametrize("kind", ["payment_dispute", "bounty_dispute", "safety_incident"])
    def test_is_a_question_to_the_team_in_every_kind(self, kind: str) -> None:
        life = of_a_child(kind).in_review().says(CLAIMANT, "withdraw")
        assert (life.case.phase, life.case.withdrawal is not None) == (Phase.REVIEW, True)
        assert life.says(MEDIATOR, "accept_withdrawal").case.outcome is Outcome.WITHDRAWN

    @pytest.mark.parametrize("side", [CLAIMANT, RESPONDENT])
    @pytest.mark.parametrize("by", ["the child", "pty_guardian"])
    def test_of_an_appeal_is_a_question_as_well_whoever_of_them_asks(self, side: str, by: str) -> None:
        life = with_guardian(of_a_child(who=side).in_appeal(side, weight="both"), side)
        life.says(side if by == "the child" else by, "withdraw")
        assert (life.case.phase, [r.fact.type for r in life.last.recordings]) == (Phase.APPEAL, ["withdrawal_requested"])
        assert {n.recipient for _, n in life.last.notices} == {side, "pty_guardian", LEAD_2}
        assert life.says(LEAD_2, "accept_withdrawal").case.phase is Phase.APPEALABLE

    def test_of_the_claim_while_the_other_side_appeals_is_no_less_one(self) -> None:
        life = with_guardian(of_a_child().in_appeal(RESPONDENT, weight="both"))
        assert life.says("pty_guardian", "withdraw").case.phase is Phase.APPEAL
        assert life.says(LEAD_2, "accept_withdrawal").case.close_reason == "given_up_on_appeal"

    def test_an_appeal_that_goes_on_stays_the_respondents(self) -> None:
        life = with_guardian(of_a_child(who=RESPONDENT).in_appeal(RESPONDENT, weight="both"), RESPONDENT)
        life.says("pty_guardian", "withdraw").says(LEAD_2, "continue_of_office")
        assert (life.case.withdrawal, life.case.of_office, life.case.appellants) == (None, None, (Side.RESPONDENT,))
        assert {n.recipient for _, n in life.last.notices} >= {RESPONDENT, "pty_guardian"}
        assert CLAIMANT not in {n.recipient for _, n in life.last.notices}


class TestBeingHeard:
    def test_is_theirs(self) -> None:
        life = of_a_child().in_settlement().says(CLAIMANT, "message").says(CLAIMANT, "submit_evidence").says(CLAIMANT, "escalate")
        assert life.case.phase is Phase.REVIEW
        assert CLAIMANT in life.case.spoke

    def test_by_the_desk_alone_is_not_read_by_whoever_represents_them(self) -> None:
        """It may be the guardian of whom a child needs to speak."""
        life = with_guardian(of_a_child("safety_incident").in_review()).says(
            CLAIMANT, "message", text="It is at home.", to="desk"
        )
        assert "pty_guardian" not in {n.recipient for _, n in life.last.notices}
        readers = {
            who: visible(life.case, life.last.recordings[0], life.actor(who)) for who in (CLAIMANT, "pty_guardian", MEDIATOR)
        }
        assert readers == {CLAIMANT: True, "pty_guardian": False, MEDIATOR: True}

    def test_an_accused_childs_question_is_read_by_whoever_assists_it(self) -> None:
        """UN Convention on the Rights of the Child, article 40(2)(b)(ii)."""
        life = with_guardian(of_a_child("safety_incident", RESPONDENT).in_review(), RESPONDENT).disclosed()
        life.says(MEDIATOR, "request_evidence", of="respondent", party=RESPONDENT)
        assert {n.recipient for _, n in life.last.notices if n.audience == "respondent"} == {RESPONDENT, "pty_guardian"}

    @given(
        st.lists(
            st.sampled_from(
                [
                    (CLAIMANT, "message", {"to": "desk"}),
                    (CLAIMANT, "message", {}),
                    (CLAIMANT, "submit_evidence", {}),
                    (CLAIMANT, "submit_evidence", {"to": "desk"}),
                    (CLAIMANT, "submit_evidence", {"confidentiality": "deciders"}),
                    (CLAIMANT, "withdraw", {"reasons": "She makes me."}),
                    (CLAIMANT, "withdraw", {"revoke": True}),
                    (MEDIATOR, "request_evidence", {"of": "claimant", "party": CLAIMANT}),
                    (LEAD_2, "note", {"text": "It is at home."}),
                ]
            ),
            max_size=6,
        )
    )
    def test_nothing_betrays_what_a_child_tells_the_desk(self, steps: list[tuple[str, str, dict[str, Any]]]) -> None:
        """UN Convention on the Rights of the Child, articles 12 and 19: neither words nor counts nor times."""
        life = with_guardian(of_a_child("safety_incident").that_protects().with_terms(words="desk").in_review())
        seen, told = life.seen_by("pty_guardian"), len(life.notices)
        read = [r.seq for r in life.recordings if visible(life.case, r, life.actor("pty_guardian"))]
        for who, what, fields in steps:
            with suppress(Refusal):
                life.later(timedelta(hours=1)).says(who, what, **fields)
        assert life.seen_by("pty_guardian") == seen
        assert [r.seq for r in life.recordings if visible(life.case, r, life.actor("pty_guardian"))] == read
        assert "pty_guardian" not in {n.recipient for _, n in life.notices[told:]}
        assert life.says("pty_guardian", "withdraw").case.withdrawal is not None, "nor does a refusal"

    def test_nor_by_asking_again(self) -> None:
        """Whether the child has taken the guardian's wish back shows in no answer to the same wish."""
        answers = []
        for revokes in (True, False):
            life = with_guardian(of_a_child("safety_incident").in_review()).says("pty_guardian", "withdraw")
            if revokes:
                life.says(CLAIMANT, "withdraw", revoke=True)
            before = len(life.facts)
            answers.append([fact.type for fact in life.says("pty_guardian", "withdraw").facts[before:]])
        assert answers[0] == answers[1]

    @pytest.mark.parametrize("kind", ["safety_incident", "conduct_report", "fraud_report"])
    def test_nor_that_it_took_back_what_its_guardian_wished(self, kind: str) -> None:
        """To the guardian the wish stands as before, in every field; the desk knows better, and grants it to nobody."""
        life = with_guardian(of_a_child(kind).in_review()).says("pty_guardian", "withdraw")
        seen, mail = life.seen_by("pty_guardian"), len(life.notices_for("pty_guardian"))
        assert seen.withdrawal is not None
        life.later(timedelta(hours=1)).says(CLAIMANT, "withdraw", revoke=True)
        for steps in ((), ((CLAIMANT, "withdraw", {}),), ((CLAIMANT, "withdraw", {"revoke": True}),)):
            for who, what, fields in steps:
                life.later(timedelta(hours=1)).says(who, what, **fields)
            assert life.seen_by("pty_guardian") == seen
            assert len(life.notices_for("pty_guardian")) == mail
        assert life.refused(MEDIATOR, "accept_withdrawal", reasons="As wished.").code == "no_withdrawal"
        life.says("pty_guardian", "withdraw", revoke=True)
        assert life.seen_by("pty_guardian").withdrawal is None
        assert life.says("pty_guardian", "withdraw").case.withdrawal is not None
        assert fold(life.case_id, life.recordings) == life.case

    def test_by_the_desk_is_read_by_both_where_they_are_no_child(self) -> None:
        life = with_guardian(a_case("safety_incident").in_review()).says(CLAIMANT, "message")
        assert visible(life.case, life.last.recordings[0], life.actor("pty_guardian"))


class TestTheTeam:
    def test_knows_who_has_no_guardian(self) -> None:
        life = of_a_child().in_review()
        assigned = [n.data for _, n in life.notices if n.event == "case_assigned"]
        assert assigned[-1]["guardian_missing"] is True
        assert life.seen_by(MEDIATOR).guardian_missing == (CLAIMANT,)
        assert life.seen_by(RESPONDENT).guardian_missing is None
        assert with_guardian(life).seen_by(MEDIATOR).guardian_missing == ()

    def test_is_told_when_a_child_comes(self) -> None:
        child = {"side": "respondent", "ref": "child", "minor": True}
        life = a_case().in_review().says(OPS, "add_party", party=child)
        told = [n.data for _, n in life.last.notices if n.recipient == MEDIATOR and n.event == "party_added"]
        assert [data["guardian_missing"] for data in told] == [True]


class TestPriority:
    CHILD = {"side": "claimant", "ref": "child", "minor": True}

    @pytest.mark.parametrize("kind", ["safety_incident", "conduct_report"])
    def test_is_what_it_would_have_been_at_the_opening(self, kind: str) -> None:
        life = a_case(kind, category="property" if kind == "safety_incident" else "other").in_review()
        before = life.case.priority
        life.says(MEDIATOR, "add_party", party=self.CHILD)
        assert (before is Priority.URGENT, life.case.priority) == (False, Priority.URGENT)
        assert [r.fact.type for r in life.last.recordings] == ["party_added", "case_retargeted"]

    def test_stays_where_the_pack_says_nothing_of_children_or_it_is_a_witness(self) -> None:
        life = a_case().in_review()
        before = life.case.priority
        assert life.says(MEDIATOR, "add_party", party=self.CHILD).case.priority is before
        life = a_case("safety_incident", category="property").in_review()
        before = life.case.priority
        life.says(MEDIATOR, "add_party", party={**self.CHILD, "role": "witness"})
        assert life.case.priority is before

    def test_is_never_lowered(self) -> None:
        life = a_case("safety_incident", category="property").in_review().says(OPS, "retarget", priority="urgent", reason="grown")
        assert life.says(MEDIATOR, "add_party", party=self.CHILD).case.priority is Priority.URGENT
        assert [r.fact.type for r in life.last.recordings] == ["party_added"]


class TestFoundOutLater:
    """A report seldom says how old somebody is; from when the team knows, it is as if it had."""

    def found(self, kind: str = "payment_dispute", **more: Any) -> Life:
        life = a_case(kind, amount=AMOUNT).in_review()
        return life.says(OPS, "retarget", minors=[CLAIMANT], reason="under_age", **more)

    def test_they_bind_nobody_alone_from_then_on(self) -> None:
        life = self.found().says(RESPONDENT, "offer", **PAY)
        assert life.refused(CLAIMANT, "accept_offer").fields["because"] == "no_guardian"
        assert without_guardian(life.case) == (CLAIMANT,)
        assert with_guardian(life).refused("pty_guardian", "accept_offer").code == "change_unconfirmed"
        life.says(LEAD_2, "retarget", minors=[CLAIMANT], reason="under_age")
        assert life.says("pty_guardian", "accept_offer").case.outcome is Outcome.SETTLED

    def test_the_case_is_as_urgent_as_one_of_a_child_and_never_less(self) -> None:
        life = self.found("safety_incident")
        assert life.case.priority is life.case.terms.priority_for_minors is Priority.URGENT
        assert self.found("safety_incident", priority="low").case.priority is Priority.URGENT

    def test_and_is_kept_no_longer(self) -> None:
        # Nobody puts a child's report away alone.
        by_two = self.found("conduct_report").says(Actor(id="per_o2", role="ops"), "close", outcome="expired")
        kept = [life.says(OPS, "close", outcome="expired").case for life in (a_case("conduct_report").in_review(), by_two)]
        spans = [case.keep_until - case.closed_at for case in kept if case.keep_until is not None and case.closed_at is not None]
        assert spans == [kept[0].terms.keep_for, kept[0].terms.keep_for_minors]

    def test_of_principals_of_the_case_once(self) -> None:
        assert self.found().refused(OPS, "retarget", minors=[CLAIMANT], reason="under_age").fields["because"] == "second_person"
        life = self.found().says(LEAD_2, "retarget", minors=[CLAIMANT], reason="under_age")
        assert life.refused(OPS, "retarget", minors=[CLAIMANT], reason="under_age").code == "nothing_changes"
        assert self.found().refused(OPS, "retarget", minors=["pty_nobody"], reason="under_age").code == "party_unknown"
        life = a_case("payment_dispute").in_review()
        assert life.refused(MEDIATOR, "retarget", minors=[CLAIMANT], reason="under_age").code == "not_allowed"

    def test_nobody_outside_is_told_of_it(self) -> None:
        life = self.found()
        assert not any(visible(life.case, life.recordings[-1], life.actor(who)) for who in (CLAIMANT, RESPONDENT))
