"""What ``records.record`` answers to whoever arrives, when there is nothing to judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.messages import Arrival, RecordInput
from activities.ports.errors import Never
from activities.ports.records import CaseSnapshot, KeptAnswer, Transition
from activities.record import RecordActivities
from tests.support.activation import NOON


class OnePage:
    """A record that stands still."""

    def __init__(self, snapshot: CaseSnapshot | None) -> None:
        self.snapshot = snapshot

    async def read(self, tenant_id: str, case_id: str, *, ask: Sequence[str] = (), **_: Any) -> CaseSnapshot | None:
        return self.snapshot

    async def write(self, tenant_id: str, case_id: str, transition: Transition) -> bool:
        raise AssertionError("there is nothing to write")


class NoCase:
    """An inbox of a tenant that has no such case."""

    async def put(self, tenant_id: str, case_id: str, raw: object, *, channel: str = "temporal") -> str:
        raise Never("case_unknown")


def page(answers: Mapping[str, KeptAnswer] | None = None, **changes: Any) -> CaseSnapshot:
    return CaseSnapshot(turn=1, now=NOON, answers=answers or {}, **changes)


def ask(*arrivals: Arrival, saw_seq: int = 0) -> RecordInput:
    return RecordInput(tenant_id="acme", case_id="case_00000001", arrivals=arrivals, saw_seq=saw_seq)


def activity(snapshot: CaseSnapshot | None) -> RecordActivities:
    return RecordActivities(OnePage(snapshot), NoCase(), "2025b")


KNOWN = KeptAnswer(command_id="cmd_known", status="accepted", seq=4)


async def test_a_known_command_gets_its_stored_answer() -> None:
    recorded = await activity(page({"cmd_known": KNOWN})).record(ask(Arrival(command_id="cmd_known")))
    [answer] = recorded.answers
    assert answer is not None
    assert (answer.status, answer.seq) == ("accepted", 4)


async def test_a_command_that_is_in_no_inbox_is_refused_and_its_asker_does_not_wait_for_ever() -> None:
    recorded = await activity(page()).record(ask(Arrival(command_id="cmd_typo")))
    [answer] = recorded.answers
    assert answer is not None
    assert (answer.status, answer.code, answer.command_id) == ("refused", "command_unknown", "cmd_typo")


async def test_a_command_beyond_the_batch_has_no_answer_yet() -> None:
    recorded = await activity(page(more=True)).record(ask(Arrival(command_id="cmd_last")))
    assert (recorded.answers, recorded.more, recorded.quiet) == ((None,), True, False)


async def test_a_mere_poke_is_not_answered() -> None:
    assert (await activity(page()).record(ask(Arrival(command_id="")))).answers == (None,)


async def test_each_arrival_has_an_answer_in_its_place() -> None:
    arrivals = [
        Arrival(command_id=""),
        Arrival(command_id="cmd_known"),
        Arrival(command={"type": "note"}),
        Arrival(command_id="cmd_typo"),
    ]
    recorded = await activity(page({"cmd_known": KNOWN})).record(ask(*arrivals))
    assert [a and (a.code or a.status) for a in recorded.answers] == [None, "accepted", "case_unknown", "command_unknown"]


async def test_a_case_that_the_tenant_does_not_have_is_unknown_and_quiet() -> None:
    recorded = await activity(None).record(ask(Arrival(command_id="cmd_00001")))
    assert (recorded.status, recorded.quiet) == ("unknown", True)
    assert [a and a.code for a in recorded.answers] == ["case_unknown"]


@pytest.mark.parametrize("snapshot", [None, page()], ids=["the case is gone", "its facts are gone"])
async def test_a_record_that_lost_facts_is_an_error_and_the_workflow_stays(snapshot: CaseSnapshot | None) -> None:
    with pytest.raises(ApplicationError) as caught:
        await activity(snapshot).record(ask(saw_seq=3))
    assert (caught.value.type, caught.value.non_retryable) == ("record_behind", False)
