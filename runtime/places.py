"""Where a process finds its services: what the settings name, and for the rest the embedded stack of the state folder."""

from dataclasses import dataclass

from runtime.embedded.stack import Stack
from runtime.errors import ServiceFault
from runtime.settings import Settings


@dataclass(frozen=True)
class Places:
    """Addresses and the master key, resolved once per process."""

    database_url: str
    database_admin_url: str | None
    """As whom administrators' deeds are done; None: not by this process."""
    database_owner_url: str
    temporal_address: str
    master_key: str
    smtp_host: str | None
    smtp_port: int
    embedded: bool
    """Whether any service is one of the embedded stack's."""


def find_places(settings: Settings) -> Places:
    """The addresses this process uses. Raises `ServiceFault` when something is neither named nor embedded and running."""
    named = settings.database_url is not None and settings.temporal_address is not None
    if named and settings.master_key is None:
        raise ServiceFault(
            "master_key_missing",
            "OMBUD_MASTER_KEY is empty. With a database of your own, every process needs the same key: "
            "make one with `openssl rand -base64 32` and keep it where the database's backups are not.",
        )
    stack = Stack(settings)
    info = stack.info()
    return Places(
        database_url=info.database_url,
        database_admin_url=info.database_admin_url,
        database_owner_url=info.database_owner_url,
        temporal_address=info.temporal_address,
        master_key=stack.master_key(),
        smtp_host=info.smtp_host,
        smtp_port=info.smtp_port,
        embedded=not named,
    )
