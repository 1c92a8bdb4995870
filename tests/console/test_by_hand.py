"""What no machine could carry out, on the desk: who has to do it, the list of it, and the form that says what became of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from stripe import WebhookSignature

from activities.messages import RecordInput
from storage.outside.effects import PostgresEffects
from tests.support.browsing import Lobby
from tests.support.lamp import LAMP
from tests.support.office import JudgingDoor, party
from tests.support.outside import by_link

pytestmark = pytest.mark.postgres


async def settled(lobby: Lobby, result: str = "needs_hands") -> tuple[str, str]:
    """A refund that was agreed on and that nothing could carry out (or with another result), and its case."""
    office = lobby.office
    for name in ("ada", "ben"):
        await office.works(name, "payments")
    desk = office.desk()
    case = await desk.opened(**LAMP)
    said = {"remedy": "refund", "amount": {"amount": 5_000, "currency": "EUR"}}
    for side, command, more in (("respondent", "offer", said), ("claimant", "accept_offer", {})):
        answer = await desk.command(case["id"], command, party(case, side), **more)
        assert answer.status_code == 200, answer.text
    held = await office.views.case(office.tenant_id, case["id"])
    assert held is not None
    assert held.case is not None
    (effect,) = held.case.effects
    await PostgresEffects(office.database, office.vault).finish(office.tenant_id, effect.id, result)
    recorder = JudgingDoor(office.records, office.inbox, office.lookups).recorder
    await recorder.record(RecordInput(tenant_id=office.tenant_id, case_id=case["id"]))
    return case["id"], effect.id


async def test_what_waits_stands_in_the_list_the_menu_and_the_case_until_it_is_done(lobby: Lobby) -> None:
    case_id, effect_id = await settled(lobby)
    lead = await lobby.signed_in("dana")
    await lead.open("/by-hand")
    assert "Refund of 50.00 EUR" in lead.words
    assert "Jonas Weber (claimant)" in lead.words, "whose account it is about stands there by name"
    await lead.open("/by-hand.csv")
    assert "Refund of 50.00 EUR" in lead.html
    assert "Jonas Weber (claimant)" in lead.html
    await lead.open("/menu")
    assert 'id="menu-by-hand"' in lead.html
    await lead.open(f"/cases/{case_id}")
    assert "Not done yet: somebody of the team has to do it by hand." in lead.words
    assert "Not done yet, somebody of the team has to do it by hand: refund" in lead.words
    form = f"/cases/{case_id}/do/report_manual_work"
    await lead.open(f"{form}?effect_id={effect_id}&result=impossible")
    assert "For the team alone: no party reads it." in lead.words
    await lead.send(form)
    assert "why it cannot be done" in lead.words
    await lead.send(form, result="done", text="By bank transfer.")
    assert 'id="e-reference"' in lead.html, "money is found by a number"
    assert "It was not sent. Say by which number" in lead.words
    assert "Who is written to as soon as you send it." in lead.words
    assert ": Jonas Weber and Lumen &amp; Oak." in lead.words
    await lead.send(form, result="done", reference="SEPA-118204", text="By bank transfer.")
    await lead.follow()
    assert "did it by hand: refund" in lead.words
    assert 'id="by-hand"' not in lead.html
    await lead.open("/by-hand")
    assert "Nothing waits for somebody's hands." in lead.html.replace("&#39;", "'")


async def test_that_the_provider_gave_the_money_back_is_read_before_somebody_pays(lobby: Lobby) -> None:
    case_id, effect_id = await settled(lobby)
    lead = await lobby.signed_in("dana")
    said = {"provider": "stripe", "stage": "refund", "at": datetime.now(UTC).isoformat(), "payment": "ch_1", "effect": effect_id}
    part = {**said, "dispute": "re_1", "event": "evt_1", "what": "updated", "amount": {"amount": 2_000, "currency": "EUR"}}
    lost = {**said, "dispute": "dp_1", "event": "evt_2", "what": "lost", "stage": "chargeback", "effect": None}
    warned = "Not to be paid as it stands: the provider gave the money back"
    for what, news, words in (
        ("dispute_updated", part, "Of it 20.00 EUR has been refunded at the provider: only the rest is owed."),
        ("dispute_lost", lost, warned),
    ):
        told = {"signal": what, "news": news}
        assert (await lobby.office.desk("platform").post(f"/v1/cases/{case_id}/signals", told)).status_code == 200
        for page in (f"/cases/{case_id}", "/by-hand", "/by-hand.csv"):
            await lead.open(page)
            assert words in (lead.html if page.endswith("csv") else lead.words), page
        assert (warned in lead.html) == (what == "dispute_lost")


async def test_a_refund_with_the_mark_of_a_case_that_nobody_disputes_at_a_provider_is_owed_again_when_it_fails(
    lobby: Lobby,
) -> None:
    """The shop made it at Stripe because its own case ordered it. Days later Stripe says that it failed."""
    case_id, effect_id = await settled(lobby, "done")
    office, lead = lobby.office, await lobby.signed_in("dana")
    source = await office.sources.create(office.tenant_id, "stripe", created_by="per_dana", secret="whsec_1")

    async def says(kind: str, effect: str, **more: object) -> tuple[int, str]:
        refund = {
            "id": f"re_{effect}",
            "object": "refund",
            "amount": 5_000,
            "currency": "eur",
            "metadata": {"ombud_effect": effect},
        }
        at = int(datetime.now(UTC).timestamp())
        told = {"id": f"evt_{kind}", "type": kind, "created": at, "livemode": True, "data": {"object": {**refund, **more}}}
        body = json.dumps(told)
        signed = {"Stripe-Signature": str(WebhookSignature.generate_signature_header(body, "whsec_1", at))}
        answer = await office.desk(None).post(f"/v1/intake/{source.id}", content=body.encode(), headers=signed)
        return answer.status_code, answer.json()["status"]

    paid: dict[str, object] = {"charge": "ch_1", "status": "succeeded"}
    assert await says("refund.created", effect_id, **paid) == (200, "kept")
    assert await says("refund.failed", "eff_of_nobody", status="failed", charge=None) == (200, "kept")
    await lead.open("/by-hand")
    assert "Nothing waits for somebody's hands." in lead.html.replace("&#39;", "'")
    # Stripe's refund names neither the charge nor the payment intent: both may be null.
    assert await says("refund.failed", effect_id, status="failed", charge=None, payment_intent=None) == (200, "told")
    await lead.open("/by-hand")
    assert "Refund of 50.00 EUR" in lead.html
    await lead.open(f"/cases/{case_id}")
    assert "Not done yet" in lead.words


async def test_a_party_reads_that_it_is_not_done_yet_until_it_is(lobby: Lobby) -> None:
    case_id, effect_id = await settled(lobby)
    buyer = await by_link(lobby, (await lobby.office.desk().get(f"/v1/cases/{case_id}")).json(), "claimant")
    await buyer.open("/my")
    assert "will be carried out, not done yet" in buyer.words
    said = {"effect_id": effect_id, "result": "done", "reference": "SEPA-118204"}
    answer = await lobby.office.desk("dana").command(case_id, "report_manual_work", "per_dana", **said)
    assert answer.status_code == 200, answer.text
    await buyer.open("/my")
    assert "not done yet" not in buyer.words


async def test_a_form_asks_once_whether_it_still_holds_and_sent_twice_it_happens_once(lobby: Lobby) -> None:
    case_id, effect_id = await settled(lobby)
    lead = await lobby.signed_in("dana")
    where = f"/cases/{case_id}/do/report_manual_work"
    await lead.open(f"{where}?effect_id={effect_id}&result=done")
    form = lead.form(where)
    noted = await lobby.office.desk("dana").command(case_id, "note", "per_dana", text="Do not pay: fraud suspected.")
    assert noted.status_code == 200, noted.text
    said = {"effect_id": effect_id, "result": "done", "reference": "SEPA-118204", "text": "By bank transfer."}
    answer = await lead.post(form.action, {**form.fields, **said})
    assert answer.status_code == 409
    assert "Do not pay: fraud suspected." in lead.words
    again = lead.form(where)
    for _ in range(2):
        answer = await lead.post(again.action, {**again.fields, **said})
        assert answer.status_code == 303, lead.words
    await lead.follow()
    assert lead.words.count("did it by hand: refund") == 1


async def test_back_in_a_case_fills_in_nothing_that_was_sent(lobby: Lobby) -> None:
    """A browser fills a field in again with what was written there, unless the page says that it must not."""
    case = await lobby.office.desk().opened(**LAMP)
    lead = await lobby.signed_in("dana")
    await lead.open(f"/cases/{case['id']}")
    forms = [one.split(">")[0] for one in lead.html.split("<form")[1:] if "data-draft=" in one.split(">")[0]]
    assert forms, "the composer keeps a draft"
    assert all('autocomplete="off"' in one for one in forms)


async def test_what_was_reported_by_mistake_is_taken_back_and_waits_again(lobby: Lobby) -> None:
    case_id, effect_id = await settled(lobby)
    lead, form = await lobby.signed_in("dana"), f"/cases/{case_id}/do/report_manual_work"
    await lead.open(f"{form}?effect_id={effect_id}&result=done")
    await lead.send(form, reference="SEPA-118204")
    await lead.follow()
    assert ", payment SEPA-118204" in lead.words
    await lead.open(form)
    assert "reported as done" in lead.words
    await lead.send(form, effect_id=effect_id, result="not_done")
    assert "how it came to be reported as done" in lead.words
    await lead.send(form, effect_id=effect_id, result="not_done", text="It was the payment of another case.")
    await lead.follow()
    assert "says that it was not done after all: refund" in lead.words
    assert 'id="by-hand"' in lead.html
    buyer = await by_link(lobby, (await lobby.office.desk().get(f"/v1/cases/{case_id}")).json(), "claimant")
    await buyer.open("/my")
    assert "not done yet" in buyer.words


async def test_what_a_colleague_has_reported_is_refused_in_the_words_of_people(lobby: Lobby) -> None:
    case_id, effect_id = await settled(lobby)
    lead, form = await lobby.signed_in("dana"), f"/cases/{case_id}/do/report_manual_work"
    await lead.open(f"{form}?effect_id={effect_id}&result=impossible")
    said = {"effect_id": effect_id, "result": "impossible", "text": "The account is closed."}
    assert (await lobby.office.desk("cleo").command(case_id, "report_manual_work", "per_cleo", **said)).status_code == 200
    for _ in range(2):  # once it is asked whether it still holds
        await lead.send(form, text="I paid nothing.")
    assert "Nothing of this case waits for somebody" in lead.words
    assert "id waits" not in lead.words
    assert "Closed”" not in lead.words


async def test_an_agreement_in_question_is_marked_and_nobody_carries_it_out(lobby: Lobby) -> None:
    case_id, effect_id = await settled(lobby)
    lead, form = await lobby.signed_in("dana"), f"/cases/{case_id}/do/report_manual_work"
    await lead.open(f"/cases/{case_id}/do/reopen")
    assert '<option value="mistake"' in lead.html, "the grounds are a choice"
    await lead.send(f"/cases/{case_id}/do/reopen", reason="mistake", reasons="The amount was that of another order.")
    await lead.follow()
    assert "In question: nobody does it before it is decided" in lead.words
    await lead.open("/by-hand")
    assert "In question" in lead.words
    await lead.open(f"{form}?effect_id={effect_id}&result=done")
    await lead.send(form, reference="SEPA-118204")
    assert 'id="e-done_at"' in lead.html
    assert "nobody does this before it is decided on" in lead.words
