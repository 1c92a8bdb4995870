"""What is between one person on a side and the desk: nobody else there learns of it, neither words nor counts nor times."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.base import Side
from domain.model.refusals import Refusal
from domain.rules.evolve import fold
from domain.views.case import visible
from tests.support.cases import CLAIMANT, LEAD_2, MEDIATOR, RESPONDENT, Life, a_case

CONFIDED = ("conduct_report", "fraud_report", "safety_incident")
"""Kinds whose words go to the desk."""
OTHER = "pty_other"
GROUND = {
    "conduct_report": "harassment",
    "fraud_report": "friendly_fraud",
    "safety_incident": "duty_of_care",
    "payment_dispute": "not_received",
}


def two(kind: str, side: str = "claimant") -> Life:
    """A case of two who stand on one side, each for themselves."""
    life = a_case(kind).that_protects().with_party(OTHER, side, "principal").in_review()
    return life if life.case.is_disclosed else life.disclosed(text="You know of what.")


def own(side: str) -> str:
    return CLAIMANT if side == "claimant" else RESPONDENT


def read_by(life: Life, who: str) -> list[int]:
    return [r.seq for r in life.recordings if visible(life.case, r, life.actor(who))]


SIDES = pytest.mark.parametrize("side", ["claimant", "respondent"])
WORDS: list[tuple[str, dict[str, Any]]] = [("message", {}), ("submit_evidence", {})]


class TestSaid:
    @SIDES
    @pytest.mark.parametrize("kind", CONFIDED)
    @pytest.mark.parametrize(("what", "fields"), WORDS)
    def test_to_the_desk_it_stays_there(self, kind: str, side: str, what: str, fields: dict[str, Any]) -> None:
        """Directive 2012/29/EU, articles 18 and 21: who has done it may stand beside whoever reports."""
        life = two(kind, side)
        life.says(own(side), what, to="desk", **fields)
        seen = {who: life.case.seq in read_by(life, who) for who in (own(side), OTHER, MEDIATOR)}
        assert seen == {own(side): True, OTHER: False, MEDIATOR: True}
        assert OTHER not in {n.recipient for _, n in life.last.notices}

    @SIDES
    @pytest.mark.parametrize("kind", CONFIDED)
    @pytest.mark.parametrize(("what", "fields"), WORDS)
    def test_without_saying_so_to_the_own_side(self, kind: str, side: str, what: str, fields: dict[str, Any]) -> None:
        life = two(kind, side)
        life.says(own(side), what, **fields)
        assert life.case.seq in read_by(life, OTHER)

    @pytest.mark.parametrize(("what", "fields"), WORDS)
    def test_elsewhere_the_desk_is_the_desk_and_the_own_side(self, what: str, fields: dict[str, Any]) -> None:
        life = two("payment_dispute").says(CLAIMANT, what, to="desk", **fields)
        assert life.case.seq in read_by(life, OTHER)

    @pytest.mark.parametrize("kind", CONFIDED)
    def test_what_one_accused_says_of_the_other_is_held_against_them_only_once_they_are_told(self, kind: str) -> None:
        life = two(kind, "respondent").says(RESPONDENT, "message", to="desk", text="It was the other one.")
        against = [one for one in life.case.unanswered if one.party == OTHER]
        assert [one.shown_at for one in against] == [None]
        assert fold(life.case_id, life.recordings) == life.case


class TestAsked:
    @SIDES
    @pytest.mark.parametrize("kind", [*CONFIDED, "payment_dispute"])
    def test_a_charge_is_read_by_whom_it_is_put_to(self, kind: str, side: str) -> None:
        """European Convention on Human Rights, article 8: whoever stands beside them is told nothing of it."""
        life = two(kind, side)
        before = life.seen_by(OTHER)
        life.says(MEDIATOR, "request_evidence", of=side, party=own(side), what="Did you?", ground=GROUND[kind])
        asked = [r.seq for r in life.last.recordings if r.fact.type == "evidence_requested"]
        assert set(asked) <= set(read_by(life, own(side)))
        assert not set(asked) & set(read_by(life, OTHER))
        assert OTHER not in {n.recipient for _, n in life.last.notices if n.event.startswith("evidence_requested")}
        now = life.seen_by(OTHER)
        assert (now.requests, now.waiting_on) == (before.requests, before.waiting_on if before.waiting_on != side else "staff")
        assert [one.party for one in life.seen_by(own(side)).requests] == [own(side)]

    def test_a_plain_question_in_another_kind_is_read_by_the_side(self) -> None:
        life = two("payment_dispute").says(MEDIATOR, "request_evidence", of="claimant", party=CLAIMANT, what="A receipt?")
        assert [one.party for one in life.seen_by(OTHER).requests] == [CLAIMANT]

    @pytest.mark.parametrize("kind", CONFIDED)
    def test_what_they_answer_is_theirs_and_the_teams(self, kind: str) -> None:
        life = two(kind)
        life.says(MEDIATOR, "request_evidence", of="claimant", party=CLAIMANT, what="Did you?", ground=GROUND[kind])
        letter = next(n for n in reversed(life.notices_for(CLAIMANT)) if n.event.startswith("evidence_requested"))
        assert letter.data["words"] == "confided"
        life.says(CLAIMANT, "submit_evidence", text="It was the other one.")
        assert life.case.seq not in read_by(life, OTHER)
        assert OTHER not in {n.recipient for _, n in life.last.notices}
        assert life.case.requests == ()

    @pytest.mark.parametrize("kind", CONFIDED)
    def test_what_one_accused_answers_may_speak_against_the_others_who_read_it(self, kind: str) -> None:
        life = two(kind, "respondent")
        life.says(MEDIATOR, "request_evidence", of="respondent", party=RESPONDENT, what="Did you?", ground=GROUND[kind])
        assert life.says(RESPONDENT, "submit_evidence", text="It was the other one.").case.seq in read_by(life, OTHER)

    @pytest.mark.parametrize("kind", CONFIDED)
    def test_unless_they_say_that_everybody_reads_it(self, kind: str) -> None:
        life = two(kind).says(MEDIATOR, "request_evidence", of="claimant", party=CLAIMANT, what="Did you?", ground=GROUND[kind])
        assert life.says(CLAIMANT, "submit_evidence", to="all").case.seq in read_by(life, OTHER)


@pytest.mark.parametrize("kind", CONFIDED)
@SIDES
@given(data=st.data())
def test_nothing_betrays_it(kind: str, side: str, data: st.DataObject) -> None:
    """Over any sequence: in no view, in no letter, by no count and at no time."""
    life = two(kind, side)
    ask: dict[str, Any] = {"of": side, "party": own(side), "what": "Tell us."}
    steps: st.SearchStrategy[tuple[str, str, dict[str, Any]]] = st.sampled_from([
        (own(side), "message", {"to": "desk"}),
        (own(side), "message", {"to": "desk", "more_follows": True}),
        (own(side), "submit_evidence", {"to": "desk"}),
        (own(side), "submit_evidence", {"confidentiality": "deciders"}),
        (MEDIATOR, "request_evidence", {**ask, "ground": GROUND[kind]}),
        (MEDIATOR, "request_evidence", ask),
        (LEAD_2, "note", {"text": "They were there, too."}),
    ])  # fmt: skip
    seen, told, read = life.seen_by(OTHER), len(life.notices), read_by(life, OTHER)
    for who, what, fields in data.draw(st.lists(steps, max_size=5)):
        with suppress(Refusal):
            life.later(timedelta(hours=1)).says(who, what, **fields)
    # That their side has answered shows by its date, whoever did: no time of theirs runs any more.
    assert life.seen_by(OTHER).model_copy(update={"deadlines": seen.deadlines}) == seen
    assert read_by(life, OTHER) == read
    assert OTHER not in {n.recipient for _, n in life.notices[told:]}
    assert Side(side) in {p.side for p in life.case.parties if p.id == OTHER}
