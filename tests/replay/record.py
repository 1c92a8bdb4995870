"""Live every life of ``endings.py`` on a real server and a real database, and keep the histories.

    python -m tests.replay.record            all of them
    python -m tests.replay.record settled    those whose name contains a word

What says where it was recorded (names of machines, of processes) is left out.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from runtime.embedded.stack import Stack
from runtime.plugin import ombud_plugin
from runtime.settings import Settings
from runtime.zones import use_wheel_zones
from storage.postgres.migrate import migrate
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.tenants import PostgresTenants, Tenant
from tests.replay.endings import EVERY_KIND, KINDS, ONE_KIND, Life, continued
from tests.support.temporal import KEYS, House, TemporalServer, a_house, connected, troubles
from workflows.handles import SEARCH_ATTRIBUTES

HISTORIES = Path(__file__).parent / "histories"
QUEUE = "ombud"
SHORT_HISTORY = 30
"""Events after which the impatient server suggests to continue as new."""


def file_of(kind: str, life: Life, part: str) -> Path:
    """Where a history is kept: ``fraud_report.reopened.second.json``."""
    name = ".".join(filter(None, (kind, life.__name__, part)))
    return HISTORIES / f"{name}.json"


def scrubbed(value: Any) -> Any:
    """The history without who recorded it."""
    if isinstance(value, dict):
        if value.get("kind") == "TASK_QUEUE_KIND_STICKY":
            value = {**value, "name": "sticky"}
        return {k: "recorded" if k in ("identity", "stackTrace") else scrubbed(v) for k, v in value.items()}
    return [scrubbed(one) for one in value] if isinstance(value, list) else value


async def keep(path: Path, handle: WorkflowHandle[Any, Any]) -> None:
    """Write one history, when nothing in it went wrong."""
    history = await handle.fetch_history()
    if wrong := troubles(list(history.events)):
        raise RuntimeError(f"{path.name}: {wrong}")
    print(f"{path.name}: {len(history.events)} events, {write(path, history.to_json())} bytes")


def write(path: Path, history: str) -> int:
    """One event a line; how many bytes that made."""
    body = scrubbed(json.loads(history))
    lines = ",\n".join(json.dumps(event, separators=(",", ":"), ensure_ascii=True) for event in body["events"])
    return path.write_text(f'{{"events": [\n{lines}\n]}}\n', encoding="utf-8")


@asynccontextmanager
async def ground() -> AsyncIterator[tuple[TemporalServer, Database, Vault]]:
    """Services of their own, with one tenant."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, state_dir=Path(folder), database_url=None, temporal_address=None)
        stack = Stack(settings, search_attributes=SEARCH_ATTRIBUTES)
        info = await stack.up(print)
        try:
            await migrate(info.database_owner_url)
            vault = Vault(bytes(range(32)))
            async with await Database.connect(info.database_url, admin_dsn=info.database_admin_url, max_size=10) as database:
                await PostgresTenants(database, vault).create(Tenant(id="acme", name="Acme", development=True))
                program = (await asyncio.to_thread(stack.binaries.find, print)).path
                yield TemporalServer(info.temporal_address, program), database, vault
        finally:
            await stack.destroy()


async def live(house: House, kind: str, life: Life) -> None:
    """Live one life and keep what it leaves."""
    async with house.at_work():
        for part, handle in (await life(house, kind)).items():
            await keep(file_of(kind, life, part), handle)


async def record(word: str) -> None:
    """Record the lives whose name contains a word."""
    lives = [(kind, life) for kind in KINDS for life in EVERY_KIND] + list(ONE_KIND)
    HISTORIES.mkdir(exist_ok=True)
    async with ground() as (server, database, vault):
        client = await connected(server.address)
        for kind, life in lives:
            if word in life.__name__:
                house = await a_house(server, client, database, vault, "acme")
                house.queue, house.doors = QUEUE, house.doors.__class__(client, QUEUE)
                await live(house, kind, life)
        if word in "continued":
            async with await WorkflowEnvironment.start_local(
                dev_server_existing_path=str(server.program),
                dev_server_extra_args=["--dynamic-config-value", f"limit.historyCount.suggestContinueAsNew={SHORT_HISTORY}"],
                dev_server_log_level="error",
                plugins=[ombud_plugin()],
                search_attributes=KEYS,
            ) as environment:
                await live(await a_house(server, environment.client, database, vault, "acme"), KINDS[0], continued)


if __name__ == "__main__":
    use_wheel_zones()
    asyncio.run(record(sys.argv[1] if len(sys.argv) > 1 else ""))
    sys.stdout.flush()
    # A process that used Temporal's core sometimes aborts while the interpreter winds down; everything is written by now.
    os._exit(0)
