"""The role that the record plays for a case that is being opened: what other cases say about it."""

from __future__ import annotations

from typing import Protocol


class Precedents(Protocol):
    """What other cases say about one that is being opened."""

    async def appealed_before(self, tenant_id: str, case_id: str) -> str | None:
        """The case in which the same person appealed about the same content; None when there is none."""
        ...
