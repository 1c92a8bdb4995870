"""Newer calendars: nothing moves by itself; what would is shown, and moved by a command that the record keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.lookups import Lookups
from activities.record import RecordActivities
from domain.worktime.calculator import zone_data_version
from policies.shelf import Shelf
from storage.policies.library import PostgresLibrary
from storage.policies.publications import PostgresPublications
from storage.record.sanctions import PostgresSanctions
from storage.team.roster import PostgresRoster
from tests.support.office import Desk, JudgingDoor, Office, shelf
from workers.policies import ShelfPolicies

pytestmark = pytest.mark.postgres

OFFICE = "europe-office"


def with_days_off(days: int = 21) -> Shelf:
    """A newer version of the office's calendar, in which the team is away for the next weeks."""
    old = shelf().calendars[OFFICE]
    off = tuple(datetime.now(UTC).date() + timedelta(days=n) for n in range(days))
    newer = old.model_copy(update={"holidays": (*old.holidays, *off), "exceptions": {}})
    return Shelf(packs=shelf().packs, calendars={**shelf().calendars, OFFICE: newer})


class NewDoor(JudgingDoor):
    """Judges with other policies at hand than those by which the case was opened."""

    def __init__(self, office: Office, policies: Shelf) -> None:
        library = PostgresLibrary(office.database)
        lookups = Lookups(
            PostgresRoster(office.database),
            ShelfPolicies(lambda: policies, library, PostgresPublications(office.database)),
            sanctions=PostgresSanctions(office.database),
        )
        self.recorder = RecordActivities(office.records, office.inbox, zone_data_version(), lookups=lookups)


async def later_desk(office: Office, who: str, policies: Shelf) -> Desk:
    """The API after these calendars were published, with a worker whose own files are still the old ones."""
    library = PostgresLibrary(office.database)
    await library.publish_calendars(policies.calendars, holiday_data="test", from_year=2025, to_year=2029)
    return office.desk(who, doors=NewDoor(office, shelf()))


async def moves(desk: Desk) -> list[dict[str, Any]]:
    answer = await desk.get("/v1/calendars/moves")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def ruling_due(desk: Desk, case_id: str) -> str:
    answer = await desk.get(f"/v1/cases/{case_id}/clocks")
    return str(next(one["due_at"] for one in answer.json()["data"] if one["clock"] == "ruling"))


async def test_a_new_version_changes_nothing_by_itself_and_moves_by_command(office: Office) -> None:
    case_id, newer = (await office.desk().in_review())["id"], with_days_off()
    before = await ruling_due(office.desk("dana"), case_id)
    dana = await later_desk(office, "dana", newer)
    assert await ruling_due(dana, case_id) == before
    (found,) = await moves(dana)
    assert found["case"] == case_id
    assert [c["name"] for c in found["calendars"]] == [OFFICE]
    promised = next(m for m in found["moves"] if (m["clock"], m["level"]) == ("ruling", "breach"))
    assert promised["from_at"] == before
    answer = await dana.command(case_id, "retarget", newest="calendars", reason="new_holidays")
    assert answer.status_code == 200, answer.text
    assert await ruling_due(dana, case_id) == promised["to_at"] > before
    assert await moves(dana) == []
    told = (await dana.get(f"/v1/cases/{case_id}/timeline")).json()["data"]
    (retargeted,) = (entry for entry in told if entry["type"] == "case_retargeted")
    assert retargeted["actor"]["id"] == "per_dana"
    assert retargeted["data"]["reason"] == "new_holidays"


async def test_a_case_can_move_to_another_calendar(office: Office) -> None:
    case_id = (await office.desk().in_review())["id"]
    dana = await later_desk(office, "dana", shelf())
    answer = await dana.command(case_id, "retarget", calendar="around-the-clock", reason="night_shift")
    assert answer.status_code == 200, answer.text
    said = (await dana.get(f"/v1/cases/{case_id}/clocks/ruling/explanation")).json()
    assert said["calendar_name"] == "around-the-clock"
    assert said["zone"] == "UTC"


async def test_a_calendar_that_nobody_knows_is_refused(office: Office) -> None:
    case_id = (await office.desk().in_review())["id"]
    answer = await (await later_desk(office, "dana", shelf())).command(
        case_id, "retarget", calendar="moon-base", reason="why_not"
    )
    assert answer.json()["code"] == "calendar_unknown"


async def test_only_leads_and_ops_see_what_would_move(office: Office) -> None:
    await office.desk().in_review()
    assert (await office.desk("ada").get("/v1/calendars/moves")).json()["code"] == "not_allowed"
    assert (await office.desk("platform").get("/v1/calendars/moves")).json()["code"] == "not_allowed"


async def test_nobody_sees_another_tenants(office: Office, stranger: Office) -> None:
    await office.desk().in_review()
    assert await moves(await later_desk(stranger, "dana", with_days_off())) == []
