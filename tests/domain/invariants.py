"""What must be true of every case, whoever did what in whatever order. Written from the design, without the transition table.

:class:`Witness` looks at each step of a life and keeps books of its own: who judged which round, what was ordered and undone,
which levels fired, and what each party could see.
"""

from __future__ import annotations

import json
from typing import Any

from domain import facts as f
from domain.base import Outcome, Phase
from domain.case import Case
from domain.commands import Remedy
from domain.evolve import evolve
from domain.notices import NoticeDraft
from domain.transition import Step
from domain.views import CaseView
from tests.support.cases import AGENT, CLAIMANT, FRIEND, PLATFORM, RESPONDENT, WITNESS, Life

OUTSIDE = (CLAIMANT, RESPONDENT, AGENT, WITNESS, PLATFORM)
BEHIND_THE_DOOR = frozenset({"approval", "ruled"})
STAFF_ONLY = ("priority", "owner", "queue", "round", "escalations", "hands", "pack", "pack_version")
UNTOLD = frozenset({
    "note_added", "case_assigned", "case_queued", "ruling_drafted", "ruling_approved", "ruling_returned", "ruling_retracted",
    "delivery_failed",
})  # fmt: skip
"""Facts that nobody outside hears of, whatever the phase."""


class Witness:
    """Follows one life and complains by AssertionError."""

    def __init__(self) -> None:
        self.seq = 0
        self.folded: Case | None = None
        self.round = 0
        self.hands: dict[str, int] = {}
        """Who drafted, approved or returned a ruling, and in which round first."""
        self.drafts: dict[str, f.RulingDrafted] = {}
        self.fired: set[tuple[str, int, str, int]] = set()
        self.ordered: dict[str, f.EffectOrdered] = {}
        self.views: dict[str, CaseView] = {}

    def saw(self, life: Life, before: Case | None) -> None:
        """Check the last step."""
        made = life.last
        for recording in made.recordings:
            self._record(life, recording)
        assert self.folded == made.case, "the fold of the facts is not the case"
        assert Case.model_validate_json(made.case.model_dump_json()) == made.case
        stands(made.case)
        clocks_are_kept(made, before)
        self._effects(made, before)
        for told in (r.fact for r in made.recordings if isinstance(r.fact, f.RulingIssued)):
            self._told(life, made, told)
        for _, notice in made.notices:
            tells_no_secret(notice)
        self._views(life, made)

    def _record(self, life: Life, recording: f.Recording) -> None:
        assert recording.seq == self.seq + 1, "a gap in the numbers"
        self.seq = recording.seq
        assert f.Recording.model_validate_json(recording.model_dump_json()) == recording
        assert self.folded is None or recording.at >= self.folded.updated_at
        self.folded = evolve(self.folded, f.Recording.model_validate_json(recording.model_dump_json()), case_id=life.case_id)
        fact, actor = recording.fact, recording.actor
        match fact:
            case f.RulingDrafted():
                assert fact.decider == actor.id
                assert fact.reasons.length > 0
                assert fact.version == life.case.terms.version
                self._may_judge(actor)
                self.drafts[fact.ruling_id] = fact
                self._took_part(actor)
            case f.RulingApproved() | f.RulingReturned():
                assert actor.role == "lead"
                assert actor.id != self.drafts[fact.ruling_id].decider, "approved their own ruling"
                self._may_judge(actor)
                self._took_part(actor)
            case f.AppealLodged() if not fact.cross:
                self.round += 1
            case f.CaseRemitted():
                self.round += 1
            case f.LevelReached():
                level = (fact.clock, fact.instance, fact.level, fact.count)
                assert level not in self.fired, f"{level} fired twice"
                self.fired.add(level)
            case f.EffectOrdered():
                self._order(fact)
            case _:
                pass

    def _may_judge(self, actor: f.Actor) -> None:
        assert actor.role in ("mediator", "lead")
        assert actor.id not in OUTSIDE
        assert actor.id != FRIEND, "judged in spite of a declared conflict"
        for person in (actor.id, actor.manager or ""):
            assert self.hands.get(person, self.round) == self.round, f"{person} had a part in an earlier round"

    def _took_part(self, actor: f.Actor) -> None:
        self.hands.setdefault(actor.id, self.round)

    def _order(self, order: f.EffectOrdered) -> None:
        assert order.effect_id not in self.ordered, "ordered twice"
        if order.reverses is not None:
            undone = self.ordered[order.reverses]
            assert undone.reverses is None, "the reversal of a reversal"
            assert undone.remedy == order.remedy
            assert order.reverses not in {o.reverses for o in self.ordered.values()}, "undone twice"
        self.ordered[order.effect_id] = order

    def in_force(self) -> list[Remedy]:
        """What was ordered and not undone."""
        undone = {o.reverses for o in self.ordered.values()}
        return sorted((o.remedy for o in self.ordered.values() if not o.reverses and o.effect_id not in undone), key=str)

    def _effects(self, made: Step, before: Case | None) -> None:
        """What is in force is what was decided last."""
        names = {r.fact.type for r in made.recordings}
        if "effect_ordered" in names:
            assert names & {"ruling_issued", "offer_accepted", "case_withdrawn"}
        if "case_withdrawn" in names:
            assert self.in_force() == []
        ruling = made.case.rulings[-1] if made.case.rulings else None
        if "ruling_issued" in names and ruling is not None and ruling.decision != "remit":
            assert self.in_force() == sorted(ruling.remedies, key=str)
        assert {e.id for e in made.case.effects} == set(self.ordered)

    def _told(self, life: Life, made: Step, told: f.RulingIssued) -> None:
        draft = self.drafts[told.ruling_id]
        for party in made.case.parties:
            if party.role == "principal":
                notices = [n for _, n in made.notices if n.recipient == party.id]
                assert [n.event for n in notices] == ["ruling_issued"], f"{party.id} got {[n.event for n in notices]}"
                assert notices[0].texts["reasons"] == draft.reasons
                assert notices[0].data["outcome"] == draft.outcome

    def _views(self, life: Life, made: Step) -> None:
        untold = all(_untold(made.case, r.fact) for r in made.recordings)
        for who in OUTSIDE:
            now = life.seen_by(who)
            shows_no_secret(now)
            if untold and who in self.views:
                assert now == self.views[who], f"{who} can see that {[r.fact.type for r in made.recordings]} happened"
            self.views[who] = now


def stands(case: Case) -> None:
    """Open: somebody's, and with a deadline. Closed: with an outcome, and nothing runs."""
    if case.open:
        assert case.owner or case.queue
        assert case.timetable, f"nothing will ever happen in {case.phase}"
        assert case.outcome is None
        assert not case.quiet
        return
    assert case.outcome is not None
    assert case.closed_at is not None
    assert not case.timetable
    assert case.outcome is not Outcome.RULED or case.rulings
    assert case.quiet is not any(e.state == "running" for e in case.effects)


def clocks_are_kept(made: Step, before: Case | None) -> None:
    """The timetable has every level ahead of every running clock and nothing else, in order, and nothing of it in the past."""
    case = made.case
    rows = [(row.clock, row.instance, row.level) for row in case.timetable]
    wanted = []
    for clock in case.clocks:
        definition = case.terms.clock(clock.name)
        assert definition is not None
        if clock.stopped_at is None and not clock.paused:
            done = {one.level for one in clock.fired}
            wanted += [(clock.name, clock.instance, x.name) for x in definition.levels if x.repeat or x.name not in done]
    assert sorted(rows) == sorted(wanted)
    assert list(case.timetable) == sorted(case.timetable, key=lambda row: row.due_at)
    known = {row.id: row for row in before.timetable} if before else {}
    at = made.recordings[-1].at
    for row in case.timetable:
        assert row.id in known or row.due_at >= at, f"{row.id} fell due before it was made"


def tells_no_secret(notice: NoticeDraft) -> None:
    """Nobody outside hears of approval or grace, or of who owns or decides."""
    if notice.audience == "staff":
        return
    assert notice.recipient.startswith("pty_") or notice.recipient == "platform"
    assert notice.data["phase"] not in BEHIND_THE_DOOR
    _no_secret({"event": notice.event, **{k: v for k, v in notice.data.items() if k != "case_outcome"}})


def shows_no_secret(seen: CaseView) -> None:
    """The same for what somebody outside can look at."""
    assert seen.phase not in BEHIND_THE_DOOR
    assert all(getattr(seen, name) is None for name in STAFF_ONLY)
    assert seen.seq == 0
    _no_secret(seen.model_dump(mode="json", exclude={"outcome"}))


def _no_secret(data: dict[str, Any]) -> None:
    said = json.dumps(data)
    for secret in ("per_", "approv", '"ruled"', "grace", "Second look", "not told yet"):
        assert secret not in said, f"{secret!r} in {said}"


def _untold(case: Case, fact: f.Fact) -> bool:
    match fact:
        case f.PhaseEntered():
            return fact.phase.value in BEHIND_THE_DOOR or fact.reason in ("returned", "retracted")
        case f.LevelReached():
            clock = case.terms.clock(fact.clock)
            return clock is not None and clock.waits_for in ("staff", "approver")
        case _:
            return fact.type in UNTOLD


def in_hiding(case: Case) -> bool:
    """Whether a ruling waits for approval or grace."""
    return case.phase in (Phase.APPROVAL, Phase.RULED)
