"""Temporal's database is lost while cases of every phase are open: the record brings each back as it stood."""

from __future__ import annotations

import asyncio
import uuid
from functools import partial
from typing import Any

import httpx2
import pytest

from tests.support.fleet import Firm, House, until
from tests.support.played_cases import Desk, Life, a_report
from tests.support.sound import assert_sound

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]

IN_FLIGHT = 10
SAME = (
    "phase",
    "owner",
    "queue",
    "priority",
    "deadlines",
    "rights",
    "waiting_on",
    "requests",
    "round",
    "available_actions",
    "ruling",
)
PHASES = (
    ("bounty_dispute", "silent", "settlement"),
    ("fraud_report", "quick", "review"),
    ("fraud_report", "heavy", "approval"),
    ("fraud_report", "quick", "appealable"),
    ("bounty_dispute", "appeal", "appeal"),
    ("fraud_report", "quick", "ruled"),
    ("bounty_dispute", "withdraw", "closed"),
)


async def _in_triage(desk: Desk) -> str:
    case_id = await desk.open(a_report(number=uuid.uuid4().hex, attributes={"reporter_standing": -1}))
    assert (await desk.see(case_id))["phase"] == "intake"
    return case_id


async def _bring_to(desk: Desk, kind: str, script: str, phase: str) -> str:
    life = Life(kind, script, number=uuid.uuid4().hex)
    case = await life.live(desk, to=phase)
    assert case["phase"] == phase, f"{script} stands in {case['phase']}"
    if phase in ("review", "appeal"):
        await until(lambda: _owned(desk, life.case_id), "an owner")
    return life.case_id


async def _owned(desk: Desk, case_id: str) -> bool:
    return (await desk.see(case_id))["owner"] is not None


async def _standing(desk: Desk, case_ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    return {phase: {name: (await desk.see(case_id)).get(name) for name in SAME} for phase, case_id in case_ids.items()}


async def _seqs(house: House, firm: Firm) -> dict[str, int]:
    async with house.database.tenant(firm.id) as conn:
        return {r["id"]: r["seq"] for r in await conn.fetch("SELECT id, seq FROM cases WHERE tenant = $1", firm.id)}


async def _query(house: House, firm: Firm, case_id: str) -> dict[str, Any] | None:
    view: dict[str, Any] = await house.client.get_workflow_handle(f"case/{firm.id}/{case_id}").query("view")
    return view if view["loaded"] else None


async def test_every_case_comes_back_from_the_record(house: House) -> None:
    firm = await house.firm(hour=24)
    async with httpx2.AsyncClient(timeout=30) as http:
        desk = Desk(house, firm, http)
        ids = await asyncio.gather(*(_bring_to(desk, *one) for one in PHASES))
        cases = {"intake": await _in_triage(desk), **{phase: case for (_, _, phase), case in zip(PHASES, ids, strict=True)}}
        closed = cases.pop("closed")
        before = await _standing(desk, cases)
        await house.stack.wipe_temporal()
        await house.stack.start_temporal()

        first = await house.json("case", "revive", "--all", "--tenant", firm.id)
        # The relay may have been quicker with a case whose deadline passed meanwhile.
        assert first["started"] + first["running"] == first["checked"] == len(cases)
        assert first["started"] > 0
        for phase, case_id in cases.items():
            view = await until(partial(_query, house, firm, case_id), f"the case in {phase} to have read its record")
            assert view["phase"] == phase or phase == "ruled"
        after = await _standing(desk, cases)
        # The grace of the ruled one goes on, and may end at any moment.
        assert {p: s for p, s in after.items() if p != "ruled"} == {p: s for p, s in before.items() if p != "ruled"}
        await until(lambda: _is(desk, cases["ruled"], "appealable"), "the grace to end after all")

        seqs = await _seqs(house, firm)
        second = await house.json("case", "revive", "--all", "--tenant", firm.id)
        assert (second["started"], second["running"]) == (0, len(cases))
        await asyncio.sleep(1)
        assert await _seqs(house, firm) == seqs, "reviving what runs changed something"
        assert (await desk.see(closed))["outcome"] == "withdrawn"
        one = await house.json("case", "revive", closed, "--tenant", firm.id)
        assert one["checked"] == 1, "a closed case can be named too; it has nothing to do and ends at once"

        ruled = Life("fraud_report", "withdraw", number=uuid.uuid4().hex, case_id=cases["review"])
        assert (await ruled.live(desk))["outcome"] == "withdrawn", "a revived case goes on"
    # A mail that was on its way when Temporal was lost is sent by the revived case too.
    await assert_sound(house, firm, repeats=IN_FLIGHT, ended=False)


async def _is(desk: Desk, case_id: str, phase: str) -> bool:
    return bool((await desk.see(case_id))["phase"] == phase)


HANDED = "SELECT count(*) FROM notices WHERE tenant = $1 AND state = $2"


async def test_a_notice_whose_delivery_was_lost_goes_out_after_all(house: House) -> None:
    """The mail server is away, so notices are handed to deliveries of their own; with Temporal's database these are gone too."""
    firm = await house.firm(hour=24)
    await house.stack.kill_mail()
    async with httpx2.AsyncClient(timeout=30) as http:
        case_id = await Desk(house, firm, http).open(a_report(number=uuid.uuid4().hex))
        await until(lambda: _notices(house, firm, "handed_over", 2), "both parties' notices to be handed over")
        await house.stack.wipe_temporal()
        await house.whole()
        assert (await house.json("case", "revive", case_id, "--tenant", firm.id))["checked"] == 1
        await until(lambda: _notices(house, firm, "handed_over", 0), "the notices to be taken back and sent")
    await assert_sound(house, firm, ended=False)


async def _notices(house: House, firm: Firm, state: str, many: int) -> bool:
    async with house.database.tenant(firm.id) as conn:
        return bool(await conn.fetchval(HANDED, firm.id, state) == many)
