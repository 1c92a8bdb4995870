"""Cursors say where a page ended, to the one whose list it is; any other is refused, whatever it is."""

from __future__ import annotations

import base64

import pytest

from services.errors import Refused
from services.pages import Cursors
from storage.postgres.vault import Vault

VAULT = Vault(b"k" * 32)
OWN = Cursors(VAULT, "acme", '["per_ada", "cases", "review"]')
WRITTEN = OWN.write("case_1", "2026-11-01T00:00:00+00:00")


def flipped(cursor: str) -> str:
    """The same with its last bit changed."""
    data = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    data[-1] ^= 1
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_a_cursor_is_read_as_it_was_written() -> None:
    assert OWN.read(WRITTEN) == ["case_1", "2026-11-01T00:00:00+00:00"]


def test_equal_places_have_equal_cursors_and_nobody_reads_in_them() -> None:
    assert OWN.write("case_1", "2026-11-01T00:00:00+00:00") == WRITTEN
    assert b"case" not in base64.urlsafe_b64decode(WRITTEN + "=" * (-len(WRITTEN) % 4))


@pytest.mark.parametrize(
    "cursor",
    [
        Cursors(VAULT, "other", OWN.place).write("case_1"),
        Cursors(VAULT, "acme", '["per_ben", "cases", "review"]').write("case_1"),
        Cursors(VAULT, "acme", '["per_ada", "cases", "appeal"]').write("case_1"),
        Cursors(Vault(b"x" * 32), "acme", OWN.place).write("case_1"),
        flipped(WRITTEN),
        WRITTEN[:-4],
        "WyJuZXdlc3QiLCAiY2FzZV8xIl0",
        "é",
        "W1tbW1tbW1tb" * 2000,
        "=",
        "",
    ],
)
def test_any_other_is_refused(cursor: str) -> None:
    with pytest.raises(Refused) as caught:
        OWN.read(cursor)
    assert caught.value.code == "cursor_invalid"
