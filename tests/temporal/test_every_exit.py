"""Every way out of every kind, lived on a real server: by what people send, and by clocks that run out.

What each comes to was thought out from the design and from the pack's own words; nothing here looks into the table.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from storage.tenants import Person, PostgresTenants
from tests.support import exits_of_money, exits_of_people
from tests.support.exits import Exit
from tests.support.temporal import House, Living, troubles

EXITS = {**exits_of_money.EXITS, **exits_of_people.EXITS}

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]


async def lived(house: House, kind: str, way: Exit) -> Living:
    """A case that went this way to its end."""
    case = await house.opens(kind, report=_of_its_own(kind, way), scale=way.scale, **way.clocks)
    await case.starts()
    for one in way.acts:
        standing = await _stands(case, way, {"phase": one.phase, **one.once}, owned=one.who == "owner")
        speaker = {"owner": standing["owner"], "lead": "per_lou"}.get(one.who, one.who)
        await case.does(one.what, speaker, **one.fields)
    await _stands(case, way, {"status": "closed"})
    await case.ends()
    return case


def _of_its_own(kind: str, way: Exit) -> dict[str, Any]:
    """The report of a life: people and contents of its own, for what somebody did in another case counts in this one."""
    number = EXITS[kind].index(way)
    parties = [
        {"side": "claimant", "ref": f"user-{number}", "name": "Kim Doe", "email": f"kim-{number}@example.org"},
        {"side": "respondent", "ref": f"other-{number}", "name": "Acme", "email": f"acme-{number}@example.org"},
    ]
    report = {"parties": parties, "matter": f"matter-{number}", **way.report}
    if "decision" in report:
        report["decision"] = {**report["decision"], "content": f"post-{number}"}
    return report


async def _stands(case: Living, way: Exit, expected: Mapping[str, Any], owned: bool = False) -> dict[str, Any]:
    """Wait until the case stands so (and somebody owns it): asked of the database, so that many can wait at once."""
    statement = "SELECT phase, status, owner, waiting_on, outcome FROM cases WHERE tenant = $1 AND id = $2"
    seen: dict[str, Any] = {}
    for _ in range(1200):
        async with case.house.database.tenant(case.house.tenant_id) as conn:
            seen = dict(await conn.fetchrow(statement, case.house.tenant_id, case.opened.case_id) or {})
        if all(seen.get(name) == value for name, value in expected.items()) and (seen["owner"] or not owned):
            return seen
        await asyncio.sleep(0.05)
    raise AssertionError(f"'{way.name}' never came to {dict(expected)}: {seen.get('phase')}, owner {seen.get('owner')}")


async def _facts(case: Living) -> list[dict[str, Any]]:
    statement = "SELECT body -> 'fact' AS fact FROM facts WHERE tenant = $1 AND case_id = $2 ORDER BY seq"
    async with case.house.database.tenant(case.house.tenant_id) as conn:
        return [row["fact"] for row in await conn.fetch(statement, case.house.tenant_id, case.opened.case_id)]


@pytest.mark.parametrize("kind", EXITS)
async def test_every_exit_is_reached(house: House, kind: str) -> None:
    """All lives of a kind at once, as on any day."""
    pack, tenants = house.shelf.packs[kind], PostgresTenants(house.database, house.vault)
    mia = Person(id="per_mia", name="Mia", manager="per_head", queues=(pack.queue,), capacity=100)
    lea = Person(id="per_lea", name="Lea", roles=("lead",), manager="per_boss", queues=(pack.appeal_queue,), capacity=100)
    for person in (mia, lea):
        await tenants.put_person(house.tenant_id, person)
    cases = await asyncio.gather(*(lived(house, kind, way) for way in EXITS[kind]))
    for way, case in zip(EXITS[kind], cases, strict=True):
        facts = await _facts(case)
        assert [fact["outcome"] for fact in facts if fact["type"] == "case_closed"] == [way.ends], way.name
        reached = [fact["clock"] for fact in facts if fact["type"] == "level_reached" and fact["action"] == "default"]
        assert set(way.fired) <= set(reached), way.name
        assert troubles(await case.history()) == [], way.name
