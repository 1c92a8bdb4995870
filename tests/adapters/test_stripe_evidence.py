"""Evidence goes to Stripe once, by its own API: its shape tried against Stripe's mock server, the rest against one of ours."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, get_args
from urllib.parse import parse_qs

import pytest
import stripe
from stripe.params import DisputeUpdateParamsEvidence

from activities.ports.effects import OrderedEffect, Submission, SubmittedFile
from adapters.stripe_evidence import Result, StripeEvidence, stripe_client
from domain.model.chargeback import NetworkFileShows
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


class Shelf:
    """The files of the case; what is not here was erased."""

    def __init__(self, **held: bytes) -> None:
        self.held = held

    async def read(self, tenant_id: str, case_id: str, file_id: str) -> bytes | None:
        return self.held.get(file_id)


PAPERS = Shelf(fil_1=b"%PDF-1.4 signed for", fil_2=b"\x89PNG\r\n\x1a\n")
WITH_FILES = TOLD.model_copy(
    update={
        "files": (
            SubmittedFile(id="fil_1", shows="shipping_documentation", media_type="application/pdf"),
            SubmittedFile(id="fil_2", shows="receipt", media_type="image/png"),
        )
    }
)


def at(url: str, key: str = "sk_test_123", files: Shelf = PAPERS) -> tuple[StripeEvidence, Others]:
    others = Others()
    return StripeEvidence(others, {"acme": stripe_client(key, url)}, files), others


@pytest.mark.stripe
class TestAtStripesMock:
    async def test_what_is_asked_is_what_stripe_takes(self) -> None:
        async with serving() as url:
            evidence, others = at(url)
            assert await evidence.perform(an_effect()) == "done"
            assert others.asked == []

    async def test_files_are_taken_and_named_in_the_fields_of_the_evidence(self) -> None:
        async with serving() as url:
            evidence, _ = at(url)
            assert await evidence.perform(an_effect(WITH_FILES)) == "done"

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
    files: dict[str, bytes] = field(default_factory=dict)
    """By the key that each came under."""
    takes_files: bool = True

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        if self.fails is not None:
            return self.fails, {"error": {"type": "api_error", "message": "Away."}}
        if path == "/v1/files":
            if not self.takes_files:
                return 400, {"error": {"type": "invalid_request_error", "message": "Too large."}}
            self.files[headers.get("idempotency-key", "")] = body
            return 200, {"id": f"file_{sorted(self.files).index(headers['idempotency-key'])}", "object": "file"}
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


def test_what_a_file_shows_is_a_field_of_stripes_evidence() -> None:
    assert set(get_args(NetworkFileShows)) <= set(DisputeUpdateParamsEvidence.__annotations__)


async def test_files_go_before_it_each_under_its_own_key_and_stand_in_the_field_of_what_they_show(account: Account) -> None:
    evidence, _ = at(account.url)
    for _ in range(2):
        assert await evidence.perform(an_effect(WITH_FILES)) == "done"
    assert list(account.files) == ["eff_1-fil_1", "eff_1-fil_2"]
    assert b"signed for" in account.files["eff_1-fil_1"]
    assert b'filename="shipping_documentation.pdf"' in account.files["eff_1-fil_1"]
    assert b"dispute_evidence" in account.files["eff_1-fil_2"]
    said = account.updates[0][1]
    assert said["evidence[shipping_documentation]"] == ["file_0"]
    assert said["evidence[receipt]"] == ["file_1"]


async def test_what_stripe_does_not_take_or_was_erased_meanwhile_is_left_to_people(account: Account) -> None:
    erased, _ = at(account.url, files=Shelf(fil_1=b"%PDF-1.4"))
    assert await erased.perform(an_effect(WITH_FILES)) == "needs_hands"
    account.takes_files = False
    evidence, _ = at(account.url)
    assert await evidence.perform(an_effect(WITH_FILES)) == "needs_hands"
    assert account.updates == []


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
