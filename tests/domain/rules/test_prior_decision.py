"""An appeal against a decision made elsewhere: the first ruling of the case, with all that follows from a first ruling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import pytest

from domain.base import Outcome, Phase, Side
from domain.model import facts as f
from domain.rules.prior_decision import is_notice, undecided_end
from domain.rules.ruling_told import said_of_ruling
from tests.support.cases import (
    CLAIMANT,
    JUNIOR,
    LEAD,
    MEDIATOR,
    MEDIATOR_2,
    MONDAY,
    OPS,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    STATEMENT,
    Life,
    a_case,
    facts_named,
)

REMOVED = {"outcome": "remove", "appellant": "author", "decider": MEDIATOR, "content": "post-77", "ground": "sexual_content"}
WHERE = "https://example.com/posts/77"
KEPT = {"outcome": "keep", "appellant": "reporter", "decider": "machine", "content": "comment-9"}


def an_appeal(brought: dict[str, Any] | None = None, **changes: Any) -> Life:
    effective = (MONDAY - timedelta(days=10)).isoformat()
    return a_case("moderation_appeal", decision={**(brought or REMOVED), "effective_at": effective, **changes})


def before(person: str, life: Life) -> Life:
    return life.opened().says(person, "take")


class TestOpening:
    def test_the_decision_is_the_first_ruling_and_what_it_did_stands(self) -> None:
        case = an_appeal().opened().case
        assert (case.phase, case.round, case.queue) == (Phase.APPEAL, 1, "moderation_appeals")
        first = case.rulings[0]
        assert (first.outcome, first.decider, first.elsewhere, first.issued_at) == (
            "remove", MEDIATOR, True, MONDAY - timedelta(days=10),
        )  # fmt: skip
        assert [(e.remedy.type, e.remedy.to, e.state) for e in case.effects_in_force] == [("remove", Side.CLAIMANT, "done")]

    def test_what_a_decision_against_the_respondent_did_is_done_to_the_respondent(self) -> None:
        """A reporter appeals: the author is on the other side."""
        assert an_appeal(KEPT).opened().case.author is Side.RESPONDENT

    @pytest.mark.parametrize("outcome", ["keep", "restrict"])
    def test_who_complains_that_abuse_of_a_child_was_left_is_urgent(self, outcome: str) -> None:
        effective = (MONDAY - timedelta(days=10)).isoformat()
        brought = {**KEPT, "outcome": outcome, "effective_at": effective}
        life = a_case("moderation_appeal", decision=brought, attributes={"child_sexual_abuse": True}).opened()
        assert (life.case.priority, life.case.phase) == ("urgent", Phase.APPEAL)

    def test_remedies_that_the_report_names_count_before_those_of_the_pack(self) -> None:
        case = an_appeal(remedies=[{"type": "remove"}, {"type": "warn"}]).opened().case
        assert [e.remedy.type for e in case.effects_in_force] == ["remove", "warn"]

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"outcome": "demote"}, "decision_unknown"),
            ({"appellant": "reporter"}, "not_yours_to_appeal"),
            ({"outcome": "keep"}, "not_yours_to_appeal"),
            ({"effective_at": "2025-08-27T21:59:59.999999Z"}, "window_over"),
            ({"effective_at": "2025-06-02T09:00:00Z", "informed_at": "2025-08-27T21:59:59Z"}, "window_over"),
        ],
    )
    def test_what_cannot_be_appealed_is_declined_with_the_reason(self, changes: dict[str, Any], reason: str) -> None:
        case = an_appeal(**changes).opened().case
        assert (case.phase, case.outcome, case.close_reason) == (Phase.CLOSED, Outcome.DECLINED, reason)

    @pytest.mark.parametrize(
        "changes",
        [
            {"effective_at": "2025-09-02T00:00:00Z"},
            # 28 February 2026 was a Saturday: it ends on Monday, by Berlin's days.
            {"effective_at": "2025-08-27T22:00:00Z"},
            {"effective_at": "2025-06-02T09:00:00Z", "informed_at": "2025-08-27T22:00:00Z"},
        ],
    )
    def test_the_last_day_of_six_months_is_in_time_to_its_last_hour(self, changes: dict[str, Any]) -> None:
        assert an_appeal(**changes).opened().case.open

    @pytest.mark.parametrize("who", ["author", "reporter"])
    def test_what_was_only_restricted_is_appealed_by_either(self, who: str) -> None:
        assert an_appeal(outcome="restrict", appellant=who).opened().case.phase is Phase.APPEAL

    def test_without_a_decision_there_is_nothing_to_appeal_against(self) -> None:
        assert a_case("moderation_appeal").opened().case.close_reason == "decision_missing"

    def test_a_person_appeals_once_about_the_same_content(self) -> None:
        life = an_appeal()
        life.appealed_before = "case_0196a7c2-0000-7000-8000-000000000002"
        assert life.opened().case.close_reason == "already_appealed"

    def test_one_that_nobody_decided_is_none(self) -> None:
        assert undecided_end(an_appeal().opened().says(CLAIMANT, "withdraw").case) is Outcome.WITHDRAWN
        assert undecided_end(before(MEDIATOR_2, an_appeal()).case) is None
        decided = before(MEDIATOR_2, an_appeal()).says(MEDIATOR_2, "decide_appeal", decision="uphold").fire("grace")
        assert (decided.case.open, undecided_end(decided.case)) == (False, None)

    def test_a_case_that_is_declined_gives_nothing_back(self) -> None:
        assert an_appeal(outcome="remove", effective_at="2025-01-01T00:00:00Z").opened().case.quiet

    def test_a_party_is_not_told_who_decided_or_under_which_digest_it_is_kept(self) -> None:
        seen = an_appeal().opened().seen_by(CLAIMANT)
        assert seen.ruling is not None
        assert (seen.ruling.outcome, seen.ruling.elsewhere, seen.ruling.decider) == ("remove", True, None)


class TestWhomANoticeAccuses:
    """Regulation (EU) 2022/2065, article 17(3)(b) and recital 54."""

    @pytest.mark.parametrize("category", ["illegal_content", "general", "hate"])
    def test_hears_nothing_at_its_opening_and_reads_no_word_of_who_sent_it(self, category: str) -> None:
        life = a_case("moderation_appeal", category=category, attributes={"content_url": WHERE, "good_faith": True}).opened()
        life.says(CLAIMANT, "message")
        assert (life.notices_for(RESPONDENT), life.case.is_disclosed) == ((), False)
        assert (life.case.terms.words, life.case.terms.report) == ("desk", "desk")

    def test_nor_after_newer_rules_came(self) -> None:
        life = a_case(
            "moderation_appeal", category="illegal_content", attributes={"content_url": WHERE, "good_faith": True}
        ).opened()
        life.says(OPS, "retarget", newest="pack", reason="new_rules")
        terms = life.case.terms
        assert (terms.disclosure, terms.words, terms.report, life.case.is_disclosed) == ("by_owner", "desk", "desk", False)

    def test_an_appeal_against_a_decision_is_known_to_both_sides(self) -> None:
        terms = an_appeal().opened().case.terms
        assert (terms.disclosure, terms.words, terms.report) == ("at_opening", "shared", "shared")


class TestWhoDecides:
    @pytest.mark.parametrize("person", [MEDIATOR, JUNIOR])
    def test_not_the_first_decider_nor_who_reports_to_them(self, person: str) -> None:
        life = an_appeal().opened()
        assert life.refused(person, "take").code == "own_case"
        assert life.refused(OPS, "assign", owner=person).code == "own_case"

    @pytest.mark.parametrize("machine", [PLATFORM, ROBOT])
    def test_never_a_machine(self, machine: str) -> None:
        life = before(MEDIATOR_2, an_appeal(KEPT))
        assert life.refused(machine, "decide_appeal", decision="uphold").code == "not_allowed"

    def test_anybody_else_of_the_team_who_judges(self) -> None:
        assert before(MEDIATOR_2, an_appeal()).case.owner == MEDIATOR_2


class TestDecided:
    def test_overturning_a_removal_undoes_it_once(self) -> None:
        life = before(MEDIATOR_2, an_appeal())
        removed = life.case.effects[0]
        life.says(MEDIATOR_2, "decide_appeal", decision="overturn", outcome="keep", ground="no_violation").fire("grace")
        undone = life.case.effects[1:]
        assert [(e.remedy, e.reverses, e.state) for e in undone] == [(removed.remedy, removed.id, "running")]
        assert life.case.effects_in_force == ()

    def test_what_no_command_undoes_waits_for_hands(self) -> None:
        life = before(MEDIATOR_2, an_appeal(remedies=[{"type": "remove"}, {"type": "warn"}]))
        life.says(MEDIATOR_2, "decide_appeal", decision="overturn", outcome="keep", ground="no_violation").fire("grace")
        states = {e.remedy.type: e.state for e in life.case.effects if e.reverses}
        assert states == {"warn": "needs_hands", "remove": "running"}
        told = next(n for n in life.notices_for("platform") if n.event == "ruling_issued")
        assert [one["type"] for one in told.data["undone"]] == ["remove"]
        assert [one["type"] for one in told.data["undone_by_hand"]] == ["warn"]

    def test_upholding_changes_nothing_and_leaves_nobody_to_appeal(self) -> None:
        life = before(MEDIATOR_2, an_appeal()).says(MEDIATOR_2, "decide_appeal", decision="uphold").fire("grace")
        assert (life.case.phase, life.case.outcome) == (Phase.CLOSED, Outcome.RULED)
        assert [r.because for r in life.case.rights] == ["already_used", "nothing_lost"]

    def test_an_author_who_loses_on_the_reporters_appeal_has_a_fresh_right(self) -> None:
        life = before(MEDIATOR_2, an_appeal(KEPT))
        life.says(MEDIATOR_2, "decide_appeal", decision="overturn", outcome="remove", ground="hate", statement=STATEMENT).fire(
            "grace"
        )
        assert {r.side: r.allowed for r in life.case.rights} == {Side.CLAIMANT: False, Side.RESPONDENT: True}
        life.says(RESPONDENT, "appeal")
        assert life.refused(MEDIATOR_2, "take").code == "own_case"
        assert life.says(LEAD, "take").case.owner == LEAD

    def test_the_reply_is_for_whoever_appealed(self) -> None:
        life = before(MEDIATOR_2, an_appeal())
        life.says(
            MEDIATOR_2, "decide_appeal", decision="overturn", outcome="keep", ground="no_violation", reply="Your picture is back."
        ).fire("grace")
        told = {party: life.notices_for(party)[-1].texts for party in (CLAIMANT, RESPONDENT)}
        assert "reply" in told[CLAIMANT]
        assert "reply" not in told[RESPONDENT]
        views = [life.seen_by(who).ruling for who in (CLAIMANT, RESPONDENT, MEDIATOR_2)]
        assert [bool(one and one.reply) for one in views] == [True, False, True]

    def test_conditions_are_those_of_the_pack(self) -> None:
        life = before(MEDIATOR_2, an_appeal())
        fields = {"decision": "overturn", "outcome": "keep", "ground": "no_violation"}
        assert life.refused(MEDIATOR_2, "decide_appeal", **fields, conditions=["an_apology"]).code == "condition_unknown"
        life.says(MEDIATOR_2, "decide_appeal", **fields, conditions=["labelled"]).fire("grace")
        assert life.case.rulings[-1].conditions == ("labelled",)


@pytest.mark.parametrize("decision", ["uphold", "vary"])
def test_each_side_is_told_where_else_it_can_go_whatever_is_decided(decision: str) -> None:
    """Digital Services Act, article 20(5)."""
    changed = {"outcome": "restrict", "ground": "hate", "remedies": [{"type": "restrict"}], "statement": STATEMENT}
    said = changed if decision == "vary" else {}
    life = before(MEDIATOR_2, an_appeal())
    assert life.refused(MEDIATOR_2, "decide_appeal", decision=decision, **said, complaint_route=None).code == "ruling_incomplete"
    life.says(MEDIATOR_2, "decide_appeal", decision=decision, **said).fire("grace")
    told = [life.notices_for(side)[-1].data.get("complaint_route") for side in (CLAIMANT, RESPONDENT)]
    assert told == ["out_of_court_and_court"] * 2


class TestWithdrawn:
    def test_the_decision_made_elsewhere_stands(self) -> None:
        life = before(MEDIATOR_2, an_appeal()).says(CLAIMANT, "withdraw")
        assert (life.case.phase, life.case.outcome) == (Phase.CLOSED, Outcome.WITHDRAWN)
        assert [e.remedy.type for e in life.case.effects_in_force] == ["remove"]

    def test_after_a_reopening_what_was_final_is_not_undone(self) -> None:
        """The author had won, and the time to appeal was over: giving up later does not take their words down again."""
        life = before(MEDIATOR_2, an_appeal())
        life.says(MEDIATOR_2, "decide_appeal", decision="overturn", outcome="keep", ground="no_violation").fire("grace")
        life.fire("appeal_window").says(OPS, "reopen").says(CLAIMANT, "withdraw")
        assert (life.case.outcome, life.case.effects_in_force) == (Outcome.WITHDRAWN, ())

    def test_after_a_remit_it_is_put_back_when_it_was_undone(self) -> None:
        """Overturned, appealed by the reporter, sent back, and given up by the author: what was decided first holds again."""
        life = before(MEDIATOR_2, an_appeal())
        life.says(MEDIATOR_2, "decide_appeal", decision="overturn", outcome="keep", ground="no_violation").fire("grace")
        life.says(RESPONDENT, "appeal").says(LEAD, "take").says(LEAD, "decide_appeal", decision="remit").fire("grace")
        life.says(CLAIMANT, "withdraw")
        assert life.case.outcome is Outcome.WITHDRAWN
        assert [(e.remedy.type, e.state) for e in life.case.effects_in_force] == [("remove", "running")]


class TestNobodyPutsAway:
    """Regulation (EU) 2022/2065, articles 16(5), (6) and 20(1), (4), (5): what is sent in is decided."""

    NOT_OURS: ClassVar[dict[str, Any]] = {"reason": "not_ours", "reasons": "We see nothing illegal in it."}

    def noticed(self, **said: Any) -> Life:
        told = {"content_url": "https://example.com/posts/77", "good_faith": True, "child_sexual_abuse": True, **said}
        return a_case("moderation_appeal", category="illegal_content", attributes=told)

    @pytest.mark.parametrize(("who", "what"), [(MEDIATOR, "decline"), (LEAD, "decline"), (OPS, "decline"), (OPS, "close")])
    def test_a_notice_in_triage(self, who: str, what: str) -> None:
        life = self.noticed().in_intake()
        assert life.refused(who, what, **self.NOT_OURS).code == "notice_undecided"
        life.says(LEAD, "retarget", category="spam", reason="it_is_that")
        assert life.refused(who, what, **self.NOT_OURS).code == "notice_undecided"

    def test_nor_once_it_was_let_in(self) -> None:
        assert self.noticed().opened().refused(OPS, "close", **self.NOT_OURS).code == "notice_undecided"

    def test_but_what_lacks_what_a_notice_says_until_its_sender_says_more(self) -> None:
        lacking = self.noticed(content_url="nowhere").opened()
        assert lacking.refused(OPS, "close", **self.NOT_OURS).code == "notice_undecided"
        unasked = lacking.refused(MEDIATOR, "decline", **self.NOT_OURS)
        assert (unasked.code, unasked.fields) == ("notice_undecided", {})
        asked = lacking.says(MEDIATOR, "message", to="claimant", text="Where is it?")
        # Five working days of the pack's clock for the claimant: Monday to Monday.
        early = asked.later(timedelta(days=6)).refused(MEDIATOR, "decline", **self.NOT_OURS)
        assert (early.code, early.fields) == ("notice_undecided", {"until": (asked.now + timedelta(days=1)).isoformat()})
        asked = asked.later(timedelta(days=1))
        told = self.noticed(content_url="nowhere").opened().says(CLAIMANT, "message", text="Below the third picture.")
        assert told.refused(MEDIATOR, "decline", **self.NOT_OURS).code == "notice_undecided"
        assert asked.says(MEDIATOR, "decline", **self.NOT_OURS).case.outcome is Outcome.DECLINED

    @pytest.mark.parametrize("brought", [REMOVED, KEPT])
    @pytest.mark.parametrize("reason", ["no_reason_given", "not_ours"])
    def test_a_complaint_however_few_words_it_has(self, brought: dict[str, Any], reason: str) -> None:
        life = an_appeal(brought).in_intake()
        assert life.refused(MEDIATOR_2, "decline", reason=reason).code == "notice_undecided"

    def test_but_what_an_authority_has_ordered(self) -> None:
        effective = (MONDAY - timedelta(days=10)).isoformat()
        ordered = {"decision": {**REMOVED, "effective_at": effective}, "attributes": {"ordered_by_authority": True}}
        life = a_case("moderation_appeal", **ordered).in_intake().says(MEDIATOR_2, "decline", reason="ordered_by_authority")
        assert life.case.outcome is Outcome.DECLINED


class TestANotice:
    """Regulation (EU) 2022/2065, articles 16 and 20: nobody has decided before."""

    def noticed(self) -> Life:
        said = {"content_url": "https://example.com/posts/77", "good_faith": True, "child_sexual_abuse": True}
        return a_case("moderation_appeal", category="illegal_content", attributes=said).opened().says(MEDIATOR, "take")

    def test_is_decided_in_review(self) -> None:
        assert self.noticed().case.phase is Phase.REVIEW

    def test_of_another_category_is_an_appeal_without_a_decision(self) -> None:
        assert a_case("moderation_appeal", category="spam").opened().case.close_reason == "decision_missing"

    @pytest.mark.parametrize("category", ["child_abuse", "general", "ilegal_content"])
    @pytest.mark.parametrize(
        ("said", "reason", "email", "urgent"),
        [
            ({"child_sexual_abuse": True}, "notice_incomplete", None, True),
            ({"child_sexual_abuse": True, "good_faith": True, "content_url": WHERE}, "notice_by_another_name", None, True),
            ({"good_faith": True, "content_url": WHERE}, "notice_by_another_name", "nora@example.com", False),
            ({"content_url": WHERE}, "notice_or_complaint", None, False),
        ],
    )
    def test_is_one_by_what_it_says_and_no_machine_turns_it_away_for_its_name(
        self, category: str, said: dict[str, Any], reason: str, email: str | None, urgent: bool
    ) -> None:
        parties = [{"side": "claimant", "ref": "u1", "name": "Nora", "email": email}, {"side": "respondent", "ref": "u2"}]
        life = a_case("moderation_appeal", category=category, attributes=said, parties=parties).opened()
        # A name that says so is a danger, too.
        urgent = urgent or category == "child_abuse"
        assert (life.case.phase, life.case.gate, life.case.priority == "urgent") == (Phase.INTAKE, reason, urgent)
        if reason != "notice_or_complaint":
            assert life.refused(MEDIATOR, "decline", reason="not_ours", reasons="No.").code == "notice_undecided"
            assert life.refused(OPS, "close", reason="abandoned", reasons="No.").code == "notice_undecided"
        life.says(MEDIATOR, "admit").says(MEDIATOR, "take")
        assert (life.case.phase, is_notice(life.case)) == (Phase.REVIEW, True)
        assert life.refused(OPS, "close", reason="abandoned", reasons="No.").code == "notice_undecided"
        kept = {"outcome": "keep", "ground": "no_violation", "reasons": "It is a film prop."}
        assert life.refused(MEDIATOR, "rule", **kept).fields["missing"] == ["complaint_route"]

    @pytest.mark.parametrize("category", ["child_abuse", "general", "illegal_content"])
    def test_of_the_abuse_of_a_child_comes_before_what_an_authority_is_said_to_have_ordered(self, category: str) -> None:
        said = {"child_sexual_abuse": True, "ordered_by_authority": True}
        life = a_case("moderation_appeal", category=category, attributes=said, priority="low").opened()
        assert (life.case.gate, life.case.priority) == ("notice_incomplete", "urgent")
        assert life.refused(MEDIATOR, "decline", reason="ordered_by_authority", reasons="No.").code == "notice_undecided"

    def test_nor_is_a_complaint_that_such_content_was_kept_put_aside_for_it(self) -> None:
        said = {"child_sexual_abuse": True, "ordered_by_authority": True}
        kept = {**KEPT, "effective_at": (MONDAY - timedelta(days=10)).isoformat()}
        life = a_case("moderation_appeal", decision=kept, attributes=said, priority="low").opened()
        assert (life.case.phase, life.case.gate, life.case.priority) == (Phase.APPEAL, None, "urgent")

    def test_that_only_names_an_address_is_declined_by_a_person_as_none_once_its_sender_was_asked(self) -> None:
        life = self.to_be_read()
        assert life.refused(MEDIATOR, "decline", **self.ASKS_BACK, reason="not_ours").code == "notice_undecided"
        life.says(MEDIATOR, "message", to="claimant", text="Which decision do you mean?")
        assert life.refused(MEDIATOR, "decline", **self.ASKS_BACK, reason="not_ours").code == "notice_undecided"
        life.later(timedelta(days=8)).says(MEDIATOR, "decline", **self.ASKS_BACK, reason="decision_missing")
        assert (life.case.outcome, is_notice(life.case)) == (Outcome.DECLINED, False)

    ASKS_BACK: ClassVar[dict[str, Any]] = {"reasons": "Which decision do you mean?"}

    def to_be_read(self, **said: Any) -> Life:
        return a_case("moderation_appeal", **{"category": "spam", "attributes": {"content_url": WHERE}, **said}).opened()

    @pytest.mark.parametrize(
        "said", [{}, {"category": "ilegal_content"}, {"category": "ilegal_content", "attributes": {}, "statement": "Hate."}]
    )
    @pytest.mark.parametrize(("first", "what"), [(MEDIATOR, "decline"), (OPS, "close")])
    def test_or_by_two_of_the_team_by_no_other_reason(self, said: dict[str, Any], first: str, what: str) -> None:
        """Under a name that nobody lists it is no weaker than under the one of the pack."""
        life = self.to_be_read(**said)
        assert life.case.phase is Phase.INTAKE
        assert life.refused(first, what, reason="not_ours", reasons="No.").code == "notice_undecided"
        life.says(first, what, reason="decision_missing", reasons="It is an advertisement.")
        assert life.case.phase is Phase.INTAKE
        assert life.refused(first, what, reason="decision_missing", reasons="No.").fields["because"] == "second_person"
        life.says(LEAD, "decline", reason="decision_missing", reasons="It is an advertisement.")
        assert life.case.outcome is Outcome.DECLINED

    def test_under_an_unknown_name_is_a_notice_once_a_person_has_let_it_in(self) -> None:
        life = self.to_be_read(category="ilegal_content", attributes={}, statement="Hate.").says(MEDIATOR, "admit")
        assert (life.case.phase, is_notice(life.case)) == (Phase.REVIEW, True)
        assert life.refused(OPS, "close", reason="abandoned", reasons="No.").code == "notice_undecided"

    def test_says_where_its_decision_can_be_complained_about(self) -> None:
        kept = {"outcome": "keep", "ground": "no_violation", "reasons": "It is a film prop."}
        assert self.noticed().refused(MEDIATOR, "rule", **kept).fields["missing"] == ["complaint_route"]

    @pytest.mark.parametrize(
        ("outcome", "more", "may"),
        [
            ("keep", {}, Side.CLAIMANT),
            ("remove", {"remedies": [{"type": "remove", "to": "respondent"}], "statement": STATEMENT}, Side.RESPONDENT),
        ],
    )
    def test_can_be_complained_of_by_whom_it_goes_against(self, outcome: str, more: dict[str, Any], may: Side) -> None:
        said = {"ground": "illegal_content", "reasons": "As it is.", "complaint_route": "out_of_court_and_court", "relies_on": []}
        life = self.noticed().says(MEDIATOR, "rule", outcome=outcome, **said, **more).fire("grace")
        assert [right.side for right in life.case.rights if right.allowed] == [may]

    def test_is_told_whether_a_machine_decided(self) -> None:
        said = {"outcome": "keep", "ground": "no_violation", "reasons": "It is.", "complaint_route": "out_of_court_and_court"}
        life = self.noticed().says(MEDIATOR, "rule", **said).fire("grace")
        issued = facts_named(life.recordings, "ruling_issued")[-1]
        assert isinstance(issued, f.RulingIssued)
        told = said_of_ruling(life.case, issued, "claimant")
        assert told.codes["notice_decided"] == "AUTOMATED_DECISION_NOT_AUTOMATED"
