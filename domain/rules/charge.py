"""What somebody is accused of: the clauses that what the case is called says, and what was put to them by name.

Whoever was asked about one thing was asked nothing about another: another clause is another charge, of the same ladder too. Where
the matter comes to be called something else, who could be sanctioned for it is asked anew. A question can put another clause to
somebody by name (``ground``), and so can the telling. What a question puts to one of several it puts to nobody else.

What a case is called says one clause where it is that clause's name; where it is the name of a ladder alone, and no other clause
was put, the clauses of that ladder. Any other category (an injury, ``general``) says what happened and puts nothing to anybody,
whatever the team wrote beside it: no machine judges a sentence, so a clause is named, or nobody is hit by one.

A clause that acquits (``no_breach``) accuses nobody: it puts nothing to anybody, hits nobody, and no respondent loses by it.

Whoever reports is told nothing by what the case is called: it is their own word. What hits them takes the clause by name.

European Convention on Human Rights, article 6(3)(a) and (b); Pelissier and Sassi v. France (25444/94), paragraphs 51 to 54.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from domain.base import Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.evidence import EvidenceRequest
from domain.model.facts import OpenedParty
from domain.model.ruling import UnknownGround
from domain.model.sanctions import NotHeard
from domain.model.terms import Terms
from domain.rules import told_category
from domain.rules.rule import Change

SAYS_NOTHING = frozenset({"general", "other"})
"""What a case is called where nobody knows what to call it: whoever is told that is told of nothing."""

ACQUITS = frozenset(
    f"no_{one}"
    for one in (
        *("abuse", "breach", "case", "clause", "deceit", "fault", "finding", "fraud", "harm", "infringement", "misconduct"),
        *("misuse", "offence", "offense", "scam", "violation", "wrongdoing"),
    )
)
"""Clauses by which nobody did anything. By their whole names: ``no_show`` and ``no_supervision`` are things that somebody did."""


def clauses_of(terms: Terms, category: str) -> frozenset[str]:
    """The clauses that a category of reports says: the one of its name, else those of the ladder of its name; none else."""
    if category in terms.grounds:
        return frozenset({category})
    ladders = terms.sanctions.ladders if terms.sanctions is not None else ()
    return frozenset(clause for one in ladders if one.category == category for clause in one.grounds)


def accused_anew(before: Case | None, fact: f.Fact, after: Case) -> frozenset[Side]:
    """The sides that are accused of something else by a fact: what they answered before is no answer to it."""
    if before is None or not isinstance(fact, f.CaseRetargeted):
        return frozenset()
    if not _laddered(after) or _says_no_more(before, after.terms, after.category):
        return frozenset()
    said = clauses_of(after.terms, after.category)
    return frozenset(side for side in _accused(after) if not _all_asked(before, side, said))


def _says_no_more(before: Case, terms: Terms, category: str) -> bool:
    """Whether a category accuses nobody of what that of the case did not."""
    old, new = _sanctionable(before.terms, before.category), _sanctionable(terms, category)
    return new == old or (bool(new) and new < old)


def _sanctionable(terms: Terms, category: str) -> frozenset[str]:
    """The clauses that a category says; where sanctions follow from some, those."""
    ladders = terms.sanctions.ladders if terms.sanctions is not None else ()
    said = clauses_of(terms, category)
    return frozenset(one for one in said if any(one in ladder.grounds for ladder in ladders)) if ladders else said


def _all_asked(case: Case, side: Side, clauses: frozenset[str]) -> bool:
    """Whether each principal of a side was asked about one of these clauses by name."""
    several = case.principals(side)
    return bool(several) and all(clauses & {*put_to(case, p.id)} for p in several)


def put_to(case: Case, party: str) -> tuple[str, ...]:
    """The clauses that were put to a principal by name, and they have answered or let the time for it go by."""
    return tuple(dict.fromkeys(one.clause for one in case.put if one.party == party))


def _accused(case: Case) -> frozenset[Side]:
    """Whoever could be sanctioned; where no sanction follows from a clause, whom the case is against."""
    if not _laddered(case):
        return frozenset({Side.RESPONDENT} & {*case.terms.hear})
    return frozenset(outcome.sanctions for outcome in case.terms.outcomes if outcome.sanctions is not None)


def moved(case: Case, rec: f.Recording, fact: f.CaseRetargeted) -> Change:
    """Since when somebody is accused of what they are."""
    terms, category = fact.terms or case.terms, fact.category or case.category
    return {} if _says_no_more(case, terms, category) else {"charged_at": rec.at}


def about_it(case: Case, requests: Collection[str]) -> tuple[str, ...]:
    """Of these requests those that were made since somebody is accused of what they are, or that named it before."""
    since, now = case.charged_at, _sanctionable(case.terms, case.category)
    return tuple(
        one.id for one in case.requests if one.id in requests and (since is None or one.asked_at >= since or one.ground in now)
    )


def check(case: Case, ground: str | None, hit: Iterable[OpenedParty]) -> None:
    """Refuses what hits somebody by a clause that was not put to them: neither by name, nor by what the case is called."""
    unasked = next((p for p in hit if ground is not None and not _was_put(case, p, ground)), None)
    if unasked is None:
        return
    own = {"party": unasked.id} if len(case.principals(unasked.side)) > 1 else {}
    raise NotHeard(
        f"{_what_was_put(case, unasked)}, and not about '{ground}': ask them about it (request_evidence with ground); rule when "
        "they have answered or their time is over. Urgent protection goes by interim measures.",
        side=unasked.side.value,
        missing="charge",
        until=None,
        ground=ground,
        category=case.category,
        **own,
    )


def _was_put(case: Case, party: OpenedParty, ground: str) -> bool:
    asked, said = put_to(case, party.id), _said_to(case, party.side)
    if ground in ACQUITS:
        return False
    if ground in asked or ground in said:
        return True
    # What it was called before they were asked anew is no other clause that somebody chose to put.
    if party.side is Side.CLAIMANT or asked or {*case.terms.grounds} & {*said} - {*case.filed_as}:
        return False
    of_ladders = frozenset[str]().union(*(clauses_of(case.terms, one) for one in said))
    return ground in of_ladders or _told_before_it_was_kept(case)


def _said_to(case: Case, side: Side) -> tuple[str, ...]:
    """What a side was told that the matter is: by the telling, and by what the case is called; the claimant is told nothing."""
    if side is Side.CLAIMANT:
        return ()
    called = case.category if _told(case, side) else None
    return tuple(dict.fromkeys(one for one in (_told_by_telling(case), called) if one is not None))


def _told_by_telling(case: Case) -> str | None:
    return case.disclosed.charge if case.disclosed is not None else None


def _told_before_it_was_kept(case: Case) -> bool:
    """Whether they were told by a release that did not keep what a telling put to them, of something that is no clause's name."""
    return case.disclosed is not None and case.disclosed.charge is None and not clauses_of(case.terms, case.category)


def check_known(terms: Terms, ground: str | None) -> None:
    """Refuses to put something to somebody that is no clause of the kind, or accuses nobody."""
    allowed = _accusing(terms)
    if ground is not None and ground not in allowed:
        said = "By this one nobody did anything; name" if ground in terms.grounds else "Name"
        raise UnknownGround(f"{said} a clause of this kind: {', '.join(allowed)}.", ground=ground, allowed=allowed)


def check_lost(case: Case, ground: str | None, lost: Collection[Side], hit: Collection[Side]) -> None:
    """Refuses that whoever is accused (the respondent, or the author) loses, or anybody is hit, by a clause that acquits."""
    accused = case.author or Side.RESPONDENT
    against = accused if accused in lost else next((side for side in Side if side in hit), None)
    if ground in ACQUITS and against is not None:
        allowed = _accusing(case.terms)
        said = f"By '{ground}' nobody did anything, and this goes against the {against.value}: name what they did"
        raise UnknownGround(f"{said}: {', '.join(allowed)}.", ground=ground, allowed=allowed)


def _accusing(terms: Terms) -> list[str]:
    return [one for one in terms.grounds if one not in ACQUITS]


def put_by(case: Case, ground: str | None) -> str:
    """What is put to somebody who is told of the case: a clause by name, or what it is called."""
    return ground or case.category


def in_words(case: Case, ground: str | None) -> str | None:
    """What a letter names as that which is held against somebody; None: nothing says it that is meant for them."""
    said = told_category.told(case, put_by(case, ground), "respondent")
    return None if said in SAYS_NOTHING else said


def names_clause(case: Case, ground: str | None) -> bool:
    """Whether the letter that tells somebody of the case names a clause, or the ladder of some: what they are accused of."""
    return in_words(case, ground) is not None and bool(clauses_of(case.terms, put_by(case, ground)))


def named_to(case: Case, asked: f.EvidenceRequested) -> str | None:
    """What a question names as held against whom it is put to; None where it is put to nobody who could be hit by it."""
    party = case.party(asked.party) if asked.party is not None else None
    own = asked.party is None or (party is not None and party.stands_for_side)
    if own and asked.of is Side.CLAIMANT and asked.ground is not None:
        return asked.ground
    if not own or asked.of not in _accused(case) or case.disclosed is None:
        return None
    return in_words(case, asked.ground)


def told_of(case: Case, viewer: OpenedParty | None) -> tuple[str, ...]:
    """What was put to somebody so far, by the codes that their letters and page say in words, answered or not; None: to anybody
    who is accused. What one of several was asked in person is no news to the others."""
    side = viewer.side if viewer is not None else Side.RESPONDENT
    if viewer is not None and not viewer.speaks:
        return ()
    told: tuple[str | None, ...] = ()
    if side is Side.RESPONDENT:
        if not case.is_disclosed or side not in _accused(case):
            return ()
        told = (_told_by_telling(case),)
    put = {one.clause for one in case.put}
    questions = (*case.requests, *(one for one in case.settled_requests if one.ground in put))
    asked = (one.ground for one in questions if one.of is side and _asks(case, one, viewer))
    reader: told_category.Reader = "staff" if viewer is None else "respondent"
    put_so_far = (told_category.told(case, one, reader) for one in (*told, *asked) if one is not None)
    return tuple(dict.fromkeys(one for one in put_so_far if one not in SAYS_NOTHING))


def _asks(case: Case, one: EvidenceRequest, viewer: OpenedParty | None) -> bool:
    """Whether a request asks a side, or this one of it, and not a witness."""
    party = case.party(one.party) if one.party is not None else None
    return party is None or (party.stands_for_side and (viewer is None or party.id == viewer.id))


def _told(case: Case, side: Side) -> bool:
    """Whether they were told, or asked, since the matter is called what it is."""
    at = case.disclosed_at or case.opened_at
    if case.charged_at is None or _laddered(case) or (side is Side.RESPONDENT and at >= case.charged_at):
        # Where sanctions follow from it they count as unheard until they are asked anew.
        return True
    return all(p.id in case.questioned for p in case.principals(side))


def _laddered(case: Case) -> bool:
    return case.terms.sanctions is not None and bool(case.terms.sanctions.ladders)


def _what_was_put(case: Case, party: OpenedParty) -> str:
    charges = dict.fromkeys((*_said_to(case, party.side), *put_to(case, party.id)))
    who = f"One on the side of the {party.side.value}" if len(case.principals(party.side)) > 1 else f"The {party.side.value}"
    said = " and ".join(f"'{one}'" for one in charges if one not in SAYS_NOTHING)
    return f"{who} was asked about {said}" if said else f"{who} was asked about nothing by name"
