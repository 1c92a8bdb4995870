"""What a delivery report says (RFC 3464, and RFC 6533 for other letters): for whom a mail failed, and what it gives back."""

from __future__ import annotations

import re

from adapters.intake.mail_mime import Part, opened
from adapters.intake.mail_transfer import unpacked

MAX_RECIPIENTS = 200
_FIELD = re.compile(
    r"^[ \t]*(Action|Final-Recipient|Original-Recipient)[ \t]*:[ \t]*([^\r\n]{1,500})", re.IGNORECASE | re.MULTILINE
)
_BLOCKS = re.compile(r"\r?\n[ \t]*\r?\n")


def reported(raw: bytes) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """For each recipient of a report its address (as far as it is named) and action; and all that the parts of the
    mail hold, with their transfer encodings undone."""
    parts = list(_leaves(opened(raw).top))
    found: list[tuple[str, str]] = []
    texts: list[bytes] = []
    for part in parts:
        data = unpacked(part.body, part.headers.raw("Content-Transfer-Encoding")).data
        texts.append(b"\n".join(f"{name}: {value}".encode("utf-8", "replace") for name, value in part.headers.items))
        texts.append(data)
        if part.media_type.endswith("delivery-status"):
            found += _recipients(data.decode("utf-8", "replace"))
    return tuple(found[:MAX_RECIPIENTS]), b"\n".join(texts)


def _recipients(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for block in _BLOCKS.split(text):
        said = {name.lower(): value for name, value in _FIELD.findall(block)}
        if "action" in said:
            action = re.split(r"[\s(;]", said["action"].strip(), maxsplit=1)[0].lower()
            whom = [
                said[name].rpartition(";")[2].strip(" \t<>") for name in ("original-recipient", "final-recipient") if name in said
            ]
            found.extend((address, action) for address in whom or [""])
    return found


def _leaves(part: Part) -> list[Part]:
    waiting, found = [part], list[Part]()
    while waiting:
        one = waiting.pop()
        if one.parts:
            waiting += reversed(one.parts)
        else:
            found.append(one)
    return found
