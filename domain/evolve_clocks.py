"""What facts about clocks and interim measures do to a case: the holds it stands under, its targets, the measures in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.base import Instant
from domain.model import facts as f
from domain.model.case import Case, Extended, Hold, Interim
from domain.model.terms import CHARGEBACK, SNOOZE, STANDSTILL
from domain.rules.evidence_due import EVIDENCE_DUE
from domain.rules.levels import stands_still
from domain.rules.visibility import BACK, UNTOLD

Change = dict[str, Any]

_PEOPLE_S = frozenset({"pause", "snooze"})
_WAKING = frozenset({"claimant", "respondent", "platform"})


def released(holds: tuple[Hold, ...], at: Instant, why: frozenset[str], ids: tuple[str, ...] | None = None) -> tuple[Hold, ...]:
    """The holds, those of some kinds (or with some ids) over since ``at``; what was over before stays as it was."""
    return tuple(
        h.model_copy(update={"until": max(h.since, at), "woken": True})
        if h.why in why and (ids is None or h.id in ids) and h.lasts_at(at)
        else h
        for h in holds
    )


def moved_on(case: Case, fact: f.PhaseEntered, at: Instant) -> Change:
    """A pause or snooze belongs to the phase in which it was asked for.

    One of a clock that the parties see ends when they see the phase change: else its end would tell them of a draft.
    """
    if fact.phase is case.phase or not case.holds:
        return {}
    hidden = fact.phase in UNTOLD or fact.reason in BACK
    over = tuple(h.id for h in case.holds if not (hidden and _theirs(case, h)))
    return {"holds": released(case.holds, at, _PEOPLE_S, over)}


def _theirs(case: Case, hold: Hold) -> bool:
    clock = case.terms.clock(hold.of)
    return clock is not None and not clock.is_the_teams


def ended(case: Case, at: Instant) -> Change:
    """A case that is closed stands under no hold any more, and no measure is in force."""
    return {"holds": released(case.holds, at, _PEOPLE_S | {"freeze"}), "interim": ()}


def reopened(case: Case, rec: f.Recording, fact: f.CaseReopened) -> Change:
    """The time the case was closed counts as a pause of every clock that goes on."""
    gap = Hold(
        id=f"hld_{rec.command_id}", why="closed", of="all", since=case.closed_at or rec.at, until=rec.at, reason="closed",
        by=rec.actor.id, woken=True,
    )  # fmt: skip
    return {"holds": (*case.holds, gap)}


def woken(case: Case, rec: f.Recording, fact: f.MessageSent | f.EvidenceSubmitted) -> Change:
    """A word from outside wakes a case that was put away; one from its owner counts as their answer."""
    sender = fact.sender if isinstance(fact, f.MessageSent) else "platform" if fact.side is None else fact.side.value
    change: Change = {"holds": released(case.holds, rec.at, frozenset({"snooze"}))} if sender in _WAKING and case.holds else {}
    if sender == "staff" and rec.actor.id == case.owner:
        change["answered_at"] = rec.at
    return change


def level(case: Case, rec: f.Recording, fact: f.LevelReached) -> Change:
    """Levels of the clocks that every case has by itself."""
    if fact.clock in EVIDENCE_DUE and fact.action == "warn":
        told = {"reminded": True}
        definition = case.terms.clock(fact.clock)
        side = definition.waits_for if definition else None
        hit = (r.of.value == side and r.number == fact.instance for r in case.requests)
        return {"requests": tuple(r.model_copy(update=told) if h else r for r, h in zip(case.requests, hit, strict=True))}
    if fact.clock == STANDSTILL.name:
        return {"standstills": case.standstills + 1, "look_again_at": fact.again_at}
    if fact.clock == CHARGEBACK.name and fact.action == "warn" and case.chargeback is not None:
        return {"chargeback": case.chargeback.model_copy(update={"warned": True})}
    if fact.clock == SNOOZE.name:
        over = case.holds[fact.instance - 1].model_copy(update={"woken": True})
        return {"holds": (*case.holds[: fact.instance - 1], over, *case.holds[fact.instance :])}
    return {}


def _paused(case: Case, rec: f.Recording, fact: f.ClocksPaused) -> Change:
    hold = Hold(id=fact.hold_id, why=fact.why, of=fact.of, since=rec.at, until=fact.until, reason=fact.reason, by=rec.actor.id)
    return {"holds": (*case.holds, hold)}


def _resumed(case: Case, rec: f.Recording, fact: f.ClocksResumed) -> Change:
    return {"holds": released(case.holds, rec.at, _PEOPLE_S, fact.hold_ids)}


def _frozen(case: Case, rec: f.Recording, fact: f.ClocksFrozen) -> Change:
    hold = Hold(
        id=fact.hold_id, why="freeze", of="all", since=fact.since, reason=fact.reason, by=rec.actor.id, incident=fact.incident
    )
    return {"holds": (*case.holds, hold)}


def _thawed(case: Case, rec: f.Recording, fact: f.ClocksThawed) -> Change:
    over = {"until": fact.until, "margin": fact.margin, "woken": True}
    return {"holds": tuple(h.model_copy(update=over) if h.id == fact.hold_id else h for h in case.holds)}


def _extended(case: Case, rec: f.Recording, fact: f.ClockExtended) -> Change:
    definition = case.terms.clock(fact.clock)
    clocks = []
    for clock in case.clocks:
        if (clock.name, clock.instance) == (fact.clock, fact.instance):
            still = definition is not None and stands_still(case, clock, definition)
            more = Extended(at=rec.at, by_span=fact.by_span, to=fact.to, stood_still=still)
            clock = clock.model_copy(update={"extensions": (*clock.extensions, more)})  # noqa: PLW2901 - the changed one
        clocks.append(clock)
    return {"clocks": tuple(clocks)}


def _retargeted(case: Case, rec: f.Recording, fact: f.CaseRetargeted) -> Change:
    named = {"priority": fact.priority, "category": fact.category, "queue": fact.queue, "terms": fact.terms}
    change: Change = {name: value for name, value in named.items() if value is not None}
    afresh: dict[str, Any] = {"zone_data": None} if fact.refreshed else {}
    if fact.refreshed or fact.queue is not None or fact.terms is not None:
        # What a hand-over had kept is promised anew.
        afresh |= {"keeps_calendar": False, "calendar": None}
        change["clocks"] = tuple(c.model_copy(update=afresh) if c.stopped_at is None else c for c in case.clocks)
    return change


def _imposed(case: Case, rec: f.Recording, fact: f.InterimImposed) -> Change:
    return {"interim": (*case.interim, Interim(id=fact.measure_id, remedy=fact.remedy, imposed_at=rec.at))}


def _reviewed(case: Case, rec: f.Recording, fact: f.InterimReviewed) -> Change:
    seen = {"reviewed_at": rec.at}
    return {"interim": tuple(i.model_copy(update=seen) if i.id in fact.measure_ids else i for i in case.interim)}


def _interim_ended(case: Case, rec: f.Recording, fact: f.InterimEnded) -> Change:
    return {"interim": tuple(i for i in case.interim if i.id not in fact.measure_ids)}


CLOCK_CHANGES: dict[str, Callable[[Case, f.Recording, Any], Change]] = {
    "clocks_paused": _paused,
    "clocks_resumed": _resumed,
    "clocks_frozen": _frozen,
    "clocks_thawed": _thawed,
    "clock_extended": _extended,
    "case_retargeted": _retargeted,
    "interim_imposed": _imposed,
    "interim_reviewed": _reviewed,
    "interim_ended": _interim_ended,
}
