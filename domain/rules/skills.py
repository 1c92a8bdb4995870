"""What a case asks of whoever decides it, beside that they may: a skill, and the language of whoever reported it."""

from __future__ import annotations

from domain.base import Side
from domain.model.case import Case


def skill_of(case: Case) -> str | None:
    """The skill that the pack names for its category; None: everybody can."""
    return case.terms.skill_for(case.category)


def language_of(case: Case) -> str | None:
    """What the claimant speaks (``de`` of ``de-AT``); None when nobody stands on that side any more."""
    principal = next((p for p in case.side_parties(Side.CLAIMANT) if p.role == "principal"), None)
    return principal.locale.partition("-")[0] if principal is not None else None
