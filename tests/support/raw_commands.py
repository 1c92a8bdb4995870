"""Commands as they come over the wire."""

from __future__ import annotations

from typing import Any

BASE = {"id": "cmd_1", "by": "per_m1"}


def a_message(**changes: Any) -> dict[str, Any]:
    return {**BASE, "type": "message", "text": "Hello.", **changes}
