"""What granted departures from the pack change for the rules that they are about, while their time lasts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.model.case import Case
from domain.model.policy_exceptions import PolicyException


def as_judged(case: Case, at: datetime) -> Case:
    """The case as it is judged at an instant: without what was granted and whose time is over."""
    if not any(_is_over(one, at) for one in case.exceptions):
        return case
    over = {"state": "over"}
    left = (one.model_copy(update=over) if _is_over(one, at) else one for one in case.exceptions)
    return case.model_copy(update={"exceptions": tuple(left)})


def _is_over(one: PolicyException, at: datetime) -> bool:
    return one.state == "granted" and one.until <= at


def without(case: Case) -> frozenset[str]:
    """Steps of the procedure that are not needed in this case."""
    return frozenset(one.name for one in case.exceptions if one.of == "step" and one.state == "granted")


def beyond(case: Case, remedies: Iterable[str], currency: str) -> int:
    """How much more than was paid may be given by these remedies, in minor units."""
    named = frozenset(remedies)
    granted = (one for one in case.exceptions if one.of == "amount" and one.state == "granted" and one.name in named)
    return sum(one.amount.amount for one in granted if one.amount is not None and one.amount.currency == currency)
