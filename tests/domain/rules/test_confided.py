"""What is between one person on a side and the desk: nobody else there learns of it, neither words nor counts nor times."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.base import Side
from domain.model import facts as f
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


def known_to(life: Life, who: str) -> tuple[Any, ...]:
    """Everything that somebody can learn: their view, what of the record they read, and their letters."""
    read = [(r.fact.type, getattr(r.fact, "clock", None)) for r in life.recordings if visible(life.case, r, life.actor(who))]
    # How often the team is reminded of its own work moves the claimant's next word; it tells nothing of what was asked.
    view = life.seen_by(who).model_copy(update={"next_word_by": None})
    return view, read, [(n.event, n.data) for n in life.notices_for(who)]


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


class TestTheTimeForIt:
    """Whoever is not asked sees the case as if nobody had been asked: no clock, no date, no letter."""

    @SIDES
    @pytest.mark.parametrize("kind", [*CONFIDED, "payment_dispute"])
    @pytest.mark.parametrize("dated", [True, False], ids=["dated", "by_the_pack"])
    @pytest.mark.parametrize("days", [1, 5, 12])
    def test_shows_to_nobody_else(self, kind: str, side: str, dated: bool, days: int) -> None:
        life, twin = two(kind, side).later(timedelta(hours=1)), two(kind, side).later(timedelta(hours=1))
        due = {"due_at": life.now + timedelta(days=4)} if dated else {}
        life.says(MEDIATOR, "request_evidence", of=side, party=own(side), what="Did you?", ground=GROUND[kind], **due)
        life.later(timedelta(days=days))
        twin.later(timedelta(days=days))
        for who in (OTHER, own(Side(side).other.value)):
            assert known_to(life, who) == known_to(twin, who)

    @SIDES
    @pytest.mark.parametrize("kind", CONFIDED)
    def test_is_as_long_as_that_of_their_side_and_theirs_to_see(self, kind: str, side: str) -> None:
        alone, whole = two(kind, side), two(kind, side)
        alone.says(MEDIATOR, "request_evidence", of=side, party=own(side), what="Did you?", ground=GROUND[kind])
        whole.says(MEDIATOR, "request_evidence", of=side, what="Did you?", ground=GROUND[kind])
        time = next(row.due_at for row in whole.case.timetable if row.clock == f"{side}_response" and row.level != "remind")
        assert [one.due_at for one in alone.seen_by(own(side)).requests] == [time]
        alone.later(time - alone.now)
        letters = [n for n in alone.notices_for(own(side)) if n.data.get("clock") == f"{side}_evidence"]
        assert [n.event for n in letters] == ["level_reached:warn"]
        assert alone.case.requests == ()

    def test_takes_none_from_who_stands_beside_them(self) -> None:
        """They were told and have their time to say something, whoever else is asked something meanwhile."""
        life = two("fraud_report", "respondent")
        before = life.seen_by(OTHER).deadlines
        assert [one.clock for one in before] == ["respondent_reply"]
        life.says(MEDIATOR, "request_evidence", of="respondent", party=RESPONDENT, what="Did you?", ground="friendly_fraud")
        assert life.seen_by(OTHER).deadlines == before

    @pytest.mark.parametrize("kind", CONFIDED)
    def test_of_a_case_of_an_earlier_release_too(self, kind: str) -> None:
        """There the clock of the side ran for it."""
        life = two(kind).says(MEDIATOR, "request_evidence", of="claimant", what="Did you?").later(timedelta(days=12))
        asked = {"party": CLAIMANT}
        record = [
            r.model_copy(update={"fact": r.fact.model_copy(update=asked)}) if r.fact.type == "evidence_requested" else r
            for r in life.recordings
        ]
        case = fold(life.case_id, record)
        reached = [r for r in record if isinstance(r.fact, f.LevelReached) and r.fact.clock == "claimant_response"]
        assert [r.fact.level for r in reached if isinstance(r.fact, f.LevelReached)][:1] == ["remind"]
        assert [visible(case, r, life.actor(CLAIMANT)) for r in reached] == [True] * len(reached)
        assert [visible(case, r, life.actor(OTHER)) for r in reached] == [False] * len(reached)
        assert case.seen_at["claimant"] < reached[0].at


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
    twin = two(kind, side)
    for who, what, fields in data.draw(st.lists(steps, max_size=5)):
        twin.later(timedelta(hours=1))
        with suppress(Refusal):
            life.later(timedelta(hours=1)).says(who, what, **fields)
    days = timedelta(days=data.draw(st.sampled_from([0, 3, 9])))
    assert known_to(life.later(days), OTHER) == known_to(twin.later(days), OTHER)
    assert Side(side) in {p.side for p in life.case.parties if p.id == OTHER}
