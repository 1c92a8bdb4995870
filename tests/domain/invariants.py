"""What must be true of every case, whoever did what in whatever order. Written from the design, without the transition table.

:class:`Witness` looks at each step of a life and keeps books of its own: who judged which round, what was ordered and undone,
which levels fired, which measures were in force, and what each party could see.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from domain.base import Outcome, Phase, Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.clocks import Clock
from domain.model.commands import Remedy
from domain.model.ruling import Ruling
from domain.model.terms import APPOINTMENT, SANCTION, SNOOZE, STANDSTILL, ClockTerms, Level
from domain.notices.plan import NoticeDraft
from domain.rules.evolve import evolve
from domain.rules.levels import stands_still
from domain.rules.triggers import WORDS, triggers
from domain.transition import Step
from domain.views.actions import may_see
from domain.views.case import CaseView, visible
from tests.domain.protections import Protections
from tests.support.cases import AGENT, CLAIMANT, FRIEND, PLATFORM, RESPONDENT, WITNESS, Life

OUTSIDE = (CLAIMANT, RESPONDENT, AGENT, WITNESS, PLATFORM)
BEHIND_THE_DOOR = frozenset({"approval", "ruled"})
STAFF_ONLY = (
    "priority",
    "owner",
    "queue",
    "round",
    "escalations",
    "hands",
    "guardian_missing",
    "unconfirmed",
    "pack",
    "pack_version",
)
"""What the team sees and nobody outside does; the priority is the platform's to see too."""
UNTOLD = frozenset({
    "note_added", "case_assigned", "case_queued", "ruling_drafted", "ruling_approved", "ruling_returned", "ruling_retracted",
    "delivery_failed", "effect_ordered", "case_skipped",
    "withdrawal_explained", "legal_hold_placed", "legal_hold_lifted", "effect_withheld", "effect_released", "ruling_withheld",
    "signal_received", "case_handed_over", "report_proposed", "report_returned", "disclosure_proposed",
    "provisional_credit_proposed", "paid_elsewhere_noticed", "party_removal_proposed",
    "adulthood_proposed", "exception_asked", "exception_granted", "exception_refused", "text_translated",
    "no_request_proposed",
})  # fmt: skip
"""Facts that nobody outside hears of, whatever the phase."""
HOLDING = frozenset({"clocks_paused", "clocks_resumed", "clocks_frozen", "clocks_thawed", "case_retargeted"})
"""What moves dates. Nobody outside hears of these either, but for a pause of a clock of their own; what they may notice is that a
date of their own has moved or is gone, or what the case is about.
"""
_EITHER_SIDE = frozenset({"settlement", "inquiry", "appeal_window"})
_CLAIMANT = frozenset({"claimant_response", "claimant_reply", "return_shipping"})
_RESPONDENT = frozenset({"respondent_response", "respondent_reply", "return_receipt", "inquiry_reply", "claim_reply"})
OWN_CLOCKS = {
    CLAIMANT: _EITHER_SIDE | _CLAIMANT,
    AGENT: _EITHER_SIDE | _CLAIMANT,
    RESPONDENT: _EITHER_SIDE | _RESPONDENT,
    PLATFORM: _EITHER_SIDE | _CLAIMANT | _RESPONDENT,
    WITNESS: frozenset[str](),
}
"""Clocks of which each may know that somebody made them stand still; all others are the team's."""
OF_THE_OTHER_SIDE = frozenset({"interim_imposed", "interim_reviewed", "interim_ended", "interim_kept"})
"""Measures are against the respondent, and the claimant does not hear of them."""
BURDENS = frozenset({"warn", "suspend", "ban", "remove", "restrict", "payout_freeze"})
"""Remedies that hit whoever they are for."""
GIVES_BACK = frozenset({"refund", "payout", "correction", "provisional_credit"})
OF_THE_REPORTER = frozenset({"withdrawal_requested", "withdrawal_accepted", "withdrawal_overtaken", "continued_of_office"})
"""Nobody on the other side, and no witness, learns that a report was asked back, nor who is the claimant since."""
LIMIT = "final_answer"
LIMIT_FOR, LIMIT_WARNING_FOR = timedelta(days=45), timedelta(days=7)
"""The limit of the law in fraud reports, counted in days of UTC; it may be doubled once."""


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
        self.order: dict[tuple[str, int], int] = {}
        """The last level of each clock that was reached for the first time, by its place in the pack."""
        self.stopped: set[str] = set()
        self.appealed: Side | None = None
        """Who has appealed last, since the matter was taken up; with whoever has answered something since."""
        self.heard_since: set[Side] = set()
        """Effects that a legal hold has stopped."""
        self.measures: dict[str, str] = {}
        """The effect of each interim measure."""
        self.views: dict[str, CaseView] = {}
        self.alone: dict[str, str] = {}
        """Texts that one side and the desk said to each other alone, with the side."""
        self.spoke: set[str] = {"claimant"}
        """The sides that have said something, or let their time go by, since they had to be told something new."""
        self.last: dict[tuple[str, str], datetime] = {}
        """When each side last said something, and last handed something in."""
        self.had_their_say: set[str] = set()
        """Principals who had their say themselves since then, or by whoever speaks for them, or whose own time went by."""
        self.asked: dict[str, tuple[str | None, datetime]] = {}
        """Of whom something was asked, and when."""
        self.kept: dict[str, datetime] = {}
        """Until when a measure was promised to last."""
        self.questioned: set[str] = set()
        """Principals who answered what was asked of them, or let the time go by, since the matter was last taken up."""
        self.lifters: set[str] = set()
        """Who lifted a legal hold, here or on another case of somebody in this one."""
        self.proposed: tuple[str, Any] | None = None
        """Who proposed a provisional credit, and of how much."""
        self.removals: dict[str, str] = {}
        """Who proposed to put out a party that has a say in the matter."""
        self.came: dict[str, int] = {}
        """Parties who came after the opening, with the fact by which they did."""
        self.protections = Protections()
        self.stays_out: set[str] = set()
        """Whoever said that they cannot decide the case, and whoever decided what was set aside because of them."""

    def saw(self, life: Life, before: Case | None) -> None:
        """Check the last step."""
        made = life.last
        for recording in made.recordings:
            self._record(life, recording)
        assert self.folded == made.case, "the fold of the facts is not the case"
        words_are_known(made, before)
        assert Case.model_validate_json(made.case.model_dump_json()) == made.case
        stands(made.case)
        clocks_are_kept(made, before)
        limits_stand(made.case)
        offers_end(made.case)
        offers_end_with_a_word(made, before)
        self._holds(made, before)
        self._holds_elsewhere(life, made)
        self._alone(made, before)
        self._effects(made, before)
        self._money(made.case)
        self._interim(made)
        self.protections.saw(made)
        self._withdrawal(made, before)
        for told in (r.fact for r in made.recordings if isinstance(r.fact, f.RulingIssued)):
            self._told(life, made, told)
        for _, notice in made.notices:
            tells_no_secret(notice)
        self._in_confidence(life, made)
        self._parties(life, made, before)
        knows_nothing_yet(life, made, before)
        self._views(life, made)

    def _record(self, life: Life, recording: f.Recording) -> None:
        assert recording.seq == self.seq + 1, "a gap in the numbers"
        self.seq = recording.seq
        assert f.Recording.model_validate_json(recording.model_dump_json()) == recording
        assert self.folded is None or recording.at >= self.folded.updated_at
        self.folded = evolve(self.folded, f.Recording.model_validate_json(recording.model_dump_json()), case_id=life.case_id)
        fact, actor = recording.fact, recording.actor
        if isinstance(fact, f.CaseReopened | f.RulingAnnulled) or (isinstance(fact, f.AppealLodged) and not fact.cross):
            self.appealed, self.heard_since = (fact.side if isinstance(fact, f.AppealLodged) else None), set()
        self._listen(recording)
        match fact:
            case f.RulingDrafted():
                assert fact.decider == actor.id
                assert fact.reasons.length > 0
                assert fact.version == life.case.terms.version
                self._heard(life.case, fact)
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
            case f.RulingAnnulled():
                self.round += 1
                self.stays_out |= {person for person in self.hands if fact.about_deciders}
            case f.CaseReopened():
                self.round += fact.new_decider
            case f.CaseRecused():
                self.stays_out.add(actor.id)
            case (
                f.CaseAssigned()
                | f.CaseHandedOver()
                | f.InterimImposed()
                | f.InterimReviewed()
                | f.ClocksPaused()
                | f.StepSkipped()
            ):
                self._steers(actor)
            case f.LevelReached():
                level = (fact.clock, fact.instance, fact.level, fact.count)
                assert level not in self.fired, f"{level} fired twice"
                self.fired.add(level)
                self._in_order(life.case, fact)
            case f.EffectOrdered():
                self._order(fact)
            case _:
                pass

    def _listen(self, recording: f.Recording) -> None:
        """Books of who has had their say."""
        assert self.folded is not None
        fact, party = recording.fact, self.folded.party(recording.actor.id)
        match fact:
            case f.CaseReopened() | f.RulingAnnulled():
                self.spoke, self.had_their_say, self.questioned = set(), set(), set()
            case f.AppealLodged():
                self.spoke = {fact.side.value} if not fact.cross else self.spoke | {fact.side.value}
            case f.EvidenceRequested():
                asked = self.folded.party(fact.party) if fact.party is not None else None
                if fact.due_at is not None and fact.of in self.folded.terms.hear and (asked is None or asked.speaks):
                    assert fact.due_at - recording.at >= timedelta(days=5), "less time to answer than the pack promises"
                self.asked[fact.request_id] = fact.party, recording.at
            case f.PartyAdded():
                self.came[fact.party.id] = recording.seq
            case f.EvidenceLapsed():
                self.spoke.add(fact.of.value)
                self.heard_since.add(fact.of)
                for whom, since in (self.asked[one] for one in fact.requests):
                    there = [p for p in self.folded.principals(fact.of) if p.since is None or p.since <= since]
                    answered = {whom} if whom is not None else {p.id for p in there}
                    self.had_their_say |= answered
                    self.questioned |= answered
                if not fact.requests:
                    # A time of the whole side: whoever was there when it began had all of it.
                    terms, side = self.folded.terms, fact.of
                    own = [c for c in self.folded.clocks if (named := terms.clock(c.name)) and named.waits_for == side.value]
                    there = [
                        p for p in self.folded.principals(side) if any(p.since is None or p.since <= c.started_at for c in own)
                    ]
                    self.had_their_say |= {p.id for p in there}
            case (
                f.MessageSent()
                | f.OfferMade()
                | f.OfferDeclined()
                | f.OfferAccepted()
                | f.ProposalAnswered()
                | f.EvidenceSubmitted()
                | f.ReturnContested()
            ):
                if party is not None and isinstance(fact, f.EvidenceSubmitted):
                    self._handed_in(party, fact, recording.at)
                if party is not None and party.speaks and not getattr(fact, "more_follows", False):
                    self.last[party.side.value, "word"] = recording.at
                    self.spoke.add(party.side.value)
                    everybody = {p.id for p in self.folded.principals(party.side)}
                    self.had_their_say |= (
                        {party.represents or party.id} if party.role == "principal" or party.represents else everybody
                    )
            case _:
                pass

    def _handed_in(self, party: f.OpenedParty, fact: f.EvidenceSubmitted, at: datetime) -> None:
        assert self.folded is not None
        self.last[party.side.value, "evidence"] = at
        if party.speaks and fact.answers:
            self.heard_since.add(party.side)
        if party.speaks and fact.answers:
            theirs = {p.id for p in self.folded.principals(party.side)}
            self.questioned |= {one for one in theirs if one in (party.id, party.represents)} or theirs

    def _heard(self, case: Case, fact: f.RulingDrafted) -> None:
        """Nobody loses by a ruling who has not had their say, where the pack promises it; on appeal and afresh neither."""
        outcome = case.terms.outcome(fact.outcome)
        assert self.folded is not None
        if case.terms.heard_when == "asked" and self.appealed is not None and fact.decision not in ("uphold", "remit"):
            lost = {side for side in case.terms.hear if outcome is not None and side in outcome.lost_by}
            unheard = lost - self.heard_since - {self.appealed}
            assert not unheard, f"{unheard} would stand worse by {fact.outcome} and were not heard since the appeal"
        if Side.CLAIMANT in case.terms.hear and fact.decision not in ("uphold", "remit"):
            of_office = case.of_office is not None
            sanctioned = outcome is not None and outcome.sanctions is Side.CLAIMANT and not of_office
            warned = any(one.type in BURDENS and one.to is Side.CLAIMANT for one in fact.remedies)
            unasked = {p.id for p in case.principals(Side.CLAIMANT)} - self.questioned
            assert not ((sanctioned or warned) and unasked), f"{fact.outcome} hits {unasked}, who were asked nothing"
        if fact.decision == "rule" and outcome is not None and case.terms.late and not outcome.hear_if_hit:
            for side in (side for side in case.terms.hear if side in outcome.lost_by and fact.relies_on is None):
                handed = self.last.get((side.other.value, "evidence"))
                answered = self.last.get((side.value, "word"), case.opened_at)
                waited = handed is None or self.folded.updated_at - handed >= timedelta(days=3)
                assert waited or handed is None or handed <= answered, f"{side.value} could not answer what the other handed in"
        if fact.decision != "rule" or outcome is None or outcome.hear_if_hit or case.terms.heard_when != "told":
            return
        lost = {side for side in case.terms.hear if side in outcome.lost_by}
        assert {side.value for side in lost} <= self.spoke, f"{fact.outcome} against a side that was not heard"
        if Side.RESPONDENT in lost:
            late = {p.id for p in case.principals(Side.RESPONDENT) if p.id in self.came}
            assert late <= self.had_their_say, (
                f"{fact.outcome} against {late - self.had_their_say}, who came later and was not heard"
            )

    def _parties(self, life: Life, made: Step, before: Case | None) -> None:
        """Whoever left reads and gets nothing more, whoever came reads on from there, and no side loses its last one."""
        case = made.case
        for party in case.parties:
            who = life.actor(party.id)
            if party.left:
                assert not may_see(case, who)
                assert not [r for r in life.recordings if visible(case, r, who)], f"{party.id} left, and reads"
                letters = [n for _, n in made.notices if n.recipient == party.id]
                last = any(isinstance(r.fact, f.PartyLeft) and r.fact.party == party.id for r in made.recordings)
                other = [n for n in letters if "measure_alone" not in n.data]
                assert all(last and n.data.keys() <= _OF_LEAVING for n in other), f"{party.id} left, and is written to"
                assert party.id not in {r.party for r in case.requests}, f"{party.id} left, and is waited for"
            elif party.sees_seq:
                said = (
                    r
                    for r in life.recordings
                    if r.seq < party.sees_seq and isinstance(r.fact, f.MessageSent | f.EvidenceSubmitted)
                )
                assert not [r for r in said if visible(case, r, who)], f"{party.id} reads what was said before"
        for recording in made.recordings:
            if isinstance(recording.fact, f.PartyRemovalProposed):
                self.removals[recording.fact.party] = recording.actor.id
            if isinstance(recording.fact, f.PartyLeft) and recording.fact.because == "removed":
                gone = case.party(recording.fact.party)
                if gone is not None and gone.role == "principal" and gone.id in self.had_their_say:
                    assert self.removals.get(gone.id) not in (None, recording.actor.id), "put out by one alone"
        for side in Side:
            assert before is None or case.principals(side) or not before.principals(side), f"nobody is left on {side}"
        for recording in made.recordings:
            if isinstance(recording.fact, f.PartyAdded | f.PartyLeft | f.PartyAgreed):
                known = {
                    p.side for p in case.parties if visible(case, recording, life.actor(p.id)) and p.id != recording.actor.id
                }
                took_a_place = isinstance(recording.fact, f.PartyAdded) and recording.fact.instead_of is not None
                theirs = recording.fact.party.side if isinstance(recording.fact, f.PartyAdded) and not took_a_place else None
                assert theirs is None or known <= {theirs}, f"the other side sees {recording.fact}"

    def _in_order(self, case: Case, fact: f.LevelReached) -> None:
        """Levels stand in the pack in the order of their instants; that a clock moved meanwhile is no excuse."""
        definition = case.terms.clock(fact.clock)
        if definition is None or fact.count > 0:
            return
        place = [level.name for level in definition.levels].index(fact.level)
        key = fact.clock, fact.instance
        assert place > self.order.get(key, -1), f"{fact.level} of {key} was reached after what comes later"
        self.order[key] = place

    def _may_judge(self, actor: f.Actor) -> None:
        assert actor.role in ("mediator", "lead")
        assert actor.id not in OUTSIDE
        assert actor.id != FRIEND, "judged in spite of a declared conflict"
        for person in (actor.id, actor.manager or ""):
            assert self.hands.get(person, self.round) == self.round, f"{person} had a part in an earlier round"
        assert actor.id not in self.stays_out, f"{actor.id} decides what they may not decide"

    def _steers(self, actor: f.Actor) -> None:
        if actor.role in ("mediator", "lead", "ops"):
            assert self.hands.get(actor.id, self.round) == self.round, f"{actor.id} steers a round after their own"

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
        undone = {o.reverses for o in self.ordered.values()} | self.stopped
        return sorted((o.remedy for o in self.ordered.values() if not o.reverses and o.effect_id not in undone), key=str)

    def _effects(self, made: Step, before: Case | None) -> None:
        """What is in force is what was decided last."""
        names = {r.fact.type for r in made.recordings}
        if "effect_ordered" in names:
            assert names & {
                "ruling_issued",
                "offer_accepted",
                "proposal_ended",
                "claim_conceded",
                "case_withdrawn",
                "ruling_annulled",
                "interim_imposed",
                "interim_ended",
                "return_ended",
                "effect_released",
                "provisional_credit_given",
            }
        if "case_withdrawn" in names and before is not None:
            kept = {i.id for i in made.case.interim}
            own = {i.id for i in before.interim}
            final = [e.remedy for e in before.effects_in_force if e.id in (before.final or ()) and e.because not in own]
            outlives = [e.remedy for e in made.case.effects_in_force if e.because in kept]
            assert self.in_force() == sorted([*final, *outlives], key=str)
        if "ruling_annulled" in names:
            assert self.in_force() == []
        ruling = made.case.rulings[-1] if made.case.rulings else None
        if "ruling_issued" in names and ruling is not None and ruling.decision != "remit":
            self._carried_out(made.case, ruling)
        assert {e.id for e in made.case.effects} == set(self.ordered)

    def _carried_out(self, case: Case, ruling: Ruling) -> None:
        """What was decided is in force, or waits for goods that go back."""
        later = case.returning.remedies if case.returning else ()
        waits = (*later, *(one.remedy for one in case.withheld))
        wanted = [remedy.model_copy(update={"after_return": False}) for remedy in ruling.remedies]
        if ruling.decision == "uphold" and any(remedy.after_return for remedy in ruling.remedies):
            # Meanwhile the goods may have come back, or the time to send them may have run out.
            return
        assert sorted([*self.in_force(), *waits], key=str) == sorted(wanted, key=str)

    def _money(self, case: Case) -> None:
        """Nobody gives more than was paid, or other money, alone: a second person does, or in a bounty dispute the sides."""
        if case.amount is None:
            return
        # What a hold has stopped goes on as another effect, or not at all.
        undone = {o.reverses for o in self.ordered.values()} | (self.stopped - {one.id for one in case.withheld})
        stands = [(o.remedy, o.because) for o in self.ordered.values() if not o.reverses and o.effect_id not in undone]
        if case.returning is not None:
            stands += [(remedy, case.returning.because) for remedy in case.returning.remedies]
        paid = [(remedy.amount, because) for remedy, because in stands if remedy.amount and remedy.type in GIVES_BACK]
        agreed = {r.id for r in (*case.rulings, case.ruling) if r is not None and r.approved_by is not None}
        freely = {because for _, because in paid if case.kind == "bounty_dispute" and because.startswith("off_")}
        other = {because for money, because in paid if money.currency != case.amount.currency}
        assert other <= agreed | freely, "other money than was paid"
        if sum(money.amount for money, because in paid if because not in other) > case.amount.amount:
            # What an injury costs can be more than what was paid.
            assert case.kind in ("bounty_dispute", "safety_incident"), "more than was paid"
            assert {because for _, because in paid} & (agreed | freely), "more than was asked for, by one person alone"

    def _interim(self, made: Step) -> None:
        """A measure lasts until it is lifted, lapses, or the matter is decided; then it is undone, or the ruling's own."""
        facts = [r.fact for r in made.recordings]
        for fact in facts:
            if isinstance(fact, f.EffectOrdered) and fact.because.startswith("itm_") and not fact.reverses:
                self.measures[fact.because] = fact.effect_id
        undone = {o.reverses for o in self.ordered.values()}
        for measure in made.case.interim:
            assert self.measures[measure.id] not in undone, "undone while it is in force"
        for fact in facts:
            if isinstance(fact, f.InterimKept):
                self.kept |= dict.fromkeys(fact.measure_ids, fact.until)
            if isinstance(fact, f.InterimEnded):
                at = made.recordings[-1].at
                early = [one for one in fact.measure_ids if fact.because == "lapsed" and self.kept.get(one, at) > at]
                assert not early, "lapsed before the day that it was promised to last to"
                assert not {m.id for m in made.case.interim} & set(fact.measure_ids)
                for effect in (self.measures[measure_id] for measure_id in fact.measure_ids):
                    kept = fact.because == "ruled" and self.ordered[effect].remedy in made.case.rulings[-1].remedies
                    assert kept or effect in undone, "over, and not undone"
        ruling = made.case.rulings[-1] if made.case.rulings else None
        if any(isinstance(x, f.RulingIssued) for x in facts) and ruling is not None and ruling.decision != "remit":
            assert not made.case.interim, "outlived the ruling"

    def _in_confidence(self, life: Life, made: Step) -> None:
        """What was said to the desk alone is in no view and no letter of the other side, and in none of the platform."""
        for recording in made.recordings:
            fact = recording.fact
            side = _alone_with(fact)
            if side is None:
                continue
            self.alone[fact.text.content_id] = side  # type: ignore[union-attr]  # only what is said has a side of its own
            others = {CLAIMANT, AGENT} if side == "respondent" else {RESPONDENT, WITNESS}
            for who in (*others, PLATFORM):
                assert who == recording.actor.id or not visible(made.case, recording, life.actor(who)), f"{who} sees {fact}"
        for _, notice in made.notices:
            if notice.audience != "staff":
                sides = {self.alone[text.content_id] for text in notice.texts.values() if text.content_id in self.alone}
                assert sides <= {notice.audience}, f"{notice.recipient} reads what was said to the desk alone"

    def _withdrawal(self, made: Step, before: Case | None) -> None:
        """Where the team is asked, a claimant's word alone ends nothing; a measure never ends by it unless somebody says so."""
        facts = [r.fact for r in made.recordings]
        if before is None or not made.recordings:
            return
        by = made.recordings[-1].actor
        names = {fact.type for fact in facts}
        if made.case.terms.withdrawal == "asks" and by.role == "claimant" and "appeal_withdrawn" not in names:
            assert "case_withdrawn" not in names, "the reporter's word ended it"
            assert "interim_ended" not in names
        if "withdrawal_requested" in names:
            assert made.case.phase is before.phase
            assert made.case.effects == before.effects
            assert made.case.interim == before.interim
            assert not [n for _, n in made.notices if n.audience == "respondent"], "the other side is told"
        if "withdrawal_accepted" in names:
            ended = {i for fact in facts if isinstance(fact, f.InterimEnded) for i in fact.measure_ids}
            kept = {i for fact in facts if isinstance(fact, f.InterimKept) for i in fact.measure_ids}
            if "case_closed" in names or "appeal_withdrawn" in names:
                assert {measure.id for measure in before.interim} == ended | kept, "a measure that nobody spoke of"
            else:
                assert not ended | kept, "one of several leaves, and a measure with them"
            assert not ended & kept
        if "party_left" in names and made.case.terms.withdrawal == "asks":
            withdrawn = [x for x in facts if isinstance(x, f.PartyLeft) and x.because == "withdrawn"]
            assert not withdrawn or "withdrawal_accepted" in names, "one of several went by a word of one side"
        if "case_closed" in names and by.role in ("mediator", "lead", "ops") and made.case.terms.withdrawal == "asks":
            lost = {i for x in facts if isinstance(x, f.InterimEnded) and x.because == "closed" for i in x.measure_ids}
            assert not lost or "case_merged" in names, "a measure ended by the way, with the case"
        for ruled in (x for x in facts if isinstance(x, f.RulingDrafted)):
            for one in (x for x in ruled.remedies if x.party is not None):
                assert one.party in {p.id for p in before.principals(one.to)}, "hit or paid who is no principal"
        if "case_withdrawn" in names:
            measures = {e.id for e in before.effects if e.because in {i.id for i in before.interim}}
            final = {*(before.final or ())} - measures
            stood = final & {e.id for e in before.effects_in_force}
            assert stood <= {e.id for e in made.case.effects_in_force}, "final, and undone"
        if made.case.of_office is not None:
            assert not [r for r in made.case.requests if r.of is Side.CLAIMANT and r.party in (None, CLAIMANT, AGENT)]

    def _holds(self, made: Step, before: Case | None) -> None:
        """Nothing that destroys is ordered, told or running under a hold that was not lifted."""
        case, destructive = made.case, {"erase", "delete", *made.case.terms.destructive}
        for fact in (r.fact for r in made.recordings):
            if isinstance(fact, f.EffectWithheld) and fact.effect_id in self.ordered:
                self.stopped.add(fact.effect_id)
            if isinstance(fact, f.EffectReported):
                self.stopped.discard(fact.effect_id)
        if not case.legal_holds:
            assert not [e for e in case.effects if e.state == "running" and e.id in self.stopped]
            return
        running = [e for e in case.effects if e.state == "running" and not e.reverses and e.remedy.type in destructive]
        assert not running, "destroyed under a hold"
        if before is not None and before.legal_holds:
            for fact in (r.fact for r in made.recordings):
                ordered = isinstance(fact, f.EffectOrdered) and not fact.reverses and fact.remedy.type in destructive
                assert not ordered, "ordered under a hold"
                if isinstance(fact, f.RulingIssued) and case.rulings[-1].decision not in ("uphold", "remit"):
                    assert not {x.type for x in case.rulings[-1].remedies} & destructive, "told under a hold"

    def _holds_elsewhere(self, life: Life, made: Step) -> None:
        """Nothing that destroys is ordered or told against somebody of whom any case is under a hold; and whoever lifted one
        destroys nothing alone that it kept.
        """
        case, destructive = made.case, {"erase", "delete", *made.case.terms.destructive}
        others = life.elsewhere.get("held", ())
        theirs = {one.ref_digest for one in others if one.held}
        sides = {p.side for p in case.parties if p.role == "principal" and p.ref_digest in theirs}
        here = {p.ref_digest for p in case.parties if p.role == "principal"}
        lifters = self.lifters | {person for one in others if one.ref_digest in here for person in one.lifted_by}
        for recording in made.recordings:
            fact = recording.fact
            if isinstance(fact, f.EffectOrdered) and not fact.reverses and fact.remedy.type in destructive:
                assert fact.remedy.to not in sides, "ordered under a hold of another case"
            if isinstance(fact, f.RulingDrafted) and fact.decision not in ("uphold", "remit"):
                kept = [one for one in fact.remedies if one.type in destructive]
                assert not [one for one in kept if one.to in sides], "drafted under a hold of another case"
                if kept and recording.actor.id in lifters and case.terms.has(Phase.APPROVAL):
                    assert fact.approval_because is not None, "destroyed alone by whoever lifted the hold"
            if isinstance(fact, f.LegalHoldLifted):
                self.lifters.add(recording.actor.id)
            if isinstance(fact, f.RulingIssued) and case.rulings[-1].decision not in ("uphold", "remit"):
                assert not [x for x in case.rulings[-1].remedies if x.type in destructive and x.to in sides], "told under a hold"

    def _alone(self, made: Step, before: Case | None) -> None:
        """Nobody gives alone more than one person may: above the pack's limit, or in money without one, a second one agrees."""
        case = made.case
        for recording in made.recordings:
            fact = recording.fact
            match fact:
                case f.ProvisionalCreditProposed():
                    self.proposed = (recording.actor.id, fact.amount)
                case f.ProvisionalCreditGiven() if _above(case, [fact.remedy]):
                    assert self.proposed is not None, "a credit above the limit by one alone"
                    assert self.proposed[0] != recording.actor.id, "a credit above the limit by one alone"
                    assert self.proposed[1] == fact.remedy.amount, "another credit than was proposed"
                case f.RulingIssued() if case.rulings[-1].decision not in ("uphold", "remit"):
                    told = case.rulings[-1]
                    if _above(case, told.remedies):
                        assert told.approved_by not in (None, told.decider), "more than one person's limit by one alone"

    def _told(self, life: Life, made: Step, told: f.RulingIssued) -> None:
        draft = self.drafts[told.ruling_id]
        for party in made.case.parties:
            if party.role == "principal" and not party.left and (party.id == CLAIMANT or made.case.is_disclosed):
                notices = [n for _, n in made.notices if n.recipient == party.id]
                assert [n.event for n in notices] == ["ruling_issued"], f"{party.id} got {[n.event for n in notices]}"
                assert notices[0].texts["reasons"] == draft.reasons
                assert notices[0].data["outcome"] == draft.outcome

    def _moves_a_clock(self, life: Life, made: Step, recording: f.Recording) -> None:
        for who in OUTSIDE:
            seen = visible(made.case, recording, life.actor(who))
            # Whoever was never told, or has left the case, hears of no clock either.
            may = may_see(made.case, life.actor(who)) and may_know_of(made.case, recording.fact, who)
            assert seen is may, f"{who} and {recording.fact}"

    def _views(self, life: Life, made: Step) -> None:
        facts = [r.fact for r in made.recordings]
        young = {one for fact in facts if isinstance(fact, f.CaseRetargeted) for one in fact.minors}
        for recording in (r for r in made.recordings if r.fact.type in HOLDING):
            self._moves_a_clock(life, made, recording)
        for who in OUTSIDE:
            if not may_see(made.case, life.actor(who)):
                continue
            now = life.seen_by(who)
            shows_no_secret(now, who)
            answers_are_blind(who, now)
            if any(p.side is now.your_side for p in made.case.parties if p.id in young):
                # What may be read, and done, beside a child or as one, their own side has to know.
                self.views[who] = now
                continue
            unknown = OF_THE_OTHER_SIDE if who in (CLAIMANT, AGENT) else OF_THE_REPORTER if who != PLATFORM else frozenset()
            if who in self.views and all(fact.type in HOLDING | unknown or _untold(made.case, fact) for fact in facts):
                same = self.views[who]
                if any(fact.type in HOLDING for fact in facts):
                    same = with_dates_of(now, same)
                if young:
                    same = with_what_a_child_changes(now, same, who)
                if who == PLATFORM and any(isinstance(fact, f.LegalHoldPlaced | f.LegalHoldLifted) for fact in facts):
                    # The platform keeps data too, and is told how long: not while there is a hold.
                    same = same.model_copy(update={"keep_until": now.keep_until})
                if any(may_know_of(made.case, fact, who) for fact in facts):
                    same = same.model_copy(update={"updated_at": made.recordings[-1].at})
                assert now == same, f"{who} can see that {[fact.type for fact in facts]} happened"
            if who in self.views and now != self.views[who] == now.model_copy(update={"updated_at": self.views[who].updated_at}):
                known = [r.fact.type for r in made.recordings if visible(made.case, r, life.actor(who))]
                assert known, f"{who} can see by its instant alone that {[fact.type for fact in facts]} happened"
            self.views[who] = now


def _above(case: Case, remedies: Iterable[Remedy]) -> bool:
    """Whether so much money takes two persons, in kinds that know a second look."""
    sums: dict[str, int] = {}
    for one in remedies:
        if one.amount is not None:
            sums[one.amount.currency] = sums.get(one.amount.currency, 0) + one.amount.amount
    limits = case.terms.limits
    if not case.terms.has(Phase.APPROVAL) or not limits:
        return False
    return any(name not in limits or amount > limits[name] for name, amount in sums.items())


def _alone_with(fact: f.Fact) -> str | None:
    """The side that said something to the desk alone, or to which the desk said it."""
    if isinstance(fact, f.MessageSent):
        sides = ("claimant", "respondent")
        said = fact.sender if fact.to == "desk" else fact.to
        # What one side says to the other, both sides read.
        return said if said in sides and (fact.to == "desk" or fact.sender not in sides) else None
    if isinstance(fact, f.EvidenceSubmitted) and fact.confidential and fact.side is not None:
        return fact.side.value
    return None


_OF_LEAVING = {"kind", "your_side", "yourself", "left_by", "reason", "spoke"}
_OF_A_MEASURE = {"kind", "measure_alone", "measures", "measure_id", "your_side", "due_at", "undoes"}


def knows_nothing_yet(life: Life, made: Step, before: Case | None) -> None:
    """Until they are told, a case is not there for the respondent's side: no view, no letter but of a measure that hits them, no
    time that runs; and however it ends, it stays so."""
    case = made.case
    if case.is_disclosed:
        assert before is None or before.is_disclosed or any(r.fact.type == "case_disclosed" for r in made.recordings)
        return
    assert before is None or not before.is_disclosed, "they were told, and it was taken back"
    for party in (p for p in case.parties if p.side.value == "respondent"):
        who = life.actor(party.id)
        assert not may_see(case, who)
        assert not [r for r in life.recordings if visible(case, r, who)], f"{party.id} sees something"
        for _, notice in made.notices:
            if notice.recipient == party.id:
                assert notice.event in ("interim_imposed", "interim_ended", "interim_kept", "manual_work_reported")
                assert notice.data.keys() <= _OF_A_MEASURE
                assert notice.texts.keys() <= {"told"}
    assert not [n for _, n in made.notices if n.audience == "respondent" and not n.data.get("measure_alone")]
    assert not [row for row in case.timetable if "respondent" in row.clock]
    assert not [right for right in case.rights if right.side.value == "respondent" and right.allowed]


def may_know_of(case: Case, fact: f.Fact, who: str) -> bool:
    """Whether a fact is that somebody paused, or let go on, a clock of this one's own."""
    match fact:
        case f.ClocksPaused():
            return fact.of in OWN_CLOCKS[who]
        case f.ClocksResumed():
            return any(hold.of in OWN_CLOCKS[who] for hold in case.holds if hold.id in fact.hold_ids)
        case _:
            return False


def with_dates_of(now: CaseView, before: CaseView) -> CaseView:
    """What somebody saw before, with what they may see of a retarget: the dates of their own clocks and of what was asked,
    the category, by when they are written to, and to the platform the priority."""
    asked = {one.id: one.due_at for one in now.requests}
    requests = tuple(one.model_copy(update={"due_at": asked.get(one.id)}) for one in before.requests)
    more = {"deadlines": now.deadlines, "category": now.category, "priority": now.priority, "requests": requests}
    return before.model_copy(update={**more, "next_word_by": now.next_word_by})


def with_what_a_child_changes(now: CaseView, before: CaseView, who: str) -> CaseView:
    """What the other side saw before, with what they may notice when somebody turns out to be under age, which they are not told:
    that nothing is agreed on until a second person of the team has looked. The platform knows its users."""
    waits = {one.command: one for one in now.actions if one.code == "change_unconfirmed"}
    more: dict[str, Any] = {"actions": tuple(waits.get(one.command, one) for one in before.actions)}
    if now.grant is None and "concede" in waits:
        more["grant"] = None
    if who == PLATFORM:
        more["parties"] = now.parties
    return before.model_copy(update=more)


def words_are_known(made: Step, before: Case | None) -> None:
    """Whatever happened, a pack can name it; what it cannot name, lint would call a misspelling."""
    for recording in made.recordings:
        after = evolve(before, recording, case_id=made.case.id)
        assert triggers(before, recording.fact, after) <= WORDS
        before = after


def stands(case: Case) -> None:
    """Open: somebody's, and with a deadline. Closed: with an outcome, nothing runs, nothing is held."""
    if case.open:
        assert case.owner or case.queue
        assert case.timetable, f"nothing will ever happen in {case.phase}"
        assert case.outcome is None
        assert not case.quiet
        return
    assert case.outcome is not None
    assert case.closed_at is not None
    bans = [one for one in case.sanctions if one.runs and one.ends_at is not None]
    running = [*bans, *case.interim]
    # What the law gives on beside a closed case: time to complain of its decision, and before a credit is taken back.
    own = {x.name for x in case.terms.clocks if x.outlives}
    assert not any(right.allowed for right in case.rights) or any(row.clock in own for row in case.timetable)
    rows = [row for row in case.timetable if row.clock not in own]
    assert len(rows) == len(running), "a closed case has no clock but the ends of bans and of measures that outlive it"
    assert not any(hold.lasts_at(case.updated_at) for hold in case.holds), "a closed case stands under a hold"
    assert all(measure.kept_until is not None for measure in case.interim)
    assert case.withdrawal is None, "nobody answers it any more"
    assert case.outcome is not Outcome.RULED or case.rulings
    under_way = "running" in {*(one.state for one in case.effects), *(one.state for one in case.cross_case_tasks)}
    given_on = len(rows) < len(case.timetable)
    assert case.quiet is not (bool(running) or under_way or given_on)


def clocks_are_kept(made: Step, before: Case | None) -> None:
    """The timetable has every level ahead of every running clock and nothing else, in order, and nothing of it in the past."""
    case = made.case
    rows = [(row.clock, row.instance, row.level) for row in case.timetable]
    bans = [(SANCTION.name, n, "lift") for n, one in enumerate(case.sanctions, 1) if one.runs and one.ends_at is not None]
    wanted = [(SNOOZE.name, n, "wake") for n, hold in enumerate(case.holds, 1) if hold.why == "snooze" and not hold.woken]
    for clock in case.clocks:
        definition = case.terms.clock(clock.name)
        assert definition is not None
        if clock.stopped_at is None and not stands_still(case, clock, definition):
            wanted += [(clock.name, clock.instance, x.name) for x in definition.levels if _is_ahead(case, clock, x)]
    wanted += [*_of_requests(case), *_of_appointments(case)]
    if case.open and not wanted:
        wanted = [(STANDSTILL.name, case.standstills + 1, "look")]
    numbers = {effect.because: n for n, effect in reversed([*enumerate(case.effects, 1)])}
    wanted += [*bans, *(("kept_measure", numbers[i.id], "end") for i in case.interim if i.kept_until is not None)]
    offered = [("offer_expiry", n, one.became, one.expires_at) for n, one in enumerate(case.offers, 1)]
    offered += [("proposal_expiry", n, one.became, one.expires_at) for n, one in enumerate(case.proposals, 1)]
    wanted += [(name, n, "lapse") for name, n, became, until in offered if became == "open" and until is not None]
    assert sorted(rows) == sorted(wanted)
    assert list(case.timetable) == sorted(case.timetable, key=lambda row: row.due_at)
    known = {row.id: row for row in before.timetable} if before else {}
    at = made.recordings[-1].at
    # What was promised to an instant while a clock stood still may leave less time than the lead of its reminder, which is due at
    # once when it goes on.
    moving = f.CaseRetargeted | f.ClocksThawed | f.CaseReopened | f.ClocksResumed
    moves = any(isinstance(r.fact, moving) for r in made.recordings)
    for row in case.timetable:
        assert row.id in known or row.due_at >= at or moves or row.count, f"{row.id} fell due before it was made"


def _of_requests(case: Case) -> list[tuple[str, int, str]]:
    """Each request with a date of its own is reminded of once and lapses; a freeze without an end holds both up."""
    if any(hold.of == "all" and hold.until is None for hold in case.holds):
        return []
    dated = [one for one in case.requests if one.due_at is not None]
    ends = [(f"{one.of.value}_evidence", one.number, "end") for one in dated]
    return ends + [(f"{one.of.value}_evidence", one.number, "remind") for one in dated if not one.reminded]


def _of_appointments(case: Case) -> list[tuple[str, int, str]]:
    """Whoever has not answered what was proposed is reminded once, and it ends with its last time; of what is agreed on everybody
    is reminded the day before and the hour before, if there is as long, and whoever led it to put it down, until it is."""
    leads = {"tomorrow": timedelta(days=1), "soon": timedelta(hours=1)}
    wanted: list[tuple[str, int, str]] = []
    for n, one in enumerate(case.appointments, 1):
        if case.open and one.state == "proposed":
            wanted += [(APPOINTMENT.name, n, "lapse")]
            wanted += [(APPOINTMENT.name, n, "unanswered")] if "unanswered" not in one.told_since else []
        if case.open and one.state == "confirmed":
            assert one.at is not None
            assert one.confirmed_at is not None
            left = one.at - one.confirmed_at
            before = (name for name, lead in leads.items() if left > lead and name not in one.told_since)
            wanted += [(APPOINTMENT.name, n, name) for name in (*before, "protocol")]
    return wanted


def _is_ahead(case: Case, clock: Clock, level: Level) -> bool:
    """Not reached yet, or to be reached again: it repeats, climbs the ladder, found nobody, or its rule broke."""
    reached = [one for one in clock.fired if one.level == level.name]
    climbs = level.action == "escalate" and not level.audience and bool(case.terms.ladder)
    return not reached or level.repeat is not None or climbs or reached[-1].withheld or reached[-1].failed


def offers_end(case: Case) -> None:
    """Nothing is offered in a closed case, nor to somebody who was not told of it; one proposal at a time; what was agreed is
    written down.
    """
    open_ones = [one for one in case.proposals if one.became == "open"]
    assert len(open_ones) <= 1, "two proposals are open"
    assert case.open or (not open_ones and case.offer is None), "something is offered in a closed case"
    accepted = [one.id for one in case.offers if one.became == "accepted"]
    accepted += [one.id for one in case.proposals if one.became == "accepted"]
    agreed = bool(accepted) or case.concession is not None
    assert not agreed or (case.settlement is not None and case.settlement.terms), "settled without terms"
    assert case.is_disclosed or (not open_ones and not agreed), "settled with somebody who was not told"


def offers_end_with_a_word(made: Step, before: Case | None) -> None:
    """Whatever was offered and not answered ends with its fact, and whoever is written to reads it."""
    was_open = {one.id for one in (before.offer, before.proposal) if one is not None} if before is not None else set()
    over = {one.id for one in made.case.offers if one.id in was_open and one.became == "lapsed"}
    over |= {one.id for one in made.case.proposals if one.id in was_open and one.became == "lapsed"}
    said = {r.fact.offer_id for r in made.recordings if isinstance(r.fact, f.OfferLapsed)}
    assert over == said, "it vanished without a word"
    if over:
        letters = [n for _, n in made.notices if n.audience in ("claimant", "respondent") and "third_party" not in n.data]
        assert all(n.data.get("lapsed") for n in letters), "told what ended it, and not that it is over"


def answers_are_blind(who: str, seen: CaseView) -> None:
    """Nobody outside sees an answer to a proposal but their own side's."""
    own = {CLAIMANT: "claimant", AGENT: "claimant", RESPONDENT: "respondent"}.get(who)
    answers = {side.value for one in seen.proposals for side in one.answered_by}
    assert answers <= {own}, f"{who} sees who has answered: {answers}"


def limits_stand(case: Case) -> None:
    """Nobody makes the limit of the law stand still or aims it anew: it ends so many days after it began, extended or not."""
    clock = next((one for one in case.clocks if one.name == LIMIT and one.stopped_at is None), None)
    if clock is None:
        return
    definition = case.terms.clock(LIMIT)
    assert isinstance(definition, ClockTerms)
    assert definition.statutory
    assert len(clock.extensions) <= 1
    end = clock.started_at + LIMIT_FOR * (1 + len(clock.extensions))
    for row in case.timetable:
        if row.clock == LIMIT and row.count == 0:
            assert row.due_at == (end - LIMIT_WARNING_FOR if row.level == "warn" else end)


def tells_no_secret(notice: NoticeDraft) -> None:
    """Nobody outside hears of approval or grace, or of who owns or decides."""
    if notice.audience == "staff":
        return
    assert notice.recipient.startswith("pty_") or notice.recipient == "platform"
    # Of a measure alone nothing is said of a case, and so no phase either.
    # Nor to whoever is put out.
    gone = notice.event == "party_left" and notice.data.get("yourself")
    assert "measure_alone" in notice.data or gone or notice.data["phase"] not in BEHIND_THE_DOOR
    assert notice.event.partition(":")[0] not in UNTOLD | HOLDING
    # That a measure ended because the matter was ruled on is told when the ruling is.
    open_words = {"case_outcome", "because"} if notice.event == "interim_ended" else {"case_outcome"}
    _no_secret({"event": notice.event, **{k: v for k, v in notice.data.items() if k not in open_words}})


def shows_no_secret(seen: CaseView, who: str) -> None:
    """The same for what somebody outside can look at."""
    assert seen.phase not in BEHIND_THE_DOOR
    assert {name for name in STAFF_ONLY if getattr(seen, name) is not None} == ({"priority"} if who == PLATFORM else set())
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
        case f.ClockExtended():
            clock = case.terms.clock(fact.clock)
            return clock is not None and clock.waits_for in ("staff", "approver") and not clock.statutory
        case _:
            return fact.type in UNTOLD


def in_hiding(case: Case) -> bool:
    """Whether a ruling waits for approval or grace."""
    return case.phase in (Phase.APPROVAL, Phase.RULED)
