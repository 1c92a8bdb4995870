"""Every address of the API, asked with a credential in every state: what has ended opens nothing, on no route.

The routes are read from the application itself, so that a new one is asked too.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from api.app import create_app
from api.kit.gate import Gate
from api.kit.throttle import Throttle
from tests.support.office import Office

pytestmark = pytest.mark.postgres

SIGNED = "POST /v1/intake/{source_id}"
PUBLIC = {
    "GET /metrics", "GET /problems", "GET /problems/{code}", "GET /v1/docs", "GET /v1/healthz", "GET /v1/openapi.json",
    "GET /v1/readyz", SIGNED,
}  # fmt: skip
"""What asks for no key: pages, meters, health, and what providers sign themselves."""
STANDS_FOR = {
    "person_id": "per_nobody",
    "case_id": "case_0198c5a2-7d1e-7000-8000-000000000001",
    "party_id": "pty_0198c5a2-7d1e-7000-8000-000000000001",
    "tenant_id": "nobody",
}
"""What stands in an address where an id does; anything else is a word."""
QUERIES = {"POST /v1/cases/{case_id}/files": {"name": "a.png"}}
"""Parameters without which a route is not even asked who is calling."""
BODIES = {"POST /v1/api-keys": {"name": "word"}, "POST /v1/people": {"id": "per_word", "name": "word"}}
"""What has to be said so that it is asked whether the caller may."""
ADMINISTRATION = re.compile(r"\w+ /v1/(api-keys|audit-trail|people(/\{person_id\})?($|/(de)?activate|/login-code))")

Made = Callable[[Office], Awaitable[str]]


def routes(office: Office) -> list[str]:
    """Every method of every address."""
    app = create_app(office.parts(), public_url="https://disputes.example")
    return sorted(f"{method} {route.path}" for route in _each(app.routes) for method in route.methods or ())


def _each(found: Iterable[Any]) -> Iterator[APIRoute]:
    for route in found:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            # As this release of FastAPI keeps the routers that were included.
            yield from _each(route.original_router.routes)


async def answers(office: Office, secret: str | None, asked: list[str]) -> dict[str, int]:
    """What each route answers to whoever holds the secret."""
    found = {}
    # So many wrong keys in a row from one address would be turned away unread; that is tried elsewhere.
    desk = office.desk(secret, api={"gate": Gate(strangers=Throttle(1e6, 1e6))})
    for name in asked:
        method, path = name.split(" ", 1)
        address = re.sub(r"\{(\w+)[^}]*\}", lambda match: STANDS_FOR.get(match[1], "word"), path)
        said: dict[str, Any] = {} if method == "GET" else {"json": BODIES.get(name, {})}
        answer = await desk.http.request(method, address, params=QUERIES.get(name), **said)
        found[name] = answer.status_code
        # What a source's address answers to whatever its secret does not prove is about the signature.
        if answer.status_code == 401 and name != SIGNED:
            code = answer.json()["code"]
            assert code == ("key_missing" if secret is None else "key_invalid"), (name, code)
    return found


async def _key(office: Office, person: str | None = "per_dana") -> tuple[str, str]:
    return await office.tenants.create_key(office.tenant_id, person_id=person)


async def _sql(office: Office, statement: str, *arguments: object) -> None:
    async with office.database.deed(office.tenant_id) as conn:
        assert await conn.execute(statement, *arguments) == "UPDATE 1"


async def expired(office: Office) -> str:
    key_id, secret = await _key(office)
    await _sql(office, "UPDATE api_keys SET expires_at = clock_timestamp() WHERE id = $1", key_id)
    return secret


async def revoked(office: Office) -> str:
    key_id, secret = await _key(office)
    assert (await office.desk("dana").post(f"/v1/api-keys/{key_id}/revoke")).status_code == 200
    return secret


async def rotated_out(office: Office) -> str:
    key_id, secret = await _key(office)
    path = f"/v1/api-keys/{key_id}/rotate"
    assert (await office.desk("dana").post(path, {"overlap_seconds": 0})).status_code == 200
    return secret


async def rotated_twice(office: Office) -> str:
    key_id, secret = await _key(office)
    for _ in range(2):
        assert (await office.desk("dana").post(f"/v1/api-keys/{key_id}/rotate")).status_code == 200
    return secret


async def of_a_deactivated_person(office: Office) -> str:
    await office.desk("dana").post("/v1/people", {"id": "per_gone", "name": "Gone", "roles": ["ops"]})
    _, secret = await _key(office, "per_gone")
    assert (await office.desk("dana").post("/v1/people/per_gone/deactivate")).status_code == 200
    return secret


async def of_one_who_came_back(office: Office) -> str:
    secret = await of_a_deactivated_person(office)
    assert (await office.desk("dana").post("/v1/people/per_gone/activate")).status_code == 200
    return secret


async def nobodys(office: Office) -> str:
    return "omb_nobodys"


async def active(office: Office) -> str:
    return (await _key(office, "per_ada"))[1]


async def absent(office: Office) -> str:
    said = await office.desk("dana").post("/v1/people/per_ada/absences", {"until_at": "2099-01-01T00:00:00Z"})
    assert said.status_code == 200, said.text
    return (await _key(office, "per_ada"))[1]


async def a_platforms(office: Office) -> str:
    return (await _key(office, None))[1]


async def rotated_within_the_overlap(office: Office) -> str:
    key_id, secret = await _key(office, None)
    assert (await office.desk("dana").post(f"/v1/api-keys/{key_id}/rotate")).status_code == 200
    return secret


async def test_without_a_key_nothing_opens_but_what_is_public(office: Office) -> None:
    found = await answers(office, None, routes(office))
    # A source asks for its own signature, and answers 401 without one.
    assert {name for name, status in found.items() if status != 401} == PUBLIC - {SIGNED}
    assert len(found) > 60


@pytest.mark.parametrize(
    "state", [expired, revoked, rotated_out, rotated_twice, of_a_deactivated_person, of_one_who_came_back, nobodys]
)
async def test_what_has_ended_opens_nothing(office: Office, state: Made) -> None:
    asked = [name for name in routes(office) if name not in PUBLIC]
    found = await answers(office, await state(office), asked)
    assert {name: status for name, status in found.items() if status != 401} == {}


@pytest.mark.parametrize("state", [active, absent, a_platforms, rotated_within_the_overlap])
async def test_what_lives_is_asked_what_it_wants(office: Office, state: Made) -> None:
    asked = [name for name in routes(office) if name not in PUBLIC]
    found = await answers(office, await state(office), asked)
    assert {name: status for name, status in found.items() if status == 401 or status >= 500} == {}
    administration = {name for name in asked if ADMINISTRATION.match(name)}
    assert len(administration) >= 10
    assert {found[name] for name in administration} == {403}, "neither a mediator nor a platform administers"
