"""Where a worker can be made to die inside a workflow's own code, for the tests that kill it exactly there."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from temporalio import workflow
from temporalio.worker import (
    ContinueAsNewInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

CONTINUE_AS_NEW = "workflow.continue_as_new"
"""A run has decided to go on as a new one, and the server has not heard of it."""

_HIT = "ombud_hit"


class FailingInterceptor(Interceptor):
    """Passes the named points of workflow code. Added to a worker only when such a point is armed."""

    def __init__(self, hit: Callable[[str], None]) -> None:
        self._hit = hit

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:  # noqa: A002 - its name
        """Hands the hook into the sandbox, where the process cannot be reached otherwise."""
        input.unsafe_extern_functions[_HIT] = self._hit
        return _Inbound


class _Inbound(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Outbound(outbound))


class _Outbound(WorkflowOutboundInterceptor):
    def continue_as_new(self, input: ContinueAsNewInput) -> NoReturn:  # noqa: A002 - the base class calls it so
        workflow.extern_functions()[_HIT](CONTINUE_AS_NEW)
        self.next.continue_as_new(input)
