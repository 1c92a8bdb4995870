"""Commands about how a matter is looked into, and what it comes from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.base import Code, CommandBase, Reference
from domain.model.prose import SealedText


class CompleteStep(CommandBase):
    """One or several steps of the pack's procedure are done."""

    type: Literal["complete_step"] = "complete_step"
    step: Code | None = None
    steps: Annotated[tuple[Code, ...], Field(max_length=20)] = ()
    """Several at once, shown by the same evidence."""
    evidence: Annotated[tuple[Reference, ...], Field(max_length=20)] = ()
    """Evidence of this case that shows it."""
    reasons: SealedText | None = None

    @model_validator(mode="after")
    def _names_one(self) -> CompleteStep:
        if not self.named:
            raise PydanticCustomError("step_missing", "Name a step (`step`), or several (`steps`).")
        return self

    @property
    def named(self) -> tuple[Code, ...]:
        """Every step that it names, each once."""
        return tuple(dict.fromkeys((*((self.step,) if self.step else ()), *self.steps)))


class SkipStep(CommandBase):
    """A step of the procedure is left out, with the reason."""

    type: Literal["skip_step"] = "skip_step"
    step: Code
    reasons: SealedText


class NameRootCause(CommandBase):
    """Say where the matter comes from, so that the next one can be prevented; a new one takes the place of the last."""

    type: Literal["name_root_cause"] = "name_root_cause"
    cause: Code
    insight: SealedText | None = None
    """What could be learnt from it, in a sentence or two; never shown to a party."""


ProcedureCommand = CompleteStep | SkipStep | NameRootCause
