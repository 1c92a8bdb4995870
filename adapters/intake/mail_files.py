"""The files of a mail: their names, their types, and which of them are taken when there are too many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from mimetypes import MimeTypes

import puremagic

from adapters.intake.shapes import line
from domain.model.report import MOST_ATTACHED, MOST_ATTACHMENTS, Attachment

MAX_NAME = 200
"""Characters of a file's name."""

_LONGEST_ENDING = 20
_MEDIA_TYPE = re.compile(r"^[a-z0-9][a-z0-9.+_-]{0,63}/[a-z0-9][a-z0-9.+_-]{0,126}$")
_UNKNOWN = "application/octet-stream"
_SAYS_NOTHING = frozenset(
    {
        "", _UNKNOWN, "application/x-unknown", "application/download", "application/x-download", "application/force-download",
    }
)  # fmt: skip
_TYPES = MimeTypes(filenames=())
"""The table that Python brings, and not the one of the machine: the same mail is the same report everywhere."""
_ENDINGS = {"message/rfc822": ".eml", "text/calendar": ".ics", "text/plain": ".txt", "application/pkcs7-mime": ".p7m"}
_LOOKED_AT = 4_096


def clean_name(given: str) -> str:
    """The file's own name without folders and without signs that make an ending look like another; cut, it keeps its ending."""
    name = re.split(r"[\\/]", line(given, limit=4_000) or "")[-1].strip(". ")
    if len(name) <= MAX_NAME:
        return name
    begin, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        return name[:MAX_NAME].strip()
    return f"{begin[: MAX_NAME - len(ending) - 1].strip()}.{ending}"


def type_of(said: str, name: str, data: bytes) -> str:
    """The media type: what the mail says, or by the name, or by the bytes. Whoever keeps the file looks at it again."""
    if said not in _SAYS_NOTHING and _MEDIA_TYPE.fullmatch(said):
        return said
    guessed = _TYPES.guess_type(f"x.{name.rpartition('.')[2]}")[0] if "." in name else None
    return guessed or _looks_like(data) or _UNKNOWN


def ending_of(media_type: str) -> str:
    """The ending of a file's name that goes with its type, with its dot; empty when there is none."""
    return _ENDINGS.get(media_type) or _TYPES.guess_extension(media_type) or ""


def _looks_like(data: bytes) -> str | None:
    try:
        found = puremagic.magic_string(data[:_LOOKED_AT])
    except (puremagic.PureError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        return None
    return next((match.mime_type for match in found if _MEDIA_TYPE.fullmatch(match.mime_type or "")), None)


def fitting(files: Sequence[Attachment], always: Sequence[Attachment]) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """The files that fit beside those that always go with a report, in their order, and the names of those that do not.

    The small ones first: one film does not push out nine letters, whatever stood first.
    """
    room = MOST_ATTACHED - sum(len(file.data) for file in always)
    places = MOST_ATTACHMENTS - len(always)
    taken: set[int] = set()
    for at in sorted(range(len(files)), key=lambda at: len(files[at].data)):
        if len(files[at].data) <= room and places:
            room, places = room - len(files[at].data), places - 1
            taken.add(at)
    kept = tuple(file for at, file in enumerate(files) if at in taken)
    return (*kept, *always), tuple(file.name for at, file in enumerate(files) if at not in taken)
