"""The bodies about evidence: what is asked for, what was handed in, and its files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import ConfigDict
from pydantic_core import to_jsonable_python

from api.bodies.base import Body, ErasedBody, told_erased
from domain.base import Instant, Side
from domain.model.evidence import Confidentiality
from domain.views.evidence import RequestView
from services.evidence import HandedIn
from services.rows import StoredFile
from services.texts import Texts


class RequestBody(RequestView):
    """A request for evidence: a slot that a hand-in closes. ``what`` is given when a case is read."""

    model_config = ConfigDict(extra="forbid")

    what: str | None = None  # type: ignore[assignment]  # the text itself stands where the view refers to it


class FileBody(Body):
    """A file that was uploaded to a case. Name and digest are null once it was erased."""

    object: Literal["file"] = "file"
    id: str
    name: str | None
    media_type: str
    bytes: int
    sha256: str | None
    """Of the bytes as they were uploaded, in hex."""
    uploaded_at: Instant
    erased: ErasedBody | None = None
    links: dict[str, str]


class FileList(Body):
    """Files that the caller may fetch, oldest first."""

    object: Literal["list"] = "list"
    data: tuple[FileBody, ...]


class EvidenceBody(Body):
    """A piece of evidence."""

    object: Literal["evidence"] = "evidence"
    id: str
    at: Instant
    by: str | None
    """The party that handed it in; null: the platform."""
    side: Side | None
    evidence_type: str | None
    confidentiality: Confidentiality
    text: str | None
    """Null once it was erased."""
    erased: ErasedBody | None = None
    answers: tuple[str, ...]
    """The requests that it answered."""
    files: tuple[FileBody, ...]


class EvidenceList(Body):
    """What was handed in, as far as the caller may see it, oldest first."""

    object: Literal["list"] = "list"
    data: tuple[EvidenceBody, ...]


def worded(requests: Iterable[dict[str, Any]], texts: Texts | None) -> None:
    """Puts the question itself in place of its reference; without texts it is left out."""
    for asked in requests:
        what = asked.pop("what")
        if texts is not None:
            asked["what"] = texts.get(what["content_id"]) if what else None


def file_body(file: StoredFile) -> dict[str, Any]:
    """A file as JSON."""
    links = {"self": f"/v1/cases/{file.case_id}/files/{file.id}", "case": f"/v1/cases/{file.case_id}"}
    names = ("id", "name", "media_type", "bytes", "sha256")
    fields = {name: getattr(file, name) for name in names}
    body = FileBody(**fields, uploaded_at=file.created_at, links=links).model_dump(mode="json")
    return {**body, "erased": told_erased(file.erased)}


def evidence_body(handed_in: HandedIn) -> dict[str, Any]:
    """A piece of evidence as JSON."""
    fact, actor = handed_in.fact, handed_in.recording.actor.id
    return {
        "object": "evidence",
        "id": fact.evidence_id,
        "at": to_jsonable_python(handed_in.recording.at),
        "by": actor if actor.startswith("pty_") else None,
        "side": fact.side,
        "evidence_type": fact.evidence_type,
        "confidentiality": fact.seen_by,
        "text": handed_in.text,
        "erased": told_erased(handed_in.erased),
        "answers": fact.answers,
        "files": [file_body(file) for file in handed_in.files],
    }
