"""One trace from a request to what is delivered, through a real server: without a word that anybody wrote, and once, whoever
replays it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio.client import Client
from temporalio.worker import Replayer

from api.app import create_app
from runtime.plugin import ombud_plugin, sandboxed_runner
from runtime.spans import WithoutWords, provider
from runtime.tracing import Tracing, traced
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from tests.support.database import Server
from tests.support.leaks import found_in, planted
from tests.support.office import Office, a_report
from tests.support.temporal import House, TemporalServer, a_house, until
from workflows.case import CaseWorkflow
from workflows.delivery import DeliveryWorkflow

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]

STRANGERS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
"""A trace that whoever asks says theirs belongs to."""


class Traces:
    """What was exported, as it would leave the process."""

    def __init__(self) -> None:
        self._kept = InMemorySpanExporter()
        self.provider: TracerProvider = provider(SimpleSpanProcessor(WithoutWords(self._kept)), "test")

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self._kept.get_finished_spans()

    def names_of(self, name: str, status: int) -> list[str]:
        """Of all steps of the trace that began with the one request that was answered so."""
        roots = [
            span for span in self.spans
            if span.name == name and span.parent is None and (span.attributes or {})["http.response.status_code"] == status
        ]  # fmt: skip
        return [span.name for span in self.spans if roots and trace_of(span) == trace_of(roots[0])]


def trace_of(span: ReadableSpan) -> int:
    context = span.get_span_context()
    assert context is not None
    return context.trace_id


@pytest.fixture
def traces() -> Traces:
    return Traces()


@pytest.fixture
def tracing(traces: Traces) -> Tracing:
    return traced(traces.provider)


@dataclass
class TracedOffice:
    """The API before real cases, all of which make spans."""

    office: Office
    house: House
    http: httpx2.AsyncClient


@pytest.fixture
async def firm(
    temporal_server: TemporalServer, server: Server, tracing: Tracing, vault: Vault, tenant_id: str
) -> AsyncIterator[TracedOffice]:
    given = list(tracing.interceptors)
    client = await Client.connect(temporal_server.address, plugins=[ombud_plugin()], interceptors=given)
    async with await Database.connect(server.app_dsn, admin_dsn=server.admin_dsn, statements=tracing.statements) as database:
        office = Office(database, vault, tenant_id)
        await office.hire()
        house = await a_house(temporal_server, client, database, vault, tenant_id)
        app = create_app(office.parts(doors=house.doors), public_url="https://disputes.example")
        transport = httpx2.ASGITransport(app=tracing.requests(app))
        headers = {"Authorization": f"Bearer {office.keys['platform']}", "traceparent": STRANGERS, "baggage": planted("baggage")}
        async with httpx2.AsyncClient(transport=transport, base_url="https://disputes.example", headers=headers) as http:
            yield TracedOffice(office, house, http)


async def test_one_trace_goes_from_the_request_to_the_delivery_and_quotes_nobody(firm: TracedOffice, traces: Traces) -> None:
    parties = [
        {"side": side, "ref": planted(f"ref_{side}"), "name": planted(f"name_{side}"), "email": f"{planted('mail')}@a.example"}
        for side in ("claimant", "respondent")
    ]
    report = a_report(statement=planted("statement"), parties=parties, external_id=planted("external"))
    async with firm.house.at_work():
        answer = await firm.http.post(f"/v1/cases?{planted('question')}=1", json=report)
        assert answer.status_code == 422, "a parameter that is not known"
        answer = await firm.http.post("/v1/cases", json=report)
        assert answer.status_code == 201, answer.text
        case = answer.json()["id"]
        await until(lambda: "RunActivity:notices.deliver" in traces.names_of("POST /v1/cases", 201))
        run = firm.house.client.get_workflow_handle(f"case/{firm.house.tenant_id}/{case}")

        async def rests() -> bool:
            seen = (await run.describe()).raw_description
            return not seen.pending_activities and not seen.HasField("pending_workflow_task")

        await until(rests)
        said = {"type": "message", "by": answer.json()["parties"][0]["id"], "text": planted("message")}
        answer = await firm.http.post(f"/v1/cases/{case}/commands", json=said)
        assert answer.status_code == 200, answer.text
        await until(lambda: "RunActivity:notices.deliver" in traces.names_of("POST /v1/cases/{case_id}/commands", 200))
    opened = traces.names_of("POST /v1/cases", 201)
    for step in (
        "StartUpdateWithStartWorkflow:Case", "RunWorkflow:Case", "HandleUpdate:ask", "StartActivity:records.record",
        "RunActivity:records.record", "INSERT cases", "UPDATE cases", "StartActivity:notices.deliver",
    ):  # fmt: skip
        assert step in opened, (step, sorted(set(opened)))
    # A later request has a trace of its own, to its own end.
    later = traces.names_of("POST /v1/cases/{case_id}/commands", 200)
    assert {"HandleUpdate:ask", "RunActivity:records.record", "UPDATE cases"} <= set(later)
    assert "RunWorkflow:Case" not in later
    assert STRANGERS.split("-")[1] not in {f"{trace_of(span):032x}" for span in traces.spans}
    assert found_in("".join(span.to_json() for span in traces.spans)) == frozenset()


async def test_what_fails_is_told_by_its_class_alone(firm: TracedOffice, traces: Traces) -> None:
    class Quoting:
        async def send(self, notice: object) -> str:
            raise ConnectionError(planted("failure"))

    firm.house.postman = Quoting()  # type: ignore[assignment]  # it keeps nothing
    firm.house.outages.fails = 1
    case = await firm.house.opens()
    async with firm.house.at_work():
        await case.starts()

        def failed() -> bool:
            return any(span.name == "RunActivity:notices.deliver_one" and span.attributes for span in traces.spans)

        await until(failed)
    await case.handle.signal(planted("signal"), planted("told"))
    spans = [span for span in traces.spans if (span.attributes or {}).get("error.type") == "ConnectionError"]
    assert spans
    assert found_in("".join(span.to_json() for span in traces.spans)) == frozenset()


async def test_a_replay_makes_no_span_and_takes_the_same_way(firm: TracedOffice, tracing: Tracing, traces: Traces) -> None:
    case = await firm.house.opens()
    async with firm.house.at_work():
        await case.starts()
        await case.told("case_opened")
        await until(case.rests)
    history = await case.handle.fetch_history()
    before = len(traces.spans)
    for interceptors in ([], list(tracing.interceptors)):
        await Replayer(
            workflows=[CaseWorkflow, DeliveryWorkflow],
            plugins=[ombud_plugin()],
            workflow_runner=sandboxed_runner(),
            interceptors=interceptors,  # type: ignore[arg-type]  # each is of client and worker
        ).replay_workflow(history)
    assert len(traces.spans) == before
