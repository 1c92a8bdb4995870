"""The seams of the clocks: what starts, pauses and stops them, what falls due once, and what moves no running deadline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from domain.base import Phase
from domain.model import facts as f
from domain.model.case import Case
from domain.model.clocks import Clock
from domain.model.terms import ClockTerms, Level, Terms
from domain.rules.evolve import fold
from domain.rules.timetable import EARLIEST_REPEAT_FOR, HELD_FOR, timetable
from domain.transition import due_command, mark_level
from domain.views.urgency import standings
from domain.worktime.calculator import due, elapsed
from domain.worktime.calendars import Calendar
from domain.worktime.spans import Span
from tests.support.cases import (
    CLAIMANT,
    LEAD,
    LEAD_2,
    MEDIATOR,
    MONDAY,
    OPS,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    WITNESS,
    ZONE_DATA,
    Life,
    a_case,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def calendar(life: Life) -> Calendar:
    return life.calendars[life.case.terms.calendar or ""]


def instance(case: Case, name: str) -> Clock:
    return next(c for c in case.clocks if c.name == name)


def fired(life: Life, clock: str) -> list[f.LevelReached]:
    return [x for x in life.facts if isinstance(x, f.LevelReached) and x.clock == clock]


def after(case: Case, before: Case, calendars: Mapping[str, Calendar]) -> dict[str, datetime]:
    return {row.id: row.due_at for row in timetable(before, case, calendars)}


class TestAdvance:
    def test_a_clock_of_a_phase_starts_with_it_and_stops_with_it(self) -> None:
        life = a_case().in_settlement()
        assert [row.clock for row in life.case.timetable] == ["settlement"]
        life.says(CLAIMANT, "escalate")
        assert {row.clock for row in life.case.timetable} == {"first_response", "ruling"}
        assert instance(life.case, "settlement").stopped_at == life.now

    def test_asking_for_evidence_makes_the_ruling_wait_and_the_side_hurry(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "request_evidence", of="respondent")
        assert {row.clock for row in life.case.timetable} == {"respondent_response"}
        assert instance(life.case, "ruling").waiting

    def test_an_answer_lets_the_ruling_go_on_with_what_was_left(self) -> None:
        life = a_case().in_review()
        target = life.due("ruling").due_at
        life.says(MEDIATOR, "request_evidence", of="respondent")
        asked = life.now
        life.later(2 * DAY).says(RESPONDENT, "submit_evidence")
        moved = next(row for row in life.case.timetable if row.clock == "ruling" and row.level == "warn").due_at
        clock = instance(life.case, "ruling")
        assert clock.pauses == ((asked, life.now),)
        warn = Span.working(timedelta(hours=64))
        assert moved == due(calendar(life), clock.started_at, warn, clock.pauses)
        assert elapsed(calendar(life), target, moved) == elapsed(calendar(life), asked, life.now)

    def test_it_waits_until_both_sides_have_answered(self) -> None:
        life = (
            a_case()
            .in_review()
            .says(MEDIATOR, "request_evidence", of="claimant")
            .says(MEDIATOR, "request_evidence", of="respondent")
        )
        life.says(CLAIMANT, "submit_evidence")
        assert instance(life.case, "ruling").waiting
        life.fire("respondent_response", "end")
        assert not instance(life.case, "ruling").waiting

    def test_asked_again_a_side_has_the_whole_time_again(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "request_evidence", of="respondent")
        first = next(r.due_at for r in life.case.timetable if r.level == "end")
        life.later(first - life.now - HOUR).says(MEDIATOR, "request_evidence", of="respondent")
        again = next(r for r in life.case.timetable if r.level == "end")
        assert again.instance == 2
        assert again.due_at > first + 4 * DAY

    @pytest.mark.parametrize("who", [WITNESS, PLATFORM])
    def test_somebody_else_s_evidence_does_not_end_a_sides_time(self, who: str) -> None:
        life = a_case().with_party(WITNESS, "respondent", "witness").in_review()
        life.says(MEDIATOR, "request_evidence", of="respondent")
        before = life.case.timetable
        assert life.says(who, "submit_evidence").case.timetable == before

    def test_a_second_life_of_a_clock_is_a_new_instance(self) -> None:
        life = a_case().ruled().says(MEDIATOR, "retract").ruled()
        assert life.due("grace").instance == 2
        assert life.due("grace").id == "dl_grace:2:end:0"

    def test_numbers_go_on_after_reopening(self) -> None:
        life = a_case().closed().says(OPS, "reopen")
        assert life.due("ruling").instance == 2

    @pytest.mark.parametrize("back", ["retract", "return_ruling"])
    def test_a_draft_that_comes_back_asks_for_no_second_first_response(self, back: str) -> None:
        life = a_case().in_approval().says(MEDIATOR if back == "retract" else LEAD, back)
        assert {row.clock for row in life.case.timetable} == {"ruling"}

    def test_but_a_review_after_remit_does(self) -> None:
        life = a_case().appeal_ruled("remit").fire("grace")
        assert "first_response" in {row.clock for row in life.case.timetable}

    def test_evidence_that_was_asked_for_stays_due_while_a_ruling_is_drafted(self) -> None:
        """What a party sees of its own deadline must not tell that a ruling was drafted; answers are told only with it."""
        life = a_case().in_review().says(MEDIATOR, "request_evidence", of="respondent")
        before = [r for r in life.case.timetable if r.clock == "respondent_response"]
        life.in_approval()
        assert [r for r in life.case.timetable if r.clock == "respondent_response"] == before
        life.says(LEAD, "approve").fire("grace")
        assert "respondent_response" not in {row.clock for row in life.case.timetable}

    def test_the_ruling_waits_for_it_again_when_the_draft_comes_back(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "request_evidence", of="respondent").ruled().says(MEDIATOR, "retract")
        assert {row.clock for row in life.case.timetable} == {"respondent_response"}
        asked = instance(life.case, "ruling").pauses[-1][0]
        life.later(DAY).says(RESPONDENT, "submit_evidence")
        assert instance(life.case, "ruling").pauses == ((asked, life.now),), "it waited all the time that they were asked"

    @pytest.mark.parametrize(("reach", "clock"), [("in_review", "ruling"), ("in_appeal", "appeal_ruling")])
    def test_taking_a_draft_back_gives_nobody_more_time(self, reach: str, clock: str) -> None:
        """Whoever was late would not be, a minute later."""
        before, after = getattr(a_case(), reach)(), getattr(a_case(), reach)()
        drafted = after.ruled() if clock == "ruling" else after.says(LEAD_2, "decide_appeal", decision="uphold")
        drafter = MEDIATOR if clock == "ruling" else LEAD_2
        assert instance(drafted.case, clock).stopped_at is not None
        drafted.says(drafter, "retract")
        ahead = [row.due_at for row in before.case.timetable if row.clock == clock]
        assert [row.due_at for row in drafted.case.timetable if row.clock == clock] == ahead
        assert instance(drafted.case, clock).instance == instance(before.case, clock).instance

    def test_one_that_was_late_is_late_when_the_draft_comes_back(self) -> None:
        life = a_case().in_review().fire("ruling", "breach")
        late = [one for one in standings(life.case, life.now) if one.clock == "ruling"]
        assert [one.state for one in late] == ["late"]
        life.ruled().says(MEDIATOR, "retract")
        assert [one for one in standings(life.case, life.now) if one.clock == "ruling"] == late

    def test_the_time_of_a_second_look_is_not_the_drafter_s(self) -> None:
        life = a_case().in_approval()
        sent = life.now
        life.later(2 * HOUR).says(LEAD, "return_ruling")
        assert instance(life.case, "ruling").pauses == ((sent, life.now),)

    def test_facts_of_earlier_releases_begin_it_anew(self) -> None:
        life = a_case().ruled().says(MEDIATOR, "retract")
        last = life.recordings[-1]
        assert isinstance(last.fact, f.PhaseEntered)
        as_before = last.model_copy(update={"fact": last.fact.model_copy(update={"goes_on": None})})
        assert instance(fold(life.case.id, (*life.recordings[:-1], as_before)), "ruling").instance == 2

    def test_closing_stops_everything(self) -> None:
        case = a_case().in_review().says(MEDIATOR, "request_evidence", of="claimant").says(CLAIMANT, "withdraw").case
        assert case.timetable == ()
        assert all(c.stopped_at is not None for c in case.clocks)
        assert not any(c.waiting for c in case.clocks)


class TestLevels:
    def test_warn_before_breach_in_working_hours(self) -> None:
        life = a_case("fraud_report", priority="high").in_review()
        rows = [(r.level, r.due_at) for r in life.case.timetable if r.clock == "first_response"]
        assert rows == [("warn", MONDAY + timedelta(hours=3, minutes=12)), ("breach", MONDAY + timedelta(hours=4))]

    def test_each_fires_once_and_in_order_after_an_outage(self) -> None:
        life = a_case("fraud_report").in_review().outage(60 * DAY)
        assert [(x.level, x.count) for x in fired(life, "first_response")] == [("warn", 0), ("breach", 0)]
        assert [(x.level, x.count) for x in fired(life, "ruling")] == [("warn", 0), ("breach", 0)]
        ats = [r.at for r in life.recordings]
        assert ats == sorted(ats)

    def test_a_repeating_one_repeats_once_a_business_day_while_somebody_is_there_to_tell(self) -> None:
        life = a_case("fraud_report").in_review().says(MEDIATOR, "message").fire("ruling", "breach")
        assert life.now.weekday() == 0
        life.later(7 * DAY)
        # Tuesday to Friday and the next Monday; nobody is told on Saturday or Sunday.
        assert [x.count for x in fired(life, "ruling") if x.level == "breach"] == [0, 1, 2, 3, 4, 5]
        assert {x.due_at.weekday() for x in fired(life, "ruling")} <= {0, 1, 2, 3, 4}

    def test_after_an_outage_it_repeats_from_when_it_was_told(self) -> None:
        life = a_case("fraud_report").in_review().outage(60 * DAY)
        again = life.due("ruling")
        assert again.count == 1
        assert again.due_at > life.now

    def test_after_a_pause_it_repeats_from_when_the_clock_went_on(self) -> None:
        life = a_case("fraud_report").in_review().says(MEDIATOR, "message").fire("ruling", "breach")
        life.says(MEDIATOR, "request_evidence", of="respondent").later(3 * DAY).says(RESPONDENT, "submit_evidence")
        assert life.due("ruling").due_at == due(calendar(life), life.now, Span.business_days(1))

    def test_never_repeats_at_once(self) -> None:
        life = a_case("fraud_report").scaled(1e-9).in_review().says(MEDIATOR, "message").fire_next()
        while life.due("ruling").count == 0:
            life.fire_next()
        assert life.due("ruling").due_at >= life.last.recordings[-1].at + EARLIEST_REPEAT_FOR

    def test_reassigns_when_the_pack_says_so(self) -> None:
        life = a_case("fraud_report").opened()
        ruling = life.case.terms.clock("ruling")
        assert ruling is not None
        levels = tuple(x.model_copy(update={"reassign": x.action == "escalate"}) for x in ruling.levels)
        life._case = life.case.model_copy(update={"terms": with_clock(life.case.terms, ruling, levels)})
        life.says(OPS, "assign", owner=MEDIATOR).says(MEDIATOR, "message")
        life.says(MEDIATOR, "credit_provisionally", amount={"amount": 100, "currency": "USD"}).fire("ruling", "breach")
        assert (life.case.owner, life.case.owner_sought, life.case.escalations) == (None, True, 1)


def with_clock(terms: Terms, clock: ClockTerms, levels: tuple[Level, ...]) -> Terms:
    changed = clock.model_copy(update={"levels": levels})
    return terms.model_copy(update={"clocks": tuple(changed if c.name == clock.name else c for c in terms.clocks)})


class TestTimetable:
    def moved(self, life: Life) -> dict[str, Calendar]:
        """The same reference, but other contents: as if zone or holiday data had changed under a running case."""
        return {ref: one.model_copy(update={"tz": "Asia/Tokyo", "holidays": ()}) for ref, one in life.calendars.items()}

    def test_new_zone_or_holiday_data_moves_no_running_deadline(self) -> None:
        life = a_case("fraud_report").in_review()
        known = life.case.timetable
        life.calendars = self.moved(life)
        assert life.says(CLAIMANT, "message").case.timetable == known

    def test_nor_those_that_are_left_of_a_clock_when_a_level_fires(self) -> None:
        life = a_case("fraud_report").in_review().says(MEDIATOR, "message")
        breach = next(r for r in life.case.timetable if r.level == "breach" and r.clock == "ruling")
        life.calendars = self.moved(life)
        life.fire("ruling", "warn")
        assert next(r for r in life.case.timetable if r.level == "breach" and r.clock == "ruling") == breach

    def test_but_a_clock_that_starts_now_goes_by_the_new_data(self) -> None:
        one, other = a_case().in_settlement(), a_case().in_settlement()
        other.calendars = self.moved(other)
        one.says(CLAIMANT, "escalate")
        other.says(CLAIMANT, "escalate")
        assert one.due("ruling").due_at != other.due("ruling").due_at

    def test_says_with_which_zone_data_it_was_computed(self) -> None:
        life = a_case().in_settlement().says(CLAIMANT, "escalate")
        last = life.recordings[-1]
        assert (last.zone_data, last.timetable) == (ZONE_DATA, life.case.timetable)
        assert all(r.timetable is None for r in life.steps[0].recordings[:-1])

    def test_is_not_said_again_by_what_no_clock_takes_notice_of(self) -> None:
        life = a_case().in_review()
        before = life.case
        life.says(MEDIATOR, "note")
        [noted] = life.last.recordings
        assert (noted.timetable, noted.zone_data, noted.calendars) == (None, None, None)
        assert (life.case.timetable, life.case.clocks) == (before.timetable, before.clocks)
        as_before = noted.model_copy(update={"timetable": before.timetable, "zone_data": ZONE_DATA})
        assert fold(life.case.id, (*life.recordings[:-1], as_before)) == life.case, "as releases before this one said it"

    def test_without_a_calendar_that_the_terms_name_it_says_so(self) -> None:
        life = a_case().in_review()
        with pytest.raises(KeyError):
            timetable(None, life.case, {})

    def test_earliest_first(self) -> None:
        rows = a_case("fraud_report").in_review().case.timetable
        assert [r.due_at for r in rows] == sorted(r.due_at for r in rows)

    def test_rebuilt_from_nothing_it_is_the_same(self) -> None:
        """What was carried over is what the facts alone would give with the same data."""
        life = a_case("fraud_report").in_review().says(MEDIATOR, "request_evidence", of="claimant").later(DAY)
        life.says(CLAIMANT, "submit_evidence").says(MEDIATOR, "message")
        assert timetable(None, life.case, life.calendars) == life.case.timetable


class TestMarkLevel:
    """A rule that breaks on a level leaves the case with a deadline, and gets another chance when it is mended."""

    def held(self, reach: str, clock: str) -> tuple[Life, f.DueLevel]:
        life = getattr(a_case(), reach)()
        row = life.due(clock)
        life.now = row.due_at
        return life._take(mark_level(life.case, row, life.now + HOUR, ZONE_DATA)), row

    def test_a_default_that_broke_comes_due_again(self) -> None:
        life, row = self.held("ruled", "grace")
        again = life.due("grace")
        assert (again.count, again.due_at) == (row.count + 1, row.due_at + HOUR + HELD_FOR)
        assert life.case.phase is Phase.RULED

    def test_and_goes_through_when_the_rule_is_mended(self) -> None:
        life, _ = self.held("ruled", "grace")
        assert life.fire("grace").case.phase is Phase.APPEALABLE

    def test_also_when_somebody_says_something_meanwhile(self) -> None:
        life, _ = self.held("ruled", "grace")
        again = life.due("grace")
        life.now += HOUR
        assert life.says(CLAIMANT, "message").due("grace") == again

    def test_the_fold_of_the_facts_is_the_case(self) -> None:
        from domain.rules.evolve import fold

        life, _ = self.held("appealable", "appeal_window")
        assert fold(life.case_id, life.recordings) == life.case


class TestDueCommand:
    def test_is_named_after_clock_instance_level_and_count(self) -> None:
        row = f.DueLevel(clock="ruling", instance=3, level="breach", count=2, due_at=datetime(2026, 3, 2, tzinfo=UTC))
        command = due_command(row)
        assert (command.id, command.by, command.count) == ("dl_ruling:3:breach:2", ROBOT, 2)


class TestScaledTime:
    def test_hours_become_seconds_on_any_clock_on_the_wall(self) -> None:
        life = a_case("fraud_report").opened_at(datetime(2026, 3, 7, 3, tzinfo=UTC)).scaled(1 / 3600).opened()
        assert life.calendars == {}
        # Ten business days of eight hours, the warning two before; forty-five days of twenty-four, the warning seven before.
        assert [(r.clock, r.level, (r.due_at - life.now).total_seconds()) for r in life.case.timetable] == [
            ("first_response", "warn", 6.4), ("first_response", "breach", 8), ("ruling", "warn", 64),
            ("provisional_credit", "warn", 64), ("ruling", "breach", 80), ("provisional_credit", "breach", 80),
            ("final_answer", "warn", 912), ("final_answer", "breach", 1080),
        ]  # fmt: skip

    def test_a_whole_life_fits_into_minutes(self) -> None:
        life = a_case("fraud_report").scaled(1 / 3600).opened()
        start = life.now
        life.in_appeal(owner=None).says(LEAD_2, "take").says(LEAD_2, "decide_appeal", decision="uphold").fire("grace")
        assert life.case.phase is Phase.CLOSED
        assert life.now - start < timedelta(minutes=15)
