"""Nobody rules before the matter was looked into as the pack says, and where it comes from is named."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from domain.base import Phase
from domain.model.commands import parse_command
from domain.model.facts import Actor
from tests.support.cases import (
    CLAIMANT,
    JUNIOR,
    LEAD,
    LEAD_2,
    MEDIATOR,
    MEDIATOR_2,
    OPS,
    OUTCOMES,
    PLATFORM,
    RESPONDENT,
    Life,
    a_case,
    facts_named,
)

STEPS = ("logs_read", "researcher_heard", "expert_asked")
RULING = OUTCOMES["bounty_dispute"]["light"]


def investigated() -> Life:
    return a_case().with_terms(procedure=STEPS).in_review()


class TestRule:
    def test_is_refused_with_every_step_that_is_missing(self) -> None:
        life = investigated().says(MEDIATOR, "complete_step", step="researcher_heard")
        refusal = life.refused(MEDIATOR, "rule", **RULING)
        assert (refusal.code, refusal.fields) == ("procedure_incomplete", {"missing": ["logs_read", "expert_asked"]})

    def test_is_taken_once_each_is_done_or_left_out_with_a_reason(self) -> None:
        life = investigated()
        for step in STEPS[:2]:
            life.says(MEDIATOR, "complete_step", step=step)
        life.says(MEDIATOR, "skip_step", step="expert_asked", reasons="The logs leave nothing open.")
        life.says(MEDIATOR, "rule", **RULING)
        assert (life.case.phase, getattr(life.facts[-2], "approval_because", None)) == ("approval", "step_skipped")
        assert life.says(LEAD, "approve").case.phase == "ruled"

    @staticmethod
    def left_out(by: str | Actor) -> Life:
        life = a_case().with_terms(procedure=STEPS).in_review(owner=None).says(by, "take")
        return life.says(by, "complete_step", steps=STEPS[:2]).says(by, "skip_step", step="expert_asked", reasons="Known.")

    @pytest.mark.parametrize(
        ("skipper", "given_by", "decider"),
        [
            (LEAD, LEAD, MEDIATOR),
            (MEDIATOR, OPS, JUNIOR),
            (Actor(id="per_under", role="mediator", manager=LEAD), OPS, LEAD),
            (Actor(id="per_far", role="mediator", manager="per_between", above=(LEAD,)), LEAD, MEDIATOR),
        ],
        ids=["chosen", "their own report", "their superior", "chosen by their superior"],
    )
    def test_over_a_step_that_somebody_close_left_out_takes_two(self, skipper: str | Actor, given_by: str, decider: str) -> None:
        life = self.left_out(skipper)
        life.says(given_by, "assign", owner=decider).says(decider, "rule", **RULING)
        assert life.case.phase == "approval"

    def test_over_one_that_another_left_out_is_alone_where_they_took_the_case(self) -> None:
        life = self.left_out(LEAD).says(LEAD, "skip", reason="too_busy").says(MEDIATOR, "take")
        assert life.says(MEDIATOR, "rule", **RULING).case.phase == "ruled"

    def test_whoever_passes_it_on_hides_nobody_who_gave_it_to_them(self) -> None:
        life = self.left_out(LEAD).says(LEAD, "hand_over", to=LEAD_2, reasons="Yours.")
        life.says(LEAD_2, "hand_over", to=MEDIATOR, reasons="Yours.")
        assert life.says(MEDIATOR, "rule", **RULING).case.phase == "approval"

    def test_says_so_on_its_button(self) -> None:
        button = next(one for one in investigated().seen_by(MEDIATOR).actions if one.command == "rule")
        assert (button.allowed, button.code) == (False, "procedure_incomplete")

    def test_is_not_asked_for_the_steps_again_after_remit(self) -> None:
        life = investigated()
        for step in STEPS:
            life.says(MEDIATOR, "complete_step", step=step)
        life.ruled().fire("grace").says("pty_respondent", "appeal").says(LEAD_2, "take")
        life.says(LEAD_2, "decide_appeal", decision="remit").fire("grace").says(MEDIATOR_2, "take")
        assert life.says(MEDIATOR_2, "rule", **RULING).case.phase == "ruled"

    def test_waits_for_the_root_cause_where_the_pack_wants_one(self) -> None:
        life = a_case().with_terms(root_cause_needed=True).in_review()
        refusal = life.refused(MEDIATOR, "rule", **RULING)
        assert refusal.code == "root_cause_missing"
        assert "unclear_policy" in refusal.fields["allowed"]
        life.says(MEDIATOR, "name_root_cause", cause="unclear_policy")
        assert life.says(MEDIATOR, "rule", **RULING).case.phase == "ruled"


class TestSteps:
    def test_are_those_of_the_pack(self) -> None:
        refusal = investigated().refused(MEDIATOR, "complete_step", step="coffee_drunk")
        assert (refusal.code, refusal.fields["allowed"]) == ("step_unknown", list(STEPS))

    def test_rest_on_evidence_of_this_case(self) -> None:
        life = investigated().says(CLAIMANT, "submit_evidence", text="The log of my device.")
        assert life.refused(MEDIATOR, "complete_step", step="logs_read", evidence=["evd_other"]).code == "evidence_unknown"
        life.says(MEDIATOR, "complete_step", step="logs_read", evidence=list(life.case.handed_in))
        shown = life.seen_by(LEAD).procedure
        assert shown is not None
        assert [(one.step, one.state, one.by, one.evidence) for one in shown] == [
            ("logs_read", "done", MEDIATOR, life.case.handed_in),
            ("researcher_heard", "open", None, ()),
            ("expert_asked", "open", None, ()),
        ]

    def test_are_not_done_twice_but_take_more_evidence(self) -> None:
        life = investigated().says(MEDIATOR, "complete_step", step="logs_read")
        assert life.refused(MEDIATOR, "complete_step", step="logs_read").code == "nothing_changes"
        assert life.refused(MEDIATOR, "skip_step", step="logs_read").code == "nothing_changes"
        life.says(CLAIMANT, "submit_evidence", text="One more log.")
        life.says(MEDIATOR, "complete_step", step="logs_read", evidence=list(life.case.handed_in))
        assert life.case.steps[0].evidence == life.case.handed_in

    def test_can_be_done_several_at_once(self) -> None:
        life = investigated().says(MEDIATOR, "complete_step", step="logs_read")
        life.says(MEDIATOR, "complete_step", steps=["logs_read", "researcher_heard", "expert_asked"])
        assert [fact.type for fact in (recording.fact for recording in life.last.recordings)] == [
            "step_completed",
            "step_completed",
        ]
        assert life.says(MEDIATOR, "rule", **RULING).case.phase == "ruled"

    def test_are_named(self) -> None:
        with pytest.raises(ValueError, match="Name a step"):
            parse_command({"id": "cmd_0001", "type": "complete_step", "by": MEDIATOR})

    def test_left_out_can_be_done_after_all(self) -> None:
        life = investigated().says(MEDIATOR, "skip_step", step="logs_read")
        assert life.says(MEDIATOR, "complete_step", step="logs_read").case.steps[0].how == "done"

    def test_are_the_owners(self) -> None:
        assert investigated().refused(MEDIATOR_2, "complete_step", step="logs_read").code == "not_your_case"

    def test_need_a_reason_to_be_left_out(self) -> None:
        with pytest.raises(ValueError, match="reasons"):
            parse_command({"id": "cmd_0001", "type": "skip_step", "by": MEDIATOR, "step": "logs_read"})

    def test_stay_inside(self) -> None:
        life = investigated().says(MEDIATOR, "complete_step", step="logs_read", reasons="Both devices are in them.")
        for outsider in (CLAIMANT, "pty_respondent", "key_platform"):
            assert life.seen_by(outsider).procedure is None
        assert not life.notices_for(CLAIMANT) or all(n.event != "step_completed" for n in life.notices_for(CLAIMANT))


class TestRootCause:
    def test_can_be_named_after_the_case_is_closed_and_corrected(self) -> None:
        life = a_case().closed().says(OPS, "name_root_cause", cause="triage_error", insight="Nobody tried the second device.")
        life.says(OPS, "name_root_cause", cause="unclear_policy")
        assert life.case.root_cause == "unclear_policy"
        assert len(facts_named(life.recordings, "root_cause_named")) == 2

    def test_is_one_of_the_pack(self) -> None:
        assert a_case().in_review().refused(MEDIATOR, "name_root_cause", cause="bad_luck").code == "root_cause_unknown"

    def test_named_twice_without_anything_new_changes_nothing(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "name_root_cause", cause="unfounded")
        assert life.refused(MEDIATOR, "name_root_cause", cause="unfounded").code == "nothing_changes"

    def test_is_not_the_parties_to_see(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "name_root_cause", cause="unfounded")
        assert life.seen_by(CLAIMANT).root_cause is None
        assert life.seen_by(LEAD).root_cause == "unfounded"


class TestIdentity:
    """Who was proved to be somebody is one person: another who asks proves it anew."""

    STEPS: ClassVar[list[str]] = ["receipt_confirmed", "identity", "scope", "search", "exemptions"]
    GRANTED: ClassVar[dict[str, Any]] = {"outcome": "granted", "ground": "right_of_access", "remedies": [{"type": "disclose"}]}
    OTHER: ClassVar[dict[str, Any]] = {"side": "claimant", "ref": "other"}

    def proved(self, category: str = "gdpr_access") -> Life:
        life = a_case("compliance_request", category=category).that_protects().in_review()
        life.says(PLATFORM, "submit_evidence", text="They were signed in to the account when they asked.")
        return life.says(MEDIATOR, "complete_step", steps=self.STEPS, evidence=list(life.case.handed_in))

    @pytest.mark.parametrize("paper", [False, True], ids=["a word", "their own paper"])
    @pytest.mark.parametrize(
        ("remedy", "category", "phase"),
        [
            ("disclose", "gdpr_access", Phase.APPROVAL),
            ("hand_over", "gdpr_portability", Phase.APPROVAL),
            ("correction", "gdpr_rectification", Phase.APPROVAL),
            ("erase", "gdpr_erasure", Phase.APPROVAL),
            ("limit_use", "gdpr_restriction", Phase.RULED),
            ("opt_out", "ccpa_opt_out", Phase.RULED),
        ],
    )
    def test_a_word_alone_hands_out_and_destroys_nothing(self, remedy: str, category: str, phase: Phase, paper: bool) -> None:
        """Regulation (EU) 2016/679, articles 12(6) and 32; to restrict and to opt out harms nobody, and asks for no such proof
        (11 CCR section 7060(b))."""
        life = a_case("compliance_request", category=category).in_review(owner=None).says(LEAD, "take")
        if paper:
            life.says(LEAD, "submit_evidence", text="I know them.")
        life.says(LEAD, "complete_step", steps=self.STEPS, reasons="x", evidence=list(life.case.handed_in))
        life.says(LEAD, "rule", **{**self.GRANTED, "remedies": [{"type": remedy}]})
        assert life.case.phase is phase
        if phase is Phase.APPROVAL:
            assert getattr(life.facts[-2], "approval_because", None) == "identity_by_word"

    def test_a_word_alone_is_agreed_to_by_nobody_of_the_line_of_whoever_said_it(self) -> None:
        life = a_case("compliance_request", category="gdpr_access").in_review(owner=None).says(LEAD, "take")
        life.says(LEAD, "complete_step", steps=self.STEPS, reasons="x")
        life.says(LEAD, "hand_over", to=MEDIATOR, reasons="I am away.").says(MEDIATOR, "rule", **self.GRANTED)
        refusal = life.refused(LEAD, "approve")
        assert (refusal.code, refusal.fields["because"]) == ("own_case", "left_it_out")
        assert life.says(LEAD_2, "approve").case.phase is Phase.RULED

    @pytest.mark.parametrize("how", ["evidence", "answer"])
    def test_a_word_is_none_any_more_once_something_shows_it(self, how: str) -> None:
        life = a_case("compliance_request", category="gdpr_access").in_review()
        life.says(MEDIATOR, "complete_step", steps=self.STEPS, reasons="By telephone.")
        assert life.refused(MEDIATOR, "complete_step", step="identity", reasons="Again.").code == "nothing_changes"
        if how == "answer":
            life.says(MEDIATOR, "ask_identity")
        life.says(CLAIMANT, "submit_evidence", text="The code is 1234.")
        life.says(MEDIATOR, "complete_step", step="identity", evidence=list(life.case.handed_in) if how == "evidence" else [])
        assert life.says(MEDIATOR, "rule", **self.GRANTED).case.phase is Phase.RULED

    def test_a_tick_alone_shows_nothing(self) -> None:
        """Regulation (EU) 2016/679, articles 5(2) and 12(6)."""
        life = a_case("compliance_request", category="gdpr_access").in_review()
        assert life.refused(MEDIATOR, "complete_step", steps=self.STEPS).code == "identity_unshown"
        life.says(MEDIATOR, "ask_identity")
        assert life.refused(MEDIATOR, "complete_step", step="identity").code == "identity_unshown"
        life.says(CLAIMANT, "submit_evidence").says(MEDIATOR, "complete_step", step="identity")
        assert {step.step for step in life.case.steps} == {"identity"}

    @pytest.mark.parametrize("decider", [MEDIATOR, JUNIOR, MEDIATOR_2])
    def test_left_out_takes_two_whoever_answers(self, decider: str) -> None:
        """Regulation (EU) 2016/679, article 12(6)."""
        life = a_case("compliance_request", category="gdpr_access").in_review()
        life.says(MEDIATOR, "complete_step", steps=[step for step in self.STEPS if step != "identity"])
        life.says(MEDIATOR, "skip_step", step="identity", reasons="I know them.")
        if decider != MEDIATOR:
            life.says(MEDIATOR, "hand_over", to=decider, reasons="I am away.")
        assert life.says(decider, "rule", **self.GRANTED).case.phase is Phase.APPROVAL

    @pytest.mark.parametrize(
        ("skipper", "approver"),
        [
            (LEAD, LEAD),
            (LEAD, Actor(id="per_under", role="lead", manager=LEAD)),
            (Actor(id="per_under", role="lead", manager=LEAD), LEAD),
            (Actor(id="per_far", role="lead", manager="per_between", above=(LEAD,)), LEAD),
        ],
    )
    def test_left_out_is_agreed_to_by_nobody_of_the_line_of_whoever_left_it_out(
        self, skipper: str | Actor, approver: str | Actor
    ) -> None:
        """Whoever rules may do as they say: Regulation (EU) 2016/679, articles 12(6) and 32."""
        life = a_case("compliance_request", category="gdpr_access").in_review(owner=None).says(skipper, "take")
        life.says(skipper, "complete_step", steps=[step for step in self.STEPS if step != "identity"])
        life.says(skipper, "skip_step", step="identity", reasons="I know them.")
        life.says(skipper, "hand_over", to=MEDIATOR, reasons="I am away.").says(MEDIATOR, "rule", **self.GRANTED)
        refusal = life.refused(approver, "approve")
        assert (refusal.code, refusal.fields["because"]) == ("own_case", "left_it_out")
        assert life.says(LEAD_2, "approve").case.phase is Phase.RULED

    def test_goes_with_the_person_who_was_replaced(self) -> None:
        life = self.proved().says(MEDIATOR, "replace_party", party=CLAIMANT, by_party=self.OTHER)
        assert life.refused(MEDIATOR, "rule", **self.GRANTED).fields["missing"] == ["identity"]
        life.says(MEDIATOR, "complete_step", step="identity", reasons="By telephone.")
        assert life.says(MEDIATOR, "rule", **self.GRANTED).case.phase is Phase.APPROVAL

    def test_a_draft_goes_back(self) -> None:
        life = self.proved().says(MEDIATOR, "rule", **self.GRANTED)
        life.says(OPS, "replace_party", party=CLAIMANT, by_party=self.OTHER)
        assert (life.case.phase, life.case.ruling) == (Phase.REVIEW, None)

    def test_the_one_who_was_replaced_is_told(self) -> None:
        life = self.proved().says(MEDIATOR, "replace_party", party=CLAIMANT, by_party=self.OTHER)
        assert [n.data["left_by"] for n in life.notices_for(CLAIMANT) if n.event == "party_left"] == ["replaced"]

    @pytest.mark.parametrize("who", [CLAIMANT, MEDIATOR, OPS, PLATFORM])
    def test_nobody_is_added_to_what_another_asked(self, who: str) -> None:
        refusal = self.proved().refused(who, "add_party", party=self.OTHER)
        assert (refusal.code, refusal.fields["because"]) == ("party_unfit", "own_request")

    def test_a_representative_is(self) -> None:
        life = self.proved().says(CLAIMANT, "add_party", party={**self.OTHER, "role": "representative"})
        assert "identity" in {step.step for step in life.case.steps}

    def test_but_one_whom_somebody_of_the_team_names_undoes_it(self) -> None:
        """Regulation (EU) 2016/679, article 12(6): whoever would read along has shown nothing."""
        other = {**self.OTHER, "role": "representative"}
        life = self.proved().says(MEDIATOR, "add_party", party=other, agreed=True)
        assert life.refused(MEDIATOR, "rule", **self.GRANTED).fields["missing"] == ["identity"]
        life = self.proved().says(MEDIATOR, "rule", **self.GRANTED).says(OPS, "add_party", party=other, agreed=True)
        assert (life.case.phase, life.case.ruling) == (Phase.REVIEW, None)

    def test_two_in_one_report_are_not_answered_together(self) -> None:
        life = a_case("compliance_request", category="gdpr_access").that_protects()
        life.with_party("pty_two", "claimant", "principal").in_review()
        assert life.refused(MEDIATOR, "complete_step", steps=self.STEPS, reasons="By telephone.").code == "party_unclear"
        life.says(MEDIATOR, "complete_step", steps=["receipt_confirmed", "scope", "search", "exemptions"])
        life.says(MEDIATOR, "skip_step", step="identity")
        assert life.refused(MEDIATOR, "rule", **self.GRANTED).code == "party_unclear"
        life.says(MEDIATOR, "remove_party", party="pty_two")
        assert life.refused(MEDIATOR, "rule", **self.GRANTED).code == "procedure_incomplete"

    @pytest.mark.parametrize(
        ("ruling", "code"),
        [
            ({"remedies": [{"type": "erase"}]}, "remedy_not_allowed"),  # of another right than was asked for
            ({"remedies": [{"type": "ban"}]}, "remedy_not_allowed"),  # of no outcome
            ({"outcome": "shrugged_off"}, "outcome_unknown"),
            ({"complaint_route": "supervisory_authority"}, "ruling_incomplete"),  # half of what the law wants told
            ({"complaint_route": "the_pub"}, "complaint_route_unknown"),
            ({"remedies": []}, "procedure_incomplete"),  # what is only left out can be added when the steps are done
            ({}, "procedure_incomplete"),
        ],
    )
    def test_what_no_step_makes_right_is_said_before_the_steps(self, ruling: dict[str, Any], code: str) -> None:
        life = a_case("compliance_request", category="gdpr_access").in_review()
        assert life.refused(MEDIATOR, "rule", **{**self.GRANTED, **ruling}).code == code

    def test_it_goes_to_nobody_else(self) -> None:
        to = [{"type": "disclose", "party": RESPONDENT}]
        assert self.proved().refused(MEDIATOR, "rule", **{**self.GRANTED, "remedies": to}).fields["because"] == "identity"

    @pytest.mark.parametrize(
        ("remedy", "category"), [("disclose", "gdpr_access"), ("erase", "gdpr_erasure"), ("correction", "gdpr_rectification")]
    )
    def test_nor_to_the_other_side(self, remedy: str, category: str) -> None:
        granted = {**self.GRANTED, "remedies": [{"type": remedy, "to": "respondent"}]}
        refusal = self.proved(category).refused(MEDIATOR, "rule", **granted)
        assert (refusal.code, refusal.fields["because"], refusal.fields["to"]) == ("remedy_not_allowed", "wrong_side", "claimant")


class TestDoneByWhoWasBiased:
    @pytest.mark.parametrize(("reason", "left"), [("decider_was_biased", 0), ("new_evidence", 5)])
    def test_is_done_anew(self, reason: str, left: int) -> None:
        life = TestIdentity().proved().says(MEDIATOR, "rule", **TestIdentity.GRANTED).fire("grace")
        assert len(life.says(OPS, "reopen", reason=reason).case.steps) == left

    def test_what_was_erased_is_not_ordered_back(self) -> None:
        erased = {"outcome": "granted", "ground": "right_to_erasure", "remedies": [{"type": "erase"}]}
        life = (
            TestIdentity()
            .proved("gdpr_erasure")
            .says(MEDIATOR, "rule", **erased)
            .fire("grace")
            .says(LEAD, "annul", reason="mistake")
        )
        assert [(e.remedy.type, e.state) for e in life.case.effects if e.reverses] == [("erase", "needs_hands")]
