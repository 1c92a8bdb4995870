"""What runs in Temporal, for whoever compares it with the record, and how to begin anew what does not run as it should."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from google.protobuf.field_mask_pb2 import FieldMask
from pydantic_core import from_json
from temporalio.api.common.v1 import Payload
from temporalio.api.common.v1 import WorkflowExecution as ExecutionName
from temporalio.api.enums.v1 import EventType, PendingWorkflowTaskState
from temporalio.api.workflow.v1 import WorkflowExecutionOptions
from temporalio.api.workflowservice.v1 import UpdateWorkflowExecutionOptionsRequest
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.common import RawValue, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
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

TAKEN_WITHIN = timedelta(seconds=2)
"""A worker that is there takes a task long before."""

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


@dataclass(frozen=True)
class Told:
    """One signal ``tell`` in the history of a run."""

    given: Sequence[RawValue]
    """As it was sent, sealed where it was."""
    command_id: str | None
    """The id of the command that it holds; None where it holds none that can be read."""
    unread: bool
    """No worker ever looked at it."""


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

    async def ended_since(self, tenant_id: str, since: datetime) -> Mapping[str, Sequence[str]]:
        """Cases of which runs were ended from outside, or failed, since then, and the ids of these runs, the first one first."""
        prefix = f"case/{tenant_id}/"
        query = f"WorkflowType = 'Case' AND WorkflowId STARTS_WITH {_quoted(prefix)} AND {_ENDED}"
        found: defaultdict[str, list[str]] = defaultdict(list)
        for run in reversed(await self._listed(f"{query} AND CloseTime >= '{since.isoformat()}'", ENDED_AT_MOST)):
            found[run.id.removeprefix(prefix)].append(run.run_id)
        return dict(sorted(found.items()))

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

    async def pinned(self, at_most: int) -> Sequence[str]:
        """Cases and deliveries that somebody pinned to a build, and whose task no worker takes, where the server lists such."""
        pinned = "TemporalWorkflowVersioningBehavior = 'Pinned'"
        runs = await self._listed(f"WorkflowType IN ('Case', 'Delivery') AND ExecutionStatus = 'Running' AND {pinned}", at_most)
        waits = {run.id: since for run in runs if (since := await self._task_waits(run.id)) is not None}
        if waits:
            await asyncio.sleep(TAKEN_WITHIN.total_seconds())
        return [name for name, since in waits.items() if await self._task_waits(name) == since]

    async def _task_waits(self, workflow_id: str) -> str | None:
        """The workflow task of a pinned run that no worker has taken yet, by when it came."""
        try:
            told = (await self._client.get_workflow_handle(workflow_id).describe()).raw_description
        except (RPCError, RuntimeError) as error:
            raise not_reached(error) from error
        task, scheduled = told.pending_workflow_task, PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED
        held = told.workflow_execution_info.versioning_info.HasField("versioning_override") and task.state == scheduled
        return task.original_scheduled_time.ToJsonString() if held else None

    async def began_before(self, instant: datetime) -> Sequence[str]:
        """Cases and deliveries that still run and began before an instant. Where a run goes on as a new one, that one counts."""
        running = "WorkflowType IN ('Case', 'Delivery') AND ExecutionStatus = 'Running'"
        return [run.id for run in await self._listed(f"{running} AND StartTime < '{instant.isoformat()}'", None)]

    async def end(self, workflow_id: str, why: str) -> None:
        """Terminate a run, if there is one."""
        try:
            await self._client.get_workflow_handle(workflow_id).terminate(reason=why)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise not_reached(error) from error
        except RuntimeError as error:
            raise not_reached(error) from error

    async def unpin(self, workflow_id: str) -> None:
        """Let a run go on with whatever build is current, as all do."""
        anew = UpdateWorkflowExecutionOptionsRequest(
            namespace=self._client.namespace,
            workflow_execution=ExecutionName(workflow_id=workflow_id),
            workflow_execution_options=WorkflowExecutionOptions(),
            update_mask=FieldMask(paths=["versioning_override"]),
        )
        try:
            await self._client.workflow_service.update_workflow_execution_options(anew)
        except (RPCError, RuntimeError) as error:
            raise not_reached(error) from error

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
        unread = [one for one in await self.told(case) if one.unread]
        try:
            anew = self._start(case, WorkflowIDConflictPolicy.TERMINATE_EXISTING)
            await self._client.start_workflow("Case", self._input(case), **anew)
        except (RPCError, RuntimeError) as error:
            raise not_reached(error) from error
        for one in unread:
            await self.tell(case, one)

    async def tell(self, case: Named, told: Told) -> None:
        """Tell the case what was told to an earlier run, starting it when it does not run."""
        try:
            await self._client.start_workflow(
                "Case", self._input(case), start_signal="tell", start_signal_args=list(told.given), **self._start(case)
            )
        except (RPCError, RuntimeError) as error:
            raise not_reached(error) from error

    async def told(self, case: Named, run_id: str | None = None) -> Sequence[Told]:
        """What was told to a run (None: the newest one) by Temporal's own door, in its order; nothing of a run that is deleted.
        A mere poke is left out: what it is about lies in the inbox."""
        found: list[Told] = []
        before = found
        try:
            handle = self._client.get_workflow_handle(case.workflow_id, run_id=run_id)
            async for event in handle.fetch_history_events():
                if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                    before, found = found, [replace(one, unread=False) for one in found]
                elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
                    # The task that ended it saw them, and looked at none.
                    found = before
                elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
                    attributes = event.workflow_execution_signaled_event_attributes
                    if attributes.signal_name == "tell" and (one := await self._read(attributes.input.payloads)) is not None:
                        found.append(one)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise not_reached(error) from error
        except RuntimeError as error:
            raise not_reached(error) from error
        return found

    async def _read(self, payloads: Sequence[Payload]) -> Told | None:
        """What a signal held; None: it only said where to look."""
        given = [RawValue(payload) for payload in payloads]
        codec = self._client.data_converter.payload_codec
        try:
            (opened,) = await codec.decode(payloads) if codec is not None else payloads
            command = from_json(opened.data)
        except ValueError:
            return Told(given, None, unread=True)
        if isinstance(command, dict) and set(command) == {"command_id"}:
            return None
        said = command.get("id") if isinstance(command, dict) else None
        return Told(given, said if isinstance(said, str) else None, unread=True)

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
