"""Temporal's own interceptor, told which trace a step of a case belongs to: that of whoever asked for it last.

A case lives for months, and its trace should not: what comes of a request stands in the request's trace, and what clocks bring in
none, or in traces of the activities' own. A replay makes no spans: Temporal's interceptor sees to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import temporalio.workflow
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from temporalio.api.common.v1 import Payload
from temporalio.contrib.opentelemetry import TracingInterceptor, TracingWorkflowInboundInterceptor
from temporalio.worker import (
    ExecuteWorkflowInput,
    HandleSignalInput,
    HandleUpdateInput,
    WorkflowInterceptorClassInput,
)

FOLLOWS_FOR_S = 60.0
"""For so long what a case does counts as what somebody asked it for."""

# The trace's ids alone: with them no baggage travels, which could say anything.
_PROPAGATOR = TraceContextTextMapPropagator()


class FollowingInterceptor(TracingInterceptor):
    """Temporal's, with workflows that follow whoever asked last."""

    def __init__(self, tracer: Any) -> None:
        super().__init__(tracer)
        self.text_map_propagator = _PROPAGATOR

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[TracingWorkflowInboundInterceptor]:  # noqa: A002 - its name
        super().workflow_interceptor_class(input)
        return _Following


class _Following(TracingWorkflowInboundInterceptor):
    _asked: Context | None = None
    _asked_at = 0.0

    def __init__(self, next: Any) -> None:  # noqa: A002 - its name
        super().__init__(next)
        self.text_map_propagator = _PROPAGATOR

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002 - its name
        self._hear(input.headers)
        return await super().execute_workflow(input)

    async def handle_signal(self, input: HandleSignalInput) -> None:  # noqa: A002 - its name
        self._hear(input.headers)
        await super().handle_signal(input)

    def handle_update_validator(self, input: HandleUpdateInput) -> None:  # noqa: A002 - its name
        self._hear(input.headers)
        super().handle_update_validator(input)

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:  # noqa: A002 - its name
        self._hear(input.headers)
        return await super().handle_update_handler(input)

    def _hear(self, headers: Mapping[str, Payload]) -> None:
        carried = headers.get(self.header_key)
        self._asked_at = temporalio.workflow.time()
        self._asked = None
        if carried is not None:
            self._asked = self.text_map_propagator.extract(self.payload_converter.from_payloads([carried])[0])

    def _completed_span(self, span_name: str, **given: Any) -> None:
        """Every span of a workflow is made here: in the trace of whoever asked last, or in none."""
        lately = temporalio.workflow.time() - self._asked_at < FOLLOWS_FOR_S
        token = attach(self._asked if lately and self._asked is not None else Context())
        try:
            super()._completed_span(span_name, **given)
        finally:
            detach(token)

    def _context_to_headers(self, headers: Mapping[str, Payload]) -> Mapping[str, Payload]:
        """A run that goes on as a new one was asked for by nobody."""
        return headers
