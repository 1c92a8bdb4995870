"""What providers and mail servers send."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.intake.paypal import PayPalIntake
from adapters.intake.paypal_signature import signed_message
from tests.support.office import STRIPE_SECRET, ClosedDoor, Office, parsers
from tests.support.places import FIXTURES

pytestmark = pytest.mark.postgres

PAYLOADS = FIXTURES / "intake"
OURS = "ntc_0198c5a0-1f2e-7000-8000-000000000001"


def signed(body: bytes, secret: str = STRIPE_SECRET, at: int | None = None) -> dict[str, str]:
    when = at or int(time.time())
    digest = hmac.new(secret.encode(), f"{when}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={when},v1={digest}", "Content-Type": "application/json"}


def stripe_body() -> bytes:
    return (PAYLOADS / "stripe-dispute-created.json").read_bytes()


async def test_a_stripe_dispute_becomes_one_case(office: Office) -> None:
    desk, path, body = office.desk(None), f"/v1/intake/{office.tenant_id}/stripe", stripe_body()
    first = await desk.post(path, content=body, headers=signed(body))
    again = await desk.post(path, content=body, headers=signed(body))
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert (first.json()["status"], again.json()["status"]) == ("opened", "known")
    assert first.json()["id"] == again.json()["id"]
    case = (await office.desk("dana").get(f"/v1/cases/{first.json()['id']}")).json()
    assert case["kind"] == "fraud_report"


async def test_a_stripe_dispute_is_taken_while_nobody_judges(office: Office) -> None:
    body = stripe_body()
    answer = await office.desk(None, doors=ClosedDoor()).post(
        f"/v1/intake/{office.tenant_id}/stripe", content=body, headers=signed(body)
    )
    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")


@pytest.mark.parametrize("headers", [{}, {"Stripe-Signature": "t=1,v1=00"}, "other secret", "old"], ids=str)
async def test_what_stripe_did_not_sign_opens_nothing(office: Office, headers: Any) -> None:
    body = stripe_body()
    if headers == "other secret":
        headers = signed(body, "whsec_other")
    if headers == "old":
        headers = signed(body, at=1_600_000_000)
    answer = await office.desk(None).post(f"/v1/intake/{office.tenant_id}/stripe", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")
    assert (await office.desk().get("/v1/cases")).json()["data"] == []


async def test_another_event_of_stripe_is_acknowledged(office: Office) -> None:
    body = (PAYLOADS / "stripe-dispute-closed.json").read_bytes()
    answer = await office.desk(None).post(f"/v1/intake/{office.tenant_id}/stripe", content=body, headers=signed(body))
    assert (answer.status_code, answer.json()) == (200, {"id": None, "status": "ignored", "command_id": None})


@pytest.mark.parametrize("tenant", ["nobody", "Not-A-Tenant", "%00", "x" * 200])
async def test_an_unknown_tenant_is_not_found(office: Office, tenant: str) -> None:
    body = stripe_body()
    answer = await office.desk(None).post(f"/v1/intake/{tenant}/stripe", content=body, headers=signed(body))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_provider_that_is_not_configured_is_not_found(office: Office) -> None:
    answer = await office.desk(None).post(f"/v1/intake/{office.tenant_id}/paypal", content=b"{}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


class PayPal:
    """Signs as PayPal does, with a key of our own."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.pem = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def headers(self, body: bytes) -> dict[str, str]:
        at = datetime.now(UTC).isoformat()
        signature = self._key.sign(signed_message("t-1", at, "WH-1", body), PKCS1v15(), SHA256())
        return {
            "PAYPAL-TRANSMISSION-ID": "t-1",
            "PAYPAL-TRANSMISSION-TIME": at,
            "PAYPAL-TRANSMISSION-SIG": base64.b64encode(signature).decode(),
            "PAYPAL-AUTH-ALGO": "SHA256withRSA",
        }


async def test_a_paypal_dispute_becomes_a_case(office: Office) -> None:
    paypal, path = PayPal(), f"/v1/intake/{office.tenant_id}/paypal"
    desk = office.desk(None, parsers=parsers(paypal=lambda tenant: PayPalIntake("WH-1", paypal.pem)))
    body = (PAYLOADS / "paypal-dispute-created.json").read_bytes()
    answer = await desk.post(path, content=body, headers=paypal.headers(body))
    assert (answer.status_code, answer.json()["status"]) == (201, "opened"), answer.text
    other = b'{"event_type": "CUSTOMER.DISPUTE.RESOLVED"}'
    ignored = await desk.post(path, content=other, headers=paypal.headers(other))
    assert (ignored.status_code, ignored.json()["status"]) == (200, "ignored")
    forged = await desk.post(path, content=body, headers=PayPal().headers(body))
    assert (forged.status_code, forged.json()["code"]) == (401, "signature_invalid")


async def test_a_mail_becomes_a_case(office: Office) -> None:
    desk, raw = office.desk(), (PAYLOADS / "report.eml").read_bytes()
    first = await desk.post("/v1/intake/email", content=raw, headers={"Content-Type": "message/rfc822"})
    again = await desk.post("/v1/intake/email", content=raw)
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json()["kind"] == "bounty_dispute"
    assert first.json()["id"] == again.json()["id"]


async def test_a_mail_of_another_kind(office: Office) -> None:
    raw = (PAYLOADS / "report.eml").read_bytes()
    answer = await office.desk().post("/v1/intake/email", content=raw, params={"kind": "fraud_report"})
    assert (answer.status_code, answer.json()["kind"]) == (201, "fraud_report")
    unknown = await office.desk().post("/v1/intake/email", content=raw, params={"kind": "lost_dog"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "kind_unknown")


async def test_what_a_machine_sent_back_opens_nothing(office: Office) -> None:
    answer = await office.desk().post("/v1/intake/email", content=(PAYLOADS / "bounce.eml").read_bytes())
    assert (answer.status_code, answer.json()["status"]) == (200, "ignored")


@pytest.mark.parametrize(
    "raw", [b"", b"no header at all", b"\x00\xff" * 500, b"Subject: x\r\n\r\nno sender"], ids=["empty", "text", "bytes", "sender"]
)
async def test_a_broken_mail_is_a_problem_with_a_field(office: Office, raw: bytes) -> None:
    answer = await office.desk().post("/v1/intake/email", content=raw)
    assert answer.status_code == 422
    assert answer.json()["errors"]


def reply(notice: str, sender: str = "kim@example.org") -> bytes:
    head = f"From: Kim <{sender}>\r\nTo: us@ombud.example\r\nSubject: Re: Your case\r\nMessage-ID: <r1@example.org>\r\n"
    return f"{head}In-Reply-To: <{notice}@ombud.example>\r\n\r\nPlease look again.\r\n".encode()


async def a_notice_to_the_claimant(office: Office, case_id: str) -> str:
    told = await office.views.notices(office.tenant_id, case_id)
    return next(one.id for one in told if one.audience == "claimant")


async def test_an_answer_to_a_notice_is_a_message_of_its_sender(office: Office) -> None:
    desk = office.desk()
    case = await desk.in_review()
    notice = await a_notice_to_the_claimant(office, case["id"])
    answers = [await desk.post("/v1/intake/email", content=reply(notice, who)) for who in ("kim@example.org", "KIM@example.org")]
    assert [(a.status_code, a.json()["status"], a.json()["id"]) for a in answers] == [(200, "message", case["id"])] * 2
    told = (await office.desk("dana").get(f"/v1/cases/{case['id']}/timeline")).json()["data"]
    said = [entry for entry in told if entry["type"] == "message_sent"]
    assert [(entry["data"]["text"], entry["actor"]["role"]) for entry in said] == [("Please look again.", "claimant")]


async def test_an_answer_from_another_address_is_nobodys_message(office: Office) -> None:
    desk = office.desk()
    case = await desk.in_review()
    notice = await a_notice_to_the_claimant(office, case["id"])
    answer = await desk.post("/v1/intake/email", content=reply(notice, "mallory@example.org"))
    assert (answer.status_code, answer.json()["code"]) == (403, "sender_not_a_party")


async def test_an_answer_to_a_strangers_notice_is_not_found(office: Office, stranger: Office) -> None:
    theirs = await stranger.desk().in_review()
    notice = await a_notice_to_the_claimant(stranger, theirs["id"])
    same = {"Request-Id": "same"}
    answers = [await office.desk().post("/v1/intake/email", content=reply(one), headers=same) for one in (notice, OURS)]
    assert {(a.status_code, a.content) for a in answers} == {(404, answers[0].content)}


async def test_mail_needs_a_key(office: Office) -> None:
    answer = await office.desk(None).post("/v1/intake/email", content=reply(OURS))
    assert (answer.status_code, answer.json()["code"]) == (401, "key_missing")
