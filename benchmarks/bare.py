"""Temporal without Ombud: a workflow that waits for the same things and calls as many activities, all of which do nothing.

Its plan is read off a real case's history (:func:`benchmarks.histories.plan_of`), so that it can never ask for less.
"""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow


@workflow.defn(name="Bare")
class BareWorkflow:
    """Follows a plan of steps: wait for an update or the timer, call no-op activities, answer, set the next timer."""

    def __init__(self) -> None:
        self._asked: list[asyncio.Event] = []
        self._alarm: asyncio.Task[None] | None = None
        self._beside: list[asyncio.Task[Any]] = []

    @workflow.run
    async def run(self, plan: list[dict[str, Any]]) -> None:
        """One step after the other; activities on the outbound queue run beside, as notices do."""
        for step in plan:
            await workflow.wait_condition(lambda step=step: self._may_go_on(step))  # type: ignore[misc]  # bound per round
            for number in range(step["local"]):
                await workflow.execute_local_activity("bare.local", number, start_to_close_timeout=timedelta(seconds=2))
            if step["on"] == "update":
                self._asked.pop(0).set()
            for number in range(step["regular"]):
                self._beside.append(asyncio.create_task(self._call(number)))
            if step["timer_ms"]:
                self._set_alarm(timedelta(milliseconds=step["timer_ms"]))
        await asyncio.gather(*self._beside)
        await workflow.wait_condition(workflow.all_handlers_finished)

    @workflow.update(name="ask")
    async def ask(self, command: str) -> str:
        """Wait until the step that belongs to this has been done."""
        done = asyncio.Event()
        self._asked.append(done)
        await done.wait()
        return command

    def _may_go_on(self, step: dict[str, Any]) -> bool:
        if step["on"] == "update":
            return bool(self._asked)
        return self._alarm is not None and self._alarm.done()

    def _set_alarm(self, wait_for: timedelta) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.create_task(asyncio.sleep(wait_for.total_seconds()))

    async def _call(self, number: int) -> None:
        queue = workflow.info().task_queue + "-outbound"
        await workflow.execute_activity("bare.regular", number, task_queue=queue, start_to_close_timeout=timedelta(seconds=30))


class BareActivities:
    """Nothing, locally and over the server."""

    @activity.defn(name="bare.local")
    async def local(self, number: int) -> int:
        """Nothing."""
        return number

    @activity.defn(name="bare.regular")
    async def regular(self, number: int) -> int:
        """Nothing."""
        return number
