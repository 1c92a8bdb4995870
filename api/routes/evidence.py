"""Files of evidence: uploaded before they are handed in, fetched by whoever may see the evidence; and the list of evidence."""

from __future__ import annotations

import base64
import hashlib
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from pydantic_core import to_json
from starlette.responses import Response

from api.bodies.evidence import evidence_body, file_body
from api.examples.cases import EVIDENCE, FILE
from api.kit.callers import identify
from api.kit.idempotent import Once, Reply, key_of
from api.kit.problems import Problem
from api.kit.reading import read_bytes
from api.kit.replies import answer
from api.schema import gives, gives_bytes, takes_raw
from domain.model.facts import EvidenceSubmitted
from domain.rules.fairness import why_not
from domain.views.case import files_seen, visible
from services.callers import Caller
from services.commands import Seen, find
from services.errors import FieldError, not_found, of_command
from services.parts import Parts
from storage.intake.files import StoredFile

router = APIRouter(tags=["evidence"])

Name = Annotated[str, Query(min_length=1, max_length=200, description="What the file is called.")]


@router.post(
    "/v1/cases/{case_id}/files",
    status_code=201,
    summary="Upload a file",
    openapi_extra=takes_raw("application/octet-stream", "The bytes of the file."),
    responses=gives({201: ("FileBody", FILE), 200: ("FileBody", FILE)}),
)
async def upload(request: Request, case_id: str, name: Name) -> Response:
    """The body is the file itself; `Content-Type` says what it is, and its bytes are held against that. Hand it in afterwards by
    its id (`files` of `submit_evidence`): until then nobody but the uploader sees it. The same bytes under the same name from the
    same uploader are the same file (200)."""
    caller = await identify(request)
    caller.need("cases:write")
    parts: Parts = request.app.state.parts
    key = key_of(request)
    seen = await find(parts, caller, case_id)
    _may_hand_in(seen)
    name = _checked(name)
    data = await _bytes(request, parts.inspector.most)
    media_type = parts.inspector.look(data, _said(request))

    async def work() -> Reply:
        file, new = await parts.files.add(caller.tenant_id, case_id, seen.viewer.id, name=name, media_type=media_type, data=data)
        return Reply(201 if new else 200, file_body(file))

    once: Once = request.app.state.once
    said = to_json([seen.viewer.id, name, media_type, hashlib.sha256(data).hexdigest()])
    return answer(await once.do(caller.tenant_id, key, f"POST {case_id}/files", said, work))


@router.get(
    "/v1/cases/{case_id}/files",
    summary="List files",
    responses=gives({200: ("FileList", {"object": "list", "data": [FILE]})}),
)
async def list_files(request: Request, case_id: str) -> Response:
    """Files that the caller may fetch: those of evidence that they may see, and their own uploads."""
    caller, seen = await _reading(request, case_id)
    parts: Parts = request.app.state.parts
    fetchable = await _fetchable(parts, caller, seen)
    files = await parts.files.of_case(caller.tenant_id, case_id)
    data = [file_body(one) for one in files if one.id in fetchable or _own(one, seen)]
    return answer(Reply(200, {"object": "list", "data": data}))


@router.get("/v1/cases/{case_id}/files/{file_id}", summary="Fetch a file", response_class=Response, responses=gives_bytes())
async def fetch(request: Request, case_id: str, file_id: str) -> Response:
    """The bytes, to be saved and never shown in place: what a stranger handed in does not run in anybody's browser."""
    caller, seen = await _reading(request, case_id)
    parts: Parts = request.app.state.parts
    plain = file_id.startswith("fil_") and file_id.isascii() and file_id.isprintable() and len(file_id) <= 80
    file = await parts.files.one(caller.tenant_id, case_id, file_id) if plain else None
    if file is None or not (_own(file, seen) or file.id in await _fetchable(parts, caller, seen)):
        raise not_found()
    data = await parts.files.read(caller.tenant_id, case_id, file_id)
    if data is None or file.name is None or file.sha256 is None:
        raise Problem("file_erased")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(file.sha256)).decode()}:",
    }
    return Response(data, headers=headers, media_type=file.media_type)


@router.get(
    "/v1/cases/{case_id}/evidence",
    summary="List evidence",
    responses=gives({200: ("EvidenceList", {"object": "list", "data": [EVIDENCE]})}),
)
async def list_evidence(request: Request, case_id: str) -> Response:
    """What was handed in, as far as the caller may see it, oldest first, with its files."""
    caller, seen = await _reading(request, case_id)
    parts: Parts = request.app.state.parts
    case = seen.held.case
    handed_in = await parts.views.evidence(caller.tenant_id, case_id) if case is not None else []
    told = [one for one in handed_in if case is not None and visible(case, one, seen.viewer)]
    files = {one.id: one for one in await parts.files.of_case(caller.tenant_id, case_id)}
    texts = await parts.views.texts(
        caller.tenant_id, [one.fact.text.content_id for one in told if isinstance(one.fact, EvidenceSubmitted)]
    )
    return answer(Reply(200, {"object": "list", "data": [evidence_body(one, files, texts) for one in told]}))


async def _reading(request: Request, case_id: str) -> tuple[Caller, Seen]:
    caller = await identify(request)
    caller.need("cases:read")
    return caller, await find(request.app.state.parts, caller, case_id)


def _may_hand_in(seen: Seen) -> None:
    """Raises the problem of somebody who could not hand the file in either."""
    if seen.held.case is None:
        raise Problem("not_opened")
    refusal = why_not(seen.held.case, seen.viewer, "submit_evidence")
    if refusal is not None:
        raise of_command(refusal.code, refusal.detail, refusal.fields)


def _checked(name: str) -> str:
    if name.strip() and name.isprintable():
        return name
    raise Problem("parameter_invalid", errors=[FieldError("name", "control_character", "One line, not blank.")])


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


def _own(file: StoredFile, seen: Seen) -> bool:
    return file.uploader == seen.viewer.id


async def _fetchable(parts: Parts, caller: Caller, seen: Seen) -> frozenset[str]:
    case = seen.held.case
    if case is None:
        return frozenset()
    return files_seen(case, await parts.views.evidence(caller.tenant_id, case.id), seen.viewer)
