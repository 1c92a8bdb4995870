"""A real Temporal development server for tests, and cases that run on it with the real activities over a real Postgres.

Only mails, webhooks and payments are played. One server a session; a task queue and a tenant of its own for each test.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Literal

import pytest
from temporalio.api.enums.v1 import EventType, TimeoutType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributeKey
from temporalio.worker import Worker

from activities.assign import AssignActivities
from activities.carry_out import CarryOutActivities
from activities.deliver import DeliverActivities
from activities.lookups import Lookups
from activities.messages import Answer
from activities.ports.effects import OrderedEffect
from activities.ports.errors import Never
from activities.ports.notices import OutgoingNotice
from activities.ports.records import CaseSnapshot, Records, Transition
from activities.record import RecordActivities
from domain.model.report import Report
from domain.model.terms import Terms
from domain.worktime.spans import Span, SpanUnit
from policies.shelf import Shelf
from runtime.embedded import processes
from runtime.embedded.binary import BinaryFinder
from runtime.embedded.temporal import EmbeddedTemporal
from runtime.plugin import ombud_plugin, sandboxed_runner
from storage.intake.inbox import PostgresInbox
from storage.intake.opening import Opened, PostgresIntake
from storage.outside.cross_case import PostgresCrossCaseTasks
from storage.outside.effects import PostgresEffects
from storage.outside.outbox import PostgresOutbox
from storage.policies.library import PostgresLibrary
from storage.policies.publications import PostgresPublications
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.other_cases import PostgresOtherCases
from storage.record.records import PostgresRecords
from storage.record.sanctions import PostgresSanctions
from storage.team.roster import PostgresRoster
from storage.tenants import Person, PostgresTenants
from tests.support.cases import STATEMENT
from workers.policies import ShelfPolicies
from workflows import handles
from workflows.case import CaseWorkflow
from workflows.delivery import DeliveryWorkflow
from workflows.handles import CASE_KIND, SEARCH_ATTRIBUTES, TENANT_ID, CaseDoors, Named
from workflows.options import OUTBOUND
from workflows.summaries import CASE_STATUS, NEXT_DUE_AT, OUTCOME, PHASE, PRIORITY, QUEUE

KEYS: list[SearchAttributeKey[Any]] = [
    TENANT_ID,
    CASE_KIND,
    CASE_STATUS,
    OUTCOME,
    handles.OPENED_AT,
    PHASE,
    QUEUE,
    PRIORITY,
    NEXT_DUE_AT,
]
"""All by which a server of a test's own has to know cases."""
OPENED_AT = datetime(2026, 3, 2, tzinfo=UTC)
"""What Temporal's lists are told of when a case was opened."""
WAIT_FOR = 30.0
"""Seconds that a test waits for something at most; it is there in some hundredths."""
_numbers = count(1)


@dataclass(frozen=True)
class TemporalServer:
    """A server, and the program that is both it and its command line."""

    address: str
    program: Path
    namespace: str = "default"

    async def cli(self, *arguments: str) -> CliDone:
        """Run Temporal's own command line against it."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
        places = ("--address", self.address, "--namespace", self.namespace)
        pipe = asyncio.subprocess.PIPE
        running = await asyncio.create_subprocess_exec(
            str(self.program), *arguments, *places, "--output", "json", stdout=pipe, stderr=pipe, env=env
        )
        out, err = await running.communicate()
        return CliDone(running.returncode or 0, out.decode(), err.decode())


@dataclass(frozen=True)
class CliDone:
    """What a command line said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Its answer."""
        assert self.code == 0, f"{self.out}{self.err}"
        return json.loads(self.out)


@pytest.fixture(scope="session")
def temporal_program() -> Path:
    """The Temporal program."""
    given = os.environ.get("OMBUD_TEMPORAL_CLI_PATH") or os.environ.get("TEMPORAL_CLI_PATH")
    found = BinaryFinder(explicit=Path(given) if given else None).look()
    if found is None:
        pytest.skip("only a server's address is known, and these tests start servers of their own: run `ombud stack fetch`")
    return found.path


@pytest.fixture(scope="session")
async def temporal_server(temporal_program: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TemporalServer]:
    """The session's server."""
    server = EmbeddedTemporal(tmp_path_factory.mktemp("temporal"), namespace="default", search_attributes=SEARCH_ATTRIBUTES)
    port = processes.free_port()
    running = server.start(temporal_program, port, None)
    try:
        await server.ready(f"127.0.0.1:{port}", running)
        yield TemporalServer(f"127.0.0.1:{port}", temporal_program)
    finally:
        await asyncio.to_thread(server.stop, running)


@pytest.fixture(scope="session")
async def client(temporal_server: TemporalServer) -> Client:
    """A client with our plugin."""
    return await connected(temporal_server.address)


async def connected(address: str) -> Client:
    """A client as every process of ours has it."""
    return await Client.connect(address, plugins=[ombud_plugin()])


async def until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait until something holds; fails the test when it never does."""
    for _ in range(int(WAIT_FOR / 0.02)):
        now = holds()
        if now if isinstance(now, bool) else await now:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("what was waited for never came")


# --- the world outside, played


@dataclass
class Postman:
    """Implements :class:`activities.ports.notices.Notifier`: keeps what it was to send. Some are slow, some never arrive."""

    sent: list[OutgoingNotice] = field(default_factory=list)
    slow: Callable[[OutgoingNotice], bool] = lambda notice: False
    """Fails the first try, and all others while this holds."""
    never: Callable[[OutgoingNotice], bool] = lambda notice: False
    tries: Counter[str] = field(default_factory=Counter)

    async def send(self, notice: OutgoingNotice) -> str:
        """Keep it, or fail."""
        self.tries[notice.id] += 1
        if self.never(notice):
            raise Never("address_rejected")
        if self.slow(notice):
            raise ConnectionError("the mail server is away")
        self.sent.append(notice)
        return f"receipt-{len(self.sent)}"


@dataclass
class Cashier:
    """Implements :class:`activities.ports.effects.Remedies`: notes what it paid."""

    done: list[OrderedEffect] = field(default_factory=list)

    async def perform(self, effect: OrderedEffect) -> Literal["done", "reversed", "needs_hands"]:
        """Note it."""
        self.done.append(effect)
        return "reversed" if effect.reverses else "done"


@dataclass
class Outages:
    """Records that are away for some tries."""

    real: Records
    fails: int = 0
    hangs: int = 0

    async def read(self, *given: Any, **options: Any) -> CaseSnapshot | None:
        """Read, or fail."""
        if self.hangs > 0:
            self.hangs -= 1
            await asyncio.sleep(60)
        if self.fails > 0:
            self.fails -= 1
            raise ConnectionRefusedError("the database is away")
        return await self.real.read(*given, **options)

    async def write(self, tenant_id: str, case_id: str, transition: Transition) -> bool:
        """Write."""
        return await self.real.write(tenant_id, case_id, transition)


# --- cases that run


PEOPLE = (
    Person(id="per_mia", name="Mia", email="mia@team.example", manager="per_head", queues=("mediation", "fraud")),
    Person(id="per_lea", name="Lea", email="lea@team.example", roles=("lead",), manager="per_head", queues=("appeals",)),
    Person(id="per_lou", name="Lou", email="lou@team.example", roles=("lead",), manager="per_head"),
    Person(id="per_ola", name="Ola", email="ola@team.example", roles=("ops",)),
)


def quick(terms: Terms, **targets: timedelta) -> Terms:
    """The terms with other targets for some clocks, by the wall clock; ``bans`` is the length of every ban that ends."""
    if (length := targets.pop("bans", None)) is not None and terms.sanctions is not None:
        ban = Span.wall(length)
        kinds = [k.model_copy(update={"ban": ban}) if isinstance(k.ban, Span) else k for k in terms.sanctions.kinds]
        terms = terms.model_copy(update={"sanctions": terms.sanctions.model_copy(update={"kinds": tuple(kinds)})})
    if "appeal_window" in targets:
        # What the law adds to it is as short, or no case would ever come to rest.
        targets.setdefault("complaint_window", targets["appeal_window"])
    clocks = []
    for clock in terms.clocks:
        target = targets.get(clock.name)
        if target is not None:
            span = Span(unit=SpanUnit.WALL, amount=target // timedelta(microseconds=1))
            clock = clock.model_copy(update={"target": span, "calendar": None, "roll": False, "whole_days": False})
        clocks.append(clock)
    return terms.model_copy(update={"clocks": tuple(clocks)})


def a_report(kind: str, **changes: Any) -> Report:
    """A report between two people, good enough for every gate."""
    return Report.model_validate({
        "kind": kind, "source": "api", "statement": "The report was closed as a duplicate, and it is none.",
        "parties": [{"side": "claimant", "ref": "user-1", "name": "Kim Doe", "email": "kim@example.org"},
                    {"side": "respondent", "ref": "program-9", "name": "Acme", "email": "security@acme.example"}],
        **changes,
    })  # fmt: skip


@dataclass
class House:
    """One tenant's cases on one task queue."""

    server: TemporalServer
    client: Client
    database: Database
    vault: Vault
    tenant_id: str
    queue: str
    postman: Postman = field(default_factory=Postman)
    cashier: Cashier = field(default_factory=Cashier)
    following: Callable[[], bool] = lambda: True
    """Whether Temporal's lists follow the cases."""

    def __post_init__(self) -> None:
        self.inbox, self.doors = PostgresInbox(self.database, self.vault), CaseDoors(self.client, self.queue)
        self.shelf = Shelf.load(2026)
        self.outages = Outages(PostgresRecords(self.database))

    async def opens(
        self, kind: str = "bounty_dispute", *, report: dict[str, Any] | None = None, scale: float = 1.0, **targets: timedelta
    ) -> Living:
        """A report on disk; its workflow does not run yet. ``targets`` are clocks with another length; below 1 ``scale``
        shortens all others."""
        given = a_report(kind, **(report or {}))
        terms, routing = self.shelf.terms(given, scale)
        intake = PostgresIntake(self.database, self.vault)
        calendars, notices = self.shelf.calendars_of(terms), self.shelf.packs[kind].notices
        mine = quick(terms, **targets)
        opened = await intake.open(self.tenant_id, given, mine, routing, calendars=calendars, notices=notices)
        return await self.living(kind, opened)

    async def living(self, kind: str, opened: Opened) -> Living:
        """A case that is on disk."""
        return Living(self, kind, opened, await self._parties(opened.case_id))

    async def _parties(self, case_id: str) -> dict[str, str]:
        async with self.database.tenant(self.tenant_id) as conn:
            rows = await conn.fetch("SELECT side, id FROM parties WHERE tenant = $1 AND case_id = $2", self.tenant_id, case_id)
        return {row["side"]: row["id"] for row in rows}

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """A worker for the cases and one for the outside, as in ``workers/``."""
        deliver = DeliverActivities(PostgresOutbox(self.database, self.vault), self.postman)
        carry_out = CarryOutActivities(
            PostgresEffects(self.database, self.vault),
            self.cashier,
            cross_case_tasks=PostgresCrossCaseTasks(self.database, self.vault),
        )
        roster, library = PostgresRoster(self.database), PostgresLibrary(self.database)
        policies = ShelfPolicies(lambda: self.shelf, library, PostgresPublications(self.database))
        lookups = Lookups(roster, policies, PostgresSanctions(self.database), PostgresOtherCases(self.database))
        record = RecordActivities(self.outages, self.inbox, "2026a", lookups=lookups, lists=lambda: self.following())
        assign = AssignActivities(self.outages, roster, self.inbox)
        outbound: list[Callable[..., Any]] = [deliver.deliver, deliver.deliver_one, deliver.give_up, carry_out.carry_out]
        async with working(self.client, self.queue, [record.record, assign.assign], outbound):
            yield


@asynccontextmanager
async def working(
    client: Client, queue: str, activities: Sequence[Callable[..., Any]], outbound: Sequence[Callable[..., Any]]
) -> AsyncIterator[None]:
    """Two workers: one for the cases, one for the outside."""
    cases = Worker(
        client,
        task_queue=queue,
        workflows=[CaseWorkflow, DeliveryWorkflow],
        activities=activities,
        workflow_runner=sandboxed_runner(),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
    )
    async with cases, Worker(client, task_queue=queue + OUTBOUND, activities=outbound):
        yield


@dataclass
class Living:
    """One case that runs, or will."""

    house: House
    kind: str
    opened: Opened
    parties: dict[str, str]

    @property
    def named(self) -> Named:
        """How the doors call it."""
        tenant_id, case_id = self.house.tenant_id, self.opened.case_id
        return Named(tenant_id=tenant_id, case_id=case_id, kind=self.kind, opened_at=OPENED_AT)

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """The workflow."""
        return self.house.client.get_workflow_handle(self.named.workflow_id)

    async def starts(self) -> Answer:
        """The workflow starts and answers the opening command."""
        return await self.house.doors.ask(self.named, self.opened.command_id, timedelta(seconds=WAIT_FOR))

    def command(self, what: str, by: str, /, **fields: Any) -> dict[str, Any]:
        """A command with an id of its own, by a person, or by ``claimant`` or ``respondent``."""
        return {"id": f"cmd_test-{next(_numbers):04}", "type": what, "by": self.parties.get(by, by), **fields}

    async def says(self, what: str, by: str, /, **fields: Any) -> Answer:
        """Send a command as the API does: first on disk, then asked."""
        receipt = await self.house.inbox.receive(
            self.house.tenant_id, self.opened.case_id, self.command(what, by, **fields), channel="api"
        )
        return await self.house.doors.ask(self.named, receipt.command_id, timedelta(seconds=WAIT_FOR))

    async def does(self, what: str, by: str, /, **fields: Any) -> None:
        """Send a command that must be accepted."""
        answer = await self.says(what, by, **fields)
        assert answer.status == "accepted", answer

    async def view(self) -> dict[str, Any]:
        """What the workflow says of itself."""
        seen: dict[str, Any] = await self.handle.query("view")
        return seen

    async def until(self, **expected: Any) -> dict[str, Any]:
        """Wait until the view says so."""
        seen: dict[str, Any] = {}

        async def as_expected() -> bool:
            seen.update(await self.view())
            return {name: seen.get(name) for name in expected} == expected

        await until(as_expected)
        return seen

    async def told(self, *events: str) -> None:
        """Wait until somebody was told of each of these."""
        await until(lambda: set(events) <= {n.event for n in self.house.postman.sent if n.case_id == self.opened.case_id})

    async def rests(self) -> bool:
        """Whether nothing of it is under way: no activity, no workflow task."""
        seen = (await self.handle.describe()).raw_description
        return not seen.pending_activities and not seen.HasField("pending_workflow_task")

    async def ends(self) -> Any:
        """Wait until the workflow has ended."""
        async with asyncio.timeout(WAIT_FOR):
            return await self.handle.result()

    async def history(self) -> list[HistoryEvent]:
        """Its events."""
        return list((await self.handle.fetch_history()).events)


@pytest.fixture
async def house(
    temporal_server: TemporalServer, client: Client, database: Database, vault: Vault, tenant_id: str
) -> AsyncIterator[House]:
    """A tenant with people, and workers on a queue of its own."""
    made = await a_house(temporal_server, client, database, vault, tenant_id)
    async with made.at_work():
        yield made


async def a_house(server: TemporalServer, client: Client, database: Database, vault: Vault, tenant_id: str) -> House:
    """A tenant with people; nobody works yet."""
    tenants = PostgresTenants(database, vault)
    for person in PEOPLE:
        await tenants.put_person(tenant_id, person)
    return House(server, client, database, vault, tenant_id, f"test-{tenant_id}-{next(_numbers)}")


async def banned(house: House, **clocks: Any) -> Living:
    """Ruled, with a ban that the platform has to put into effect."""
    case = await house.opens("conduct_report", **{"grace": timedelta(milliseconds=100), **clocks})
    await case.starts()
    await case.does("assign", "per_ola", owner="per_mia")
    await case.does("request_evidence", "per_mia", of="respondent", what="What do you say?", ground="threat")
    await case.does("submit_evidence", "respondent", text="I was angry.")
    for step in ("evidence_secured", "record_checked"):
        await case.does("complete_step", "per_mia", step=step)
    await case.does(
        "rule", "per_mia", outcome="violation", ground="threat", reasons="It is on the pictures.", statement=STATEMENT
    )
    return case


# --- histories

_TROUBLE = {
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED: "a workflow task failed",
    EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT: "a workflow task timed out",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: "the workflow failed",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: "the workflow was terminated",
}
_ARRIVED_MEANWHILE = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND
_BILLED = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: "start",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signal",
    EventType.EVENT_TYPE_TIMER_STARTED: "timer",
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: "activity",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "attributes",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: "continue as new",
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: "child",
}


def troubles(events: Sequence[HistoryEvent]) -> list[str]:
    """What must be in no history: a task that failed would be tried for ever.

    Two are in good order: a task that the server refused because something arrived while the run was about to end is done again,
    and one that was kept for a worker which had just left is handed to the next.
    """
    return [
        f"event {e.event_id}: {_TROUBLE[e.event_type]}: {e.workflow_task_failed_event_attributes.failure.message}"
        for e in events
        if e.event_type in _TROUBLE
        and e.workflow_task_failed_event_attributes.cause != _ARRIVED_MEANWHILE
        and e.workflow_task_timed_out_event_attributes.timeout_type != TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START
    ]


def billed(events: Sequence[HistoryEvent]) -> Counter[str]:
    """What Temporal Cloud would bill. All local activities of one workflow task are one action; retries are in no history."""
    counted: Counter[str] = Counter(_BILLED[e.event_type] for e in events if e.event_type in _BILLED)
    markers = {
        e.marker_recorded_event_attributes.workflow_task_completed_event_id
        for e in events
        if e.event_type == EventType.EVENT_TYPE_MARKER_RECORDED
    }
    counted["local activities"] = len(markers)
    return counted


def size_of(events: Sequence[HistoryEvent]) -> int:
    """Bytes of the history as the server keeps it."""
    return sum(e.ByteSize() for e in events)


def kinds_of(events: Sequence[HistoryEvent]) -> Iterator[str]:
    """The names of the events."""
    return (EventType.Name(e.event_type).removeprefix("EVENT_TYPE_") for e in events)
