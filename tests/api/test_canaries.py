"""Words that are nowhere else, in every field that a report, a party, a file and the team can fill: none lies in the clear
outside the vault, and after an erasure none of somebody's can be read, not with the master key either.

What is in the clear on purpose stands in ``canaries_in_the_clear.yaml``, column by column, each with its reason.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from standardwebhooks.webhooks import Webhook

from activities.messages import RecordInput
from cli.demo.signatures import stripe_header
from storage.intake.sources import Provider
from storage.outside.effects import PostgresEffects
from storage.postgres.pool import Database
from storage.postgres.vault import Vault, secret_place
from storage.record.erasures import PostgresErasures, ToErase
from tests.support.clear_text import in_columns
from tests.support.database import Server
from tests.support.lamp import LAMP
from tests.support.leaks import Planted, a_planted_tenant, found_in, planted
from tests.support.office import PAYPAL, JudgingDoor, Office, party
from tests.support.places import FIXTURES

pytestmark = pytest.mark.postgres
TENANT = "canaries"
LISTED: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("canaries_in_the_clear.yaml").read_text())


@pytest.fixture
async def house(database: Database, vault: Vault) -> Planted:
    """A tenant full of planted words."""
    office = Office(database, vault, TENANT)
    await office.hire()
    return await a_planted_tenant(office)


async def opened(house: Planted) -> frozenset[str]:
    """The planted words that whoever has the database, the store and the master key reads."""
    office, words = house.office, set[str]()
    async with office.database.tenant(TENANT) as conn:
        ids = [row["id"] for row in await conn.fetch("SELECT id FROM contents WHERE tenant = $1", TENANT)]
        for said in (await office.vault.reveal(conn, TENANT, ids)).values():
            words |= found_in(said or "")
    for case in house.cases.values():
        told = (await office.parts().views.references(TENANT, [case["id"]]))[case["id"]]
        words |= found_in(told.model_dump_json())
        for file in await office.parts().files.of_case(TENANT, case["id"]):
            data = await office.parts().files.read(TENANT, case["id"], file.id)
            words |= found_in(f"{file.name} {(data or b'').decode('latin-1')}")
    return frozenset(words)


async def mailed(house: Planted) -> str:
    """A mail of the main case's claimant: a case of its own, which knows them by the address alone."""
    mail = (
        f"From: {planted('mail_name')} <{planted('main_email_claimant')}@a.example>\r\nTo: help@acme.example\r\n"
        f"Message-ID: <{planted('mail_id')}@a.example>\r\nSubject: {planted('mail_subject')}\r\n"
        f"\r\n{planted('mail_statement')}\r\n"
    )
    desk = house.office.desk()
    sent = await desk.post("/v1/intake/email", content=mail.encode(), headers={"Content-Type": "message/rfc822"})
    assert sent.status_code == 201, sent.text
    case = (await desk.get(f"/v1/cases/{sent.json()['id']}")).json()
    house.cases["mail"] = case
    said = {"type": "withdraw", "by": party(case, "claimant"), "reasons": planted("mail_withdrawal")}
    headers = {"Idempotency-Key": planted("mail_key")}
    taken_back = await desk.http.post(f"/v1/cases/{case['id']}/commands", json=said, headers=headers)
    assert taken_back.status_code == 200, taken_back.text
    return str(case["id"])


async def erased(house: Planted, case: str, party_id: str) -> None:
    office = house.office
    erasures = PostgresErasures(office.database)
    async with office.database.deed(TENANT) as conn:
        # One waits already, of the tenant as it was planted.
        await conn.execute(
            "UPDATE erasures SET dropped_at = now(), dropped_by = 'system' WHERE done_at IS NULL AND dropped_at IS NULL"
        )
        wanted = ToErase(house.cases[case]["id"], party_id, "request", needs_second=False, though_open="unlawful")
        asked = await erasures.ask(conn, TENANT, wanted, "per_dana", "key_1")
        assert asked is not None
        await erasures.carry_out(conn, TENANT, asked, "per_dana", "key_1")


async def test_a_life_and_an_erasure(house: Planted, server: Server) -> None:
    await mailed(house)
    clear = await in_columns(server.owner_dsn, TENANT)
    assert {place: words for place, words in clear.items() if place not in LISTED} == {}, "seal it, or say why it is in the clear"
    assert {place for place in LISTED if place not in clear} == set(), "nothing of it is in the clear: take it off the list"
    stored = b"".join(house.office.store.kept.values()) + "".join(house.office.store.kept).encode()
    assert found_in(stored.decode("latin-1")) == frozenset()
    before = await opened(house)
    assert {
        "main_statement",
        "main_email_claimant",
        "main_name_respondent",
        "mail_statement",
        "mail_name",
        "bytes_respondent_deciders",
        "note",
    } <= before
    (hold,) = [entry["id"] for entry in (await house.said("dana", "GET", f"/v1/cases/{house.ids['case']}"))["legal_holds"]]
    await house.command("dana", "main", "legal-holds/lift", hold_id=hold, reasons="Settled.")
    for case in ("main", "decided"):
        for side in ("claimant", "respondent"):
            await erased(house, case, house.party(side, case))
        await erased(house, case, house.witness(case))
    theirs: set[str] = {
        f"{case}_{what}_{who}"
        for case in ("main", "decided")
        for what in ("ref", "name", "email", "organisation")
        for who in ("claimant", "respondent", "witness")
    }
    theirs |= {f"{case}_{what}" for case in ("main", "decided") for what in ("statement", "matter", "metadata")}
    theirs |= {"mail_name", "mail_subject", "mail_statement", "mail_withdrawal"}
    theirs |= {"offer", "to_all", "claimant_to_desk"}
    for name in ("claimant_shared", "claimant_own_side", "respondent_own_side", "respondent_deciders"):
        theirs |= {f"{what}_{name}" for what in ("bytes", "file", "evidence")}
    after = await opened(house)
    assert after & theirs == frozenset()
    assert {"note", "decided_reasons", "else_statement"} <= after, "what others wrote stays"
    theirs |= {"mail_id", "mail_key"}
    gone: dict[str, Any] = {place: words & theirs for place, words in (await in_columns(server.owner_dsn, TENANT)).items()}
    assert {place: words for place, words in gone.items() if words} == {}


IDS = ("id", "account", "charge", "payment_intent", "dispute_id", "booking", "invoice_number", "custom")
"""Fields of what providers send that hold an id, beside those that end like one."""
STRIPE: dict[str, Any] = json.loads((FIXTURES / "intake" / "stripe-dispute-created.json").read_text())
BY_PAYPAL: dict[str, Any] = json.loads((FIXTURES / "intake" / "paypal-dispute-created.json").read_text())


def of_provider(provider: str, said: Any, name: str = "") -> Any:
    """What a provider sends, with a planted word in every id: the same in every message, as ids are."""
    if isinstance(said, dict):
        return {key: of_provider(provider, part, key) for key, part in said.items()}
    if isinstance(said, list):
        return [of_provider(provider, part, name) for part in said]
    is_id = isinstance(said, str) and (name in IDS or name.endswith("_id"))
    return f"{name}_{planted(f'{provider}_{name}')}" if is_id else said


def by_stripe(kind: str, minutes: int = 0, **dispute: Any) -> bytes:
    told = {**STRIPE, "type": kind, "created": STRIPE["created"] + 60 * minutes, "account": "acct"}
    about = {**STRIPE["data"]["object"], "reason": "product_not_received", **dispute}
    return json.dumps(of_provider("stripe", {**told, "data": {"object": about}})).encode()


class Doors:
    """The doors of payment providers and of the platform's own machines."""

    def __init__(self, office: Office) -> None:
        self.office, self.secret = office, "whsec_of_canaries"

    async def sends(self, provider: Provider, *bodies: bytes) -> str:
        """Everything, one after the other; the id of the case of the last."""
        office, more = self.office, dict[str, Any]({"kind": "payment_dispute"} if provider == "stripe" else {})
        secret = {"stripe": self.secret, "paypal": "WH-1", "webhook": None}[provider]
        made = await office.sources.create(office.tenant_id, provider, created_by="per_dana", secret=secret, **more)
        case = ""
        for number, body in enumerate(bodies):
            headers = {"Content-Type": "application/json"}
            if provider == "stripe":
                headers |= {"Stripe-Signature": stripe_header(body, self.secret)}
            elif provider == "paypal":
                headers |= PAYPAL.headers(body)
            else:
                at = datetime.now(UTC)
                signed = Webhook(made.secret or "").sign(f"msg_{number}", at, body.decode())
                headers |= {
                    "webhook-id": f"msg_{number}",
                    "webhook-timestamp": str(int(at.timestamp())),
                    "webhook-signature": signed,
                }
            sent = await office.desk(None).post(f"/v1/intake/{made.id}", content=body, headers=headers)
            assert sent.status_code < 300, sent.text
            case = str(sent.json().get("id") or case)
        return case


async def told_by_machines(office: Office) -> dict[str, str]:
    """A case of each machine's word: disputes in every order, refunds of their payments, and what the platform sends."""
    doors = Doors(office)
    refund = {"id": STRIPE["data"]["object"]["charge"], "object": "charge", "amount": 18450, "amount_refunded": 100}
    refunded = {**STRIPE, "type": "charge.refunded", "data": {"object": {**refund, "currency": "eur", "refunded": False}}}
    whole = json.loads(json.dumps(of_provider("stripe", refunded)))
    whole["data"]["object"]["id"] = f"charge_{planted('stripe_charge')}"
    before, after = by_stripe("charge.dispute.funds_withdrawn", 1), by_stripe("charge.dispute.closed", 2, status="lost")
    created = by_stripe("charge.dispute.created")
    generic = {
        "kind": "payment_dispute", "source": "shop", "external_id": planted("webhook_external"), "statement": "Charged twice.",
        "matter": planted("webhook_matter"), "metadata": {"charge": planted("webhook_metadata")},
        "attributes": {"charge_id": planted("webhook_attribute")}, "category": "charged_twice",
        "amount": {"amount": 5000, "currency": "USD"},
        "parties": [{"side": "claimant", "ref": planted("webhook_ref")}, {"side": "respondent", "ref": "shop-1"}],
    }  # fmt: skip
    paypal = json.dumps(of_provider("paypal", BY_PAYPAL)).encode()
    cases = {
        "stripe": await doors.sends("stripe", before, json.dumps(whole).encode(), created, created, after),
        "paypal": await doors.sends("paypal", paypal),
        "webhook": await doors.sends("webhook", json.dumps(generic).encode()),
    }
    told = {"provider": "stripe", "dispute": planted("signal_dispute"), "event": planted("signal_event")}
    told |= {"at": "2026-11-30T10:00:00Z", "what": "updated", "payment": planted("signal_payment")}
    said = await office.desk().command(cases["webhook"], "signal", None, signal="dispute_updated", news=told)
    assert said.status_code == 200, said.text
    return {**cases, "by_hand": await paid_by_hand(office)}


async def paid_by_hand(office: Office) -> str:
    """A case of which what the two agreed on goes out by hand, and somebody says by which number the payment is found."""
    desk = office.desk()
    case = await desk.opened(**LAMP)
    case_id = str(case["id"])
    offer = {"remedy": "refund", "amount": {"amount": 5_000, "currency": "EUR"}}
    for side, command, more in (("respondent", "offer", offer), ("claimant", "accept_offer", {})):
        said = await desk.command(case_id, command, party(case, side), **more)
        assert said.status_code == 200, said.text
    row = await office.views.case(office.tenant_id, case_id)
    assert row is not None
    assert row.case is not None
    (effect,) = row.case.effects
    await PostgresEffects(office.database, office.vault).finish(office.tenant_id, effect.id, "needs_hands")
    recorder = JudgingDoor(office.records, office.inbox, office.lookups).recorder
    await recorder.record(RecordInput(tenant_id=office.tenant_id, case_id=case_id))
    number = planted("webhook_reference")
    done = {"effect_id": effect.id, "result": "done", "reference": number}
    said = await office.desk("dana").command(case_id, "report_manual_work", "per_dana", **done)
    assert said.status_code == 200, said.text
    return case_id


FOUND_BY = {"cases.external_id": {"webhook_external"}}
"""By which the platform finds its own case while it needs it."""
OF_MACHINES = ("stripe_", "paypal_", "webhook_", "signal_")


async def in_the_clear(server: Server, office: Office) -> dict[str, set[str]]:
    found = await in_columns(server.owner_dsn, office.tenant_id)
    theirs = {place: {word for word in words if word.startswith(OF_MACHINES)} for place, words in found.items()}
    return {place: words for place, words in theirs.items() if words}


async def with_the_master_key(office: Office) -> frozenset[str]:
    """What whoever has the database and the master key reads of the contents, and of what waits or is kept beside a payment."""
    words, tenant = set[str](), office.tenant_id
    async with office.database.tenant(tenant) as conn:
        ids = [row["id"] for row in await conn.fetch("SELECT id FROM contents WHERE tenant = $1", tenant)]
        for said in (await office.vault.reveal_bytes(conn, tenant, ids)).values():
            words |= found_in((said or b"").decode("latin-1"))
        for row in await conn.fetch("SELECT dispute, digest, sealed FROM provider_news WHERE tenant = $1", tenant):
            place = secret_place("provider_ids", f"{row['dispute']}/{row['digest'].hex()}")
            words |= found_in(office.vault.open_secret(tenant, place, row["sealed"]).decode())
    return frozenset(word for word in words if word.startswith(OF_MACHINES))


async def test_ids_of_payment_providers_and_machines_lie_nowhere_in_the_clear(office: Office, server: Server) -> None:
    """Not in facts, commands, states, notices or what waits. Whoever has the right reads them; after an erasure nobody does."""
    cases = await told_by_machines(office)
    assert await in_the_clear(server, office) == FOUND_BY
    stripe = {"stripe_id", "stripe_charge", "stripe_payment_intent", "stripe_account"}
    paypal = {"paypal_dispute_id", "paypal_seller_transaction_id"}
    assert await with_the_master_key(office) >= stripe | paypal | {"signal_dispute", "webhook_matter"}
    read = {name: (await office.desk("dana").get(f"/v1/cases/{case}/timeline?limit=200")).text for name, case in cases.items()}
    assert found_in(read["stripe"]) >= stripe
    assert found_in(read["paypal"]) >= paypal
    assert "signal_payment" in found_in(read["webhook"])
    assert "webhook_reference" in found_in(read["by_hand"])
    for case in cases.values():
        await gone(office, case)
    assert await in_the_clear(server, office) == {}
    assert await with_the_master_key(office) == frozenset()
    for case in cases.values():
        for path in ("", "/timeline?limit=200", "/proof"):
            answer = await office.desk("dana").get(f"/v1/cases/{case}{path}")
            assert (answer.status_code, found_in(answer.text)) == (200, frozenset()), path


async def gone(office: Office, case_id: str) -> None:
    """The case is closed, and erased."""
    if (await office.desk("dana").get(f"/v1/cases/{case_id}")).json()["status"] != "closed":
        said = await office.desk("dana").command(case_id, "close", "per_dana", reason="duplicate", reasons="It is settled.")
        assert said.status_code == 200, said.text
    async with office.database.deed(office.tenant_id) as conn:
        wanted, kept = ToErase(case_id, None, "request", needs_second=False), PostgresErasures(office.database)
        asked = await kept.ask(conn, office.tenant_id, wanted, "per_dana", "key_1")
        assert asked is not None
        await kept.carry_out(conn, office.tenant_id, asked, "per_dana", "key_1")
