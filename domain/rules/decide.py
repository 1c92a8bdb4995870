"""The judge of commands: what follows from one, or why it is refused.

``decide(case, command, voice, at)`` answers the facts that follow, or raises a :class:`~domain.model.refusals.Refusal`.
It looks at the case, the command and the instant, at nothing else: no clock, no database, no chance. Who may do what is the
table's business (:mod:`domain.rules.lifecycle`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain import handing_over, identity
from domain.base import Kept, Outcome, Phase, Side
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.refusals import (
    AlreadyOpen,
    NotOpened,
    NotSystem,
    OwnCase,
    OwnerMissing,
    TooLate,
    UnknownActor,
)
from domain.model.sanctions import EarlierSanction
from domain.model.terms import Terms
from domain.other_cases import KnownCampaign, OtherCase
from domain.rules import (
    authorities,
    chargeback,
    elsewhere,
    evidence,
    interim,
    legal_hold,
    links,
    moving,
    procedure,
    returns,
    sanctions,
    settlement,
    signals,
)
from domain.rules import (
    clocks as holding,
)
from domain.rules import (
    credit as crediting,
)
from domain.rules import ruling as r
from domain.rules.conditions import unmet
from domain.rules.deadlines import deadline
from domain.rules.fairness import bar_to_judging, why_not
from domain.rules.handling import noted, skip

Facts = tuple[f.Fact, ...]


class Voice(Kept):
    """Who speaks, and whom they name, as looked up when the command is judged."""

    actor: f.Actor | None
    target: f.Actor | None = None
    mentioned: tuple[str, ...] | None = None
    """Those whom a note mentions and who work here; None: nobody was looked up."""
    terms: Terms | None = None
    """The terms that a re-target leads to, resolved when it is judged."""
    team: tuple[f.Colleague, ...] | None = None
    """The people whom an escalation could land on; None: nobody was looked up, and roles stand for people."""
    appealed_before: str | None = None
    """The case in which this person appealed against the same decision already."""
    earlier: tuple[EarlierSanction, ...] | None = None
    """Sanctions of other cases against the parties of this one; None: nobody looked."""
    other: OtherCase | None = None
    """The other case that the command names; None: there is none."""
    campaign: KnownCampaign | None = None
    files: tuple[f.EvidenceFile, ...] | None = None
    """The files that the command names and that whoever speaks has uploaded to this case."""


def decide(case: Case | None, command: c.Command, voice: Voice, at: datetime) -> Facts:
    """The facts that follow from a command received at ``at``. Raises a Refusal; then nothing has happened."""
    if voice.actor is None or (case is not None and _stranger(case, voice.actor)):
        raise UnknownActor(f"Nobody with the id '{command.by}' has anything to do with this case.", by=command.by)
    if command.type in c.SYSTEM_COMMANDS and voice.actor.role != "system":
        raise NotSystem(f"'{command.type}' is sent by the system only.", command=command.type)
    if isinstance(command, c.Open):
        if case is not None:
            raise AlreadyOpen("The case was opened before.", case=case.id)
        return _open(command, voice, at)
    if case is None:
        raise NotOpened("The case has not been opened; its opening report is missing.")
    refusal = why_not(case, voice.actor, command.type) or unmet(case, voice.actor, command.type)
    if refusal is not None:
        raise refusal
    facts = crediting.ended(case, _RULES[command.type](case, command, voice, at))
    if any(isinstance(x, f.InterimEnded) for x in facts):
        return facts
    # What was only meant until the matter is decided does not outlive it.
    if any(isinstance(x, f.CaseClosed) for x in facts):
        return (*chargeback.at_close(case, facts), *interim.end_all(case, command.id, "closed"), *facts)
    if any(isinstance(x, f.PhaseEntered) and x.phase is Phase.APPEALABLE for x in facts):
        return (*interim.end_all(case, command.id, "ruled"), *facts)
    return facts


def _stranger(case: Case, actor: f.Actor) -> bool:
    """A party, but of another case."""
    return actor.role in ("claimant", "respondent") and case.party(actor.id) is None


def _open(command: c.Open, voice: Voice, at: datetime) -> Facts:
    opened = f.CaseOpened(**{k: getattr(command, k) for k in f.CaseOpened.model_fields if k not in ("type", "received_at")})
    if command.history is not None:
        opened = opened.model_copy(update={"received_at": command.history.received_at})
        return moving.moved_in((opened, *elsewhere.taken_over(command)), command, command.history, voice, at)
    begun = (opened, *elsewhere.taken_over(command))
    routing = command.routing
    reason = routing.reason or "gate" if routing.decision == "decline" else None
    reason = reason or elsewhere.why_declined(command, voice.appealed_before, at)
    if sanctions.right_withdrawn(command.terms.sanctions, command.parties, voice.earlier or (), at):
        reason = "right_to_ask_withdrawn"
    if reason is not None:
        return (*begun, f.CaseDeclined(reason=reason), f.CaseClosed(outcome=Outcome.DECLINED, reason=reason))
    if (into := _same_matter(command, voice.other)) is not None:
        return (*begun, *links.merged(command.id, command.parties, command.statement, into, by_hand=False))
    return begun if routing.decision == "triage" else (*begun, f.PhaseEntered(phase=command.terms.opens_in))


def _same_matter(command: c.Open, other: OtherCase | None) -> OtherCase | None:
    """The open case into which a report goes that intake found to be of the same matter."""
    fits = other is not None and other.open and other.kind == command.kind and not links.mixed(command.parties, other)
    return other if fits else None


def _admit(case: Case, command: c.Admit, voice: Voice, at: datetime) -> Facts:
    return (f.PhaseEntered(phase=case.terms.opens_in, reason="admitted"),)


def _decline(case: Case, command: c.Decline, voice: Voice, at: datetime) -> Facts:
    declined = f.CaseDeclined(reason=command.reason, reasons=command.reasons)
    return (declined, f.CaseClosed(outcome=Outcome.DECLINED, reason=command.reason, reasons=command.reasons))


def _message(case: Case, command: c.Message, voice: Voice, at: datetime) -> Facts:
    role = voice.actor.role if voice.actor else "system"
    sender: Any = role if role in ("claimant", "respondent", "platform") else "staff"
    return (f.MessageSent(to=command.to, text=command.text, sender=sender),)


def _note(case: Case, command: c.Note, voice: Voice, at: datetime) -> Facts:
    return (noted(command, voice),)


def _escalate(case: Case, command: c.Escalate, voice: Voice, at: datetime) -> Facts:
    return (f.PhaseEntered(phase=Phase.REVIEW, reason="escalated"),)


def _assign(case: Case, command: c.Assign, voice: Voice, at: datetime) -> Facts:
    if command.owner is None:
        return (f.CaseQueued(queue=case.queue, reason=command.reason),)
    if voice.target is None:
        raise UnknownActor(f"Nobody in the team has the id '{command.owner}'.", owner=command.owner)
    bar = bar_to_judging(case, voice.target)
    if bar is not None:
        raise OwnCase("This person cannot decide this case; choose another.", owner=command.owner, because=bar)
    if case.owner == command.owner:
        raise OwnerMissing("The case belongs to this person already.", owner=command.owner)
    return (f.CaseAssigned(owner=command.owner, reason=command.reason),)


def _take(case: Case, command: c.Take, voice: Voice, at: datetime) -> Facts:
    return (f.CaseAssigned(owner=command.by, reason="taken"),)


def _withdraw(case: Case, command: c.Withdraw, voice: Voice, at: datetime) -> Facts:
    side = _side_of(voice)
    if side not in case.appellants:
        closed = f.CaseClosed(outcome=Outcome.WITHDRAWN, reasons=command.reasons)
        return (f.CaseWithdrawn(reasons=command.reasons), *sanctions.void_all(case), *r.undo_all(case, command.id), closed)
    return (f.AppealWithdrawn(side=side), *r.after_appeal_withdrawn(case, side))


def _close(case: Case, command: c.Close, voice: Voice, at: datetime) -> Facts:
    return (f.CaseClosed(outcome=Outcome(command.outcome), reason=command.reason, reasons=command.reasons),)


def _reopen(case: Case, command: c.Reopen, voice: Voice, at: datetime) -> Facts:
    until = (case.closed_at or at) + case.terms.reopen_for
    if at > until:
        raise TooLate("The window for reopening this case is over.", until=until.isoformat())
    reopened = f.CaseReopened(reason=command.reason, reasons=command.reasons)
    return (reopened, f.PhaseEntered(phase=Phase.REVIEW, reason="reopened"))


def _report_effect(case: Case, command: c.ReportEffect, voice: Voice, at: datetime) -> Facts:
    if not any(e.id == command.effect_id and e.state == "running" for e in case.effects):
        return links.reported(case, command, voice, at)
    return (f.EffectReported(effect_id=command.effect_id, result=command.result, note=command.note),)


def _report_delivery(case: Case, command: c.ReportDelivery, voice: Voice, at: datetime) -> Facts:
    return (f.DeliveryFailed(notice_id=command.notice_id, reason=command.reason),)


def _side(voice: Voice) -> Side | None:
    return voice.actor.side if voice.actor else None


def _side_of(voice: Voice) -> Side:
    side = _side(voice)
    if side is None:
        raise UnknownActor("Only somebody on a side can do this.")
    return side


_RULES: dict[str, Callable[[Case, Any, Voice, datetime], Facts]] = {
    "admit": _admit,
    "decline": _decline,
    "message": _message,
    "note": _note,
    "escalate": _escalate,
    "assign": _assign,
    "take": _take,
    "skip": skip,
    "rule": r.rule,
    "approve": r.approve,
    "return_ruling": r.return_ruling,
    "retract": r.retract,
    "appeal": r.appeal,
    "decide_appeal": r.decide_appeal,
    "withdraw": _withdraw,
    "close": _close,
    "reopen": _reopen,
    "deadline": deadline,
    "report_effect": _report_effect,
    "report_delivery": _report_delivery,
    "impose_interim": interim.impose,
    "review_interim": interim.review,
    **holding.RULES,
    **legal_hold.RULES,
    **identity.RULES,
    **procedure.RULES,
    **settlement.RULES,
    **returns.RULES,
    **links.RULES,
    **evidence.RULES,
    **chargeback.RULES,
    **crediting.RULES,
    **authorities.RULES,
    **signals.RULES,
    **handing_over.RULES,
}
