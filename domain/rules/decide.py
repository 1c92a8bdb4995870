"""The judge of commands: what follows from one, or why it is refused.

``decide(case, command, context, at)`` answers the facts that follow, or raises a :class:`~domain.model.refusals.Refusal`. It
looks at the case, the command and the instant, at nothing else: no clock, no database, no chance. Who may do what is the table's
business (:mod:`domain.rules.lifecycle`), what follows from a command its topic's (:mod:`domain.rules.topics`), and what always
follows stands in one list (:mod:`domain.rules.consequences`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.base import Side
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.procedure import ProcedureIncomplete
from domain.model.refusals import AlreadyOpen, NotOpened, NotSystem, UnknownActor
from domain.rules import authorities, beside_others, departures, first_words, legal_hold, money, told_by_two
from domain.rules.audiences import told_of
from domain.rules.consequences import with_consequences
from domain.rules.deadlines import deadline
from domain.rules.fairness import hit_by
from domain.rules.intake import open_case
from domain.rules.need_to_know import refusal_of_stranger
from domain.rules.permission import refusal_of
from domain.rules.rule import DecisionContext, Facts
from domain.rules.ruling import check_possible
from domain.rules.topic import Rule
from domain.rules.topics import TOPICS, merged

RULES: Mapping[str, Rule] = merged([*(topic.rules for topic in TOPICS), {"deadline": deadline}])
"""By command, all but ``open``: what follows from it."""


def decide(case: Case | None, command: c.Command, context: DecisionContext, at: datetime) -> Facts:
    """The facts that follow from a command received at ``at``. Raises a Refusal; then nothing has happened."""
    if context.actor is None or (case is not None and _stranger(case, context.actor, command.type)):
        raise UnknownActor(f"Nobody with the id '{command.by}' has anything to do with this case.", by=command.by)
    if command.type in c.SYSTEM_COMMANDS and context.actor.role != "system":
        raise NotSystem(f"'{command.type}' is sent by the system only.", command=command.type)
    if isinstance(command, c.Open):
        if case is not None:
            raise AlreadyOpen("The case was opened before.", case=case.id)
        return open_case(command, context, at)
    if case is None:
        raise NotOpened("The case has not been opened; its opening report is missing.")
    case = departures.as_judged(case, at)
    case = first_words.as_judged(case, context.cannot_decide, context.actor.id)
    case = authorities.beside_others(case, context.held, at, context.actor.id)
    refusal = refusal_of(case, context.actor, command.type)
    refusal = refusal or refusal_of_stranger(case, context.actor, context.standing)
    if refusal is not None:
        if isinstance(command, c.Rule) and isinstance(refusal, ProcedureIncomplete):
            # What can never be right is said first: nobody does the steps only to learn it then.
            check_possible(case, command)
        raise refusal
    if case.of_office is not None and context.actor.role == "platform":
        context = context.model_copy(update={"stands_for": Side.CLAIMANT})
    # Whoever lifts a hold lifts those of this case; that others are left is a matter of what follows.
    held = legal_hold.with_others(case, context.held, at)
    told_by_two.check(held, command, context)
    if command.type in money.GIVES or command.type == "deadline":
        held = beside_others.as_judged(held, context.paid_elsewhere, context.actor.side if context.actor else None)
    own = command.type in ("place_hold", "lift_hold")
    return with_consequences(held, command.id, RULES[command.type](case if own else held, command, context, at))


def _stranger(case: Case, actor: f.Actor, command: str) -> bool:
    """A party, but of another case, or of one that they have not been told of: all that they know of may be a measure."""
    if actor.role not in ("claimant", "respondent"):
        return False
    party = case.party(actor.id)
    return party is None or not (told_of(case, party) or (command == "ask_interim_review" and hit_by(case, party)))
