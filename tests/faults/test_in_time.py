"""A command counts from when it was received, however long nobody was there to judge it."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
import httpx2
import pytest

from tests.support.fleet import Firm, House, until
from tests.support.played_cases import MONEY, Desk, a_report
from tests.support.sound import assert_sound

IN_FLIGHT = 10
"""Mails that a worker may have handed over and not noted when it dies: two cases with two parties each, and their team."""

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]


async def _offered(desk: Desk) -> dict[str, Any]:
    """A case in settlement with an offer on the table, good for as long as the settlement."""
    case_id = await desk.open(a_report(number=uuid.uuid4().hex))
    case = await desk.see(case_id)
    parties = {p["side"]: p["id"] for p in case["parties"]}
    due = case["deadlines"][0]["due_at"]
    offer = {"type": "offer", "by": parties["claimant"], "remedy": "payout", "amount": MONEY, "expires_at": due}
    await desk.send(case_id, {"id": f"cmd_{uuid.uuid4()}", **offer})
    return {"id": case_id, "respondent": parties["respondent"], "due": due}


async def _accepts(desk: Desk, case: dict[str, Any]) -> str:
    """The respondent accepts, and nobody is there to judge it: the command's id."""
    command_id = f"cmd_{uuid.uuid4()}"
    body = {"id": command_id, "type": "accept_offer", "by": case["respondent"]}
    status, _ = await desk.ask("POST", f"/v1/cases/{case['id']}/commands", json=body)
    assert status == 202
    return command_id


async def test_received_before_the_deadline_is_in_time_and_after_it_is_not(house: House) -> None:
    firm = await house.firm(hour=0.7)
    async with httpx2.AsyncClient(timeout=30) as http:
        desk = Desk(house, firm, http)
        early, late = await _offered(desk), await _offered(desk)
        await house.kill("worker")
        in_time = await _accepts(desk, early)
        assert datetime.now(UTC) < datetime.fromisoformat(early["due"]), "the machine was too slow for this test to mean anything"
        over = datetime.fromisoformat(max(early["due"], late["due"])) - datetime.now(UTC)
        await asyncio.sleep(over.total_seconds() + 0.2)
        too_late = await _accepts(desk, late)
        await house.back("worker")

        answers = {}
        for case, command in ((early, in_time), (late, too_late)):
            answers[command] = await until(partial(desk._answered, case["id"], command), "an answer")
        assert answers[in_time]["answer"]["status"] == "accepted"
        assert answers[too_late]["answer"]["code"] == "no_such_offer"
        assert (await desk.see(early["id"]))["outcome"] == "settled"
        facts = {c["id"]: await _facts(desk, c["id"]) for c in (early, late)}
        assert "level_reached" not in facts[early["id"]], "the default of a deadline happened although the command was in time"
        assert facts[late["id"]].index("level_reached") < facts[late["id"]].index("phase_entered:review")
        await _closed(desk, late)
    # The worker was killed: mails whose 250 it had just heard, and not noted, come again.
    await assert_sound(house, firm, repeats=IN_FLIGHT, ended=False)


MOVE = """
UPDATE commands c SET received_at = d.due_at + $3::interval
FROM deadlines d WHERE d.tenant = c.tenant AND d.case_id = c.case_id AND c.id = $2 AND c.tenant = $1 AND d.clock = 'settlement'
"""


async def test_the_very_instant_of_the_deadline_is_in_time_and_a_microsecond_later_is_not(house: House) -> None:
    firm = await house.firm(hour=0.5)
    async with httpx2.AsyncClient(timeout=30) as http:
        desk = Desk(house, firm, http)
        sharp, late = await _offered(desk), await _offered(desk)
        await house.kill("worker")
        in_time, too_late = await _accepts(desk, sharp), await _accepts(desk, late)
        for command, after in ((in_time, timedelta(0)), (too_late, timedelta(microseconds=1))):
            assert await _as_owner(house, firm, MOVE, command, after) == "UPDATE 1"
        over = datetime.fromisoformat(max(sharp["due"], late["due"])) - datetime.now(UTC)
        await asyncio.sleep(max(0.0, over.total_seconds() + 0.2))
        await house.back("worker")

        first = await until(partial(desk._answered, sharp["id"], in_time), "an answer")
        second = await until(partial(desk._answered, late["id"], too_late), "an answer")
        assert first["answer"]["status"] == "accepted"
        assert second["answer"]["code"] == "no_such_offer"
        assert (await desk.see(sharp["id"]))["outcome"] == "settled"
        await _closed(desk, late)
    await assert_sound(house, firm, repeats=IN_FLIGHT, ended=False)


async def _closed(desk: Desk, case: dict[str, Any]) -> None:
    """Nobody works this case: left open, it would escalate every few seconds, on and on, beside the tests that come."""
    why = {"outcome": "expired", "reason": "test_over", "reasons": "Nobody is left who wants it decided."}
    await desk.send(case["id"], {"id": f"cmd_{uuid.uuid4()}", "type": "close", "by": "per_dana", **why})


async def _as_owner(house: House, firm: Firm, statement: str, *arguments: Any) -> str:
    """What the application may not do: set the clock of the record."""
    conn = await asyncpg.connect(house.info.database_owner_url)
    try:
        await conn.execute("SELECT set_config('ombud.tenant', $1, false)", firm.id)
        return str(await conn.execute(statement, firm.id, *arguments))
    finally:
        await conn.close()


async def _facts(desk: Desk, case_id: str) -> list[str]:
    entries = (await desk.ask("GET", f"/v1/cases/{case_id}/timeline", by="per_dana"))[1]["data"]
    phases = {n: (e.get("fact") or e.get("data") or {}).get("phase") for n, e in enumerate(entries)}
    return [f"{e['type']}:{phases[n]}" if e["type"] == "phase_entered" else str(e["type"]) for n, e in enumerate(entries)]
