"""Evidence: asked of whom by when, handed in by whom, seen by whom; and what becomes of a request that nobody answers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from domain.base import Side
from domain.model import facts as f
from domain.rules.evolve import fold
from domain.views.case import files_seen, visible
from tests.support.cases import (
    AGENT,
    CLAIMANT,
    LEAD,
    MEDIATOR,
    OPS,
    PLATFORM,
    RESPONDENT,
    WITNESS,
    Life,
    a_case,
    facts_named,
)

EVERYBODY = (CLAIMANT, AGENT, RESPONDENT, WITNESS, PLATFORM, MEDIATOR, LEAD, OPS)
STAFF = {MEDIATOR, LEAD, OPS}
FILE = "fil_0198c5a2-7d1e"


def in_review() -> Life:
    """A bounty dispute with an agent beside the claimant and a witness of the respondent."""
    life = a_case().with_party(AGENT, "claimant", "representative").with_party(WITNESS, "respondent", "witness")
    return life.in_review()


def with_types(*types: str) -> Life:
    """The same under a pack that lists types of evidence."""
    life = in_review()
    life._case = life.case.model_copy(update={"terms": life.case.terms.model_copy(update={"evidence_types": types})})
    return life


def who_sees(life: Life) -> set[str]:
    """Everybody who may know of the last fact."""
    return {who for who in EVERYBODY if visible(life.case, life.recordings[-1], life.actor(who))}


def days_on(life: Life, days: float) -> str:
    return (life.now + timedelta(days=days)).isoformat()


def open_ids(life: Life) -> list[str]:
    return [asked.id for asked in life.case.requests]


class TestTypes:
    def test_a_type_that_the_pack_does_not_list(self) -> None:
        life = with_types("screenshot", "log")
        refusal = life.refused(MEDIATOR, "request_evidence", of="respondent", evidence_type="video")
        assert (refusal.code, refusal.fields["allowed"]) == ("evidence_type_unknown", ["screenshot", "log"])
        assert life.refused(CLAIMANT, "submit_evidence", evidence_type="video").code == "evidence_type_unknown"

    def test_a_type_that_it_lists_is_kept_with_both(self) -> None:
        life = with_types("screenshot", "log").says(MEDIATOR, "request_evidence", of="respondent", evidence_type="log")
        life.says(RESPONDENT, "submit_evidence", evidence_type="log")
        asked, handed_in = life.facts[-2:]
        assert isinstance(asked, f.EvidenceRequested)
        assert isinstance(handed_in, f.EvidenceSubmitted)
        assert (asked.evidence_type, handed_in.evidence_type) == ("log", "log")

    def test_a_pack_that_lists_none_takes_any(self) -> None:
        assert with_types().says(CLAIMANT, "submit_evidence", evidence_type="vet_bill").case.handed_in


class TestWhoIsAsked:
    def test_somebody_of_the_other_side(self) -> None:
        assert in_review().refused(MEDIATOR, "request_evidence", of="claimant", party=WITNESS).code == "party_unknown"

    def test_nobody_of_this_case(self) -> None:
        assert in_review().refused(MEDIATOR, "request_evidence", of="claimant", party="pty_other").code == "party_unknown"

    def test_a_witness_sees_what_they_are_asked_and_nothing_else(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent")
        life.says(MEDIATOR, "request_evidence", of="respondent", party=WITNESS)
        assert [r.party for r in life.seen_by(WITNESS).requests] == [WITNESS]
        assert [r.party for r in life.seen_by(RESPONDENT).requests] == [None, WITNESS]
        assert life.seen_by(CLAIMANT).requests == ()
        assert who_sees(life) == {WITNESS, RESPONDENT, PLATFORM} | STAFF

    def test_only_the_witness_is_told(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent", party=WITNESS)
        assert [n.recipient for _, n in life.last.notices if n.event.startswith("evidence_requested")] == [WITNESS]

    def test_the_side_does_not_answer_for_its_witness_by_the_way(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent", party=WITNESS)
        life.says(RESPONDENT, "submit_evidence")
        assert len(life.case.requests) == 1
        assert life.says(WITNESS, "submit_evidence").case.requests == ()

    def test_the_side_answers_for_its_witness_when_it_says_so(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent", party=WITNESS)
        assert life.says(RESPONDENT, "submit_evidence", answers=open_ids(life)).case.requests == ()

    def test_a_witness_does_not_answer_for_the_side(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="respondent")
        assert life.refused(WITNESS, "submit_evidence", answers=open_ids(life)).code == "request_unknown"
        assert life.says(WITNESS, "submit_evidence").case.requests


class TestAnswers:
    def test_left_out_all_that_is_open_for_the_side(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="claimant").says(MEDIATOR, "request_evidence", of="claimant")
        life.says(MEDIATOR, "request_evidence", of="respondent").says(CLAIMANT, "submit_evidence")
        assert [r.of for r in life.case.requests] == [Side.RESPONDENT]
        assert [r.state for r in life.case.settled_requests] == ["answered", "answered"]

    def test_left_out_but_not_those_for_another_type(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="claimant", evidence_type="log")
        life.says(MEDIATOR, "request_evidence", of="claimant", evidence_type="video").says(
            MEDIATOR, "request_evidence", of="claimant"
        )
        life.says(CLAIMANT, "submit_evidence", evidence_type="log")
        assert [r.evidence_type for r in life.case.requests] == ["video"]

    def test_named_those_alone(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="claimant").says(MEDIATOR, "request_evidence", of="claimant")
        first, second = open_ids(life)
        assert open_ids(life.says(AGENT, "submit_evidence", answers=[first])) == [second]

    def test_none_named_closes_nothing(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="claimant")
        assert life.says(CLAIMANT, "submit_evidence", answers=[]).case.requests

    @pytest.mark.parametrize("who", [RESPONDENT, PLATFORM])
    def test_what_somebody_else_was_asked(self, who: str) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="claimant")
        assert life.refused(who, "submit_evidence", answers=open_ids(life)).code == "request_unknown"

    def test_what_was_answered_before(self) -> None:
        life = in_review().says(MEDIATOR, "request_evidence", of="claimant")
        asked = open_ids(life)
        life.says(CLAIMANT, "submit_evidence")
        assert life.refused(CLAIMANT, "submit_evidence", answers=asked).code == "request_unknown"


class TestConfidentiality:
    @pytest.mark.parametrize(
        ("who", "seen_by", "sees"),
        [
            (CLAIMANT, "shared", set(EVERYBODY)),
            (CLAIMANT, "own_side", {CLAIMANT, AGENT} | STAFF),
            (CLAIMANT, "deciders", {CLAIMANT} | STAFF),
            (WITNESS, "shared", set(EVERYBODY)),
            (WITNESS, "own_side", {WITNESS, RESPONDENT} | STAFF),
            (WITNESS, "deciders", {WITNESS} | STAFF),
            (PLATFORM, "own_side", {PLATFORM} | STAFF),
            (PLATFORM, "deciders", {PLATFORM} | STAFF),
        ],
    )
    def test_who_sees_it_and_its_files(self, who: str, seen_by: str, sees: set[str]) -> None:
        life = in_review().uploads_file(who, FILE).says(who, "submit_evidence", confidentiality=seen_by, files=[FILE])
        assert who_sees(life) == sees
        assert {one for one in EVERYBODY if FILE in files_seen(life.case, life.recordings, life.actor(one))} == sees

    def test_who_does_not_see_it_is_not_told_of_it(self) -> None:
        life = in_review().says(CLAIMANT, "submit_evidence", confidentiality="deciders")
        assert {n.audience for _, n in life.last.notices} <= {"staff"}
        assert all("text" not in n.texts for _, n in life.last.notices)

    def test_an_older_reader_does_not_show_it_to_everybody(self) -> None:
        fact = in_review().says(CLAIMANT, "submit_evidence", confidentiality="deciders").facts[-1]
        assert isinstance(fact, f.EvidenceSubmitted)
        assert fact.confidential

    def test_an_older_record_means_what_it_meant(self) -> None:
        prose = {"content_id": "cnt_1", "digest": "", "length": 1}
        old = {"evidence_id": "evd_1", "side": "claimant", "text": prose, "answers": []}
        assert f.EvidenceSubmitted.model_validate({**old, "confidential": True}).seen_by == "own_side"
        assert f.EvidenceSubmitted.model_validate({**old, "confidential": False}).seen_by == "shared"

    def test_said_twice_and_otherwise(self) -> None:
        with pytest.raises(ValidationError, match="own_side"):
            in_review().command(CLAIMANT, "submit_evidence", confidential=True, confidentiality="deciders")


class TestFiles:
    def test_the_record_proves_which_file_it_was(self) -> None:
        fact = in_review().uploads_file(CLAIMANT, FILE).says(CLAIMANT, "submit_evidence", files=[FILE]).facts[-1]
        assert isinstance(fact, f.EvidenceSubmitted)
        (file,) = fact.files
        assert (file.id, len(file.digest), file.length) == (FILE, 64, 2048)

    def test_nobody_hands_in_what_somebody_else_uploaded(self) -> None:
        life = in_review().uploads_file(CLAIMANT, FILE)
        refusal = life.refused(RESPONDENT, "submit_evidence", files=[FILE])
        assert (refusal.code, refusal.fields) == ("file_unknown", {"files": [FILE]})

    def test_an_upload_alone_is_seen_by_nobody(self) -> None:
        life = in_review().uploads_file(CLAIMANT, FILE)
        assert not any(files_seen(life.case, life.recordings, life.actor(who)) for who in EVERYBODY)


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


class TestRequestEvidence:
    def test_both_sides_can_be_asked_at_once(self) -> None:
        life = (
            a_case()
            .in_review()
            .says(MEDIATOR, "request_evidence", of="claimant")
            .says(MEDIATOR, "request_evidence", of="respondent")
        )
        assert [r.of for r in life.case.requests] == [Side.CLAIMANT, Side.RESPONDENT]
        assert life.case.waiting_on == "both"


class TestSubmitEvidence:
    def test_answers_everything_its_side_was_asked(self) -> None:
        life = a_case().in_review()
        for of in ("respondent", "respondent", "claimant"):
            life.says(MEDIATOR, "request_evidence", of=of)
        life.says(RESPONDENT, "submit_evidence")
        assert [r.of for r in life.case.requests] == [Side.CLAIMANT]

    def test_a_representative_answers_for_the_side(self) -> None:
        life = a_case().with_party(AGENT, "claimant", "representative").in_review()
        life.says(MEDIATOR, "request_evidence", of="claimant").says(AGENT, "submit_evidence")
        assert life.case.requests == ()

    def test_a_witness_and_the_platform_answer_for_nobody(self) -> None:
        life = a_case().with_party(WITNESS, "respondent", "witness").in_review()
        life.says(MEDIATOR, "request_evidence", of="respondent").says(MEDIATOR, "request_evidence", of="claimant")
        life.says(WITNESS, "submit_evidence").says(PLATFORM, "submit_evidence")
        assert len(life.case.requests) == 2
        assert [fact.side for fact in life.facts if isinstance(fact, f.EvidenceSubmitted)] == [Side.RESPONDENT, None]
