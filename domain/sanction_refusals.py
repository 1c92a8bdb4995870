"""Why a sanction was not accepted, or a ruling came too early for one."""

from __future__ import annotations

from domain.model.refusals import Refusal


class SanctionNotAllowed(Refusal):
    """The outcome, the clause or the parties leave no room for this sanction."""

    code = "sanction_not_allowed"


class SanctionReasonsMissing(Refusal):
    """Above or below the ladder only with a reason of the pack and the reasons in words."""

    code = "sanction_reasons_missing"


class NotHeard(Refusal):
    """Nobody loses by a ruling before they were asked and answered, or let their time go by."""

    code = "not_heard"
