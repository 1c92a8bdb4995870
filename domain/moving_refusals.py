"""Why a case that runs elsewhere cannot move in as it stands."""

from __future__ import annotations

from domain.model.refusals import Refusal


class HistoryIncomplete(Refusal):
    """The past lacks something that its phase needs (an appeal without a ruling, a closed case without an outcome)."""

    code = "history_incomplete"


class HistoryImpossible(Refusal):
    """The past cannot have been so: its instants are out of order or ahead, or the kind has no such phase."""

    code = "history_impossible"


class PhaseOverdue(Refusal):
    """A clock that moves the case on by itself ran out before the move: the case stands elsewhere by now."""

    code = "phase_overdue"
