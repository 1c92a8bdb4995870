"""Sessions in the database: found by their secret while they live, ended for good, and nobody else's to end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from storage.access.sessions import PostgresSessions, create
from storage.postgres.pool import Database
from tests.support.worlds import World

pytestmark = pytest.mark.postgres

HOUR = timedelta(hours=1)


async def opened(database: Database, tenant_id: str, **more: Any) -> tuple[str, str]:
    async with database.deed(tenant_id) as conn:
        said = {"device": "Firefox on Linux", "idle_for": HOUR, "lives_for": HOUR, **more}
        return await create(conn, tenant_id, "per_mia", "oidc", **said)


async def test_one_that_has_ended_does_not_come_back(database: Database, world: World) -> None:
    session_id, secret = await opened(database, world.tenant_id)
    sessions = PostgresSessions(database)
    found = await sessions.find(secret)
    assert found is not None
    assert (found.tenant_id, found.id, found.person_id) == (world.tenant_id, session_id, "per_mia")
    assert await sessions.end(world.tenant_id, "per_mia", session_id, "signed_out")
    assert not await sessions.end(world.tenant_id, "per_mia", session_id, "ended")
    assert await sessions.find(secret) is None
    async with database.tenant(world.tenant_id) as conn:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="has ended"):
            await conn.execute("UPDATE sessions SET ended_at = NULL, ended_because = NULL WHERE id = $1", session_id)


async def test_nobody_ends_the_session_of_somebody_else(database: Database, world: World) -> None:
    session_id, secret = await opened(database, world.tenant_id)
    sessions = PostgresSessions(database)
    assert not await sessions.end(world.tenant_id, "per_ola", session_id, "ended")
    assert not await sessions.end(f"{world.tenant_id}-other", "per_mia", session_id, "ended")
    assert await sessions.find(secret) is not None


async def test_a_provider_ends_its_own_session_or_all_of_a_person_begun_before(database: Database, world: World) -> None:
    sessions, of = PostgresSessions(database), {"issuer": "https://id.example", "subject": "mia"}
    first, _ = await opened(database, world.tenant_id, **of, sid="s-1")
    second, _ = await opened(database, world.tenant_id, **of, sid="s-2")
    long_ago, soon = datetime.now(UTC) - HOUR, datetime.now(UTC) + HOUR
    issuer = of["issuer"]
    assert await sessions.end_of_provider(world.tenant_id, "https://else.example", "s-1", None, soon) == []
    assert await sessions.end_of_provider(world.tenant_id, issuer, None, "mia", long_ago) == []
    assert await sessions.end_of_provider(world.tenant_id, issuer, "s-1", "mia", soon) == [first]
    assert await sessions.end_of_provider(world.tenant_id, issuer, None, "mia", soon) == [second]
