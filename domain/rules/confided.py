"""What is between one person on a side and the desk, and nobody else on that side reads.

Where words go to the desk, whoever reports may have been hurt by whoever reported with them, and one of two accused by the other.
So what somebody says ``to: desk`` there is read by them and the team alone, as soon as they say so; what they say without saying
to whom is read by their own side, as the pack has it. What is asked of one of several in person is read by them, whoever speaks
for them alone, and the team, where words go to the desk, and in every kind where it puts a clause to them: it is a charge. A
hearing or a call to which one of several is invited alone is theirs in every kind: that there is one, when, what was put down.

Such a question has a date of its own, also where nobody named one: by the clock of the side, all of it would read when one of
them was asked, was reminded, and let their time go by, and would lose or win time of their own by it.

Directive 2012/29/EU, articles 18 and 21; European Convention on Human Rights, article 8. What is between a child and the desk:
:mod:`domain.rules.under_age`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from domain.base import Side
from domain.model import facts as f
from domain.model.appointments import Appointment
from domain.model.case import Case
from domain.model.evidence import EvidenceRequest
from domain.model.people import Actor, OpenedParty
from domain.model.terms import APPOINTMENT, EVIDENCE_CLOCKS
from domain.rules import under_age
from domain.rules.audiences import Audience


def with_their_own(case: Case, party_id: str) -> tuple[str, ...]:
    """Somebody, and whoever speaks for them alone."""
    return (party_id, *(p.id for p in case.parties if p.represents == party_id and not p.left))


def speaks_alone(case: Case, speaker: Actor | None, to: str | None) -> bool:
    """Whether somebody says something to the desk alone: a party who says so, where words go to the desk anyway."""
    return to == "desk" and case.terms.words == "desk" and speaker is not None and speaker.side is not None


def said_alone(fact: f.Fact) -> bool:
    """Whether nobody but the team and whoever said it reads it."""
    return fact.alone if isinstance(fact, f.MessageSent) else isinstance(fact, f.EvidenceSubmitted) and fact.seen_by == "deciders"


def asked_alone(case: Case, asked: EvidenceRequest | f.EvidenceRequested) -> tuple[str, ...] | None:
    """Who on a side learns of a question that one of several is asked in person; None: the whole side."""
    party = case.party(asked.party) if asked.party is not None else None
    if party is None or party.role != "principal" or not (asked.ground is not None or case.terms.words == "desk"):
        return None
    who = with_the_team(case, party)
    return who if any(p.speaks and p.id not in who for p in case.side_parties(party.side)) else None


def with_the_team(case: Case, party: OpenedParty) -> tuple[str, ...]:
    """Who on a side learns of what is between one person there and the team: they themselves, and whoever assists them; of a
    child who has reported something, where words go to the desk, nobody beside it."""
    if under_age.asked_in_confidence(case, party.side, party.id):
        return (party.id,)
    # Whoever assists somebody who is accused has to know what they are asked, a guardian named for all of the side, too.
    whole = (p.id for p in case.side_parties(party.side) if p.role == "representative" and p.represents is None and not p.left)
    return (*with_their_own(case, party.id), *whole)


def not_theirs(case: Case, one: Appointment, actor: Actor) -> bool:
    """Whether a hearing or call is one to which another person is invited alone, of which somebody of a side does not learn."""
    return actor.side is not None and actor.id not in (met_alone(case, one) or (actor.id,))


def met_alone(case: Case, one: Appointment) -> tuple[str, ...] | None:
    """Who on a side learns of a hearing or call to which one there is invited alone; None: all of the side is.

    Not whoever speaks for them by the word of one alone: what is told to the team there is nobody's to read who was put there."""
    party = case.party(one.party) if one.party is not None else None
    if party is None:
        return None
    found = (case.party(who) for who in with_the_team(case, party))
    return tuple(p.id for p in found if p is not None and p.stated_by is None)


def _met_alone_by(case: Case, fact: f.Fact) -> tuple[OpenedParty, tuple[str, ...]] | None:
    """Whom alone the team meets, and who learns of it, of a fact that is about such a hearing or call."""
    if isinstance(fact, f.LevelReached):
        found = [one for one in case.appointments if fact.clock == APPOINTMENT.name and one.number == fact.instance]
    else:
        found = [one for one in case.appointments if one.id == getattr(fact, "appointment_id", None)]
    who = met_alone(case, found[0]) if found else None
    party = case.party(found[0].party) if found and found[0].party is not None else None
    return (party, who) if party is not None and who is not None else None


def answers_alone(case: Case, requests: tuple[str, ...]) -> bool:
    """Whether a hand-in answers nothing but what its author was asked in person, and is theirs and the team's."""
    found = [one for one in case.requests if one.id in requests]
    return bool(found) and all(answered_alone(case, one) for one in found)


def answered_alone(case: Case, asked: EvidenceRequest | f.EvidenceRequested) -> bool:
    """Whether what somebody answers to a question is theirs and the team's, unless they say otherwise: of one of several who
    report, where words go to the desk. What one of several accused answers the others read: it may speak against them."""
    return asked.of is Side.CLAIMANT and case.terms.words == "desk" and asked_alone(case, asked) is not None


def kept_from(case: Case, rec: f.Recording, party_id: str) -> bool:
    """Whether somebody on a side does not learn of a fact because it is between another one there and the desk."""
    if rec.actor.id == party_id:
        return False
    fact = rec.fact
    if under_age.kept_from(case, rec, party_id) or said_alone(fact):
        return True
    if isinstance(fact, f.EvidenceRequested):
        return _not_theirs(case, fact, party_id)
    if (met := _met_alone_by(case, fact)) is not None:
        return party_id not in met[1]
    if isinstance(fact, f.EvidenceLapsed | f.LevelReached):
        return _all_of(_asked_by(case, fact), lambda asked: _not_theirs(case, asked, party_id))
    return False


def waits_for_another(case: Case, party_id: str) -> bool:
    """Whether all that is asked of a side is asked of others there alone, of which this one does not learn."""
    party = case.party(party_id)
    theirs = [one for one in case.requests if party is not None and one.of is party.side]
    return bool(theirs) and all(_not_theirs(case, one, party_id) for one in theirs)


def clock_of_others(case: Case, row: f.DueLevel, party_id: str) -> bool:
    """Whether the end of a clock is about nothing but what others on somebody's side were asked alone."""
    asked = _by_clock(case, row.clock, row.instance, case.updated_at)
    return _all_of(asked, lambda one: _not_theirs(case, one, party_id))


def asked_in_secret(case: Case, side: Side) -> bool:
    """Whether something is asked of a side, and all of it of one there alone: the other side does not learn of it either."""
    return _all_of([one for one in case.requests if one.of is side], lambda one: asked_alone(case, one) is not None)


def known_across(case: Case, fact: f.EvidenceLapsed) -> bool:
    """Whether the other side may learn that nothing came in time: not of what one was asked alone."""
    return not _all_of(_asked_by(case, fact), lambda one: asked_alone(case, one) is not None)


def _asked_by(case: Case, fact: f.EvidenceLapsed | f.LevelReached) -> list[EvidenceRequest]:
    """The questions that a fact is about: what lapsed by it, or what the clock of a side was about when it got so far."""
    if isinstance(fact, f.LevelReached):
        return _by_clock(case, fact.clock, fact.instance, fact.due_at)
    return [one for one in (*case.requests, *case.settled_requests) if one.id in fact.requests]


def _by_clock(case: Case, name: str, instance: int, at: datetime) -> list[EvidenceRequest]:
    """The questions that the clock of a side is about at an instant; none where it is about something else."""
    clock = case.terms.clock(name)
    if clock is None or clock.waits_for not in ("claimant", "respondent"):
        return []
    asked = [one for one in (*case.requests, *case.settled_requests) if one.of.value == clock.waits_for]
    if name in _OWN_DATES:
        return [one for one in asked if one.number == instance]
    if not clock.all_starts or not all(start.startswith("evidence_requested") for start in clock.all_starts):
        return []
    # As releases before this one asked: by the clock of the side, whoever was asked.
    pending = (one for one in asked if one.asked_at <= at and (one.settled_at is None or one.settled_at >= at))
    return [one for one in pending if one.due_at is None]


def _all_of(asked: Iterable[EvidenceRequest], which: Callable[[EvidenceRequest], bool]) -> bool:
    found = list(asked)
    return bool(found) and all(which(one) for one in found)


_OWN_DATES = frozenset(clock.name for clock in EVIDENCE_CLOCKS)


def of_one_alone(case: Case, fact: f.Fact) -> Audience | None:
    """The side that does not learn of a fact as a side, because it is between one of several on it and the desk."""
    if (met := _met_alone_by(case, fact)) is not None:
        speak = {p.id for p in case.side_parties(met[0].side) if p.speaks}
        return met[0].side.value if speak - {*met[1]} else None
    match fact:
        case f.MessageSent(alone=True, sender="claimant" | "respondent" as side):
            of = Side(side)
        case f.EvidenceSubmitted(side=Side() as of) if fact.seen_by == "deciders":
            pass
        case f.EvidenceRequested(of=of) if asked_alone(case, fact) is not None:
            pass
        case f.EvidenceLapsed() | f.LevelReached() if _all_of(
            asked := _asked_by(case, fact), lambda one: asked_alone(case, one) is not None
        ):
            of = asked[0].of
        case _:
            return None
    return of.value if sum(p.speaks for p in case.side_parties(of)) > 1 else None


def _not_theirs(case: Case, asked: EvidenceRequest | f.EvidenceRequested, party_id: str) -> bool:
    who = asked_alone(case, asked)
    return who is not None and party_id not in who
