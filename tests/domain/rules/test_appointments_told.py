"""What whoever takes part learns of a hearing or call, and what of it is between one person and the team."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from domain.base import Side
from domain.rules import hearing
from domain.rules.evolve import fold
from domain.views.case import unsaid, visible
from tests.support.appointments import DAY, agreed, in_review, newest, on, proposed, times, told
from tests.support.cases import CLAIMANT, MEDIATOR, RESPONDENT, Life, a_case


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


OTHER = "pty_other"


def alone(kind: str, side: str = "claimant", who: str = "") -> Life:
    """One of two on a side is met alone, and it is put down."""
    life = a_case(kind).that_protects().with_party(OTHER, side, "principal").in_review()
    life = life if life.case.is_disclosed else life.disclosed(text="That they followed somebody home on Monday.")
    person = who or (CLAIMANT if side == "claimant" else RESPONDENT)
    proposed(life, sides=side, party=person).says(person, "answer_appointment", times=on(life, 0))
    life.says(person, "move_appointment", times=times(life, 5), reasons="Not at home.")
    life.says(MEDIATOR, "move_appointment", times=(again := times(life, 6)), reasons="So be it.")
    life.says(person, "answer_appointment", times=again).later(7 * DAY)
    return life.says(MEDIATOR, "record_appointment", protocol="It was whoever stands beside me.")


class TestOfOneAlone:
    """Whoever stands beside them may be whom they speak of: directive 2012/29/EU, articles 18, 21 and 24(1)(b)."""

    @pytest.mark.parametrize("kind", ["safety_incident", "conduct_report", "payment_dispute", "bounty_dispute"])
    @pytest.mark.parametrize("side", ["claimant", "respondent"])
    def test_nobody_beside_them_learns_of_it(self, kind: str, side: str) -> None:
        person = CLAIMANT if side == "claimant" else RESPONDENT
        life = alone(kind, side).says(person, "comment_protocol", text="So it was.", was_there=True)
        other_side = RESPONDENT if side == "claimant" else CLAIMANT
        for who in (OTHER, other_side):
            assert life.seen_by(who).appointments == ()
            assert not [event for event in told(life, who) if event.startswith(("appointment", "protocol"))]
            seen = [r.fact.type for r in life.recordings if visible(life.case, r, life.actor(who))]
            assert not [name for name in seen if name.startswith(("appointment", "protocol"))]
            for what in ("answer_appointment", "comment_protocol", "move_appointment"):
                fields: dict[str, dict[str, Any]] = {
                    "comment_protocol": {"text": "x"},
                    "move_appointment": {"times": times(life, 9), "reasons": "x"},
                }
                assert life.refused(who, what, **fields.get(what, {})).code == "appointment_unknown"
        assert life.seen_by(person).appointments[-1].party == person
        assert told(life, person)[-1] == "appointment_held"
        assert fold(life.case_id, life.recordings) == life.case

    def test_it_is_no_news_of_the_side(self) -> None:
        life = a_case("safety_incident").that_protects().with_party(OTHER, "claimant", "principal").in_review()
        before = life.seen_by(OTHER)
        proposed(life, sides="claimant", party=CLAIMANT).says(CLAIMANT, "answer_appointment", times=on(life, 0))
        assert life.seen_by(OTHER).updated_at == before.updated_at

    def test_it_hears_nobody_but_them(self) -> None:
        life = alone("conduct_report", "respondent").says(RESPONDENT, "comment_protocol", text="So it was.", was_there=True)
        assert life.case.heard_parties == (RESPONDENT,)
        unheard = hearing.unheard(life.later(30 * DAY).case, Side.RESPONDENT, life.now)
        assert unheard is not None
        assert unheard.party == OTHER

    @pytest.mark.parametrize("kind", ["conduct_report", "safety_incident", "payment_dispute"])
    def test_what_one_accused_says_alone_the_others_have_to_be_told(self, kind: str) -> None:
        life = alone(kind, "respondent")
        found = {one.party: (one.was_there, one.shown_at is None) for one in life.case.unanswered if one.appointment is not None}
        assert (found[RESPONDENT], found[OTHER]) == ((True, False), (False, True))
        life.says(MEDIATOR, "request_evidence", of="respondent", party=OTHER, what="The other one says that it was you.")
        assert all(one.shown_at is not None for one in life.case.unanswered if one.party == OTHER)

    @pytest.mark.parametrize("kind", ["safety_incident", "payment_dispute"])
    def test_who_assists_them_reads_it_but_for_a_child_who_has_reported_it(self, kind: str) -> None:
        life = a_case(kind).under_age(CLAIMANT).with_party("pty_mum", "claimant", "representative").in_review()
        proposed(life, sides="claimant", party=CLAIMANT)
        assert len(life.seen_by("pty_mum").appointments) == (kind == "payment_dispute")
        assert ("appointment_proposed" in told(life, "pty_mum")) is (kind == "payment_dispute")

    def test_who_speaks_for_them_by_the_word_of_one_reads_nothing_of_it(self) -> None:
        life = a_case("safety_incident").in_review()
        counsel = {"side": "claimant", "role": "representative", "ref": "counsel"}
        life.says(MEDIATOR, "add_party", party=counsel, represents=CLAIMANT, agreed=True)
        proposed(life, sides="claimant", party=CLAIMANT)
        assert (life.seen_by("pty_counsel").appointments, "appointment_proposed" in told(life, "pty_counsel")) == ((), False)

    @pytest.mark.parametrize(
        "fields", [{"sides": "respondent"}, {"sides": "both"}, {"party": "pty_nobody"}, {"party": "pty_mum"}]
    )
    def test_it_is_somebody_whose_own_matter_it_is_on_that_side(self, fields: dict[str, str]) -> None:
        life = (
            a_case("safety_incident")
            .with_party("pty_mum", "claimant", "representative")
            .in_review()
            .disclosed(text="That they followed somebody home.")
        )
        said = {"sides": "claimant", "party": CLAIMANT, "times": times(life, 3), "about": "You and I.", **fields}
        assert life.refused(MEDIATOR, "propose_appointment", **said).code == "party_unknown"
