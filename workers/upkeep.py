"""The process that does what is due once a day: erases what is past its time, puts closed cases into the archive, and signs the
heads of the record.

A process of its own, because of what it has: retention and archive need the administrator's role, and signing needs a
key that no process has which serves anybody. It does the jobs for which it has what they need; two on two machines do one each.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
import uvicorn
from prometheus_client import CollectorRegistry, Counter, Gauge
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.worker import Worker

from activities.ports.errors import Never
from activities.ports.upkeep import Job
from activities.upkeep import UpkeepActivities
from adapters.evidence.stores import ObjectEvidenceStore
from runtime.codec import codec_of
from runtime.connection import connect_temporal
from runtime.errors import ServiceFault
from runtime.patience import once_there
from runtime.places import Places
from runtime.plugin import ombud_plugin, sandboxed_runner
from runtime.settings import Settings
from runtime.telemetry import Telemetry, telemetry
from storage.postgres.master_keys import PostgresMasterKeys
from storage.postgres.pool import AWAY, Database
from storage.postgres.vault import Vault
from storage.record.archive import Archive
from storage.record.audit import PostgresAudit
from storage.record.erased_files import rewrite
from storage.record.heads import Signer, last_signed
from storage.record.retention import Batch, PostgresRetention, counted
from storage.record.signing import Signing
from workers.health import Check, HealthApp, health_server, page_of
from workflows.upkeep import UpkeepWorkflow

RETENTION, ARCHIVE, HEADS = "retention", "archive", "heads"
EVERY_FOR = timedelta(days=1)
OFFSETS: Mapping[str, timedelta] = {RETENTION: timedelta(hours=2), HEADS: timedelta(hours=4), ARCHIVE: timedelta(hours=6)}
"""At which hour of the day, UTC: the heads after the erasing, so that they cover the deeds of the same night, and before the
archive, of which nothing is signed any more."""
BEAT_FOR = timedelta(minutes=1)
CONNECTIONS = 4
"""To the database, opened at most: one job works at a time."""

log = structlog.stdlib.get_logger("ombud.upkeep")


class Tally:
    """What upkeep counts for Prometheus: jobs and codes, never a case."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.runs = Counter("ombud_upkeep_runs_total", "Jobs done, by result.", ["upkeep", "result"], registry=self.registry)
        self.last = Gauge(
            "ombud_upkeep_last_success_timestamp_seconds", "When a job was done last.", ["upkeep"], registry=self.registry
        )
        self.signed = Gauge(
            "ombud_heads_last_signed_timestamp_seconds",
            "When the last head in the file was signed; 0: none, or no file.",
            registry=None,
        )
        self.done = Gauge("ombud_upkeep_done", "What the last run of a job came to.", ["upkeep", "what"], registry=self.registry)

    def signs(self, file: Path) -> None:
        """Tell from now on when the last head of a file was signed, as the file says: also after a start, and when jobs fail."""
        self.signed.set_function(partial(_signed_last, file))
        self.registry.register(self.signed)


def _signed_last(file: Path) -> float:
    try:
        found = last_signed(file)
    except OSError:
        return 0.0
    return found.timestamp() if found is not None else 0.0


class Told:
    """A job whose ends are counted and logged."""

    def __init__(self, name: str, job: Job, tally: Tally) -> None:
        self._name, self._job, self._tally = name, job, tally

    async def run(self, beat: Callable[[], None]) -> Mapping[str, int]:
        """As the job behind it."""
        try:
            done = await self._job.run(beat)
        except Exception as error:  # counted and told whatever it was, and raised on
            code = error.code if isinstance(error, Never) else type(error).__name__
            self._tally.runs.labels(self._name, code).inc()
            log.error("upkeep failed", job=self._name, code=code)
            raise
        self._tally.runs.labels(self._name, "done").inc()
        self._tally.last.labels(self._name).set_to_current_time()
        for what, number in done.items():
            self._tally.done.labels(self._name, what).set(number)
        log.info("upkeep done", job=self._name, **done)
        return done


class Retention:
    """Erases, in every tenant, the closed cases whose time is over."""

    def __init__(self, database: Database, only: str | None = None) -> None:
        """``only``: of this tenant alone."""
        self._database, self._retention, self._only = database, PostgresRetention(database), only

    async def run(self, beat: Callable[[], None]) -> Mapping[str, int]:
        """How many cases were looked at and erased, and how many stay, by why."""
        batches = list[Batch]()
        for tenant in [self._only] if self._only is not None else await self._database.tenant_ids():
            after: str | None = ""
            while after is not None:
                found = await self._retention.batch(tenant, after)
                batches.append(found)
                after = found.after
                beat()
        # What was erased by day goes from the files too, where a table was too large or held by somebody then.
        left = await rewrite(self._database, at_night=True)
        beat()
        told = counted(batches)
        kept = {f"kept_{bar}": number for bar, number in told["kept"].items()}
        return {"looked_at": told["looked_at"], "erased": told["erased"], "left_in_files": len(left), **kept}


class Archiving:
    """Puts away, in every tenant that wants it, the closed cases in which nothing has happened for long."""

    def __init__(self, database: Database, archive: Archive, only: str | None = None) -> None:
        """``only``: of this tenant alone."""
        self._database, self._archive, self._only = database, archive, only

    async def run(self, beat: Callable[[], None]) -> Mapping[str, int]:
        """How many cases were put away, and how many bytes their objects have."""
        cases = bytes_ = 0
        for tenant in [self._only] if self._only is not None else await self._database.tenant_ids():
            quiet_for = await self._archive.after_for(tenant)
            after: tuple[datetime, str] | None = None
            while quiet_for is not None:
                done = await self._archive.batch(tenant, quiet_for, after)
                cases, bytes_, after = cases + done.cases, bytes_ + done.bytes, done.after
                beat()
                if after is None:
                    break
        return {"cases": cases, "bytes": bytes_}


class Heads:
    """Verifies the record of every tenant and signs the heads of what moved."""

    def __init__(self, signing: Signing, file: Path, only: str | None = None) -> None:
        """``only``: of this tenant alone."""
        self._signing, self._file, self._only = signing, file, only

    async def run(self, beat: Callable[[], None]) -> Mapping[str, int]:
        """How many heads were signed, of how many cases. Raises :class:`Never` when something does not agree."""
        signing = asyncio.create_task(self._signing.sign(self._file, self._only))
        try:
            while not (await asyncio.wait([signing], timeout=BEAT_FOR.total_seconds()))[0]:
                beat()
        finally:
            # Nothing goes on signing in the back of whoever does it again.
            signing.cancel()
            await asyncio.gather(signing, return_exceptions=True)
        try:
            told = signing.result()
        except ValueError:
            raise Never("heads_unreadable") from None
        if told.flaws:
            raise Never("record_not_whole")
        return {"signed": told.heads, "cases": told.cases}


@dataclass(frozen=True)
class Upkeep:
    """What this process does."""

    jobs: Mapping[str, Job]
    tally: Tally


def queue_of(settings: Settings, job: str) -> str:
    """The task queue of a job: only a process that can do it takes it."""
    return f"{settings.task_queue}-{job}"


def schedule_id(settings: Settings, job: str) -> str:
    """The id of a job's schedule."""
    return f"{settings.task_queue}-{job}"


async def register(client: Client, settings: Settings, job: str) -> None:
    """Have a job done each day, one run at a time. Safe to repeat: a schedule that is there is brought to this release's form,
    and stays paused when somebody paused it."""
    action = ScheduleActionStartWorkflow(
        UpkeepWorkflow.run, job, id=f"upkeep-{queue_of(settings, job)}", task_queue=queue_of(settings, job)
    )
    spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=EVERY_FOR, offset=OFFSETS[job])])
    # After an outage of days one run does for all that were missed: a run looks at everything.
    policy = SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=EVERY_FOR)
    try:
        await client.create_schedule(schedule_id(settings, job), Schedule(action, spec, policy, ScheduleState()))
    except ScheduleAlreadyRunningError:

        def brought(found: ScheduleUpdateInput) -> ScheduleUpdate:
            return ScheduleUpdate(Schedule(action, spec, policy, found.description.schedule.state))

        await client.get_schedule_handle(schedule_id(settings, job)).update(brought)


@contextlib.asynccontextmanager
async def compose(settings: Settings, places: Places) -> AsyncIterator[Upkeep]:
    """The jobs for which this process has what they need. Raises ServiceFault ``upkeep_nothing`` where there is none."""
    tally, jobs = Tally(), dict[str, Job]()
    vault = Vault.from_text(places.master_key)

    def connect() -> Awaitable[Database]:
        return Database.connect(places.database_url, admin_dsn=places.database_admin_url, min_size=1, max_size=CONNECTIONS)

    async with await once_there(connect, AWAY) as database:
        await once_there(PostgresMasterKeys(database, vault).check, AWAY)
        url = settings.evidence_url.get_secret_value() if settings.evidence_url else None
        store = ObjectEvidenceStore.of(url, settings.state_dir.resolve() / "evidence")
        if places.database_admin_url is not None:
            jobs[RETENTION] = Told(RETENTION, Retention(database), tally)
            jobs[ARCHIVE] = Told(ARCHIVE, Archiving(database, Archive(database, vault, store)), tally)
        if settings.heads_key_file is not None and settings.heads_file is not None:
            signer = Signer.from_pem(await asyncio.to_thread(settings.heads_key_file.read_bytes))
            audit = PostgresAudit(database, vault, store=store, public_key=signer.public_key)
            tally.signs(settings.heads_file)
            jobs[HEADS] = Told(HEADS, Heads(Signing(audit, signer), settings.heads_file), tally)
        if not jobs:
            said = (
                "Set OMBUD_DATABASE_ADMIN_URL for retention and archive, OMBUD_HEADS_KEY_FILE and OMBUD_HEADS_FILE for signing."
            )
            raise ServiceFault("upkeep_nothing", f"This process has neither the role nor the key for any upkeep. {said}")
        yield Upkeep(jobs, tally)


@contextlib.asynccontextmanager
async def working(settings: Settings, client: Client, upkeep: Upkeep) -> AsyncIterator[None]:
    """Do the jobs whenever their time comes."""
    async with contextlib.AsyncExitStack() as stack:
        for job in upkeep.jobs:
            worker = Worker(
                client,
                task_queue=queue_of(settings, job),
                workflows=[UpkeepWorkflow],
                activities=[UpkeepActivities(upkeep.jobs).run],
                workflow_runner=sandboxed_runner(),
                max_concurrent_activities=1,
            )
            await stack.enter_async_context(worker)
            await register(client, settings, job)
        yield


async def run_upkeep(settings: Settings, places: Places, ready: Callable[[], None] = lambda: None) -> None:
    """Work until SIGTERM or SIGINT. Raises ServiceFault when a service cannot be reached at the start, or nothing can be done."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    told = telemetry(metrics=settings.metrics and settings.worker_health_port is not None)
    async with compose(settings, places) as upkeep:
        vault = Vault.from_text(places.master_key)
        plugins = [ombud_plugin(codec=codec_of(settings.temporal_codec, vault.payload_key, vault.earlier_payload_keys))]
        client = await connect_temporal(settings, places.temporal_address, plugins=plugins, runtime=told.runtime)
        async with working(settings, client, upkeep):
            server = _health(settings, client, upkeep, told)
            serving = asyncio.create_task(server.serve()) if server is not None else None
            log.info("upkeep is ready", jobs=sorted(upkeep.jobs))
            ready()
            await stop.wait()
            log.info("upkeep is stopping")
            if server is not None and serving is not None:
                server.should_exit = True
                await asyncio.gather(serving, return_exceptions=True)


def _health(settings: Settings, client: Client, upkeep: Upkeep, told: Telemetry) -> uvicorn.Server | None:
    if settings.worker_health_port is None:
        return None
    checks: dict[str, Check] = {"temporal": client.service_client.check_health}
    app = HealthApp(checks, page_of(upkeep.tally.registry, told.metrics) if settings.metrics else None)
    return health_server(app, settings.health_host, settings.worker_health_port)
