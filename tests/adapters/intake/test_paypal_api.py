"""PayPal is asked for a dispute before its webhook is believed; tried against an HTTP server of our own on loopback."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from adapters.intake.paypal_api import PayPalDisputes, ProviderAway

DISPUTE = {"dispute_id": "PP-D-1", "status": "OPEN"}


@dataclass
class PayPal:
    """What the server was asked, and what it answers."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    tokens: int = 0
    lasts: float | None = 3600
    refuses: set[str] = field(default_factory=set)
    """Tokens that are good no longer."""
    status: int = 200

    def answer(self, line: str, headers: dict[str, str]) -> tuple[int, object]:
        method, path, _ = line.split(" ")
        self.asked.append(f"{method} {path}")
        if path == "/v1/oauth2/token":
            wanted = "Basic " + base64.b64encode(b"app:secret").decode()
            if headers.get("authorization") != wanted:
                return 401, {"error": "invalid_client"}
            self.tokens += 1
            return 200, {"access_token": f"t{self.tokens}", "expires_in": self.lasts}
        if headers.get("authorization", "").removeprefix("Bearer ") in self.refuses:
            return 401, {}
        if self.status != 200:
            return self.status, {}
        return (200, DISPUTE) if path == "/v1/customer/disputes/PP-D-1" else (404, {})


@pytest.fixture
async def paypal() -> AsyncIterator[PayPal]:
    made = PayPal()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
            await reader.readexactly(int(headers.get("content-length", 0)))
            status, said = made.answer(head[0], headers)
            body = json.dumps(said).encode()
            writer.write(f"HTTP/1.1 {status} Said\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body)
            await writer.drain()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        yield made


def disputes(paypal: PayPal, secret: str = "secret") -> PayPalDisputes:
    return PayPalDisputes("app", secret, url=paypal.url)


async def test_the_dispute_as_paypal_tells_it_with_one_token_for_many(paypal: PayPal) -> None:
    asks = disputes(paypal)
    found = [await asks.fetch("PP-D-1") for _ in range(2)]
    assert [json.loads(one or b"") for one in found] == [DISPUTE, DISPUTE]
    assert paypal.tokens == 1


async def test_a_token_that_is_over_is_replaced(paypal: PayPal) -> None:
    asks = disputes(paypal)
    await asks.fetch("PP-D-1")
    paypal.refuses.add("t1")
    assert await asks.fetch("PP-D-1") is not None
    assert paypal.tokens == 2


async def test_one_that_lasts_no_longer_is_not_used(paypal: PayPal) -> None:
    paypal.lasts = None
    asks = disputes(paypal)
    await asks.fetch("PP-D-1")
    await asks.fetch("PP-D-1")
    assert paypal.tokens == 2


async def test_a_dispute_that_is_not_there(paypal: PayPal) -> None:
    assert await disputes(paypal).fetch("PP-D-2") is None


async def test_a_refund_is_asked_for_in_both_versions(paypal: PayPal) -> None:
    assert await disputes(paypal).fetch_refund("R/1") is None
    assert paypal.asked[-2:] == ["GET /v2/payments/refunds/R%2F1", "GET /v1/payments/refund/R%2F1"]


async def test_of_refunds_an_app_that_may_not_read_payments_learns_nothing(paypal: PayPal) -> None:
    paypal.status = 403
    assert await disputes(paypal).fetch_refund("R1") is None
    paypal.status = 500
    with pytest.raises(ProviderAway):
        await disputes(paypal).fetch_refund("R1")


async def test_an_id_is_one_part_of_the_path(paypal: PayPal) -> None:
    await disputes(paypal).fetch("../../v1/payments?x=1")
    assert paypal.asked[-1] == "GET /v1/customer/disputes/..%2F..%2Fv1%2Fpayments%3Fx%3D1"


@pytest.mark.parametrize("status", [403, 429, 500, 302])
async def test_any_other_answer_is_none(paypal: PayPal, status: int) -> None:
    paypal.status = status
    with pytest.raises(ProviderAway):
        await disputes(paypal).fetch("PP-D-1")


async def test_a_wrong_secret_and_nobody_there_are_none_either(paypal: PayPal) -> None:
    with pytest.raises(ProviderAway):
        await disputes(paypal, "wrong").fetch("PP-D-1")
    with pytest.raises(ProviderAway):
        await PayPalDisputes("app", "secret", url="http://127.0.0.1:9").fetch("PP-D-1")
