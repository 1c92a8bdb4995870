"""The desk: a case that somebody skips goes back to its queue, and whoever a note mentions works here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from domain.base import Outcome, Phase, Side, derived_id
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.clocks import Clock
from domain.model.handling import (
    HandOver,
    Note,
    OwnerMissing,
    PersonUnknown,
    QueueUnknown,
    RequestUnrecorded,
    Skip,
    UndecidedAfresh,
)
from domain.model.links import MergedAlready
from domain.model.people import Actor
from domain.model.refusals import OwnCase, Refusal, TooLate, UnknownActor
from domain.model.settlement import SettledBefore
from domain.rules import links, measures, no_request, prior_decision, provider_news, returns, withdrawal
from domain.rules.agreement_terms import AGREEMENT_FAILS
from domain.rules.audiences import Audience
from domain.rules.clocks import held_by_people, woken
from domain.rules.confided import speaks_alone
from domain.rules.confidence import addressed, talked
from domain.rules.evidence import came_late
from domain.rules.fairness import ABOUT_DECIDERS, deciders_out, disqualification, set_aside_by
from domain.rules.phases import ASKED_BY, end_codes, said_of_end
from domain.rules.remedy import asks_for_data
from domain.rules.rights import decides_afresh
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.told_by_two import agreed_words
from domain.rules.topic import Known, NoticeData, Topic, everybody, inside, words_by, words_of


def skip(case: Case, command: Skip, context: DecisionContext, at: datetime) -> Facts:
    """The owner gives it back; it waits in its queue for somebody else to take it."""
    skipped = f.CaseSkipped(person=command.by, reason=command.reason)
    return (skipped, f.CaseQueued(queue=case.queue, reason="skipped"))


def noted(command: Note, context: DecisionContext) -> f.NoteAdded:
    """A note, with the colleagues who are told of it. Refuses names of people who do not work here, or are in conflict."""
    named = tuple(dict.fromkeys(command.mentions))
    unknown = [name for name in named if context.mentioned is not None and name not in context.mentioned]
    if unknown:
        raise PersonUnknown(f"Nobody of the team to whom this case is open has the id '{unknown[0]}'.", mentions=unknown)
    return f.NoteAdded(text=command.text, mentions=named)


def _case_handed_over(case: Case, rec: f.Recording, fact: f.CaseHandedOver) -> Change:
    return {"queue": fact.queue, "clocks": tuple(_as_promised(case, clock, fact.queue) for clock in case.clocks)}


def _as_promised(case: Case, clock: Clock, queue: str) -> Clock:
    """A running clock on the calendar it was promised by, where the new queue has another."""
    definition = case.terms.clock(clock.name)
    if clock.stopped_at is not None or clock.keeps_calendar or definition is None:
        return clock
    now, then = (case.terms.calendar_of(definition, name) for name in (case.queue, queue))
    return clock if now == then else clock.model_copy(update={"keeps_calendar": True, "calendar": now})


def hand_over(case: Case, command: HandOver, context: DecisionContext, at: datetime) -> Facts:
    """The case moves to a queue, to a person, or to a person there; a due date that was promised stays."""
    if command.queue is not None and command.queue not in (case.queue, *case.terms.sites):
        known = list(case.terms.sites)
        said = f"This kind is handed over to: {', '.join(known)}." if known else "This kind has one site only; name a person."
        raise QueueUnknown(said, queue=command.queue, allowed=known)
    queue = command.queue or case.queue
    handed = f.CaseHandedOver(from_queue=case.queue, queue=queue, from_owner=case.owner, to=command.to, reasons=command.reasons)
    if command.to is None:
        if queue == case.queue and case.owner is None:
            raise OwnerMissing("The case waits in this queue already.", queue=queue)
        return (handed, f.CaseQueued(queue=queue, reason="moved"))
    _check_names_decider(case, context, command.to)
    if context.target is None:
        raise UnknownActor(f"Nobody in the team has the id '{command.to}'.", to=command.to)
    bar = disqualification(case, context.target)
    if bar is not None:
        raise OwnCase("This person cannot decide this case; choose another.", to=command.to, because=bar)
    if case.owner == command.to:
        raise OwnerMissing("The case belongs to this person already.", to=command.to)
    return (handed, f.CaseAssigned(owner=command.to, reason="handed_over"))


def _admit(case: Case, command: c.Admit, context: DecisionContext, at: datetime) -> Facts:
    return (f.PhaseEntered(phase=prior_decision.opens_in_now(case), reason="admitted"),)


def _decline(case: Case, command: c.Decline, context: DecisionContext, at: datetime) -> Facts:
    if first := no_request.proposed(case, command, context, at):
        return first
    prior_decision.check_completed(case, at, context.calendars)
    over = withdrawal.ended_by_the_desk(case, command, context, at)
    if first := no_request.danger_put_away(case, command, context):
        return first
    declined = f.CaseDeclined(reason=command.reason, reasons=command.reasons)
    return (declined, *over, f.CaseClosed(outcome=Outcome.DECLINED, reason=command.reason, reasons=command.reasons))


def _message(case: Case, command: c.Message, context: DecisionContext, at: datetime) -> Facts:
    role = context.actor.role if context.actor else "system"
    sender: Any = role if role in ("claimant", "respondent", "platform") else "staff"
    to, more = addressed(case, context.actor, command.to), command.more_follows and sender in ("claimant", "respondent")
    alone = speaks_alone(case, context.actor, command.to)
    return (f.MessageSent(to=to, text=command.text, sender=sender, more_follows=more, alone=alone),)


def _message_sent(case: Case, rec: f.Recording, fact: f.MessageSent) -> Change:
    said: Change = {}
    if fact.sender == "staff" and case.telling is not None and fact.to == case.telling.to:
        # While somebody is reported in secret, a word of the team is what two persons agreed on.
        said = {"telling": None, "words_agreed": agreed_words(case, fact.text)}
    return {**woken(case, rec, fact), **talked(case, fact, rec.at), **said}


def _note(case: Case, command: c.Note, context: DecisionContext, at: datetime) -> Facts:
    return (noted(command, context),)


def _escalate(case: Case, command: c.Escalate, context: DecisionContext, at: datetime) -> Facts:
    return (f.PhaseEntered(phase=Phase.REVIEW, reason="escalated"),)


def _check_names_decider(case: Case, context: DecisionContext, owner: str) -> None:
    """Refuses to say who decides a case afresh to whoever has set aside what was decided before."""
    if set_aside_by(case, context.known()) == "annulled_it":
        said = "You set a ruling of it aside: neither do you decide it afresh, nor say who does. Put it back into its queue."
        raise OwnCase(said, owner=owner, because="annulled_it")


def _assign(case: Case, command: c.Assign, context: DecisionContext, at: datetime) -> Facts:
    if command.owner is None:
        return (f.CaseQueued(queue=case.queue, reason=command.reason),)
    _check_names_decider(case, context, command.owner)
    if context.target is None:
        raise UnknownActor(f"Nobody in the team has the id '{command.owner}'.", owner=command.owner)
    bar = disqualification(case, context.target)
    if bar is not None:
        raise OwnCase("This person cannot decide this case; choose another.", owner=command.owner, because=bar)
    if case.owner == command.owner:
        raise OwnerMissing("The case belongs to this person already.", owner=command.owner)
    return (f.CaseAssigned(owner=command.owner, reason=command.reason),)


def _take(case: Case, command: c.Take, context: DecisionContext, at: datetime) -> Facts:
    return (f.CaseAssigned(owner=command.by, reason="taken"),)


def _close(case: Case, command: c.Close, context: DecisionContext, at: datetime) -> Facts:
    if first := no_request.proposed(case, command, context, at):
        return first
    over = withdrawal.ended_by_the_desk(case, command, context, at)
    if first := no_request.danger_put_away(case, command, context):
        return first
    return (
        *over,
        f.CaseClosed(outcome=no_request.outcome_of(command), reason=command.reason, reasons=command.reasons),
    )


def _refusal_of_undecided(case: Case, actor: Actor) -> Refusal | None:
    """Nobody ends by putting it away what a ruling that was set aside or sent back gave somebody to decide: a matter brought
    before an instance that decides on it is answered (European Convention on Human Rights, article 6(1))."""
    if not decides_afresh(case):
        return None
    return UndecidedAfresh(
        "A ruling of it was set aside or sent back, so that somebody decides afresh. It ends by a ruling, also one that gives "
        "nothing; by what the sides agree on; or because whoever reported takes it back."
    )


def _refusal_of_splitting(case: Case, actor: Actor) -> Refusal | None:
    """Nor by way of a part of it: what is split off is a case of its own, of which nothing was sent back. Requests for data are
    answered each by itself, and none is put away."""
    if not decides_afresh(case) or asks_for_data(case.terms):
        return None
    return UndecidedAfresh(
        "A ruling of it was set aside or sent back, so that somebody decides all of it afresh. Decide it first; what is about "
        "something else is reported as a case of its own."
    )


def _refusal_of_closing(case: Case, actor: Actor) -> Refusal | None:
    """Nobody refuses a request for data by putting it away. What may be none at all two of the team end (:mod:`no_request`)."""
    return None if no_request.may_be_none(case) else no_request.unanswered(case)


_Refuses = Callable[[Case, Actor], Refusal | None]


def _not_deciding(*, closing: bool) -> _Refuses:
    """Nobody answers a notice or a complaint by putting it away."""
    return lambda case, actor: prior_decision.unanswered(case, closing=closing)


def _first_of(*rules: _Refuses) -> _Refuses:
    return lambda case, actor: next((refusal for rule in rules if (refusal := rule(case, actor)) is not None), None)


def _reopen(case: Case, command: c.Reopen, context: DecisionContext, at: datetime) -> Facts:
    until = (case.closed_at or at) + case.terms.reopen_for
    if at > until:
        raise TooLate("The window for reopening this case is over.", until=until.isoformat())
    if case.outcome is Outcome.SETTLED and command.reason not in AGREEMENT_FAILS:
        raise SettledBefore(
            f"Both sides have agreed, and that binds them: say which of them wants it, or why it does not hold, by one of "
            f"{', '.join(sorted(AGREEMENT_FAILS))}.",
            reason=command.reason,
            allowed=sorted(AGREEMENT_FAILS),
        )
    _check_asked(case, command)
    about = command.reason in ABOUT_DECIDERS
    reopened = f.CaseReopened(
        reason=command.reason, reasons=command.reasons, new_decider=command.new_decider or about, about_deciders=about
    )
    out = deciders_out(case, command.id, command.by) if about else ()
    return (reopened, f.PhaseEntered(phase=Phase.REVIEW, reason="reopened"), *out)


def _check_asked(case: Case, command: c.Reopen) -> None:
    """Refuses to say that a side asked for it where nothing of the record says so: neither a word of theirs since the sides were
    told or agreed, nor when and how they asked, in the reasons."""
    sides = ASKED_BY.get(command.reason, ())
    missing = [side.value for side in sides if case.came_in.get(side.value, 0) <= case.told_seq]
    if missing and command.reasons is None:
        said = f"Nothing of the {' and the '.join(missing)} has come in since: say in the reasons when and how they asked for it."
        raise RequestUnrecorded(said, sides=missing)


def _report_effect(case: Case, command: c.ReportEffect, context: DecisionContext, at: datetime) -> Facts:
    known = next((e for e in case.effects if e.id == command.effect_id), None)
    # What was stopped while it was under way says all the same how it ended.
    stopped = known is not None and known.state == "needs_hands" and provider_news.stops(case, known.remedy)
    if known is None or not (known.state in ("running", "withheld") or stopped):
        return links.reported(case, command, context, at)
    if command.result == "done" and known.id in provider_news.failed(case):
        # The refund failed before the platform's answer was heard here that it had been made.
        return (f.EffectReported(effect_id=known.id, result="needs_hands", note=provider_news.FAILED),)
    return (f.EffectReported(effect_id=command.effect_id, result=command.result, note=command.note),)


def _report_delivery(case: Case, command: c.ReportDelivery, context: DecisionContext, at: datetime) -> Facts:
    failed = f.DeliveryFailed(notice_id=command.notice_id, reason=command.reason)
    party = case.party(command.recipient) if command.recipient is not None else None
    if party is None or not party.speaks or not case.open:
        return (failed,)
    return (failed, *_not_told(case, party.side, command.id, at))


def _case_assigned(case: Case, rec: f.Recording, fact: f.CaseAssigned) -> Change:
    return {"owner": fact.owner, "owner_sought": False, "named_by": _named_by(case, rec.actor, fact.owner)}


def _named_by(case: Case, actor: Actor, owner: str) -> tuple[str, ...]:
    """Through whose hands it came to its owner by name: whoever takes it, or is found by Ombud, is nobody's choice."""
    if actor.id == owner or actor.role == "system":
        return ()
    before = case.named_by if case.owner is not None else ()
    return tuple(dict.fromkeys((*before, actor.id, *sorted(actor.superiors))))


def _case_queued(case: Case, rec: f.Recording, fact: f.CaseQueued) -> Change:
    return {"owner": None, "named_by": (), "queue": fact.queue, "owner_sought": fact.reason in ("escalated", "moved")}


def _delivery_failed(case: Case, rec: f.Recording, fact: f.DeliveryFailed) -> Change:
    return {"manual_work": (*case.manual_work, fact.notice_id)}


def _refusal_of_taking(case: Case, actor: Actor) -> Refusal | None:
    if case.owner == actor.id:
        return OwnerMissing("It is your case already.", because="yours")
    return OwnerMissing("The case has an owner; ask a lead or operations to give it to you.") if case.owner is not None else None


def _refusal_of_reopening(case: Case, actor: Actor) -> Refusal | None:
    # In which case it goes on is told where the case is read, to whoever may know that one.
    if links.heard_again(case) is not None:
        said = "The matter is heard again in another case; go on there, or take the link back first."
        return MergedAlready(said)
    if case.merged_into is None:
        return None
    return MergedAlready("The matter goes on in another case; split that one instead.")


_UNREACHED_FOR = timedelta(days=14)
"""How long the time of a side that a letter did not reach stands still: enough to find another way to tell them."""
_SIDES = ("claimant", "respondent")


def _told_by_message(before: Case | None, fact: f.MessageSent, after: Case) -> set[str]:
    """A word of the team to a side is what a clock that cares for somebody waits for."""
    told = {f"told:{side.value}" for side in Side if fact.to in ("all", side.value)} if fact.sender == "staff" else set()
    return {f"message_sent:{fact.sender}", *told, *came_late(after, fact.sender in _SIDES)}


_OF_THE_TEAM = inside("Who of the team has the case, and what they tell each other, is the team's.")


def _not_told(case: Case, side: Side, command_id: str, at: datetime) -> Facts:
    """The time of a side whom a letter did not reach stands still, so that whoever looks after the case can reach them; but a
    dead address holds nobody off for ever: after a while it runs on by itself. The law's own limits are nobody's to hold."""
    found = []
    for clock in case.clocks:
        definition = case.terms.clock(clock.name)
        if clock.stopped_at is not None or definition is None or definition.statutory or definition.waits_for != side.value:
            continue
        if any(h.of == clock.name and held_by_people(h, at) for h in case.holds):
            continue
        hold_id = derived_id("hld", f"{command_id}/{clock.name}")
        until = at + _UNREACHED_FOR * case.terms.time_scale
        found.append(f.ClocksPaused(hold_id=hold_id, why="pause", of=clock.name, until=until, reason="not_told"))
    return tuple(found)


def _said_of_declined(case: Case, fact: f.CaseDeclined, audience: Audience) -> NoticeData:
    said = said_of_end(case, fact, audience)
    more = prior_decision.said_of_declined(case, fact.reason) if audience == "claimant" else {}
    return said._replace(codes={**said.codes, **more})


def _measures_of_recused(case: Case, fact: f.CaseAssigned | f.CaseQueued, audience: Audience) -> NoticeData:
    return NoticeData({"measure_of_recused": True} if measures.of_recused(case) else {})


TOPIC = Topic(
    rules={
        "admit": _admit,
        "decline": _decline,
        "message": _message,
        "note": _note,
        "escalate": _escalate,
        "assign": _assign,
        "take": _take,
        "skip": skip,
        "hand_over": hand_over,
        "close": _close,
        "reopen": _reopen,
        "report_effect": _report_effect,
        "report_delivery": _report_delivery,
    },
    changes={
        "case_assigned": _case_assigned,
        "case_queued": _case_queued,
        "case_handed_over": _case_handed_over,
        "delivery_failed": _delivery_failed,
        "message_sent": _message_sent,
    },
    refuses={
        "split": _refusal_of_splitting,
        "close": _first_of(withdrawal.refusal_of_ending, _refusal_of_closing, _refusal_of_undecided, _not_deciding(closing=True)),
        "decline": _first_of(withdrawal.refusal_of_ending, _refusal_of_closing, _not_deciding(closing=False)),
        "take": _refusal_of_taking,
        "escalate": returns.refusal_by_agreement,
        "reopen": _refusal_of_reopening,
    },
    means={
        "message_sent": _told_by_message,
        "note_added": lambda before, fact, after: {"mentioned"} if fact.mentions else (),
    },
    words=words_by(f.MessageSent, "sender") | words_of("told", *Side) | {"came_since_draft", "mentioned"},
    known_to={
        "case_skipped": _OF_THE_TEAM,
        "note_added": _OF_THE_TEAM,
        "case_assigned": _OF_THE_TEAM,
        "case_queued": _OF_THE_TEAM,
        "case_handed_over": _OF_THE_TEAM,
        "delivery_failed": _OF_THE_TEAM,
        "message_sent": Known(
            lambda case, fact, audience: fact.to == "all" or audience in (fact.to, fact.sender),
            lambda fact: "all" if fact.to == "all" else "nothing",
            "As it is addressed; whoever sent it sees it too.",
        ),
        "case_declined": everybody("How the matter ends."),
    },
    said={
        "message_sent": lambda case, fact, audience: NoticeData(
            {
                "sender": fact.sender,
                **({"alone": True} if fact.to != "all" else {}),
                **({"more_follows": True} if fact.more_follows else {}),
            },
            {"text": fact.text},
        ),
        "note_added": lambda case, fact, audience: NoticeData(texts={"text": fact.text} if audience == "staff" else {}),
        "case_declined": _said_of_declined,
        "case_assigned": _measures_of_recused,
        "case_queued": _measures_of_recused,
        "delivery_failed": lambda case, fact, audience: NoticeData(end_codes(case, fact.reason, audience)),
        "case_handed_over": lambda case, fact, audience: NoticeData(
            {"queue": fact.queue, "from_queue": fact.from_queue}, {"reasons": fact.reasons}
        ),
    },
)
