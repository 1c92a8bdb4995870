"""How the machine's own parts and Temporal stand, and what to do where they are not well: looked at, never started or changed."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

import aiosmtplib
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from runtime.connection import connect_temporal
from runtime.embedded.postgres import find_binaries
from runtime.embedded.stack import Stack
from runtime.errors import ServiceFault
from runtime.namespace import missing_attributes
from runtime.pollers import HEARD_WITHIN
from runtime.settings import Settings

UPKEEP_WITHIN = timedelta(hours=6)
"""A run of upkeep that takes longer waits for a process that does not come."""


class Look(NamedTuple):
    """How something stands, and the next step."""

    verdict: Literal["ok", "warn", "fail"]
    found: str
    next_step: str = ""


class Server:
    """The Temporal server, one connection for all looks: one that is away is waited for once."""

    def __init__(self, settings: Settings, stack: Stack, patience: timedelta, heard_within: timedelta = HEARD_WITHIN) -> None:
        """`heard_within`: who asked for work no longer ago than this counts as a worker that runs."""
        self._settings, self._stack, self.patience, self.heard_within = settings, stack, patience, heard_within
        self._client: Client | None = None
        self._fault: ServiceFault | None = None

    async def client(self) -> Client:
        """A client of it. Raises ServiceFault when it does not answer."""
        if self._fault is not None:
            raise self._fault
        if self._client is None:
            try:
                address = self._stack.temporal_address()
                self._client = await connect_temporal(self._settings, address, deadline_for=self.patience)
            except ServiceFault as fault:
                self._fault = fault
                raise
        return self._client


async def postgres_program(settings: Settings) -> Look:
    """The embedded database's program."""
    if settings.database_url:
        return Look("ok", "not needed: OMBUD_DATABASE_URL is set")
    found = find_binaries()
    if not found:
        return Look("fail", "the wheel is missing", "Run `uv sync`, or set OMBUD_DATABASE_URL.")
    return Look("ok", f"Postgres {max(found)} from the wheel")


async def temporal_program(settings: Settings, stack: Stack) -> Look:
    """The embedded Temporal server's program, and where it was found."""
    if settings.temporal_address:
        return Look("ok", "not needed: TEMPORAL_ADDRESS is set")
    try:
        found = stack.binaries.look()
    except ServiceFault as fault:
        return Look("fail", fault.message, "Correct or unset TEMPORAL_CLI_PATH.")
    if found is None:
        return Look("warn", "not on this machine yet", "Run `ombud stack up`: it downloads or builds it, once.")
    return Look("ok", f"{found.path} ({found.source})")


async def services(stack: Stack) -> Look:
    """What of the embedded services runs. Without the mail catcher everything goes on."""
    states = stack.status()
    found = ", ".join(f"{status.service} {status.state}" for status in states)
    if any(status.state == "stopped" and status.service != "mail" for status in states):
        return Look("fail", found, "Run `ombud stack up`.")
    return Look("ok", found)


async def temporal(server: Server, wanted: Mapping[str, str], may_lack: Collection[str] = ()) -> Look:
    """The Temporal server: reachable, and it knows by what cases can be found (`wanted`: names and Temporal's types). Without
    those that it ``may_lack`` cases run, and are found by less."""
    try:
        client = await server.client()
    except ServiceFault as fault:
        return Look("fail", fault.message, "Run `ombud stack up`, or check TEMPORAL_ADDRESS.")
    found = f"{client.service_client.config.target_host}, namespace {client.namespace}"
    try:
        missing = await missing_attributes(client, wanted, server.patience)
    except RPCError as error:
        return Look("warn", f"{found}; it does not say its search attributes ({error})")
    if missing:
        named = " ".join(f"--name {name} --type {wanted[name]}" for name in missing)
        step = f"Run `ombud temporal operator search-attribute create {named}`."
        verdict: Literal["warn", "fail"] = "warn" if set(missing) <= set(may_lack) else "fail"
        return Look(verdict, f"{found}; search attributes are missing: {', '.join(missing)}", step)
    return Look("ok", found)


async def upkeep(server: Server, task_queue: str) -> Look:
    """What is done once a day by schedules: that there is one for erasing what is past its time, and that it runs."""
    try:
        client = await server.client()
        schedule = f"{task_queue}-retention"
        told = await client.get_schedule_handle(schedule).describe(rpc_timeout=server.patience)
    except ServiceFault as fault:
        return Look("warn", f"not looked at: {fault.message}", "See what it says of Temporal.")
    except RPCError as error:
        step = "Run `ombud worker upkeep`, or have `ombud retention` started once a day."
        missing = error.status is RPCStatusCode.NOT_FOUND
        found = "no schedule erases what is past its time" if missing else f"not looked at: {error.status.name}"
        return Look("warn", found, step)
    if told.schedule.state.paused:
        return Look(
            "warn", f"the schedule {schedule} is paused", f"Run `ombud temporal schedule toggle --unpause -s {schedule}`."
        )
    if not told.info.recent_actions:
        return Look("ok", f"{schedule}: not begun yet")
    began = told.info.recent_actions[-1].started_at
    if told.info.running_actions and datetime.now(UTC) - began > UPKEEP_WITHIN:
        return Look("warn", f"{schedule} runs since {began:%Y-%m-%d %H:%M} UTC", "Does `ombud worker upkeep` run? See its log.")
    return Look("ok", f"{schedule}: last begun {began:%Y-%m-%d %H:%M} UTC")


async def mail(settings: Settings, stack: Stack, patience: timedelta) -> Look:
    """The mail server: the machine's own catcher where it runs, or else the one that is named."""
    catcher = next(status for status in stack.status() if status.service == "mail")
    if catcher.state == "running" and catcher.address:
        host, port = "127.0.0.1", int(catcher.address.rpartition(":")[2])
    elif settings.smtp_host:
        host, port = settings.smtp_host, settings.smtp_port
    else:
        step = "Set OMBUD_SMTP_HOST, or run `ombud stack up --mail`: no notice goes out."
        return Look("warn", "no mail server", step)
    client = aiosmtplib.SMTP(hostname=host, port=port, start_tls=False, timeout=patience.total_seconds())
    try:
        async with client:
            await client.ehlo()
    except (aiosmtplib.SMTPException, OSError) as error:
        return Look("fail", f"{host}:{port} does not answer: {error}", "Check OMBUD_SMTP_HOST and OMBUD_SMTP_PORT.")
    return Look("ok", f"{host}:{port}")


async def master_key(settings: Settings, stack: Stack) -> Look:
    """The key without which no text can be read."""
    if settings.master_key:
        return Look("ok", "from OMBUD_MASTER_KEY")
    if settings.database_url:
        step = "Set OMBUD_MASTER_KEY (`openssl rand -base64 32`), the same for every process, and keep a copy apart."
        return Look("warn", "kept in this machine's state folder, while the database is elsewhere", step)
    path = stack.state_dir / "credentials.json"
    if not path.exists():
        return Look("warn", "not made yet", "Run `ombud stack up`.")
    if path.stat().st_mode & 0o077:
        return Look("fail", f"others can read {path}", f"Run `chmod 600 {path}`.")
    return Look("ok", "in the state folder, readable by its owner only")
