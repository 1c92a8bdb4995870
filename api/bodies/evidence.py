"""The bodies that the API answers with about evidence and its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from api.kit.texts import Texts
from domain.base import Instant, Side
from domain.model.evidence import Confidentiality
from domain.model.facts import EvidenceSubmitted, Recording
from storage.intake.evidence import StoredFile


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FileBody(_Body):
    """A file that was uploaded to a case. Name and digest are null once it was erased."""

    object: Literal["file"] = "file"
    id: str
    name: str | None
    media_type: str
    bytes: int
    sha256: str | None
    """Of the bytes as they were uploaded, in hex."""
    uploaded_at: Instant
    links: dict[str, str]


class FileList(_Body):
    """Files that the caller may fetch, oldest first."""

    object: Literal["list"] = "list"
    data: tuple[FileBody, ...]


class EvidenceBody(_Body):
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
    answers: tuple[str, ...]
    """The requests that it answered."""
    files: tuple[FileBody, ...]


class EvidenceList(_Body):
    """What was handed in, as far as the caller may see it, oldest first."""

    object: Literal["list"] = "list"
    data: tuple[EvidenceBody, ...]


def file_body(file: StoredFile) -> dict[str, Any]:
    """A file as JSON."""
    links = {"self": f"/v1/cases/{file.case_id}/files/{file.id}", "case": f"/v1/cases/{file.case_id}"}
    names = ("id", "name", "media_type", "bytes", "sha256")
    fields = {name: getattr(file, name) for name in names}
    return FileBody(**fields, uploaded_at=file.created_at, links=links).model_dump(mode="json")


def evidence_body(one: Recording, files: Mapping[str, StoredFile], texts: Texts) -> dict[str, Any]:
    """A piece of evidence as JSON."""
    fact = one.fact
    assert isinstance(fact, EvidenceSubmitted)
    return {
        "object": "evidence",
        "id": fact.evidence_id,
        "at": one.model_dump(mode="json", include={"at"})["at"],
        "by": one.actor.id if one.actor.id.startswith("pty_") else None,
        "side": fact.side,
        "evidence_type": fact.evidence_type,
        "confidentiality": fact.seen_by,
        "text": texts.get(fact.text.content_id),
        "answers": fact.answers,
        "files": [file_body(files[file.id]) for file in fact.files if file.id in files],
    }
