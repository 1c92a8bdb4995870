"""What must be true in every life of hearings, of measures by one person's word, and of what one person has found. Written from
the design: :class:`Protections` keeps books of its own, beside those of :class:`~tests.domain.invariants.Witness`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.base import Side
from domain.model import facts as f
from domain.model.case import Case
from domain.transition import Step

_DAY = timedelta(hours=23)
"""A business day is as long at least, also where the clocks go forward."""


class Protections:
    """Follows one life and complains by AssertionError."""

    def __init__(self) -> None:
        self.put_down: dict[Side, datetime] = {}
        """Of whom it was put down that they were at a hearing, and when, who have not commented on it."""
        self.unlooked: set[str] = set()
        """Measures by the word of one person on somebody whom they have found, at which no second one has looked."""
        self.by: dict[str, str] = {}
        """Who imposed each measure, or prolonged it last."""
        self.taken_out: set[str] = set()
        self.kept_since: set[str] = set()
        """Measures that somebody has kept since whoever they hit was taken out."""

    def saw(self, made: Step) -> None:
        """Check the last step."""
        case = made.case
        for recording in made.recordings:
            fact, actor = recording.fact, recording.actor
            match fact:
                case f.AppointmentHeld(protocol=protocol) if protocol is not None:
                    one = next(one for one in case.appointments if one.id == fact.appointment_id)
                    self.put_down |= dict.fromkeys((side for side in one.invited if side not in fact.missed_by), recording.at)
                case f.ProtocolCommented():
                    self.put_down.pop(fact.side, None)
                case f.EvidenceSubmitted(side=Side() as side) if fact.answers:
                    self.put_down.pop(side, None)
                case f.EvidenceLapsed():
                    self.put_down.pop(fact.of, None)
                case f.RulingDrafted(decision="rule"):
                    self._comments(case, fact, recording.at)
                case f.WithdrawalAccepted() if fact.appeal is not Side.RESPONDENT:
                    over = [r.fact for r in made.recordings if isinstance(r.fact, f.InterimEnded) and r.fact.because == "lifted"]
                    own = [one for ended in over for one in ended.measure_ids if self.by[one] == actor.id]
                    assert not own, "who imposed a measure ended it on a wish"
                case _:
                    self._measures(case, recording)
        self._of_who_left(case)

    def _comments(self, case: Case, fact: f.RulingDrafted, at: datetime) -> None:
        outcome = case.terms.outcome(fact.outcome)
        if outcome is None or not case.terms.late or outcome.hear_if_hit:
            return
        for side in (side for side in case.terms.hear if side in outcome.lost_by and side in self.put_down):
            assert at - self.put_down[side] >= _DAY, f"{side} had no time to say what is wrong with what was put down"

    def _measures(self, case: Case, recording: f.Recording) -> None:
        fact = recording.fact
        match fact:
            case f.InterimImposed():
                self.by[fact.measure_id] = recording.actor.id
                if fact.until is not None:
                    assert not self.unlooked, "a second measure by one person's word"
                    self.unlooked.add(fact.measure_id)
            case f.InterimReviewed():
                self.by |= dict.fromkeys(fact.measure_ids, recording.actor.id)
                self.unlooked -= {*fact.measure_ids}
                self.kept_since |= {one for one in fact.measure_ids if _hit(case, one) <= self.taken_out}
            case f.InterimKept():
                self.unlooked -= {*fact.measure_ids}
            case f.InterimEnded(because="ruled" | "closed"):
                self.unlooked -= {*fact.measure_ids}
            case f.PartyChangeConfirmed():
                self.unlooked -= {one for one in self.unlooked if fact.party in _hit(case, one)}
            case f.PartyLeft(because="removed" | "replaced"):
                self.taken_out.add(fact.party)
            case f.PartyAdded():
                self.taken_out.discard(fact.party.id)
            case _:
                pass

    def _of_who_left(self, case: Case) -> None:
        """Nobody who is no party any more is held without an end, unless somebody has said so since."""
        for one in case.interim:
            hit = _hit(case, one.id)
            if hit and hit <= self.taken_out and one.id not in self.kept_since and not case.reports:
                assert one.kept_until is not None, f"{hit} left, and is held for ever"


def _hit(case: Case, measure_id: str) -> set[str]:
    return {one for effect in case.effects if effect.because == measure_id for one in effect.hits}
