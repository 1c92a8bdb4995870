"""A wish to take a report or an appeal back, as a viewer may know it: whoever it is about never does."""

from __future__ import annotations

from typing import Any

from domain.base import Instant, Kept, Side
from domain.model.case import Case
from domain.model.people import Actor
from domain.rules.confided import with_their_own
from domain.rules.confidence import put_there_by_one
from domain.rules.under_age import stands_to

PARTY_ROLES = ("claimant", "respondent")
"""Of viewers who are outside the team."""


class WithdrawalView(Kept):
    """A wish to take the report or an appeal back that waits for the team's answer."""

    id: str
    by: str
    asked_at: Instant
    appeal: Side | None = None
    """The side that would take its appeal back; None: it is about the report."""


def _of_a_child(case: Case, party_id: str) -> bool:
    party = case.party(party_id)
    return case.terms.words == "desk" and party is not None and party.minor and party.role == "principal"


def withdrawal_seen(case: Case, viewer: Actor) -> dict[str, Any]:
    """The wish as the viewer may know it, and since when the case goes on of office; as fields of the view."""
    asked = case.withdrawal
    if viewer.role in PARTY_ROLES and asked is not None and viewer.side is not asked.side:
        asked = None
    if asked is not None and asked.party is not None and viewer.role in PARTY_ROLES:
        # Nobody else on the side has to know that one of them would rather be out of it.
        asked = asked if viewer.id in with_their_own(case, asked.party) else None
    if asked is not None and viewer.role in PARTY_ROLES and viewer.id != asked.by and _of_a_child(case, asked.by):
        # Whoever represents a child may be why it would rather be out of it, or be asked by whom it fears.
        asked = None
    if asked is not None and viewer.id != asked.by and case.terms.words == "desk" and put_there_by_one(case, viewer.id):
        asked = None
    if asked is None:
        # A child has taken it back by a word to the desk alone: to whoever wished it, it waits for the desk as before.
        asked = stands_to(case, viewer.id)
    shown = WithdrawalView(id=asked.id, by=asked.by, asked_at=asked.at, appeal=asked.appeal) if asked is not None else None
    return {"withdrawal": shown, "of_office": case.of_office if viewer.side is not Side.RESPONDENT else None}
