"""Remedies over real sockets: asked for once by their id, and left to people where the platform cannot."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from activities.ports.effects import OrderedEffect, Submission
from activities.ports.errors import ToldToWait
from adapters.delivery.endpoints import EndpointFailed, SignedPost
from adapters.remedies import WebhookRemedies
from domain.base import Money
from domain.views.references import PartyReference, References
from tests.support.http_sink import SECRET, Endpoints, Taken

DUE = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def an_effect(**changes: Any) -> OrderedEffect:
    fields: dict[str, Any] = {
        "id": "eff_0196a7c2-1",
        "tenant_id": "acme",
        "case_id": "case_0196a7c2",
        "type": "refund",
        "amount": Money(amount=8636, currency="USD"),
        "to": "claimant",
        "to_party": "pty_1",
    }
    return OrderedEffect(**(fields | changes))


async def performed(sink: Taken, **changes: Any) -> str:
    remedies = WebhookRemedies(Endpoints(sink.url or None), SignedPost(allow_private=True))
    return await remedies.perform(an_effect(**changes))


async def test_a_card_network_is_told_what_was_drafted(sink: Taken) -> None:
    told = Submission(source="stripe", external_id="dp_1", text="The parcel was signed for.", due_at=DUE)
    assert await performed(sink, type="submit_chargeback_evidence", amount=None, submission=told) == "done"
    _, headers, body = sink.requests[0]
    data = Webhook(SECRET).verify(body, headers)["data"]
    assert (data["remedy"], headers["idempotency-key"]) == ("submit_chargeback_evidence", "eff_0196a7c2-1")
    assert data["submission"] == {
        "source": "stripe", "external_id": "dp_1", "text": "The parcel was signed for.", "due_at": "2026-03-10T12:00:00Z",
        "account": None, "files": [],
    }  # fmt: skip


async def test_it_asks_by_the_effects_id(sink: Taken) -> None:
    assert await performed(sink) == "done"
    _, headers, body = sink.requests[0]
    assert (headers["webhook-id"], headers["idempotency-key"]) == ("eff_0196a7c2-1", "eff_0196a7c2-1")
    assert Webhook(SECRET).verify(body, headers) == {
        "type": "remedy.perform",
        "data": {
            "effect_id": "eff_0196a7c2-1",
            "case_id": "case_0196a7c2",
            "tenant_id": "acme",
            "remedy": "refund",
            "amount": {"amount": 8636, "currency": "USD"},
            "to": "claimant",
            "to_party": "pty_1",
            "reverses": None,
        },
    }


async def test_it_says_by_what_the_platform_knows_the_case(sink: Taken) -> None:
    party = PartyReference(id="pty_1", side="claimant", role="principal", ref="user-1", name="Kim", email="kim@example.org")
    known = References(source="api", external_id="R-1", matter="booking-1", metadata={"order": "A-1"}, parties=(party,))
    await performed(sink, references=known)
    data = json.loads(sink.requests[0][2])["data"]
    assert (data["external_id"], data["matter"], data["metadata"]) == ("R-1", "booking-1", {"order": "A-1"})
    assert data["parties"] == [{"id": "pty_1", "side": "claimant", "role": "principal", "ref": "user-1"}]


async def test_a_repeat_is_the_same_to_the_byte(sink: Taken) -> None:
    await performed(sink)
    await performed(sink)
    assert sink.requests[0][2] == sink.requests[1][2]


async def test_a_reversal_says_what_it_reverses(sink: Taken) -> None:
    assert await performed(sink, id="eff_2", reverses="eff_0196a7c2-1") == "reversed"
    said = json.loads(sink.requests[0][2])
    assert (said["type"], said["data"]["reverses"]) == ("remedy.reverse", "eff_0196a7c2-1")


@pytest.mark.parametrize(("status", "result"), [(200, "done"), (202, "done"), (409, "done")])
@pytest.mark.parametrize("reverses", [None, "eff_1"])
async def test_done_now_and_done_before_are_done(sink: Taken, status: int, result: str, reverses: str | None) -> None:
    sink.status = status
    assert await performed(sink, reverses=reverses) == ("reversed" if reverses else result)


@pytest.mark.parametrize("status", [410, 422, 501])
async def test_what_the_platform_cannot_do_needs_hands(sink: Taken, status: int) -> None:
    sink.status = status
    assert await performed(sink) == "needs_hands"


async def test_without_an_endpoint_it_needs_hands(sink: Taken) -> None:
    sink.url = ""
    assert await performed(sink) == "needs_hands"


async def test_an_endpoint_that_may_not_be_reached_needs_hands(sink: Taken) -> None:
    assert await WebhookRemedies(Endpoints("https://127.0.0.1/")).perform(an_effect()) == "needs_hands"


@pytest.mark.parametrize("status", [302, 400, 401, 404, 500, 503])
async def test_everything_else_is_weather(sink: Taken, status: int) -> None:
    sink.status = status
    with pytest.raises(EndpointFailed):
        await performed(sink)


async def test_a_platform_may_ask_for_time(sink: Taken) -> None:
    sink.status, sink.headers = 429, {"retry-after": "30"}
    with pytest.raises(ToldToWait):
        await performed(sink)


@pytest.mark.parametrize(("reverses", "result"), [(None, "done"), ("eff_1", "reversed")])
async def test_a_synthetic_case_asks_nobody(sink: Taken, reverses: str | None, result: str) -> None:
    assert await performed(sink, synthetic=True, reverses=reverses) == result
    assert not sink.requests
