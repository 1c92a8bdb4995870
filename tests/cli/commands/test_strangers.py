"""A tenant or a person that is not there, in every command that names one: an error with a code and what to do.

The commands are read from the command line itself, so that a new one is asked too.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from storage.postgres.pool import (
    Database,
)
from storage.postgres.vault import (
    Vault,
)
from storage.tenants import Person, PostgresTenants
from tests.support.command_lines import COMMANDS
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres

NOBODY = "per_nobody"
NOWHERE = "nowhere"
CODE = re.compile(r"\[([a-z_]+)\]$", flags=re.MULTILINE)
OF_PERSONS = {"owner", "of_owner", "person", "person_id", "manager"}
"""Parameters by which a command names somebody of the team, besides --as, who is looked up before anything is judged."""
MAKERS = {"tenant create": {"tenant"}, "tenant person": {"person_id"}, "person add": {"person_id"}}
"""Commands and what they make: that it is not there is no error."""


OF_A_TENANT = sorted(name for name, one in COMMANDS.items() if "tenant" in one.parameters.keys() - MAKERS.get(name, set()))
OF_A_SPEAKER = sorted(name for name, one in COMMANDS.items() if {"speaker", "by"} & one.parameters.keys())
# Of a case that nobody has it is not said who could have it.
OF_A_PERSON = sorted(
    (words, name)
    for words, one in COMMANDS.items()
    for name in one.parameters.keys() & OF_PERSONS - MAKERS.get(words, set())
    if words != "case assign"
)


@pytest.fixture
async def company(database: Database, vault: Vault, tenant_id: str) -> str:
    """A tenant with one person and nobody else."""
    tenants = PostgresTenants(database, vault)
    await tenants.put_person(tenant_id, Person(id="per_ada", name="Ada", roles=("ops",)))
    return tenant_id


def _told(done: Any, code: str) -> str:
    """What a command said that ended as it should: on stderr, with the code, and without a traceback."""
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert done.exit_code not in (0, 1, 2, 70), done.output
    assert done.stdout == ""
    assert CODE.findall(done.stderr) == [code], done.stderr
    return str(done.stderr)


def test_there_are_commands_to_ask() -> None:
    assert {"case list", "desk", "audit verify", "tenant key", "case import", "policy simulate", "bulk assign"} <= set(
        OF_A_TENANT
    )
    assert {"desk", "case rule", "policy publish", "bulk assign", "clock freeze"} <= set(OF_A_SPEAKER)
    assert {"case list", "desk absent", "tenant key", "tenant person", "clock freeze"} <= {words for words, _ in OF_A_PERSON}


@pytest.mark.parametrize("words", OF_A_TENANT)
async def test_an_unknown_tenant_is_told(shell: Shell, company: str, tmp_path: Path, words: str) -> None:
    command = COMMANDS[words]
    speaks = {"speaker": "per_ada"} if "speaker" in command.parameters else {}
    done = await shell.type(*command.typed(tmp_path, tenant=NOWHERE, **speaks))
    told = _told(done, "tenant_unknown")
    assert done.exit_code == 66
    assert NOWHERE in told
    assert "ombud tenant create" in told


async def test_an_unknown_tenant_is_told_with_those_that_there_are(shell: Shell, company: str) -> None:
    told = _told(await shell.type("case", "list", "--tenant", company + "x"), "tenant_unknown")
    assert f"'{company}x'" in told
    assert f" {company}" in told


@pytest.mark.parametrize("words", OF_A_SPEAKER)
async def test_an_unknown_speaker_is_told_with_who_works_there(shell: Shell, company: str, tmp_path: Path, words: str) -> None:
    command = COMMANDS[words]
    by = "speaker" if "speaker" in command.parameters else "by"
    done = await shell.type(*command.typed(tmp_path, **{by: NOBODY, "tenant": company}))
    told = _told(done, "actor_unknown")
    assert done.exit_code == 77
    assert NOBODY in told
    assert "per_ada" in told
    assert f"ombud tenant person {company}" in told


@pytest.mark.parametrize(("words", "name"), OF_A_PERSON)
async def test_an_unknown_person_is_told_with_who_works_there(
    shell: Shell, company: str, tmp_path: Path, words: str, name: str
) -> None:
    done = await shell.type(*COMMANDS[words].typed(tmp_path, **{name: NOBODY, "tenant": company}))
    told = _told(done, "person_unknown")
    assert done.exit_code == 66
    assert NOBODY in told
    assert "per_ada" in told


@pytest.mark.parametrize("strange", ["ACME!", "a b", "täglich", "", "x" * 300, "\udcff", "'; drop table cases; --"])
async def test_what_can_be_no_id_is_as_unknown(shell: Shell, company: str, strange: str) -> None:
    _told(await shell.type("case", "list", "--tenant", strange, "--as", "per_ada"), "tenant_unknown")
    _told(await shell.type("desk", "-t", company, "--as", strange), "actor_unknown")


async def test_a_desk_is_somebodys(shell: Shell, company: str) -> None:
    done = await shell.type("desk", "-t", company)
    told = _told(done, "actor_unknown")
    assert "--as" in told


async def test_what_can_be_no_id_is_not_made(shell: Shell, company: str) -> None:
    for wrong, words in (("ACME!", ("tenant", "create", "ACME!")), ("ada", ("tenant", "person", company, "ada"))):
        done = await shell.type(*words, "--name", "Name")
        assert done.exit_code == 64, done.output
        assert isinstance(done.exception, SystemExit)
        assert f"{wrong}: " in done.stderr
        assert CODE.search(done.stderr)
