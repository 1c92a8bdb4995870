"""Everything of Ombud as real processes on one machine, to be killed: Postgres, Temporal, worker, API, mail server, a
platform.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
from temporalio.client import Client

from cli.kit.compose import prepare_database
from cli.local.fleet import Fleet, Role
from runtime.connection import connect_temporal
from runtime.embedded.sink import read_mails
from runtime.embedded.stack import Stack
from runtime.embedded.state import StackInfo
from runtime.errors import ServiceFault
from runtime.places import find_places
from runtime.plugin import ombud_plugin
from runtime.settings import Settings
from storage.outside.endpoints import PostgresEndpoints, Purpose
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.tenants import Person, PostgresTenants, Tenant
from tests.support.places import ROOT
from tests.support.receiver import Receiver
from workflows.handles import SEARCH_ATTRIBUTES

LONG_HISTORY = {"limit.historyCount.suggestContinueAsNew": "15"}
"""A history counts as long so early that every longer case goes on as a new run."""
PATIENCE_FOR = 120.0
"""Seconds that a condition may take to come true. Nothing is timed: this only ends a test that hangs."""

PEOPLE = (
    Person(id="per_ada", name="Ada", email="ada@team.example", queues=("mediation", "fraud"), capacity=500),
    Person(id="per_ben", name="Ben", email="ben@team.example", queues=("mediation", "fraud"), capacity=500),
    Person(id="per_cleo", name="Cleo", email="cleo@team.example", roles=("lead",), queues=("appeals",), capacity=500),
    Person(id="per_finn", name="Finn", email="finn@team.example", roles=("lead",), queues=("appeals",), capacity=500),
    # Three: one who returned a ruling and one who approved it may not decide its appeal.
    Person(id="per_gwen", name="Gwen", email="gwen@team.example", roles=("lead",), queues=("appeals",), capacity=500),
    Person(id="per_dana", name="Dana", email="dana@team.example", roles=("ops",)),
)

_numbers = count(1)


@dataclass
class Promises:
    """What was answered with 2xx, and so must be on record."""

    opened: set[str] = field(default_factory=set)
    received: set[tuple[str, str]] = field(default_factory=set)
    accepted: set[tuple[str, str]] = field(default_factory=set)


@dataclass
class Firm:
    """One tenant of the house with its keys, and what it was promised."""

    id: str
    platform: str
    people: dict[str, str]
    """The key of each person: what they send, they send with their own."""
    promises: Promises = field(default_factory=Promises)


class House:
    """The processes of one state folder, with handles for looking and for breaking."""

    patience = PATIENCE_FOR
    """What people who live cases in it wait for an answer."""

    def __init__(
        self, stack: Stack, info: StackInfo, fleet: Fleet, settings: Settings, database: Database, client: Client
    ) -> None:
        self.stack, self.info, self.fleet = stack, info, fleet
        self.settings, self.database, self.client = settings, database, client
        self.receiver = Receiver()
        self.vault = Vault.from_text(stack.master_key())
        self.tenants = PostgresTenants(database, self.vault)
        self.kills: Counter[str] = Counter()
        self._starting: dict[Role, asyncio.Lock] = {"worker": asyncio.Lock(), "api": asyncio.Lock()}

    @classmethod
    @asynccontextmanager
    async def at(
        cls, state_dir: Path, dynamic_config: Mapping[str, str] = LONG_HISTORY, given: Mapping[str, str] | None = None
    ) -> AsyncIterator[House]:
        """A house in an empty folder; at the end all of it is destroyed. ``given`` are settings for services outside it."""
        named: dict[str, Any] = {"database_url": None, "temporal_address": None, "smtp_host": None, **(given or {})}
        settings = Settings(_env_file=None, state_dir=state_dir, development=True, webhook_allow_private=True, **named)
        stack = Stack(settings, search_attributes=SEARCH_ATTRIBUTES, mail=True, dynamic_config=dynamic_config)
        told = {f"OMBUD_{name.upper()}": text for name, text in (given or {}).items()}
        fleet = Fleet(state_dir, {**environment(state_dir), **told})
        try:
            info = await stack.up()
            await prepare_database(find_places(settings))
            client = await connect_temporal(settings, info.temporal_address, plugins=[ombud_plugin()])
            async with await Database.connect(info.database_url, admin_dsn=info.database_admin_url, max_size=10) as database:
                house = cls(stack, info, fleet, settings, database, client)
                house.receiver.start()
                try:
                    await house.whole()
                    yield house
                finally:
                    house.receiver.stop()
        finally:
            for role in ("api", "worker"):
                fleet.kill(role)
            await stack.destroy()

    async def firm(self, *, hour: float = 0.05, settings: dict[str, Any] | None = None) -> Firm:
        """A tenant of its own for one test, in which an hour of the rules lasts ``hour`` seconds."""
        name = f"firm-{next(_numbers)}"
        await self.tenants.create(
            Tenant(id=name, name=name.title(), development=True, time_scale=hour / 3600, settings=settings or {})
        )
        keys: dict[str, str] = {}
        for person in PEOPLE:
            await self.tenants.put_person(name, person)
            _, keys[person.id] = await self.tenants.create_key(name, name=person.name, person_id=person.id)
        endpoints = PostgresEndpoints(self.database, self.vault)
        purposes: tuple[Purpose, ...] = ("events", "remedies")
        for purpose in purposes:
            made = await endpoints.create(name, f"{self.receiver.url}/{name}/{purpose}", purpose=purpose)
            self.receiver.secrets[f"{name}/{purpose}"] = made.secret
        _, platform = await self.tenants.create_key(name, name="platform")
        return Firm(name, platform, keys)

    # The processes

    async def start(self, role: Role, fail_point: str | None = None) -> None:
        """Start a process, armed to die at a named point when one is given."""
        extra = {}
        if fail_point is not None:
            self.mark_of(fail_point).unlink(missing_ok=True)
            extra = {"OMBUD_FAIL_POINT": fail_point}
        async with self._starting[role]:
            await asyncio.to_thread(self.fleet.start, role, None, extra)

    async def restart(self, role: Role, fail_point: str | None = None) -> None:
        """Stop a process in good order and start it anew."""
        await asyncio.to_thread(self.fleet.stop, role)
        await self.start(role, fail_point)

    @asynccontextmanager
    async def released(self, release: Path) -> AsyncIterator[None]:
        """While it lasts, worker and API run the packages in another folder, as after a deployment."""
        ours, theirs = self.fleet, Fleet(self.fleet.state_dir, environment(self.fleet.state_dir), release=release)
        roles: tuple[Role, ...] = ("worker", "api")
        try:
            for role in roles:
                await asyncio.to_thread(ours.stop, role)
            self.fleet = theirs
            await self.whole()
            yield
        finally:
            for role in roles:
                await asyncio.to_thread(theirs.stop, role)
            self.fleet = ours
            await self.whole()

    async def kill(self, what: str) -> None:
        """SIGKILL, as a power cut."""
        self.kills[what] += 1
        if what == "postgres":
            await self.stack.kill_postgres()
        elif what == "temporal":
            await self.stack.kill_temporal()
        else:
            await asyncio.to_thread(self.fleet.kill, what)  # type: ignore[arg-type]  # a role

    async def back(self, what: str) -> None:
        """Start again what was killed."""
        if what == "postgres":
            await self.stack.start_postgres()
        elif what == "temporal":
            await self.stack.start_temporal()
        else:
            await self.start(what)  # type: ignore[arg-type]  # a role

    async def whole(self) -> None:
        """Bring back whatever does not run; services that are coming up are waited for."""
        await self.stack.up()
        roles: tuple[Role, ...] = ("worker", "api")
        for role in roles:
            if self.fleet.running(role) is None:
                await self.start(role)

    @asynccontextmanager
    async def watched(self, *next_points: str) -> AsyncIterator[Counter[str]]:
        """While it lasts, a process that died is started again at once, as a supervisor does; how often, by role.

        The worker is armed anew each time, with one of ``next_points`` after the other.
        """
        points = {"worker": list(next_points), "api": []}
        died: Counter[str] = Counter()
        over = asyncio.Event()

        async def watch(role: Role) -> None:
            while not over.is_set():
                if self.fleet.running(role) is None:
                    died[role] += 1
                    point = points[role].pop(0) if points[role] else None
                    with suppress(ServiceFault):
                        await self.start(role, point)
                await asyncio.sleep(0.05)

        async with asyncio.TaskGroup() as watching:
            watching.create_task(watch("worker"))
            watching.create_task(watch("api"))
            try:
                yield died
            finally:
                over.set()
        await self.whole()

    def mark_of(self, fail_point: str) -> Path:
        """The file that shows that a process died at a point."""
        return self.settings.state_dir.resolve() / f"failpoint-{fail_point.partition(':')[0]}.hit"

    # Looking

    @property
    def api_url(self) -> str:
        """Where the API listens."""
        return f"http://127.0.0.1:{self.fleet.crew.api_port}"

    @asynccontextmanager
    async def api(self, secret: str) -> AsyncIterator[httpx2.AsyncClient]:
        """The real HTTP API, with somebody's key."""
        headers = {"Authorization": f"Bearer {secret}"}
        limits = httpx2.Limits(max_connections=100)
        async with httpx2.AsyncClient(base_url=self.api_url, headers=headers, timeout=30, limits=limits) as http:
            yield http

    def mails(self) -> Counter[str]:
        """How often each notice was accepted by the mail server, by notice id."""
        assert self.info.mail_folder is not None
        return Counter(
            str(m["Message-ID"]).strip().strip("<>").rpartition("@")[0].partition(".")[0]
            for m in read_mails(self.info.mail_folder)
        )

    async def run(
        self, *args: str, expect: int | None = 0, stdin: str | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """The real ``ombud`` command as a process of its own."""
        command = [sys.executable, "-m", "cli.main", *args]
        release = env.pop("release", str(ROOT))
        given = {**os.environ, **environment(self.fleet.state_dir), "OMBUD_STATE_DIR": str(self.fleet.state_dir), **env}
        done = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, check=False, cwd=release, env=given, input=stdin
        )
        assert expect is None or done.returncode == expect, f"{args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    async def json(self, *args: str, expect: int | None = 0, **env: str) -> Any:
        """What the command prints with ``--json``."""
        return json.loads((await self.run(*args, "--json", expect=expect, **env)).stdout)

    async def temporal(self, *args: str) -> subprocess.CompletedProcess[str]:
        """Temporal's own command line, as an operator uses it."""
        program = str(self.stack.binaries.find(lambda _: None).path)
        command = [program, *args, "--address", self.info.temporal_address, "--namespace", self.info.temporal_namespace]
        env = {**os.environ, "NO_COLOR": "1"}
        return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False, env=env)


def environment(state_dir: Path) -> dict[str, str]:
    """What the processes of a test are told."""
    # Where Python is told to keep no bytecode, every start would compile everything anew, for seconds.
    bytecode = (
        {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(state_dir / "bytecode")} if sys.dont_write_bytecode else {}
    )
    return {
        **bytecode,
        "OMBUD_DEVELOPMENT": "true",
        "OMBUD_WEBHOOK_ALLOW_PRIVATE": "true",
        "OMBUD_LOG_FORMAT": "json",
        "OMBUD_RELAY_EVERY_FOR": "0.5",
        "OMBUD_FAIL_POINT": "",
    }


async def until(holds: Callable[[], Awaitable[Any]], what: str | Callable[[], str], patience: float = PATIENCE_FOR) -> Any:
    """Wait for something to be true; the first true value. ``what`` says in the end what did not come."""
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while True:
        found = await holds()
        if found:
            return found
        if loop.time() > end:
            raise AssertionError(f"waited {patience:.0f} s for: {what if isinstance(what, str) else what()}")
        await asyncio.sleep(0.1)
