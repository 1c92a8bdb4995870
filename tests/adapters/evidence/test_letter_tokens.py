"""What only the letter to one recipient has is found in a file, however it is written there."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode, urlsafe_b64encode
from html import escape
from urllib.parse import quote

import pytest

from adapters.evidence.letter_tokens import INFLATED_MOST, holds, inflated, letters_in, without
from adapters.intake.mail_marks import reply_address

NOTICE, TOKEN = "ntc_01a22a41-8a11-7092-8dab-39cc986881e6", "42b619cba9740e2ee2d7"
ADDRESS = reply_address("reply@desk.example", NOTICE, TOKEN) or ""
ID = f"<{NOTICE}.{TOKEN}@desk.example>"


def printed(words: str) -> bytes:
    """A PDF of one page with compressed words, as mail programs print."""
    page = zlib.compress(b"BT /F1 12 Tf (" + words.encode() + b") Tj ET")
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
        b"4 0 obj<</Length " + str(len(page)).encode() + b"/Filter/FlateDecode>>stream\n" + page + b"\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )


@pytest.mark.parametrize("words", [f"Reply-To: Acme {ADDRESS}", f"Message-ID: {ID}", f"Reply-To: {ADDRESS[:40]} {ADDRESS[40:]}"])
def test_in_the_words_of_a_pdf(words: str) -> None:
    assert (NOTICE, TOKEN) in letters_in(printed(words))


@pytest.mark.parametrize(
    "said",
    [
        ADDRESS, ID, ADDRESS.upper(), ADDRESS.partition("+")[2], ID.strip("<>").partition("@")[0], ADDRESS.replace("+", "%2B"),
        f"> {ADDRESS[:30]}\r\n> {ADDRESS[30:]}", ID.replace(".", "=2E", 1), "\u200b".join(ADDRESS), " ".join(ID),
        ADDRESS.replace("+", "\\u002b"), ID.replace(".", "&#46;", 1),
    ],
)  # fmt: skip
def test_in_any_spelling(said: str) -> None:
    assert (NOTICE, TOKEN) in letters_in(f"See {said} there.".encode())
    assert (NOTICE, TOKEN) in letters_in(b"\x89PNG\r\n\x00" + said.encode("utf-16-be" if said.isascii() else "utf-8"))


def test_a_file_without_a_letter_has_none() -> None:
    for data in (b"", b"%PDF-1.4 broken", b"\x00" * 1_000, f"{NOTICE} and {TOKEN[:19]}".encode(), b"abcdef0123456789" * 10_000):
        assert letters_in(data) == ()


FULL_WIDTH = "".join(chr(ord(sign) + 0xFEE0) for sign in TOKEN)
HEX = {how: "".join(how % ord(sign) for sign in TOKEN) for how in ("%%%02x", "=%02X", "\\u%04x", "\\x%02x", "&#x%02x;", "&#%d;")}


@pytest.mark.parametrize(
    "said",
    [
        TOKEN, TOKEN.upper(), "-".join(TOKEN), f"{TOKEN[:7]}=\r\n{TOKEN[7:]}", f"{TOKEN[:7]}\u00ad{TOKEN[7:]}", FULL_WIDTH,
        *HEX.values(),
        b64encode(ADDRESS.encode()).decode(),
        b64encode(f"x{ID}".encode()).decode(), urlsafe_b64encode(f"xy{ID}".encode()).decode(),
        "\r\n".join(b64encode(f"Reply to {ADDRESS}, now".encode()).decode()[at : at + 24] for at in range(0, 120, 24)),
        json.dumps(ADDRESS), quote(ADDRESS), escape(ID),
    ],
)  # fmt: skip
def test_the_digits_alone_are_found_however_they_are_spelled(said: str) -> None:
    assert holds(f"See: {said} ok".encode(), {TOKEN})
    assert not holds(f"See: {said} ok".encode(), {TOKEN[::-1]})
    clean = without(f"I paid twice.\n\nSee: {said} ok\n\nThat is all.", {TOKEN, TOKEN[::-1]})
    assert not holds(clean.encode(), {TOKEN})
    assert clean.startswith("I paid twice.")
    assert clean.endswith("That is all.")


@pytest.mark.parametrize("kind", [b"zTXtComment\x00\x00", b"iTXtComment\x00\x01\x00en\x00\x00"])
def test_beside_a_picture(kind: bytes) -> None:
    data = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x40" + kind + zlib.compress(ADDRESS.encode()) + b"\x00" * 9
    assert holds(data, {TOKEN})


def test_in_a_stream_of_a_pdf() -> None:
    assert holds(printed(f"Write to {TOKEN}"), {TOKEN})


@pytest.mark.parametrize(
    "data", [b"", b"%PDF" + b"stream\n\x78" * 20_000, b"=" * 90_000, b"A" * 90_000, b"&#" * 90_000, b"\xff" * 90_000]
)
def test_what_has_no_end_is_read_and_has_none(data: bytes) -> None:
    assert not holds(data, {TOKEN})
    assert not holds(data, set())


def test_a_pdf_that_grows_without_end_is_read_to_its_bound() -> None:
    bomb = zlib.compress(b"BT (a) Tj ET " * 4_000_000)
    many = b"%PDF-1.4\n" + (b"stream\n" + bomb + b"\nendstream\n") * 20
    assert len(inflated(many)) <= INFLATED_MOST + 20
    # Pictures, which grow as well, take no room from words.
    picture = zlib.compress(bytes(range(128, 256)) * 30_000)
    assert TOKEN.encode() in inflated((b"stream\n" + picture + b"\nendstream\n") * 20 + printed(TOKEN))
