"""Decisions on the matter: drafted with reasons, approved above a limit, issued after the grace, appealed to somebody else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

from domain.base import Outcome, Phase, Side, derived_id
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.people import Actor
from domain.model.refusals import OwnCase
from domain.model.ruling import (
    AmountMissing,
    Effect,
    Involvement,
    RemedyNotAllowed,
    Ruling,
    UnknownGround,
    UnknownOutcome,
)
from domain.model.terms import OutcomeTerms
from domain.rules import (
    agreement_terms,
    appointment_times,
    authorities,
    charge,
    confirmation,
    departures,
    disclosure,
    hearing,
    interim,
    last_word,
    legal_hold,
    losses,
    misuse,
    money,
    procedure,
    provider_news,
    returns,
    ruling_told,
    sanctions,
)
from domain.rules import credit as crediting
from domain.rules import remedy as remedying
from domain.rules import ruling_requirements as completeness
from domain.rules.audiences import Audience
from domain.rules.evidence import dropped
from domain.rules.fairness import another_credential
from domain.rules.prior_decision import by_hand
from domain.rules.remedy import check_amount, check_comes_with, check_named, remedy_data
from domain.rules.rights import in_force, promised, rights_after
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import Known, NoticeData, Topic, everybody, inside

_Decision = c.Rule | c.DecideAppeal


def rule(case: Case, command: c.Rule, context: DecisionContext, at: datetime) -> Facts:
    """A ruling in the first instance, or afresh after remit."""
    outcome = _outcome(case, command.outcome)
    lost = losses.losers(case, outcome, command.remedies)
    _check(case, outcome, command, command.ground, lost, at)
    procedure.check_hearing(case, lost)
    misused = misuse.found(case, command, outcome, context, at)
    sanction = misused or sanctions.drafted(case, command, outcome, command.ground, context, at)
    losses.check_only_appellant(case, outcome, command, None if misused else sanction)
    charge.check(case, command.ground, losses.persons_hit(case, outcome, command.remedies))
    return _drafted(case, command, context, "rule", command.outcome, command.ground, command.remedies, sanction, at)


def decide_appeal(case: Case, command: c.DecideAppeal, context: DecisionContext, at: datetime) -> Facts:
    """A ruling on appeal: uphold and remit keep the outcome, overturn and vary set a new one."""
    before = case.rulings[-1]
    refusal = None if command.decision == "remit" else procedure.refusal_of_ruling(case)
    if refusal is not None:
        raise refusal
    if command.same_decider and before.elsewhere:
        raise OwnCase("The complaint is about whoever decided first: it does not go back to them.", because="complained_about")
    if command.decision in ("uphold", "remit"):
        if command.outcome not in (None, before.outcome) or command.remedies or (command.sanction and not command.misuse):
            raise RemedyNotAllowed(
                f"'{command.decision}' changes nothing: leave outcome, remedies and sanction out.", decision=command.decision
            )
        if command.decision == "uphold":
            # The appeal is lost by it, maybe for something that was handed in after the ruling it is about.
            last_word.check(case, case.appellants, command.relies_on, at, command.remedies)
        # What is upheld goes on as it was: the parties are told the remedies that stand, and nobody approves them again but where
        # they rest on the word of whoever upholds them.
        remedies = promised(case) if command.decision == "uphold" else ()
        # Misuse is no part of what was decided: it is found whatever becomes of the appeal, but where nothing is decided.
        misused = misuse.found(case, command, None, context, at)
        if misused is not None and command.decision == "remit":
            raise RemedyNotAllowed("'remit' decides nothing: find misuse when it is decided.", decision=command.decision)
        return _drafted(case, command, context, command.decision, before.outcome, before.ground, remedies, misused, at)
    name = command.outcome or (before.outcome if command.decision == "vary" else None)
    if name is None:
        raise UnknownOutcome(
            "Overturning a ruling needs the outcome that takes its place.", allowed=[o.name for o in case.terms.outcomes]
        )
    if command.decision == "overturn" and name == before.outcome:
        raise UnknownOutcome("The outcome is the same as before: uphold it, or vary its remedies.", outcome=name)
    outcome = _outcome(case, name)
    ground = command.ground or before.ground
    _check(case, outcome, command, ground, disclosure.lost_on_appeal(case, outcome, command.remedies), at)
    misused = misuse.found(case, command, outcome, context, at)
    sanction = misused or sanctions.drafted(case, command, outcome, ground, context, at)
    losses.check_only_appellant(case, outcome, command, None if misused else sanction)
    charge.check(case, ground, losses.persons_hit(case, outcome, command.remedies))
    return _drafted(case, command, context, command.decision, name, ground, command.remedies, sanction, at)


def check_possible(case: Case, command: c.Rule) -> None:
    """Refuses a ruling that no procedure makes right, before it is said what is still to be done."""
    outcome = _outcome(case, command.outcome)
    for remedy in command.remedies:
        check_comes_with(case, outcome, remedy.type, command.remedies)
    completeness.check_route(case, command, outcome.name)


def _outcome(case: Case, name: str) -> OutcomeTerms:
    outcome = case.terms.outcome(name)
    if outcome is None:
        allowed = [o.name for o in case.terms.outcomes]
        raise UnknownOutcome(f"A {case.kind} can end as: {', '.join(allowed)}.", outcome=name, allowed=allowed)
    return outcome


def _check(
    case: Case, outcome: OutcomeTerms, command: _Decision, ground: str | None, lost: frozenset[Side], at: datetime
) -> None:
    allowed = list(case.terms.grounds_for(case.category))
    if case.terms.grounds and ground not in allowed:
        raise UnknownGround(f"Name the clause it rests on: {', '.join(allowed)}.", ground=ground, allowed=allowed)
    charge.check_lost(case, ground, losses.losers_named(case, outcome), losses.hit(case, outcome, command.remedies))
    hit = losses.each_hit(case, outcome, command.remedies)
    losses.check_each(case, command.remedies, at)
    disclosure.check_told(case, lost, tuple(p for p in hit if p.side in lost), at)
    confirmation.check_may_lose(case, _who_loses(case, outcome, lost, command.remedies))
    hearing.check_penalty(case, losses.penalised(case, outcome, command.remedies))
    last_word.check(case, lost, command.relies_on, at, command.remedies)
    legal_hold.check_not_held(case, command.remedies)
    procedure.check_identity(case, command.remedies, ground)
    check_named(case, command.remedies)
    for remedy in command.remedies:
        check_comes_with(case, outcome, remedy.type, command.remedies)
        remedying.check_asked(case, remedy.type, ground)
        check_amount(case.terms, remedy.type, remedy.amount)
        if remedy.after_return and not (outcome.with_return and remedy.to is Side.CLAIMANT):
            raise RemedyNotAllowed(f"'{outcome.name}' comes with no return of goods by this side.", remedy=remedy.type)
    money.check_ruling(case, outcome, command.remedies)
    if outcome.needs_amount and not any(x.amount for x in command.remedies):
        raise AmountMissing(f"'{outcome.name}' needs a remedy with an amount.", outcome=outcome.name)


def _who_loses(case: Case, outcome: OutcomeTerms, lost: frozenset[Side], remedies: tuple[c.Remedy, ...]) -> frozenset[str]:
    """Whom of the sides that lose a ruling hits; a sanction hits all of a side."""
    of_all = {side: () if outcome.sanctions is side else remedies for side in lost}
    return frozenset(party for side, some in of_all.items() for party in last_word.hit_on(case, side, some))


def _drafted(
    case: Case,
    command: _Decision,
    context: DecisionContext,
    decision: Literal["rule", "uphold", "overturn", "vary", "remit"],
    outcome: str,
    ground: str | None,
    remedies: tuple[c.Remedy, ...],
    sanction: f.SanctionDrafted | None,
    at: datetime,
) -> Facts:
    completeness.check(case, command, decision, outcome, sanction.sanction if sanction is not None else None)
    if decision != "uphold" and decision != "remit":
        completeness.check_amount(case, command, outcome)
    if command.label_paid_by is not None and not any(x.after_return for x in remedies):
        raise RemedyNotAllowed("Nothing goes back by this ruling, so there is no label to pay.", because="no_return")
    # What a second person must know above all comes first.
    because = authorities.why_approval(case, remedies)
    if decision != "uphold" and because is None:
        because = money.why_approval(case, crediting.left_by(case, outcome, remedies), outcome, context.known())
        because = because or sanctions.why_approval(case, sanction, at)
    if decision == "uphold":
        because = because or money.why_upheld(case, remedies, context.known())
    because = because or legal_hold.why_approval(case, remedies, context.known())
    because = because or procedure.why_approval(case, context.known(), remedies) or remedying.why_approval(case, remedies)
    because = because or departures.why_approval(case, context.known(), remedies)
    if decision == "rule":
        because = because or agreement_terms.why_approval(case) or losses.why_approval(case, command, sanction)
    drafted = f.RulingDrafted(
        ruling_id=derived_id("rul", command.id),
        decider=command.by,
        outcome=outcome,
        reasons=command.reasons,
        ground=ground,
        remedies=(*remedies, *sanctions.remedies(sanction)),
        decision=decision,
        pack=case.terms.pack,
        version=case.terms.version,
        approval_because=because,
        same_decider=isinstance(command, c.DecideAppeal) and command.same_decider,
        **completeness.said(case, command, outcome, remedies, at),
    )
    chosen = (sanction,) if sanction is not None else ()
    return (drafted, *chosen, f.PhaseEntered(phase=Phase.APPROVAL if because else Phase.RULED))


def approve(case: Case, command: c.Approve, context: DecisionContext, at: datetime) -> Facts:
    """The second person agrees; the grace begins."""
    draft = case.ruling
    last_word.check_seen(case, command.seen)
    another_credential(draft.drafted_with if draft else None, context)
    money.check_approver(case, context.known())
    procedure.check_approver(case, context.known())
    if draft is not None:
        legal_hold.check_approver(case, draft, context.known())
    if draft is not None and legal_hold.kept_from_telling(case, draft):
        legal_hold.check_not_held(case, draft.remedies)
    if draft is not None and money.others_count(case) and draft.decision not in ("uphold", "remit"):
        # What was given since it was drafted counts as well.
        money.check_ruling(case, _outcome(case, draft.outcome), draft.remedies)
    return (f.RulingApproved(ruling_id=_draft_id(case)), f.PhaseEntered(phase=Phase.RULED, reason="approved"))


def return_ruling(case: Case, command: c.ReturnRuling, context: DecisionContext, at: datetime) -> Facts:
    """The second person sends it back with reasons."""
    returned = f.RulingReturned(ruling_id=_draft_id(case), reasons=command.reasons)
    return (returned, f.PhaseEntered(phase=_deciding_phase(case), reason="returned", goes_on="paused"))


def retract(case: Case, command: c.Retract, context: DecisionContext, at: datetime) -> Facts:
    """The drafter takes it back before anybody was told. Their time goes on as if nothing had been sent: else whoever is late
    would not be, a minute later."""
    back = f.PhaseEntered(phase=_deciding_phase(case), reason="retracted", goes_on="counted")
    return (f.RulingRetracted(ruling_id=_draft_id(case)), back)


def _draft_id(case: Case) -> str:
    return case.ruling.id if case.ruling else ""


def _deciding_phase(case: Case) -> Phase:
    return Phase.REVIEW if case.ruling is None or case.ruling.decision == "rule" else Phase.APPEAL


def issue(case: Case, command_id: str, at: datetime) -> Facts:
    """The grace is over: parties are told, effects run, rights begin; or the matter goes back to review."""
    ruling = case.ruling
    if ruling is None:
        return ()
    if ruling.decision == "remit":
        told = f.RulingIssued(ruling_id=ruling.id, outcome=ruling.outcome, rights=())
        remitted = f.CaseRemitted(ruling_id=ruling.id, same_decider=ruling.same_decider, rights_anew=True)
        return (told, remitted, f.PhaseEntered(phase=Phase.REVIEW, reason="remitted"))
    held = legal_hold.kept_from_telling(case, ruling) or authorities.kept_from_telling(case, ruling)
    if held or ruling.contested:
        # Nobody loses by the word of one that they were there and admitted it.
        held = held or (f.RulingWithheld(ruling_id=ruling.id, hold_ids=(), because="was_not_there"),)
        return (*held, f.PhaseEntered(phase=_deciding_phase(case), reason="held", goes_on="paused"))
    stays = interim.stays_after(case, at)
    measures = tuple(i.id for i in case.interim if i.id not in stays)
    goods, changes = Facts(), Facts()
    if ruling.decision == "uphold":
        changes, found = sanctions.imposed_beside(case, ruling, at)
        effects = (*interim.undo(case, measures, command_id), *found)
    else:
        now, later = returns.split(sanctions.wanted(case, ruling), case.goods_back)
        effects = _effects(case, ruling.id, ruling.outcome, now, stays)
        known = case.terms.outcome(ruling.outcome)
        label = ruling.label_paid_by or (known.label_paid_by if known else None)
        goods = returns.after_ruling(case, ruling.id, later, label)
        changes = sanctions.issued(case, ruling, at)
    rights = disclosure.rights_told(case, rights_after(case, ruling))
    told = f.RulingIssued(ruling_id=ruling.id, outcome=ruling.outcome, rights=rights, effects=tuple(e.effect_id for e in effects))
    ended: Facts = (f.InterimEnded(measure_ids=measures, because="ruled"),) if measures else ()
    if stays and ruling.until is not None:
        ended = (*ended, f.InterimKept(measure_ids=stays, until=ruling.until))
    waits = any(not isinstance(x, f.ReturnEnded) for x in goods) or (case.returning is not None and not goods)
    first = disclosure.by_ruling(case, ruling, rights)
    return (*first, told, *ended, *changes, *effects, *by_hand(case, effects), *goods, *after(case, rights, waits))


def after(case: Case, rights: tuple[f.AppealRight, ...], waits: bool) -> Facts:
    """The window to appeal, or the end; a case that waits for goods stays open until they are back."""
    if case.terms.has(Phase.APPEALABLE) and (waits or any(right.allowed for right in rights)):
        return (f.PhaseEntered(phase=Phase.APPEALABLE),)
    return (f.CaseClosed(outcome=Outcome.RULED),)


def _effects(
    case: Case, because: str, outcome: str, remedies: tuple[c.Remedy, ...], stays: tuple[str, ...] = ()
) -> tuple[f.EffectOrdered, ...]:
    """Undo, newest first, what an earlier ruling did and this one does not want; then do what is new. What both want stays
    untouched, and a provisional credit counts towards what is granted.
    """
    kept, wanted = crediting.settled(case, outcome, remedies)
    undo: list[Effect] = []
    # An interim measure that the ruling wants too goes on as what the ruling ordered.
    for effect in (e for e in (*in_force(case), *interim.in_force(case)) if e not in kept and e.because not in stays):
        if effect.remedy in wanted:
            wanted.remove(effect.remedy)
        else:
            undo.append(effect)
    new = (
        f.EffectOrdered(effect_id=derived_id("eff", because, str(n)), remedy=remedy, because=because)
        for n, remedy in enumerate(wanted)
    )
    return (*_reversals(undo, because), *new)


def _reversals(undo: Sequence[Effect], because: str) -> tuple[f.EffectOrdered, ...]:
    return tuple(
        f.EffectOrdered(effect_id=derived_id("eff", because, f"u{n}"), remedy=e.remedy, because=because, reverses=e.id)
        for n, e in enumerate(reversed(undo))
    )


def undo_all(case: Case, command_id: str, prefix: str = "wdr", stays: Collection[str] = ()) -> Facts:
    """Nobody keeps what an earlier ruling or settlement, now set aside, gave them; but for effects that somebody says stay."""
    because = derived_id(prefix, command_id)
    if case.final is not None and prefix == "wdr":
        # What the case had given before it was closed was final, and others may live by it: no withdrawal undoes it.
        effects = _reversals([e for e in in_force(case) if e.id not in case.final and e.id not in stays], because)
    elif case.rulings and case.rulings[0].elsewhere:
        # What was decided before they appealed is none of what they were given: it is put back.
        effects = _effects(case, because, case.rulings[0].outcome, case.rulings[0].remedies)
    else:
        effects = _reversals([e for e in in_force(case) if e.id not in stays], because)
    return (*effects, *by_hand(case, effects))


def undo(case: Case, effects: Collection[str], command_id: str) -> Facts:
    """These effects of an earlier ruling end, and the sanctions that they carried out."""
    over = [e for e in in_force(case) if e.id in effects]
    undone = _reversals(over, derived_id("und", command_id))
    return (*sanctions.void(case, [e.remedy for e in over]), *undone, *by_hand(case, undone))


def _part(case: Case, person: str, actor: Actor, part: Literal["decider", "approver"]) -> Involvement:
    return Involvement(person=person, manager=actor.manager, above=actor.above, round=case.round, part=part)


def _ruling_drafted(case: Case, rec: f.Recording, fact: f.RulingDrafted) -> Change:
    ruling = Ruling(
        id=fact.ruling_id,
        decider=fact.decider,
        drafted_with=rec.credential,
        approval_because=fact.approval_because,
        outcome=fact.outcome,
        decision=fact.decision,
        reasons=fact.reasons,
        ground=fact.ground,
        remedies=fact.remedies,
        round=case.round,
        conditions=fact.conditions,
        reply=fact.reply,
        reply_to=case.appellants or (Side.CLAIMANT,),
        complaint_route=fact.complaint_route,
        statement=fact.statement,
        same_decider=fact.same_decider,
        label_paid_by=fact.label_paid_by,
        stays=fact.stays,
        until=fact.until,
        less_because=fact.less_because,
    )
    part = _part(case, fact.decider, rec.actor, "decider")
    return {"ruling": ruling, "involved": (*case.involved, part)}


def _ruling_approved(case: Case, rec: f.Recording, fact: f.RulingApproved) -> Change:
    part = _part(case, rec.actor.id, rec.actor, "approver")
    ruling = case.ruling.model_copy(update={"approved_by": rec.actor.id}) if case.ruling else None
    return {"ruling": ruling, "involved": (*case.involved, part)}


def _ruling_returned(case: Case, rec: f.Recording, fact: f.RulingReturned) -> Change:
    part = _part(case, rec.actor.id, rec.actor, "approver")
    return {"ruling": None, "involved": (*case.involved, part)}


def _ruling_issued(case: Case, rec: f.Recording, fact: f.RulingIssued) -> Change:
    if case.ruling is None:
        return {}
    issued = case.ruling.model_copy(update={"issued_at": rec.at})
    # Now that the parties are told, nothing is asked of them any more; until then they answer as if nothing were decided.
    # What a hold kept back of an earlier ruling is wanted no more: this one has ordered what it wants.
    left = case.withheld if issued.decision in ("uphold", "remit") else ()
    told = {"ruling": issued, "rulings": (*case.rulings, issued), "rights": fact.rights, "credit_proposed": None}
    return {**told, **_rights_anew(case, issued, fact), "withheld": left, **dropped(case, rec.at)}


def _rights_anew(case: Case, issued: Ruling, fact: f.RulingIssued) -> Change:
    """A side that has appealed, and may again: of what was found of it since all of it, else who has not appealed themselves."""
    sides = {right.side for right in fact.rights if right.allowed and right.side in case.appeals_used}
    if not sides:
        return {}
    theirs = {party.id for party in case.parties if party.side in sides and misuse.hits_anew(case, issued, party.side)}
    return {
        "appeals_used": tuple(side for side in case.appeals_used if side not in sides),
        "appealed_by": tuple(one for one in case.appealed_by if one not in theirs),
    }


def _case_remitted(case: Case, rec: f.Recording, fact: f.CaseRemitted) -> Change:
    change: Change = {"round": case.round + 1, "ruling": None, "owner": None, "queue": case.terms.queue, "appellants": ()}
    if fact.same_decider and len(case.rulings) > 1:
        of = case.rulings[-2].round
        change["involved"] = tuple(
            one.model_copy(update={"may_again_in": case.round + 1}) if one.round == of and not one.line else one
            for one in case.involved
        )
    if fact.rights_anew:
        change |= {"appeals_used": (), "appealed_by": ()}
    return {**change, "owner_sought": True, "rights": ()}


def _effect_ordered(case: Case, rec: f.Recording, fact: f.EffectOrdered) -> Change:
    effect = Effect(id=fact.effect_id, remedy=fact.remedy, because=fact.because, reverses=fact.reverses)
    if fact.reverses is None and any(measure.id == fact.because for measure in case.interim):
        there = (p.id for p in case.principals(fact.remedy.to))
        effect = effect.model_copy(update={"hits": (fact.remedy.party,) if fact.remedy.party is not None else tuple(there)})
    return {"effects": (*case.effects, effect)}


def _effect_reported(case: Case, rec: f.Recording, fact: f.EffectReported) -> Change:
    said = {"state": fact.result, "reported_at": rec.at}
    effects = tuple(e.model_copy(update=said) if e.id == fact.effect_id else e for e in case.effects)
    withheld = tuple(one for one in case.withheld if one.id != fact.effect_id)
    others = tuple(one for one in case.manual_work if one != fact.effect_id)
    left = (*others, fact.effect_id) if fact.result == "needs_hands" else others
    return {"effects": effects, "manual_work": left, "withheld": withheld}


def _said_of_draft(case: Case, fact: f.RulingDrafted, audience: Audience) -> NoticeData:
    remedies = [remedy_data(remedy) for remedy in fact.remedies]
    return NoticeData({"outcome": fact.outcome, "approval_because": fact.approval_because, "remedies": remedies})


def _said_of_effect(case: Case, fact: f.EffectReported, audience: Audience) -> NoticeData:
    """What became of it; to the team, also of what: somebody has to do it by hand."""
    effect = next((one for one in case.effects if one.id == fact.effect_id), None)
    remedies = {"remedies": [remedy_data(effect.remedy)]} if effect is not None and audience == "staff" else {}
    undoes = {"undoes": True} if remedies and effect is not None and effect.reverses is not None else {}
    money = provider_news.said_of_effect(case, fact) if audience == "staff" else {}
    return NoticeData({"effect": fact.effect_id, "result": fact.result, **remedies, **undoes, **money})


_DRAFT = inside("Nobody outside hears of a ruling before it is told.")

TOPIC = Topic(
    rules={
        "rule": rule,
        "approve": approve,
        "return_ruling": return_ruling,
        "retract": retract,
        "decide_appeal": decide_appeal,
    },
    refuses={"decide_appeal": lambda case, actor: appointment_times.refusal_of_deciding(case)},
    changes={
        "ruling_drafted": _ruling_drafted,
        "ruling_approved": _ruling_approved,
        "ruling_returned": _ruling_returned,
        "ruling_retracted": lambda case, rec, fact: {"ruling": None},
        "ruling_issued": _ruling_issued,
        "case_remitted": _case_remitted,
        "effect_ordered": _effect_ordered,
        "effect_reported": _effect_reported,
    },
    means={
        "effect_reported": lambda before, fact, after: (
            {"effect_reported:needs_hands"} | provider_news.came_to_nothing(fact)
            if fact.result == "needs_hands" and fact.effect_id in after.manual_work
            else provider_news.paid_twice(before, fact, after)
        ),
    },
    words=frozenset({"effect_reported:needs_hands", "effect_reported:twice", "effect_reported:failed"}),
    known_to={
        "ruling_drafted": _DRAFT,
        "ruling_approved": _DRAFT,
        "ruling_returned": _DRAFT,
        "ruling_retracted": _DRAFT,
        "ruling_issued": everybody("The outcome is what everybody in the case has waited for."),
        "case_remitted": everybody("How the matter goes on."),
        "effect_ordered": inside("It is told when it is done."),
        "effect_reported": Known(
            lambda case, fact, audience: audience == "platform" or not authorities.of_report(case, fact.effect_id),
            "nothing",
            "What a side got or lost is its own and the other side's; that an authority was told, no party hears.",
        ),
    },
    said={
        "ruling_drafted": _said_of_draft,
        "ruling_returned": lambda case, fact, audience: NoticeData(texts={"reasons": fact.reasons}),
        "ruling_issued": ruling_told.said_of_ruling,
        "case_remitted": lambda case, fact, audience: NoticeData({"same_decider": True} if fact.same_decider else {}),
        "effect_reported": _said_of_effect,
    },
)
