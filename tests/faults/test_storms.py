"""The same thing asked fifty times at once: it happens once, and everybody hears the same."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import httpx2
import pytest
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError

from tests.support.fleet import Firm, House
from tests.support.played_cases import Desk, a_report
from tests.support.sound import assert_sound

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]

MANY = 50


async def _cases(house: House, firm: Firm) -> list[str]:
    async with house.api(firm.platform) as http:
        return [case["id"] for case in (await http.get("/v1/cases")).json()["data"]]


async def _asked(handle: WorkflowHandle[Any, Any], command: dict[str, Any]) -> Any:
    """The answer at Temporal's own door. A run that goes on as a new one while more comes has its task made anew, and the server
    gives up the updates that wait for it: they are asked again under their own id, as the how-to says."""
    while True:
        try:
            return await handle.execute_update("ask", command, id=command["id"])
        except RPCError as error:
            if "workflow task failure" not in error.message:
                raise


async def _workflows(house: House, firm: Firm) -> int:
    """Runs of this firm's cases; Temporal's lists lag a little, so they are asked until they know one."""
    for _ in range(100):
        count = (await house.client.count_workflows(f"TenantId = '{firm.id}'")).count
        if count:
            return count
        await asyncio.sleep(0.1)
    return 0


class TestOpen:
    @pytest.mark.parametrize("by", ["key", "external_id"])
    async def test_fifty_at_once_are_one_case(self, house: House, by: str) -> None:
        firm = await house.firm(hour=5)
        report = a_report(number=uuid.uuid4().hex)
        headers = {"Idempotency-Key": uuid.uuid4().hex} if by == "key" else {}
        if by == "key":
            report.pop("external_id")
        async with house.api(firm.platform) as http:
            answers = await asyncio.gather(*(http.post("/v1/cases", json=report, headers=headers) for _ in range(MANY)))
            changed = {**report, "statement": "Another story altogether, told under the same name."}
            other = await http.post("/v1/cases", json=changed, headers=headers)
        assert {a.status_code for a in answers} <= {200, 201, 202}, [a.text[:200] for a in answers if a.status_code > 202]
        assert len({a.json()["id"] for a in answers}) == 1
        if by == "key":
            # Where the first was answered 202, a later one is told what became of it: of each kind there is one answer.
            kinds = {a.status_code for a in answers}
            assert len({a.text for a in answers}) == len(kinds), "the first answer again, to the letter"
        assert (other.status_code, other.json()["code"]) == (
            (422, "idempotency_key_reused") if by == "key" else (409, "external_id_reused")
        )
        assert await _cases(house, firm) == [answers[0].json()["id"]]
        assert await _workflows(house, firm) == 1
        firm.promises.opened.add(answers[0].json()["id"])
        await assert_sound(house, firm, ended=False)


class TestCommand:
    async def test_one_command_through_every_door_has_one_effect(self, house: House) -> None:
        firm = await house.firm(hour=5)
        async with httpx2.AsyncClient(timeout=30) as http:
            desk = Desk(house, firm, http)
            case_id = await desk.open(a_report(number=uuid.uuid4().hex))
            case = await desk.see(case_id)
        claimant = next(p["id"] for p in case["parties"] if p["side"] == "claimant")
        command: dict[str, Any] = {"id": f"cmd_{uuid.uuid4()}", "type": "message", "by": claimant, "text": "Once, please."}
        handle = house.client.get_workflow_handle(f"case/{firm.id}/{case_id}")
        async with house.api(firm.platform) as http:
            by_api = [http.post(f"/v1/cases/{case_id}/commands", json=command) for _ in range(MANY)]
            by_signal = [handle.signal("tell", command) for _ in range(10)]
            by_update = [_asked(handle, command) for _ in range(5)]
            answers = await asyncio.gather(*by_api, *by_signal, *by_update, return_exceptions=True)
        said = [a for a in answers if isinstance(a, httpx2.Response)]
        assert {a.status_code for a in said} <= {200, 202}, [a.text[:300] for a in said if a.status_code > 202]
        assert [a for a in answers if isinstance(a, BaseException)] == []
        timeline = await house.json("case", "timeline", case_id, "--tenant", firm.id)
        assert json.dumps(timeline).count("Once, please.") == 1
        await assert_sound(house, firm, ended=False)
