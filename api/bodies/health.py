"""What the process says of its own health."""

from __future__ import annotations

from typing import Any, Literal

from api.bodies.base import Body
from services.health import MASTER_KEY, Health


class CheckBody(Body):
    """Whether the process can work. ``degraded``: commands are kept, and judged later."""

    status: Literal["ok", "degraded", "unavailable"]
    checks: dict[str, Literal["ok", "away"]] = {}
    reasons: dict[str, str] | None = None
    """Why, by code, where there is something to be done about it: `master_key_lost`."""


def health_body(health: Health) -> dict[str, Any]:
    """Whether the process can work, as JSON."""
    checks: dict[str, Any] = {name: "ok" if fault is None else "away" for name, fault in health.services.items()}
    lost = health.services.get(MASTER_KEY)
    body = CheckBody(status=health.status, checks=checks, reasons={MASTER_KEY: lost} if lost is not None else None)
    return body.model_dump(mode="json", exclude_none=True)
