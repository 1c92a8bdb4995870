"""A life that is looked at after each step: the machine drives it at random, and the lives that it found are told by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from domain.model.people import (
    Colleague,
)
from domain.transition import Step
from tests.domain.invariants import Witness
from tests.support.cases import JUNIOR, LEAD, LEAD_2, LEAD_3, MEDIATOR, MEDIATOR_2, MEDIATOR_3, OPS, PEOPLE, Life

DECIDERS = (MEDIATOR, MEDIATOR_2, MEDIATOR_3, JUNIOR, LEAD, LEAD_2, LEAD_3)
TEAM = (*DECIDERS, OPS)


class WatchedLife(Life):
    """A life with a witness to every step, and a team that comes and goes."""

    there: tuple[str, ...] | None = None
    """Who is on shift with room for another case; None: nobody is looked up, and roles stand for people."""

    def watched_by(self, witness: Witness) -> Self:
        self.witness = witness
        return self

    def fire_next(self, recorded_at: datetime | None = None) -> Self:
        """As it is found when the level is recorded: whoever is not there comes ten hours later."""
        if self.there is None:
            self.team = None
        else:
            at = max(self.now, self.case.timetable[0].due_at, recorded_at or self.now)
            self.team = tuple(
                Colleague(actor=PEOPLE[who], roles=(PEOPLE[who].role,))
                if who in self.there
                else Colleague(
                    actor=PEOPLE[who], roles=(PEOPLE[who].role,), on_shift=False, next_shift_at=at + timedelta(hours=10)
                )
                for who in TEAM
            )
        return super().fire_next(recorded_at)

    def _take(self, made: Step) -> Self:
        before = self._case
        super()._take(made)
        self.witness.saw(self, before)
        return self
