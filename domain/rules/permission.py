"""Whether somebody may send a command as the case stands: the judge refuses by it, buttons are disabled by it."""

from __future__ import annotations

from domain.model.case import Case
from domain.model.people import Actor
from domain.model.refusals import Refusal
from domain.rules import address_proof
from domain.rules.fairness import refusal_by_table
from domain.rules.topics import REFUSES


def refusal_of(case: Case, actor: Actor, command: str) -> Refusal | None:
    """Why this actor cannot send this command now; None when they can.

    First the table (who may do what in which phase), then whether it is known who they are, then what the command's topic asks
    for beside it.
    """
    refusal = refusal_by_table(case, actor, command) or address_proof.refusal_of(case, actor, command)
    if refusal is None and command in REFUSES:
        return REFUSES[command](case, actor)
    return refusal
