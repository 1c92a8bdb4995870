"""Commands about how a matter is looked into, and what it comes from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.base import Code, CommandBase, Instant, Kept, Reference
from domain.model.people import Superiors, line_above
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal

IDENTITY_STEP = "identity"
"""The step of a procedure that says that whoever asks is who they say they are: it is about one person, and goes with them."""

UNPROVEN = "identity_unproven"
"""The ground of a refusal because nobody could tell who asked."""


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


class StepTaken(Kept):
    """A step of the procedure, done or left out with a reason."""

    step: str
    how: Literal["done", "skipped"]
    by: str
    at: Instant
    evidence: tuple[str, ...] = ()
    manager: str | None = None
    above: Superiors = ()
    by_word: bool = False
    """That somebody is who they say they are rests on the word of whoever took the step, and on nothing in the file."""

    @property
    def superiors(self) -> frozenset[str]:
        """Everybody to whom whoever took it reports."""
        return line_above(self.manager, self.above)


class StepCompleted(Kept):
    type: Literal["step_completed"] = "step_completed"
    step: str
    evidence: tuple[str, ...] = ()
    reasons: Prose | None = None
    by_word: bool = False
    """Who somebody is was told by a word of the team alone: nothing of theirs shows it."""


class StepSkipped(Kept):
    type: Literal["step_skipped"] = "step_skipped"
    step: str
    reasons: Prose


class RootCauseNamed(Kept):
    type: Literal["root_cause_named"] = "root_cause_named"
    cause: str
    insight: Prose | None = None


ProcedureFact = StepCompleted | StepSkipped | RootCauseNamed


class StepUnknown(Refusal):
    """The procedure of this kind has no such step."""

    code = "step_unknown"


class ProcedureIncomplete(Refusal):
    """Steps of the procedure are neither done nor left out with a reason; ``missing`` names them."""

    code = "procedure_incomplete"


class EvidenceUnknown(Refusal):
    """The case has no evidence with this id."""

    code = "evidence_unknown"


class IdentityUnshown(Refusal):
    """That somebody is who they say they are rests on something: a proof in the file, or a word of how it was checked."""

    code = "identity_unshown"


class IdentityNotAsked(Refusal):
    """Nobody has to show who they are who asks for this: neither is it asked of them, nor refused for want of it."""

    code = "identity_not_asked"


class RootCauseUnknown(Refusal):
    """The pack does not know this root cause."""

    code = "root_cause_unknown"


class RootCauseMissing(Refusal):
    """The pack wants the root cause named before anybody rules."""

    code = "root_cause_missing"
