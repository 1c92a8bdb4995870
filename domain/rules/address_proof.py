"""What a report by a form is worth before its address is proven.

Anybody can type anybody's address and order number. Whoever could act on that would settle, decline or give up another
person's claim before that one knows of it (a pre-hijacked account; NIST SP 800-63A has an address validated before it counts).
So until the link of a letter was used, or the platform has said who it is, whoever filled the form in reads what they wrote,
hands in more and takes it back. They bind nobody, nobody's report goes on in theirs, and none is turned away because of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.base import Side
from domain.model import facts as f
from domain.model.address_proof import AddressUnproven, ProveAddress
from domain.model.case import Case
from domain.model.parties import PartyUnclear, PartyUnfit
from domain.model.people import Actor, OpenedParty
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import Topic, known_to

OPEN_TO_ANYBODY = frozenset({"message", "submit_evidence", "withdraw"})
"""What somebody does of whom nobody knows who they are: say more, and take their own word back. The rest binds somebody."""
_SEEN_BY_ANYBODY = frozenset(
    {"case_opened", "case_declined", "case_withdrawn", "case_closed", "withdrawal_requested", "address_proven"}
)
"""What they see beside their own deeds: that their report is there, and that it is over."""


def is_unproven(case: Case, actor: Actor) -> bool:
    """Whether nobody knows that somebody is who the report names."""
    party = case.party(actor.id)
    return party is not None and party.unproven


def reported_unproven(parties: Iterable[OpenedParty]) -> bool:
    """Whether somebody in whose name a matter was reported has not shown that it was they."""
    return any(p.unproven and p.side is Side.CLAIMANT and not p.left for p in parties)


def refusal_of(case: Case, actor: Actor, command: str) -> AddressUnproven | None:
    """Why somebody who has not shown who they are does not do this now."""
    if command in OPEN_TO_ANYBODY or not is_unproven(case, actor):
        return None
    return AddressUnproven(
        "Confirm your address first: open the link in the letter that was sent to it. Until then you can write, hand in more "
        "and take your report back. Of its own users the platform says it (prove_address)."
    )


def shows(case: Case, actor: Actor, fact: f.Fact) -> bool:
    """Whether somebody of whom nobody knows who they are sees what another did."""
    return fact.type in _SEEN_BY_ANYBODY or not is_unproven(case, actor)


def prove(case: Case, command: ProveAddress, context: DecisionContext, at: datetime) -> Facts:
    """That the address is theirs. Raises PartyUnclear for nobody of this case, PartyUnfit where it is known."""
    party = case.party(command.party)
    if party is None or party.left:
        raise PartyUnclear("Name a party of this case.", party=command.party)
    if not party.unproven:
        raise PartyUnfit("It is known who they are.", because="proven")
    return (f.AddressProven(party=party.id),)


def _proven(case: Case, rec: f.Recording, fact: f.AddressProven) -> Change:
    return {"parties": tuple(p.model_copy(update={"unproven": False}) if p.id == fact.party else p for p in case.parties)}


TOPIC = Topic(
    rules={"prove_address": prove},
    changes={"address_proven": _proven},
    known_to={
        "address_proven": known_to(
            "claimant", "platform", because="It is their own deed; the other side was never told that it was missing."
        ),
    },
)
