"""Goods that go back before the money does: sent by one side, taken in by the other, with a stated default for silence.

Nobody of the team decides while one of the sides still has time: to send them, or to say whether they are there. What an
objection says is answered before somebody loses by it, whatever the decision names (Directive 2013/11/EU, article 9(1)).
Whoever speaks for a side by the word of one neither sends them, nor takes them in, nor objects.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.base import Money, Outcome, Phase, Side, derived_id
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.people import Actor
from domain.model.prose import Prose
from domain.model.refusals import OwnCase, Refusal
from domain.model.ruling import RemedyNotAllowed
from domain.model.settlement import NoReturn, Returning, ReturnUnderWay
from domain.model.terms import Payer
from domain.rules import appointment_times, complaints, last_word, money, parties, under_age
from domain.rules.audiences import Audience
from domain.rules.remedy import remedy_data
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import NoticeData, Topic, everybody

Because = Any
_NOT_KEPT = f.CaseClosed(outcome=Outcome.EXPIRED, reason="not_returned")


def split(remedies: tuple[c.Remedy, ...], goods_back: bool) -> tuple[tuple[c.Remedy, ...], tuple[c.Remedy, ...]]:
    """What is carried out at once, and what waits for the goods. Goods that are back are not asked for again."""
    now = tuple(plain(r) for r in remedies if goods_back or not r.after_return)
    return now, () if goods_back else tuple(plain(r) for r in remedies if r.after_return)


def plain(remedy: c.Remedy) -> c.Remedy:
    """The remedy itself, without the condition under which it was promised."""
    return remedy.model_copy(update={"after_return": False}) if remedy.after_return else remedy


def awaited(because: str, remedies: tuple[c.Remedy, ...], label_paid_by: Payer | None = None) -> f.ReturnAwaited:
    """The claimant has the goods, so it is the claimant who sends them. Offer or ruling ask for them once."""
    return f.ReturnAwaited(
        return_id=derived_id("rtn", because), of=Side.CLAIMANT, because=because, remedies=remedies, label_paid_by=label_paid_by
    )


def after_ruling(case: Case, ruling_id: str, later: tuple[c.Remedy, ...], label_paid_by: Payer | None = None) -> Facts:
    """What a ruling means for the goods: asked for, promised something else for, or not asked for any more."""
    under_way = case.returning
    if under_way is None:
        return (awaited(ruling_id, later, label_paid_by),) if later else ()
    if not later:
        return (f.ReturnEnded(return_id=under_way.id, received=False, because="overtaken"),)
    if later == under_way.remedies:
        return ()
    return (f.ReturnChanged(return_id=under_way.id, because=ruling_id, remedies=later),)


def window_over(case: Case) -> Facts:
    """Nobody has appealed in time: the case is closed, unless it waits for goods."""
    if case.returning is not None:
        lapse = not complaints.last(case) and any(right.allowed for right in case.rights)
        return (f.RightsLapsed(),) if lapse else ()
    return (f.CaseClosed(outcome=Outcome.RULED if case.rulings else Outcome.EXPIRED, reason="deadline"),)


def ship(case: Case, command: c.ShipReturn, context: DecisionContext, at: datetime) -> Facts:
    """The goods are on their way; the other side's time begins."""
    under_way = _under_way(case)
    return (f.ReturnShipped(return_id=under_way.id, carrier=command.carrier, tracking=command.tracking),)


def confirm(case: Case, command: c.ConfirmReturn, context: DecisionContext, at: datetime) -> Facts:
    """The goods are back, also where nobody said before that they were sent. Of several each says so for themselves, or lets the
    time to object go by: with the word of one it begins."""
    under_way = _under_way(case)
    waiting = parties.others_wanted(case, context, f"return:{under_way.id}", (under_way.of.other,))
    if waiting:
        sent = (f.ReturnShipped(return_id=under_way.id),) if under_way.state == "awaited" else ()
        return (*waiting, *sent)
    return _ended(case, command.id, "confirmed", received=True)


def contest(case: Case, command: c.ContestReturn, context: DecisionContext, at: datetime) -> Facts:
    """The receiving side objects: from here on a person decides, and no clock does."""
    under_way = _under_way(case)
    return (f.ReturnContested(return_id=under_way.id, reasons=command.reasons),)


def decide_return(case: Case, command: c.DecideReturn, context: DecisionContext, at: datetime) -> Facts:
    """Somebody who may judge the case says whether the goods count as back."""
    if command.amount is not None and not command.received:
        raise RemedyNotAllowed("Nothing is paid for goods that are not back: leave the amount out.", because="not_received")
    # Whoever sent them back loses what they are not worth any more, or all of it; else whoever said that they are not there.
    loser = Side.CLAIMANT if not command.received or command.amount is not None else Side.RESPONDENT
    under_way = _under_way(case)
    last_word.check(case, [loser], _named(case, under_way, loser, command.relies_on), at)
    if command.received and (why := money.payee_why(case, under_way.remedies, context.known())):
        raise OwnCase("Who gets it is there by you, or by somebody of your line: somebody else decides.", because=why)
    found = _ended(case, command.id, "decided", received=command.received, reasons=command.reasons, amount=command.amount)
    if command.relies_on is None:
        return found
    return tuple(x.model_copy(update={"relies_on": command.relies_on}) if isinstance(x, f.ReturnEnded) else x for x in found)


def _named(case: Case, under_way: Returning, loser: Side, named: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """What it rests on: whoever sent them loses by nothing but what was said since against what they have sent."""
    if named is None or loser is not under_way.of:
        return named
    since = under_way.shipped_at or under_way.asked_at
    return (*named, *(x.id for x in case.unanswered if x.against is loser and (x.shown_at is None or x.shown_at >= since)))


def by_default(case: Case, received: bool, command_id: str) -> Facts:
    """A side was silent until its time was over: the pack's stated default."""
    if case.returning is None:
        return ()
    return _ended(case, command_id, "not_confirmed" if received else "not_shipped", received=received)


def _under_way(case: Case) -> Returning:
    if case.returning is None:
        raise NoReturn("Nobody waits for goods in this case.")
    return case.returning


def _ended(
    case: Case, command_id: str, because: Because, *, received: bool, reasons: Prose | None = None, amount: Money | None = None
) -> Facts:
    under_way = _under_way(case)
    remedies = under_way.remedies if amount is None else money.inspected(under_way.remedies, amount)
    lowered = amount if remedies != under_way.remedies else None
    ended = f.ReturnEnded(return_id=under_way.id, received=received, because=because, reasons=reasons, amount=lowered)
    ordered = tuple(
        f.EffectOrdered(effect_id=derived_id("eff", command_id, str(number)), remedy=remedy, because=under_way.because)
        for number, remedy in enumerate(remedies if received else ())
    )
    return (ended, *ordered, *_afterwards(case, received))


def _afterwards(case: Case, received: bool) -> Facts:
    """A case that stayed open for the goods alone is closed."""
    if case.phase is Phase.SETTLEMENT:
        # An agreement that was not kept settles nothing.
        return (f.CaseClosed(outcome=Outcome.SETTLED) if received else _NOT_KEPT,)
    if case.phase is Phase.APPEALABLE and not any(right.allowed for right in case.rights):
        return (f.CaseClosed(outcome=Outcome.RULED),)
    return ()


def _return_awaited(case: Case, rec: f.Recording, fact: f.ReturnAwaited) -> Change:
    names = ("of", "because", "remedies", "label_paid_by")
    return {"returning": Returning(id=fact.return_id, asked_at=rec.at, **{name: getattr(fact, name) for name in names})}


def _returning(case: Case, **update: Any) -> Change:
    return {"returning": case.returning.model_copy(update=update)} if case.returning else {}


def _return_changed(case: Case, rec: f.Recording, fact: f.ReturnChanged) -> Change:
    return _returning(case, because=fact.because, remedies=fact.remedies)


def _return_shipped(case: Case, rec: f.Recording, fact: f.ReturnShipped) -> Change:
    return _returning(case, state="shipped", shipped_at=rec.at)


def _return_contested(case: Case, rec: f.Recording, fact: f.ReturnContested) -> Change:
    return _returning(case, state="contested")


def _return_ended(case: Case, rec: f.Recording, fact: f.ReturnEnded) -> Change:
    return {"returning": None, "goods_back": case.goods_back or fact.received}


def _rights_lapsed(case: Case, rec: f.Recording, fact: f.RightsLapsed) -> Change:
    gone = {"allowed": False, "because": "window_over"}
    return {"rights": tuple(r.model_copy(update=gone) if r.allowed else r for r in case.rights)}


def refusal_by_agreement(case: Case, actor: Actor) -> Refusal | None:
    """With goods on their way back the sides have settled, and what they agreed on binds them."""
    if case.returning is None:
        return None
    return ReturnUnderWay("The sides have settled, and the goods are going back.", state=case.returning.state)


def _refusal_of_shipping(case: Case, actor: Actor) -> Refusal | None:
    if case.returning is not None and case.returning.state != "awaited":
        return NoReturn("The goods were sent before.", state=case.returning.state)
    return _refusal_of_confirming(case, actor)


def _refusal_of_confirming(case: Case, actor: Actor) -> Refusal | None:
    if case.returning is None:
        return NoReturn("Nobody waits for goods in this case.")
    return under_age.refusal_of_unconfirmed(case, actor)


def _refusal_of_objection(case: Case, actor: Actor) -> Refusal | None:
    if case.returning is not None and case.returning.state != "shipped":
        return NoReturn("Only goods that were sent can be objected to, and only once.", state=case.returning.state)
    return _refusal_of_confirming(case, actor)


def _refusal_of_deciding(case: Case, actor: Actor) -> Refusal | None:
    if (heard_first := appointment_times.refusal_of_deciding(case)) is not None:
        return heard_first
    if case.returning is not None and case.returning.state != "contested":
        said = (
            "A side still has time to send them, or to say whether they are there, and silence counts as was said: decide what "
        )
        return NoReturn(said + "is objected to (contest_return).", state=case.returning.state)
    return _refusal_of_confirming(case, actor)


def _said_of_remedies(case: Case, fact: f.ReturnAwaited | f.ReturnChanged, audience: Audience) -> NoticeData:
    said: dict[str, Any] = {"remedies": [remedy_data(remedy) for remedy in fact.remedies]}
    if isinstance(fact, f.ReturnAwaited) and fact.label_paid_by is not None:
        said["label_paid_by"] = fact.label_paid_by
    return NoticeData(said)


def _said_of_end(case: Case, fact: f.ReturnEnded, audience: Audience) -> NoticeData:
    lowered = {"lowered_to": fact.amount.model_dump()} if fact.amount is not None else {}
    return NoticeData({"received": fact.received, "because": fact.because, **lowered}, {"reasons": fact.reasons})


_BETWEEN_THE_SIDES = everybody("It passes between the sides.", "nothing")

TOPIC = Topic(
    rules={"ship_return": ship, "confirm_return": confirm, "contest_return": contest, "decide_return": decide_return},
    changes={
        "return_awaited": _return_awaited,
        "return_changed": _return_changed,
        "return_shipped": _return_shipped,
        "return_contested": _return_contested,
        "return_ended": _return_ended,
        "rights_lapsed": _rights_lapsed,
    },
    refuses={
        "ship_return": _refusal_of_shipping,
        "confirm_return": _refusal_of_confirming,
        "contest_return": _refusal_of_objection,
        "decide_return": _refusal_of_deciding,
    },
    known_to={
        "return_awaited": _BETWEEN_THE_SIDES,
        "return_changed": _BETWEEN_THE_SIDES,
        "return_shipped": _BETWEEN_THE_SIDES,
        "return_contested": _BETWEEN_THE_SIDES,
        "return_ended": _BETWEEN_THE_SIDES,
        "rights_lapsed": everybody("Whose right to appeal is over concerns the sides; nobody else has one.", "nothing"),
    },
    said={
        "return_awaited": _said_of_remedies,
        "return_changed": _said_of_remedies,
        "return_shipped": lambda case, fact, audience: NoticeData({"carrier": fact.carrier}, {"text": fact.tracking}),
        "return_contested": lambda case, fact, audience: NoticeData(texts={"reasons": fact.reasons}),
        "return_ended": _said_of_end,
    },
)
