"""What every rule is given, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from domain.base import Kept, Side
from domain.model import facts as f
from domain.model.legal_hold import HeldPerson
from domain.model.links import KnownCampaign, OtherCase
from domain.model.money import PaidElsewhere
from domain.model.people import Standing
from domain.model.policy_exceptions import ExceptionsGranted
from domain.model.refusals import UnknownActor
from domain.model.sanctions import EarlierSanction
from domain.model.terms import Terms
from domain.worktime.calendars import Calendar

Change = dict[str, Any]
Facts = tuple[f.Fact, ...]


class DecisionContext(Kept):
    """Who speaks, and whom they name, as looked up when the command is judged."""

    actor: f.Actor | None
    credential: str | None = None
    """By which credential they speak; None: nobody noted it."""
    standing: Standing | None = None
    """What somebody of the team is to the case; None: nobody looked, or it is nobody of the team."""
    target: f.Actor | None = None
    mentioned: tuple[str, ...] | None = None
    """Those whom a note mentions, who work here and stand close to nobody in the case; None: nobody was looked up."""
    terms: Terms | None = None
    """The terms that a re-target leads to, resolved when it is judged."""
    cannot_decide: tuple[str, ...] = ()
    """Those whose word waits in the case for a second one, and who have come to be in conflict with a party, or work here no
    longer."""
    team: tuple[f.Colleague, ...] | None = None
    """The people whom an escalation could land on; None: nobody was looked up, and roles stand for people."""
    appealed_before: str | None = None
    """The case in which this person appealed against the same decision already."""
    held: tuple[HeldPerson, ...] = ()
    """Parties of whom another case is under legal hold, or who are reported there in secret."""
    paid_elsewhere: tuple[PaidElsewhere, ...] = ()
    """What stands in other cases about the same matter of the same claimant."""
    earlier: tuple[EarlierSanction, ...] | None = None
    """Sanctions of other cases against the parties of this one; None: nobody looked."""
    exceptions: tuple[ExceptionsGranted, ...] | None = None
    """Departures from the pack granted this month in cases of the kind; None: nobody looked."""
    other: OtherCase | None = None
    """The other case that the command names; None: there is none that whoever speaks may know of."""
    closed_links: tuple[str, ...] = ()
    """Links of the case with others of which whoever speaks may not know."""
    decided: OtherCase | None = None
    """The case in which intake found that the matter was decided; None: there is none."""
    campaign: KnownCampaign | None = None
    stands_for: Side | None = None
    """The side whose place the platform has taken, where the case goes on of office."""
    files: tuple[f.EvidenceFile, ...] | None = None
    """The files that the command names and that whoever speaks has uploaded to this case."""

    calendars: Mapping[str, Calendar] = Field(default={}, exclude=True)
    """Calendars of the case's terms by reference, for limits that last to the end of a day."""

    def known(self) -> f.Actor:
        """Whoever speaks. Raises UnknownActor for a stranger, who is refused before any rule is asked."""
        if self.actor is None:
            raise UnknownActor("Nobody known says this.")
        return self.actor

    def side(self) -> Side:
        """The side of whoever speaks. Raises UnknownActor for somebody on none."""
        side = (self.actor.side if self.actor is not None else None) or self.stands_for
        if side is None:
            raise UnknownActor("Only somebody on a side can do this.")
        return side
