"""What waits for somebody's hands because no machine could carry it out, and what somebody says has become of it."""

from __future__ import annotations

from typing import Final, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from domain.base import CommandBase, Kept, Reference
from domain.model.prose import Prose, SealedText

NEVER_DONE: Final = "undone_before_done"
"""The note of what waited for somebody's hands and was undone before anybody did it, and of its undoing."""


class ReportManualWork(CommandBase):
    """Say that what waited for somebody's hands is done, or that it cannot be done."""

    type: Literal["report_manual_work"] = "report_manual_work"
    effect_id: Reference
    """Of those that the case lists under ``hands``."""
    result: Literal["done", "impossible"]
    text: SealedText | None = None
    """How it was done (the number of the transfer), or why it cannot be. For the team; wanted where it cannot be done."""

    @model_validator(mode="after")
    def _says_why_not(self) -> Self:
        if self.result == "impossible" and self.text is None:
            raise PydanticCustomError("text_empty", "Say in 'text' why it cannot be done.")
        return self


class ManualWorkReported(Kept):
    """Somebody carried out by hand what no machine could, or says that nobody can."""

    type: Literal["manual_work_reported"] = "manual_work_reported"
    effect_id: str
    result: Literal["done", "reversed", "impossible"]
    text: Prose | None = None


ManualWorkCommand = ReportManualWork
ManualWorkFact = ManualWorkReported
