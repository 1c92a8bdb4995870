"""Few commands of one tenant are asked for at a time, and another tenant's never wait for them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from activities.messages import Answer
from services.doors import FairDoors
from workflows.handles import Named, NotReached


@dataclass
class SlowDoors:
    """Answers when told to, and counts who waits."""

    going: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[str] = field(default_factory=list)

    async def ask(self, case: Named, command_id: str, wait_for: timedelta) -> Answer:
        self.asked.append(command_id)
        await self.going.wait()
        return Answer(command_id=command_id, status="accepted")


def named(tenant_id: str) -> Named:
    return Named(tenant_id=tenant_id, case_id="case_1", kind="bounty_dispute", opened_at=datetime(2026, 1, 1, tzinfo=UTC))


async def test_the_third_waits_and_another_tenant_does_not() -> None:
    slow = SlowDoors()
    doors = FairDoors(slow, 2)
    asking = [asyncio.create_task(doors.ask(named("busy"), f"cmd_{n}", timedelta(seconds=5))) for n in range(3)]
    other = asyncio.create_task(doors.ask(named("other"), "cmd_other", timedelta(seconds=5)))
    await asyncio.sleep(0.01)
    assert slow.asked == ["cmd_0", "cmd_1", "cmd_other"]
    slow.going.set()
    await asyncio.gather(*asking, other)
    assert slow.asked[-1] == "cmd_2"


async def test_whoever_gets_no_place_in_time_is_not_reached_and_takes_none() -> None:
    slow = SlowDoors()
    doors = FairDoors(slow, 1)
    first = asyncio.create_task(doors.ask(named("busy"), "cmd_1", timedelta(seconds=5)))
    await asyncio.sleep(0)
    with pytest.raises(NotReached):
        await doors.ask(named("busy"), "cmd_2", timedelta(seconds=0.02))
    slow.going.set()
    await first
    assert (await doors.ask(named("busy"), "cmd_3", timedelta(seconds=1))).command_id == "cmd_3"
