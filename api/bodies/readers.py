"""What the API says about who read a case."""

from __future__ import annotations

from typing import Any, Literal

from api.bodies.base import Body
from domain.base import Frozen, Instant
from services.rows import Access, ReadRow


class AccessRequest(Frozen):
    """Why somebody takes access to a case."""

    reason: str


class AccessBody(Body):
    """Access to a case that is none of one's business otherwise."""

    object: Literal["access"] = "access"
    id: str
    case: str
    person: str
    asked_at: Instant
    until_at: Instant


class ReaderBody(Body):
    """Somebody read something of a case."""

    at: Instant
    who: str
    role: str
    credential: str
    what: str
    why: str
    """By what right: ``party``, ``platform``, ``lead``, ``ops``, ``team``, ``queue``, ``owner``, ``involved`` or
    ``break_glass``."""
    access: str | None
    reason: str | None
    """Why they took the access."""


class ReaderPage(Body):
    """A page of who read a case, the newest first."""

    object: Literal["list"] = "list"
    data: tuple[ReaderBody, ...]
    has_more: bool
    next_cursor: str | None = None


def access_body(access: Access) -> dict[str, Any]:
    """An access as JSON."""
    return AccessBody(
        id=access.id, case=access.case_id, person=access.person_id, asked_at=access.asked_at, until_at=access.until_at
    ).model_dump(mode="json")


def reader_body(row: ReadRow) -> dict[str, Any]:
    """A read as JSON."""
    return ReaderBody(
        at=row.at, who=row.who, role=row.role, credential=row.credential, what=row.what, why=row.why, access=row.access_id,
        reason=row.reason,
    ).model_dump(mode="json")  # fmt: skip
