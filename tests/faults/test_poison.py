"""Bad input against everything running: a problem that names the field, nothing half-written, and the case goes on."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx2
import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from tests.support.fleet import Firm, House
from tests.support.played_cases import Desk, Refused, a_report
from tests.support.sound import assert_sound

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]

DEEP = '{"a":' * 5000 + "1" + "}" * 5000
STRANGER = {"side": "respondent", "ref": "x", "zone": "Mars/Olympus"}

BAD_REPORTS: tuple[tuple[str, bytes | str, str], ...] = (
    ("wrong type", json.dumps(a_report(statement=["a", "list"])), "statement"),
    ("two megabytes of text", json.dumps(a_report(statement="x" * 2_000_000)), "body"),
    ("long text", json.dumps(a_report(statement="x" * 30_000)), "statement"),
    ("deep JSON", DEEP, "body"),
    ("a NUL character", json.dumps(a_report(statement="a\x00b")), "statement"),
    ("an unknown kind", json.dumps(a_report(kind="tax_return")), "kind"),
    ("an impossible date", json.dumps(a_report(occurred_at="2026-02-30T00:00:00Z")), "occurred_at"),
    ("a date without a zone", json.dumps(a_report(occurred_at="2026-02-03T00:00:00")), "occurred_at"),
    ("an unknown zone", json.dumps(a_report(parties=[{"side": "claimant", "ref": "a"}, STRANGER])), "parties.1.zone"),
    ("no claimant", json.dumps(a_report(parties=[{"side": "respondent", "ref": "a"}])), "body"),
    ("a field nobody knows", json.dumps(a_report(stattement="typo")), "stattement"),
    ("no JSON", b"\xff\xfe not json", "body"),
)
SIGNALS: tuple[Any, ...] = (
    [],
    42,
    None,
    "not an id at all",
    {"type": "message"},
    {"id": "cmd_" + "x" * 4000, "type": "message", "by": "per_ada", "text": "hello"},
    {"id": f"cmd_{uuid.uuid4()}", "type": "explode", "by": "per_ada"},
    {"id": f"cmd_{uuid.uuid4()}", "type": "message", "by": "per_ada", "text": "a\x00b"},
    {"id": f"cmd_{uuid.uuid4()}", "type": "message", "by": "per_nobody", "text": "hello"},
    {"id": f"cmd_{uuid.uuid4()}", "type": "deadline", "by": "system", "clock": "grace", "instance": 1, "level": "end"},
    {"id": f"cmd_{uuid.uuid4()}", "type": "open", "by": "system", "kind": "bounty_dispute"},
)


UPDATES: tuple[tuple[Any, str], ...] = (
    (42, "malformed"),
    ([1, 2], "malformed"),
    ("not an id at all", "malformed"),
    ({"type": "message", "by": "per_ada", "text": "no id"}, "malformed"),
    ({"id": f"cmd_{uuid.uuid4()}", "type": "explode", "by": "per_ada"}, "malformed"),
    ({"id": f"cmd_{uuid.uuid4()}", "type": "message", "by": "per_ada", "text": "a\x00b"}, "malformed"),
    ({"id": f"cmd_{uuid.uuid4()}", "type": "message", "by": "per_nobody", "text": "hello"}, "actor_unknown"),
    (f"cmd_{uuid.uuid4()}", "command_unknown"),
)


class TestReports:
    async def test_a_bad_report_is_named_and_leaves_nothing(self, house: House, firm: Firm) -> None:
        async with house.api(firm.platform) as http:
            for what, body, field in BAD_REPORTS:
                answer = await http.post("/v1/cases", content=body, headers={"content-type": "application/json"})
                assert 400 <= answer.status_code < 500, (what, answer.status_code, answer.text[:300])
                assert answer.headers["content-type"] == "application/problem+json", what
                named = [error["field"] for error in answer.json().get("errors") or [{"field": "body"}]]
                assert any(name == field or field == "body" for name in named), (what, named)
            broken = await http.post("/v1/intake/email", content=b"\x00\x01", headers={"content-type": "message/rfc822"})
            assert 400 <= broken.status_code < 500, broken.text
            assert (await http.get("/v1/cases")).json()["data"] == []

    async def test_a_strangers_case_is_not_found(self, house: House, firm: Firm) -> None:
        other = await house.firm()
        async with httpx2.AsyncClient(timeout=30) as http:
            case_id = await Desk(house, firm, http).open(a_report())
        async with house.api(other.platform) as http:
            theirs = await http.post(f"/v1/cases/{case_id}/commands", json={"type": "withdraw", "by": "pty_x"})
            nobodys = await http.post("/v1/cases/case_00000000-0/commands", json={"type": "withdraw", "by": "pty_x"})
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.json()["code"] == nobodys.json()["code"] == "not_found"


class TestDoors:
    async def test_nothing_that_comes_through_temporal_stops_a_case(self, house: House) -> None:
        """Whatever is signalled is kept and refused; no workflow task fails, and the case goes on to its end."""
        firm = await house.firm(hour=20)
        async with httpx2.AsyncClient(timeout=30) as http:
            desk = Desk(house, firm, http)
            case_id = await desk.open(a_report())
            workflow = f"case/{firm.id}/{case_id}"
            for given in SIGNALS:
                sent = await house.temporal(
                    "workflow", "signal", "--workflow-id", workflow, "--name", "tell", "--input", json.dumps(given)
                )
                assert sent.returncode == 0, sent.stderr
            for given, code in UPDATES:
                with pytest.raises(WorkflowUpdateFailedError) as refused:
                    await house.client.get_workflow_handle(workflow).execute_update("ask", given)
                assert isinstance(refused.value.cause, ApplicationError)
                assert refused.value.cause.type == code, given
            with pytest.raises(Refused, match="actor_unknown"):
                await desk.send(case_id, {"id": f"cmd_{uuid.uuid4()}", "type": "withdraw", "by": "pty_nobody"})
            before = await desk.see(case_id)
            assert before["phase"] == "settlement"
            claimant = next(p["id"] for p in before["parties"] if p["side"] == "claimant")
            await desk.send(case_id, {"id": f"cmd_{uuid.uuid4()}", "type": "withdraw", "by": claimant})
            assert (await desk.see(case_id))["outcome"] == "withdrawn"
        await assert_sound(house, firm)
