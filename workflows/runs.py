"""What runs in Temporal, for whoever compares it with the record, and how to begin anew what does not run as it should."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.messages import NoticeRef
from workflows.handles import ABOUT_A_DELIVERY, TASK_FOR, CaseDoors, Named, not_reached
from workflows.options import place_in_line

AT_ONCE = 100
"""Ids in one question to Temporal's lists."""
ENDED_AT_MOST = 1000
"""Runs ended from outside that are named at once; whatever is more is found case by case."""
TASK_TRIES = 3
"""A workflow task that failed so often is no accident."""

_OVER = (
    WorkflowExecutionStatus.TERMINATED,
    WorkflowExecutionStatus.CANCELED,
    WorkflowExecutionStatus.FAILED,
    WorkflowExecutionStatus.TIMED_OUT,
)
_ENDED = "ExecutionStatus IN ('Terminated', 'Canceled', 'Failed', 'TimedOut')"


@dataclass(frozen=True)
class RunState:
    """How a case's newest run stands."""

    running: bool
    ended: bool = False
    """It was ended from outside, or failed: it never said itself that it is over."""
    carrying_out: int = 0
    """Effects that it is carrying out."""
    at_rest: bool = False
    """It runs, and waits for nothing but time and commands."""
    failing: int = 0
    """How often its workflow task was tried; from :data:`TASK_TRIES` on it is stuck."""


@dataclass(frozen=True)
class PendingActivity:
    """What a run waits for."""

    workflow_id: str
    activity: str
    activity_id: str
    paused: bool
    failed: int
    """How often it failed so far."""


class CaseRuns(CaseDoors):
    """The doors of cases, and a look at their runs. Everything here raises :class:`workflows.handles.NotReached`."""

    def __init__(self, client: Client, task_queue: str) -> None:
        super().__init__(client, task_queue)

    async def runs(self, workflow_ids: Collection[str]) -> dict[str, bool]:
        """Which of these ran, and whether one still does. Temporal's lists lag by a moment, and it forgets after a time."""
        ids, found = sorted(workflow_ids), dict[str, bool]()
        for first in range(0, len(ids), AT_ONCE):
            some = ", ".join(_quoted(workflow_id) for workflow_id in ids[first : first + AT_ONCE])
            for run in await self._listed(f"WorkflowId IN ({some})", None):
                found[run.id] = found.get(run.id, False) or run.status is WorkflowExecutionStatus.RUNNING
        return found

    async def ended_since(self, tenant_id: str, since: datetime) -> Sequence[str]:
        """Cases of which a run was ended from outside, or failed, since then."""
        prefix = f"case/{tenant_id}/"
        query = f"WorkflowType = 'Case' AND WorkflowId STARTS_WITH {_quoted(prefix)} AND {_ENDED}"
        listed = await self._listed(f"{query} AND CloseTime >= '{since.isoformat()}'", ENDED_AT_MOST)
        return sorted({run.id.removeprefix(prefix) for run in listed})

    async def state(self, case: Named) -> RunState:
        """How its newest run stands."""
        try:
            told = await self._client.get_workflow_handle(case.workflow_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return RunState(running=False)
            raise not_reached(error) from error
        except RuntimeError as error:
            raise not_reached(error) from error
        raw = told.raw_description
        task = raw.pending_workflow_task.attempt if raw.HasField("pending_workflow_task") else 0
        running = told.status is WorkflowExecutionStatus.RUNNING
        carrying = sum(activity.activity_type.name == "effects.carry_out" for activity in raw.pending_activities)
        return RunState(running, told.status in _OVER, carrying, running and not task and not raw.pending_activities, task)

    async def pending(self, workflow_id: str) -> Sequence[PendingActivity]:
        """What the newest run with this id waits for; nothing where there is none."""
        try:
            told = (await self._client.get_workflow_handle(workflow_id).describe()).raw_description
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return ()
            raise not_reached(error) from error
        except RuntimeError as error:
            raise not_reached(error) from error
        return [
            PendingActivity(workflow_id, one.activity_type.name, one.activity_id, one.paused, max(0, one.attempt - 1))
            for one in told.pending_activities
        ]

    async def paused(self, at_most: int) -> Sequence[str]:
        """Cases and deliveries in which somebody paused an activity, as far as the server lists such."""
        query = "WorkflowType IN ('Case', 'Delivery') AND ExecutionStatus = 'Running' AND TemporalPauseInfo IS NOT NULL"
        return [run.id for run in await self._listed(query, at_most)]

    async def deliver(self, case: Named, notice_id: str) -> bool:
        """Have a notice delivered by a ``Delivery`` workflow of its own; False when one is at it already."""
        try:
            await self._client.start_workflow(
                "Delivery",
                NoticeRef(tenant_id=case.tenant_id, case_id=case.case_id, notice_id=notice_id),
                id=delivery_id(notice_id),
                task_queue=self._queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                task_timeout=TASK_FOR,
                priority=place_in_line(case.tenant_id, case.priority),
                static_summary="Deliver a notice whose delivery was ended",
                static_details=ABOUT_A_DELIVERY,
            )
        except WorkflowAlreadyStartedError:
            return False
        except (RPCError, RuntimeError) as error:
            raise not_reached(error) from error
        return True

    async def restart(self, case: Named) -> None:
        """End the run, if there is one, and begin anew from the record. What was told to it and never looked at is told again."""
        try:
            handle = self._client.get_workflow_handle(case.workflow_id)
            told = await self._unread(handle)
            anew = self._start(case, WorkflowIDConflictPolicy.TERMINATE_EXISTING)
            await self._client.start_workflow("Case", self._input(case), **anew)
            for payloads in told:
                await handle.signal("tell", args=payloads)
        except (RPCError, RuntimeError) as error:
            raise not_reached(error) from error

    async def _unread(self, handle: WorkflowHandle[Any, Any]) -> list[list[Any]]:
        """Signals that came after the last workflow task that succeeded."""
        found: list[list[Any]] = []
        try:
            async for event in handle.fetch_history_events():
                if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                    found = []
                elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
                    attributes = event.workflow_execution_signaled_event_attributes
                    if attributes.signal_name == "tell":
                        found.append(await self._client.data_converter.decode(list(attributes.input.payloads)))
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        return found

    async def _listed(self, query: str, at_most: int | None) -> list[WorkflowExecution]:
        try:
            return [run async for run in self._client.list_workflows(query, limit=at_most)]
        except (RPCError, RuntimeError) as error:
            raise not_reached(error) from error


def delivery_id(notice_id: str) -> str:
    """The id of the workflow that delivers a notice by itself."""
    return f"delivery/{notice_id}"


def _quoted(text: str) -> str:
    """As a value in a query of Temporal's lists."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
