"""Sanctions: what the ladder says, when they begin and end, whom they count against, and who hears of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Phase, Side
from domain.model import facts as f
from domain.model.sanctions import EarlierSanction
from domain.views.case import visible
from tests.support.cases import (
    CLAIMANT,
    LEAD,
    LEAD_2,
    MEDIATOR,
    OPS,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    WITNESS,
    Life,
    a_case,
    digest_of,
    facts_named,
    shelf,
)
from tests.support.clock_readings import at

DAY = timedelta(days=1)
VIOLATION: dict[str, Any] = {"outcome": "violation", "reasons": "It is on the screen shots."}


def earlier(sanction: str, category: str = "unprofessional", party: str = RESPONDENT, **more: Any) -> EarlierSanction:
    """A sanction of another case, imposed in January and counting until the next one."""
    said = {"id": "san_1", "case_id": "case_1", "weight": 1, "imposed_at": at("01-05 09:00"), "counts_until": None, **more}
    if said["weight"]:
        said["counts_until"] = more.get("counts_until", at("12-31 09:00"))
    return EarlierSanction(ref_digest=digest_of(party), category=category, sanction=sanction, **said)


def a_heard_case(*before: EarlierSanction, ground: str = "insult") -> Life:
    """Before its investigator, the accused heard on a clause; with what counts against the parties already."""
    life = a_case("conduct_report").with_party(WITNESS, "respondent", "witness").in_review().heard(ground)
    life.earlier = before
    return life


def sanctioned(ground: str = "threat", *before: EarlierSanction, **more: Any) -> Life:
    """Told to the parties; a threat is a ban of thirty days."""
    return a_heard_case(*before, ground=ground).says(MEDIATOR, "rule", ground=ground, **VIOLATION, **more).fire("grace")


class TestWhatIsCounted:
    def test_is_said_by_the_record_with_what_the_ladder_said(self) -> None:
        life = sanctioned("insult", earlier("warning", id="san_a"), earlier("final_warning", id="san_b"))
        (drafted,) = facts_named(life.recordings, "sanction_drafted")
        assert isinstance(drafted, f.SanctionDrafted)
        assert (drafted.count, drafted.counted, drafted.ladder_says) == (2, ("san_a", "san_b"), "temporary_ban")
        assert drafted.departs is None

    def test_is_of_the_person_and_not_of_the_other_party(self) -> None:
        life = sanctioned("insult", earlier("warning", party=CLAIMANT))
        assert life.case.sanctions[0].sanction == "warning"

    def test_of_another_kind_it_is_what_the_pack_names_once_its_case_is_closed(self) -> None:
        fraud = {"kind": "fraud_report", "category": "stolen_cards"}
        for named, final, sanction in (
            ((), True, "warning"),
            (("fraud_report/stolen_cards",), True, "final_warning"),
            (("fraud_report",), True, "final_warning"),
            (("fraud_report/other",), True, "warning"),
            (("fraud_report",), False, "warning"),
        ):
            terms = shelf().packs["conduct_report"].sanctions
            assert terms is not None
            ladders = tuple(ladder.model_copy(update={"also": named}) for ladder in terms.ladders)
            other = terms.model_copy(update={"ladders": ladders})
            life = a_case("conduct_report").with_terms(sanctions=other).in_review().heard("insult")
            life.earlier = (earlier("suspension", **fraud, final=final),)
            life.says(MEDIATOR, "rule", ground="insult", **VIOLATION).fire("grace")
            assert life.case.sanctions[0].sanction == sanction, named

    def test_a_category_of_another_kind_that_is_called_the_same_is_another_one(self) -> None:
        life = sanctioned("insult", earlier("warning", kind="fraud_report"))
        assert life.case.sanctions[0].sanction == "warning"

    def test_was_imposed_by_the_time_at_which_the_ruling_came_in(self) -> None:
        life = a_heard_case()
        life.earlier = (earlier("warning", imposed_at=life.now + timedelta(hours=1)),)
        life.says(MEDIATOR, "rule", ground="insult", **VIOLATION)
        assert life.case.ruling is not None
        assert life.case.ruling.sanction is not None
        assert life.case.ruling.sanction.count == 0

    def test_has_the_weight_that_its_kind_had(self) -> None:
        life = sanctioned("insult", earlier("final_warning", weight=2))
        assert life.case.sanctions[0].sanction == "temporary_ban"

    def test_not_looked_up_breaks_the_ruling_instead_of_counting_nothing(self) -> None:
        life = a_heard_case()
        life.earlier = None
        with pytest.raises(LookupError):
            life.says(MEDIATOR, "rule", ground="insult", **VIOLATION)


class TestASanction:
    def test_begins_when_the_parties_are_told_and_not_before(self) -> None:
        life = a_heard_case(ground="threat").says(MEDIATOR, "rule", ground="threat", **VIOLATION)
        assert facts_named(life.recordings, "sanction_imposed") == []
        life.fire("grace")
        (one,) = life.case.sanctions
        assert (one.from_at, one.ends_at) == (life.now, life.now + 30 * DAY)
        assert one.party == RESPONDENT

    def test_counts_for_as_long_as_the_window_of_its_category(self) -> None:
        (one,) = sanctioned("insult").case.sanctions
        assert one.counts_until is not None
        assert one.counts_until.isoformat() == f"2027{one.imposed_at.isoformat()[4:]}"

    def test_an_educational_notice_never_counts(self) -> None:
        life = a_heard_case().says(MEDIATOR, "rule", outcome="educational_notice", ground="insult", reasons="He did not know.")
        (one,) = life.fire("grace").case.sanctions
        assert (one.sanction, one.weight, one.counts_until) == ("educational_notice", 0, None)

    def test_is_carried_out_as_an_effect_against_the_person(self) -> None:
        (ordered,) = facts_named(sanctioned().recordings, "effect_ordered")
        assert isinstance(ordered, f.EffectOrdered)
        assert (ordered.remedy.type, ordered.remedy.to) == ("temporary_ban", Side.RESPONDENT)

    def test_of_a_development_tenant_runs_on_its_time(self) -> None:
        life = a_case("conduct_report").scaled(1 / 3600).in_review().heard("threat")
        life.says(MEDIATOR, "rule", ground="threat", **VIOLATION).fire("grace")
        (one,) = life.case.sanctions
        assert one.ends_at is not None
        assert one.ends_at - one.from_at == timedelta(hours=24 * 30) / 3600


class TestABan:
    def closed(self) -> Life:
        """Closed while the ban runs, its effect done."""
        life = sanctioned().fire("appeal_window")
        life.says(ROBOT, "report_effect", effect_id=life.case.effects[0].id, result="done")
        assert life.case.phase is Phase.CLOSED
        return life

    def test_that_runs_keeps_a_closed_case_from_being_quiet(self) -> None:
        life = self.closed()
        assert not life.case.quiet
        assert [row.clock for row in life.case.timetable] == ["sanction", "complaint_window"]

    def test_that_is_over_is_undone_and_leaves_the_case_quiet(self) -> None:
        life = self.closed().fire("sanction")
        (undone,) = [e for e in life.case.effects if e.reverses]
        assert undone.reverses == life.case.effects[0].id
        life.fire("complaint_window")
        before = life.case.quiet
        life.says(ROBOT, "report_effect", effect_id=undone.id, result="reversed")
        assert (before, life.case.quiet) == (False, True)
        assert life.case.sanctions[0].lifted_at == life.case.sanctions[0].ends_at

    def test_that_is_over_goes_on_counting(self) -> None:
        (one,) = self.closed().fire("sanction").case.sanctions
        assert (one.voided_at, one.counts_until is not None) == (None, True)

    def test_for_good_leaves_the_case_quiet(self) -> None:
        life = a_heard_case(earlier("long_ban", "extortion"), ground="extortion").says(
            MEDIATOR, "rule", ground="extortion", **VIOLATION
        )
        life.says(LEAD, "approve").fire("grace").fire("appeal_window")
        life.says(ROBOT, "report_effect", effect_id=life.case.effects[0].id, result="done")
        assert (life.case.sanctions[0].sanction, life.case.quiet) == ("permanent_ban", False)
        assert life.fire("complaint_window").case.quiet, "whoever is banned could complain for six months"

    def test_ends_on_time_after_an_outage_as_if_there_had_been_none(self) -> None:
        life = self.closed().outage(60 * DAY)
        assert life.case.sanctions[0].lifted_at == life.case.sanctions[0].ends_at

    def test_goes_on_while_the_case_is_reopened(self) -> None:
        life = self.closed().says(OPS, "reopen")
        assert life.due("sanction").due_at == life.case.sanctions[0].ends_at

    def test_is_undone_once_though_the_appeal_is_won_after_it_ended(self) -> None:
        life = sanctioned().says(RESPONDENT, "appeal").says(LEAD_2, "take").later(31 * DAY)
        life.says(LEAD_2, "decide_appeal", decision="overturn", outcome="no_violation", ground="no_clause").fire("grace")
        assert len([e for e in life.case.effects if e.reverses]) == 1
        (one,) = life.case.sanctions
        assert one.lifted_at is not None
        assert one.voided_at is not None


class TestWhoKnowsOfIt:
    def test_the_person_and_the_team_see_it_the_other_side_does_not(self) -> None:
        life = sanctioned()
        assert [s.sanction for s in life.seen_by(RESPONDENT).sanctions] == ["temporary_ban"]
        assert [s.sanction for s in life.seen_by(LEAD).sanctions] == ["temporary_ban"]
        assert life.seen_by(CLAIMANT).sanctions == ()
        assert life.seen_by(WITNESS).sanctions == ()

    def test_the_ruling_names_it_to_the_person_alone(self) -> None:
        life = sanctioned()
        told = {who: life.seen_by(who).ruling for who in (RESPONDENT, CLAIMANT)}
        assert [r.type for r in told[RESPONDENT].remedies] == ["temporary_ban"]  # type: ignore[union-attr]  # it was ruled
        assert told[CLAIMANT].remedies == ()  # type: ignore[union-attr]  # it was ruled

    def test_how_it_was_chosen_is_for_the_team(self) -> None:
        life = sanctioned()
        for who, seen in ((LEAD, True), (RESPONDENT, False), (CLAIMANT, False), (PLATFORM, False)):
            ruling = life.seen_by(who).ruling
            assert ruling is not None
            assert (ruling.sanction is not None) is seen

    def test_the_facts_are_known_to_whom_it_hits(self) -> None:
        life = sanctioned().fire("sanction")
        for name in ("sanction_imposed", "sanction_lifted"):
            (recording,) = [r for r in life.recordings if r.fact.type == name]
            knows = {who: visible(life.case, recording, life.actor(who)) for who in (RESPONDENT, CLAIMANT, WITNESS, PLATFORM)}
            assert knows == {RESPONDENT: True, CLAIMANT: False, WITNESS: False, PLATFORM: True}, name

    def test_the_notice_says_until_when_to_the_person_alone(self) -> None:
        life = sanctioned()
        ends_at = life.case.sanctions[0].ends_at
        assert ends_at is not None
        told = {who: life.notices_for(who)[-1] for who in (RESPONDENT, CLAIMANT)}
        assert told[RESPONDENT].data["sanction"]["ends_at"] == ends_at.isoformat()
        assert "sanction" not in told[CLAIMANT].data
        assert told[CLAIMANT].data["remedies"] == []

    def test_its_end_is_told_to_the_person_and_is_nobody_s_due_date(self) -> None:
        life = sanctioned().fire("appeal_window")
        assert [due.clock for due in life.seen_by(RESPONDENT).deadlines] == ["complaint_window"]
        assert life.seen_by(CLAIMANT).deadlines == ()
        before = len(life.notices_for(CLAIMANT))
        life.fire("sanction")
        assert life.notices_for(RESPONDENT)[-1].event == "sanction_lifted"
        assert len(life.notices_for(CLAIMANT)) == before


def test_measures_of_two_cases_that_lapse_undo_effects_of_different_names() -> None:
    names = set()
    for number in (1, 2):
        life = a_case("conduct_report").named(f"case_0196a7c2-0000-7000-8000-00000000000{number}").in_review()
        life.later(timedelta(minutes=number))
        life.judge(
            life.command(MEDIATOR, "impose_interim", id=f"cmd_imp-{number}", measure="suspend", reasons="He goes on."), MEDIATOR
        )
        names |= {e.id for e in life.fire("interim_review", "lapse").case.effects if e.reverses}
    assert len(names) == 2
