"""``ombud reasons check`` keeps the contract of the batch: one line in, one line out, in order, without any server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from tests.support.places import FIXTURES

COMPLETE: dict[str, Any] = json.loads((FIXTURES / "reasons" / "statement.json").read_text(encoding="utf-8"))
NOT_JSON = {"id": None, "valid": False, "errors": [{"field": "", "code": "line_not_json"}]}


def check(batch: str | bytes, *words: str) -> Result:
    return CliRunner().invoke(app, ["reasons", "check", "--batch", "-", *words], input=batch)


def answers(*lines: dict[str, Any] | str, code: int) -> list[dict[str, Any]]:
    done = check("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "--json")
    assert done.exit_code == code, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


class TestForMachines:
    def test_valid_statements_leave_with_0(self) -> None:
        assert answers({"id": "a", "statement": COMPLETE}, {"id": 7, "statement": COMPLETE}, code=0) == [
            {"id": "a", "valid": True, "errors": []},
            {"id": 7, "valid": True, "errors": []},
        ]

    def test_an_invalid_one_says_fields_and_codes_in_order_and_leaves_with_1(self) -> None:
        statement = {**COMPLETE, "puid": "TK 421", "decision_facts": ""}
        done = check(json.dumps({"id": "s2", "statement": statement}), "--json")
        assert (done.exit_code, done.stdout) == (
            1,
            '{"id":"s2","valid":false,"errors":[{"field":"decision_facts","code":"missing"},{"field":"puid","code":"pattern"}]}\n',
        )

    def test_the_rest_of_a_batch_goes_on(self) -> None:
        good = {"id": "good", "statement": COMPLETE}
        faulty = ["{", "[1]", "null", '"text"', "", "  ", '{"id": 1, "statement": {"puid": NaN}}', "[" * 100_000]
        told = answers(good, *faulty, good, code=1)
        assert told == [{"id": "good", "valid": True, "errors": []}, *[NOT_JSON] * 6, {"id": "good", "valid": True, "errors": []}]

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            ({}, "missing"),
            ({"statement": None}, "missing"),
            ({"statement": []}, "not_an_object"),
            ({"statement": "{}"}, "not_an_object"),
        ],
    )
    def test_a_line_without_a_statement(self, line: dict[str, Any], code: str) -> None:
        errors = [{"field": "statement", "code": code}]
        assert answers({"id": "x", **line}, code=1) == [{"id": "x", "valid": False, "errors": errors}]

    @pytest.mark.parametrize("name", [None, 0, False, 1.5, ["a"], {"of": "mine"}, "\ud800", "ü"])
    def test_an_id_comes_back_as_it_was(self, name: Any) -> None:
        assert answers({"id": name, "statement": COMPLETE}, code=0)[0]["id"] == name

    def test_a_line_without_an_id_has_none(self) -> None:
        assert answers({"statement": COMPLETE}, code=0) == [{"id": None, "valid": True, "errors": []}]

    def test_broken_bytes_are_the_fault_of_their_line(self) -> None:
        good = json.dumps({"id": "good", "statement": COMPLETE}).encode()
        broken = json.dumps({"id": "bad", "statement": {**COMPLETE, "decision_facts": "?"}}).encode().replace(b"?", b"\xff")
        done = check(b"\xef\xbb\xbf" + broken + b"\r\n" + good, "--json")
        assert [json.loads(line) for line in done.stdout.splitlines()] == [NOT_JSON, {"id": "good", "valid": True, "errors": []}]

    def test_nothing_asked_is_nothing_answered(self) -> None:
        assert answers("", code=0) == []

    def test_reads_a_file(self, tmp_path: Path) -> None:
        batch = tmp_path / "batch.jsonl"
        batch.write_text(json.dumps({"id": "ü", "statement": COMPLETE}, ensure_ascii=False), encoding="utf-8")
        done = CliRunner().invoke(app, ["reasons", "check", "--batch", str(batch), "--json"])
        assert (done.exit_code, done.stdout) == (0, '{"id":"\\u00fc","valid":true,"errors":[]}\n')

    def test_a_file_that_is_missing_is_a_usage_error(self, tmp_path: Path) -> None:
        done = CliRunner().invoke(app, ["reasons", "check", "--batch", str(tmp_path / "none.jsonl"), "--json"])
        assert (done.exit_code, done.stdout) == (2, "")


class TestForPeople:
    def test_says_each_error_in_words(self) -> None:
        statement = {**COMPLETE, "automated_detection": "maybe"}
        lines: tuple[dict[str, Any], ...] = (
            {"id": "[a]", "statement": COMPLETE},
            {"id": "\ud800", "statement": statement},
            {"id": None, "statement": {}},
        )
        done = check("\n".join(map(json.dumps, lines)) + "\n{")
        assert done.exit_code == 1
        for words in (
            "[a]",
            "yes",
            "'maybe' is none of the 2 values of this field: Yes or No.",
            "[unknown_value]",
            "[line_not_json]",
        ):
            assert words in done.stdout
        assert done.stdout.count("[nothing_restricted]") == 1

    def test_leaves_with_0_when_all_are_valid(self) -> None:
        assert check(json.dumps({"id": 1, "statement": COMPLETE})).exit_code == 0

    def test_the_help_says_what_the_exit_code_means(self) -> None:
        done = CliRunner().invoke(app, ["reasons", "check", "--help"])
        assert "Exit code 0 when every statement is valid, 1 when any is not" in " ".join(done.stdout.split())
