"""When whoever takes part in a hearing is asked once more and reminded, and when one lapses."""

from __future__ import annotations

from datetime import timedelta

from domain.model.appointments import AppointmentReminded
from tests.support.appointments import DAY, HOUR, agreed, in_review, newest, on, proposed, times, told
from tests.support.cases import CLAIMANT, MEDIATOR, OPS, RESPONDENT, Life, facts_named


def reminded(life: Life) -> list[str]:
    return [fact.what for fact in facts_named(life.recordings, "appointment_reminded") if isinstance(fact, AppointmentReminded)]


class TestAnswers:
    def test_what_nobody_agreed_on_lapses_with_its_last_time(self) -> None:
        life = proposed(in_review()).later(5 * DAY)
        assert (newest(life).state, newest(life).because) == ("cancelled", "no_answer")

    def test_whoever_has_not_answered_is_asked_once_more_and_nobody_else(self) -> None:
        life = proposed(in_review())
        life.says(CLAIMANT, "answer_appointment", times=on(life, 0)).later(2 * DAY)
        assert "appointment_reminded" in told(life, RESPONDENT)
        assert "appointment_reminded" not in told(life, CLAIMANT)


class TestReminders:
    def test_a_day_and_an_hour_before_each_once(self) -> None:
        life = agreed(in_review())
        begins = newest(life).at
        assert begins is not None
        life.later(begins - life.now - timedelta(minutes=1))
        assert reminded(life) == ["tomorrow", "soon"]
        for who in (CLAIMANT, RESPONDENT, MEDIATOR):
            assert told(life, who).count("appointment_reminded") == 2

    def test_who_has_just_agreed_is_not_reminded_that_it_is_within_the_day(self) -> None:
        life = in_review()
        soon = [(life.now + 5 * HOUR).isoformat()]
        life.says(MEDIATOR, "propose_appointment", times=soon, about="The listing.")
        life.says(CLAIMANT, "answer_appointment", times=soon).says(RESPONDENT, "answer_appointment", times=soon)
        life.later(4 * HOUR + timedelta(minutes=30))
        assert reminded(life) == ["soon"]

    def test_after_a_move_they_come_again(self) -> None:
        life = agreed(in_review()).later(3 * DAY + HOUR)
        life.says(RESPONDENT, "move_appointment", times=(there := times(life, 6)), reasons="Ill.")
        life.says(CLAIMANT, "answer_appointment", times=there).later(6 * DAY - HOUR)
        named = reminded(life)
        assert named.count("tomorrow") == 2

    def test_whoever_led_it_is_reminded_of_the_protocol_each_day_and_no_party_hears_of_that(self) -> None:
        life = agreed(in_review()).later(4 * DAY)
        before = told(life, CLAIMANT)
        life.later(2 * DAY + 2 * HOUR)
        assert reminded(life)[-1] == "protocol"
        assert told(life, CLAIMANT) == before
        assert [n.data["what"] for n in life.notices_for(MEDIATOR) if n.event == "appointment_reminded"].count("protocol") == 2

    def test_with_the_case_it_is_over(self) -> None:
        life = agreed(in_review()).says(OPS, "close", reason="resolved")
        assert (newest(life).state, newest(life).because) == ("cancelled", "case_over")
        assert all(row.clock != "appointment" for row in life.case.timetable)
