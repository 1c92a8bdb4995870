"""The words of a PDF, and that no file of a stranger harms whoever reads it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from adapters.evidence.pdf_text import LONGEST, text_of
from adapters.reading.pool import ReadingFailed, ReadingPool
from tests.support.pdf import pdf


def test_gives_the_words_of_all_pages() -> None:
    assert text_of(pdf("Handed over at noon", "Nobody was at home")) == "Handed over at noon\fNobody was at home"


NONE = {"a scan": pdf(""), "broken": b"%PDF-1.7\nnothing else", "empty": b"", "no PDF": b"\x00" * 5000}


@pytest.mark.parametrize("data", NONE.values(), ids=list(NONE))
def test_says_that_there_are_none(data: bytes) -> None:
    assert text_of(data) is None


async def test_it_is_read_among_strangers_bytes_and_what_grows_is_cut_or_stopped() -> None:
    async with ReadingPool(1, reading_for=timedelta(seconds=10)) as pool:
        assert await pool.read("acme", partial(text_of, pdf("Handed over at noon")), 0) == "Handed over at noon"
        try:
            found = await pool.read("acme", partial(text_of, pdf(*["word " * 20_000] * 20)), 0)
        except ReadingFailed:
            found = None
        assert found is None or len(found) <= LONGEST
