"""Planted words through every door of running processes: what lies on the machine afterwards that somebody could read.

Searched are each column of each table, each file of the state folder (logs, evidence, Postgres with its write-ahead log,
Temporal's database), the histories in Temporal and the pages of metrics. What is readable on purpose stands in ``READABLE``, with
its reason.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from standardwebhooks.webhooks import Webhook

from cli.demo.cast import PAYPAL_WEBHOOK, STRIPE_SECRET
from cli.demo.signatures import PayPalSigner, stripe_header
from cli.local.fleet import Fleet
from storage.access.party_links import PostgresPartyLinks
from storage.intake.sources import PostgresSources, Provider
from storage.record.erasures import PostgresErasures, ToErase
from tests.support.browsing import Browser
from tests.support.clear_text import in_columns, in_files
from tests.support.fleet import Firm, House, environment, until
from tests.support.leaks import found_in, planted
from tests.support.places import ROOT

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]

LISTED: dict[str, str] = yaml.safe_load((ROOT / "tests/api/canaries_in_the_clear.yaml").read_text())
FOUND_BY = {"api_external", "mail_id", "api_key", "webhook_external"}
"""By which a case and a command are found while they are needed: the platform's number of a report, the id of a mail, the key
of a repeated request."""
OF_PAYMENTS = ("id", "account", "charge", "payment_intent", "invoice_number", "custom")
"""Ids in what a payment provider sends, beside those that end like one: they lead to whoever paid."""
SHOWN = {"stripe_id", "stripe_charge", "stripe_account", "paypal_dispute_id", "paypal_seller_transaction_id"}
"""Those that whoever may read the case reads in its timeline."""
TOLD = {"tell_text"}
"""What is told through Temporal's own door lies in its history as it was sent, until the namespace's retention ends."""
READABLE = {
    "postgres": (FOUND_BY, "the columns of canaries_in_the_clear.yaml, and the write-ahead log of what was written into them"),
    "temporal": (TOLD, "told through Temporal's own door, unsealed: docs/how-to/drive-a-case-with-temporal-cli.md"),
    "mail": (None, "the letters of the embedded mail server: what a letter says, its reader reads"),
}
"""By the first folder of a path below the state folder: which words, and why; None: all that a letter may say."""


def parties(door: str, *sides: str) -> list[dict[str, str]]:
    return [
        {"side": side, "ref": planted(f"{door}_ref_{side}"), "name": planted(f"{door}_name_{side}"),
         "email": f"{planted(f'{door}_email_{side}')}@a.example"}
        for side in sides
    ]  # fmt: skip


def a_report(door: str, **more: Any) -> dict[str, Any]:
    words = {name: planted(f"{door}_{name}") for name in ("statement", "subject", "matter")}
    return {
        "kind": "bounty_dispute", "external_id": planted(f"{door}_external"), "parties": parties(door, "claimant", "respondent"),
        "amount": {"amount": 5000, "currency": "USD"}, "metadata": {"noted": planted(f"{door}_metadata")}, **words, **more,
    }  # fmt: skip


def of_provider(file: str, provider: str) -> bytes:
    """A provider's message with a planted word wherever somebody's words or names stand, and in every id."""

    def word(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: word(key, part) for key, part in value.items()}
        if isinstance(value, list):
            return [word(name, part) for part in value]
        if isinstance(value, str) and (name in OF_PAYMENTS or name.endswith("_id")):
            return f"{name}_{planted(f'{provider}_{name}')}"
        personal = any(part in name for part in ("email", "name", "note", "description", "statement", "content"))
        return planted(f"{provider}_{'email' if 'email' in name else 'word'}") if personal and isinstance(value, str) else value

    return json.dumps(word("", json.loads((ROOT / "cli/demo/reports" / file).read_text()))).encode()


async def through_every_door(house: House, firm: Firm, paypal: PayPalSigner) -> list[str]:
    """The ids of the cases."""
    sources, found = PostgresSources(house.database, house.vault), list[str]()
    secrets: dict[Provider, str] = {"stripe": STRIPE_SECRET, "paypal": PAYPAL_WEBHOOK}
    made = {one: await sources.create(firm.id, one, secret=said, created_by="per_dana") for one, said in secrets.items()}
    async with house.api(firm.platform) as http:

        async def sent(path: str, **more: Any) -> dict[str, Any]:
            answer = await http.post(path, **more)
            assert answer.status_code in (200, 201, 202), (path, answer.text)
            told: dict[str, Any] = answer.json()
            found.extend([told["id"]] if str(told.get("id", "")).startswith("case_") and told["id"] not in found else [])
            return told

        case = await sent("/v1/cases", json=a_report("api"))
        claimant = next(one["id"] for one in case["parties"] if one["side"] == "claimant")
        message = {"type": "message", "by": claimant, "text": planted("api_text")}
        await sent(f"/v1/cases/{case['id']}/commands", json=message, headers={"Idempotency-Key": planted("api_key")})
        mail = (
            f"From: {planted('mail_name')} <{planted('mail_email')}@a.example>\r\nTo: help@acme.example\r\n"
            f"Message-ID: <{planted('mail_id')}@a.example>\r\nSubject: {planted('mail_subject')}\r\n\r\n"
            f"{planted('mail_statement')}\r\n"
        )
        await sent("/v1/intake/email", content=mail.encode(), headers={"Content-Type": "message/rfc822"})
        stripe = of_provider("stripe.json", "stripe")
        signed = {"Stripe-Signature": stripe_header(stripe, STRIPE_SECRET), "Content-Type": "application/json"}
        await sent(f"/v1/intake/{made['stripe'].id}", content=stripe, headers=signed)
        body = of_provider("paypal.json", "paypal")
        headers = {**paypal.headers(body), "Content-Type": "application/json"}
        await sent(f"/v1/intake/{made['paypal'].id}", content=body, headers=headers)
        said, at = json.dumps({**a_report("webhook"), "attributes": {"charge_id": planted("webhook_charge")}}), datetime.now(UTC)
        generic = await sources.create(firm.id, "webhook", created_by="per_dana")
        signed = {"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp())), "Content-Type": "application/json"}
        signed["webhook-signature"] = Webhook(generic.secret or "").sign("msg_1", at, said)
        await sent(f"/v1/intake/{generic.id}", content=said, headers=signed)
    await house.run(
        "case", "message", case["id"], "--as", "per_dana", "--to", "all", "--text", planted("cli_text"), "-t", firm.id
    )
    told = {"id": "cmd_told-1", "type": "message", "by": claimant, "text": planted("tell_text")}
    where = ("--workflow-id", f"case/{firm.id}/{case['id']}", "--name", "tell", "--input", json.dumps(told))
    done = await house.temporal("workflow", "signal", *where)
    assert done.returncode == 0, done.stderr
    await at_the_party_page(house, firm, case["id"], claimant)
    await who_lost_their_link(house, firm)
    found.append(await by_the_form(house, firm))

    async def told_of() -> bool:
        async with house.api(firm.people["per_dana"]) as http:
            entries = (await http.get(f"/v1/cases/{case['id']}/timeline")).json()["data"]
        return {"api_text", "cli_text", "tell_text", "page_text"} <= found_in(json.dumps(entries))

    await until(told_of, "the case to know what was said at each door")
    return found


async def at_the_party_page(house: House, firm: Firm, case_id: str, party_id: str) -> None:
    """Write a message there, as a browser does."""
    links = PostgresPartyLinks(house.database, house.vault)
    path = f"/l/{await links.create(firm.id, case_id, party_id, 'letter')}"
    async with httpx2.AsyncClient(base_url=house.api_url, headers={"User-Agent": "Firefox/140 Linux"}) as http:
        browser = Browser(http)
        await browser.open(path)
        form = browser.form(path)
        await browser.post(path, form.fields, Origin=house.api_url)
        await browser.open("/my/do/write")
        form = browser.form("/my/do/write")
        said = await browser.post("/my/do/write", {**form.fields, "text": planted("page_text")}, Origin=house.api_url)
        assert said.status_code in (302, 303), browser.words


async def who_lost_their_link(house: House, firm: Firm) -> None:
    """Somebody writes the number of their case, and their address: of a case that there is, and of one that there is not."""
    path, known = f"/lost/{firm.id}", (planted("api_external"), f"{planted('api_email_claimant')}@a.example")
    async with httpx2.AsyncClient(base_url=house.api_url, headers={"User-Agent": "Firefox/140 Linux"}) as http:
        browser = Browser(http)
        for number, address in (known, (planted("lost_number"), f"{planted('lost_email')}@a.example")):
            await browser.open(path)
            said = {**browser.form(path).fields, "number": number, "address": address}
            asked = await browser.post(path, said, Origin=house.api_url)
            assert asked.status_code == 200, browser.words


async def by_the_form(house: House, firm: Firm) -> str:
    """A report by somebody without an account, at the form of the console; the case's id."""
    _, secret = await house.tenants.create_key(firm.id, name="admin", scopes=("*", "admin"), person_id="per_dana")
    other = {"side": "respondent", "ref": "cabins", "name": "Nordkap Cabins", "email": "desk@nordkap.example"}
    said = {"provider": "form", "kind": "payment_dispute", "page": True, "respondent": other}
    async with house.api(secret) as http:
        made = await http.post("/v1/intake-sources", json=said)
        assert made.status_code == 201, made.text
    path = f"/report/{made.json()['id']}"
    answers = {
        "category": "charged_twice", "statement": f"My bank shows two charges on the same day: {planted('form_statement')}.",
        "matter": planted("form_matter"), "amount": "312.50", "currency": "EUR",
        "email": f"{planted('form_email')}@a.example", "name": planted("form_name"),
    }  # fmt: skip
    # Begun two minutes ago: whoever is quicker than people are is asked to wait.
    at = (datetime.now(UTC) - timedelta(minutes=2)).isoformat().encode()
    begun = house.vault.seal_cursor(firm.id, f"report-form/{path.rpartition('/')[2]}", at)
    async with httpx2.AsyncClient(base_url=house.api_url, headers={"User-Agent": "Firefox/140 Linux"}) as http:
        browser = Browser(http)
        await browser.open(path)
        for names in (("category",), ("statement", "matter", "amount", "currency"), ("email", "name"), ()):
            said = {**browser.form(path).fields, **{name: answers[name] for name in names}, "mark": begun.hex()}
            sent = await browser.post(path, said, Origin=house.api_url)
            assert sent.status_code == 303, browser.words
            await browser.follow()
        assert "step=done" in str(browser.page and browser.page.url), browser.words
    async with house.api(firm.people["per_dana"]) as http:

        async def opened() -> str | None:
            listed = (await http.get("/v1/cases?kind=payment_dispute")).json()["data"]
            return next((str(one["id"]) for one in listed if one["source"] == "form"), None)

        return str(await until(opened, "the case of the form"))


def postgres_of(state_dir: Path) -> Path:
    """Where the embedded server keeps its files: for root, below the folder of another account."""
    pointer = state_dir / "postgres.home"
    return Path(pointer.read_text().strip()) if pointer.exists() else state_dir / "postgres"


async def histories(house: House, firm: Firm) -> set[str]:
    """The planted words in Temporal's histories, those of failures among them."""
    found = set[str]()
    async for run in house.client.list_workflows(f"TenantId = '{firm.id}'"):
        handle = house.client.get_workflow_handle(run.id, run_id=run.run_id)
        async for event in handle.fetch_history_events():
            found |= found_in(event.SerializeToString().decode("latin-1"))
    return found


async def read_by_the_team(house: House, firm: Firm, case_ids: list[str]) -> set[str]:
    """The planted words that whoever may read a case reads in its timeline."""
    found = set[str]()
    async with house.api(firm.people["per_dana"]) as http:
        for case_id in case_ids:
            found |= found_in((await http.get(f"/v1/cases/{case_id}/timeline?limit=500")).text)
    return found


async def erased(house: House, firm: Firm, case_ids: list[str]) -> None:
    erasures = PostgresErasures(house.database)
    for case_id in case_ids:
        async with house.database.tenant(firm.id) as conn:
            rows = await conn.fetch("SELECT id FROM parties WHERE tenant = $1 AND case_id = $2", firm.id, case_id)
        for row in rows:
            async with house.database.deed(firm.id) as conn:
                wanted = ToErase(case_id, row["id"], "request", needs_second=False, though_open="unlawful")
                asked = await erasures.ask(conn, firm.id, wanted, "per_dana", "key_1")
                assert asked is not None
                await erasures.carry_out(conn, firm.id, asked, "per_dana", "key_1")


async def test_what_came_through_every_door_is_read_nowhere_and_is_gone_after_an_erasure(tmp_path: Path) -> None:
    async with House.at(tmp_path) as house:
        firm, paypal = await house.firm(hour=3600), PayPalSigner(PAYPAL_WEBHOOK)
        certificate = tmp_path / "paypal.pem"
        certificate.write_bytes(paypal.certificate())
        house.fleet = Fleet(tmp_path, {**environment(tmp_path), "OMBUD_PAYPAL_CERTIFICATE_PATH": str(certificate)})
        await house.restart("api")
        cases = await through_every_door(house, firm, paypal)
        assert len(cases) == 6
        owner = house.info.database_owner_url
        columns = await in_columns(owner, firm.id)
        unlisted = {place: words for place, words in columns.items() if place not in LISTED}
        assert unlisted == {}, "seal it, or say in canaries_in_the_clear.yaml why it is in the clear"
        of_payments = {one for words in columns.values() for one in words if one.startswith(("stripe_", "paypal_"))}
        assert of_payments == set(), "a payment provider's ids and words are in no column, a listed one neither"
        assert await read_by_the_team(house, firm, cases) >= SHOWN
        assert await histories(house, firm) <= TOLD
        files = in_files(tmp_path) | {f"postgres/{path}": said for path, said in in_files(postgres_of(tmp_path)).items()}
        assert "api_external" in set[str]().union(*(said for path, said in files.items() if "pg_wal" in path)), "it is looked at"
        for path, words in files.items():
            allowed, _ = READABLE.get(path.split("/")[0], (set[str](), ""))
            assert allowed is None or words <= allowed, f"{path}: {sorted(words - (allowed or set()))}"
        async with httpx2.AsyncClient() as http:
            for page in (f"{house.api_url}/metrics", f"http://127.0.0.1:{house.fleet.crew.health_port}/metrics"):
                told = await http.get(page)
                assert (told.status_code, found_in(told.text)) == (200, frozenset()), page
        await erased(house, firm, cases)
        async with house.api(firm.people["per_dana"]) as http:
            for case_id in cases:
                for what in ("", "/timeline?limit=500", "/evidence", "/files"):
                    read = await http.get(f"/v1/cases/{case_id}{what}")
                    assert read.status_code == 200, read.text
                    # What the team wrote is the team's, and of an open case its number stays.
                    assert found_in(read.text) <= FOUND_BY | {"cli_text"}, (case_id, what)
