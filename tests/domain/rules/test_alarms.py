"""One page for each person, rung and promise, quiet once somebody has the case, and a case that is with somebody on call."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from domain.base import Phase
from domain.model import facts as f
from domain.model.facts import Colleague
from tests.support.cases import CLAIMANT, LEAD, LEAD_2, MEDIATOR, MEDIATOR_2, OPS, PEOPLE, Life, a_case
from tests.support.clock_readings import at

FRIDAY_NIGHT = at("03-06 21:30")
MONDAY = at("03-09 08:00")


def off(who: str, **how: Any) -> Colleague:
    """Not on shift before Monday."""
    return Colleague(actor=PEOPLE[who], roles=(PEOPLE[who].role,), on_shift=False, next_shift_at=MONDAY, **how)


FIRST = off(MEDIATOR, on_call=1, on_call_until=MONDAY)
SECOND = off(MEDIATOR_2, on_call=2, on_call_until=MONDAY)
TEAM = (FIRST, SECOND, off(LEAD), off(OPS))


def assault(*team: Colleague) -> Life:
    """Reported on a Friday night, and nobody is at work before Monday."""
    life = a_case("safety_incident", category="assault").opened_at(FRIDAY_NIGHT)
    life.team = team or TEAM
    return life.opened()


def pages(life: Life) -> Counter[tuple[str | None, str]]:
    """How often each rung has called each person."""
    reached = (x for x in life.facts if isinstance(x, f.LevelReached) and x.action == "escalate" and x.step is not None)
    return Counter((x.step, person) for x in reached for person in x.told or ())


def of_one_promise(life: Life) -> dict[tuple[str | None, str], int]:
    """How often each rung has called each person for one and the same promise, at most."""
    reached = (x for x in life.facts if isinstance(x, f.LevelReached) and x.action == "escalate" and x.step is not None)
    made = Counter((x.clock, x.instance, x.step, person) for x in reached for person in x.told or ())
    most: dict[tuple[str | None, str], int] = {}
    for (_, _, step, person), number in made.items():
        most[step, person] = max(number, most.get((step, person), 0))
    return most


def missed(life: Life) -> set[tuple[str, int]]:
    """The promises for which somebody was called."""
    reached = (x for x in life.facts if isinstance(x, f.LevelReached) and x.action == "escalate" and not x.withheld)
    return {(x.clock, x.instance) for x in reached if x.told != ()}


def called_for(life: Life, clock: str) -> list[f.LevelReached]:
    """The escalations of a clock that called somebody."""
    reached = (x for x in life.facts if isinstance(x, f.LevelReached) and (x.clock, x.action) == (clock, "escalate"))
    return [x for x in reached if not x.withheld and x.told != ()]


def _calls_of(life: Life, clock: str, person: str) -> list[datetime]:
    """When somebody was called for a clock."""
    called = (r for r in life.recordings if isinstance(r.fact, f.LevelReached) and r.fact.action == "escalate")
    return [
        r.at for r in called if isinstance(r.fact, f.LevelReached) and r.fact.clock == clock and person in (r.fact.told or ())
    ]


def letters(life: Life) -> Counter[str]:
    """Who was sent how many alarms."""
    return Counter(n.recipient for n in _notices(life) if n.event == "level_reached:escalate")


def _notices(life: Life) -> list[Any]:
    return [notice for step in life.steps for _, notice in step.notices]


def until(life: Life, when: datetime) -> Life:
    return life.later(when - life.now)


class TestWeekend:
    def test_an_untouched_assault_report_calls_each_person_once_and_is_with_somebody_on_call_within_its_limit(self) -> None:
        life = until(assault(), MONDAY)
        assert life.case.priority == "urgent"
        assert of_one_promise(life) == {("page", MEDIATOR): 1, ("page", MEDIATOR_2): 1, ("page", LEAD): 1, ("page", OPS): 1}
        assert set(letters(life).values()) == {len(missed(life))} == {2}
        (given,) = [r for r in life.recordings if isinstance(r.fact, f.CaseAssigned)]
        assert (given.fact, given.at) == (
            f.CaseAssigned(owner=MEDIATOR, reason="on_call"), FRIDAY_NIGHT + timedelta(minutes=15)
        )  # fmt: skip
        assert life.case.timetable, "no case is forgotten"

    def test_and_once_nobody_has_said_so_for_three_days_calls_begin_anew(self) -> None:
        life = until(assault(), MONDAY + timedelta(days=11))
        days = [reached_at.date() for reached_at in _calls_of(life, "first_response", MEDIATOR)]
        assert len(days) >= 4, "no case that calls for help is forgotten"
        assert {(later - earlier).days for earlier, later in pairwise(days)} <= {3, 4}
        kept = Counter((p.step, p.person, p.clock, p.instance) for p in life.case.pages)
        assert set(kept.values()) == {1}, "the last one of each is kept, however long nobody takes it"
        life.says(LEAD, "acknowledge").says(LEAD, "message")
        before = len(_calls_of(life, "first_response", MEDIATOR))
        assert len(_calls_of(life.later(timedelta(days=9)), "first_response", MEDIATOR)) == before

    def test_one_after_the_other(self) -> None:
        life = assault().later(timedelta(minutes=15))
        assert set(pages(life)) == {("page", MEDIATOR)}
        assert set(pages(life.later(timedelta(minutes=15)))) == {("page", MEDIATOR), ("page", MEDIATOR_2)}
        assert len(pages(life.later(timedelta(minutes=15)))) == 4

    def test_little_is_recorded_meanwhile(self) -> None:
        assert len(until(assault(), MONDAY).recordings) < 80

    def test_where_no_rota_is_kept_everybody_of_the_rung_is_called_once(self) -> None:
        life = until(assault(off(LEAD), off(LEAD_2), off(OPS)), MONDAY)
        assert of_one_promise(life) == {("page", LEAD): 1, ("page", LEAD_2): 1, ("page", OPS): 1}

    def test_and_so_by_role_where_nobody_is_looked_up(self) -> None:
        life = a_case("safety_incident", category="assault").opened_at(FRIDAY_NIGHT)
        life.team = None
        until(life.opened(), MONDAY)
        assert set(letters(life).values()) == {len(missed(life))}

    def test_who_comes_on_call_is_called_when_their_turn_begins(self) -> None:
        saturday = at("03-07 12:00")
        life = until(assault(FIRST.model_copy(update={"on_call_until": saturday}), off(LEAD)), saturday)
        life.team = (SECOND.model_copy(update={"on_call": 1}), off(LEAD))
        life.later(timedelta(minutes=20))
        assert of_one_promise(life)["page", MEDIATOR_2] == 1
        assert life.case.owner == MEDIATOR_2

    def test_who_stands_close_to_a_party_is_neither_called_nor_given_it(self) -> None:
        life = a_case("safety_incident", category="assault").opened_at(FRIDAY_NIGHT)
        close = PEOPLE[MEDIATOR].model_copy(update={"conflicts": tuple(p.ref_digest for p in life.opening().parties)})
        life.team = (FIRST.model_copy(update={"actor": close}), SECOND, off(LEAD))
        until(life.opened(), MONDAY)
        assert (life.case.owner, pages(life)["page", MEDIATOR]) == (MEDIATOR_2, 0)

    def test_an_owner_who_is_on_shift_keeps_it(self) -> None:
        night = Colleague(actor=PEOPLE[MEDIATOR_2], roles=("mediator",))
        life = assault(night, FIRST, off(LEAD)).says(MEDIATOR_2, "take").later(timedelta(hours=2))
        assert life.case.owner == MEDIATOR_2
        assert pages(life)["page", MEDIATOR_2] == 1


class TestAcknowledged:
    def test_nobody_else_is_called_until_the_time_is_over_then_the_next_is(self) -> None:
        life = assault().later(timedelta(minutes=16)).says(MEDIATOR, "acknowledge")
        known = life.case.acknowledged
        assert known is not None
        assert known.until == life.now + timedelta(hours=1)
        until(life, known.until - timedelta(minutes=1))
        assert set(pages(life)) == {("page", MEDIATOR)}
        life.later(timedelta(minutes=2))
        assert set(pages(life)) == {("page", MEDIATOR), ("page", MEDIATOR_2)}

    def test_everybody_was_called_then_the_call_begins_anew(self) -> None:
        life = assault().later(timedelta(hours=1)).says(LEAD, "acknowledge")
        assert len(pages(life)) == 4
        life.later(timedelta(minutes=62))
        assert pages(life)["page", MEDIATOR] == 2

    def test_whoever_has_a_case_of_nobody_owns_it(self) -> None:
        life = assault(off(LEAD), off(OPS)).later(timedelta(minutes=16)).says(LEAD, "acknowledge")
        assert life.case.owner == LEAD

    def test_answered_it_is_over_and_what_is_late_next_calls_again(self) -> None:
        life = assault().later(timedelta(minutes=16)).says(MEDIATOR, "acknowledge").says(MEDIATOR, "message")
        assert life.refused(MEDIATOR, "acknowledge").code == "no_alarm"
        life.says(CLAIMANT, "message").later(timedelta(hours=2))
        assert pages(life)["page", MEDIATOR] == 2

    def test_no_longer_than_the_pack_allows_and_not_in_the_past(self) -> None:
        life = assault().later(timedelta(minutes=16))
        for hours, because in ((-1, "past"), (2, "too_far")):
            said = (life.now + timedelta(hours=hours)).isoformat()
            refusal = life.refused(MEDIATOR, "acknowledge", until=said)
            assert (refusal.code, refusal.fields["because"]) == ("instant_refused", because)
        soon = life.now + timedelta(minutes=20)
        known = life.says(MEDIATOR, "acknowledge", until=soon.isoformat()).case.acknowledged
        assert known is not None
        assert known.until == soon

    def test_where_nobody_was_called_there_is_nothing_to_say(self) -> None:
        assert assault().refused(MEDIATOR, "acknowledge").code == "no_alarm"

    def test_no_party_learns_of_it(self) -> None:
        life = assault().later(timedelta(minutes=16))
        life.says(MEDIATOR, "acknowledge")
        assert not [n for n in life.last.notices if n[1].recipient == CLAIMANT]
        assert life.case.phase is Phase.REVIEW


class TestAnotherPromise:
    """Once per rung is for repeats of one broken promise: another that breaks later is another alarm."""

    def test_a_limit_of_the_law_calls_although_an_answer_was_late_before(self) -> None:
        amount = {"amount": 40_000, "currency": "USD"}
        life = a_case("fraud_report", amount=amount, category="unauthorised").opened_at(at("03-02 15:00")).in_review()
        life.team = None
        until(life, at("03-05 10:00")).says(MEDIATOR, "message")
        assert called_for(life, "first_response")
        until(life, at("04-20 10:00"))
        for clock in ("provisional_credit", "final_answer"):
            calls = called_for(life, clock)
            steps = [x.step for x in calls]
            assert (steps[:2], set(steps[2:]) <= {"ops"}) == (["lead", "ops"], True), clock

    def test_a_measure_that_is_about_to_lapse_calls_although_another_alarm_is_acknowledged(self) -> None:
        life = a_case("safety_incident", category="assault").opened_at(at("03-02 09:00"))
        life.team = None
        life.opened().says(MEDIATOR, "take").says(
            MEDIATOR, "impose_interim", measure="suspend", reasons="They live in one house."
        )
        last_call = next(row.due_at for row in life.case.timetable if (row.clock, row.level) == ("interim_review", "last_call"))
        until(life, last_call - timedelta(minutes=5)).says(LEAD, "acknowledge")
        life.later(timedelta(minutes=20))
        assert called_for(life, "interim_review")
