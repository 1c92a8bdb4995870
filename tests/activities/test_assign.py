"""Who gets a case that waits for somebody: with room, allowed to judge it, there before later, and least loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from activities.assign import AssignActivities, choose
from activities.messages import CaseRef
from activities.ports import Candidate
from domain.actors import Colleague
from domain.base import Phase
from domain.case import Case
from tests.storage.builders import MemoryWorld
from tests.support.cases import FRIEND, LEAD, MEDIATOR, MEDIATOR_2, MEDIATOR_3, PEOPLE, a_case

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
    found = choose(case, candidates)
    return found.actor.id if found else None


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


class SmallTeam:
    """A roster of two, one of whom comes later; it remembers when it was asked about."""

    def __init__(self) -> None:
        self.asked_at: list[datetime] = []

    async def candidates(self, tenant_id: str, queue: str, at: datetime) -> Sequence[Candidate]:
        self.asked_at.append(at)
        return [candidate(MEDIATOR, 0, shift_in=1), candidate(MEDIATOR_2, 5)]

    async def colleagues(self, tenant_id: str, people: Sequence[str], roles: Sequence[str], at: datetime) -> Sequence[Colleague]:
        return []


class TestAssign:
    async def test_the_shifts_are_those_of_now_by_the_clock_of_the_record(self, memory_world: MemoryWorld) -> None:
        case_id = await memory_world.case()
        before = memory_world.store.clock()
        team = SmallTeam()
        assign = AssignActivities(memory_world.records, team, memory_world.inbox)
        command_id = await assign.assign(CaseRef(tenant_id=memory_world.tenant_id, case_id=case_id))
        assert before < team.asked_at[0] < memory_world.store.clock()
        (pending,) = (await memory_world.standing(case_id)).pending
        assert pending.command_id == command_id
        assert (pending.body["owner"], pending.body["reason"]) == (MEDIATOR_2, "fewest_cases")

    async def test_a_case_that_has_an_owner_needs_nobody(self, memory_world: MemoryWorld) -> None:
        case_id = await memory_world.case()
        await memory_world.record(case_id, {"id": "cmd_assign-1", "type": "assign", "by": "per_ola", "owner": "per_mia"})
        assign = AssignActivities(memory_world.records, SmallTeam(), memory_world.inbox)
        assert await assign.assign(CaseRef(tenant_id=memory_world.tenant_id, case_id=case_id)) is None
