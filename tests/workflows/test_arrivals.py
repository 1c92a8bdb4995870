"""Whatever comes through a door is judged or kept as refused; nothing that comes can stop a case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.common import RawValue

from activities.messages import RecordInput
from tests.support.activation import Bench, payload, plain
from tests.support.clerk import RECORD, a_bench, opened, refused, standing
from workflows.arrivals import AT_ONCE, LARGEST, LOAD, PendingUpdate, asked, first_of, told


@pytest.fixture
def bench() -> Iterator[Bench]:
    with a_bench() as bench:
        opened(bench, standing())
        yield bench


def nested(levels: int, inner: str = "1") -> str:
    return '{"a":' * levels + inner + "}" * levels


PROTO = WorkflowExecution(workflow_id="x", run_id="y")
ANY_JSON = {
    "null": [plain("null")],
    "true": [plain("true")],
    "a number": [plain("-1.5e3")],
    "a number beyond every float": [plain("1" * 4_000)],
    "not a number": [plain("NaN")],
    "infinity": [plain("Infinity")],
    "an empty text": [plain('""')],
    "a text": [plain('"please close it"')],
    "a text with NUL": [plain('"\\u0000"')],
    "half a surrogate pair": [plain('"\\ud800"')],
    "half a surrogate pair inside": [plain('{"id": "cmd_00001", "text": "\\udfff"}')],
    "a list": [plain("[1, 2, [3]]")],
    "an empty object": [plain("{}")],
    "keys twice": [plain('{"id": "cmd_00001", "id": "cmd_00002"}')],
    "an id that is a number": [plain('{"command_id": 7}')],
    "an id that is none": [plain('{"command_id": "; drop table"}')],
    "an id of 4,000 characters": [plain(json.dumps("cmd_" + "x" * 4_000))],
    "nested 100 deep": [plain(nested(100))],
    "nested 199 deep": [plain(nested(199))],
    "lists nested 100,000 deep": [plain("[" * 100_000 + "]" * 100_000)],
    "2 MB of text": [plain(json.dumps({"id": "cmd_00001", "text": "x" * 2_000_000}))],
    "no JSON at all": [plain("{")],
    "not UTF-8": [Payload(metadata={"encoding": b"json/plain"}, data=b'"\xff\xfe"')],
    "no argument": [],
    "two arguments": [plain('{"id": "cmd_00001"}'), plain("2")],
    "bytes": [payload(b"\xff\x00\xfe")],
    "nothing": [payload(None)],
    "a protobuf message": [payload(PROTO)],
    "a protobuf message nobody knows": [
        Payload(metadata={"encoding": b"json/protobuf", "messageType": b"acme.Unheard"}, data=b"{}")
    ],
    "an encoding nobody knows": [Payload(metadata={"encoding": b"acme/zip"}, data=b"zzz")],
    "no encoding": [Payload(data=b"{}")],
}


class TestTell:
    @pytest.mark.parametrize("raw", ANY_JSON.values(), ids=ANY_JSON)
    def test_anything_at_all_reaches_the_record_and_the_case_goes_on(self, raw: list[Payload], bench: Bench) -> None:
        bench.now_comes(bench.signal(raw=raw))
        [arrival] = bench.waiting(RECORD).body["knocks"]
        assert arrival["command_id"] is None
        assert "type" not in arrival["command"]
        RecordInput.model_validate_json(bench.waiting(RECORD).proto.arguments[0].data)  # as the activity will read it
        bench.now_comes(bench.done(RECORD, standing(refused("cmd_sys-refused-1", "malformed"))))
        bench.now_comes(bench.signal({"command_id": "cmd_00009"}))
        assert bench.waiting(RECORD).body["knocks"] == [{"command_id": "cmd_00009", "command": None}]

    @pytest.mark.parametrize("number", ["NaN", "-Infinity"])
    def test_a_number_that_json_does_not_know_is_not_read_as_null(self, number: str, bench: Bench) -> None:
        bench.now_comes(bench.signal(raw=[plain(f'{{"id": "cmd_00001", "type": "offer", "amount": {number}}}')]))
        [arrival] = bench.waiting(RECORD).body["knocks"]
        assert arrival["command"]["given"] is None

    @pytest.mark.parametrize("raw", ANY_JSON.values(), ids=ANY_JSON)
    def test_a_regular_record_can_carry_it_too(self, raw: list[Payload], bench: Bench) -> None:
        bench.now_comes(bench.signal(raw=raw))
        bench.now_comes(bench.failed(RECORD))
        [given] = bench.waiting(RECORD).proto.arguments
        assert len(given.data) < LARGEST + 1_000

    def test_a_signal_of_another_name_is_kept_as_refused(self, bench: Bench) -> None:
        bench.now_comes(bench.signal({"id": "cmd_00001", "type": "withdraw"}, name="Tell"))
        [arrival] = bench.waiting(RECORD).body["knocks"]
        given = [{"id": "cmd_00001", "type": "withdraw"}]
        assert arrival == {"command_id": None, "command": {"signal": "Tell", "values": 1, "bytes": 36, "given": given}}

    def test_a_whole_command_goes_on_as_it_came(self, bench: Bench) -> None:
        command = {
            "id": "cmd_00001",
            "type": "rule",
            "by": "per_mia",
            "outcome": "paid",
            "nested": {"a": [1, None, 2.5, "é\u2028😀"]},
        }
        bench.now_comes(bench.signal(command))
        assert bench.waiting(RECORD).body["knocks"] == [{"command_id": None, "command": command}]

    @pytest.mark.parametrize("command", ["cmd_00001", {"command_id": "cmd_00001"}])
    def test_the_id_of_a_command_in_the_inbox_is_enough(self, command: Any, bench: Bench) -> None:
        bench.now_comes(bench.signal(command))
        assert bench.waiting(RECORD).body["knocks"] == [{"command_id": "cmd_00001", "command": None}]

    def test_an_empty_id_only_says_look_into_the_inbox(self, bench: Bench) -> None:
        bench.now_comes(bench.signal({"command_id": ""}))
        assert bench.waiting(RECORD).body["knocks"] == [{"command_id": "", "command": None}]
        bench.now_comes(bench.done(RECORD, standing(None)))
        assert not bench.open.activities


class TestAsk:
    @pytest.mark.parametrize("raw", [*ANY_JSON.values()], ids=ANY_JSON)
    def test_anything_at_all_is_answered_and_the_case_goes_on(self, raw: list[Payload], bench: Bench) -> None:
        bench.now_comes(bench.update(None, raw=raw))
        if bench.heard["u1"].accepted:
            bench.now_comes(bench.done(RECORD, standing(refused("cmd_sys-refused-1", "malformed"))))
        assert bench.heard["u1"].error is not None
        bench.now_comes(bench.signal({"command_id": "cmd_00009"}))
        assert len(bench.waiting(RECORD).body["knocks"]) == 1

    @pytest.mark.parametrize("command", ["cmd_00001", {"command_id": "cmd_00001"}])
    def test_the_id_of_a_command_in_the_inbox_is_enough(self, command: Any) -> None:
        assert asked(RawValue(payload(command))).arrival.command_id == "cmd_00001"

    def test_an_update_of_another_name_is_turned_away(self, bench: Bench) -> None:
        assert bench.now_comes(bench.update("cmd_00001", name="Ask")) == ["rejected u1"]


class TestFirstOf:
    @staticmethod
    def pending_updates(*sizes: int) -> list[PendingUpdate]:
        given = [told("tell", [RawValue(payload({"id": f"cmd_{n:05}"}))]) for n in range(len(sizes))]
        for pending, size in zip(given, sizes, strict=True):
            pending.size = size
        return given

    def test_a_number(self) -> None:
        assert len(first_of(self.pending_updates(*[1] * 200))) == AT_ONCE

    def test_a_load(self) -> None:
        assert len(first_of(self.pending_updates(LOAD - 2, 1, 1, 1))) == 3

    def test_at_least_one(self) -> None:
        assert len(first_of(self.pending_updates(LOAD + 1, 1))) == 1

    def test_nobody(self) -> None:
        assert first_of([]) == []
