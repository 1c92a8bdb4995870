"""What became of the rulings that were written with a template: told, appealed, changed."""

from __future__ import annotations

from typing import Any

import pytest

from storage.team.templates import Became, PostgresTemplates
from tests.support.worlds import World

pytestmark = pytest.mark.postgres


async def with_rulings(world: World, *rulings: dict[str, Any]) -> str:
    """A case whose told rulings are these."""
    opened = await world.opened()
    async with world.database.tenant(world.tenant_id) as conn:
        said = "UPDATE cases SET state = jsonb_build_object('rulings', $3::jsonb) WHERE tenant = $1 AND id = $2"
        await conn.execute(said, world.tenant_id, opened.case_id, list(rulings))
    return opened.case_id


async def test_each_ruling_counts_by_what_followed_it(world: World) -> None:
    templates = PostgresTemplates(world.database)
    await templates.add(world.tenant_id, "Damaged parcel", "It came damaged.", "per_mia", None, None)
    (template,) = await templates.listed(world.tenant_id)
    histories: list[list[dict[str, Any]]] = [
        [],
        [{"id": "rul_1"}],
        [{"id": "rul_1", "decision": "rule"}, {"id": "rul_9", "decision": "uphold"}],
        [{"id": "rul_1"}, {"id": "rul_9", "decision": "overturn"}],
        [{"id": "rul_8", "decision": "rule"}, {"id": "rul_1", "decision": "vary"}, {"id": "rul_9", "decision": "vary"}],
        [{"id": "rul_1"}, {"id": "rul_9", "decision": "remit"}, {"id": "rul_10"}],
    ]
    for number, history in enumerate(histories):
        case_id = await with_rulings(world, *({**one, "id": f"{one['id']}-{number}"} for one in history))
        for _ in range(2):
            # Sent twice by a lost connection it is one ruling.
            await templates.use(world.tenant_id, [template.id], case_id, f"rul_1-{number}")
    assert await templates.became(world.tenant_id, 100) == {template.id: Became(told=5, appealed=4, changed=2)}
    (template,) = await templates.listed(world.tenant_id)
    assert template.used == len(histories)


@pytest.mark.parametrize(
    ("appealed", "changed", "between"), [(10, 0, (0, 28)), (10, 5, (24, 76)), (100, 10, (6, 17)), (12, 12, (76, 100))]
)
def test_a_rate_says_how_far_chance_reaches(appealed: int, changed: int, between: tuple[int, int]) -> None:
    """Values of Wilson's interval as published tables have them."""
    assert Became(told=appealed, appealed=appealed, changed=changed).between == between
