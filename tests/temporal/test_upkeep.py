"""What is due once a day is done by schedules on a real Temporal server, in a process that has the role or the key for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import Client, ScheduleOverlapPolicy

from activities.ports.errors import Never
from runtime.settings import Settings
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.audit import PostgresAudit
from storage.record.heads import Signer, new_key
from storage.record.signing import Signing
from tests.support.temporal import until
from tests.support.worlds import World, a_command, some_terms, sql
from workers.upkeep import HEADS, RETENTION, Heads, Retention, Tally, Told, Upkeep, register, schedule_id, working

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]


@pytest.fixture
async def world(database: Database, vault: Vault, tenant_id: str) -> World:
    """A tenant with its people."""
    made = World(database, vault, tenant_id)
    await made.staff()
    return made


async def expired(world: World) -> str:
    """A closed case whose time is over."""
    case_id = await world.case(terms=some_terms(keep_for="PT0S"))
    await world.record(case_id, a_command("withdraw", await world.claimant(case_id)))
    return case_id


async def readable(world: World, case_id: str) -> int:
    left = "SELECT count(*) AS n FROM keys WHERE tenant = $1 AND case_id = $2 AND wrapped IS NOT NULL"
    (row,) = await sql(world, left, world.tenant_id, case_id)
    return int(row["n"])


async def test_a_schedule_erases_what_is_past_its_time(client: Client, world: World) -> None:
    case_id, settings, tally = await expired(world), Settings(task_queue=f"q-{world.tenant_id}"), Tally()
    upkeep = Upkeep({RETENTION: Told(RETENTION, Retention(world.database, world.tenant_id), tally)}, tally)
    async with working(settings, client, upkeep):
        handle = client.get_schedule_handle(schedule_id(settings, RETENTION))
        await handle.pause(note="not tonight")
        # Another process of the same kind, or this one of a later release, comes up.
        await register(client, settings, RETENTION)
        described = await handle.describe()
        assert described.schedule.state.paused
        assert described.schedule.policy.overlap is ScheduleOverlapPolicy.SKIP
        await handle.unpause()
        assert await readable(world, case_id)
        await handle.trigger()

        async def gone() -> bool:
            return await readable(world, case_id) == 0

        await until(gone)

        async def told() -> bool:
            return tally.registry.get_sample_value("ombud_upkeep_runs_total", {"upkeep": RETENTION, "result": "done"}) == 1

        await until(told)
    assert (tally.registry.get_sample_value("ombud_upkeep_done", {"upkeep": RETENTION, "what": "erased"}) or 0) >= 1


async def test_heads_are_signed_and_a_record_that_is_not_whole_is_for_a_person(world: World, tmp_path: Path) -> None:
    case_id = await world.case()
    signer, file = Signer.from_pem(new_key()), tmp_path / "heads.jsonl"
    audit = PostgresAudit(world.database, world.vault, public_key=signer.public_key)
    tally, beats = Tally(), list[int]()
    job = Told(HEADS, Heads(Signing(audit, signer), file, world.tenant_id), tally)
    done = await job.run(lambda: beats.append(1))
    assert done["signed"] >= 1
    assert case_id
    whole = file.read_text()
    for broken in (whole[:-40] + "\n", whole.replace(signer.public_key[:1], "x", 1), whole.partition("\n")[2]):
        file.write_text(broken)
        with pytest.raises(Never):
            await job.run(lambda: None)
    assert tally.registry.get_sample_value("ombud_upkeep_runs_total", {"upkeep": HEADS, "result": "done"}) == 1
