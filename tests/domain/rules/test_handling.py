"""The desk: who gives a case back, and whom a note tells."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.base import Outcome, Phase, Side
from domain.model import facts as f
from domain.model.refusals import Refusal
from domain.rules.rule import DecisionContext
from domain.transition import step
from tests.support.cases import (
    CLAIMANT,
    FRIEND,
    LEAD,
    MEDIATOR,
    MEDIATOR_2,
    OPS,
    OUTCOMES,
    PLATFORM,
    RESPONDENT,
    Life,
    a_case,
)

SIXTY = {"amount": 6000, "currency": "USD"}


class TestSkip:
    def test_gives_the_case_back_to_its_queue_with_the_reason(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "skip", reason="too_technical")
        assert [r.fact for r in life.last.recordings] == [
            f.CaseSkipped(person=MEDIATOR, reason="too_technical"),
            f.CaseQueued(queue="mediation", reason="skipped"),
        ]
        assert (life.case.owner, life.case.queue) == (None, "mediation")

    def test_leaves_it_to_whoever_takes_it_and_stops_no_clock(self) -> None:
        life = a_case().in_review()
        due_at = life.due("ruling").due_at
        life.says(MEDIATOR, "skip", reason="too_technical")
        assert not life.case.owner_sought, "it is not given to the same person again"
        assert life.due("ruling").due_at == due_at
        assert life.says(MEDIATOR_2, "take").case.owner == MEDIATOR_2

    def test_is_the_owners_alone(self) -> None:
        life = a_case().in_review()
        assert life.refused(MEDIATOR_2, "skip", reason="too_technical").code == "not_your_case"
        assert life.refused(CLAIMANT, "skip", reason="too_technical").code == "not_allowed"

    def test_of_a_drafted_ruling_there_is_none(self) -> None:
        assert a_case().in_approval().refused(MEDIATOR, "skip", reason="too_technical").code == "not_in_this_phase"


def mentioning(life: Life, *people: str, here: tuple[str, ...] | None) -> Life:
    """The mediator writes a note; of those it mentions, ``here`` are known to work here."""
    command = life.command(MEDIATOR, "note", mentions=list(people))
    context = DecisionContext(actor=life.actor(MEDIATOR), mentioned=here)
    return life._take(step(life.case, life.case_id, command, context, life.now, life.now, life.reference))


class TestMentions:
    def test_tell_each_colleague_once_with_the_note(self) -> None:
        life = mentioning(a_case().in_review(), LEAD, OPS, LEAD, here=(LEAD, OPS))
        (note,) = [r.fact for r in life.last.recordings]
        assert isinstance(note, f.NoteAdded)
        assert note.mentions == (LEAD, OPS)
        told = [(draft.event, draft.recipient, draft.audience, draft.texts) for _, draft in life.last.notices]
        assert told == [("mentioned", who, "staff", {"text": note.text}) for who in (LEAD, OPS)]

    def test_tell_no_party_and_not_whoever_wrote_it(self) -> None:
        life = mentioning(a_case().in_review(), MEDIATOR, LEAD, here=(MEDIATOR, LEAD))
        assert [draft.recipient for _, draft in life.last.notices] == [LEAD]
        for party in (CLAIMANT, RESPONDENT):
            assert all(draft.event != "mentioned" for draft in life.notices_for(party))

    def test_of_somebody_who_does_not_work_here_are_refused(self) -> None:
        life = a_case().in_review()
        with pytest.raises(Refusal) as caught:
            mentioning(life, LEAD, "per_nobody", here=(LEAD,))
        assert (caught.value.code, caught.value.fields) == ("person_unknown", {"mentions": ["per_nobody"]})

    def test_a_note_without_any_tells_nobody(self) -> None:
        assert mentioning(a_case().in_review(), here=None).last.notices == ()


class TestDecline:
    def test_the_reason_is_kept_with_the_fact_and_the_closing(self) -> None:
        life = a_case().in_intake().says(OPS, "decline", reason="not_ours", reasons="Ask the bank.")
        declined, closed = life.facts[-2:]
        assert isinstance(declined, f.CaseDeclined)
        assert isinstance(closed, f.CaseClosed)
        assert declined.reason == closed.reason == "not_ours"
        assert declined.reasons is not None
        assert life.sealer.texts[declined.reasons.content_id] == "Ask the bank."


class TestMessage:
    @pytest.mark.parametrize(
        ("who", "sender"), [(CLAIMANT, "claimant"), (MEDIATOR, "staff"), (OPS, "staff"), (PLATFORM, "platform")]
    )
    def test_says_from_where_it_comes(self, who: str, sender: str) -> None:
        fact = a_case().in_review().says(who, "message").facts[-1]
        assert isinstance(fact, f.MessageSent)
        assert fact.sender == sender

    def test_only_the_teams_is_a_first_response(self) -> None:
        life = a_case("fraud_report").in_review().says(PLATFORM, "message").says(CLAIMANT, "message")
        assert "first_response" in {row.clock for row in life.case.timetable}
        life.says(MEDIATOR, "message")
        assert "first_response" not in {row.clock for row in life.case.timetable}


class TestAssign:
    def test_nobody_by_that_id(self) -> None:
        assert a_case().in_review().refused(OPS, "assign", owner="per_nobody").code == "actor_unknown"

    @pytest.mark.parametrize(("owner", "because"), [(FRIEND, "conflict"), (OPS, "no_judge")])
    def test_never_to_somebody_who_may_not_judge_it(self, owner: str, because: str) -> None:
        refusal = a_case().in_review().refused(OPS, "assign", owner=owner)
        assert (refusal.code, refusal.fields["because"]) == ("own_case", because)

    def test_not_to_its_owner_again(self) -> None:
        assert a_case().in_review().refused(OPS, "assign", owner=MEDIATOR).code == "owner_mismatch"

    def test_to_nobody_puts_it_back_into_its_queue(self) -> None:
        case = a_case().in_review().says(OPS, "assign", owner=None, reason="on_leave").case
        assert (case.owner, case.queue) == (None, "mediation")

    def test_the_appeals_queue_while_it_is_on_appeal(self) -> None:
        assert a_case().in_appeal().says(OPS, "assign", owner=None).case.queue == "appeals"


class TestWithdraw:
    @pytest.mark.parametrize("reach", ["in_intake", "in_review", "in_approval", "ruled"])
    def test_ends_the_case_whatever_waits_inside(self, reach: str) -> None:
        case = getattr(a_case(), reach)().says(CLAIMANT, "withdraw").case
        assert (case.outcome, case.ruling, case.effects) == (Outcome.WITHDRAWN, None, ())
        assert case.quiet

    def test_what_an_earlier_ruling_gave_is_undone_when_the_report_is_taken_back_after_remit(self) -> None:
        life = a_case().appeal_ruled("remit").fire("grace").says(CLAIMANT, "withdraw")
        paid, undone = life.case.effects
        assert (undone.reverses, undone.remedy) == (paid.id, paid.remedy)
        assert life.case.outcome is Outcome.WITHDRAWN


class TestReopen:
    def test_inside_the_packs_window(self) -> None:
        life = a_case().closed().later(timedelta(days=90) - timedelta(minutes=1)).says(OPS, "reopen")
        assert (life.case.phase, life.case.outcome, life.case.owner) == (Phase.REVIEW, None, None)

    def test_not_after_it(self) -> None:
        life = a_case().closed().later(timedelta(days=90, seconds=1))
        assert life.refused(OPS, "reopen").code == "window_over"

    def test_what_is_decided_afresh_can_be_appealed_afresh(self) -> None:
        life = a_case().appeal_ruled().fire("grace")
        assert life.case.phase is Phase.CLOSED
        life.says(OPS, "reopen").in_review(owner=MEDIATOR_2).in_appeal(owner=None)
        assert life.case.appellants == (Side.RESPONDENT,)

    def agreed(self) -> Life:
        life = a_case("payment_dispute").in_settlement().says(CLAIMANT, "offer", remedy="refund", amount=SIXTY)
        life.says(RESPONDENT, "accept_offer")
        assert life.case.outcome is Outcome.SETTLED
        return life

    def test_what_was_agreed_on_takes_a_named_ground(self) -> None:
        refusal = self.agreed().refused(OPS, "reopen", reason="second_thoughts")
        assert (refusal.code, "mistake" in refusal.fields["allowed"]) == ("settled_before", True)

    @pytest.mark.parametrize("reason", ["asked_by_claimant", "asked_by_respondent", "asked_by_both"])
    def test_what_a_side_asked_for_is_on_record(self, reason: str) -> None:
        refusal = self.agreed().refused(OPS, "reopen", reason=reason)
        assert (refusal.code, set(refusal.fields["sides"]) <= {"claimant", "respondent"}) == ("request_unrecorded", True)
        said = a_case().appealable().says(CLAIMANT, "message", text="Please look again.").fire("appeal_window")
        assert said.says(OPS, "reopen", reason="asked_by_claimant").case.phase is Phase.REVIEW

    def test_and_two_before_a_ruling_takes_its_place(self) -> None:
        life = self.agreed().says(OPS, "reopen", reason="asked_by_claimant", reasons="By telephone on Monday.").says(LEAD, "take")
        life.says(LEAD, "rule", **OUTCOMES["payment_dispute"]["light"], relies_on=[])
        drafted = next(fact for fact in life.facts if fact.type == "ruling_drafted")
        assert (life.case.phase, getattr(drafted, "approval_because", None)) == (Phase.APPROVAL, "settled_before")


class TestClose:
    def test_puts_no_request_for_data_away(self) -> None:
        life = a_case("compliance_request", category="gdpr_access").in_review()
        assert life.refused(OPS, "close").code == "request_unanswered"

    @pytest.mark.parametrize("category", ["please_delete", "other", "gdpr_erasure"])
    @pytest.mark.parametrize(("who", "what"), [(LEAD, "decline"), (OPS, "decline"), (OPS, "close")])
    def test_nor_in_triage_by_whatever_name(self, category: str, who: str, what: str) -> None:
        """Regulation (EU) 2016/679, article 12(4)."""
        life = a_case("compliance_request", category=category).in_intake()
        assert life.refused(who, what).code == "request_unanswered"
        life.says(LEAD, "retarget", category="legal_order", reason="it_is_one")
        assert life.refused(who, what).code == "request_unanswered"
        assert life.says(LEAD, "admit").refused(OPS, "close").code == "request_unanswered"

    def test_but_what_asks_for_no_data_of_ones_own(self) -> None:
        assert a_case("compliance_request", category="legal_order").in_review().says(OPS, "close").case.phase is Phase.CLOSED


class TestTake:
    def test_makes_the_taker_the_owner(self) -> None:
        assert a_case().in_review(owner=None).says(MEDIATOR_2, "take").case.owner == MEDIATOR_2

    def test_what_is_ones_own_is_said_to_be_so(self) -> None:
        refusal = a_case().in_review().refused(MEDIATOR, "take")
        assert (refusal.code, refusal.fields["because"]) == ("owner_mismatch", "yours")


def test_no_part_is_split_off_what_was_sent_back_and_put_away_there() -> None:
    """European Convention on Human Rights, article 6(1): a matter brought before an instance that decides on it is answered."""
    life = a_case("payment_dispute").in_review().ruled().fire("grace").says(OPS, "annul", reason="procedural_fault")
    refusal = life.refused(LEAD, "split", reasons="A part of it.", statement="A part of it.")
    assert refusal.code == "undecided_afresh"
