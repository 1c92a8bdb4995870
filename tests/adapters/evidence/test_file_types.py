"""What a file is said to be is held against its bytes."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.evidence.file_types import MEDIA_TYPES, FileRefused, Inspector

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(40)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
ISOM = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  "
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(40)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"\xef\xbb\xbf <!DOCTYPE html><html><script>alert(1)</script></html>"
LOG = "2026-11-22 10:00:00 größer <b>no page</b>\n".encode()

INSPECTOR = Inspector(MEDIA_TYPES, 1000)


def code_of(data: bytes, said: str | None, inspector: Inspector = INSPECTOR) -> str:
    with pytest.raises(FileRefused) as refused:
        inspector.look(data, said)
    return refused.value.code


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (MOV, "video/quicktime"), (ISOM, "video/mp4"),
        (PNG, "image/png"), (JPEG, "image/jpeg"), (PDF, "application/pdf"), (MP4, "video/mp4"), (LOG, "text/plain"),
        (b"a,b\n1,2\n", "text/csv"), (b'{"a": 1}', "application/json"),
        (b"From: a@example.org\r\nSubject: x\r\n\r\nHello", "message/rfc822"),
    ],
)  # fmt: skip
def test_what_is_what_it_says(data: bytes, said: str) -> None:
    assert INSPECTOR.look(data, said) == said


@pytest.mark.parametrize(
    ("data", "found"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (PDF, "application/pdf"), (LOG, "text/plain")]
)
def test_what_nobody_named_is_found_out(data: bytes, found: str) -> None:
    assert INSPECTOR.look(data, None) == found


def test_another_name_of_the_same_type() -> None:
    assert INSPECTOR.look(JPEG, "image/jpg") == "image/jpeg"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (PROGRAM, "image/png"), (PROGRAM, "text/plain"), (PNG, "image/jpeg"), (PDF, "text/plain"), (HTML, "text/plain"),
        (SVG, "text/plain"), (HTML, "application/pdf"), (LOG, "image/png"), (b"\x00\x01\x02", "text/plain"),
    ],
)  # fmt: skip
def test_what_is_something_else(data: bytes, said: str) -> None:
    assert code_of(data, said) == "file_type_differs"


@pytest.mark.parametrize(
    ("data", "said"),
    [(HTML, "text/html"), (SVG, "image/svg+xml"), (PROGRAM, "application/x-msdownload"), (PROGRAM, None), (SVG, None)],
)
def test_what_is_never_taken(data: bytes, said: str | None) -> None:
    assert code_of(data, said) == "file_type_refused"


def test_only_what_is_allowed_here() -> None:
    assert code_of(PDF, "application/pdf", Inspector(frozenset({"image/png"}), 1000)) == "file_type_refused"


def test_a_type_that_cannot_be_told_is_not_allowed_by_anybody() -> None:
    assert code_of(SVG, "image/svg+xml", Inspector(frozenset({"image/svg+xml"}), 1000)) == "file_type_refused"


def test_sizes() -> None:
    assert code_of(b"", "text/plain") == "file_empty"
    assert code_of(b"a" * 1001, "text/plain") == "file_too_large"
    assert INSPECTOR.look(b"a" * 1000, "text/plain") == "text/plain"


@given(st.binary(min_size=1, max_size=300), st.sampled_from([None, *sorted(MEDIA_TYPES)]))
def test_no_bytes_break_it(data: bytes, said: str | None) -> None:
    found = None
    with suppress(FileRefused):
        found = INSPECTOR.look(data, said)
    assert found is None or found in MEDIA_TYPES


def test_a_mail_may_be_in_any_charset() -> None:
    inspector = Inspector(frozenset({"message/rfc822"}), 1_000)
    assert inspector.look(b"From: J\xf6rg <j@x.example>\n\nCaf\xe9 \x00", "message/rfc822") == "message/rfc822"
    with pytest.raises(FileRefused):
        inspector.look(PNG, "message/rfc822")
