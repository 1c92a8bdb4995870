"""Forms that bring files: nothing is read before it is known how much comes, and a file is called by the end of its path."""

from __future__ import annotations

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from services import evidence
from services.callers import Caller
from services.cases import Seen
from services.errors import Refused, told_as_refusals
from services.parts import Parts

MOST_FILES = 10
"""So many are taken by one form."""
_MOST_FIELDS = 60


async def received(request: Request, most_bytes: int) -> FormData:
    """What a form sent, files among it; whoever asked closes it. Raises ``file_too_large`` and ``malformed``."""
    length = request.headers.get("content-length", "")
    # A browser says how much comes; whoever does not say sends nothing that a browser would.
    if not length.isdecimal() or int(length) > most_bytes:
        raise Refused("file_too_large")
    try:
        return await request.form(max_files=MOST_FILES, max_fields=_MOST_FIELDS)
    except HTTPException:
        raise Refused("malformed", f"This is not what our forms send, or more than {MOST_FILES} files.") from None
    except ClientDisconnect:
        raise Refused("malformed", "It was broken off.") from None


async def files_of(sent: FormData, most: int) -> list[tuple[str, bytes]]:
    """The names and the bytes of its files, of at most ``most`` bytes each. Raises ``file_too_large``."""
    # A field of files in which none was chosen comes as one without a name.
    files = [(one, one.filename) for one in sent.getlist("files") if isinstance(one, UploadFile) and one.filename]
    if any((one.size or 0) > most for one, _ in files):
        raise Refused("file_too_large")
    return [(_named(name), await one.read()) for one, name in files]


async def kept(parts: Parts, caller: Caller, seen: Seen, name: str, data: bytes) -> str:
    """One of them, kept as evidence for a case: its id. The same file sent again is the same. Raises what is wrong with it."""
    evidence.uploading(caller, seen, name)
    try:
        with told_as_refusals():
            # A browser guesses the type by the name; what the bytes show counts.
            stored, _ = await evidence.add(parts, caller, evidence.looked_at(parts, seen, name, data, None))
    except Refused as refused:
        # Of several files, it is to be known which.
        raise Refused(refused.code, f"“{name}”: {refused.detail}" if refused.detail else None, fields=refused.fields) from None
    return stored.id


def _named(filename: str) -> str:
    # Browsers write a quotation mark in a name so (HTML, multipart/form-data encoding).
    filename = filename.replace("%22", '"')
    last = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:200] or "file"
