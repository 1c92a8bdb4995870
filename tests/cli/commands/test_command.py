"""`ombud command`: keys by which people sign, and the signatures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.temporal_door import TemporalDoor
from storage.access.signing_keys import PostgresSigningKeys
from storage.intake.refusals import PostgresDoorRefusals
from storage.tenants import Tenant
from tests.support.office import Office
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres
RULE = {"id": "cmd_rule-1", "type": "rule", "by": "per_ada", "outcome": "rejected", "ground": "scope", "reasons": "No."}


async def test_from_the_key_to_a_command_that_is_taken(shell: Shell, office: Office, tmp_path: Path) -> None:
    case, of = (await office.desk().in_review())["id"], ("-t", office.tenant_id)
    key, file = tmp_path / "ada.pem", tmp_path / "rule.json"
    assert (await shell.type("command", "key", str(key))).exit_code == 0
    assert key.stat().st_mode & 0o777 == 0o600
    refused = await shell.type("command", "register", str(key), *of, "--as", "per_ada")
    assert "[own_credential_needed]" in refused.output, "the operator registers nobody's key"
    await shell.type("login", "per_ada", *of)
    made = await shell.json("command", "register", str(key), *of, "--as", "per_ada")
    file.write_text(json.dumps(RULE))
    done = await shell.type("command", "sign", str(file), "--case", case, "--key", str(key), "--key-id", made["id"], *of)
    signed: dict[str, Any] = json.loads(done.stdout)
    await office.tenants.create(Tenant(id=office.tenant_id, name="Test"))
    keys, refusals = PostgresSigningKeys(office.database), PostgresDoorRefusals(office.database)
    door = TemporalDoor(office.inbox, office.tenants, keys, refusals=refusals, letters=office.parts())
    assert await door.put(office.tenant_id, case, signed) == RULE["id"]
    listed = await shell.type("command", "keys", *of)
    assert f"{made['id']}  per_ada  live" in listed.output
    assert "revoked" in (await shell.type("command", "revoke", made["id"], *of)).output
    assert await door.put(office.tenant_id, case, {**signed, "id": "cmd_rule-2"}) != "cmd_rule-2"
    tried = await shell.type("command", "refused", *of)
    assert f"signature_refused  per_ada  rule  cmd_rule-2  {case}  (1x)" in tried.output
    assert (await shell.json("command", "refused", *of))["data"][0]["claimed"] == "per_ada"


async def test_no_key_is_written_over(shell: Shell, tmp_path: Path) -> None:
    key = tmp_path / "mine.pem"
    key.write_text("precious")
    done = await shell.type("command", "key", str(key))
    assert (done.exit_code, "[file_exists]" in done.output, key.read_text()) == (73, True, "precious")


@pytest.mark.parametrize(("said", "code"), [("nonsense", "json_invalid"), ('{"type": "rule"}', "malformed"), ("[]", "malformed")])
async def test_what_is_no_command_is_not_signed(shell: Shell, tmp_path: Path, said: str, code: str) -> None:
    key, file = tmp_path / "ada.pem", tmp_path / "rule.json"
    await shell.type("command", "key", str(key))
    file.write_text(said)
    given = ("--case", "case_1", "--key", str(key), "--key-id", "sig_1", "-t", "acme")
    done = await shell.type("command", "sign", str(file), *given)
    assert (done.exit_code, f"[{code}]" in done.output, done.stdout) == (65, True, ""), done.output


async def test_with_what_is_no_key_nothing_is_signed(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "rule.json"
    file.write_text(json.dumps(RULE))
    given = ("--case", "case_1", "--key", str(file), "--key-id", "sig_1", "-t", "acme")
    done = await shell.type("command", "sign", str(file), *given)
    assert (done.exit_code, "[signing_key_invalid]" in done.output) == (65, True), done.output
