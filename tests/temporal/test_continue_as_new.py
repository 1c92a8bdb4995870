"""A long history: the case goes on in a new run, and nobody who asks notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.ports.effects import OrderedEffect
from runtime.plugin import ombud_plugin
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from tests.support.temporal import KEYS, Cashier, House, TemporalServer, a_house, banned, troubles, until
from workflows.handles import CASE_STATUS, TASK_FOR, TENANT_ID

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]

SOON = 40
"""Events after which this server suggests it, instead of 4,096."""
LONG = f"limit.historyCount.suggestContinueAsNew={SOON}"
FEW_UPDATES = f"history.maxTotalUpdates={SOON}"
"""Updates that a run of this server takes, instead of 2,000; it suggests to go on before the last of them."""


@pytest.fixture
async def impatient(unmanned: House) -> AsyncIterator[House]:
    """The same, with workers."""
    async with unmanned.at_work():
        yield unmanned


@pytest.fixture
async def unmanned(
    request: pytest.FixtureRequest, temporal_program: Path, database: Database, vault: Vault, tenant_id: str
) -> AsyncIterator[House]:
    """A house on a server that finds 40 events a long history, or has another limit; nobody works yet."""
    given = ["--dynamic-config-value", getattr(request, "param", LONG)]
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(temporal_program),
        dev_server_extra_args=given,
        dev_server_log_level="error",
        plugins=[ombud_plugin()],
        search_attributes=KEYS,
    ) as environment:
        client = environment.client
        server = TemporalServer(client.service_client.config.target_host, temporal_program)
        yield await a_house(server, client, database, vault, tenant_id)


async def test_a_case_goes_on_in_a_new_run_while_many_speak(impatient: House) -> None:
    case = await impatient.opens()
    await case.starts()
    first = (await case.handle.describe()).run_id
    answers = []
    for n in range(12):
        answers += await asyncio.gather(
            *(case.says("message", "claimant", text=f"Message {n}.{m}") for m in range(5)),
            *(case.handle.signal("tell", case.command("message", "respondent", text=f"Answer {n}.{m}")) for m in range(2)),
        )
    assert {a.status for a in answers if a is not None} == {"accepted"}

    async def all_said() -> bool:
        async with impatient.database.tenant(impatient.tenant_id) as conn:
            return int(await conn.fetchval("SELECT count(*) FROM facts WHERE type = 'message_sent'")) == 12 * 7

    await until(all_said)
    await until(case.rests)
    run, runs = first, 0
    while run:
        handle = impatient.client.get_workflow_handle(case.named.workflow_id, run_id=run)
        events = [e async for e in handle.fetch_history_events()]
        assert troubles(events) == []
        run, runs = events[-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id, runs + 1
    assert runs > 1
    last = await case.handle.describe()
    assert last.run_id != first
    assert last.typed_search_attributes[TENANT_ID] == impatient.tenant_id
    assert last.typed_search_attributes[CASE_STATUS] == "open"
    assert last.raw_description.execution_config.default_workflow_task_timeout.ToTimedelta() == TASK_FOR
    # A run that has just begun says so until it has heard how the case stands.
    await case.until(phase="settlement")
    await case.does("withdraw", "claimant")
    await case.ends()


class DeadPlatform(Cashier):
    """Answers nothing, until it is back."""

    back: bool = False

    async def perform(self, effect: OrderedEffect) -> Literal["done", "reversed", "needs_hands"]:
        if not self.back:
            raise ConnectionError("the platform is away")
        return await super().perform(effect)


@pytest.mark.parametrize("unmanned", [LONG, FEW_UPDATES], indirect=True)
async def test_a_dead_platform_and_a_dead_mail_server_keep_nobody_waiting(unmanned: House) -> None:
    """An effect that nobody can carry out, and letters that nobody takes: the case goes on in new runs, and answers."""
    unmanned.postman.slow = lambda notice: True
    unmanned.cashier = platform = DeadPlatform()
    async with unmanned.at_work():
        case = await banned(unmanned, appeal_window=timedelta(minutes=10))
        await until(lambda: _running(unmanned))
        first = (await case.handle.describe()).run_id
        for n in range(10):
            answers = await asyncio.gather(
                *(case.says("note", "per_mia", text=f"Note {n}.{m}") for m in range(6)),
            )
            assert {answer.status for answer in answers} == {"accepted"}
        assert (await case.handle.describe()).run_id != first
        platform.back = True

        async def carried_out() -> bool:
            return not await _running(unmanned)

        await until(carried_out)
    assert len({effect.id for effect in platform.done}) == 1


async def _running(house: House) -> bool:
    async with house.database.tenant(house.tenant_id) as conn:
        return bool(await conn.fetchval("SELECT count(*) FROM effects WHERE state = 'running' AND began_at IS NOT NULL"))
