"""`ombud login`: deciding takes a person's own credential, at the command line as everywhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.team.letters import PostgresTeamLetters
from storage.tenants import Tenant
from tests.support.office import Office
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres


async def ruling(shell: Shell, office: Office, case: str, speaker: str) -> tuple[int, str]:
    words = ("case", "rule", case, "--outcome", "rejected", "--ground", "scope", "--reasons", "It was not in scope.")
    done = await shell.type(*words, "-t", office.tenant_id, "--as", speaker)
    return done.exit_code, done.output


async def test_nobody_decides_as_somebody_whom_they_only_name(shell: Shell, office: Office) -> None:
    case = (await office.desk().in_review())["id"]
    await office.desk("ada").post(f"/v1/cases/{case}/take")
    code, said = await ruling(shell, office, case, "per_ada")
    assert (code, "[own_credential_needed]" in said, "ombud login per_ada" in said) == (77, True, True), said


async def test_who_has_logged_in_decides(shell: Shell, office: Office, tmp_path: Path) -> None:
    case = (await office.desk().in_review())["id"]
    logged_in = await shell.type("login", "per_ada", "-t", office.tenant_id)
    assert (logged_in.exit_code, "--as per_ada" in logged_in.output) == (0, True), logged_in.output
    assert (tmp_path / "logins.json").stat().st_mode & 0o777 == 0o600
    await office.desk("ada").post(f"/v1/cases/{case}/take")
    code, said = await ruling(shell, office, case, "per_ada")
    # Judged by nobody here, but let in: it waits in the inbox.
    assert code == 0, said
    (me,) = await shell.json("whoami")
    assert (me["tenant"], me["person"]) == (office.tenant_id, "per_ada")
    assert timedelta(days=29) < datetime.fromisoformat(me["until"]) - datetime.now(UTC) <= timedelta(days=30)
    assert f"until {me['until'][:10]}" in (await shell.type("whoami")).output


async def test_a_login_that_is_over_says_to_log_in_again(shell: Shell, office: Office, tmp_path: Path) -> None:
    case = (await office.desk().in_review())["id"]
    await shell.type("login", "per_ada", "-t", office.tenant_id)
    async with office.database.deed(office.tenant_id) as conn:
        await conn.execute("UPDATE api_keys SET expires_at = clock_timestamp() WHERE name = 'ombud login'")
    (entry,) = json.loads((tmp_path / "logins.json").read_text())
    (tmp_path / "logins.json").write_text(json.dumps([{**entry, "until": "2026-01-01T00:00:00+00:00"}]))
    code, said = await ruling(shell, office, case, "per_ada")
    assert (code, "[key_invalid]" in said, "Log in again" in said, "ombud login per_ada" in said) == (77, True, True, True), said
    assert "over: ombud login per_ada" in (await shell.type("whoami")).output


async def test_a_login_code_is_exchanged_for_a_key(shell: Shell, office: Office) -> None:
    await office.tenants.create(Tenant(id=office.tenant_id, name="Test", development=False))
    of = ("-t", office.tenant_id)
    refused = await shell.type("person", "login-code", "per_ada", *of)
    assert "[person_has_no_address]" in refused.output, refused.output
    await shell.type("person", "set", "per_ada", "--email", "ada@team.example", *of)
    made = await shell.type("person", "login-code", "per_ada", *of)
    assert (made.exit_code, made.stdout.strip()) == (0, "Sent to the address of per_ada; it is good for a day.")
    (code,) = [letter.code for letter in await PostgresTeamLetters(office.database, office.vault).due(50) if letter.code]
    assert (await shell.type("login", "per_ben", "--code", code, *of)).exit_code == 77
    done = await shell.type("login", "per_ada", "--code", code, *of)
    assert (done.exit_code, "--as per_ada" in done.output) == (0, True), done.output
    assert [one["person"] for one in await shell.json("whoami")] == ["per_ada"]
    again = await shell.type("login", "per_ada", "--code", code, *of)
    assert (again.exit_code, "[login_code_ended]" in again.output) == (77, True), again.output


async def test_nobody_who_speaks_as_themselves_lifts_their_own_conflict_or_gives_themselves_a_role(
    shell: Shell, office: Office
) -> None:
    of, person = ("-t", office.tenant_id), ("person", "set", "per_dana")
    declared = await shell.type(*person, "--conflict", "programme-7", *of)
    assert declared.exit_code == 0, declared.output
    for logged_in in (False, True):
        if logged_in:
            await shell.type("login", "per_dana", *of)
        for words, code in ((("--clear", "conflicts"), "own_conflict"), (("--role", "ops", "--role", "lead"), "own_rights")):
            told = await shell.type(*person, *words, "--as", "per_dana", *of)
            assert (told.exit_code, f"[{code}]" in told.output) == (77, True), told.output
    assert (await shell.type(*person, "--clear", "conflicts", *of)).exit_code == 0, "whoever runs Ombud is nobody of the team"


async def test_who_has_logged_out_does_not(shell: Shell, office: Office) -> None:
    case = (await office.desk().in_review())["id"]
    await shell.type("login", "per_ada", "-t", office.tenant_id)
    assert "per_ada" in (await shell.type("logout", "per_ada")).output
    assert (await ruling(shell, office, case, "per_ada"))[0] == 77
    assert "Nobody has logged in" in (await shell.type("whoami")).output


async def test_outside_development_a_key_of_ones_own_is_needed(shell: Shell, office: Office) -> None:
    await office.tenants.create(Tenant(id=office.tenant_id, name="Test"))
    of = ("-t", office.tenant_id)
    refused = await shell.type("login", "per_ada", *of, OMBUD_LOGIN_KEY=office.keys["ben"])
    assert (refused.exit_code, "[login_key_of_another]" in refused.output) == (77, True), refused.output
    platform = await shell.type("login", *of, OMBUD_LOGIN_KEY=office.keys["platform"])
    assert "[login_key_of_another]" in platform.output
    done = await shell.type("login", "per_ada", *of, OMBUD_LOGIN_KEY=office.keys["ada"])
    assert done.exit_code == 0, done.output
    wrong = await shell.type("login", "per_ada", *of, OMBUD_LOGIN_KEY="omb_wrong")
    assert (wrong.exit_code, "[key_invalid]" in wrong.output) == (77, True), wrong.output


async def test_a_stranger_logs_in_nowhere(shell: Shell, office: Office) -> None:
    refused = await shell.type("login", "per_nobody", "-t", office.tenant_id)
    assert (refused.exit_code, "[person_unknown]" in refused.output) == (66, True), refused.output


def test_what_is_no_file_of_logins_is_nobodys(tmp_path: Path) -> None:
    from cli.kit.logins import Logins

    (tmp_path / "logins.json").write_text(json.dumps([1, {"place": "local"}]))
    assert Logins(tmp_path).people("local") == []
