"""``ombud case list`` and its siblings find a case by what the platform knows of it."""

from __future__ import annotations

import pytest

from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from tests.support.office import Office
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres


@pytest.fixture
async def office(database: Database, vault: Vault, tenant_id: str) -> Office:
    """A tenant with its people and keys."""
    made = Office(database, vault, tenant_id)
    await made.hire()
    return made


async def test_a_case_is_found_and_shown_by_what_the_platform_knows_of_it(shell: Shell, office: Office) -> None:
    desk = office.desk()
    case = await desk.opened(external_id="R-1", matter="booking-9", category="scope", metadata={"order": "A-1 [x]"})
    await desk.opened()
    whose = ("-t", office.tenant_id)
    for words in (
        ("--external-id", "R-1"),
        ("--matter", "BOOKING-9"),
        ("--category", "scope"),
        ("--external-id", "R-1", "--party-ref", "user-1", "--source", "api", "--priority", case.get("priority", "normal")),
        ("--external-id", "R-1", "--opened", "2020-01-01T00:00Z..", "--updated", "..2099-01-01T00:00Z"),
    ):
        listed = await shell.json("case", "list", *words, *whose)
        assert [one["id"] for one in listed["data"]] == [case["id"]], words
    shown = (await shell.type("case", "show", case["id"], *whose)).stdout
    assert all(word in shown for word in ("R-1", "booking-9", "metadata order", "A-1 [x]", "user-1", "kim@example.org"))


async def test_the_operator_notes_for_the_platform(shell: Shell, office: Office) -> None:
    case, whose = await office.desk().opened(metadata={"order": "A-1"}), ("-t", office.tenant_id)
    noted = await shell.json("case", "metadata", case["id"], "--set", "ticket=ZD=1", "--remove", "order", *whose)
    assert noted["metadata"] == {"ticket": "ZD=1"}
    assert (await shell.type("case", "metadata", case["id"], "--set", "ticket", *whose)).exit_code == 64


async def test_a_range_without_dots_is_no_range(shell: Shell, office: Office) -> None:
    refused = await shell.type("case", "list", "--opened", "2026-01-01", "-t", office.tenant_id)
    assert (refused.exit_code, refused.stdout) == (64, "")
    assert "--opened" in refused.stderr
