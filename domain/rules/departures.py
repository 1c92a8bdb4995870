"""What granted departures from the pack change for the rules that they are about, while their time lasts."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime

from domain.base import Phase
from domain.model.case import Case
from domain.model.people import Actor
from domain.model.policy_exceptions import PolicyException
from domain.model.procedure import IDENTITY_STEP
from domain.model.refusals import OwnCase
from domain.model.remedy import Remedy


def as_judged(case: Case, at: datetime) -> Case:
    """The case as it is judged at an instant: without what was granted and whose time is over."""
    if not any(_is_over(one, at) for one in case.exceptions):
        return case
    over = {"state": "over"}
    left = (one.model_copy(update=over) if _is_over(one, at) else one for one in case.exceptions)
    return case.model_copy(update={"exceptions": tuple(left)})


def _is_over(one: PolicyException, at: datetime) -> bool:
    return one.state == "granted" and one.until <= at


def steps_of(case: Case, also: Container[str] = ()) -> tuple[str, ...]:
    """The procedure of this case: that of its kind, without what its category goes without, unless it is among ``also``."""
    spared = case.terms.steps_without
    return tuple(step for step in case.terms.procedure if step in also or case.category not in spared.get(step, ()))


def asks_no_identity(case: Case) -> bool:
    """Whether the law has nobody show who they are who asks for this: 11 CCR 7060(b), of opting out and of limiting."""
    return case.category in case.terms.steps_without.get(IDENTITY_STEP, ())


def without(case: Case) -> frozenset[str]:
    """Steps of the procedure that are not needed in this case."""
    return frozenset(one.name for one in case.exceptions if one.of == "step" and one.state == "granted")


def beyond(case: Case, remedies: Iterable[str], currency: str) -> int:
    """How much more than was paid may be given by these remedies, in minor units."""
    named = frozenset(remedies)
    granted = (one for one in case.exceptions if one.of == "amount" and one.state == "granted" and one.name in named)
    return sum(one.amount.amount for one in granted if one.amount is not None and one.amount.currency == currency)


def why_approval(case: Case, decider: Actor, remedies: Iterable[Remedy]) -> str | None:
    """Why a second person has to agree to a ruling that rests on a departure: whoever grants one is the second person for it,
    and is none for themselves, however the case came to them. More time, which ends with the clock, shapes no ruling.

    Raises OwnCase in a kind whose rulings nobody approves: there somebody else decides.
    """
    done, paid = {step.step for step in case.steps}, {remedy.type for remedy in remedies if remedy.amount is not None}
    used = {("step", name) for name in without(case) - done} | {("amount", name) for name in paid}
    mine = (one for one in case.exceptions if one.state == "granted" and one.granted_by == decider.id)
    if not any((one.of, one.name) in used for one in mine):
        return None
    if not case.terms.has(Phase.APPROVAL):
        raise OwnCase("You granted the exception that this ruling rests on: somebody else decides by it.", because="granted_it")
    return "exception_granted"
