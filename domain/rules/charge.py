"""What somebody is accused of, in kinds whose sanctions follow from it: the ladder to which the category of the case belongs.

Whoever was asked about one thing was asked nothing about another, which another ladder answers otherwise. Where the matter comes
to be called something else, who could be sanctioned for it is asked anew, and nobody is sanctioned by a clause of a ladder that
they were not asked about. A question can put another clause to them by name (``ground``).

European Convention on Human Rights, article 6(3)(a) and (b); Pelissier and Sassi v. France (25444/94).
"""

from __future__ import annotations

from collections.abc import Collection

from domain.base import Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.evidence import EvidenceRequest
from domain.model.sanctions import NotHeard
from domain.model.terms import OutcomeTerms, Terms
from domain.rules.rule import Change


def ladder_of(terms: Terms, category: str) -> str | None:
    """The category of the ladder that a category of reports, or a clause, belongs to; None where that names none."""
    ladders = terms.sanctions.ladders if terms.sanctions is not None else ()
    return next((one.category for one in ladders if category in (one.category, *one.grounds)), None)


def accused_anew(before: Case | None, fact: f.Fact, after: Case) -> frozenset[Side]:
    """The sides that are accused of something else by a fact: what they answered before is no answer to it."""
    if before is None or not isinstance(fact, f.CaseRetargeted):
        return frozenset()
    now = ladder_of(after.terms, after.category)
    if now == ladder_of(before.terms, before.category) or now in before.charged:
        return frozenset()
    return _accused(after)


def charged_after(before: Case | None, rec: f.Recording, after: Case) -> tuple[str, ...]:
    """The ladders about which somebody was asked by the name of a clause, and has answered or let the time for it go by."""
    known, fact = before.charged if before is not None else (), rec.fact
    match fact:
        case f.CaseReopened() | f.RulingAnnulled():
            return ()
        case f.AppealLodged(cross=False) if fact.side not in _accused(after):
            return ()
        case f.PartyAdded() if fact.party.role == "principal" and fact.party.side in _accused(after):
            # Whoever comes was asked nothing.
            return ()
        case f.EvidenceSubmitted() if (party := after.party(rec.actor.id)) is None or not party.stands_for_side:
            return known
        case f.EvidenceSubmitted(answers=asked) | f.EvidenceLapsed(requests=asked) if before is not None:
            named = (
                ladder_of(before.terms, one.ground or "")
                for one in before.requests
                if one.id in asked and _to_accused(before, one)
            )
            return tuple(dict.fromkeys((*known, *(ladder for ladder in named if ladder is not None))))
        case _:
            return known


def _to_accused(case: Case, one: EvidenceRequest) -> bool:
    """Whether it was whoever could be sanctioned who was asked, and not a witness, nor the other side."""
    party = case.party(one.party) if one.party is not None else None
    return one.of in _accused(case) and (one.party is None or (party is not None and party.stands_for_side))


def _accused(case: Case) -> frozenset[Side]:
    return frozenset(outcome.sanctions for outcome in case.terms.outcomes if outcome.sanctions is not None)


def moved(case: Case, rec: f.Recording, fact: f.CaseRetargeted) -> Change:
    """Since when somebody is accused of what they are."""
    terms, category = fact.terms or case.terms, fact.category or case.category
    same = ladder_of(case.terms, case.category) == ladder_of(terms, category)
    return {} if same else {"charged_at": rec.at}


def about_it(case: Case, requests: Collection[str]) -> tuple[str, ...]:
    """Of these requests those that were made since somebody is accused of what they are, or that named it before."""
    since, now = case.charged_at, ladder_of(case.terms, case.category)
    return tuple(
        one.id
        for one in case.requests
        if one.id in requests
        and (since is None or one.asked_at >= since or (one.ground is not None and ladder_of(case.terms, one.ground) == now))
    )


def check(case: Case, outcome: OutcomeTerms, ground: str | None) -> None:
    """Refuses a sanction by a clause of another ladder than that of the case, about which nobody was asked."""
    side, asked = outcome.sanctions, ladder_of(case.terms, case.category)
    wanted = ladder_of(case.terms, ground) if ground is not None else None
    if side is None or side not in case.terms.hear or None in (asked, wanted) or wanted in (asked, *case.charged):
        return
    raise NotHeard(
        f"The {side.value} was asked about '{asked}', and not about '{wanted}': ask them about it (request_evidence with "
        "ground); rule when they have answered or their time is over. Urgent protection goes by interim measures.",
        side=side.value,
        missing="charge",
        until=None,
        ground=ground,
        category=case.category,
    )
