"""What whoever rules has to know before they write: which remedy takes an amount, and what would be refused in any case."""

from __future__ import annotations

from datetime import datetime

from domain.base import Kept, Side
from domain.model.case import Case
from domain.model.refusals import Refusal
from domain.model.sanctions import NotHeard
from domain.model.terms import OutcomeTerms, Terms
from domain.rules import disclosure, last_word
from domain.rules.remedy import goes_to, is_money, takes_amount


class Gives(Kept):
    """A remedy that can go with an outcome, and what has to be said of it."""

    remedy: str
    alone: bool
    """The outcome is nothing without it."""
    takes_amount: bool
    needs_amount: bool
    bounded: bool
    """The payment bounds it."""
    to: Side | None
    """Who alone gets it; None: either side."""


class Hindrance(Kept):
    """What stands against a ruling by which this side loses."""

    side: Side
    missing: str
    """``telling``, ``answer``, ``time``, ``charge``, ``evidence``, or the code of another refusal."""
    detail: str


def gives(terms: Terms, outcome: OutcomeTerms) -> tuple[Gives, ...]:
    """The remedies of an outcome, in the pack's order."""
    alone = outcome.needs_amount and len(outcome.remedies) == 1
    return tuple(
        Gives(
            remedy=name,
            alone=alone,
            takes_amount=takes_amount(terms, outcome, name),
            needs_amount=is_money(terms, name) or alone,
            bounded=terms.remedy(name).bounded_by is not None,
            to=goes_to(terms, name),
        )
        for name in outcome.remedies
    )


def hindrances(case: Case, at: datetime) -> tuple[Hindrance, ...]:
    """Why nobody can decide against a side yet, of the sides that can lose by an outcome: they should be asked, told or
    waited for before anything is written."""
    can_lose = [side for side in Side if any(side in outcome.lost_by for outcome in case.terms.outcomes)]
    return tuple(found for side in can_lose if (found := _hindrance(case, side, at)) is not None)


def _hindrance(case: Case, side: Side, at: datetime) -> Hindrance | None:
    try:
        disclosure.check_told(case, frozenset({side}), (), at)
        # Which evidence a ruling relies on is said with it: here, on all of it.
        last_word.check(case, [side], None, at)
    except Refusal as refusal:
        missing = str(refusal.fields.get("missing")) if isinstance(refusal, NotHeard) else refusal.code
        return Hindrance(side=side, missing=missing, detail=refusal.detail)
    return None
