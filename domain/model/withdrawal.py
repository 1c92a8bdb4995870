"""Taking a report back where others are protected by it: the request, and what becomes of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.base import CommandBase, Instant, Kept, Reference, Side
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal


class NamesMeasures(CommandBase):
    """What ends a case without a ruling and says of each interim measure in force, and of what an earlier ruling left where the
    matter is decided afresh, whether it ends, or stays."""

    ends: tuple[Reference, ...] = Field(default=(), max_length=50)
    """What ends now, by id (of the measure; of the effect of a ruling) or by what it is called (``suspend``)."""
    stays: tuple[Reference, ...] = Field(default=(), max_length=50)
    """What stays in force although the case is closed: an interim measure until ``until``, what a ruling ordered as ordered."""
    until: Instant | None = None
    """At least a day ahead, and at most ninety."""


class AcceptWithdrawal(NamesMeasures):
    """Let a report, or an appeal, be taken back: the case ends as withdrawn, or the ruling stands that was appealed. Each interim
    measure in force is named, and ends or stays.

    Of one of several who reported it only their own part ends: the case goes on for the others, with every measure.
    """

    type: Literal["accept_withdrawal"] = "accept_withdrawal"
    reasons: SealedText | None = None
    """What whoever took it back is told."""
    seen: tuple[Reference, ...] = Field(default=(), max_length=50)
    """What they, or whoever they speak for, have said since they asked for it (``not_seen`` names it): that it was read."""


class ContinueOfOffice(CommandBase):
    """Go on with a report, or an appeal, that somebody wants to take back: from now on the platform is the claimant.

    The appeal of a respondent stays theirs, and is decided.
    """

    type: Literal["continue_of_office"] = "continue_of_office"
    reasons: SealedText
    """What whoever reported it is told."""


WithdrawalCommand = AcceptWithdrawal | ContinueOfOffice


class WithdrawalRequested(Kept):
    """The claimant wants to take the report back; the case stays where it is until somebody of the team has answered."""

    type: Literal["withdrawal_requested"] = "withdrawal_requested"
    request_id: str
    party: str | None = None
    """Whose part it is, where several reported it; None: the whole report."""
    appeal: Side | None = None
    """The side that would take its appeal back; None: it is about the report."""


class WithdrawalExplained(Kept):
    """What was written with such a request: for the team, not for others on the reporter's own side, who may press them."""

    type: Literal["withdrawal_explained"] = "withdrawal_explained"
    request_id: str
    reasons: Prose


class WithdrawalAccepted(Kept):
    """Somebody of the team has looked at it: the report is taken back, and the facts beside this one say what ends."""

    type: Literal["withdrawal_accepted"] = "withdrawal_accepted"
    request_id: str
    reasons: Prose | None = None
    party: str | None = None
    """Whose part alone was taken back."""
    appeal: Side | None = None
    """Whose appeal was taken back, and not the report."""


class ContinuedOfOffice(Kept):
    """The case goes on of office: the platform is the claimant, and whoever reported it owes nothing any more.

    Of one of several it goes on with the others as claimants, and what the one reported stays reported.
    """

    type: Literal["continued_of_office"] = "continued_of_office"
    request_id: str
    reasons: Prose
    party: str | None = None
    """Who of several owes nothing any more."""
    appeal: Side | None = None
    """Whose appeal goes on. That of a respondent stays theirs; in the place of a claimant it is the platform's."""


class WithdrawalOvertaken(Kept):
    """The matter was decided, or the case ended, before anybody had answered; or the one who wanted it wants it no more
    (``revoked``), or is no party any more (``left``); or the ruling was set aside whose appeal it was about (``annulled``)."""

    type: Literal["withdrawal_overtaken"] = "withdrawal_overtaken"
    request_id: str
    because: Literal["ruled", "closed", "revoked", "left", "annulled"]
    appeal: Side | None = None
    """The side that wanted to take its appeal back."""
    party: str | None = None
    """Whose part it was, where several reported it."""


class InterimKept(Kept):
    """Measures outlive the case that is taken back, until an instant, and then end by themselves."""

    type: Literal["interim_kept"] = "interim_kept"
    measure_ids: tuple[str, ...]
    until: Instant


WithdrawalFact = (
    WithdrawalRequested | WithdrawalExplained | WithdrawalAccepted | ContinuedOfOffice | WithdrawalOvertaken | InterimKept
)


class OpenWithdrawal(Kept):
    """A request to take the report back that nobody has answered."""

    id: str
    by: str
    """The party who asked."""
    at: Instant
    reasons: Prose | None = None
    """For the team alone."""
    party: str | None = None
    """Whose part it is, where several reported it."""
    appeal: Side | None = None
    """The side that would take its appeal back; None: it is about the report."""
    said: tuple[str, ...] = ()
    """What they, or whoever they speak for, have said since: evidence by its id, ``message:`` and the number of the fact."""

    @property
    def side(self) -> Side:
        """The side of whoever asked."""
        return self.appeal or Side.CLAIMANT


class WithdrawalPending(Refusal):
    """The report is asked back, and the team has not answered yet: it is not asked again, and nothing is settled meanwhile."""

    code = "withdrawal_pending"


class NoWithdrawal(Refusal):
    """Nobody wants to take this report back."""

    code = "no_withdrawal"


class NotWithdrawable(Refusal):
    """Reports of this kind cannot be taken back."""

    code = "not_withdrawable"


class OfOffice(Refusal):
    """The case goes on of office: the platform is the claimant now, and whoever reported it owes nothing."""

    code = "of_office"


class MeasuresUnnamed(Refusal):
    """Measures are in force, and nobody has said of each what becomes of it: it ends, or stays and until when."""

    code = "measures_unnamed"


class OthersReported(Refusal):
    """Others have reported the same matter: it does not end because one of them takes the report back."""

    code = "others_reported"


class NotSeen(Refusal):
    """Something was said or handed in since that whoever decides now has to read first; ``since`` names it."""

    code = "not_seen"
