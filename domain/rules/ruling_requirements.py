"""What a ruling must say beside outcome, reasons and remedies: what the pack asks for, and nothing that it does not know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, get_args

from domain.base import derived_id
from domain.dsa.statement import gaps
from domain.model import ruling as c
from domain.model.case import Case
from domain.model.remedy import Remedy
from domain.model.ruling import (
    ComplaintRouteUnknown,
    ConditionUnknown,
    LessThanAsked,
    RulingIncomplete,
    StatementIncomplete,
)
from domain.model.terms import StatementTerms
from domain.rules import interim
from domain.rules.prior_decision import first_instance
from domain.rules.rights import won_with_less

_LITTLE = 2
"""A winner who gets less than half has not won as the letter says: a slip of the pen more often than a ruling."""


def check(case: Case, command: c.Rule | c.DecideAppeal, decision: str, outcome: str, sanction: str | None = None) -> None:
    """Refuses a ruling that leaves out what its outcome needs, or names what the pack does not know."""
    terms = case.terms
    unknown = [condition for condition in command.conditions if condition not in terms.conditions]
    if unknown:
        allowed = list(terms.conditions)
        raise ConditionUnknown(f"The pack knows these conditions: {_named(allowed)}.", conditions=unknown, allowed=allowed)
    check_route(case, command, outcome)
    _check_statement(case, command, decision, outcome, sanction)
    missing = [need for need in _needs(case, decision, outcome) if not getattr(command, need)]
    if missing:
        raise RulingIncomplete(f"'{outcome}' needs: {', '.join(missing)}.", outcome=outcome, missing=missing)


def check_route(case: Case, command: c.Rule | c.DecideAppeal, outcome: str) -> None:
    """Refuses a way to complain that the pack does not know, or that is not all that the law of the request wants told."""
    terms, route = case.terms, command.complaint_route
    if route is not None and route not in terms.complaint_routes:
        allowed = list(terms.complaint_routes)
        raise ComplaintRouteUnknown(f"The pack knows these routes: {_named(allowed)}.", complaint_route=route, allowed=allowed)
    enough = list(terms.routes_for(case.category))
    if route is not None and route not in enough:
        detail = f"The law of this request wants the whole way of complaint told: {_named(enough)}."
        raise RulingIncomplete(detail, outcome=outcome, missing=["complaint_route"], allowed=enough)


def check_amount(case: Case, command: c.Rule | c.DecideAppeal, outcome: str) -> None:
    """Refuses a ruling by which the claimant wins and gets less than half of what is in question, unless it says why: a slip
    of the pen is not told to both sides as a victory."""
    short = won_with_less(case, outcome, command.remedies)
    # What gives something else in its place, or money of another currency, is no slip of the pen.
    if short is None or command.less_because is not None or (short[0].amount == 0 and command.remedies):
        return
    given, most = short
    if _LITTLE * given.amount >= most.amount:
        return
    raise LessThanAsked(
        f"It gives {given.amount} {given.currency} (in minor units) of the {most.amount} {most.currency} (in minor units) in "
        f"question, and its letter says that the claimant won: look at the amount once more, or say why it is less.",
        outcome=outcome,
        given=given.model_dump(),
        asked=most.model_dump(),
        allowed=list(get_args(c.Shortfall)),
    )


def _needs(case: Case, decision: str, outcome: str) -> tuple[str, ...]:
    """What it must say: as its outcome wants, unless it only leaves things as they are, and on appeal what every decision says
    (Regulation (EU) 2022/2065, article 20(5)); so does the first decision about a notice (article 16(5)).
    """
    terms = case.terms
    known = terms.outcome(outcome) if decision not in ("uphold", "remit") else None
    told = decision in ("uphold", "overturn", "vary") or (decision == "rule" and first_instance(case))
    on_appeal = terms.appeal_needs if told else ()
    return tuple(dict.fromkeys((*(known.needs if known is not None else ()), *on_appeal)))


def _check_statement(case: Case, command: c.Rule | c.DecideAppeal, decision: str, outcome: str, sanction: str | None) -> None:
    """A ruling that restricts says why, in each field that the law asks for; one that changes nothing need not."""
    terms = case.terms.statement
    decided = decision in ("rule", "overturn", "vary")
    needed = terms is not None and (_restricts(terms, command, outcome, sanction) if decided else sanction in terms.sanctions)
    if not needed and command.statement is None:
        return
    found = gaps(command.statement, derived_id("rul", command.id), terms.redress if terms else ())
    if found:
        named = ", ".join(fault.field for fault in found)
        errors = [{"field": fault.field, "code": fault.code, "message": fault.words} for fault in found]
        detail = f"The statement of reasons is not complete: {named}."
        raise StatementIncomplete(detail, missing=[fault.field for fault in found], errors=errors)


def _restricts(terms: StatementTerms, command: c.Rule | c.DecideAppeal, outcome: str, sanction: str | None) -> bool:
    """Whether a ruling restricts somebody as article 17(1) means it: by its outcome, a ban, or what it takes."""
    remedies = {remedy.type for remedy in command.remedies}
    return outcome in terms.outcomes or sanction in terms.sanctions or not remedies.isdisjoint(terms.remedies)


def said(case: Case, command: c.Rule | c.DecideAppeal, outcome: str, remedies: Iterable[Remedy], at: datetime) -> dict[str, Any]:
    """What the draft says of it, as its fact has it. A reply goes to those who appealed, else to whoever asked."""
    told = {name: getattr(command, name) for name in ("conditions", "complaint_route", "reply", "statement", "label_paid_by")}
    relied = {"relies_on": command.relies_on} if command.relies_on is not None else {}
    stays = interim.to_stay(case, command, at)
    less = {"less_because": command.less_because} if command.less_because and won_with_less(case, outcome, remedies) else {}
    return (
        {name: value for name, value in told.items() if value}
        | relied
        | less
        | ({"stays": stays, "until": command.until} if stays else {})
    )


def _named(allowed: list[str]) -> str:
    return ", ".join(allowed) or "none"
