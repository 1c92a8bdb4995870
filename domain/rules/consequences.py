"""What always follows, whatever rule decided: read together with a rule, these say everything that a command brings about."""

from __future__ import annotations

from collections.abc import Callable

from domain.model.case import Case
from domain.rules import (
    agreement_terms,
    beside_others,
    chargeback,
    credit,
    interim,
    legal_hold,
    manual_work,
    provider_news,
    settlement,
    shares,
    withdrawal,
)
from domain.rules.rule import Facts

Consequence = Callable[[Case, str, Facts], Facts]
"""From the case before, the id of the command, and the facts so far: the facts with what follows from them in its place."""

CONSEQUENCES: tuple[Consequence, ...] = (
    # Nobody has to say any more whether a report may be taken back.
    withdrawal.overtaken,
    # A provisional credit is final, or is taken back, once the matter is decided.
    credit.ended,
    # What was only meant until then does not outlive it.
    interim.ended,
    # What is offered stays open until the matter is decided or the case ends, and tells nothing of a draft.
    settlement.stays,
    # What is offered no longer ends with a word to both sides.
    settlement.lapses,
    # A case that ends takes the only chance with a card network with it.
    chargeback.sent_at_close,
    # Money for several is ordered for each of them.
    shares.shared,
    # Nothing is paid twice because two cases are about the same matter.
    beside_others.looked_at,
    # Nor because a payment provider has given it back already.
    provider_news.not_paid_again,
    # Nobody has to do by hand what is undone before anybody did it, nor to undo it.
    manual_work.overtaken,
    # Nor is anybody promised at once what waits for that.
    agreement_terms.held_back,
    # Last, so that nothing that destroys escapes a hold.
    legal_hold.withheld,
)


def with_consequences(case: Case, command_id: str, facts: Facts) -> Facts:
    """The facts of a rule, and all that follows from them by itself."""
    for consequence in CONSEQUENCES:
        facts = consequence(case, command_id, facts)
    return facts
