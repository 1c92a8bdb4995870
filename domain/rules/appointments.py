"""Hearings and calls: proposed, answered by each side that is invited, confirmed, reminded of, moved, missed, and put down.

Whoever handles the case proposes times. Each side that is invited says which of them would do, and the first one that suits
everybody is taken. In kinds that protect people nobody meets the other side without having agreed to it themselves
(:mod:`domain.rules.meeting`; Istanbul Convention, article 48(1): no mandatory mediation; directive 2012/29/EU, article 19: no
contact that the victim does not want): who refuses is not asked why, and the other side does not learn whose word it was. What
was said is put down, and everybody who was invited reads it and may comment on it. While a hearing is ahead nothing is decided: a
letter says that it will be held.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, get_args

from domain.base import Side, derived_id
from domain.model import facts as f
from domain.model.appointments import (
    AnswerAppointment,
    Appointment,
    AppointmentAhead,
    AppointmentAnswer,
    AppointmentNotOpen,
    AppointmentUnknown,
    CancelAppointment,
    CancelledBecause,
    CommentProtocol,
    ConsentMissing,
    MoveAppointment,
    ProposeAppointment,
    ProtocolComment,
    ProtocolMissing,
    RecordAppointment,
    TimeNotProposed,
)
from domain.model.case import Case
from domain.model.evidence import PartyNotAsked
from domain.model.people import Actor
from domain.model.refusals import Refusal
from domain.model.withdrawal import OfOffice
from domain.rules import appointments_told, protocols
from domain.rules.appointment_times import ahead, appointment_of, check_times, common_time, soonest
from domain.rules.confided import not_theirs
from domain.rules.disclosure import along, check_says_what, check_tells_of_what
from domain.rules.meeting import check_can_agree, needs_consent, still_to_agree
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import Known, Refuse, Topic
from domain.rules.under_age import is_minor, refusal_of_unconfirmed

MOVES_OF_A_SIDE = 2
MOVES_OF_THE_TEAM = 2
"""How often a side moves one appointment; after that whoever handles the case does, or goes on without it."""


def propose(case: Case, command: ProposeAppointment, context: DecisionContext, at: datetime) -> Facts:
    """Times for a hearing or a call. To invite the respondent tells them of the case: refused where that is barred."""
    check_times(case, command.times, at)
    appointment_id = derived_id("apt", command.id)
    proposed = f.AppointmentProposed(
        appointment_id=appointment_id,
        sides=command.sides,
        party=command.party,
        form=command.form,
        times=tuple(sorted(set(command.times))),
        minutes=command.minutes,
        about=command.about,
    )
    invited = tuple(Side) if command.sides == "both" else (Side(command.sides),)
    for side in invited:
        if not any(party.stands_for_side for party in case.side_parties(side)):
            raise PartyNotAsked(f"Nobody speaks for the side of the {side.value}.", of=side.value)
    if command.party is not None:
        _check_stands_there(case, command)
    if case.of_office is not None and Side.CLAIMANT in invited:
        raise OfOffice("Whoever reported it took it back and is asked nothing: invite the respondent alone.")
    if Side.RESPONDENT not in invited:
        return (proposed,)
    if not case.is_disclosed:
        check_tells_of_what(case, Side.RESPONDENT, command.party)
        check_says_what(command.about)
    return (*along(case, "asked"), proposed)


def _check_stands_there(case: Case, command: ProposeAppointment) -> None:
    """Refuses to invite somebody alone whose own matter it is not, or on another side than is said."""
    party = case.party(command.party) if command.party is not None else None
    if party is None or party.role != "principal" or party.left or party.side.value != command.sides:
        said = "Somebody is invited alone whose own matter it is: name in 'sides' the side on which they stand."
        raise PartyNotAsked(said, party=command.party, of=command.sides)


def answer(case: Case, command: AnswerAppointment, context: DecisionContext, at: datetime) -> Facts:
    """What a side can do. The first time that suits everybody is taken; a side that does not come, or does not want to meet the
    other one, ends it."""
    side, one = context.side(), _theirs(case, command.appointment, context)
    _check_of_their_choosing(case, context)
    _check_not_begun(one, at)
    if unknown := [time.isoformat() for time in command.times if time not in one.times or time <= at]:
        raise TimeNotProposed("Name times that were proposed and are ahead.", times=unknown)
    by = context.known().id
    if command.joint and command.times:
        check_can_agree(case, one, by)
    answered = f.AppointmentAnswered(
        appointment_id=one.id, side=side, times=tuple(sorted(set(command.times))), joint=command.joint
    )
    if one.sides == "both" and command.joint is False:
        return (answered, _cancelled(one, "no_consent"))
    before = _own_answer(case, one, side, by)
    if before is not None and not command.times:
        # To agree to meet takes nothing back of the other times that somebody has named.
        answered = answered.model_copy(update={"instead": before.instead, "reasons": before.reasons})
    if needs_consent(case, one) and command.times and command.joint is None:
        raise ConsentMissing("Say in 'joint' whether you agree to meet the other side; you need not, and need not say why.")
    if one.state == "confirmed":
        if command.times and one.at in command.times:
            return (answered,)
        if command.times:
            raise TimeNotProposed("A time is agreed on: move the appointment to propose others.", at=one.at)
        return (answered, _cancelled(one, "cannot_come"))
    then = _answered(case, one, answered, by)
    if still_to_agree(case, then):
        return (answered,)
    if (time := common_time(then, at)) is not None:
        return (answered, f.AppointmentConfirmed(appointment_id=one.id, at=time))
    return (answered, *_named_instead(case, then, at))


def move(case: Case, command: MoveAppointment, context: DecisionContext, at: datetime) -> Facts:
    """Other times, from the team or from a side that is invited."""
    one = _theirs(case, command.appointment, context)
    _check_of_their_choosing(case, context)
    _check_not_begun(one, at)
    check_times(case, command.times, at)
    side = context.actor.side if context.actor is not None else None
    if side is not None and one.moved_by.count(side) >= MOVES_OF_A_SIDE:
        said = f"A side moves it {MOVES_OF_A_SIDE} times: answer which of the times would do, or write to the team."
        raise AppointmentNotOpen(said, because="moved_often")
    if side is None and one.moved_by_team >= MOVES_OF_THE_TEAM:
        said = (
            f"The team moves it {MOVES_OF_THE_TEAM} times, as nothing is decided while it is ahead: hold it at one of its times, "
            "or call it off."
        )
        raise AppointmentNotOpen(said, because="moved_often")
    times = tuple(sorted(set(command.times)))
    if side is not None and still_to_agree(case, one):
        # No consent, and nothing that the other side is asked about: the team alone reads what would do.
        before = _own_answer(case, one, side, context.known().id)
        own = before or AppointmentAnswer(side=side)
        named = {"times": own.times, "joint": own.joint, "instead": times, "reasons": command.reasons}
        return (f.AppointmentAnswered(appointment_id=one.id, side=side, **named),)
    child = context.known().id if side is not None and is_minor(case, context.known()) else None
    return (f.AppointmentMoved(appointment_id=one.id, side=side, times=times, reasons=command.reasons, party=child),)


def cancel(case: Case, command: CancelAppointment, context: DecisionContext, at: datetime) -> Facts:
    """It does not take place."""
    one = _theirs(case, command.appointment, context)
    if not one.open:
        raise AppointmentNotOpen("It is over, or was called off.", because=one.state)
    return (_cancelled(one, "by_hand").model_copy(update={"reasons": command.reasons, "told_why": command.told_why}),)


def record(case: Case, command: RecordAppointment, context: DecisionContext, at: datetime) -> Facts:
    """Who came, and what was said. Whoever came is heard by it, once they had time to comment on it."""
    one = _theirs(case, command.appointment, context)
    if one.state != "confirmed" or one.at is None or at < one.at:
        raise AppointmentNotOpen("It has no agreed time, has not begun, or was put down already.", because=one.state)
    missed = tuple(side for side in Side if side in command.missed_by)
    if strangers := [side.value for side in missed if side not in one.invited]:
        raise PartyNotAsked("Only who was invited can miss it.", of=strangers[0])
    if command.protocol is None and set(missed) != set(one.invited):
        raise ProtocolMissing("Put down in 'protocol' what was said; leave it out where nobody came.")
    until = protocols.comment_until(case, at, context.calendars) if command.protocol is not None else None
    return (f.AppointmentHeld(appointment_id=one.id, missed_by=missed, protocol=command.protocol, comment_until=until),)


def comment(case: Case, command: CommentProtocol, context: DecisionContext, at: datetime) -> Facts:
    """What a side thinks of the protocol."""
    one = _theirs(case, command.appointment, context)
    if one.protocol is None:
        raise AppointmentNotOpen("There is no protocol to comment on.", because=one.state)
    # Whoever was invited beside a child may be whom it speaks of: it goes where its message would.
    alone: Literal["desk"] | None = "desk" if case.terms.words == "desk" and is_minor(case, context.known()) else None
    side, there = context.side(), command.was_there
    return (f.ProtocolCommented(appointment_id=one.id, side=side, text=command.text, to=alone, was_there=there),)


def lapse(case: Case, number: int) -> Facts:
    """The last proposed time comes, and nobody has agreed on one."""
    one = next((one for one in case.appointments if one.number == number), None)
    return (_cancelled(one, "no_answer"),) if one is not None and one.state == "proposed" else ()


def remind(case: Case, row: f.DueLevel) -> tuple[f.AppointmentReminded, ...]:
    """What falls due of an appointment beside its end."""
    one = next((one for one in case.appointments if one.number == row.instance), None)
    names = {name: name for name in get_args(f.AppointmentReminded.model_fields["what"].annotation)}
    return (f.AppointmentReminded(appointment_id=one.id, what=names[row.level]),) if one is not None else ()


def over(case: Case) -> Change:
    """What closing a case does: no hearing of it takes place any more."""
    gone = {"state": "cancelled", "because": "case_over"}
    return {"appointments": tuple(one.model_copy(update=gone) if one.open else one for one in case.appointments)}


def _check_of_their_choosing(case: Case, context: DecisionContext) -> None:
    """Refuses the word of whoever speaks for a side by the word of one alone: it agrees to no hearing that would hear them."""
    refusal = refusal_of_unconfirmed(case, context.actor) if context.actor is not None else None
    if refusal is not None:
        raise refusal


def _check_not_begun(one: Appointment, at: datetime) -> None:
    if not one.open:
        raise AppointmentNotOpen("It is over, or was called off.", because=one.state)
    if one.at is not None and one.at <= at:
        raise AppointmentNotOpen("It has begun.", because="begun")


def _theirs(case: Case, wanted: str | None, context: DecisionContext) -> Appointment:
    """The appointment that is meant, of those that whoever speaks may know."""
    side = context.stands_for or (context.actor.side if context.actor is not None else None)
    known = [one for one in case.appointments if side is None or side in one.invited]
    known = [one for one in known if context.actor is None or not not_theirs(case, one, context.actor)]
    found = next((one for one in reversed(known) if wanted in (None, one.id)), None)
    if found is None:
        raise AppointmentUnknown("There is no such hearing or call.", appointment=wanted)
    return found


def _cancelled(one: Appointment, because: CancelledBecause) -> f.AppointmentCancelled:
    return f.AppointmentCancelled(appointment_id=one.id, because=because)


def _own_answer(case: Case, one: Appointment, side: Side, by: str) -> AppointmentAnswer | None:
    return next((said for said in one.answers if said.side is side and said.party == _who(case, one, by)), None)


def _named_instead(case: Case, one: Appointment, at: datetime) -> Facts:
    """The times that somebody named before everybody had agreed to meet, proposed now that they have and no other suits."""
    for said in one.answers:
        times = tuple(time for time in said.instead if time >= soonest(case, at))
        if times and said.reasons is not None:
            moved = f.AppointmentMoved(appointment_id=one.id, side=said.side, times=times, reasons=said.reasons, party=said.party)
            return (moved,)
    return ()


def _answered(case: Case, one: Appointment, fact: f.AppointmentAnswered, by: str) -> Appointment:
    who = _who(case, one, by)
    others = tuple(said for said in one.answers if said.side is not fact.side or said.party != who)
    kept = {name: getattr(fact, name) for name in ("side", "times", "joint", "instead", "reasons")}
    said = AppointmentAnswer(party=who, **kept)
    return one.model_copy(update={"answers": (*others, said)})


def _who(case: Case, one: Appointment, by: str) -> str | None:
    """Whose answer one is kept as: of whoever gave it where each has to agree themselves, of the side else."""
    return by if needs_consent(case, one) else None


def _with(case: Case, appointment_id: str, **update: Any) -> Change:
    changed = (one.model_copy(update=update) if one.id == appointment_id else one for one in case.appointments)
    return {"appointments": tuple(changed)}


def _proposed(case: Case, rec: f.Recording, fact: f.AppointmentProposed) -> Change:
    one = Appointment(
        id=fact.appointment_id,
        number=len(case.appointments) + 1,
        sides=fact.sides,
        party=fact.party,
        form=fact.form,
        minutes=fact.minutes,
        about=fact.about,
        times=fact.times,
        proposed_at=rec.at,
    )
    return {"appointments": (*case.appointments, one)}


def _noted(case: Case, rec: f.Recording, fact: f.AppointmentAnswered) -> Change:
    one = appointment_of(case, fact)
    if one is None:
        return {}
    before = _own_answer(case, one, fact.side, rec.actor.id)
    names_others = fact.instead and (before is None or before.instead != fact.instead)
    moved_by = (*one.moved_by, fact.side) if names_others else one.moved_by
    others = tuple(party for party in one.coming if party != rec.actor.id)
    coming = (*others, rec.actor.id) if fact.times or fact.joint else others
    answers = _answered(case, one, fact, rec.actor.id).answers
    return _with(case, fact.appointment_id, answers=answers, moved_by=moved_by, coming=coming)


def _confirmed(case: Case, rec: f.Recording, fact: f.AppointmentConfirmed) -> Change:
    return _with(case, fact.appointment_id, state="confirmed", at=fact.at, confirmed_at=rec.at)


def _moved(case: Case, rec: f.Recording, fact: f.AppointmentMoved) -> Change:
    one = appointment_of(case, fact)
    if one is None:
        return {}
    # Whether they want to meet stays said; which times would do is asked anew.
    who = _who(case, one, fact.party or rec.actor.id)
    own = [said for said in one.answers if said.side is fact.side and said.party == who]
    kept = (said.model_copy(update={"times": fact.times, "instead": (), "reasons": None}) for said in own)
    mine = tuple(kept) or ((AppointmentAnswer(side=fact.side, party=who, times=fact.times),) if fact.side is not None else ())
    again = {"state": "proposed", "at": None, "confirmed_at": None, "times": fact.times, "proposed_at": rec.at}
    # Times that were named before everybody had agreed were counted when they were.
    counted = any(said.instead and {*fact.times} <= {*said.instead} for said in own)
    by_team = fact.side is None and case.party(rec.actor.id) is None
    moved: Change = {
        "moved_by": one.moved_by if fact.side is None or counted else (*one.moved_by, fact.side),
        "moved_by_team": one.moved_by_team + by_team,
    }
    coming = (fact.party or rec.actor.id,) if fact.side is not None else ()
    return _with(case, fact.appointment_id, **again, **moved, answers=mine, coming=coming, told_since=(), reasons=fact.reasons)


def _called_off(case: Case, rec: f.Recording, fact: f.AppointmentCancelled) -> Change:
    return _with(case, fact.appointment_id, state="cancelled", because=fact.because, reasons=fact.reasons)


def _reminded(case: Case, rec: f.Recording, fact: f.AppointmentReminded) -> Change:
    one = appointment_of(case, fact)
    told = {"told": (*one.told, fact.what), "told_since": (*one.told_since, fact.what)} if one is not None else {}
    return _with(case, fact.appointment_id, **told)


def _held(case: Case, rec: f.Recording, fact: f.AppointmentHeld) -> Change:
    one = appointment_of(case, fact)
    if one is None:
        return {}
    return _with(case, fact.appointment_id, state="held", missed_by=fact.missed_by, protocol=fact.protocol)


def _commented(case: Case, rec: f.Recording, fact: f.ProtocolCommented) -> Change:
    one, alone = appointment_of(case, fact), rec.actor.id if fact.to == "desk" else None
    said = ProtocolComment(side=fact.side, at=rec.at, text=fact.text, alone=alone, was_there=fact.was_there, by=rec.actor.id)
    return _with(case, fact.appointment_id, comments=(*one.comments, said)) if one is not None else {}


def _answers_mean(before: Case | None, fact: f.AppointmentAnswered, after: Case) -> set[str]:
    """That everybody has answered, and no time suits them all; or that somebody named other times for the team alone."""
    one = appointment_of(after, fact)
    was = appointment_of(before, fact) if before is not None else None
    if one is not None and fact.instead and fact.instead not in ({said.instead for said in was.answers} if was else ()):
        return {"appointment_times_named"}
    everybody = one is not None and {said.side for said in one.answers} == set(one.invited)
    if one is None or not everybody or one.state != "proposed" or still_to_agree(after, one) or fact.instead:
        return set()
    return {"appointment_unmatched"} if common_time(one, None) is None else set()


_STANDS = {
    "proposed": "No time is agreed on yet.",
    "confirmed": "A time is agreed on, and nothing was put down of it yet.",
    "cancelled": "It was called off.",
    "held": "It is over.",
}
"""Why not, by how the newest stands."""


def _refusal(fits: Callable[[Appointment], bool], *, binds: bool = False) -> Refuse:
    """Why there is nothing to do about any of them, whichever is named; ``binds``: it is done for a side."""

    def why_not(case: Case, actor: Actor) -> Refusal | None:
        known = [one for one in case.appointments if actor.side is None or actor.side in one.invited]
        known = [one for one in known if not not_theirs(case, one, actor)]
        if not known:
            return AppointmentUnknown("There is no hearing or call here.")
        if any(fits(one) for one in known):
            return refusal_of_unconfirmed(case, actor) if binds else None
        return AppointmentNotOpen(_STANDS[known[-1].state], because=known[-1].state)

    return why_not


def _refusal_of_another(case: Case, actor: Actor) -> Refusal | None:
    another = AppointmentAhead("One is ahead already: move it, hold it or call it off first.")
    return another if ahead(case) is not None else None


_TAKE_PART = Known(
    appointments_told.invited,
    "nothing",
    "Whoever is invited has to know when, and what was put down; the platform may have to help.",
)

TOPIC = Topic(
    rules={
        "propose_appointment": propose,
        "answer_appointment": answer,
        "move_appointment": move,
        "cancel_appointment": cancel,
        "record_appointment": record,
        "comment_protocol": comment,
    },
    refuses={
        "propose_appointment": _refusal_of_another,
        **dict.fromkeys(("answer_appointment", "move_appointment"), _refusal(lambda one: one.open, binds=True)),
        "cancel_appointment": _refusal(lambda one: one.open),
        "record_appointment": _refusal(lambda one: one.state == "confirmed"),
        "comment_protocol": _refusal(lambda one: one.protocol is not None),
    },
    changes={
        "appointment_proposed": _proposed,
        "appointment_answered": _noted,
        "appointment_confirmed": _confirmed,
        "appointment_moved": _moved,
        "appointment_cancelled": _called_off,
        "appointment_held": _held,
        "appointment_reminded": _reminded,
        "protocol_commented": _commented,
    },
    means={"appointment_answered": _answers_mean},
    words=frozenset({"appointment_unmatched", "appointment_times_named"}),
    known_to={
        "appointment_answered": Known(
            appointments_told.own_side,
            "nothing",
            "What a side can do, and whether it wants to meet the other one, is between it and the team.",
        ),
        "appointment_reminded": Known(
            appointments_told.still_to_answer, "nothing", "Whoever takes part is reminded; of the protocol, whoever led it."
        ),
        **dict.fromkeys(
            (
                "appointment_proposed",
                "appointment_confirmed",
                "appointment_moved",
                "appointment_cancelled",
                "appointment_held",
                "protocol_commented",
            ),
            _TAKE_PART,
        ),
    },
    said=dict.fromkeys(
        (
            "appointment_proposed",
            "appointment_answered",
            "appointment_confirmed",
            "appointment_moved",
            "appointment_cancelled",
            "appointment_held",
            "appointment_reminded",
            "protocol_commented",
        ),
        appointments_told.said,
    ),
)
