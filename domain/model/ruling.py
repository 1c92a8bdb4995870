"""Commands about the decision on the matter: rule, let it out or send it back, appeal, decide the appeal."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.base import Code, CommandBase, Frozen, Money, Side
from domain.model.prose import SealedText
from domain.model.statement import StatementOfReasons


class Remedy(Frozen):
    """Something to be done to put the outcome into effect."""

    type: Code
    amount: Money | None = None
    to: Side = Side.CLAIMANT
    after_return: bool = False
    """Only once the claimant has sent the goods back, where the outcome allows it."""


class Rule(CommandBase):
    """Decide the matter, with reasons."""

    type: Literal["rule"] = "rule"
    outcome: Code
    reasons: SealedText
    ground: Code | None = None
    remedies: Annotated[tuple[Remedy, ...], Field(max_length=10)] = ()
    conditions: Annotated[tuple[Code, ...], Field(max_length=10)] = ()
    """Conditions on which it is given, as the pack names them."""
    reply: SealedText | None = None
    """What is said to whoever appealed, or asked, alone."""
    complaint_route: Code | None = None
    """Where the decision can be complained about, as the pack names it."""
    sanction: Code | None = None
    """Left out: the one that the ladder says."""
    sanction_reason: Code | None = None
    """Why it is another one: a reason that the pack knows, with ``sanction_reasons`` in words."""
    sanction_reasons: SealedText | None = None
    statement: StatementOfReasons | None = None
    """Why something is restricted, where the pack wants a statement of reasons."""


class Approve(CommandBase):
    """Second person: let the ruling go out."""

    type: Literal["approve"] = "approve"


class ReturnRuling(CommandBase):
    """Second person: send the ruling back with reasons."""

    type: Literal["return_ruling"] = "return_ruling"
    reasons: SealedText


class Retract(CommandBase):
    """The drafter takes the ruling back before the parties are told."""

    type: Literal["retract"] = "retract"


class Appeal(CommandBase):
    """A side that lost something asks for another decider to look again."""

    type: Literal["appeal"] = "appeal"
    reasons: SealedText


class DecideAppeal(CommandBase):
    """Decide an appeal: uphold, overturn (with the new outcome), vary (another outcome or remedies) or remit to review."""

    type: Literal["decide_appeal"] = "decide_appeal"
    decision: Literal["uphold", "overturn", "vary", "remit"]
    reasons: SealedText
    outcome: Code | None = None
    ground: Code | None = None
    remedies: Annotated[tuple[Remedy, ...], Field(max_length=10)] = ()
    conditions: Annotated[tuple[Code, ...], Field(max_length=10)] = ()
    """Conditions on which it is given, as the pack names them."""
    reply: SealedText | None = None
    """What is said to whoever appealed, or asked, alone."""
    complaint_route: Code | None = None
    """Where the decision can be complained about, as the pack names it."""
    sanction: Code | None = None
    sanction_reason: Code | None = None
    sanction_reasons: SealedText | None = None
    statement: StatementOfReasons | None = None
    """Why something is restricted, where the pack wants a statement of reasons."""
