"""What would follow from a ruling, by the same rules and with nothing following from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from domain.base import Instant, Kept, Money, Outcome, Phase
from domain.model import facts as f
from domain.model.case import Case
from domain.model.commands import Command
from domain.model.ruling import Approve, DecideAppeal, Effect, Rule, Ruling
from domain.notices.plan import NoticeDraft
from domain.rules import ruling as rulings
from domain.rules.agreement_terms import AGREEMENT_FAILS
from domain.rules.consequences import with_consequences
from domain.rules.measures import left_of_ruling
from domain.rules.reference import ReferenceData
from domain.rules.rights import given_of_asked, won_with_less
from domain.rules.rule import DecisionContext
from domain.transition import apply, step


class Foreseen(Kept):
    """What a ruling would come to, were it approved and not taken back."""

    approval_because: str | None
    """Why a second person would have to agree; None: nobody has to."""
    told_at: Instant
    """When the parties would be told, were it approved at once."""
    effects: tuple[f.EffectOrdered, ...]
    """What would be carried out, in order: what is undone first."""
    rights: tuple[f.AppealRight, ...]
    notices: tuple[NoticeDraft, ...]
    """What each party would be told."""
    short: tuple[Money, Money] | None
    """What the claimant would get and what is in question, where they win and get less; None: in every other case."""
    given: tuple[Money, Money] | None
    """What the claimant would get and what is in question, wherever money is given and it is less, also in part by its name."""
    case: Case
    """The case as it would stand then."""


def foresee(
    case: Case, command: Rule | DecideAppeal, context: DecisionContext, at: datetime, reference: ReferenceData
) -> Foreseen:
    """What would follow from a ruling that is drafted now. Raises the Refusal that the ruling would meet."""
    made = step(case, case.id, command, context, at, at, reference)
    drafted = next(r.fact for r in made.recordings if isinstance(r.fact, f.RulingDrafted))
    return _told(made.case, drafted, command, at, reference)


def foresee_draft(case: Case, at: datetime, reference: ReferenceData) -> Foreseen | None:
    """What would follow from the draft that waits, were it approved now and not taken back; None: none waits."""
    draft = case.ruling
    if draft is None or case.phase not in (Phase.APPROVAL, Phase.RULED):
        return None
    command = Approve(id="cmd_preview", by=draft.decider)
    return _told(case, draft, command, at, reference)


def _told(case: Case, draft: f.RulingDrafted | Ruling, command: Command, at: datetime, reference: ReferenceData) -> Foreseen:
    then, system = case, DecisionContext(actor=f.SYSTEM)
    if then.phase is Phase.APPROVAL:
        ruling_id = draft.ruling_id if isinstance(draft, f.RulingDrafted) else draft.id
        approved = (f.RulingApproved(ruling_id=ruling_id), f.PhaseEntered(phase=Phase.RULED, reason="approved"))
        then = apply(then, case.id, command, system, approved, at, at, reference).case
    told_at = _grace_ends_at(then) or at
    # What follows from it by itself too: a credit that is taken back, the shares of several.
    issued = with_consequences(then, command.id, rulings.issue(then, command.id, told_at))
    told = apply(then, case.id, command, system, issued, told_at, told_at, reference)
    facts = [r.fact for r in told.recordings]
    return Foreseen(
        approval_because=draft.approval_because if isinstance(draft, f.RulingDrafted) else None,
        told_at=told_at,
        effects=_to_do(told.case, facts),
        rights=next((fact.rights for fact in facts if isinstance(fact, f.RulingIssued)), ()),
        notices=tuple(draft for _, draft in told.notices if draft.audience in ("claimant", "respondent")),
        short=_of_asked(told.case, won_with_less),
        given=_of_asked(told.case, given_of_asked),
        case=told.case,
    )


def _to_do(told: Case, facts: Sequence[f.Fact]) -> tuple[f.EffectOrdered, ...]:
    """What is to be carried out: what was undone before anybody did it is nobody's to do, nor is its undoing."""
    over = {effect.id for effect in told.effects if effect.state == "reversed"}
    return tuple(fact for fact in facts if isinstance(fact, f.EffectOrdered) and fact.effect_id not in over)


def _of_asked(told: Case, counted: Callable[..., tuple[Money, Money] | None]) -> tuple[Money, Money] | None:
    ruling = told.rulings[-1]
    if ruling.decision in ("uphold", "remit"):
        return None
    return counted(told, ruling.outcome, ruling.remedies)


def _grace_ends_at(case: Case) -> datetime | None:
    for row in case.timetable:
        level = case.terms.level(row.clock, row.level)
        if level is not None and level.default == "issue_ruling":
            return row.due_at
    return None


def named_at_end(case: Case) -> tuple[Effect, ...]:
    """What an earlier ruling left, of which whoever ends the case undecided says whether it ends, beside the interim measures."""
    return left_of_ruling(case)


def reopening_grounds(case: Case) -> tuple[str, ...]:
    """The grounds of which one is named by whoever takes the case up again; empty: any reason will do."""
    return tuple(sorted(AGREEMENT_FAILS)) if case.outcome is Outcome.SETTLED else ()
