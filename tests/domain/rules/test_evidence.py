"""Evidence: asked of whom by when, handed in by whom, seen by whom; and what becomes of a request that nobody answers."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain.base import Side
from domain.model import facts as f
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
)
from tests.support.evidence_cases import in_review, open_ids

EVERYBODY = (CLAIMANT, AGENT, RESPONDENT, WITNESS, PLATFORM, MEDIATOR, LEAD, OPS)
STAFF = {MEDIATOR, LEAD, OPS}
FILE = "fil_0198c5a2-7d1e"


def with_types(*types: str) -> Life:
    """The same under a pack that lists types of evidence."""
    life = in_review()
    life._case = life.case.model_copy(update={"terms": life.case.terms.model_copy(update={"evidence_types": types})})
    return life


def who_sees(life: Life) -> set[str]:
    """Everybody who may know of the last fact."""
    return {who for who in EVERYBODY if visible(life.case, life.recordings[-1], life.actor(who))}


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
