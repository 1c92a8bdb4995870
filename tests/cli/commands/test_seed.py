"""Harbor: made in one go with its cases, whole on record, found again, and in development tenants alone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from cli.kit.operator import known_tenant
from cli.seed.harbor import PEOPLE
from domain.views.urgency import standings
from runtime.errors import ServiceFault
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.audit import PostgresAudit
from storage.tenants import PostgresTenants, Tenant
from storage.views.cases import CaseFilter, PostgresViews
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres


async def seen(database: Database, question: str, tenant: str = "harbor") -> list[tuple[str, ...]]:
    async with database.tenant(tenant) as conn:
        return [tuple(row) for row in await conn.fetch(question)]


async def test_it_is_there_with_every_kind_and_phase_and_nothing_was_refused(shell: Shell, database: Database) -> None:
    told = await shell.json("seed")
    assert (told["tenant"], told["made"], told["here_before"], told["refused"]) == ("harbor", 119, 0, [])
    kinds = await seen(database, "SELECT kind, count(DISTINCT phase) FROM cases GROUP BY kind")
    assert len(kinds) == 7
    phases = {phase for (phase,) in await seen(database, "SELECT DISTINCT phase FROM cases")}
    assert phases == {"intake", "settlement", "review", "approval", "ruled", "appealable", "appeal", "closed"}
    queues = await seen(database, "SELECT DISTINCT queue FROM cases")
    assert {("payments",), ("payments-us",), ("payments-apac",)} <= set(queues)


async def test_what_the_pages_are_for_is_there(shell: Shell, database: Database) -> None:
    await shell.json("seed")
    (counts,) = await seen(
        database,
        """SELECT count(*) FILTER (WHERE type = 'case_linked') > 0, count(*) FILTER (WHERE type = 'interim_imposed') > 0,
            count(*) FILTER (WHERE type = 'evidence_submitted') > 0, count(*) FILTER (WHERE type = 'offer_made') > 0,
            count(*) FILTER (WHERE type = 'past_message_kept') > 100, count(*) FILTER (WHERE type = 'level_passed') > 0
            FROM facts""",
    )
    assert all(counts)
    ((several,),) = await seen(
        database,
        "SELECT count(*) FROM (SELECT 1 FROM parties WHERE side = 'claimant' GROUP BY ref_digest HAVING count(*) > 1) AS s",
    )
    assert int(several) > 5
    ((untold,),) = await seen(
        database,
        "SELECT count(*) FROM cases c WHERE kind = 'fraud_report' AND NOT EXISTS (SELECT FROM facts f WHERE f.case_id = c.id"
        " AND f.type = 'case_disclosed')",
    )
    assert int(untold) > 2


async def test_every_desk_has_life_on_whatever_day_it_is(shell: Shell, database: Database, vault: Vault) -> None:
    await shell.json("seed")
    rows = await PostgresViews(database, vault).cases("harbor", CaseFilter(status="open"), limit=200)
    now, pressing, owned = datetime.now(UTC), Counter[str](), Counter[str]()
    for row in rows:
        assert row.case is not None
        clocks = standings(row.case, now)
        pressing[clocks[0].state if clocks else "none"] += 1
        owned[row.case.owner or ""] += 1
    assert all(pressing[state] >= least for state, least in (("late", 8), ("risk", 6), ("on_track", 40), ("paused", 2)))
    assert min(owned[person.id] for person in PEOPLE if "mediator" in person.roles) >= 3
    assert owned[""] >= 30


async def test_a_second_time_adds_nothing_and_more_are_added_to_those_that_are_there(shell: Shell, database: Database) -> None:
    await shell.json("seed")
    facts = await seen(database, "SELECT count(*), max(recorded_at) FROM facts")
    again = await shell.json("seed")
    assert (again["made"], again["here_before"]) == (0, 119)
    assert await seen(database, "SELECT count(*), max(recorded_at) FROM facts") == facts
    more = await shell.json("seed", "--cases", "130")
    assert (more["made"], more["here_before"]) == (11, 119)


async def test_the_record_is_whole(shell: Shell, database: Database, vault: Vault) -> None:
    await shell.json("seed")
    verdict = await PostgresAudit(database, vault).verify("harbor")
    assert (verdict.flaws, verdict.cases >= 119) == ([], True)


async def test_cases_are_made_up_in_development_tenants_alone(shell: Shell, database: Database, vault: Vault) -> None:
    await PostgresTenants(database, vault).create(Tenant(id="bank", name="Bank"))
    refused = await shell.type("seed", "--tenant", "bank", "--json")
    assert refused.exit_code == 77
    assert "[tenant_not_development]" in refused.stderr
    assert await seen(database, "SELECT id FROM cases", "bank") == []
    unknown = await shell.type("seed", "--tenant", "nobody", "--json")
    assert (unknown.exit_code, "[tenant_unknown]" in unknown.stderr) == (66, True)


async def test_another_development_tenant_gets_their_pasts_under_its_own_packs(
    shell: Shell, database: Database, tenant_id: str
) -> None:
    told = await shell.json("seed", "--tenant", tenant_id, "--cases", "60")
    assert (told["made"], told["done_in_them"], told["refused"]) == (60, 0, [])
    assert len(await seen(database, "SELECT DISTINCT kind FROM cases", tenant_id)) == 7


def test_whoever_names_no_tenant_means_their_own_and_not_harbor() -> None:
    assert known_tenant(None, ["acme", "harbor"]) == "acme"
    assert known_tenant(None, ["harbor"]) == "harbor"
    with pytest.raises(ServiceFault, match="Name the tenant"):
        known_tenant(None, ["acme", "bank", "harbor"])
