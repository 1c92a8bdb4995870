"""What one of the team changes about whose own matter it is waits for somebody else's word.

Somebody is put on a side, into another's place or out of it, or counts as under age. Whoever could do that alone would agree
with somebody of their own choosing: so from then on nobody is bound (no offer or proposal is accepted, no claim conceded, nothing
split off or merged) and a wish to end the matter is a question to the team, until a second one has said it too. That is the same
command once more, from a lead or ops who did not send it, nor reports to who did, or from the platform, which knows its users.
What the platform says by itself, or two of the team have agreed to, waits for nobody.

Whoever speaks for a side by the word of one is not its hearing, answers nothing that it was asked and does not use up its appeal:
legal assistance is of one's own choosing (European Convention on Human Rights, article 6(3)(c)).

Whoever a settlement binds was told of it and agreed themselves: Directive 2013/11/EU, article 9(2). In doubt somebody is treated
as a child (UN Committee on the Rights of the Child, General Comment 6, paragraph 31(i)): to count as under age protects at once,
by the word of one, and ends by that of two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from domain.base import Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.parties import Changed, ChangeUnconfirmed, PartyUnfit, Seated, UnconfirmedChange
from domain.model.people import Actor, OpenedParty
from domain.model.refusals import OwnCase
from domain.model.safeguards import Interim
from domain.rules import under_age
from domain.rules.audiences import UNTOLD, Audience
from domain.rules.fairness import another_credential, partial
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import Known, Topic, inside

TEAM = ("mediator", "lead", "ops")
"""Whose word alone binds nobody."""
_SECOND = ("lead", "ops")
_AGE = ("under_age", "adult")
LONGEST_ALONE = timedelta(days=1)
"""Wall time: how long a measure lasts by one person's word. As long as a second one may need to be found, at night too."""


def waiting(case: Case) -> tuple[Seated, ...]:
    """What waits for a second person and binds nobody until then."""
    return tuple(one for one in case.seated if one.change != "adult")


def as_seen(case: Case) -> tuple[UnconfirmedChange, ...]:
    """What waits, as the team reads it."""
    names = {*UnconfirmedChange.model_fields}
    return tuple(UnconfirmedChange(**one.model_dump(include=names)) for one in case.seated)


def seats(case: Case) -> tuple[Seated, ...]:
    """Who stands there, or does not, by the word of one."""
    return tuple(one for one in case.seated if one.change not in _AGE)


def waits_on(case: Case, side: Side) -> bool:
    """Whether it is not settled who stands on a side."""
    return any(one.side is side for one in waiting(case))


def unconfirmed(case: Case) -> ChangeUnconfirmed | None:
    """Why nobody agrees on anything now. It says nothing of whom it is about: either side reads it."""
    if not waiting(case):
        return None
    return ChangeUnconfirmed(
        "One of the team has changed who the parties are, or what is known of them. Before anything is agreed on, a second "
        "person of the team confirms it. Write to the desk if it takes long; what is open until then stays open."
    )


def check_settled(case: Case) -> None:
    """Refuses to take somebody elsewhere of whom it is not settled that they stand here."""
    if waits := waiting(case):
        raise ChangeUnconfirmed(
            "Somebody of the team has changed who the parties are: first a lead or ops who did not, or the platform, "
            "confirms it by the same command.",
            changes=[{"party": one.party, "change": one.change} for one in waits],
        )


def put_there(case: Case, side: Side) -> tuple[Seated, ...]:
    """Who stands on a side as whose own matter it is by the word of one."""
    there = {p.id for p in case.principals(side)}
    return tuple(one for one in seats(case) if one.party in there and one.change in ("added", "replaced"))


def check_may_lose(case: Case, parties: Collection[str]) -> None:
    """Refuses a ruling against somebody whom one of the team has put there: nobody chooses whom they find against.

    The presumption of innocence is of the person who is charged (European Convention on Human Rights, article 6(2)).
    """
    found = [one for side in Side for one in put_there(case, side) if one.party in parties]
    if found:
        raise _against(found)


def spared(case: Case, side: Side, actor: Actor) -> frozenset[str]:
    """Whom on a side somebody does not hit by a measure: whoever stands there by them, or by somebody of their line, alone.
    Another one's word makes two, and protection need not wait for more."""
    return frozenset(one.party for one in put_there(case, side) if _of_line([one], actor))


def against_spared(case: Case, side: Side, spared: Iterable[str]) -> ChangeUnconfirmed:
    """The refusal of a measure that would hit them."""
    return _against([one for one in put_there(case, side) if one.party in spared])


def _against(found: Iterable[Seated]) -> ChangeUnconfirmed:
    return ChangeUnconfirmed(
        "Whoever this would hit stands there by the word of one of the team: first a lead or ops who did not say it, nor reports "
        "to who did, or the platform, confirms it by the same command. In an urgent matter that protects people the first "
        "measure goes at once, for a day, and so does one that only holds money (payout_freeze).",
        changes=[{"party": one.party, "change": one.change} for one in found],
    )


def own_change(case: Case, actor: Actor) -> bool:
    """Whether somebody, whom they report to, or who reports to them, changed who stands on either side."""
    return _of_line(seats(case), actor)


def _of_line(found: Iterable[Seated], actor: Actor) -> bool:
    return any(one.by in {actor.id, *actor.superiors} or actor.id in one.superiors for one in found)


def refusal_of_granting(case: Case, actor: Actor) -> OwnCase | None:
    """Why somebody does not grant a wish: they, or their line, have put there who wishes it, or taken out who does not; or what
    shows that somebody needs protection is of their own finding."""
    asked = case.withdrawal
    by = case.party(asked.by) if asked is not None else None
    if asked is None or by is None:
        return None
    if (of_own := _of_own_finding(case, asked.side, actor)) is not None:
        return of_own
    theirs = {by.id, by.represents}
    found = [one for one in seats(case) if one.side is asked.side and (one.party in theirs or one.change == "removed")]
    if not _of_line(found, actor):
        return None
    said = "Who wishes it is there by you, or by somebody of your line, or who does not was taken out: somebody else answers it."
    return OwnCase(said, because="seated_them")


def _of_own_finding(case: Case, side: Side, actor: Actor) -> OwnCase | None:
    """Why somebody who has found that a matter is another one, or that it is a child's, does not end it alone by granting a wish:
    what one person found, and was asked to forget, another one looks at (Istanbul Convention, article 55(1); UN Convention on the
    Rights of the Child, article 19)."""
    own = {actor.id, *actor.superiors}
    if any(p.minor and p.flagged_by in own for p in case.principals(side)):
        said = "You, or whom you report to, have found that they are under age: somebody else answers what they wish."
        return OwnCase(said, because="found_them_young")
    if case.terms.withdrawal != "closes" and not own.isdisjoint(case.called_by):
        said = "You, or whom you report to, have said what it is about, or how urgent it is: somebody else answers the wish."
        return OwnCase(said, because="called_it")
    return None


def may_be_second(by: str | None, actor: Actor) -> bool:
    """Whether somebody's word beside that of one of the team makes two: the platform's, or that of a lead or ops of no hierarchy
    in which the first one could make them say it."""
    return actor.role == "platform" or (actor.role in _SECOND and by not in {actor.id, *actor.superiors})


def added(case: Case, party: OpenedParty, context: DecisionContext) -> Facts:
    """The confirmation that is said by adding somebody once more who stands there, or speaks, by the word of one."""
    here = [p for p in case.side_parties(party.side) if p.ref_digest == party.ref_digest and not p.left]
    speaks = next((p for p in here if p.stated_by is not None), None)
    if speaks is not None:
        actor = context.known()
        agreed = f.PartyAgreed(party=speaks.represents or actor.id, to=speaks.id)
        if speaks.stated_by in partial(case) and actor.role in TEAM:
            return (f.PartyChangeSaidAgain(party=speaks.id, change="speaks"),)
        return (agreed,) if _may_say_who_speaks(case, speaks, actor) else ()
    ids = {p.id for p in here}
    return _confirmed(case, (one for one in case.seated if one.party in ids and one.change in ("added", "replaced")), context)


def _may_say_who_speaks(case: Case, speaks: OpenedParty, actor: Actor) -> bool:
    """Whose second word makes binding what somebody says for another: theirs for whom it is, unless a child's, or that of a
    second person. Whoever says that somebody is under age does not say as well who decides for them."""
    whose = case.party(speaks.represents) if speaks.represents is not None else None
    if actor.id == speaks.represents:
        return not under_age.is_minor(case, actor)
    first = (speaks.stated_by, whose.flagged_by if whose is not None else None)
    return all(one is None or may_be_second(one, actor) for one in first)


def replaced(case: Case, party_id: str, by_party: OpenedParty, context: DecisionContext) -> Facts:
    """The same of putting them into another's place once more."""
    known = {p.id for p in case.parties if p.ref_digest == by_party.ref_digest}
    return _confirmed(case, (one for one in case.seated if one.instead_of == party_id and one.party in known), context)


def removed(case: Case, party_id: str, context: DecisionContext) -> Facts:
    """The same of removing somebody once more."""
    return _confirmed(case, (one for one in case.seated if one.change == "removed" and one.party == party_id), context)


def comes_back(case: Case, party: OpenedParty, actor: Actor, instead_of: str | None = None) -> OpenedParty | None:
    """Who stands there again where the team undoes what one of it has changed and nobody has confirmed; else None."""
    if actor.role not in ("platform", *TEAM):
        return None
    gone = {p.id: p for p in case.parties if p.ref_digest == party.ref_digest and p.left}
    for one in seats(case):
        was = one.instead_of if instead_of is not None else one.party
        undoes = one.change == "removed" if instead_of is None else one.party == instead_of
        if undoes and was in gone:
            return gone[was].model_copy(update={"left": False})
    return None


def of_age(case: Case, minors: Iterable[str], adults: Iterable[str], reason: str, context: DecisionContext) -> Facts:
    """What it means to say once more that somebody is under age, and to say that they are not."""
    flags = [one for one in case.seated if one.change == "under_age" and one.party in minors]
    grown = [one for one in case.seated if one.change == "adult" and one.party in adults]
    young = {p.id for side in Side for p in case.principals(side) if p.minor}
    new = [one for one in dict.fromkeys(adults) if one in young and one not in {known.party for known in grown}]
    proposed = tuple(f.AdulthoodProposed(party=one, reason=reason) for one in new)
    return (*_confirmed(case, flags, context), *_confirmed(case, grown, context), *proposed)


def said_again(case: Case, found: Iterable[Seated], actor: Actor) -> Facts:
    """What waits by the word of somebody who must not decide the case (:mod:`domain.rules.first_words`) stays as it is, and
    whoever of the team says it now is the first to: a second one has yet to. The platform needs nobody beside it."""
    if actor.role not in TEAM:
        return ()
    out = partial(case)
    return tuple(
        f.PartyChangeSaidAgain(party=one.party, change=one.change) for one in found if one.by in out and one.change != "adult"
    )


def _confirmed(case: Case, found: Iterable[Seated], context: DecisionContext) -> Facts:
    """Raises PartyUnfit for whoever is no second person."""
    there, actor = tuple(found), context.known()
    if (again := said_again(case, there, actor)) and len(again) == len(there):
        return again
    for one in there:
        if not may_be_second(one.by, actor):
            said = "That is so by the word of one: a lead or ops who did not say it, nor reports to who did, has to say it too."
            raise PartyUnfit(said, because="second_person")
        another_credential(one.credential, context)
    return tuple(f.PartyChangeConfirmed(party=one.party, change=one.change) for one in there)


# --- what takes two from the beginning


def has_a_say(case: Case, party: OpenedParty) -> bool:
    """Whether putting them out would end what they said, or what waits for their word: an offer, a draft, what was ruled."""
    said = party.minor or party.id in case.spoke
    return said or bool(case.offer or case.proposal) or case.phase in UNTOLD or _decided(case)


def _decided(case: Case) -> bool:
    """Whether something is ruled or agreed that others would get, or be bound by, in somebody's place."""
    return bool(case.rulings or case.settlement or case.returning)


def own_counsel(party: OpenedParty, actor: Actor) -> bool:
    """Whether somebody of the team would take from a party who speaks for them, by their own choice, by the report or the
    platform, or as two have said: a guardian who says no, the counsel of whoever is accused. Whom one of the team has put there
    one takes out.

    European Convention on Human Rights, article 6(3)(c); UN Convention on the Rights of the Child, article 12(2).
    """
    return party.role == "representative" and party.stated_by is None and actor.role in TEAM


def dissented(case: Case, party: OpenedParty) -> bool:
    """Whether they have spoken to the matter since, or said no for their side: an agreeable one in their place would undo it. And
    whether it is a child, of whom one alone would make an adult, or more than words stands already."""
    refused = any(offer.side is not party.side and offer.became in ("declined", "countered") for offer in case.offers)
    no = refused or any(party.side in proposal.declined_by for proposal in case.proposals)
    return party.minor or party.id in case.spoke_since or no or party.side in case.appellants or _decided(case)


# --- what it does to a case


def noted(case: Case, rec: f.Recording, side: Side, party: str, change: Changed, instead_of: str | None = None) -> Change:
    """What one of the team has changed waits from now on; what the platform or a side changes does not."""
    if rec.actor.role not in TEAM:
        return {}
    actor = rec.actor
    by: dict[str, Any] = {"by": actor.id, "manager": actor.manager, "above": actor.above, "credential": rec.credential}
    return {"seated": (*case.seated, Seated(side=side, party=party, change=change, instead_of=instead_of, **by))}


def taken_out(case: Case, rec: f.Recording, party: OpenedParty) -> Change:
    """The same of who is removed by one; who came by one and goes again has changed nothing."""
    came = [one for one in case.seated if one.party == party.id and one.change == "added"]
    if not came:
        return noted(case, rec, party.side, party.id, "removed")
    return {"seated": tuple(one for one in case.seated if one.party != party.id)}


def undone(case: Case, party: OpenedParty) -> Change:
    """Somebody stands there again as if nobody had changed it, and what hits them lasts as before."""
    there = tuple(party if p.id == party.id else p for p in case.parties)
    seated = tuple(one for one in case.seated if party.id not in (one.party, one.instead_of))
    back = tuple(_back(one) if one.taken_out_by is not None and party.id in _hit(case, one) else one for one in case.interim)
    return {"parties": there, "seated": seated, "interim": back}


_STANDS_THERE: Change = {"taken_out_by": None, "taken_out_with": None}


def _back(one: Interim) -> Interim:
    """A measure whose party stands there again. By one person's word they were found all the same."""
    return one.model_copy(update=_STANDS_THERE) if one.of_found else _lasts(one)


def gone_with(case: Case, rec: f.Recording, fact: f.PartyLeft) -> Change:
    """The measures that hit nobody any more but whoever was just taken out: they end by themselves unless a second person keeps
    them. Where there is no charge any more nobody is held by one person's word (European Convention on Human Rights, article
    6(2)), and nobody's protection ends by the way. What an authority was told of waits for its word."""
    if fact.because == "withdrawn" or case.reports:
        return {}
    there = {p.id for p in case.parties if not p.left} - {fact.party}
    found = [one for one in case.interim if fact.party in (hit := _hit(case, one)) and not hit & there]
    if not found:
        return {}
    proposed = case.removal.by if case.removal is not None and case.removal.party == fact.party else None
    by: dict[str, Any] = {"alone": True, "taken_out_by": rec.actor.id, "taken_out_with": proposed}
    ends_at = rec.at + LONGEST_ALONE
    over = (
        one.model_copy(update={**by, "kept_until": one.kept_until or ends_at}) if one in found else one for one in case.interim
    )
    return {"interim": tuple(over)}


def _hit(case: Case, measure: Interim) -> frozenset[str]:
    """The principals whom an interim measure in force hits."""
    return frozenset(one for effect in case.effects if effect.because == measure.id for one in effect.hits)


def flagged(case: Case, rec: f.Recording, minors: tuple[str, ...]) -> Change:
    """Somebody counts as under age from now on. What they had agreed to by halves is agreed to no more."""
    by = rec.actor.id if rec.actor.role in TEAM else None
    change: Change = {
        "parties": tuple(p.model_copy(update={"minor": True, "flagged_by": by}) if p.id in minors else p for p in case.parties),
        "agreed": tuple(one for one in case.agreed if one.party not in minors),
    }
    for party in (p for p in case.parties if p.id in minors):
        seen = case.model_copy(update=change)
        change |= noted(seen, rec, party.side, party.id, "under_age")
        change["proposals"] = tuple(p.unanswered_by(party.side) for p in seen.proposals)
    return change


def _change_confirmed(case: Case, rec: f.Recording, fact: f.PartyChangeConfirmed) -> Change:
    over = _AGE if fact.change in _AGE else (fact.change,)
    seated = tuple(one for one in case.seated if one.party != fact.party or one.change not in over)
    change: Change = {"seated": seated}
    if fact.change == "adult":
        change["parties"] = tuple(_grown(p, fact.party, rec.actor.id) for p in case.parties)
    then = case.model_copy(update=change)
    gone = {one.instead_of or one.party for one in case.seated if one not in seated and one.change in ("replaced", "removed")}
    change["interim"] = tuple(_as_confirmed(then, one, gone, rec.actor.id) for one in case.interim)
    # Nor is it held against whoever finds another one next that the first measure was over when a second person said who it hit.
    past = (one.model_copy(update={"of_found": False}) if _is_settled(then, one) else one for one in case.interim_over)
    return {**change, "interim_over": tuple(past)}


def _change_said_again(case: Case, rec: f.Recording, fact: f.PartyChangeSaidAgain) -> Change:
    by = rec.actor.id
    if fact.change in ("speaks", "under_age"):
        field = "stated_by" if fact.change == "speaks" else "flagged_by"
        parties = tuple(p.model_copy(update={field: by}) if p.id == fact.party else p for p in case.parties)
    else:
        parties = case.parties
    theirs: dict[str, Any] = {"by": by, "manager": rec.actor.manager, "above": rec.actor.above, "credential": rec.credential}
    same = (fact.party, fact.change)
    seated = tuple(one.model_copy(update=theirs) if (one.party, one.change) == same else one for one in case.seated)
    return {"parties": parties, "seated": seated}


def _as_confirmed(case: Case, one: Interim, gone: set[str], by: str) -> Interim:
    """A measure once a second person has said who stands there, or does not any more."""
    if one.alone and _is_settled(case, one):
        return _lasts(one)
    return one.model_copy(update={"taken_out_with": by}) if one.taken_out_by is not None and gone & _hit(case, one) else one


def _is_settled(case: Case, measure: Interim) -> bool:
    """Whether everybody whom a measure hits is a party, by more than one person's word."""
    found = {one.party for one in put_there(case, measure.remedy.to)}
    return all((party := case.party(one)) is not None and not party.left and one not in found for one in _hit(case, measure))


def _lasts(one: Interim) -> Interim:
    """What one person's word let begin, or left in force, is a measure like every other: a second one has said who it hits."""
    return one.model_copy(update={"alone": False, "of_found": False, "kept_until": None, **_STANDS_THERE})


def _grown(party: OpenedParty, grown: str, by: str) -> OpenedParty:
    if party.id == grown:
        return party.model_copy(update={"minor": False, "flagged_by": None})
    if party.represents != grown:
        return party
    # Whom they named themselves is theirs. Nobody else has spoken for somebody who decides themselves: they say so, or two do.
    return party.model_copy(update={"chosen_by_minor": False, **({} if party.chosen_by_minor else {"stated_by": by})})


def _adulthood_proposed(case: Case, rec: f.Recording, fact: f.AdulthoodProposed) -> Change:
    party = case.party(fact.party)
    return noted(case, rec, party.side, fact.party, "adult") if party is not None else {}


def _waits_since(before: Case | None, fact: f.Fact, after: Case) -> set[str]:
    """That leads have something to look at."""
    return {"party_change_waits"} if before is not None and len(after.seated) > len(before.seated) else set()


def _who_knows(case: Case, fact: f.PartyChangeConfirmed, audience: Audience) -> bool:
    # A side that was refused to agree learns by it that it can; it is told nothing where nobody could have.
    return fact.change not in _AGE and audience == "platform"


TOPIC = Topic(
    changes={
        "party_change_confirmed": _change_confirmed,
        "party_change_said_again": _change_said_again,
        "adulthood_proposed": _adulthood_proposed,
    },
    means={
        "party_added": _waits_since,
        "party_left": _waits_since,
        "case_retargeted": _waits_since,
        "party_change_said_again": lambda before, fact, after: {"party_change_waits"},
        "adulthood_proposed": _waits_since,
    },
    words=frozenset({"party_change_waits"}),
    known_to={
        "party_change_confirmed": Known(_who_knows, "nothing", "How the team agrees among itself; the platform knows its users."),
        "party_change_said_again": inside("How the team agrees among itself."),
        "adulthood_proposed": inside("It is so once two of the team have agreed."),
    },
)
