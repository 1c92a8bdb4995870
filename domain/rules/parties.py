"""Who the parties are, as they come and go; and what takes all of several on a side.

What binds a side (an agreement, the end of its appeal) takes all of its principals; what only asks for more (a decision, an
appeal) any one of them may do.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.base import Phase, Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.evidence import PartyNotAsked
from domain.model.parties import (
    MOST_PARTIES,
    AddParty,
    Agreed,
    AgreementMissing,
    Changed,
    KnownParty,
    PartyUnfit,
    PrincipalNeeded,
    ProposedRemoval,
    RemoveParty,
    ReplaceParty,
)
from domain.model.people import Actor, OpenedParty
from domain.model.refusals import NothingChanges, Refusal
from domain.rules import confirmation, merge_conditions, under_age
from domain.rules.audiences import UNTOLD, Audience
from domain.rules.confided import with_their_own
from domain.rules.evidence import lapsed
from domain.rules.fairness import another_credential, owner_in_conflict
from domain.rules.procedure import proves_identity, without_identity
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import Known, NoticeData, Topic, inside

_PARTY_ROLES = ("claimant", "respondent")
_TEAM = confirmation.TEAM
_Consent = Literal["own_word", "stated"] | None
_OF_ONE_ALONE = f.WithdrawalRequested | f.WithdrawalAccepted | f.WithdrawalOvertaken | f.ContinuedOfOffice
CONCESSION = "concession:"
"""What the granting of a claim by one of several is noted under; the sum follows."""
_OF_OFFICE = "of_office"
"""The platform, where it has taken the claimant's place."""


def add(case: Case, command: AddParty, context: DecisionContext, at: datetime) -> Facts:
    """Somebody becomes a party."""
    actor = _actor(context)
    if confirmed := confirmation.added(case, command.party, context):
        return confirmed
    if (back := confirmation.comes_back(case, command.party, actor)) is not None:
        return (f.PartyAdded(party=back), *_comes(case, back, context))
    party = _may_be_added(case, command.party, actor)
    if (party.side, party.role) == (Side.CLAIMANT, "principal") and proves_identity(case):
        raise PartyUnfit("Each person asks for themselves, and shows who they are: have them ask in a case of their own.",
                         because="own_request")  # fmt: skip
    if party.role == "principal" and actor.role in _TEAM and (case.returning is not None or case.withheld):
        raise PartyUnfit(
            "They would share in what is still to be carried out: wait, or ask the platform.", because="not_carried_out"
        )
    consent: _Consent = None
    if party.role == "representative":
        party = _representing(case, command, party, actor)
        consent = "own_word" if party.represents == actor.id else "stated"
        if under_age.is_minor(case, actor):
            party = party.model_copy(update={"chosen_by_minor": True})
    elif command.represents is not None:
        raise PartyUnfit("Only a representative speaks for somebody else.", because="represents")
    added = f.PartyAdded(party=party, sees_from=_sees_from(command.sees_from, party), consent=consent)
    return (added, *_comes(case, party, context))


def _comes(case: Case, party: OpenedParty, context: DecisionContext) -> Facts:
    """What follows where somebody comes, in whosoever's place."""
    close = (*owner_in_conflict(case, (party,), context), *under_age.raised(case, party))
    return (*close, *_unheard_by(case, party), *_offered_to_others(case, party))


def _offered_to_others(case: Case, party: OpenedParty) -> Facts:
    """No offer, and no answer to one, outlasts a change of whose own matter it is: it was made by, or to, others."""
    made = (one for one in (case.offer, case.proposal) if one is not None and party.role == "principal")
    return tuple(f.OfferLapsed(offer_id=one.id) for one in made)


def remove(case: Case, command: RemoveParty, context: DecisionContext, at: datetime) -> Facts:
    """A party is none any more. The last principal of a side stays: a case without one is ended, not emptied."""
    if confirmed := confirmation.removed(case, command.party, context):
        return confirmed
    actor, party = _actor(context), _present(case, command.party)
    if party.id == actor.id and party.role == "principal":
        raise PartyUnfit("Withdraw instead: that takes back your part.", because="last")
    if actor.role in _PARTY_ROLES and party.id != actor.id and party not in _removable(case, actor):
        # Nobody is put out of a case by somebody who sits beside them.
        raise PartyUnfit("You can remove whoever speaks for you, and nobody else.", because="role")
    _not_the_last(case, party)
    say = party.role == "principal" and confirmation.has_a_say(case, party)
    if (say or confirmation.own_counsel(party, actor)) and _first(case, command, None, context):
        assert command.reasons is not None, "it is refused without"
        said = {"reason": command.reason, "reasons": command.reasons, "told": command.told}
        return (f.PartyRemovalProposed(party=party.id, **said),)
    told = command.told or (case.removal.told if case.removal is not None and case.removal.party == party.id else None)
    gone = f.PartyLeft(party=party.id, because="removed", reason=command.reason, reasons=command.reasons, told=told)
    # Nobody speaks for somebody who is none of the case any more.
    theirs = (p for p in case.parties if p.represents == party.id and not p.left)
    left = (gone, *(f.PartyLeft(party=p.id, because="removed", reason=command.reason) for p in theirs))
    return (*left, *_wanted_out(case, party), *_offered_to_others(case, party))


def _wanted_out(case: Case, party: OpenedParty) -> Facts:
    """Nobody answers any more what somebody wanted who is no party, or speaks for nobody here; nor of whose part it was."""
    asked = case.withdrawal
    if asked is None:
        return ()
    by = case.party(asked.by)
    whose = asked.party or (by.represents if by is not None and by.role == "representative" else asked.by)
    alone = whose is None and party.role == "principal" and party.side is asked.side
    if not alone and party.id not in (asked.by, whose):
        return ()
    return (f.WithdrawalOvertaken(request_id=asked.id, because="left", appeal=asked.appeal, party=asked.party),)


def _first(case: Case, command: RemoveParty | ReplaceParty, successor: str | None, context: DecisionContext) -> bool:
    """Whether this is the first word on it. Raises a Refusal for what is neither that nor a second person's."""
    before, actor = case.removal, _actor(context)
    if before is None or (before.party, before.successor) != (command.party, successor):
        if command.reasons is None:
            raise PartyUnfit("They have a say in this: give reasons, and a second person has to agree.", because="reasons")
        return True
    if actor.role not in ("lead", "ops") or before.by in {actor.id, *actor.superiors}:
        said = "They have a say in this: a lead or ops who did not propose it, nor reports to who did, has to agree."
        raise PartyUnfit(said, because="second_person")
    another_credential(before.credential, context)
    return False


def replace(case: Case, command: ReplaceParty, context: DecisionContext, at: datetime) -> Facts:
    """Another stands where a party stood: same side, same role. What was asked of the one is not held against the other."""
    if confirmed := confirmation.replaced(case, command.party, command.by_party, context):
        return confirmed
    before, actor = _present(case, command.party), _actor(context)
    if (command.by_party.side, command.by_party.role) != (before.side, before.role):
        raise PartyUnfit("Whoever takes a place takes it as it is: name the same side and role.", because="role")
    if (back := confirmation.comes_back(case, command.by_party, actor, before.id)) is not None:
        return _in_place(case, command, before, f.PartyAdded(party=back, instead_of=before.id), context)
    party = _may_be_added(case, command.by_party, actor).model_copy(update={"represents": before.represents})
    if before.minor and before.role == "principal":
        # It is a child's matter, until two say that it is none.
        party = party.model_copy(update={"minor": True})
    if before.role == "representative" and not command.agreed:
        raise AgreementMissing("Whoever is represented has to agree; say so with `agreed`.", represents=before.represents)
    said_no = before.role == "principal" and confirmation.dissented(case, before)
    if (said_no or confirmation.own_counsel(before, actor)) and _first(case, command, party.ref_digest, context):
        assert command.reasons is not None, "it is refused without"
        said = {"reason": command.reason, "reasons": command.reasons, "successor": party.ref_digest}
        return (f.PartyRemovalProposed(party=before.id, **said),)
    consent: _Consent = "stated" if command.agreed else None
    place = {"instead_of": before.id} if before.role == "principal" else {}
    added = f.PartyAdded(party=party, sees_from=_sees_from(command.sees_from, party), consent=consent, **place)
    return _in_place(case, command, before, added, context)


def _in_place(case: Case, command: ReplaceParty, before: OpenedParty, added: f.PartyAdded, context: DecisionContext) -> Facts:
    gone = {"reason": command.reason, "successor": added.party.id, "reasons": command.reasons}
    left = f.PartyLeft(party=before.id, because="replaced", **gone)
    return (added, left, *_wanted_out(case, before), *_comes(case, added.party, context))


def _unheard_by(case: Case, party: OpenedParty) -> Facts:
    """A draft that was made before somebody stood there goes back to whoever decides: nobody loses unheard, and nobody gets what
    was meant for another."""
    asks = party.side is Side.CLAIMANT and proves_identity(case)
    counts = party.role == "principal" or (asks and party.role == "representative")
    if case.phase not in UNTOLD or not counts:
        return ()
    deciding = Phase.REVIEW if case.ruling is None or case.ruling.decision == "rule" else Phase.APPEAL
    return (f.PhaseEntered(phase=deciding, reason="party_added", offer_stays=True),)


def _refusal_of_adding(case: Case, actor: Actor) -> Refusal | None:
    party = case.party(actor.id)
    if party is not None and party.role != "principal":
        return PartyUnfit("Whoever's own matter it is adds people; you speak for them or saw it.", because="role")
    return None


def _refusal_of_removing(case: Case, actor: Actor) -> Refusal | None:
    party = case.party(actor.id)
    if party is None or party.role != "principal" or _removable(case, actor):
        return None
    return PartyUnfit("Nobody speaks for you here whom you could remove; to take back your own part, withdraw.", because="role")


def _removable(case: Case, actor: Actor) -> list[OpenedParty]:
    """Whoever speaks for somebody, as far as it is theirs to end that."""
    own = case.party(actor.id)
    if own is None or own.role != "principal" or own.left or own.minor:
        # A child does not send their guardian away; the desk can.
        return []
    alone = case.principals(own.side) == (own,)
    return [
        p for p in case.side_parties(own.side)
        if p.role == "representative" and not p.left and (p.represents == own.id or (alone and p.represents is None))
    ]  # fmt: skip


def _sees_from(said: Literal["start", "now"] | None, party: OpenedParty) -> Literal["start", "now"]:
    """Whoever speaks for somebody reads what that one could read; what was said before somebody else came was not for them."""
    return said or ("start" if party.role == "representative" else "now")


def _actor(context: DecisionContext) -> Actor:
    assert context.actor is not None  # a stranger is refused before any rule is asked
    return context.actor


def _present(case: Case, party_id: str) -> OpenedParty:
    party = case.party(party_id)
    if party is None or party.left:
        raise PartyNotAsked("This case has no such party.", party=party_id)
    return party


def _not_the_last(case: Case, party: OpenedParty) -> None:
    if party.role == "principal" and case.principals(party.side) == (party,):
        raise PartyUnfit("This is the only one on the side: replace them, or end the case.", because="last")


def _may_be_added(case: Case, party: OpenedParty, actor: Actor) -> OpenedParty:
    """The party as it may come in. Raises a Refusal."""
    known = [p for p in case.parties if p.ref_digest == party.ref_digest or p.id == party.id]
    if any(p.stated_by is not None and not p.left for p in known):
        raise KnownParty(
            "They are here already, by the word of one. The second word is whoever's they speak for, a lead's or ops' who said "
            "neither that nor that somebody is under age, nor reports to who did, or the platform's."
        )
    if actor.role not in _PARTY_ROLES:
        merge_conditions.check_not_accused_here(party, known)
    if known:
        raise KnownParty("This person is, or was, a party of the case already.")
    if len(case.parties) >= MOST_PARTIES:
        raise PartyUnfit(f"A case has at most {MOST_PARTIES} parties.", because="too_many")
    if actor.role in _PARTY_ROLES:
        if party.side is not actor.side:
            raise PartyUnfit("You can add people to your own side only.", because="other_side")
        _added_by_a_side(case, party)
    return party


def _added_by_a_side(case: Case, party: OpenedParty) -> None:
    if party.role not in ("principal", "representative", "witness"):
        raise PartyUnfit("Ask the desk to add an insurer or an authority.", because="role")
    if party.role == "principal" and (party.side is Side.RESPONDENT or case.ruling is not None):
        # Nobody is accused by whoever is accused, and nobody is added to what was decided without them.
        raise PartyUnfit("Ask the desk to make somebody a party whose own matter it is.", because="role")
    if party.role == "principal" and len(case.principals(party.side)) > 1:
        raise PartyUnfit("It would take from the shares of the others: ask the desk.", because="shares")


def _representing(case: Case, command: AddParty, party: OpenedParty, actor: Actor) -> OpenedParty:
    own = actor.id if actor.role in _PARTY_ROLES else None
    several = case.principals(party.side)
    whom = command.represents or own or (several[0].id if len(several) == 1 else None)
    if whom is None or whom not in {p.id for p in several}:
        raise PartyUnfit("Say for whom of this side they speak.", because="represents", principals=[p.id for p in several])
    if whom != own and not command.agreed:
        raise AgreementMissing("Whoever is represented has to agree; say so with `agreed`.", represents=whom)
    return party.model_copy(update={"represents": whom})


# --- what takes all of several on a side


def one_of_several(case: Case, context: DecisionContext) -> str | None:
    """Whose part it is where one of several claimants withdraws; None: there is only one, or the platform is in their place.

    Raises a Refusal for a representative of nobody in particular.
    """
    actor = _actor(context)
    if len(case.principals(Side.CLAIMANT)) < 2 or actor.side is not Side.CLAIMANT:
        return None
    return _for_whom(case, actor)


def left_alone(case: Case, leaving: str) -> Facts:
    """What follows where one of several claimants withdraws: their part ends, and the case goes on."""
    return tuple(f.PartyLeft(party=one, because="withdrawn") for one in with_their_own(case, leaving))


def told_alone(case: Case, fact: f.Fact) -> tuple[str, ...] | None:
    """Whom of their side a fact is for alone: of several the one who wants out, and whoever speaks for them. None: for the side.

    Who sits beside somebody may be who presses them, or be pressed next.
    """
    if not isinstance(fact, _OF_ONE_ALONE) or fact.party is None:
        return None
    return with_their_own(case, fact.party)


def others_wanted(case: Case, context: DecisionContext, to: str, sides: tuple[Side, ...]) -> Facts:
    """What is noted instead while others of these sides have not agreed yet; nothing where nobody is waited for.

    Raises a Refusal for whoever agreed already, and for a representative of nobody in particular.
    """
    needed = [_needed(case, side) for side in sides]
    if all(len(one) < 2 for one in needed):
        return ()
    mine = _for_whom(case, _actor(context))
    agreed = {one.party for one in case.agreed if one.to == to}
    missing = [one for several in needed for one in several if one != mine and one not in agreed]
    if not missing:
        return ()
    if mine in agreed:
        raise NothingChanges("You have agreed already; it waits for the others.", to=to)
    return (f.PartyAgreed(party=mine, to=to),)


def to_accept(case: Case, offering: Side) -> tuple[Side, ...]:
    """The sides whose principals have to agree to an offer: whoever made it alone has done so."""
    return (offering.other, offering) if len(_needed(case, offering)) > 1 else (offering.other,)


def _needed(case: Case, side: Side) -> tuple[str, ...]:
    if side is Side.CLAIMANT and case.of_office is not None:
        return (_OF_OFFICE,)
    return tuple(p.id for p in case.principals(side))


def still_to_agree(case: Case, actor: Actor, to: str) -> bool:
    """Whether somebody is one of several on their side who has not agreed to this yet."""
    party = case.party(actor.id)
    if party is None or party.left or len(case.principals(party.side)) < 2:
        return False
    mine = party.id if party.role == "principal" else party.represents
    return mine in {p.id for p in case.principals(party.side)} and all((one.party, one.to) != (mine, to) for one in case.agreed)


def _for_whom(case: Case, actor: Actor) -> str:
    party = case.party(actor.id)
    if party is None:
        return _OF_OFFICE
    if party.role == "principal" and not party.left:
        return party.id
    if party.represents is not None:
        return party.represents
    if len(several := case.principals(party.side)) == 1:
        return several[0].id
    raise PrincipalNeeded("Several are on this side, and each says this for themselves.")


# --- what it does to a case

_ENDS_CONCESSION = (f.RulingIssued, f.RulingAnnulled, f.AmountStated, f.ClaimConceded, f.CaseClosed, f.CaseReopened)


def agreed_after(rec: f.Recording, after: Case) -> tuple[Agreed, ...]:
    """What single ones of several have agreed to and is not over: half a concession ends, as an offer does, when a ruling is told
    or the case ends, and when it comes to be about another amount. An offer of something else takes back one's own."""
    over = isinstance(rec.fact, _ENDS_CONCESSION)
    offers = after.party(rec.actor.id) if isinstance(rec.fact, f.OfferMade) else None
    theirs = {offers.id, offers.represents} if offers is not None else set()
    return tuple(one for one in after.agreed if not (one.to.startswith(CONCESSION) and (over or one.party in theirs)))


def _party_added(case: Case, rec: f.Recording, fact: f.PartyAdded) -> Change:
    if case.party(fact.party.id) is not None:
        return {**confirmation.undone(case, fact.party), **without_identity(case, fact.party.side)}
    seen = rec.seq if fact.sees_from == "now" else 0
    # Whoever is not the platform speaks for themselves, also of several on a side: nobody names who agrees for another.
    alone = rec.actor.id if fact.consent == "stated" and rec.actor.role != "platform" else None
    came = {"since": rec.at, "sees_seq": seen, "stated_by": alone}
    change: Change = {"parties": (*case.parties, fact.party.model_copy(update=came))}
    if fact.party.role == "principal" and case.proposal is not None:
        # Their side answers for them too, and they have said nothing yet.
        change = {**change, "proposals": tuple(p.unanswered_by(fact.party.side) for p in case.proposals)}
    if fact.party.role == "representative" and fact.consent == "stated":
        # Whoever is said to speak for them would read what is theirs: who asks is shown anew.
        change = {**change, **without_identity(case, fact.party.side)}
    if fact.party.role == "principal":
        # Two of the team have agreed to who stands there: nobody's own word.
        agreed = fact.instead_of is not None and case.removal is not None and case.removal.party == fact.instead_of
        how: Changed = "added" if fact.instead_of is None else "replaced"
        seat = {} if agreed else confirmation.noted(case, rec, fact.party.side, fact.party.id, how, fact.instead_of)
        change = {**change, **without_identity(case, fact.party.side), **seat}
    return change


def _party_left(case: Case, rec: f.Recording, fact: f.PartyLeft) -> Change:
    left = tuple(p.model_copy(update={"left": True}) if p.id == fact.party else p for p in case.parties)
    follows = {fact.party: fact.successor}
    if fact.successor is not None:
        left = tuple(
            p.model_copy(update={"represents": follows.get(p.represents, p.represents)}) if p.represents else p for p in left
        )
    # Nobody waits for what was asked of them alone.
    asked = lapsed(case, (r.id for r in case.requests if r.party == fact.party), rec.at)
    if case.removal is not None and case.removal.party == fact.party:
        # Two of the team have agreed to it.
        asked = {**asked, "removal": None}
    elif (gone := case.party(fact.party)) is not None and gone.role == "principal" and fact.because == "removed":
        asked = {**asked, **confirmation.taken_out(case, rec, gone)}
    if (gone := case.party(fact.party)) is not None and gone.role == "principal":
        asked = {**asked, **without_identity(case, gone.side)}
    asked = {**asked, **confirmation.gone_with(case, rec, fact)}
    # What somebody said for another one alone, and nobody has completed, leaves with them.
    agreed = tuple(one for one in case.agreed if fact.party not in (one.party, one.by))
    return {"parties": left, "agreed": agreed, **asked}


def _removal_proposed(case: Case, rec: f.Recording, fact: f.PartyRemovalProposed) -> Change:
    return {
        "removal": ProposedRemoval(
            party=fact.party, by=rec.actor.id, credential=rec.credential, told=fact.told, successor=fact.successor
        )
    }


def _party_agreed(case: Case, rec: f.Recording, fact: f.PartyAgreed) -> Change:
    if case.party(fact.to) is not None:
        settled = {"stated_by": None}
        return {"parties": tuple(p.model_copy(update=settled) if p.id == fact.to else p for p in case.parties)}
    return {"agreed": (*case.agreed, Agreed(party=fact.party, to=fact.to, by=rec.actor.id))}


def _of_own_side(case: Case, fact: f.PartyLeft | f.PartyAgreed, audience: Audience) -> bool:
    party = case.party(fact.party)
    return audience == "platform" or (party is not None and audience == party.side.value)


def _who_hears_of_agreeing(case: Case, fact: f.PartyAgreed, audience: Audience) -> bool:
    # A proposal is answered without knowing the other side's answer, and the platform speaks with both.
    blind = audience == "platform" and any(p.id == fact.to for p in case.proposals)
    return not blind and _of_own_side(case, fact, audience)


def _to_whom(case: Case, fact: f.PartyAdded, audience: Audience) -> bool:
    if audience in ("platform", fact.party.side.value):
        return True
    # Whoever takes another's place is who the other side deals with from now on. In a kind in which the respondent learns of the
    # case later, they are not told by the way who reported them.
    may_know = case.terms.disclosure == "at_opening" or audience == "claimant"
    return fact.instead_of is not None and case.is_disclosed and may_know


def _said(fact: f.PartyAdded, audience: Audience) -> NoticeData:
    if audience in ("claimant", "respondent") and audience != fact.party.side.value:
        return NoticeData({"joined": fact.party.role, "yourself": False, "in_place_of_the_other": True})
    return NoticeData({"joined": fact.party.role, "yourself": False, "from_start": fact.sees_from == "start"})


def _said_of_leaving(case: Case, fact: f.PartyLeft, audience: Audience) -> NoticeData:
    party = case.party(fact.party)
    if party is not None and party.role == "representative":
        return NoticeData({"left": party.side.value, "left_by": fact.because, "spoke": True})
    if party is None or party.role != "principal":
        return NoticeData()
    alone = {"stands_alone": True} if len(case.principals(party.side)) == 1 and audience == party.side.value else {}
    return NoticeData({"left": party.side.value, "left_by": fact.because, **alone})


def told_of_leaving(case: Case, fact: f.PartyLeft) -> NoticeData | None:
    """What somebody is told whose own matter it was, or who spoke for them, and who was removed or replaced, by a last letter;
    None: no letter.

    Whoever took back their own part knows it; who did not know of the case learns nothing of it now.
    """
    party = case.party(fact.party)
    knew = party is not None and (party.side is Side.CLAIMANT or case.is_disclosed)
    if party is None or party.role not in ("principal", "representative") or fact.because == "withdrawn" or not knew:
        return None
    spoke = {"spoke": True} if party.role == "representative" else {}
    return NoticeData({"yourself": True, "left_by": fact.because, "reason": fact.reason, **spoke}, {"told": fact.told})


_WHY_OWN_SIDE = "The other side must not learn who of several has given in, nor that pressure works on one of them."

TOPIC = Topic(
    rules={"add_party": add, "remove_party": remove, "replace_party": replace},
    refuses={"add_party": _refusal_of_adding, "remove_party": _refusal_of_removing},
    changes={
        "party_added": _party_added,
        "party_left": _party_left,
        "party_agreed": _party_agreed,
        "party_removal_proposed": _removal_proposed,
    },
    known_to={
        "party_added": Known(
            _to_whom,
            "nothing",
            "Their own side; the platform, which knows its users; the other side where it deals with somebody else from now on.",
        ),
        "party_left": Known(_of_own_side, "nothing", _WHY_OWN_SIDE),
        "party_removal_proposed": inside("It is told once two of the team have agreed."),
        "party_agreed": Known(_who_hears_of_agreeing, "nothing", _WHY_OWN_SIDE),
    },
    said={"party_added": lambda case, fact, audience: _said(fact, audience), "party_left": _said_of_leaving},
)
