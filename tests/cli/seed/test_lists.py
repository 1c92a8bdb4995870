"""Lists over a company's life: what they show is what reading each case by itself shows, whoever asks and however they page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cli.seed.harbor import PEOPLE
from domain.views.urgency import NO_END, STATES, standings
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.pressing import place_cases
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
            page = await views.due_first("harbor", which, last.place if last else None, 7)
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
                f" AND ($3 OR c.status = 'open')",
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
            statement, arguments = sql.listing(conditions(narrowed), None, None, "id DESC", 50)
            assert ("UNION" in statement, list(own) in arguments) == (False, False)
            shown = await paged(views, narrowed, due=False)
            assert [row.id for row in shown] == [row.id for row in await paged(views, which, due=False)]
    assert "UNION" in sql.listing(conditions(CaseFilter(within=("safety",), queue="fraud")), None, None, "id DESC", 50)[0]


async def test_a_list_is_in_its_order_and_every_case_in_it_as_it_reads_alone(views: PostgresViews) -> None:
    newest = await paged(views, CaseFilter(), due=False)
    assert [row.id for row in newest] == sorted((row.id for row in newest), reverse=True)
    assert len(newest) == 119
    assert newest == [await views.case("harbor", row.id) for row in newest]
    due = await paged(views, CaseFilter(), due=True)
    assert [row.place for row in due] == sorted(row.place for row in due)
    assert {row.id for row in due} == {row.id for row in newest if row.case and row.case.open}


async def test_the_most_pressing_case_comes_first_over_all_pages_as_its_clocks_say(views: PostgresViews) -> None:
    now = datetime.now(UTC)
    due = await paged(views, CaseFilter(), due=True)
    said = [standings(row.case, now)[0] for row in due if row.case and standings(row.case, now)]
    assert {one.state for one in said} >= {"late", "risk", "on_track"}
    order = [(STATES.index(one.state), one.due_at or NO_END) for one in said]
    assert order == sorted(order)


async def test_the_numbers_are_of_the_whole_list_for_each_person_and_filter(views: PostgresViews) -> None:
    for which in (CaseFilter(), CaseFilter(kind="payment_dispute"), *(CaseFilter(within=(*p.queues, p.id)) for p in PEOPLE)):
        rows = await paged(views, which, due=True)
        places = [row.pressing for row in rows]
        counted = await views.pressing_counts("harbor", which)
        assert [count.cases for count in counted] == [places.count(state) for state in range(4)]
        firsts = [next((row.pressing_at for row in rows if row.pressing == state), None) for state in range(4)]
        assert [count.first_at for count in counted] == firsts
        assert not any(count.more for count in counted)
        for state in range(4):
            alone = await paged(views, replace(which, pressing=state), due=True)
            assert [row.id for row in alone] == [row.id for row in rows if row.pressing == state]


async def test_more_than_a_bound_is_not_counted(views: PostgresViews) -> None:
    counted = await views.pressing_counts("harbor", CaseFilter(within=("payments", "bounty", "trust")), most=3)
    assert max(count.cases for count in counted) == 3
    assert any(count.more for count in counted)


async def test_rows_of_an_earlier_release_are_placed_when_the_database_is_migrated(
    views: PostgresViews, server: Server, database: Database
) -> None:
    before = [row.place for row in await paged(views, CaseFilter(), due=True)]
    async with database.tenant("harbor") as conn:
        await conn.execute("UPDATE cases SET pressing = DEFAULT, pressing_at = DEFAULT WHERE tenant = 'harbor'")
    assert {count.cases for count in await views.pressing_counts("harbor", CaseFilter())} == {0}
    async with await Database.connect(server.owner_dsn, admin_dsn=server.owner_dsn, max_size=2) as owner:
        assert await place_cases(owner) == len(before)
        assert await place_cases(owner) == 0
    assert [row.place for row in await paged(views, CaseFilter(), due=True)] == before


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


async def test_what_falls_due_before_a_moment_is_listed_whatever_the_order(views: PostgresViews, database: Database) -> None:
    async with database.tenant("harbor") as conn:
        rows = await conn.fetch("SELECT id, status, next_due_at FROM cases WHERE tenant = 'harbor' AND next_due_at IS NOT NULL")
    moments = sorted(row["next_due_at"] for row in rows)
    for at in (moments[0], moments[len(moments) // 2], moments[-1] + timedelta(days=1)):
        due = {row["id"] for row in rows if row["next_due_at"] < at}
        still_open = {row["id"] for row in rows if row["next_due_at"] < at and row["status"] == "open"}
        assert {row.id for row in await paged(views, CaseFilter(due_before=at), due=False)} == due
        assert {row.id for row in await paged(views, CaseFilter(due_before=at), due=True)} == still_open
        counted = await views.pressing_counts("harbor", CaseFilter(due_before=at))
        assert sum(count.cases for count in counted) == len(still_open)


async def test_whatever_something_may_still_happen_in_is_gone_through_once(views: PostgresViews, database: Database) -> None:
    found: list[str] = []
    while page := await views.open_ids("harbor", found[-1] if found else "", 7):
        found += [row.id for row in page]
    async with database.tenant("harbor") as conn:
        rows = await conn.fetch("""
            SELECT c.id FROM cases c WHERE c.tenant = 'harbor' AND (c.status = 'open'
                OR EXISTS (SELECT FROM deadlines d WHERE d.tenant = c.tenant AND d.case_id = c.id)
                OR EXISTS (SELECT FROM effects e WHERE e.tenant = c.tenant AND e.case_id = c.id AND e.state = 'running')
                OR EXISTS (SELECT FROM notices n WHERE n.tenant = c.tenant AND n.case_id = c.id
                    AND n.state IN ('pending', 'handed_over'))
                OR EXISTS (SELECT FROM commands o WHERE o.tenant = c.tenant AND o.case_id = c.id AND o.status = 'pending'))
            ORDER BY c.id
        """)
    assert found == [row["id"] for row in rows]
