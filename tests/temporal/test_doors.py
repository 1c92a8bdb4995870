"""A case on a real server, driven with plain JSON by Temporal's own command line, and by many at once."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from tests.architecture.commands import commands_in
from tests.support.places import ROOT
from tests.support.temporal import House, Living, kinds_of, troubles, until
from workflows.summaries import NEXT_DUE_AT

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]

SHORTLY: dict[str, Any] = {"grace": timedelta(milliseconds=100), "appeal_window": timedelta(milliseconds=500)}


async def _signal(case: Living, *rest: str) -> None:
    done = await case.house.server.cli("workflow", "signal", "--workflow-id", case.named.workflow_id, "--name", "tell", *rest)
    assert done.code == 0, done.err


class TestCommandLine:
    async def test_a_signal_with_plain_json_rules_and_the_case_runs_to_its_end(self, house: House) -> None:
        case = await house.opens("fraud_report", **SHORTLY)
        await case.starts()
        await case.until(owner="per_mia")
        command = case.command("rule", "per_mia", outcome="false_positive", ground="no_fraud", reasons="The logs show no fraud.")
        await _signal(case, "--input", json.dumps(command))
        await case.ends()
        assert (await case.view())["outcome"] == "ruled"
        assert troubles(await case.history()) == []

    async def test_an_update_with_plain_json_is_answered(self, house: House) -> None:
        case = await house.opens()
        await case.starts()
        command = case.command("escalate", "claimant")
        done = await house.server.cli(
            "workflow",
            "update",
            "execute",
            "--workflow-id",
            case.named.workflow_id,
            "--name",
            "ask",
            "--input",
            json.dumps(command),
        )
        answer = done.json()["result"]
        assert (answer["status"], answer["command_id"]) == ("accepted", command["id"])
        await case.until(phase="review")

    async def test_a_refusal_is_to_be_read_in_its_output(self, house: House) -> None:
        case = await house.opens()
        await case.starts()
        command = case.command("rule", "claimant", outcome="upheld", reasons="I say so.")
        done = await house.server.cli(
            "workflow",
            "update",
            "execute",
            "--workflow-id",
            case.named.workflow_id,
            "--name",
            "ask",
            "--input",
            json.dumps(command),
        )
        assert done.code != 0
        assert "not_in_this_phase" in done.out + done.err or "not allowed" in (done.out + done.err).lower()

    async def test_a_query_shows_how_it_stands(self, house: House) -> None:
        case = await house.opens()
        await case.starts()
        done = await house.server.cli("workflow", "query", "--workflow-id", case.named.workflow_id, "--type", "timetable")
        rows = done.json()["queryResult"][0] if isinstance(done.json()["queryResult"], list) else done.json()["queryResult"]
        assert rows[0]["clock"] == "settlement"

    @pytest.mark.parametrize(
        "rest",
        [
            (),
            ("--input", "7"),
            ("--input", "null"),
            ("--input", '{"id": "cmd_00001", "text": "\\ud800"}'),
            ("--input", '"a"', "--input", '"b"'),
            ("--input", "raw", "--input-meta", "encoding=binary/plain"),
            ("--input", '{"id": "cmd_nul", "type": "note", "by": "per_mia", "text": "a\\u0000b"}'),
        ],
        ids=["nothing", "a number", "null", "half a surrogate", "two", "bytes", "NUL"],
    )
    async def test_a_malformed_signal_is_kept_as_refused_and_the_case_goes_on(self, rest: tuple[str, ...], house: House) -> None:
        case = await house.opens()
        await case.starts()
        await _signal(case, *rest)
        await case.does("escalate", "claimant")
        async with house.database.tenant(house.tenant_id) as conn:
            rows = await conn.fetch("SELECT id, status, answer FROM commands WHERE id LIKE 'cmd_sys-refused-%'")
        assert [row["status"] for row in rows] == ["refused"]
        assert troubles(await case.history()) == []


class TestUpdates:
    async def test_a_refusal_keeps_its_type_and_fields(self, house: House) -> None:
        case = await house.opens()
        await case.starts()
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await case.handle.execute_update("ask", case.command("approve", "per_lou"))
        assert isinstance(refusal := caught.value.cause, ApplicationError)
        assert refusal.type == "not_in_this_phase"
        assert refusal.non_retryable
        assert refusal.category is ApplicationErrorCategory.BENIGN
        assert isinstance(refusal.details[0], dict)

    async def test_a_malformed_one_leaves_no_event(self, house: House) -> None:
        case = await house.opens()
        await case.starts()
        await until(case.rests)
        before = len(await case.history())
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await case.handle.execute_update("ask", 7)
        assert isinstance(caught.value.cause, ApplicationError)
        assert caught.value.cause.type == "malformed"
        assert len(await case.history()) == before

    async def test_an_id_that_is_in_no_inbox_is_refused_at_once(self, house: House) -> None:
        case = await house.opens()
        await case.starts()
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await case.handle.execute_update("ask", "cmd_typo-1")
        assert isinstance(caught.value.cause, ApplicationError)
        assert caught.value.cause.type == "command_unknown"

    async def test_the_same_opening_fifty_times_at_once_is_one_workflow(self, house: House) -> None:
        case = await house.opens()
        answers = await asyncio.gather(*(case.starts() for _ in range(50)))
        assert {a.status for a in answers} == {"accepted"}
        assert len({a.seq for a in answers}) == 1
        found = [run async for run in house.client.list_workflows(f"WorkflowId = '{case.named.workflow_id}'")]
        await until(case.rests)
        kinds = list(kinds_of(await case.history()))
        assert len(found) <= 1  # lists lag a little
        assert kinds.count("WORKFLOW_EXECUTION_STARTED") == 1
        assert kinds.count("WORKFLOW_EXECUTION_UPDATE_ACCEPTED") == 1

    async def test_different_commands_at_once_are_each_answered(self, house: House) -> None:
        case = await house.opens()
        await case.starts()
        answers = await asyncio.gather(*(case.says("message", "claimant", text=f"Message {n}") for n in range(20)))
        assert {a.status for a in answers} == {"accepted"}
        assert len({a.seq for a in answers}) == 20
        assert troubles(await case.history()) == []


class TestLists:
    async def test_it_is_found_by_tenant_kind_and_status_at_start_and_at_the_end(self, house: House) -> None:
        case = await house.opens("fraud_report", **SHORTLY)
        await case.starts()
        await case.until(owner="per_mia")

        async def listed(status: str, more: str = "") -> bool:
            asked = f"TenantId = '{house.tenant_id}' AND CaseKind = 'fraud_report' AND CaseStatus = '{status}'{more}"
            return [run.id async for run in house.client.list_workflows(asked)] == [case.named.workflow_id]

        await until(lambda: listed("open", " AND OpenedAt < '2026-03-03T00:00:00Z'"))
        await case.does("rule", "per_mia", outcome="false_positive", ground="no_fraud", reasons="The logs show no fraud.")
        await case.ends()
        await until(lambda: listed("closed", " AND Outcome = 'ruled'"))

    async def test_it_is_found_by_how_it_stands_while_it_runs(self, house: House) -> None:
        case = await house.opens("fraud_report", grace=timedelta(milliseconds=100), appeal_window=timedelta(hours=1))
        await case.starts()
        await case.until(owner="per_mia")
        stands = await case.view()

        async def listed(query: str) -> bool:
            asked = f"TenantId = '{house.tenant_id}' AND {query}"
            return [run.id async for run in house.client.list_workflows(asked)] == [case.named.workflow_id]

        of_it = f"Phase = 'review' AND Queue = '{stands['queue']}' AND Priority = '{stands['priority']}'"
        await until(lambda: listed(f"{of_it} AND NextDueAt > '2026-01-01T00:00:00Z'"))
        seen = (await case.handle.describe()).typed_search_attributes
        assert seen[NEXT_DUE_AT] == datetime.fromisoformat(stands["due_at"])
        await case.does("rule", "per_mia", outcome="false_positive", ground="no_fraud", reasons="The logs show no fraud.")
        await until(lambda: listed("Phase = 'appealable' AND CaseStatus = 'open'"))
        assert troubles(await case.history()) == []

    async def test_every_query_and_command_of_the_page_for_ops_is_taken(self, house: House) -> None:
        case = await house.opens()
        await case.starts()
        page = (ROOT / "docs" / "how-to" / "temporals-own-page.md").read_text(encoding="utf-8")
        typed = [words[2:] for words in commands_in(page) if words[:2] == ["ombud", "temporal"]]
        assert {words[1] for words in typed} == {"list", "count", "describe", "metadata", "query"}
        for words in typed:
            mine = [case.named.workflow_id if word.startswith("case/") else word for word in words]
            done = await house.server.cli(*mine)
            assert done.code == 0, f"{words}: {done.err}"

    async def test_its_pages_say_what_an_ops_lead_wants_to_know(self, house: House) -> None:
        case = await house.opens()
        await case.starts()
        seen = await case.handle.describe()
        assert await seen.static_summary() == "bounty dispute"
        assert "Never end it here" in (await seen.static_details() or "")
        metadata = await case.handle.query("__temporal_workflow_metadata")
        doors = metadata.definition
        described = [*doors.update_definitions, *doors.signal_definitions, *doors.query_definitions]
        assert {door.name: bool(door.description) for door in described if not door.name.startswith("__")} == {
            "ask": True, "": True, "view": True, "timetable": True,
        }  # fmt: skip
        assert metadata.current_details.startswith("**bounty dispute**: settlement")


class TestEnd:
    async def test_a_closed_case_started_again_ends_at_once(self, house: House) -> None:
        case = await house.opens()
        await case.starts()
        await case.does("withdraw", "claimant")
        await case.ends()
        first = (await case.handle.describe()).run_id
        assert await house.doors.revive(case.named)
        await case.ends()
        seen = await case.handle.describe()
        assert seen.run_id != first
        assert seen.status is WorkflowExecutionStatus.COMPLETED
        events = await case.history()
        assert len(events) <= 7
        assert troubles(events) == []

    async def test_a_command_after_the_end_starts_it_again_and_is_answered(self, house: House) -> None:
        case = await house.opens()
        await case.starts()
        await case.does("withdraw", "claimant")
        await case.ends()
        assert (await case.says("message", "claimant", text="One more thing.")).status == "refused"
        await case.does("reopen", "per_ola", reason="new_evidence")
        await case.until(phase="review", status="open")

    async def test_a_case_that_nobody_knows_ends(self, house: House) -> None:
        case = await house.opens()
        stranger = case.named.__class__("nobody", "case_00000000", "bounty_dispute", case.named.opened_at)
        await house.doors.revive(stranger)
        handle = house.client.get_workflow_handle(stranger.workflow_id)
        await asyncio.wait_for(handle.result(), 20)


class TestDeliveries:
    async def test_what_is_slow_becomes_a_workflow_of_its_own_and_the_case_does_not_wait(self, house: House) -> None:
        house.postman.slow = lambda notice: notice.audience == "respondent"
        case = await house.opens()
        await case.starts()
        await case.told("case_opened")
        await case.does("withdraw", "claimant")
        await case.ends()
        kinds = list(kinds_of(await case.history()))
        assert "START_CHILD_WORKFLOW_EXECUTION_INITIATED" in kinds
        async with house.database.tenant(house.tenant_id) as conn:
            waiting = await conn.fetch("SELECT id FROM notices WHERE state = 'handed_over'")
        assert waiting
        for row in waiting:
            delivery = house.client.get_workflow_handle(f"delivery/{row['id']}")
            assert (await delivery.describe()).status is WorkflowExecutionStatus.RUNNING
            await delivery.terminate("the test is over")

    async def test_what_can_never_arrive_is_told_to_the_case(self, house: House) -> None:
        house.postman.never = lambda notice: notice.audience == "respondent"
        case = await house.opens()
        await case.starts()

        async def reported() -> bool:
            async with house.database.tenant(house.tenant_id) as conn:
                return bool(await conn.fetchval("SELECT count(*) FROM facts WHERE type = 'delivery_failed'"))

        await until(reported)
        assert troubles(await case.history()) == []
