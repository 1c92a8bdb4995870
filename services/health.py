"""Whether the services can work now."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.parts import Check, Parts
from storage.postgres.vault import VaultFault

MASTER_KEY = "master_key"
"""The check that this process seals with a key that the others know."""
_NEEDED = ("database", MASTER_KEY)
"""Without these nothing can be kept."""
_PATIENCE_S = 2.0
"""A service that takes longer to say that it is there is as good as away."""


@dataclass(frozen=True)
class Health:
    """``degraded``: commands are kept, and judged later. ``unavailable``: nothing can be kept."""

    status: Literal["ok", "degraded", "unavailable"]
    services: Mapping[str, str | None]
    """What is needed, by name: how it failed, as the code that our own faults have, else the class; None: it is there."""


async def health(parts: Parts) -> Health:
    """Whether the database answers, this process seals with a key that is used still, and everything is there without which
    answers come later."""
    named = {"database": parts.database_ready, **parts.also_ready}
    faults = dict(zip(named, await asyncio.gather(*(_fault(check) for check in named.values())), strict=True))
    if any(faults.get(name) is not None for name in _NEEDED):
        return Health("unavailable", faults)
    return Health("degraded" if any(fault is not None for fault in faults.values()) else "ok", faults)


async def _fault(check: Check) -> str | None:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await check()
    except Exception as error:  # noqa: BLE001 - whatever it fails with, the service is away
        return getattr(error, "code", None) if isinstance(error, VaultFault) else type(error).__name__
    return None
