"""Transfer encodings are read whatever stands around the word that names them."""

import base64

import pytest

from adapters.intake.mail_transfer import unpacked, uu_files

WORDS = "The blue kettle – never came."
BASE64 = base64.encodebytes(WORDS.encode() * 9)


@pytest.mark.parametrize("name", ["base64", "BASE64 ", '"base64"', "base64;", "(packed) base64", "b64"])
def test_base64_by_any_name(name: str) -> None:
    assert unpacked(BASE64, name).data == WORDS.encode() * 9


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (BASE64.rstrip(b"=\n"), WORDS.encode() * 9),
        (BASE64.replace(b"\n", b" \r\n\r\n"), WORDS.encode() * 9),
        (b"b25l\nMg==\n" + base64.b64encode(b"longer than a word") + b"\n", b"one2longer than a word"),
        (base64.b64encode(b"said") + b"\n\n____\nSent by the list's robot\n", b"said\n\n____\nSent by the list's robot\n"),
        (base64.b64encode(b"said") + b"\nUnsubscribe\n", b"said\n\nUnsubscribe\n"),
        (b"Words that nobody packed.", b"Words that nobody packed."),
        (b"", b""),
    ],
)  # fmt: skip
def test_base64_that_is_not_quite_one(body: bytes, data: bytes) -> None:
    assert unpacked(body, "base64").data == data


def test_a_damaged_letter_loses_no_other() -> None:
    assert unpacked(BASE64[:30] + b"!" + BASE64[30:], "base64") == unpacked(BASE64, "base64").__class__(WORDS.encode() * 9, True)


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (b"=E2=82=AC and =\nmore", b"\xe2\x82\xac and more"),
        (b"soft =  \r\nbreak", b"soft break"),
        (b"100 = 100 =ZZ", b"100 = 100 =ZZ"),
        (b"lower =e2=82=ac", b"lower \xe2\x82\xac"),
    ],
)
def test_quoted_printable(body: bytes, data: bytes) -> None:
    assert unpacked(body, "Quoted-Printable; x=y").data == data


def test_an_encoding_that_nobody_knows_is_told() -> None:
    assert unpacked(b"words", "x-zip").guessed
    assert not unpacked(b"words", "8bit (as it is)").guessed


def test_of_two_blocks_that_were_joined_both_are_read() -> None:
    assert unpacked(b"SSB3YXMgY2g=\r\nYXJnZWQgdHdpY2U=", "base64").data == b"I was charged twice"


class TestUuencode:
    BLOCK = b"begin 644 note.txt\n#0V%T\n`\nend\n"

    def test_a_part(self) -> None:
        assert unpacked(self.BLOCK, "x-uuencode").data == b"Cat"

    def test_files_in_a_text(self) -> None:
        assert uu_files(b"Before\n" + self.BLOCK + b"After") == ([(b"note.txt", b"Cat")], b"Before\nAfter")

    def test_what_only_begins_like_one_stays(self) -> None:
        for text in (b"begin 644 is how they start", b"begin 644 x\nwords of somebody\nend", b"begin 644 x\n#0V%T\n"):
            assert uu_files(text) == ([], text)


@pytest.mark.parametrize(
    ("name", "body", "data"),
    [
        ("quoted_printable", b"40 =E2=82=AC", "40 \u20ac".encode()),
        ("Quoted_Printable (mostly)", b"=41", b"A"),
        ("base_64", b"QUJD", b"ABC"),
        ("base64url", b"Pz8_Pj4-", b"???>>>"),
        ("base64", b"Pz8_\r\nPj4-\r\n", b"???>>>"),
    ],
)
def test_a_near_name_means_what_it_is_near_to(name: str, body: bytes, data: bytes) -> None:
    assert unpacked(body, name).data == data


def test_a_rule_below_base64_is_no_letter_of_it() -> None:
    assert b"Sent_by_the_list" in unpacked(b"QUJD\n____\nSent_by_the_list\n", "base64").data
