"""Processor time of lives: cases of ours against bare workflows that call as many activities, in turns on the same server and
worker. Lives per second are no measure: of the same code they said 0.58 and 1.17, as the machine had other things to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psutil  # type: ignore[import-untyped,unused-ignore]  # it ships no types
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from uuid_utils import uuid7

from benchmarks.histories import census, plan_of
from benchmarks.house import QUEUE, House
from benchmarks.measured_lives import Lives
from benchmarks.stalls import spent, used_by

COMPARED = (
    "WORKFLOW_EXECUTION_UPDATE_ACCEPTED",
    "MARKER_RECORDED",
    "ACTIVITY_TASK_SCHEDULED",
    "TIMER_STARTED",
)
"""Of these the bare workflow has as many as the case."""


@dataclass
class Rates:
    """Processor seconds of a life in each round, by process."""

    cpu_ours: list[dict[str, float]] = field(default_factory=list)
    cpu_bare: list[dict[str, float]] = field(default_factory=list)


class Bare:
    """Lives a bare workflow by the plan of a case."""

    def __init__(self, house: House, plan: list[dict[str, Any]]) -> None:
        self._house, self._plan = house, plan

    async def live(self) -> str:
        """Started with its first update, asked as often as the case, waited for."""
        workflow_id = f"bare/{uuid7()}"
        for _ in range(sum(step["on"] == "update" for step in self._plan)):
            # As the doors of a case do it: every way in would start it.
            start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
                "Bare",
                self._plan,
                id=workflow_id,
                task_queue=QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                task_timeout=timedelta(seconds=5),
            )
            command = f"cmd_{uuid7()}"
            await self._house.client.execute_update_with_start_workflow(
                "ask", command, id=command, start_workflow_operation=start, result_type=str
            )
        await self._house.client.get_workflow_handle(workflow_id).result()
        return workflow_id

    async def same_as(self, events: Sequence[HistoryEvent]) -> None:
        """Live once and compare. RuntimeError when the bare life asked for something else than the case did."""
        found = await self._house.client.get_workflow_handle(await self.live()).fetch_history()
        ours, bare = census(events), census(found.events)
        unlike = {name: (ours.get(name), bare.get(name)) for name in COMPARED if ours.get(name) != bare.get(name)}
        if unlike:
            raise RuntimeError(f"the bare workflow differs from the case: {unlike}")


async def rates(house: House, kind: str, events: Sequence[HistoryEvent], lives: int, at_once: int, rounds: int) -> Rates:
    """Measure in turns. ``events`` is the history of a case of this kind, whose steps the bare workflow follows."""
    bare, ours = Bare(house, plan_of(events)), Lives(house)
    await bare.same_as(events)
    await ours.happy(kind)
    measured = Rates()
    for number in range(rounds):
        turns: list[tuple[list[dict[str, float]], Callable[[], Awaitable[Any]]]] = [
            (measured.cpu_ours, lambda: ours.happy(kind)),
            (measured.cpu_bare, bare.live),
        ]
        # Whoever is second meets a fuller server; so they take turns in that too.
        for cpu, live in turns if number % 2 == 0 else reversed(turns):
            before = processor_seconds(house)
            await _lived(live, lives, at_once)
            cpu.append({name: (after - before[name]) / lives for name, after in processor_seconds(house).items()})
    return measured


def processor_seconds(house: House) -> dict[str, float]:
    """Processor time so far of this process (worker and client) and of the services."""
    return {"worker and client": used_by(psutil.Process()), **spent(house.pids)}


async def _lived(live: Callable[[], Awaitable[Any]], lives: int, at_once: int) -> None:
    room = asyncio.Semaphore(at_once)

    async def one() -> None:
        async with room:
            await live()

    await asyncio.gather(*(one() for _ in range(lives)))
