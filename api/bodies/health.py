"""What the process says of its own health."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class CheckBody(BaseModel):
    """Whether the process can work. ``degraded``: commands are kept, and judged later."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["ok", "degraded", "unavailable"]
    checks: dict[str, Literal["ok", "away"]] = {}
