"""Log lines of every library look alike, and hold neither text of people nor secrets."""

import asyncio
import gc
import io
import json
import logging
import sys
from typing import Any

import pytest
import structlog
from pydantic import BaseModel

CANARY = "<canary@example.org>"


class Person(BaseModel):
    age: int


def last(lines: io.StringIO) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(lines.getvalue().splitlines()[-1])
    return told


def test_a_line_says_who_when_and_what(lines: io.StringIO) -> None:
    structlog.get_logger("cases").info("case opened", case_id="case_1")
    told = last(lines)
    assert told.pop("timestamp").endswith("Z")
    assert told == {"event": "case opened", "case_id": "case_1", "level": "info", "logger": "cases", "process": "worker"}


@pytest.mark.parametrize("name", ["uvicorn.error", "temporalio.worker", "asyncio"])
def test_libraries_come_out_the_same_way(lines: io.StringIO, name: str) -> None:
    logging.getLogger(name).warning("took %s", "long")
    assert (last(lines)["event"], last(lines)["logger"], last(lines)["process"]) == ("took long", name, "worker")


@pytest.mark.parametrize("name", ["httpx2", "mail.log", "some.library"])
def test_what_a_library_chats_of_is_not_written(lines: io.StringIO, name: str) -> None:
    logging.getLogger(name).info("GET https://canary.example/?token=1")
    assert lines.getvalue() == ""
    logging.getLogger("temporalio.worker").info("a worker starts")
    structlog.stdlib.get_logger("any.of.ours").info("case opened")
    assert [json.loads(line)["event"] for line in lines.getvalue().splitlines()] == ["a worker starts", "case opened"]


@pytest.mark.parametrize("field", ["text", "email", "statement", "reasons", "name", "party_email", "Subject", "display_name"])
def test_personal_fields_are_dropped_at_any_depth(lines: io.StringIO, field: str) -> None:
    structlog.get_logger().info("notice sent", **{field: "Ana Lima"}, notice_id="ntc_1", more={field: "Ana Lima", "size": 3})
    assert "Ana" not in lines.getvalue()
    assert (last(lines)["notice_id"], last(lines)["more"]) == ("ntc_1", {"size": 3})


def test_a_failure_shows_neither_input_nor_variables(lines: io.StringIO) -> None:
    secret = "hunter2"
    try:
        Person.model_validate({"age": secret})
    except ValueError:
        structlog.get_logger().exception("refused")
    assert secret not in lines.getvalue()
    (failure,) = last(lines)["failure"]
    assert set(failure) == {"type", "at"}
    assert failure["type"] == "ValidationError"
    assert any("test_a_failure_shows" in place for place in failure["at"])


def test_every_part_of_a_group_is_told_and_what_led_to_it(lines: io.StringIO) -> None:
    try:
        try:
            raise KeyError(CANARY)
        except KeyError:
            raise ExceptionGroup(CANARY, [ConnectionRefusedError(111, CANARY), OSError(CANARY)]) from None
    except ExceptionGroup as group:
        try:
            raise RuntimeError(CANARY) from group
        except RuntimeError:
            structlog.get_logger().exception("failed")
    assert [one["type"] for one in last(lines)["failure"]] == [
        "RuntimeError", "ExceptionGroup (cause)", "ConnectionRefusedError ECONNREFUSED (cause)", "OSError (cause)",
    ]  # fmt: skip
    assert CANARY not in lines.getvalue()


def test_an_exception_among_what_is_logged_is_its_class_and_code(lines: io.StringIO) -> None:
    refused = ConnectionRefusedError(111, CANARY)
    structlog.get_logger().warning("away", error=refused, tried=[refused])
    assert (last(lines)["error"], last(lines)["tried"]) == (
        "ConnectionRefusedError ECONNREFUSED",
        ["ConnectionRefusedError ECONNREFUSED"],
    )
    structlog.stdlib.get_logger().warning("away: %s", refused)
    assert last(lines)["event"] == "away: ConnectionRefusedError ECONNREFUSED"
    logging.getLogger("asyncio").error("away: %s", refused)
    assert last(lines)["event"] == "away: ConnectionRefusedError ECONNREFUSED"
    logging.getLogger("asyncio").error(refused)
    assert last(lines)["event"] == "ConnectionRefusedError ECONNREFUSED"
    assert CANARY not in lines.getvalue()


async def test_a_task_that_nobody_waited_for_is_told_without_its_message(lines: io.StringIO) -> None:
    async def fails() -> None:
        raise ValueError(CANARY)

    task = asyncio.create_task(fails())
    await asyncio.wait([task])
    del task
    gc.collect()
    assert last(lines)["event"] == "Task exception was never retrieved"
    assert [one["type"] for one in last(lines)["failure"]] == ["ValueError"]
    assert CANARY not in lines.getvalue()


def test_what_a_service_dies_of_is_told_without_its_message(lines: io.StringIO) -> None:
    sys.excepthook(ValueError, ValueError(CANARY), None)
    assert (last(lines)["level"], last(lines)["failure"][0]["type"]) == ("critical", "ValueError")
    assert CANARY not in lines.getvalue()


def test_what_a_terminal_would_obey_is_in_no_line(lines: io.StringIO) -> None:
    structlog.get_logger().info("refused \x1b[2J", path="/v1/\u202ecases", more={"codes": ["\x9b31m"]})
    assert (last(lines)["event"], last(lines)["path"], last(lines)["more"]) == ("refused [2J", "/v1/cases", {"codes": ["31m"]})
