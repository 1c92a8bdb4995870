"""Why nobody may rule yet, and why a step or a root cause was not taken."""

from __future__ import annotations

from domain.model.refusals import Refusal


class StepUnknown(Refusal):
    """The procedure of this kind has no such step."""

    code = "step_unknown"


class ProcedureIncomplete(Refusal):
    """Steps of the procedure are neither done nor left out with a reason; ``missing`` names them."""

    code = "procedure_incomplete"


class EvidenceUnknown(Refusal):
    """The case has no evidence with this id."""

    code = "evidence_unknown"


class RootCauseUnknown(Refusal):
    """The pack does not know this root cause."""

    code = "root_cause_unknown"


class RootCauseMissing(Refusal):
    """The pack wants the root cause named before anybody rules."""

    code = "root_cause_missing"
