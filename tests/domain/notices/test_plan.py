"""Who is told what: one notice for each party and event, and nothing in it that its reader may not know."""

from __future__ import annotations

from typing import Any

import pytest

from domain.notices.plan import NoticeDraft
from tests.domain.invariants import tells_no_secret
from tests.support.cases import (
    AGENT,
    CLAIMANT,
    KINDS,
    LEAD,
    LEAD_2,
    MEDIATOR,
    OPS,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    WITNESS,
    Life,
    a_case,
)


def told(life: Life) -> dict[str, list[str]]:
    """What the last step told whom."""
    by_whom: dict[str, list[str]] = {}
    for _, notice in life.last.notices:
        by_whom.setdefault(notice.recipient, []).append(notice.event)
    return by_whom


def last_for(life: Life, recipient: str) -> NoticeDraft:
    return life.notices_for(recipient)[-1]


@pytest.mark.parametrize("kind", KINDS)
class TestRulingIssued:
    def test_one_notice_to_each_principal_with_the_reasons(self, kind: str) -> None:
        life = a_case(kind).appealable()
        for who in (CLAIMANT, RESPONDENT):
            assert told(life)[who] == ["ruling_issued"]
            assert last_for(life, who).texts["reasons"] == life.case.rulings[0].reasons

    def test_to_each_in_its_own_terms(self, kind: str) -> None:
        life = a_case(kind).appealable()
        loser, winner = last_for(life, RESPONDENT).data, last_for(life, CLAIMANT).data
        # Where the law gives longer than the case stays open, that is the day that they are told.
        clock, end = ("complaint_window", "end_complaints") if kind == "fraud_report" else ("appeal_window", "close")
        assert (loser["your_side"], loser["right"]["allowed"], loser["by_default"]) == ("respondent", True, end)
        assert loser["due_at"] == life.due(clock).due_at.isoformat()
        assert (winner["your_side"], winner["right"]) == ("claimant", {"allowed": False, "because": "nothing_lost"})
        assert "due_at" not in winner, "there is nothing that the winner could do in time"

    def test_the_policy_it_was_made_under_and_the_remedies(self, kind: str) -> None:
        life = a_case(kind).appealable()
        data = last_for(life, CLAIMANT).data
        assert data["version"] == f"{kind}@{life.case.terms.version[:12]}"
        assert [r["amount"] for r in data["remedies"]] == [r.amount.amount for r in life.case.rulings[0].remedies if r.amount]

    def test_an_upheld_ruling_names_the_remedies_that_stand(self, kind: str) -> None:
        life = a_case(kind).appeal_ruled().fire("grace")
        assert [r["type"] for r in last_for(life, CLAIMANT).data["remedies"]] == [e.remedy.type for e in life.case.effects]

    def test_the_platform_hears_of_it_and_of_the_end(self, kind: str) -> None:
        life = a_case(kind).ruled("none").fire("grace").fire("appeal_window")
        assert [n.event for n in life.notices_for("platform")][-2:] == ["ruling_issued", "case_closed"]

    def test_a_representative_too_and_a_witness_not(self, kind: str) -> None:
        life = (
            a_case(kind)
            .with_party(AGENT, "respondent", "representative")
            .with_party(WITNESS, "respondent", "witness")
            .appealable()
        )
        assert told(life)[AGENT] == ["ruling_issued"]
        assert life.notices_for(WITNESS) == ()


class TestSecrets:
    @pytest.mark.parametrize("reach", ["in_approval", "ruled", "appeal_in_approval", "appeal_ruled"])
    @pytest.mark.parametrize(("who", "what"), [(MEDIATOR, "message"), (CLAIMANT, "message"), (RESPONDENT, "submit_evidence")])
    def test_what_is_told_while_a_ruling_is_drafted_sounds_as_before(self, reach: str, who: str, what: str) -> None:
        life = getattr(a_case(), reach)()
        if who == MEDIATOR and reach.startswith("appeal"):
            who = LEAD_2
        life.says(who, what)
        for _, notice in life.last.notices:
            tells_no_secret(notice)
            if notice.audience != "staff":
                assert notice.data["phase"] == ("appeal" if reach.startswith("appeal") else "review")
                assert notice.data["waiting_on"] == "staff"

    @pytest.mark.parametrize("reach", ["in_approval", "ruled", "appeal_in_approval", "appeal_ruled"])
    def test_drafting_approving_returning_and_retracting_tell_nobody_outside(self, reach: str) -> None:
        life = getattr(a_case(), reach)()
        assert {n.audience for _, n in life.last.notices} <= {"staff"}
        drafter = life.case.ruling.decider if life.case.ruling else ""
        life.says(drafter, "retract")
        assert {n.audience for _, n in life.last.notices} <= {"staff"}

    def test_not_even_a_pack_can_have_a_party_told_of_what_is_internal(self) -> None:
        life = a_case().in_review()
        everybody: dict[str, Any] = dict.fromkeys(
            ("ruling_drafted", "case_assigned", "phase_entered:approval", "note_added", "level_reached:escalate"), ("all",)
        )
        life._case = life.case.model_copy(update={"terms": life.case.terms.model_copy(update={"notices": everybody})})
        before = len(life.notices)
        life.says(MEDIATOR, "note").in_approval().later(life.due("approval").due_at - life.now)
        assert {n.audience for _, n in life.notices[before:]} <= {"staff"}

    def test_the_number_of_facts_is_for_the_team(self) -> None:
        life = a_case().in_review().says(CLAIMANT, "message")
        assert "seq" not in last_for(life, RESPONDENT).data
        assert last_for(life, MEDIATOR).data["seq"] == life.case.seq

    def test_confidential_evidence_is_quoted_to_nobody(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "request_evidence", of="claimant")
        life.says(CLAIMANT, "submit_evidence", confidential=True)
        assert told(life) == {MEDIATOR: ["requests_settled"]}
        assert last_for(life, MEDIATOR).texts == {}

    def test_a_message_to_one_side_is_told_to_that_side_alone(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "message", to="claimant")
        assert told(life) == {CLAIMANT: ["message_sent"]}


class TestWhoIsTold:
    def test_not_whoever_did_it(self) -> None:
        life = a_case().in_review().says(CLAIMANT, "withdraw")
        assert set(told(life)) == {RESPONDENT, "platform"}

    @pytest.mark.parametrize("by", [RESPONDENT, MEDIATOR])
    def test_both_sides_have_an_agreement_in_writing_whoever_said_yes_last(self, by: str) -> None:
        life = a_case().in_review()
        life.says(by, "offer", remedy="payout", amount={"amount": 40_000, "currency": "USD"})
        if by == MEDIATOR:
            life.says(RESPONDENT, "accept_offer")
        life.says(CLAIMANT, "accept_offer")
        for party in (CLAIMANT, RESPONDENT):
            last = last_for(life, party)
            assert last.event in ("offer_accepted", "proposal_ended:accepted", "proposal_ended")
            assert last.data["case_outcome"] == "settled"

    def test_the_respondent_of_a_report_that_was_turned_away_at_the_gate_is_not(self) -> None:
        life = a_case("fraud_report", attributes={"status": "won"}).opened()
        assert told(life) == {CLAIMANT: ["case_declined"], "platform": ["case_declined", "case_closed", "case_opened"]}

    def test_but_one_who_knew_of_it_is(self) -> None:
        life = a_case("fraud_report").in_intake()
        life.disclosed()
        assert told(life)[RESPONDENT] == ["case_disclosed"]
        life.says(OPS, "decline")
        assert told(life)[RESPONDENT] == ["case_closed"]

    def test_a_party_gets_one_notice_for_what_happens_at_once_and_it_is_the_weightiest(self) -> None:
        life = a_case().in_settlement().says(RESPONDENT, "offer", remedy="payout", amount={"amount": 1, "currency": "USD"})
        life.says(CLAIMANT, "accept_offer")
        assert told(life)[RESPONDENT] == ["offer_accepted"]

    def test_the_asked_side_with_its_date_and_what_happens_by_default(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "request_evidence", of="respondent", what="Which build was it?")
        data = last_for(life, RESPONDENT).data
        end = next(r for r in life.case.timetable if r.level == "end")
        assert (data["due_at"], data["by_default"], data["waiting_on"]) == (
            end.due_at.isoformat(),
            "proceed_on_file",
            "respondent",
        )
        assert life.sealer.texts[last_for(life, RESPONDENT).texts["what"].content_id] == "Which build was it?"
        assert CLAIMANT not in told(life)

    def test_a_reminder_goes_to_the_side_that_is_waited_for(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "request_evidence", of="respondent").fire("respondent_response", "remind")
        assert told(life) == {RESPONDENT: ["level_reached:warn"]}

    def test_leads_when_a_case_without_an_owner_is_late(self) -> None:
        life = a_case("fraud_report").opened().fire("first_response", "breach")
        assert told(life) == {"role:leads": ["level_reached:escalate"]}

    def test_leads_when_a_second_person_is_needed(self) -> None:
        assert told(a_case().in_approval()) == {"role:leads": ["phase_entered:approval"]}

    def test_the_drafter_when_it_was_sent_back(self) -> None:
        life = a_case().in_approval().says(LEAD, "return_ruling")
        assert told(life) == {MEDIATOR: ["ruling_returned"]}

    @pytest.mark.parametrize(("owner", "who"), [(MEDIATOR, (MEDIATOR, "role:leads")), (None, ("role:leads",))])
    def test_whoever_looks_after_it_when_somebody_could_not_be_reached(self, owner: str | None, who: tuple[str, ...]) -> None:
        life = a_case().in_review(owner=owner).says(ROBOT, "report_delivery", notice_id="ntc_7", reason="mailbox_gone")
        assert told(life) == {one: ["delivery_failed"] for one in who}

    def test_the_platform_gets_no_texts(self) -> None:
        life = a_case().appealable().says(RESPONDENT, "appeal")
        assert all(n.texts == {} for n in life.notices_for("platform"))

    def test_each_notice_names_a_fact_of_its_step(self) -> None:
        life = a_case().in_appeal().says(PLATFORM, "message")
        for made in life.steps:
            numbers = {r.seq for r in made.recordings}
            assert {seq for seq, _ in made.notices} <= numbers
