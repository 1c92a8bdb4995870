"""Takes a mail apart: the text that a person reads, and the files that came with it. Nothing readable is lost on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from adapters.intake.mail_addresses import completed
from adapters.intake.mail_charsets import text_of
from adapters.intake.mail_embedded import PAGES, packed_length
from adapters.intake.mail_files import clean_name, ending_of, type_of
from adapters.intake.mail_headers import parameters, words_decoded
from adapters.intake.mail_html import rendered
from adapters.intake.mail_mime import Opened, Part, opened
from adapters.intake.mail_transfer import Sent, unpacked, uu_files
from adapters.intake.mail_xhtml import as_html
from domain.model.report import Attachment

MAX_TEXT = 2_000_000
"""Characters of one text that are read; a statement has 20,000."""

MAX_INNER = 20
"""Mails inside the mail whose text is read; all are kept as files."""

_DEEPEST_INNER = 4
_WORDS = re.compile(r"\w+")
_ENRICHED = re.compile(r"<(/?[A-Za-z-]{1,40})>")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_TEXTS = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "application/xhtml+xml", "text/x-amp-html"})
_FOR_PROGRAMS = frozenset({
    "text/calendar", "text/csv", "text/vcard", "text/x-vcard", "text/directory", "text/css", "text/javascript", "text/xml",
    "text/rtf", "text/rfc822-headers", "text/tab-separated-values", "text/x-moz-deleted",
})  # fmt: skip
"""Texts that are written for programs; any other that has no name of a file is for people, whatever it is called."""
_PROOFS = frozenset({
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-keys",
})  # fmt: skip
"""By which mail programs check who wrote a mail: nothing in it is for people, and it proves something of the whole mail alone."""
_PLAIN_FILES = frozenset({
    "text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/tab-separated-values", "text/rfc822-headers",
    "application/ics",
})  # fmt: skip
"""Written for programs in lines that people can read, too: kept as the plain text that they are."""
_LOCKED = {
    "application/pkcs7-mime": "smime",
    "application/x-pkcs7-mime": "smime",
    "application/pgp-encrypted": "pgp",
    "application/ms-tnef": "tnef",
    "application/vnd.ms-tnef": "tnef",
}
_INNER = "---------- Forwarded message ----------"


@dataclass(frozen=True, slots=True)
class Contents:
    """A mail in its parts."""

    media_type: str
    """Of the whole mail."""
    text: str
    inner: str
    """The text of the mails that are inside this one, each below its head."""
    html_only: bool
    files: tuple[Attachment, ...]
    doubts: tuple[str, ...]
    """Codes of what was guessed or skipped, in order: then the mail has to be kept as it came."""
    locked: tuple[str, ...]
    """What nobody can read here: ``smime``, ``pgp``, ``tnef``."""


_DRAWING = "image/svg+xml"
"""A picture in a page that is never kept as evidence, as it can hold scripts."""


@dataclass(slots=True)
class _Piece:
    """One text of the mail; ``seen`` are its words as a person sees them."""

    text: str
    seen: str
    html: bool


@dataclass(slots=True)
class _Reading:
    files: list[Attachment] = field(default_factory=list)
    inner: list[str] = field(default_factory=list)
    doubts: set[str] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    """Of the parts that there are."""
    asked: set[str] = field(default_factory=set)
    """Of the parts that a page shows."""
    number: int = 0


def contents_of(mail: Opened, *, depth: int = 0) -> Contents:
    """The readable text and the files. Alternatives are chosen between inside ``multipart/alternative`` alone."""
    reading = _Reading()
    reading.doubts |= {code for code, there in (("boundary", mail.guessed), ("skipped", mail.skipped)) if there}
    pieces = _gathered(mail.top, reading, depth)
    if not reading.asked <= reading.ids:
        reading.doubts.add("skipped")
    return Contents(
        media_type=mail.top.media_type,
        text=_joined([piece.text for piece in pieces]),
        inner=_joined(reading.inner),
        html_only=bool(pieces) and all(piece.html for piece in pieces),
        files=tuple(reading.files),
        doubts=tuple(sorted(reading.doubts)),
        locked=tuple(sorted(reading.locked)),
    )


def _gathered(part: Part, reading: _Reading, depth: int) -> list[_Piece]:
    if not part.parts:
        piece = _leaf(part, reading, depth)
        return [piece] if piece is not None and piece.text else []
    if part.media_type == "multipart/encrypted":
        reading.locked.add("smime" if "pkcs7" in part.parameters.get("protocol", "") else "pgp")
    branches = [_gathered(inner, reading, depth) for inner in part.parts]
    if part.media_type == "multipart/alternative":
        return _chosen([branch for branch in branches if branch], reading)
    return [piece for branch in branches for piece in branch]


def _chosen(branches: list[list[_Piece]], reading: _Reading) -> list[_Piece]:
    """The plain text when it says all that the best alternative shows, else the best, which is the last (RFC 2046, 5.1.4)."""
    if len(branches) < 2:
        return branches[0] if branches else []
    best, rest = branches[-1], branches[:-1]
    seen = _words(piece.seen for piece in best)
    plain = next((branch for branch in rest if not any(piece.html for piece in branch)), None)
    if plain is not None and seen <= _words(piece.seen for piece in plain):
        best, rest = plain, [branch for branch in branches if branch is not plain]
    told = _words(piece.text for piece in best)
    if any(not _words(piece.seen for piece in branch) <= told for branch in rest):
        reading.doubts.add("alternative")
    return best


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORDS.findall(text.casefold())}


def _leaf(part: Part, reading: _Reading, depth: int) -> _Piece | None:
    """A text to be read here, or None: then it became a file, or there is nothing in it."""
    reading.number += 1
    reading.ids.add(part.headers.raw("Content-ID").strip().strip("<>").strip())
    kind = "text/plain" if part.media_type.startswith("multipart/") else part.media_type
    sent = _unpacked(part)
    name, attached = _named(part)
    if kind.startswith("text/") and kind not in _TEXTS | _FOR_PROGRAMS and not name:
        kind = "text/plain"
    if sent.guessed:
        reading.doubts.add("encoding")
    if kind in _LOCKED or name.lower() == "winmail.dat":
        reading.locked.add(_LOCKED.get(kind, "tnef"))
    shown = kind in _TEXTS and not attached
    if kind in _PROOFS:
        reading.doubts.add("signature")
        return None
    charset = part.parameters.get("charset")
    binary = shown and _is_binary(sent.data, charset)
    if binary and (words := _without_nul(sent.data, charset)) is not None and not _is_binary(words, charset):
        # What mail programs drop (RFC 5322, section 4) hides no words.
        sent, binary = Sent(words, sent.guessed), False
        reading.doubts.add("type")
    if shown and not binary:
        if name and sent.data:
            # Some programs name the text itself, others show a small text file below it: it is both.
            reading.files.append(_file(name, kind, sent.data, reading.number))
        return _text(part, kind, sent.data, reading)
    if kind == "message/partial":
        reading.locked.add("partial")
    if kind.startswith("message/") and kind != "message/delivery-status":
        _inner(sent.data, reading, depth)
    if sent.data:
        if shown:
            reading.doubts.add("type")
        said = kind if part.headers.raw("Content-Type") and not shown else ""
        file = _file(name, said or kind * (kind == "message/rfc822"), sent.data, reading.number)
        reading.files.append(_readable(file, charset, reading) if file.media_type in _PLAIN_FILES else file)
    return _elsewhere(part, reading) if kind == "message/external-body" else None


def _elsewhere(part: Part, reading: _Reading) -> _Piece:
    """Where that lies which a part says is somewhere else (RFC 2017). One that says no address of the web is noted."""
    found = completed(part.parameters.get("url", "").replace(" ", ""), "")
    told = found.told if found is not None else ""
    reading.doubts |= {code for code, there in (("skipped", not told), ("cut", found is not None and found.cut)) if there}
    return _Piece(f"({told})" if told else "", told, html=False)


def _unpacked(part: Part) -> Sent:
    """The bytes of a part. Where its transfer encoding is named twice and not the same, the one that does something counts."""
    every = part.headers.every("Content-Transfer-Encoding")
    if len({value.strip().lower() for value in every}) < 2:
        return unpacked(part.body, every[0] if every else "")
    packed = [value for value in every if value.strip().lower() not in ("7bit", "8bit", "binary", "")]
    return Sent(unpacked(part.body, packed[0] if packed else "").data, guessed=True)


def _named(part: Part) -> tuple[str, bool]:
    """The file's name, if it has one, and whether the sender wants it to be a file and no text."""
    said = part.headers.raw("Content-Disposition")
    given = parameters(said).get("filename") or part.parameters.get("name") or ""
    return clean_name(words_decoded(given)), said.strip().lower().startswith("attachment")


def _is_binary(data: bytes, charset: str | None) -> bool:
    """Whether what is said to be text is none: shown as text it would be garbled."""
    sample = data[:4_096]
    odd = len(_CONTROLS.findall(sample))
    if odd * 10 <= len(sample) or not odd:
        return data.startswith((b"%PDF-", b"PK\x03\x04", b"\xff\xd8\xff", b"GIF89a", b"GIF87a", b"\x89PNG"))
    text, _ = text_of(sample[: len(sample) // 4 * 4], charset)
    return sum(character < " " and character not in "\t\n\r\f\v\x1b" for character in text) * 20 > len(text)


def _without_nul(data: bytes, charset: str | None) -> bytes | None:
    """A text of single bytes without the NULs in it; None: they are part of its letters, or it is no text."""
    few = data.count(b"\x00") * 6 <= len(data)
    wide = (charset or "").lower().startswith(("utf-16", "utf-32", "ucs")) or data[:2] in (b"\xff\xfe", b"\xfe\xff")
    # Every second byte of Latin letters in two bytes each is one: that many are no accident.
    return None if wide or not few else data.replace(b"\x00", b"")


def _text(part: Part, kind: str, data: bytes, reading: _Reading) -> _Piece:
    if kind == "text/plain":
        files, data = uu_files(data)
        for given, inside in files:
            reading.number += 1
            reading.files.append(_file(clean_name(text_of(given, None)[0]), "", inside, reading.number))
    text, guessed = text_of(data, part.parameters.get("charset"), html=kind in PAGES)
    if guessed:
        reading.doubts.add("charset")
    # The pictures in a page take no room from its words.
    most = MAX_TEXT + (packed_length(text) if kind in PAGES else 0)
    if len(text) > most:
        reading.doubts.add("cut")
        text = text[:most]
    if kind in PAGES:
        page = rendered(as_html(text, kind))
        noted = (("hidden", page.hidden), ("cut", page.cut), ("styled", page.styled), ("skipped", page.left_out))
        reading.doubts |= {code for code, there in noted if there}
        reading.asked |= page.inside
        for carried in page.files:
            if carried.media_type == _DRAWING:
                # No file that somebody attached: nobody is told that it was not taken.
                reading.doubts.add("skipped")
                continue
            reading.number += 1
            reading.files.append(_file("", carried.media_type, carried.data, reading.number))
        if text.strip() and not page.text:
            reading.doubts.add("empty")
        return _Piece(page.text, page.seen, html=True)
    if kind != "text/plain":
        text = _ENRICHED.sub("", text.replace("<<", "<"))
        reading.doubts.add("type")
    elif part.parameters.get("format", "").lower() == "flowed":
        text = _unflowed(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
    if "-----BEGIN PGP MESSAGE-----" in text:
        reading.locked.add("pgp")
    return _Piece(_clean(text), text, html=False)


def _unflowed(text: str, *, delsp: bool) -> str:
    """Lines that were broken for the way only are whole again (RFC 3676)."""
    said: list[str] = []
    line: list[str] = []
    deep = 0
    for given in text.replace("\r\n", "\n").split("\n"):
        bare = given.lstrip(">")
        quotes = len(given) - len(bare)
        bare = bare.removeprefix(" ")
        if line and (quotes != deep or bare == "-- "):
            said.append(_quoted(deep, line))
            line = []
        deep = quotes
        flows = bare.endswith(" ") and bare != "-- "
        line.append(bare[:-1] if flows and delsp else bare)
        if not flows:
            said.append(_quoted(deep, line))
            line = []
    return "\n".join([*said, _quoted(deep, line)] if line else said)


def _quoted(deep: int, line: list[str]) -> str:
    return f"{'>' * deep} {''.join(line)}" if deep else "".join(line)


def _inner(data: bytes, reading: _Reading, depth: int) -> None:
    """The text of a mail inside this one; its files stay in the file that the mail itself becomes."""
    if depth >= _DEEPEST_INNER or len(reading.inner) >= MAX_INNER:
        return
    mail = opened(data)
    inside = contents_of(mail, depth=depth + 1)
    reading.locked |= set(inside.locked)
    reading.doubts |= set(inside.doubts) & {"charset", "encoding"}
    heads = [(name, mail.top.headers.text(name)) for name in ("From", "Date", "To", "Subject")]
    head = [_INNER, *(f"{name}: {' '.join(value.split())[:500]}" for name, value in heads if value)]
    words = _joined([inside.text, inside.inner])
    if words:
        reading.inner.append("\n".join([*head, "", words])[:MAX_TEXT])


def _file(name: str, kind: str, data: bytes, number: int) -> Attachment:
    media_type = type_of(kind, name, data)
    return Attachment(name=name or f"attachment-{number}{ending_of(media_type)}", media_type=media_type, data=data)


def _readable(file: Attachment, charset: str | None, reading: _Reading) -> Attachment:
    """A calendar's dates, a card's numbers: as a text that everybody can open, by the name that it has."""
    text, guessed = text_of(file.data, charset)
    reading.doubts |= {"charset"} if guessed else set()
    return file.model_copy(update={"media_type": "text/plain", "data": text.encode("utf-8", "replace")})


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def _joined(texts: Sequence[str]) -> str:
    return "\n\n".join(text for text in texts if text)
