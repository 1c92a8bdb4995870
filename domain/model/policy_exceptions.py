"""A departure from the pack in one case: asked for by whoever has it, granted by another, counted, and over when its time is."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.base import Code, CommandBase, Compact, Currency, Instant, Kept, Money, Reference
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal

Departure = Literal["step", "limit", "amount"]
"""``step``: a step of the procedure is not needed. ``limit``: a clock of the desk runs on until a later instant. ``amount``: a
ruling gives so much more of a remedy than was paid."""


class ExceptionTerms(Compact):
    """One departure that a kind allows, and how often."""

    of: Departure
    name: Code
    """The step, the clock or the remedy."""
    per_month: Annotated[int, Field(ge=1, le=1000)]
    """At most so many are granted in a calendar month (UTC), over all cases of the kind."""
    lasts: timedelta = timedelta(days=30)
    """At most so far ahead it may be relied on; of a limit: at most so much later the clock runs out."""
    up_to: Annotated[int | None, Field(ge=1)] = None
    """Of an amount: at most so much beyond what was paid, in minor units."""
    currency: Currency | None = None
    """The currency of ``up_to``."""
    told: bool = False
    """Both sides and the platform learn that it was granted, and what; left out: nobody outside does."""


class AskException(CommandBase):
    """Ask that the pack be departed from in this case. Nothing changes before a second person agrees."""

    type: Literal["ask_exception"] = "ask_exception"
    of: Departure
    name: Code
    """The step, the clock or the remedy, as the pack's ``exceptions`` name it."""
    until: Instant
    """Until when it may be relied on; of a limit: when the clock is to run out."""
    amount: Money | None = None
    """Of an amount: how much more than was paid."""
    reasons: SealedText
    """Why this case needs it. The team alone reads it."""


class GrantException(CommandBase):
    """Second person: the pack is departed from in this case, as asked."""

    type: Literal["grant_exception"] = "grant_exception"
    exception_id: Reference | None = None
    """Left out: the oldest that waits."""


class RefuseException(CommandBase):
    """Second person: the pack holds, with reasons."""

    type: Literal["refuse_exception"] = "refuse_exception"
    exception_id: Reference | None = None
    reasons: SealedText


ExceptionCommand = AskException | GrantException | RefuseException


class ExceptionAsked(Kept):
    """Somebody who has the case wants the pack to be departed from."""

    type: Literal["exception_asked"] = "exception_asked"
    exception_id: str
    of: Departure
    name: str
    until: Instant
    amount: Money | None = None
    reasons: Prose


class ExceptionGranted(Kept):
    """The pack is departed from in this case until its time is over."""

    type: Literal["exception_granted"] = "exception_granted"
    exception_id: str
    of: Departure
    name: str
    until: Instant
    amount: Money | None = None
    number: int
    """The how many-th of its sort it is in this month."""


class ExceptionRefused(Kept):
    """The pack holds."""

    type: Literal["exception_refused"] = "exception_refused"
    exception_id: str
    reasons: Prose


ExceptionFact = ExceptionAsked | ExceptionGranted | ExceptionRefused


class ExceptionView(Kept):
    """A departure from the pack as the team sees it beside the case; the reasons stand in the timeline."""

    id: str
    of: Departure
    name: str
    until: Instant
    amount: Money | None = None
    state: Literal["asked", "granted", "refused", "over"] = "asked"
    """``over``: granted, and its time has passed."""
    asked_by: str
    granted_by: str | None = None
    granted_at: Instant | None = None


class PolicyException(ExceptionView):
    """A departure from the pack: what was asked, by whom, and what became of it."""

    asked_with: str | None = None
    """The credential by which it was asked for."""


class ExceptionsGranted(Kept):
    """How many of one sort were granted this month in other cases of the kind."""

    of: Departure
    name: str
    number: int


class ExceptionNotAllowed(Refusal):
    """The pack does not allow this departure, or not so far."""

    code = "exception_not_allowed"


class ExceptionsUsedUp(Refusal):
    """As many of this sort as the pack allows in a month were granted."""

    code = "exceptions_used_up"


class ExceptionUnknown(Refusal):
    """No such exception waits for a second person."""

    code = "exception_unknown"


class ExceptionPending(Refusal):
    """The same was asked for already, or holds."""

    code = "exception_pending"
