"""Something that the team itself hands in: words, and files that go with them. Both sides are told, and answer it before either
loses by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from uuid_utils import uuid7

from console.kit.browser import TOKEN, check_token, own_origin
from console.kit.visit import Addresses, Form, Visit
from console.pages.case import Shown
from console.pages.command import after, opened, sent, status_of, told, why_not
from console.pages.live import of_case
from console.pages.options import options_of
from services import evidence
from services.errors import FieldError, Refused

MOST_FILES = 10
SEEN_BY = (("shared", "Both sides"), ("deciders", "Whoever decides, alone"))
"""Who reads it. What one side alone may see is that side's to hand in."""
_COMMAND = "submit_evidence"


async def show(visit: Visit) -> Response:
    """The form."""
    return await _page(visit, await opened(visit, "case", named=True), {})


async def send(visit: Visit) -> Response:
    """Keep the files, and hand them in with the words. What is refused comes back; files are chosen again then, as browsers give
    none back."""
    form, files = await _received(visit)
    found = await opened(visit)
    try:
        if not form.text("text").strip():
            raise Refused("malformed", errors=[FieldError("text", "text_empty", "Say what it is, and what it shows.")])
        said: dict[str, Any] = {"type": _COMMAND, "text": form.text("text")}
        seen_by = form.text("confidentiality")
        if seen_by in dict(SEEN_BY) and seen_by != "shared":
            said["confidentiality"] = seen_by
        if form.text("evidence_type"):
            said["evidence_type"] = form.text("evidence_type")
        if kept := [await _kept(visit, found, one) for one in files]:
            said["files"] = kept
        state = await sent(visit, found.seen, said, form)
    except Refused as refused:
        if refused.code in ("not_found", "form_expired"):
            raise
        found = await opened(visit, "case", named=True)
        return await _page(visit, found, form.values, refused)
    return after(found.seen.id, _COMMAND, state)


async def _received(visit: Visit) -> tuple[Form, list[UploadFile]]:
    """What was sent, when a page of ours sent it: its fields, and its files. Nothing is read before it is known how much comes.
    Raises ``origin_refused``, ``form_expired``, ``file_too_large`` and ``malformed``."""
    own_origin(visit.request, visit.house.public_url)
    length = visit.request.headers.get("content-length", "")
    # A browser says how much comes; whoever does not say sends nothing that a browser would.
    if not length.isdecimal() or int(length) > MOST_FILES * visit.parts.inspector.most:
        raise Refused("file_too_large")
    try:
        said: FormData = await visit.request.form(max_files=MOST_FILES, max_fields=50)
    except HTTPException:
        raise Refused("malformed", f"This is not what our forms send, or more than {MOST_FILES} files.") from None
    except ClientDisconnect:
        raise Refused("malformed", "It was broken off.") from None
    form = Form([(name, value) for name, value in said.multi_items() if isinstance(value, str)])
    check_token(visit.secret, form.text(TOKEN))
    # A field of files in which none was chosen comes as one without a name.
    return form, [one for one in said.getlist("files") if isinstance(one, UploadFile) and one.filename]


async def _kept(visit: Visit, found: Shown, file: UploadFile) -> str:
    """The file, kept for this case: its id. The same file sent again is the same."""
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2][:200]
    if (file.size or 0) > visit.parts.inspector.most:
        raise Refused("file_too_large")
    evidence.uploading(visit.caller, found.seen, name)
    # What a browser guesses by the name does not count: the bytes show what it is.
    looked = evidence.looked_at(visit.parts, found.seen, name, await file.read(), None)
    stored, _ = await evidence.add(visit.parts, visit.caller, looked)
    return stored.id


async def _page(
    visit: Visit, found: Shown, values: Mapping[str, Sequence[str]], refused: Refused | None = None
) -> Response:
    case = found.seen.case
    assert case is not None, "it was opened"
    return visit.page(
        "hand_in.html",
        status_of(visit, refused) if refused else 200,
        case=found,
        values=values,
        why_not=why_not(visit, found, _COMMAND),
        **told(visit, refused, found.names),
        changed=(),
        types=options_of(found, _COMMAND)["evidence_type"],
        seen_by=SEEN_BY,
        undisclosed=not case.is_disclosed,
        most_files=MOST_FILES,
        most=visit.parts.inspector.most // (1024 * 1024),
        live=of_case(found.seen, "writing"),
        command_id=f"cmd_{uuid7()}",
    )


PAGES: Addresses = [
    ("/cases/{case_id}/hand-in", ["GET"], show),
    ("/cases/{case_id}/hand-in", ["POST"], send),
]
