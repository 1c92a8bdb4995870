"""Operators end runs from Temporal's own command line, at any moment: the search finds what nobody is at, and it goes on.

Nobody revives anything by hand here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, Literal

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus

from activities.ports.effects import OrderedEffect
from activities.ports.notices import OutgoingNotice
from services.revival import Sweep, Swept
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from tests.support.temporal import Cashier, House, Living, Postman, TemporalServer, a_house, banned, troubles, until
from workflows.handles import CASE_STATUS
from workflows.runs import CaseRuns

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]

Way = Literal["terminate", "cancel", "reset"]
WAYS: tuple[Way, ...] = ("terminate", "cancel", "reset")


@pytest.fixture
async def empty_house(temporal_server: TemporalServer, client: Client, database: Database, vault: Vault, tenant_id: str) -> House:
    """A house in which nobody works yet."""
    return await a_house(temporal_server, client, database, vault, tenant_id)


async def ends(house: House, workflow_id: str, way: Way) -> None:
    """Somebody does this to a run, and sees it done."""
    how = {
        "terminate": ("terminate", "--reason", "cleaning up"),
        "cancel": ("cancel",),
        "reset": ("reset", "--type", "FirstWorkflowTask", "--reason", "trying something"),
    }
    handle = house.client.get_workflow_handle(workflow_id)
    first = (await handle.describe()).run_id

    async def under_way() -> bool:
        said = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
        return any([event.event_type == said async for event in handle.fetch_history_events()])

    # A run in which nothing has happened yet cannot be reset.
    await until(under_way)
    verb, *rest = how[way]
    done = await house.server.cli("workflow", verb, "--workflow-id", workflow_id, *rest)
    assert done.code == 0, done.err

    async def over() -> bool:
        seen = await house.client.get_workflow_handle(workflow_id, run_id=first).describe()
        return seen.status is not WorkflowExecutionStatus.RUNNING

    await until(over)


async def swept(house: House) -> Swept:
    """One look, as a worker makes it; with Temporal's lists up to date, and what was begun begun long enough ago."""
    async with house.database.tenant(house.tenant_id) as conn:
        await conn.execute("UPDATE effects SET began_at = began_at - interval '1 hour' WHERE began_at IS NOT NULL")
        await conn.execute("UPDATE pokes SET poked_at = poked_at - interval '2 hours'")
    return await Sweep(house.database, CaseRuns(house.client, house.queue), timedelta(0), house.tenant_id).look()


async def swept_until(house: House, holds: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again, as a worker does, until something holds."""

    async def now() -> bool:
        await swept(house)
        return await holds()

    await until(now)


async def agrees(case: Living) -> bool:
    """Whether the newest run runs as the record says, and shows in Temporal's lists what the record says."""
    async with case.house.database.tenant(case.house.tenant_id) as conn:
        row = await conn.fetchrow("SELECT status, phase FROM cases WHERE id = $1", case.opened.case_id)
    seen = await case.handle.describe()
    running = seen.status is WorkflowExecutionStatus.RUNNING
    assert row is not None
    if row["status"] == "closed":
        return not running and seen.typed_search_attributes.get(CASE_STATUS) == "closed"
    if not running or seen.typed_search_attributes.get(CASE_STATUS) != "open":
        return False
    return bool((await case.view()).get("phase") == row["phase"])


# --- phases

WHY: dict[str, Any] = {"outcome": "false_positive", "ground": "no_fraud", "reasons": "The logs show no fraud."}
LONG = timedelta(minutes=5)


async def in_settlement(house: House) -> Living:
    case = await house.opens()
    await case.starts()
    return case


async def in_review(house: House, **clocks: Any) -> Living:
    case = await house.opens("fraud_report", **clocks)
    await case.starts()
    await case.until(owner="per_mia")
    return case


async def ruled(house: House) -> Living:
    case = await in_review(house, grace=LONG)
    await case.does("rule", "per_mia", **WHY)
    return case


async def appealable(house: House) -> Living:
    case = await in_review(house, grace=timedelta(milliseconds=100), appeal_window=LONG)
    await case.does("rule", "per_mia", **WHY)
    await case.until(phase="appealable")
    return case


async def over(house: House) -> Living:
    case = await in_settlement(house)
    await case.does("withdraw", "claimant")
    await case.ends()
    return case


PHASES: dict[str, Callable[[House], Awaitable[Living]]] = {
    "settlement": in_settlement, "review": in_review, "ruled": ruled, "appealable": appealable, "closed": over,
}  # fmt: skip


@pytest.mark.parametrize(
    ("phase", "way"),
    # A run that is over can only be reset.
    [(phase, way) for phase in PHASES for way in WAYS if phase != "closed" or way == "reset"],
)
async def test_a_case_that_is_ended_in_any_phase_goes_on(house: House, phase: str, way: Way) -> None:
    case = await PHASES[phase](house)
    await until(case.rests)
    await ends(house, case.named.workflow_id, way) if phase != "closed" else await _reset_closed(case)
    await swept_until(house, lambda: agrees(case))
    if phase == "settlement":
        await case.does("withdraw", "claimant")
        await swept_until(house, lambda: agrees(case))


async def _reset_closed(case: Living) -> None:
    done = await case.house.server.cli(
        "workflow", "reset", "--workflow-id", case.named.workflow_id, "--type", "FirstWorkflowTask", "--reason", "trying"
    )
    assert done.code == 0, done.err


async def test_a_run_that_is_ended_while_it_closes_says_all_the_same_that_it_is_over(house: House) -> None:
    """Over by the record, and never marked: its run was ended before it could say so."""
    case = await over(house)
    await house.doors.revive(case.named)
    await house.server.cli("workflow", "terminate", "--workflow-id", case.named.workflow_id)
    await swept_until(house, lambda: agrees(case))


# --- activities


@dataclass
class Gate:
    """Where an activity stops until it may go on."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def passes(self) -> None:
        self.arrived.set()
        await self.open.wait()


@dataclass
class SlowPost(Postman):
    """A letter is accepted, and stops before anybody notes it."""

    gate: Gate = field(default_factory=Gate)

    async def send(self, notice: OutgoingNotice) -> str:
        receipt = await super().send(notice)
        await self.gate.passes()
        return receipt


@dataclass
class SlowCashier(Cashier):
    """A payment is made, and stops before anybody notes it."""

    gate: Gate = field(default_factory=Gate)

    async def perform(self, effect: OrderedEffect) -> Literal["done", "reversed", "needs_hands"]:
        result = await super().perform(effect)
        await self.gate.passes()
        return result


async def counted(house: House, table: str, state: str) -> int:
    async with house.database.tenant(house.tenant_id) as conn:
        return int(await conn.fetchval(f"SELECT count(*) FROM {table} WHERE state = $1", state))


@asynccontextmanager
async def stopped(house: House, gate: Gate, case: Awaitable[Living]) -> AsyncIterator[Living]:
    """A case that has come to the gate."""
    living = await case
    await asyncio.wait_for(gate.arrived.wait(), 30)
    try:
        yield living
    finally:
        gate.open.set()


@pytest.mark.parametrize("way", WAYS)
async def test_an_effect_that_was_under_way_is_carried_out_and_reported_once(empty_house: House, way: Way) -> None:
    house = empty_house
    house.cashier = cashier = SlowCashier()
    async with house.at_work(), stopped(house, cashier.gate, banned(house, appeal_window=LONG)) as case:
        await ends(house, case.named.workflow_id, way)
        cashier.gate.open.set()

        async def done() -> bool:
            return await counted(house, "effects", "running") == 0 and await agrees(case)

        await swept_until(house, done)
    assert len({effect.id for effect in cashier.done}) == 1
    async with house.database.tenant(house.tenant_id) as conn:
        assert await conn.fetchval("SELECT count(*) FROM facts WHERE type = 'effect_reported'") == 1


@pytest.mark.parametrize("result", ["fail", "complete"])
async def test_an_effect_of_which_somebody_said_that_it_is_over_is_carried_out(empty_house: House, result: str) -> None:
    """From Temporal's page an activity can be said to have failed, or to be done: the record knows better."""
    house = empty_house
    house.cashier = cashier = SlowCashier()
    async with house.at_work(), stopped(house, cashier.gate, banned(house, appeal_window=LONG)) as case:
        (pending,) = [
            a for a in (await case.handle.describe()).raw_description.pending_activities
            if a.activity_type.name == "effects.carry_out"
        ]  # fmt: skip
        said = {"fail": ("--reason", "no"), "complete": ("--result", "null")}[result]
        done = await house.server.cli(
            "activity", result, "--activity-id", pending.activity_id, "--workflow-id", case.named.workflow_id, *said
        )
        assert done.code == 0, done.err
        async with house.database.tenant(house.tenant_id) as conn:
            await conn.execute("UPDATE effects SET began_at = clock_timestamp() - interval '1 hour'")
        await until(case.rests)
        first = await swept(house)
        assert (first.woken, first.restarted) == (1, 0), "once woken it may say itself that it is done"

        async def begun_anew() -> bool:
            return (await swept(house)).restarted == 1

        await until(begun_anew)
        cashier.gate.open.set()

        async def carried_out() -> bool:
            return await counted(house, "effects", "running") == 0 and await agrees(case)

        await swept_until(house, carried_out)


@pytest.mark.parametrize("way", WAYS)
async def test_letters_that_were_on_their_way_are_sent_and_at_most_once_more(empty_house: House, way: Way) -> None:
    house = empty_house
    house.postman = postman = SlowPost()
    async with house.at_work(), stopped(house, postman.gate, in_settlement(house)) as case:
        await ends(house, case.named.workflow_id, way)
        postman.gate.open.set()

        async def sent() -> bool:
            return await counted(house, "notices", "pending") == 0 and await agrees(case)

        await swept_until(house, sent)
    assert max(postman.tries.values()) <= 2
    assert await counted(house, "notices", "failed") == 0


@pytest.mark.parametrize("way", WAYS)
async def test_a_delivery_that_is_ended_begins_again_and_the_letter_goes_out_once(house: House, way: Way) -> None:
    house.postman.slow = lambda notice: notice.audience == "respondent"
    case = await in_settlement(house)
    await until(lambda: _handed_over(house))
    async with house.database.tenant(house.tenant_id) as conn:
        (notice,) = [row["id"] for row in await conn.fetch("SELECT id FROM notices WHERE state = 'handed_over'")]
    delivery = house.client.get_workflow_handle(f"delivery/{notice}")
    await until(lambda: _is(delivery, WorkflowExecutionStatus.RUNNING))
    await ends(house, f"delivery/{notice}", way)
    house.postman.slow = lambda notice: False

    async def sent() -> bool:
        return await counted(house, "notices", "handed_over") == 0

    await swept_until(house, sent)
    assert sum(one.id == notice for one in house.postman.sent) == 1
    assert (await swept(house)).delivered == 0
    assert await agrees(case)


async def _handed_over(house: House) -> bool:
    return await counted(house, "notices", "handed_over") == 1


async def _is(handle: Any, status: WorkflowExecutionStatus) -> bool:
    try:
        return bool((await handle.describe()).status is status)
    except Exception:  # noqa: BLE001 - not there yet
        return False


@pytest.mark.parametrize("way", WAYS)
async def test_a_record_that_was_being_written_is_written_once(house: House, way: Way) -> None:
    case = await in_review(house)
    await until(case.rests)
    house.outages.fails = 2
    receipt = await house.inbox.receive(
        house.tenant_id, case.opened.case_id, case.command("message", "per_mia", text="Hello.", to=["claimant"]), channel="api"
    )
    await house.doors.poke(case.named, receipt.command_id)
    await ends(house, case.named.workflow_id, way)

    async def said() -> bool:
        async with house.database.tenant(house.tenant_id) as conn:
            judged = await conn.fetchval("SELECT status <> 'pending' FROM commands WHERE id = $1", receipt.command_id)
        return bool(judged) and await agrees(case)

    await swept_until(house, said)
    async with house.database.tenant(house.tenant_id) as conn:
        assert await conn.fetchval("SELECT count(*) FROM facts WHERE type = 'message_sent'") <= 1


async def test_what_runs_is_left_alone(house: House) -> None:
    case = await in_review(house)
    await until(case.rests)
    run = (await case.handle.describe()).run_id
    before = len(await case.history())
    found = await swept(house)
    await asyncio.sleep(0.3)
    assert found.counts() == Swept(looked_at=1).counts()
    assert ((await case.handle.describe()).run_id, len(await case.history())) == (run, before)
    assert troubles(await case.history()) == []


@pytest.mark.parametrize("way", ["terminate", "cancel"])
async def test_a_word_that_temporal_took_is_not_lost_with_its_run(empty_house: House, way: Way) -> None:
    """Nobody is at work when it is told, and its run ends before anybody has read it; then before what was read is recorded."""
    house = empty_house
    async with house.at_work():
        case = await in_settlement(house)
        await until(case.rests)
    words = [case.command("message", "claimant", text=text) for text in ("One.", "Two.")]
    await case.handle.signal("tell", words[0])
    await case.handle.signal("tell", "no command at all")
    await _ended_unread(house, case, way)
    async with house.at_work():
        await swept_until(house, partial(_said, house, "One."))
        await until(case.rests)
        # Read, and never recorded: the database was away for as long as its run lived.
        house.outages.fails = 1000
        await case.handle.signal("tell", words[1])
        await until(lambda: house.outages.fails < 1000)
        await _ended_unread(house, case, "terminate")
        house.outages.fails = 0
        await swept_until(house, partial(_said, house, "Two."))
        await until(case.rests)
        told = (await swept(house)).told
        assert await _kept(house, "malformed") == 1, "kept as refused, once"
        assert troubles(await case.history()) == []
    assert told == 0, "the record has it all"


async def _ended_unread(house: House, case: Living, way: Way) -> None:
    done = await house.server.cli("workflow", way, "--workflow-id", case.named.workflow_id)
    assert done.code == 0, done.err


async def _said(house: House, text: str) -> bool:
    async with house.database.tenant(house.tenant_id) as conn:
        said = await conn.fetchval("SELECT count(*) FROM facts WHERE type = 'message_sent'")
    return bool(said == ["One.", "Two."].index(text) + 1)


async def _kept(house: House, code: str) -> int:
    async with house.database.tenant(house.tenant_id) as conn:
        refused = "SELECT count(*) FROM commands WHERE status = 'refused' AND answer->>'code' = $1"
        return int(await conn.fetchval(refused, code))
