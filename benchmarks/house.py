"""Everything that a case needs, on services of its own in a temporary folder, gone when the measuring is over."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from asyncpg.connection import LoggedQuery
from rich.console import Console
from temporalio.client import Client
from temporalio.worker import Worker

from activities.assign import AssignActivities
from activities.carry_out import CarryOutActivities
from activities.deliver import DeliverActivities
from activities.ports.effects import OrderedEffect
from activities.ports.notices import OutgoingNotice
from activities.record import RecordActivities
from benchmarks.bare import BareActivities, BareWorkflow
from benchmarks.figures import Figure, show
from cli.kit.compose import prepare_database, shelf
from domain.worktime.calculator import zone_data_version
from policies.shelf import Shelf
from runtime.connection import connect_temporal
from runtime.embedded.stack import Stack
from runtime.logs import set_up_logs
from runtime.memory import spare_what_stays
from runtime.places import Places, find_places
from runtime.plugin import ombud_plugin, sandboxed_runner
from runtime.settings import Settings
from runtime.zones import use_wheel_zones
from storage.intake.inbox import PostgresInbox
from storage.intake.opening import PostgresIntake
from storage.outside.effects import PostgresEffects
from storage.outside.outbox import PostgresOutbox
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.records import PostgresRecords
from storage.team.roster import PostgresRoster
from storage.tenants import Person, PostgresTenants, Tenant
from workers.life import STICKY_FOR
from workflows.case import CaseWorkflow
from workflows.delivery import DeliveryWorkflow
from workflows.handles import SEARCH_ATTRIBUTES, CaseDoors
from workflows.options import OUTBOUND

Say = Callable[[str], None]

TENANT = "bench"
QUEUE = "bench"
MEDIATOR = "per_bench"


class Quiet:
    """Sends nothing, and counts what it was given to send."""

    def __init__(self) -> None:
        self.notices: dict[str, list[OutgoingNotice]] = {}

    async def send(self, notice: OutgoingNotice) -> str:
        self.notices.setdefault(notice.case_id, []).append(notice)
        return "kept"


class Willing:
    """Carries every remedy out at once."""

    async def perform(self, effect: OrderedEffect) -> Any:
        return "reversed" if effect.reverses else "done"


@dataclass(frozen=True)
class House:
    """The parts that the measurements use."""

    client: Client
    database: Database
    owner_url: str
    records: PostgresRecords
    inbox: PostgresInbox
    intake: PostgresIntake
    roster: PostgresRoster
    outbox: PostgresOutbox
    effects: PostgresEffects
    doors: CaseDoors
    shelf: Shelf
    pids: Mapping[str, int]
    statements: Counter[str]
    """How often each statement was answered, by its beginning."""
    notifier: Quiet = field(default_factory=Quiet)

    @classmethod
    async def of(
        cls, settings: Settings, places: Places, database: Database, pids: Mapping[str, int], statements: Counter[str]
    ) -> House:
        vault = Vault.from_text(places.master_key)
        client = await connect_temporal(settings, places.temporal_address, plugins=[ombud_plugin()])
        tenants = PostgresTenants(database, vault)
        await tenants.create(Tenant(id=TENANT, name="Bench"))
        queues = tuple({name for pack in shelf().packs.values() for name in (pack.queue, pack.appeal_queue)})
        await tenants.put_person(
            TENANT, Person(id=MEDIATOR, name="Bench", email="bench@example.com", queues=queues, capacity=10**6)
        )
        return cls(
            client=client,
            database=database,
            owner_url=places.database_owner_url,
            records=PostgresRecords(database),
            inbox=PostgresInbox(database, vault),
            intake=PostgresIntake(database, vault),
            roster=PostgresRoster(database),
            outbox=PostgresOutbox(database, vault),
            effects=PostgresEffects(database, vault),
            doors=CaseDoors(client, QUEUE),
            shelf=shelf(),
            pids=pids,
            statements=statements,
        )

    def case_activities(self) -> list[Any]:
        """``record`` and ``assign``, as a worker has them."""
        # Temporal's lists do not follow: what that costs is a choice of whoever runs it, and said beside the numbers.
        record = RecordActivities(self.records, self.inbox, zone_data_version(), lists=lambda: False)
        return [record.record, AssignActivities(self.records, self.roster, self.inbox, record.remembered).assign]


@asynccontextmanager
async def a_house(say: Callable[[str], None]) -> AsyncIterator[House]:
    """Postgres and Temporal in a folder of their own, migrated and with one tenant; all of it is gone afterwards."""
    statements: Counter[str] = Counter()

    def answered(one: LoggedQuery) -> None:
        statements[" ".join(one.query.split())[:90]] += 1

    async with (
        a_stack(say) as (settings, places, pids),
        await Database.connect(
            places.database_url, admin_dsn=places.database_admin_url, max_size=20, statements=answered
        ) as database,
    ):
        yield await House.of(settings, places, database, pids, statements)


@asynccontextmanager
async def a_stack(
    say: Callable[[str], None], *, mail: bool = False, **own: Any
) -> AsyncIterator[tuple[Settings, Places, Mapping[str, int]]]:
    """Postgres and Temporal in a folder of their own, with ``mail`` a mail catcher beside them, migrated and empty; all of it is
    gone afterwards. ``own``: further settings."""
    folder = Path(tempfile.mkdtemp(prefix="ombud-bench-"))
    settings = Settings(state_dir=folder, database_url=None, temporal_address=None, development=True, **own)
    stack = Stack(settings, search_attributes=SEARCH_ATTRIBUTES, mail=mail)
    try:
        info = await stack.up(say)
        places = find_places(settings)
        await prepare_database(places)
        yield settings, places, {str(service): pid for service, pid in info.pids.items()}
    finally:
        await stack.down(say)
        await stack.destroy()
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


@asynccontextmanager
async def at_work(house: House) -> AsyncIterator[None]:
    """One worker for cases and bare workflows, one for what goes outside: both kinds of work meet the same conditions."""
    bare = BareActivities()
    deliver = DeliverActivities(house.outbox, house.notifier)
    remedies = CarryOutActivities(house.effects, Willing()).carry_out
    cases = Worker(
        house.client,
        task_queue=QUEUE,
        workflows=[CaseWorkflow, DeliveryWorkflow, BareWorkflow],
        activities=[*house.case_activities(), bare.local],
        workflow_runner=sandboxed_runner(),
        max_cached_workflows=1000,
        max_concurrent_workflow_tasks=8,
        max_concurrent_local_activities=50,
        sticky_queue_schedule_to_start_timeout=STICKY_FOR,
    )
    outside: list[Callable[..., Any]] = [deliver.deliver, deliver.deliver_one, deliver.give_up, remedies, bare.regular]
    async with cases, Worker(house.client, task_queue=QUEUE + OUTBOUND, activities=outside):
        # As a worker does when it is ready.
        spare_what_stays()
        yield


def measured_alone(measure: Callable[[Callable[[str], None]], Coroutine[Any, Any, list[Figure]]]) -> None:
    """Measure in a stack of its own, saying when what begins, and print what was found."""
    use_wheel_zones()
    set_up_logs(Settings(log_level="ERROR"), process="bench", plain=str)
    console, begin = Console(width=120), perf_counter()

    def say(what: str) -> None:
        console.print(f"[dim]{perf_counter() - begin:6.1f} s  {what}[/dim]", highlight=False)

    with kept_bytecode():
        show(asyncio.run(measure(say)), console)
    sys.stdout.flush()


@contextmanager
def kept_bytecode() -> Iterator[None]:
    """Some shells forbid Python to write bytecode; every sandbox would compile its workflow anew, as no installed worker does."""
    forbidden = sys.dont_write_bytecode
    with tempfile.TemporaryDirectory(prefix="ombud-bench-pyc-") as folder:
        if forbidden:
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
            os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = folder
            sys.dont_write_bytecode = False
        try:
            yield
        finally:
            sys.dont_write_bytecode = forbidden
