"""What whoever takes part learns of a hearing or call, and what of it is between one person and the team."""

from __future__ import annotations

from datetime import datetime

import pytest

from domain.views.case import unsaid
from tests.support.appointments import agreed, in_review, newest, proposed, times
from tests.support.cases import CLAIMANT, MEDIATOR, RESPONDENT, a_case


class TestReasons:
    @pytest.mark.parametrize("kind", ["conduct_report", "safety_incident"])
    def test_a_refusal_reads_as_what_the_team_calls_off_without_a_word_to_the_sides(self, kind: str) -> None:
        refused, off, why = (agreed(in_review(kind)) for _ in range(3))
        refused.says(CLAIMANT, "answer_appointment", joint=False)
        off.says(MEDIATOR, "cancel_appointment", reasons="I am ill.")
        why.says(MEDIATOR, "cancel_appointment", reasons="I am ill.", told_why="There is no interpreter.")
        letters = [life.notices_for(RESPONDENT)[-1] for life in (refused, off, why)]
        assert [letter.data for letter in letters[:2]] == [letters[2].data] * 2
        assert [[*letter.texts] for letter in letters] == [[], [], ["told_why"]]

    def test_why_a_side_moves_it_goes_where_its_words_go(self) -> None:
        for kind, reads in (("bounty_dispute", True), ("safety_incident", False)):
            life = agreed(in_review(kind))
            life.says(RESPONDENT, "move_appointment", times=times(life, 6), reasons="I am in hospital.")
            assert ("reasons" in life.notices_for(CLAIMANT)[-1].texts) is reads

    @pytest.mark.parametrize("at_once", [True, False])
    def test_why_a_child_moves_it_nobody_reads_beside_it(self, at_once: bool) -> None:
        """UN Convention on the Rights of the Child, articles 12 and 19: whoever is beside it may be whom it speaks of."""
        life = a_case("safety_incident").under_age(CLAIMANT).with_party("pty_mum", "claimant", "representative").in_review()
        proposed(life.disclosed(text="That they followed somebody home on Monday."))
        agree = (CLAIMANT, RESPONDENT, "pty_mum")
        for who in agree if at_once else ():
            life.says(who, "answer_appointment", joint=True)
        life.says(CLAIMANT, "move_appointment", times=(there := times(life, 6)), reasons="Mum is away then.")
        for who in () if at_once else agree:
            life.says(who, "answer_appointment", joint=True)
        assert newest(life).times == tuple(map(datetime.fromisoformat, there))
        assert [side.value for side in newest(life).moved_by] == ["claimant"]
        for who in ("pty_mum", RESPONDENT):
            letter = next(one for one in reversed(life.notices_for(who)) if one.event == "appointment_moved")
            assert "reasons" not in letter.texts
            moved = next(rec for rec in reversed(life.recordings) if rec.fact.type == letter.event)
            assert "reasons" in unsaid(life.case, moved, life.actor(who))
