"""The words of a PDF, and that no file of a stranger harms whoever reads it."""

from __future__ import annotations

import time

import pytest

from adapters.evidence.pdf_text import LONGEST, text_of
from tests.support.pdf import pdf


async def test_gives_the_words_of_all_pages() -> None:
    assert await text_of(pdf("Handed over at noon", "Nobody was at home")) == "Handed over at noon\fNobody was at home"


NONE = {"a scan": pdf(""), "broken": b"%PDF-1.7\nnothing else", "empty": b"", "no PDF": b"\x00" * 5000}


@pytest.mark.parametrize("data", NONE.values(), ids=list(NONE))
async def test_says_that_there_are_none(data: bytes) -> None:
    assert await text_of(data) is None


async def test_a_file_that_is_made_to_grow_is_cut() -> None:
    began = time.monotonic()
    found = await text_of(pdf(*["word " * 20_000] * 20))
    assert found is None or len(found) <= LONGEST
    assert time.monotonic() - began < 30
