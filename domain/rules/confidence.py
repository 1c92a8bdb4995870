"""Where words go: to everybody, to one side, or to the desk alone; and what each side may know of the other side's.

*The desk* is the team that handles a case. What the desk and one side say to each other alone is a private talk (a *caucus*), a
thread for each side; the other side sees neither it nor when it took place.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.base import Phase, Side
from domain.model import facts as f
from domain.model.case import Case, Caucus
from domain.model.disclosure import NotDisclosed, Words
from domain.model.evidence import Confidentiality, SubmitEvidence
from domain.model.people import Actor
from domain.model.refusals import NotAllowed
from domain.rules.audiences import Audience, audience_of, seen_phase
from domain.rules.confided import asked_in_secret, of_one_alone, speaks_alone, waits_for_another
from domain.rules.rule import Change
from domain.rules.told_category import Reader

To = Literal["all", "claimant", "respondent", "desk"]
_SIDES = ("claimant", "respondent")


def words_of(case: Case, phase: Phase) -> Words:
    """Who reads what a party says now, if they do not say to whom. In a settlement the two sides talk to each other."""
    return "shared" if phase is Phase.SETTLEMENT else case.terms.words


def addressed(case: Case, speaker: Actor | None, to: To | None) -> To:
    """To whom something is said. Refuses a word of the team to somebody who was not told of the case.

    A party's own word for whoever must not learn of the case yet stays with the desk: nothing is lost, and nothing given away.
    """
    role = speaker.role if speaker is not None else "system"
    outside = role in (*_SIDES, "platform")
    if to == "desk" and not outside:
        raise NotAllowed("Among yourselves you write a note.", command="message", allowed=["note"])
    if not case.is_disclosed and to in ("all", "respondent"):
        if outside:
            return "desk"
        raise NotDisclosed("The respondent has not been told of the case: write to the claimant, or disclose it first.")
    if to is not None:
        return to
    if outside:
        return "desk" if words_of(case, case.phase) == "desk" else "all"
    return "all" if case.is_disclosed else "claimant"


def evidence_for(case: Case, command: SubmitEvidence, speaker: Actor | None) -> Confidentiality:
    """Who sees what is handed in. What the team hands in itself is both sides' to read unless it says otherwise: whoever decides
    keeps nothing to themselves."""
    said: Confidentiality | None = command.confidentiality or ("own_side" if command.confidential else None)
    if said is None and command.to is not None:
        alone = speaks_alone(case, speaker, command.to)
        said = "shared" if command.to == "all" else "deciders" if alone else "own_side"
    if said is None:
        of_the_team = speaker is not None and speaker.role not in (*_SIDES, "platform")
        said = "own_side" if words_of(case, case.phase) == "desk" and not of_the_team else "shared"
    # Whoever has not been told of the case is not told by what somebody hands in before.
    return "own_side" if said == "shared" and not case.is_disclosed else said


def thread_of(fact: f.Fact) -> Side | None:
    """The side whose private talk with the desk something belongs to; None for what belongs to none."""
    if isinstance(fact, f.MessageSent):
        if fact.to == "desk":
            return Side(fact.sender) if fact.sender in _SIDES else None
        return Side(fact.to) if fact.to != "all" else None
    if isinstance(fact, f.EvidenceSubmitted) and fact.seen_by != "shared":
        return fact.side
    return Side(fact.of) if isinstance(fact, f.EvidenceRequested) else None


def withheld_until_confirmed(case: Case, fact: f.Fact, party_id: str) -> bool:
    """Whether it was said between the desk and a side alone, and whoever looks speaks for that side, or stands on it, by the
    word of one: somebody who was put there does not read what a victim has told the desk (Directive 2012/29/EU, article 21).

    Whoever stands there alone reads what the desk writes to the side: nobody else is left for whom it could be.
    """
    party = case.party(party_id)
    if party is None or _said_alone_by(case, fact) is not party.side:
        return False
    if not put_there_by_one(case, party_id):
        return False
    own = party.role == "principal" and {p.id for p in case.principals(party.side)} <= {one.party for one in case.seated}
    return not (own and isinstance(fact, f.MessageSent) and fact.to == party.side.value)


def _said_alone_by(case: Case, fact: f.Fact) -> Side | None:
    """The side whose word for the desk alone something is; where words go there, also that it would rather be out of it."""
    if isinstance(fact, f.WithdrawalRequested | f.WithdrawalOvertaken):
        return (fact.appeal or Side.CLAIMANT) if case.terms.words == "desk" else None
    return thread_of(fact) if isinstance(fact, f.MessageSent | f.EvidenceSubmitted) else None


def put_there_by_one(case: Case, party_id: str) -> bool:
    """Whether somebody speaks for a side, or is on it, by the word of one of the team that nobody has confirmed."""
    party = case.party(party_id)
    seated = any(one.party == party_id and one.change in ("added", "replaced") for one in case.seated)
    return party is not None and (party.stated_by is not None or seated)


def reader_of(case: Case, viewer: Actor) -> Reader:
    """As whom somebody reads what the case is called: whoever one person has put beside who reported reads no word of theirs."""
    party = case.party(viewer.id)
    apart = party is not None and (not party.speaks or party.unproven or put_there_by_one(case, party.id))
    return "third_parties" if apart else audience_of(viewer)


def talked(case: Case, fact: f.MessageSent | f.EvidenceSubmitted | f.EvidenceRequested, at: datetime) -> Change:
    """What something that was said alone does to the talks of a case."""
    side = thread_of(fact)
    if side is None or of_one_alone(case, fact) is not None:
        # The others on that side would learn of it by its number and its date.
        return {}
    before = next((one.said for one in case.caucus if one.side is side), 0)
    others = (one for one in case.caucus if one.side is not side)
    return {"caucus": tuple(sorted((*others, Caucus(side=side, said=before + 1, last_at=at)), key=lambda one: one.side.value))}


def awaited_by(case: Case, audience: Audience) -> str:
    """Whose turn it is, as an audience may know it.

    Where words go to the desk, a side is not told that something is asked of the other one: to it the team is at work. Of what
    one there is asked alone it is told nowhere.
    """
    phase = seen_phase(case, audience)
    awaited = case.awaited_in(phase)
    if audience not in _SIDES or case.returning is not None:
        return awaited
    unseen = phase is not Phase.SETTLEMENT and asked_in_secret(case, Side(audience).other)
    if words_of(case, phase) == "shared" and not unseen:
        return awaited
    if awaited == "both":
        return audience
    return "staff" if awaited == Side(audience).other.value else awaited


def awaited_of(case: Case, audience: Audience, party_id: str) -> str:
    """Whose turn it is, to somebody: to one of several on a side not theirs, where others there are asked alone."""
    awaited = awaited_by(case, audience)
    if audience not in _SIDES or awaited not in (audience, "both") or not waits_for_another(case, party_id):
        return awaited
    return Side(audience).other.value if awaited == "both" else "staff"


def awaited_by_phase(phase: Phase) -> str:
    """Whose turn it is, to somebody on no side: more would tell them who made an offer, or of whom something was asked."""
    if phase is Phase.SETTLEMENT:
        return "both"
    return "nobody" if phase in (Phase.APPEALABLE, Phase.CLOSED) else "staff"


def client_of(case: Case, fact: f.PartyLeft) -> tuple[str, ...]:
    """Whom somebody spoke for who is none of the case any more: they have to know that nobody does; nobody for a witness."""
    party = case.party(fact.party)
    if party is None or party.role != "representative":
        return ()
    return tuple(p.id for p in case.principals(party.side) if party.represents in (None, p.id))
