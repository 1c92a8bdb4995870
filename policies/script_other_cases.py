"""What the cases of one story know of each other: earlier sanctions, the same matter, a matter decided before, and what one has
another do. The house finds the same in Postgres (``storage.intake.opening``, ``storage.record``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from domain.base import Outcome, Side
from domain.model.case import Case
from domain.model.commands import Command, Join, MirrorLink, ReportEffect
from domain.model.legal_hold import HeldPerson
from domain.model.links import CrossCaseTaskOrdered, OtherCase
from domain.model.money import PaidElsewhere
from domain.model.people import OpenedParty
from domain.model.policy_exceptions import ExceptionsGranted
from domain.model.sanctions import EarlierSanction
from domain.rules.authorities import accuses, charges, knowing, reported_in_secret
from domain.rules.fairness import partial
from domain.rules.links import party_there
from domain.rules.losses import deciders_of
from domain.rules.measures import held_alone
from domain.rules.money import goods_stand, stands_for_others, totals
from domain.rules.prior_decision import undecided_end
from policies.script_case import ScriptCase


def earlier_sanctions(case: ScriptCase, others: Iterable[ScriptCase]) -> Iterator[EarlierSanction]:
    """Sanctions of the other cases against the parties of this one."""
    here = {party.ref_digest for party in case.cast.parties}
    for other in others:
        for sanction in other.state.sanctions if other.state else ():
            party = other.state.party(sanction.party) if other.state else None
            if sanction.voided_at is None and party is not None and party.ref_digest in here:
                names = set(EarlierSanction.model_fields) - {"case_id", "ref_digest", "kind", "final"}
                of = {"kind": other.state.kind, "final": not other.state.open} if other.state else {}
                yield EarlierSanction(case_id=other.id, ref_digest=party.ref_digest, **of, **sanction.model_dump(include=names))


def held_elsewhere(case: ScriptCase, others: Iterable[ScriptCase], at: datetime) -> Iterator[HeldPerson]:
    """The parties of this case as others have them at an instant: under legal hold there, or not any more, reported, accused."""
    here = {party.ref_digest for party in (case.state.parties if case.state else case.cast.parties)}
    for other in others:
        state = other.state
        if state is None:
            continue
        for party in state.parties:
            if party.ref_digest in here:
                held = bool(state.legal_holds)
                against = party.side is Side.RESPONDENT
                yield HeldPerson(
                    ref_digest=party.ref_digest,
                    case_id=other.id,
                    held=held,
                    lifted_by=state.lifted_by,
                    lifted_under=state.lifted_under,
                    reported=against and reported_in_secret(state),
                    accused=accuses(state, at) if against else charges(state, party),
                    closed_at=state.closed_at,
                    known_by=knowing(other.record),
                    held_alone=against and held_alone(state, party),
                )


def exceptions_elsewhere(case: ScriptCase, others: Iterable[ScriptCase], at: datetime) -> Iterator[ExceptionsGranted]:
    """Departures from the pack granted in other cases of the kind in the month of an instant."""
    found = Counter(
        (one.of, one.name)
        for other in others
        if other.state is not None and case.state is not None and other.state.kind == case.state.kind
        for one in other.state.exceptions
        if one.granted_at is not None and (one.granted_at.year, one.granted_at.month) == (at.year, at.month)
    )
    yield from (ExceptionsGranted(of=of, name=name, number=number) for (of, name), number in sorted(found.items()))


def paid_elsewhere(case: ScriptCase, others: Iterable[ScriptCase]) -> Iterator[PaidElsewhere]:
    """What stands in the other cases, of any kind, about the same matter, or what may be."""
    mine = _principals(case, Side.CLAIMANT)
    against = _digest(case.cast.parties, Side.RESPONDENT)
    for other in others:
        state, theirs = other.state, _digest(other.cast.parties, Side.RESPONDENT)
        if state is None or case.report.synthetic != other.report.synthetic:
            continue
        ours, possible = bool(mine & _principals(other, Side.CLAIMANT)), _may_be_one_matter(case, other)
        linked = any((link.other, link.relation) == (other.id, "duplicate") for link in case.state.links) if case.state else False
        one = case.report.matter_key is not None and case.report.matter_key == other.report.matter_key
        given, goods = stands_for_others(state), goods_stand(state)
        if (given or goods) and (one or linked or (possible and ours)):
            another = not ours or (None not in (against, theirs) and against != theirs)
            yield PaidElsewhere(
                case=other.id,
                given=given,
                goods=goods,
                disclosed=state.is_disclosed,
                another=another,
                possible=not (one or linked),
            )


def _may_be_one_matter(case: ScriptCase, other: ScriptCase) -> bool:
    """Whether the same amount is asked of the same respondent, and one of the two names no matter; not of a part of the other."""
    if case.state is None or other.state is None or None not in (case.report.matter_key, other.report.matter_key):
        return False
    against = _digest(case.cast.parties, Side.RESPONDENT)
    parts = {link.other for link in case.state.links if link.relation == "split"}
    same = against is not None and against == _digest(other.cast.parties, Side.RESPONDENT)
    return same and case.state.amount is not None and case.state.amount == other.state.amount and other.id not in parts


def same_matter(new: ScriptCase, others: Sequence[ScriptCase]) -> OtherCase | None:
    """The open case into which a report goes, as its pack joins such reports: of several the one most alike, then the oldest."""
    joins = new.terms.joins
    if joins is None or new.report.matter_key is None or new.routing.decision == "decline":
        return None
    against, by = _digest(new.cast.parties, Side.RESPONDENT), _digest(new.cast.parties, Side.CLAIMANT)
    if joins == "same_person_and_matter" and against is None:
        return None
    found: list[tuple[bool, bool, Case]] = []
    for other in others:
        if not _of_one_matter(new, other) or other.state is None or not other.state.open:
            continue
        theirs = _digest(other.state.parties, Side.RESPONDENT)
        reporters = {p.ref_digest for p in other.state.parties if p.side is Side.CLAIMANT}
        fits = {
            "same_matter": True,
            "same_person_and_matter": theirs == against,
            "same_claimant_and_matter": by in reporters and (None in (against, theirs) or theirs == against),
        }
        if fits[joins]:
            found.append((by in reporters, theirs == against, other.state))
    best = max(found, key=lambda one: one[:2], default=None)
    return as_other(best[2]) if best is not None else None


def decided_before(new: ScriptCase, others: Sequence[ScriptCase]) -> OtherCase | None:
    """The last closed case that decided this matter between the same two, where the pack asks for it."""
    if new.terms.decided_matter is None or new.report.matter_key is None or new.routing.decision == "decline":
        return None
    pair = _pair(new.cast.parties)
    for other in reversed(others):
        case = other.state
        if case is None or case.outcome not in (Outcome.RULED, Outcome.SETTLED) or not _of_one_matter(new, other):
            continue
        if _pair(case.parties) == pair:
            return as_other(case)
    return None


def appealed_before(new: ScriptCase, others: Iterable[ScriptCase]) -> str | None:
    """The case in which the same person appealed against a decision on the same content already."""
    decision, by = new.report.decision, _digest(new.cast.parties, Side.CLAIMANT)
    earlier: list[ScriptCase] = []
    for other in others:
        before = other.report.decision
        if decision is None or before is None or _digest(other.cast.parties, Side.CLAIMANT) != by:
            continue
        if (before.content, before.effective_at) == (decision.content, decision.effective_at):
            earlier.append(other)
    ends = [undecided_end(other.state) if other.state is not None else None for other in earlier]
    counts = (
        other.id for other, end in zip(earlier, ends, strict=True)
        if end is not Outcome.EXPIRED and not (end is Outcome.WITHDRAWN and ends.count(Outcome.WITHDRAWN) == 1)
    )  # fmt: skip
    return next(counts, None)


def as_other(case: Case, here: str | None = None, there: str | None = None) -> OtherCase:
    """A case as another one looks at it."""
    names = ("id", "kind", "opened_at", "open", "merged_into", "parties", "synthetic", "outcome", "is_disclosed", "phase")
    known = {name: getattr(case, name) for name in (*names, "category", "amount")}
    unnamed = None in (here, there)
    by = deciders_of(case)
    return OtherCase(
        **known,
        given=totals(case),
        deciders=by,
        partial=partial(case),
        another_matter=not unnamed and here != there,
        matter_unnamed=unnamed,
    )


def ordered(case: ScriptCase, task: CrossCaseTaskOrdered, others: Iterable[ScriptCase]) -> tuple[ScriptCase, Command] | None:
    """The case of the story that a task is for, with the command that it becomes there; None: it is for none of them."""
    to = next((other for other in others if other.id == task.to), None)
    if to is None or to.state is None:
        return None
    said: dict[str, Any] = {"id": f"cmd_sys-{task.errand_id}", "by": "system", "channel": "system"}
    if task.what == "join":
        there = {party.ref_digest for party in to.state.parties}
        come = (p for p in task.parties if p.ref_digest not in there)
        parties = tuple(p.model_copy(update={"id": party_there(task.errand_id, p.id)}) for p in come)
        joined = Join(**said, merge_id=task.errand_id, of=case.id, parties=parties, statement=task.statement,
                      reason=task.reason or "by_hand", asked_by=task.asked_by, priority=task.priority,
                      recused=task.recused)  # fmt: skip
        return to, joined
    linked = MirrorLink(**said, link_id=task.link_id or task.errand_id, other=case.id, relation=task.relation or "related",
                        gone=task.what == "unlink", asked_by=task.asked_by, recused=task.recused)  # fmt: skip
    return to, linked


def done(task: CrossCaseTaskOrdered) -> ReportEffect:
    """The answer that a task was carried out."""
    said = f"cmd_sys-done-{task.errand_id}"
    return ReportEffect(id=said, by="system", channel="system", effect_id=task.errand_id, result="done")


def _of_one_matter(new: ScriptCase, other: ScriptCase) -> bool:
    first, second = new.report, other.report
    return (first.kind, first.matter_key, first.synthetic) == (second.kind, second.matter_key, second.synthetic)


def _principals(case: ScriptCase, side: Side) -> set[str | None]:
    """Who has ever been a principal of a side."""
    parties = (*case.cast.parties, *(case.state.parties if case.state else ()))
    return {p.ref_digest for p in parties if p.side is side and p.role == "principal" and p.ref_digest is not None}


def _digest(parties: Iterable[OpenedParty], side: Side) -> str | None:
    return next((p.ref_digest for p in parties if p.side is side and p.role == "principal"), None)


def _pair(parties: Sequence[OpenedParty]) -> tuple[str | None, str | None]:
    return _digest(parties, Side.CLAIMANT), _digest(parties, Side.RESPONDENT)
