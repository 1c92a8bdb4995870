"""A case that runs elsewhere, as it is handed over: its report, where it stands, and what was said and decided so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.base import Code, Frozen, Instant, Outcome, PersonId, Phase, Reference, Side
from domain.model.case_import import Decision, History, PastDecision, PastMessage, Readers, Sender
from domain.model.prose import Sealer
from domain.model.report import Report, Text

TEAM = "staff"
"""Whose key seals what the team wrote, and who said it where no person of it is known here."""


class Said(Frozen):
    """A message of before the move."""

    sent_at: Instant
    by: Reference = TEAM
    """A party's ref, a person (``per_…``), ``staff`` or ``platform``."""
    to: Readers = "all"
    text: Text


class Decided(Frozen):
    """A decision of before the move."""

    decided_at: Instant
    decision: Decision = "rule"
    outcome: Code
    ground: Annotated[str, Field(max_length=64)] | None = None
    by: PersonId | None = None
    reasons: Text


class MovingCase(Frozen):
    """One line of an import."""

    report: Report
    received_at: Instant
    phase: Phase
    phase_at: Instant | None = None
    """Since when it stands there; left out: since it was received."""
    owner: PersonId | None = None
    messages: Annotated[tuple[Said, ...], Field(max_length=1_000)] = ()
    decisions: Annotated[tuple[Decided, ...], Field(max_length=20)] = ()
    appellants: tuple[Side, ...] = ()
    appeals_used: tuple[Side, ...] = ()
    outcome: Outcome | None = None
    reason: Code | None = None

    @model_validator(mode="after")
    def _known_speakers(self) -> MovingCase:
        if self.report.external_id is None:
            # Without it nobody could tell a second import from a second case.
            raise PydanticCustomError("external_id_missing", "A case that moves in needs the external_id it had elsewhere.")
        known = {p.ref for p in self.report.parties} | {TEAM, "platform"}
        for number, one in enumerate(self.messages):
            if one.by not in known and not one.by.startswith("per_"):
                raise PydanticCustomError(
                    "speaker_unknown", "messages.{number}: `by` is neither a party's ref nor of the team.", {"number": number}
                )
        return self

    def history(self, parties: Mapping[str, tuple[str, Side]], seal: Callable[[str], Sealer], *, notify: bool) -> History:
        """Its past with every text put away. ``parties``: id and side by ref; ``seal``: by the holder of a key."""
        return History(
            received_at=self.received_at,
            phase=self.phase,
            phase_at=self.phase_at or self.received_at,
            messages=tuple(_message(message, parties, seal) for message in self.messages),
            decisions=tuple(
                PastDecision(
                    decided_at=d.decided_at, decision=d.decision, outcome=d.outcome, ground=d.ground, by=d.by,
                    reasons=seal(TEAM)(d.reasons),
                )
                for d in self.decisions
            ),
            appellants=self.appellants,
            appeals_used=self.appeals_used,
            outcome=self.outcome,
            reason=self.reason,
            notify=notify,
        )  # fmt: skip


def _message(one: Said, parties: Mapping[str, tuple[str, Side]], seal: Callable[[str], Sealer]) -> PastMessage:
    party = parties.get(one.by)
    sender: Sender = "platform" if one.by == "platform" else "staff"
    if party is not None:
        sender = "claimant" if party[1] is Side.CLAIMANT else "respondent"
    by = party[0] if party is not None else one.by if one.by.startswith("per_") else None
    return PastMessage(sent_at=one.sent_at, sender=sender, by=by, to=one.to, text=seal(party[0] if party else TEAM)(one.text))
