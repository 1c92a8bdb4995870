"""Who may do what by the rows is what the audit trail says was set: a change past it is found."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.audit import trails
from storage.record.rights import PLAIN
from storage.tenants import Person, Tenant
from tests.support.database import Server
from tests.support.office import Office
from tests.support.owners import owner_of

pytestmark = pytest.mark.postgres
BY = ("system", "operator")


@pytest.fixture
async def office(database: Database, vault: Vault, request: pytest.FixtureRequest) -> Office:
    """A tenant with people, reached by the API."""
    made = Office(database, vault, f"rights-{hashlib.sha256(request.node.name.encode()).hexdigest()[:12]}")
    await made.hire()
    return made


async def found(office: Office) -> set[str]:
    """What verifying the trail finds."""
    verdict = await trails(office.database)
    return {f"{flaw.what}: {flaw.detail}" for flaw in verdict.flaws if flaw.tenant_id == office.tenant_id}


async def played(office: Office) -> dict[str, str]:
    """Somebody who is taken on and changed, and keys that are made, rotated, redeemed and registered, by the API."""
    desk = office.desk("dana")
    said = {"id": "per_uma", "name": "Uma", "email": "uma@team.example", "roles": ["mediator"], "conflicts": ["user-9"]}
    assert (await desk.post("/v1/people", said)).status_code == 201
    said = {"roles": ["mediator", "ops"], "team": "emea", "conflicts": ["user-8"]}
    changed = await desk.http.patch("/v1/people/per_uma", json=said)
    assert changed.status_code == 200, changed.text
    code = (await desk.post("/v1/people/per_uma/login-code")).json()
    mine = await office.desk(code["secret"]).post("/v1/me/key") if code.get("secret") else None
    platform = (await desk.post("/v1/api-keys", {"name": "shop", "scopes": ["cases:read"]})).json()
    assert (await desk.post(f"/v1/api-keys/{platform['id']}/rotate", {})).status_code == 200
    raw = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    signing = await desk.post("/v1/signing-keys", {"public_key": raw})
    assert signing.status_code == 201, signing.text
    assert mine is None or mine.status_code in (200, 201), mine.text
    return {"platform": platform["id"], "signing": signing.json()["id"]}


def test_whom_nothing_is_said_of_is_the_same_here_and_there() -> None:
    assert Person(id="per_uma", name="Uma").model_dump(mode="json", include=set(PLAIN)) == PLAIN


async def test_what_was_set_by_its_doors_is_what_the_trail_says(office: Office) -> None:
    made = await played(office)
    assert await found(office) == set()
    assert (await office.desk("dana").post(f"/v1/api-keys/{made['platform']}/revoke")).status_code == 200
    assert (await office.desk("dana").post(f"/v1/signing-keys/{made['signing']}/revoke")).status_code == 200
    assert (await office.desk("dana").post("/v1/people/per_uma/deactivate")).status_code == 200
    assert await found(office) == set()
    assert (await office.desk("dana").post("/v1/people/per_uma/activate")).status_code == 200
    assert await found(office) == set()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE people SET roles = '{lead,mediator}' WHERE id = 'per_uma'", "per_uma says otherwise: roles"),
        ("UPDATE people SET conflicts = '{}' WHERE id = 'per_uma'", "per_uma says otherwise: conflicts"),
        ("UPDATE people SET manager = 'per_ada', queues = '{x}' WHERE id = 'per_uma'", "per_uma says otherwise: manager, queues"),
        ("UPDATE people SET active = false WHERE id = 'per_uma'", "per_uma says otherwise: active"),
        ("UPDATE api_keys SET scopes = '{admin}' WHERE id = '{platform}'", "{platform} says otherwise: scopes"),
        ("UPDATE api_keys SET person_id = 'per_uma' WHERE id = '{platform}'", "{platform} says otherwise: person_id"),
        ("UPDATE api_keys SET expires_at = now() WHERE id = '{platform}'", "{platform} says otherwise: expires_at"),
        ("UPDATE api_keys SET hash = '\\x00' WHERE id = '{platform}'", "{platform} says otherwise: secret"),
        ("UPDATE signing_keys SET person_id = 'per_uma' WHERE id = '{signing}'", "{signing} says otherwise: person_id"),
        ("UPDATE signing_keys SET public_key = decode(repeat('00', 32), 'hex') WHERE id = '{signing}'",
         "{signing} says otherwise: public_key"),
        ("DELETE FROM signing_keys WHERE id = '{signing}'", "there is no {signing} any more"),
    ],
)  # fmt: skip
async def test_what_was_set_past_them_is_found(office: Office, server: Server, change: str, says: str) -> None:
    made = await played(office)
    for name, one in made.items():
        change, says = change.replace(f"{{{name}}}", one), says.replace(f"{{{name}}}", one)
    async with owner_of(server, office.tenant_id) as owner:
        await owner.execute(change)
    assert any(says in one for one in await found(office)), await found(office)


async def test_whom_no_entry_names_is_found_where_the_trail_begins_with_the_tenant(office: Office) -> None:
    tenants = office.tenants
    await tenants.create(Tenant(id="told", name="Told"), by=BY)
    await tenants.put_person("told", Person(id="per_uma", name="Uma", roles=("ops",)), by=BY)
    await tenants.create_key("told", person_id="per_uma", by=BY)
    assert [flaw.detail for flaw in (await trails(office.database)).flaws if flaw.tenant_id == "told"] == []
    await tenants.put_person("told", Person(id="per_eve", name="Eve", roles=("ops",)))
    found = [flaw for flaw in (await trails(office.database)).flaws if flaw.tenant_id == "told"]
    assert [(flaw.what, flaw.detail) for flaw in found] == [("rights_unsaid", "no entry says where per_eve comes from")]
