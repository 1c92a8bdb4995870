"""``ombud source``, ``ombud endpoint`` and ``ombud tenant set``: the whole life of each, as an operator types it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from storage.outside.endpoints import PostgresEndpoints
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.tenants import PostgresTenants
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres


async def told(shell: Shell, *words: str) -> Any:
    """What a command prints as JSON."""
    done = await shell.type(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


async def test_a_source_is_added_listed_rotated_switched_and_deleted(shell: Shell, tenant_id: str) -> None:
    of = ("--tenant", tenant_id)
    shop = ("--respondent", '{"ref": "acct_1", "name": "Shop"}')
    made = await told(shell, "source", "add", "stripe", "--secret", "whsec_as_shown", "--kind", "fraud_report", *shop, *of)
    assert (made["secret"], made["kind"], made["respondent"]["name"]) == ("whsec_as_shown", "fraud_report", "Shop")
    plain = await shell.type("source", "list", *of)
    assert "Shop" in plain.stdout
    assert "whsec_as_shown" not in plain.stdout
    rotated = await told(shell, "source", "rotate", made["id"], "--secret", "whsec_the_next_one", *of)
    assert (rotated["secret"], rotated["old_secret_until"] is not None) == ("whsec_the_next_one", True)
    for deed, active in (("disable", False), ("enable", True)):
        assert (await told(shell, "source", deed, made["id"], *of))["active"] == active
    await told(shell, "source", "delete", made["id"], *of)
    assert (await told(shell, "source", "list", *of))["data"] == []
    assert (await shell.type("source", "rotate", made["id"], *of)).exit_code == 66


async def test_an_endpoint_is_added_listed_rotated_switched_and_deleted(
    shell: Shell, tenant_id: str, database: Database, vault: Vault
) -> None:
    of = ("--tenant", tenant_id)
    refused = await shell.type("endpoint", "add", "https://127.0.0.1/hook", *of)
    assert (refused.exit_code, "endpoint_not_public" in refused.stderr) == (65, True)
    made = await told(shell, "endpoint", "add", "https://93.184.215.14/hook", *of)
    rotated = await told(shell, "endpoint", "rotate", made["id"], "--overlap", "2", *of)
    (live,) = await PostgresEndpoints(database, vault).live(tenant_id, "events")
    assert live.secrets == (rotated["secret"], made["secret"])
    assert (await told(shell, "endpoint", "disable", made["id"], *of))["disabled_because"] == "by_hand"
    assert "by_hand" in (await shell.type("endpoint", "list", *of)).stdout
    assert (await told(shell, "endpoint", "enable", made["id"], *of))["active"]
    await told(shell, "endpoint", "delete", made["id"], *of)
    assert (await shell.type("endpoint", "enable", made["id"], *of)).exit_code == 66


async def test_settings_are_set_one_by_one_and_taken_out(shell: Shell, tenant_id: str, database: Database, vault: Vault) -> None:
    tenants = PostgresTenants(database, vault)
    await told(shell, "tenant", "set", tenant_id, "--default-merchant", "acct_1", "--email-kind", "fraud_report")
    await told(shell, "tenant", "set", tenant_id, "--default-respondent", '{"ref": "p-1", "locale": "de"}')
    found = await tenants.tenant(tenant_id)
    assert found is not None
    assert found.settings == {
        "default_merchant": {"ref": "acct_1"}, "email_kind": "fraud_report", "default_respondent": {"ref": "p-1", "locale": "de"},
    }  # fmt: skip
    await told(shell, "tenant", "set", tenant_id, "--default-merchant", "none", "--email-kind", "none", "--name", "Acme")
    found = await tenants.tenant(tenant_id)
    assert found is not None
    assert (found.name, set(found.settings)) == ("Acme", {"default_respondent"})
    wrong = await shell.type("tenant", "set", tenant_id, "--default-merchant", "{no json")
    assert wrong.exit_code == 64
