"""The desk: a case that somebody skips goes back to its queue, and whoever a note mentions works here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from domain.model import facts as f
from domain.model.case import Case
from domain.model.commands import Note
from domain.model.handling import Skip
from domain.model.refusals import PersonUnknown

if TYPE_CHECKING:
    from domain.rules.decide import Voice

Facts = tuple[f.Fact, ...]


def skip(case: Case, command: Skip, voice: Voice, at: datetime) -> Facts:
    """The owner gives it back; it waits in its queue for somebody else to take it."""
    skipped = f.CaseSkipped(person=command.by, reason=command.reason)
    return (skipped, f.CaseQueued(queue=case.queue, reason="skipped"))


def noted(command: Note, voice: Voice) -> f.NoteAdded:
    """A note, with the colleagues who are told of it. Refuses names of people who do not work here."""
    named = tuple(dict.fromkeys(command.mentions))
    unknown = [one for one in named if voice.mentioned is not None and one not in voice.mentioned]
    if unknown:
        raise PersonUnknown(f"Nobody in the team has the id '{unknown[0]}'.", mentions=unknown)
    return f.NoteAdded(text=command.text, mentions=named)
