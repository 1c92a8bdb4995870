"""What each audience may know of a case: insurers and authorities see what is shared, not what passes between the sides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.views.case import view, visible
from tests.support.cases import CLAIMANT, MEDIATOR, RESPONDENT, WITNESS, Life, a_case
from tests.support.incidents import INSURER, NEIGHBOUR, POLICE, incident


class TestThirdParties:
    def notices(self, life: Life, event: str) -> dict[str, dict[str, Any]]:
        return {n.recipient: n.data for _, n in life.notices if n.event == event}

    def test_insurer_and_authority_hear_that_the_case_is_open_and_the_witness_does_not(self) -> None:
        told = self.notices(incident().with_terms(disclosure="at_opening").opened(), "case_opened")
        assert {CLAIMANT, RESPONDENT, INSURER, POLICE} <= set(told)
        assert NEIGHBOUR not in told

    def test_they_hear_how_it_stands_and_no_date_of_a_side(self) -> None:
        told = self.notices(incident().with_terms(disclosure="at_opening").opened(), "case_opened")
        assert told[INSURER] == {
            "phase": "review", "phase_label": "Investigation", "kind": "safety_incident", "third_party": "insurer",
        }  # fmt: skip

    @pytest.mark.parametrize("party", [INSURER, POLICE])
    def test_they_see_what_is_shared_alone(self, party: str) -> None:
        life = incident().in_review().says(MEDIATOR, "request_evidence", of="respondent")
        seen = view(life.case, life.actor(party))
        assert (seen.deadlines, seen.requests, seen.offer) == ((), (), None)

    @pytest.mark.parametrize("party", [INSURER, POLICE])
    def test_they_hand_evidence_in_and_withdraw_nothing(self, party: str) -> None:
        life = incident().in_review().disclosed().says(party, "submit_evidence")
        assert life.refused(party, "withdraw").code == "not_allowed"


class TestAWitness:
    """Somebody who saw what happened, and is on no side: what passes between the sides is not theirs."""

    @pytest.fixture(params=["claimant", "respondent"])
    def life(self, request: pytest.FixtureRequest) -> Life:
        return a_case().with_party(WITNESS, request.param, "witness")

    def sees(self, life: Life) -> set[str]:
        return {r.fact.type for r in life.recordings if visible(life.case, r, life.actor(WITNESS))}

    def test_sees_no_offer(self, life: Life) -> None:
        life.in_settlement().says(CLAIMANT, "offer", remedy="payout", amount={"amount": 500, "currency": "EUR"})
        life.says(RESPONDENT, "decline_offer")
        assert self.sees(life) == {"case_opened", "phase_entered"}

    def test_sees_that_the_matter_is_looked_at_again_and_not_who_asked_for_it_or_why(self, life: Life) -> None:
        life.in_appeal()
        assert "appeal_lodged" in {r.fact.type for r in life.recordings}
        assert "appeal_lodged" not in self.sees(life)
        assert life.seen_by(WITNESS).phase.value == "appeal"

    def test_sees_how_it_was_decided_and_not_what_a_side_was_given(self, life: Life) -> None:
        life.appealable(weight="light")
        assert "ruling_issued" in self.sees(life)
        assert self.sees(life) & {"effect_ordered", "effect_reported", "evidence_lapsed", "clock_extended"} == set()

    def test_sees_what_is_said_to_all_and_not_what_is_said_to_a_side(self, life: Life) -> None:
        life.in_review().says(MEDIATOR, "message", to="claimant").says(MEDIATOR, "message", to="all")
        told = [r.fact for r in life.recordings if r.fact.type == "message_sent" and visible(life.case, r, life.actor(WITNESS))]
        assert [message.to for message in told] == ["all"]

    def test_does_not_learn_from_whose_turn_it_is_who_made_an_offer(self, life: Life) -> None:
        life.in_settlement()
        before = life.seen_by(WITNESS).waiting_on
        life.says(CLAIMANT, "offer", remedy="payout", amount={"amount": 500, "currency": "EUR"})
        assert life.seen_by(CLAIMANT).waiting_on == "respondent"
        assert life.seen_by(WITNESS).waiting_on == before == "both"

    @pytest.mark.parametrize(
        ("who", "what", "fields"),
        [
            (MEDIATOR, "message", {"to": "claimant"}),
            (MEDIATOR, "message", {"to": "respondent"}),
            (MEDIATOR, "request_evidence", {"of": "claimant"}),
            (MEDIATOR, "request_evidence", {"of": "respondent"}),
            (MEDIATOR, "note", {}),
        ],
    )
    def test_nor_from_when_it_changed_that_something_passed_between_others(
        self, life: Life, who: str, what: str, fields: dict[str, Any]
    ) -> None:
        before = life.in_review().seen_by(WITNESS)
        life.later(timedelta(hours=2)).says(who, what, **fields)
        assert life.seen_by(WITNESS) == before

    def test_when_it_changed_is_when_something_was_said_to_them(self, life: Life) -> None:
        life.in_review().later(timedelta(hours=2)).says(MEDIATOR, "message", to="all")
        assert life.seen_by(WITNESS).updated_at == life.now

    def test_or_asked_of_them(self, life: Life) -> None:
        side = life.actor(WITNESS).side
        assert side is not None
        life.in_review().later(timedelta(hours=2)).says(MEDIATOR, "request_evidence", of=side.value, party=WITNESS)
        assert life.seen_by(WITNESS).updated_at == life.now

    def test_nor_of_whom_something_is_asked(self, life: Life) -> None:
        life.in_review().says(MEDIATOR, "request_evidence", of="respondent")
        assert life.seen_by(RESPONDENT).waiting_on == "respondent"
        assert life.seen_by(WITNESS).waiting_on == "staff"
