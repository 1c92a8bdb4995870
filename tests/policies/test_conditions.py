"""What a condition names is read from its words: what somebody quotes is no name, and a quoted quotation mark ends no text."""

from __future__ import annotations

import pytest

from policies.conditions import attributes_in, compared, texts_in, without_texts


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('report.category == "assault"', [("category", "assault")]),
        ("report.category in ['a', \"b\"] || report.kind != 'c'", [("category", "a"), ("category", "b"), ("kind", "c")]),
        ('report.decision == "" && report.amount > 5', []),
        (r'report.category == "say \"no\""', [("category", r"say \"no\"")]),
        ('attributes.status == "won"', []),
    ],
)
def test_with_what_a_field_of_the_report_is_compared(condition: str, found: list[tuple[str, str]]) -> None:
    assert list(compared(condition)) == found


def test_which_attributes_it_looks_at_and_which_it_only_asks_for() -> None:
    condition = 'has(attributes.age) && attributes.age > 5 && attributes.word == "attributes.quoted"'
    assert attributes_in(condition) == [("age", True), ("age", False), ("word", False)]


def test_what_stands_in_quotation_marks_and_what_is_left_without() -> None:
    condition = """report.source == "it's" && attributes.a == 'say "b"'"""
    assert texts_in(condition) == ["it's", 'say "b"']
    assert without_texts(condition) == 'report.source == "" && attributes.a == ""'
