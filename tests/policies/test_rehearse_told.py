"""What a rehearsal shows of who is told and who sees, and how several cases live in one story."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from policies.script_case import Line
from policies.scripts import ScriptError
from tests.support.cases import shelf
from tests.support.stories import ANN, BEN, LENA, MARA, MONDAY, REPORT, a_script, a_step, lines_of

SAME = {"statement": "The same booking again, told by somebody else who was there.", "matter": "booking-1"}
OF_A_BITE = {**SAME, "category": "bite", "parties": {"claimant": {"ref": "keeper"}, "respondent": {"ref": "sitter"}}}


def of_safety(*steps: dict[str, Any], **more: Any) -> list[Line]:
    return lines_of(a_script(*steps, report=OF_A_BITE, at=MONDAY, **more), shelf().packs["safety_incident"])


def all_missed(lines: list[Line]) -> list[str]:
    return [missed for line in lines for missed in line.missed]


class TestNotices:
    def test_of_a_line_name_event_and_recipient(self) -> None:
        opened, said = lines_of(a_script(a_step("+1 hour", ANN, {"type": "message", "text": "Hello."})))
        assert {"case_opened->pty_u1", "case_opened->pty_u2", "case_opened->platform"} <= {*opened.notices}
        assert said.notices == ("message_sent->pty_u2", "message_sent->role:leads")

    def test_of_a_refused_step_are_none(self) -> None:
        assert lines_of(a_script(a_step("+1 hour", MARA, "approve")))[-1].notices == ()


class TestTells:
    @pytest.mark.parametrize(
        "told", ["message_sent->respondent", "message_sent->u2", "message_sent->pty_u2", "message_sent", "->u2"]
    )
    def test_a_recipient_goes_by_many_names(self, told: str) -> None:
        said = a_step("+1 hour", ANN, {"type": "message", "text": "Hello."}, tells=told)
        assert all_missed(lines_of(a_script(said))) == []

    def test_what_was_not_told_is_missed_with_who_was(self) -> None:
        said = a_step("+1 hour", ANN, {"type": "message", "text": "Hello."}, tells=["offer_made->u2"])
        (missed,) = all_missed(lines_of(a_script(said)))
        assert missed == "tells: offer_made->u2 was not told; told were message_sent->pty_u2, message_sent->role:leads"

    def test_what_was_told_and_must_not_be_is_missed(self) -> None:
        said = a_step("+1 hour", ANN, {"type": "message", "text": "Hello."}, expect={"tells_not": ["->respondent"]})
        assert all_missed(lines_of(a_script(said))) == ["tells_not: message_sent->pty_u2 was told"]

    def test_a_deadline_since_the_step_before_counts(self) -> None:
        said = a_step("+4 days", ANN, {"type": "message", "text": "Hello."}, tells=["phase_entered:review->claimant"])
        assert all_missed(lines_of(a_script(said, at=MONDAY))) == []

    def test_of_the_whole_story(self) -> None:
        said = a_step("+1 hour", ANN, {"type": "message", "text": "Hello."})
        lines = lines_of(a_script(said, tells=["case_opened->claimant"], tells_not=["message_sent->respondent"]))
        assert all_missed(lines) == ["in the whole story: tells_not: message_sent->pty_u2 was told"]


class TestSees:
    def test_fields_of_the_view_and_the_timeline(self) -> None:
        noted = a_step("+1 hour", MARA, {"type": "note", "text": "Between us."})
        seen = {"sees": {"u2": {"phase": "settlement", "your_side": "respondent", "timeline": ["case_opened"]}}}
        hidden = {"sees_not": {"u2": ["note_added", "owner"], "platform": ["note_added"]}}
        assert all_missed(lines_of(a_script({**noted, "expect": {**seen, **hidden}}))) == []

    def test_what_is_shown_and_must_not_be_is_missed(self) -> None:
        noted = a_step("+1 hour", MARA, {"type": "note", "text": "Between us."}, sees_not={"lead": ["note_added"]})
        assert all_missed(lines_of(a_script(noted))) == ["sees_not: lead sees note_added"]

    def test_what_is_shown_otherwise_is_missed(self) -> None:
        said = a_step("+1 hour", ANN, "escalate", sees={"respondent": {"phase": "closed"}, "claimant": "nothing"})
        missed = sorted(all_missed(lines_of(a_script(said))))
        assert missed == ["sees: claimant sees the case, not nothing", "sees: phase is review to respondent, not closed"]


class TestSeveralCases:
    second: ClassVar[dict[str, Any]] = {
        "at": "+1 hour",
        "case": "second",
        "report": {**OF_A_BITE, "parties": {"claimant": {"ref": "friend"}}},
    }

    def test_a_report_of_the_same_matter_is_tied_to_the_older_case(self) -> None:
        lines = of_safety(a_step("+1 minute", MARA, "take"), {**self.second, "expect": {"phase": "review"}})
        assert all_missed(lines) == []
        assert [line.case for line in lines if "case_linked" in line.facts] == ["second", "first"]

    def test_of_another_matter_is_a_case_of_its_own(self) -> None:
        apart = {**self.second, "report": {**self.second["report"], "matter": "booking-2"}}
        taken = a_step("+1 hour", LENA, "take", case="second", expect={"owner": "lena", "phase": "review"})
        assert all_missed(of_safety(apart, taken)) == []

    def test_a_command_names_the_other_by_its_name_in_the_story(self) -> None:
        apart = {**self.second, "report": {**self.second["report"], "matter": "booking-2"}}
        steps = (
            a_step("+1 hour", LENA, "take", case="second"),
            a_step("+1 hour", LENA, {"type": "link", "to": "first"}, case="second"),
        )
        lines = of_safety(apart, *steps)
        assert [(line.case, line.facts) for line in lines if "case_linked" in line.facts] == [
            ("second", ("case_linked", "errand_ordered")),
            ("first", ("case_linked",)),
        ]

    def test_the_earliest_deadline_of_all_fires_first(self) -> None:
        apart = {**self.second, "report": {**self.second["report"], "matter": "booking-2"}}
        lines = of_safety(apart, until="+4 hours")
        instants = [line.at for line in lines]
        assert instants == sorted(instants)
        assert {line.case for line in lines if line.step is None} == {"first", "second"}

    @pytest.mark.parametrize(
        ("step", "problem"),
        [
            (a_step("+1 hour", ANN, "escalate", case="third"), "step 2: case: no report of this story is called 'third' yet"),
            ({"at": "+1 hour", "report": REPORT}, "step 2: case: give the new case a name of its own"),
            ({"at": "+1 hour", "case": "second", "report": {**REPORT, "kind": "no_such"}}, "step 2: report.kind: "),
            ({"at": "+1 hour", "case": "second", "report": REPORT, "command": {"type": "take"}}, "step 2: command: A step is"),
        ],
    )
    def test_errors_name_their_step(self, step: dict[str, Any], problem: str) -> None:
        with pytest.raises(ScriptError) as caught:
            lines_of(a_script(step))
        assert caught.value.problems[0].startswith(problem)

    def test_a_story_of_one_case_says_nothing_of_cases(self) -> None:
        assert {line.case for line in lines_of(a_script(a_step("+1 hour", BEN, "escalate")))} == {None}
