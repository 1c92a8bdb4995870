"""What the pods of the Helm chart run, as processes of this machine: the same commands, with the environment that is rendered.

The jobs that come before a release run first, on an empty Postgres and a bare Temporal. Addresses, ports and folders are those of
this machine; all else is as a pod has it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from temporalio.client import Client

from runtime.embedded.processes import free_port
from tests.support.charts import Manifest, container, named, pods, variables
from tests.support.database import Server
from tests.support.temporal import TemporalServer
from workflows.handles import SEARCH_ATTRIBUTES

pytestmark = [pytest.mark.helm, pytest.mark.postgres, pytest.mark.temporal]

VALUES = "minimal console.apart=true evidence.claim=files"
PORTS = {"api": ("OMBUD_API_PORT", "OMBUD_API_HEALTH_PORT"), "console": ("OMBUD_CONSOLE_PORT",)}
"""What listens in each process; in the others the health of a worker alone."""
LONG_RUNNING = ("api", "console", "worker", "upkeep", "sign-heads")


@dataclass(frozen=True)
class Machine:
    """Where the pods' processes find what the cluster would give them."""

    folder: Path
    server: Server
    temporal: TemporalServer
    ports: dict[str, int] = field(default_factory=lambda: {
        name: free_port() for process in LONG_RUNNING for name in _ports_of(process)
    })  # fmt: skip

    def environment(self, process: str) -> dict[str, str]:
        """What the pod has, at this machine's addresses; of what need not be in its Secret there is nothing."""
        box, found = container(pods(VALUES)[process]), variables(VALUES, process)
        perhaps = {one["name"] for one in box["env"] if one.get("valueFrom", {}).get("secretKeyRef", {}).get("optional")}
        found = {name: value for name, value in found.items() if name not in perhaps}
        here = {
            "OMBUD_DATABASE_URL": self.server.app_dsn,
            "OMBUD_DATABASE_ADMIN_URL": self.server.admin_dsn,
            "OMBUD_DATABASE_OWNER_URL": self.server.owner_dsn,
            "OMBUD_TEMPORAL_ADDRESS": self.temporal.address,
            "TEMPORAL_ADDRESS": self.temporal.address,
            "OMBUD_STATE_DIR": str(self.folder / process),
            "OMBUD_HEADS_KEY_FILE": str(self.folder / "heads.key"),
            "OMBUD_HEADS_FILE": str(self.folder / "heads.jsonl"),
            "HOME": str(self.folder),
            **dict.fromkeys(("OMBUD_API_HOST", "OMBUD_CONSOLE_HOST", "OMBUD_HEALTH_HOST"), "127.0.0.1"),
            **{_of(name): str(port) for name, port in self.ports.items() if name in _ports_of(process)},
        }
        found |= {name: value for name, value in here.items() if name in found}
        return {"PATH": f"{self.temporal.program.parent}:{os.environ['PATH']}", **found}

    def command(self, process: str) -> list[str]:
        """As the image begins it."""
        return [sys.executable, "-P", "-m", "cli.main", *container(pods(VALUES)[process])["args"]]

    async def job(self, process: str, *command: str) -> tuple[int, str]:
        """A job from beginning to end: how it ended, and what it said."""
        pipe, aside = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
        begun = await asyncio.create_subprocess_exec(
            *(command or self.command(process)), env=self.environment(process), cwd=self.folder, stdout=pipe, stderr=aside
        )
        said, _ = await begun.communicate()
        return begun.returncode or 0, said.decode()

    def address(self, process: str, probe: Manifest) -> str:
        """Where a probe asks."""
        (port,) = [one for one in container(pods(VALUES)[process])["ports"] if one["name"] == probe["port"]]
        (name,) = [name for name in _ports_of(process) if variables(VALUES, process)[_of(name)] == str(port["containerPort"])]
        return f"http://127.0.0.1:{self.ports[name]}{probe['path']}"

    @asynccontextmanager
    async def running(self, process: str) -> AsyncIterator[None]:
        """While it lasts, the process of a pod runs; at its end it is told to stop, as Kubernetes tells it, and does in time."""
        (self.folder / process).mkdir(exist_ok=True)
        with (self.folder / f"{process}.log").open("wb") as log:
            pod = await asyncio.create_subprocess_exec(
                *self.command(process), env=self.environment(process), cwd=self.folder, stdout=log, stderr=log
            )
        try:
            yield
            pod.send_signal(signal.SIGTERM)
            grace = pods(VALUES)[process]["spec"]["terminationGracePeriodSeconds"]
            # A server of HTTP ends, once it is done, by the signal itself.
            assert await asyncio.wait_for(pod.wait(), grace) in (0, -signal.SIGTERM), self.log(process)
        finally:
            if pod.returncode is None:
                pod.kill()
                await pod.wait()

    async def answers(self, process: str, which: str) -> None:
        """Wait until a probe is content, as long as Kubernetes waits for a start."""
        box = container(pods(VALUES)[process])
        patience = box["startupProbe"]["periodSeconds"] * box["startupProbe"]["failureThreshold"]
        at = self.address(process, box[f"{which}Probe"]["httpGet"])
        async with httpx2.AsyncClient(follow_redirects=True) as kubelet:
            for _ in range(patience * 5):
                try:
                    if (await kubelet.get(at, timeout=5)).status_code == 200:
                        return
                except httpx2.HTTPError:
                    pass
                await asyncio.sleep(0.2)
        raise AssertionError(f"{process} does not answer at {at}: {self.log(process)}")

    def log(self, process: str) -> str:
        """The end of what a process wrote."""
        return (self.folder / f"{process}.log").read_text(encoding="utf-8", errors="replace")[-2000:]


def _ports_of(process: str) -> tuple[str, ...]:
    """Names for the ports of a process: those of its settings, and whose they are."""
    return tuple(f"{process} {name}" for name in PORTS.get(process, ("OMBUD_WORKER_HEALTH_PORT",)))


def _of(port: str) -> str:
    """The setting of a port."""
    return port.split()[1]


@pytest.fixture
def machine(tmp_path: Path, postgres_server: Server, temporal_server: TemporalServer) -> Machine:
    return Machine(tmp_path, postgres_server, temporal_server)


async def test_a_release_begins_on_an_empty_database_and_a_bare_temporal(machine: Machine) -> None:
    await asyncio.gather(namespace_made(machine), database_made(machine))
    async with AsyncExitStack() as release:
        for process in LONG_RUNNING:
            await release.enter_async_context(machine.running(process))
        for process in LONG_RUNNING:
            for probe in ("startup", "liveness", "readiness"):
                await machine.answers(process, probe)
        await scraped(machine)
        await scheduled(machine)


async def namespace_made(machine: Machine) -> None:
    """The job that makes the namespace; it comes again with each release, and changes nothing."""
    script = machine.folder / "namespace.sh"
    script.write_text(named(VALUES, "ConfigMap", "ombud-temporal-setup")["data"]["namespace.sh"], encoding="utf-8")
    code, said = await machine.job("temporal-setup", "/bin/sh", str(script))
    assert code == 0, said
    assert await machine.job("temporal-setup", "/bin/sh", str(script)) == (0, "")


async def database_made(machine: Machine) -> None:
    """The job that migrates, which comes again too; and the key that is in the Secret of whoever signs."""
    code, said = await machine.job("migrate")
    assert code == 0, said
    assert "applied 0001" in said
    assert await machine.job("migrate") == (0, "The database is up to date.\n")
    code, said = await machine.job("migrate", *machine.command("migrate")[:-1], "audit", "make-key", "heads.key")
    assert code == 0, said


async def scraped(machine: Machine) -> None:
    """Every process that has a health port tells its metrics there, and the API nowhere else."""
    async with httpx2.AsyncClient() as prometheus:
        for process in ("api", "worker", "upkeep", "sign-heads"):
            at = machine.address(process, {"port": "health", "path": "/metrics"})
            assert "ombud_" in (await prometheus.get(at)).text
        public = machine.address("api", {"port": "http", "path": "/metrics"})
        assert (await prometheus.get(public)).status_code == 404


async def scheduled(machine: Machine) -> None:
    """What is done each day has its Schedule, and cases can be found by their attributes."""
    client = await Client.connect(machine.temporal.address, namespace=variables(VALUES, "worker")["OMBUD_TEMPORAL_NAMESPACE"])
    for schedule in ("ombud-retention", "ombud-heads"):
        described = await client.get_schedule_handle(schedule).describe()
        assert not described.schedule.state.paused
    for attribute in SEARCH_ATTRIBUTES:
        assert (await client.count_workflows(f"{attribute} IS NULL")).count >= 0
