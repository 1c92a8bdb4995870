"""What a calendar accepts, and what identifies it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.worktime.calendars import Calendar
from tests.support.calendars import OFFICE, WEEKDAYS, a_calendar


class TestCalendar:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"hours": {}}, "calendar_no_hours"),
            ({"hours": {"mon": []}}, "calendar_no_hours"),
            ({"hours": {"mon": [["09:00", "09:00"]]}}, "span_empty"),
            ({"hours": {"mon": [["09:00", "24:01"]]}}, "clock_time_invalid"),
            ({"hours": {"mon": [["24:00", "02:00"]]}}, "clock_time_invalid"),
            ({"hours": {"mon": [["9 am", "17:00"]]}}, "clock_time_invalid"),
            ({"hours": {"monday": OFFICE}}, "weekday_unknown"),
            ({"tz": "Europe/Atlantis"}, "zone_unknown"),
            ({"tz": "../etc/passwd"}, "zone_unknown"),
            ({"tz": "Europe"}, "zone_unknown"),
            ({"tz": None}, "zone_missing"),
            ({"hours": {}, "holidays": ["2025-01-06"], "join": [a_calendar()]}, "join_days_unused"),
            ({"opens": "never"}, "extra_forbidden"),
        ],
    )
    def test_faults_have_stable_codes(self, changes: dict[str, Any], code: str) -> None:
        with pytest.raises(ValidationError) as caught:
            a_calendar(**changes)
        assert [error["type"] for error in caught.value.errors()] == [code]

    def test_reference_follows_the_content_only(self) -> None:
        same = a_calendar(hours={day: [["9:00", "17:00"]] for day in reversed(WEEKDAYS)}, holidays=["2025-01-06", "2025-01-06"])
        assert same == a_calendar(holidays=["2025-01-06"]) != a_calendar()
        assert same.ref == "cal_1912a9565d0af15d"

    def test_midnight_can_be_written_in_three_ways(self) -> None:
        assert len({a_calendar(hours={"mon": [["20:00", end]]}).ref for end in ("24:00", "23:59", "00:00")}) == 1

    def test_survives_json(self) -> None:
        calendar = a_calendar(breaks={"2025-01-06": [["12:00", "13:00"]]}, join=[a_calendar(tz="Asia/Tokyo")])
        assert Calendar.model_validate_json(calendar.model_dump_json()).ref == calendar.ref

    def test_a_changed_copy_has_its_own_reference(self) -> None:
        calendar = a_calendar()
        assert calendar.ref != calendar.model_copy(update={"tz": "Asia/Tokyo"}).ref
