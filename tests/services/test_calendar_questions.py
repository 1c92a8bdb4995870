"""Each line has its own answer, and a faulty one takes nothing from the others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.calendar_questions import answers, due_line, elapsed_line

OFFICE = {"tz": "Europe/Berlin", "hours": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}
FRIDAY = "2026-03-06T14:00:00Z"


def due(**question: Any) -> dict[str, Any]:
    (answer,) = answers([json.dumps({"id": 7, "calendar": OFFICE, "start": FRIDAY, **question})], due_line)
    return answer


@pytest.mark.parametrize(
    ("target", "at"),
    [
        ({"minutes": 180}, "2026-03-09T09:00:00Z"),
        ({"minutes": 120}, "2026-03-06T16:00:00Z"),
        ({"business_days": 1}, "2026-03-09T14:00:00Z"),
        ({"days": 1}, "2026-03-07T14:00:00Z"),
        ({"months": 1}, "2026-04-06T13:00:00Z"),
        ({"span": "3 working hours"}, "2026-03-09T09:00:00Z"),
    ],
)
def test_a_target_counts_in_its_own_unit(target: dict[str, Any], at: str) -> None:
    assert due(**target) == {"id": 7, "due": at}


def test_an_open_pause_holds_it_up_for_ever() -> None:
    assert due(minutes=120, pauses=[[FRIDAY, None]]) == {"id": 7, "due": None}


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({}, "target_missing"),
        ({"minutes": 1, "days": 1}, "target_ambiguous"),
        ({"minutes": 1, "start": "soon"}, "datetime_from_date_parsing"),
        ({"days": 10**9}, "span_too_long"),
        ({"business_days": 5, "start": "9999-12-31T10:00:00Z"}, "instant_out_of_range"),
    ],
)
def test_what_cannot_be_answered_says_why_under_its_id(question: dict[str, Any], code: str) -> None:
    answer = due(**question)
    assert (answer["id"], answer["error"]["code"]) == (7, code)


def test_a_broken_line_has_its_own_error_and_the_rest_goes_on() -> None:
    good = json.dumps({"id": "a", "calendar": OFFICE, "start": FRIDAY, "end": "2026-03-09T09:00:00Z"})
    backwards = json.dumps({"id": "b", "calendar": OFFICE, "start": FRIDAY, "end": "2026-03-05T09:00:00Z"})
    told = list(answers([good, "", "{", "[]", backwards, good], elapsed_line))
    assert [answer.get("error", {}).get("code") for answer in told] == [
        None,
        "line_not_json",
        "line_not_object",
        "end_before_start",
        None,
    ]
    assert told[0] == told[-1] == {"id": "a", "minutes": 180}
