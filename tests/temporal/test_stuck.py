"""What keeps cases from moving is found and named: tasks that fail, a bare namespace, a version that nobody promoted."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from prometheus_client import generate_latest
from temporalio import activity
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities.messages import RecordInput
from runtime.errors import ServiceFault
from runtime.namespace import current_build, missing_attributes, promote
from runtime.plugin import ombud_plugin, sandboxed_runner
from runtime.settings import Settings
from services.held_up import held_up
from services.revival import restart_stuck
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from tests.support.temporal import House, TemporalServer, a_house, troubles, until, working
from workers.metrics import Counters
from workers.watch import FollowingLists, Watch
from workflows.case import CaseWorkflow
from workflows.handles import FOLLOWED, NEEDED, SEARCH_ATTRIBUTES, CaseDoors, RefusedByTemporal
from workflows.runs import TASK_TRIES, CaseRuns
from workflows.summaries import PHASE

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]
PATIENCE = timedelta(seconds=10)


@activity.defn(name="records.record")
async def nonsense(ask: RecordInput) -> str:
    """What no workflow can read: its task fails, again and again."""
    return "nonsense"


@pytest.fixture
async def empty_house(temporal_server: TemporalServer, client: Client, database: Database, vault: Vault, tenant_id: str) -> House:
    """A house in which nobody works yet."""
    return await a_house(temporal_server, client, database, vault, tenant_id)


async def test_a_run_whose_task_fails_is_told_and_begun_anew_and_what_it_was_told_is_not_lost(empty_house: House) -> None:
    house, runs = empty_house, CaseRuns(empty_house.client, empty_house.queue)
    case = await house.opens()
    command = case.command("message", "claimant", text="Is anybody there?")
    async with working(house.client, house.queue, [nonsense], [nonsense]):
        await house.doors.poke(case.named)
        await case.handle.signal("tell", command)

        async def failing() -> bool:
            return (await runs.state(case.named)).failing >= TASK_TRIES

        await until(failing)
    counters = Counters()
    async with house.database.tenant(house.tenant_id) as conn:
        await conn.execute(
            "INSERT INTO pokes (tenant, case_id, turn, times, poked_at) "
            "SELECT tenant, id, turn, 20, now() FROM cases WHERE id = $1",
            case.opened.case_id,
        )
    await Watch(house.database, runs, house.client, Settings(_env_file=None), counters, FollowingLists(True)).look()
    told = generate_latest(counters.registry).decode()
    assert "ombud_stuck_cases 0.0" not in told
    assert "ombud_failing_cases 0.0" not in told
    assert "ombud_search_attributes_missing 0.0" in told
    async with house.at_work():
        first = (await case.handle.describe()).run_id
        assert await restart_stuck(house.database, runs, [house.tenant_id]) == {
            "checked": 1,
            "restarted": 1,
            "unpinned": 0,
            "refused": 0,
        }
        await case.until(phase="settlement")
        assert (await case.handle.describe()).run_id != first

        async def said() -> bool:
            async with house.database.tenant(house.tenant_id) as conn:
                return bool(await conn.fetchval("SELECT count(*) FROM facts WHERE type = 'message_sent'") == 1)

        await until(said)
        assert troubles(await case.history()) == []
        assert (await restart_stuck(house.database, runs, [house.tenant_id]))["restarted"] == 0


async def test_a_run_that_somebody_pinned_to_a_build_which_is_away_is_named_and_let_go(empty_house: House) -> None:
    house, runs = empty_house, CaseRuns(empty_house.client, empty_house.queue)
    async with house.at_work():
        case = await house.opens()
        await case.starts()
        await until(case.rests)
        pinned = await house.server.cli(
            "workflow", "update-options", "--workflow-id", case.named.workflow_id, "--versioning-override-behavior", "pinned",
            "--versioning-override-deployment-name", "ombud", "--versioning-override-build-id", "gone",
        )  # fmt: skip
        assert pinned.code == 0, pinned.err
        await case.handle.signal("tell", case.command("message", "claimant", text="Is anybody there?"))

        async def named() -> bool:
            return (await held_up(house.database, runs)).pinned == [case.named.workflow_id]

        await until(named)
        assert (await restart_stuck(house.database, runs, [house.tenant_id]))["unpinned"] == 1

        async def said() -> bool:
            async with house.database.tenant(house.tenant_id) as conn:
                return bool(await conn.fetchval("SELECT count(*) FROM facts WHERE type = 'message_sent'") == 1)

        await until(said)
        assert (await held_up(house.database, runs)).pinned == []
        assert troubles(await case.history()) == []


async def test_a_bare_namespace_is_told_with_the_words_of_temporal(empty_house: House) -> None:
    house = empty_house
    done = await house.server.cli("operator", "namespace", "create", "bare")
    assert done.code == 0 or "already exists" in done.err, done.err
    bare = await _bare(house)
    assert await missing_attributes(bare, SEARCH_ATTRIBUTES, PATIENCE) == sorted(SEARCH_ATTRIBUTES)
    assert await missing_attributes(house.client, SEARCH_ATTRIBUTES, PATIENCE) == []
    counters, lists = Counters(), FollowingLists(True)
    watch = Watch(house.database, CaseRuns(bare, house.queue), bare, Settings(_env_file=None), counters, lists)
    await watch.look_at_attributes()
    assert f"ombud_search_attributes_missing {len(NEEDED)}.0" in generate_latest(counters.registry).decode()
    case = await house.opens()
    with pytest.raises(RefusedByTemporal, match=r"Temporal refused: invalid_argument: .*(TenantId|CaseKind|CaseStatus|OpenedAt)"):
        await CaseDoors(bare, house.queue).poke(case.named)


async def test_a_namespace_as_the_last_release_left_it_stops_no_case_and_then_its_lists_follow(empty_house: House) -> None:
    """It knows what a case is started with, and not yet what it shows while it runs."""
    house = empty_house
    done = await house.server.cli("operator", "namespace", "create", "earlier")
    assert done.code == 0 or "already exists" in done.err, done.err
    earlier, server = await _bare(house, "earlier"), TemporalServer(house.server.address, house.server.program, "earlier")

    async def add(kinds: dict[str, str]) -> None:
        for name, kind in kinds.items():
            words = ("operator", "search-attribute", "create", "--name", name, "--type", kind)
            assert (await server.cli(*words)).code == 0

    await add(NEEDED)
    counters, lists = Counters(), FollowingLists(True)
    house.client, house.doors, house.following = earlier, CaseDoors(earlier, house.queue), lists.follow
    watch = Watch(house.database, CaseRuns(earlier, house.queue), earlier, Settings(_env_file=None), counters, lists)

    async def looked(follow: bool) -> bool:
        await watch.look_at_attributes()
        return "ombud_search_attributes_missing 0.0" in generate_latest(counters.registry).decode() and lists.follow() == follow

    await until(lambda: looked(follow=False))
    async with house.at_work():
        case = await house.opens()
        await case.starts()
        await case.until(phase="settlement")
        await add(FOLLOWED)
        await until(lambda: looked(follow=True))
        await case.does("message", "claimant", text="Is anybody there?")

        async def shown() -> bool:
            return (await case.handle.describe()).typed_search_attributes.get(PHASE) == "settlement"

        await until(shown)
        assert troubles(await case.history()) == []
    assert not FollowingLists(False).follow()


async def _bare(house: House, namespace: str = "bare") -> Client:
    """A client of it; a namespace is known everywhere only some seconds after it was made."""
    bare = await Client.connect(house.server.address, namespace=namespace, plugins=[ombud_plugin()])
    for _ in range(100):
        try:
            await missing_attributes(bare, SEARCH_ATTRIBUTES, PATIENCE)
        except Exception:  # noqa: BLE001 - not there yet
            await asyncio.sleep(0.2)
        else:
            break
    return bare


async def test_a_version_that_nobody_promoted_is_told_until_somebody_does(empty_house: House) -> None:
    house, name = empty_house, f"ombud-{empty_house.tenant_id}"
    assert await current_build(house.client, name, PATIENCE) is None
    config = WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(name, "b1"),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )
    settings = Settings(_env_file=None, worker_deployment_name=name, worker_build_id="b1")
    counters = Counters()
    runs = CaseRuns(house.client, house.queue)
    watch = Watch(house.database, runs, house.client, settings, counters, FollowingLists(True))
    async with Worker(
        house.client,
        task_queue=house.queue,
        workflows=[CaseWorkflow],
        workflow_runner=sandboxed_runner(),
        deployment_config=config,
    ):
        await watch.look()
        assert "ombud_deployment_has_current 0.0" in generate_latest(counters.registry).decode()

        async def promoted() -> bool:
            try:
                return await promote(house.client, name, "b1", PATIENCE) is None
            except ServiceFault:
                return False

        await until(promoted)
        with pytest.raises(
            ServiceFault, match=r"Temporal refused to make b2 of .* current: .* Does a worker of that build run\?"
        ):
            await promote(house.client, name, "b2", PATIENCE)
        assert await current_build(house.client, name, PATIENCE) == "b1"
        await watch.look()
    assert "ombud_deployment_has_current 1.0" in generate_latest(counters.registry).decode()
