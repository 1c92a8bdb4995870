"""Who stands how to a case, and who may judge it. Nobody judges their own case (design: promise 6)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Literal

from domain.base import Phase, Side, derived_id
from domain.model.case import Case
from domain.model.facts import Actor, CaseQueued, CrossCaseTaskOrdered
from domain.model.people import OpenedParty
from domain.model.refusals import NotAllowed, NotInThisPhase, NotYourCase, OwnCase, Refusal
from domain.model.ruling import OwnRuling, SameCredential
from domain.model.withdrawal import OfOffice
from domain.rules import complaints
from domain.rules.audiences import audience_of, seen_phase, told_of
from domain.rules.lifecycle import Who, row
from domain.rules.rule import DecisionContext

_STAFF = frozenset({"mediator", "lead", "ops"})
_JUDGES = frozenset({"mediator", "lead"})
ABOUT_DECIDERS: Final = frozenset({
    "decider_was_biased", "bias", "conflict", "conflict_of_interest", "decider_in_conflict", "own_case",
})  # fmt: skip
"""Reasons to reopen or annul that are about who decided: they, those who report to them and whoever they report to stay out."""

INSTEAD: Final = {
    (Phase.APPEALABLE, "withdraw"): (
        "The matter is decided, and what was told stands: whoever does not want to appeal lets the time for it go by. "
        "If both sides want something else, one makes an offer and the other accepts it, where the kind has settlements."
    ),
}
"""What somebody can do instead of what a phase does not know."""


def disqualification(case: Case, actor: Actor) -> str | None:
    """Why this person may not judge the case in its present round; None when they may.

    Codes: ``no_judge`` (not a mediator or lead), ``conflict`` (with a party or its organisation, declared; or is a party),
    ``recused`` (said so themselves), ``annulled_it`` (set a ruling of it aside, so that somebody else decides afresh),
    ``reports_to_annuller`` (somebody to whom they report did), ``earlier_part`` (decided or approved in an earlier round),
    ``reports_to_earlier`` (somebody to whom they report did), ``manages_earlier`` (somebody who reports to them did, and the
    case came back because of it). To report to somebody is to do so by however many others.
    """
    if actor.role not in _JUDGES:
        return "no_judge"
    if in_conflict(case, actor):
        return "conflict"
    if actor.id in case.recused:
        return "recused"
    if (close := set_aside_by(case, actor)) is not None:
        return close
    before = [part for part in case.involved if part.round < case.round and part.may_again_in != case.round]
    earlier = {part.person for part in before}
    if actor.id in earlier:
        return "earlier_part"
    if actor.superiors & earlier:
        return "reports_to_earlier"
    if any(actor.id in part.superiors for part in before if part.line):
        return "manages_earlier"
    return None


_STEERS = frozenset({
    "assign", "hand_over", "impose_interim", "review_interim", "retarget", "pause", "snooze", "extend", "skip_step",
    "grant_exception", "refuse_exception", "state_amount", "add_party", "remove_party", "replace_party",
})  # fmt: skip
"""What shapes the next decision without being it."""
_PUTS_BACK = frozenset({"assign", "hand_over"})
"""Whoever set a ruling aside puts the case back into its queue, and names nobody: those commands see to it themselves."""


def _refusal_of_steering(case: Case, actor: Actor, command: str) -> OwnCase | None:
    """Why somebody who decided or approved in an earlier round, and is not the one to whom it goes back, or who set a ruling of
    it aside, does nothing by which the next decision comes out otherwise."""
    if command not in _STEERS or actor.role not in _STAFF or not case.open:
        return None
    before = (part for part in case.involved if part.round < case.round and part.may_again_in != case.round)
    if actor.id in {part.person for part in before}:
        said = "You decided this case before: who decides it now, what and whom it is about, and until when, somebody else says."
        return OwnCase(said, because="earlier_part")
    if command not in _PUTS_BACK and set_aside_by(case, actor) == "annulled_it":
        said = "You set a ruling of it aside: until when it is decided afresh, and what holds until then, somebody else says."
        return OwnCase(said, because="annulled_it")
    return None


def stay_out(case: Case) -> tuple[str, ...]:
    """Who decides neither a case nor what is split off from it: whoever said so, decided it before, or set that aside."""
    before = (part.person for part in case.involved if part.round < case.round and part.may_again_in != case.round)
    annullers = (ruling.annulled_by for ruling in case.rulings if ruling.annulled_by is not None)
    return tuple(dict.fromkeys((*case.recused, *before, *annullers)))


def partial(case: Case) -> tuple[str, ...]:
    """Who cannot decide a case because of what they are to it: they said so, or it came back because of them."""
    found = (part.person for part in case.involved if part.line and part.round < case.round)
    return tuple(dict.fromkeys((*case.recused, *found)))


def set_aside_by(case: Case, actor: Actor) -> Literal["annulled_it", "reports_to_annuller"] | None:
    """Whether this person, or whoever they report to, has set a ruling of the case aside.

    Who has found that it was decided wrongly has a view of how it is decided rightly, and neither decides it afresh nor says who
    does; nobody decides freely whose superior has said what they think of it.
    """
    annullers = {ruling.annulled_by for ruling in case.rulings if ruling.annulled_by is not None}
    if actor.id in annullers:
        return "annulled_it"
    return "reports_to_annuller" if actor.superiors & annullers else None


def in_conflict(case: Case, actor: Actor) -> bool:
    """Whether this person declared that they stand close to a party or its organisation, or is one; they may not even read it."""
    return close_to(case.parties, actor)


def close_to(parties: Sequence[OpenedParty], actor: Actor) -> bool:
    """Whether this person declared that they stand close to one of these parties or its organisation, or is one."""
    return any(p.id == actor.id or {p.ref_digest, p.org_digest} & {*actor.conflicts} for p in parties)


_ONE_MATTER = frozenset({"duplicate", "split"})


def goes_along(
    case: Case, people: Sequence[str], command_id: str, by: str | None, told_by: str | None = None
) -> tuple[CrossCaseTaskOrdered, ...]:
    """What tells the other cases of the matter, its duplicates and what was split off on either side, that these people cannot
    decide it; not the one that has told this (by its link ``told_by``)."""
    others = {x.other: x for x in case.links if x.relation in _ONE_MATTER and x.id != told_by} if people else {}
    return tuple(
        CrossCaseTaskOrdered(
            errand_id=derived_id("rec", command_id, str(number)), what="link", to=other, relation=x.relation, link_id=x.id,
            asked_by=by, recused=tuple(people),
        )
        for number, (other, x) in enumerate(others.items())
    )  # fmt: skip


def deciders_out(case: Case, command_id: str, by: str) -> tuple[CrossCaseTaskOrdered, ...]:
    """The same where a case is taken up again because of who decided it."""
    return goes_along(case, tuple(dict.fromkeys(part.person for part in case.involved)), command_id, by)


def owner_in_conflict(case: Case, come: Sequence[OpenedParty], context: DecisionContext) -> tuple[CaseQueued, ...]:
    """The owner stands close to one of those who come, by whatever door: the case goes back to its queue, and leads are told. The
    table keeps them out."""
    owner = context.target
    close = owner is not None and owner.id == case.owner and close_to(come, owner)
    return (CaseQueued(queue=case.queue, reason="conflict"),) if close else ()


def another_credential(first: str | None, context: DecisionContext) -> None:
    """Raises SameCredential where the second person's word came by the credential of the first one's.

    Two names by one key are one hand. A credential that nobody noted (None) is held against nobody.
    """
    if first is not None and first == context.credential:
        raise SameCredential(
            "The first word on this came by the same credential; the second person has to use their own.", credential=first
        )


def relations(case: Case, actor: Actor) -> frozenset[Who]:
    """Everything that this actor is to this case."""
    found: set[Who] = set()
    party = case.party(actor.id)
    if party is not None:
        if (party.speaks or party.left) and hit_by(case, party):
            found.add(Who.HIT)
        if party.left:
            return frozenset(found)
        if not told_of(case, party):
            return frozenset(found)
        if party.speaks:
            if took_it_back(case, actor):
                return frozenset({Who.WITNESS, *((Who.REPORTER,) if keeps_own_appeal(case) else ())})
            found.add(Who.CLAIMANT if party.side is Side.CLAIMANT else Who.RESPONDENT)
            if party.side in case.appellants:
                found.add(Who.APPELLANT)
        else:
            found |= _beside_the_sides(case, party)
        return frozenset(found)
    if actor.role in _STAFF:
        found.add(Who.STAFF)
        found |= _as_staff(case, actor)
    if actor.role == "platform":
        found.add(Who.PLATFORM)
        found |= _of_office(case)
    if actor.role == "system":
        found.add(Who.SYSTEM)
    return frozenset(found)


def _beside_the_sides(case: Case, party: OpenedParty) -> set[Who]:
    """What somebody is who speaks for no side. Whoever reported the same in a case that went into this one has an appeal of their
    own: that another one's report was there first takes no right from them."""
    if party.role != "co_claimant":
        return {Who.WITNESS}
    theirs = {Who.APPELLANT} if party.side in case.appellants and lodger(case, party.side) == party.id else set()
    return {Who.WITNESS, Who.REPORTER, *theirs}


def lodger(case: Case, side: Side) -> str | None:
    """Whose appeal it is that is being decided for a side, or was last; None where nobody noted it, or it is the platform's."""
    of = {p.id for p in case.side_parties(side)}
    return next((one for one in reversed(case.appealed_by) if one in of), None)


def hit_by(case: Case, party: OpenedParty) -> bool:
    """Whether an interim measure that is in force hits this one, or whom they speak for. Another's it is not, whose place they
    took; and it stays with whoever left.
    """
    return any(party.id in who_is_hit(case, (measure.id,)) for measure in case.interim)


def who_is_hit(case: Case, measure_ids: Collection[str]) -> frozenset[str]:
    """Whom measures of the case hit, now or before they ended, and whoever speaks for them."""
    found: set[str] = set()
    for effect in case.effects:
        if effect.because not in measure_ids or effect.reverses is not None:
            continue
        side = case.side_parties(effect.remedy.to)
        # Before it was noted whom a measure hits it was the whole side, whoever was on it.
        hit = set(effect.hits) if effect.hits else {p.id for p in side if p.role == "principal" and not p.left}
        speak = (p.id for p in side if p.role == "representative" and not p.left)
        found |= hit | {one for one in speak if _speaks_for(case, one, hit)}
    return frozenset(found)


def _speaks_for(case: Case, party_id: str, hit: Collection[str]) -> bool:
    party = case.party(party_id)
    return party is not None and (party.represents is None or party.represents in hit)


def took_it_back(case: Case, actor: Actor) -> bool:
    """Whether the case goes on of office without this one, who speaks for the side that reported it."""
    party = case.party(actor.id)
    return case.of_office is not None and party is not None and party.speaks and party.side is Side.CLAIMANT


def keeps_own_appeal(case: Case) -> bool:
    """Whether whoever took the report back may still appeal although it goes on of office: where it is their money.

    A right of theirs to it is not given up by taking a report back, and maybe it was not they who did: 15 USC 1693l.
    """
    return case.of_office is not None and (case.amount is not None or bool(case.credits))


def _of_office(case: Case) -> set[Who]:
    """What the platform is to a case beside its keeper: the claimant, where it goes on of office."""
    if case.of_office is None:
        return set()
    return {Who.CLAIMANT, Who.APPELLANT} if Side.CLAIMANT in case.appellants else {Who.CLAIMANT}


def _as_staff(case: Case, actor: Actor) -> set[Who]:
    found: set[Who] = set()
    if actor.role in ("lead", "ops"):
        found.add(Who.LEAD if actor.role == "lead" else Who.OPS)
    drafter = case.ruling is not None and case.ruling.decider == actor.id
    if drafter:
        found.add(Who.DRAFTER)
    if disqualification(case, actor) is None:
        found.add(Who.JUDGE)
        if case.owner == actor.id:
            found.add(Who.OWNER)
        if actor.role == "lead" and actor.id not in drafters(case) and not _reports_to_drafter(case, actor):
            found.add(Who.APPROVER)
    return found


def drafters(case: Case) -> frozenset[str]:
    """Who drafted in this round, also what was returned or retracted: none of them is the second person to what became of it."""
    drafter = {case.ruling.decider} if case.ruling is not None else set[str]()
    return frozenset(drafter | {p.person for p in case.involved if p.round == case.round and p.part == "decider"})


def _reports_to_drafter(case: Case, actor: Actor) -> bool:
    """Nobody says freely that their own superior is wrong."""
    return case.ruling is not None and not actor.superiors.isdisjoint(drafters(case))


def refusal_by_table(case: Case, actor: Actor, command: str) -> Refusal | None:
    """Why the table does not let this actor send this command now; None when it does.

    Somebody outside is judged by the phase they see, so that neither a permission nor a refusal tells them of a ruling in
    approval or grace.
    """
    phase = seen_phase(case, audience_of(actor))
    found = row(phase, command)
    if found is None or complaints.bars(case, command):
        said = INSTEAD.get((phase, command), f"'{command}' is not possible while the case is in {phase.value}.")
        return NotInThisPhase(said, phase=phase.value, command=command)
    if actor.role in _STAFF and actor.id in case.recused:
        said = "You said that you cannot decide this case: neither do you write in it, nor say who does."
        return OwnCase(said, because="recused")
    if not found.who & relations(case, actor):
        return _refusal(case, actor, command, found.who)
    return _refusal_of_steering(case, actor, command)


def _refusal(case: Case, actor: Actor, command: str, who: frozenset[Who]) -> Refusal:
    if command in ("approve", "return_ruling") and case.ruling is not None and actor.id in drafters(case):
        said = "Whoever drafted a ruling, or the one that it took the place of, cannot approve or return it; another lead has to."
        return OwnRuling(said, ruling=case.ruling.id)
    if Who.CLAIMANT in who and took_it_back(case, actor):
        return OfOffice("You took the report back, and the case goes on without you: you need not do anything.", command=command)
    if command in ("approve", "return_ruling") and _reports_to_drafter(case, actor):
        return OwnCase("You report to whoever drafted this ruling; another lead has to look at it.", because="reports_to_drafter")
    because = disqualification(case, actor)
    if who & {Who.OWNER, Who.JUDGE, Who.APPROVER} and because not in (None, "no_judge"):
        return OwnCase(
            "You had a part in this case or stand close to somebody who has; another person has to decide it.", because=because
        )
    if Who.OWNER in who and because is None:
        if case.owner is None:
            return NotYourCase("Nobody has this case: take it or have it assigned first.", command=command)
        return NotYourCase("The case belongs to somebody else; take it or have it assigned first.", command=command)
    allowed = sorted(w.value for w in who)
    phase = seen_phase(case, audience_of(actor)).value
    said = f"While the case is in {phase}, '{command}' can be sent by: {', '.join(allowed)}."
    return NotAllowed(said, command=command, allowed=allowed)
