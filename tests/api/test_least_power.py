"""An API without the administrator's role runs cases, and says of every deed what is missing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from storage.postgres.pool import Database
from tests.support.database import Server
from tests.support.office import Office

pytestmark = pytest.mark.postgres

SIGNING_KEY = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
DEEDS: dict[str, tuple[str, str, str, Any]] = {
    "mint a key": ("dana", "POST", "/v1/api-keys", {"name": "ci", "scopes": ["cases:read"]}),
    "hand out a login code": ("dana", "POST", "/v1/people/per_ada/login-code", None),
    "change a role": ("dana", "PATCH", "/v1/people/per_ada", {"roles": ["lead"]}),
    "deactivate somebody": ("dana", "POST", "/v1/people/per_ben/deactivate", None),
    "take somebody on": ("dana", "POST", "/v1/people", {"id": "per_eva", "name": "Eva"}),
    "add an endpoint": ("dana", "POST", "/v1/webhook-endpoints", {"url": "https://hooks.example/in"}),
    "add a source": ("dana", "POST", "/v1/intake-sources", {"provider": "webhook"}),
    "rename the tenant": ("dana", "PATCH", "/v1/tenant", {"name": "Another"}),
    "register a signing key": ("ada", "POST", "/v1/signing-keys", {"public_key": SIGNING_KEY}),
}
READS = ("/v1/api-keys", "/v1/people", "/v1/people/per_ada", "/v1/webhook-endpoints", "/v1/intake-sources", "/v1/tenant",
         "/v1/audit-trail", "/v1/signing-keys")  # fmt: skip


@pytest.fixture(params=["none is set", "the password is wrong"])
async def powerless(office: Office, server: Server, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """The same tenant, served by a process that cannot administer."""
    admin = None if request.param == "none is set" else server.admin_dsn.replace("ombud_admin:", "ombud_admin:not-")
    async with await Database.connect(server.app_dsn, admin_dsn=admin) as database:
        yield Office(database, office.vault, office.tenant_id, office.keys)


@pytest.mark.parametrize("deed", DEEDS)
async def test_each_deed_is_refused_with_what_is_missing_and_done_where_the_role_is(
    office: Office, powerless: Office, deed: str
) -> None:
    who, method, path, body = DEEDS[deed]
    refused = await powerless.desk(who).http.request(method, path, json=body)
    assert (refused.status_code, refused.json()["code"]) == (503, "administration_unavailable")
    assert "OMBUD_DATABASE_ADMIN_URL" in refused.text
    done = await office.desk(who).http.request(method, path, json=body)
    assert done.is_success, done.text


async def test_everything_is_read_and_cases_go_on(powerless: Office) -> None:
    for path in READS:
        answer = await powerless.desk("dana").get(path)
        assert answer.status_code == 200, (path, answer.text)
    case = await powerless.desk().in_review()
    assert (await powerless.desk("ada").post(f"/v1/cases/{case['id']}/take")).status_code == 200
