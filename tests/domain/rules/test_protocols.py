"""What one person has put down of a hearing hears nobody by their word alone: whoever is said to have been there says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.base import Phase, Side
from domain.rules import hearing
from domain.rules.evolve import fold
from domain.rules.time_to_answer import shortest_for
from tests.support.appointments import DAY, TO_MONDAY, agreed, newest, times
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, MINUTE, OPS, OUTCOMES, RESPONDENT, Life, a_case

ASKED = "conduct_report"
"""A kind that hears whoever was asked."""
TOLD = ("payment_dispute", "bounty_dispute", "fraud_report", "safety_incident")
"""Kinds that hear whoever was told, and has said something or let the time for it go by."""


def held(kind: str, sides: str = "respondent", **fields: Any) -> Life:
    """A call with the accused, just put down: on a Friday."""
    life = a_case(kind).that_protects().in_review()
    if not life.case.is_disclosed:
        life.disclosed(text="You shouted at somebody on Monday.")
    return put_down(life, sides, **fields)


def put_down(life: Life, sides: str = "respondent", **fields: Any) -> Life:
    offered = times(life, 3)
    life.says(MEDIATOR, "propose_appointment", times=offered, about="You and I.", sides=sides)
    life.says(RESPONDENT, "answer_appointment", times=offered).later(4 * DAY)
    return life.says(MEDIATOR, "record_appointment", **{"protocol": "They say: I did it.", **fields})


def of_it(life: Life) -> list[bool]:
    """Whether the accused is said to have been there, for each that still speaks against them of what was put down."""
    found = [one for one in life.case.unanswered if one.appointment is not None and one.against is Side.RESPONDENT]
    return [one.was_there for one in found]


def time_of(life: Life, side: str = "respondent") -> timedelta | None:
    found = hearing.unheard(life.case, Side(side), life.now)
    return found.until - life.now if found is not None and found.until is not None else None


@pytest.mark.parametrize("kind", TOLD)
def test_who_says_that_they_were_not_there_has_not_been_heard_by_it(kind: str) -> None:
    life = held(kind)
    assert of_it(life) == [True]
    life.says(RESPONDENT, "comment_protocol", text="I was not there.", was_there=False)
    assert of_it(life) == [False], "they are somebody who missed it, and have the time of the pack"
    assert fold(life.case_id, life.recordings) == life.case


def test_nor_in_a_kind_that_hears_whoever_was_asked() -> None:
    life = held(ASKED).says(RESPONDENT, "comment_protocol", text="I was not there.", was_there=False)
    found = hearing.unheard(life.later(5 * DAY).case, Side.RESPONDENT, life.now)
    assert found is not None
    assert found.missing == "answer"


@pytest.mark.parametrize("kind", [ASKED, *TOLD])
def test_who_was_there_is_heard_by_saying_so(kind: str) -> None:
    life = held(kind).says(RESPONDENT, "comment_protocol", text="So it was.", was_there=True)
    assert of_it(life) == []
    assert kind != ASKED or hearing.unheard(life.case, Side.RESPONDENT, life.now) is None


@pytest.mark.parametrize("kind", TOLD)
def test_no_machine_judges_a_sentence(kind: str) -> None:
    """Who leaves open whether they were there has the time of the pack: the word of one person that they were is contested."""
    assert of_it(held(kind).says(RESPONDENT, "message", text="I was not there.")) == [True]
    assert of_it(held(kind).says(RESPONDENT, "comment_protocol", text="I was not there.")) == [False]


def test_nor_where_whoever_was_asked_is_heard() -> None:
    life = held(ASKED)
    assert time_of(life) == TO_MONDAY
    whole = shortest_for(life.case.terms, Side.RESPONDENT)
    assert whole > TO_MONDAY
    life.says(RESPONDENT, "comment_protocol", text="I was not there.")
    assert time_of(life) == whole - MINUTE, "it runs since it was put down"
    assert hearing.unheard(life.later(whole).case, Side.RESPONDENT, life.now) is None


def test_an_answer_to_what_they_are_asked_is_one_to_it_too() -> None:
    life = held(ASKED)
    life.says(MEDIATOR, "request_evidence", of="respondent", what="Did you?", ground="harassment")
    life.says(RESPONDENT, "submit_evidence", text="No.", answers=[life.case.requests[0].id])
    assert of_it(life) == []


def test_what_is_said_of_one_hearing_is_nothing_of_the_other() -> None:
    life = held(ASKED)
    first = newest(life).id
    put_down(life).says(RESPONDENT, "comment_protocol", appointment=first, text="So it was.", was_there=True)
    assert time_of(life) == DAY - MINUTE, "the second one was put down on a Tuesday"
    assert of_it(life) == [True], "of the first one they have said it"


def test_everybody_who_was_invited_reads_whether_they_were_there() -> None:
    life = agreed(a_case("payment_dispute").that_protects().in_review()).later(5 * DAY)
    life.says(MEDIATOR, "record_appointment", protocol="x").says(RESPONDENT, "comment_protocol", text="No.", was_there=False)
    for who in (CLAIMANT, RESPONDENT, MEDIATOR):
        assert life.seen_by(who).appointments[-1].comments[-1].was_there is False


class TestTheTimeToComment:
    """A business day, as every other time of a party: nobody counts as heard on a weekend by what is put down on a Friday."""

    @pytest.mark.parametrize("kind", [ASKED, "payment_dispute"])
    @pytest.mark.parametrize(
        ("put_down_at", "over_at"),
        [
            (datetime(2026, 3, 5, 10, tzinfo=UTC), datetime(2026, 3, 6, 10, tzinfo=UTC)),
            (datetime(2026, 3, 6, 21, tzinfo=UTC), datetime(2026, 3, 10, 8, tzinfo=UTC)),
            (datetime(2026, 4, 2, 10, tzinfo=UTC), datetime(2026, 4, 7, 10, tzinfo=UTC)),
        ],
        ids=["Thursday", "Friday, when the team has gone", "before Easter"],
    )
    def test_is_counted_in_business_days(self, kind: str, put_down_at: datetime, over_at: datetime) -> None:
        life = a_case(kind).that_protects().in_review()
        if not life.case.is_disclosed:
            life.disclosed(text="You shouted at somebody on Monday.")
        offered = times(life, 2)
        life.says(MEDIATOR, "propose_appointment", times=offered, about="You and I.", sides="respondent")
        life.says(RESPONDENT, "answer_appointment", times=offered).later(put_down_at - life.now - MINUTE)
        life.says(MEDIATOR, "record_appointment", protocol="They say: I did it.")
        assert life.now == put_down_at
        assert life.notices_for(RESPONDENT)[-1].data["answer_until"] == over_at.isoformat()
        assert kind != ASKED or time_of(life) == over_at - put_down_at
        if kind != ASKED:
            assert [one.until for one in life.seen_by(RESPONDENT).answerable] == [over_at]
        assert fold(life.case_id, life.recordings) == life.case


class TestTheLastWordCounts:
    """Nobody is sanctioned by the word of one that they admitted it: European Convention on Human Rights, article 6."""

    @pytest.mark.parametrize("kind", [ASKED, *TOLD])
    def test_that_they_were_not_there_after_all_leaves_open_which_it_was(self, kind: str) -> None:
        life = held(kind).says(RESPONDENT, "comment_protocol", text="Yes.", was_there=True)
        life.says(RESPONDENT, "comment_protocol", text="The wrong box: nobody called.", was_there=False)
        assert of_it(life) == [False]
        found = hearing.unheard(life.later(DAY).case, Side.RESPONDENT, life.now)
        assert kind != ASKED or (found is not None and found.missing == "time")
        assert fold(life.case_id, life.recordings) == life.case

    @pytest.mark.parametrize("kind", [ASKED, *TOLD])
    def test_that_they_were_there_after_all_hears_them(self, kind: str) -> None:
        life = held(kind).says(RESPONDENT, "comment_protocol", text="The wrong box: I was not there.", was_there=False)
        assert kind != ASKED or time_of(life) is None
        life.says(RESPONDENT, "comment_protocol", text="I was, and it was so.", was_there=True)
        assert of_it(life) == []
        assert kind != ASKED or hearing.unheard(life.case, Side.RESPONDENT, life.now) is None
        assert fold(life.case_id, life.recordings) == life.case

    def test_of_several_who_was_there_is_heard_whichever_of_them_says_so_first(self) -> None:
        for order in ([("pty_other", False), (RESPONDENT, True)], [(RESPONDENT, True), ("pty_other", False)]):
            life = a_case(ASKED).that_protects().in_review().disclosed(text="You shouted at somebody on Monday.")
            life.says(OPS, "add_party", party={"side": "respondent", "ref": "other"})
            put_down(life.says(LEAD, "add_party", party={"side": "respondent", "ref": "other"}))
            for who, was_there in order:
                life.says(who, "comment_protocol", text="So.", was_there=was_there)
            assert RESPONDENT in life.case.heard_parties, order
            assert "pty_other" not in life.case.heard_parties, order

    @pytest.mark.parametrize("first", [CLAIMANT, RESPONDENT])
    def test_both_sides_are_heard_whoever_says_it_first(self, first: str) -> None:
        life = agreed(a_case("payment_dispute").with_terms(heard_when="asked", hear=tuple(Side)).that_protects().in_review())
        life.later(5 * DAY).says(MEDIATOR, "record_appointment", protocol="x")
        for who in (first, RESPONDENT if first == CLAIMANT else CLAIMANT):
            life.says(who, "comment_protocol", text="So it was.", was_there=True)
        assert hearing.all_heard(life.case, life.now) is None
        assert not [one for one in life.case.unanswered if one.appointment is not None]

    def test_and_begins_no_time_anew_for_ever(self) -> None:
        life = held("payment_dispute")
        for was_there in (True, False, True, False):
            life.says(RESPONDENT, "comment_protocol", text="So.", was_there=was_there)
        assert of_it(life) == []

    def test_a_draft_goes_back_when_it_comes_in_its_grace(self) -> None:
        life = a_case(ASKED).that_protects().in_review().disclosed(text="You shouted at somebody.", ground="insult")
        put_down(life).says(MEDIATOR, "complete_step", steps=["evidence_secured", "record_checked"]).later(TO_MONDAY)
        life.says(MEDIATOR, "rule", **OUTCOMES[ASKED]["light"])
        assert life.case.phase is Phase.RULED
        life.says(RESPONDENT, "comment_protocol", text="I was not there.", was_there=False).fire("grace")
        assert (life.case.phase, life.case.ruling) == (Phase.REVIEW, None)
        assert {n.recipient for _, n in life.last.notices if n.event == "ruling_withheld"} == {MEDIATOR, "role:leads"}
        assert not life.case.rulings


MOTHER, COUNSEL, DIRK = "pty_mother", "pty_counsel", "pty_dirk"


def beside(kind: str, who: str = COUNSEL, answers: str = COUNSEL, *, young: bool = False) -> Life:
    """A call with the accused, just put down, beside whom the report names a representative, who may have agreed to it."""
    life = a_case(kind).with_party(who, "respondent", "representative")
    life = (life.under_age(RESPONDENT) if young else life).that_protects().in_review()
    if not life.case.is_disclosed:
        life.disclosed(text="You shouted at somebody on Monday.")
    offered = times(life, 3)
    life.says(MEDIATOR, "propose_appointment", times=offered, about="You and I.", sides="respondent")
    life.says(answers, "answer_appointment", times=offered).later(4 * DAY)
    return life.says(MEDIATOR, "record_appointment", protocol="They say: I did it.")


def waits(life: Life, kind: str) -> bool:
    """Whether what was put down hears the accused, or is held against them, not yet."""
    if kind == ASKED:
        return hearing.unheard(life.case, Side.RESPONDENT, life.now) is not None
    found = (one for one in life.case.unanswered if one.party == RESPONDENT and one.appointment is not None)
    ends = [one.until or one.shown_at + shortest_for(life.case.terms, one.against) for one in found if one.shown_at is not None]
    return any(end > life.now for end in ends)


class TestThatSomebodyWasThereIsTheirOwnWord:
    """UN Convention on the Rights of the Child, article 12(2); European Convention on Human Rights, article 6(3)(c)."""

    @pytest.mark.parametrize("kind", [ASKED, *TOLD])
    @pytest.mark.parametrize("young", [True, False])
    def test_who_represents_them_does_not_say_it_over_their_no(self, kind: str, *, young: bool) -> None:
        life = beside(kind, answers=RESPONDENT, young=young)
        life.says(RESPONDENT, "comment_protocol", text="I was not there.", was_there=False)
        life.says(COUNSEL, "comment_protocol", text="Yes, they were.", was_there=True)
        assert waits(life, kind)
        assert kind != ASKED or hearing.unheard(life.later(30 * DAY).case, Side.RESPONDENT, life.now) is not None
        assert fold(life.case_id, life.recordings) == life.case

    @pytest.mark.parametrize("kind", [ASKED, *TOLD])
    @pytest.mark.parametrize("young", [True, False])
    def test_nor_over_their_silence_and_who_has_not_agreed_to_it_has_all_the_time(self, kind: str, *, young: bool) -> None:
        life = beside(kind, young=young)
        whole = shortest_for(life.case.terms, Side.RESPONDENT)
        told = datetime.fromisoformat(life.notices_for(RESPONDENT)[-1].data["answer_until"])
        assert told == life.now + whole >= life.now + TO_MONDAY
        life.says(COUNSEL, "comment_protocol", text="Yes, they were.", was_there=True)
        assert waits(life.later(whole - 2 * MINUTE), kind)
        assert not waits(life.later(2 * MINUTE), kind)
        assert fold(life.case_id, life.recordings) == life.case

    @pytest.mark.parametrize("kind", [ASKED, *TOLD])
    def test_they_say_it_themselves_after_who_represents_them_has_denied_it(self, kind: str) -> None:
        life = beside(kind, answers=RESPONDENT).says(COUNSEL, "comment_protocol", text="Nobody called.", was_there=False)
        assert waits(life, kind)
        life.says(COUNSEL, "comment_protocol", text="It was another day.", was_there=True)
        assert waits(life, kind), "which of the two it was is open"
        assert not waits(life.says(RESPONDENT, "comment_protocol", text="I was there.", was_there=True), kind)

    @pytest.mark.parametrize("kind", [ASKED, *TOLD])
    def test_whom_a_child_has_chosen_says_it_for_the_child_unless_the_child_denies_it(self, kind: str) -> None:
        for denied in (False, True):
            life = a_case(kind).under_age(RESPONDENT).that_protects().in_review()
            if not life.case.is_disclosed:
                life.disclosed(text="You shouted at somebody on Monday.")
            counsel = {"side": "respondent", "role": "representative", "ref": "counsel"}
            put_down(life.says(RESPONDENT, "add_party", party=counsel))
            if denied:
                life.says(RESPONDENT, "comment_protocol", text="No.", was_there=False)
            life.says(COUNSEL, "comment_protocol", text="We were there.", was_there=True)
            assert waits(life, kind) is denied
            life.says(RESPONDENT, "comment_protocol", text="I was not.", was_there=False)
            assert waits(life, kind)
            assert fold(life.case_id, life.recordings) == life.case

    def test_only_the_team_reads_who_of_a_side_it_was(self) -> None:
        life = beside(ASKED).says(COUNSEL, "comment_protocol", text="Yes.", was_there=True)
        assert [one.by for one in life.seen_by(MEDIATOR).appointments[-1].comments] == [COUNSEL]
        assert [one.by for one in life.seen_by(RESPONDENT).appointments[-1].comments] == [None]

    def test_counsel_by_the_word_of_one_agrees_to_no_hearing(self) -> None:
        life = a_case(ASKED).in_review().disclosed(text="You shouted at somebody on Monday.")
        counsel = {"side": "respondent", "role": "representative", "ref": "counsel"}
        life.says(MEDIATOR, "add_party", party=counsel, represents=RESPONDENT, agreed=True)
        offered = times(life, 3)
        life.says(MEDIATOR, "propose_appointment", times=offered, about="You and I.", sides="respondent")
        assert life.refused(COUNSEL, "answer_appointment", times=offered).code == "agreement_missing"
        assert life.refused(COUNSEL, "move_appointment", times=times(life, 5), reasons="Work.").code == "agreement_missing"
        assert newest(life).state == "proposed"

    @pytest.mark.parametrize("kind", [ASKED, "payment_dispute"])
    def test_a_successor_is_not_heard_by_what_was_before_they_came(self, kind: str) -> None:
        life = held(kind)
        for who in (MEDIATOR, LEAD):
            by_party = {"side": "respondent", "ref": "dirk"}
            life.says(who, "replace_party", party=RESPONDENT, by_party=by_party, reasons="It is his account now.")
        life.says(DIRK, "comment_protocol", text="ok", was_there=True)
        found = [one for one in life.case.unanswered if one.party == DIRK]
        assert [(one.was_there, one.until) for one in found] == [(False, None)], "it is theirs to answer, with all the time"
        unheard = hearing.unheard(life.later(30 * DAY).case, Side.RESPONDENT, life.now)
        assert kind != ASKED or (unheard is not None and unheard.missing == "answer")
        assert fold(life.case_id, life.recordings) == life.case
