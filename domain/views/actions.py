"""What somebody may do with a case as it stands, and why not: the buttons of every page, and ``available_actions`` of the API."""

from __future__ import annotations

from domain.base import Kept, Phase
from domain.model import facts as f
from domain.model.case import Case
from domain.rules import complaints
from domain.rules.audiences import audience_of, seen_phase, told_of
from domain.rules.lifecycle import Who, commands_in
from domain.rules.manual_work import correctable, waiting
from domain.rules.permission import refusal_of
from domain.views.withdrawal import PARTY_ROLES

_OPEN_TO_PARTIES = frozenset({Who.CLAIMANT, Who.RESPONDENT, Who.APPELLANT})


class Action(Kept):
    """A command of the present phase, and whether this viewer may send it."""

    command: str
    allowed: bool
    code: str | None = None
    """Why not, as a stable code."""
    detail: str | None = None


def actions(case: Case, viewer: f.Actor) -> tuple[Action, ...]:
    """Every command of the phase this viewer sees, with a reason where it is not theirs to send."""
    if not may_see(case, viewer):
        return ()
    audience = audience_of(viewer)
    found = []
    for row in commands_in(seen_phase(case, audience)):
        refusal = refusal_of(case, viewer, row.command)
        hidden = audience != "staff" and refusal is not None and not row.who & _OPEN_TO_PARTIES
        if row.who == {Who.SYSTEM} or hidden or _in_the_way(case, row.command):
            continue
        code, detail = (refusal.code, refusal.detail) if refusal else (None, None)
        found.append(Action(command=row.command, allowed=refusal is None, code=code, detail=detail))
    return tuple(found)


_OF_GOODS = frozenset({"ship_return", "confirm_return", "contest_return", "decide_return"})
_OF_OFFERS = frozenset({"offer", "accept_offer", "decline_offer", "concede"})
_OF_NETWORKS = frozenset({"draft_chargeback_evidence", "submit_chargeback_evidence"})


def _in_the_way(case: Case, command: str) -> bool:
    """No button about what there is none of: goods that go back, offers in kinds that nobody settles, card networks in kinds that
    none decides, things to be done by hand, addresses to be proven, decisions that can still be complained of.
    """
    return (
        (command in _OF_OFFERS and not case.terms.has(Phase.SETTLEMENT))
        or (command in _OF_NETWORKS and case.terms.chargeback is None)
        or (command in _OF_GOODS and case.returning is None)
        or (command == "report_manual_work" and not waiting(case) and not correctable(case))
        or (command == "prove_address" and not any(party.unproven for party in case.parties))
        or complaints.bars(case, command)
    )


def may_see(case: Case, viewer: f.Actor) -> bool:
    """Whether the viewer has anything to do with the case; if not, it is "not found" to them."""
    if viewer.role not in PARTY_ROLES:
        return True
    party = case.party(viewer.id)
    return party is not None and told_of(case, party)
