"""Webhook endpoints, as they are asked for and shown."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.bodies.base import Body
from domain.base import Frozen, Instant
from services.rows import Endpoint, Purpose

OverlapHours = Field(24, ge=0, le=168, description="How long the secret before is good too, in hours.")


class EndpointRequest(Frozen):
    """A place for webhooks to go."""

    url: str = Field(min_length=1, max_length=4000)
    purpose: Purpose = "events"
    """What happened (``events``), or what is to be carried out (``remedies``)."""


class EndpointChange(Frozen):
    """What is to change. What is left out stays."""

    url: str = Field("", min_length=1, max_length=4000)
    purpose: Purpose = "events"

    def said(self) -> dict[str, Any]:
        """What was named, and only that."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class EndpointRotation(Frozen):
    """Another signing secret."""

    overlap_hours: float = OverlapHours


class EndpointBody(Body):
    """An endpoint. Its secret is told once: when it was made or rotated."""

    object: Literal["webhook_endpoint"] = "webhook_endpoint"
    id: str
    purpose: Purpose
    url: str
    active: bool
    created_at: Instant
    created_by: str | None = None
    secret: str | None = None
    """Told this once; null ever after."""
    old_secret_until: Instant | None = None
    """While a rotation overlaps: until when everything is signed with the secret before too."""
    failing_since: Instant | None = None
    """Since when it has taken nothing; null while it works."""
    given_up: int
    """Notices in a row that were given up."""
    disabled_at: Instant | None = None
    disabled_because: Literal["by_hand", "endpoint_gone", "given_up", "silent"] | None = None


class EndpointList(Body):
    """A part of the endpoints, the oldest first."""

    object: Literal["list"] = "list"
    data: list[EndpointBody]
    has_more: bool
    next_cursor: str | None


def endpoint_body(endpoint: Endpoint, secret: str | None = None) -> dict[str, Any]:
    """An endpoint as JSON, with its secret where that is told."""
    return EndpointBody(**endpoint.model_dump(), secret=secret).model_dump(mode="json")
