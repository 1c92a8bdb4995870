"""Nothing readable is lost between a mail and what is kept of it."""

import base64
import binascii
import itertools
import quopri
import re
import time
from collections.abc import Callable, Sequence
from email.header import Header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.evidence.file_types import Inspector
from adapters.intake.mail import MailIntake, Reply
from adapters.intake.mail_mime import opened
from adapters.intake.mail_parts import contents_of
from domain.model.report import Report

WORDS = ["kettle", "order", "4410", "teapot", "refund", "чайник", "返金", "Ünder", "café", "once", "twice"]
CHARSETS = ["utf-8", "iso-8859-1", "windows-1251", "gb2312", "shift_jis", "koi8-r", "no-such-charset", ""]


def _uu_lines(data: bytes) -> list[bytes]:
    return [binascii.b2a_uu(data[n : n + 45]) for n in range(0, len(data), 45)]


ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64.encodebytes,
    "BASE64 ": base64.encodebytes,
    "quoted-printable;": lambda data: quopri.encodestring(data, quotetabs=True),
    "8bit": lambda data: data,
    "": lambda data: data,
    "x-uuencode": lambda data: b"begin 644 text\n" + b"".join(_uu_lines(data)) + b"`\nend\n",
}  # fmt: skip


def encoded(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return text.encode()


@st.composite
def leaves(draw: st.DrawFn) -> tuple[bytes, set[str]]:
    """A part that people read, and the words that they see in it."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
    charset, encoding = draw(st.sampled_from(CHARSETS)), draw(st.sampled_from(sorted(ENCODINGS)))
    kind = draw(st.sampled_from(["text/plain", "text/html", "text/calendar", "text/plain; format=flowed", "text/enriched"]))
    text = " ".join(words)
    if kind == "text/html":
        wrap = draw(st.sampled_from(["<p>{}</p>", "<head><body>{}", "<!-- x --><b>{}", "<HEAD /><table><tr><td>{}", "{}<style>"]))
        text = wrap.format(text)
    named = draw(st.sampled_from(["", '; name="note.txt"']))
    head = f"Content-Type: {kind}{f'; charset={charset}' if charset else ''}{named}\n"
    head += f"Content-Transfer-Encoding: {encoding}\n" if encoding else ""
    head += draw(st.sampled_from(["", "Content-Disposition: attachment\n", "Content-Disposition: inline\n"]))
    return head.encode() + b"\n" + ENCODINGS[encoding](encoded(text, charset)), set(words)


def joined(kind: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    body = b"".join(b"--" + boundary.encode() + b"\n" + part + b"\n" for part in parts)
    return f'Content-Type: {kind}; boundary="{boundary}"\n\n'.encode() + body + b"--" + boundary.encode() + b"--\n"


def trees() -> st.SearchStrategy[tuple[bytes, set[str]]]:
    """Mails of one part or of many, in one another as they come."""

    def node(kind: str, inner: list[tuple[bytes, set[str]]]) -> tuple[bytes, set[str]]:
        parts = [part for part, _ in inner]
        # A boundary of its own for each: one that stands in a part already would cut that part.
        number = next(n for n in itertools.count() if not any(b"-b%dx" % n in part for part in parts))
        return joined(kind, f"b{number}x", parts), set[str]().union(*(words for _, words in inner))

    def forward(inner: tuple[bytes, set[str]]) -> tuple[bytes, set[str]]:
        return b"Content-Type: message/rfc822\n\n" + inner[0], inner[1]

    kinds = st.sampled_from(["multipart/mixed", "multipart/alternative", "multipart/related", "multipart/signed", "multipart/x"])
    return st.recursive(
        leaves(), lambda inner: inner.map(forward) | st.builds(node, kinds, st.lists(inner, min_size=1, max_size=3)), max_leaves=6
    )


def told(report: Report | Reply | None) -> str:
    """All that can be read of what was kept, the mail itself taken out of its packing again by other means."""
    assert isinstance(report, Report)
    kept = [report.statement]
    for file in report.attachments:
        for part in _unpacked(file.data):
            kept += [part.decode(codec, "ignore") for codec in ("utf-8", *CHARSETS[1:-2])]
    return "\n".join(kept)


def _unpacked(data: bytes) -> list[bytes]:
    blocks = re.split(rb"\n\n|\n--", data)
    return [data, quopri.decodestring(data), *map(_base64, blocks), *map(_uu, data.split(b"begin 644 text\n"))]


def _base64(block: bytes) -> bytes:
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", block)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return base64.b64decode(letters + b"=" * (-len(letters) % 4))


def _uu(block: bytes) -> bytes:
    try:
        return b"".join(binascii.a2b_uu(row) for row in block.split(b"\n`")[0].split(b"\n") if row)
    except binascii.Error:
        return b""


@given(trees())
def test_every_word_that_a_person_would_see_is_in_the_statement_or_in_a_file(mail: tuple[bytes, set[str]]) -> None:
    raw, words = mail
    found = told(MailIntake("ombud.example").read(b"From: mia@x.example\nSubject: s\n" + raw))
    assert not {word for word in words if word not in found}


def text_of(raw: bytes) -> str:
    return contents_of(opened(raw)).text


class TestAlternatives:
    def test_they_are_chosen_between_inside_of_their_own_multipart_alone(self) -> None:
        inner = joined("multipart/alternative", "i", [b"\nplain once", b"Content-Type: text/html\n\n<p>plain <b>once"])
        assert text_of(joined("multipart/mixed", "o", [inner, b"Content-Type: text/html\n\n<p>twice"])) == "plain once\n\ntwice"

    def test_the_last_one_that_can_be_read_is_the_best(self) -> None:
        calendar = b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR"
        found = contents_of(
            opened(joined("multipart/alternative", "i", [b"\nShort", b"Content-Type: text/html\n\nlonger", calendar]))
        )
        assert (found.text, [file.name for file in found.files]) == ("longer", ["attachment-3.ics"])
        assert "alternative" in found.doubts

    def test_one_without_words_is_none(self) -> None:
        assert text_of(joined("multipart/alternative", "i", [b"\nSaid", b"Content-Type: text/html\n\n<img src=x>"])) == "Said"


class TestStructure:
    def test_ten_thousand_parts_are_read(self) -> None:
        raw = joined("multipart/mixed", "m", [b"\nword%d" % n for n in range(10_000)])
        assert text_of(raw).split() == [f"word{n}" for n in range(10_000)]

    def test_parts_behind_the_end_are_read_and_other_words_there_are_told(self) -> None:
        raw = joined("multipart/mixed", "m", [b"\nSaid"])
        assert text_of(raw + b"--m\n\nlate\n--m--") == "Said\n\nlate"
        assert contents_of(opened(raw + b"a footer")).doubts == ("skipped",)

    def test_an_inner_boundary_may_begin_like_the_outer_one(self) -> None:
        inner = joined("multipart/mixed", "mm", [b"\nSaid"])
        assert text_of(joined("multipart/mixed", "m", [inner, b"\nonce"])) == "Said\n\nonce"

    def test_a_part_whose_inner_end_is_missing_ends_with_the_outer_one(self) -> None:
        inner = joined("multipart/mixed", "i", [b"\nSaid"]).removesuffix(b"--i--\n")
        assert text_of(joined("multipart/mixed", "o", [inner, b"\nonce"])) == "Said\n\nonce"

    def test_the_mails_of_a_digest_are_mails(self) -> None:
        found = contents_of(opened(joined("multipart/digest", "d", [b"\nFrom: a@x.example\nSubject: one\n\nSaid"])))
        assert found.inner.endswith("From: a@x.example\nSubject: one\n\nSaid")
        assert [file.media_type for file in found.files] == ["message/rfc822"]

    def test_binary_that_is_said_to_be_text_is_a_file(self) -> None:
        found = contents_of(opened(b"Content-Type: text/plain\n\n" + b"PK\x03\x04" + bytes(range(256)) * 4))
        assert (found.text, len(found.files), "type" in found.doubts) == ("", 1, True)

    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            ("text/markdown; charset=utf-8", "**The kettle** never came"), ("text/x-anything", "The kettle never came"),
            ("application/xhtml+xml", "<html xmlns='http://www.w3.org/1999/xhtml'><p>The kettle never came</p></html>"),
            ("text/x-amp-html", "<html amp4email><body>The kettle never came"),
        ],
    )  # fmt: skip
    def test_a_text_for_people_is_read_whatever_it_is_called(self, kind: str, body: str) -> None:
        assert "kettle" in contents_of(opened(f"Content-Type: {kind}\n\n{body}".encode())).text

    @pytest.mark.parametrize("kind", ["text/calendar", "text/csv", "text/vcard"])
    def test_a_text_for_programs_is_a_file(self, kind: str) -> None:
        found = contents_of(opened(f"Content-Type: {kind}\n\na,b".encode()))
        assert (found.text, len(found.files)) == ("", 1)

    @pytest.mark.parametrize("how", ["text/calendar; charset=iso-8859-1", 'application/octet-stream; name="invite.ics"'])
    def test_what_is_written_in_lines_is_a_plain_text_that_is_taken(self, how: str) -> None:
        raw = f"Content-Type: {how}\n\nBEGIN:VCALENDAR\nSUMMARY:Gespräch über die Rückzahlung\n".encode("latin-1")
        (file,) = contents_of(opened(raw)).files
        assert (file.media_type, file.name.endswith(".ics")) == ("text/plain", True)
        assert "Gespräch über die Rückzahlung" in file.data.decode()
        assert Inspector(frozenset({"text/plain"}), 1_000).look(file.data, file.media_type) == "text/plain"

    @pytest.mark.parametrize(
        "kind",
        ["application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-keys"],
    )
    def test_a_signature_is_no_file_and_noted(self, kind: str) -> None:
        proof = f"Content-Type: {kind}; name=signature.asc\nContent-Disposition: attachment\n\n-----BEGIN-----".encode()
        found = contents_of(opened(joined("multipart/signed", "s", [b"\nThe kettle", proof])))
        assert (found.text, found.files, found.doubts) == ("The kettle", (), ("signature",))

    def test_an_encoding_that_is_named_twice_is_the_one_that_does_something(self) -> None:
        twice = b"Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nVGhlIGtldHRsZQ=="
        found = contents_of(opened(twice))
        assert (found.text, found.doubts) == ("The kettle", ("encoding",))

    def test_a_nul_hides_no_words(self) -> None:
        found = contents_of(opened(b"Content-Type: text/plain; charset=utf-8\n\nThe ke\x00ttle came late\x00.\x1b[31m\x07"))
        assert (found.text.startswith("The kettle came late."), found.files, "type" in found.doubts) == (True, (), True)


class TestLocked:
    @pytest.mark.parametrize(
        ("raw", "what"),
        [
            (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx", "smime"),
            (joined("multipart/encrypted", "e", [b"Content-Type: application/pgp-encrypted\n\nVersion: 1"]), "pgp"),
            (b"\n-----BEGIN PGP MESSAGE-----\n\nhQ", "pgp"),
            (b'Content-Type: application/octet-stream; name="WINMAIL.DAT"\n\nx', "tnef"),
        ],
    )
    def test_what_cannot_be_opened_is_said_and_kept(self, raw: bytes, what: str) -> None:
        report = MailIntake("ombud.example").read(b"From: mia@x.example\n" + raw)
        assert isinstance(report, Report)
        assert what in contents_of(opened(raw)).locked
        assert "It is attached." in report.statement
        assert report.attachments[-1].name == "original.eml"


def _nest(kind: str) -> Callable[[int], bytes]:
    def made(size: int) -> bytes:
        depth = size // 60
        heads = "".join(f'Content-Type: {kind}; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
        return heads.encode() + b"\nsaid"

    return made


def _label(charset: str) -> Callable[[int], bytes]:
    return lambda size: f"Content-Type: text/plain; charset={charset}\n\n".encode() + b"ab\xe9+AGE-\x1b$B%" * (size // 11)


def _repeated(head: str, what: str) -> Callable[[int], bytes]:
    return lambda size: head.encode() + b"\n\n" + what.encode() * (size // len(what))


CODECS = ["punycode", "idna", "unicode_escape", "utf-7", "hz-gb-2312", "iso-2022-jp", "iso-2022-kr", "zip", "rot13"]
NESTING = ["multipart/mixed", "multipart/alternative", "multipart/digest", "message/rfc822"]
MARKUP = ["<div>", "<b>x<p>", "<a href=https://x>y", "&lt", "<!--", "<![", "<p", "<table><td>", "<li>x<br>", "<x y='"]
HOSTILE: dict[str, Callable[[int], bytes]] = {
    **{f"charset {name}": _label(name) for name in [*CHARSETS, *CODECS]},
    **{f"nested {kind}": _nest(kind) for kind in NESTING},
    **{f"encoding {name}": _repeated(f"Content-Transfer-Encoding: {name}", "=A a=\n") for name in ENCODINGS},
    **{f"html {markup}": _repeated("Content-Type: text/html", markup) for markup in MARKUP},
    "parts": lambda size: joined("multipart/mixed", "m", [b"\nx"] * (size // 7)),
    "alternatives": lambda size: joined("multipart/alternative", "m", [b"\nx", b"Content-Type: text/html\n\ny"] * (size // 36)),
    "boundaries of nobody": lambda size: b'Content-Type: multipart/mixed; boundary="m"\n\n' + b"--x\n" * (size // 4),
    "headers": lambda size: b"X-A: b\n" * (size // 7) + b"\nsaid",
    "one header": lambda size: b"Subject:" + b" =?utf-8?q?x?=\n" * (size // 15) + b"\nsaid",
    "half words": lambda size: b"Subject: " + b"=?utf-8?q?" * (size // 10) + b"\n\nsaid",
    "brackets": lambda size: b"From: " + b"<a@" * (size // 3) + b"\n\nsaid",
    "parameters": lambda size: b"Content-Type: text/plain" + b"; a*0*=x" * (size // 8) + b"\n\nsaid",
    "uuencoded": lambda size: b"\n" + b"begin 644 x\n#0V%T\n" * (size // 18),
    "attributions": lambda size: b"In-Reply-To: <ntc_1@ombud.example>\n\n" + b"On " * (size // 3),
    "lines of attributions": lambda size: b"In-Reply-To: <ntc_1@ombud.example>\n\n" + b"On Monday Jo wrote:\n\n" * (size // 21),
    "flowed": lambda size: b"Content-Type: text/plain; format=flowed\n\n" + b"> x \n" * (size // 5),
    "quotes": lambda size: b"In-Reply-To: <ntc_1@ombud.example>\n\n" + b"x\n> y\n" * (size // 6),
    "encoded names": lambda size: b"From: " + Header("ü" * (size // 12), "utf-8").encode().encode() + b" <a@x.example>\n\nsaid",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_the_cost_grows_with_the_length_alone(kind: str) -> None:
    """Eight times the length may cost eight times as much, with room for chance; squared it would be sixty-four times."""
    intake = MailIntake("ombud.example")

    def cost(size: int) -> float:
        raw = b"From: mia@x.example\nSubject: s\n" + HOSTILE[kind](size)
        began = time.process_time()
        intake.read(raw)
        return time.process_time() - began

    small = min(cost(60_000) for _ in range(2))
    assert min(cost(480_000) for _ in range(2)) < 24 * small + 0.3


def a_mail(part: str) -> bytes:
    return f"From: mia@x.example\nMIME-Version: 1.0\n{part}".encode()


def test_one_piece_of_a_mail_in_pieces_says_so() -> None:
    piece = 'Content-Type: message/partial; id="p@x.example"; number=1; total=2\n\nSubject: Order 9\n\nThe first half.\n'
    found = MailIntake("ombud.example").read(a_mail(piece))
    assert isinstance(found, Report)
    assert "The first half." in found.statement
    assert "one part of a longer one" in found.statement


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('access-type=URL; URL="https://files.example/a.pdf"', "(https://files.example/a.pdf)"),
        ('access-type=URL; url="https://files.example/\n a.pdf"', "(https://files.example/a.pdf)"),
        ("access-type=local-file; name=/tmp/a", ""),
    ],
)
def test_what_lies_elsewhere_is_told_by_its_address(said: str, told: str) -> None:
    parts = f"--b\n\nSee the file.\n--b\nContent-Type: message/external-body; {said}\n\nContent-Type: application/pdf\n\n--b--\n"
    read = MailIntake("ombud.example").words(a_mail(f"Content-Type: multipart/mixed; boundary=b\n\n{parts}"))
    assert read.text == "\n\n".join(one for one in ("See the file.", told) if one)
    assert ("skipped" in read.doubts) is not bool(told)
