"""One tenant's storm does not starve another, and the urgent case goes first: in Temporal's own queues, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml
from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.messages import Recorded, RecordInput
from runtime.plugin import ombud_plugin, sandboxed_runner
from tests.support.places import ROOT
from tests.support.temporal import KEYS, OPENED_AT, House, until
from workflows.case import CaseWorkflow
from workflows.handles import CaseDoors, Named

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]

STORM = 60
"""Cases of the busy tenant that wait before the quiet one's first."""


@pytest.fixture
async def fair(temporal_program: Path) -> AsyncIterator[CaseDoors]:
    """The doors of a server that looks at the keys, as the cluster's does."""
    config = yaml.safe_load((ROOT / "deploy" / "temporal" / "dynamic-config.yaml").read_text(encoding="utf-8"))
    given = {key: str(values[0]["value"]).lower() for key, values in config.items()}
    # One partition: a few dozen tasks spread over four are no queue.
    given |= {"matching.numTaskqueueReadPartitions": "1", "matching.numTaskqueueWritePartitions": "1"}
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(temporal_program),
        dev_server_extra_args=[word for key, value in given.items() for word in ("--dynamic-config-value", f"{key}={value}")],
        dev_server_log_level="error",
        plugins=[ombud_plugin()],
        search_attributes=KEYS,
    ) as environment:
        yield CaseDoors(environment.client, "fair")


async def _order(doors: CaseDoors, cases: list[Named]) -> list[str]:
    """Start these while nobody works; then one worker takes one task at a time: the cases in the order of its coming to them."""
    taken: list[str] = []

    @activity.defn(name="records.record")
    async def record(ask: RecordInput) -> Recorded:
        taken.append(ask.case_id)
        return Recorded(quiet=True)

    for case in cases:
        assert await doors.revive(case)
    # What waits is on the server's disk by now, and not in the hand of a request that waits for a worker.
    await asyncio.sleep(2)
    worker = Worker(
        doors._client,
        task_queue="fair",
        workflows=[CaseWorkflow],
        activities=[record],
        workflow_runner=sandboxed_runner(),
        max_cached_workflows=0,
        max_concurrent_workflow_tasks=1,
        max_concurrent_workflow_task_polls=1,
    )
    async with worker:
        await until(lambda: len(set(taken)) == len(cases))
    return list(dict.fromkeys(taken))


def _storm(number: int, priority: str = "normal") -> list[Named]:
    return [Named("busy", f"case_busy-{n:03}", "fraud_report", OPENED_AT, priority) for n in range(number)]


async def test_a_quiet_tenant_has_its_turn_in_the_middle_of_anothers_storm(fair: CaseDoors) -> None:
    quiet = [Named("quiet", f"case_quiet-{n}", "fraud_report", OPENED_AT, "normal") for n in range(3)]
    order = await _order(fair, [*_storm(STORM), *quiet])
    last = max(order.index(case.case_id) for case in quiet)
    assert last < STORM // 3, order


async def test_the_urgent_case_goes_before_what_came_sooner(fair: CaseDoors) -> None:
    urgent = Named("busy", "case_urgent", "fraud_report", OPENED_AT, "urgent")
    order = await _order(fair, [*_storm(STORM, "low"), urgent])
    assert order.index("case_urgent") < STORM // 3, order


async def test_a_case_its_activities_and_its_deliveries_carry_the_keys(house: House) -> None:
    house.postman.slow = lambda notice: True
    case = await house.opens("fraud_report")
    await case.starts()
    await case.until(owner="per_mia")
    assert (await case.view())["priority"] == "normal"

    async def handed_over() -> bool:
        return any(e.HasField("child_workflow_execution_started_event_attributes") for e in await case.history())

    await until(handed_over)
    events = await case.history()
    assert events[0].workflow_execution_started_event_attributes.priority.fairness_key == house.tenant_id
    activities = [e.activity_task_scheduled_event_attributes for e in events]
    children = [e.start_child_workflow_execution_initiated_event_attributes for e in events]
    places = [one.priority for one in activities if one.ByteSize()] + [one.priority for one in children if one.ByteSize()]
    keys = [(place.priority_key, place.fairness_key) for place in places]
    assert len(keys) >= 2
    assert set(keys) == {(3, house.tenant_id)}
