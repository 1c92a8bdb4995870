"""A ruling is overturned, and the worker dies while what it did is undone: each effect is undone once, newest first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cases import STATEMENT
from tests.support.fleet import Firm, House, until
from tests.support.played_cases import Desk, a_report
from tests.support.sound import assert_sound

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]

REMEDIES = [
    {"type": "refund", "amount": {"amount": 20_000, "currency": "USD"}},
    {"type": "warn", "to": "respondent"},
    {"type": "suspend", "to": "respondent"},
]
EFFECTS = "SELECT id, type, reverses, state FROM effects WHERE tenant = $1 AND case_id = $2 ORDER BY seq, id"


async def _effects(house: House, firm: Firm, case_id: str) -> list[dict[str, Any]]:
    async with house.database.tenant(firm.id) as conn:
        return [dict(row) for row in await conn.fetch(EFFECTS, firm.id, case_id)]


async def _finished(house: House, firm: Firm, case_id: str, many: int) -> list[dict[str, Any]] | None:
    found = await _effects(house, firm, case_id)
    return found if len(found) == many and all(one["state"] != "running" for one in found) else None


async def _stands(desk: Desk, case_id: str, phase: str) -> dict[str, Any]:
    async def so() -> dict[str, Any] | None:
        case = await desk.see(case_id)
        return case if case["phase"] == phase and (case["owner"] or phase == "appealable") else None

    found: dict[str, Any] = await until(so, f"{case_id} to stand in {phase}")
    return found


async def test_each_effect_is_undone_once_though_the_worker_dies_in_the_middle(house: House) -> None:
    firm = await house.firm(hour=0.1)
    async with house.api(firm.platform) as http:
        desk = Desk(house, firm, http)
        case_id = await desk.open(a_report("fraud_report", "overturn"))
        case = await _stands(desk, case_id, "review")
        # What each side wrote to the desk alone decides nothing here: else whoever loses has to be shown it first.
        why = {"reasons": "The file shows what the report says."}
        alone = {**why, "relies_on": []}
        ruling = {"outcome": "confirmed", "ground": "stolen_payment", "remedies": REMEDIES, "statement": STATEMENT, **alone}
        sides = {party["side"]: party["id"] for party in case["parties"]}
        # Nobody is ruled against unheard, and in fraud nobody can speak before they were told.
        await desk.send(
            case_id,
            {
                "id": f"cmd_{case_id}.01",
                "type": "disclose",
                "by": case["owner"],
                "with_statement": True,
                "ground": "stolen_payment",
            },
        )
        for number, side in enumerate(sides):
            said = {"type": "message", "by": sides[side], "text": "See the file."}
            await desk.send(case_id, {"id": f"cmd_{case_id}.1{number}", **said})
        await desk.send(case_id, {"id": f"cmd_{case_id}.1", "type": "rule", "by": case["owner"], **ruling})
        case = await _stands(desk, case_id, "appealable")
        done = await until(lambda: _finished(house, firm, case_id, 3), "what the ruling ordered to be done")
        respondent = next(party["id"] for party in case["parties"] if party["side"] == "respondent")
        await desk.send(case_id, {"id": f"cmd_{case_id}.2", "type": "appeal", "by": respondent, **why})
        case = await _stands(desk, case_id, "appeal")
        # No second message: within ten minutes of the first its letter waits for more to tell.
        said = {"type": "submit_evidence", "by": sides["claimant"], "text": "The file again."}
        await desk.send(case_id, {"id": f"cmd_{case_id}.21", **said})

        await house.restart("worker", fail_point="effect.after_perform")
        async with house.watched("effect.after_perform:2") as died:
            route = {"complaint_route": "out_of_court_and_court"}
            overturn = {"decision": "overturn", "outcome": "false_positive", "ground": "no_fraud", **route, **alone}
            await desk.send(case_id, {"id": f"cmd_{case_id}.3", "type": "decide_appeal", "by": case["owner"], **overturn})
            all_of_them = await until(lambda: _finished(house, firm, case_id, 6), "what the ruling did to be undone")
        assert died["worker"] >= 2

    undone = [one for one in all_of_them if one["reverses"] is not None]
    assert sorted(one["reverses"] for one in undone) == sorted(one["id"] for one in done)
    assert [one["state"] for one in undone] == ["reversed"] * 3
    performed = [key for key in house.receiver.performed if key in {one["id"] for one in undone}]
    assert len(performed) == 3
    assert house.receiver.changed == []
    sound = await assert_sound(house, firm, repeats=10)
    assert sound.repeated_remedies >= 1, "what was undone and not noted is asked for again, under the same key"
