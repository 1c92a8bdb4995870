"""What whoever takes part learns of a hearing or call: that there is one, and when, why it was moved, and what was put down."""

from __future__ import annotations

from typing import Any

from domain.model import facts as f
from domain.model.case import Case
from domain.rules.appointment_times import appointment_of
from domain.rules.audiences import Audience
from domain.rules.meeting import needs_consent, owing
from domain.rules.topic import NoticeData


def invited(case: Case, fact: Any, audience: Audience) -> bool:
    """Whether an audience takes part; a platform's machine may have to help."""
    if isinstance(fact, f.ProtocolCommented) and fact.to == "desk":
        return audience == fact.side.value
    if audience == "platform":
        return True
    if isinstance(fact, f.AppointmentProposed):
        return fact.sides in ("both", audience)
    one = appointment_of(case, fact)
    return one is not None and audience in {side.value for side in one.invited}


def still_to_answer(case: Case, fact: f.AppointmentReminded, audience: Audience) -> bool:
    """Whether a reminder is for an audience: of what is soon for who takes part, of an answer for who still owes it."""
    one = appointment_of(case, fact)
    if one is None or fact.what == "protocol" or audience not in {side.value for side in one.invited}:
        return False
    return fact.what != "unanswered" or audience in owing(case, one)


def own_side(case: Case, fact: f.AppointmentAnswered, audience: Audience) -> bool:
    """Whether it is the side that answered."""
    return audience == fact.side.value


def words_go(case: Case, fact: f.AppointmentMoved, audience: Audience) -> bool:
    """Whether an audience reads why a side moved it: where words go to the desk alone, the other side does not, and of a child
    nobody but the desk does."""
    party = case.party(fact.party) if fact.party is not None else None
    if party is not None and party.minor and case.terms.words == "desk":
        return audience == "staff"
    return fact.side is None or audience in ("staff", fact.side.value) or case.terms.words == "shared"


def _data(case: Case, fact: Any, **more: Any) -> dict[str, Any]:
    one = appointment_of(case, fact)
    if one is None:
        return {}
    times = {"times": [time.isoformat() for time in one.times]} if one.state == "proposed" else {}
    begins = {"at": one.at.isoformat()} if one.at is not None else {}
    consent = {"consent": True} if needs_consent(case, one) else {}
    named = {"form": one.form, "minutes": one.minutes, "sides": one.sides}
    return {**named, **times, **begins, **consent, **more}


def told_because(fact: f.AppointmentCancelled) -> str:
    """Why it was called off, as whoever takes part reads it: whose word it was that ends it, the other side does not learn."""
    return fact.because if fact.because == "no_answer" else "by_hand"


def said(case: Case, fact: Any, audience: Audience) -> NoticeData:
    """What a letter to an audience says of what became of a hearing or call."""
    one = appointment_of(case, fact)
    about = {"about": one.about} if one is not None else {}
    match fact:
        case f.AppointmentMoved():
            texts = {"reasons": fact.reasons} if words_go(case, fact, audience) else {}
            return NoticeData(_data(case, fact, by=fact.side.value if fact.side else "staff"), {**about, **texts})
        case f.AppointmentCancelled():
            because = fact.because if audience == "staff" else told_because(fact)
            why = {"reasons": fact.reasons} if audience == "staff" else {}
            return NoticeData(_data(case, fact, because=because), {**why, "told_why": fact.told_why})
        case f.AppointmentHeld():
            missed = [side.value for side in fact.missed_by]
            return NoticeData(_data(case, fact, missed_by=missed), {"protocol": fact.protocol})
        case f.ProtocolCommented():
            there = {"was_there": fact.was_there} if fact.was_there is not None else {}
            return NoticeData({"by": fact.side.value, **there}, {"text": fact.text})
        case f.AppointmentReminded():
            return NoticeData(_data(case, fact, what=fact.what), about)
        case f.AppointmentAnswered():
            named = {"times": [time.isoformat() for time in fact.instead]} if fact.instead else {}
            return NoticeData(_data(case, fact, by=fact.side.value, **named), {"reasons": fact.reasons})
        case _:
            return NoticeData(_data(case, fact), about)
