"""The pages of a party's deeds say before the button what follows from each, and who reads what is written."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from console.party.case import MyCase, by_child
from console.party.deeds import said_to, then_of
from console.party.language import languages
from console.party.story import Reader, Turn, happened
from domain.base import Side
from domain.model.appointments import ProtocolCommented
from domain.rules.under_age import told_in_confidence
from domain.views.case import visible
from services.timelines import entries
from tests.support.appointments import DAY, on, proposed, times
from tests.support.cases import CLAIMANT, MEDIATOR, RESPONDENT, Life, a_case


def page_of(life: Life, who: str, role: str = "principal") -> MyCase:
    """A case as the pages of a party have it."""
    seen: Any = SimpleNamespace(case=life.case)
    reader = Reader(who, Side.CLAIMANT, role)
    return MyCase(seen, life.seen_by(who), reader, (), cast(Any, {}), Turn("none", mine=False, due_at=None, otherwise=None), [])


class TestWhoReadsIt:
    @pytest.mark.parametrize(("kind", "alone"), [("safety_incident", True), ("conduct_report", True), ("bounty_dispute", False)])
    def test_a_comment_of_a_child_is_said_to_go_where_the_rule_sends_it(self, kind: str, alone: bool) -> None:
        life = a_case(kind).with_party("pty_mum", "claimant", "representative").under_age(CLAIMANT).in_review()
        life.says(MEDIATOR, "propose_appointment", times=times(life, 3), about="You and I.", sides="claimant")
        life.says(CLAIMANT, "answer_appointment", times=on(life, 0)).later(4 * DAY)
        life.says(MEDIATOR, "record_appointment", protocol="We spoke.")
        life.says(CLAIMANT, "comment_protocol", text="Mum hits me.")
        said = next(fact for rec in life.recordings if isinstance(fact := rec.fact, ProtocolCommented))
        assert (said.to == "desk") is alone
        child, mother = page_of(life, CLAIMANT), page_of(life, "pty_mum", "representative")
        assert (said_to(child, "hearing-comment") == "alone") is alone
        assert (then_of(child, "hearing-comment") == "deed.hearing-comment.then_alone") is alone
        assert said_to(mother, "hearing-comment") != "alone"
        assert then_of(mother, "hearing-comment") == "deed.hearing-comment.then"
        assert said_to(child, "appeal") != "alone"
        for words in languages().values():
            assert words.knows("readers.alone")
            assert words.knows("deed.hearing-comment.then_alone")

    @pytest.mark.parametrize("kind", ["safety_incident", "conduct_report", "bounty_dispute", "payment_dispute"])
    def test_a_child_is_told_that_what_it_writes_to_the_desk_nobody_reads_beside_it(self, kind: str) -> None:
        """UN Convention on the Rights of the Child, articles 12 and 19: a child that believes its guardian reads stays silent."""
        life = a_case(kind).with_party("pty_mum", "claimant", "representative").under_age(CLAIMANT).in_review()
        child, mother = page_of(life, CLAIMANT), page_of(life, "pty_mum", "representative")
        assert (by_child(child), by_child(mother)) == (True, False)
        life.says(CLAIMANT, "message", text="Mum hits me.", to="desk")
        assert told_in_confidence(life.case, life.recordings[-1])
        assert not visible(life.case, life.recordings[-1], life.actor("pty_mum"))
        others = "alone" if life.case.terms.words == "desk" else "desk_only"
        assert (said_to(child, "more-time"), said_to(mother, "more-time")) == ("alone", others)
        for words in languages().values():
            assert all(words.knows(key) for key in ("case.to_desk_alone", "readers.undisclosed_alone", "readers.alone"))


class TestWhatHappened:
    def test_the_team_told_the_accused_and_the_line_says_who_was_told(self) -> None:
        life = a_case("conduct_report").in_review().disclosed(text="That they followed somebody home.")
        for who, side, told in ((CLAIMANT, Side.CLAIMANT, "other"), (RESPONDENT, Side.RESPONDENT, "you")):
            reader = Reader(who, side)
            (entry,) = [one for one in entries(life.case, life.recordings, life.actor(who)) if one.type == "case_disclosed"]
            assert (reader.who(entry), [line.who for line in happened([entry], reader)]) == ("staff", [told])


class TestWhatFollows:
    def test_other_times_are_said_to_be_no_yes_where_each_has_to_agree(self) -> None:
        for kind, inside in (("safety_incident", True), ("bounty_dispute", False)):
            life = a_case(kind).in_review()
            life = proposed(life if life.case.is_disclosed else life.disclosed(text="That they followed somebody home."))
            before = len(life.notices_for(RESPONDENT))
            assert (then_of(page_of(life, CLAIMANT), "hearing-move") == "deed.hearing-move.then_inside") is inside
            life.says(CLAIMANT, "move_appointment", times=times(life, 5), reasons="Work.")
            assert (len(life.notices_for(RESPONDENT)) == before) is inside
        for words in languages().values():
            assert words.knows("deed.hearing-move.then_inside")
