"""Postgres, Temporal and a mail catcher on one machine: up, down, and broken on purpose for the fault tests.

One stack belongs to one state folder; stacks with different folders know nothing of each other. Everything listens on 127.0.0.1.
What is started outlives the process that started it, and `down` ends exactly that.
"""

import asyncio
import fcntl
import os
import shutil
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from pydantic import SecretStr

from runtime.embedded import processes
from runtime.embedded.binary import BinaryFinder, Progress
from runtime.embedded.credentials import Credentials, keep_credentials, make_credentials, read_credentials, with_admin
from runtime.embedded.ground import service_account, settle
from runtime.embedded.mail import EmbeddedMail
from runtime.embedded.ports import Ports
from runtime.embedded.postgres import ADMIN, APP, OWNER, EmbeddedPostgres
from runtime.embedded.state import DatabaseUrls, Notes, Service, ServiceStatus, Slot, StackInfo
from runtime.embedded.temporal import EmbeddedTemporal
from runtime.errors import ServiceFault
from runtime.key_forms import opened
from runtime.patience import silent, telling
from runtime.settings import Settings


class Stack:
    """The embedded services of one state folder."""

    def __init__(
        self,
        settings: Settings,
        *,
        search_attributes: Mapping[str, str] | None = None,
        ui: bool = False,
        mail: bool = False,
        binaries: BinaryFinder | None = None,
        dynamic_config: Mapping[str, str] | None = None,
        ports: Ports | None = None,
    ) -> None:
        """Services for which `settings` name an address are left alone.

        `search_attributes` are names and Temporal types; `ui` adds Temporal's pages, `mail` a mail catcher; `binaries` finds the
        Temporal program; `dynamic_config` are settings of the Temporal server, such as when it calls a history long;
        `ports` says where things listen.
        """
        self._settings = settings
        self.state_dir = settings.state_dir.resolve()
        self._ui, self._wants_mail = ui, mail
        self._ports = ports or Ports()
        self._mail = EmbeddedMail(self.state_dir)
        self.binaries = binaries or BinaryFinder(explicit=settings.temporal_cli_path)
        self._temporal = EmbeddedTemporal(
            self.state_dir / "temporal",
            namespace=settings.temporal_namespace,
            search_attributes=search_attributes or {},
            dynamic_config=dynamic_config,
        )
        self._started: set[Service] = set()
        self._noting = threading.Lock()

    async def up(self, progress: Progress = silent) -> StackInfo:
        """Start what does not run yet, wait until all of it answers, and say where it is."""
        async with self._alone():
            self._started.clear()
            up = {"postgres": self._up_postgres, "temporal": self._up_temporal, "mail": self._up_mail}
            coming = (telling(name, come(progress), progress) for name, come in up.items())
            # Each is waited for also when another fails, or it would go on after the lock is given back.
            for outcome in await asyncio.gather(*coming, return_exceptions=True):
                if isinstance(outcome, BaseException):
                    raise outcome
            return self.info()

    async def down(self, progress: Progress = silent) -> tuple[Service, ...]:
        """Stop exactly what runs of this stack, Temporal first, and say what was stopped. Data and ports are kept."""
        async with self._alone():
            stopped: list[Service] = []
            notes = Notes.read(self.state_dir)
            if mail := self._living(notes.mail):
                await asyncio.to_thread(processes.terminate, mail, wait_for=5.0)
                stopped.append("mail")
            if temporal := self._living(notes.temporal) or self._temporal.stray():
                await asyncio.to_thread(self._temporal.stop, temporal)
                stopped.append("temporal")
            postgres = self._existing_postgres()
            if postgres and postgres.running():
                await asyncio.to_thread(postgres.stop)
                stopped.append("postgres")
            for service in stopped:
                progress(f"{service} stopped")
            return tuple(stopped)

    async def destroy(self) -> None:
        """End everything at once and delete every byte of it; for tests and for starting over."""
        async with self._alone():
            await asyncio.gather(self.kill_temporal(), self.kill_mail(), self.kill_postgres())
            for folder in (self._home(), self.state_dir):
                if folder is not None:
                    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def status(self) -> list[ServiceStatus]:
        """How each service stands, without asking the services themselves."""
        notes, postgres = Notes.read(self.state_dir), self._existing_postgres()
        database, port = (postgres.running() if postgres else None) or (None, None)
        temporal, mail = self._living(notes.temporal), self._living(notes.mail)
        log, settings = postgres.log if postgres else None, self._settings
        return [
            ServiceStatus.of("postgres", database, port, log, external=_host_of(settings.database_url)),
            ServiceStatus.of("temporal", temporal, notes.temporal.port, self._temporal.log, external=settings.temporal_address),
            ServiceStatus.of("mail", mail, notes.mail.port, self._mail.log, external=settings.smtp_host),
        ]

    def temporal_address(self) -> str:
        """Where Temporal answers, whatever else runs. Raises `ServiceFault` `stack_not_running` when it does not run here."""
        if self._settings.temporal_address:
            return self._settings.temporal_address
        slot = Notes.read(self.state_dir).temporal
        if self._living(slot) is None:
            raise ServiceFault("stack_not_running", "Not running: temporal. Start it with `ombud stack up`.")
        return f"127.0.0.1:{slot.port}"

    def info(self) -> StackInfo:
        """Where everything answers. Raises `ServiceFault` `stack_not_running` when something needed does not run."""
        notes, settings = Notes.read(self.state_dir), self._settings
        states = self.status()
        missing = [status.service for status in states if status.state == "stopped" and status.service != "mail"]
        if missing:
            raise ServiceFault("stack_not_running", f"Not running: {', '.join(missing)}. Start it with `ombud stack up`.")
        up = {status.service: status for status in states if status.state == "running"}
        urls = self.database_urls()
        ui, mail = notes.temporal.ui_port if "temporal" in up else None, up.get("mail")
        return StackInfo(
            state_dir=self.state_dir,
            database_url=urls.database_url,
            database_admin_url=urls.database_admin_url,
            database_owner_url=urls.database_owner_url,
            temporal_address=settings.temporal_address or f"127.0.0.1:{notes.temporal.port}",
            temporal_namespace=settings.temporal_namespace,
            temporal_ui_url=f"http://127.0.0.1:{ui}" if ui else None,
            smtp_host="127.0.0.1" if mail else settings.smtp_host,
            smtp_port=(notes.mail.port if mail else None) or settings.smtp_port,
            mail_folder=self._mail.folder if mail else None,
            pids={service: status.pid for service, status in up.items() if status.pid},
            logs={service: status.log for service, status in up.items() if status.log},
            started=tuple(sorted(self._started)),
        )

    def master_key(self) -> str:
        """The keys that guard the keys of all texts, from the settings, or made for this state folder.

        In base64, with semicolons between: the keys, with commas, first the one that seals and last the first that there was; the
        root of digests, or nothing where it follows from that first one; the key that comes next, or nothing.
        """
        settings = self._settings
        if settings.master_key is None:
            keys, root = self._credentials()[0].master_key, self._credentials()[0].digest_root
        else:
            keys, root = _plain(settings.master_key), ""
        if settings.master_keys_earlier is not None:
            keys = f"{keys},{_plain(settings.master_keys_earlier)}"
        return f"{keys};{_plain(settings.digest_key) or root};{_plain(settings.master_key_next)}".rstrip(";")

    # What the fault tests do to a running stack

    async def kill_postgres(self) -> None:
        """SIGKILL the database server with all of its processes."""
        if postgres := self._existing_postgres():
            await asyncio.to_thread(postgres.kill)

    async def start_postgres(self) -> None:
        """Start the database server again, on its port, and wait until it has recovered."""
        async with self._alone():
            await self._up_postgres(silent)

    async def kill_temporal(self) -> None:
        """SIGKILL the Temporal server."""
        if server := self._living(Notes.read(self.state_dir).temporal) or self._temporal.stray():
            await asyncio.to_thread(processes.kill, server)

    async def kill_mail(self) -> None:
        """SIGKILL the mail catcher; `up` starts it again on its port."""
        if server := self._living(Notes.read(self.state_dir).mail):
            await asyncio.to_thread(processes.kill, server)

    async def start_temporal(self) -> None:
        """Start the Temporal server again, on its port, and wait until it answers."""
        async with self._alone():
            await self._up_temporal(silent)

    async def wipe_temporal(self) -> None:
        """Stop the Temporal server and throw its whole database away, as if a cluster were lost."""
        async with self._alone():
            if server := self._living(Notes.read(self.state_dir).temporal):
                await asyncio.to_thread(self._temporal.stop, server)
            self._temporal.wipe()

    # How each service comes up

    async def _up_postgres(self, progress: Progress) -> None:
        if self._settings.database_url is None:
            await asyncio.to_thread(self._start_postgres, progress)

    def _start_postgres(self, progress: Progress) -> None:
        account = service_account()
        home = settle(self.state_dir, account)
        postgres = EmbeddedPostgres(home, account)
        credentials, fresh = self._credentials()
        old = not credentials.admin_password
        if old:
            credentials = with_admin(credentials)
        running = postgres.running()
        if running and not fresh and not old:
            self._note(postgres=Slot(port=running[1], process=running[0]))
            progress("postgres runs already")
            return
        if not postgres.initialised:
            progress("postgres: making the database")
            if not home.is_relative_to(self.state_dir):
                progress(f"postgres: its user cannot reach the state folder, so its data is in {home}")
            postgres.initialise(credentials)
        elif fresh or old:
            postgres.stop()
            postgres.renew_passwords(credentials)
        if old:
            # After the database knows it: whoever is interrupted before begins anew.
            keep_credentials(self.state_dir, credentials)
        port = processes.free_port(Notes.read(self.state_dir).postgres.port)
        self._note(postgres=Slot(port=port, process=postgres.start(port)))
        self._started.add("postgres")
        progress(f"postgres answers on 127.0.0.1:{port}")

    async def _up_temporal(self, progress: Progress) -> None:
        if self._settings.temporal_address is not None:
            return
        slot = Notes.read(self.state_dir).temporal
        if server := self._living(slot):
            await self._temporal.ready(f"127.0.0.1:{slot.port}", server)
            progress("temporal runs already")
            return
        if stray := self._temporal.stray():
            await asyncio.to_thread(self._temporal.stop, stray)
        found = await asyncio.to_thread(self.binaries.find, progress)
        port = self._ports.take("temporal", slot.port)
        ui_port = self._ports.take("temporal_ui", slot.ui_port) if self._ui else None
        server = self._temporal.start(found.path, port, ui_port)
        self._note(temporal=Slot(port=port, ui_port=ui_port, process=server))
        await self._temporal.ready(f"127.0.0.1:{port}", server)
        self._started.add("temporal")
        progress(f"temporal answers on 127.0.0.1:{port} (program: {found.source})")

    async def _up_mail(self, progress: Progress) -> None:
        slot = Notes.read(self.state_dir).mail
        if not self._wants_mail or self._settings.smtp_host or self._living(slot):
            return
        port = self._ports.take("mail", slot.port)
        server = self._mail.start(port)
        self._note(mail=Slot(port=port, process=server))
        await self._mail.ready(port, server)
        self._started.add("mail")
        progress(f"mail catcher answers on 127.0.0.1:{port}")

    # Notes and places

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """One process at a time changes the stack; the others wait."""
        with self._lock_file() as lock:
            # Asked for again and again, not in a thread: whoever is cancelled while waiting lets go of the file.
            while not _try_lock(lock):  # noqa: ASYNC110 - another process holds it
                await asyncio.sleep(0.02)
            yield

    def _lock_file(self) -> TextIO:
        # Postgres may run as another user, who must be able to pass through; the files inside have modes of their own.
        self.state_dir.mkdir(parents=True, exist_ok=True)
        self.state_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
        return (self.state_dir / "stack.lock").open("w", encoding="utf-8")

    def _note(self, **slots: Slot) -> None:
        with self._noting:
            Notes.read(self.state_dir).model_copy(update=slots).write(self.state_dir)

    def _credentials(self) -> tuple[Credentials, bool]:
        known = read_credentials(self.state_dir)
        return (known, False) if known else (make_credentials(self.state_dir), True)

    def _living(self, slot: Slot) -> processes.ProcessRef | None:
        return slot.process if processes.alive(slot.process) else None

    def _home(self) -> Path | None:
        pointer = self.state_dir / "postgres.home"
        home = Path(pointer.read_text().strip()) if pointer.exists() else self.state_dir / "postgres"
        return home if home.exists() else None

    def _existing_postgres(self) -> EmbeddedPostgres | None:
        home = self._home()
        return EmbeddedPostgres(home, service_account()) if home and self._settings.database_url is None else None

    def database_urls(self) -> DatabaseUrls:
        """The database as each of its roles, whatever else runs. Raises `ServiceFault` when it does not run here."""
        given = self._settings.database_url
        if given:
            admin, owner = self._settings.database_admin_url, self._settings.database_owner_url or given
            return DatabaseUrls(given.get_secret_value(), admin.get_secret_value() if admin else None, owner.get_secret_value())
        postgres = self._existing_postgres()
        running = postgres.running() if postgres else None
        if postgres is None or running is None:
            raise ServiceFault("stack_not_running", "Not running: postgres. Start it with `ombud stack up`.")
        port, credentials = running[1], self._credentials()[0]
        return DatabaseUrls(
            postgres.url(APP, credentials.app_password, port),
            postgres.url(ADMIN, credentials.admin_password, port) if credentials.admin_password else None,
            postgres.url(OWNER, credentials.owner_password, port),
        )


def _try_lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _host_of(url: SecretStr | None) -> str | None:
    """Host and port of a database address, without its password."""
    return urlsplit(url.get_secret_value()).netloc.rpartition("@")[2] if url else None


def _plain(secret: SecretStr | None) -> str:
    return ",".join(map(opened, secret.get_secret_value().split(","))) if secret is not None else ""
