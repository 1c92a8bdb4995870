"""Who has to agree before two sides meet, in kinds that protect people."""

from __future__ import annotations

import pytest

from domain.rules.evolve import fold
from domain.rules.meeting import still_to_agree
from tests.support.appointments import DAY, newest, on, proposed
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, RESPONDENT, Life, a_case

OTHER, FRIEND = "pty_other", "pty_friend"
TOLD = {"text": "That they followed somebody home on Monday."}


def invited(life: Life) -> Life:
    return proposed(life.in_review().disclosed(**TOLD))


def yes(life: Life, who: str) -> Life:
    return life.says(who, "answer_appointment", times=on(life, 0), joint=True)


class TestThemselves:
    def test_one_of_several_does_not_agree_for_the_others(self) -> None:
        life = invited(a_case("safety_incident").with_party(OTHER, "claimant", "principal"))
        yes(yes(life, OTHER), RESPONDENT)
        assert (newest(life).state, still_to_agree(life.case, newest(life))) == ("proposed", (CLAIMANT,))
        assert yes(life, CLAIMANT).case.appointments[-1].state == "confirmed"
        assert fold(life.case_id, life.recordings) == life.case

    def test_each_says_no_for_themselves(self) -> None:
        life = invited(a_case("safety_incident").with_party(OTHER, "claimant", "principal"))
        yes(life, OTHER).says(CLAIMANT, "answer_appointment", joint=False)
        assert (newest(life).state, newest(life).because) == ("cancelled", "no_consent")

    def test_whoever_represents_somebody_does_not_agree_for_them(self) -> None:
        life = invited(a_case("safety_incident").with_party(FRIEND, "claimant", "representative"))
        yes(yes(life, FRIEND), RESPONDENT)
        assert (newest(life).state, still_to_agree(life.case, newest(life))) == ("proposed", (CLAIMANT,))
        assert yes(life, CLAIMANT).case.appointments[-1].state == "confirmed"

    def test_the_team_reads_whose_yes_is_missing_and_each_their_own_answer_alone(self) -> None:
        life = yes(invited(a_case("safety_incident").with_party(OTHER, "claimant", "principal")), OTHER)
        assert life.seen_by(MEDIATOR).appointments[-1].still_to_agree == (CLAIMANT, RESPONDENT)
        for who, answers in ((OTHER, [OTHER]), (CLAIMANT, []), (RESPONDENT, [])):
            seen = life.seen_by(who).appointments[-1]
            assert ([said.party for said in seen.answers], seen.still_to_agree) == (answers, ())

    def test_who_has_not_agreed_is_reminded_and_who_has_is_not(self) -> None:
        life = yes(invited(a_case("safety_incident").with_party(OTHER, "claimant", "principal")), OTHER).later(2 * DAY)
        reminded = {who: [n.event for n in life.notices_for(who)].count("appointment_reminded") for who in (CLAIMANT, OTHER)}
        assert reminded == {CLAIMANT: 1, OTHER: 0}

    def test_where_nobody_is_to_be_protected_one_answers_for_the_side(self) -> None:
        life = proposed(a_case("bounty_dispute").with_party(OTHER, "claimant", "principal").in_review())
        life.says(OTHER, "answer_appointment", times=on(life, 0)).says(RESPONDENT, "answer_appointment", times=on(life, 0))
        assert newest(life).state == "confirmed"


class TestAChild:
    def represented(self) -> Life:
        return invited(a_case("safety_incident").under_age(CLAIMANT).with_party(FRIEND, "claimant", "representative"))

    @pytest.mark.parametrize(("first", "second"), [(CLAIMANT, FRIEND), (FRIEND, CLAIMANT)])
    def test_agrees_itself_and_so_does_its_guardian(self, first: str, second: str) -> None:
        life = yes(yes(self.represented(), RESPONDENT), first)
        assert (newest(life).state, still_to_agree(life.case, newest(life))) == ("proposed", (second,))
        assert yes(life, second).case.appointments[-1].state == "confirmed"

    @pytest.mark.parametrize("who", [CLAIMANT, FRIEND])
    def test_either_says_no_at_any_time(self, who: str) -> None:
        life = yes(yes(yes(self.represented(), RESPONDENT), CLAIMANT), FRIEND)
        assert life.says(who, "answer_appointment", joint=False).case.appointments[-1].because == "no_consent"

    def test_its_guardian_does_not_see_what_it_answered(self) -> None:
        life = self.represented().says(CLAIMANT, "answer_appointment", joint=False)
        assert life.seen_by(FRIEND).appointments[-1].answers == ()
        assert life.notices_for(FRIEND)[-1].data["because"] == "by_hand"

    def test_without_a_guardian_does_not_agree_and_can_say_no(self) -> None:
        life = invited(a_case("safety_incident").under_age(CLAIMANT))
        refusal = life.refused(CLAIMANT, "answer_appointment", times=on(life, 0), joint=True)
        assert (refusal.code, refusal.fields["because"]) == ("guardian_needed", "no_guardian")
        assert life.says(CLAIMANT, "answer_appointment", joint=False).case.appointments[-1].state == "cancelled"

    def test_a_guardian_whom_one_alone_has_named_is_none_yet(self) -> None:
        life = invited(a_case("safety_incident").under_age(CLAIMANT))
        guardian = {"side": "claimant", "role": "representative", "ref": "guardian"}
        life.says(MEDIATOR, "add_party", party=guardian, agreed=True)
        assert life.refused(CLAIMANT, "answer_appointment", times=on(life, 0), joint=True).code == "guardian_needed"
        life.says(LEAD, "add_party", party=guardian, agreed=True)
        yes(life, CLAIMANT)
        named = next(p.id for p in life.case.parties if p.role == "representative")
        assert named in still_to_agree(life.case, newest(life))
