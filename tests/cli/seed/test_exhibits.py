"""What is handed in with seeded cases can be opened: each file is what it says, and another one for each case."""

from __future__ import annotations

import re
import zlib

import pytest

from cli.seed.exhibits import exhibit


@pytest.mark.parametrize("kind", ["picture", "bill", "log"])
def test_each_case_has_its_own_and_the_same_each_time(kind: str) -> None:
    assert exhibit(kind, 5) == exhibit(kind, 5)
    assert exhibit(kind, 123_456)[2] != exhibit(kind, 7_654_321)[2]


def test_a_picture_has_as_many_points_as_it_says() -> None:
    name, media_type, data = exhibit("picture", 99)
    assert (name[-4:], media_type, data[:8]) == (".png", "image/png", b"\x89PNG\r\n\x1a\n")
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    (packed,) = re.findall(rb"IDAT(.*)....\x00\x00\x00\x00IEND", data, re.DOTALL)
    assert len(zlib.decompress(packed)) == (width * 3 + 1) * height


def test_a_bill_is_a_page_whose_parts_stand_where_its_table_says() -> None:
    name, media_type, data = exhibit("bill", 42)
    assert (name, media_type) == ("bill-0042.pdf", "application/pdf")
    start = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert data[start:].startswith(b"xref\n0 6\n")
    places = [int(line[:10]) for line in data[start:].splitlines()[3:8]]
    assert [data[place:].split(b" ", 1)[0] for place in places] == [b"1", b"2", b"3", b"4", b"5"]
    assert b"(Hotel Bellevue) Tj" in data
