"""The pages of a party's deeds say before the button what follows from each, and who reads what is written."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from console.party.case import MyCase
from console.party.deeds import said_to, then_of
from console.party.language import languages
from console.party.story import Reader, Turn
from domain.base import Side
from domain.model.appointments import ProtocolCommented
from tests.support.appointments import DAY, on, times
from tests.support.cases import CLAIMANT, MEDIATOR, Life, a_case


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
