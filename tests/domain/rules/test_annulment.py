"""Somebody else decides: rulings set aside, people who say that they cannot, and who stays out the next time round."""

from typing import Any

import pytest

from domain.base import Phase
from domain.model.facts import Actor
from domain.rules.fairness import disqualification
from domain.rules.rights import decides_afresh
from tests.support.cases import (
    CLAIMANT,
    LEAD,
    LEAD_2,
    LEAD_3,
    MEDIATOR,
    MEDIATOR_2,
    MEDIATOR_3,
    OPS,
    OUTCOMES,
    PEOPLE,
    RESPONDENT,
    a_case,
)

BOTH = OUTCOMES["bounty_dispute"]["both"]


def somebody(person: str, manager: str, role: Any = "lead") -> Actor:
    return Actor(id=person, role=role, manager=manager)


class TestWhatTheRecusedLeave:
    def test_a_measure_of_theirs_is_named_to_whoever_has_the_case_next(self) -> None:
        life = (
            a_case("safety_incident")
            .in_review()
            .says(MEDIATOR, "impose_interim", measure="suspend", reasons="They are in danger.")
        )
        before = len(life.notices)
        life.says(MEDIATOR, "recuse", reason="knows_a_party", reasons="She is my sister.").says(LEAD, "assign", owner=MEDIATOR_2)
        told = [draft for _, draft in life.notices[before:] if draft.event == "case_assigned"]
        assert [draft.data.get("measure_of_recused") for draft in told] == [True]
        (one,) = life.case.interim
        life.says(MEDIATOR_2, "review_interim", measure_id=one.id, decision="keep", reasons="She is in danger still.")
        life.says(LEAD, "assign", owner=MEDIATOR_3)
        assert [d.data.get("measure_of_recused") for _, d in life.last.notices if d.event == "case_assigned"] == [None]


class TestAnnul:
    def test_what_it_brought_about_is_undone_and_somebody_else_decides(self) -> None:
        life = a_case().appealable().says(LEAD_2, "annul", reason="procedural_fault")
        assert (life.case.phase, life.case.owner, life.case.round) == (Phase.REVIEW, None, 1)
        assert life.case.effects[-1].reverses == life.case.effects[0].id
        assert life.case.rulings[-1].annulled_at == life.now
        assert life.refused(MEDIATOR, "take").code == "own_case"
        assert (
            life.says(MEDIATOR_2, "take").says(MEDIATOR_2, "rule", **OUTCOMES["bounty_dispute"]["light"]).case.phase
            is Phase.RULED
        )

    def test_nobody_ends_it_undecided(self) -> None:
        life = a_case().appealable().says(LEAD_2, "annul", reason="procedural_fault")
        assert life.refused(OPS, "close").code == "undecided_afresh"
        button = next(one for one in life.seen_by(OPS).actions if one.command == "close")
        assert (button.allowed, button.code) == (False, "undecided_afresh")
        life.says(MEDIATOR_2, "take").says(MEDIATOR_2, "rule", **OUTCOMES["bounty_dispute"]["light"]).fire("grace")
        assert not decides_afresh(life.case)

    def test_nor_what_was_sent_back(self) -> None:
        life = a_case().appealable().says(RESPONDENT, "appeal").says(LEAD_2, "take")
        life.says(LEAD_2, "decide_appeal", decision="remit").fire("grace")
        assert life.refused(OPS, "close").code == "undecided_afresh"
        assert life.says(CLAIMANT, "withdraw").case.phase is Phase.CLOSED

    def test_nor_decides_it_otherwise_themselves(self) -> None:
        """European Court of Human Rights, De Cubber v. Belgium (9186/80): nobody judges twice what they have judged."""
        life = a_case().appealable().says(LEAD_2, "annul", reason="procedural_fault")
        assert (life.refused(LEAD_2, "take").code, life.refused(LEAD_2, "take").fields["because"]) == ("own_case", "annulled_it")
        life.says(MEDIATOR_2, "take").says(MEDIATOR_2, "rule", **OUTCOMES["bounty_dispute"]["heavy"])
        assert life.refused(LEAD_2, "approve").code == "own_case"

    def test_nor_sets_aside_what_is_decided_afresh(self) -> None:
        """Else one person would set aside whatever is decided, until it is what they want."""
        life = a_case().appealable().says(LEAD_2, "annul", reason="procedural_fault")
        life.says(MEDIATOR_2, "take").says(MEDIATOR_2, "rule", **OUTCOMES["bounty_dispute"]["light"]).fire("grace")
        refusal = life.refused(LEAD_2, "annul", reason="procedural_fault")
        assert (refusal.code, refusal.fields["because"]) == ("own_case", "annulled_it")
        below = somebody("per_below", LEAD_2)
        assert life.refused(below, "annul", reason="procedural_fault").fields["because"] == "reports_to_annuller"
        assert life.says(OPS, "annul", reason="procedural_fault").case.phase is Phase.REVIEW

    @pytest.mark.parametrize(
        ("command", "said"), [("assign", {"owner": MEDIATOR_2}), ("hand_over", {"to": MEDIATOR_2, "reasons": "They have time."})]
    )
    def test_nor_says_who_does(self, command: str, said: dict[str, Any]) -> None:
        life = a_case().appealable().says(LEAD_2, "annul", reason="procedural_fault")
        refusal = life.refused(LEAD_2, command, **said)
        assert (refusal.code, refusal.fields["because"]) == ("own_case", "annulled_it")
        life.says(OPS, command, **said)

    def test_nor_does_whoever_reports_to_them_decide_or_agree(self) -> None:
        life = a_case().appealable().says(LEAD_2, "annul", reason="procedural_fault")
        for role in ("mediator", "lead"):
            assert disqualification(life.case, somebody("per_below", LEAD_2, role)) == "reports_to_annuller"

    def test_both_sides_are_told_why(self) -> None:
        life = a_case().appealable().says(LEAD_2, "annul", reason="procedural_fault")
        told = {notice.recipient for _, notice in life.last.notices if notice.event == "ruling_annulled"}
        assert {CLAIMANT, RESPONDENT, "platform"} <= told
        assert all("reasons" in notice.texts for _, notice in life.last.notices if notice.recipient in (CLAIMANT, RESPONDENT))

    def test_a_closed_case_inside_the_window_for_reopening(self) -> None:
        life = a_case().closed().says(OPS, "annul", reason="decider_was_biased")
        assert life.case.phase is Phase.REVIEW
        assert [fact.type for fact in life.facts][-2:] == ["case_reopened", "phase_entered"]

    def test_not_what_somebody_had_a_part_in_themselves(self) -> None:
        life = a_case().appealable("heavy")
        assert life.refused(LEAD, "annul").code == "own_case"

    @pytest.mark.parametrize("reach", ["in_review", "in_settlement"])
    def test_not_before_anybody_was_told(self, reach: str) -> None:
        assert getattr(a_case(), reach)().refused(OPS, "annul").code == "not_in_this_phase"

    def test_not_what_was_decided_elsewhere_or_is_set_aside_already(self) -> None:
        life = a_case().in_appeal()
        life.says(LEAD_3, "annul").says(MEDIATOR_2, "take")
        assert life.case.phase is Phase.REVIEW
        assert life.refused(OPS, "annul").code == "not_in_this_phase"

    def test_what_is_decided_afresh_can_be_appealed_afresh(self) -> None:
        life = a_case().in_appeal().says(LEAD_3, "annul").says(MEDIATOR_2, "take")
        life.says(MEDIATOR_2, "rule", **OUTCOMES["bounty_dispute"]["light"]).fire("grace")
        assert life.says(RESPONDENT, "appeal").case.phase is Phase.APPEAL


class TestRecuse:
    def test_the_case_goes_back_and_never_to_them_again(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "recuse", reason="knows_a_party")
        assert (life.case.owner, life.case.recused) == (None, (MEDIATOR,))
        assert life.refused(MEDIATOR, "take").code == "own_case"
        assert life.refused(OPS, "assign", owner=MEDIATOR).fields["because"] == "recused"

    def test_what_they_approved_goes_back_to_whoever_drafted_it(self) -> None:
        life = a_case().in_approval().says(LEAD, "approve").says(LEAD, "recuse", reason="knows_a_party")
        assert (life.case.phase, life.case.ruling, life.case.owner) == (Phase.REVIEW, None, MEDIATOR)

    def test_a_draft_of_theirs_goes_back_with_it(self) -> None:
        life = a_case().in_approval().says(MEDIATOR, "recuse")
        assert (life.case.phase, life.case.ruling, life.case.owner) == (Phase.REVIEW, None, None)

    def test_an_approver_leaves_it_to_another_one(self) -> None:
        life = a_case().in_approval().says(LEAD, "recuse")
        assert life.case.phase is Phase.APPROVAL
        assert life.refused(LEAD, "approve").code == "own_case"
        assert life.says(LEAD_2, "approve").case.phase is Phase.RULED


class TestReopened:
    def test_because_of_the_decider_it_goes_to_nobody_of_their_line(self) -> None:
        case = a_case().closed().says(OPS, "reopen", reason="decider_was_biased").case
        assert disqualification(case, PEOPLE[MEDIATOR]) == "earlier_part"
        assert disqualification(case, somebody("per_x", MEDIATOR, "mediator")) == "reports_to_earlier"
        assert disqualification(case, somebody("per_h1", "per_top")) == "manages_earlier"
        assert disqualification(case, PEOPLE[MEDIATOR_2]) is None

    def test_because_of_new_evidence_the_same_may_go_on(self) -> None:
        life = a_case().closed().says(OPS, "reopen", reason="new_evidence")
        assert life.says(MEDIATOR, "take").case.owner == MEDIATOR

    def test_or_not_where_ops_says_so(self) -> None:
        life = a_case().closed().says(OPS, "reopen", reason="new_evidence", new_decider=True)
        assert life.refused(MEDIATOR, "take").code == "own_case"


class TestRemitted:
    def test_to_somebody_else_unless_the_decider_of_the_appeal_says_otherwise(self) -> None:
        assert a_case().appeal_ruled("remit").fire("grace").refused(MEDIATOR, "take").code == "own_case"
        life = a_case().appeal_ruled("remit", same_decider=True).fire("grace")
        assert life.refused(LEAD_2, "take").code == "own_case"
        assert life.says(MEDIATOR, "take").case.owner == MEDIATOR

    def test_whoever_decided_twice_does_not_hear_the_appeal(self) -> None:
        life = a_case().appeal_ruled("remit", same_decider=True).fire("grace").says(MEDIATOR_3, "take")
        life.says(MEDIATOR_3, "rule", **OUTCOMES["bounty_dispute"]["light"]).fire("grace").says(RESPONDENT, "appeal")
        assert life.refused(MEDIATOR, "take").code == "own_case"

    def test_the_fresh_ruling_can_be_appealed_by_whoever_appealed_before(self) -> None:
        life = a_case().appeal_ruled("remit").fire("grace").says(MEDIATOR_3, "take")
        life.says(MEDIATOR_3, "rule", **OUTCOMES["bounty_dispute"]["light"]).fire("grace")
        assert life.says(RESPONDENT, "appeal").case.phase is Phase.APPEAL


class TestSecondPerson:
    def test_does_not_report_to_whoever_drafted_it(self) -> None:
        life = a_case().in_approval()
        below = somebody("per_below", MEDIATOR)
        refusal = life.refused(below, "approve")
        assert (refusal.code, refusal.fields["because"]) == ("own_case", "reports_to_drafter")


class TestOnlyAppellant:
    def appealed(self) -> Any:
        life = a_case().that_protects().in_review().says(RESPONDENT, "message").says(MEDIATOR, "rule", **BOTH, relies_on=[])
        return life.fire("grace").says(CLAIMANT, "appeal").says(LEAD_2, "take")

    def test_does_not_come_out_with_less(self) -> None:
        life = self.appealed()
        refusal = life.refused(LEAD_2, "decide_appeal", decision="overturn", outcome="invalid", ground="scope")
        assert (refusal.code, refusal.fields["because"]) == ("remedy_not_allowed", "worse_for_the_only_appellant")

    def test_nor_by_what_is_decided_afresh_because_of_it(self) -> None:
        life = self.appealed().says(LEAD_2, "decide_appeal", decision="remit").fire("grace").says(MEDIATOR_3, "take")
        assert life.refused(MEDIATOR_3, "rule", outcome="invalid", ground="scope").code == "remedy_not_allowed"

    def test_where_both_appealed_it_may_go_either_way(self) -> None:
        life = self.appealed().says(RESPONDENT, "appeal").says(CLAIMANT, "message")
        life.says(LEAD_2, "decide_appeal", decision="overturn", outcome="invalid", ground="scope")
        assert life.case.phase is Phase.RULED


class TestLateEvidence:
    def test_is_kept_for_the_appeal_of_whoever_has_one(self) -> None:
        life = a_case().appealable()
        assert life.refused(CLAIMANT, "submit_evidence").code == "no_right_to_appeal"
        assert len(life.says(RESPONDENT, "submit_evidence").case.handed_in) == 1
        assert life.says(RESPONDENT, "appeal").case.phase is Phase.APPEAL
