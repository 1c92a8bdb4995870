"""What each viewer may see of a case. The only place that decides visibility: API, console, notices and webhooks all use it."""

from __future__ import annotations

from typing import Any, Literal

from domain import facts as f
from domain.base import Instant, Kept, Money, Outcome, Phase, Priority, Side
from domain.case import Case, EvidenceRequest, OpenOffer, Ruling
from domain.commands import Remedy
from domain.fairness import visible_phase, why_not
from domain.lifecycle import commands_in
from domain.notices import own_deadline
from domain.prose import Prose

_PARTY_ROLES = ("claimant", "respondent")
_INTERNAL = frozenset({
    "note_added", "case_assigned", "case_queued", "ruling_drafted", "ruling_approved", "ruling_returned", "ruling_retracted",
    "level_reached", "delivery_failed", "effect_ordered",
})  # fmt: skip


class Action(Kept):
    """A command of the present phase, and whether this viewer may send it."""

    command: str
    allowed: bool
    code: str | None = None
    """Why not, as a stable code."""
    detail: str | None = None


class Due(Kept):
    """A deadline that the viewer may know."""

    clock: str
    level: str
    due_at: Instant
    action: Literal["warn", "escalate", "default"]
    by_default: str | None = None


class RulingView(Kept):
    """A ruling as told."""

    id: str
    outcome: str
    decision: str
    reasons: Prose
    ground: str | None = None
    remedies: tuple[Remedy, ...] = ()
    decider: str | None = None
    issued_at: Instant | None = None


class CaseView(Kept):
    """A case as one viewer may see it."""

    id: str
    kind: str
    category: str
    seq: int
    phase: Phase
    phase_label: str
    status: Literal["open", "closed"]
    outcome: Outcome | None = None
    close_reason: str | None = None
    opened_at: Instant
    updated_at: Instant
    closed_at: Instant | None = None
    amount: Money | None = None
    waiting_on: str
    your_side: Side | None = None
    deadlines: tuple[Due, ...] = ()
    offer: OpenOffer | None = None
    requests: tuple[EvidenceRequest, ...] = ()
    ruling: RulingView | None = None
    rights: tuple[f.AppealRight, ...] = ()
    actions: tuple[Action, ...] = ()
    # only for people of the team
    priority: Priority | None = None
    owner: str | None = None
    queue: str | None = None
    round: int | None = None
    escalations: int | None = None
    hands: tuple[str, ...] | None = None
    pack: str | None = None
    pack_version: str | None = None
    parties: tuple[dict[str, Any], ...] = ()


def view(case: Case, viewer: f.Actor) -> CaseView:
    """The case as this viewer may see it. The viewer must have something to do with it (:func:`may_see`)."""
    phase = visible_phase(case, viewer)
    staff = viewer.role not in (*_PARTY_ROLES, "platform")
    side = viewer.side if viewer.role in _PARTY_ROLES else None
    masked = phase is not case.phase
    shown = case.ruling if staff and case.ruling else (case.rulings[-1] if case.rulings else None)
    fields: dict[str, Any] = {
        name: getattr(case, name)
        for name in ("id", "kind", "category", "outcome", "close_reason", "opened_at", "closed_at", "amount", "offer")
    }
    return CaseView(
        **fields,
        # To a party the number of facts would tell that something happened inside.
        seq=case.seq if staff else 0,
        updated_at=case.updated_at if staff else _seen_at(case, masked),
        phase=phase,
        phase_label=case.terms.labels.get(phase, phase.value),
        status="open" if case.open else "closed",
        waiting_on="staff" if masked else case.waiting_on,
        your_side=side,
        deadlines=_deadlines(case, viewer, staff),
        requests=tuple(r for r in case.requests if staff or side is None or r.of is side),
        ruling=_ruling(shown, staff) if shown else None,
        rights=case.rights if staff or side is None else tuple(r for r in case.rights if r.side is side),
        actions=actions(case, viewer),
        parties=tuple({"id": p.id, "side": p.side.value, "role": p.role} for p in case.parties),
        **(_internal(case) if staff else {}),
    )


def _seen_at(case: Case, masked: bool) -> Any:
    if masked or case.phase in (Phase.REVIEW, Phase.APPEAL):
        told = [case.opened_at, *(r.issued_at for r in case.rulings if r.issued_at)]
        return max([t for t in told if t] + ([] if masked else [case.phase_entered_at] if not case.returned else []))
    return case.phase_entered_at


def _internal(case: Case) -> dict[str, Any]:
    names = ("priority", "owner", "queue", "round", "escalations", "hands")
    return {name: getattr(case, name) for name in names} | {"pack": case.terms.pack, "pack_version": case.terms.version}


def _deadlines(case: Case, viewer: f.Actor, staff: bool) -> tuple[Due, ...]:
    if not staff:
        own = own_deadline(case, viewer.role)
        if own is None:
            return ()
        row, default = own
        return (Due(clock=row.clock, level=row.level, due_at=row.due_at, action="default", by_default=default),)
    found = []
    for row in case.timetable:
        definition = case.terms.clock(row.clock)
        level = next((x for x in definition.levels if x.name == row.level), None) if definition else None
        if level is not None:
            due = Due(clock=row.clock, level=row.level, due_at=row.due_at, action=level.action, by_default=level.default)
            found.append(due)
    return tuple(found)


def _ruling(ruling: Ruling, staff: bool) -> RulingView:
    names = ("id", "outcome", "decision", "reasons", "ground", "remedies", "issued_at")
    fields = {name: getattr(ruling, name) for name in names}
    return RulingView(**fields, decider=ruling.decider if staff else None)


def actions(case: Case, viewer: f.Actor) -> tuple[Action, ...]:
    """Every command of the phase this viewer sees, with a reason where it is not theirs to send."""
    found = []
    for row in commands_in(case.phase):
        refusal = why_not(case, viewer, row.command)
        if refusal is None and row.command == "appeal":
            refusal = _no_right(case, viewer)
        hidden = viewer.role in (*_PARTY_ROLES, "platform") and refusal is not None and not _for_parties(row.command)
        if row.who == {"system"} or hidden:
            continue
        code, detail = (refusal.code, refusal.detail) if refusal else (None, None)
        found.append(Action(command=row.command, allowed=refusal is None, code=code, detail=detail))
    return tuple(found)


def _for_parties(command: str) -> bool:
    return command in ("message", "offer", "accept_offer", "decline_offer", "escalate", "submit_evidence", "withdraw", "appeal")


def _no_right(case: Case, viewer: f.Actor) -> Any:
    from domain.refusals import NoRight

    right = next((r for r in case.rights if r.side is viewer.side), None)
    if right is not None and right.allowed and viewer.side not in case.appeals_used:
        return None
    return NoRight("This side has no right to appeal.", because=right.because if right else "no_ruling")


def may_see(case: Case, viewer: f.Actor) -> bool:
    """Whether the viewer has anything to do with the case; if not, it is "not found" to them."""
    return viewer.role not in _PARTY_ROLES or case.party(viewer.id) is not None


def visible(case: Case, recording: f.Recording, viewer: f.Actor) -> bool:
    """Whether a viewer may see that something happened (design: each party's view)."""
    fact = recording.fact
    if viewer.role not in (*_PARTY_ROLES, "platform"):
        return True
    if fact.type in _INTERNAL:
        return False
    if isinstance(fact, f.PhaseEntered):
        return fact.phase not in (Phase.APPROVAL, Phase.RULED) and fact.reason not in ("returned", "retracted")
    own = viewer.role == "platform"
    if isinstance(fact, f.MessageSent):
        return own or fact.to == "all" or viewer.role in (fact.to, fact.sender)
    if isinstance(fact, f.EvidenceSubmitted):
        return own or not fact.confidential or fact.side.value == viewer.role
    if isinstance(fact, f.EvidenceRequested):
        return own or fact.of.value == viewer.role
    return True
