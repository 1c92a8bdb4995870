"""What a mail server, a database and a platform quote in their answers is in no history, in no log line and in no metric."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from prometheus_client import generate_latest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from activities.ports.effects import OrderedEffect
from activities.ports.notices import OutgoingNotice
from activities.ports.records import CaseSnapshot
from adapters.delivery.endpoints import SignedPost
from adapters.delivery.smtp import MailServer, SmtpNotifier
from adapters.letters.composer import Composer
from adapters.remedies import WebhookRemedies
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.records import PostgresRecords
from tests.support.cases import STATEMENT
from tests.support.http_sink import Endpoints
from tests.support.temporal import Cashier, House, Living, Postman, TemporalServer, a_house, troubles, until
from workers.metrics import Counters, CountingNotifier

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]

CANARY = "canary@example.org"
SHORTLY: dict[str, Any] = {"grace": timedelta(milliseconds=100), "appeal_window": timedelta(seconds=60)}


class Refusing:
    """A mail server that answers to every recipient with their address."""

    def __init__(self, code: int) -> None:
        self.code = code

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's
        """No."""
        return f"{self.code} <{CANARY}> unknown"


@asynccontextmanager
async def refusing(code: int) -> AsyncIterator[SmtpNotifier]:
    """How mails go to such a server."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Refusing(code), hostname="mx.example", loop=loop), "127.0.0.1", 0)
    async with server:
        mail = MailServer("127.0.0.1", server.sockets[0].getsockname()[1], starttls=False)
        yield SmtpNotifier(Composer(), mail, sender="Ombud <disputes@ombud.example>")


@dataclass
class RealPost(Postman):
    """The first letter to the claimant goes to a mail server that says "later", and then to one that says "never"."""

    servers: tuple[SmtpNotifier, ...] = ()
    counters: Counters = field(default_factory=Counters)

    async def send(self, notice: OutgoingNotice) -> str:
        """As a worker sends, counted as a worker counts."""
        if notice.event != "case_opened" or notice.audience != "claimant":
            return await super().send(notice)
        self.tries[notice.id] += 1
        server = self.servers[min(self.tries[notice.id], 2) - 1]
        return await CountingNotifier(server, self.counters).send(notice)


@dataclass
class RealCashier(Cashier):
    """Asks a platform, which refuses the first time and quotes a person."""

    remedies: WebhookRemedies | None = None

    async def perform(self, effect: OrderedEffect) -> Literal["done", "reversed", "needs_hands"]:
        """As a worker does."""
        assert self.remedies is not None
        result = await self.remedies.perform(effect)
        self.done.append(effect)
        return result


@asynccontextmanager
async def platform() -> AsyncIterator[str]:
    """Where a platform answers 400, with what it was about; and after that 200."""
    answers = [f"400 {CANARY}", "200 OK"]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        line = answers.pop(0) if len(answers) > 1 else answers[0]
        body = json.dumps({"error": f"no account of {CANARY}"}).encode()
        writer.write(f"HTTP/1.1 {line}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://localhost:{server.sockets[0].getsockname()[1]}/remedies"


@dataclass
class Complaining(PostgresRecords):
    """Records of a database that refuses a value, and quotes it."""

    database: Database
    tenant_id: str
    fails: int = field(default=4)

    def __post_init__(self) -> None:
        super().__init__(self.database)

    async def read(self, *given: Any, **options: Any) -> CaseSnapshot | None:
        """Fails some times."""
        if self.fails > 0:
            self.fails -= 1
            async with self.database.tenant(self.tenant_id) as conn:
                await conn.fetchval("SELECT $1::text::integer", CANARY)
        return await super().read(*given, **options)


async def lived(house: House) -> Living:
    """A case whose opening letter never arrives, whose record fails at first, and whose ban the platform refuses at first."""
    case = await house.opens("conduct_report", **SHORTLY)
    await case.starts()
    await case.does("assign", "per_ola", owner="per_mia")
    await case.does("request_evidence", "per_mia", of="respondent", what="What do you say?", ground="threat")
    await case.does("submit_evidence", "respondent", text="I was angry.")
    for step in ("evidence_secured", "record_checked"):
        await case.does("complete_step", "per_mia", step=step)
    await case.does(
        "rule", "per_mia", outcome="violation", ground="threat", reasons="It is on the pictures.", statement=STATEMENT
    )
    await until(lambda: bool(house.cashier.done))
    return case


async def undelivered(house: House) -> list[dict[str, Any]]:
    """The letters that were given up, as they are kept."""
    async with house.database.tenant(house.tenant_id) as conn:
        rows = await conn.fetch("SELECT * FROM notices WHERE event = 'case_opened' AND state = 'failed'")
    return [dict(row) for row in rows]


async def test_no_answer_of_others_is_in_histories_logs_or_metrics(
    temporal_server: TemporalServer, client: Client, database: Database, vault: Vault, tenant_id: str,
    lines: io.StringIO, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    house, counters = await a_house(temporal_server, client, database, vault, tenant_id), Counters()
    house.outages.real = Complaining(database, tenant_id)
    async with refusing(451) as later, refusing(550) as never, platform() as url:
        house.postman = RealPost(servers=(later, never), counters=counters)
        house.cashier = RealCashier(remedies=WebhookRemedies(Endpoints(url), SignedPost(allow_private=True)))
        async with house.at_work():
            case = await lived(house)
            await until(lambda: _has(house))
            (letter,) = await undelivered(house)
            delivery = client.get_workflow_handle(f"delivery/{letter['id']}")
            assert await delivery.result() == "address_refused"
            histories = [*await case.history(), *(await delivery.fetch_history()).events]
    assert troubles(histories) == []
    failures = [(f.application_failure_info.type, f.message) for f in failures_of(histories)]
    assert ("InvalidTextRepresentationError", "InvalidTextRepresentationError 22P02") in failures
    assert ("address_refused", "address_refused") in failures
    assert ("EndpointFailed", "EndpointFailed") in failures
    assert letter["last_error"] == "address_refused"
    kept = [event.SerializeToString() for event in histories]
    assert all(CANARY.encode() not in event for event in kept)
    said = lines.getvalue()
    assert "InvalidTextRepresentationError 22P02" in said
    assert "SMTPRecipientsRefused (cause)" in said
    assert CANARY not in said
    assert CANARY not in "".join(capfd.readouterr())
    assert CANARY not in json.dumps(letter, default=str)
    assert CANARY.encode() not in generate_latest(counters.registry)


async def _has(house: House) -> bool:
    return bool(await undelivered(house))


def failures_of(events: list[HistoryEvent]) -> Iterator[Any]:
    """Every failure that a history holds, with its causes."""
    for event in events:
        found = []
        if event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED:
            found = [event.marker_recorded_event_attributes.failure]
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED:
            found = [event.activity_task_failed_event_attributes.failure]
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            found = [event.activity_task_started_event_attributes.last_failure]
        for failure in found:
            while failure.ByteSize():
                yield failure
                failure = failure.cause
