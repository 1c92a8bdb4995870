"""Words that are nowhere else, in every field that a report, a party, a file and the team can fill: none lies in the clear
outside the vault, and after an erasure none of somebody's can be read, not with the master key either.

What is in the clear on purpose stands in ``canaries_in_the_clear.yaml``, column by column, each with its reason.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.demo.signatures import stripe_header
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.erasures import PostgresErasures, ToErase
from tests.support.clear_text import in_columns
from tests.support.database import Server
from tests.support.leaks import Planted, a_planted_tenant, found_in, planted
from tests.support.office import Office, party
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


OF_A_PROVIDER = {"provider_dispute", "provider_charge", "provider_intent"}
"""By which a dispute and whoever paid are found at the payment provider."""
OF_THE_RECORD = {"facts.body", "commands.body", "cases.state"}
"""Where its ids stay: what the provider says next is matched by them, and the record is never changed."""


async def disputed(office: Office) -> str:
    """A dispute that Stripe tells of, closed by the team."""
    secret, told = "whsec_of_canaries", json.loads((FIXTURES / "intake" / "stripe-dispute-created.json").read_text())
    ids = {
        name: planted(f"provider_{what}")
        for name, what in (("id", "dispute"), ("charge", "charge"), ("payment_intent", "intent"))
    }
    told["data"]["object"] |= {"reason": "product_not_received", **ids}
    body = json.dumps(told).encode()
    made = await office.sources.create(office.tenant_id, "stripe", created_by="per_dana", secret=secret, kind="payment_dispute")
    headers = {"Stripe-Signature": stripe_header(body, secret), "Content-Type": "application/json"}
    sent = await office.desk(None).post(f"/v1/intake/{made.id}", content=body, headers=headers)
    assert sent.status_code == 201, sent.text
    case_id = str(sent.json()["id"])
    said = await office.desk("dana").command(case_id, "close", "per_dana", reason="duplicate", reasons="It is settled.")
    assert said.status_code == 200, said.text
    return case_id


async def test_a_payment_providers_ids_lie_where_the_docs_say(office: Office, server: Server) -> None:
    """docs/explanation/what-erasing-means.md names the columns: no other one has them, and after an erasure fewer do."""
    case_id = await disputed(office)
    before = {place for place, words in (await in_columns(server.owner_dsn, office.tenant_id)).items() if words & OF_A_PROVIDER}
    assert before == OF_THE_RECORD | {"cases.external_id", "provider_news.dispute", "provider_news.news"}
    async with office.database.deed(office.tenant_id) as conn:
        wanted, kept = ToErase(case_id, None, "request", needs_second=False), PostgresErasures(office.database)
        asked = await kept.ask(conn, office.tenant_id, wanted, "per_dana", "key_1")
        assert asked is not None
        await kept.carry_out(conn, office.tenant_id, asked, "per_dana", "key_1")
    after = {place for place, words in (await in_columns(server.owner_dsn, office.tenant_id)).items() if words & OF_A_PROVIDER}
    assert after == OF_THE_RECORD
    for path in ("", "/timeline", "/proof"):
        read = await office.desk("dana").get(f"/v1/cases/{case_id}{path}")
        assert (read.status_code, found_in(read.text) & OF_A_PROVIDER) == (200, frozenset()), path
