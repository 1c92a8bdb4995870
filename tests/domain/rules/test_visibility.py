"""What each audience may know of a case: insurers and authorities see what is shared, not what passes between the sides."""

from __future__ import annotations

from typing import Any

import pytest

from domain.views.case import view
from tests.support.cases import (
    CLAIMANT,
    MEDIATOR,
    RESPONDENT,
    Life,
)
from tests.support.incidents import INSURER, NEIGHBOUR, POLICE, incident


class TestThirdParties:
    def notices(self, life: Life, event: str) -> dict[str, dict[str, Any]]:
        return {n.recipient: n.data for _, n in life.notices if n.event == event}

    def test_insurer_and_authority_hear_that_the_case_is_open_and_the_witness_does_not(self) -> None:
        told = self.notices(incident().opened(), "case_opened")
        assert {CLAIMANT, RESPONDENT, INSURER, POLICE} <= set(told)
        assert NEIGHBOUR not in told

    def test_they_hear_how_it_stands_and_no_date_of_a_side(self) -> None:
        told = self.notices(incident().opened(), "case_opened")
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
        life = incident().in_review().says(party, "submit_evidence")
        assert life.refused(party, "withdraw").code == "not_allowed"
