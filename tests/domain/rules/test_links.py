"""Cases that have to do with each other: what can be merged, linked and split, and who learns of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Outcome, Phase, Priority, Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.commands import read_command
from domain.model.facts import Actor
from domain.model.links import KnownCampaign
from domain.model.people import OpenedParty
from domain.rules.evolve import fold
from domain.rules.intake import open_case
from domain.rules.links import party_there
from domain.rules.no_request import uninvestigated
from domain.rules.remedy import asked_otherwise
from domain.rules.rule import DecisionContext
from domain.views.case import visible
from tests.support.cases import (
    AGENT,
    CLAIMANT,
    FRIEND,
    LEAD,
    LEAD_2,
    MEDIATOR,
    MEDIATOR_2,
    MONDAY,
    OPS,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    WITNESS,
    Life,
    a_case,
    digest_of,
    facts_named,
)
from tests.support.other_cases import (
    AGAINST_THE_SAME,
    CAMPAIGN,
    NEIGHBOUR,
    OTHER_CASE,
    YOUNGER_CASE,
    beside_another,
    elsewhere,
    joined,
)


class TestMerge:
    def test_closes_the_case_and_sends_its_claimants_along(self) -> None:
        life = beside_another().says(LEAD, "merge", into=OTHER_CASE)
        assert (life.case.phase, life.case.outcome, life.case.merged_into) == (Phase.CLOSED, Outcome.MERGED, OTHER_CASE)
        (task,) = facts_named(life.recordings, "errand_ordered")
        assert task.type == "errand_ordered"
        assert (task.what, task.to) == ("join", OTHER_CASE)
        # Whoever is a party there already need not come.
        assert [(p.id, p.role) for p in task.parties] == [(AGENT, "co_claimant")]
        assert task.statement == life.case.statement

    def test_is_not_over_until_the_other_case_has_it(self) -> None:
        life = beside_another().says(LEAD, "merge", into=OTHER_CASE)
        assert not life.case.quiet
        life.says(ROBOT, "report_effect", effect_id=life.case.cross_case_tasks[0].id, result="done")
        assert life.case.quiet

    @pytest.mark.parametrize(
        ("other", "code"),
        [
            ({"open": False}, "other_case_closed"),
            ({"open": False, "merged_into": YOUNGER_CASE}, "merged_already"),
            ({"kind": "fraud_report"}, "kind_differs"),
            ({"synthetic": True}, "kind_differs"),
            ({"opened_at": MONDAY + timedelta(hours=1)}, "merge_backwards"),
            ({"parties": (OpenedParty(id="pty_x", side=Side.RESPONDENT, ref_digest=digest_of(CLAIMANT)),)}, "sides_mixed"),
            ({"id": YOUNGER_CASE}, "other_case_unknown"),
        ],
    )
    def test_refuses_a_case_that_does_not_fit(self, other: dict[str, Any], code: str) -> None:
        life = beside_another()
        life.elsewhere = elsewhere(**other)
        assert life.refused(LEAD, "merge", into=OTHER_CASE).code == code

    def test_refuses_the_case_itself(self) -> None:
        life = beside_another()
        assert life.refused(LEAD, "merge", into=life.case_id).code == "same_case"

    def test_refuses_once_a_ruling_was_drafted_though_it_came_back(self) -> None:
        life = a_case().in_approval().says(LEAD, "return_ruling")
        life.elsewhere = elsewhere()
        assert life.case.phase is Phase.REVIEW
        assert life.refused(OPS, "merge", into=OTHER_CASE).code == "ruling_begun"

    def test_takes_another_kind_that_the_pack_names(self) -> None:
        life = beside_another(kind="bounty_dispute")
        life.elsewhere = elsewhere("fraud_report")
        terms = life.case.terms.model_copy(update={"merges_with": ("fraud_report",)})
        life._case = life.case.model_copy(update={"terms": terms})
        assert life.says(LEAD, "merge", into=OTHER_CASE).case.merged_into == OTHER_CASE

    def test_is_no_business_of_a_lead_who_stands_close_to_a_party(self) -> None:
        close = Actor(id="per_close", role="lead", conflicts=(digest_of(RESPONDENT),))
        for command in ("merge", "split"):
            fields = {"into": OTHER_CASE} if command == "merge" else {}
            assert beside_another().refused(close, command, **fields).code == "own_case"
        at_work = Actor(id="per_close", role="lead", conflicts=("dig_employer",))
        life = beside_another()
        parties = tuple(p.model_copy(update={"org_digest": "dig_employer"}) for p in life.case.parties)
        life._case = life.case.model_copy(update={"parties": parties})
        assert life.refused(at_work, "split").code == "own_case", "of an organisation as of a person"

    def test_a_child_goes_into_a_part_with_whoever_represents_it(self) -> None:
        life = a_case("safety_incident").under_age(CLAIMANT).with_party("pty_guardian", "claimant", "representative").in_review()
        (task,) = facts_named(life.says(LEAD, "split", parties=[CLAIMANT, RESPONDENT]).recordings, "errand_ordered")
        assert isinstance(task, f.CrossCaseTaskOrdered)
        assert {p.id for p in task.parties} == {CLAIMANT, RESPONDENT, "pty_guardian"}

    def test_ends_no_measure_that_nobody_has_lifted_with_reasons(self) -> None:
        life = beside_another("fraud_report")
        life.says(MEDIATOR, "impose_interim", measure="payout_freeze", reasons="The money would be gone.")
        for who in (MEDIATOR, LEAD, OPS):
            refusal = life.refused(who, "merge", into=OTHER_CASE)
            assert (refusal.code, refusal.fields["measures"][0]["measure"]) == ("measures_unnamed", "payout_freeze")
        life.says(MEDIATOR, "review_interim", decision="lift", reasons="It is frozen in the other case.")
        assert life.says(LEAD, "merge", into=OTHER_CASE).case.merged_into == OTHER_CASE

    def test_drops_no_withdrawal_that_waits_and_undoes_none_that_was_answered_of_office(self) -> None:
        life = beside_another("safety_incident")
        life.says(CLAIMANT, "withdraw", reasons="He stands behind me.")
        assert life.refused(LEAD, "merge", into=OTHER_CASE).code == "withdrawal_pending"
        life.says(MEDIATOR, "continue_of_office", reasons="We go on.")
        assert life.refused(LEAD, "merge", into=OTHER_CASE).code == "of_office"

    def test_drops_no_report_to_an_authority_that_waits_for_a_second_person(self) -> None:
        life = beside_another("fraud_report")
        life.says(MEDIATOR, "report_to_authority", authority="police", reasons="It is a ring.")
        assert life.refused(OPS, "merge", into=OTHER_CASE).code == "report_pending"
        life.says(LEAD, "return_report", reasons="Not yet.")
        assert life.says(OPS, "merge", into=OTHER_CASE).case.merged_into == OTHER_CASE

    def test_brings_no_secret_report_to_a_case_that_the_respondent_knows(self) -> None:
        life = beside_another("fraud_report")
        life.says(MEDIATOR, "report_to_authority", authority="financial_intelligence_unit", reasons="It is a ring.")
        life.says(LEAD, "approve_report")
        assert life.refused(OPS, "merge", into=OTHER_CASE).code == "tipping_off"
        life.elsewhere = elsewhere("fraud_report", is_disclosed=False)
        assert life.says(OPS, "merge", into=OTHER_CASE).case.merged_into == OTHER_CASE

    @pytest.mark.parametrize("phase", [Phase.APPROVAL, Phase.RULED, Phase.APPEALABLE, Phase.APPEAL])
    def test_binds_nobody_by_a_ruling_that_was_made_without_them(self, phase: Phase) -> None:
        life = beside_another("safety_incident", phase=phase, is_disclosed=False)
        assert life.refused(LEAD, "merge", into=OTHER_CASE).code == "ruling_begun"

    def test_takes_a_second_report_of_the_same_claimant_to_a_decided_matter_of_money(self) -> None:
        mine = OpenedParty(id="pty_mine", side=Side.CLAIMANT, ref_digest=digest_of(CLAIMANT))
        agent = OpenedParty(id="pty_agent_there", side=Side.CLAIMANT, role="representative", ref_digest=digest_of(AGENT))
        shop = OpenedParty(id="pty_shop_there", side=Side.RESPONDENT, ref_digest=digest_of(RESPONDENT))
        life = beside_another("payment_dispute", phase=Phase.APPEALABLE, parties=(mine, agent, shop))
        assert life.says(LEAD, "merge", into=OTHER_CASE).case.merged_into == OTHER_CASE

    @pytest.mark.parametrize("against", [(), ("somebody_else",)])
    def test_buries_no_matter_in_a_case_against_somebody_else(self, against: tuple[str, ...]) -> None:
        mine = OpenedParty(id="pty_mine", side=Side.CLAIMANT, ref_digest=digest_of(CLAIMANT))
        there = (OpenedParty(id="pty_there", side=Side.RESPONDENT, ref_digest=digest_of(ref)) for ref in against)
        assert beside_another(parties=(mine, *there)).refused(LEAD, "merge", into=OTHER_CASE).code == "sides_mixed"

    def test_says_how_urgent_the_case_was(self) -> None:
        life = beside_another().says(LEAD, "retarget", priority="urgent", reason="danger").says(LEAD, "merge", into=OTHER_CASE)
        (task,) = facts_named(life.recordings, "errand_ordered")
        assert task.type == "errand_ordered"
        assert task.priority is Priority.URGENT

    def test_cannot_be_undone_by_reopening(self) -> None:
        life = beside_another().says(LEAD, "merge", into=OTHER_CASE)
        refusal = life.refused(OPS, "reopen")
        # Where it goes on is told where the case is read, to whoever may know that one.
        assert (refusal.code, refusal.fields) == ("merged_already", {})


class TestJoin:
    def test_whoever_recused_themselves_there_does_not_decide_it_here(self) -> None:
        life = joined(life=a_case("payment_dispute").in_review(), recused=[MEDIATOR])
        assert (life.case.recused, life.case.owner) == ((MEDIATOR,), None)
        assert life.refused(MEDIATOR, "take").fields["because"] == "recused"

    def test_goes_with_who_cannot_decide_it(self) -> None:
        life = beside_another().says(MEDIATOR, "recuse", reason="knows_a_party").says(LEAD, "merge", into=OTHER_CASE)
        (task,) = facts_named(life.recordings, "errand_ordered")
        assert getattr(task, "recused", None) == (MEDIATOR,)

    @pytest.mark.parametrize("reach", ["in_intake", "in_review", "in_approval", "ruled", "appealable", "in_appeal", "closed"])
    def test_is_taken_wherever_the_case_stands(self, reach: str) -> None:
        life = joined(life=getattr(a_case("fraud_report"), reach)())
        assert (life.case.joined, life.case.parties[-1].id) == ((YOUNGER_CASE,), NEIGHBOUR)

    def test_the_worse_priority_counts_and_never_the_better(self) -> None:
        before = a_case("safety_incident").in_review()
        assert joined(life=before, priority="urgent").case.priority is Priority.URGENT
        urgent = a_case("safety_incident").in_review().says(LEAD, "retarget", priority="urgent", reason="danger")
        assert joined(life=urgent, priority="low").case.priority is Priority.URGENT

    def test_a_child_who_comes_makes_the_case_urgent(self) -> None:
        life = joined(life=a_case("safety_incident").in_review(), minor=True)
        assert (life.case.priority, life.case.parties[-1].minor) == (Priority.URGENT, True)

    def test_no_deadline_of_the_team_comes_later_by_it(self) -> None:
        life = a_case("safety_incident").in_review()
        before = {(row.clock, row.level): row.due_at for row in life.case.timetable}
        after = {(row.clock, row.level): row.due_at for row in joined(life=life, priority="urgent").case.timetable}
        assert all(after[key] <= at for key, at in before.items() if key in after)
        assert any(after[key] < at for key, at in before.items() if key in after)

    @pytest.mark.parametrize("reach", ["in_approval", "ruled"])
    def test_what_was_drafted_while_the_report_was_on_its_way_goes_back(self, reach: str) -> None:
        life = joined(life=getattr(a_case("fraud_report"), reach)())
        assert (life.case.phase, life.case.parties[-1].id) == (Phase.REVIEW, NEIGHBOUR)

    def test_takes_nobody_in_twice(self) -> None:
        life = joined(life=joined())
        assert [p.id for p in life.case.parties].count(NEIGHBOUR) == 1

    def test_goes_on_where_this_case_has_gone(self) -> None:
        life = beside_another("fraud_report").says(LEAD, "merge", into=OTHER_CASE)
        onward = facts_named(joined(life=life).recordings, "errand_ordered")[-1]
        assert onward.type == "errand_ordered"
        assert (onward.what, onward.to, [p.id for p in onward.parties]) == ("join", OTHER_CASE, [NEIGHBOUR])

    def test_wakes_a_case_that_was_put_away_and_tells_its_owner(self) -> None:
        life = a_case("fraud_report").in_review()
        life.says(MEDIATOR, "snooze", until=(life.now + timedelta(days=2)).isoformat(), reason="expert_asked")
        joined(life=life)
        assert all(not hold.lasts_at(life.now) for hold in life.case.holds)
        assert [n.event for n in life.notices_for(MEDIATOR)][-1] == "case_joined"

    def test_whoever_came_speaks_for_themselves_alone(self) -> None:
        life = joined()
        life.says(NEIGHBOUR, "message", text="I have the receipt.")
        life.says(NEIGHBOUR, "submit_evidence", text="The receipt.")
        assert life.refused(NEIGHBOUR, "withdraw").code == "not_allowed"

    def test_whoever_came_is_told_how_it_ends_and_of_an_appeal_of_their_own(self) -> None:
        life = joined().appealable("none")
        told = life.notices_for(NEIGHBOUR)
        assert [n.event for n in told] == ["ruling_issued"]
        assert {"outcome", "reasons"} <= {*told[0].data, *told[0].texts}
        assert told[0].data["due_clock"] == "complaint_window"
        assert not {"offer", "credit", "amount"} & set(told[0].data)
        seen = life.seen_by(NEIGHBOUR)
        assert (seen.ruling is not None, seen.offer) == (True, None)
        assert [right.side for right in seen.rights] == [Side.CLAIMANT]
        assert [due.clock for due in seen.deadlines] == ["complaint_window"]

    def test_the_other_parties_do_not_learn_of_it(self) -> None:
        life = joined()
        for party in (CLAIMANT, RESPONDENT):
            viewer = life.actor(party)
            assert NEIGHBOUR not in [p["id"] for p in life.seen_by(party).parties]
            assert not [r for r in life.recordings if r.fact.type == "case_joined" and visible(life.case, r, viewer)]
        mine = [r for r in life.recordings if visible(life.case, r, life.actor(NEIGHBOUR))]
        assert mine[-1].fact.type == "case_joined"
        assert NEIGHBOUR in [p["id"] for p in life.seen_by(NEIGHBOUR).parties]
        assert NEIGHBOUR in [p["id"] for p in life.seen_by(PLATFORM).parties]

    def test_a_friend_of_whoever_came_cannot_judge_the_case(self) -> None:
        life = joined()
        close = Actor(id="per_close", role="mediator", conflicts=(digest_of(NEIGHBOUR),))
        assert life.refused(close, "take").code == "own_case"

    def test_an_owner_who_stands_close_to_whoever_came_loses_the_case(self) -> None:
        assert joined(life=a_case("fraud_report").in_review()).case.owner == MEDIATOR
        life = joined(life=a_case("fraud_report").in_review(), owner_conflicts=(digest_of(NEIGHBOUR),))
        (queued,) = facts_named(life.recordings, "case_queued")
        assert (life.case.owner, getattr(queued, "reason", None)) == (None, "conflict")


class TestOpen:
    def test_a_report_of_the_same_matter_is_merged_at_once_and_the_other_side_hears_nothing(self) -> None:
        life = a_case("fraud_report")
        mine = OpenedParty(id="pty_before", side=Side.CLAIMANT, ref_digest=digest_of(CLAIMANT))
        life.elsewhere = {"other": elsewhere("fraud_report", parties=(mine,))["other"]}
        life.opened()
        assert (life.case.outcome, life.case.merged_into, life.case.close_reason) == (Outcome.MERGED, OTHER_CASE, "same_matter")
        (told,) = life.notices_for(CLAIMANT)
        assert (told.data["into"], told.data["case_outcome"]) == (OTHER_CASE, "merged")
        assert life.notices_for(RESPONDENT) == ()

    @pytest.mark.parametrize("phase", [Phase.APPROVAL, Phase.RULED, Phase.APPEALABLE, Phase.APPEAL])
    def test_a_report_of_a_matter_that_is_decided_has_a_case_of_its_own(self, phase: Phase) -> None:
        life = a_case("safety_incident")
        life.elsewhere = {"other": elsewhere("safety_incident", phase=phase)["other"]}
        life.opened()
        assert (life.case.open, life.case.phase, [link.other for link in life.case.links]) == (True, Phase.REVIEW, [OTHER_CASE])
        assert life.case.timetable

    @pytest.mark.parametrize("other", [{"open": False}, {"kind": "fraud_report"}])
    def test_it_opens_where_the_other_case_cannot_take_it(self, other: dict[str, Any]) -> None:
        life = a_case()
        life.elsewhere = {"other": elsewhere(**other)["other"]}
        assert life.opened().case.open

    def test_a_report_that_a_gate_turns_away_is_declined_and_not_merged(self) -> None:
        life = a_case("fraud_report", attributes={"status": "won"})
        life.elsewhere = {"other": elsewhere("fraud_report")["other"]}
        assert life.opened().case.outcome is Outcome.DECLINED


class TestView:
    def test_the_reporter_of_a_merged_case_is_told_where_it_goes_on_and_as_whom(self) -> None:
        life = (
            beside_another("conduct_report", parties=AGAINST_THE_SAME, is_disclosed=False)
            .says(LEAD, "link", to=OTHER_CASE, relation="duplicate")
            .says(OPS, "merge", into=OTHER_CASE)
        )
        mine = life.seen_by(CLAIMANT)
        assert (mine.merged_into, mine.merged_as) == (OTHER_CASE, party_there(life.case.cross_case_tasks[-1].id, CLAIMANT))
        theirs = life.seen_by(RESPONDENT)
        assert (theirs.merged_into, theirs.merged_as, theirs.outcome) == (None, None, Outcome.MERGED)

    def test_no_party_and_no_platform_learns_of_links_and_campaigns(self) -> None:
        life = (
            beside_another()
            .says(MEDIATOR, "link", to=OTHER_CASE, note="Same device.")
            .says(OPS, "join_campaign", campaign=CAMPAIGN)
        )
        before = len(life.notices)
        life.says(LEAD, "split")
        assert len(life.notices) == before
        for who in (CLAIMANT, RESPONDENT, AGENT, WITNESS, PLATFORM):
            seen = life.seen_by(who)
            assert (seen.case_links, seen.campaign, seen.joined) == (None, None, None)
            viewer = life.actor(who)
            told = {r.fact.type for r in life.recordings if visible(life.case, r, viewer)}
            assert not told & {"case_linked", "campaign_joined", "case_split", "errand_ordered"}
            assert not {a.command for a in seen.actions} & {"link", "unlink", "join_campaign", "leave_campaign", "merge", "split"}
        assert life.seen_by(FRIEND).campaign == CAMPAIGN


class TestLink:
    def test_the_same_link_twice_is_refused_and_another_relation_is_not(self) -> None:
        life = beside_another().says(MEDIATOR, "link", to=OTHER_CASE)
        assert life.refused(MEDIATOR, "link", to=OTHER_CASE).code == "link_exists"
        assert len(life.says(LEAD, "link", to=OTHER_CASE, relation="retaliation").case.links) == 2

    def test_a_link_to_itself_and_an_unknown_one_are_refused(self) -> None:
        life = beside_another()
        assert life.refused(MEDIATOR, "link", to=life.case_id).code == "same_case"
        life.says(MEDIATOR, "link", to=OTHER_CASE)
        assert life.refused(MEDIATOR, "unlink", link_id="lnk_none").code == "link_unknown"

    def test_as_a_duplicate_brings_whoever_cannot_decide_the_other(self) -> None:
        """Neither by the link, nor by its counterpart; what is only related brings nobody."""
        life = a_case("bounty_dispute").appealable().says(LEAD_2, "annul", reason="decider_was_biased")
        life.elsewhere = elsewhere(partial=(MEDIATOR_2,))
        life.says(LEAD, "link", to=OTHER_CASE)
        life.says(LEAD, "link", to=OTHER_CASE, relation="duplicate")
        related, duplicate = facts_named(life.recordings, "errand_ordered")[-2:]
        assert (getattr(related, "recused", None), getattr(duplicate, "recused", None)) == ((), (MEDIATOR,))
        assert life.case.recused == (MEDIATOR_2,)

    def test_whoever_cannot_decide_the_other_loses_the_case_and_the_draft(self) -> None:
        life = a_case("bounty_dispute").ruled()
        said = {"link_id": "lnk_there", "other": OTHER_CASE, "relation": "duplicate", "recused": [MEDIATOR]}
        life.judge(read_command({"id": "cmd_sys-link-1", "type": "mirror_link", "by": ROBOT, **said}), ROBOT)
        assert (life.case.recused, life.case.owner, life.case.phase) == ((MEDIATOR,), None, Phase.REVIEW)
        assert life.refused(MEDIATOR, "take").fields["because"] == "recused"

    def test_what_could_not_be_done_there_waits_for_hands(self) -> None:
        life = beside_another().says(MEDIATOR, "link", to=OTHER_CASE)
        task = life.case.cross_case_tasks[0].id
        life.says(ROBOT, "report_effect", effect_id=task, result="needs_hands")
        assert life.case.manual_work == (task,)
        assert life.refused(ROBOT, "report_effect", effect_id=task, result="done").code == "effect_unknown"


def split_off(life: Life, **said: Any) -> Case:
    """The case that comes of a split, as it is opened."""
    (task,) = facts_named(life.says(LEAD, "split", **said).recordings, "errand_ordered")
    assert isinstance(task, f.CrossCaseTaskOrdered)
    category = task.category or life.case.category
    part: dict[str, Any] = {"source": "split", "category": category, "filed_as": task.filed_as, "parties": task.parties}
    part |= {"limits_since": task.limits_since, "measures": task.measures, "holds": task.holds}
    opening = life.opening().model_copy(update=part)
    facts = open_case(opening, DecisionContext(actor=None), life.now)
    said_by: dict[str, Any] = {
        "round": 0,
        "at": life.now,
        "recorded_at": life.now,
        "command_id": opening.id,
        "actor": f.SYSTEM,
        "channel": "system",
    }
    return fold(YOUNGER_CASE, (f.Recording(seq=n, fact=fact, **said_by) for n, fact in enumerate(facts, 1)))


class TestSplit:
    def test_names_the_parties_and_keeps_their_roles(self) -> None:
        life = beside_another().says(LEAD, "split", parties=[CLAIMANT, RESPONDENT])
        (task,) = facts_named(life.recordings, "errand_ordered")
        assert task.type == "errand_ordered"
        assert [(p.id, p.role) for p in task.parties] == [(CLAIMANT, "principal"), (RESPONDENT, "principal")]
        assert life.case.open

    @pytest.mark.parametrize(
        ("parties", "because"), [(["pty_nobody"], "party"), ([RESPONDENT], "claimant"), ([AGENT], "claimant")]
    )
    def test_refuses_what_makes_no_case(self, parties: list[str], because: str) -> None:
        refusal = beside_another().refused(MEDIATOR, "split", parties=parties)
        assert (refusal.code, refusal.fields["because"]) == ("split_unfit", because)

    def test_whoever_does_not_decide_the_one_does_not_decide_the_other(self) -> None:
        life = beside_another().says(LEAD_2, "recuse", reason="knows_a_party").says(LEAD, "split")
        (task,) = facts_named(life.recordings, "errand_ordered")
        assert (task.type, getattr(task, "recused", None)) == ("errand_ordered", (LEAD_2,))
        opened = a_case("payment_dispute").in_review()
        part = opened.opening().model_copy(update={"recused": (LEAD_2, MEDIATOR_2)})
        facts = open_case(part, DecisionContext(actor=None), MONDAY)
        assert [fact.person for fact in facts if isinstance(fact, f.CaseRecused)] == [LEAD_2, MEDIATOR_2]

    @pytest.mark.parametrize(("relation", "goes"), [("split", True), ("duplicate", True), ("related", False)])
    def test_nor_where_they_say_so_afterwards(self, relation: str, goes: bool) -> None:
        """In either case, whichever of the two it is said in; not in what is only related."""
        life = a_case("payment_dispute").in_review()
        link = {"link_id": "spl_there", "other": OTHER_CASE, "relation": relation}
        life.judge(read_command({"id": "cmd_sys-link-1", "type": "mirror_link", "by": ROBOT, **link}), ROBOT)
        life.says(MEDIATOR, "recuse", reason="knows_a_party")
        tasks = [task for task in facts_named(life.recordings, "errand_ordered") if isinstance(task, f.CrossCaseTaskOrdered)]
        assert [(task.what, task.to, task.link_id, task.recused) for task in tasks] == (
            [("link", OTHER_CASE, "spl_there", (MEDIATOR,))] if goes else []
        )

    def test_who_hears_it_from_there_loses_the_case_and_tells_it_back_to_nobody(self) -> None:
        life = a_case("payment_dispute").in_review()
        link = {"type": "mirror_link", "by": ROBOT, "link_id": "spl_there", "other": OTHER_CASE, "relation": "split"}
        life.judge(read_command({"id": "cmd_sys-link-1", **link}), ROBOT)
        before = life.case.links
        for number in (2, 3):
            life.judge(read_command({"id": f"cmd_sys-link-{number}", **link, "recused": [MEDIATOR]}), ROBOT)
            assert (life.case.recused, life.case.owner, life.case.links) == ((MEDIATOR,), None, before)
        assert facts_named(life.recordings, "errand_ordered") == []

    @pytest.mark.parametrize("how", ["annul", "reopen"])
    def test_nor_where_it_turns_out_that_the_decider_was_biased(self, how: str) -> None:
        life = a_case("bounty_dispute").appealable()
        link = {"link_id": "lnk_there", "other": OTHER_CASE, "relation": "duplicate"}
        life.judge(read_command({"id": "cmd_sys-link-1", "type": "mirror_link", "by": ROBOT, **link}), ROBOT)
        if how == "reopen":
            life.later(timedelta(days=40))
        life.says(LEAD_2 if how == "annul" else OPS, how, reason="decider_was_biased", reasons="They are friends.")
        (task,) = facts_named(life.recordings, "errand_ordered")
        assert MEDIATOR in getattr(task, "recused", ())

    @pytest.mark.parametrize("category", ["gdpr_access", "gdpr_erasure"])
    def test_of_a_request_over_data_says_which_right_the_part_asks_for(self, category: str) -> None:
        life = a_case("compliance_request", category=category).in_review()
        for named in ({}, {"category": "cleanup"}):
            refusal = life.refused(LEAD, "split", **named)
            assert (refusal.code, refusal.fields["because"]) == ("split_unfit", "category")
            assert "gdpr_access" in refusal.fields["allowed"]

    @pytest.mark.parametrize(
        ("reported", "called", "part", "guarded"),
        [
            ("gdpr_access", None, "gdpr_erasure", True),
            ("gdpr_access", "gdpr_erasure", "gdpr_erasure", True),
            ("gdpr_erasure", None, "gdpr_erasure", False),
            ("gdpr_erasure", None, "gdpr_access", True),
            ("gdpr_access", "gdpr_erasure", "gdpr_access", True),
        ],
    )
    def test_makes_no_erasure_of_what_asked_for_something_else(
        self, reported: str, called: str | None, part: str, guarded: bool
    ) -> None:
        """Regulation (EU) 2016/679, articles 5(1)(f) and 17(1): also where the part is called an erasure later."""
        life = a_case("compliance_request", category=reported).in_review()
        if called:
            life.says(LEAD, "retarget", category=called, reason="it_is_erasure")
        case = split_off(life, category=part)
        assert case.category == part
        later = case.model_copy(update={"category": "gdpr_erasure", "filed_as": (*case.filed_as, case.category)})
        assert asked_otherwise(case if part == "gdpr_erasure" else later, "erase") is guarded

    def test_has_no_more_time_by_law_than_the_whole(self) -> None:
        """Regulation (EU) 2016/679, article 12(3): within one month of receipt."""
        life = a_case("compliance_request", category="gdpr_access").in_review().later(timedelta(days=20))
        case = split_off(life, category="gdpr_erasure")
        started = {clock.name: clock.started_at for clock in case.clocks}
        assert (started["answer"], started["first_response"]) == (life.case.opened_at, case.opened_at)
        assert case.opened_at > life.case.opened_at

    def test_of_a_claim_stays_one_whatever_the_part_is_called(self) -> None:
        """12 CFR 1005.11(c)(1)."""
        life = a_case("fraud_report", category="unauthorised").that_protects().in_review()
        assert uninvestigated(split_off(life, category="general")) is not None

    def test_begins_with_the_measures_on_whoever_goes_along_and_with_the_holds(self) -> None:
        life = a_case("safety_incident").with_party("pty_friend", "respondent", "principal").in_review()
        life.says(MEDIATOR, "impose_interim", measure="suspend", reasons="Until it is clear.", told="For a week.").says(
            LEAD, "place_hold", reason="litigation", reasons="We are sued."
        )
        part = split_off(life, parties=[CLAIMANT, "pty_friend"])
        (measure,), (hold,) = part.interim, part.legal_holds
        (effect,) = part.effects
        assert (measure.by, measure.kept_by, measure.kept, measure.told) == (MEDIATOR, LEAD, 1, life.case.interim[0].told)
        assert (effect.remedy.type, effect.hits, effect.because) == ("suspend", ("pty_friend",), measure.id)
        assert effect.id not in {e.id for e in life.case.effects}
        assert (hold.reason, hold.by) == ("litigation", LEAD)
        # What holds in the first case ends there, and nowhere else.
        assert life.case.interim[0].kept == 0

    def test_begins_with_no_measure_on_somebody_who_does_not_go_along(self) -> None:
        life = a_case("safety_incident").with_party("pty_friend", "respondent", "principal").in_review()
        life.says(MEDIATOR, "impose_interim", measure="suspend", reasons="Until it is clear.")
        assert split_off(life, parties=[CLAIMANT]).interim == ()

    def test_brings_no_words_of_a_measure_to_somebody_who_was_reported_in_secret(self) -> None:
        life = a_case("fraud_report").in_review()
        life.says(MEDIATOR, "impose_interim", measure="payout_freeze", reasons="He launders money.")
        assert len(life.case.interim) == 1
        life.says(MEDIATOR, "report_to_authority", authority="financial_intelligence_unit", reasons="Mules.")
        life.says(LEAD, "return_report", reasons="Not enough.").says(LEAD, "split", reasons="Two matters.")
        assert [x.measures for x in facts_named(life.recordings, "errand_ordered") if isinstance(x, f.CrossCaseTaskOrdered)] == [
            ()
        ]

    def test_is_no_way_to_prolong_a_measure_alone(self) -> None:
        life = a_case("safety_incident").in_review()
        life.says(MEDIATOR, "impose_interim", measure="suspend", reasons="Until it is clear.").says(
            MEDIATOR, "review_interim", decision="keep", reasons="Not clear yet."
        )
        assert life.refused(MEDIATOR, "split").fields["because"] == "one_person"
        assert len(split_off(life).interim) == 1

    def test_links_the_two_when_the_new_case_is_there(self) -> None:
        life = beside_another().says(LEAD, "split")
        life.says(ROBOT, "report_effect", effect_id=life.case.cross_case_tasks[0].id, result="done", note=YOUNGER_CASE)
        assert [(x.other, x.relation) for x in life.case.links] == [(YOUNGER_CASE, "split")]


class TestCampaign:
    def test_a_case_is_in_one_campaign_at_a_time(self) -> None:
        life = beside_another().says(OPS, "join_campaign", campaign=CAMPAIGN)
        assert life.refused(OPS, "join_campaign", campaign=CAMPAIGN).code == "campaign_taken"
        assert life.says(LEAD, "leave_campaign").case.campaign is None
        assert life.says(LEAD, "join_campaign", campaign=CAMPAIGN).case.campaign == CAMPAIGN

    @pytest.mark.parametrize(
        ("campaign", "code"),
        [(None, "campaign_unknown"), (KnownCampaign(id=CAMPAIGN, open=False), "campaign_closed")],
    )
    def test_refuses_one_that_is_not_open(self, campaign: KnownCampaign | None, code: str) -> None:
        life = beside_another()
        life.elsewhere = {"campaign": campaign}
        assert life.refused(OPS, "join_campaign", campaign=CAMPAIGN).code == code
