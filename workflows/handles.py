"""How everybody else reaches a case's workflow: ask and be answered, wake it, or just make sure that it runs."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.messages import Answer, CaseStart
from workflows.options import place_in_line

TASK_FOR = timedelta(seconds=5)
"""Workflow task time-out: after a worker was killed its task is handed to another one this soon."""

TENANT_ID = SearchAttributeKey.for_keyword("TenantId")
CASE_KIND = SearchAttributeKey.for_keyword("CaseKind")
CASE_STATUS = SearchAttributeKey.for_keyword("CaseStatus")
OUTCOME = SearchAttributeKey.for_keyword("Outcome")
OPENED_AT = SearchAttributeKey.for_datetime("OpenedAt")

NEEDED: dict[str, str] = {
    "TenantId": "Keyword",
    "CaseKind": "Keyword",
    "CaseStatus": "Keyword",
    "Outcome": "Keyword",
    "OpenedAt": "Datetime",
}
"""What a namespace must know before cases run in it."""
FOLLOWED: dict[str, str] = {"Phase": "Keyword", "Queue": "Keyword", "Priority": "Keyword", "NextDueAt": "Datetime"}
"""What cases show of themselves while they run, once the namespace knows all of it."""
SEARCH_ATTRIBUTES: dict[str, str] = NEEDED | FOLLOWED
"""All by which cases are found. Visibility on SQL has room for 10 of `Keyword` and 3 of each other type."""

ABOUT_A_CASE = (
    "One case, from its report to its last appeal. What happened stands in Ombud's record; this run keeps its time and has it "
    "carried out. **Never end it here**: terminated, cancelled or reset it comes back from the record. To end a case, send it "
    "`withdraw` or `close`."
)
"""What Temporal's own page says beside every case."""
ABOUT_A_DELIVERY = (
    "One notice that did not go through at once: ten tries over about three days, then a task for a person. No case waits for it."
)


class NotReached(Exception):
    """Temporal or the workers did not answer in time. The command is in the inbox and will be judged when they are back."""


class RefusedByTemporal(NotReached):
    """Temporal answered, and would not have it: of this case, or of this namespace. Waiting alone does not help."""


_AWAY = {RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED, RPCStatusCode.ABORTED}
_CAUSE_CHARACTERS = 200


def not_reached(error: BaseException) -> NotReached:
    """What an error means, with its cause in words: somebody has to find out from them what to do."""
    if isinstance(error, RPCError):
        said = error.message[:_CAUSE_CHARACTERS]
        if error.status in _AWAY:
            return NotReached(f"Temporal does not answer: {error.status.name.lower()}: {said}")
        return RefusedByTemporal(f"Temporal refused: {error.status.name.lower()}: {said}")
    if isinstance(error, TimeoutError | WorkflowUpdateRPCTimeoutOrCancelledError):
        return NotReached("no worker answered in time")
    return NotReached(f"{type(error).__name__}: {str(error)[:_CAUSE_CHARACTERS]}")


@dataclass(frozen=True)
class Named:
    """A case, with what its run shows in Temporal's lists."""

    tenant_id: str
    case_id: str
    kind: str
    opened_at: datetime
    priority: str | None = None
    """How urgent it is, as far as whoever starts it knows."""

    @property
    def workflow_id(self) -> str:
        """The id under which its workflow runs."""
        return workflow_id(self.tenant_id, self.case_id)


def workflow_id(tenant_id: str, case_id: str) -> str:
    """``case/{tenant}/{case}``."""
    return f"case/{tenant_id}/{case_id}"


def _let_go(operation: WithStartWorkflowOperation[Any, Any]) -> None:
    """The operation keeps its failure for whoever asks for the handle too; nobody will, and asyncio would complain of that.

    Looked at, never awaited: what it keeps after a time-out is a cancellation, which must not become the caller's.
    """
    kept = getattr(operation, "_workflow_handle", None)
    if isinstance(kept, asyncio.Future) and kept.done() and not kept.cancelled():
        kept.exception()


class CaseDoors:
    """Typed handles of case workflows. Each of its ways starts the workflow when it does not run; a start reads the record."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client, self._queue = client, task_queue

    async def ask(self, case: Named, command_id: str, wait_for: timedelta) -> Answer:
        """The answer to a command in the inbox. Raises :class:`NotReached` when none came in time."""
        operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            "Case", self._input(case), **self._start(case)
        )
        try:
            async with asyncio.timeout(wait_for.total_seconds()):
                answer: Answer = await self._client.execute_update_with_start_workflow(
                    "ask", command_id, id=command_id, start_workflow_operation=operation, result_type=Answer
                )
                return answer
        except WorkflowUpdateFailedError as error:
            _let_go(operation)
            refusal = error.cause
            if not isinstance(refusal, ApplicationError):
                raise not_reached(refusal) from error
            fields = refusal.details[0] if refusal.details else {}
            broken = refusal.type == "broken"
            status: Any = "broken" if broken else "refused"
            return Answer(command_id=command_id, status=status, code=refusal.type, detail=refusal.message, fields=fields)
        except (TimeoutError, RPCError, WorkflowUpdateRPCTimeoutOrCancelledError, RuntimeError) as error:
            # RuntimeError is what a lazy client raises when its first connection fails.
            _let_go(operation)
            raise not_reached(error) from error

    async def poke(self, case: Named, command_id: str | None = None) -> None:
        """Wake the case, starting it when it does not run. Raises :class:`NotReached`."""
        try:
            await self._client.start_workflow(
                "Case",
                self._input(case),
                start_signal="tell",
                start_signal_args=[{"command_id": command_id or ""}],
                **self._start(case),
            )
        except (RPCError, RuntimeError) as error:
            raise not_reached(error) from error

    async def revive(self, case: Named) -> bool:
        """Start the case from its record; False when it runs already. Raises :class:`NotReached`."""
        try:
            await self._client.start_workflow("Case", self._input(case), **self._start(case, WorkflowIDConflictPolicy.FAIL))
        except WorkflowAlreadyStartedError:
            return False
        except (RPCError, RuntimeError) as error:
            raise not_reached(error) from error
        return True

    @staticmethod
    def _input(case: Named) -> CaseStart:
        return CaseStart(tenant_id=case.tenant_id, case_id=case.case_id)

    def _start(self, case: Named, conflict: WorkflowIDConflictPolicy = WorkflowIDConflictPolicy.USE_EXISTING) -> dict[str, Any]:
        return {
            "id": case.workflow_id,
            "task_queue": self._queue,
            "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            "id_conflict_policy": conflict,
            "task_timeout": TASK_FOR,
            "priority": place_in_line(case.tenant_id, case.priority),
            "static_summary": case.kind.replace("_", " "),
            "static_details": ABOUT_A_CASE,
            "search_attributes": TypedSearchAttributes(
                [
                    SearchAttributePair(TENANT_ID, case.tenant_id),
                    SearchAttributePair(CASE_KIND, case.kind),
                    SearchAttributePair(CASE_STATUS, "open"),
                    SearchAttributePair(OPENED_AT, case.opened_at),
                ]
            ),
        }
