"""Who has logged in at this command line: a key of each person's own, kept in the state folder for its owner alone to read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from cli.kit.target import Target

LOCAL = "local"
"""Where the services of this machine are meant and no ``OMBUD_URL``."""


def here() -> str:
    """Whose API the command line talks to."""
    return os.environ.get("OMBUD_URL") or LOCAL


class Logins:
    """The file. ``place`` is whose API it is, one entry for each person there."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / "logins.json"

    def keep(self, place: str, tenant: str, person: str, secret: str, until: str | None = None) -> None:
        """Remember somebody's key, and until when it lives (ISO 8601); an earlier one of theirs there is forgotten."""
        from runtime.embedded.credentials import write_durably

        rest = [entry for entry in self._read() if (entry["place"], entry["tenant"], entry["person"]) != (place, tenant, person)]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        rest.append({"place": place, "tenant": tenant, "person": person, "secret": secret, "until": until})
        write_durably(self._path, json.dumps(rest, indent=2))

    def forget(self, place: str, tenant: str | None, person: str | None) -> list[str]:
        """Forget one person's key, or everybody's there; whose they were."""
        from runtime.embedded.credentials import write_durably

        gone = [entry for entry in self._read() if _fits(entry, place, tenant) and person in (None, entry["person"])]
        if gone:
            write_durably(self._path, json.dumps([entry for entry in self._read() if entry not in gone], indent=2))
        return [entry["person"] for entry in gone]

    def secret(self, place: str, tenant: str | None, person: str) -> str | None:
        """Somebody's key; None when they have not logged in, or in several tenants and none was named."""
        found = [entry["secret"] for entry in self._read() if _fits(entry, place, tenant) and entry["person"] == person]
        return found[0] if len(found) == 1 else None

    def people(self, place: str) -> list[tuple[str, str, str | None]]:
        """Tenant and person of everybody who has logged in there, and until when; None: nobody knows of an end."""
        return [(entry["tenant"], entry["person"], entry.get("until")) for entry in self._read() if entry["place"] == place]

    def _read(self) -> list[dict[str, Any]]:
        try:
            found = json.loads(self._path.read_bytes())
        except (FileNotFoundError, ValueError):
            return []
        return [entry for entry in found if isinstance(entry, dict) and {"place", "tenant", "person", "secret"} <= set(entry)]


def _fits(entry: dict[str, Any], place: str, tenant: str | None) -> bool:
    return entry["place"] == place and tenant in (None, entry["tenant"])


def logins() -> Logins:
    """Those of this machine's state folder."""
    from runtime.settings import Settings

    return Logins(Settings().state_dir)


def known_login(target: Target) -> str | None:
    """The key of whoever is to speak, when they have logged in."""
    if target.speaker is None or not target.speaker.startswith("per_"):
        return None
    return logins().secret(here(), target.tenant, target.speaker)
