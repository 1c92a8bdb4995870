"""What a ruling must say beside outcome, reasons and remedies: what the pack asks for, and nothing that it does not know."""

from __future__ import annotations

from typing import Any

from domain import ruling_commands as c
from domain.case import Case
from domain.refusals import ComplaintRouteUnknown, ConditionUnknown, RulingIncomplete, UnderLegalHold


def check(case: Case, command: c.Rule | c.DecideAppeal, decision: str, outcome: str) -> None:
    """Refuses a ruling that leaves out what its outcome needs, or names what the pack does not know."""
    terms = case.terms
    unknown = [one for one in command.conditions if one not in terms.conditions]
    if unknown:
        allowed = list(terms.conditions)
        raise ConditionUnknown(f"The pack knows these conditions: {_named(allowed)}.", conditions=unknown, allowed=allowed)
    route = command.complaint_route
    if route is not None and route not in terms.complaint_routes:
        allowed = list(terms.complaint_routes)
        raise ComplaintRouteUnknown(f"The pack knows these routes: {_named(allowed)}.", complaint_route=route, allowed=allowed)
    if case.legal_holds and any(remedy.type == "erase" for remedy in command.remedies):
        raise UnderLegalHold(
            "Nothing of this case may be erased until the hold is lifted.", holds=[h.id for h in case.legal_holds]
        )
    known = terms.outcome(outcome)
    if known is None or decision in ("uphold", "remit"):
        return
    missing = [need for need in known.needs if not getattr(command, need)]
    if missing:
        raise RulingIncomplete(f"'{outcome}' needs: {', '.join(missing)}.", outcome=outcome, missing=missing)


def said(case: Case, command: c.Rule | c.DecideAppeal) -> dict[str, Any]:
    """What the draft says of it, as its fact has it. A reply goes to those who appealed, else to whoever asked."""
    told = {name: getattr(command, name) for name in ("conditions", "complaint_route", "reply")}
    return {name: value for name, value in told.items() if value}


def _named(allowed: list[str]) -> str:
    return ", ".join(allowed) or "none"
