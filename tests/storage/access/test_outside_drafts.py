"""Drafts of people outside: there for a day, and then not on the disk either once somebody looks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.access.outside_drafts import KEPT_FOR, PostgresOutsideDrafts
from tests.support.worlds import World, sql

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("looks", ["its party", "somebody else", "at a form"])
async def test_what_is_older_than_a_day_leaves_the_disk_with_the_next_look(world: World, looks: str) -> None:
    drafts, tenant, case_id = PostgresOutsideDrafts(world.database, world.vault), world.tenant_id, await world.case()
    claimant = await world.claimant(case_id)
    await drafts.save(tenant, case_id, claimant, "write", {"text": "Half a sentence"})
    assert await drafts.find(tenant, case_id, claimant, "write") == {"text": "Half a sentence"}
    await sql(world, "UPDATE outside_drafts SET saved_at = saved_at - $1::interval", KEPT_FOR + timedelta(seconds=1))
    assert len(await sql(world, "SELECT id FROM outside_drafts")) == 1
    who = claimant if looks == "its party" else "pty_another"
    found = await (drafts.form(tenant, "x") if looks == "at a form" else drafts.find(tenant, case_id, who, "write"))
    assert found is None
    assert await sql(world, "SELECT id FROM outside_drafts") == []
