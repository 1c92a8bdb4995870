"""The real Temporal server, as many processes of it in one cluster as are asked for, on a Postgres of Debian's packages.

The development server that everything else is tried with is one process with SQLite. This is what runs in production.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path

import yaml

from runtime.embedded import processes
from runtime.embedded.binary import default_cache
from runtime.embedded.ground import reaches, service_account, settle
from runtime.embedded.postgres import EmbeddedPostgres
from runtime.embedded.processes import ProcessRef
from tests.support.places import ROOT

VERSION = "v1.32.0"
"""As the Makefile builds it."""
PROGRAMS = default_cache().parent / "temporal-server" / VERSION
UNPACKED = default_cache().parent / "debian-postgres"
SHARDS = 8
"""Of a cluster; both processes have some, and take over the other's."""
SERVICES = ("frontend", "history", "matching", "worker")
USER, PASSWORD = "temporal", "temporal"
_ACCESS = f"host all {USER} 127.0.0.1/32 scram-sha-256\n"


def postgres_programs() -> Path | None:
    """The `bin` folder of a Postgres with `btree_gin`, which Temporal's SQL visibility needs: as installed, or as unpacked by
    `make cluster-servers`."""
    for top in (Path("/usr"), UNPACKED / "usr"):
        for folder in sorted(top.glob("lib/postgresql/*/bin"), reverse=True):
            if (top / "share" / "postgresql" / folder.parent.name / "extension" / "btree_gin.control").is_file():
                return folder
    return None


def missing() -> str | None:
    """What is not there of all this, and how it is had."""
    if postgres_programs() is None:
        return "a Postgres with btree_gin is not there: `make cluster-servers` unpacks Debian's, or `apt-get install postgresql`"
    if not all((PROGRAMS / name).is_file() for name in ("server", "sql")):
        return f"the Temporal server {VERSION} is not built: run `make cluster-servers` (needs Go; minutes, once)"
    return None


class DebianPostgres(EmbeddedPostgres):
    """A server of Debian's programs for Temporal's two databases."""

    def __init__(self, folder: Path) -> None:
        account = service_account()
        folder.mkdir(parents=True)
        super().__init__(settle(folder, account), account)
        found = postgres_programs()
        assert found is not None
        if not reaches(account, found):
            shutil.copytree(UNPACKED, self._home / "programs", symlinks=True)
            found = self._home / "programs" / found.relative_to(UNPACKED)
        self._programs = found
        self.port = processes.free_port()

    def _tool(self, name: str, data: Path | None = None) -> str:
        return str(self._programs / name)

    def _run(self, command: list[str], told: str = "") -> None:
        # What is unpacked brings its own libpq, which nobody else looks for there.
        libraries = ":".join(map(str, self._programs.parents[2].glob("*-linux-*")))
        super()._run(["/usr/bin/env", f"LD_LIBRARY_PATH={libraries}", *command], told)

    def make(self) -> None:
        """An empty server, to which Temporal's role has access alone, started."""
        self._run(
            [self._tool("initdb"), "-D", str(self._data), "-U", "postgres", "--auth=reject", "--encoding=UTF8", "--locale=C"]
        )
        (self._data / "pg_hba.conf").write_text(_ACCESS, encoding="utf-8")
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write("listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 200\n")
        self._single_user(self._data, [f"CREATE ROLE {USER} LOGIN CREATEDB PASSWORD '{PASSWORD}'"])
        self.start(self.port)

    @property
    def address(self) -> str:
        """For Temporal's role, the database left out."""
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}"

    def remove(self) -> None:
        """End it and delete every byte."""
        self.kill()
        shutil.rmtree(self._home, ignore_errors=True)


class TemporalServer:
    """One process with all four services of the server, a member of the cluster."""

    def __init__(self, name: str, folder: Path, database: DebianPostgres, settings: Mapping[str, str]) -> None:
        self.name, self._folder = name, folder / name
        self._folder.mkdir(parents=True)
        taken: dict[str, int] = {}
        for port in (*SERVICES, *(f"{one}-members" for one in SERVICES)):
            # Held by nobody yet: each is looked for beyond the one before.
            taken[port] = _free_beside(taken.values())
        self._ports, self.address = taken, f"127.0.0.1:{taken['frontend']}"
        dynamic = yaml.safe_load((ROOT / "deploy" / "temporal" / "dynamic-config.yaml").read_text(encoding="utf-8"))
        dynamic |= {key: [{"value": json.loads(text)}] for key, text in settings.items()}
        (self._folder / "dynamic.yaml").write_text(yaml.safe_dump(dynamic), encoding="utf-8")
        (self._folder / "config.yaml").write_text(yaml.safe_dump(self._config(database)), encoding="utf-8")
        self.log = self._folder / "server.log"
        self._process: ProcessRef | None = None

    def _config(self, database: DebianPostgres) -> dict[str, object]:
        def store(name: str, most: int) -> dict[str, object]:
            connection = {
                "pluginName": "postgres12_pgx", "databaseName": name, "connectAddr": f"127.0.0.1:{database.port}",
                "connectProtocol": "tcp", "user": USER, "password": PASSWORD, "maxConns": most, "maxIdleConns": most,
            }  # fmt: skip
            return {"sql": connection}

        def service(name: str) -> dict[str, object]:
            return {
                "rpc": {"grpcPort": self._ports[name], "membershipPort": self._ports[f"{name}-members"], "bindOnLocalHost": True}
            }

        return {
            "log": {"stdout": True, "level": "warn"},
            "persistence": {
                "defaultStore": "default", "visibilityStore": "visibility", "numHistoryShards": SHARDS,
                "datastores": {"default": store("temporal", 20), "visibility": store("temporal_visibility", 10)},
            },
            "global": {"membership": {"maxJoinDuration": "30s", "broadcastAddress": "127.0.0.1"}},
            "services": {name: service(name) for name in SERVICES},
            "clusterMetadata": {
                "enableGlobalNamespace": False, "failoverVersionIncrement": 10, "masterClusterName": "active",
                "currentClusterName": "active",
                "clusterInformation": {
                    "active": {"enabled": True, "initialFailoverVersion": 1, "rpcName": "frontend", "rpcAddress": self.address},
                },
            },
            "dcRedirectionPolicy": {"policy": "noop"},
            "dynamicConfigClient": {"filepath": str(self._folder / "dynamic.yaml"), "pollInterval": "60s"},
        }  # fmt: skip

    @property
    def runs(self) -> bool:
        """Whether its process lives."""
        return processes.alive(self._process)

    def start(self) -> None:
        """Start it unless it runs; it answers a moment later."""
        if not self.runs:
            config = str(self._folder / "config.yaml")
            command = [str(PROGRAMS / "server"), "--config-file", config, "--allow-no-auth", "start"]
            self._process = processes.spawn(command, log=self.log, marker=("--config-file", config), cwd=self._folder)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            processes.kill(self._process)


def _free_beside(taken: Collection[int]) -> int:
    while (port := processes.free_port()) in taken:
        pass
    return port


async def bring_schema(database: DebianPostgres) -> None:
    """Make Temporal's two databases with the schema that its tool carries."""
    place = ["--plugin", "postgres12_pgx", "--ep", "127.0.0.1", "-p", str(database.port), "-u", USER, "--pw", PASSWORD]
    for name, schema in (("temporal", "temporal"), ("temporal_visibility", "visibility")):
        sql = [str(PROGRAMS / "sql"), *place, "--db", name]
        await _run([*sql, "create"])
        await _run([*sql, "setup-schema", "-v", "0.0"])
        await _run([*sql, "update-schema", "--schema-name", f"postgresql/v12/{schema}"])


async def make_namespace(server: TemporalServer, name: str, program: Path, folder: Path) -> None:
    """Make the namespace with its search attributes, by the script that compose and the chart run."""
    path = folder / "bin"
    path.mkdir()
    (path / "temporal").symlink_to(program)
    told = {"TEMPORAL_ADDRESS": server.address, "NAMESPACE": name, "RETENTION": "72h", "PATH": f"{path}:{os.environ['PATH']}"}
    await _run(["/bin/sh", str(ROOT / "deploy" / "temporal" / "namespace.sh")], {**os.environ, **told})


async def _run(command: list[str], env: Mapping[str, str] | None = None) -> None:
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
