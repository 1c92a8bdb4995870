"""A missed target climbs the ladder, a rung at a time, and lands on people who are there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.base import Phase, Side
from domain.model import facts as f
from domain.model.facts import SYSTEM, Colleague
from domain.model.terms import LadderStep
from domain.rules.decide import decide
from domain.rules.rule import DecisionContext
from domain.worktime.spans import Span
from tests.support.cases import (
    CLAIMANT,
    LEAD,
    LEAD_2,
    MEDIATOR,
    MEDIATOR_2,
    OPS,
    PEOPLE,
    ROBOT,
    Life,
    a_case,
    types_of,
)
from tests.support.clock_readings import after, ahead, at, end, rows
from tests.support.incidents import incident


def told_of_breach(life: Life) -> tuple[str, ...] | None:
    life.fire("first_response", "breach")
    reached = next(f for f in reversed(life.facts) if f.type == "level_reached" and f.level == "breach")
    return reached.told if reached.withheld is None else None


DAY = timedelta(days=1)
BREACH = at("03-16 09:01")
"""When the ruling of these cases is due: a Monday."""


def colleague(who: str, **how: Any) -> Colleague:
    return Colleague(actor=PEOPLE[who], roles=(PEOPLE[who].role,), **how)


def away(who: str, until: datetime | None = None) -> Colleague:
    return colleague(who, on_shift=False, next_shift_at=until)


def late(*team: Colleague, **report: Any) -> Life:
    """In review with its first response given, a minute before its ruling is late."""
    life = a_case(**report).in_review().says(MEDIATOR, "message")
    life.team = team or tuple(colleague(who) for who in (MEDIATOR, LEAD, OPS))
    return life.later(BREACH - timedelta(minutes=1) - life.now)


def with_ladder(life: Life, *steps: LadderStep) -> Life:
    """As if the pack had another ladder."""
    life._case = life.case.model_copy(update={"terms": life.case.terms.model_copy(update={"ladder": steps})})
    return life


def reached(life: Life, clock: str = "ruling") -> list[f.LevelReached]:
    return [x for x in life.facts if isinstance(x, f.LevelReached) and (x.clock, x.action) == (clock, "escalate")]


def told(life: Life) -> set[str]:
    return {notice.recipient for _, notice in life.last.notices}


class TestConflicts:
    def test_an_escalation_does_not_land_on_whoever_may_not_read_the_case(self) -> None:
        life = late()
        close = PEOPLE[LEAD].model_copy(update={"conflicts": tuple(p.ref_digest for p in life.case.parties)})
        life.team = (colleague(MEDIATOR), Colleague(actor=close, roles=("lead",)), colleague(LEAD_2), colleague(OPS))
        life.later(DAY)
        (first, *_) = reached(life)
        assert (first.step, first.told) == ("lead", (MEDIATOR, LEAD_2))


class TestRungs:
    def test_one_after_the_other_and_the_last_again_and_again(self) -> None:
        life = late().later(4 * DAY)
        assert [(x.step, x.count, x.due_at) for x in reached(life)] == [
            ("lead", 0, BREACH), ("ops", 1, BREACH + DAY), ("ops", 2, BREACH + 2 * DAY), ("ops", 3, BREACH + 3 * DAY),
        ]  # fmt: skip
        # Each rung has called once; that the target is still missed is noted, and nobody is called again.
        assert [x.told for x in reached(life)] == [(MEDIATOR, LEAD), (LEAD, OPS), (), ()]
        assert life.case.escalations == 2

    def test_each_lands_on_its_people_and_on_nobody_else(self) -> None:
        life = late().fire("ruling")
        assert (reached(life)[-1].told, told(life)) == ((MEDIATOR, LEAD), {MEDIATOR, LEAD})
        life.fire("ruling")
        assert (reached(life)[-1].told, told(life)) == ((LEAD, OPS), {LEAD, OPS})

    def test_who_is_on_two_rungs_at_once_is_told_once(self) -> None:
        life = late(colleague(LEAD), colleague(OPS))
        life.says(OPS, "assign", owner=LEAD).fire("ruling")
        assert [notice.recipient for _, notice in life.last.notices] == [LEAD]

    def test_nobody_works_at_the_weekend(self) -> None:
        life = late().later(10 * DAY)
        assert {x.due_at.weekday() for x in reached(life)} == {0, 1, 2, 3, 4}

    def test_a_rung_may_raise_the_priority(self) -> None:
        life = late().fire("ruling")
        assert life.case.priority == "normal"
        assert life.fire("ruling").case.priority == "high"
        assert life.fire("ruling").case.priority == "urgent"

    def test_but_not_above_the_highest(self) -> None:
        life = late(priority="urgent").fire("ruling").fire("ruling")
        assert life.last.recordings[-1].fact.type == "level_reached"

    def test_a_rung_may_give_the_case_back_to_its_queue(self) -> None:
        life = with_ladder(late(), LadderStep(name="lead", audience=("leads",), wait_for=Span.days(1), reassign=True)).fire(
            "ruling"
        )
        assert (life.case.owner, life.case.owner_sought) == (None, True)
        assert life.facts[-1] == f.CaseQueued(queue="mediation", reason="escalated")

    def test_the_wait_between_two_stands_still_with_the_clock(self) -> None:
        life = late().fire("ruling")
        after(life, "03-16 10:00", MEDIATOR, "pause", reason="expert_asked")
        assert ahead(life) == {"standstill"}
        after(life, "03-17 10:00", MEDIATOR, "resume")
        assert rows(life, "ruling") == {"breach": at("03-18 10:00")}

    def test_after_an_outage_it_climbs_one_rung_and_not_one_for_each_day(self) -> None:
        life = late().outage(20 * DAY)
        assert [x.step for x in reached(life)] == ["lead"]
        assert rows(life, "ruling")["breach"] > life.now

    def test_a_clock_that_begins_anew_begins_at_the_bottom(self) -> None:
        life = late().fire("ruling").fire("ruling").appeal_ruled("remit").fire("grace").in_review(MEDIATOR_2)
        life.fire("ruling", "breach")
        steps = [(x.instance, x.step) for x in reached(life)]
        assert steps[:2] == [(1, "lead"), (1, "ops")]
        assert next(step for step in steps if step[0] == 2) == (2, "lead")

    def test_where_nobody_was_looked_up_roles_stand_for_people(self) -> None:
        life = late()
        life.team = None
        life.fire("ruling")
        assert (reached(life)[-1].told, told(life)) == (None, {MEDIATOR, "role:leads"})


class TestWhoIsThere:
    def test_not_who_is_off_shift(self) -> None:
        life = late(colleague(MEDIATOR), away(LEAD, at("03-17 08:00")), colleague(OPS)).fire("ruling")
        assert reached(life)[-1].told == (MEDIATOR,)

    def test_not_who_has_no_room(self) -> None:
        life = late(colleague(LEAD, free=False), colleague(LEAD_2), colleague(OPS)).fire("ruling")
        assert reached(life)[-1].told == (LEAD_2,)

    def test_the_owner_has_room_for_their_own_case(self) -> None:
        life = late(colleague(MEDIATOR, free=False), colleague(OPS)).fire("ruling")
        assert reached(life)[-1].told == (MEDIATOR,)

    def test_another_mediator_is_not_asked(self) -> None:
        life = late(colleague(MEDIATOR_2), colleague(LEAD)).fire("ruling")
        assert reached(life)[-1].told == (LEAD,)

    def test_nobody_on_this_rung_is_there_then_on_the_next(self) -> None:
        life = late(away(MEDIATOR), away(LEAD), colleague(OPS)).fire("ruling")
        assert (reached(life)[-1].step, reached(life)[-1].told, told(life)) == ("lead", (OPS,), {OPS})

    def test_nobody_at_all_then_it_waits_for_the_first_shift_and_takes_the_same_rung(self) -> None:
        coming = at("03-16 14:00")
        life = late(away(MEDIATOR, at("03-17 08:00")), away(LEAD, coming), away(OPS, at("03-17 08:00"))).fire("ruling")
        missed = reached(life)[-1]
        assert (missed.withheld, missed.again_at, missed.told, missed.step) == ("nobody_there", coming, None, None)
        assert (told(life), life.case.escalations) == (set(), 0)
        assert rows(life, "ruling") == {"breach": coming}
        life.team = (colleague(LEAD), colleague(OPS))
        life.fire("ruling")
        assert [(x.step, x.count, x.due_at) for x in reached(life)][1:] == [("lead", 1, coming)]

    def test_the_first_shift_may_be_that_of_a_rung_above(self) -> None:
        life = late(away(LEAD, at("03-17 08:00")), away(OPS, at("03-16 12:00"))).fire("ruling")
        assert rows(life, "ruling") == {"breach": at("03-16 12:00")}

    @pytest.mark.parametrize("team", [(away(LEAD),), (colleague(LEAD, free=False),)])
    def test_nobody_is_known_to_come_then_it_looks_again_in_an_hour(self, team: tuple[Colleague, ...]) -> None:
        assert rows(late(*team).fire("ruling"), "ruling") == {"breach": BREACH + timedelta(hours=1)}

    def test_who_is_on_call_is_paged_whatever_the_shifts_say(self) -> None:
        pages = LadderStep(name="rota", audience=("leads",), wait_for=Span.parse("15 minutes"), on_call=True)
        life = with_ladder(late(away(LEAD, at("03-17 08:00")), colleague(LEAD_2, free=False), colleague(OPS)), pages).fire(
            "ruling"
        )
        assert reached(life)[-1].told == (LEAD, LEAD_2)
        assert rows(life, "ruling") == {"breach": BREACH + timedelta(minutes=15)}

    def test_a_level_that_names_its_people_waits_for_them_just_the_same(self) -> None:
        life = a_case().in_intake()
        life.team = (away(LEAD, at("03-03 12:00")),)
        life.fire("triage")
        assert (reached(life, "triage")[-1].withheld, end(life, "triage")) == ("nobody_there", at("03-03 12:00"))
        life.team = (colleague(LEAD), colleague(OPS))
        life.fire("triage")
        assert (reached(life, "triage")[-1].told, told(life)) == ((LEAD, OPS), {LEAD, OPS})


class TestQuiet:
    """An owner who has just answered is not escalated over: half an hour in these packs."""

    def test_it_comes_again_when_the_half_hour_is_over(self) -> None:
        life = after(late(), "03-16 09:00", MEDIATOR, "message").fire("ruling")
        assert [(x.withheld, x.again_at) for x in reached(life)] == [("owner_answered", at("03-16 09:30"))]
        assert (told(life), life.case.escalations) == (set(), 0)
        life.fire("ruling")
        assert [(x.step, x.due_at) for x in reached(life)][1:] == [("lead", at("03-16 09:30"))]

    def test_answered_again_it_waits_again(self) -> None:
        life = after(late(), "03-16 09:00", MEDIATOR, "message")
        after(life, "03-16 09:20", MEDIATOR, "message").later(DAY)
        assert [(x.withheld, x.due_at, x.step) for x in reached(life)] == [
            ("owner_answered", BREACH, None), ("owner_answered", at("03-16 09:30"), None), (None, at("03-16 09:50"), "lead"),
        ]  # fmt: skip

    def test_it_does_not_come_while_the_clock_is_paused(self) -> None:
        life = after(late(), "03-16 09:00", MEDIATOR, "message").fire("ruling")
        after(life, "03-16 09:10", MEDIATOR, "pause", until="2026-03-18T10:00:00Z", reason="expert_asked")
        assert end(life, "ruling") >= at("03-18 10:00")

    def test_just_half_an_hour_ago_is_not_now(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "message")
        after(life, "03-16 08:31", MEDIATOR, "message").fire("ruling", "breach")
        assert reached(life)[-1].withheld is None

    @pytest.mark.parametrize(("who", "what"), [(LEAD, "message"), (CLAIMANT, "message"), (MEDIATOR, "note")])
    def test_only_a_word_of_the_owner_to_the_parties_counts(self, who: str, what: str) -> None:
        life = a_case().in_review().says(MEDIATOR, "message")
        after(life, "03-16 09:00", who, what).fire("ruling", "breach")
        assert reached(life)[-1].withheld is None

    def test_a_warning_is_not_withheld(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "message")
        # 80 % of 80 working hours.
        after(life, "03-12 09:00", MEDIATOR, "message").fire("ruling", "warn")
        assert life.now == at("03-12 09:01")
        assert told(life) == {MEDIATOR}


class TestDeadline:
    def test_the_end_of_the_grace_tells_and_carries_out(self) -> None:
        life = a_case().appealable()
        assert types_of(tuple(r.fact for r in life.last.recordings)) == [
            "level_reached",
            "ruling_issued",
            "effect_ordered",
            "phase_entered",
        ]
        assert [(e.remedy.type, e.state) for e in life.case.effects] == [("payout", "running")]

    def test_the_end_of_the_settlement_opens_the_review_and_loses_nobody_anything(self) -> None:
        life = a_case().in_settlement().fire("settlement")
        assert (life.case.phase, life.case.outcome) == (Phase.REVIEW, None)

    def test_a_silent_side_is_decided_on_the_file(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "request_evidence", of="respondent").fire("respondent_response", "end")
        lapsed = life.facts[-1]
        assert isinstance(lapsed, f.EvidenceLapsed)
        assert lapsed.of is Side.RESPONDENT
        assert life.case.requests == ()
        assert life.case.phase is Phase.REVIEW

    def test_not_before_its_time(self) -> None:
        life = a_case().ruled()
        row = life.due("grace")
        fields = {"id": row.id, "clock": row.clock, "instance": row.instance, "level": row.level}
        assert life.refused(ROBOT, "deadline", **fields).code == "deadline_moot"

    def test_not_when_its_clock_was_stopped_meanwhile(self) -> None:
        life = a_case().ruled()
        row = life.due("grace")
        life.says(MEDIATOR, "retract").later(timedelta(hours=1))
        fields = {"id": row.id, "clock": row.clock, "instance": row.instance, "level": row.level}
        assert life.refused(ROBOT, "deadline", **fields).code == "deadline_moot"

    def test_does_what_its_line_in_the_timetable_says_and_not_what_the_message_says(self) -> None:
        """A forged body under a true id cannot trigger another clock's default."""
        life = a_case("fraud_report").in_review()
        row = life.case.timetable[0]
        forged = life.command(ROBOT, "deadline", id=row.id, clock="grace", instance=1, level="end")
        fact, *rest = decide(life.case, forged, DecisionContext(actor=SYSTEM), row.due_at)
        assert isinstance(fact, f.LevelReached)
        assert (fact.clock, fact.level, rest) == (row.clock, row.level, [])


class TestPaging:
    def test_the_worst_pages_people_who_are_off_shift(self) -> None:
        assert set(told_of_breach(incident(category="life_in_danger").opened()) or ()) == {LEAD, OPS}

    def test_anything_else_waits_for_a_shift(self) -> None:
        assert told_of_breach(incident().opened()) is None

    def test_what_is_graded_as_the_worst_pages_from_then_on(self) -> None:
        life = incident().opened().says(LEAD, "retarget", priority="urgent", reason="surgery")
        assert set(told_of_breach(life) or ()) == {LEAD, OPS}
