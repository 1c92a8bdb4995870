"""Evidence goes to Stripe once, by its own API: its shape tried against Stripe's mock server, the rest against one of ours."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
import stripe

from activities.ports.effects import OrderedEffect, Submission
from adapters.stripe_evidence import Result, StripeEvidence, stripe_client
from domain.rules.chargeback import SUBMISSION
from tests.support.stripe_mock import serving

DUE = datetime(2026, 12, 4, tzinfo=UTC)
TOLD = Submission(source="stripe", external_id="dp_1", text="The parcel was signed for on the 12th.", due_at=DUE)


class Others:
    """Whoever carries everything else out."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def perform(self, effect: OrderedEffect) -> Result:
        self.asked.append(effect.type)
        return "done"


def an_effect(told: Submission | None = TOLD, **more: Any) -> OrderedEffect:
    said = {"id": "eff_1", "tenant_id": "acme", "case_id": "case_1", "type": SUBMISSION, "to": "respondent", **more}
    return OrderedEffect(submission=told, **said)


def at(url: str, key: str = "sk_test_123") -> tuple[StripeEvidence, Others]:
    others = Others()
    return StripeEvidence(others, {"acme": stripe_client(key, url)}), others


@pytest.mark.stripe
class TestAtStripesMock:
    async def test_what_is_asked_is_what_stripe_takes(self) -> None:
        async with serving() as url:
            evidence, others = at(url)
            assert await evidence.perform(an_effect()) == "done"
            assert others.asked == []

    async def test_a_word_that_stripe_does_not_know_would_be_refused(self) -> None:
        """So the first test shows something."""
        async with serving() as url:
            client = stripe_client("sk_test_123", url)
            wrong: Any = {"submitted": True}
            with pytest.raises(stripe.InvalidRequestError):
                client.v1.disputes.update("dp_1", params=wrong)

    async def test_a_key_that_is_none_leaves_it_to_people(self) -> None:
        async with serving() as url:
            evidence, _ = at(url, "no key")
            assert await evidence.perform(an_effect()) == "needs_hands"


@dataclass
class Account:
    """One Stripe account with one dispute."""

    url: str = ""
    status: str = "needs_response"
    metadata: dict[str, str] = field(default_factory=dict)
    updates: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    accounts: list[str | None] = field(default_factory=list)
    fails: int | None = None

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        if self.fails is not None:
            return self.fails, {"error": {"type": "api_error", "message": "Away."}}
        if path != "/v1/disputes/dp_1":
            return 404, {"error": {"type": "invalid_request_error", "message": "No such dispute."}}
        self.accounts.append(headers.get("stripe-account"))
        if method == "POST":
            self.updates.append((headers.get("idempotency-key", ""), parse_qs(body.decode())))
        return 200, {"id": "dp_1", "object": "dispute", "status": self.status, "metadata": self.metadata}


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    made = Account()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            method, path, _ = head[0].split(" ")
            status, said = made.answer(method, path, headers, body)
            told = json.dumps(said).encode()
            writer.write(f"HTTP/1.1 {status} Said\r\ncontent-length: {len(told)}\r\nconnection: close\r\n\r\n".encode() + told)
            await writer.drain()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield made


async def test_it_is_submitted_under_the_effects_own_key(account: Account) -> None:
    evidence, _ = at(account.url)
    assert await evidence.perform(an_effect()) == "done"
    ((key, said),) = account.updates
    assert key == "eff_1"
    assert said == {
        "evidence[uncategorized_text]": ["The parcel was signed for on the 12th."],
        "metadata[ombud_effect]": ["eff_1"],
        "submit": ["true"],
    }


@pytest.mark.parametrize("connected", [None, "acct_1"])
async def test_a_dispute_of_a_connected_account_is_asked_for_by_its_name(account: Account, connected: str | None) -> None:
    evidence, _ = at(account.url)
    assert await evidence.perform(an_effect(TOLD.model_copy(update={"account": connected}))) == "done"
    assert account.accounts == [connected, connected]


async def test_what_was_handed_in_before_is_done(account: Account) -> None:
    account.metadata = {"ombud_effect": "eff_1"}
    evidence, _ = at(account.url)
    assert await evidence.perform(an_effect()) == "done"
    assert account.updates == []


@pytest.mark.parametrize("status", ["won", "lost", "prevented", "charge_refunded", "warning_closed"])
async def test_a_dispute_that_is_over_is_left_to_people(account: Account, status: str) -> None:
    account.status = status
    evidence, _ = at(account.url)
    assert await evidence.perform(an_effect()) == "needs_hands"
    assert account.updates == []


@pytest.mark.parametrize(
    "told", [TOLD.model_copy(update=one) for one in ({"text": None}, {"external_id": None}, {"external_id": "dp_2"})]
)
async def test_what_cannot_be_handed_in_is_left_to_people(account: Account, told: Submission) -> None:
    evidence, _ = at(account.url)
    assert await evidence.perform(an_effect(told)) == "needs_hands"


async def test_while_stripe_is_away_it_is_tried_again(account: Account) -> None:
    account.fails = 500
    evidence, _ = at(account.url)
    with pytest.raises(stripe.StripeError):
        await evidence.perform(an_effect())


@pytest.mark.parametrize(
    "effect",
    [
        an_effect(TOLD.model_copy(update={"source": "paypal"})),
        an_effect(tenant_id="other"),
        an_effect(synthetic=True),
        an_effect(None, type="refund"),
    ],
)
async def test_the_rest_goes_the_way_of_all_remedies(account: Account, effect: OrderedEffect) -> None:
    evidence, others = at(account.url)
    assert await evidence.perform(effect) == "done"
    assert (others.asked, account.updates) == ([effect.type], [])
