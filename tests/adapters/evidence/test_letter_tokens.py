"""What only the letter to one recipient has is found in a file, however it is written there."""

from __future__ import annotations

import zlib

import pytest

from adapters.evidence.letter_tokens import letters_in
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
