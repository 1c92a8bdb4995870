"""The master keys of this machine's settings, on its database, for whoever runs Ombud."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, TypeVar

from runtime.failpoints import FailPoints
from runtime.places import find_places
from runtime.settings import Settings
from storage.postgres.master_keys import MasterState, PostgresMasterKeys, Unopened
from storage.postgres.pool import Database
from storage.postgres.vault import Vault

Result = TypeVar("Result")


def rotated(told: Callable[[int], None], batch: int) -> dict[str, Any]:
    """Seal everything again that lies under another key; ``told`` how much it is by now. Says how it stands afterwards."""

    stuck: list[Unopened] = []

    async def work(keys: PostgresMasterKeys) -> tuple[int, MasterState]:
        done, point = 0, FailPoints.of(Settings())

        def count(place: str, some: int) -> None:
            nonlocal done
            done += some
            point.hit("keys.sealed_again")
            told(done)

        await keys.rotate(count, batch, stuck.append)
        return done, await keys.finish()

    done, found = _with_keys(work)
    needed = found.left > len(stuck) or not found.digest_key_given
    unopened = {"unopened": [asdict(row) for row in stuck]}
    return {"object": "master_key_rotation", "sealed_again": done, "needed": needed, **unopened, **_seen(found)}


def state() -> dict[str, Any]:
    """How it stands with the master keys. Nothing is changed."""
    return {"object": "master_key", **_seen(_with_keys(PostgresMasterKeys.state))}


def digest_root() -> str:
    """The root of digests in use, in base64."""
    return b64encode(Vault.from_text(find_places(Settings()).master_key).ring.digest_root).decode()


def _with_keys(work: Callable[[PostgresMasterKeys], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        places = find_places(Settings())
        vault = Vault.from_text(places.master_key)
        async with await Database.connect(places.database_url, admin_dsn=places.database_admin_url, max_size=2) as database:
            return await work(PostgresMasterKeys(database, vault))

    return asyncio.run(run())


def _seen(state: MasterState) -> dict[str, Any]:
    return {
        "current": state.current,
        "known": list(state.known),
        "since": state.since.isoformat() if state.since else None,
        "alone_since": state.alone_since.isoformat() if state.alone_since else None,
        "under_others": dict(state.under_others),
        "under_unknown": dict(state.under_unknown),
        "digest_key_given": state.digest_key_given,
    }
