"""The role that the book of sanctions plays: what other cases have imposed on the parties of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.model.sanctions import EarlierSanction


class SanctionBook(Protocol):
    """Sanctions of all cases, by person."""

    async def against(self, tenant_id: str, case_id: str) -> Sequence[EarlierSanction]:
        """Those of other cases against the parties of this one that were not taken back, oldest first."""
        ...


class Precedents(Protocol):
    """What other cases say about one that is being opened."""

    async def appealed_before(self, tenant_id: str, case_id: str) -> str | None:
        """The case in which the same person appealed about the same content; None when there is none."""
        ...
