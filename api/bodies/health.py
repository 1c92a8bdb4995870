"""What the process says of its own health."""

from __future__ import annotations

from typing import Any, Literal

from api.bodies.base import Body
from services.health import Health


class CheckBody(Body):
    """Whether the process can work. ``degraded``: commands are kept, and judged later."""

    status: Literal["ok", "degraded", "unavailable"]
    checks: dict[str, Literal["ok", "away"]] = {}


def health_body(health: Health) -> dict[str, Any]:
    """Whether the process can work, as JSON."""
    checks: dict[str, Any] = {name: "ok" if fault is None else "away" for name, fault in health.services.items()}
    return CheckBody(status=health.status, checks=checks).model_dump(mode="json")
