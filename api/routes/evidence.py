"""Files of evidence: uploaded before they are handed in, fetched by whoever may see the evidence; and the list of evidence."""

from __future__ import annotations

import base64
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.bodies.base import list_body
from api.bodies.evidence import evidence_body, file_body
from api.examples.cases import EVIDENCE, FILE
from api.kit.context import Context
from api.kit.idempotent import Reply
from api.kit.problems import Problem
from api.kit.reading import read_bytes
from api.kit.replies import shown
from api.schema import gives, gives_bytes, takes_raw
from services import evidence
from services.cases import find

router = APIRouter(tags=["evidence"])

Name = Annotated[str, Query(min_length=1, max_length=200, description="What the file is called.")]


@router.post(
    "/v1/cases/{case_id}/files",
    status_code=201,
    summary="Upload a file",
    openapi_extra=takes_raw("application/octet-stream", "The bytes of the file."),
    responses=gives({201: ("FileBody", FILE), 200: ("FileBody", FILE)}),
)
async def upload(context: Context, case_id: str, name: Name) -> Response:
    """The body is the file itself; `Content-Type` says what it is, and its bytes are held against that. Hand it in afterwards by
    its id (`files` of `submit_evidence`): until then nobody but the uploader sees it. The same bytes under the same name from the
    same uploader are the same file (200)."""
    caller, parts = await context.caller("cases:write"), context.parts
    key = context.key
    seen = await find(parts, caller, case_id, to_work=True)
    evidence.uploading(caller, seen, name)
    data = await _bytes(context.request, parts.inspector.most)
    file = evidence.looked_at(parts, seen, name, data, _said(context.request))

    async def work() -> Reply:
        kept, new = await evidence.add(parts, caller, file)
        return Reply(201 if new else 200, file_body(kept))

    return await context.once(caller, key, f"POST {case_id}/files", file.same, work)


@router.get(
    "/v1/cases/{case_id}/files",
    summary="List files",
    responses=gives({200: ("FileList", {"object": "list", "data": [FILE]})}),
)
async def list_files(context: Context, case_id: str) -> Response:
    """Files that the caller may fetch: those of evidence that they may see, and their own uploads. For the team also those that
    came with the report and that the case did not take (`cnt_…`): one that is turned away at once takes none."""
    caller = await context.caller("cases:read")
    seen = await find(context.parts, caller, case_id, "files")
    return shown(list_body([file_body(file) for file in await evidence.files(context.parts, caller, seen)]))


@router.get("/v1/cases/{case_id}/files/{file_id}", summary="Fetch a file", response_class=Response, responses=gives_bytes())
async def fetch(context: Context, case_id: str, file_id: str) -> Response:
    """The bytes, to be saved and never shown in place: what a stranger handed in does not run in anybody's browser."""
    caller = await context.caller("cases:read")
    seen = await find(context.parts, caller, case_id, f"file {file_id[:80]}")
    file = await evidence.fetch(context.parts, caller, seen, file_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(file.sha256)).decode()}:",
    }
    return Response(file.data, headers=headers, media_type=file.media_type)


@router.get(
    "/v1/cases/{case_id}/evidence",
    summary="List evidence",
    responses=gives({200: ("EvidenceList", {"object": "list", "data": [EVIDENCE]})}),
)
async def list_evidence(context: Context, case_id: str) -> Response:
    """What was handed in, as far as the caller may see it, oldest first, with its files."""
    caller = await context.caller("cases:read")
    seen = await find(context.parts, caller, case_id, "evidence")
    return shown(list_body([evidence_body(handed_in) for handed_in in await evidence.handed_in(context.parts, caller, seen)]))


async def _bytes(request: Request, most: int) -> bytes:
    try:
        return await read_bytes(request, most)
    except Problem as problem:
        if problem.code != "body_too_large":
            raise
        raise Problem("file_too_large", f"At most {most} bytes are taken.", fields={"most": most}) from None


def _said(request: Request) -> str | None:
    """What the file is said to be; None: nobody says."""
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return None if said in ("", "application/octet-stream") else said
