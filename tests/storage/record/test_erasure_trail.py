"""What was erased stays erased, and who asked, agreed and when is what the audit trail says: the rows are held against it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pytest

from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.audit import PostgresAudit
from storage.record.retention import PostgresRetention
from storage.tenants import Person
from tests.support.database import Server
from tests.support.office import Office, party
from tests.support.owners import owner_of

pytestmark = pytest.mark.postgres


@dataclass(frozen=True)
class Erased:
    """A person who was erased by two of ops, and what the database held of them before."""

    office: Office
    case_id: str
    holder: str
    wrapped: dict[str, bytes]
    server: Server

    async def found(self) -> set[str]:
        verdict = await PostgresAudit(self.office.database, self.office.vault).verify(self.office.tenant_id)
        return {flaw.what for flaw in verdict.flaws}

    async def of_the_case(self) -> set[str]:
        verdict = await PostgresAudit(self.office.database, self.office.vault).verify_case(self.office.tenant_id, self.case_id)
        return {flaw.what for flaw in verdict.flaws}

    async def put_back(self, *, fitted: bool) -> None:
        async with owner_of(self.server, self.office.tenant_id) as conn:
            for key_id, wrapped in self.wrapped.items():
                back = "UPDATE keys SET wrapped = $2, destroyed_at = NULL, erasure_id = NULL WHERE id = $1"
                await conn.execute(back, key_id, wrapped)
            if fitted:
                await conn.execute("UPDATE parties SET has_email = true WHERE id = $1", self.holder)


MADE_UP = """
INSERT INTO erasures (tenant, id, scope, case_id, reason, needs_second, asked_by, asked_with)
SELECT tenant, 'ers_made_up', 'case', case_id, 'request', true, 'per_finn', 'key_1' FROM erasures LIMIT 1
"""


async def of_keys(database: Database, tenant_id: str, holder: str) -> dict[str, bytes]:
    async with database.tenant(tenant_id) as conn:
        rows = await conn.fetch("SELECT id, wrapped FROM keys WHERE tenant = $1 AND holder = $2", tenant_id, holder)
    return {row["id"]: row["wrapped"] for row in rows}


@pytest.fixture
async def erased(database: Database, vault: Vault, server: Server, request: pytest.FixtureRequest) -> Erased:
    office = Office(database, vault, f"erased-{hashlib.sha256(request.node.name.encode()).hexdigest()[:12]}")
    await office.hire()
    await office.tenants.put_person(office.tenant_id, Person(id="per_omar", name="Omar", roles=("ops",)))
    office.keys["omar"] = await office.key(person_id="per_omar", scopes=("cases:read", "cases:write", "admin"))
    case = await office.desk().opened(statement="They never sent it.")
    holder = party(case, "claimant")
    await office.desk().command(case["id"], "withdraw", holder)
    wrapped = await of_keys(database, office.tenant_id, holder)
    said = {"case": case["id"], "party": holder, "reason": "request"}
    asked = (await office.desk("dana").post("/v1/erasures", said)).json()
    done = await office.desk("omar").post(f"/v1/erasures/{asked['id']}/approve")
    assert done.json()["state"] == "done", done.text
    return Erased(office, case["id"], holder, wrapped, server)


async def test_what_was_erased_is_no_finding(erased: Erased) -> None:
    assert await erased.found() == set()


@pytest.mark.parametrize("fitted", [False, True])
async def test_a_key_that_is_put_back_is_found(erased: Erased, fitted: bool) -> None:
    await erased.put_back(fitted=fitted)
    assert "erased_back" in await erased.found()
    assert "erased_back" in await erased.of_the_case()


async def test_what_is_erased_again_is_whole_again(erased: Erased) -> None:
    await erased.put_back(fitted=True)
    said = {"case": erased.case_id, "party": erased.holder, "reason": "request"}
    asked = (await erased.office.desk("dana").post("/v1/erasures", said)).json()
    await erased.office.desk("omar").post(f"/v1/erasures/{asked['id']}/approve")
    assert await erased.found() == set()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE keys SET destroyed_at = '2030-12-31' WHERE destroyed_at IS NOT NULL",
        "UPDATE keys SET holder = holder || 'x' WHERE destroyed_at IS NOT NULL",
        "UPDATE erasures SET reason = 'mistake'",
        "UPDATE erasures SET asked_by = 'per_finn'",
        "UPDATE erasures SET asked_with = 'key_another'",
        "UPDATE erasures SET asked_at = asked_at - interval '1 day'",
        "UPDATE erasures SET approved_by = 'per_ada'",
        "UPDATE erasures SET approved_with = 'key_another'",
        "UPDATE erasures SET approved_at = approved_at + interval '1 day'",
        "UPDATE erasures SET needs_second = false",
        "UPDATE erasures SET though_open = 'unlawful'",
        "UPDATE erasures SET done_at = done_at + interval '1 day'",
        "UPDATE erasures SET done_at = NULL, dropped_at = done_at, dropped_by = 'per_dana'",
        MADE_UP,
    ],
)
async def test_who_asked_who_agreed_why_and_when_cannot_be_forged(erased: Erased, change: str) -> None:
    async with owner_of(erased.server, erased.office.tenant_id) as conn:
        await conn.execute(change)
    assert "erasure_differs" in await erased.found()


async def test_one_that_waits_and_one_that_was_dropped_are_compared(erased: Erased) -> None:
    other = await erased.office.desk().opened(statement="Another one.")
    await erased.office.desk().command(other["id"], "withdraw", party(other, "claimant"))
    asked = (await erased.office.desk("dana").post("/v1/erasures", {"case": other["id"], "reason": "request"})).json()
    assert await erased.found() == set()
    forged = "UPDATE erasures SET asked_by = $2 WHERE id = $1"
    async with owner_of(erased.server, erased.office.tenant_id) as conn:
        await conn.execute(forged, asked["id"], "per_finn")
    assert await erased.found() == {"erasure_differs"}, "Dana could agree to what she asked for"
    async with owner_of(erased.server, erased.office.tenant_id) as conn:
        await conn.execute(forged, asked["id"], "per_dana")
    await erased.office.desk("omar").post(f"/v1/erasures/{asked['id']}/drop")
    assert await erased.found() == set()


async def test_what_is_past_its_time_is_compared_with_what_was_done(erased: Erased) -> None:
    other = await erased.office.desk().opened(statement="Another one.")
    await erased.office.desk().command(other["id"], "withdraw", party(other, "claimant"))
    assert await PostgresRetention(erased.office.database)._erase(erased.office.tenant_id, other["id"])
    assert await erased.found() == set()
    async with owner_of(erased.server, erased.office.tenant_id) as conn:
        await conn.execute("UPDATE erasures SET asked_by = 'per_finn' WHERE reason = 'retention'")
    assert await erased.found() == {"erasure_differs"}
