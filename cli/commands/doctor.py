"""`ombud doctor`: looks at each part that Ombud stands on and says, for what is not well, the next step."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from cli.kit.show import plain_console, say
from cli.local.attributes import SEARCH_ATTRIBUTES

if TYPE_CHECKING:
    from runtime.embedded.stack import Stack
    from runtime.settings import Settings

Verdict = Literal["ok", "warn", "fail"]

_PATIENCE = timedelta(seconds=4)


class Finding(NamedTuple):
    """How one part stands, and what to do about it."""

    part: str
    verdict: Verdict
    found: str
    next_step: str = ""


Check = Callable[["Settings", "Stack"], Awaitable[Finding]]


def doctor(json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False) -> None:
    """Check every part Ombud needs and say the next step for what is not well. Exit code 1 when something fails."""
    from runtime.embedded.stack import Stack
    from runtime.settings import Settings

    settings = Settings()
    findings = asyncio.run(examine(settings, Stack(settings, search_attributes=SEARCH_ATTRIBUTES)))
    _show(findings, as_json=json)
    if any(one.verdict == "fail" for one in findings):
        raise typer.Exit(1)


async def examine(settings: "Settings", stack: "Stack") -> list[Finding]:
    """All findings, in the order in which the parts depend on each other. Nothing is started or changed."""
    return [await check(settings, stack) for check in CHECKS]


async def check_python(_settings: "Settings", _stack: "Stack") -> Finding:
    """The interpreter."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < (3, 11):  # noqa: UP036  # a doctor is asked on machines that are not as they should be
        return Finding("python", "fail", found, "Use Python 3.11 or newer: `uv python install 3.11`, then `make setup`.")
    return Finding("python", "ok", found)


async def check_zones(_settings: "Settings", _stack: "Stack") -> Finding:
    """The zone data; deadlines must not depend on the machine's own."""
    import os
    import zoneinfo

    from domain.worktime.calculator import zone_data_version

    found = f"tzdata {zone_data_version()}"
    if zoneinfo.TZPATH or os.environ.get("PYTHONTZPATH") != "":
        return Finding(
            "time zones", "fail", f"{found}, but the machine's files come first", 'Set PYTHONTZPATH="" for every process.'
        )
    return Finding("time zones", "ok", f"{found}, machine files ignored")


async def check_postgres_wheel(settings: "Settings", _stack: "Stack") -> Finding:
    """The embedded database's program."""
    from runtime.embedded.postgres import find_binaries

    if settings.database_url:
        return Finding("postgres program", "ok", "not needed: OMBUD_DATABASE_URL is set")
    found = find_binaries()
    if not found:
        return Finding("postgres program", "fail", "the wheel is missing", "Run `uv sync`, or set OMBUD_DATABASE_URL.")
    return Finding("postgres program", "ok", f"Postgres {max(found)} from the wheel")


async def check_temporal_program(settings: "Settings", stack: "Stack") -> Finding:
    """The embedded Temporal server's program, and where it was found."""
    from runtime.errors import ServiceFault

    if settings.temporal_address:
        return Finding("temporal program", "ok", "not needed: TEMPORAL_ADDRESS is set")
    try:
        found = stack.binaries.look()
    except ServiceFault as fault:
        return Finding("temporal program", "fail", fault.message, "Correct or unset TEMPORAL_CLI_PATH.")
    if found is None:
        return Finding(
            "temporal program", "warn", "not on this machine yet", "Run `ombud stack up`: it downloads or builds it, once."
        )
    return Finding("temporal program", "ok", f"{found.path} ({found.source})")


async def check_stack(_settings: "Settings", stack: "Stack") -> Finding:
    """What of the embedded services runs."""
    states = stack.status()
    found = ", ".join(f"{one.service} {one.state}" for one in states)
    if any(one.state == "stopped" and one.service != "mail" for one in states):
        return Finding("services", "fail", found, "Run `ombud stack up`.")
    return Finding("services", "ok", found)


async def check_database(_settings: "Settings", stack: "Stack") -> Finding:
    """The database: reachable, recent, safe, with a role that cannot see other tenants, and migrated."""
    import asyncpg

    from runtime.errors import ServiceFault

    try:
        connection = await asyncpg.connect(stack.info().database_url, timeout=_PATIENCE.total_seconds())
    except ServiceFault as fault:
        return Finding("database", "fail", fault.message, "Run `ombud stack up`.")
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        return Finding("database", "fail", f"does not answer: {error}", "Check OMBUD_DATABASE_URL, and that the server runs.")
    try:
        facts = await connection.fetchrow(_DATABASE_FACTS)
    finally:
        await connection.close()
    assert facts is not None
    found = f"Postgres {facts['version'] // 10_000} as {facts['role']}"
    if facts["version"] < 150_000:
        return Finding("database", "fail", found, "Use PostgreSQL 15 or newer.")
    if facts["mighty"]:
        step = "Connect as a role without SUPERUSER and BYPASSRLS: it sees every tenant's cases."
        return Finding("database", "fail", f"{found}, which row-level security does not bind", step)
    if facts["unsafe"]:
        step = "Set fsync and synchronous_commit to on: a 2xx answer promises that the report is on disk."
        return Finding("database", "fail", f"{found}, which may lose commits", step)
    if not facts["migrated"]:
        return Finding("database", "fail", f"{found}, without tables", "Run `ombud migrate`.")
    return Finding("database", "ok", f"{found}, migrated")


_DATABASE_FACTS = """
select current_setting('server_version_num')::int as version, current_user::text as role,
       (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as mighty,
       current_setting('fsync') = 'off' or current_setting('synchronous_commit') = 'off' as unsafe,
       to_regclass('public.schema_migrations') is not null as migrated
"""


async def check_temporal(settings: "Settings", stack: "Stack") -> Finding:
    """The Temporal server: reachable, and it knows by what cases can be found."""
    from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
    from temporalio.service import RPCError

    from runtime.connection import connect_temporal
    from runtime.errors import ServiceFault

    try:
        address = stack.info().temporal_address
        client = await connect_temporal(settings, address, deadline_for=_PATIENCE)
    except ServiceFault as fault:
        return Finding("temporal", "fail", fault.message, "Run `ombud stack up`, or check TEMPORAL_ADDRESS.")
    found = f"{address}, namespace {client.namespace}"
    try:
        answer = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=client.namespace))
    except RPCError as error:
        return Finding("temporal", "warn", f"{found}; it does not say its search attributes ({error})")
    if missing := sorted(SEARCH_ATTRIBUTES.keys() - answer.custom_attributes.keys()):
        named = " ".join(f"--name {name} --type {SEARCH_ATTRIBUTES[name]}" for name in missing)
        step = f"Run `temporal operator search-attribute create {named}`."
        return Finding("temporal", "fail", f"{found}; search attributes are missing: {', '.join(missing)}", step)
    return Finding("temporal", "ok", found)


async def check_mail(settings: "Settings", stack: "Stack") -> Finding:
    """The mail server."""
    import aiosmtplib

    catcher = next(one for one in stack.status() if one.service == "mail")
    if catcher.state == "running" and catcher.address:
        host, port = "127.0.0.1", int(catcher.address.rpartition(":")[2])
    elif settings.smtp_host:
        host, port = settings.smtp_host, settings.smtp_port
    else:
        return Finding(
            "mail", "warn", "no mail server", "Set OMBUD_SMTP_HOST, or run `ombud stack up --mail`: no notice goes out."
        )
    client = aiosmtplib.SMTP(hostname=host, port=port, start_tls=False, timeout=_PATIENCE.total_seconds())
    try:
        async with client:
            await client.ehlo()
    except (aiosmtplib.SMTPException, OSError) as error:
        return Finding("mail", "fail", f"{host}:{port} does not answer: {error}", "Check OMBUD_SMTP_HOST and OMBUD_SMTP_PORT.")
    return Finding("mail", "ok", f"{host}:{port}")


async def check_master_key(settings: "Settings", stack: "Stack") -> Finding:
    """The key without which no text can be read."""
    if settings.master_key:
        return Finding("master key", "ok", "from OMBUD_MASTER_KEY")
    if settings.database_url:
        step = "Set OMBUD_MASTER_KEY (`openssl rand -base64 32`), the same for every process, and keep a copy apart."
        return Finding("master key", "warn", "kept in this machine's state folder, while the database is elsewhere", step)
    path = stack.state_dir / "credentials.json"
    if not path.exists():
        return Finding("master key", "warn", "not made yet", "Run `ombud stack up`.")
    if path.stat().st_mode & 0o077:
        return Finding("master key", "fail", f"others can read {path}", f"Run `chmod 600 {path}`.")
    return Finding("master key", "ok", "in the state folder, readable by its owner only")


async def check_evidence(settings: "Settings", _stack: "Stack") -> Finding:
    """Where the files of evidence lie."""
    from cli.kit.compose import evidence_store
    from runtime.errors import ServiceFault

    folder = settings.state_dir.resolve() / "evidence"
    if settings.evidence_url is None and settings.database_url is not None:
        step = "Set OMBUD_EVIDENCE_URL, or let every API share this folder and back it up with the database."
        return Finding("evidence store", "warn", f"{folder}, while the database is elsewhere", step)
    if settings.evidence_url is None:
        return Finding("evidence store", "ok", f"{folder}{'' if folder.is_dir() else ', made when the first file comes'}")
    try:
        await asyncio.wait_for(evidence_store(settings).check(), _PATIENCE.total_seconds())
    except ServiceFault as fault:
        return Finding("evidence store", "fail", fault.message, "Correct OMBUD_EVIDENCE_URL.")
    except OSError as error:
        step = "Check OMBUD_EVIDENCE_URL, and the access that this process has."
        return Finding("evidence store", "fail", f"does not answer: {type(error).__name__} {error}", step)
    return Finding("evidence store", "ok", "the bucket of OMBUD_EVIDENCE_URL answers")


CHECKS: tuple[Check, ...] = (
    check_python,
    check_zones,
    check_postgres_wheel,
    check_temporal_program,
    check_stack,
    check_database,
    check_temporal,
    check_mail,
    check_master_key,
    check_evidence,
)


def _show(findings: list[Finding], *, as_json: bool) -> None:
    if as_json:
        import json

        say(json.dumps([one._asdict() for one in findings], indent=2))
        return
    from rich.table import Table

    colours = {"ok": "green", "warn": "yellow", "fail": "red"}
    table = Table("part", "", "found", "next step")
    for one in findings:
        table.add_row(one.part, f"[{colours[one.verdict]}]{one.verdict}[/]", one.found, one.next_step)
    plain_console().print(table)
