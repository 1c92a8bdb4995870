"""A command from outside, looked at before it is kept: is it one, whose is it, and may it come through this door."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from domain.model.reading import MAX_BODY, Incoming, read_incoming
from tests.support.raw_commands import a_message


def code_of(incoming: Incoming) -> str | None:
    return incoming.refusal[0] if incoming.refusal else None


def wrong_in(incoming: Incoming) -> list[str]:
    assert incoming.refusal is not None
    errors: list[dict[str, Any]] = incoming.refusal[2]["errors"]
    return [error["code"] for error in errors]


def own_id(incoming: Incoming, case_id: str = "case_1") -> str:
    return incoming.own_id(case_id, lambda data: hashlib.sha256(data).digest())


def test_a_command_is_read_once_with_the_door_it_came_through() -> None:
    incoming = read_incoming(a_message(), "api")
    assert incoming.command is not None
    assert (incoming.command.channel, incoming.type, incoming.actor_id, incoming.texts) == ("api", "message", "per_m1", True)
    assert incoming.refusal is None


def test_the_same_words_in_another_order_are_the_same_command() -> None:
    said = a_message()
    assert (
        read_incoming(said, "api").canonical == read_incoming({**dict(reversed(said.items())), "id": "cmd_2"}, "mail").canonical
    )


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (a_message(text="a" * MAX_BODY), "too_large"),
        (a_message(text=object()), "not_json"),
        (a_message(text=""), "text_empty"),
        ("take", "model_attributes_type"),
    ],
)
def test_what_is_no_command_is_malformed_and_says_why(raw: object, error: str) -> None:
    incoming = read_incoming(raw, "api")
    assert (incoming.command, code_of(incoming)) == (None, "malformed")
    assert error in wrong_in(incoming)


@pytest.mark.parametrize("changes", [{"by": "system"}, {"id": "dl_ruling:1:breach:0"}, {"id": "cmd_sys-1"}])
def test_nobody_outside_speaks_for_the_system_or_takes_one_of_its_ids(changes: dict[str, str]) -> None:
    assert code_of(read_incoming(a_message(**changes), "api")) == "system_only"
    assert code_of(read_incoming(a_message(**changes), "system")) is None


def test_a_refused_one_that_comes_again_is_the_same_row_and_no_other_is() -> None:
    first, again, other = (read_incoming(a_message(text=text), "api") for text in ("", "", "Hello."))
    assert own_id(first) == own_id(again)
    assert len({own_id(first), own_id(first, "case_2"), own_id(other)}) == 3


def test_of_a_stranger_only_what_can_be_a_name_is_kept() -> None:
    incoming = read_incoming({"type": "<script>", "by": "per_1 OR 1=1"}, "api")
    assert (incoming.type, incoming.actor_id) == ("unknown", "unknown")
