"""Few commands of one tenant are asked for at a time, fewer when answers are slow, and another tenant's never wait for them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from activities.messages import Answer
from services.doors import QUICK_FOR, FairDoors, LeavingDoors, Shares
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
    doors = FairDoors(slow, Shares(2))
    asking = [asyncio.create_task(doors.ask(named("busy"), f"cmd_{n}", timedelta(seconds=5))) for n in range(3)]
    other = asyncio.create_task(doors.ask(named("other"), "cmd_other", timedelta(seconds=5)))
    await asyncio.sleep(0.01)
    assert slow.asked == ["cmd_0", "cmd_1", "cmd_other"]
    slow.going.set()
    await asyncio.gather(*asking, other)
    assert slow.asked[-1] == "cmd_2"


async def test_whoever_gets_no_place_in_time_is_not_reached_and_takes_none() -> None:
    slow = SlowDoors()
    doors = FairDoors(slow, Shares(1))
    first = asyncio.create_task(doors.ask(named("busy"), "cmd_1", timedelta(seconds=5)))
    await asyncio.sleep(0)
    with pytest.raises(NotReached):
        await doors.ask(named("busy"), "cmd_2", timedelta(seconds=0.02))
    assert slow.asked == ["cmd_1"]
    slow.going.set()
    await first
    assert (await doors.ask(named("busy"), "cmd_3", timedelta(seconds=1))).command_id == "cmd_3"


async def test_whoever_asked_keeps_the_place_until_there_is_an_answer_also_when_the_caller_has_gone() -> None:
    slow = SlowDoors()
    doors = FairDoors(slow, Shares(1))
    with pytest.raises(NotReached):
        await doors.ask(named("busy"), "cmd_1", timedelta(seconds=0.02))
    next_one = asyncio.create_task(doors.ask(named("busy"), "cmd_2", timedelta(seconds=5)))
    await asyncio.sleep(0.02)
    assert slow.asked == ["cmd_1"]
    slow.going.set()
    assert (await next_one).command_id == "cmd_2"


async def test_quick_answers_give_one_place_more_and_a_slow_one_takes_half() -> None:
    now = [0.0]
    shares = Shares(8, clock=lambda: now[0])

    async def most(takes: float) -> int:
        """How many are in work at once while each takes so long."""
        inside, found, done = 0, 0, asyncio.Event()

        async def one() -> None:
            nonlocal inside, found
            async with shares.place("busy"):
                inside += 1
                found = max(found, inside)
                await done.wait()
                inside -= 1

        running = [asyncio.create_task(one()) for _ in range(12)]
        await asyncio.sleep(0.01)
        at_once, now[0] = found, now[0] + takes
        done.set()
        await asyncio.gather(*running)
        return at_once

    slow = 2 * QUICK_FOR.total_seconds()
    assert await most(0.0) == 2
    assert await most(0.0) > 2
    for _ in range(5):
        await most(0.0)
    assert await most(slow) == 8
    # Eight that were slow together are one reason to take half.
    assert await most(slow) == 4
    async with asyncio.timeout(1), shares.place("other"), shares.place("other"):
        pass


async def test_a_failure_gives_its_place_back_and_so_does_whoever_is_called_away_while_waiting() -> None:
    shares = Shares(1)

    async def enter() -> None:
        async with shares.place("busy"):
            pass

    with pytest.raises(NotReached):
        async with shares.place("busy"):
            raise NotReached("away")
    async with shares.place("busy"):
        waiting = asyncio.create_task(enter())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        let_in = asyncio.create_task(enter())
        await asyncio.sleep(0)
    let_in.cancel()
    await asyncio.gather(let_in, return_exceptions=True)
    async with asyncio.timeout(1):
        await enter()


async def test_what_is_held_is_left_before_anybody_is_asked() -> None:
    slow, left = SlowDoors(), list[str]()

    async def leave() -> None:
        left.extend(slow.asked or ["nobody asked yet"])

    slow.going.set()
    assert (await LeavingDoors(slow, leave).ask(named("busy"), "cmd_1", timedelta(seconds=1))).status == "accepted"
    assert left == ["nobody asked yet"]
