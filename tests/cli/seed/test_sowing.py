"""Harbor made up: and the way to look around in it as a party, from both sides of one case."""

from __future__ import annotations

import pytest

from storage.access.party_links import PostgresPartyLinks
from storage.postgres.pool import Database
from storage.postgres.primary import connect
from storage.postgres.vault import Vault
from storage.views.cases import PostgresViews
from tests.support.database import Server
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("time", ["the first time", "again"])
async def test_each_side_of_one_case_has_a_way_in_however_often_it_is_asked_for(
    server: Server, database: Database, vault: Vault, tmp_path_factory: pytest.TempPathFactory, time: str
) -> None:
    run = await Shell(server, tmp_path_factory.mktemp("state")).type("seed")
    said = [line for line in run.stderr.splitlines() if "to try, once:" in line]
    assert [line.split(" to try")[0] for line in said] == ["the page of a claimant", "the page of a respondent"], time
    links = PostgresPartyLinks(database, vault)
    found = [await links.find(line.rpartition("/l/")[2]) for line in said]
    assert len({link.case_id for link in found if link is not None}) == 1
    sides = []
    for link in found:
        assert link is not None
        row = await PostgresViews(database, vault).case("harbor", link.case_id)
        assert row is not None
        assert row.case is not None
        # The tutorial of a party's page begins with an offer of the other side.
        assert row.case.offer is not None
        assert row.case.offer.side == "respondent"
        party = row.case.party(link.party_id)
        assert party is not None
        sides.append(party.side.value)
        assert await links.exchange("harbor", said[len(sides) - 1].rpartition("/l/")[2], "") is not None
    assert sides == ["claimant", "respondent"]


async def test_what_was_sown_is_counted_by_the_server_so_that_it_plans_for_it(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await Shell(server, tmp_path_factory.mktemp("state")).type("seed")
    owner = await connect(server.owner_dsn)
    counted = "SELECT reltuples FROM pg_class WHERE relname = 'cases' AND relkind IN ('r', 'p')"
    assert await owner.fetchval(counted) > 0
    await owner.close()
