"""A dispute that a card network decides takes evidence exactly once, by an instant of its own that nothing pauses.

So it is held back as a draft until shortly before, when it is sent by itself. While there is none the team is warned; that
nothing was sent is recorded.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.base import Outcome, Side, derived_id
from domain.model import chargeback as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.chargeback import Chargeback, ChargebackOver, ChargebackUnknown, Draft
from domain.model.evidence import FileUnknown
from domain.model.people import Actor
from domain.model.refusals import InstantRefused, Refusal
from domain.model.remedy import Remedy
from domain.model.terms import CHARGEBACK
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import Topic, inside

_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png"})
_MOST_TOGETHER = 4_500_000
"""Bytes. Stripe takes PDF, JPEG or PNG, and 4.5 MB in all for a dispute (https://docs.stripe.com/disputes/responding)."""
SUBMISSION = "submit_chargeback_evidence"
"""The remedy by which the platform is asked to hand the evidence to the network."""


def draft(case: Case, command: c.DraftChargebackEvidence, context: DecisionContext, at: datetime) -> Facts:
    """A draft, or another one in its place; after the time was over only with the later due time that the network gave."""
    if case.terms.chargeback is None:
        raise ChargebackUnknown("Cases of this kind are not decided by a card network.")
    known = case.chargeback
    due_at = command.due_at or (known.due_at if known is not None else None)
    if due_at is None:
        raise InstantRefused("Say when the network stops listening (`due_at`); the report does not.", because="missing")
    if due_at <= at:
        raise InstantRefused("The network has stopped listening at that instant.", because="past")
    files = _files(command, context)
    return (f.ChargebackDrafted(draft_id=derived_id("cbe", command.id), text=command.text, due_at=due_at, files=files),)


def _files(command: c.DraftChargebackEvidence, context: DecisionContext) -> tuple[c.ChosenFile, ...]:
    """The files that go along. Raises FileUnknown for what is not both sides' to read, NetworkFileRefused for what the network
    does not take: said while somebody can still shrink it."""
    held = {file.id: file for file in context.files or ()}
    if missing := [one.file for one in command.files if one.file not in held]:
        said = "A card network shows it to the other side: name files that both sides read, or that you have uploaded yourself."
        raise FileUnknown(said, files=missing)
    chosen = tuple(c.ChosenFile(file=held[one.file], shows=one.shows) for one in command.files)
    if wrong := [one.file.id for one in chosen if one.file.media_type not in _TYPES]:
        raise c.NetworkFileRefused(
            "The network takes PDF, JPEG and PNG. Hand it in as one of these.", files=wrong, because="type"
        )
    together = sum(one.file.length for one in chosen)
    if together > _MOST_TOGETHER:
        said = f"The network takes {_MOST_TOGETHER} bytes in all; these have {together}. Shrink some, or leave some out."
        raise c.NetworkFileRefused(said, because="size", most=_MOST_TOGETHER, bytes=together)
    if len({one.shows for one in chosen}) < len(chosen):
        raise c.NetworkFileRefused("The network takes one file of each thing that they show: join them.", because="twice")
    return chosen


def submit(case: Case, command: c.SubmitChargebackEvidence, context: DecisionContext, at: datetime) -> Facts:
    """A lead does not wait for the clock."""
    return send(case, "now")


def refusal_of_draft(case: Case, actor: Actor) -> Refusal | None:
    """Why the network gets nothing more; None when evidence can be drafted."""
    known = case.chargeback
    if known is not None and known.sent_at is not None:
        return ChargebackOver("The network takes evidence once, and it was sent.", sent_at=known.sent_at.isoformat())
    if known is not None and known.closed_at is not None:
        said = "The dispute is over at its provider, which takes no evidence any more."
        return ChargebackOver(said, closed_at=known.closed_at.isoformat())
    return None


def refusal_of_sending(case: Case, actor: Actor) -> Refusal | None:
    """Why the network gets nothing more, or nothing yet; None when the draft can be sent."""
    if (refusal := refusal_of_draft(case, actor)) is not None:
        return refusal
    if case.chargeback is None or case.chargeback.draft is None:
        return ChargebackUnknown("There is no draft to send.")
    return None


def send(case: Case, because: Literal["due", "now", "closed"]) -> Facts:
    """The one submission, of the draft as it stands; nothing without one."""
    known = case.chargeback
    if known is None or known.over or known.draft is None:
        return ()
    effect_id = derived_id("eff", known.draft.id)
    remedy = Remedy(type=SUBMISSION, to=Side.RESPONDENT)
    return (
        f.ChargebackSent(draft_id=known.draft.id, because=because),
        f.EffectOrdered(effect_id=effect_id, remedy=remedy, because=known.draft.id),
    )


def sent_at_close(case: Case, command_id: str, facts: Facts) -> Facts:
    """A case that ends takes its only chance with it, so the draft goes out now; not where the sides have settled: then there is
    nothing left to contest.
    """
    outcomes = [fact.outcome for fact in facts if isinstance(fact, f.CaseClosed)]
    return facts if not outcomes or Outcome.SETTLED in outcomes else (*send(case, "closed"), *facts)


def miss(case: Case) -> Facts:
    """The time is over, and nothing was sent."""
    known = case.chargeback
    return () if known is None or known.over else (f.ChargebackMissed(due_at=known.due_at),)


def levels(case: Case) -> list[f.DueLevel]:
    """What comes next of it: the warning while there is no draft, then the sending, or the end."""
    known, terms = case.chargeback, case.terms.chargeback
    if known is None or terms is None or known.over or not case.open:
        return []

    def row(level: str, at: datetime) -> f.DueLevel:
        return f.DueLevel(clock=CHARGEBACK.name, instance=1, level=level, due_at=at)

    if known.draft is not None:
        return [row("send", max(known.due_at - terms.hold_back, known.draft.at))]
    warning = [] if known.warned else [row("warn", max(known.due_at - terms.warn_before, known.since))]
    return [*warning, row("missed", known.due_at)]


def _chargeback_drafted(case: Case, rec: f.Recording, fact: f.ChargebackDrafted) -> Change:
    known = case.chargeback or Chargeback(due_at=fact.due_at, since=rec.at)
    draft = Draft(id=fact.draft_id, text=fact.text, at=rec.at)
    return {"chargeback": known.model_copy(update={"due_at": fact.due_at, "draft": draft, "missed_at": None})}


def _chargeback_sent(case: Case, rec: f.Recording, fact: f.ChargebackSent) -> Change:
    return {"chargeback": case.chargeback.model_copy(update={"sent_at": rec.at})} if case.chargeback else {}


def _chargeback_missed(case: Case, rec: f.Recording, fact: f.ChargebackMissed) -> Change:
    return {"chargeback": case.chargeback.model_copy(update={"missed_at": rec.at})} if case.chargeback else {}


_OF_THE_NETWORK = inside("What the team does with a card network is no part of what passes between the sides.")

TOPIC = Topic(
    rules={"draft_chargeback_evidence": draft, "submit_chargeback_evidence": submit},
    changes={
        "chargeback_drafted": _chargeback_drafted,
        "chargeback_sent": _chargeback_sent,
        "chargeback_missed": _chargeback_missed,
    },
    refuses={"draft_chargeback_evidence": refusal_of_draft, "submit_chargeback_evidence": refusal_of_sending},
    known_to={
        "chargeback_drafted": _OF_THE_NETWORK,
        "chargeback_sent": _OF_THE_NETWORK,
        "chargeback_missed": _OF_THE_NETWORK,
    },
)
