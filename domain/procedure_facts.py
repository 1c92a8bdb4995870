"""Facts about how a matter was looked into, and what it comes from."""

from __future__ import annotations

from typing import Literal

from domain.base import Kept
from domain.model.prose import Prose


class StepCompleted(Kept):
    type: Literal["step_completed"] = "step_completed"
    step: str
    evidence: tuple[str, ...] = ()
    reasons: Prose | None = None


class StepSkipped(Kept):
    type: Literal["step_skipped"] = "step_skipped"
    step: str
    reasons: Prose


class RootCauseNamed(Kept):
    type: Literal["root_cause_named"] = "root_cause_named"
    cause: str
    insight: Prose | None = None


ProcedureFact = StepCompleted | StepSkipped | RootCauseNamed
