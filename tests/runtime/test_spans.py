"""What leaves a process as a span: names and numbers of ours, and no word of anybody's."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from runtime.embedded.processes import free_port
from runtime.errors import ServiceFault
from runtime.settings import Settings
from runtime.spans import WithoutWords, provider, statement_name
from runtime.tracing import OFF, traced, tracing
from tests.support.leaks import found_in, planted


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("SELECT id FROM cases WHERE tenant = $1", "SELECT cases"),
        ("\nINSERT INTO commands (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = excluded.id", "INSERT commands"),
        ("WITH x AS (SELECT 1 FROM cases FOR UPDATE SKIP LOCKED) DELETE FROM deadlines", "DELETE deadlines"),
        ("SELECT 1 FROM notices FOR NO KEY UPDATE OF notices", "SELECT notices"),
        ("SELECT set_config('a', $1, false)", "SELECT"),
        ("BEGIN;", "BEGIN"),
        ("VACUUM 'Mia'", "STATEMENT"),
    ],
)
def test_a_statement_is_called_by_what_it_does_and_to_which_table(statement: str, name: str) -> None:
    assert statement_name(statement) == name


@pytest.fixture
def kept() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def test_what_a_library_adds_and_what_an_error_says_stay_here(kept: InMemorySpanExporter) -> None:
    tracer = provider(SimpleSpanProcessor(WithoutWords(kept)), "test").get_tracer("test")
    with (
        pytest.raises(ValueError, match="zq0"),
        tracer.start_as_current_span("RunActivity:a", attributes={"url": planted("url")}),
    ):
        raise ValueError(planted("error"))
    for name in ("SignalWorkflow:", "HandleQuery:", "SignalWithStartWorkflow:"):
        tracer.start_span(name + planted("name")).end()
    spans = kept.get_finished_spans()
    assert found_in("".join(span.to_json() for span in spans)) == frozenset()
    assert spans[0].attributes == {"error.type": "ValueError"}
    assert [span.name for span in spans[1:]] == ["SignalWorkflow:other", "HandleQuery:other", "SignalWithStartWorkflow:other"]


async def test_a_request_is_called_by_its_route(kept: InMemorySpanExporter) -> None:
    class Route:
        path = "/v1/cases/{case_id}"

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/known":
            scope["route"] = Route()
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        raise RuntimeError(planted("failure"))

    made = traced(provider(SimpleSpanProcessor(WithoutWords(kept)), "test"))
    transport = httpx2.ASGITransport(app=made.requests(app), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://api") as http:
        await http.get("/known?" + planted("question"))
        await http.request("BREW", "/" + planted("path"))
    known, unknown = kept.get_finished_spans()
    assert (known.name, (known.attributes or {})["http.response.status_code"]) == ("GET /v1/cases/{case_id}", 404)
    assert (unknown.name, (unknown.attributes or {})["error.type"]) == ("other", "RuntimeError")
    assert found_in(_said([known, unknown])) == frozenset()


def _said(spans: list[ReadableSpan]) -> str:
    return "".join(span.to_json() for span in spans)


@contextmanager
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Whoever takes traces, by HTTP."""
    heard: list[tuple[str, bytes]] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
            return

    server = HTTPServer(("127.0.0.1", 0), Takes)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class TestTracing:
    async def test_nothing_is_made_where_nobody_is_named(self, tmp_path: Path) -> None:
        async with tracing(Settings(_env_file=None, state_dir=tmp_path), "api") as made:
            assert made is OFF
        assert (list(OFF.interceptors), OFF.statements) == ([], None)

    @pytest.mark.parametrize("variable", ["OTEL_EXPORTER_OTLP_ENDPOINT", "OMBUD_OTLP_ENDPOINT"])
    async def test_what_is_left_at_the_end_is_sent_to_the_endpoint(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
    ) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        with collector() as (endpoint, heard):
            monkeypatch.setenv(variable, endpoint)
            async with tracing(Settings(_env_file=None, state_dir=tmp_path), "api") as made:
                transport = httpx2.ASGITransport(app=made.requests(app))
                async with httpx2.AsyncClient(transport=transport, base_url="http://api") as http:
                    await http.get("/")
        ((path, body),) = heard
        assert (path, b"ombud-api" in body) == ("/v1/traces", True)

    async def test_a_process_that_cannot_make_them_says_what_to_install(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "runtime.spans", None)
        given = Settings(_env_file=None, state_dir=tmp_path, otlp_endpoint="http://127.0.0.1:1")
        with pytest.raises(ServiceFault, match="install Ombud with the extra `otel`") as fault:
            async with tracing(given, "api"):
                pass
        assert fault.value.code == "tracing_unavailable"

    async def test_nobody_waits_long_for_one_who_is_away(self, tmp_path: Path) -> None:
        away = f"http://127.0.0.1:{free_port()}"
        async with asyncio.timeout(30), tracing(Settings(_env_file=None, state_dir=tmp_path, otlp_endpoint=away), "api") as made:
            assert made.interceptors
