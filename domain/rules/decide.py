"""The judge of commands: what follows from one, or why it is refused.

``decide(case, command, voice, at)`` answers the facts that follow, or raises a :class:`~domain.model.refusals.Refusal`.
It looks at the case, the command and the instant, at nothing else: no clock, no database, no chance. Who may do what is the
table's business (:mod:`domain.rules.lifecycle`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain.base import Phase
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.refusals import AlreadyOpen, NotOpened, NotSystem, UnknownActor
from domain.rules import authorities, chargeback, evidence, interim, legal_hold, links, procedure, returns, settlement, signals
from domain.rules import clocks as holding
from domain.rules import credit as crediting
from domain.rules import handling as handing_over
from domain.rules import ruling as r
from domain.rules.conditions import unmet
from domain.rules.deadlines import deadline
from domain.rules.evidence import IDENTITY_RULES
from domain.rules.fairness import why_not
from domain.rules.handling import (
    _admit,
    _assign,
    _close,
    _decline,
    _escalate,
    _message,
    _note,
    _reopen,
    _report_delivery,
    _report_effect,
    _take,
    _withdraw,
    skip,
)
from domain.rules.intake import _open
from domain.rules.rule import DecisionContext, Facts


def decide(case: Case | None, command: c.Command, context: DecisionContext, at: datetime) -> Facts:
    """The facts that follow from a command received at ``at``. Raises a Refusal; then nothing has happened."""
    if context.actor is None or (case is not None and _stranger(case, context.actor)):
        raise UnknownActor(f"Nobody with the id '{command.by}' has anything to do with this case.", by=command.by)
    if command.type in c.SYSTEM_COMMANDS and context.actor.role != "system":
        raise NotSystem(f"'{command.type}' is sent by the system only.", command=command.type)
    if isinstance(command, c.Open):
        if case is not None:
            raise AlreadyOpen("The case was opened before.", case=case.id)
        return _open(command, context, at)
    if case is None:
        raise NotOpened("The case has not been opened; its opening report is missing.")
    refusal = why_not(case, context.actor, command.type) or unmet(case, context.actor, command.type)
    if refusal is not None:
        raise refusal
    facts = crediting.ended(case, _RULES[command.type](case, command, context, at))
    if any(isinstance(x, f.InterimEnded) for x in facts):
        return facts
    # What was only meant until the matter is decided does not outlive it.
    if any(isinstance(x, f.CaseClosed) for x in facts):
        return (*chargeback.at_close(case, facts), *interim.end_all(case, command.id, "closed"), *facts)
    if any(isinstance(x, f.PhaseEntered) and x.phase is Phase.APPEALABLE for x in facts):
        return (*interim.end_all(case, command.id, "ruled"), *facts)
    return facts


def _stranger(case: Case, actor: f.Actor) -> bool:
    """A party, but of another case."""
    return actor.role in ("claimant", "respondent") and case.party(actor.id) is None


_RULES: dict[str, Callable[[Case, Any, DecisionContext, datetime], Facts]] = {
    "admit": _admit,
    "decline": _decline,
    "message": _message,
    "note": _note,
    "escalate": _escalate,
    "assign": _assign,
    "take": _take,
    "skip": skip,
    "rule": r.rule,
    "approve": r.approve,
    "return_ruling": r.return_ruling,
    "retract": r.retract,
    "appeal": r.appeal,
    "decide_appeal": r.decide_appeal,
    "withdraw": _withdraw,
    "close": _close,
    "reopen": _reopen,
    "deadline": deadline,
    "report_effect": _report_effect,
    "report_delivery": _report_delivery,
    "impose_interim": interim.impose,
    "review_interim": interim.review,
    **holding.RULES,
    **legal_hold.RULES,
    **IDENTITY_RULES,
    **procedure.RULES,
    **settlement.RULES,
    **returns.RULES,
    **links.RULES,
    **evidence.RULES,
    **chargeback.RULES,
    **crediting.RULES,
    **authorities.RULES,
    **signals.RULES,
    **handing_over.RULES,
}
