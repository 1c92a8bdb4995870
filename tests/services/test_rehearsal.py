"""A story is told line by line; what cannot be meant is a refusal that names every place, after the lines before it."""

from __future__ import annotations

import pytest

from services.errors import OperatorRefused
from services.rehearsal import Rehearsal

STORY = b"""\
report:
  kind: bounty_dispute
  statement: They closed it as a duplicate of a report that is about something else.
  parties: {claimant: {ref: researcher}, respondent: {ref: programme}}
at: 2026-03-02T09:00:00Z
steps:
  - {at: 2026-03-02 10:00:00, by: {id: researcher, role: claimant}, command: {type: escalate}}
"""
BACKWARDS = b"  - {at: 2026-03-01, by: {id: mara, role: mediator}, command: {type: take}}\n"


def test_a_story_is_told_under_the_pack_of_a_kind() -> None:
    lines = list(Rehearsal.of(STORY, "story.yaml").lines("bounty_dispute", None))
    assert [(line.step, line.phase) for line in lines] == [(1, "settlement"), (2, "review")]


def test_the_holidays_are_those_of_the_storys_own_year() -> None:
    # Good Friday 2019 was the 19th of April, and Easter Monday the 22nd.
    text = STORY.replace(b"2026-03-02T09:00:00Z", b"2019-04-17T09:00:00Z").partition(b"steps:")[0] + b"steps: []\n"
    (line,) = Rehearsal.of(text, "story.yaml").lines("bounty_dispute", None)
    assert line.deadlines[0]["at"] == "2019-04-24T09:00:00Z"


def test_what_nobody_knows_is_named_and_passed_over() -> None:
    story = Rehearsal.of(b"\xef\xbb\xbfauthor: me\n" + STORY, "story.yaml")
    assert len(story.passed_over) == 1
    assert "author" in story.passed_over[0]


def test_the_lines_before_a_step_that_makes_no_sense_are_told() -> None:
    lines = Rehearsal.of(STORY + BACKWARDS, "story.yaml").lines("bounty_dispute", None)
    assert [next(lines).step, next(lines).step] == [1, 2]
    with pytest.raises(OperatorRefused) as caught:
        next(lines)
    assert caught.value.code == "script_invalid"
    (problem,) = caught.value.problems
    assert problem.startswith("story.yaml: step 3: at: ")


def test_every_problem_of_a_story_is_told() -> None:
    with pytest.raises(OperatorRefused) as caught:
        Rehearsal.of(STORY.replace(b"role: claimant", b"role: king") + b"  - {by: mara}\n", "-")
    assert caught.value.code == "script_invalid"
    assert len(caught.value.problems) > 1
    assert all(problem.startswith("-: step ") for problem in caught.value.problems)


def test_what_is_no_text_is_unreadable() -> None:
    with pytest.raises(OperatorRefused, match=r"^story\.yaml: ") as caught:
        Rehearsal.of(b"\xff\xfe", "story.yaml")
    assert caught.value.code == "script_unreadable"


def test_a_pack_that_is_not_there_is_said_before_any_line() -> None:
    with pytest.raises(OperatorRefused) as caught:
        next(Rehearsal.of(STORY, "story.yaml").lines("no_such_kind", None))
    assert caught.value.code == "kind_unknown"
