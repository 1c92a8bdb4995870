"""What one dispute costs on a real server, counted from its history."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.temporal import House, billed, size_of, troubles, until

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]

ACTIONS, EVENTS, BYTES = 16, 55, 16 * 1024
"""Report → assigned → evidence → ruling → grace → appeal window over, with its notices: the design's goals."""
FOLLOWED = 3
"""Actions and events that it costs that Temporal's lists follow the case: opened, ruled, told. Its end is a change anyway."""


@pytest.mark.parametrize(("lists", "more"), [(False, 0), (True, FOLLOWED)])
async def test_the_happy_path(house: House, lists: bool, more: int) -> None:
    house.following = lambda: lists
    case = await house.opens("fraud_report", grace=timedelta(milliseconds=200), appeal_window=timedelta(seconds=1))
    await case.starts()
    # In life, hours lie between the steps: each waits until the notices of the one before are out.
    await case.told("case_opened")
    await until(case.rests)
    await case.does("submit_evidence", "claimant", text="Here are the logs.")
    await until(case.rests)
    await case.does("rule", "per_mia", outcome="false_positive", ground="no_fraud", reasons="The logs show no fraud.")
    await case.ends()
    events = await case.history()
    actions = billed(events)
    print(f"\n{actions.total()} actions {dict(actions)}, {len(events)} events, {size_of(events)} bytes")
    assert troubles(events) == []
    # The suspect was never told of it, and nothing was held against them: they hear nothing.
    assert [(n.event, n.audience) for n in house.postman.sent] == [
        ("case_opened", "claimant"), ("case_assigned", "staff"), ("ruling_issued", "claimant"), ("case_closed", "claimant"),
    ]  # fmt: skip
    assert actions.total() <= ACTIONS + more
    assert len(events) <= EVENTS + more
    assert size_of(events) <= BYTES
