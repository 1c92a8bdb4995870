"""Traces for OpenTelemetry, where the operator names a place for them: off, and not even imported, where none is named.

One trace goes from a request through the update of the case, its recording and every statement of that, to what is delivered and
carried out. What leaves says which steps there were and how long they took, and never what was said or by whom.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from runtime.errors import ServiceFault
from runtime.settings import Settings

if TYPE_CHECKING:
    from asyncpg.connection import LoggedQuery
    from opentelemetry.sdk.trace import TracerProvider
    from starlette.types import ASGIApp
    from temporalio.client import Interceptor

_WITHOUT_EXTRA = (
    "Traces are wanted (OMBUD_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT), and OpenTelemetry is not installed here: install "
    "Ombud with the extra `otel` (`uv sync --extra otel`; the image has it), or unset that."
)


@dataclass(frozen=True)
class Tracing:
    """What makes spans in a process; as it stands here, nothing does."""

    interceptors: Sequence[Interceptor] = ()
    """Of the Temporal client, and so of every worker that has it."""
    statements: Callable[[LoggedQuery], None] | None = None
    """Told of each statement that Postgres answered."""
    requests: Callable[[ASGIApp], ASGIApp] = lambda app: app
    """Put around what answers requests."""


OFF = Tracing()


def traced(provider: TracerProvider) -> Tracing:
    """What makes spans with a provider."""
    from runtime.spans import RequestSpans, statement_span
    from runtime.workflow_spans import FollowingInterceptor

    tracer = provider.get_tracer("ombud")
    interceptors, statements = [FollowingInterceptor(tracer)], partial(statement_span, tracer)
    return Tracing(interceptors, statements, lambda app: RequestSpans(app, tracer))


@asynccontextmanager
async def tracing(settings: Settings, process: str) -> AsyncIterator[Tracing]:
    """Traces of a process of this name while the block lasts; what is left of them is sent at its end.

    Raises ServiceFault ``tracing_unavailable`` where they are wanted and OpenTelemetry is not installed.
    """
    endpoint: Any = settings.otlp_endpoint
    if endpoint is None:
        yield OFF
        return
    try:
        from runtime.spans import exporting
    except ImportError as missing:
        raise ServiceFault("tracing_unavailable", _WITHOUT_EXTRA) from missing
    provider = exporting(endpoint, process)
    try:
        yield traced(provider)
    finally:
        # In a thread: it waits for whoever takes the traces, who may be away.
        await asyncio.to_thread(provider.shutdown)
