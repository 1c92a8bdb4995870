"""What ``ombud doctor`` looks at, put together from this installation's settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from cli.kit.compose import evidence_store
from runtime.errors import ServiceFault
from runtime.settings import Settings
from workflows.handles import FOLLOWED, SEARCH_ATTRIBUTES
from workflows.options import OUTBOUND

if TYPE_CHECKING:
    from runtime.checks import Look, Server
    from runtime.embedded.stack import Stack
    from runtime.pollers import Queue
    from services.doctor import Check, Finding

_DOCTOR_WAITS_FOR = timedelta(seconds=4)
"""Longer than a service that is well takes to answer, and short enough to be waited for by hand."""


def doctor_checks(settings: Settings) -> list[Check]:
    """What ``ombud doctor`` looks at, in the order in which the parts depend on each other."""
    from runtime import checks, worker_checks
    from runtime.embedded.stack import Stack
    from runtime.zones import wheel_zones_only
    from services import doctor
    from services.doctor import Finding

    stack = Stack(settings, search_attributes=SEARCH_ATTRIBUTES)

    server, queues = checks.Server(settings, stack, _DOCTOR_WAITS_FOR), _queues(settings.task_queue)
    version = (settings.worker_deployment_name, settings.worker_build_id)

    async def database() -> Finding:
        try:
            dsn = stack.database_urls().database_url
        except ServiceFault as fault:
            return Finding("database", "fail", fault.message, "Run `ombud stack up`.")
        return await doctor.database(dsn, _DOCTOR_WAITS_FOR)

    async def administration() -> Finding:
        try:
            dsn = stack.database_urls().database_admin_url
        except ServiceFault as fault:
            return Finding("administration", "fail", fault.message, "Run `ombud stack up`.")
        return await doctor.administration(dsn, _DOCTOR_WAITS_FOR, embedded=settings.database_url is None)

    return [
        doctor.python,
        lambda: doctor.zones(wheel_only=wheel_zones_only()),
        _named("postgres program", lambda: checks.postgres_program(settings)),
        _named("temporal program", lambda: checks.temporal_program(settings, stack)),
        _named("services", lambda: checks.services(stack)),
        database,
        administration,
        lambda: _trail(stack),
        _named("temporal", lambda: checks.temporal(server, SEARCH_ATTRIBUTES, FOLLOWED)),
        _named("workers", lambda: worker_checks.workers(server, queues)),
        _named("worker deployment", lambda: worker_checks.deployment(server, queues[0], *version)),
        lambda: doctor.temporal_door(settings.temporal_door),
        _named("mail", lambda: checks.mail(settings, stack, _DOCTOR_WAITS_FOR)),
        *(partial(look, settings, stack) for look in (_mail_door, _file_scanner, _relay)),
        partial(_activities, settings, stack, server),
        partial(_sweep, settings, stack),
        _named("upkeep", lambda: checks.upkeep(server, settings.task_queue)),
        *(partial(look, settings, stack) for look in (_heads, _backups, _erased_files, _sealed_keys)),
        _named("master key", lambda: checks.master_key(settings, stack)),
        partial(_evidence, settings),
    ]


def _queues(task_queue: str) -> list[Queue]:
    """What a worker takes, the cases first."""
    from runtime.pollers import Queue

    return [Queue(task_queue, "workflow"), Queue(task_queue, "activity"), Queue(task_queue + OUTBOUND, "activity")]


async def _evidence(settings: Settings) -> Finding:
    from services import doctor
    from services.doctor import Finding

    if settings.evidence_url is None:
        folder = settings.state_dir.resolve() / "evidence"
        return doctor.evidence_folder(folder, database_elsewhere=settings.database_url is not None)
    try:
        store = evidence_store(settings)
    except ServiceFault as fault:
        return Finding("evidence store", "fail", fault.message, "Correct OMBUD_EVIDENCE_URL.")
    return await doctor.evidence_bucket(store.check, _DOCTOR_WAITS_FOR)


async def _trail(stack: Stack) -> Finding:
    from services import doctor
    from services.doctor import Finding

    try:
        dsn = stack.database_urls().database_url
    except ServiceFault as fault:
        return Finding("audit trail", "warn", f"not looked at: {fault.message}", "Run `ombud stack up`.")
    return await doctor.trail(dsn, _DOCTOR_WAITS_FOR)


async def _file_scanner(settings: Settings, stack: Stack) -> Finding:
    from adapters.evidence.clamd import Clamd
    from services import doctor

    return await doctor.file_scanner(Clamd(settings.evidence_scanner).check if settings.evidence_scanner else None)


async def _sweep(settings: Settings, stack: Stack) -> Finding:
    from services import doctor

    return await _by_database("sweep", stack, lambda dsn: doctor.sweep(dsn, _DOCTOR_WAITS_FOR))


async def _relay(settings: Settings, stack: Stack) -> Finding:
    from services import doctor

    return await _by_database("relay", stack, lambda dsn: doctor.relay(dsn, _DOCTOR_WAITS_FOR))


async def _activities(settings: Settings, stack: Stack, server: Server) -> Finding:
    from services import doctor
    from services.doctor import Finding
    from services.held_up import HeldUp, held_up
    from storage.postgres.pool import Database
    from workflows.runs import CaseRuns

    try:
        dsn, client = stack.database_urls().database_url, await server.client()
    except ServiceFault as fault:
        return Finding("activities", "warn", f"not looked at: {fault.message}", "See what it says of the part that is away.")

    async def look() -> HeldUp:
        seconds = _DOCTOR_WAITS_FOR.total_seconds()
        async with await Database.connect(dsn, command_timeout=seconds, lend_within=seconds) as database:
            return await held_up(database, CaseRuns(client, settings.task_queue))

    return await doctor.activities(look, 2 * _DOCTOR_WAITS_FOR)


async def _mail_door(settings: Settings, stack: Stack) -> Finding:
    from services import doctor

    return await _by_database("mail door", stack, lambda dsn: doctor.mail_door(settings.mail_relay, dsn, _DOCTOR_WAITS_FOR))


async def _by_database(part: str, stack: Stack, look: Callable[[str], Awaitable[Finding]]) -> Finding:
    """What is read in the database of the stack, which may not run."""
    from services.doctor import Finding

    try:
        dsn = stack.database_urls().database_url
    except ServiceFault as fault:
        return Finding(part, "warn", fault.message, "Run `ombud stack up`.")
    return await look(dsn)


def _named(part: str, look: Callable[[], Awaitable[Look]]) -> Check:
    from services.doctor import Finding

    async def check() -> Finding:
        return Finding(part, *await look())

    return check


async def _backups(settings: Settings, stack: Stack) -> Finding:
    from services import doctor

    return await doctor.backups(settings.backups_kept_for_days)


async def _erased_files(settings: Settings, stack: Stack) -> Finding:
    from services import doctor

    look = partial(doctor.erased_files, now=datetime.now(UTC), patience=_DOCTOR_WAITS_FOR)
    return await _by_database("erased files", stack, look)


async def _heads(settings: Settings, stack: Stack) -> Finding:
    from services import doctor

    return doctor.heads(settings.heads_file, timedelta(hours=settings.heads_max_age_hours), datetime.now(UTC))


async def _sealed_keys(settings: Settings, stack: Stack) -> Finding:
    from services import doctor
    from services.doctor import Finding

    try:
        dsn, keys = stack.database_urls().database_url, stack.master_key()
    except ServiceFault as fault:
        return Finding("sealed keys", "warn", f"not looked at: {fault.message}", "Run `ombud stack up`.")
    return await doctor.sealed_keys(dsn, keys, _DOCTOR_WAITS_FOR)
