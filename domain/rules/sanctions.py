"""Sanctions: chosen by the ladder when a ruling is drafted, in force when it is issued, over when their time is.

What counts against a person comes from their other cases, so it is looked up when the ruling is judged (``context.earlier``) and
noted in the record: a ruling judged while another one against the same person is not in force yet does not count that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal

from domain.base import Phase, Side, derived_id
from domain.model import facts as f
from domain.model.case import Case
from domain.model.commands import OpenedParty
from domain.model.parties import PartyUnclear
from domain.model.remedy import Remedy
from domain.model.ruling import DecideAppeal, Effect, Rule, Ruling
from domain.model.sanction_terms import SanctionKind, SanctionLadder, SanctionTerms
from domain.model.sanctions import (
    EarlierSanction,
    Sanction,
    SanctionDrafted,
    SanctionImposed,
    SanctionLifted,
    SanctionNotAllowed,
    SanctionReasonsMissing,
    SanctionVoided,
)
from domain.model.terms import OutcomeTerms
from domain.rules.audiences import Audience
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import Known, NoticeData, Topic, inside
from domain.worktime.calculator import due
from domain.worktime.spans import Span


def drafted(
    case: Case, command: Rule | DecideAppeal, outcome: OutcomeTerms, ground: str | None, context: DecisionContext, at: datetime
) -> SanctionDrafted | None:
    """The sanction that goes with an outcome: the ladder's, unless the decider departs from it with reasons."""
    terms = case.terms.sanctions
    spared = outcome.sanctions is Side.CLAIMANT and case.of_office is not None
    if terms is None or outcome.sanctions is None or spared:
        if command.sanction is not None or command.sanction_reason is not None or command.sanction_reasons is not None:
            raise SanctionNotAllowed(f"'{outcome.name}' comes with no sanction.", outcome=outcome.name)
        return None
    ladder = terms.ladder_of(ground)
    if ladder is None:
        allowed = [ground_name for ladder in terms.ladders for ground_name in ladder.grounds]
        raise SanctionNotAllowed(
            f"No sanction rests on '{ground}'; name a clause that has a ladder.", ground=ground, allowed=allowed
        )
    person = sanctioned(case, outcome.sanctions)
    if person is None:
        raise SanctionNotAllowed(f"There is nobody on the side '{outcome.sanctions.value}'.", side=outcome.sanctions.value)
    if len(case.principals(outcome.sanctions)) > 1:
        raise PartyUnclear("Several are on this side, and a sanction hits one: split the case, so that each has their own.")
    if context.earlier is None:
        raise LookupError("what counts against the person was not looked up")
    counted = tuple(sanction for sanction in context.earlier if counts_here(case, ladder, sanction, person.ref_digest, at))
    count = sum(sanction.weight for sanction in counted)
    says = step_of(ladder, count) if outcome.sanction is None else outcome.sanction
    chosen = command.sanction or says
    return SanctionDrafted(
        ruling_id=derived_id("rul", command.id),
        party=person.id,
        side=outcome.sanctions,
        category=ladder.category,
        sanction=chosen,
        ladder_says=says if outcome.sanction is None else None,
        count=count,
        counted=tuple(sanction.id for sanction in counted),
        departs=_departs(terms, outcome, command, chosen, says),
        reason=command.sanction_reason,
        reasons=command.sanction_reasons,
    )


def _departs(
    terms: SanctionTerms, outcome: OutcomeTerms, command: Rule | DecideAppeal, chosen: str, says: str
) -> Literal["harsher", "milder"] | None:
    if terms.kind(chosen) is None or (outcome.sanction is not None and chosen != says):
        allowed = [kind.name for kind in terms.kinds] if outcome.sanction is None else [says]
        raise SanctionNotAllowed(f"'{outcome.name}' comes with: {', '.join(allowed)}.", sanction=chosen, allowed=allowed)
    if chosen == says:
        return None
    harsher = terms.rank(chosen) > terms.rank(says)
    departs: Literal["harsher", "milder"] = "harsher" if harsher else "milder"
    reasons = terms.harsher if harsher else terms.milder
    if command.sanction_reason not in reasons or command.sanction_reasons is None:
        raise SanctionReasonsMissing(
            f"The ladder says '{says}'. '{chosen}' is {departs}: give a reason ({', '.join(reasons)}) and reasons in words.",
            ladder_says=says,
            departs=departs,
            allowed=list(reasons),
        )
    return departs


def right_withdrawn(terms: SanctionTerms | None, parties: Iterable[OpenedParty], earlier: Iterable[EarlierSanction],
                    at: datetime) -> bool:  # fmt: skip
    """Whether whoever reports has lost the right to ask for now, by rulings in their earlier cases."""
    barring = (sanction for sanction in _barring(terms, parties, earlier) if sanction.lifted_at is None)
    return any(sanction.imposed_at <= at and (sanction.ends_at is None or at < sanction.ends_at) for sanction in barring)


def times_withdrawn(terms: SanctionTerms | None, parties: Iterable[OpenedParty], earlier: Iterable[EarlierSanction],
                    at: datetime) -> tuple[tuple[datetime, datetime], ...]:  # fmt: skip
    """From when until when whoever reports had lost the right to ask up to now, in order; none of them overlaps another."""
    times: list[tuple[datetime, datetime]] = []
    for sanction in sorted(_barring(terms, parties, earlier), key=lambda one: one.imposed_at):
        ended_at = min(end for end in (sanction.ends_at, sanction.lifted_at, at) if end is not None)
        began_at = max(sanction.imposed_at, times[-1][1]) if times else sanction.imposed_at
        if began_at < ended_at:
            times.append((began_at, ended_at))
    return tuple(times)


def _barring(
    terms: SanctionTerms | None, parties: Iterable[OpenedParty], earlier: Iterable[EarlierSanction]
) -> Iterator[EarlierSanction]:
    """Those by which whoever reports lost the right to ask for a time, whenever that was."""
    bars = terms.bars if terms is not None else ()
    people = {party.ref_digest for party in parties if party.side is Side.CLAIMANT and party.role == "principal"}
    return (sanction for sanction in earlier if sanction.sanction in bars and sanction.ref_digest in people)


def sanctioned(case: Case, side: Side) -> OpenedParty | None:
    """Whom a sanction against a side hits: its principal; the first, where there are several."""
    return next(iter(case.principals(side)), None)


def counts(one: EarlierSanction, ref_digest: str, category: str, at: datetime) -> bool:
    """Whether an earlier sanction counts in a category against a person at an instant."""
    if (one.ref_digest, one.category) != (ref_digest, category) or one.counts_until is None:
        return False
    return one.imposed_at <= at < one.counts_until


def counts_here(case: Case, ladder: SanctionLadder, one: EarlierSanction, ref_digest: str, at: datetime) -> bool:
    """Whether an earlier sanction counts on a ladder of this case: of the same kind by its category, of another one where the
    pack says so and its ruling stands."""
    if one.kind in (None, case.kind):
        return counts(one, ref_digest, ladder.category, at)
    return one.final and ladder.takes(one.kind, one.category) and counts(one, ref_digest, one.category, at)


def step_of(ladder: SanctionLadder, count: int) -> str:
    """What the ladder says after so many."""
    return ladder.steps[min(count, len(ladder.steps) - 1)]


def why_approval(case: Case, draft: SanctionDrafted | None, at: datetime) -> str | None:
    """Why a second person has to agree to a ban: it is longer than the pack's limit, or for good."""
    terms = case.terms.sanctions
    if draft is None or terms is None or terms.approval_above is None or not case.terms.has(Phase.APPROVAL):
        return None
    ban = _kind(terms, draft.sanction).ban
    if ban is None:
        return None
    longer = not isinstance(ban, Span) or _after(at, ban) > _after(at, terms.approval_above)
    return "ban_above_limit" if longer else None


def remedies(draft: SanctionDrafted | None) -> tuple[Remedy, ...]:
    """A sanction as it is carried out: a remedy against the person's side, named like it."""
    return (Remedy(type=draft.sanction, to=draft.side),) if draft is not None else ()


def wanted(case: Case, ruling: Ruling) -> tuple[Remedy, ...]:
    """The remedies of a ruling that is being issued, without a ban that has been served already."""
    same = _stays(case, ruling)
    if same is None or same.lifted_at is None:
        return ruling.remedies
    return tuple(remedy for remedy in ruling.remedies if remedy not in remedies(ruling.sanction))


def issued(case: Case, ruling: Ruling, at: datetime) -> Facts:
    """What issuing a ruling does to the sanctions of the case: those it does not want are void, its own is in force."""
    same = _stays(case, ruling)
    gone = tuple(sanction for sanction in in_force(case) if sanction is not same)
    new = None if same is not None or ruling.sanction is None else _imposed(case, ruling.id, ruling.sanction, gone, at)
    voided = tuple(SanctionVoided(sanction_id=sanction.id, because="replaced" if new else "overturned") for sanction in gone)
    return (*voided, new) if new is not None else voided


def imposed_beside(case: Case, ruling: Ruling, at: datetime) -> tuple[Facts, tuple[f.EffectOrdered, ...]]:
    """The sanction that a ruling brings which leaves all else as it was, and what carries it out."""
    draft = ruling.sanction
    if draft is None or _stays(case, ruling) is not None:
        return (), ()
    (remedy,) = remedies(draft)
    effect = f.EffectOrdered(effect_id=derived_id("eff", ruling.id, "0"), remedy=remedy, because=ruling.id)
    return (_imposed(case, ruling.id, draft, (), at),), (effect,)


def _imposed(case: Case, ruling_id: str, draft: SanctionDrafted, gone: tuple[Sanction, ...], at: datetime) -> SanctionImposed:
    terms = case.terms.sanctions
    assert terms is not None, "nothing is drafted without"
    kind, ladder = _kind(terms, draft.sanction), next(x for x in terms.ladders if x.category == draft.category)
    # Whoever was kept out until now by the one that this takes the place of has served that time.
    served = min((sanction.from_at for sanction in gone if sanction.runs), default=at)
    counted_from = min((sanction.from_at for sanction in gone), default=at)
    return SanctionImposed(
        sanction_id=derived_id("san", ruling_id),
        ruling_id=ruling_id,
        party=draft.party,
        side=draft.side,
        category=draft.category,
        sanction=draft.sanction,
        weight=kind.weight,
        from_at=served,
        ban=kind.ban is not None,
        ends_at=_after(served, kind.ban) if isinstance(kind.ban, Span) else None,
        counts_until=_after(counted_from, ladder.window) if kind.weight else None,
    )


def _stays(case: Case, ruling: Ruling) -> Sanction | None:
    """The sanction of the case that a later ruling wants again as it is."""
    draft = ruling.sanction
    if draft is None:
        return None
    again = (draft.party, draft.category, draft.sanction)
    return next(
        (sanction for sanction in in_force(case) if (sanction.party, sanction.category, sanction.sanction) == again), None
    )


def in_force(case: Case) -> tuple[Sanction, ...]:
    """The sanctions of the case that were not taken back, those whose time is over included."""
    return tuple(sanction for sanction in case.sanctions if sanction.voided_at is None)


def lift(case: Case, instance: int) -> Facts:
    """The time of a ban is over."""
    sanction = case.sanctions[instance - 1]
    return (SanctionLifted(sanction_id=sanction.id), *_undone(case, sanction))


def void_all(case: Case, because: Literal["withdrawn", "annulled"] = "withdrawn", stays: Iterable[Remedy] = ()) -> Facts:
    """What followed from a report that is taken back, or from a ruling that is set aside, goes with it; the remedies are undone
    with the others. No withdrawal takes what was final before the case was taken up again, nor what somebody says stays.
    """
    kept = {(remedy.type, remedy.to) for remedy in stays}
    final = (case.final or ()) if because == "withdrawn" else ()
    gone = (
        sanction for sanction in in_force(case) if sanction.id not in final and (sanction.sanction, sanction.side) not in kept
    )
    return tuple(SanctionVoided(sanction_id=sanction.id, because=because) for sanction in gone)


def void(case: Case, remedies: Iterable[Remedy]) -> Facts:
    """The sanctions that these remedies carried out are taken back, because whoever ends the case says so."""
    over = {(remedy.type, remedy.to) for remedy in remedies}
    gone = (sanction for sanction in in_force(case) if (sanction.sanction, sanction.side) in over)
    return tuple(SanctionVoided(sanction_id=sanction.id, because="withdrawn") for sanction in gone)


def _undone(case: Case, sanction: Sanction) -> tuple[f.EffectOrdered, ...]:
    remedy = Remedy(type=sanction.sanction, to=sanction.side)
    effect: Effect | None = next((e for e in case.effects_in_force if e.remedy == remedy), None)
    if effect is None:
        return ()
    # Named after what it takes back: the command of a deadline has the same id in every case.
    return (
        f.EffectOrdered(effect_id=derived_id("eff", effect.id, "over"), remedy=remedy, because=sanction.id, reverses=effect.id),
    )


def preview(case: Case, side: Side, earlier: Iterable[EarlierSanction], at: datetime) -> dict[str, tuple[int, str]]:
    """For each category how many count against the side's principal now, and what the ladder would say."""
    terms, person = case.terms.sanctions, sanctioned(case, side)
    if terms is None or person is None:
        return {}
    known = tuple(earlier)
    found = {}
    for ladder in terms.ladders:
        count = sum(sanction.weight for sanction in known if counts_here(case, ladder, sanction, person.ref_digest, at))
        found[ladder.category] = (count, step_of(ladder, count))
    return found


def _kind(terms: SanctionTerms, name: str) -> SanctionKind:
    kind = terms.kind(name)
    assert kind is not None, "it was checked when it was drafted"
    return kind


def _after(at: datetime, span: Span) -> datetime:
    end = due(None, at, span)
    assert end is not None, "nothing pauses it"
    return end


def _sanction_drafted(case: Case, rec: f.Recording, fact: SanctionDrafted) -> Change:
    return {"ruling": case.ruling.model_copy(update={"sanction": fact}) if case.ruling else None}


def _sanction_imposed(case: Case, rec: f.Recording, fact: SanctionImposed) -> Change:
    names = ("party", "side", "category", "sanction", "weight", "from_at", "ban", "ends_at", "counts_until")
    said = {name: getattr(fact, name) for name in names}
    return {"sanctions": (*case.sanctions, Sanction(id=fact.sanction_id, imposed_at=rec.at, **said))}


def _sanction_lifted(case: Case, rec: f.Recording, fact: SanctionLifted) -> Change:
    return _changed(case, fact.sanction_id, {"lifted_at": rec.at})


def _sanction_voided(case: Case, rec: f.Recording, fact: SanctionVoided) -> Change:
    return _changed(case, fact.sanction_id, {"voided_at": rec.at, "voided_because": fact.because})


def _changed(case: Case, sanction_id: str, update: Change) -> Change:
    return {"sanctions": tuple(s.model_copy(update=update) if s.id == sanction_id else s for s in case.sanctions)}


def heard(case: Case, sides: set[Side]) -> Change:
    """Sides that were asked and have answered, or whose time went by."""
    return {"heard": tuple(side for side in Side if side in case.heard or side in sides)}


def _hits(case: Case, fact: SanctionImposed | SanctionLifted | SanctionVoided, audience: Audience) -> bool:
    return audience in {"platform", *(s.side.value for s in case.sanctions if s.id == fact.sanction_id)}


def sanction_data(case: Case, sanction_id: str) -> dict[str, Any]:
    """A sanction in the words of a notice: what it is, until when a ban lasts, until when it counts."""
    found = next((s for s in case.sanctions if s.id == sanction_id), None)
    if found is None:
        return {}
    said: dict[str, Any] = {"id": found.id, "type": found.sanction, "category": found.category, "side": found.side.value}
    said["ban"] = found.ban
    said |= {name: at.isoformat() for name in ("ends_at", "counts_until") if (at := getattr(found, name)) is not None}
    return {"sanction": said}


def _said(case: Case, fact: SanctionImposed | SanctionLifted | SanctionVoided, audience: Audience) -> NoticeData:
    taken_back = {"because": fact.because} if isinstance(fact, SanctionVoided) else {}
    return NoticeData({**sanction_data(case, fact.sanction_id), **taken_back})


_OF_WHOM_IT_HITS = Known(
    _hits, "nothing", "A sanction is told to the side that it hits, and to the platform that carries it out."
)

TOPIC = Topic(
    changes={
        "sanction_drafted": _sanction_drafted,
        "sanction_imposed": _sanction_imposed,
        "sanction_lifted": _sanction_lifted,
        "sanction_voided": _sanction_voided,
    },
    known_to={
        "sanction_drafted": inside("A draft becomes true when the ruling is told."),
        "sanction_imposed": _OF_WHOM_IT_HITS,
        "sanction_lifted": _OF_WHOM_IT_HITS,
        "sanction_voided": _OF_WHOM_IT_HITS,
    },
    said={"sanction_imposed": _said, "sanction_lifted": _said, "sanction_voided": _said},
)
