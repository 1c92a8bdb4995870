"""How long a decision can be complained of: six months from being told, also once the case is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.base import Phase, Side
from domain.rules.complaints import bars, last
from tests.support.cases import CLAIMANT, LEAD_2, MEDIATOR, OUTCOMES, RESPONDENT, Life, a_case

DAY = timedelta(days=1)


def closed(kind: str = "fraud_report") -> Life:
    """Decided against the respondent, and closed because nobody appealed for fourteen days."""
    if kind == "conduct_report":
        life = a_case(kind).in_review().heard("insult").says(MEDIATOR, "rule", **OUTCOMES[kind]["light"])
        return life.fire("grace").fire("appeal_window")
    return a_case(kind).appealable().fire("appeal_window")


class TestClosed:
    @pytest.mark.parametrize("kind", ["conduct_report", "fraud_report"])
    def test_whoever_lost_appeals_for_six_months(self, kind: str) -> None:
        life = closed(kind)
        assert (life.case.phase, last(life.case)) == (Phase.CLOSED, True)
        life.later(100 * DAY).says(RESPONDENT, "appeal")
        assert (life.case.phase, life.case.closed_at, life.case.outcome) == (Phase.APPEAL, None, None)
        assert (life.case.queue, life.case.owner) == (life.case.terms.appeal_queue, None)

    def test_until_the_last_hour_of_the_last_day(self) -> None:
        life = closed()
        end = life.due("complaint_window").due_at
        told_at = life.case.rulings[-1].issued_at
        assert told_at is not None
        assert end >= told_at + 181 * DAY
        life.later(end - life.now - timedelta(minutes=1)).says(RESPONDENT, "appeal")
        assert life.case.phase is Phase.APPEAL

    def test_and_not_afterwards(self) -> None:
        life = closed().fire("complaint_window")
        assert life.refused(RESPONDENT, "appeal").code == "not_in_this_phase"
        assert [r.because for r in life.case.rights if r.side is Side.RESPONDENT] == ["window_over"]
        assert bars(life.case, "appeal")
        assert [row.clock for row in life.case.timetable] == [], "nothing keeps it any more"

    def test_whoever_lost_nothing_has_no_right(self) -> None:
        assert closed().refused(CLAIMANT, "appeal").code == "no_right_to_appeal"

    def test_where_the_law_gives_no_longer_the_end_is_the_end(self) -> None:
        assert closed("bounty_dispute").refused(RESPONDENT, "appeal").code == "not_in_this_phase"

    def test_the_party_reads_until_when_and_what_follows(self) -> None:
        seen = closed().seen_by(RESPONDENT)
        assert [(due.clock, due.by_default) for due in seen.deadlines] == [("complaint_window", "end_complaints")]
        assert [action.allowed for action in seen.actions if action.command == "appeal"] == [True]


class TestEachDecision:
    def test_has_a_time_of_its_own(self) -> None:
        life = closed()
        first = life.due("complaint_window").due_at
        life.later(60 * DAY).says(RESPONDENT, "appeal").says(LEAD_2, "take")
        life.says(LEAD_2, "decide_appeal", decision="overturn", outcome="false_positive", ground="no_fraud").fire("grace")
        assert life.case.phase is Phase.APPEALABLE, "whoever had won and lost now has six months of their own"
        assert life.due("complaint_window").due_at > first + 50 * DAY
        assert life.fire("appeal_window").later(100 * DAY).says(CLAIMANT, "appeal").case.phase is Phase.APPEAL

    def test_nothing_runs_where_nobody_may_complain_any_more(self) -> None:
        life = closed().says(RESPONDENT, "appeal").says(LEAD_2, "take")
        life.says(LEAD_2, "decide_appeal", decision="uphold").fire("grace")
        assert (life.case.phase, last(life.case), life.case.timetable) == (Phase.CLOSED, False, ())
