"""``ombud calendar due`` and ``elapsed`` keep the contract of the batch: one line in, one line out, in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands.calendar import app

BERLIN = {"tz": "Europe/Berlin", "hours": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}
MONDAY = "2025-01-06T09:00:00Z"


def ask(verb: str, *questions: dict[str, Any] | str, code: int = 0) -> list[dict[str, Any]]:
    """The answers to a batch on standard input."""
    batch = "\n".join(question if isinstance(question, str) else json.dumps(question) for question in questions)
    result = CliRunner().invoke(app, [verb, "--batch", "-", "--json"], input=batch)
    assert result.exit_code == code, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


class TestDue:
    @pytest.mark.parametrize(
        ("target", "due"),
        [
            ({"minutes": 60}, "2025-01-06T10:00:00Z"),
            ({"minutes": 60, "pauses": [["2025-01-06T09:15:00Z", "2025-01-06T09:30:00Z"]]}, "2025-01-06T10:15:00Z"),
            ({"minutes": 420}, "2025-01-06T16:00:00Z"),
            ({"minutes": 420.5}, "2025-01-07T08:00:30Z"),
            ({"minutes": 0}, MONDAY),
            ({"minutes": 0, "start": "2025-01-06T16:00:00Z"}, "2025-01-07T08:00:00Z"),
            ({"minutes": 0.0000166667}, "2025-01-06T09:00:00.001000Z"),
            ({"minutes": 60, "pauses": [["2025-01-06T09:15:00Z", None]]}, None),
            ({"minutes": 60, "calendar": None, "start": "2025-01-05T12:00:00+02:00"}, "2025-01-05T11:00:00Z"),
            ({"business_days": 5}, "2025-01-13T09:00:00Z"),
            ({"days": 60}, "2025-03-07T09:00:00Z"),
            ({"days": 5}, "2025-01-11T09:00:00Z"),
            ({"days": 5, "roll": True}, "2025-01-13T08:00:00Z"),
            ({"months": 1, "start": "2025-01-31T09:00:00Z"}, "2025-02-28T09:00:00Z"),
            ({"span": "3 business days"}, "2025-01-09T09:00:00Z"),
        ],
    )
    def test_answers(self, target: dict[str, Any], due: str | None) -> None:
        question = {"id": "x1", "calendar": BERLIN, "start": MONDAY, **target}
        assert ask("due", question) == [{"id": "x1", "due": due}]

    def test_reads_every_part_of_a_calendar(self) -> None:
        calendar = {
            "tz": "UTC",
            "hours": {"mon": [["22:00", "02:00"]], "tue": [["23:00", "23:59"]], "wed": [["23:00", "24:00"]]},
            "holidays": ["2025-01-08"],
            "breaks": {"2025-01-07": [["01:00", "01:30"]]},
            "exceptions": {"2025-01-09": [["09:00", "12:00"]]},
            "join": [{"tz": "Asia/Tokyo", "hours": {"fri": [["09:00", "10:00"]]}}],
        }
        # Monday night 3.5 hours, Tuesday 1 hour, Thursday 3 hours, Friday in Tokyo 1 hour.
        wanted = {3.5: "07T02:00", 4.5: "08T00:00", 7.5: "09T12:00", 8.5: "10T01:00"}
        asked = [{"id": due, "calendar": calendar, "start": MONDAY, "minutes": hours * 60} for hours, due in wanted.items()]
        assert ask("due", *asked) == [{"id": due, "due": f"2025-01-{due}:00Z"} for due in wanted.values()]

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"calendar": {"tz": "Europe/Berlin", "hours": {}}}, "calendar_no_hours"),
            ({"calendar": {**BERLIN, "tz": "Mars/Olympus"}}, "zone_unknown"),
            ({"calendar": {**BERLIN, "hours": {"mon": [["09:00", "09:00"]]}}}, "span_empty"),
            (
                {"calendar": {"tz": "UTC", "exceptions": {"2025-01-06": [["09:00", "09:30"]]}}},
                "calendar_never_opens",
            ),
            ({"minutes": -1}, "span_negative"),
            ({"minutes": 1e300}, "span_too_long"),
            ({"minutes": -1e300}, "span_negative"),
            ({"minutes": float("inf")}, "finite_number"),
            ({"minutes": None}, "target_missing"),
            ({"days": 1}, "target_ambiguous"),
            ({"start": "2025-01-06T09:00:00"}, "timezone_aware"),
            ({"start": "0001-01-06T09:00:00Z"}, "instant_out_of_range"),
            ({"start": "0001-01-01T00:00:00+12:00"}, "date_impossible"),
            ({"start": None}, "datetime_type"),
            ({"pauses": [["2025-01-06T10:00:00Z", "2025-01-06T09:00:00Z"]]}, "pause_backwards"),
            ({"pause": []}, "extra_forbidden"),
        ],
    )
    def test_a_faulty_line_gets_its_code(self, changes: dict[str, Any], code: str) -> None:
        (answer,) = ask("due", {"id": 7, "calendar": BERLIN, "start": MONDAY, "minutes": 60, **changes}, code=1)
        assert (answer["id"], answer["error"]["code"]) == (7, code)
        assert answer["error"]["detail"]

    def test_the_rest_of_a_batch_goes_on(self) -> None:
        good = {"id": "good", "calendar": BERLIN, "start": MONDAY, "minutes": 60}
        answers = ask("due", good, "{", "[1]", "", good, code=1)
        assert [answer.get("error", {}).get("code", answer["id"]) for answer in answers] == [
            "good",
            "line_not_json",
            "line_not_object",
            "good",
        ]

    def test_reads_a_file(self, tmp_path: Path) -> None:
        batch = tmp_path / "batch.jsonl"
        batch.write_text(json.dumps({"id": "ü", "calendar": BERLIN, "start": MONDAY, "minutes": 60}), encoding="utf-8-sig")
        result = CliRunner().invoke(app, ["due", "--batch", str(batch), "--json"])
        assert result.stdout == '{"id":"\\u00fc","due":"2025-01-06T10:00:00Z"}\n'

    def test_a_file_that_is_missing_is_a_usage_error(self, tmp_path: Path) -> None:
        result = CliRunner().invoke(app, ["due", "--batch", str(tmp_path / "none.jsonl"), "--json"])
        assert (result.exit_code, result.stdout) == (2, "")


class TestElapsed:
    def test_answers_in_minutes(self) -> None:
        question = {
            "id": "x4",
            "calendar": BERLIN,
            "start": MONDAY,
            "end": "2025-01-06T10:30:00Z",
            "pauses": [["2025-01-06T09:15:00Z", "2025-01-06T09:30:00Z"]],
        }
        assert ask("elapsed", question) == [{"id": "x4", "minutes": 75.0}]

    def test_refuses_an_end_before_the_start(self) -> None:
        (answer,) = ask("elapsed", {"id": "x", "start": MONDAY, "end": "2025-01-05T09:00:00Z"}, code=1)
        assert answer["error"]["code"] == "end_before_start"


class TestForPeople:
    def test_prints_a_table(self) -> None:
        good, faulty = ({"id": name, "calendar": BERLIN, "start": MONDAY, "minutes": 60} for name in ("[a]", "\ud800"))
        batch = "\n".join(map(json.dumps, (good, {**faulty, "minutes": -1})))
        result = CliRunner().invoke(app, ["due", "--batch", "-"], input=batch)
        assert result.exit_code == 1
        for words in ("[a]", "2025-01-06T10:00:00Z", "span_negative"):
            assert words in result.stdout
