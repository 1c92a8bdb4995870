"""What cases refer to by content, and which calendar each name stood for."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from domain.worktime.calendars import Calendar
from storage.policies.library import CalendarVersion, PostgresLibrary, keep_notices
from storage.postgres.pool import Database
from tests.support.database import Server
from tests.support.worlds import OFFICE

pytestmark = pytest.mark.postgres

HALF = Calendar.model_validate({"tz": "Europe/Berlin", "hours": {"mon": [("09:00", "12:00")]}})
NOTICES = {"ruling_issued": ("all",), "case_opened": ("parties", "owner"), "message_sent": ()}


@pytest.fixture
def library(database: Database) -> PostgresLibrary:
    """The library of the module's database."""
    return PostgresLibrary(database)


async def publish(library: PostgresLibrary, calendars: dict[str, Calendar], holiday_data: str = "0.84") -> list[str]:
    return await library.publish_calendars(calendars, holiday_data=holiday_data, from_year=2025, to_year=2029)


async def history(library: PostgresLibrary, name: str) -> list[CalendarVersion]:
    return [version for version in await library.versions() if version.name == name]


class TestVersions:
    async def test_publishing_keeps_the_calendar_and_says_what_it_was_made_of(self, library: PostgresLibrary) -> None:
        assert await publish(library, {"first": OFFICE}) == ["first"]
        (version,) = await history(library, "first")
        assert (version.ref, version.holiday_data, version.from_year, version.to_year) == (OFFICE.ref, "0.84", 2025, 2029)
        assert version.published_at.utcoffset() is not None
        assert await library.calendars([version.ref]) == {OFFICE.ref: OFFICE}

    async def test_the_same_again_is_no_new_version(self, library: PostgresLibrary) -> None:
        await publish(library, {"again": OFFICE})
        assert await publish(library, {"again": OFFICE}, holiday_data="0.99") == []
        assert [v.holiday_data for v in await history(library, "again")] == ["0.84"]

    async def test_going_back_to_an_older_content_is_one(self, library: PostgresLibrary) -> None:
        for calendar in (OFFICE, HALF, OFFICE):
            await publish(library, {"back": calendar})
        versions = await history(library, "back")
        assert [v.ref for v in versions] == [OFFICE.ref, HALF.ref, OFFICE.ref]
        assert versions[0].published_at > versions[1].published_at > versions[2].published_at

    async def test_only_the_names_that_changed_get_one(self, library: PostgresLibrary) -> None:
        await publish(library, {"one": OFFICE, "two": OFFICE})
        assert await publish(library, {"one": OFFICE, "two": HALF, "three": HALF}) == ["three", "two"]

    async def test_of_many_at_once_one_publishes(self, library: PostgresLibrary) -> None:
        said = await asyncio.gather(*(publish(library, {"race": OFFICE}) for _ in range(8)))
        assert sorted(said) == [[]] * 7 + [["race"]]

    async def test_no_version_is_ever_changed(self, library: PostgresLibrary, server: Server) -> None:
        await publish(library, {"fixed": OFFICE})
        conn = await asyncpg.connect(server.app_dsn)
        for statement in ("UPDATE calendar_versions SET name = 'x'", "DELETE FROM calendar_versions", "DELETE FROM packs"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(statement)
        await conn.close()


class TestPacks:
    async def kept(self, database: Database, version: str) -> tuple[object, str | None]:
        async with database.nobody() as conn:
            row = await conn.fetchrow("SELECT body, notices::text AS notices FROM packs WHERE version = $1", version)
        assert row is not None
        return row["body"], row["notices"]

    async def test_notices_keep_their_order(self, library: PostgresLibrary, database: Database) -> None:
        await library.keep_pack("v-order", "fraud_report", {"kind": "fraud_report"}, NOTICES)
        text = '{"ruling_issued":["all"],"case_opened":["parties","owner"],"message_sent":[]}'
        assert await self.kept(database, "v-order") == ({"kind": "fraud_report"}, text)

    async def test_what_a_row_lacks_is_filled_in(self, library: PostgresLibrary, database: Database) -> None:
        await library.keep_pack("v-old", "fraud_report", {"kind": "fraud_report"})
        await library.keep_pack("v-old", "fraud_report", {"kind": "other"}, {"case_opened": ("all",)})
        assert await self.kept(database, "v-old") == ({"kind": "fraud_report"}, '{"case_opened":["all"]}')

    async def test_what_is_there_never_changes(self, library: PostgresLibrary, database: Database) -> None:
        async with database.nobody() as conn:
            await keep_notices(conn, "v-new", "fraud_report", {}, {"case_opened": ("all",)})
        assert await self.kept(database, "v-new") == ({}, '{"case_opened":["all"]}')
        await library.keep_pack("v-new", "fraud_report", {"kind": "fraud_report"}, NOTICES)
        assert await self.kept(database, "v-new") == ({"kind": "fraud_report"}, '{"case_opened":["all"]}')
        async with database.nobody() as conn:
            await keep_notices(conn, "v-new", "fraud_report", {}, NOTICES)
        assert await self.kept(database, "v-new") == ({"kind": "fraud_report"}, '{"case_opened":["all"]}')

    async def test_a_complete_pack_stops_nobody(self, library: PostgresLibrary, database: Database) -> None:
        await library.keep_pack("v-done", "fraud_report", {"kind": "fraud_report"}, NOTICES)
        async with database.nobody() as one, database.nobody() as other, one.transaction():
            await keep_notices(one, "v-done", "fraud_report", {}, NOTICES)
            async with asyncio.timeout(5):
                await keep_notices(other, "v-done", "fraud_report", {}, NOTICES)
                await other.execute("SELECT 1 FROM packs WHERE version = 'v-done' FOR UPDATE NOWAIT")


async def test_a_notice_list_that_is_empty_is_kept_as_one(library: PostgresLibrary, database: Database) -> None:
    await library.keep_pack("v-silent", "fraud_report", {"kind": "x"}, {})
    async with database.nobody() as conn:
        assert await conn.fetchval("SELECT notices::text FROM packs WHERE version = 'v-silent'") == "{}"
