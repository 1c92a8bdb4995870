"""Hearings and calls as whoever takes part may see them."""

from __future__ import annotations

from typing import Literal

from domain.base import Instant, Kept, Side
from domain.model import facts as f
from domain.model.appointments import Appointment, AppointmentAnswer, AppointmentForm, AppointmentSides, ProtocolComment
from domain.model.case import Case
from domain.model.prose import Prose
from domain.rules.audiences import audience_of
from domain.rules.confided import not_theirs
from domain.rules.meeting import needs_consent, still_to_agree


class AppointmentView(Kept):
    """A hearing or call: when it can be or is, who was not there, and what was put down."""

    id: str
    sides: AppointmentSides
    party: str | None = None
    """Who of the side takes part alone: nobody else there sees it, but who assists them."""
    form: AppointmentForm
    minutes: int
    about: Prose
    state: Literal["proposed", "confirmed", "cancelled", "held"]
    times: tuple[Instant, ...] = ()
    """What was proposed last."""
    at: Instant | None = None
    ends_at: Instant | None = None
    needs_consent: bool = False
    """Nobody meets the other side here without having agreed to it."""
    answers: tuple[AppointmentAnswer, ...] = ()
    """A side sees its own, or each on it what they said themselves where each has to agree; the team all, the platform none."""
    still_to_agree: tuple[str, ...] = ()
    """The parties who have to agree to meet the other side themselves and have not so far, for the team alone."""
    missed_by: tuple[Side, ...] = ()
    protocol: Prose | None = None
    comments: tuple[ProtocolComment, ...] = ()


def appointments_seen(case: Case, viewer: f.Actor) -> tuple[AppointmentView, ...]:
    """Those that a viewer may know of, oldest first."""
    theirs = (one for one in case.appointments if viewer.side is None or viewer.side in one.invited)
    return tuple(_seen(case, one, viewer) for one in theirs if not not_theirs(case, one, viewer))


def _seen(case: Case, one: Appointment, viewer: f.Actor) -> AppointmentView:
    staff = audience_of(viewer) == "staff"
    same = ("id", "sides", "party", "form", "minutes", "about", "state", "times", "at", "ends_at", "missed_by", "protocol")
    return AppointmentView(
        **{name: getattr(one, name) for name in same},
        needs_consent=needs_consent(case, one),
        comments=tuple(
            said if staff else said.model_copy(update={"by": None})
            for said in one.comments
            if staff or said.alone in (None, viewer.id)
        ),
        answers=tuple(said for said in one.answers if staff or (said.side is viewer.side and said.party in (None, viewer.id))),
        still_to_agree=still_to_agree(case, one) if staff and one.state == "proposed" else (),
    )
