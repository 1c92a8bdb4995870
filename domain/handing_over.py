"""Handing a case over between people and sites without losing what its clocks had promised."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.model import facts as f
from domain.model.case import Case
from domain.model.refusals import OwnCase, OwnerMissing, UnknownActor
from domain.model.safeguards import HandOver
from domain.risk_refusals import QueueUnknown
from domain.rules.fairness import bar_to_judging

if TYPE_CHECKING:
    from domain.rules.decide import Voice

Facts = tuple[f.Fact, ...]


def hand_over(case: Case, command: HandOver, voice: Voice, at: datetime) -> Facts:
    """The case moves to a queue, to a person, or to a person there; a due date that was promised stays."""
    if command.queue is not None and command.queue not in (case.queue, *case.terms.sites):
        known = list(case.terms.sites)
        said = f"This kind is handed over to: {', '.join(known)}." if known else "This kind has one site only; name a person."
        raise QueueUnknown(said, queue=command.queue, allowed=known)
    queue = command.queue or case.queue
    handed = f.CaseHandedOver(from_queue=case.queue, queue=queue, from_owner=case.owner, to=command.to, reasons=command.reasons)
    if command.to is None:
        if queue == case.queue and case.owner is None:
            raise OwnerMissing("The case waits in this queue already.", queue=queue)
        return (handed, f.CaseQueued(queue=queue, reason="moved"))
    if voice.target is None:
        raise UnknownActor(f"Nobody in the team has the id '{command.to}'.", to=command.to)
    bar = bar_to_judging(case, voice.target)
    if bar is not None:
        raise OwnCase("This person cannot decide this case; choose another.", to=command.to, because=bar)
    if case.owner == command.to:
        raise OwnerMissing("The case belongs to this person already.", to=command.to)
    return (handed, f.CaseAssigned(owner=command.to, reason="handed_over"))


RULES: dict[str, Callable[[Case, Any, Voice, datetime], Facts]] = {"hand_over": hand_over}
