"""Somebody under age whose own matter it is: they are heard like everybody, and bind nobody alone.

What a child agrees to or gives up can be undone in most laws, and should not be asked of them (UN Convention on the Rights of the
Child, article 3(1)); what they say counts (article 12). So they write, hand things in, ask for a decision and appeal; whoever
represents them, and was not chosen by them, settles.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.base import Side, most_urgent
from domain.model import facts as f
from domain.model.case import Case
from domain.model.evidence import PartyNotAsked
from domain.model.parties import AgreementMissing, GuardianNeeded
from domain.model.people import Actor, OpenedParty
from domain.model.withdrawal import OpenWithdrawal
from domain.rules.rule import Facts


def is_minor(case: Case, actor: Actor) -> bool:
    """Whether somebody under age speaks in their own matter."""
    party = case.party(actor.id)
    return party is not None and party.minor and party.role == "principal"


def of_minor(case: Case, actor: Actor) -> bool:
    """Whether it is the matter of somebody under age of whom somebody speaks: they themselves, or whoever represents them."""
    party = case.party(actor.id)
    if party is None or party.role != "representative":
        return is_minor(case, actor)
    return any(p.minor and party.represents in (None, p.id) for p in case.principals(party.side))


def told_in_confidence(case: Case, recording: f.Recording) -> bool:
    """Whether it is a child's own word for the desk alone: nobody on their own side reads it, whoever represents them included.

    Whoever speaks for a child may be whom it needs to speak of (UN Convention on the Rights of the Child, articles 12 and 19): so
    what it writes or hands in for the desk, and, where words go to the desk anyway, that it wants a report taken back, or wants
    it taken back no more, whoever had wished it.
    """
    if not is_minor(case, recording.actor):
        return False
    match recording.fact:
        case f.MessageSent(to=to):
            return to == "desk"
        case f.EvidenceSubmitted(seen_by=seen_by):
            return seen_by != "shared"
        case f.ProtocolCommented(to=to):
            return to == "desk"
        case f.WithdrawalRequested():
            return case.terms.words == "desk"
        case f.WithdrawalOvertaken(because=because):
            return because == "revoked" and case.terms.words == "desk"
        case f.AppointmentAnswered():
            return case.terms.words == "desk"
        case _:
            return False


def ended_unseen(case: Case, rec: f.Recording, fact: f.Fact) -> OpenWithdrawal | None:
    """The wish to take a report back whose end its own author does not learn of: a child has ended it by a word to the desk."""
    asked = case.withdrawal
    if not isinstance(fact, f.WithdrawalOvertaken) or not told_in_confidence(case, rec):
        return None
    return asked if asked is not None and asked.by != rec.actor.id else case.unseen_end


def stands_to(case: Case, party_id: str) -> OpenWithdrawal | None:
    """The wish that waits, to whoever made it, although it is over: as long as the case is open and nothing was decided since."""
    unseen, open_wish = case.unseen_end, case.withdrawal
    if unseen is None or unseen.by != party_id or (open_wish is not None and open_wish.by == party_id) or not case.open:
        return None
    return unseen if all(one.issued_at is None or one.issued_at < unseen.at for one in case.rulings) else None


def asked_in_confidence(case: Case, of: Side, party_id: str | None) -> bool:
    """Whether a question is one to a child who has reported something, alone: whoever represents it does not read that either.

    Not where a child is accused: whoever assists it has to know what it is asked (the same, article 40(2)(b)(ii) and (iii)).
    """
    party = case.party(party_id) if party_id is not None else None
    young = party is not None and party.minor and party.role == "principal"
    return young and of is Side.CLAIMANT and case.terms.words == "desk"


def kept_from(case: Case, recording: f.Recording, party_id: str) -> bool:
    """Whether a party of the same side does not learn of something, because it is between a child and the desk."""
    if told_in_confidence(case, recording):
        return recording.actor.id != party_id
    fact = recording.fact
    if isinstance(fact, f.EvidenceRequested):
        return fact.party != party_id and asked_in_confidence(case, fact.of, fact.party)
    if isinstance(fact, f.EvidenceLapsed):
        over = [r for r in (*case.requests, *case.settled_requests) if r.id in fact.requests]
        return bool(over) and all(r.party != party_id and asked_in_confidence(case, r.of, r.party) for r in over)
    return False


def beside_a_child(case: Case, party_id: str) -> bool:
    """Whether somebody is on the side of a child whose own matter it is, and is not that child: what tells them how much a side
    has said, and when, would tell them that the child did."""
    party = case.party(party_id)
    return party is not None and any(p.minor and p.id != party_id for p in case.principals(party.side))


def without_guardian(case: Case) -> tuple[str, ...]:
    """The principals under age whom nobody represents who could bind them."""
    return tuple(p.id for side in Side for p in case.principals(side) if p.minor and not _represented(case, p))


def guardians(case: Case, child: OpenedParty) -> tuple[OpenedParty, ...]:
    """Who represents a child without being chosen by it, and not by the word of one alone."""
    return tuple(p for p in _representing(case, child) if p.stated_by is None)


def _represented(case: Case, child: OpenedParty) -> bool:
    return bool(_representing(case, child))


def _representing(case: Case, child: OpenedParty) -> list[OpenedParty]:
    there = (p for p in case.side_parties(child.side) if p.role == "representative" and not p.left and not p.chosen_by_minor)
    return [p for p in there if p.represents in (None, child.id)]


def refusal_of_binding(case: Case, actor: Actor) -> AgreementMissing | GuardianNeeded | None:
    """Why somebody does not settle, grant or give up: they are under age, or a child of whom they speak has chosen them."""
    party = case.party(actor.id)
    if is_minor(case, actor):
        if actor.id in without_guardian(case):
            return GuardianNeeded(
                "You are under age, and nobody represents you here: a guardian has to be added first, and then answers for you. "
                "Write to the desk who that is. What you say in the case is heard all the same.",
                because="no_guardian",
                party=actor.id,
            )
        return GuardianNeeded(
            "You are under age: whoever represents you does this for you. What you say in the case is heard all the same.",
            because="guardian_decides",
            party=actor.id,
        )
    if (unconfirmed := refusal_of_unconfirmed(case, actor)) is not None:
        return unconfirmed
    if party is not None and party.chosen_by_minor:
        said = "Whoever you speak for is under age and has chosen you: the desk has to add a guardian who does this."
        return GuardianNeeded(said, because="no_guardian", party=party.represents)
    return None


def refusal_of_unconfirmed(case: Case, actor: Actor) -> AgreementMissing | None:
    """Why whoever one alone has put there does nothing for the side that counts as its own."""
    party = case.party(actor.id)
    if party is None or party.stated_by is None:
        return None
    # Directive 2013/11/EU, article 9(2): a settlement binds whom was told and agreed themselves.
    return AgreementMissing(
        "Whoever has put you here is not whom you speak for. Before you bind anybody, that one says it too (add_party), or a "
        "lead or ops who did not, or the platform.",
        represents=party.represents,
    )


def found_out(case: Case, parties: Iterable[str]) -> tuple[str, ...]:
    """Those of the named principals who were not known to be under age. Raises PartyNotAsked for whoever is none of the case."""
    there = {p.id: p for side in Side for p in case.principals(side)}
    if unknown := [one for one in parties if one not in there]:
        raise PartyNotAsked("Name principals of this case: whose own matter it is.", party=unknown[0])
    return tuple(dict.fromkeys(one for one in parties if not there[one].minor))


def offered_alone(case: Case, found: Iterable[str]) -> Facts:
    """What is over where somebody turned out to be under age: what they, or somebody for them, have offered."""
    sides = {p.side for p in case.parties if p.id in set(found)}
    return (f.OfferLapsed(offer_id=case.offer.id),) if case.offer is not None and case.offer.side in sides else ()


def raised(case: Case, party: OpenedParty) -> Facts:
    """A case that somebody under age comes to is as urgent as one that began with them, and never less than it was."""
    wanted = most_urgent(case.priority, case.terms.priority_for_minors)
    if not party.minor or party.role != "principal" or wanted is case.priority:
        return ()
    return (f.CaseRetargeted(priority=wanted, reason="under_age"),)
