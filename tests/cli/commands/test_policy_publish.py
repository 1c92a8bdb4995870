"""A pack becomes a tenant's own: linted, proposed by one person, approved by another, in force for new reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from domain.base import Money
from domain.model.report import Report
from policies.loading import load_pack
from policies.pack import PACKS_DIR
from policies.published import PublishedPacks
from policies.shelf import Shelf
from storage.policies.publications import PostgresPublications, PublishRefused
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.tenants import Person, PostgresTenants, Tenant
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres

TEXT = (PACKS_DIR / "bounty_dispute.yaml").read_text("utf-8")
REPORT = Report.model_validate(
    {"kind": "bounty_dispute", "statement": "They closed it.", "parties": [{"side": "claimant", "ref": "kim"}]}
)


@pytest.fixture
async def team(database: Database, vault: Vault, tenant_id: str, shell: Shell) -> str:
    """A tenant with a mediator, a lead and two of ops, who have logged in."""
    tenants = PostgresTenants(database, vault)
    await tenants.create(Tenant(id=tenant_id, name="Test", development=True))
    for name, role in (("mia", "mediator"), ("lee", "lead"), ("ola", "ops"), ("oda", "ops")):
        await tenants.put_person(tenant_id, Person(id=f"per_{name}", name=name, roles=(role,)))
        assert (await shell.type("login", f"per_{name}", "-t", tenant_id)).exit_code == 0
    return tenant_id


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The bounty pack with another limit."""
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT.replace("amount: 500000", "amount: 700000"))
    return path


async def proposed(shell: Shell, tenant_id: str, file: Path, by: str = "per_ola") -> dict[str, Any]:
    found: dict[str, Any] = await shell.json(
        "policy", "publish", str(file), "--as", by, "--reason", "a higher limit", "--tenant", tenant_id, "--anyway"
    )
    return found


async def approve(shell: Shell, tenant_id: str, named: str, by: str) -> tuple[int, str]:
    done = await shell.type("policy", "approve", named, "--as", by, "--tenant", tenant_id)
    return done.exit_code, done.stderr


async def limit(database: Database, tenant_id: str) -> int:
    """The limit that a new report of the tenant is bound by."""
    publishing = PostgresPublications(database)

    async def text(publication: str) -> str:
        return await publishing.text(tenant_id, publication)

    shelf = await PublishedPacks().on(Shelf.load(2026), await publishing.in_force(tenant_id), text)
    terms, _ = shelf.terms(REPORT)
    assert isinstance(terms.approval_above, Money)
    return terms.approval_above.amount


async def test_a_proposal_changes_nothing(shell: Shell, database: Database, team: str, file: Path) -> None:
    await proposed(shell, team, file)
    assert await limit(database, team) == 500000


async def test_after_a_second_person_new_reports_are_bound_by_it(shell: Shell, database: Database, team: str, file: Path) -> None:
    made = await proposed(shell, team, file)
    assert await approve(shell, team, made["id"], "per_lee") == (0, "")
    assert await limit(database, team) == 700000


async def test_nobody_approves_what_they_proposed(shell: Shell, database: Database, team: str, file: Path) -> None:
    made = await proposed(shell, team, file)
    code, words = await approve(shell, team, made["id"], "per_ola")
    assert code == 77
    assert "own_publication" in words
    assert await limit(database, team) == 500000


async def test_the_database_itself_wants_two_persons(database: Database, shell: Shell, team: str, file: Path) -> None:
    made = await proposed(shell, team, file)
    async with database.deed(team) as conn:
        with pytest.raises(asyncpg.CheckViolationError):
            await conn.execute(
                "UPDATE pack_versions SET approved_by = 'per_ola', approved_at = now() WHERE tenant = $1 AND id = $2",
                team,
                made["id"],
            )


async def test_a_mediator_approves_nothing(shell: Shell, team: str, file: Path) -> None:
    made = await proposed(shell, team, file)
    code, words = await approve(shell, team, made["id"], "per_mia")
    assert (code, "not_allowed" in words) == (77, True)


async def test_it_is_approved_once(shell: Shell, team: str, file: Path) -> None:
    made = await proposed(shell, team, file)
    assert (await approve(shell, team, made["version"][:12], "per_lee"))[0] == 0
    code, words = await approve(shell, team, made["id"], "per_oda")
    assert (code, "already_approved" in words) == (66, True)


async def test_without_their_own_credential_nobody_does(shell: Shell, team: str, file: Path) -> None:
    made = await proposed(shell, team, file)
    await shell.type("logout")
    code, words = await approve(shell, team, made["id"], "per_lee")
    assert (code, "own_credential_needed" in words) == (77, True)


async def test_one_credential_is_not_two_persons(shell: Shell, database: Database, team: str, file: Path) -> None:
    """A key that was made over to somebody else in the meantime."""
    made = await proposed(shell, team, file)
    publishing = PostgresPublications(database)
    (kept,) = [version for version in await publishing.versions(team) if version.id == made["id"]]
    assert kept.proposed_with is not None
    with pytest.raises(PublishRefused, match="same credential"):
        await publishing.approve(team, made["id"], by="per_lee", credential=kept.proposed_with)


async def test_a_stranger_proposes_nothing(shell: Shell, team: str, file: Path) -> None:
    done = await shell.type("policy", "publish", str(file), "--as", "per_gone", "--reason", "x", "--tenant", team, "--anyway")
    assert (done.exit_code, "actor_unknown" in done.stderr) == (77, True)


async def test_a_pack_with_errors_is_refused(shell: Shell, team: str, tmp_path: Path) -> None:
    bad = _written(tmp_path / "bad.yaml", TEXT.replace("opens_in: settlement", "opens_in: nowhere"))
    done = await shell.type("policy", "publish", str(bad), "--as", "per_ola", "--reason", "x", "--tenant", team, "--anyway")
    assert (done.exit_code, "pack_invalid" in done.stderr) == (65, True)


async def test_warnings_need_anyway(shell: Shell, team: str, tmp_path: Path) -> None:
    doubtful = _written(tmp_path / "doubtful.yaml", TEXT.replace('  "evidence_requested:claimant": [claimant]\n', ""))
    words = ("policy", "publish", str(doubtful), "--as", "per_ola", "--reason", "x", "--tenant", team)
    done = await shell.type(*words)
    assert (done.exit_code, "pack_doubtful" in done.stderr) == (65, True)
    assert (await shell.type(*words, "--anyway")).exit_code == 0


async def test_the_list_says_what_is_in_force_and_what_waits(shell: Shell, team: str, file: Path, tmp_path: Path) -> None:
    made = await proposed(shell, team, file)
    await approve(shell, team, made["id"], "per_lee")
    later = await proposed(shell, team, _written(tmp_path / "more.yaml", TEXT.replace("500000", "900000")))
    rows = await shell.json("policy", "list", "--tenant", team)
    states = {(row["id"], row["state"]) for row in rows if row["kind"] == "bounty_dispute"}
    assert states == {(None, "replaced"), (made["id"], "in force"), (later["id"], "proposed")}
    assert load_pack(TEXT, "old").version in {row["version"] for row in rows}
    assert json.dumps(rows)


async def test_another_tenant_sees_nothing_of_it(shell: Shell, database: Database, team: str, file: Path) -> None:
    await proposed(shell, team, file)
    assert await PostgresPublications(database).versions("somebody-else") == []


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path
