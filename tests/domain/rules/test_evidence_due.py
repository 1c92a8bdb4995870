"""Requests for evidence with a date of their own: reminded of, lapsed, and shown by that date."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from domain.model import facts as f
from domain.rules.evolve import fold
from tests.support.cases import (
    CLAIMANT,
    MEDIATOR,
    OPS,
    RESPONDENT,
    WITNESS,
    Life,
    a_case,
    facts_named,
)
from tests.support.evidence_cases import in_review, open_ids


def days_on(life: Life, days: float) -> str:
    return (life.now + timedelta(days=days)).isoformat()


class TestOwnDate:
    """A bounty dispute gives a party 5 business days by its clock."""

    def test_it_lapses_at_its_date_and_not_with_the_clock_of_the_side(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent")
        life.says(MEDIATOR, "request_evidence", of="respondent", due_at=days_on(life, 30))
        life.fire("respondent_response", "end")
        assert [r.due_at is None for r in life.case.requests] == [False], "the one without a date has lapsed, the other has not"
        life.later(timedelta(days=31))
        assert [r.state for r in life.case.settled_requests] == ["lapsed", "lapsed"]

    def test_it_lapses_alone(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent")
        life.says(MEDIATOR, "request_evidence", of="respondent", due_at=days_on(life, 2)).later(timedelta(days=2))
        assert [r.due_at for r in life.case.requests] == [None]
        lapsed = facts_named(life.recordings, "evidence_lapsed")[-1]
        assert isinstance(lapsed, f.EvidenceLapsed)
        assert lapsed.requests == (life.case.settled_requests[0].id,)

    def test_it_gives_what_was_asked_before_no_more_time(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent")
        before = life.due("respondent_response")
        life.says(MEDIATOR, "request_evidence", of="respondent", due_at=days_on(life, 30))
        assert life.due("respondent_response") == before

    def test_the_clock_of_the_side_stops_when_only_dated_requests_are_left(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent")
        first = open_ids(life)
        life.says(MEDIATOR, "request_evidence", of="respondent", due_at=days_on(life, 30))
        life.says(RESPONDENT, "submit_evidence", answers=first)
        assert {row.clock for row in life.case.timetable} == {"respondent_evidence"}

    def test_the_ruling_waits_for_it(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent", due_at=days_on(life_at(), 30))
        assert "ruling" not in {row.clock for row in life.case.timetable}
        assert "ruling" in {row.clock for row in life.says(RESPONDENT, "submit_evidence").case.timetable}

    def test_handed_in_in_time_it_does_not_lapse(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent", due_at=days_on(life_at(), 3))
        life.says(RESPONDENT, "submit_evidence").later(timedelta(days=4))
        assert [r.state for r in life.case.settled_requests] == ["answered"]
        assert facts_named(life.recordings, "evidence_lapsed") == []

    def test_whoever_is_asked_is_reminded_once(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent", party=WITNESS, due_at=days_on(life_at(), 10))
        asked_at = life.now
        life.fire("respondent_evidence", "remind")
        assert life.now - asked_at == (datetime.fromisoformat(days_on(life_at(), 10)) - asked_at) * 0.8
        assert [n.recipient for _, n in life.last.notices if n.audience != "staff"] == [WITNESS]
        assert {row.level for row in life.case.timetable if row.clock == "respondent_evidence"} == {"end"}

    def test_each_side_and_the_team_see_its_date(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent", due_at=days_on(life_at(), 12))
        due_at = datetime.fromisoformat(days_on(life_at(), 12))
        assert [r.due_at for r in life.seen_by(RESPONDENT).requests] == [due_at]
        assert [r.due_at for r in life.seen_by(MEDIATOR).requests] == [due_at]
        assert [(d.due_at, d.by_default) for d in life.seen_by(RESPONDENT).deadlines] == [(due_at, "proceed_on_file")]

    def test_without_a_date_the_clock_of_the_side_is_shown(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent")
        end = next(r.due_at for r in life.case.timetable if (r.clock, r.level) == ("respondent_response", "end"))
        assert [r.due_at for r in life.seen_by(RESPONDENT).requests] == [end]

    def test_a_freeze_pushes_it_back_by_what_was_lost(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent", due_at=days_on(life_at(), 12))
        due_at = life.seen_by(RESPONDENT).requests[0].due_at
        life.says(OPS, "freeze", incident="inc_1")
        assert life.seen_by(RESPONDENT).requests[0].due_at is None
        life.later(timedelta(days=3)).says(OPS, "thaw", incident="inc_1", margin="2 hours")
        assert due_at is not None
        assert life.seen_by(RESPONDENT).requests[0].due_at == due_at + timedelta(days=3, hours=2, minutes=1)

    @pytest.mark.parametrize(("days", "because"), [(-1, "past"), (91, "too_far")])
    def test_a_date_that_makes_no_sense(self, days: int, because: str) -> None:
        life = in_review()
        refusal = life.refused(MEDIATOR, "request_evidence", of="respondent", due_at=days_on(life, days))
        assert (refusal.code, refusal.fields["because"]) == ("instant_refused", because)

    def test_nobody_waits_for_it_once_the_case_is_closed(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent", due_at=days_on(life_at(), 12))
        life.says(CLAIMANT, "withdraw")
        assert (life.case.requests, life.case.timetable) == ((), ())
        assert [r.state for r in life.case.settled_requests] == ["lapsed"]

    def test_it_is_what_the_record_says(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent", due_at=days_on(life_at(), 10))
        life.fire("respondent_evidence", "remind").fire("respondent_evidence", "end")
        assert fold(life.case_id, life.recordings) == life.case


def life_at() -> Life:
    """The moment at which cases of these tests are opened."""
    return Life("bounty_dispute", {})


class TestAProofOfIdentity:
    """Regulation (EU) 2016/679, article 12(3) and (6): the month waits for the proof, and for nothing that is asked besides."""

    def asked(self, **said: str) -> Life:
        life = a_case("compliance_request", category="gdpr_access").opened().says(MEDIATOR, "take")
        return life.says(MEDIATOR, "ask_identity", **said)

    def limit(self, life: Life) -> datetime | None:
        return next((row.due_at for row in life.case.timetable if (row.clock, row.level) == ("answer", "breach")), None)

    def test_asked_again_while_it_is_open_is_refused(self) -> None:
        refusal = self.asked().refused(MEDIATOR, "ask_identity", reasons="A better copy.")
        assert (refusal.code, refusal.fields["because"]) == ("identity_asked_before", "unanswered")

    @pytest.mark.parametrize("ended", ["answered", "lapsed"])
    def test_asked_again_takes_a_reason_and_the_limit_waits_no_more(self, ended: str) -> None:
        life = self.asked()
        assert self.limit(life) is None
        life.later(timedelta(days=2 if ended == "answered" else 9))
        if ended == "answered":
            life.says(CLAIMANT, "submit_evidence")
        before = self.limit(life)
        assert before is not None
        assert life.refused(MEDIATOR, "ask_identity").fields["because"] == "reasons"
        life.says(MEDIATOR, "ask_identity", reasons="The copy shows another name.")
        assert self.limit(life) == before
        assert self.limit(life.later(timedelta(days=3)).says(CLAIMANT, "submit_evidence")) == before

    def test_the_limit_goes_on_with_the_answer_whatever_else_is_asked(self) -> None:
        life = self.asked()
        proof = open_ids(life)
        life.says(MEDIATOR, "request_evidence", of="claimant").later(timedelta(days=2))
        life.says(CLAIMANT, "submit_evidence", answers=proof)
        assert (len(life.case.requests), self.limit(life) is None) == (1, False)

    def test_the_time_to_prove_it_is_made_no_longer_by_other_questions(self) -> None:
        plain, more = self.asked(), self.asked()
        for _ in range(3):
            more.later(timedelta(days=2)).says(MEDIATOR, "request_evidence", of="claimant")
        for life in (plain, more):
            life.later(plain.now + timedelta(days=12) - life.now if life is plain else timedelta(days=12))
        assert self.limit(plain) is not None
        assert self.limit(more) == self.limit(plain)

    def test_the_limit_goes_on_once_it_is_known_who_they_are(self) -> None:
        life = self.asked().later(timedelta(days=1))
        life.says(MEDIATOR, "complete_step", step="identity", reasons="I know the voice.")
        assert self.limit(life) is None, "the word of one shows nothing"
        life.says(CLAIMANT, "submit_evidence", more_follows=True)
        life.says(MEDIATOR, "complete_step", step="identity", evidence=list(life.case.handed_in))
        assert self.limit(life) is not None
