"""What is put down of a hearing or call, and whoever is said to have been there.

One person puts down that they came, and what they said: nobody loses by that word alone (European Convention on Human Rights,
article 6(1)), whatever else a ruling rests on. They have a business day to say what is wrong with it. Who says in a comment that
they were there is heard by it at once; who says that they were not counts as somebody who missed it. No machine judges the
sentence beside it: whoever leaves open which of the two it was has the time that the pack gives them to answer anything.

That somebody was there is their own word: nobody who represents them says it for them, whoever named that one, nor does somebody
who came when it was over; for a child only whom it chose itself (UN Convention on the Rights of the Child, article 12(2);
European Convention on Human Rights, article 6(3)(c)). And whoever has not agreed to it themselves is not heard by the short time
either, but has that of the pack.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from domain.base import Side
from domain.model import facts as f
from domain.model.appointments import Appointment, HeardByProtocol
from domain.model.case import Case
from domain.model.evidence import Unanswered
from domain.rules.appointment_times import appointment_of
from domain.rules.case_import_changes import since
from domain.rules.charge import accused_anew
from domain.rules.time_to_answer import Calendars, over_at, queue_calendar, shortest_for
from domain.worktime.calculator import due
from domain.worktime.spans import Span, SpanUnit

COMMENT_FOR: Final = Span(unit=SpanUnit.BUSINESS_DAYS, amount=1)
"""How long whoever was at a hearing has to say what is wrong with what was put down of it, before they count as heard by it: what
is put down on a Friday evening is not over before anybody was there to be asked about it."""
_BEFORE_IT_WAS_SAID: Final = timedelta(days=1)
"""How long they had where the fact does not say it."""


def comment_until(case: Case, at: datetime, calendars: Calendars) -> datetime:
    """Until when what is put down at this instant can be commented on, in business days of the calendar of the case's queue.

    Raises KeyError for a calendar that was not handed in.
    """
    scale = case.terms.time_scale
    until = due(queue_calendar(case, calendars), at, COMMENT_FOR if scale == 1.0 else COMMENT_FOR.scaled(scale))
    assert until is not None  # nothing stands still in between
    return until


def came(case: Case, fact: f.AppointmentHeld) -> tuple[Side, ...]:
    """The sides that are said to have been at a hearing."""
    invited = next((one.invited for one in case.appointments if one.id == fact.appointment_id), ())
    return tuple(side for side in invited if side not in fact.missed_by)


def by_protocol_after(before: Case | None, rec: f.Recording, after: Case) -> tuple[HeardByProtocol, ...]:
    """The sides that a hearing hears once they had time to say what is wrong with what was put down of it, after a fact.

    What is taken up again begins anew, and so does an appeal for whoever did not lodge it.
    """
    known, fact = before.by_protocol if before is not None else (), rec.fact
    if anew := accused_anew(before, fact, after):
        return tuple(one for one in known if one.side not in anew)
    match fact:
        case f.CaseReopened() | f.RulingAnnulled():
            return ()
        case f.AppealLodged(cross=False):
            return tuple(one for one in known if one.side is fact.side)
        case f.AppointmentHeld() if after.terms.heard_when == "asked":
            there = came(after, fact)
            found = appointment_of(after, fact)
            own = {"put_down_at": since(rec), "appointment": fact.appointment_id, "party": found.party if found else None}
            others = (one for one in known if one.side not in there or one.party != own["party"])
            return (*others, *(HeardByProtocol(side=side, until=_until_of(after, rec, fact, side), **own) for side in there))
        case f.ProtocolCommented() if _speaks(after, rec, fact.side):
            return tuple(_as_commented(after, known, rec, fact))
        case _:
            return known


def comment_over_at(case: Case, side: Side) -> datetime | None:
    """When the time is over that a side has to say what is wrong with what was put down of it; None: it stands still, or
    nothing was."""
    ends = [over_at(case, one.put_down_at, one.until) for one in case.by_protocol if one.side is side and not one.denied]
    return None if None in ends else max((end for end in ends if end is not None), default=None)


def until_after(case: Case, rec: f.Recording, fact: f.AppointmentHeld, party: f.OpenedParty) -> datetime:
    """Until when somebody who is said to have been at it can comment on what was just put down, before they are heard by it.
    Who has not agreed to it themselves, nor has whom they chose as a child, has the time of the pack."""
    short = fact.comment_until or since(rec) + _BEFORE_IT_WAS_SAID
    found = appointment_of(case, fact)
    coming = found.coming if found is not None else ()
    if any(one.id in coming and party in _in_own_name(case, one) for one in case.side_parties(party.side)):
        return short
    return max(short, since(rec) + shortest_for(case.terms, party.side))


def were_there(case: Case, fact: f.AppointmentHeld, side: Side) -> tuple[f.OpenedParty, ...]:
    """The principals of a side who are said to have been at it: the one who was invited alone, or all."""
    found = appointment_of(case, fact)
    alone = found.party if found is not None else None
    return tuple(party for party in case.principals(side) if alone in (None, party.id))


def _until_of(case: Case, rec: f.Recording, fact: f.AppointmentHeld, side: Side) -> datetime:
    return max((until_after(case, rec, fact, party) for party in were_there(case, fact, side)), default=since(rec))


def _in_own_name(case: Case, party: f.OpenedParty) -> tuple[f.OpenedParty, ...]:
    """The principals whose own word it is what somebody says of where they were: themselves, or a child that chose them."""
    there = case.principals(party.side)
    if party.role == "principal":
        return tuple(one for one in there if one.id == party.id)
    chosen = party.role == "representative" and party.chosen_by_minor and party.stands_for_side
    return tuple(one for one in there if chosen and one.minor and party.represents in (None, one.id))


def of_themselves(case: Case, actor_id: str, fact: f.ProtocolCommented) -> bool:
    """Whether a comment can say that somebody was at a hearing: their own, who were in the case when it was; of whom a child
    chose only where the child itself has not said otherwise."""
    found, whose = appointment_of(case, fact), _could_say(case, actor_id, fact)
    return bool(whose) and found is not None and not any(_denies(found, p.id) for p in whose if p.id != actor_id)


def _could_say(case: Case, actor_id: str, fact: f.ProtocolCommented) -> tuple[f.OpenedParty, ...]:
    """The principals of whom somebody could say that they were at a hearing."""
    party, found = case.party(actor_id), appointment_of(case, fact)
    began = found.at if found is not None else None
    if party is None or (party.since is not None and began is not None and party.since > began):
        return ()
    return _in_own_name(case, party)


def _denies(one: Appointment, party_id: str) -> bool:
    """Whether the last that somebody has said of it is that they were not there."""
    said = [comment.was_there for comment in one.comments if comment.by == party_id and comment.was_there is not None]
    return bool(said) and not said[-1]


def _as_commented(
    case: Case, known: Iterable[HeardByProtocol], rec: f.Recording, fact: f.ProtocolCommented
) -> Iterable[HeardByProtocol]:
    for one in known:
        if one.side is not fact.side or not _of(one.appointment, fact):
            yield one
        elif fact.was_there and of_themselves(case, rec.actor.id, fact):
            yield one.model_copy(update={"denied": False})
        elif fact.was_there:
            # Nobody says it for them; what was denied for them can be taken back, and leaves open which it was.
            took_back = one.denied and not _denied_themselves(case, fact)
            yield one.model_copy(update={"denied": False, "until": _whole(case, one)}) if took_back else one
        elif fact.was_there is None or contradicts(case, fact):
            # Which of the two it was is not known.
            yield one.model_copy(update={"until": _whole(case, one)})
        else:
            # The last word counts: they may still say that they were.
            yield one.model_copy(update={"denied": True})


def _whole(case: Case, one: HeardByProtocol) -> datetime:
    return max(one.until, one.put_down_at + shortest_for(case.terms, one.side))


def _denied_themselves(case: Case, fact: f.ProtocolCommented) -> bool:
    found = appointment_of(case, fact)
    return found is not None and any(_denies(found, party.id) for party in case.principals(fact.side))


def contradicts(case: Case, fact: f.Fact) -> bool:
    """Whether it was just said for a side that it was not at a hearing, and before that it was: the last word counts. Not more
    often than there are people on it: by clicking to and fro nobody has time anew for ever."""
    if not isinstance(fact, f.ProtocolCommented) or fact.was_there is not False:
        return False
    found = appointment_of(case, fact)
    said = [one for one in found.comments if one.side is fact.side] if found is not None else []
    own = any(one.was_there and one.by is not None and _could_say(case, one.by, fact) for one in said)
    return own and [one.was_there for one in said].count(False) <= len(case.principals(fact.side))


def hears(case: Case, rec: f.Recording) -> bool:
    """Whether a fact is the word of somebody who speaks for a side that they were at the hearing that hears it, and what they
    think of what was put down."""
    fact = rec.fact
    if not isinstance(fact, f.ProtocolCommented) or not fact.was_there or not of_themselves(case, rec.actor.id, fact):
        return False
    return any(one.side is fact.side and _of(one.appointment, fact) for one in case.by_protocol)


def answers(case: Case, one: Unanswered, rec: f.Recording) -> bool:
    """Whether a word of those against whom a piece speaks answers it. Of a hearing at which they are said to have been it is
    their own word that they were there, or their answer to what they are asked; that they were not answers nothing."""
    fact = rec.fact
    if isinstance(fact, f.ProtocolCommented) and _of(one.appointment, fact) and one.appointment is not None:
        if one.party is not None and not of_themselves(case, rec.actor.id, fact):
            return False
        return bool(fact.was_there) if one.was_there else fact.was_there is not False
    return not one.was_there or (isinstance(fact, f.EvidenceSubmitted) and bool(fact.answers))


def commented(one: Unanswered, fact: f.Fact, mine: Collection[str]) -> Unanswered:
    """What was put down of a hearing, after a comment of whoever is said to have been there that does not say that they were."""
    theirs = one.was_there and one.party in mine
    if not theirs or not isinstance(fact, f.ProtocolCommented) or fact.was_there or not _of(one.appointment, fact):
        return one
    return one.model_copy(update={"was_there": False})


def _of(appointment: str | None, fact: f.ProtocolCommented) -> bool:
    return appointment in (None, fact.appointment_id)


def _speaks(case: Case, rec: f.Recording, side: Side) -> bool:
    party = case.party(rec.actor.id)
    return party is not None and party.speaks and party.side is side
