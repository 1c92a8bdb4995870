"""What machines notice: it is kept whatever becomes of it, wakes what was put away, and takes up again what the pack names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.base import Phase
from tests.support.cases import CLAIMANT, MEDIATOR, PLATFORM, RESPONDENT, Life, a_case, types_of

NAMED = "same_device_again"


def noticed(life: Life, signal: str = NAMED) -> Life:
    return life.says(PLATFORM, "signal", signal=signal)


def test_an_open_case_keeps_it_and_goes_on() -> None:
    life = a_case("fraud_report").in_review()
    before = life.case.phase
    assert types_of(recording.fact for recording in noticed(life).last.recordings) == ["signal_received"]
    assert life.case.phase is before


def test_what_was_put_away_wakes() -> None:
    life = a_case("fraud_report").in_review()
    life.says(MEDIATOR, "snooze", until=(life.now + timedelta(days=5)).isoformat(), reason="expert_asked")
    assert "snooze" in {row.clock for row in life.case.timetable}
    noticed(life)
    assert "snooze" not in {row.clock for row in life.case.timetable}


def test_a_closed_case_is_taken_up_again_where_the_pack_names_it() -> None:
    life = noticed(a_case("fraud_report").closed())
    assert types_of(recording.fact for recording in life.last.recordings) == ["case_reopened", "phase_entered", "signal_received"]
    assert life.case.phase is Phase.REVIEW


def test_any_other_signal_comes_before_ops_who_may_reopen_it() -> None:
    life = noticed(a_case("fraud_report").closed(), "login_from_elsewhere")
    assert life.case.phase is Phase.CLOSED
    assert "role:ops" in {notice.recipient for _, notice in life.last.notices}


def test_not_after_the_packs_window() -> None:
    life = a_case("fraud_report").closed()
    life.later(life.case.terms.reopen_for + timedelta(minutes=1))
    assert noticed(life).case.phase is Phase.CLOSED


@pytest.mark.parametrize("party", [CLAIMANT, RESPONDENT])
def test_no_party_hears_what_was_noticed(party: str) -> None:
    life = noticed(a_case("fraud_report").in_review())
    assert party not in {notice.recipient for _, notice in life.last.notices}
