"""Lists over a company's life: what they show is what reading each case by itself shows, whoever asks and however they page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cli.seed.harbor import PEOPLE
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.team.desk import PostgresDesk
from storage.views import sql
from storage.views.cases import CaseFilter, PostgresViews, conditions
from storage.views.rows import CaseRow
from tests.support.database import Server
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
async def views(server: Server, database: Database, vault: Vault, tmp_path_factory: pytest.TempPathFactory) -> PostgresViews:
    """Those of a database with Harbor in it."""
    await Shell(server, tmp_path_factory.mktemp("state")).json("seed")
    return PostgresViews(database, vault)


async def paged(views: PostgresViews, which: CaseFilter, *, due: bool) -> list[CaseRow]:
    """All pages of a list, seven cases each."""
    found: list[CaseRow] = []
    while True:
        last = found[-1] if found else None
        if due:
            assert last is None or last.next_due_at is not None
            after = (last.next_due_at, last.id) if last and last.next_due_at else None
            page = await views.due_first("harbor", which, after, 7)
        else:
            page = await views.cases("harbor", which, last.id if last else None, 7)
        found += page
        if len(page) < 7:
            return found


@pytest.mark.parametrize("due", [False, True])
async def test_whoever_reads_some_queues_alone_is_shown_each_case_that_is_theirs_once(
    views: PostgresViews, database: Database, due: bool
) -> None:
    for person in PEOPLE:
        own = (*person.queues, person.id)
        async with database.tenant("harbor") as conn:
            rows = await conn.fetch(
                f"SELECT c.id FROM cases c WHERE c.tenant = $1 AND {sql.WITHIN.format('$2::text[]')}"
                f" AND ($3 OR c.status = 'open' AND c.next_due_at IS NOT NULL)",
                "harbor", list(own), not due,
            )  # fmt: skip
        shown = [row.id for row in await paged(views, CaseFilter(within=own), due=due)]
        assert sorted(shown) == sorted(row["id"] for row in rows), person.id


async def test_ones_own_cases_and_those_of_ones_queue_are_asked_for_without_looking_through_the_others(
    views: PostgresViews,
) -> None:
    for person in PEOPLE:
        own = (*person.queues, person.id)
        for which in (CaseFilter(owner=person.id), *(CaseFilter(queue=queue) for queue in person.queues)):
            narrowed = replace(which, within=own)
            statement, arguments = sql.listing(conditions(narrowed), None, None, "id DESC")
            assert ("UNION" in statement, list(own) in arguments) == (False, False)
            shown = await paged(views, narrowed, due=False)
            assert [row.id for row in shown] == [row.id for row in await paged(views, which, due=False)]
    assert "UNION" in sql.listing(conditions(CaseFilter(within=("safety",), queue="fraud")), None, None, "id DESC")[0]


async def test_a_list_is_in_its_order_and_every_case_in_it_as_it_reads_alone(views: PostgresViews) -> None:
    newest = await paged(views, CaseFilter(), due=False)
    assert [row.id for row in newest] == sorted((row.id for row in newest), reverse=True)
    assert len(newest) == 119
    assert newest == [await views.case("harbor", row.id) for row in newest]
    due = await paged(views, CaseFilter(), due=True)
    assert [(row.next_due_at, row.id) for row in due] == sorted((row.next_due_at, row.id) for row in due if row.next_due_at)


async def test_terms_that_another_release_wrote_are_read_from_the_case(views: PostgresViews, database: Database) -> None:
    before = await views.cases("harbor", CaseFilter(), limit=5)
    async with database.tenant("harbor") as conn:
        await conn.execute("UPDATE cases SET terms_key = NULL WHERE tenant = 'harbor' AND id = $1", before[0].id)
    assert await views.cases("harbor", CaseFilter(), limit=5) == before
    assert await PostgresViews(database, Vault(bytes(range(32)))).cases("harbor", CaseFilter(), limit=5) == before


async def test_terms_that_were_changed_are_not_the_remembered_ones(views: PostgresViews, database: Database) -> None:
    (first,) = await views.cases("harbor", CaseFilter(), limit=1)
    assert first.case is not None
    async with database.tenant("harbor") as conn:
        await conn.execute(
            "UPDATE cases SET terms = jsonb_set(terms, '{pack}', '\"another\"'), terms_key = 'of the others' WHERE id = $1",
            first.id,
        )
    (after,) = await views.cases("harbor", CaseFilter(), limit=1)
    assert after.case is not None
    assert (first.case.terms.pack != "another", after.case.terms.pack) == (True, "another")


async def test_a_queue_counts_what_waits_in_it(views: PostgresViews, database: Database) -> None:
    desk = PostgresDesk(database, None)  # type: ignore[arg-type]  # nothing is put into an inbox
    queues = sorted({queue for person in PEOPLE for queue in person.queues})
    counted = {count.queue: count.waiting for count in await desk.queue_counts("harbor", queues)}
    listed = [row.case.queue for row in await desk.waiting("harbor", queues, limit=200) if row.case]
    assert counted == {queue: listed.count(queue) for queue in queues}
    assert sum(counted.values()) > 20
