"""What is known about one stack: the notes kept in its state folder, and what callers are told."""

from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from runtime.embedded.credentials import write_durably
from runtime.embedded.processes import ProcessRef

Service = Literal["postgres", "temporal", "mail"]


class Slot(BaseModel):
    """One service's port, which stays the same over restarts, and the process that was last started."""

    port: int | None = None
    ui_port: int | None = None
    process: ProcessRef | None = None


class Notes(BaseModel):
    """The content of `stack.json`. Losing it loses no data: what still runs is found again, the rest is started anew."""

    version: Literal[1] = 1
    postgres: Slot = Field(default_factory=Slot)
    temporal: Slot = Field(default_factory=Slot)
    mail: Slot = Field(default_factory=Slot)

    @classmethod
    def read(cls, state_dir: Path) -> "Notes":
        """The notes of this state folder; empty ones when there are none or they cannot be read."""
        try:
            return cls.model_validate_json((state_dir / "stack.json").read_bytes())
        except (FileNotFoundError, ValueError):
            return cls()

    def write(self, state_dir: Path) -> None:
        """Keep the notes, whole or not at all."""
        write_durably(state_dir / "stack.json", self.model_dump_json(indent=2))


class DatabaseUrls(NamedTuple):
    """The database, as each of its roles."""

    database_url: str
    database_admin_url: str | None
    database_owner_url: str


class StackInfo(BaseModel):
    """Where everything answers. The addresses of services that Ombud did not start are those of the settings."""

    model_config = ConfigDict(frozen=True)

    state_dir: Path
    database_url: str = Field(repr=False)
    database_admin_url: str | None = Field(repr=False)
    database_owner_url: str = Field(repr=False)
    temporal_address: str
    temporal_namespace: str
    temporal_ui_url: str | None = None
    smtp_host: str | None = None
    smtp_port: int = 587
    mail_folder: Path | None = None
    pids: dict[Service, int] = Field(default_factory=dict)
    logs: dict[Service, Path] = Field(default_factory=dict)
    started: tuple[Service, ...] = ()
    """What this very `up` started; empty when everything ran already."""


class ServiceStatus(BaseModel):
    """How one service stands."""

    model_config = ConfigDict(frozen=True)

    service: Service
    state: Literal["running", "stopped", "external"]
    address: str | None = None
    pid: int | None = None
    log: Path | None = None

    @classmethod
    def of(
        cls, service: Service, process: ProcessRef | None, port: int | None, log: Path | None, *, external: str | None
    ) -> "ServiceStatus":
        """Running when there is a process, else external when the settings name an address, else stopped."""
        if process:
            return cls(service=service, state="running", address=f"127.0.0.1:{port}", pid=process.pid, log=log)
        if external:
            return cls(service=service, state="external", address=external)
        return cls(service=service, state="stopped", log=log)
