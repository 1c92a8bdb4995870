"""What waits for somebody's hands because no machine could carry it out, and what somebody says has become of it."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from domain.base import CommandBase, Instant, Kept, Reference
from domain.model.prose import NOBODYS_WORDS, Prose, SealedNumber, SealedText
from domain.model.refusals import Refusal

UNSAID: Final = "payment_unsaid"
"""Why a payment is not taken back by itself: it was stopped on its way, and nobody has said yet whether it went."""
NEVER_DONE: Final = "undone_before_done"
"""The note of what waited for somebody's hands and was undone before anybody did it, and of its undoing."""


class ReportManualWork(CommandBase):
    """Say that what waited for somebody's hands is done, that it cannot be done, or that it was said by mistake to be done."""

    type: Literal["report_manual_work"] = "report_manual_work"
    effect_id: Reference
    """Of those that the case lists under ``hands``; of what was not done after all, one that was reported as done."""
    result: Literal["done", "impossible", "not_done"]
    reference: SealedNumber | None = None
    """Of money that was paid by hand: by which number the payment is found (the bank's, the provider's). For the team."""
    done_at: Instant | None = None
    """When it was done, where that is not now: wanted of what was agreed on and is in question again."""
    text: SealedText | None = None
    """How it was done, why it cannot be, or how the mistake came about; the last two have to be said. For the team."""

    @model_validator(mode="after")
    def _says_why_not(self) -> Self:
        if self.result == "impossible" and self.text is None:
            raise PydanticCustomError("text_empty", "Say in 'text' why it cannot be done.")
        if self.result == "not_done" and self.text is None:
            raise PydanticCustomError("text_empty", "Say in 'text' how it came to be reported as done.")
        return self


class ManualWorkReported(Kept):
    """Somebody carried out by hand what no machine could, says that nobody can, or that it was said by mistake."""

    type: Literal["manual_work_reported"] = "manual_work_reported"
    effect_id: str
    result: Literal["done", "reversed", "impossible", "not_done"]
    reference: Annotated[Prose | str, NOBODYS_WORDS] | None = None
    done_at: Instant | None = None
    text: Prose | None = None

    @property
    def leaves(self) -> str:
        """How the effect stands after it: what was reported as done by mistake waits for somebody's hands again."""
        return "needs_hands" if self.result == "not_done" else self.result


class ReferenceMissing(Refusal):
    """Money was paid by hand, and nothing says by which number the payment is found."""

    code = "reference_missing"


class AgreementInQuestion(Refusal):
    """It was agreed on, and the agreement is in question again: nobody does it before that is decided."""

    code = "agreement_in_question"


ManualWorkCommand = ReportManualWork
ManualWorkFact = ManualWorkReported
