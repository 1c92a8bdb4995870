"""Time on a case in people's hands: clocks that stand still, get more time, or aim at something else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Phase
from domain.model import facts as f
from domain.model.terms import Level
from domain.views.case import visible
from domain.worktime.spans import Span
from tests.support.cases import (
    AGENT,
    CLAIMANT,
    LEAD,
    LEAD_2,
    MEDIATOR,
    MEDIATOR_2,
    OPS,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    WITNESS,
    Life,
    a_case,
    facts_named,
)
from tests.support.clock_readings import after, ahead, at, end, on_newer_calendars, rows

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHY = {"reason": "expert_asked"}


def in_review() -> Life:
    """A bounty dispute in review since Monday 09:01 (UTC), with its owner since 09:02; the ruling is due on 16 March at 09:01."""
    life = a_case().in_review()
    assert end(life, "ruling") == at("03-16 09:01")
    return life


def investigated() -> Life:
    """A fraud report in review since Monday 09:00, with its owner since 09:01; the law's limit ends on 16 April at 09:00."""
    life = a_case("fraud_report").in_review().disclosed()
    assert end(life, "final_answer") == at("04-16 09:00")
    return life


class TestPause:
    def test_the_teams_clocks_stand_still_and_go_on_with_what_was_left(self) -> None:
        life = after(in_review(), "03-02 09:03", MEDIATOR, "pause", **WHY)
        assert ahead(life) == {"standstill"}
        after(life, "03-03 09:04", MEDIATOR, "resume")
        # Lost: 09:03 to closing at 16:00, and 08:00 to 09:04 the next morning; 8 h 1 min of open time.
        assert end(life, "first_response") == at("03-04 09:02")
        assert end(life, "ruling") == at("03-17 09:02")

    def test_the_record_says_who_why_and_what(self) -> None:
        life = in_review().says(LEAD, "pause", clock="ruling", until="2026-03-04T09:00:00Z", reason="expert_asked")
        paused = life.recordings[-1]
        assert paused.actor.id == LEAD
        assert paused.fact == f.ClocksPaused(
            hold_id=f"hld_{paused.command_id.removeprefix('cmd_')}",
            why="pause",
            of="ruling",
            until=at("03-04 09:00"),
            reason="expert_asked",
        )

    def test_one_clock_alone(self) -> None:
        life = in_review().says(MEDIATOR, "pause", clock="first_response", **WHY)
        assert ahead(life) == {"ruling"}
        assert end(life, "ruling") == at("03-16 09:01")

    def test_what_a_party_owes_goes_on(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent")
        due = rows(life, "respondent_response")
        assert due
        assert rows(life.says(MEDIATOR, "pause", **WHY), "respondent_response") == due

    def test_until_an_instant_the_new_dates_are_known_at_once(self) -> None:
        life = after(in_review(), "03-02 09:03", MEDIATOR, "pause", clock="ruling", until="2026-03-04T09:03:00Z", **WHY)
        life.says(MEDIATOR, "message")
        # Monday from 09:03, Tuesday, Wednesday until 09:03: 6:57 + 8:00 + 1:03.
        assert end(life, "ruling") == at("03-18 09:01")
        assert end(life.later(5 * DAY), "ruling") == at("03-18 09:01")

    def test_over_a_weekend_no_open_time_is_lost(self) -> None:
        life = after(in_review().says(MEDIATOR, "message"), "03-06 16:00", MEDIATOR, "pause", until="2026-03-09T08:00:00Z", **WHY)
        assert end(life, "ruling") == at("03-16 09:01")

    def test_a_clock_that_starts_under_it_stands_still_from_its_first_moment(self) -> None:
        life = in_review().says(MEDIATOR, "message").says(MEDIATOR, "pause", **WHY)
        after(life, "03-03 10:00", CLAIMANT, "message")
        assert ahead(life) == {"standstill"}
        after(life, "03-04 12:00", MEDIATOR, "resume")
        # 16 working hours from the resumption on Wednesday at noon.
        assert end(life, "next_update") == at("03-06 12:00")

    def test_ends_with_the_phase(self) -> None:
        life = in_review().says(MEDIATOR, "pause", **WHY).in_approval()
        assert ahead(life) == {"approval"}
        assert not any(hold.lasts_at(life.now) for hold in life.case.holds)
        assert "ruling" in ahead(life.says(LEAD, "return_ruling"))

    @pytest.mark.parametrize("back", [False, True])
    def test_of_a_partys_clock_does_not_end_with_a_draft_of_which_they_must_not_know(self, back: bool) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent")
        life.says(MEDIATOR, "pause", clock="respondent_response", until="2026-03-05T09:00:00Z", **WHY)
        before = life.seen_by(RESPONDENT)
        life.in_approval()
        assert life.seen_by(RESPONDENT) == before
        life.says(LEAD, "return_ruling" if back else "approve")
        assert life.seen_by(RESPONDENT) == before

    def test_ends_with_the_case_and_does_not_come_back_with_it(self) -> None:
        life = in_review().says(MEDIATOR, "pause", **WHY).says(CLAIMANT, "withdraw").says(OPS, "reopen")
        assert {"ruling", "first_response"} <= ahead(life)

    def test_two_at_once_are_lost_time_once(self) -> None:
        life = after(in_review(), "03-02 10:00", MEDIATOR, "pause", clock="ruling", until="2026-03-03T12:00:00Z", **WHY)
        after(life, "03-02 12:00", MEDIATOR, "pause", until="2026-03-03T10:00:00Z", **WHY)
        # 10:00 to 16:00 and 08:00 to 12:00: ten hours.
        assert end(life, "ruling") == at("03-17 11:01")

    def test_a_new_one_after_the_last_is_over(self) -> None:
        life = after(in_review(), "03-02 10:00", MEDIATOR, "pause", until="2026-03-02T11:00:00Z", **WHY)
        after(life, "03-02 11:01", MEDIATOR, "pause", until="2026-03-02T13:01:00Z", **WHY)
        assert end(life, "ruling") == at("03-16 12:01")

    @pytest.mark.parametrize(
        ("fields", "code", "because"),
        [
            ({"clock": "rulling"}, "clock_unknown", None),
            ({"clock": "approval"}, "clock_unknown", None),
            ({"clock": "final_answer"}, "clock_statutory", None),
            ({"until": "2026-03-02T09:00:00Z"}, "instant_refused", "past"),
            ({"until": "2027-03-05T09:00:00Z"}, "instant_refused", "too_far"),
        ],
    )
    def test_is_refused(self, fields: dict[str, Any], code: str, because: str | None) -> None:
        refusal = investigated().refused(MEDIATOR, "pause", **fields, **WHY)
        assert (refusal.code, refusal.fields.get("because")) == (code, because)

    def test_of_a_clock_that_does_not_run_names_those_that_do(self) -> None:
        assert investigated().refused(MEDIATOR, "pause", clock="grace", **WHY).fields["running"] == [
            "first_response", "ruling", "provisional_credit", "final_answer",
        ]  # fmt: skip

    def test_until_this_very_moment_is_past(self) -> None:
        life = in_review()
        assert life.refused(MEDIATOR, "pause", until=life.now.isoformat(), **WHY).fields["because"] == "past"

    def test_a_year_and_a_day_is_the_longest(self) -> None:
        life = in_review()
        longer = (life.now + timedelta(days=366, seconds=1)).isoformat()
        assert life.refused(OPS, "pause", until=longer, **WHY).fields["because"] == "too_far"
        life.judge(life.command(OPS, "pause", until=(life.now + timedelta(days=366)).isoformat(), **WHY), OPS)

    @pytest.mark.parametrize("again", ["pause", "snooze"])
    def test_what_stands_still_already_is_not_held_twice(self, again: str) -> None:
        life = in_review().says(MEDIATOR, "pause", **WHY)
        assert life.refused(LEAD, again, until="2026-03-05T09:00:00Z", **WHY).code == "already_held"

    def test_nor_the_same_clock(self) -> None:
        life = in_review().says(MEDIATOR, "pause", clock="ruling", **WHY)
        assert life.refused(MEDIATOR, "pause", clock="ruling", **WHY).code == "already_held"
        assert ahead(life.says(MEDIATOR, "pause", clock="first_response", **WHY)) == {"standstill"}


class TestResume:
    def test_whatever_was_paused(self) -> None:
        life = in_review().says(MEDIATOR, "pause", clock="ruling", **WHY).says(MEDIATOR, "pause", clock="first_response", **WHY)
        assert ahead(life.says(LEAD, "resume")) == {"first_response", "ruling"}

    def test_one_of_them(self) -> None:
        life = in_review().says(MEDIATOR, "pause", clock="ruling", **WHY).says(MEDIATOR, "pause", clock="first_response", **WHY)
        assert ahead(life.says(MEDIATOR, "resume", clock="ruling")) == {"ruling"}

    def test_before_the_time_gives_back_what_was_not_used_of_it(self) -> None:
        life = after(in_review(), "03-02 10:00", MEDIATOR, "pause", until="2026-03-20T10:00:00Z", **WHY)
        assert end(after(life, "03-02 12:00", MEDIATOR, "resume"), "ruling") == at("03-16 11:01")

    def test_not_what_was_not_paused(self) -> None:
        life = in_review().says(MEDIATOR, "pause", clock="ruling", **WHY)
        assert life.refused(MEDIATOR, "resume", clock="first_response").code == "not_paused"

    def test_not_what_waits_for_evidence(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent")
        assert life.refused(MEDIATOR, "resume").code == "not_paused"

    def test_not_what_an_incident_froze(self) -> None:
        life = in_review().says(OPS, "freeze", incident="inc_1")
        assert life.refused(MEDIATOR, "resume").code == "not_paused"

    def test_what_has_gone_on_by_itself_is_no_button_any_more(self) -> None:
        life = in_review().says(MEDIATOR, "pause", until="2026-03-03T09:00:00Z", **WHY).later(2 * DAY)
        assert life.refused(MEDIATOR, "resume").code == "not_paused"
        (button,) = (action for action in life.seen_by(MEDIATOR).actions if action.command == "resume")
        assert (button.allowed, button.code) == (False, "not_paused")


class TestSnooze:
    def snoozed(self) -> Life:
        return after(
            in_review().says(MEDIATOR, "message"), "03-02 10:00", MEDIATOR, "snooze", until="2026-03-04T10:00:00Z", **WHY
        )

    def test_the_case_is_put_away_and_comes_back_to_its_owner(self) -> None:
        life = self.snoozed()
        assert (life.case.timetable[0].clock, life.case.timetable[0].due_at) == ("snooze", at("03-04 10:00"))
        life.later(3 * DAY)
        woken = [r for r in life.recordings if isinstance(r.fact, f.LevelReached) and r.fact.clock == "snooze"]
        assert [(r.at, r.fact.action) for r in woken if isinstance(r.fact, f.LevelReached)] == [(at("03-04 10:00"), "warn")]
        assert life.notices_for(MEDIATOR)[-1].data["clock"] == "snooze"

    def test_whoever_owns_the_case_is_told_when_somebody_else_put_it_away(self) -> None:
        until = {"until": "2026-03-04T10:00:00Z", "reason": "waiting_for_the_carrier"}
        life = in_review().says(MEDIATOR, "message").says(LEAD, "snooze", **until)
        (told,) = [one for one in life.notices_for(MEDIATOR) if one.event == "clocks_paused:put_away"]
        assert (told.data["reason"], told.data["to_at"]) == ("waiting_for_the_carrier", "2026-03-04T10:00:00+00:00")
        assert not [one for _, one in self.snoozed().notices if one.event.startswith("clocks_paused")]

    def test_meanwhile_the_teams_clocks_stand_still(self) -> None:
        # Monday 10:00 to 16:00, Tuesday, Wednesday 08:00 to 10:00: 16 hours.
        assert end(self.snoozed(), "ruling") == at("03-18 09:01")

    @pytest.mark.parametrize(
        ("who", "what"),
        [
            (CLAIMANT, "message"), (RESPONDENT, "message"), (AGENT, "message"), (PLATFORM, "message"),
            (CLAIMANT, "submit_evidence"), (WITNESS, "submit_evidence"), (PLATFORM, "submit_evidence"),
        ],
    )  # fmt: skip
    def test_a_word_from_outside_wakes_it(self, who: str, what: str) -> None:
        life = a_case().with_party(WITNESS, "respondent", "witness").with_party(AGENT, "claimant", "representative").in_review()
        after(life.says(MEDIATOR, "message"), "03-02 10:00", MEDIATOR, "snooze", until="2026-03-04T10:00:00Z", **WHY)
        after(life, "03-02 14:00", who, what)
        assert end(life, "ruling") == at("03-16 13:01")
        assert "snooze" not in ahead(life)
        assert life.refused(MEDIATOR, "resume").code == "not_paused"

    @pytest.mark.parametrize("what", ["message", "note"])
    def test_a_word_from_the_team_does_not(self, what: str) -> None:
        assert "snooze" in ahead(self.snoozed().says(MEDIATOR_2, what))

    def test_a_pause_is_not_woken(self) -> None:
        life = in_review().says(MEDIATOR, "pause", **WHY).says(CLAIMANT, "message")
        assert "ruling" not in ahead(life)

    def test_resuming_ends_it(self) -> None:
        life = after(self.snoozed(), "03-02 12:00", LEAD, "resume")
        assert "snooze" not in ahead(life)
        assert end(life, "ruling") == at("03-16 11:01")

    def test_each_wakes_once(self) -> None:
        life = self.snoozed().later(3 * DAY)
        life.says(MEDIATOR, "snooze", until="2026-03-10T10:00:00Z", **WHY).later(10 * DAY)
        woken = [x for x in life.facts if isinstance(x, f.LevelReached) and x.clock == "snooze"]
        assert [(x.instance, x.count, x.due_at) for x in woken] == [(1, 0, at("03-04 10:00")), (2, 0, at("03-10 10:00"))]

    def test_ends_with_the_phase(self) -> None:
        assert ahead(self.snoozed().in_approval()) == {"approval"}

    def test_after_an_outage_it_wakes_once_and_as_of_its_instant(self) -> None:
        life = self.snoozed().outage(20 * DAY)
        woken = [r for r in life.recordings if isinstance(r.fact, f.LevelReached) and r.fact.clock == "snooze"]
        assert [(r.at, r.recorded_at) for r in woken] == [(at("03-04 10:00"), life.now)]

    @pytest.mark.parametrize(("until", "because"), [("2026-03-02T08:00:00Z", "past"), ("2028-01-01T00:00:00Z", "too_far")])
    def test_is_refused(self, until: str, because: str) -> None:
        refusal = in_review().refused(MEDIATOR, "snooze", until=until, **WHY)
        assert (refusal.code, refusal.fields["because"]) == ("instant_refused", because)

    def test_twice_is_refused(self) -> None:
        assert self.snoozed().refused(MEDIATOR, "snooze", until="2026-03-09T10:00:00Z", **WHY).code == "already_held"


class TestExtend:
    def test_for_so_long(self) -> None:
        life = in_review().says(LEAD, "extend", clock="ruling", **{"for": "8 working hours"}, **WHY)
        assert end(life, "ruling") == at("03-17 09:01")
        (extended,) = facts_named(life.recordings, "clock_extended")
        assert isinstance(extended, f.ClockExtended)
        assert (extended.from_at, extended.to_at, str(extended.by_span)) == (
            at("03-16 09:01"),
            at("03-17 09:01"),
            "8 working hours",
        )

    def test_its_other_levels_move_with_it(self) -> None:
        life = in_review().says(LEAD, "extend", clock="ruling", **{"for": "8 working hours"}, **WHY)
        # 80 % of 88 hours is 70 h 24 min: eight whole days, and 6 h 24 min of the ninth.
        assert rows(life, "ruling")["warn"] == at("03-12 15:25")

    def test_a_level_that_was_reached_is_not_reached_again(self) -> None:
        life = in_review().says(MEDIATOR, "message").fire("ruling", "warn")
        life.says(LEAD, "extend", clock="ruling", **{"for": "80 working hours"}, **WHY).later(60 * DAY)
        warned = [x for x in life.facts if isinstance(x, f.LevelReached) and (x.clock, x.level) == ("ruling", "warn")]
        assert len(warned) == 1

    def test_the_record_says_when_it_runs_out_and_not_when_it_is_told_again(self) -> None:
        """A level may lie after the end."""
        life = in_review()
        late = Level(name="late", action="warn", after=Span.parse("16 working hours"), audience=("ops",))
        clocks = tuple(
            c.model_copy(update={"levels": (*c.levels, late)}) if c.name == "ruling" else c for c in life.case.terms.clocks
        )
        life._case = life.case.model_copy(update={"terms": life.case.terms.model_copy(update={"clocks": clocks})})
        life.says(LEAD, "extend", clock="ruling", **{"for": "8 working hours"}, **WHY)
        assert rows(life, "ruling")["late"] == at("03-19 09:01")
        (extended,) = facts_named(life.recordings, "clock_extended")
        assert isinstance(extended, f.ClockExtended)
        assert (extended.from_at, extended.to_at) == (at("03-16 09:01"), at("03-17 09:01"))

    def test_twice_adds_up(self) -> None:
        life = in_review()
        for _ in range(2):
            life.says(LEAD, "extend", clock="ruling", **{"for": "8 working hours"}, **WHY)
        assert end(life, "ruling") == at("03-18 09:01")

    def test_in_business_days_where_the_clock_counts_them(self) -> None:
        life = a_case().in_settlement().says(OPS, "extend", clock="settlement", **{"for": "2 business days"}, **WHY)
        # From Monday five business days: the next Monday.
        assert end(life, "settlement") == at("03-09 09:00")

    def test_to_an_instant(self) -> None:
        life = in_review().says(LEAD, "extend", clock="ruling", to="2026-03-20T12:00:00Z", **WHY)
        assert end(life, "ruling") == at("03-20 12:00")

    def test_to_an_instant_where_days_are_counted(self) -> None:
        life = a_case().in_settlement().says(LEAD, "extend", clock="settlement", to="2026-03-10T15:30:00Z", **WHY)
        assert end(life, "settlement") == at("03-10 15:30")

    def test_later_pauses_count_on_top_of_an_instant(self) -> None:
        life = in_review().says(LEAD, "extend", clock="ruling", to="2026-03-20T12:00:00Z", **WHY)
        after(life, "03-10 10:00", MEDIATOR, "pause", until="2026-03-11T10:00:00Z", **WHY)
        # Eight open hours later than Friday noon: Monday noon.
        assert end(life, "ruling") == at("03-23 12:00")

    def test_later_pauses_count_on_top_where_days_are_counted(self) -> None:
        life = a_case().in_settlement().says(LEAD, "extend", clock="settlement", to="2026-03-10T12:00:00Z", **WHY)
        after(life, "03-04 10:00", OPS, "pause", clock="settlement", until="2026-03-05T10:00:00Z", **WHY)
        assert end(life, "settlement") == at("03-11 12:00")

    def test_earlier_pauses_do_not(self) -> None:
        """It is the promise as it stands at that moment: to this instant, and not later because of what was before."""
        life = after(in_review(), "03-02 10:00", MEDIATOR, "pause", until="2026-03-03T10:00:00Z", **WHY)
        after(life, "03-05 10:00", LEAD, "extend", clock="ruling", to="2026-03-20T12:00:00Z", **WHY)
        assert end(life, "ruling") == at("03-20 12:00")

    def test_nor_where_days_are_counted(self) -> None:
        life = after(
            a_case().in_settlement(), "03-02 10:00", OPS, "pause", clock="settlement", until="2026-03-03T10:00:00Z", **WHY
        )
        after(life, "03-04 10:00", LEAD, "extend", clock="settlement", to="2026-03-10T12:00:00Z", **WHY)
        assert end(life, "settlement") == at("03-10 12:00")

    def test_nor_the_rest_of_one_whose_end_is_known(self) -> None:
        life = after(in_review(), "03-02 10:00", MEDIATOR, "pause", until="2026-03-06T10:00:00Z", **WHY)
        after(life, "03-04 10:00", LEAD, "extend", clock="ruling", to="2026-03-27T12:00:00Z", **WHY)
        assert end(life, "ruling") == at("03-27 12:00")

    def test_while_it_stands_still_the_rest_of_the_pause_comes_on_top(self) -> None:
        life = after(in_review(), "03-02 10:00", MEDIATOR, "pause", **WHY)
        after(life, "03-04 10:00", LEAD, "extend", clock="ruling", to="2026-03-20T12:00:00Z", **WHY)
        (extended,) = facts_named(life.recordings, "clock_extended")
        assert isinstance(extended, f.ClockExtended)
        assert (extended.from_at, extended.to_at) == (None, None)
        after(life, "03-05 10:00", MEDIATOR, "resume")
        assert end(life, "ruling") == at("03-23 12:00")

    @pytest.mark.parametrize(
        ("fields", "code", "because"),
        [
            ({"clock": "approval", "for": "1 business day"}, "clock_unknown", None),
            ({"clock": "ruling"}, "extension_refused", "how_long"),
            ({"clock": "ruling", "for": "0 working hours"}, "extension_refused", "how_long"),
            ({"clock": "ruling", "for": "2 days"}, "extension_refused", "unit"),
            ({"clock": "ruling", "for": "2 hours"}, "extension_refused", "unit"),
            ({"clock": "ruling", "to": "2026-03-16T09:01:00Z"}, "extension_refused", "backwards"),
            ({"clock": "ruling", "to": "2026-03-05T09:00:00Z"}, "extension_refused", "backwards"),
            ({"clock": "ruling", "to": "2026-03-02T08:00:00Z"}, "instant_refused", "past"),
            ({"clock": "ruling", "to": "2027-06-01T08:00:00Z"}, "instant_refused", "too_far"),
        ],
    )
    def test_is_refused(self, fields: dict[str, Any], code: str, because: str | None) -> None:
        refusal = in_review().refused(LEAD, "extend", **fields, **WHY)
        assert (refusal.code, refusal.fields.get("because")) == (code, because)

    def test_not_when_it_has_run_out(self) -> None:
        life = in_review().says(MEDIATOR, "message").fire("ruling", "breach")
        refusal = life.refused(LEAD, "extend", clock="ruling", **{"for": "8 working hours"}, **WHY)
        assert (refusal.code, refusal.fields["because"]) == ("extension_refused", "ran_out")

    def test_a_mediator_gives_themselves_no_more_time(self) -> None:
        refusal = in_review().refused(MEDIATOR, "extend", clock="ruling", **{"for": "8 working hours"}, **WHY)
        assert (refusal.code, refusal.fields["allowed"]) == ("not_allowed", ["lead", "ops"])

    def test_but_a_party_they_may(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent")
        life.says(MEDIATOR, "extend", clock="respondent_response", **{"for": "2 business days"}, **WHY)
        # Asked on Monday: five business days and two more.
        assert rows(life, "respondent_response")["end"] == at("03-11 09:03")

    def test_a_lead_who_owns_an_appeal_may(self) -> None:
        life = a_case().in_appeal()
        life.says(LEAD_2, "extend", clock="appeal_ruling", **{"for": "8 working hours"}, **WHY)
        assert facts_named(life.recordings, "clock_extended")

    def test_the_window_to_appeal(self) -> None:
        life = a_case().appealable()
        before = end(life, "appeal_window")
        assert (
            end(life.says(OPS, "extend", clock="appeal_window", **{"for": "7 days"}, **WHY), "appeal_window") == before + 7 * DAY
        )

    def test_the_side_that_has_more_time_is_told_and_the_other_is_not(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent")
        life.says(MEDIATOR, "extend", clock="respondent_response", **{"for": "2 business days"}, reason="holidays")
        told = {n.recipient: n for _, n in life.last.notices if n.event == "clock_extended"}
        assert set(told) == {RESPONDENT}
        assert told[RESPONDENT].data["due_at"] == at("03-11 09:03").isoformat()

    def test_nobody_outside_is_told_of_the_teams_own(self) -> None:
        life = in_review().says(LEAD, "extend", clock="ruling", **{"for": "8 working hours"}, **WHY)
        assert life.last.notices == ()


class TestLimitOfTheLaw:
    """45 days from the report, which the law lets grow to 90 once, before they are over (12 CFR 1005.11(c))."""

    def test_may_be_doubled(self) -> None:
        life = investigated().says(LEAD, "extend", clock="final_answer", reason="new_account")
        assert rows(life, "final_answer") == {"warn": at("05-24 09:00"), "breach": at("05-31 09:00")}

    def test_also_in_so_many_words(self) -> None:
        life = investigated().says(OPS, "extend", clock="final_answer", **{"for": "45 days"}, reason="paid_abroad")
        assert end(life, "final_answer") == at("05-31 09:00")

    def test_on_its_last_day_still(self) -> None:
        life = investigated().later(45 * DAY - HOUR).says(LEAD, "extend", clock="final_answer", reason="paid_abroad")
        assert end(life, "final_answer") == at("05-31 09:00")

    def test_but_not_afterwards(self) -> None:
        life = investigated().later(45 * DAY)
        refusal = life.refused(LEAD, "extend", clock="final_answer", reason="paid_abroad")
        assert (refusal.code, refusal.fields["because"]) == ("extension_refused", "ran_out")

    def test_and_once_only(self) -> None:
        life = investigated().says(LEAD, "extend", clock="final_answer", reason="paid_abroad")
        assert life.refused(LEAD, "extend", clock="final_answer", reason="paid_abroad").fields["because"] == "law"

    @pytest.mark.parametrize(
        "fields", [{"for": "30 days"}, {"for": "90 days"}, {"for": "45 business days"}, {"to": "2026-05-01T09:00:00Z"}]
    )
    def test_and_not_otherwise(self, fields: dict[str, Any]) -> None:
        refusal = investigated().refused(LEAD, "extend", clock="final_answer", **fields, reason="paid_abroad")
        assert (refusal.code, refusal.fields["because"], refusal.fields["allowed"]) == ("extension_refused", "law", "45 days")

    def test_not_by_the_mediator(self) -> None:
        assert investigated().refused(MEDIATOR, "extend", clock="final_answer", reason="paid_abroad").code == "not_allowed"

    def test_the_parties_are_told(self) -> None:
        life = investigated().says(LEAD, "extend", clock="final_answer", reason="paid_abroad")
        assert {n.recipient for _, n in life.last.notices if n.event == "clock_extended"} == {CLAIMANT, RESPONDENT}

    def test_stands_still_for_nobody(self) -> None:
        life = investigated()
        limit = rows(life, "final_answer")
        for who, what, fields in (
            (MEDIATOR, "pause", {"reason": "expert_asked"}),
            (MEDIATOR, "resume", {}),
            (MEDIATOR, "snooze", {"until": "2026-03-20T09:00:00Z", "reason": "expert_asked"}),
            (OPS, "freeze", {"incident": "inc_1"}),
            (OPS, "thaw", {"incident": "inc_1", "margin": "3 working hours"}),
            (OPS, "retarget", {"priority": "urgent", "reason": "press_asks"}),
            (OPS, "retarget", {"queue": "specialists", "reason": "grown"}),
            (OPS, "retarget", {"calendar": "us-office", "reason": "moved"}),
        ):
            assert rows(life.later(HOUR).says(who, what, **fields), "final_answer") == limit, what


class TestRetarget:
    def test_a_priority_has_its_own_targets(self) -> None:
        life = in_review().says(OPS, "retarget", priority="high", reason="press_asks")
        assert (life.case.priority, end(life, "ruling"), end(life, "first_response")) == (
            "high",
            at("03-09 09:01"),
            at("03-02 13:01"),
        )

    def test_pauses_that_were_earned_stay(self) -> None:
        life = after(in_review().says(MEDIATOR, "message"), "03-02 10:00", MEDIATOR, "pause", until="2026-03-03T10:00:00Z", **WHY)
        after(life, "03-04 10:00", LEAD, "retarget", priority="high", reason="press_asks")
        assert end(life, "ruling") == at("03-10 09:01")

    def test_also_those_for_evidence(self) -> None:
        life = after(in_review(), "03-02 10:00", MEDIATOR, "request_evidence", of="respondent")
        after(life, "03-03 10:00", RESPONDENT, "submit_evidence")
        after(life, "03-03 12:00", LEAD, "retarget", priority="high", reason="press_asks")
        assert end(life, "ruling") == at("03-10 09:01")

    def test_more_time_that_was_given_stays(self) -> None:
        life = in_review().says(LEAD, "extend", clock="ruling", **{"for": "8 working hours"}, **WHY)
        assert end(life.says(LEAD, "retarget", priority="high", reason="press_asks"), "ruling") == at("03-10 09:01")

    def test_levels_that_were_reached_stay_reached(self) -> None:
        life = in_review().says(MEDIATOR, "message").fire("ruling", "warn")
        life.says(LEAD, "retarget", priority="low", reason="not_so_urgent")
        # 120 working hours: fifteen days.
        assert rows(life, "ruling") == {"breach": at("03-23 09:01")}

    def test_a_more_urgent_case_is_not_late_by_that(self) -> None:
        life = in_review().says(MEDIATOR, "message")
        was = end(life, "ruling")
        after(life, "03-11 10:00", LEAD, "retarget", priority="high", reason="press_asks").outage(timedelta(minutes=1))
        # Forty working hours from now would be later than the end that it had.
        assert end(life, "ruling") == was
        assert not [x for x in life.facts if isinstance(x, f.LevelReached) and (x.clock, x.level) == ("ruling", "breach")]

    def test_a_clock_that_has_stopped_keeps_what_it_ran_on(self) -> None:
        life = in_review().says(MEDIATOR, "message")
        stopped = next(c for c in life.case.clocks if c.name == "first_response")
        life.says(LEAD, "retarget", priority="high", reason="press_asks")
        assert next(c for c in life.case.clocks if c.name == "first_response") == stopped
        assert str(stopped.ran_on and stopped.ran_on[0]) == "8 working hours"

    def test_a_category_has_its_own_targets(self) -> None:
        life = in_review()
        clocks = tuple(
            c.model_copy(update={"targets": {**c.targets, "injury/": Span.parse("8 working hours")}}) if c.name == "ruling" else c
            for c in life.case.terms.clocks
        )
        life._case = life.case.model_copy(update={"terms": life.case.terms.model_copy(update={"clocks": clocks})})
        life.says(OPS, "retarget", category="injury", reason="somebody_was_hurt")
        assert (life.case.category, end(life, "ruling")) == ("injury", at("03-03 09:01"))

    def test_another_queue_looks_for_another_owner(self) -> None:
        life = in_review().says(OPS, "retarget", queue="specialists", reason="too_hard")
        assert (life.case.queue, life.case.owner, life.case.owner_sought) == ("specialists", None, True)
        assert life.recordings[-1].fact == f.CaseQueued(queue="specialists", reason="moved")

    def test_where_nobody_decides_yet_the_owner_stays(self) -> None:
        life = a_case().in_settlement().says(OPS, "assign", owner=MEDIATOR)
        life.says(OPS, "retarget", queue="specialists", reason="too_hard")
        assert (life.case.queue, life.case.owner) == ("specialists", MEDIATOR)

    def test_another_queue_keeps_other_hours(self) -> None:
        york = on_newer_calendars().calendar("us-office")
        life = in_review()
        terms = life.case.terms.model_copy(update={"calendars": {"specialists": york.ref}})
        life._case = life.case.model_copy(update={"terms": terms})
        life.calendars = {**life.calendars, york.ref: york}
        life.says(OPS, "retarget", queue="specialists", reason="too_hard")
        # Ten days of nine to five in New York, where summer time begins on 8 March.
        assert end(life, "ruling") == at("03-13 21:00")

    def test_another_calendar(self) -> None:
        life = in_review().says(OPS, "retarget", calendar="us-office", reason="moved")
        assert end(life, "ruling") == at("03-13 21:00")

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"priority": "normal"}, "nothing_changes"),
            ({"priority": "normal", "queue": "mediation"}, "nothing_changes"),
            ({"calendar": "mars-office"}, "calendar_unknown"),
            ({"calendar": "europe-office"}, "nothing_changes"),
        ],
    )
    def test_is_refused(self, fields: dict[str, Any], code: str) -> None:
        assert in_review().refused(OPS, "retarget", **fields, reason="for_fun").code == code


class TestNewestCalendars:
    """The office closes on Monday 9 March: a newer version of its calendar, published while a case runs."""

    def test_moves_nothing_by_itself(self) -> None:
        life = on_newer_calendars("2026-03-09").in_review()
        assert end(life, "ruling") == at("03-16 09:01")
        life.says(CLAIMANT, "message").says(LEAD, "retarget", queue="specialists", reason="too_hard").later(DAY)
        assert end(life, "ruling") == at("03-16 09:01")

    def test_moves_every_deadline_when_somebody_says_so(self) -> None:
        life = on_newer_calendars("2026-03-09").in_review().says(OPS, "retarget", newest="calendars", reason="new_holiday")
        assert end(life, "ruling") == at("03-17 09:01")
        assert life.case.terms.calendar == life.calendar("europe-office").ref
        assert life.case.terms.names == {life.calendar("europe-office").ref: "europe-office"}

    def test_what_has_stopped_keeps_what_it_ran_on(self) -> None:
        life = on_newer_calendars("2026-03-09").in_review()
        old = life.case.terms.calendar
        life.says(MEDIATOR, "message").says(OPS, "retarget", newest="calendars", reason="new_holiday")
        stopped = next(c for c in life.case.clocks if c.name == "first_response")
        assert stopped.ran_on is not None
        assert stopped.ran_on[1] == old

    def test_goes_by_the_zone_data_of_now_and_says_so(self) -> None:
        life = in_review()
        life.zone_data = "2026b"
        life.says(CLAIMANT, "message")
        assert {c.zone_data for c in life.case.clocks if c.name == "ruling"} == {"2026a"}
        life.says(OPS, "retarget", newest="calendars", reason="new_zone_data")
        assert {c.zone_data for c in life.case.clocks if c.name == "ruling"} == {"2026b"}


class TestFreeze:
    def test_every_clock_stands_still_also_the_parties(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent").says(OPS, "freeze", incident="inc_1")
        assert ahead(life) == {"standstill"}
        assert life.seen_by(RESPONDENT).deadlines == ()

    def test_has_one_instant_for_all_cases_whenever_it_reaches_them(self) -> None:
        early = after(in_review(), "03-02 12:05", OPS, "freeze", incident="inc_1", at="2026-03-02T12:00:00Z")
        late = after(in_review(), "03-02 15:00", OPS, "freeze", incident="inc_1", at="2026-03-02T12:00:00Z")
        for life, thawed in ((early, "03-03 12:00"), (late, "03-03 14:00")):
            after(life, thawed, OPS, "thaw", incident="inc_1", at="2026-03-03T12:00:00Z")
            # 12:00 to 16:00 and 08:00 to 12:00.
            assert end(life, "ruling") == at("03-17 09:01")

    def test_began_no_earlier_than_the_case(self) -> None:
        life = in_review().says(ROBOT, "freeze", incident="inc_1", at="2026-02-01T12:00:00Z")
        assert life.case.holds[-1].since == life.case.opened_at

    def test_survives_the_phase(self) -> None:
        life = in_review().says(OPS, "freeze", incident="inc_1").ruled()
        assert ahead(life) == {"standstill"}
        life.later(2 * DAY)
        assert life.case.phase is Phase.RULED
        assert end(after(life, "03-04 12:00", OPS, "thaw", incident="inc_1"), "grace") == at("03-04 12:30")

    def test_two_incidents_at_once_are_lost_time_once(self) -> None:
        life = after(in_review(), "03-02 10:00", OPS, "freeze", incident="inc_1")
        after(life, "03-02 11:00", OPS, "freeze", incident="inc_2")
        after(life, "03-02 12:00", OPS, "thaw", incident="inc_1")
        assert ahead(life) == {"standstill"}
        after(life, "03-02 14:00", OPS, "thaw", incident="inc_2")
        assert end(life, "ruling") == at("03-16 13:01")

    def test_again_for_the_same_incident_is_another_freeze_once_it_was_thawed(self) -> None:
        life = in_review().says(OPS, "freeze", incident="inc_1").says(OPS, "thaw", incident="inc_1")
        assert ahead(life.says(OPS, "freeze", incident="inc_1")) == {"standstill"}

    def test_business_days_are_pushed_by_the_open_time_that_was_lost(self) -> None:
        life = after(a_case().in_settlement(), "03-03 12:00", OPS, "freeze", incident="inc_1")
        after(life, "03-04 12:00", OPS, "thaw", incident="inc_1")
        # Eight open hours after Thursday 09:00.
        assert end(life, "settlement") == at("03-06 09:00")

    def test_calendar_days_by_all_of_it(self) -> None:
        life = a_case().appealable()
        window = end(life, "appeal_window")
        life.says(OPS, "freeze", incident="inc_1")
        frozen = life.now
        life.later(3 * DAY + HOUR).says(OPS, "thaw", incident="inc_1")
        assert end(life, "appeal_window") == window + (life.now - frozen)

    def test_a_case_that_is_closed_is_frozen_no_more(self) -> None:
        life = in_review().says(OPS, "freeze", incident="inc_1").says(CLAIMANT, "withdraw").says(OPS, "reopen")
        assert "ruling" in ahead(life)
        assert life.refused(OPS, "thaw", incident="inc_1").code == "incident_unknown"

    @pytest.mark.parametrize(
        ("fields", "code"),
        [({"incident": "inc_1"}, "already_held"), ({"incident": "inc_2", "at": "2026-03-03T12:00:00Z"}, "instant_refused")],
    )
    def test_is_refused(self, fields: dict[str, Any], code: str) -> None:
        assert in_review().says(OPS, "freeze", incident="inc_1").refused(OPS, "freeze", **fields).code == code


class TestThaw:
    def frozen_on_friday(self) -> Life:
        """Since Friday noon; closing time is at 16:00, opening on Monday at 08:00."""
        return after(in_review().says(MEDIATOR, "message"), "03-06 12:00", OPS, "freeze", incident="inc_1")

    def test_a_margin_in_working_hours_goes_on_after_the_weekend(self) -> None:
        life = after(self.frozen_on_friday(), "03-06 15:00", OPS, "thaw", incident="inc_1", margin="2 working hours")
        # Lost: Friday 12:00 to 16:00, and Monday until 09:00.
        assert end(life, "ruling") == at("03-16 14:01")

    def test_one_in_hours_does_not(self) -> None:
        life = after(self.frozen_on_friday(), "03-06 15:00", OPS, "thaw", incident="inc_1", margin="90 minutes")
        assert end(life, "ruling") == at("03-16 13:01")

    def test_an_escalation_that_was_withheld_waits_for_it_too(self) -> None:
        life = in_review().says(MEDIATOR, "message")
        after(life, "03-16 09:00", MEDIATOR, "message").fire("ruling", "breach")
        after(life, "03-16 09:10", OPS, "freeze", incident="inc_1")
        after(life, "03-16 12:00", OPS, "thaw", incident="inc_1", margin="2 working hours")
        assert end(life, "ruling") >= at("03-16 14:00")

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"incident": "inc_2"}, "incident_unknown"),
            ({"incident": "inc_1", "at": "2026-03-06T11:59:00Z"}, "instant_refused"),
            ({"incident": "inc_1", "at": "2026-04-06T12:00:00Z"}, "instant_refused"),
        ],
    )
    def test_is_refused(self, fields: dict[str, Any], code: str) -> None:
        assert self.frozen_on_friday().later(HOUR).refused(OPS, "thaw", **fields).code == code

    def test_twice_is_refused(self) -> None:
        life = self.frozen_on_friday().says(OPS, "thaw", incident="inc_1")
        assert life.refused(OPS, "thaw", incident="inc_1").code == "incident_unknown"


@pytest.mark.parametrize("who", [CLAIMANT, RESPONDENT, WITNESS, PLATFORM])
def test_nobody_outside_learns_that_clocks_were_held_or_aimed_anew(who: str) -> None:
    life = a_case().with_party(WITNESS, "respondent", "witness").in_review()
    before, known = life.seen_by(who), len(life.recordings)
    life.says(MEDIATOR, "pause", **WHY).says(MEDIATOR, "resume").says(MEDIATOR, "snooze", until="2026-03-04T09:00:00Z", **WHY)
    life.says(OPS, "freeze", incident="inc_1").says(OPS, "thaw", incident="inc_1")
    life.says(OPS, "retarget", priority="high", reason="press_asks").says(
        LEAD, "extend", clock="ruling", **{"for": "8 working hours"}, **WHY
    )
    # The platform sees the priority of its case, and nothing of how it came about.
    assert life.seen_by(who) == before.model_copy(update={"priority": "high"} if who == PLATFORM else {})
    assert not any(visible(life.case, recording, life.actor(who)) for recording in life.recordings[known:])
    assert not any(notice.recipient == who for step in life.steps[-7:] for _, notice in step.notices)
