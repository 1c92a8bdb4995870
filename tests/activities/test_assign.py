"""Who gets a case that waits for somebody: with room, allowed to judge it, there before later, and least loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from activities.assign import AssignActivities, choose
from activities.messages import CaseRef
from activities.ports.people import Candidate
from domain.base import Phase
from domain.model.case import Case
from domain.model.people import Colleague
from domain.rules.skills import skill_of
from tests.support.cases import CLAIMANT, FRIEND, LEAD, MEDIATOR, MEDIATOR_2, MEDIATOR_3, PEOPLE, a_case
from tests.support.worlds import MemoryWorld

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def waiting(**changes: Any) -> Case:
    """A case in review that nobody has."""
    return a_case().in_review().case.model_copy(update={"owner": None, **changes})


def candidate(person: str, carries: int = 0, shift_in: float | None = None, **more: Any) -> Candidate:
    """Somebody of the queue; on shift unless it begins in so many hours."""
    begins = None if shift_in is None else NOON + timedelta(hours=shift_in)
    return Candidate(
        actor=PEOPLE[person], open_cases=carries, **{"capacity": 10, "on_shift": begins is None, "next_shift_at": begins, **more}
    )


def chosen(case: Case, *candidates: Candidate) -> str | None:
    found = choose(case, candidates).person
    return found.actor.id if found else None


def because(case: Case, *candidates: Candidate) -> tuple[str | None, str]:
    """Who gets it, and why."""
    found = choose(case, candidates)
    return found.person.actor.id if found.person else None, found.reason


def needing(skill: str | None = None, language: str = "en", **changes: Any) -> Case:
    """A case that waits, whose pack asks for a skill and whose claimant speaks a language."""
    case = waiting(**changes)
    parties = tuple(p.model_copy(update={"locale": language}) if p.id == CLAIMANT else p for p in case.parties)
    terms = case.terms.model_copy(update={"skills": {case.category: skill} if skill else {}})
    return case.model_copy(update={"parties": parties, "terms": terms})


class TestChoose:
    def test_least_loaded_first_then_who_waited_longest(self) -> None:
        early, late = NOON - timedelta(days=2), NOON - timedelta(days=1)
        assert chosen(waiting(), candidate(MEDIATOR, 3), candidate(MEDIATOR_2, 1), candidate(MEDIATOR_3, 2)) == MEDIATOR_2
        equals = candidate(MEDIATOR, 1, last_assigned_at=late), candidate(MEDIATOR_2, 1, last_assigned_at=early)
        assert chosen(waiting(), *equals) == MEDIATOR_2
        assert chosen(waiting(), *equals, candidate(MEDIATOR_3, 1)) == MEDIATOR_3, "who never had one waited longest"

    def test_nobody_without_room_and_nobody_with_a_conflict(self) -> None:
        assert chosen(waiting(), candidate(MEDIATOR, 10), candidate(FRIEND)) is None
        assert chosen(waiting(), candidate(MEDIATOR, capacity=0)) is None
        assert chosen(waiting()) is None

    def test_who_is_there_comes_before_who_comes_later_whatever_they_carry(self) -> None:
        assert chosen(waiting(), candidate(MEDIATOR, 0, shift_in=1), candidate(MEDIATOR_2, 9)) == MEDIATOR_2

    def test_when_nobody_is_there_whose_shift_begins_first(self) -> None:
        people = [candidate(MEDIATOR, 0, shift_in=16), candidate(MEDIATOR_2, 9, shift_in=2), candidate(MEDIATOR_3, 1, shift_in=2)]
        assert chosen(waiting(), *people) == MEDIATOR_3

    def test_whose_shift_never_begins_again_is_the_last_choice(self) -> None:
        never = candidate(MEDIATOR, 0, on_shift=False)
        assert chosen(waiting(), never, candidate(MEDIATOR_2, 9, shift_in=40)) == MEDIATOR_2
        assert chosen(waiting(), never) == MEDIATOR

    def test_an_escalated_case_never_lands_on_somebody_off_shift(self) -> None:
        off, there = candidate(MEDIATOR, 0, shift_in=1), candidate(MEDIATOR_2, 9)
        assert chosen(waiting(escalations=1), off, there) == MEDIATOR_2
        assert chosen(waiting(escalations=1), off) is None
        assert chosen(waiting(), off) == MEDIATOR

    def test_leads_decide_appeals_where_there_is_one(self) -> None:
        appeal = waiting(phase=Phase.APPEAL)
        assert chosen(appeal, candidate(MEDIATOR), candidate(LEAD, 9)) == LEAD
        assert chosen(appeal, candidate(MEDIATOR), candidate(LEAD, 9, shift_in=3)) == LEAD, "an appeal can wait for its lead"
        escalated = appeal.model_copy(update={"escalations": 2})
        assert chosen(escalated, candidate(MEDIATOR), candidate(LEAD, 9, shift_in=3)) == MEDIATOR


class TestSkill:
    def test_is_required_where_somebody_of_the_queue_has_it(self) -> None:
        case = needing("appsec")
        skilled = candidate(MEDIATOR_2, 9, skills=("appsec", "tax"))
        assert because(case, candidate(MEDIATOR, 0), skilled) == (MEDIATOR_2, "has_skill")

    def test_of_somebody_without_room_is_waited_for(self) -> None:
        full = candidate(MEDIATOR_2, 10, skills=("appsec",))
        assert because(needing("appsec"), candidate(MEDIATOR), full) == (None, "skill_not_free")

    def test_that_nobody_has_is_done_without_and_the_reason_says_so(self) -> None:
        assert because(needing("appsec"), candidate(MEDIATOR, 3), candidate(MEDIATOR_2, 1)) == (MEDIATOR_2, "skill_missing")

    def test_of_somebody_who_may_not_judge_counts_for_nothing(self) -> None:
        friend = candidate(FRIEND, skills=("appsec",))
        assert because(needing("appsec"), friend, candidate(MEDIATOR)) == (MEDIATOR, "skill_missing")

    def test_of_another_category_is_not_asked_for(self) -> None:
        case = needing("appsec").model_copy(update={"category": "something_else"})
        assert because(case, candidate(MEDIATOR, 1), candidate(MEDIATOR_2, 5, skills=("appsec",))) == (MEDIATOR, "fewest_cases")

    def test_named_for_any_category_holds_for_all_that_have_none_of_their_own(self) -> None:
        case = needing()
        case = case.model_copy(update={"terms": case.terms.model_copy(update={"skills": {"any": "law", "tax": "tax"}})})
        assert skill_of(case) == "law"
        assert skill_of(case.model_copy(update={"category": "tax"})) == "tax"


class TestLanguage:
    def test_of_the_claimant_comes_before_load_and_shift(self) -> None:
        speaks = candidate(MEDIATOR_2, 9, shift_in=2, languages=("fr", "de"))
        found = because(needing(language="de-AT"), candidate(MEDIATOR, languages=("en",)), speaks)
        assert found == (MEDIATOR_2, "speaks_language")

    def test_that_nobody_speaks_stops_nothing(self) -> None:
        assert because(needing(language="fi"), candidate(MEDIATOR, languages=("en",))) == (MEDIATOR, "fewest_cases")

    def test_that_all_speak_decides_nothing(self) -> None:
        both = candidate(MEDIATOR, 2, languages=("en",)), candidate(MEDIATOR_2, 1, languages=("en",))
        assert because(needing(), *both) == (MEDIATOR_2, "fewest_cases")

    def test_waits_for_no_one_when_the_case_was_escalated_or_they_never_come(self) -> None:
        here, off = candidate(MEDIATOR, 9, languages=("en",)), candidate(MEDIATOR_2, shift_in=2, languages=("de",))
        assert because(needing(language="de", escalations=1), here, off)[0] == MEDIATOR
        gone = candidate(MEDIATOR_2, on_shift=False, languages=("de",))
        assert because(needing(language="de"), here, gone)[0] == MEDIATOR

    def test_and_skill_together(self) -> None:
        people = [
            candidate(MEDIATOR, skills=("law",), languages=("en",)),
            candidate(MEDIATOR_2, 9, skills=("law",), languages=("de",)),
            candidate(MEDIATOR_3, languages=("de",)),
        ]
        assert because(needing("law", "de"), *people) == (MEDIATOR_2, "has_skill_and_language")


class TestConflict:
    def test_with_the_organisation_of_a_party_keeps_somebody_out(self) -> None:
        case = waiting()
        works_there = tuple(p.model_copy(update={"org_digest": "digest-of-nimbus"}) for p in case.parties)
        former = candidate(MEDIATOR).model_copy(
            update={"actor": PEOPLE[MEDIATOR].model_copy(update={"conflicts": ("digest-of-nimbus",)})}
        )
        assert chosen(case, former) == MEDIATOR
        assert chosen(case.model_copy(update={"parties": works_there}), former) is None
        assert chosen(case.model_copy(update={"parties": works_there}), former, candidate(MEDIATOR_2, 9)) == MEDIATOR_2


class SmallTeam:
    """A roster of two, one of whom comes later; it remembers when it was asked about."""

    def __init__(self) -> None:
        self.asked_at: list[datetime] = []

    async def candidates(self, tenant_id: str, queue: str, at: datetime) -> Sequence[Candidate]:
        self.asked_at.append(at)
        return [candidate(MEDIATOR, 0, shift_in=1), candidate(MEDIATOR_2, 5)]

    async def colleagues(
        self, tenant_id: str, people: Sequence[str], roles: Sequence[str], at: datetime, queue: str | None = None
    ) -> Sequence[Colleague]:
        return []


class TestAssign:
    async def test_the_shifts_are_those_of_now_by_the_clock_of_the_record(self, memory_world: MemoryWorld) -> None:
        case_id = await memory_world.case()
        before = memory_world.store.clock()
        team = SmallTeam()
        assign = AssignActivities(memory_world.records, team, memory_world.inbox)
        command_id = await assign.assign(CaseRef(tenant_id=memory_world.tenant_id, case_id=case_id))
        assert before < team.asked_at[0] < memory_world.store.clock()
        (pending,) = (await memory_world.snapshot(case_id)).pending
        assert pending.command_id == command_id
        assert (pending.body["owner"], pending.body["reason"]) == (MEDIATOR_2, "fewest_cases")

    async def test_a_case_that_has_an_owner_needs_nobody(self, memory_world: MemoryWorld) -> None:
        case_id = await memory_world.case()
        await memory_world.record(case_id, {"id": "cmd_assign-1", "type": "assign", "by": "per_ola", "owner": "per_mia"})
        assign = AssignActivities(memory_world.records, SmallTeam(), memory_world.inbox)
        assert await assign.assign(CaseRef(tenant_id=memory_world.tenant_id, case_id=case_id)) is None
