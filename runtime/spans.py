"""What makes spans: of requests, of Temporal's calls and activities, of statements. Imported only where traces are wanted."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer

if TYPE_CHECKING:
    from asyncpg.connection import LoggedQuery
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOLD = frozenset({
    "http.request.method", "http.route", "http.response.status_code",
    "db.system.name", "db.operation.name", "error.type",
    "temporalWorkflowID", "temporalRunID", "temporalActivityID", "temporalUpdateID",
})  # fmt: skip
"""What a span may say beside its name: codes, numbers and ids of ours. Whatever else a library adds stays here."""
_NAMED_BY_OTHERS = re.compile(r"(\w*(?:Signal|Query|Update)\w*):(?!ask$|tell$|view$|timetable$|Case$)")
"""Spans of what somebody called at Temporal's own door: the name is theirs, where it is none of ours."""
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_NS = 1_000_000_000
_TO_WAIT_MS = 5_000
"""How long the end of a process waits for whoever takes the traces."""


class WithoutWords(SpanExporter):
    """Hands on what may be told, and nothing else: no message of an error, for it may quote a person, and no name that a stranger
    chose."""

    def __init__(self, to: SpanExporter) -> None:
        self._to = to

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._to.export([_bare(span) for span in spans])

    def shutdown(self) -> None:
        self._to.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._to.force_flush(timeout_millis)


def _bare(span: ReadableSpan) -> ReadableSpan:
    attributes = {name: value for name, value in (span.attributes or {}).items() if name in TOLD}
    for event in span.events:
        if kind := (event.attributes or {}).get("exception.type"):
            attributes.setdefault("error.type", kind)
    named = _NAMED_BY_OTHERS.match(span.name)
    return ReadableSpan(
        name=f"{named[1]}:other" if named else span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=attributes,
        events=[Event("exception", {"exception.type": attributes["error.type"]}, e.timestamp) for e in span.events[:1]]
        if "error.type" in attributes
        else (),
        links=[trace.Link(link.context) for link in span.links],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def exporting(endpoint: str, process: str) -> TracerProvider:
    """A provider that sends what it is told to an OTLP endpoint, by HTTP. Other variables of OpenTelemetry hold as ever: headers,
    sampler, resource. OTEL_SERVICE_NAME goes before our own name."""
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    return provider(BatchSpanProcessor(WithoutWords(exporter), export_timeout_millis=_TO_WAIT_MS), process)


def provider(processor: SpanProcessor, process: str) -> TracerProvider:
    """A provider of our own, never the global one: no library of a process adds spans of what it saw to ours."""
    ours = Resource.create({"service.name": f"ombud-{process}"})
    made = TracerProvider(resource=ours.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
    made.add_span_processor(processor)
    return made


# --- statements

_WRITES = re.compile(r"(?<!FOR )(?<!DO )(?<!KEY )\b(INSERT INTO|UPDATE|DELETE FROM)\s+(?:ONLY\s+)?([a-z_]+)")
_READS = re.compile(r"\bFROM\s+(?:ONLY\s+)?([a-z_]+)")

_FIRST = re.compile(r"\s*([A-Z]+)")
_BARE = frozenset({"SELECT", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"})
"""Of these the word is all that is told."""


@lru_cache(maxsize=2048)
def statement_name(statement: str) -> str:
    """What a statement does, and to which table first: ``INSERT facts``. Its values are no part of it, nor is its text."""
    if write := _WRITES.search(statement):
        return f"{write[1].split()[0]} {write[2]}"
    if read := _READS.search(statement):
        return f"SELECT {read[1]}"
    first = _FIRST.match(statement)
    return first[1] if first and first[1] in _BARE else "STATEMENT"


def statement_span(tracer: Tracer, done: LoggedQuery) -> None:
    """A span of a statement that was answered just now, as part of whatever asked for it."""
    if not trace.get_current_span().get_span_context().is_valid:
        # Nobody asked: a look that is made all the time is no part of a trace.
        return
    name, ended = statement_name(done.query), time.time_ns()
    attributes = {"db.system.name": "postgresql", "db.operation.name": name.partition(" ")[0]}
    span = tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes, start_time=ended - int((done.elapsed or 0) * _NS))
    if done.exception is not None:
        span.set_attribute("error.type", type(done.exception).__name__)
        span.set_status(StatusCode.ERROR)
    span.end(ended)


# --- requests


class RequestSpans:
    """A span for each request, by its route. Each is a trace of its own: what a stranger says of theirs is not taken over."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app, self._tracer = app, tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method, status = scope["method"] if scope["method"] in _METHODS else "other", 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self._tracer.start_as_current_span(
            method, Context(), SpanKind.SERVER, {"http.request.method": method}, set_status_on_exception=False
        ) as span:
            try:
                await self._app(scope, receive, noting)
            finally:
                # By the route, never by the path: that holds what a stranger typed.
                route: Any = getattr(scope.get("route"), "path", None)
                if route is not None:
                    span.update_name(f"{method} {route}")
                    span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", status)
                if status >= 500:
                    span.set_status(StatusCode.ERROR)
