"""The relay: a few cases of one tenant at a time, each tenant by itself, and nothing forgotten when Temporal is away."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from activities.messages import Answer
from activities.ports.relay import WaitingCase
from services.doors import Shares
from workers.metrics import Counters
from workers.relay import Rounds
from workflows.handles import Named, NotReached, RefusedByTemporal


def waiting(tenant_id: str, number: int, command: bool = True) -> WaitingCase:
    return WaitingCase(
        tenant_id=tenant_id,
        case_id=f"case_{number}",
        kind="bounty_dispute",
        opened_at=datetime(2026, 1, 1, tzinfo=UTC),
        command_id=f"cmd_{number}" if command else None,
    )


@dataclass
class Found:
    """A relay that finds what it is told, each case once."""

    cases: list[WaitingCase]
    without: list[frozenset[str]] = field(default_factory=list)

    async def waiting(self, older_than: timedelta, limit: int = 100, without: Collection[str] = ()) -> Sequence[WaitingCase]:
        self.without.append(frozenset(without))
        found = [case for case in self.cases if case.tenant_id not in without]
        self.cases = [case for case in self.cases if case.tenant_id in without]
        return found


@dataclass
class Doors:
    """Doors that answer when told to, or that nobody can reach."""

    going: asyncio.Event = field(default_factory=asyncio.Event)
    slow: str = ""
    away: bool = False
    silent: bool = False
    refuses: str = ""
    """A case that Temporal will not wake."""
    inside: int = 0
    most: int = 0
    asked: list[str] = field(default_factory=list)
    poked: list[str | None] = field(default_factory=list)

    async def ask(self, case: Named, command_id: str, wait_for: timedelta) -> Answer:
        if self.away or self.silent:
            raise NotReached("away")
        if case.tenant_id == self.slow:
            self.inside += 1
            self.most = max(self.most, self.inside)
            await self.going.wait()
            self.inside -= 1
        self.asked.append(command_id)
        return Answer(command_id=command_id, status="accepted")

    async def poke(self, case: Named, command_id: str | None = None) -> None:
        if self.away:
            raise NotReached("away")
        if case.case_id == self.refuses:
            raise RefusedByTemporal("Temporal refused: invalid_argument: no")
        self.poked.append(command_id)


def rounds(relay: Found, doors: Doors) -> Rounds:
    return Rounds(relay, doors, Counters(), Shares(8))


async def test_a_storm_is_worked_off_a_few_at_a_time_and_another_tenant_does_not_wait() -> None:
    relay = Found([waiting("busy", n) for n in range(30)] + [waiting("quiet", 77)])
    doors = Doors(slow="busy")
    all_of_it = rounds(relay, doors)
    assert await all_of_it.begin() == 31
    await asyncio.sleep(0.01)
    assert (doors.asked, doors.most) == (["cmd_77"], 2)
    relay.cases = [waiting("quiet", 78), waiting("busy", 99)]
    await all_of_it.begin()
    await asyncio.sleep(0.01)
    assert relay.without[-1] == {"busy"}
    assert doors.asked == ["cmd_77", "cmd_78"]
    doors.going.set()
    await all_of_it.done()
    assert {f"cmd_{n}" for n in range(30)} <= set(doors.asked)
    assert doors.most <= 8
    await all_of_it.begin()
    await all_of_it.done()
    assert "cmd_99" in doors.asked


async def test_who_does_not_answer_in_time_is_told_for_good_and_what_waits_without_a_command_is_poked() -> None:
    doors = Doors(silent=True)
    all_of_it = rounds(Found([waiting("busy", 1), waiting("busy", 2, command=False)]), doors)
    await all_of_it.begin()
    await all_of_it.done()
    assert set(doors.poked) == {"cmd_1", None}


async def test_when_temporal_is_away_the_rest_waits_for_the_next_look() -> None:
    relay = Found([waiting("busy", n) for n in range(30)])
    doors = Doors(away=True)
    all_of_it = rounds(relay, doors)
    await all_of_it.begin()
    await all_of_it.done()
    doors.away = False
    relay.cases = [waiting("busy", n) for n in range(30)]
    assert await all_of_it.begin() == 30
    await all_of_it.done()
    assert len(doors.asked) == 30


async def test_one_that_temporal_refuses_breaks_off_nothing_and_is_told() -> None:
    doors, counters = Doors(refuses="case_0"), Counters()
    with capture_logs() as said:
        all_of_it = Rounds(Found([waiting("busy", n, command=False) for n in range(9)]), doors, counters, Shares(8))
        await all_of_it.begin()
        await all_of_it.done()
    assert len(doors.poked) == 8
    assert counters.pokes.labels("refused")._value.get() == 1
    assert [line["error"] for line in said if line["event"] == "case cannot be woken"] == [
        "Temporal refused: invalid_argument: no"
    ]


async def test_stopping_leaves_nothing_running() -> None:
    doors = Doors(slow="busy")
    all_of_it = rounds(Found([waiting("busy", n) for n in range(5)]), doors)
    await all_of_it.begin()
    await asyncio.sleep(0)
    await all_of_it.stop()
    await all_of_it.done()
    assert doors.asked == []
