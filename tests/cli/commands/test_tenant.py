"""``ombud tenant person``: what is named of somebody is changed and nothing else; shifts are by a calendar that is there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.worktime.calendars import Calendar
from storage.policies.library import PostgresLibrary
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.tenants import PostgresTenants
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres

NIGHT = Calendar.model_validate({"tz": "UTC", "hours": {"mon": [("22:00", "06:00")]}})


@pytest.fixture
def tenants(database: Database, vault: Vault) -> PostgresTenants:
    """The tenants of the module's database."""
    return PostgresTenants(database, vault)


class TestWhatTheyCan:
    async def test_skills_languages_conflicts_and_absence(self, shell: Shell, tenants: PostgresTenants, tenant_id: str) -> None:
        words = ("tenant", "person", tenant_id, "per_mia", "--name", "Mia")
        more = ("--skill", "appsec", "--language", "de", "--language", "fr", "--conflict", "programme-7")
        done = await shell.type(*words, *more, "--absent-from", "2026-12-24T08:00:00Z", "--absent-until", "2027-01-04T08:00:00Z")
        assert done.exit_code == 0, done.output
        (mia,) = await tenants.people(tenant_id)
        assert (mia.skills, mia.languages) == (("appsec",), ("de", "fr"))
        assert mia.conflicts == tenants.conflicts(tenant_id, ["programme-7"])
        assert (mia.absent_from, mia.absent_until) == (datetime(2026, 12, 24, 8, tzinfo=UTC), datetime(2027, 1, 4, 8, tzinfo=UTC))
        before = mia
        assert (await shell.type("tenant", "person", tenant_id, "per_mia", "--capacity", "7")).exit_code == 0
        (mia,) = await tenants.people(tenant_id)
        assert mia == before.model_copy(update={"capacity": 7}), "what is left out stays"

    async def test_an_absence_without_a_beginning_begins_now(
        self, shell: Shell, tenants: PostgresTenants, tenant_id: str
    ) -> None:
        words = ("tenant", "person", tenant_id, "per_mia", "--name", "Mia", "--absent-until", "2099-01-01T00:00:00Z")
        before = datetime.now(UTC)
        assert (await shell.type(*words)).exit_code == 0
        (mia,) = await tenants.people(tenant_id)
        assert mia.absent_from is not None
        assert before <= mia.absent_from <= datetime.now(UTC)

    async def test_what_cannot_be_is_refused_by_its_name(self, shell: Shell, tenants: PostgresTenants, tenant_id: str) -> None:
        words = ("tenant", "person", tenant_id, "per_mia", "--name", "Mia")
        for wrong in (("--language", "German"), ("--absent-until", "tomorrow"), ("--absent-until", "2027-01-04T08:00:00")):
            done = await shell.type(*words, *wrong)
            assert (done.exit_code, done.stdout) == (65, ""), done.output
            assert "languages" in done.stderr or "absent_until" in done.stderr
        assert await tenants.people(tenant_id) == []


class TestHours:
    async def hours(self, tenants: PostgresTenants, tenant_id: str) -> str | None:
        (person,) = await tenants.people(tenant_id)
        return person.hours

    async def test_of_a_shipped_calendar_and_taken_back(self, shell: Shell, tenants: PostgresTenants, tenant_id: str) -> None:
        words = ("tenant", "person", tenant_id, "per_mia", "--name", "Mia")
        assert (await shell.type(*words, "--hours", "europe-office")).exit_code == 0
        assert await self.hours(tenants, tenant_id) == "europe-office"
        assert (await shell.type("person", "set", "per_mia", "-t", tenant_id, "--clear", "hours")).exit_code == 0
        assert await self.hours(tenants, tenant_id) is None

    async def test_of_one_of_ones_own(self, shell: Shell, tenants: PostgresTenants, tenant_id: str, tmp_path: Path) -> None:
        (tmp_path / "own" / "calendars").mkdir(parents=True)
        (tmp_path / "own" / "calendars" / "nights.yaml").write_text(
            "name: Nights\ntz: UTC\nhours: {mon: [[22:00, 24:00]]}\n", encoding="utf-8"
        )
        words = ("tenant", "person", tenant_id, "per_mia", "--name", "Mia", "--hours", "nights")
        done = await shell.type(*words, OMBUD_POLICIES_DIR=str(tmp_path / "own"))
        assert done.exit_code == 0, f"{done.output}{done.exception!r}"
        assert await self.hours(tenants, tenant_id) == "nights"

    async def test_of_one_that_was_published(
        self, shell: Shell, tenants: PostgresTenants, tenant_id: str, database: Database
    ) -> None:
        published = {"night-shift": NIGHT}
        await PostgresLibrary(database).publish_calendars(published, holiday_data="0.84", from_year=2025, to_year=2029)
        done = await shell.type("tenant", "person", tenant_id, "per_mia", "--name", "Mia", "--hours", "night-shift")
        assert done.exit_code == 0
        assert await self.hours(tenants, tenant_id) == "night-shift"

    async def test_of_one_that_nobody_has_are_refused(self, shell: Shell, tenants: PostgresTenants, tenant_id: str) -> None:
        done = await shell.type("tenant", "person", tenant_id, "per_mia", "--name", "Mia", "--hours", "mars-office")
        assert (done.exit_code, done.stdout) == (65, "")
        assert "'mars-office'" in done.stderr
        assert "europe-office" in done.stderr
        assert "[calendar_unknown]" in done.stderr
        assert await tenants.people(tenant_id) == []
