"""Each line of a batch has its own verdict, in order, whatever stands on the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.statement_checks import Judged, judged_lines
from tests.support.places import FIXTURES

COMPLETE: dict[str, Any] = json.loads((FIXTURES / "reasons" / "statement.json").read_text(encoding="utf-8"))


def line(name: Any = "a", **changes: Any) -> str:
    return json.dumps({"id": name, "statement": {**COMPLETE, **changes}})


def codes(judged: Judged) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in judged.faults]


def test_a_complete_statement_has_no_faults() -> None:
    assert list(judged_lines([line("a")])) == [Judged("a", ())]


def test_every_fault_of_a_statement_is_told_in_the_order_of_its_fields() -> None:
    (judged,) = judged_lines([line(puid="TK 421", decision_facts="")])
    assert codes(judged) == [("decision_facts", "missing"), ("puid", "pattern")]
    assert all(fault.words for fault in judged.faults)


def test_a_line_that_cannot_be_read_is_its_own_fault_and_the_rest_goes_on() -> None:
    faulty = ["{", "[1]", "null", '"text"', "7", '{"statement": {"puid": NaN}}', "[" * 100_000, "\udcff"]
    first, *between, last = judged_lines([line("first"), *faulty, line("last")])
    assert (first, last) == (Judged("first", ()), Judged("last", ()))
    assert [(one.id, codes(one)) for one in between] == [(None, [("", "line_not_json")])] * len(faulty)


def test_blank_lines_are_no_lines() -> None:
    assert [judged.id for judged in judged_lines(["", line("a"), "  \t\n", "\n", line("b")])] == ["a", "b"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "missing"),
        ({"statement": None}, "missing"),
        ({"statement": []}, "not_an_object"),
        ({"statement": "x"}, "not_an_object"),
    ],
)
def test_a_line_without_a_statement_keeps_its_name(asked: dict[str, Any], code: str) -> None:
    (judged,) = judged_lines([json.dumps({"id": 7, **asked})])
    assert (judged.id, codes(judged)) == (7, [("statement", code)])


def test_a_batch_is_judged_line_by_line_as_it_comes() -> None:
    read: list[str] = []

    def coming() -> Iterator[str]:
        for name in ("a", "b"):
            read.append(name)
            yield line(name)

    judged = judged_lines(coming())
    assert (next(judged).id, read) == ("a", ["a"]), "the second line was read before the first was answered"
    assert [one.id for one in judged] == ["b"]
