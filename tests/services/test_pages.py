"""Cursors say where a page ended; one that was not given out is refused, whatever it is."""

from __future__ import annotations

import pytest

from services.errors import Refused
from services.pages import cursor_of, read_cursor


def test_a_cursor_is_read_as_it_was_written() -> None:
    assert read_cursor(cursor_of("due", "case_1", "2026-11-01T00:00:00+00:00"), "due", 2) == [
        "case_1",
        "2026-11-01T00:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("cursor", "sort", "values"),
    [
        (cursor_of("newest", "case_1"), "due", 2),
        (cursor_of("newest", "case_1", "x"), "newest", 1),
        (cursor_of("newest", "case 1; drop"), "newest", 1),
        (cursor_of("facts", "many"), "facts", 1),
        (cursor_of("due", "case_1", "soon"), "due", 2),
        (cursor_of("due", "case_1", "2026-11-01T00:00:00"), "due", 2),
        ("é", "newest", 1),
        ("W1tbW1tbW1tb" * 2000, "newest", 1),
        ("", "newest", 1),
    ],
)
def test_any_other_is_refused(cursor: str, sort: str, values: int) -> None:
    with pytest.raises(Refused) as caught:
        read_cursor(cursor, sort, values)
    assert caught.value.code == "cursor_invalid"
