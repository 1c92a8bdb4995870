"""Where words go: a word to the desk is read by the desk, and a private talk is a thread of its own."""

from __future__ import annotations

import pytest

from domain.base import Side
from domain.views.case import visible
from tests.support.cases import CLAIMANT, MEDIATOR, PLATFORM, RESPONDENT, Life, a_case

DESK = "safety_incident"


def told(kind: str = DESK) -> Life:
    """In review, both sides knowing of it."""
    return a_case(kind, category="injury" if kind == DESK else "general").in_review().disclosed()


def last_seen_by(life: Life) -> set[str]:
    shown = life.recordings[-1]
    return {who for who in (CLAIMANT, RESPONDENT, PLATFORM, MEDIATOR) if visible(life.case, shown, life.actor(who))}


class TestWordsOfAParty:
    @pytest.mark.parametrize(("who", "seen"), [(CLAIMANT, {CLAIMANT, MEDIATOR}), (RESPONDENT, {RESPONDENT, MEDIATOR})])
    @pytest.mark.parametrize("what", ["message", "submit_evidence"])
    def test_go_to_the_desk_where_the_pack_says_so(self, what: str, who: str, seen: set[str]) -> None:
        assert last_seen_by(told().says(who, what)) == seen

    @pytest.mark.parametrize("what", ["message", "submit_evidence"])
    def test_go_to_both_sides_elsewhere(self, what: str) -> None:
        assert last_seen_by(told("bounty_dispute").says(CLAIMANT, what)) == {CLAIMANT, RESPONDENT, PLATFORM, MEDIATOR}

    @pytest.mark.parametrize("what", ["message", "submit_evidence"])
    def test_go_to_the_desk_alone_in_every_kind_where_they_say_so(self, what: str) -> None:
        life = told("bounty_dispute").says(CLAIMANT, what, to="desk")
        assert last_seen_by(life) == {CLAIMANT, MEDIATOR}
        assert life.last.notices == () or {n.recipient for _, n in life.last.notices} <= {MEDIATOR}

    def test_go_to_all_where_they_say_so(self) -> None:
        assert last_seen_by(told().says(CLAIMANT, "message", to="all")) == {CLAIMANT, RESPONDENT, PLATFORM, MEDIATOR}

    def test_are_shared_in_a_settlement(self) -> None:
        life = a_case().with_terms(words="desk").in_settlement().says(CLAIMANT, "message")
        assert RESPONDENT in last_seen_by(life)
        assert life.seen_by(CLAIMANT).words == "shared"

    def test_of_the_desk_to_one_side_are_seen_by_that_side(self) -> None:
        life = told("payment_dispute").says(MEDIATOR, "message", to="respondent")
        assert last_seen_by(life) == {RESPONDENT, MEDIATOR}
        assert life.refused(MEDIATOR, "message", to="desk").code == "not_allowed"

    def test_say_who_reads_them_in_two_ways_at_once_is_no_command(self) -> None:
        with pytest.raises(ValueError, match="Say who sees it once"):
            told().says(CLAIMANT, "submit_evidence", to="desk", confidential=True)


class TestPrivateTalks:
    def talks(self, life: Life, who: str) -> dict[Side, int]:
        return {talk.side: talk.said for talk in life.seen_by(who).caucus}

    def test_each_side_has_its_own_and_the_team_both(self) -> None:
        life = told("bounty_dispute").says(CLAIMANT, "message", to="desk").says(MEDIATOR, "message", to="claimant")
        life.says(MEDIATOR, "message", to="respondent")
        assert self.talks(life, MEDIATOR) == {Side.CLAIMANT: 2, Side.RESPONDENT: 1}
        assert self.talks(life, CLAIMANT) == {Side.CLAIMANT: 2}
        assert self.talks(life, RESPONDENT) == {Side.RESPONDENT: 1}
        assert self.talks(life, PLATFORM) == {}

    @pytest.mark.parametrize("what", ["message", "submit_evidence"])
    def test_the_other_side_sees_no_sign_of_one(self, what: str) -> None:
        life = told("bounty_dispute")
        before = life.seen_by(RESPONDENT)
        life.says(CLAIMANT, what, to="desk").says(MEDIATOR, "message", to="claimant")
        assert life.seen_by(RESPONDENT) == before

    def test_nor_that_something_is_asked_there(self) -> None:
        life = told()
        before = life.seen_by(RESPONDENT)
        life.says(MEDIATOR, "request_evidence", of="claimant")
        assert life.seen_by(RESPONDENT) == before
        assert life.seen_by(RESPONDENT).waiting_on == "staff"
        assert life.seen_by(CLAIMANT).waiting_on == "claimant"
        life.says(MEDIATOR, "request_evidence", of="respondent")
        assert life.seen_by(RESPONDENT).waiting_on == "respondent"

    def test_nor_that_nothing_came(self) -> None:
        life = told().says(MEDIATOR, "request_evidence", of="claimant")
        before = life.seen_by(RESPONDENT)
        life.fire("claimant_response", "end")
        assert life.seen_by(RESPONDENT) == before

    def test_where_words_are_shared_both_see_whose_turn_it_is(self) -> None:
        life = told("bounty_dispute").says(MEDIATOR, "request_evidence", of="claimant")
        assert life.seen_by(RESPONDENT).waiting_on == "claimant"
