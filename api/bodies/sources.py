"""Intake sources, as they are asked for and shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from api.bodies.base import Body
from api.bodies.endpoints import OverlapHours
from domain.base import Code, Frozen, Instant, Side
from domain.model.report import Line, ReportedParty
from services.rows import Provider, Source

Secret = Annotated[str, Field(min_length=8, max_length=255, pattern="^[!-~]+$")]


class DefaultParty(ReportedParty):
    """Who is on the other side when a report does not say."""

    side: Side = Side.RESPONDENT


class SourceRequest(Frozen):
    """A place that reports come from."""

    provider: Provider
    name: Line | None = None
    secret: Secret | None = None
    """Stripe's signing secret, the id of PayPal's webhook; of the others one is made when it is left out."""
    kind: Code | None = None
    """Kind of its cases; left out: the report's own, or the provider's usual one."""
    queue: Code | None = None
    """Where its cases wait first; left out: where the pack says."""
    respondent: DefaultParty | None = None
    page: bool = False
    """Of a form: anybody reports on a page of ours, at `/report/{id}`."""


class SourceChange(Frozen):
    """What is to change. What is left out stays; null takes it out."""

    name: Line | None = None
    kind: Code | None = None
    queue: Code | None = None
    respondent: DefaultParty | None = None
    page: bool = False
    """Whether anybody reports on a page of ours."""

    def said(self) -> dict[str, Any]:
        """What was named, and only that."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class SourceRotation(Frozen):
    """Another secret."""

    secret: Secret | None = None
    overlap_hours: float = OverlapHours


class SourceBody(Body):
    """A source. Its secret is told once: when it was made or rotated."""

    object: Literal["intake_source"] = "intake_source"
    id: str
    provider: Provider
    name: str
    address: str
    """Where its reports are posted."""
    kind: str | None = None
    queue: str | None = None
    respondent: ReportedParty | None = None
    page: bool = False
    """Whether anybody reports on a page of ours, at `/report/{id}`; for a form alone."""
    active: bool
    created_at: Instant
    created_by: str
    last_used_at: Instant | None = None
    """To the minute."""
    secret: str | None = None
    """Told this once; null ever after."""
    old_secret_until: Instant | None = None
    """While a rotation overlaps: until when the secret before is good too."""


class SourceList(Body):
    """A part of the sources, the oldest first."""

    object: Literal["list"] = "list"
    data: list[SourceBody]
    has_more: bool
    next_cursor: str | None


def source_body(source: Source, secret: str | None = None) -> dict[str, Any]:
    """A source as JSON, with its secret where that is told."""
    address = f"/v1/intake/{source.id}"
    return SourceBody(**source.model_dump(), address=address, secret=secret).model_dump(mode="json")
