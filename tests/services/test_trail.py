"""Whatever somebody with the power of an administrator does is in the audit trail; of all else a table says where it is kept.

What is new is in neither, and fails here until somebody has said which.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from starlette.routing import Route
from typer.main import get_command

from cli.main import app as command_line
from console.app import create_console
from policies.loading import load_pack
from policies.pack import PACKS_DIR
from storage.policies.publications import PostgresPublications
from storage.tenants import Tenant
from tests.support.answers import description
from tests.support.browsing import Lobby
from tests.support.office import Office

HOOK = {"url": "https://hooks.example/in"}
KEY = base64.b64encode(bytes([7]) * 32).decode()
DEEDS: tuple[tuple[str, str, Any, str], ...] = (
    ("POST", "/v1/api-keys", {"name": "CI", "scopes": ["cases:read"]}, "key_created"),
    ("POST", "/v1/api-keys/{key_id}/rotate", None, "key_rotated"),
    ("POST", "/v1/api-keys/{key_id}/revoke", None, "key_revoked"),
    ("POST", "/v1/people", {"id": "per_new", "name": "New", "roles": ["mediator"]}, "person_added"),
    ("PATCH", "/v1/people/{person_id}", {"capacity": 3}, "person_changed"),
    ("POST", "/v1/people/{person_id}/login-code", None, "login_code_made"),
    ("POST", "/v1/people/{person_id}/deactivate", None, "person_deactivated"),
    ("POST", "/v1/people/{person_id}/activate", None, "person_activated"),
    ("POST", "/v1/webhook-endpoints", HOOK, "endpoint_added"),
    ("PATCH", "/v1/webhook-endpoints/{endpoint_id}", {"url": "https://hooks.example/on"}, "endpoint_changed"),
    ("POST", "/v1/webhook-endpoints/{endpoint_id}/rotate", None, "endpoint_rotated"),
    ("POST", "/v1/webhook-endpoints/{endpoint_id}/disable", None, "endpoint_disabled"),
    ("POST", "/v1/webhook-endpoints/{endpoint_id}/enable", None, "endpoint_enabled"),
    ("DELETE", "/v1/webhook-endpoints/{endpoint_id}", None, "endpoint_deleted"),
    ("POST", "/v1/signing-keys", {"public_key": KEY}, "signing_key_registered"),
    ("POST", "/v1/signing-keys/{signing_id}/revoke", None, "signing_key_revoked"),
    ("POST", "/v1/intake-sources", {"provider": "webhook"}, "source_added"),
    ("PATCH", "/v1/intake-sources/{source_id}", {"name": "Live"}, "source_changed"),
    ("POST", "/v1/intake-sources/{source_id}/rotate", None, "source_rotated"),
    ("POST", "/v1/intake-sources/{source_id}/disable", None, "source_disabled"),
    ("POST", "/v1/intake-sources/{source_id}/enable", None, "source_enabled"),
    ("DELETE", "/v1/intake-sources/{source_id}", None, "source_deleted"),
    ("POST", "/v1/trusted-flaggers", {"name": "Hotline", "ref": "hotline", "authority": "BNetzA"}, "trusted_flagger_added"),
    ("POST", "/v1/trusted-flaggers/{flagger_id}/form-key", None, "trusted_flagger_key_made"),
    ("PATCH", "/v1/trusted-flaggers/{flagger_id}", {"change": "suspend"}, "trusted_flagger_suspended"),
    ("POST", "/v1/orders", {"article": 9, "country": "DE", "language": "de"}, "order_added"),
    ("PATCH", "/v1/orders/{order_id}", {"scope": "Germany"}, "order_changed"),
    ("POST", "/v1/orders/{order_id}/answer", {"effect": "not_given", "because": "not_specified"}, "order_answered"),
    ("POST", "/v1/orders/{order_id}/told", {"whom": "authority"}, "order_told"),
    ("POST", "/v1/orders/{order_id}/erase", None, "order_erased"),
    ("PATCH", "/v1/tenant", {"name": "Another"}, "tenant_changed"),
)
"""Each is done below, in this order, and looked for in the trail."""
A_CASES = "in the record of each case that it concerns"
ITS_OWN = "in a row of its own with who did it, which is listed: nobody's rights, secrets or rules change"
NO_DEED = "somebody's own view, or their own way in and out"
NOTED = "in the audit trail"
ROUTES = {
    "/v1/cases": A_CASES, "/v1/take-next": A_CASES, "/v1/intake/": A_CASES, "/v1/measures/": A_CASES, "/v1/unplaced/": ITS_OWN,
    "/v1/bulk": A_CASES, "/v1/freezes": A_CASES, "/v1/campaigns": A_CASES, "/v1/on-call": ITS_OWN,
    "/v1/people/{person_id}/absences": ITS_OWN, "/v1/people/{person_id}/returns": ITS_OWN,
    "/v1/me/key": NOTED, "/v1/erasures": NOTED, "/v1/retention": NOTED,
}  # fmt: skip
"""What begins so, besides the deeds."""
READS = "reads, checks or draws, and changes nothing"
PAGES = {
    "/administration/": NOTED, "/packs": NOTED, "/sources/": NOTED, "/trusted-flaggers": NOTED, "/sign-in/": NOTED,
    "/erasing": NOTED, "/orders": NOTED, "/temporal/decode": READS,
    "/cases/": A_CASES, "/bulk": A_CASES, "/freezes": A_CASES, "/campaigns": A_CASES, "/take-next": A_CASES,
    "/today": A_CASES, "/my/": A_CASES, "/report/": A_CASES,
    "/absences": ITS_OWN, "/on-call": ITS_OWN, "/unplaced/": ITS_OWN, "/templates": ITS_OWN, "/tags": ITS_OWN,
    "/sessions/": NO_DEED, "/settings": NO_DEED, "/theme": NO_DEED, "/views": NO_DEED, "/sign-out": NO_DEED,
    "/mentions/": NO_DEED, "/l/": NO_DEED, "/lost/": NO_DEED,
}  # fmt: skip
OF_THE_MACHINE = "starts, stops and looks after the processes of a machine; whoever does it has its passwords"
COMMANDS = {
    "case": A_CASES, "bulk": A_CASES, "clock": A_CASES, "campaign": A_CASES, "intake": A_CASES, "seed": A_CASES, "demo": A_CASES,
    "desk": ITS_OWN, "on-call": ITS_OWN, "unplaced": ITS_OWN,
    "key": NOTED, "person": NOTED, "endpoint": NOTED, "source": NOTED, "trusted-flagger": NOTED,
    "erasure": NOTED, "retention": NOTED, "order": NOTED,
    "command": NOTED, "tenant": NOTED, "policy": NOTED,
    "login": NOTED, "logout": NO_DEED, "whoami": READS, "audit": READS, "reasons": READS, "doctor": READS, "status": READS,
    "temporal": READS, "calendar": OF_THE_MACHINE, "api": OF_THE_MACHINE, "console": OF_THE_MACHINE, "worker": OF_THE_MACHINE,
    "stack": OF_THE_MACHINE, "up": OF_THE_MACHINE, "down": OF_THE_MACHINE, "migrate": OF_THE_MACHINE,
    "master-key": OF_THE_MACHINE,
}  # fmt: skip
"""The first word of each command of ``ombud``. Calendars are nobody's: their versions stand in `ombud calendar list`."""


def changing() -> Iterator[tuple[str, str]]:
    """Every operation of the API that changes something."""
    for path, operations in description()["paths"].items():
        for method in operations:
            if method in ("post", "put", "patch", "delete"):
                yield method.upper(), path


def _shape(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


def test_each_operation_is_a_deed_of_the_trail_or_kept_where_a_table_says() -> None:
    noted = {(method, _shape(path)) for method, path, *_ in DEEDS}
    known = {(method, _shape(path)) for method, path in changing()}
    assert noted <= known
    left = {path for method, path in changing() if (method, _shape(path)) not in noted}
    assert {path for path in left if not path.startswith(tuple(ROUTES))} == set()
    assert {start for start in ROUTES if not any(path.startswith(start) for path in left)} == set()


@pytest.mark.postgres
async def test_each_page_that_changes_something_too(office: Office) -> None:
    routes = [route for route in create_console(Lobby(office).house).routes if isinstance(route, Route)]
    paths = {route.path for route in routes if "POST" in (route.methods or ())}
    assert {path for path in paths if not path.startswith(tuple(PAGES))} == set()
    assert {start for start in PAGES if not any(path.startswith(start) for path in paths)} == set()


def test_each_command_too() -> None:
    found = get_command(command_line)
    assert isinstance(found, typer.core.TyperGroup)
    assert set(found.commands) == set(COMMANDS)


@pytest.mark.postgres
async def test_each_deed_is_noted_once_with_who_did_it(office: Office) -> None:
    dana, ids = office.desk("dana"), {"person_id": "per_new"}
    for method, path, body, deed in DEEDS:
        before = (await dana.get("/v1/audit-trail?limit=1")).json()["data"]
        answer = await dana.http.request(method, path.format(**ids), **({} if body is None else {"json": body}))
        assert answer.is_success, f"{method} {path}: {answer.text}"
        found = answer.json() if answer.content else {}
        named = {"/v1/api-keys": "key_id", "/v1/webhook-endpoints": "endpoint_id", "/v1/intake-sources": "source_id"}
        named |= {"/v1/signing-keys": "signing_id", "/v1/trusted-flaggers": "flagger_id", "/v1/orders": "order_id"}
        if path in named:
            ids[named[path]] = found["id"]
        (entry,) = (await dana.get("/v1/audit-trail?limit=1")).json()["data"]
        assert (entry["deed"], entry["by"]) == (deed, "per_dana"), f"{method} {path}"
        assert entry["seq"] == (before[0]["seq"] + 1 if before else 1)


@pytest.mark.postgres
async def test_a_pack_is_proposed_and_approved_in_sight(office: Office) -> None:
    publishing, text = PostgresPublications(office.database), (PACKS_DIR / "bounty_dispute.yaml").read_text("utf-8")
    pack = load_pack(text, "bounty_dispute.yaml")
    said = {"by": "per_dana", "reason": "a higher limit", "credential": "key_dana"}
    made = await publishing.propose(office.tenant_id, pack.kind, pack.version, text, **said)
    await publishing.approve(office.tenant_id, made, by="per_cleo", credential="key_cleo")
    approved, proposed = (await office.desk("dana").get(f"/v1/audit-trail?about={made}")).json()["data"]
    assert (proposed["deed"], proposed["by"], proposed["credential"]) == ("pack_proposed", "per_dana", "key_dana")
    assert (approved["deed"], approved["by"], approved["credential"]) == ("pack_approved", "per_cleo", "key_cleo")
    assert approved["more"] == {"kind": pack.kind, "version": pack.version, "proposed_by": "per_dana"}


@pytest.mark.postgres
async def test_what_the_operator_makes_of_a_tenant_is_noted_in_the_systems_name(office: Office) -> None:
    await office.tenants.create(Tenant(id=office.tenant_id, name="Other", zone="Europe/Paris"), by=("system", "operator"))
    (entry,) = (await office.desk("dana").get("/v1/audit-trail?deed=tenant_set")).json()["data"]
    assert (entry["by"], entry["credential"], entry["more"]["zone"]) == ("system", "operator", "Europe/Paris")
