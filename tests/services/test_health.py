"""Without the database nothing can be kept; without the rest it is kept and judged later."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from services.health import health
from services.parts import Parts


async def there() -> None:
    return None


async def away() -> None:
    raise ConnectionError("away")


def parts(database: object, temporal: object) -> Parts:
    return cast("Parts", SimpleNamespace(database_ready=database, also_ready={"temporal": temporal}))


async def test_each_service_is_told_with_how_it_failed() -> None:
    found = await health(parts(there, away))
    assert (found.status, found.services) == ("degraded", {"database": None, "temporal": "ConnectionError"})


async def test_the_database_alone_decides_whether_anything_can_be_kept() -> None:
    assert (await health(parts(there, there))).status == "ok"
    assert (await health(parts(away, there))).status == "unavailable"
