"""What providers, forms and mail servers send."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import pickle
import time
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from adapters.intake.mail import UNREAD
from adapters.reading.pool import ReadingPool
from api.kit.gate import Gate
from api.kit.throttle import Throttle
from domain.base import Side
from domain.model.handling import MessageSent
from domain.model.report import ReportedParty
from services.parts import Parsers
from storage.intake.sources import NewSource, Provider
from tests.support.hostile import SpinningMail, spin
from tests.support.office import PAYPAL, ClosedDoor, Office, a_report
from tests.support.places import FIXTURES

pytestmark = pytest.mark.postgres

PAYLOADS = FIXTURES / "intake"
OURS = "ntc_0198c5a0-1f2e-7000-8000-000000000001"
STRIPE_SECRET = "whsec_as_stripe_shows_it"
NOWHERE = "src_0198c5a0-1f2e-7000-8000-00000000ffff"
SHOP: dict[str, Any] = {"ref": "acct_9", "name": "Shop", "email": "desk@shop.example"}


async def a_source(office: Office, provider: Provider = "stripe", **more: Any) -> NewSource:
    given = {"stripe": STRIPE_SECRET, "paypal": "WH-1"}.get(provider)
    return await office.sources.create(office.tenant_id, provider, created_by="per_dana", **{"secret": given, **more})


def by_stripe(body: bytes, secret: str = STRIPE_SECRET, at: int | None = None) -> dict[str, str]:
    when = at or int(time.time())
    digest = hmac.new(secret.encode(), f"{when}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={when},v1={digest}", "Content-Type": "application/json"}


def by_standard(body: bytes, secret: str, message_id: str = "msg_1", at: int | None = None) -> dict[str, str]:
    when = str(at or int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{message_id}.{when}.".encode() + body, hashlib.sha256)
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": message_id, "webhook-timestamp": when, "webhook-signature": f"v1a,xx v1,AAAA {signature}"}


def stripe_body() -> bytes:
    return (PAYLOADS / "stripe-dispute-created.json").read_bytes()


async def cases_of(office: Office) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await office.desk("dana").get("/v1/cases")).json()["data"]
    return found


async def test_a_stripe_dispute_becomes_one_case(office: Office) -> None:
    source, body = await a_source(office), stripe_body()
    desk, path = office.desk(None), f"/v1/intake/{source.id}"
    first = await desk.post(path, content=body, headers=by_stripe(body))
    again = await desk.post(path, content=body, headers=by_stripe(body))
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert (first.json()["status"], again.json()["status"]) == ("opened", "known")
    assert first.json()["id"] == again.json()["id"]
    (case,) = await cases_of(office)
    assert case["kind"] == "fraud_report"
    used = await office.sources.one(office.tenant_id, source.id)
    assert used is not None
    assert used.last_used_at is not None


async def test_one_signed_event_opens_a_case_in_one_tenant_alone(office: Office, stranger: Office) -> None:
    """Also where three sources and two tenants are there, each with Stripe, and the event is sent to every address."""
    body = stripe_body()
    mine, theirs = await a_source(office), await a_source(stranger, secret="whsec_of_the_stranger")
    headers = by_stripe(body)
    answers = [
        await office.desk(None).post(f"/v1/intake/{address}", content=body, headers=headers)
        for address in (theirs.id, mine.id, NOWHERE, office.tenant_id, stranger.tenant_id)
    ]
    assert [answer.status_code for answer in answers] == [401, 201, 401, 401, 401]
    assert (len(await cases_of(office)), len(await cases_of(stranger))) == (1, 0)
    old = [
        await office.desk(None).post(f"/v1/intake/{tenant}/stripe", content=body, headers=headers)
        for tenant in (office.tenant_id, stranger.tenant_id)
    ]
    assert [answer.status_code for answer in old] == [404, 404]


async def test_a_stripe_dispute_is_taken_while_nobody_judges(office: Office) -> None:
    source, body = await a_source(office), stripe_body()
    desk = office.desk(None, doors=ClosedDoor())
    answer = await desk.post(f"/v1/intake/{source.id}", content=body, headers=by_stripe(body))
    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")


async def wrongly_signed(office: Office) -> dict[str, tuple[str, bytes, dict[str, str]]]:
    """Everything that is refused for its proof, by what is wrong with it: address, body and headers."""
    stripe, hook, paypal = await a_source(office), await a_source(office, "webhook"), await a_source(office, "paypal")
    off, gone = await a_source(office), await a_source(office)
    await office.sources.switch(office.tenant_id, off.id, active=False)
    await office.sources.delete(office.tenant_id, gone.id)
    body = stripe_body()
    return {
        "no signature": (stripe.id, body, {}),
        "no time": (stripe.id, body, {"Stripe-Signature": "t=1,v1=00"}),
        "another secret": (stripe.id, body, by_stripe(body, "whsec_other")),
        "old": (stripe.id, body, by_stripe(body, at=1_600_000_000)),
        "another body": (stripe.id, body + b" ", by_stripe(body)),
        "another provider's": (hook.id, body, by_stripe(body)),
        "a webhook's": (hook.id, body, by_standard(body, "whsec_" + "A" * 32)),
        "an old webhook's": (hook.id, body, by_standard(body, hook.secret, at=1_600_000_000)),
        "no JSON": (hook.id, b"\xff", by_standard(b"\xff", "whsec_" + "A" * 32)),
        "a mail": (hook.id, b"\xff", {"Content-Type": "message/rfc822"}),
        "nobody's": (NOWHERE, body, by_stripe(body)),
        "nobody's webhook": (NOWHERE, body, by_standard(body, hook.secret)),
        "nobody's without": (NOWHERE, b"", {}),
        "disabled": (off.id, body, by_stripe(body)),
        "deleted": (gone.id, body, by_stripe(body)),
        "of another shape": ("src_%00", body, by_stripe(body)),
        "far too long": ("src_" + "x" * 3000, body, by_stripe(body)),
        "a tenant": (office.tenant_id, body, by_stripe(body)),
        "not signed by paypal": (paypal.id, body, PAYPAL.headers(body + b" ")),
        "to another webhook of paypal": (NOWHERE, body, PAYPAL.headers(body)),
    }


async def test_an_address_that_there_is_not_answers_exactly_as_a_wrong_signature(office: Office) -> None:
    desk = office.desk(None)
    answers = {}
    for name, (address, body, headers) in (await wrongly_signed(office)).items():
        told = await desk.post(f"/v1/intake/{address}", content=body, headers={**headers, "Request-Id": "same"})
        answers[name] = (told.status_code, sorted(told.headers.multi_items()), told.content)
    first = answers["no signature"]
    assert first[0] == 401
    assert json.loads(first[2])["code"] == "signature_invalid"
    # Whoever signed rightly knows the secret, and learns that the message is too old.
    old = {name for name, told in answers.items() if told != first}
    assert old == {"old", "an old webhook's"}
    assert {json.loads(answers[name][2])["code"] for name in old} == {"signature_expired"}
    assert await cases_of(office) == []


async def test_nobody_at_an_address_takes_the_same_questions_as_somebody(office: Office) -> None:
    """In rough time: each asks the database once and tries one secret; nothing of it depends on what there is."""
    asked: list[str] = []

    class Counting:
        def __init__(self, **kept: Any) -> None:
            self.__dict__.update(kept)

        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            return getattr(office.sources, name)

    source, body = await a_source(office), stripe_body()
    counts = []
    for address in (source.id, NOWHERE, "nonsense"):
        asked.clear()
        told = await office.desk(None, sources=Counting()).post(
            f"/v1/intake/{address}", content=body, headers=by_stripe(body, "x")
        )
        assert told.status_code == 401
        counts.append(list(asked))
    assert counts == [["find"]] * 3


async def test_both_secrets_of_a_rotation_open_cases_until_the_overlap_is_over(office: Office) -> None:
    source, body = await a_source(office), stripe_body()
    desk, dana, path = office.desk(None), office.desk("dana"), f"/v1/intake/{source.id}"
    rotated = await dana.post(f"/v1/intake-sources/{source.id}/rotate", {"secret": "whsec_the_next_one"})
    assert (rotated.status_code, rotated.json()["secret"]) == (200, "whsec_the_next_one")
    assert rotated.json()["old_secret_until"] is not None
    answers = [await desk.post(path, content=body, headers=by_stripe(body, s)) for s in (STRIPE_SECRET, "whsec_the_next_one")]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert (await dana.post(f"/v1/intake-sources/{source.id}/rotate", {"secret": "whsec_a_third", "overlap_hours": 0})).is_success
    answers = [await desk.post(path, content=body, headers=by_stripe(body, s)) for s in (STRIPE_SECRET, "whsec_the_next_one")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert (await desk.post(path, content=body, headers=by_stripe(body, "whsec_a_third"))).status_code == 200


async def test_another_event_of_stripe_is_acknowledged(office: Office) -> None:
    source, body = await a_source(office), b'{"type": "charge.updated", "data": {"object": {"id": "ch_1"}}}'
    answer = await office.desk(None).post(f"/v1/intake/{source.id}", content=body, headers=by_stripe(body))
    assert (answer.status_code, answer.json()) == (200, {"id": None, "status": "ignored", "command_id": None})


async def test_news_of_a_dispute_without_a_case_is_kept(office: Office) -> None:
    source, body = await a_source(office), (PAYLOADS / "stripe-dispute-closed.json").read_bytes()
    answer = await office.desk(None).post(f"/v1/intake/{source.id}", content=body, headers=by_stripe(body))
    assert (answer.status_code, answer.json()) == (200, {"id": None, "status": "kept", "command_id": None})


async def test_a_paypal_dispute_becomes_a_case(office: Office) -> None:
    source = await a_source(office, "paypal")
    desk, path, body = office.desk(None), f"/v1/intake/{source.id}", (PAYLOADS / "paypal-dispute-created.json").read_bytes()
    answer = await desk.post(path, content=body, headers=PAYPAL.headers(body))
    assert (answer.status_code, answer.json()["status"]) == (201, "opened"), answer.text
    other = b'{"event_type": "CUSTOMER.DISPUTE.RESOLVED"}'
    ignored = await desk.post(path, content=other, headers=PAYPAL.headers(other))
    assert (ignored.status_code, ignored.json()["status"]) == (200, "ignored")


async def test_a_signed_report_becomes_one_case_with_what_its_source_knows(office: Office) -> None:
    source = await a_source(
        office, "webhook", kind="bounty_dispute", queue="appeals", respondent=ReportedParty(side=Side.RESPONDENT, **SHOP)
    )
    said = {key: value for key, value in a_report().items() if key != "kind"}
    body = json.dumps({**said, "parties": said["parties"][:1]}).encode()
    desk, path = office.desk(None), f"/v1/intake/{source.id}"
    first = await desk.post(path, content=body, headers=by_standard(body, source.secret))
    again = await desk.post(path, content=body, headers=by_standard(body, source.secret))
    assert (first.status_code, again.status_code) == (201, 200), first.text
    (case,) = await cases_of(office)
    assert (case["kind"], case["queue"], [p["side"] for p in case["parties"]]) == (
        "bounty_dispute", "appeals", ["claimant", "respondent"],
    )  # fmt: skip
    assert (await desk.post(path, content=body, headers=by_standard(body, source.secret, "msg_2"))).status_code == 201


async def test_what_is_signed_and_no_report_is_told_with_its_fields(office: Office) -> None:
    source = await a_source(office, "webhook")
    answer = await office.desk(None).post(f"/v1/intake/{source.id}", content=b"{}", headers=by_standard(b"{}", source.secret))
    assert (answer.status_code, answer.json()["code"]) == (422, "report_invalid")
    assert {error["field"] for error in answer.json()["errors"]} >= {"kind", "statement", "parties"}


@pytest.mark.parametrize("urlencoded", [True, False])
async def test_a_form_becomes_a_case(office: Office, urlencoded: bool) -> None:
    source = await a_source(office, "form", kind="bounty_dispute", respondent=ReportedParty(side=Side.RESPONDENT, **SHOP))
    flat = b"statement=They+closed+it.&email=Kim%40example.org&name=Kim&Account+age=12"
    body = flat if urlencoded else json.dumps({"statement": "They closed it.", "email": "kim@example.org", "age": 12}).encode()
    answer = await office.desk(None).post(f"/v1/intake/{source.id}", content=body, headers=by_standard(body, source.secret))
    assert (answer.status_code, answer.json()["status"]) == (201, "opened"), answer.text


async def test_a_signed_mail_becomes_a_case_or_a_message(office: Office) -> None:
    source, raw = await a_source(office, "mail"), (PAYLOADS / "report.eml").read_bytes()
    desk, path = office.desk(None), f"/v1/intake/{source.id}"
    mail = {"Content-Type": "message/rfc822"}
    opened = await desk.post(path, content=raw, headers=mail | by_standard(raw, source.secret))
    assert (opened.status_code, opened.json()["status"]) == (201, "opened"), opened.text
    case = await office.desk().in_review()
    answer = reply(await a_notice_to_the_claimant(office, case["id"]))
    told = await desk.post(path, content=answer, headers=mail | by_standard(answer, source.secret))
    assert (told.status_code, told.json()["status"], told.json()["id"]) == (200, "message", case["id"]), told.text
    forged = reply(OURS, "mallory@example.org")
    kept = await desk.post(path, content=forged, headers=mail | by_standard(forged, source.secret))
    assert (kept.status_code, kept.json()["status"], kept.json()["reason"]) == (200, "unplaced", "case_unknown")


async def test_the_tenants_default_stands_in_where_the_source_names_nobody(office: Office) -> None:
    changed = await office.desk("dana").http.patch("/v1/tenant", json={"default_merchant": SHOP})
    assert changed.status_code == 200, changed.text
    source, body = await a_source(office), stripe_body()
    body = json.dumps({key: value for key, value in json.loads(body).items() if key != "account"}).encode()
    opened = await office.desk(None).post(f"/v1/intake/{source.id}", content=body, headers=by_stripe(body))
    assert opened.status_code == 201, opened.text
    (case,) = await cases_of(office)
    assert [party["side"] for party in case["parties"]] == ["claimant", "respondent"]


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


@pytest.mark.parametrize("raw", [b"", b"no header at all", b"\x00\xff" * 500], ids=["empty", "text", "bytes"])
async def test_a_broken_mail_is_a_problem_with_a_field(office: Office, raw: bytes) -> None:
    answer = await office.desk().post("/v1/intake/email", content=raw)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_a_mail_that_cannot_be_read_is_kept(office: Office) -> None:
    answer = await office.desk().post("/v1/intake/email", content=b"Subject: x\r\n\r\nno sender")
    assert (answer.status_code, answer.json()["status"], answer.json()["reason"]) == (200, "unplaced", "unreadable")


def reply(notice: str, sender: str = "kim@example.org", text: str = "Please look again.") -> bytes:
    head = f"From: Kim <{sender}>\r\nTo: us@ombud.example\r\nSubject: Re: Your case\r\nMessage-ID: <r1@example.org>\r\n"
    return f"{head}In-Reply-To: <{notice}@ombud.example>\r\n\r\n{text}\r\n".encode()


async def a_notice_to_the_claimant(office: Office, case_id: str) -> str:
    """The notice's id with the token that only its letter bears."""
    told = await office.views.notices(office.tenant_id, case_id)
    found = next(one.id for one in told if one.audience == "claimant")
    return f"{found}.{office.vault.reply_token(office.tenant_id, found)}"


async def test_an_answer_to_a_notice_is_a_message_of_its_sender(office: Office) -> None:
    desk = office.desk()
    case = await desk.in_review()
    notice = await a_notice_to_the_claimant(office, case["id"])
    answers = [await desk.post("/v1/intake/email", content=reply(notice, who)) for who in ("kim@example.org", "KIM@example.org")]
    assert [(a.status_code, a.json()["status"], a.json()["id"]) for a in answers] == [(200, "message", case["id"])] * 2
    told = (await office.desk("dana").get(f"/v1/cases/{case['id']}/timeline")).json()["data"]
    said = [entry for entry in told if entry["type"] == "message_sent"]
    assert [(entry["data"]["text"], entry["actor"]["role"]) for entry in said] == [("Please look again.", "claimant")]


@pytest.mark.parametrize(("text", "more"), [("More follows. I look for the receipt.", True), ("No more follows.", False)])
async def test_an_answer_that_begins_with_more_follows_is_not_all_yet(office: Office, text: str, more: bool) -> None:
    desk = office.desk()
    case = await desk.in_review()
    answer = reply(await a_notice_to_the_claimant(office, case["id"]), text=text)
    assert (await desk.post("/v1/intake/email", content=answer)).status_code == 200
    told = await office.views.timeline(office.tenant_id, case["id"])
    assert [one.fact.more_follows for one in told if isinstance(one.fact, MessageSent)] == [more]


async def test_an_answer_from_another_address_is_nobodys_message(office: Office) -> None:
    desk = office.desk()
    case = await desk.in_review()
    notice = await a_notice_to_the_claimant(office, case["id"])
    answer = await desk.post("/v1/intake/email", content=reply(notice, "mallory@example.org"))
    assert (answer.status_code, answer.json()["status"], answer.json()["reason"]) == (200, "unplaced", "not_the_recipient")
    assert answer.json()["id"] is None


async def test_an_answer_to_a_strangers_notice_is_not_found(office: Office, stranger: Office) -> None:
    theirs = await stranger.desk().in_review()
    notice = await a_notice_to_the_claimant(stranger, theirs["id"])
    answers = [await office.desk().post("/v1/intake/email", content=reply(one)) for one in (notice, OURS)]
    told = [{name: value for name, value in answer.json().items() if name != "unplaced"} for answer in answers]
    assert told == [{"id": None, "status": "unplaced", "command_id": None, "reason": "case_unknown"}] * 2


async def test_mail_needs_a_key(office: Office) -> None:
    answer = await office.desk(None).post("/v1/intake/email", content=reply(OURS))
    assert (answer.status_code, answer.json()["code"]) == (401, "key_missing")


class TestWrongSignatures:
    """They count against where they come from, as wrong keys do."""

    async def test_an_address_with_many_is_turned_away_whatever_the_source(self, office: Office) -> None:
        source = await a_source(office)
        desk = office.desk("", api={"gate": Gate(strangers=Throttle(0.001, 3))})
        body = stripe_body()
        for _ in range(3):
            answer = await desk.http.post(f"/v1/intake/{source.id}", content=body, headers=by_stripe(body, "whsec_wrong"))
            assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")
        for address in (source.id, "src_nobody"):
            answer = await desk.http.post(f"/v1/intake/{address}", content=body, headers=by_stripe(body, "whsec_wrong"))
            assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
            assert answer.headers["Retry-After"]
        right = await desk.http.post(f"/v1/intake/{source.id}", content=body, headers=by_stripe(body))
        assert right.status_code == 429, "of which nobody knows here whether it is right"

    async def test_right_ones_are_not_counted_and_find_in_beside_wrong_ones(self, office: Office) -> None:
        source = await a_source(office)
        desk = office.desk("", api={"gate": Gate(strangers=Throttle(0.001, 3))})
        body = stripe_body()
        for _ in range(6):
            right = await desk.http.post(f"/v1/intake/{source.id}", content=body, headers=by_stripe(body))
            assert right.status_code in (200, 201), right.text
        found = []
        for _ in range(5):
            wrong = await desk.http.post(f"/v1/intake/{source.id}", content=body, headers=by_stripe(body, "whsec_wrong"))
            found.append(wrong.status_code)
        assert found == [401, 401, 401, 429, 429]
        right = await desk.http.post(f"/v1/intake/{source.id}", content=body, headers=by_stripe(body))
        assert right.status_code == 200


def _turned_away(task: asyncio.Task[Any]) -> bool:
    """Whether the places of its tenant at another door were taken."""
    return task.done() and task.result().status_code in (429, 503)


class TestHostileMail:
    """It is read in processes of their own: nobody waits for it, and it is not lost."""

    def spinning(self, office: Office) -> Parsers:
        parsers = office.parts().parsers
        return replace(parsers, mail=lambda tenant, source: SpinningMail("ombud.example"))

    async def test_another_tenants_report_is_answered_while_it_is_read(self, office: Office, stranger: Office) -> None:
        async with ReadingPool(2, reading_for=timedelta(minutes=1)) as readers:
            await readers.read("nobody", partial(SpinningMail("x.example").read, b"From: a@x.example\n\nWarm."), 0)
            theirs = office.desk(parsers=self.spinning(office), readers=readers)
            hostile = [
                asyncio.create_task(theirs.post("/v1/intake/email", content=b"From: a@x.example\nSubject: spin\n\nx"))
                for _ in range(6)
            ]
            while not readers.state()["reading"]:  # noqa: ASYNC110 - nothing tells when a request has come so far
                await asyncio.sleep(0.01)
            mail, desk = (PAYLOADS / "report.eml").read_bytes(), stranger.desk(readers=readers)
            answers = [await desk.post("/v1/cases", a_report()), await desk.post("/v1/intake/email", content=mail)]
            assert [answer.status_code for answer in answers] == [201, 201]
            # None has come to its end: whoever had waited for one would wait still.
            assert not any(task.done() for task in hostile if not _turned_away(task))
            for task in hostile:
                task.cancel()
            await asyncio.gather(*hostile, return_exceptions=True)

    async def test_a_mail_that_stops_its_reader_is_kept_as_it_came(self, office: Office) -> None:
        async with ReadingPool(1, reading_for=timedelta(seconds=1)) as readers:
            desk = office.desk(parsers=self.spinning(office), readers=readers)
            answer = await desk.post("/v1/intake/email", content=b"From: a@x.example\nSubject: spin\n\nMy words.")
        assert answer.status_code == 201, answer.text
        told = await office.desk("dana").get(f"/v1/cases/{answer.json()['id']}/timeline")
        assert told.json()["data"][0]["data"]["statement"] == UNREAD

    async def test_when_too_much_waits_it_is_to_come_again(self, office: Office) -> None:
        async with ReadingPool(1, waiting_for=timedelta(seconds=0)) as readers:
            hanging = asyncio.create_task(readers.read("another", spin, 0))
            await asyncio.sleep(0)
            answer = await office.desk(readers=readers).post("/v1/intake/email", content=(PAYLOADS / "report.eml").read_bytes())
            hanging.cancel()
            await asyncio.gather(hanging, return_exceptions=True)
        assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "reading_busy", "10")

    async def test_how_the_reading_goes_is_told_to_prometheus(self, office: Office) -> None:
        async with ReadingPool(1) as readers:
            desk = office.desk(readers=readers)
            await desk.post("/v1/intake/email", content=(PAYLOADS / "bounce.eml").read_bytes())
            told = (await desk.get("/metrics")).text
        assert 'ombud_intake_reads_total{end="read"} 1.0' in told
        assert "ombud_intake_waiting 0.0" in told

    async def test_every_source_can_be_read_elsewhere_without_its_secret(self, office: Office) -> None:
        for provider in ("stripe", "paypal", "mail", "webhook", "form"):
            made = await a_source(office, provider, kind="fraud_report")
            live = await office.sources.find(made.id, "webhook")
            reader = office.parts().parsers.source(live, None)
            sent = pickle.dumps(partial(reader.read, b"{}", {}))
            assert callable(pickle.loads(sent))
            assert not any(secret.encode() in sent for secret in live.secrets)
