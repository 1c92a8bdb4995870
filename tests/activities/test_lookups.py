"""What is looked up for the commands that need it: whom notes mention, and nobody for all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from activities.lookups import Lookups
from activities.ports.people import Candidate
from activities.ports.policies import Resolved
from activities.ports.records import CaseSnapshot, Pending
from domain.model.case import Case
from domain.model.clocks import Retarget
from domain.model.people import Actor, Colleague
from tests.support.cases import FRIEND, LEAD, MEDIATOR, OPS, PEOPLE, a_case

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Team:
    """A roster that remembers whom it was asked about."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.people: Mapping[str, Actor] = PEOPLE

    async def candidates(self, tenant_id: str, queue: str, at: datetime) -> Sequence[Candidate]:
        return []

    async def colleagues(
        self, tenant_id: str, people: Sequence[str], roles: Sequence[str], at: datetime, queue: str | None = None
    ) -> Sequence[Colleague]:
        self.asked.append(tuple(people))
        return [Colleague(actor=self.people[one], roles=(self.people[one].role,)) for one in people if one in self.people]


class NoPolicies:
    async def resolve(self, tenant_id: str, case: Case, wanted: Retarget) -> Resolved | None:
        return None


def note(number: int, mentions: Any) -> Pending:
    return Pending(command_id=f"cmd_{number}", received_at=NOW, body={"type": "note", "mentions": mentions})


async def completed(team: Team, *pending: Pending) -> CaseSnapshot:
    case = a_case().in_review().case.model_copy(update={"timetable": ()})
    return await Lookups(team, NoPolicies()).complete("acme", case.id, case, CaseSnapshot(turn=1, now=NOW, pending=pending))


class TestWhoseWordWaitsForASecondOne:
    async def found(self, by: str, team: Team) -> CaseSnapshot:
        case = a_case("payment_dispute").in_review().says(by, "add_party", party={"side": "respondent", "ref": "shop2"}).case
        pending = Pending(command_id="cmd_1", received_at=NOW, body={"type": "message"})
        still = case.model_copy(update={"timetable": ()})
        return await Lookups(team, NoPolicies()).complete(
            "acme", case.id, still, CaseSnapshot(turn=1, now=NOW, pending=(pending,))
        )

    async def test_may_still_decide(self) -> None:
        assert (await self.found(MEDIATOR, Team())).cannot_decide == ()

    async def test_has_declared_a_conflict_since(self) -> None:
        team = Team()
        team.people = {**PEOPLE, MEDIATOR: PEOPLE[FRIEND].model_copy(update={"id": MEDIATOR})}
        assert (await self.found(MEDIATOR, team)).cannot_decide == (MEDIATOR,)

    async def test_works_here_no_longer(self) -> None:
        team = Team()
        team.people = {}
        assert (await self.found(MEDIATOR, team)).cannot_decide == (MEDIATOR,)


class TestMentions:
    async def test_are_not_those_to_whom_the_case_is_closed(self) -> None:
        found = await completed(Team(), note(1, [MEDIATOR, FRIEND]))
        assert found.pending[0].mentioned == (MEDIATOR,), "they have declared that they stand close to a party"

    async def test_are_those_who_work_here_each_note_its_own(self) -> None:
        team = Team()
        found = await completed(team, note(1, [LEAD, "per_nobody"]), note(2, [OPS]), note(3, []))
        assert [one.mentioned for one in found.pending] == [(LEAD,), (OPS,), None]
        assert team.asked == [tuple(sorted([LEAD, "per_nobody", OPS]))], "one question for all"

    async def test_that_are_no_names_break_nothing(self) -> None:
        found = await completed(Team(), note(1, "per_l1"), note(2, [7, MEDIATOR]))
        assert [one.mentioned for one in found.pending] == [None, (MEDIATOR,)]

    async def test_without_any_nobody_is_asked_about(self) -> None:
        team = Team()
        await completed(team, Pending(command_id="cmd_1", received_at=NOW, body={"type": "message"}))
        assert team.asked == []
