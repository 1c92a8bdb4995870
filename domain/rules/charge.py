"""What somebody is accused of: the ladder to which the category of the case belongs, or, where a kind has none, the category.

Whoever was asked about one thing was asked nothing about another, which another ladder answers otherwise. Where the matter comes
to be called something else, who could be sanctioned for it is asked anew, and nobody is sanctioned by a clause of a ladder that
they were not asked about. A question can put another clause to them by name (``ground``), and so can the telling.

Where no sanction follows from it the same is true of what hits the respondent (a ban, a warning): told of a stolen card,
nobody is suspended for a misrepresentation; and whoever was asked about one clause by name is not hit by another. A category that
is no clause (an injury) says what happened, and is told in words with the rest. One that says nothing (``general``) puts nothing
to anybody, whatever the team wrote beside it: no machine judges a sentence, so a clause is named, or nobody is hit by one.

European Convention on Human Rights, article 6(3)(a) and (b); Pelissier and Sassi v. France (25444/94).
"""

from __future__ import annotations

from collections.abc import Collection

from domain.base import Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.evidence import EvidenceRequest
from domain.model.ruling import UnknownGround
from domain.model.sanctions import NotHeard
from domain.model.terms import OutcomeTerms, Terms
from domain.rules.rule import Change

SAYS_NOTHING = frozenset({"general", "other"})
"""What a case is called where nobody knows what to call it: whoever is told that is told of nothing."""


def ladder_of(terms: Terms, category: str) -> str | None:
    """The category of the ladder that a category of reports, or a clause, belongs to; None where that names none."""
    ladders = terms.sanctions.ladders if terms.sanctions is not None else ()
    return next((one.category for one in ladders if category in (one.category, *one.grounds)), None)


def named(terms: Terms, category: str) -> str | None:
    """The charge that a category of reports, or a clause, is; None where it names none."""
    if terms.sanctions is not None and terms.sanctions.ladders:
        return ladder_of(terms, category)
    return category if category in terms.grounds else None


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
            asked_of = (
                named(before.terms, one.ground or "") for one in before.requests if one.id in asked and _to_accused(before, one)
            )
            return tuple(dict.fromkeys((*known, *(charge for charge in asked_of if charge is not None))))
        case _:
            return known


def _to_accused(case: Case, one: EvidenceRequest) -> bool:
    """Whether it was whoever could be sanctioned who was asked, and not a witness, nor the other side."""
    party = case.party(one.party) if one.party is not None else None
    return one.of in _accused(case) and (one.party is None or (party is not None and party.stands_for_side))


def _accused(case: Case) -> frozenset[Side]:
    """Whoever could be sanctioned; where no sanction follows from a clause, whom the case is against."""
    if not _laddered(case):
        return frozenset({Side.RESPONDENT} & {*case.terms.hear})
    return frozenset(outcome.sanctions for outcome in case.terms.outcomes if outcome.sanctions is not None)


def moved(case: Case, rec: f.Recording, fact: f.CaseRetargeted) -> Change:
    """Since when somebody is accused of what they are."""
    terms, category = fact.terms or case.terms, fact.category or case.category
    same = named(case.terms, case.category) == named(terms, category)
    return {} if same else {"charged_at": rec.at}


def about_it(case: Case, requests: Collection[str]) -> tuple[str, ...]:
    """Of these requests those that were made since somebody is accused of what they are, or that named it before."""
    since, now = case.charged_at, named(case.terms, case.category)
    return tuple(
        one.id
        for one in case.requests
        if one.id in requests
        and (since is None or one.asked_at >= since or (one.ground is not None and named(case.terms, one.ground) == now))
    )


def check(case: Case, outcome: OutcomeTerms, ground: str | None, hit: Collection[Side]) -> None:
    """Refuses what hits somebody by a clause that was not put to them: of another ladder than that of the case, or another
    category; or, where they were asked about clauses by name, none of those."""
    side = outcome.sanctions if _laddered(case) else Side.RESPONDENT if Side.RESPONDENT in hit else None
    if side is None or side not in case.terms.hear or ground is None:
        return
    wanted, asked = named(case.terms, ground), _put(case, side)
    if wanted is None or wanted in asked or (not asked and _told_in_words(case, side)):
        return
    raise NotHeard(
        f"{_what_was_put(side, asked, wanted)}: ask them about it (request_evidence with ground); rule when they have "
        "answered or their time is over. Urgent protection goes by interim measures.",
        side=side.value,
        missing="charge",
        until=None,
        ground=ground,
        category=case.category,
    )


def _put(case: Case, side: Side) -> tuple[str, ...]:
    """The charges that were put to whoever is accused: by the telling, what the case is called, and what they were asked about
    by name."""
    called = named(case.terms, case.category) if _told(case, side) else None
    told = named(case.terms, first) if (first := _told_by_telling(case, side)) is not None else None
    return tuple(dict.fromkeys(one for one in (told, called, *case.charged) if one is not None))


def _told_by_telling(case: Case, side: Side) -> str | None:
    return case.disclosed.charge if case.disclosed is not None and side is Side.RESPONDENT else None


def _told_in_words(case: Case, side: Side) -> bool:
    """Whether they were told what happened, where what the case is called is no clause: all else the telling said. Whoever knew
    from the beginning, or was told before a charge was kept, had the words alone."""
    return named(case.terms, case.category) is None and _told_by_telling(case, side) not in SAYS_NOTHING


def check_known(terms: Terms, ground: str | None) -> None:
    """Refuses to put something to somebody that is no clause of the kind."""
    if ground is not None and ground not in terms.grounds:
        allowed = list(terms.grounds)
        raise UnknownGround(f"Name a clause of this kind: {', '.join(allowed)}.", ground=ground, allowed=allowed)


def put_by(case: Case, ground: str | None) -> str:
    """What is put to somebody who is told of the case: a clause by name, or what it is called."""
    return ground or case.category


def in_words(case: Case, ground: str | None) -> str | None:
    """What a letter names as that which is held against somebody; None: nothing says it."""
    said = put_by(case, ground)
    return None if said in SAYS_NOTHING else said


def named_to(case: Case, asked: f.EvidenceRequested) -> str | None:
    """What a question names as held against whom it is put to; None where it is put to nobody who could be hit by it."""
    party = case.party(asked.party) if asked.party is not None else None
    own = asked.party is None or (party is not None and party.stands_for_side)
    if not own or asked.of not in _accused(case) or case.disclosed is None:
        return None
    return in_words(case, asked.ground)


def told_of(case: Case) -> tuple[str, ...]:
    """What was put to the respondent so far, by the codes that their letters and page say in words; answered or not."""
    if not case.is_disclosed or Side.RESPONDENT not in _accused(case):
        return ()
    told = case.disclosed.charge if case.disclosed is not None else None
    asked = (one.ground for one in case.requests if _to_accused(case, one))
    return tuple(dict.fromkeys(one for one in (told, *case.charged, *asked) if one is not None and one not in SAYS_NOTHING))


def _told(case: Case, side: Side) -> bool:
    """Whether they were told, or asked, since the matter is called what it is."""
    at = case.disclosed_at or case.opened_at
    if case.charged_at is None or _laddered(case) or (side is Side.RESPONDENT and at >= case.charged_at):
        # Where sanctions follow from it they count as unheard until they are asked anew.
        return True
    return all(p.id in case.questioned for p in case.principals(side))


def _laddered(case: Case) -> bool:
    return case.terms.sanctions is not None and bool(case.terms.sanctions.ladders)


def _what_was_put(side: Side, charges: Collection[str], wanted: str) -> str:
    if not charges:
        return f"Nothing was put to the {side.value} by name, so not '{wanted}' either"
    said = " and ".join(f"'{one}'" for one in charges)
    return f"The {side.value} was asked about {said}, and not about '{wanted}'"
