"""What happened at the desk."""

from __future__ import annotations

from typing import Literal

from domain.base import Kept


class CaseSkipped(Kept):
    """Its owner gave the case back, with the reason; what becomes of it says the next fact."""

    type: Literal["case_skipped"] = "case_skipped"
    person: str
    reason: str
