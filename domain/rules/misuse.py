"""Misuse of a procedure, found beside any outcome: whoever often hands in what is manifestly unfounded, or often provides what is
manifestly illegal, is noted, then warned, and only then suspended for a reasonable time.

Regulation (EU) 2022/2065 (the Digital Services Act), article 23: a warning comes before every suspension (paragraphs 1 and 2),
and what paragraph 3 wants weighed stands in the record: how many in the period, of how many, how grave, with what intention.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from domain.base import Side, derived_id
from domain.model.case import Case
from domain.model.parties import PartyUnclear
from domain.model.ruling import DecideAppeal, Rule, Ruling, RulingIncomplete
from domain.model.sanction_terms import SanctionLadder, SanctionTerms
from domain.model.sanctions import EarlierSanction, MisuseWeighed, SanctionDrafted, SanctionNotAllowed, SanctionReasonsMissing
from domain.model.terms import OutcomeTerms
from domain.rules import sanctions
from domain.rules.rule import DecisionContext

WEIGHED = ("misuse_by", "misuse_total", "misuse_gravity", "misuse_reasons")
"""What has to be said with a finding of misuse: article 23(3)(a) to (c). The intention is said where it is known, (d)."""


class _Step(NamedTuple):
    """What the ladder says: for so many, by these, the step."""

    counted: tuple[EarlierSanction, ...]
    weight: int
    says: str


def found(
    case: Case, command: Rule | DecideAppeal, outcome: OutcomeTerms | None, context: DecisionContext, at: datetime
) -> SanctionDrafted | None:
    """The sanction for misuse that the decider found beside the outcome; None where they found none.

    Raises ``sanction_not_allowed`` where the pack has no such clause, nobody is there whom it would hit, or nobody was warned
    (``not_warned``); ``ruling_incomplete`` where what has to be weighed was left out.
    """
    said = [name for name in (*WEIGHED, "misuse_intention") if getattr(command, name) is not None]
    if command.misuse is None:
        if said:
            raise RulingIncomplete("Name the clause of misuse that is found (misuse).", missing=["misuse"])
        return None
    terms = case.terms.sanctions
    ladder = terms.ladder_of(command.misuse) if terms is not None else None
    if terms is None or ladder is None or not ladder.misuse:
        allowed = [ground for one in terms.ladders if one.misuse for ground in one.grounds] if terms is not None else []
        detail = f"'{command.misuse}' is no clause of misuse of this kind."
        raise SanctionNotAllowed(detail, misuse=command.misuse, allowed=allowed)
    if outcome is not None and outcome.sanctions is not None:
        raise SanctionNotAllowed(f"'{outcome.name}' comes with a sanction of its own.", outcome=outcome.name)
    missing = [name for name in WEIGHED if name not in said]
    if missing or command.misuse_by is None:
        raise RulingIncomplete(f"A finding of misuse says what was weighed: {', '.join(missing)}.", missing=missing)
    return _drafted(case, command, terms, ladder, command.misuse_by, context, at)


def _drafted(
    case: Case, command: Rule | DecideAppeal, terms: SanctionTerms, ladder: SanctionLadder, side: Side,
    context: DecisionContext, at: datetime,
) -> SanctionDrafted:  # fmt: skip
    person = sanctions.sanctioned(case, side)
    if person is None:
        raise SanctionNotAllowed(f"There is nobody on the side '{side.value}'.", side=side.value)
    if len(case.principals(side)) > 1:
        raise PartyUnclear("Several are on this side, and a sanction hits one: split the case, so that each has their own.")
    if context.earlier is None:
        raise LookupError("what counts against the person was not looked up")
    step = _ladder_says(case, terms, ladder, person.ref_digest, context.earlier, at)
    if command.misuse_total is None or command.misuse_total < len(step.counted) + 1:
        least = len(step.counted) + 1
        said = f"They handed in or provided {least} at least in the period, this one included."
        raise RulingIncomplete(said, missing=["misuse_total"])
    chosen = command.sanction or step.says
    return SanctionDrafted(
        ruling_id=derived_id("rul", command.id),
        party=person.id,
        side=side,
        category=ladder.category,
        sanction=chosen,
        ladder_says=step.says,
        count=step.weight,
        counted=tuple(one.id for one in step.counted),
        departs=_departs(terms, ladder, command, chosen, step),
        reason=command.sanction_reason,
        reasons=command.sanction_reasons,
        misuse=MisuseWeighed(
            clause=str(command.misuse),
            items=len(step.counted) + 1,
            total=command.misuse_total,
            gravity=command.misuse_gravity or "slight",
            intention=command.misuse_intention or "unknown",
            reasons=command.misuse_reasons,
        ),
    )


def _ladder_says(
    case: Case, terms: SanctionTerms, ladder: SanctionLadder, ref_digest: str, earlier: Sequence[EarlierSanction], at: datetime
) -> _Step:
    counted = tuple(one for one in earlier if sanctions.counts_here(case, ladder, one, ref_digest, at))
    count = sum(one.weight for one in counted)
    says = sanctions.step_of(ladder, count)
    kind = terms.kind(says)
    if kind is not None and kind.only_after is not None and not _warned(counted, kind.only_after):
        # Whatever was counted: a suspension comes after a warning (article 23(1) and (2)).
        says = kind.only_after
    return _Step(counted, count, says)


def _warned(counted: Sequence[EarlierSanction], warning: str) -> bool:
    return any(one.sanction == warning for one in counted)


def _departs(
    terms: SanctionTerms, ladder: SanctionLadder, command: Rule | DecideAppeal, chosen: str, step: _Step
) -> Literal["harsher", "milder"] | None:
    kind = terms.kind(chosen)
    if kind is None or chosen not in ladder.steps:
        raise SanctionNotAllowed(f"Misuse comes with: {', '.join(ladder.steps)}.", sanction=chosen, allowed=list(ladder.steps))
    if kind.only_after is not None and not _warned(step.counted, kind.only_after):
        detail = f"Nobody is suspended who was not warned before: '{kind.only_after}' comes first."
        raise SanctionNotAllowed(detail, sanction=chosen, because="not_warned", allowed=[kind.only_after])
    if chosen == step.says:
        return None
    departs: Literal["harsher", "milder"] = "harsher" if terms.rank(chosen) > terms.rank(step.says) else "milder"
    reasons = terms.harsher if departs == "harsher" else terms.milder
    if command.sanction_reason not in reasons or command.sanction_reasons is None:
        raise SanctionReasonsMissing(
            f"The ladder says '{step.says}'. '{chosen}' is {departs}: give a reason ({', '.join(reasons)}) and reasons in words.",
            ladder_says=step.says,
            departs=departs,
            allowed=list(reasons),
        )
    return departs


def hits_anew(case: Case, ruling: Ruling, side: Side) -> bool:
    """Whether a ruling finds misuse by a side that no ruling before it has found so: a decision of its own, of which they may
    complain whatever they have complained of before (article 20(1))."""
    draft = ruling.sanction
    if draft is None or draft.misuse is None or draft.side is not side:
        return False
    standing = ((one.party, one.category, one.sanction) for one in sanctions.in_force(case))
    return (draft.party, draft.category, draft.sanction) not in set(standing)
