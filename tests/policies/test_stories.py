"""Every story of a pack comes to what its author thought it out to, and together they leave no way through a case untold.

What is expected was thought out from the design by hand: in the stories, what each step comes to; here, which arrows and
ends there are. Nothing in this file looks into the transition table.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from domain.model.report import Report
from policies.pack import PACKS_DIR
from policies.rehearse import rehearse
from policies.script_case import Line
from policies.scripts import Expectation, Script, read_script
from policies.shelf import Shelf

STORIES = PACKS_DIR.with_name("stories")
FILES = sorted(STORIES.glob("*/*.yaml"))
KINDS = sorted(path.stem for path in PACKS_DIR.glob("*.yaml"))

# Section 4.1 of the design: what follows what, and by what.
_OF_ALL = frozenset({
    ("intake", "closed"),       # a gate or triage declines; the claimant withdraws; an ops lead closes
    ("review", "approval"),     # a ruling above the limit
    ("review", "ruled"),        # any other ruling
    ("review", "closed"),       # withdrawn, or closed by an ops lead
    ("approval", "ruled"),      # approved
    ("approval", "review"),     # returned, or retracted
    ("approval", "appeal"),     # a decision on appeal returned, or retracted, or met by a cross-appeal
    ("approval", "closed"),     # to the parties it is review (or appeal) still: they may withdraw
    ("ruled", "review"),        # retracted in the grace; remitted
    ("ruled", "appeal"),        # a decision on appeal retracted, or met by a cross-appeal
    ("ruled", "appealable"),    # the grace ends, and somebody has a right
    ("ruled", "closed"),        # the grace ends, and nobody has; withdrawn
    ("appealable", "appeal"),
    ("appealable", "closed"),   # all windows over
    ("appeal", "approval"),
    ("appeal", "ruled"),
    ("appeal", "closed"),       # the only appeal is withdrawn
    ("closed", "review"),       # reopened, or set aside
    ("appealable", "review"),   # what was told is set aside
    ("appeal", "review"),
})  # fmt: skip
ARROWS = {
    "bounty_dispute": _OF_ALL
    | {
        ("intake", "settlement"),
        ("settlement", "review"),        # either side escalates, or the clock runs out
        ("settlement", "closed"),        # settled, withdrawn, or closed by an ops lead
        # An appeal is withdrawn while the other side, which lost something too, may still appeal.
        ("appeal", "appealable"),
        ("approval", "appealable"),
        ("ruled", "appealable"),
    },
    "payment_dispute": _OF_ALL
    | {
        ("intake", "settlement"),
        ("settlement", "review"),        # either side escalates, the shop is silent, or the time to agree runs out
        ("settlement", "closed"),        # settled, with or without goods that go back; goods not sent; withdrawn; closed by ops
        ("appeal", "appealable"),
        ("approval", "appealable"),
        ("ruled", "appealable"),
    },
    # Nothing to settle. Each outcome is lost by one side alone, so nobody is left to appeal when an appeal is withdrawn.
    # Whoever is hit complains for six months, also once the case is closed.
    "fraud_report": _OF_ALL | {("intake", "review")},
    # It opens in appeal; nothing waits for approval, and nothing is reviewed before a remit or a reopening.
    "moderation_appeal": frozenset({
        ("intake", "appeal"), ("intake", "closed"), ("appeal", "ruled"), ("appeal", "closed"), ("ruled", "appeal"),
        # A notice: nobody has decided before.
        ("intake", "review"),
        ("ruled", "appealable"), ("ruled", "closed"), ("ruled", "review"), ("review", "ruled"), ("review", "closed"),
        ("appealable", "appeal"), ("appealable", "closed"), ("closed", "review"), ("appealable", "review"), ("appeal", "review"),
    }),
    # Nothing to settle, and nothing to appeal here: the answer names where to complain. Every refusal is looked at twice.
    "compliance_request": frozenset({
        ("intake", "review"), ("intake", "closed"), ("review", "approval"), ("review", "ruled"), ("review", "closed"),
        ("approval", "ruled"), ("approval", "review"), ("approval", "closed"), ("ruled", "review"), ("ruled", "closed"),
        ("closed", "review"),
    }),
    # Nothing to settle, and nobody but the sanctioned person to appeal.
    "conduct_report": _OF_ALL | {("intake", "review"), ("closed", "appeal")},
}  # fmt: skip
# An appeal is taken back while somebody else who reported the same may still appeal.
ARROWS["safety_incident"] = _OF_ALL | {("intake", "review"), ("appeal", "appealable")}
ENDS = {
    "safety_incident": {"declined", "withdrawn", "expired", "ruled"},
    "moderation_appeal": {"declined", "withdrawn", "expired", "ruled"},
    "compliance_request": {"declined", "withdrawn", "expired", "ruled"},
    "bounty_dispute": {"declined", "settled", "withdrawn", "expired", "ruled"},
    "fraud_report": {"declined", "withdrawn", "expired", "ruled"},
    "payment_dispute": {"declined", "settled", "withdrawn", "expired", "ruled"},
    "conduct_report": {"declined", "withdrawn", "expired", "ruled"},
}
GATES = {
    "safety_incident": {"what_happened_to_ask", "not_booked_here"},
    "moderation_appeal": {
        "no_reason_given",
        "ordered_by_authority",
        "notice_incomplete",
        "author_to_find",
        "notice_by_another_name",
        "notice_or_complaint",
    },
    "compliance_request": {"not_ours", "law_to_find"},
    "bounty_dispute": {
        "no_reason_given",
        "closed_too_long_ago",
        "reply_pending",
        "programme_excluded",
        "standing_to_check",
        "respondent_to_find",
    },
    "fraud_report": {"no_reason_given", "decided_elsewhere", "respondent_to_find"},
    "payment_dispute": {"no_reason_given", "paid_too_long_ago", "refunded_already", "respondent_to_find"},
    "conduct_report": {"no_reason_given", "belongs_to_a_dispute", "happened_too_long_ago", "respondent_to_find"},
}
COMMANDS = {
    "admit", "decline", "message", "note", "offer", "accept_offer", "decline_offer", "escalate", "assign", "take", "rule",
    "request_evidence", "submit_evidence", "approve", "return_ruling", "retract", "appeal", "decide_appeal", "withdraw",
    "accept_withdrawal", "continue_of_office",
    "close", "reopen", "pause", "resume", "snooze", "extend", "retarget", "freeze", "thaw", "impose_interim", "review_interim",
    "ship_return", "confirm_return", "contest_return", "decide_return",
    "draft_chargeback_evidence", "submit_chargeback_evidence",
    "disclose", "ask_interim_review",
    "signal", "credit_provisionally", "report_to_authority", "approve_report", "return_report", "hand_over", "annul", "recuse",
    "acknowledge",
}  # fmt: skip
"""What people can ask of a case. The system's own reports are no part of a story."""

_OF_EVERY_CASE = {"standstill look", "snooze wake", "sanction lift", "kept_measure end", "danger breach"}
_OF_NETWORKS = {"chargeback warn", "chargeback send", "chargeback missed"}
_OF_REQUESTS = {f"{side}_evidence {level}" for side in ("claimant", "respondent") for level in ("remind", "end")}
"""Every case has these clocks, for requests with a date of their own."""
"""Levels that every kind has which a card network decides."""

shelf = cache(Shelf.load)


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@cache
def told(path: Path) -> tuple[Script, tuple[Line, ...]]:
    """A story, and what it comes to."""
    script = read_script(path.read_text("utf-8"))
    policies = shelf(script.opened_at.year)
    return script, tuple(rehearse(policies, policies.packs[path.parent.name], script, with_actions=False))


def told_with_actions(path: Path) -> list[Line]:
    """The same, and each line says what everybody may do next."""
    policies = shelf(told(path)[0].opened_at.year)
    return list(rehearse(policies, policies.packs[path.parent.name], told(path)[0]))


def expected(script: Script) -> list[Expectation]:
    return [one for one in (script.expect, *(step.expect for step in script.steps), script.ends) if one is not None]


def arrows(script: Script, lines: tuple[Line, ...]) -> set[tuple[str, str]]:
    """From which phase to which the story's cases of its own kind went."""
    of_others = {step.case for step in script.steps if step.report is not None and "kind" in step.report}
    of_cases: dict[str | None, list[str]] = {}
    for line in lines:
        if line.case in of_others:
            continue
        of_cases.setdefault(line.case, ["intake"]).append(line.phase or "")
    return {(a, b) for phases in of_cases.values() for a, b in pairwise(phases) if a != b}


def of_kind(kind: str) -> list[tuple[Script, tuple[Line, ...]]]:
    return [told(path) for path in FILES if path.parent.name == kind]


@pytest.mark.parametrize("path", FILES, ids=name_of)
class TestAStory:
    def test_comes_to_what_its_author_expected(self, path: Path) -> None:
        _, lines = told(path)
        assert [f"step {line.step}: {missed} {line.refused or ''}" for line in lines for missed in line.missed] == []

    def test_no_step_is_refused_that_was_not_meant_to_be(self, path: Path) -> None:
        script, lines = told(path)
        meant = {number for number, step in enumerate(script.steps, 2) if step.expect is not None and step.expect.refused}
        assert [(line.step, line.refused) for line in lines if line.refused and line.step not in meant] == []

    def test_says_what_it_is_about_and_where_it_leads(self, path: Path) -> None:
        script, _ = told(path)
        last = script.steps[-1].expect if script.steps else script.expect
        assert script.title
        assert script.ends or last
        assert script.passed_over == ()

    def test_every_open_case_has_a_deadline_at_every_moment(self, path: Path) -> None:
        _, lines = told(path)
        assert [line.step for line in lines if line.phase != "closed" and not line.deadlines] == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_at_every_moment_it_is_known_what_everybody_may_do(kind: str) -> None:
    for path in (path for path in FILES if path.parent.name == kind):
        lines = told_with_actions(path)
        assert [line.step for line in lines if not line.actions] == [], path.name
        assert tuple(line.model_copy(update={"actions": {}}) for line in lines) == told(path)[1], path.name


@pytest.mark.parametrize("kind", KINDS)
class TestAllStoriesOfAPack:
    def test_go_along_every_arrow_and_no_other(self, kind: str) -> None:
        found = {arrow for script, lines in of_kind(kind) for arrow in arrows(script, lines)}
        assert sorted(ARROWS[kind] - found) == [], "no story goes there"
        assert sorted(found - ARROWS[kind]) == [], "the design knows no such arrow"

    def test_come_to_every_ruling(self, kind: str) -> None:
        rulings = {one.ruling for script, _ in of_kind(kind) for one in expected(script)}
        assert {outcome.name for outcome in shelf(2026).packs[kind].outcomes} <= rulings

    def test_come_to_every_end(self, kind: str) -> None:
        ends = {one.outcome for script, _ in of_kind(kind) for one in expected(script)} - {None}
        assert ends == ENDS[kind]

    def test_are_stopped_at_every_gate(self, kind: str) -> None:
        pack = shelf(2026).packs[kind]
        assert {gate.reason for gate in pack.gates} == GATES[kind]
        stopped = {shelf(2026).terms(_report(kind, script))[1].reason for script, _ in of_kind(kind)}
        # What a pack does not list comes before a person in every kind (see test_resolve).
        assert stopped - {None, "category_unknown", "details_missing"} == GATES[kind]

    def test_say_of_every_clock_when_it_runs_out(self, kind: str) -> None:
        fired = {name.split()[0] for script, _ in of_kind(kind) for one in expected(script) for name in one.fired or ()}
        due = {name.split()[0] for script, _ in of_kind(kind) for one in expected(script) for name in one.due}
        clocks = {clock.name for clock in shelf(2026).packs[kind].clocks}
        assert sorted(clocks - fired - due) == []

    def test_name_no_clock_that_there_is_not(self, kind: str) -> None:
        levels = {f"{c.name} {x['name']}" for c in shelf(2026).packs[kind].clocks for x in (c.model_extra or {})["levels"]}
        named = {name for script, _ in of_kind(kind) for one in expected(script) for name in (*one.due, *(one.fired or ()))}
        assert sorted(named - levels - {*_OF_EVERY_CASE, *_OF_NETWORKS, *_OF_REQUESTS}) == []


def test_people_ask_everything_that_can_be_asked() -> None:
    said = {step.command["type"] for path in FILES for step in told(path)[0].steps if step.command}
    assert sorted(COMMANDS - said) == []


def test_every_folder_of_stories_belongs_to_a_pack() -> None:
    assert {path.parent.name for path in FILES} <= set(KINDS)


def _report(kind: str, script: Script) -> Report:
    return Report.model_validate({"kind": kind, **script.report})
