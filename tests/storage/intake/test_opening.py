"""Opening: a report is on disk as one case, however often and however concurrently it comes."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from pydantic_core import to_json

from storage.intake.inbox import Conflict
from storage.intake.opening import Opened
from storage.views.cases import PostgresViews
from tests.support.worlds import World, a_report, some_terms

pytestmark = pytest.mark.postgres


class TestOpen:
    async def test_everything_is_on_disk_and_nothing_lies_open(self, world: World) -> None:
        opened = await world.opened(a_report(external_id="ext-9"))
        async with world.database.tenant(world.tenant_id) as conn:
            dump = []
            for table in ("cases", "parties", "commands", "contents", "keys"):
                found = await conn.fetch(f"SELECT t::text AS row FROM {table} t")
                dump += [row["row"] for row in found]
        for secret in ("duplicate of nothing", "Kim", "kim@example.org", "user-1", "report-4711", "Report 4711", "proof"):
            assert secret not in "".join(dump), secret
        await world.record(opened.case_id)
        views = PostgresViews(world.database, world.vault)
        held = await views.case(world.tenant_id, opened.case_id)
        assert held is not None
        assert held.case is not None
        assert held.external_id == "ext-9"
        contacts = await views.contacts(world.tenant_id, opened.case_id)
        assert contacts[held.case.parties[0].id] == {"name": "Kim Doe", "email": "kim@example.org", "ref": "user-1"}
        assert (await views.report(world.tenant_id, opened.case_id) or {})["matter"] == "report-4711"
        recording = (await views.timeline(world.tenant_id, opened.case_id))[0]
        assert recording.fact.type == "case_opened"
        assert await views.attachment(world.tenant_id, recording.fact.attachments[0].content_id) == (
            "proof.txt",
            "text/plain",
            b"proof",
        )

    async def test_same_user_has_the_same_digest_in_one_tenant_only(self, world: World) -> None:
        digests = set()
        for _ in range(2):
            await world.opened()
        async with world.database.tenant(world.tenant_id) as conn:
            digests = {row["ref_digest"] for row in await conn.fetch("SELECT ref_digest FROM parties")}
        assert len(digests) == 2
        assert world.vault.ref_digest(world.tenant_id, "user-1") in digests
        assert world.vault.ref_digest("other", "user-1") not in digests

    async def test_an_organisation_is_known_by_the_digest_that_conflicts_hold(self, world: World) -> None:
        sides = a_report().model_dump()["parties"]
        report = a_report(parties=[sides[0], {**sides[1], "organisation": "nimbus-group"}])
        opened = await world.opened(report)
        await world.record(opened.case_id)
        case = (await world.snapshot(opened.case_id)).case
        assert case is not None
        assert [p.org_digest for p in case.parties] == [None, *world.tenants.conflicts(world.tenant_id, ["nimbus-group"])]

    async def test_a_report_without_organisations_has_the_hash_it_always_had(self) -> None:
        assert b"organisation" not in to_json(a_report())

    @pytest.mark.parametrize("how", ["external id", "idempotency key", "both"])
    async def test_fifty_at_once_are_one_case(self, world: World, how: str) -> None:
        report = a_report(external_id=None if how == "idempotency key" else "ext-1")
        key = None if how == "external id" else "key-1"
        opened = await asyncio.gather(*(world.opened(report, idempotency_key=key) for _ in range(50)))
        assert len({(o.case_id, o.command_id) for o in opened}) == 1
        assert sum(o.created for o in opened) == 1
        async with world.database.tenant(world.tenant_id) as conn:
            assert await conn.fetchval("SELECT count(*) FROM cases") == 1
            assert await conn.fetchval("SELECT count(*) FROM parties") == 2
            assert await conn.fetchval("SELECT count(*) FROM commands") == 1

    async def test_fifty_at_once_of_which_half_are_changed_leave_one_case(self, world: World) -> None:
        reports = [a_report(external_id="ext-2", statement=f"Version {n % 2}.") for n in range(50)]
        results = await asyncio.gather(*(world.opened(report) for report in reports), return_exceptions=True)
        assert len({r.case_id for r in results if isinstance(r, Opened)}) == 1
        assert {r.code for r in results if isinstance(r, Conflict)} == {"external_id_reused"}
        assert sum(isinstance(r, Opened) for r in results) == 25

    async def test_other_report_under_the_same_key_is_refused(self, world: World) -> None:
        first = await world.opened(idempotency_key="key-2")
        with pytest.raises(Conflict) as conflict:
            await world.opened(a_report(statement="Something else."), idempotency_key="key-2")
        assert (conflict.value.code, conflict.value.of) == ("idempotency_key_reused", first.case_id)

    async def test_other_source_is_another_case(self, world: World) -> None:
        one = await world.opened(a_report(external_id="ext-3"))
        other = await world.opened(a_report(external_id="ext-3", source="zendesk"))
        assert one.case_id != other.case_id

    async def test_the_notices_of_its_pack_are_there_with_it_and_stay_as_they_are(self, world: World) -> None:
        terms = some_terms(version="pack_kept_once")
        await world.opened(terms=terms, notices={"case_opened": ("all",)})
        # Another process, which knows nothing of what is on disk, offers the same pack with other notices.
        other = World(world.database, world.vault, world.tenant_id)
        await other.opened(terms=terms, notices={"case_opened": ("ops",)})
        async with world.database.nobody() as conn:
            row = await conn.fetchrow("SELECT name, body, notices::text FROM packs WHERE version = 'pack_kept_once'")
        assert row is not None
        assert tuple(row) == ("bounty_dispute", {}, '{"case_opened":["all"]}')

    async def test_fifty_of_a_new_pack_at_once_do_not_stop_each_other(self, world: World) -> None:
        terms = some_terms(version="pack_of_today")
        opened = await asyncio.gather(*(world.opened(terms=terms, notices={"case_opened": ("all",)}) for _ in range(50)))
        assert len({o.case_id for o in opened}) == 50
        async with world.database.nobody() as conn:
            assert await conn.fetchval("SELECT count(*) FROM packs WHERE version = 'pack_of_today'") == 1

    async def test_failure_in_the_middle_leaves_nothing(self, world: World) -> None:
        async with world.database.tenant(world.tenant_id) as conn:
            before = await conn.fetchval("SELECT count(*) FROM cases")
        report = a_report()
        bad = report.parties[1].model_copy(update={"locale": "\x00"})
        with pytest.raises(asyncpg.DataError):
            await world.opened(report.model_copy(update={"parties": (report.parties[0], bad)}))
        async with world.database.tenant(world.tenant_id) as conn:
            assert await conn.fetchval("SELECT count(*) FROM cases") == before
