"""A hearing or call: proposed, answered by whoever is invited, agreed, moved, put down and commented on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from domain.base import Side
from domain.model.appointments import AppointmentAnswered
from domain.model.people import Actor
from domain.rules import hearing
from domain.rules.evolve import fold
from domain.rules.visibility import knows
from domain.views.case import visible
from tests.support.appointments import DAY, HOUR, TO_MONDAY, agreed, in_review, newest, on, proposed, times, told
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, OPS, OUTCOMES, RESPONDENT, STATEMENT, Life, a_case, facts_named

PROTECTIVE = ("conduct_report", "safety_incident")


class TestAgreement:
    def test_the_first_time_that_suits_both_is_taken(self) -> None:
        life = agreed(in_review())
        assert newest(life).state == "confirmed"
        assert newest(life).at == newest(life).times[1]

    def test_both_and_whoever_leads_it_are_told(self) -> None:
        life = agreed(in_review())
        for who in (CLAIMANT, RESPONDENT, MEDIATOR):
            assert told(life, who)[-1] == "appointment_confirmed"

    def test_nothing_is_agreed_before_both_have_answered(self) -> None:
        life = proposed(in_review())
        life.says(CLAIMANT, "answer_appointment", times=on(life, 0))
        assert newest(life).state == "proposed"

    def test_whoever_leads_it_hears_that_no_time_suits_both(self) -> None:
        life = proposed(in_review())
        life.says(CLAIMANT, "answer_appointment", times=on(life, 0)).says(RESPONDENT, "answer_appointment", times=on(life, 1))
        assert told(life, MEDIATOR)[-1] == "appointment_unmatched"

    def test_of_one_side_alone_the_other_learns_nothing(self) -> None:
        life = proposed(in_review(), sides="claimant")
        life.says(CLAIMANT, "answer_appointment", times=on(life, 0))
        assert newest(life).state == "confirmed"
        assert life.seen_by(RESPONDENT).appointments == ()
        assert not any(event.startswith("appointment") for event in told(life, RESPONDENT))
        assert life.refused(RESPONDENT, "answer_appointment").code == "appointment_unknown"

    def test_a_time_that_was_not_proposed_is_refused(self) -> None:
        life = proposed(in_review())
        assert life.refused(CLAIMANT, "answer_appointment", times=times(life, 9)).code == "time_not_proposed"

    def test_an_hour_ahead_is_the_hour_of_a_tenant_for_development(self) -> None:
        life = a_case().scaled(1 / 60).in_review()
        at = life.now + HOUR / 20
        soon = [at.isoformat()]
        too_soon = [(life.now + HOUR / 120).isoformat()]
        assert life.refused(MEDIATOR, "propose_appointment", times=too_soon, about="The listing.").code == "instant_refused"
        life.says(MEDIATOR, "propose_appointment", times=soon, about="The listing.")
        assert newest(life).times == (at,)

    @pytest.mark.parametrize("days", [-1, 0, 91])
    def test_times_are_ahead_and_not_too_far(self, days: int) -> None:
        life = in_review()
        refusal = life.refused(MEDIATOR, "propose_appointment", times=times(life, days), about="The listing.")
        assert refusal.code == "instant_refused"

    def test_one_is_ahead_at_a_time(self) -> None:
        life = agreed(in_review())
        assert life.refused(MEDIATOR, "propose_appointment", times=times(life, 3), about="Once more.").code == "appointment_ahead"


class TestConsent:
    @pytest.mark.parametrize("kind", PROTECTIVE)
    def test_nobody_meets_the_other_side_without_saying_that_they_will(self, kind: str) -> None:
        life = proposed(in_review(kind))
        assert life.refused(CLAIMANT, "answer_appointment", times=on(life, 0)).code == "consent_missing"
        life.says(CLAIMANT, "answer_appointment", times=on(life, 0), joint=True)
        assert life.refused(RESPONDENT, "answer_appointment", times=on(life, 0)).code == "consent_missing"
        assert newest(life).state == "proposed"

    @pytest.mark.parametrize("kind", PROTECTIVE)
    @pytest.mark.parametrize("late", [False, True])
    def test_who_does_not_want_to_ends_it_at_any_time_and_the_other_does_not_learn_of_it(self, kind: str, late: bool) -> None:
        life = agreed(in_review(kind)) if late else proposed(in_review(kind))
        life.says(CLAIMANT, "answer_appointment", joint=False)
        assert (newest(life).state, newest(life).because) == ("cancelled", "no_consent")
        letter = life.notices_for(RESPONDENT)[-1]
        assert letter.event == "appointment_cancelled"
        assert letter.data["because"] == "by_hand"
        answered = facts_named(life.recordings, "appointment_answered")[-1]
        assert not knows(life.case, answered, "respondent")
        seen = life.seen_by(RESPONDENT).appointments[-1]
        assert all(said.side.value == "respondent" for said in seen.answers)
        assert "because" not in type(seen).model_fields

    @pytest.mark.parametrize("kind", PROTECTIVE)
    def test_times_from_who_has_not_agreed_are_no_consent_and_ask_nothing_of_the_other_side(self, kind: str) -> None:
        life = proposed(in_review(kind))
        before = told(life, CLAIMANT)
        life.says(RESPONDENT, "move_appointment", times=(there := times(life, 5)), reasons="I am at work until then.")
        assert (told(life, CLAIMANT), told(life, MEDIATOR)[-1]) == (before, "appointment_times_named")
        named = facts_named(life.recordings, "appointment_answered")[-1]
        assert isinstance(named, AppointmentAnswered)
        assert (named.joint, knows(life.case, named, "claimant"), knows(life.case, named, "respondent")) == (None, False, True)
        assert life.notices_for(MEDIATOR)[-1].data["times"] == [datetime.fromisoformat(at).isoformat() for at in there]
        life.says(CLAIMANT, "answer_appointment", times=on(life, 0), joint=True)
        assert newest(life).state == "proposed"
        assert life.says(RESPONDENT, "answer_appointment", joint=True).case.appointments[-1].times == named.instead
        assert told(life, CLAIMANT)[-1] == "appointment_moved"
        assert fold(life.case_id, life.recordings) == life.case

    @pytest.mark.parametrize("kind", PROTECTIVE)
    def test_what_was_named_meanwhile_is_not_asked_where_a_proposed_time_suits_all(self, kind: str) -> None:
        life = proposed(in_review(kind))
        life.says(CLAIMANT, "move_appointment", times=times(life, 5), reasons="Work.")
        life.says(CLAIMANT, "answer_appointment", times=on(life, 0), joint=True)
        life.says(RESPONDENT, "answer_appointment", times=on(life, 0), joint=True)
        assert newest(life).state == "confirmed"

    @pytest.mark.parametrize("kind", PROTECTIVE)
    def test_times_named_inside_count_as_moves_of_the_side(self, kind: str) -> None:
        life = proposed(in_review(kind))
        for day in (5, 6):
            life.says(CLAIMANT, "move_appointment", times=times(life, day), reasons="I am ill.")
        refusal = life.refused(CLAIMANT, "move_appointment", times=times(life, 7), reasons="Again.")
        assert (refusal.code, newest(life).moved_by.count("claimant")) == ("appointment_not_open", 2)

    @pytest.mark.parametrize("kind", PROTECTIVE)
    def test_to_agree_to_meet_stays_said_when_it_is_moved_by_oneself_and_is_asked_anew_of_others(self, kind: str) -> None:
        life = agreed(in_review(kind)).says(RESPONDENT, "move_appointment", times=(there := times(a_case(), 9)), reasons="Work.")
        assert newest(life).state == "proposed"
        assert life.refused(CLAIMANT, "answer_appointment", times=there).code == "consent_missing"
        assert life.says(CLAIMANT, "answer_appointment", times=there, joint=True).case.appointments[-1].state == "confirmed"

    def test_where_nobody_is_to_be_protected_a_time_is_enough(self) -> None:
        life = proposed(in_review())
        life.says(CLAIMANT, "answer_appointment", times=on(life, 0)).says(RESPONDENT, "answer_appointment", times=on(life, 0))
        assert newest(life).state == "confirmed"

    def test_to_invite_a_respondent_who_knows_of_nothing_tells_them(self) -> None:
        life = a_case("conduct_report").in_review()
        assert not life.case.is_disclosed
        assert proposed(life, sides="respondent").case.is_disclosed


class TestMoving:
    def test_the_one_who_moves_it_has_said_that_they_can(self) -> None:
        life = agreed(in_review())
        there = times(life, 6)
        life.says(RESPONDENT, "move_appointment", times=there, reasons="I am at work then.")
        assert told(life, CLAIMANT)[-1] == "appointment_moved"
        life.says(CLAIMANT, "answer_appointment", times=there)
        assert newest(life).at == datetime.fromisoformat(there[0])

    def test_a_side_moves_it_twice(self) -> None:
        life = proposed(in_review())
        for day in (5, 6):
            life.says(CLAIMANT, "move_appointment", times=times(life, day), reasons="I am ill.")
        assert life.refused(CLAIMANT, "move_appointment", times=times(life, 7), reasons="Again.").code == "appointment_not_open"
        life.says(MEDIATOR, "move_appointment", times=times(life, 7), reasons="A last time.")

    def test_once_it_has_begun_nobody_moves_it(self) -> None:
        life = agreed(in_review()).later(5 * DAY)
        assert life.refused(RESPONDENT, "move_appointment", times=times(life, 5), reasons="Late.").code == "appointment_not_open"

    def test_who_cannot_come_after_all_ends_it(self) -> None:
        life = agreed(in_review()).says(RESPONDENT, "answer_appointment")
        assert newest(life).because == "cannot_come"


class TestStalling:
    """Nothing is decided while one is ahead: European Convention on Human Rights, article 6(1), within a reasonable time."""

    def test_the_owner_moves_it_twice(self) -> None:
        life = agreed(in_review())
        for day in (5, 6):
            life.says(MEDIATOR, "move_appointment", times=times(life, day), reasons="I am ill.")
        refusal = life.refused(MEDIATOR, "move_appointment", times=times(life, 7), reasons="I am ill.")
        assert (refusal.code, refusal.fields["because"]) == ("appointment_not_open", "moved_often")

    def test_a_lead_calls_it_off(self) -> None:
        life = agreed(in_review()).says(LEAD, "cancel_appointment", reasons="It is put off for too long.")
        assert newest(life).state == "cancelled"
        assert "appointment_cancelled" in told(life, MEDIATOR)
        assert life.refused(LEAD, "move_appointment", times=times(life, 7), reasons="No.").code == "not_your_case"


class TestProtocol:
    def held(self, **fields: Any) -> Life:
        life = agreed(in_review()).later(4 * DAY + HOUR)
        return life.says(MEDIATOR, "record_appointment", **{"protocol": "Both say that the fee was 40 dollars.", **fields})

    @pytest.mark.parametrize(("kind", "alone"), [("safety_incident", True), ("conduct_report", True), ("bounty_dispute", False)])
    def test_what_a_child_says_of_it_goes_where_its_messages_go(self, kind: str, alone: bool) -> None:
        """UN Convention on the Rights of the Child, articles 12 and 19: whoever is beside it may be whom it speaks of."""
        life = a_case(kind).with_party("pty_mum", "claimant", "representative").under_age(CLAIMANT).in_review()
        offered = times(life, 3)
        life.says(MEDIATOR, "propose_appointment", times=offered, about="You and I.", sides="claimant")
        life.says(CLAIMANT, "answer_appointment", times=offered).later(4 * DAY)
        life.says(MEDIATOR, "record_appointment", protocol="We spoke.")
        life.says(CLAIMANT, "comment_protocol", text="Mum hits me.")
        assert bool([n for n in life.notices_for("pty_mum") if n.event == "protocol_commented"]) is not alone
        seen = {who: len(life.seen_by(who).appointments[-1].comments) for who in (CLAIMANT, "pty_mum", MEDIATOR)}
        assert seen == {CLAIMANT: 1, "pty_mum": 0 if alone else 1, MEDIATOR: 1}
        assert visible(life.case, life.recordings[-1], life.actor("pty_mum")) is not alone

    def test_both_read_it_and_comment_on_it_and_both_read_the_comments(self) -> None:
        life = self.held()
        life.says(CLAIMANT, "comment_protocol", text="It was 45.").says(RESPONDENT, "comment_protocol", text="No, 40.")
        for who in (CLAIMANT, RESPONDENT):
            seen = life.seen_by(who).appointments[-1]
            assert seen.protocol is not None
            assert [said.side.value for said in seen.comments] == ["claimant", "respondent"]
            assert "appointment_held" in told(life, who)
        assert told(life, CLAIMANT)[-1] == "protocol_commented"

    def test_one_side_was_not_there_and_has_not_been_heard_by_it(self) -> None:
        life = self.held(missed_by=["respondent"])
        assert [side.value for side in newest(life).missed_by] == ["respondent"]
        assert [side.value for side in life.case.heard] == ["claimant"]

    def spoken_with(self) -> Life:
        life = a_case("conduct_report").that_protects().in_review().disclosed(text="You shouted at somebody on Monday.")
        life.says(MEDIATOR, "complete_step", steps=["evidence_secured", "record_checked"])
        offered = times(life, 3)
        life.says(MEDIATOR, "propose_appointment", times=offered, about="You and I.", sides="respondent")
        life.says(RESPONDENT, "answer_appointment", times=offered).later(4 * DAY)
        return life.says(MEDIATOR, "record_appointment", protocol="x")

    def unheard(self, life: Life) -> str | None:
        found = hearing.unheard(life.case, Side.RESPONDENT, life.now)
        return found.missing if found is not None else None

    def test_whoever_was_there_has_a_business_day_to_say_what_is_wrong_with_it(self) -> None:
        """One person puts it down: European Convention on Human Rights, article 6(1)."""
        life = self.spoken_with()
        assert self.unheard(life) == "time"
        until = next(n.data["answer_until"] for n in life.notices_for(RESPONDENT) if n.event == "appointment_held")
        said = {**OUTCOMES["conduct_report"]["heavy"], "statement": STATEMENT, "relies_on": []}
        refusal = life.refused(MEDIATOR, "rule", **said)
        assert (refusal.code, refusal.fields["missing"], refusal.fields["until"]) == ("not_heard", "time", until)
        assert self.unheard(life.later(TO_MONDAY)) is None

    def test_a_comment_on_it_is_their_word(self) -> None:
        life = self.spoken_with().says(RESPONDENT, "comment_protocol", text="I said more than that.", was_there=True)
        assert self.unheard(life) is None

    def test_taken_up_again_it_hears_nobody(self) -> None:
        life = self.spoken_with().later(DAY)
        for who in (Actor(id="per_o2", role="ops"), OPS):
            life.says(who, "close", reason="resolved", reasons="All is said.")
        assert self.unheard(life.says(OPS, "reopen", reason="mistake", reasons="Not all.")) == "answer"

    def test_what_was_said_is_put_down_where_somebody_came(self) -> None:
        life = agreed(in_review()).later(4 * DAY + HOUR)
        assert life.refused(MEDIATOR, "record_appointment", missed_by=["claimant"], protocol=None).code == "protocol_missing"
        life.says(MEDIATOR, "record_appointment", missed_by=["claimant", "respondent"])

    def test_nothing_is_put_down_before_it_began(self) -> None:
        life = agreed(in_review())
        assert life.refused(MEDIATOR, "record_appointment", protocol="They agreed.").code == "appointment_not_open"

    def test_nothing_is_decided_while_one_is_ahead(self) -> None:
        life = agreed(in_review())
        refusal = life.refused(MEDIATOR, "rule", outcome="rejected", ground="out_of_scope", reasons="It is a duplicate.")
        assert refusal.code == "appointment_ahead"
        life.says(MEDIATOR, "cancel_appointment", reasons="You have settled it by phone.")
        assert life.refused(MEDIATOR, "rule", outcome="rejected", reasons="It is a duplicate.").code != "appointment_ahead"
