"""Something that the team itself hands in: words, and files that go with them. Both sides are told, and answer it before either
loses by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response
from uuid_utils import uuid7

from console.kit import uploads
from console.kit.browser import TOKEN, check_token, own_origin
from console.kit.uploads import MOST_FILES
from console.kit.visit import MOST_BYTES, Addresses, Form, Visit
from console.pages.case import Shown
from console.pages.command import after, opened, sent, status_of, told, why_not
from console.pages.live import of_case
from console.pages.options import options_of
from services.errors import FieldError, Refused

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
        if kept := [await uploads.kept(visit.parts, visit.caller, found.seen, name, data) for name, data in files]:
            said["files"] = kept
        state = await sent(visit, found.seen, said, form)
    except Refused as refused:
        if refused.code in ("not_found", "form_expired"):
            raise
        found = await opened(visit, "case", named=True)
        return await _page(visit, found, form.values, refused)
    return after(found.seen.id, _COMMAND, state)


async def _received(visit: Visit) -> tuple[Form, list[tuple[str, bytes]]]:
    """What was sent, when a page of ours sent it: its fields, and its files by name. Raises ``origin_refused``, ``form_expired``,
    ``file_too_large`` and ``malformed``."""
    own_origin(visit.request, visit.house.public_url)
    most = visit.parts.inspector.most
    said = await uploads.received(visit.request, MOST_FILES * most + MOST_BYTES)
    try:
        form = Form([(name, value) for name, value in said.multi_items() if isinstance(value, str)])
        check_token(visit.secret, form.text(TOKEN))
        return form, await uploads.files_of(said, most)
    finally:
        await said.close()


def _size(most: int) -> str:
    return f"{most // (1024 * 1024)} MB" if most >= 1024 * 1024 else f"{most // 1024} KB"


async def _page(visit: Visit, found: Shown, values: Mapping[str, Sequence[str]], refused: Refused | None = None) -> Response:
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
        most=_size(visit.parts.inspector.most),
        live=of_case(found.seen, "writing"),
        command_id=f"cmd_{uuid7()}",
    )


PAGES: Addresses = [
    ("/cases/{case_id}/hand-in", ["GET"], show),
    ("/cases/{case_id}/hand-in", ["POST"], send),
]
