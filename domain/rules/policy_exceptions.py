"""Departures from the pack in one case: limited by the pack, granted by a second person, counted over a month.

What was granted is relied on by the rules that it is about (:mod:`domain.rules.departures`), and by none after its time. Why it
was granted is the team's alone, and so is that it was, unless the pack says otherwise.
"""

from __future__ import annotations

from datetime import datetime

from domain.base import CommandBase, Money, derived_id
from domain.model import facts as f
from domain.model.case import Case
from domain.model.clocks import Extend
from domain.model.people import Actor
from domain.model.policy_exceptions import (
    AskException,
    ExceptionAsked,
    ExceptionGranted,
    ExceptionNotAllowed,
    ExceptionPending,
    ExceptionRefused,
    ExceptionsGranted,
    ExceptionsUsedUp,
    ExceptionTerms,
    ExceptionUnknown,
    GrantException,
    PolicyException,
    RefuseException,
)
from domain.model.refusals import OwnCase, Refusal
from domain.rules.audiences import Audience
from domain.rules.clocks import extend
from domain.rules.fairness import another_credential
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import Known, NoticeData, Topic, inside

BY_EXCEPTION = "policy_exception"
"""Why a clock got more time."""


def _ask(case: Case, command: AskException, context: DecisionContext, at: datetime) -> Facts:
    row = _row(case, command)
    _check_far(row, command, at)
    if row.of == "limit":
        _later(case, row, command, command.until, context.model_copy(update={"actor": None}), at)
    if any(_same(one, command) and one.state == "asked" for one in case.exceptions):
        raise ExceptionPending("The same waits for a second person's word already.", of=command.of, name=command.name)
    if row.of != "limit" and any(_same(one, command) and one.state == "granted" for one in case.exceptions):
        raise ExceptionPending("The same was granted and holds.", of=command.of, name=command.name)
    _number(case, row, context, at)
    said = {name: getattr(command, name) for name in ("of", "name", "until", "amount", "reasons")}
    return (ExceptionAsked(exception_id=derived_id("exc", command.id), **said),)


def _row(case: Case, command: AskException) -> ExceptionTerms:
    """What the pack says of such a departure. Raises ``exception_not_allowed``."""
    allowed = [f"{one.of}:{one.name}" for one in case.terms.exceptions]
    named = [one for one in case.terms.exceptions if (one.of, one.name) == (command.of, command.name)]
    if not named:
        detail = f"A {case.kind} may not depart from its pack by {command.of} '{command.name}'."
        raise ExceptionNotAllowed(detail, allowed=allowed, because="not_in_pack")
    if (command.of == "amount") is not (command.amount is not None):
        asked = command.of == "amount"
        detail = "Say how much more (`amount`)." if asked else "`amount` goes with an exception of an amount alone."
        raise ExceptionNotAllowed(detail, because="amount")
    money = command.amount
    if money is None:
        return named[0]
    row = next((one for one in named if one.currency == money.currency), None)
    if row is None or row.up_to is None or not 0 < money.amount <= row.up_to:
        most = [f"{one.up_to} {one.currency}" for one in named]
        detail = f"At most {', '.join(most)} (in minor units) beyond what was paid."
        raise ExceptionNotAllowed(detail, because="too_much", allowed=most)
    return row


def _check_far(row: ExceptionTerms, command: AskException, at: datetime) -> None:
    if command.until <= at:
        raise ExceptionNotAllowed("It would be over already.", because="over")
    if row.of != "limit" and command.until > at + row.lasts:
        most = (at + row.lasts).isoformat()
        raise ExceptionNotAllowed(f"It may be relied on until {most} at most.", because="too_long", until=most)


def _later(
    case: Case, row: ExceptionTerms, command: CommandBase, to: datetime, context: DecisionContext, at: datetime
) -> f.ClockExtended:
    """The clock runs out at ``to``: never a limit of the law, and no later than the pack lets it."""
    said = {"id": command.id, "by": command.by, "channel": command.channel, "reason": BY_EXCEPTION}
    (extended,) = extend(case, Extend(clock=row.name, to=to, **said), context, at)
    assert isinstance(extended, f.ClockExtended)
    if extended.from_at is not None and to > extended.from_at + row.lasts:
        most = (extended.from_at + row.lasts).isoformat()
        raise ExceptionNotAllowed(f"At most until {most}.", because="too_long", until=most)
    return extended


def _same(one: PolicyException, command: AskException) -> bool:
    return (one.of, one.name) == (command.of, command.name)


def _number(case: Case, row: ExceptionTerms, context: DecisionContext, at: datetime) -> int:
    """The how many-th it would be in this month. Raises ``exceptions_used_up``."""
    counted: tuple[ExceptionsGranted, ...] = context.exceptions or ()
    elsewhere = sum(one.number for one in counted if (one.of, one.name) == (row.of, row.name))
    here = (one.granted_at for one in case.exceptions if (one.of, one.name) == (row.of, row.name))
    granted = elsewhere + sum(then is not None and (then.year, then.month) == (at.year, at.month) for then in here)
    if granted >= row.per_month:
        detail = f"{granted} of these were granted this month, and the pack allows {row.per_month}: keep to it, or change it."
        raise ExceptionsUsedUp(detail, of=row.of, name=row.name, per_month=row.per_month)
    return granted + 1


def _grant(case: Case, command: GrantException, context: DecisionContext, at: datetime) -> Facts:
    """The second person agrees. Judged anew: what was asked may be too late or used up by now."""
    one = _waiting(case, command.exception_id, context.known())
    another_credential(one.asked_with, context)
    if one.until <= at:
        raise ExceptionNotAllowed("Its time is over; refuse it, or have it asked for anew.", because="over")
    rows = (row for row in case.terms.exceptions if (row.of, row.name) == (one.of, one.name))
    money = one.amount.currency if one.amount is not None else None
    row = next((row for row in rows if row.currency == money), None)
    if row is None:
        raise ExceptionNotAllowed("The pack of the case does not allow it any more.", because="not_in_pack", allowed=[])
    said = {name: getattr(one, name) for name in ("of", "name", "until", "amount")}
    granted = ExceptionGranted(exception_id=one.id, number=_number(case, row, context, at), **said)
    if one.of != "limit":
        return (granted,)
    return (granted, _later(case, row, command, one.until, context, at))


def _refuse(case: Case, command: RefuseException, context: DecisionContext, at: datetime) -> Facts:
    one = _waiting(case, command.exception_id, context.known())
    return (ExceptionRefused(exception_id=one.id, reasons=command.reasons),)


def _waiting(case: Case, exception_id: str | None, second: Actor) -> PolicyException:
    waiting = [one for one in case.exceptions if one.state == "asked" and exception_id in (None, one.id)]
    if not waiting:
        raise ExceptionUnknown("No such exception waits for a second person.", exception=exception_id)
    found = next((one for one in waiting if not _own(one, second)), None)
    if found is None:
        raise _their_own(waiting[0])
    return found


def _own(one: PolicyException, second: Actor) -> bool:
    """Whether somebody asked for it, or reports to who did: whoever asked could make them say yes."""
    return one.asked_by in {second.id, *second.superiors}


def _their_own(one: PolicyException) -> OwnCase:
    said = "You asked for it, or report to who did: another lead has to decide."
    return OwnCase(said, because="asked_for_it", exception=one.id)


def _refusal_of_asking(case: Case, actor: Actor) -> Refusal | None:
    if case.terms.exceptions:
        return None
    return ExceptionNotAllowed("The pack of this kind allows no exceptions.", allowed=[], because="not_in_pack")


def _refusal_of_second_word(case: Case, actor: Actor) -> Refusal | None:
    waiting = [one for one in case.exceptions if one.state == "asked"]
    if not waiting:
        return ExceptionUnknown("No exception waits for a second person.")
    return _their_own(waiting[0]) if all(_own(one, actor) for one in waiting) else None


def _asked(case: Case, rec: f.Recording, fact: ExceptionAsked) -> Change:
    said = {name: getattr(fact, name) for name in ("of", "name", "until", "amount")}
    by = {"asked_by": rec.actor.id, "asked_with": rec.credential}
    return {"exceptions": (*case.exceptions, PolicyException(id=fact.exception_id, **said, **by))}


def _granted(case: Case, rec: f.Recording, fact: ExceptionGranted) -> Change:
    return _became(case, fact.exception_id, state="granted", granted_by=rec.actor.id, granted_at=rec.at)


def _refused(case: Case, rec: f.Recording, fact: ExceptionRefused) -> Change:
    return _became(case, fact.exception_id, state="refused")


def _became(case: Case, exception_id: str, **change: object) -> Change:
    return {"exceptions": tuple(one.model_copy(update=change) if one.id == exception_id else one for one in case.exceptions)}


def _told(case: Case, fact: ExceptionGranted, audience: Audience) -> bool:
    return any(row.told for row in case.terms.exceptions if (row.of, row.name) == (fact.of, fact.name))


def _said(case: Case, fact: ExceptionAsked | ExceptionGranted, audience: Audience) -> NoticeData:
    money: Money | None = fact.amount
    said = {"of": fact.of, "name": fact.name, "until": fact.until.isoformat()}
    amount = {"amount": money.model_dump()} if money is not None else {}
    return NoticeData({"exception": {**said, **amount}}, {"reasons": fact.reasons} if isinstance(fact, ExceptionAsked) else {})


TOPIC = Topic(
    rules={"ask_exception": _ask, "grant_exception": _grant, "refuse_exception": _refuse},
    changes={"exception_asked": _asked, "exception_granted": _granted, "exception_refused": _refused},
    refuses={
        "ask_exception": _refusal_of_asking,
        "grant_exception": _refusal_of_second_word,
        "refuse_exception": _refusal_of_second_word,
    },
    known_to={
        "exception_asked": inside("Nothing has changed; what the desk considers is the desk's."),
        "exception_granted": Known(_told, "nothing", "The pack says whether the sides learn of it; the team always does."),
        "exception_refused": inside("Nothing has changed; what the desk considers is the desk's."),
    },
    said={
        "exception_asked": _said,
        "exception_granted": _said,
        "exception_refused": lambda case, fact, audience: NoticeData(texts={"reasons": fact.reasons}),
    },
)
