"""A hearing or call as whoever takes part may see it."""

from __future__ import annotations

from domain.model import facts as f
from domain.rules.visibility import knows
from tests.support.appointments import agreed, in_review, newest, proposed
from tests.support.cases import CLAIMANT, MEDIATOR, PLATFORM, RESPONDENT


class TestWhatIsSeen:
    def test_of_the_answers_a_side_sees_its_own_and_the_team_all(self) -> None:
        life = agreed(in_review())
        for who, answers in ((CLAIMANT, ["claimant"]), (RESPONDENT, ["respondent"]), (MEDIATOR, ["claimant", "respondent"])):
            seen = life.seen_by(who).appointments[-1]
            assert [said.side.value for said in seen.answers] == answers
            assert (seen.at, seen.needs_consent) == (newest(life).at, False)

    def test_where_each_side_has_to_agree_to_meet_the_other_it_is_said(self) -> None:
        assert proposed(in_review("safety_incident")).seen_by(CLAIMANT).appointments[-1].needs_consent

    def test_the_platform_knows_when_and_nobody_s_answers(self) -> None:
        life = agreed(in_review())
        assert life.seen_by(PLATFORM).appointments[-1].answers == ()
        assert knows(life.case, f.AppointmentConfirmed(appointment_id=newest(life).id, at=life.now), "platform")
