"""Who looks at a case: the audiences, and how far each may know where it stands. What each may know of a fact says the fact's
topic; :mod:`domain.rules.visibility` puts that together.
"""

from __future__ import annotations

from typing import Literal

from domain.base import Phase, Side
from domain.model.case import Case
from domain.model.people import Actor, OpenedParty

Audience = Literal["claimant", "respondent", "platform", "staff"]

OUTSIDE: tuple[Audience, ...] = ("claimant", "respondent", "platform")
"""Audiences to whom a ruling that waits for approval or grace looks like what went before."""

UNTOLD = frozenset({Phase.APPROVAL, Phase.RULED})
"""Phases that nobody outside hears of."""

BACK = frozenset({"returned", "retracted", "cross_appealed", "amount_stated", "held"})
"""Why a case goes back from there to where, for everybody outside, it was all the time."""


def audience_of(actor: Actor) -> Audience:
    """What somebody is, when it comes to what they may know."""
    return actor.role if actor.role in ("claimant", "respondent", "platform") else "staff"


def told_of(case: Case, party: OpenedParty) -> bool:
    """Whether a party knows that there is a case. To whoever does not, it is like one that does not exist, and so it is to who
    left it: what goes on there is not theirs any more."""
    return not party.left and (party.side is Side.CLAIMANT or case.is_disclosed)


def seen_phase(case: Case, audience: Audience) -> Phase:
    """The phase as this audience may know it."""
    if audience == "staff" or case.phase not in UNTOLD:
        return case.phase
    first = case.ruling is None or case.ruling.decision == "rule"
    return Phase.REVIEW if first else Phase.APPEAL
