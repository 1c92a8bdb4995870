"""Legal hold: a lead or ops keeps a case from being deleted, open or closed, until the matter that needs it is over.

That nothing of ours is deleted is enforced where it lies: the database refuses to destroy a key while a case of that person is
held. What a ruling would have destroyed elsewhere is stopped here, however far it has come: nobody can draft it, a draft is not
told, and what was ordered is not carried out. Once no hold is left, it goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, NamedTuple

from domain.base import Outcome, Phase, Side, derived_id
from domain.model import facts as f
from domain.model import legal_hold as c
from domain.model.case import Case
from domain.model.erasure import RetentionBar
from domain.model.legal_hold import HeldPerson, LegalHold, NotOnHold, UnderLegalHold, Withheld
from domain.model.people import Actor
from domain.model.refusals import OwnCase, Refusal
from domain.model.remedy import Remedy
from domain.model.ruling import Effect, Ruling
from domain.model.settlement import MadeOffer, Proposal
from domain.rules.remedy import remedy_data
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import NoticeData, Topic, inside

_AFRESH = frozenset({Phase.INTAKE, Phase.SETTLEMENT, Phase.REVIEW})
"""Phases in which whatever was decided before is decided afresh."""


ALWAYS_DESTRUCTIVE = frozenset({"erase", "delete"})
"""Remedies that destroy something in every kind, also in those that say nothing of it."""


def destroys(case: Case, remedy: Remedy) -> bool:
    """Whether a remedy destroys something that a hold keeps."""
    return remedy.type in ALWAYS_DESTRUCTIVE or remedy.type in case.terms.destructive


def could_destroy(case: Case) -> bool:
    """Whether anything that may come of such a case destroys something."""
    may = {name for outcome in case.terms.outcomes for name in outcome.remedies}
    return bool(case.terms.destructive) or bool(may & ALWAYS_DESTRUCTIVE) or bool(case.withheld)


def with_others(case: Case, held: Iterable[HeldPerson], at: datetime) -> Case:
    """The case as it is judged: under the holds, too, that lie on other cases of its people; and whoever lifted one of those
    destroys no more alone here than there.
    """
    theirs = [(p.side, one) for one in held for p in case.parties if p.ref_digest == one.ref_digest and p.role == "principal"]
    theirs = [(side, one) for side, one in theirs if one.held or one.lifted_by]
    if not theirs:
        return case
    keeps = {(side, one.case_id) for side, one in theirs if one.held}
    lifted = dict.fromkeys((*case.lifted_by, *(person for _, one in theirs for person in one.lifted_by)))
    above = dict.fromkeys((*case.lifted_under, *(person for _, one in theirs for person in one.lifted_under)))
    others = (LegalHold(id=of, reason="other_case", by="system", since=at, side=side) for side, of in sorted(keeps))
    known = {"lifted_by": tuple(lifted), "lifted_under": tuple(above)}
    return case.model_copy(update={"legal_holds": (*case.legal_holds, *others), **known})


def _keeping(case: Case, remedy: Remedy) -> tuple[str, ...]:
    """The holds that stop a remedy; none where it destroys nothing. Those of other cases are named by the case."""
    if not destroys(case, remedy):
        return ()
    return tuple(hold.id for hold in case.legal_holds if hold.side in (None, remedy.to))


def check_not_held(case: Case, remedies: Iterable[Remedy]) -> None:
    """Refuses what would destroy something while the case, or another one of whoever it is about, is under legal hold."""
    found = next(((remedy, holds) for remedy in remedies if (holds := _keeping(case, remedy))), None)
    if found is not None:
        remedy, holds = found
        raise UnderLegalHold(
            f"'{remedy.type}' would destroy what is kept; a lead or ops lifts the hold when the matter that needs it is over.",
            remedy=remedy.type,
            holds=list(holds),
        )


def lifted_in_line(case: Case, actor: Actor) -> bool:
    """Whether this person lifted a hold, or somebody who reports to them, or to whom they report: what it kept is not theirs to
    destroy alone, nor are they the second person to it."""
    lifted = {*case.lifted_by}
    return not lifted.isdisjoint({actor.id, *actor.superiors}) or actor.id in case.lifted_under


def why_approval(case: Case, remedies: Iterable[Remedy], decider: Actor) -> str | None:
    """Why a second person looks at it: whoever lifted the hold, or one of their line, would destroy what it kept."""
    if not case.terms.has(Phase.APPROVAL) or not lifted_in_line(case, decider):
        return None
    return "lifted_the_hold" if any(destroys(case, remedy) for remedy in remedies) else None


def check_approver(case: Case, ruling: Ruling, actor: Actor) -> None:
    """Refuses to be the second person to the destruction of what one let go, or one's line."""
    undoes = ruling.decision not in ("uphold", "remit") and any(destroys(case, remedy) for remedy in ruling.remedies)
    if undoes and lifted_in_line(case, actor):
        said = "You, or somebody of your line, lifted the hold on what this destroys: another lead."
        raise OwnCase(said, because="lifted_the_hold")


def kept_from_telling(case: Case, ruling: Ruling) -> Facts:
    """That a ruling is not told, because it would destroy what is kept; nothing where it may be."""
    if ruling.decision in ("uphold", "remit") or not case.legal_holds:
        return ()
    holds = tuple(dict.fromkeys(hold for remedy in ruling.remedies for hold in _keeping(case, remedy)))
    return (f.RulingWithheld(ruling_id=ruling.id, hold_ids=holds),) if holds else ()


def withheld(case: Case, command_id: str, facts: Facts) -> Facts:
    """The facts, with nothing ordered that destroys: whoever ordered it, it waits until no hold is left."""
    lifted = {hold_id for fact in facts if isinstance(fact, f.LegalHoldLifted) for hold_id in fact.hold_ids}
    return tuple(_kept_back(case, fact, lifted) for fact in facts) if case.legal_holds else facts


def _kept_back(case: Case, fact: f.Fact, lifted: set[str]) -> f.Fact:
    if not isinstance(fact, f.EffectOrdered) or fact.reverses is not None:
        return fact
    holds = tuple(hold for hold in _keeping(case, fact.remedy) if hold not in lifted)
    if not holds:
        return fact
    return f.EffectWithheld(effect_id=fact.effect_id, remedy=fact.remedy, because=fact.because, hold_ids=holds)


def _place(case: Case, command: c.PlaceHold, context: DecisionContext, at: datetime) -> Facts:
    """The hold, with what it found under way or done, and what it stops."""
    hold_id = derived_id("lgh", command.id)
    # What was taken back while it was under way may destroy something all the same: it runs, and nobody has reported it.
    under_way = [effect for effect in case.effects if effect.state == "running" and effect.reverses is None]
    in_question = (*case.effects_in_force, *(effect for effect in under_way if effect not in case.effects_in_force))
    effects = [effect for effect in in_question if destroys(case, effect.remedy)]
    found = (*_drafted(case), *(_found(effect) for effect in effects))
    stopped = (
        f.EffectWithheld(effect_id=effect.id, remedy=effect.remedy, because=effect.because, hold_ids=(hold_id,))
        for effect in effects
        if effect.state == "running"
    )
    placed = f.LegalHoldPlaced(hold_id=hold_id, reason=command.reason, reasons=command.reasons, found=found)
    return (placed, *stopped)


def taken_along(case: Case, split_id: str) -> tuple[f.LegalHoldPlaced, ...]:
    """The holds with which a part of the case begins: what is kept for a court is kept wherever it goes on."""
    own = (hold for hold in case.legal_holds if hold.side is None)
    return tuple(f.LegalHoldPlaced(hold_id=derived_id("lgh", split_id, h.id), reason=h.reason, by=h.by) for h in own)


def _drafted(case: Case) -> tuple[c.Found, ...]:
    draft = case.ruling
    if draft is None or draft.issued_at is not None or draft.decision in ("uphold", "remit"):
        return ()
    return tuple(c.Found(id=draft.id, type=x.type, state="drafted") for x in draft.remedies if destroys(case, x))


def _found(effect: Effect) -> c.Found:
    if effect.state == "running":
        return c.Found(id=effect.id, type=effect.remedy.type, state="stopped")
    state: Literal["done", "needs_hands"] = "needs_hands" if effect.state == "needs_hands" else "done"
    return c.Found(id=effect.id, type=effect.remedy.type, state=state, at=effect.reported_at)


def _lift(case: Case, command: c.LiftHold, context: DecisionContext, at: datetime) -> Facts:
    ids = tuple(h.id for h in case.legal_holds if command.hold_id in (None, h.id))
    if not ids:
        raise NotOnHold("The case is under no such hold.", hold=command.hold_id, holds=[h.id for h in case.legal_holds])
    lifted = f.LegalHoldLifted(hold_ids=ids, reasons=command.reasons)
    if len(ids) < len(case.legal_holds):
        return (lifted,)
    return (lifted, *(fact for one in case.withheld for fact in _released(case, one)))


def _released(case: Case, one: Withheld) -> Facts:
    """What was withheld goes on where what it follows from still stands, and nobody may need it in another case; otherwise
    somebody has to look.
    """
    if not _stands(case, one.because) or (case.accused_elsewhere and one.remedy.to is Side.CLAIMANT):
        return (f.EffectReleased(effect_id=one.id, remedy=one.remedy),)
    # Another id: the one that was stopped is over, for whoever carries it out.
    anew = derived_id("eff", one.id, "held")
    return (
        f.EffectReleased(effect_id=one.id, remedy=one.remedy, goes_on_as=anew),
        f.EffectOrdered(effect_id=anew, remedy=one.remedy, because=one.because),
    )


def _stands(case: Case, because: str) -> bool:
    """Whether the ruling or the agreement that ordered it is the last word: nobody has set it aside, or looks at it afresh."""
    if case.outcome is Outcome.WITHDRAWN or case.withdrawal is not None or case.of_office is not None:
        # Whoever asked for it does not want it any more, and it cannot be made undone.
        return False
    if case.phase in _AFRESH or (case.ruling is not None and case.ruling.issued_at is None and case.ruling.decision == "rule"):
        return False
    decided = [ruling for ruling in case.rulings if ruling.decision not in ("uphold", "remit")]
    agreed = _last_agreement(case)
    if agreed is not None and (not decided or agreed.at >= (decided[-1].issued_at or agreed.at)):
        return because == agreed.id
    return because == decided[-1].id if decided else True


class _Agreement(NamedTuple):
    id: str
    at: datetime


def _last_agreement(case: Case) -> _Agreement | None:
    made: tuple[MadeOffer | Proposal, ...] = (*case.offers, *case.proposals)
    found = [_Agreement(one.id, one.became_at) for one in made if one.became == "accepted" and one.became_at is not None]
    if case.concession is not None:
        found.append(_Agreement(case.concession.id, case.concession.at))
    return max(found, key=lambda one: one.at, default=None)


def _legal_hold_placed(case: Case, rec: f.Recording, fact: f.LegalHoldPlaced) -> dict[str, Any]:
    return {
        "legal_holds": (
            *case.legal_holds,
            LegalHold(id=fact.hold_id, reason=fact.reason, by=fact.by or rec.actor.id, since=rec.at),
        )
    }


def _legal_hold_lifted(case: Case, rec: f.Recording, fact: f.LegalHoldLifted) -> dict[str, Any]:
    left = tuple(h for h in case.legal_holds if h.id not in fact.hold_ids)
    return {
        "legal_holds": left,
        "lifted_by": tuple(dict.fromkeys((*case.lifted_by, rec.actor.id))),
        "lifted_under": tuple(dict.fromkeys((*case.lifted_under, *sorted(rec.actor.superiors)))),
    }


def _effect_withheld(case: Case, rec: f.Recording, fact: f.EffectWithheld) -> Change:
    over = {"state": "withheld", "reported_at": rec.at}
    effects = tuple(e.model_copy(update=over) if e.id == fact.effect_id else e for e in case.effects)
    one = Withheld(id=fact.effect_id, remedy=fact.remedy, because=fact.because, since=rec.at)
    return {"effects": effects, "withheld": (*case.withheld, one)}


def _effect_released(case: Case, rec: f.Recording, fact: f.EffectReleased) -> Change:
    left = case.manual_work if fact.goes_on_as is not None else (*case.manual_work, fact.effect_id)
    return {"withheld": tuple(one for one in case.withheld if one.id != fact.effect_id), "manual_work": left}


def _ruling_withheld(case: Case, rec: f.Recording, fact: f.RulingWithheld) -> Change:
    return {"ruling": None}


def _refusal_of_lifting(case: Case, actor: Actor) -> Refusal | None:
    if not case.legal_holds:
        return NotOnHold("No legal hold is on this case.", holds=[])
    if actor.id == case.owner or any(part.person == actor.id and part.part == "decider" for part in case.involved):
        said = "Whoever decides what is to become of it does not lift the hold that keeps it; another lead or ops does."
        return OwnCase(said, because="decides_it")
    return None


TOPIC = Topic(
    rules={"place_hold": _place, "lift_hold": _lift},
    changes={
        "legal_hold_placed": _legal_hold_placed,
        "legal_hold_lifted": _legal_hold_lifted,
        "effect_withheld": _effect_withheld,
        "effect_released": _effect_released,
        "ruling_withheld": _ruling_withheld,
    },
    refuses={"lift_hold": _refusal_of_lifting},
    known_to={
        "legal_hold_placed": inside("That something is kept for a court or an authority is not for whom it may be about."),
        "legal_hold_lifted": inside("As the hold that it ends."),
        "effect_withheld": inside("It would tell of the hold."),
        "effect_released": inside("It would tell of the hold that was lifted."),
        "ruling_withheld": inside("Nobody outside hears of a ruling before it is told, nor of the hold."),
    },
    said={
        "ruling_withheld": lambda case, fact, audience: NoticeData({"because": fact.because}),
        "effect_withheld": lambda case, fact, audience: NoticeData({"remedies": [remedy_data(fact.remedy)]}),
        "effect_released": lambda case, fact, audience: NoticeData(
            {"remedies": [remedy_data(fact.remedy)], "result": "needs_hands" if fact.goes_on_as is None else "goes_on"}
        ),
    },
)


def retention_bar(case: Case, now: datetime, *, linked_open: bool) -> RetentionBar | None:
    """Why this closed case is not erased now; None: its time is over, and nothing keeps it.

    Personal data is kept no longer than it is needed (Regulation (EU) 2016/679, article 5(1)(e)); what a claim is established or
    defended with is (article 17(3)(e)): so a hold keeps it, and so does a case that goes on beside it.
    """
    if case.legal_holds:
        return "legal_hold"
    if case.keep_until is None:
        return "no_period"
    if case.keep_until > now:
        return "not_yet"
    if not case.quiet:
        return "running"
    return "linked_open" if linked_open else None
