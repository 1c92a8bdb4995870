"""A party who has said something hears from the team: counted from the oldest word that nobody has answered."""

from __future__ import annotations

from typing import Any

import pytest

from domain.base import Phase
from tests.support.cases import AGENT, CLAIMANT, LEAD, LEAD_2, MEDIATOR, OPS, PLATFORM, RESPONDENT, Life, a_case
from tests.support.clock_readings import after, ahead, at, end, rows


def answered(**report: Any) -> Life:
    """In review, and the parties have heard of the mediator on Monday at 09:03."""
    return a_case(**report).in_review().says(MEDIATOR, "message")


def asked(**report: Any) -> Life:
    """A message of the claimant on Monday at 10:00 waits for an answer until Wednesday at 10:00."""
    return after(answered(**report), "03-02 10:00", CLAIMANT, "message")


class TestStarts:
    @pytest.mark.parametrize("who", [CLAIMANT, RESPONDENT, AGENT])
    def test_with_the_word_of_a_party(self, who: str) -> None:
        life = a_case().with_party(AGENT, "claimant", "representative").in_review().says(MEDIATOR, "message")
        after(life, "03-02 10:00", who, "message")
        assert rows(life, "next_update") == {"warn": at("03-04 09:00"), "breach": at("03-04 10:00")}

    def test_sixteen_hours_over_a_weekend(self) -> None:
        assert end(after(answered(), "03-06 10:00", CLAIMANT, "message"), "next_update") == at("03-10 10:00")

    @pytest.mark.parametrize(
        ("priority", "due"),
        [("urgent", "03-02 14:00"), ("high", "03-03 10:00"), ("normal", "03-04 10:00"), ("low", "03-05 10:00")],
    )
    def test_sooner_for_what_is_more_urgent(self, priority: str, due: str) -> None:
        assert end(asked(priority=priority), "next_update") == at(due)

    def test_not_with_a_later_word_it_is_the_oldest_that_counts(self) -> None:
        life = after(asked(), "03-03 09:00", CLAIMANT, "message")
        after(life, "03-03 11:00", RESPONDENT, "message")
        assert end(life, "next_update") == at("03-04 10:00")

    def test_not_before_the_first_response_which_answers_everything(self) -> None:
        life = after(a_case().in_review(), "03-02 10:00", CLAIMANT, "message")
        assert ahead(life) == {"first_response", "ruling"}
        assert ahead(life.says(MEDIATOR, "message")) == {"ruling"}

    def test_not_with_a_word_of_the_platform(self) -> None:
        assert "next_update" not in ahead(answered().says(PLATFORM, "message"))

    @pytest.mark.parametrize("reach", ["in_settlement", "appealable"])
    def test_not_where_the_team_has_nothing_to_say(self, reach: str) -> None:
        assert "next_update" not in ahead(getattr(a_case(), reach)().says(CLAIMANT, "message"))

    @pytest.mark.parametrize("reach", ["in_approval", "ruled", "in_appeal", "appeal_in_approval", "appeal_ruled"])
    def test_but_where_a_decision_is_being_made(self, reach: str) -> None:
        assert "next_update" in ahead(getattr(a_case(), reach)().says(CLAIMANT, "message"))


class TestStops:
    @pytest.mark.parametrize(
        ("who", "what", "fields"),
        [
            (MEDIATOR, "message", {}),
            (MEDIATOR, "message", {"to": "respondent"}),
            (LEAD, "message", {}),
            (MEDIATOR, "request_evidence", {"of": "claimant"}),
        ],
    )
    def test_with_any_answer(self, who: str, what: str, fields: dict[str, Any]) -> None:
        assert "next_update" not in ahead(asked().says(who, what, **fields))

    @pytest.mark.parametrize(("who", "what", "fields"), [(MEDIATOR, "note", {}), (OPS, "assign", {"owner": LEAD_2})])
    def test_not_with_what_the_party_does_not_hear(self, who: str, what: str, fields: dict[str, Any]) -> None:
        assert end(asked().says(who, what, **fields), "next_update") == at("03-04 10:00")

    def test_with_the_ruling_when_it_is_told_and_not_when_it_is_drafted(self) -> None:
        life = asked().ruled("heavy")
        assert "next_update" in ahead(life)
        assert "next_update" not in ahead(life.fire("grace"))

    def test_the_next_word_starts_another(self) -> None:
        life = asked().says(MEDIATOR, "message")
        after(life, "03-05 10:00", CLAIMANT, "message")
        assert (life.due("next_update").instance, end(life, "next_update")) == (2, at("03-09 10:00"))


def test_unanswered_it_climbs_the_ladder() -> None:
    life = asked().fire("next_update", "breach")
    assert life.now == at("03-04 10:00")
    assert life.case.escalations == 1
    assert {n.recipient for _, n in life.last.notices} == {MEDIATOR, "role:leads"}


def test_the_owner_is_told_until_when_and_not_when_they_are_reminded() -> None:
    life = asked()
    (notice,) = (n for _, n in life.last.notices if n.recipient == MEDIATOR)
    assert (notice.data["due_clock"], notice.data["due_at"]) == ("next_update", at("03-04 10:00").isoformat())


def test_parties_do_not_see_it() -> None:
    life = asked()
    assert life.seen_by(CLAIMANT).deadlines == ()
    assert life.case.phase is Phase.REVIEW
