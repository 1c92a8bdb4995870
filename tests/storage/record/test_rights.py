"""Who may do what by the rows is what the audit trail says was set: a change past it is found."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.sessions import open_in_development
from storage.access.keys import hash_of
from storage.access.sessions import create
from storage.outside.endpoints import PostgresEndpoints
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
DAY = timedelta(days=1)


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
    hook = await desk.post("/v1/webhook-endpoints", {"url": "https://hooks.example/one", "purpose": "events"})
    assert hook.status_code == 201, hook.text
    changed = await desk.http.patch(f"/v1/webhook-endpoints/{hook.json()['id']}", json={"url": "https://hooks.example/two"})
    assert changed.status_code == 200, changed.text
    opened = await open_in_development(office.parts(), office.tenant_id, "per_uma", "")
    made = {"platform": platform["id"], "signing": signing.json()["id"], "hook": hook.json()["id"]}
    return {**made, "session": opened.session_id}


def test_whom_nothing_is_said_of_is_the_same_here_and_there() -> None:
    assert Person(id="per_uma", name="Uma").model_dump(mode="json", include=set(PLAIN)) == PLAIN


async def test_what_was_set_by_its_doors_is_what_the_trail_says(office: Office) -> None:
    made = await played(office)
    assert await found(office) == set()
    assert (await office.desk("dana").post(f"/v1/api-keys/{made['platform']}/revoke")).status_code == 200
    assert (await office.desk("dana").post(f"/v1/signing-keys/{made['signing']}/revoke")).status_code == 200
    assert (await office.desk("dana").post("/v1/people/per_uma/deactivate")).status_code == 200
    for deed in ("rotate", "disable", "enable"):
        answer = await office.desk("dana").post(f"/v1/webhook-endpoints/{made['hook']}/{deed}", {} if deed == "rotate" else None)
        assert answer.status_code == 200, answer.text
    assert await found(office) == set()
    assert (await office.desk("dana").http.delete(f"/v1/webhook-endpoints/{made['hook']}")).status_code == 204
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
        ("UPDATE api_keys SET earlier_hash = sha256(id::bytea) WHERE id = '{platform}'", "{platform} says otherwise: earlier"),
        ("UPDATE api_keys SET earlier_until = now() + interval '2 days' WHERE id = '{platform}'",
         "{platform} says otherwise: earlier_until"),
        ("UPDATE api_keys SET earlier_hash = sha256(id::bytea), earlier_until = 'infinity' WHERE person_id = 'per_uma'",
         "says otherwise: earlier, earlier_until"),
        ("UPDATE sessions SET person_id = 'per_dana' WHERE id = '{session}'", "{session} says otherwise: person_id"),
        ("UPDATE sessions SET hash = sha256(id::bytea) WHERE id = '{session}'", "{session} says otherwise: secret"),
        ("UPDATE sessions SET way = 'oidc' WHERE id = '{session}'", "{session} says otherwise: way"),
        ("UPDATE sessions SET expires_at = 'infinity' WHERE id = '{session}'", "{session} says otherwise: expires_at"),
        ("UPDATE webhook_endpoints SET url = 'https://other.example/two' WHERE id = '{hook}'",
         "{hook} says otherwise: address, host"),
        ("UPDATE webhook_endpoints SET url = url || 'x' WHERE id = '{hook}'", "{hook} says otherwise: address"),
        ("UPDATE webhook_endpoints SET purpose = 'remedies' WHERE id = '{hook}'", "{hook} says otherwise: purpose"),
        ("UPDATE webhook_endpoints SET active = false WHERE id = '{hook}'", "{hook} says otherwise: active"),
        ("DELETE FROM webhook_endpoints WHERE id = '{hook}'", "there is no {hook} any more"),
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
    async with office.database.deed("told") as deed:
        session, _ = await create(deed, "told", "per_uma", "oidc", device="", idle_for=DAY, lives_for=DAY)
    hook = await PostgresEndpoints(office.database, office.vault).create("told", "https://hooks.example/in")
    found = [flaw for flaw in (await trails(office.database)).flaws if flaw.tenant_id == "told"]
    assert [flaw.what for flaw in found] == ["rights_unsaid"] * 3
    assert {flaw.detail for flaw in found} == {f"no entry says where {one} comes from" for one in ("per_eve", session, hook.id)}


@pytest.mark.parametrize(
    "door",
    [
        "earlier_until = '2099-01-01'", "earlier_until = '2099-01-01', rotated_at = now() - interval '8 days'",
        "earlier_until = '2099-01-01', rotated_at = now() + interval '8 days'",
    ],
)  # fmt: skip
async def test_an_earlier_secret_opens_by_no_row_but_that_of_a_rotation(office: Office, server: Server, door: str) -> None:
    key, _ = await office.tenants.create_key(office.tenant_id, scopes=("cases:read",))
    async with owner_of(server, office.tenant_id) as owner:
        await owner.execute(f"UPDATE api_keys SET earlier_hash = $1, {door} WHERE id = $2", hash_of(key), key)
    assert await office.tenants.find_key(key) is None
