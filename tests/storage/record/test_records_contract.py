"""What every keeper of the record promises, on Postgres and in memory alike."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from activities.ports.errors import Never, Unstorable
from activities.ports.records import CaseSnapshot, KeptAnswer, Transition
from domain.model.chain import chained, root
from domain.model.commands import read_command
from domain.model.facts import DueLevel
from domain.rules.reference import Notices, ReferenceData
from domain.rules.rule import DecisionContext
from domain.transition import Step, step
from tests.support.worlds import Life, a_command, some_terms


def decided(case_id: str, snapshot: CaseSnapshot, at: int = 0) -> Step:
    """What follows from the pending command with this number."""
    pending = snapshot.pending[at]
    context = DecisionContext(actor=pending.actor, target=pending.target)
    command = read_command(pending.body)
    reference = ReferenceData(snapshot.calendars, snapshot.notices, "2025b")
    return step(snapshot.case, case_id, command, context, pending.received_at, snapshot.now, reference)


def transition_of(snapshot: CaseSnapshot, made: Step, **changes: Any) -> Transition:
    pending = snapshot.pending[0]
    answer = KeptAnswer(command_id=pending.command_id, status="accepted", seq=made.case.seq)
    facts = chained(snapshot.head, made.recordings)
    return Transition(
        **{"turn": snapshot.turn, "case": made.case, "facts": facts, "answers": (answer,), "notices": made.notices, **changes}
    )


class TestRead:
    async def test_unknown_case_is_none_and_so_is_a_strangers(self, life: Life) -> None:
        opened = await life.opened()
        assert await life.records.read(life.tenant_id, "case_00000000-0000") is None
        assert await life.records.read("somebody-else", opened.case_id) is None

    async def test_new_case_has_its_opening_command_and_its_calendars(self, life: Life) -> None:
        opened = await life.opened()
        snapshot = await life.snapshot(opened.case_id)
        assert (snapshot.turn, snapshot.case, snapshot.head) == (0, None, root(life.tenant_id, opened.case_id))
        assert [p.command_id for p in snapshot.pending] == [opened.command_id]
        assert snapshot.pending[0].actor is not None
        assert snapshot.pending[0].actor.role == "system"
        assert list(snapshot.calendars) == ["cal_" + next(iter(snapshot.calendars)).removeprefix("cal_")]

    async def test_notices_of_the_pack_come_with_every_read_in_their_order(self, life: Life) -> None:
        notices: Notices = {"ruling_issued": ("all",), "case_opened": ("parties", "owner"), "message_sent": ()}
        terms = some_terms(version="pack_with_notices")
        opened = await life.opened(terms=terms, notices=notices)
        before = await life.snapshot(opened.case_id)
        await life.record(opened.case_id)
        after = await life.snapshot(opened.case_id)
        for snapshot in (before, after, await life.snapshot(opened.case_id, known_turn=after.turn)):
            assert snapshot.notices == {"pack_with_notices": notices}
            assert list(snapshot.notices["pack_with_notices"]) == list(notices)

    async def test_a_pack_without_kept_notices_is_left_out(self, life: Life) -> None:
        opened = await life.opened(terms=some_terms(version="pack_of_yesterday"))
        assert (await life.snapshot(opened.case_id)).notices == {}
        # Somebody keeps them afterwards, and a reader that has been asked before finds them.
        await life.opened(terms=some_terms(version="pack_of_yesterday"), notices={"case_opened": ("all",)})
        assert (await life.snapshot(opened.case_id)).notices == {"pack_of_yesterday": {"case_opened": ("all",)}}

    async def test_known_turn_leaves_the_state_out(self, life: Life) -> None:
        case_id = await life.case()
        snapshot = await life.snapshot(case_id)
        again = await life.snapshot(case_id, known_turn=snapshot.turn)
        assert (again.unchanged, again.case, again.turn) == (True, None, snapshot.turn)
        assert list(again.calendars) == list(snapshot.calendars)

    async def test_actors_are_resolved_by_the_kind_of_their_id(self, life: Life) -> None:
        case_id = await life.case()
        claimant = await life.claimant(case_id)
        key_id = await life.machine()
        for by in ("per_mia", "per_lee", "per_ola", "per_gone", "per_nobody", claimant, "pty_stranger", key_id):
            await life.inbox.put(life.tenant_id, case_id, a_command("note", by, text="Hm."))
        actors = [p.actor for p in (await life.snapshot(case_id)).pending]
        roles = [a.role if a else None for a in actors]
        assert roles == ["mediator", "lead", "ops", None, None, "claimant", None, "platform"]
        assert actors[0] is not None
        assert (actors[0].team, actors[0].manager) == ("emea", "per_lee")

    async def test_target_of_an_assignment_is_looked_up(self, life: Life) -> None:
        case_id = await life.case()
        await life.inbox.put(life.tenant_id, case_id, a_command("assign", "per_ola", owner="per_max"))
        pending = (await life.snapshot(case_id)).pending[0]
        assert pending.target is not None
        assert pending.target.id == "per_max"

    async def test_limit_says_that_there_is_more(self, life: Life) -> None:
        case_id = await life.case()
        ids = [await life.inbox.put(life.tenant_id, case_id, a_command("note", "per_mia", text=str(n))) for n in range(4)]
        snapshot = await life.snapshot(case_id, limit=3)
        assert ([p.command_id for p in snapshot.pending], snapshot.more) == (ids[:3], True)
        assert not (await life.snapshot(case_id, limit=4)).more

    async def test_asked_ids_are_answered_and_strange_ones_do_no_harm(self, life: Life) -> None:
        opened = await life.opened()
        await life.record(opened.case_id)
        snapshot = await life.snapshot(opened.case_id, ask=[opened.command_id, "cmd_none", "cmd_\x00", "cmd_\ud800"])
        assert [a.status for a in snapshot.answers.values()] == ["accepted"]


class TestWrite:
    async def test_moved_turn_writes_nothing(self, life: Life) -> None:
        opened = await life.opened()
        snapshot = await life.snapshot(opened.case_id)
        made = transition_of(snapshot, decided(opened.case_id, snapshot))
        assert await life.records.write(life.tenant_id, opened.case_id, made)
        assert not await life.records.write(life.tenant_id, opened.case_id, made)
        assert (await life.snapshot(opened.case_id)).turn == 1

    async def test_of_many_writers_one_wins(self, life: Life) -> None:
        opened = await life.opened()
        snapshot = await life.snapshot(opened.case_id)
        made = transition_of(snapshot, decided(opened.case_id, snapshot))
        results = await asyncio.gather(*(life.records.write(life.tenant_id, opened.case_id, made) for _ in range(10)))
        assert sorted(results) == [False] * 9 + [True]

    async def test_facts_must_follow_the_last_on_record(self, life: Life) -> None:
        case_id = await life.case()
        await life.inbox.put(life.tenant_id, case_id, a_command("note", "per_mia", text="One."))
        snapshot = await life.snapshot(case_id)
        made = decided(case_id, snapshot)
        with pytest.raises(Unstorable):
            await life.records.write(life.tenant_id, case_id, transition_of(snapshot, made, facts=chained("00", made.recordings)))
        gap = tuple(r.model_copy(update={"seq": r.seq + 1}) for r in made.recordings)
        with pytest.raises(Unstorable):
            await life.records.write(life.tenant_id, case_id, transition_of(snapshot, made, facts=chained(snapshot.head, gap)))

    async def test_refusal_moves_the_turn_and_nothing_else(self, life: Life) -> None:
        case_id = await life.case()
        before = await life.snapshot(case_id)
        recorded = await life.record(case_id, a_command("approve", "per_mia"))
        after = await life.snapshot(case_id)
        assert recorded.answers[0] is not None
        assert recorded.answers[0].status == "refused"
        assert (after.turn, after.case, after.head) == (before.turn + 1, before.case, before.head)

    async def test_answer_is_given_once(self, life: Life) -> None:
        case_id = await life.case()
        command = a_command("approve", "per_mia")
        first = await life.record(case_id, command)
        snapshot = await life.snapshot(case_id)
        other = KeptAnswer(command_id=command["id"], status="accepted")
        assert await life.records.write(life.tenant_id, case_id, Transition(turn=snapshot.turn, answers=(other,)))
        assert (await life.record(case_id, command)).answers == first.answers

    async def test_deadline_that_was_decided_is_archived_with_its_answer(self, life: Life) -> None:
        case_id = await life.case()
        snapshot = await life.snapshot(case_id)
        due = DueLevel(clock="ruling", instance=1, level="warning", due_at=datetime(2025, 1, 2, tzinfo=UTC))
        answer = KeptAnswer(command_id=due.id, status="refused", code="deadline_moot")
        transition = Transition(turn=snapshot.turn, answers=(answer,), deadlines=(due,))
        assert await life.records.write(life.tenant_id, case_id, transition)
        again = await life.snapshot(case_id, ask=[due.id])
        assert (again.answers[due.id].code, again.pending) == ("deadline_moot", ())


class TestPoison:
    async def test_data_that_postgres_refuses_is_unstorable_and_changes_nothing(self, life: Life) -> None:
        case_id = await life.case()
        snapshot = await life.snapshot(case_id)
        for bad in ("\x00", "\ud800"):
            answer = KeptAnswer(command_id="cmd_bad1", status="refused", fields={"what": bad})
            with pytest.raises(Unstorable):
                await life.records.write(life.tenant_id, case_id, Transition(turn=snapshot.turn, answers=(answer,)))
        assert (await life.snapshot(case_id)).turn == snapshot.turn

    async def test_substitute_writes_the_answers_alone(self, life: Life) -> None:
        case_id = await life.case()
        await life.inbox.put(life.tenant_id, case_id, a_command("note", "per_mia", text="One."))
        snapshot = await life.snapshot(case_id)
        broken = KeptAnswer(command_id=snapshot.pending[0].command_id, status="broken", code="broken")
        assert await life.records.write(
            life.tenant_id, case_id, Transition(turn=snapshot.turn, answers=(broken,), substitute=True)
        )
        after = await life.snapshot(case_id)
        assert (after.turn, after.pending, after.head, after.case) == (snapshot.turn + 1, (), snapshot.head, snapshot.case)


class TestInbox:
    async def status(self, life: Life, case_id: str, command_id: str) -> str | None:
        found = (await life.snapshot(case_id, ask=[command_id])).answers.get(command_id)
        return f"{found.status} {found.code}" if found else None

    async def test_known_command_changes_nothing_and_another_body_is_refused(self, life: Life) -> None:
        case_id = await life.case()
        command = a_command("message", "per_mia", text="One.")
        for _ in range(3):
            assert await life.inbox.put(life.tenant_id, case_id, command) == command["id"]
        other = await life.inbox.put(life.tenant_id, case_id, {**command, "text": "Two."})
        assert await self.status(life, case_id, other) == "refused id_reused"
        assert [p.command_id for p in (await life.snapshot(case_id)).pending] == [command["id"]]

    async def test_id_belongs_to_one_case_of_the_tenant(self, life: Life) -> None:
        command = a_command("take", "per_mia")
        one, two = await life.case(), await life.case()
        await life.inbox.put(life.tenant_id, one, command)
        assert await self.status(life, two, await life.inbox.put(life.tenant_id, two, command)) == "refused id_reused"

    @pytest.mark.parametrize("raw", [None, "rule!", {}, {"id": "cmd_x-1", "type": "rule", "by": "per_mia", "n": "\x00"}])
    async def test_what_is_no_command_is_kept_as_refused_once(self, life: Life, raw: object) -> None:
        case_id = await life.case()
        ids = {await life.inbox.put(life.tenant_id, case_id, raw) for _ in range(2)}
        assert [await self.status(life, case_id, i) for i in ids] == ["refused malformed"]

    async def test_system_enters_by_its_own_door_only(self, life: Life) -> None:
        case_id = await life.case()
        command = {"id": f"cmd_assign.{case_id}", "type": "assign", "by": "system", "owner": "per_mia"}
        refused = await life.inbox.put(life.tenant_id, case_id, command)
        assert await self.status(life, case_id, refused) == "refused system_only"
        assert await life.inbox.put(life.tenant_id, case_id, command, channel="system") == command["id"]
        assert await life.inbox.put(life.tenant_id, case_id, {**command, "owner": "per_max"}, channel="system") == command["id"]
        assert (await life.record(case_id)).owner == "per_mia"

    async def test_unknown_case_is_refused(self, life: Life) -> None:
        with pytest.raises(Never) as never:
            await life.inbox.put(life.tenant_id, "case_00000000-0000", a_command("take", "per_mia"))
        assert never.value.code == "case_unknown"

    async def test_text_is_sealed(self, life: Life) -> None:
        case_id = await life.case()
        await life.inbox.put(life.tenant_id, case_id, a_command("message", "per_mia", text="Plain."))
        body = (await life.snapshot(case_id)).pending[0].body
        assert set(body["text"]) == {"content_id", "digest", "length"}
