"""A ban on a real server: it ends by itself after its case was closed, and the workflow lives until then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from tests.support.cases import STATEMENT
from tests.support.temporal import House, Living, troubles, until
from workflows.summaries import CASE_STATUS

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]

SHORTLY: dict[str, Any] = {
    "grace": timedelta(milliseconds=100),
    "appeal_window": timedelta(milliseconds=500),
    "bans": timedelta(seconds=4),
}


async def banned(house: House) -> Living:
    """Ruled; the window to appeal will be over before the ban."""
    case = await house.opens("conduct_report", **SHORTLY)
    await case.starts()
    await case.does("assign", "per_ola", owner="per_mia")
    await case.does("request_evidence", "per_mia", of="respondent", what="What do you say?", ground="threat")
    await case.does("submit_evidence", "respondent", text="I was angry.")
    for step in ("evidence_secured", "record_checked"):
        await case.does("complete_step", "per_mia", step=step)
    await case.does(
        "rule", "per_mia", outcome="violation", ground="threat", reasons="It is on the screen shots.", statement=STATEMENT
    )
    return case


async def test_a_closed_case_lives_until_its_ban_is_over_and_undoes_it(house: House) -> None:
    case = await banned(house)
    await case.until(status="closed")
    seen = await case.handle.describe()
    assert seen.status is WorkflowExecutionStatus.RUNNING
    # Its workflow goes on, and whoever looks for open cases in Temporal's lists does not find it.
    assert seen.typed_search_attributes[CASE_STATUS] == "closed"
    await case.ends()
    assert [(one.type, one.reverses is not None) for one in house.cashier.done] == [
        ("temporary_ban", False),
        ("temporary_ban", True),
    ]
    await until(lambda: any(notice.event == "sanction_lifted" for notice in house.postman.sent))
    assert {notice.audience for notice in house.postman.sent if notice.event == "sanction_lifted"} == {"respondent"}
    assert troubles(await case.history()) == []
