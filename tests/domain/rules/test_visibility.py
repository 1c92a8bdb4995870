"""Somebody is hurt or in danger: who is paged, who is told, and what nobody outside the two sides sees."""

from __future__ import annotations

from typing import Any

import pytest

from domain.model.facts import Colleague
from domain.views.case import view
from tests.support.cases import (
    CLAIMANT,
    LEAD,
    MEDIATOR,
    OPS,
    PEOPLE,
    RESPONDENT,
    Life,
    a_case,
)

INSURER, POLICE, NEIGHBOUR = "pty_insurer", "pty_police", "pty_neighbour"
STATEMENT = "The dog ran into the road while the sitter held the lead."


def incident(**report: Any) -> Life:
    """A report with a witness, an insurer and the police; nobody of the team is on shift."""
    life = a_case("safety_incident", **{"statement": STATEMENT, "category": "injury", **report})
    life.with_party(NEIGHBOUR, "claimant", "witness").with_party(INSURER, "respondent", "insurer")
    life.with_party(POLICE, "claimant", "authority")
    life.team = tuple(Colleague(actor=PEOPLE[who], roles=(PEOPLE[who].role,), on_shift=False) for who in (MEDIATOR, LEAD, OPS))
    return life


def told_of_breach(life: Life) -> tuple[str, ...] | None:
    life.fire("first_response", "breach")
    reached = next(f for f in reversed(life.facts) if f.type == "level_reached" and f.level == "breach")
    return reached.told if reached.withheld is None else None


class TestPaging:
    def test_the_worst_pages_people_who_are_off_shift(self) -> None:
        assert set(told_of_breach(incident(category="life_in_danger").opened()) or ()) == {LEAD, OPS}

    def test_anything_else_waits_for_a_shift(self) -> None:
        assert told_of_breach(incident().opened()) is None

    def test_what_is_graded_as_the_worst_pages_from_then_on(self) -> None:
        life = incident().opened().says(LEAD, "retarget", priority="urgent", reason="surgery")
        assert set(told_of_breach(life) or ()) == {LEAD, OPS}


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
