"""What was handed in, looked at: pictures to zoom into, films, the words of a PDF; and of each who handed it in, and when.

A file of a stranger is never a page of ours: it is given as what it is, from a type that browsers only show or play, and may run
nothing (``sandbox``); everything else is a download.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response

from console.kit.visit import Addresses, Visit
from console.kit.words import GRAPHIC
from domain.model.erasure import Erased
from services import cases, evidence, people, references
from services.cases import Seen
from services.errors import Refused, not_found
from services.evidence import HandedIn
from services.rows import StoredFile

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
PLAYED = frozenset({"video/mp4", "video/webm", "audio/mpeg"})
READ = frozenset({"text/plain", "text/csv", "application/json", "message/rfc822", "application/pdf"})
"""Of which the words are shown."""
_HARMLESS = {"Content-Security-Policy": "default-src 'none'; sandbox"}


@dataclass(frozen=True)
class FileShown:
    """A file, and how it is shown."""

    id: str
    name: str | None
    sha256: str | None
    size: str
    media_type: str
    way: str
    """``picture``, ``film``, ``sound``, ``words`` or ``none``."""
    erased: Erased | None = None


def file_shown(file: StoredFile) -> FileShown:
    """A file as pages introduce it."""
    way = (
        "picture"
        if file.media_type in PICTURES
        else "words"
        if file.media_type in READ
        else ("film" if file.media_type.startswith("video/") else "sound")
        if file.media_type in PLAYED
        else "none"
    )
    size = f"{max(file.bytes / 1024, 1):.0f} KB" if file.bytes < 1024 * 1024 else f"{file.bytes / 1024 / 1024:.1f} MB"
    return FileShown(file.id, file.name, file.sha256, size, file.media_type, way if file.name else "none", file.erased)


def veiled(visit: Visit, kind: str) -> str:
    """The classes of pictures and films in a case of this kind, as its viewer wants to see them."""
    settings = visit.settings
    blurred = settings.blur == "always" or (settings.blur == "graphic" and kind in GRAPHIC)
    return " ".join(name for name, is_so in (("blurred", blurred), ("grey", settings.grey)) if is_so)


async def look(visit: Visit) -> Response:
    """One file, large, with those before and after it."""
    case_id, file_id = visit.request.path_params["case_id"], visit.request.path_params["file_id"]
    seen = await cases.find(visit.parts, visit.caller, case_id, "evidence", f"file {file_id[:80]}")
    pieces = await evidence.handed_in(visit.parts, visit.caller, seen)
    every = [(piece, file) for piece in pieces for file in piece.files]
    at = next((n for n, (_, file) in enumerate(every) if file.id == file_id), None)
    if at is None or seen.case is None:
        raise not_found()
    piece, file = every[at]
    around = (every[at - 1][1] if at else None, every[at + 1][1] if at + 1 < len(every) else None)
    shown = file_shown(file)
    return visit.page(
        "look.html",
        case_id=case_id,
        file=shown,
        before=around[0],
        after=around[1],
        number=at + 1,
        of=len(every),
        words=await _words(visit, seen, file_id) if shown.way == "words" else None,
        by=await _by(visit, seen, piece),
        piece=piece,
        veil=veiled(visit, seen.case.kind),
        muted=visit.settings.muted,
    )


async def _words(visit: Visit, seen: Seen, file_id: str) -> str | None:
    try:
        fetched = await evidence.fetch(visit.parts, visit.caller, seen, file_id)
        return await evidence.words_of(visit.parts, visit.caller.tenant_id, fetched)
    except Refused as refused:
        if refused.code not in ("file_erased", "file_withheld"):
            raise
        return None


async def _by(visit: Visit, seen: Seen, piece: HandedIn) -> str:
    told = await references.references_and_people(visit.parts, visit.caller, seen)
    names = dict(await people.colleagues(visit.parts, visit.caller))
    names |= {party.id: party.name or party.ref or party.side.value for party in (told.references.parties if told else ())}
    return names.get(piece.recording.actor.id, piece.recording.actor.role.capitalize())


async def raw(visit: Visit) -> Response:
    """A picture or a film as it is, to be shown in a page of ours. Raises ``not_found`` for what is neither."""
    seen, file_id = await _read(visit)
    fetched = await evidence.fetch(visit.parts, visit.caller, seen, file_id)
    if fetched.media_type not in PICTURES | PLAYED:
        raise not_found()
    headers = {"Content-Disposition": "inline", **_HARMLESS}
    return Response(fetched.data, media_type=fetched.media_type, headers=headers)


async def download(visit: Visit) -> Response:
    """A file, to be saved."""
    seen, file_id = await _read(visit)
    fetched = await evidence.fetch(visit.parts, visit.caller, seen, file_id)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(fetched.name, safe='')}", **_HARMLESS}
    return Response(fetched.data, media_type="application/octet-stream", headers=headers)


async def _read(visit: Visit) -> tuple[Seen, str]:
    said = visit.request.path_params
    seen = await cases.find(visit.parts, visit.caller, said["case_id"], f"file {said['file_id'][:80]}")
    return seen, said["file_id"]


PAGES: Addresses = [
    ("/cases/{case_id}/files/{file_id}", ["GET"], download),
    ("/cases/{case_id}/files/{file_id}/look", ["GET"], look),
    ("/cases/{case_id}/files/{file_id}/raw", ["GET"], raw),
]
