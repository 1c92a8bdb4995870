"""Nobody loses by what the other side has handed in last, unseen or unanswered, as far as the ruling relies on it."""

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Phase
from domain.rules.evolve import fold
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, MEDIATOR_2, OUTCOMES, RESPONDENT, Life, a_case

DENIED = {"outcome": "denied", "ground": "not_received"}
PAID = {
    "outcome": "refunded",
    "ground": "not_received",
    "remedies": [{"type": "refund", "amount": {"amount": 100, "currency": "USD"}}],
}

HEAVY = OUTCOMES["fraud_report"]["heavy"]
WARNED = {**HEAVY, "remedies": [*HEAVY["remedies"], {"type": "warn", "to": "respondent"}]}


def claimed() -> Life:
    return a_case("payment_dispute").that_protects().in_review()


class TestComesWhileADraftWaits:
    def drafted(self) -> Life:
        return a_case("fraud_report").in_review().disclosed().says(MEDIATOR, "rule", **WARNED)

    @pytest.mark.parametrize("word", ["message", "submit_evidence"])
    def test_is_read_by_whoever_agrees_and_told_to_who_drafted_it(self, word: str) -> None:
        life = self.drafted().says(RESPONDENT, word)
        assert {n.recipient for _, n in life.last.notices if n.event == "came_since_draft"} == {MEDIATOR, "role:leads"}
        refusal = life.refused(LEAD, "approve")
        assert (refusal.code, len(refusal.fields["since"])) == ("not_seen", 1)
        assert fold(life.case_id, life.recordings) == life.case
        assert life.says(LEAD, "approve", seen=refusal.fields["since"]).case.phase is Phase.RULED

    def test_stops_nobody_where_it_comes_from_who_wins(self) -> None:
        assert self.drafted().says(CLAIMANT, "submit_evidence").says(LEAD, "approve").case.phase is Phase.RULED

    def test_is_nothing_to_the_next_draft(self) -> None:
        life = self.drafted().says(RESPONDENT, "message").says(LEAD, "return_ruling")
        life.says(MEDIATOR, "rule", **WARNED)
        assert life.case.came_since == ()


class TestUnseen:
    @pytest.mark.parametrize("hidden", [{"confidentiality": "deciders"}, {"confidentiality": "own_side"}, {"to": "desk"}])
    def test_is_no_ground_against_the_other_side(self, hidden: dict[str, str]) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence", **hidden)
        refusal = life.later(timedelta(days=30)).refused(MEDIATOR, "rule", **DENIED)
        assert (refusal.code, refusal.fields["missing"], refusal.fields["until"]) == ("not_heard", "evidence", None)
        assert refusal.fields["evidence"] == list(life.case.handed_in)

    def test_a_word_of_theirs_does_not_answer_it(self) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence", to="desk").says(CLAIMANT, "message")
        assert life.refused(MEDIATOR, "rule", **DENIED).code == "not_heard"

    @pytest.mark.parametrize("shown", ["request_evidence", "message"])
    def test_shown_the_gist_they_answer_or_let_their_time_go_by(self, shown: str) -> None:
        gist = {"of": "claimant"} if shown == "request_evidence" else {"to": "claimant"}
        life = claimed().says(RESPONDENT, "submit_evidence", to="desk").says(MEDIATOR, shown, **gist)
        assert life.refused(MEDIATOR, "rule", **DENIED).fields["until"] is not None
        again = fold(life.case_id, life.recordings)
        assert again == life.case
        life.says(CLAIMANT, "submit_evidence").says(MEDIATOR, "rule", **DENIED)

    def test_and_so_it_is_with_the_time_alone(self) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence", to="desk").says(MEDIATOR, "message", to="claimant")
        assert life.later(timedelta(days=8)).says(MEDIATOR, "rule", **DENIED).case.ruling is not None

    def test_a_word_to_the_desk_alone_is_as_unseen(self) -> None:
        life = claimed().says(RESPONDENT, "message", to="desk")
        assert life.refused(MEDIATOR, "rule", **DENIED).fields["missing"] == "evidence"


class TestShown:
    def test_it_can_be_answered(self) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence")
        assert life.refused(MEDIATOR, "rule", **DENIED).fields["missing"] == "evidence"
        assert life.says(CLAIMANT, "message").says(MEDIATOR, "rule", **DENIED).case.ruling is not None

    def test_what_hits_nobody_waits_for_nobody(self) -> None:
        assert claimed().says(RESPONDENT, "submit_evidence").says(MEDIATOR, "rule", **PAID).case.ruling is not None

    def test_it_is_so_for_both_sides(self) -> None:
        life = claimed().says(RESPONDENT, "message").says(CLAIMANT, "submit_evidence")
        assert life.refused(MEDIATOR, "rule", **PAID).fields["side"] == "respondent"


class TestReliesOn:
    def test_trifles_delay_nobody(self) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence").says(CLAIMANT, "message").says(RESPONDENT, "submit_evidence")
        first, last = life.case.handed_in
        assert life.refused(MEDIATOR, "rule", **DENIED, relies_on=[first, last]).fields["evidence"] == [last]
        life.says(MEDIATOR, "rule", **DENIED, relies_on=[first])
        drafted = next(r.fact for r in life.recordings if r.fact.type == "ruling_drafted")
        assert drafted.relies_on == (first,)

    def test_only_what_there_is(self) -> None:
        refusal = claimed().says(RESPONDENT, "message").refused(MEDIATOR, "rule", **DENIED, relies_on=["evd_none"])
        assert refusal.code == "evidence_unknown"


class TestOnAppeal:
    def appealed(self) -> Life:
        life = (
            claimed()
            .says(RESPONDENT, "message")
            .says(MEDIATOR, "rule", **DENIED)
            .later(timedelta(days=1))
            .says(CLAIMANT, "appeal")
        )
        return life.says(MEDIATOR_2, "take").says(RESPONDENT, "submit_evidence")

    def test_an_appeal_is_not_lost_by_what_came_in_unanswered(self) -> None:
        life = self.appealed()
        assert life.refused(MEDIATOR_2, "decide_appeal", decision="uphold").fields["missing"] == "evidence"
        assert life.says(CLAIMANT, "message").says(MEDIATOR_2, "decide_appeal", decision="uphold").case.ruling is not None

    def test_unless_it_rests_on_none_of_it(self) -> None:
        life = self.appealed().says(MEDIATOR_2, "decide_appeal", decision="uphold", relies_on=[])
        assert life.case.ruling is not None


class TestWhoeverLosesIsToldSo:
    @pytest.mark.parametrize(("ruling", "loser"), [(DENIED, "claimant"), (PAID, "respondent")])
    def test_the_side_that_lost_alone(self, ruling: dict[str, Any], loser: str) -> None:
        life = claimed().says(RESPONDENT, "message").says(CLAIMANT, "message").says(MEDIATOR, "rule", **ruling)
        life.later(timedelta(days=1))
        told = {who: life.notices_for(who) for who in (CLAIMANT, RESPONDENT)}
        said = {who for who, drafts in told.items() if any(draft.data.get("could_answer") for draft in drafts)}
        assert {who for who, drafts in told.items() if drafts} == {CLAIMANT, RESPONDENT}
        assert said == {CLAIMANT if loser == "claimant" else RESPONDENT}


class TestOldCases:
    def test_go_on_by_their_own_terms(self) -> None:
        life = a_case("payment_dispute").that_protects().with_terms(late=False).in_review()
        assert life.says(RESPONDENT, "submit_evidence", to="desk").says(MEDIATOR, "rule", **DENIED).case.unanswered == ()


class TestWhereWordsGoToTheDesk:
    def test_what_the_reporter_adds_after_the_answer_is_put_to_the_accused(self) -> None:
        life = a_case("conduct_report").that_protects().in_review()
        life.says(MEDIATOR, "complete_step", steps=["evidence_secured", "record_checked"])
        life.says(CLAIMANT, "submit_evidence").says(MEDIATOR, "request_evidence", of="respondent")
        life.says(RESPONDENT, "submit_evidence").says(CLAIMANT, "submit_evidence")
        against = OUTCOMES["conduct_report"]["light"]
        assert life.refused(MEDIATOR, "rule", **against).fields["evidence"] == [life.case.handed_in[-1]]
        life.says(MEDIATOR, "request_evidence", of="respondent").says(RESPONDENT, "submit_evidence")
        assert life.says(MEDIATOR, "rule", **against).case.ruling is not None
