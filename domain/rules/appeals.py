"""Appeals: asking for another decider, and taking that back."""

from __future__ import annotations

from datetime import datetime

from domain.base import Outcome, Phase, Side, derived_id
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.people import Actor
from domain.model.refusals import Refusal
from domain.model.ruling import NoRight
from domain.model.withdrawal import OthersReported
from domain.rules import confirmation, disclosure, under_age
from domain.rules.audiences import Audience
from domain.rules.evidence import dropped
from domain.rules.fairness import keeps_own_appeal, lodger, took_it_back
from domain.rules.hearing import spoken_for
from domain.rules.interim import said_of_kept
from domain.rules.prior_decision import undecided
from domain.rules.rights import rights_after, standing
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.ruling import after
from domain.rules.topic import NoticeData, Topic, everybody, words_by


def appeal(case: Case, command: c.Appeal, context: DecisionContext, at: datetime) -> Facts:
    """A side that lost something asks for another decider; while an appeal runs, the other side's joins it as a cross-appeal."""
    side = context.side()
    cross = case.phase not in (Phase.APPEALABLE, Phase.CLOSED)
    lodged = f.AppealLodged(
        appeal_id=derived_id("apl", command.id), side=side, against=case.rulings[-1].id, reasons=command.reasons, cross=cross
    )
    if case.phase is Phase.APPEAL:
        return (lodged,)
    # A draft that waits for approval or grace was made before this side was heard: it goes back to its decider.
    return (lodged, f.PhaseEntered(phase=Phase.APPEAL, reason="cross_appealed" if cross else "appealed"))


def taken_back(case: Case, side: Side, context: DecisionContext | None = None) -> Facts:
    """What becomes of a case when one appellant gives up: the other's appeal goes on, else the ruling stands.

    What the platform gives up of office takes nothing from whoever reported it, where it is their money: the right is theirs.
    """
    by_platform = context is not None and context.actor is not None and context.actor.role == "platform"
    theirs_again = (by_platform and keeps_own_appeal(case)) or _others_may(case, side)
    withdrawn = f.AppealWithdrawn(side=side, theirs_again=theirs_again)
    if any(s is not side for s in case.appellants):
        return (withdrawn,)
    if undecided(case):
        # The appeal was all there is to this case, and the decision made elsewhere stands.
        return (withdrawn, f.CaseClosed(outcome=Outcome.WITHDRAWN))
    rights = _theirs_again(case) if theirs_again else case.rights
    return (withdrawn, *after(case, rights, case.returning is not None))


def _others_may(case: Case, side: Side) -> bool:
    """Whether somebody on the side of whoever gives up has an appeal of their own that they have not used: who reported the same
    in a case that went into this one, or, where it is such a one who gives up, whose report came first."""
    theirs = {p.id for p in case.side_parties(side) if p.role == "co_claimant" and not p.left}
    principals = {p.id for p in case.principals(side)} if lodger(case, side) in theirs else set()
    return bool((theirs | principals) - {*case.appealed_by})


def refusal_of_taking_back(case: Case, actor: Actor, side: Side) -> Refusal | None:
    """Nobody takes back the appeal of another one who reported the same."""
    party = case.party(own) if (own := lodger(case, side)) is not None else None
    if party is None or party.role != "co_claimant" or party.id == actor.id:
        return None
    return OthersReported("Somebody else who reported the same has appealed, and takes that back themselves.")


def _theirs_again(case: Case) -> tuple[f.AppealRight, ...]:
    again = {"allowed": True, "because": "lost_something"}
    return tuple(r.model_copy(update=again) if r.side is Side.CLAIMANT else r for r in case.rights)


def joins_of_office(case: Case, actor: Actor) -> bool:
    """Whether whoever reported it appeals beside the platform, which has appealed in their place: from then on it is theirs."""
    return took_it_back(case, actor) and keeps_own_appeal(case) and Side.CLAIMANT in case.appellants


def remitted_alone(case: Case, side: Side) -> bool:
    """Whether the matter is decided afresh because this side appealed, and the other one did not.

    Not where all that was decided before was decided elsewhere: that stands whenever the appeal is over.
    """
    before = standing(case)
    return before is not None and not before.elsewhere and before is not case.rulings[-1] and case.appealed_alone is side


def remit_taken_back(case: Case, side: Side) -> Facts:
    """What becomes of a case that came back by the appeal of this side alone, when it gives that up: as if it had done so before.

    What was decided first stands again, and nothing of it is undone; the other side has its own right to appeal against it.
    """
    before = standing(case)
    assert before is not None, "something was sent back"
    used = {"allowed": False, "because": "already_used"}
    # What the platform gives up of office is not given up for whoever reported it, where it is their money.
    again = (
        r.model_copy(update=used) if r.side is side and not keeps_own_appeal(case) else r for r in rights_after(case, before)
    )
    rights = disclosure.rights_told(case, tuple(again))
    return (f.AppealWithdrawn(side=side, rights=rights), *after(case, rights, case.returning is not None))


def _refusal_of_appeal(case: Case, actor: Actor) -> Refusal | None:
    if (unconfirmed := under_age.refusal_of_unconfirmed(case, actor)) is not None:
        # The right is used once, and opens the matter both ways: whose it is, nobody has put there alone.
        return unconfirmed
    if any(one.party == actor.id for one in confirmation.seats(case)):
        return confirmation.unconfirmed(case)
    if joins_of_office(case, actor):
        return None
    if actor.role == "platform" and Side.CLAIMANT in case.appeals_used:
        return NoRight("The platform has appealed already.", because="already_used")
    side = actor.side or (Side.CLAIMANT if case.of_office is not None else None)
    right = next((r for r in case.rights if r.side is side), None)
    if right is not None and right.allowed:
        return _refusal_of_own(case, actor)
    if side in case.appellants:
        said = "An appeal of your side is being decided: it is yours too; it ends when each principal agrees."
        return NoRight(said, because="already_used")
    return NoRight("This side has no right to appeal.", because=right.because if right else "no_ruling")


def _refusal_of_own(case: Case, actor: Actor) -> Refusal | None:
    """Of several on a side each appeals once, and what is left to the others is not theirs again."""
    own = _own(case, actor.id)
    return NoRight("You have appealed already.", because="already_used") if own and {*own} <= {*case.appealed_by} else None


def _own(case: Case, actor_id: str) -> tuple[str, ...]:
    party = case.party(actor_id)
    if party is None:
        return ()
    return (party.id,) if party.role == "co_claimant" else spoken_for(case, party)


def _appeal_lodged(case: Case, rec: f.Recording, fact: f.AppealLodged) -> Change:
    rights = tuple(
        r.model_copy(update={"allowed": False, "because": "already_used"}) if r.side is fact.side else r for r in case.rights
    )
    sides = (*(side for side in case.appellants if side is not fact.side), fact.side)
    alone = fact.side if {*sides} == {fact.side} else None
    used = (*case.appeals_used, fact.side)
    party = case.party(rec.actor.id)
    # Whoever asks for another decision about their money stands by the report again.
    back: Change = {"of_office": None} if party is not None and party.stands_for_side and party.side is Side.CLAIMANT else {}
    back["appealed_by"] = tuple(dict.fromkeys((*case.appealed_by, *_own(case, rec.actor.id))))
    return {"appeals_used": used, "appellants": sides, "appealed_alone": alone, "rights": rights, **back}


def _appeal_withdrawn(case: Case, rec: f.Recording, fact: f.AppealWithdrawn) -> Change:
    left = tuple(s for s in case.appellants if s is not fact.side)
    alone = left[0] if left else None
    draft = case.ruling if left else standing(case)
    change: Change = {"appellants": left, "appealed_alone": alone, "ruling": draft, **({} if left else dropped(case, rec.at))}
    if fact.theirs_again:
        change |= {"rights": _theirs_again(case)}
        if rec.actor.role == "platform":
            # It appealed in their place, and they have not.
            change["appealed_by"] = ()
    if fact.rights is not None:
        # The remit had given every right anew; the one that led to it is used.
        change |= {"rights": fact.rights, "appeals_used": (*case.appeals_used, fact.side)}
    return change


def _said_of_end(case: Case, fact: f.AppealWithdrawn, audience: Audience) -> NoticeData:
    stands = {"stands": True} if fact.rights is not None else {}
    own = fact.theirs_again and keeps_own_appeal(case) and audience == "claimant"
    return NoticeData(stands | ({"own_money": True} if own else {}) | said_of_kept(case, audience))


TOPIC = Topic(
    rules={"appeal": appeal},
    changes={"appeal_lodged": _appeal_lodged, "appeal_withdrawn": _appeal_withdrawn},
    refuses={"appeal": _refusal_of_appeal},
    means={"appeal_lodged": lambda before, fact, after: {f"appeal_lodged:{fact.side.value}"}},
    words=words_by(f.AppealLodged, "side"),
    known_to={
        "appeal_lodged": everybody("The other side answers it; its reasons pass between the two, others see the phase.", "news"),
        "appeal_withdrawn": everybody("Both sides; others see the phase.", "news"),
    },
    said={
        "appeal_lodged": lambda case, fact, audience: NoticeData({"side": fact.side.value}, {"reasons": fact.reasons}),
        "appeal_withdrawn": _said_of_end,
    },
)
