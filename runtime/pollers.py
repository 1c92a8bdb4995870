"""Who asks Temporal for work, and of which version: what the server knows of the workers, whoever started them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from temporalio.api.enums.v1 import TaskQueueType, WorkerVersioningMode
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, ListWorkerDeploymentsRequest
from temporalio.client import Client

HEARD_WITHIN = timedelta(seconds=75)
"""A worker that waits for work asks anew at least once a minute. The server names one for minutes after it was heard of last."""

_KINDS = {"workflow": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, "activity": TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY}


class Queue(NamedTuple):
    """A task queue, and what is taken from it."""

    name: str
    kind: Literal["workflow", "activity"]


@dataclass(frozen=True)
class Poller:
    """A worker process that asks for the tasks of a queue."""

    identity: str
    heard_at: datetime
    deployment: str | None = None
    """The worker deployment that it is of, where it has a version."""
    build: str | None = None


async def pollers(client: Client, queue: Queue, patience: timedelta, heard_within: timedelta = HEARD_WITHIN) -> Sequence[Poller]:
    """Who asked for tasks of this queue just now. Raises RPCError."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue.name), task_queue_type=_KINDS[queue.kind]
    )
    answer = await client.workflow_service.describe_task_queue(request, timeout=patience)
    since = datetime.now(UTC) - heard_within
    return [poller for poller in map(_poller, answer.pollers) if poller.heard_at > since]


def _poller(told: PollerInfo) -> Poller:
    heard_at, of = told.last_access_time.ToDatetime(UTC), told.deployment_options
    if of.worker_versioning_mode == WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED:
        return Poller(told.identity, heard_at, of.deployment_name, of.build_id)
    return Poller(told.identity, heard_at)


async def known_deployments(client: Client, patience: timedelta) -> Sequence[str]:
    """The names of some worker deployments of the namespace. Raises RPCError, also where the server does not know such."""
    request = ListWorkerDeploymentsRequest(namespace=client.namespace, page_size=100)
    answer = await client.workflow_service.list_worker_deployments(request, timeout=patience)
    return sorted(deployment.name for deployment in answer.worker_deployments)
