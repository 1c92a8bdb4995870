"""A gold case looks real to the team, and nobody outside hears of it."""

from __future__ import annotations

import pytest

from storage.outside.outbox import PostgresOutbox
from storage.views.cases import PostgresViews
from tests.support.worlds import World, a_report

pytestmark = pytest.mark.postgres

NOTICES = {"case_opened": ("all",), "message_sent": ("parties", "owner", "leads")}


async def told(world: World, *, synthetic: bool) -> tuple[str, dict[str, set[str]]]:
    """The case, and the states of its notices by audience."""
    case_id = await world.case(report=a_report(synthetic=synthetic), notices=NOTICES)
    command = {"id": f"cmd_gold-{synthetic}", "type": "message", "by": await world.claimant(case_id), "text": "Hello?"}
    await world.record(case_id, command)
    states: dict[str, set[str]] = {}
    for one in await PostgresViews(world.database, world.vault).notices(world.tenant_id, case_id):
        if one.channel != "none":
            states.setdefault("staff" if one.audience == "staff" else "outside", set()).add(one.state)
    return case_id, states


async def test_no_party_is_written_to_and_the_team_is(world: World) -> None:
    case_id, states = await told(world, synthetic=True)
    assert states == {"outside": {"sent"}, "staff": {"pending"}}
    outgoing = await PostgresOutbox(world.database, world.vault).undelivered(world.tenant_id, case_id)
    assert {one.audience for one in outgoing} == {"staff"}


async def test_of_a_real_case_everybody_is(world: World) -> None:
    _, states = await told(world, synthetic=False)
    assert states == {"outside": {"pending"}, "staff": {"pending"}}
