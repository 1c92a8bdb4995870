"""What a worker does about the tasks that one case orders in another, without a worker."""

from __future__ import annotations

import pytest

from activities.carry_out import CarryOutActivities
from activities.messages import EffectRef, RecordInput
from storage.outside.cross_case import PostgresCrossCaseTasks
from storage.outside.effects import PostgresEffects
from tests.support.office import JudgingDoor, Office


async def carried_out(office: Office, case_id: str, other: str | None) -> None:
    """What a worker does about the errands of a case, in another one; None: in the one that it makes of a part."""
    recorder = JudgingDoor(office.records, office.inbox, office.lookups).recorder
    effects, cross_case_tasks = (
        PostgresEffects(office.database, office.vault),
        PostgresCrossCaseTasks(office.database, office.vault),
    )
    carry = CarryOutActivities(effects, None, cross_case_tasks=cross_case_tasks)  # type: ignore[arg-type]  # no remedy is carried out here
    held = await office.views.case(office.tenant_id, case_id)
    assert held is not None
    assert held.case is not None
    for task in held.case.running:
        ref = EffectRef(tenant_id=office.tenant_id, case_id=case_id, effect_id=task)
        with pytest.raises(Exception, match="asked to wait"):
            await carry.carry_out(ref)
        there = other or await newest(office)
        await recorder.record(RecordInput(tenant_id=office.tenant_id, case_id=there))
        await carry.carry_out(ref)
    await recorder.record(RecordInput(tenant_id=office.tenant_id, case_id=case_id))


async def newest(office: Office) -> str:
    """The case that was put on disk last."""
    async with office.database.tenant(office.tenant_id) as conn:
        return str(await conn.fetchval("SELECT max(id) FROM cases WHERE tenant = $1", office.tenant_id))
