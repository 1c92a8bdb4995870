"""Appeals of tests: what is paid, how an appeal was decided, and which rights are left."""

from __future__ import annotations

from typing import Any

from domain.base import Phase
from domain.model.case import Case
from tests.support.cases import LEAD, OUTCOMES, Life

BOUNTY = OUTCOMES["bounty_dispute"]


def pay(cents: int) -> dict[str, Any]:
    return {"type": "payout", "amount": {"amount": cents, "currency": "USD"}}


def decided(life: Life, decision: str, **fields: Any) -> Life:
    """The owner decides the appeal, and the parties are told."""
    assert life.case.owner is not None
    life.says(life.case.owner, "decide_appeal", decision=decision, **fields)
    if life.case.phase is Phase.APPROVAL:
        life.says(LEAD, "approve")
    return life.fire("grace")


def rights(case: Case) -> dict[str, tuple[bool, str]]:
    return {r.side.value: (r.allowed, r.because) for r in case.rights}
