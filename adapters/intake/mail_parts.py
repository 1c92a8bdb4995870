"""Takes a mail apart: the text that a person wrote, and the files that came with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from adapters.intake.mail_headers import AnyMessage, readable, text_of, words_decoded
from adapters.intake.mail_html import text_of_html
from adapters.intake.shapes import line
from domain.model.report import Attachment

MAX_FILE_BYTES = 1_000_000
MAX_TEXT = 1_000_000
"""Characters of one text that are read; a statement has 20,000."""

MAX_PARTS = 200
"""A mail with more parts is built to do harm; what comes after is left out."""

_MEDIA_TYPE = re.compile(r"^[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,126}$")


@dataclass(frozen=True, slots=True)
class Contents:
    """A mail in its parts. ``left_out`` names the files that are too large to be taken."""

    media_type: str
    """Of the whole mail."""
    text: str
    html_only: bool
    attachments: tuple[Attachment, ...]
    left_out: tuple[str, ...]


def contents_of(message: AnyMessage) -> Contents:
    """The readable text (plain text when there is any, else the HTML as text) and the files."""
    plain: list[str] = []
    html: list[str] = []
    attachments: list[Attachment] = []
    left_out: list[str] = []
    for number, part in enumerate(_leaves(message), start=1):
        kind = part.get_content_type()
        if kind in ("text/plain", "text/html") and not _is_file(part):
            (plain if kind == "text/plain" else html).append(_decoded(part))
            continue
        name = _name(part, number)
        data = _bytes(part)
        if len(data) > MAX_FILE_BYTES:
            left_out.append(name)
        elif data:
            attachments.append(
                Attachment(name=name, media_type=kind if _MEDIA_TYPE.fullmatch(kind) else "application/octet-stream", data=data)
            )
    text = _joined(plain)
    html_only = not text and any(h.strip() for h in html)
    return Contents(
        media_type=message.get_content_type(),
        text=text or _joined([text_of_html(h) for h in html]),
        html_only=html_only,
        attachments=tuple(attachments),
        left_out=tuple(left_out),
    )


def _leaves(message: AnyMessage) -> Iterator[AnyMessage]:
    """The parts that hold something, in order; a mail inside the mail is one of them and is not entered."""
    waiting: list[AnyMessage] = [message]
    seen = 0
    while waiting and seen < MAX_PARTS:
        part = waiting.pop()
        seen += 1
        inner = part.get_payload()
        if isinstance(inner, list) and part.get_content_maintype() == "multipart":
            waiting += [p for p in reversed(inner) if isinstance(p, Message)]
        else:
            yield part


def _is_file(part: AnyMessage) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_filename(part))


def _filename(part: AnyMessage) -> str | None:
    try:
        return part.get_filename()
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _name(part: AnyMessage, number: int) -> str:
    """The file's own name without folders, or one by its number."""
    given = re.split(r"[\\/]", line(words_decoded(readable(_filename(part) or ""))) or "")[-1].strip(". ")
    if given:
        return given
    return f"attachment-{number}.eml" if part.get_content_type() == "message/rfc822" else f"attachment-{number}"


def _bytes(part: AnyMessage) -> bytes:
    inner = part.get_payload()
    if isinstance(inner, list):
        return b"".join(p.as_bytes() for p in inner if isinstance(p, Message))
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _decoded(part: AnyMessage) -> str:
    return text_of(_bytes(part), part.get_content_charset())


def _joined(texts: list[str]) -> str:
    clean = (t[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip() for t in texts)
    return "\n\n".join(t for t in clean if t)
