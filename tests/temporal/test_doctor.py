"""What `ombud doctor` asks a real server about the fleet: who takes tasks, which version gets them, what is paused or fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import generate_latest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import PauseActivityRequest
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError
from temporalio.worker import Worker, WorkerDeploymentConfig

from runtime.checks import Server
from runtime.embedded.stack import Stack
from runtime.errors import ServiceFault
from runtime.namespace import promote
from runtime.plugin import sandboxed_runner
from runtime.pollers import HEARD_WITHIN, Queue
from runtime.settings import Settings
from runtime.worker_checks import deployment, workers
from services.doctor import judged_activities
from services.held_up import HeldUp, held_up
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from tests.support.temporal import House, Living, TemporalServer, a_house, banned, until
from workers.metrics import Counters
from workers.watch import FollowingLists, Watch
from workflows.case import CaseWorkflow
from workflows.options import OUTBOUND
from workflows.runs import CaseRuns

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]
PATIENCE = timedelta(seconds=10)


@pytest.fixture
async def empty_house(temporal_server: TemporalServer, client: Client, database: Database, vault: Vault, tenant_id: str) -> House:
    """A house in which nobody works yet."""
    return await a_house(temporal_server, client, database, vault, tenant_id)


def looking(house: House, heard_within: timedelta = HEARD_WITHIN) -> Server:
    given = Settings(_env_file=None, temporal_address=house.server.address)
    return Server(given, Stack(given), PATIENCE, heard_within)


def queues_of(house: House) -> list[Queue]:
    return [Queue(house.queue, "workflow"), Queue(house.queue, "activity"), Queue(house.queue + OUTBOUND, "activity")]


async def test_that_nobody_takes_tasks_is_told_loudly(empty_house: House) -> None:
    house, server, queues = empty_house, looking(empty_house), queues_of(empty_house)
    look = await workers(server, queues)
    assert (look.verdict, look.found.startswith(f"no worker takes tasks of {house.queue} (workflow)")) == ("fail", True)
    assert "ombud worker run" in look.next_step
    assert (await deployment(server, queues[0], None)).verdict == "warn"
    async with house.at_work():

        async def well() -> bool:
            return (await workers(server, queues)).verdict == "ok"

        await until(well)
        look = await workers(server, [*queues, Queue(f"{house.queue}-other", "activity")])
        assert (look.verdict, f"{house.queue}-other (activity)" in look.found) == ("fail", True)
        assert (await deployment(server, queues[0], None)).found == "workers run without a version"
    # The server names for minutes who was there: what was heard of long ago is not there.
    assert (await workers(looking(house, timedelta(0)), queues)).verdict == "fail"


@asynccontextmanager
async def versioned(house: House, name: str, build: str) -> AsyncIterator[None]:
    config = WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(name, build),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )
    runner = sandboxed_runner()
    async with Worker(
        house.client, task_queue=house.queue, workflows=[CaseWorkflow], workflow_runner=runner, deployment_config=config
    ):
        yield


async def test_a_version_that_gets_the_tasks_and_does_not_run_is_told(empty_house: House) -> None:
    house, name = empty_house, f"ombud-{empty_house.tenant_id}"
    server, just_now, cases = looking(house), looking(house, timedelta(seconds=2)), queues_of(house)[0]

    async def says(verdict: str, words: str, named: str | None = None) -> bool:
        look = await deployment(server if named is None else just_now, cases, named)
        return look.verdict == verdict and words in look.found

    async def promoted(build: str) -> bool:
        try:
            await promote(house.client, name, build, PATIENCE)
        except (ServiceFault, RPCError):
            return False
        return True

    async with versioned(house, name, "b1"):
        await until(lambda: says("fail", f"no version of {name} is current: every case waits; workers run of b1"))
        await until(lambda: promoted("b1"))
        await until(lambda: says("ok", f"{name}: b1 is current"))
    counters = Counters()
    settings = Settings(_env_file=None, worker_deployment_name=name, worker_build_id="b2", task_queue=house.queue)
    watch = Watch(
        house.database,
        CaseRuns(house.client, house.queue),
        house.client,
        settings,
        counters,
        FollowingLists(True),
        heard_within=timedelta(seconds=2),
    )
    async with versioned(house, name, "b2"):
        await until(lambda: says("fail", "b1 is current and no worker of it runs: every case waits", name))
        await watch.look()
    assert "ombud_deployment_current_runs 0.0" in generate_latest(counters.registry).decode()


class Failing:
    """A platform that never answers."""

    async def perform(self, effect: Any) -> Any:
        raise ConnectionError("away")


async def pause(case: Living, kind: str) -> None:
    await case.house.client.workflow_service.pause_activity(
        PauseActivityRequest(
            namespace="default", execution=WorkflowExecution(workflow_id=case.named.workflow_id), type=kind, identity="ops"
        )
    )


async def test_what_was_paused_and_what_fails_again_and_again_is_told_with_the_cure(empty_house: House) -> None:
    house = empty_house
    house.cashier = Failing()  # type: ignore[assignment]  # it keeps no list of what it paid, for it pays nothing
    runs = CaseRuns(house.client, house.queue)

    async def mine() -> HeldUp:
        found = await held_up(house.database, runs, older_than=timedelta(0), often=2)
        return HeldUp(
            [one for one in found.paused if one.workflow_id.startswith(f"case/{house.tenant_id}/")],
            [one for one in found.failing if one.workflow_id.startswith(f"case/{house.tenant_id}/")],
            listed=found.listed,
        )

    async with house.at_work():
        case = await banned(house, appeal_window=timedelta(hours=1))

        async def fails() -> bool:
            return bool((await mine()).failing)

        await until(fails)
        told = judged_activities(await mine())
        assert (told.verdict, f"effects.carry_out of {case.named.workflow_id}" in told.found) == ("warn", True)
        await pause(case, "effects.carry_out")

        async def paused() -> bool:
            return bool((await mine()).paused)

        await until(paused)
        found = await mine()
        told = judged_activities(found)
        assert (told.verdict, found.listed) == ("fail", True)
        (one,) = found.paused
        assert (one.activity, one.paused) == ("effects.carry_out", True)
        cure = told.next_step.split("`")[1].split()
        assert cure[:4] == ["ombud", "temporal", "activity", "unpause"]
        counters = Counters()
        await Watch(house.database, runs, house.client, Settings(_env_file=None), counters, FollowingLists(True)).look()
        assert "ombud_paused_activities 0.0" not in generate_latest(counters.registry).decode()
        assert (await house.server.cli(*cure[2:])).code == 0
        assert not (await mine()).paused
