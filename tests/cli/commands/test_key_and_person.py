"""``ombud key``, ``ombud person`` and ``ombud audit trail``: from the first key to a person who is gone, as it is typed."""

from __future__ import annotations

import pytest

from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.tenants import PostgresTenants
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres


async def test_a_person_and_their_key_from_beginning_to_end(
    shell: Shell, database: Database, vault: Vault, tenant_id: str
) -> None:
    tenants, of = PostgresTenants(database, vault), ("-t", tenant_id)
    eva = await shell.json("person", "add", "per_eva", "--name", "Eva", "--role", "ops", "--conflict", "programme-7", *of)
    assert (eva["roles"], eva["conflicts"]) == (["ops"], 1)
    key = await shell.json("key", "create", "evas own", "--person", "per_eva", "--scope", "admin", *of)
    holder = await tenants.find_key(key["secret"])
    assert holder is not None
    assert (holder.actor_id, holder.scopes) == ("per_eva", ("admin",))
    changed = await shell.json("person", "set", "per_eva", "--queue", "fraud", "--add-conflict", "user-1", *of)
    assert changed == {**eva, "queues": ["fraud"], "conflicts": 2}
    rotated = await shell.json("key", "rotate", key["id"], "--overlap", "0", *of)
    assert (await tenants.find_key(key["secret"]), await tenants.find_key(rotated["secret"]) is not None) == (None, True)
    listed = await shell.type("key", "list", "--person", "per_eva", *of)
    assert key["id"] in listed.stdout
    assert rotated["secret"] not in listed.stdout
    gone = await shell.json("person", "deactivate", "per_eva", *of)
    assert (gone["active"], gone["results"]) == (False, [])
    assert await tenants.find_key(rotated["secret"]) is None
    assert "per_eva" in (await shell.type("person", "list", "--gone", *of)).stdout
    assert "per_eva" not in (await shell.type("person", "list", *of)).stdout
    assert (await shell.json("person", "activate", "per_eva", *of))["active"] is True
    assert "does not work here" not in (await shell.type("person", "show", "per_eva", *of)).stdout
    told = await shell.json("audit", "trail", *of)
    assert [entry["deed"] for entry in reversed(told["data"])] == [
        "person_added", "key_created", "person_changed", "key_rotated", "person_deactivated", "person_activated",
    ]  # fmt: skip
    assert {entry["by"] for entry in told["data"]} == {"system"}
    assert "per_eva" in (await shell.type("audit", "trail", *of)).stdout
    verdict = await shell.json("audit", "verify", *of)
    assert (verdict["deeds"], verdict["problems"]) == (6, [])


async def test_a_key_of_a_platform_is_revoked(shell: Shell, database: Database, vault: Vault, tenant_id: str) -> None:
    tenants = PostgresTenants(database, vault)
    made = await shell.json("tenant", "key", tenant_id, "--name", "platform", "--scope", "cases:read", "--scope", "act_as")
    holder = await tenants.find_key(made["secret"])
    assert holder is not None
    assert (holder.person_id, set(holder.scopes)) == (None, {"cases:read", "act_as:parties"})
    done = await shell.type("key", "revoke", made["key"], "-t", tenant_id)
    assert (done.exit_code, done.stdout.strip()) == (0, f"{made['key']}: revoked")
    assert await tenants.find_key(made["secret"]) is None


@pytest.mark.parametrize(
    "words",
    [
        ("key", "create", "ci", "--scope", "cases:read", "-t", "{}"),
        ("person", "add", "per_eva", "--name", "Eva", "-t", "{}"),
        ("tenant", "set", "{}", "--name", "Another"),
    ],
)
async def test_where_nothing_can_be_administered_the_command_says_what_to_set(
    shell: Shell, tenant_id: str, words: tuple[str, ...]
) -> None:
    done = await shell.type(*(word.format(tenant_id) for word in words), OMBUD_DATABASE_ADMIN_URL="")
    assert done.exit_code == 69
    assert "OMBUD_DATABASE_ADMIN_URL" in done.stderr
    assert "[administration_unavailable]" in done.stderr


async def test_nor_is_a_tenant_made_there(shell: Shell) -> None:
    done = await shell.type("tenant", "create", "acme-later", "--name", "Acme", OMBUD_DATABASE_ADMIN_URL="")
    assert done.exit_code == 69
    assert "OMBUD_DATABASE_ADMIN_URL" in done.stderr
    assert "[administration_unavailable]" in done.stderr
