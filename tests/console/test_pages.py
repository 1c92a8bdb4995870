"""The desk by plain forms: what a mediator reads and does, without a line of JavaScript."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from storage.access import sessions
from tests.support.browsing import Browser, Lobby, taken
from tests.support.database import Server
from tests.support.lamp import LAMP, in_claim
from tests.support.office import Office, party

pytestmark = pytest.mark.postgres


@pytest.fixture
async def office(office: Office) -> Office:
    """Whose mediators work on payments."""
    for name in ("ada", "ben"):
        await office.works(name, "payments")
    await office.works("cleo", "payment-appeals", "payments")
    return office


class TestInbox:
    async def test_shows_what_is_whose_and_whose_turn_it_is(self, lobby: Lobby) -> None:
        browser, _ = await taken(lobby)
        await browser.open("/inbox")
        assert "Lamp arrived with a broken shade" in browser.words
        assert "H-20431 · buyer-11 and shop-3" in browser.words
        assert "189.00 EUR" in browser.words
        assert re.search(r"On track · \d", browser.words)
        assert "You" in browser.words
        other = await lobby.signed_in("ben")
        await other.open("/inbox")
        assert "You have no case." in other.words
        await other.open("/inbox?view=all")
        assert "Lamp arrived" in other.words

    async def test_names_of_parties_are_read_case_by_case_and_not_in_lists(self, lobby: Lobby) -> None:
        browser, _ = await taken(lobby)
        await browser.open("/inbox")
        assert "Jonas Weber" not in browser.html

    async def test_its_address_is_the_view(self, lobby: Lobby) -> None:
        browser, _ = await taken(lobby)
        await browser.open("/inbox?view=all&kind=payment_dispute&clock=on_track")
        assert "Lamp arrived" in browser.words
        await browser.open("/inbox?view=all&kind=bounty_dispute")
        assert "Lamp arrived" not in browser.words
        assert 'href="/inbox?view=all"' in browser.html
        for wrong in ("clock=soon", "view=theirs", "phase=nothing", "status=gone"):
            assert (await browser.open(f"/inbox?{wrong}")).status_code == 422, wrong

    async def test_take_next_says_when_nothing_waits(self, lobby: Lobby) -> None:
        browser = await lobby.signed_in("ada")
        await browser.open("/inbox")
        await browser.send("/take-next")
        await browser.follow()
        assert "Nothing waits for you" in browser.words


class TestSavedViews:
    URGENT = "/inbox?view=all&kind=payment_dispute&clock=on_track"

    async def test_a_list_is_kept_under_a_name_for_its_owner_alone(self, lobby: Lobby) -> None:
        browser, other = await lobby.signed_in("ada"), await lobby.signed_in("ben")
        await browser.open("/inbox?view=mine")
        assert 'action="/views"' not in browser.html  # the three lists of everybody are there already
        await browser.open(self.URGENT)
        assert 'name="shared"' not in browser.html
        await browser.send("/views", name="Payments on <b>track</b>")
        await browser.follow()
        assert 'href="/inbox?view=all&amp;kind=payment_dispute&amp;clock=on_track" aria-current="page"' in browser.html
        assert "Payments on &lt;b&gt;track" in browser.words
        await other.open("/inbox")
        assert "Payments on" not in other.words
        await browser.send("/views/forget")
        await browser.follow()
        assert "Payments on" not in browser.words

    async def test_a_lead_shares_one_with_everybody_and_nobody_else_takes_it_away(self, lobby: Lobby) -> None:
        lead, other = await lobby.signed_in("cleo"), await lobby.signed_in("ben")
        await lead.open(self.URGENT)
        await lead.send("/views", name="Payments", shared="yes")
        await other.open(self.URGENT)
        assert 'aria-current="page"' in other.html
        assert "Forget" not in other.words
        await lead.follow()
        view_id = lead.form("/views/forget").fields["id"]
        await other.open("/inbox?view=all&phase=review")
        token = other.form("/views").fields["form_token"]
        assert (await other.post("/views/forget", {"form_token": token, "id": view_id})).status_code == 404
        answer = await other.post("/views", {"form_token": token, "name": "Mine for all", "query": "view=all", "shared": "yes"})
        assert answer.status_code == 403
        await other.open("/inbox")
        assert "Payments" in other.words
        assert "Mine for all" not in other.words

    async def test_what_is_kept_leads_to_the_inbox_and_nowhere_else(self, lobby: Lobby) -> None:
        browser = await lobby.signed_in("ada")
        await browser.open(self.URGENT)
        for name in ("", " ", "x" * 61):
            assert (await browser.send("/views", name=name)).status_code == 422
            await browser.open(self.URGENT)
        await browser.send("/views", name="Odd", query="view=all&phase=review&next=//evil.example&done=take")
        await browser.follow()
        assert 'href="/inbox?view=all&amp;phase=review"' in browser.html
        assert "evil" not in browser.html

    async def test_there_are_only_so_many(self, lobby: Lobby) -> None:
        browser = await lobby.signed_in("ada")
        await browser.open(self.URGENT)
        form = browser.form("/views")
        for number in range(30):
            said = {**form.fields, "name": f"List {number}", "query": f"view=all&queue=q{number}"}
            assert (await browser.post(form.action, said)).status_code == 303
        assert (await browser.post(form.action, {**form.fields, "name": "One more"})).status_code == 409


class TestCase:
    async def test_says_above_all_that_a_provider_gave_the_money_back(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        news = {"provider": "stripe", "dispute": "dp_1", "event": "evt_1", "at": datetime.now(UTC).isoformat(), "what": "lost"}
        raised = {**news, "what": "updated", "event": "evt_0", "amount": {"amount": 25_000, "currency": "EUR"}}
        updated = {"signal": "dispute_updated", "news": raised}
        assert (await lobby.office.desk("platform").post(f"/v1/cases/{case_id}/signals", updated)).status_code == 200
        await browser.open(f"/cases/{case_id}")
        assert "Stripe: 250.00 EUR is disputed there by now. The case was opened about" in browser.words
        said = {"signal": "dispute_lost", "news": {**news, "amount": {"amount": 18_900, "currency": "EUR"}}}
        assert (await lobby.office.desk("platform").post(f"/v1/cases/{case_id}/signals", said)).status_code == 200
        await browser.open(f"/cases/{case_id}")
        assert "Stripe: the dispute is over there (lost). Whoever paid gets 189.00 EUR back from there" in browser.words

    async def test_says_who_is_who_what_they_want_and_what_is_ahead(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}")
        for words in (
            "Jonas Weber", "Lumen &amp; Oak", "The glass shade was broken", "Packed as always", "A photo of the packing table.",
            "Rule on this case", "Ruling", "189.00 EUR", "Now,", "Jonas Weber reported it",
        ):  # fmt: skip
            assert words in browser.words, words

    async def test_its_course_is_one_line_from_the_report_over_now_to_what_falls_due(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}")
        line = re.findall(r'<li data-state="(\w+)"[^>]*><b>([^<]+)</b>', browser.html)
        assert line[0] == ("done", "Reported")
        assert ("done", "Claim") in line
        assert line.index(("now", "Now")) < line.index(("ahead", "Ruling"))
        assert {state for state, _ in line[: line.index(("now", "Now"))]} == {"done"}

    async def test_timeline_is_read_by_what_it_concerns(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}")
        lines = re.findall(r'<li id="n\d+" data-about="([^"]*)">.*?<span class="does">([^<]+)', browser.html, re.DOTALL)
        about = {words.strip(): of for of, words in lines}
        assert about["Jonas Weber reported it"] == "parties"
        assert about["Lumen &amp; Oak wrote to both sides"] == "parties"
        assert about["Given to Ada"] == ""

    async def test_says_whether_the_record_is_as_it_was_written(self, lobby: Lobby, server: Server) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}/proof")
        assert re.search(r"Record verified, \d+ facts", browser.words)
        conn = await asyncpg.connect(server.owner_dsn)
        await conn.fetchval("SELECT set_config('ombud.tenant', $1, false)", lobby.office.tenant_id)
        await conn.execute("UPDATE cases SET head = 'x' WHERE id = $1", case_id)
        await conn.close()
        await browser.open(f"/cases/{case_id}/proof")
        assert "The record was changed past Ombud" in browser.words
        assert "head differs" in browser.words
        assert (await (await lobby.signed_in("ben")).open("/cases/case_00000000-0000/proof")).status_code == 404

    async def test_what_nobody_outside_heard_of_is_undone_at_once(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        took = str(browser.page.url) if browser.page else ""
        await browser.open(f"/cases/{case_id}/do/snooze")
        await browser.send(
            f"/cases/{case_id}/do/snooze",
            until=(datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"),
            reason="holiday",
        )
        await browser.follow()
        assert "The case was put away." in browser.words
        await browser.send(f"/cases/{case_id}/do/resume")
        await browser.follow()
        assert "Clocks go on" in browser.words
        assert "Undo" not in browser.words
        await browser.open(f"/cases/{case_id}?done=approve")
        assert "approved" not in browser.words, "nobody says of an address that it happened"
        await browser.open(took)
        await browser.send(f"/cases/{case_id}/do/skip")
        await browser.follow()
        assert "nobody yet" in browser.words

    async def test_what_cannot_be_done_stays_with_its_reason(self, lobby: Lobby) -> None:
        _, case_id = await taken(lobby)
        other = await lobby.signed_in("ben")
        await other.open(f"/cases/{case_id}")
        assert re.search(r'aria-disabled="true" aria-describedby="why-rule"', other.html)
        why = re.search(r'id="why-rule">([^<]+)<', other.html)
        assert why is not None
        assert why[1].strip()

    async def test_nobodys_words_are_put_into_the_mouth_of_who_came_later(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}")
        assert "Has not said anything yet" not in browser.words
        await browser.open(f"/cases/{case_id}/do/add_party")
        other = {"party.side": "respondent", "party.role": "principal", "party.ref": "shop-2", "party.name": "Iris Holm"}
        answer = await browser.send(f"/cases/{case_id}/do/add_party", agreed="yes", **other)
        assert answer.status_code == 303, browser.words
        await browser.open(f"/cases/{case_id}")
        assert browser.words.count("Has not said anything yet") == 1

    async def test_whom_the_case_refused_is_nobody_of_it(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}/do/add_party")
        again = {"party.side": "claimant", "party.role": "principal", "party.ref": "buyer-11", "party.name": "Iris Holm"}
        answer = await browser.send(f"/cases/{case_id}/do/add_party", agreed="yes", **again)
        assert answer.status_code == 409, browser.words
        await browser.open(f"/cases/{case_id}")
        assert "Iris Holm" not in browser.words
        told = (await lobby.office.desk("platform").get(f"/v1/cases/{case_id}")).json()
        assert "Iris Holm" not in str(told)

    async def test_somebody_elses_case_is_not_found_and_reading_is_kept(self, lobby: Lobby, office: Office) -> None:
        browser, case_id = await taken(lobby)
        assert (await browser.open("/cases/case_00000000-0000")).status_code == 404
        await browser.open(f"/cases/{case_id}")
        dana = office.desk("dana")
        rows = (await dana.get(f"/v1/cases/{case_id}/readers")).json()["data"]
        assert "per_ada" in {row["reader"] for row in rows} if rows and "reader" in rows[0] else rows

    async def test_words_reach_whom_the_form_names(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}")
        await browser.send(f"/cases/{case_id}/say", to="claimant", text="Is the socket bent as well?")
        await browser.follow()
        assert "to the claimant only" in browser.words
        await browser.send(f"/cases/{case_id}/say", to="staff", text="The carrier has form.")
        await browser.follow()
        assert "for the team only" in browser.words
        as_respondent = lobby.office.desk()
        case = (await as_respondent.get(f"/v1/cases/{case_id}")).json()
        headers = {"Ombud-Act-As": party(case, "respondent")}
        read = (await as_respondent.get(f"/v1/cases/{case_id}/timeline", headers=headers)).text
        assert "socket" not in read
        assert "has form" not in read

    async def test_strangers_words_are_words_and_never_markup(self, lobby: Lobby) -> None:
        await in_claim(lobby.office, subject="<img src=x onerror=alert(1)>\u202egnp", external_id="H-1", matter="m-1")
        browser = await lobby.signed_in("ada")
        await browser.open("/inbox?view=queues")
        assert "&lt;img src=x" in browser.html
        assert "<img" not in browser.html
        assert "\u202e" not in browser.html


class TestAccess:
    async def test_whoever_needs_a_case_of_another_queue_reads_it_with_a_reason_that_is_kept(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**{**LAMP, "kind": "conduct_report", "category": "harassment", "attributes": {}})
        browser = await lobby.signed_in("ada")
        assert (await browser.open(f"/cases/{case['id']}")).status_code == 403
        assert "in none of your queues" in browser.words
        assert (await browser.send(f"/cases/{case['id']}/access", reason=" ")).status_code == 422
        await browser.send(f"/cases/{case['id']}/access", reason="The same shop is in a case of mine.")
        await browser.follow()
        assert "Lamp arrived with a broken shade" in browser.words
        assert "You took access to read this case." in browser.words
        assert 'class="composer"' not in browser.html
        assert not re.search(r'<a class="btn"[^>]*href="/cases/[^"]+/do/', browser.html)
        await browser.open(f"/cases/{case['id']}/do/note")
        assert "You took access to read this case." in browser.words


CONDUCT = {
    "kind": "conduct_report", "category": "extortion", "matter": "thread-77", "external_id": "C-7", "attributes": {},
    "statement": "He writes that he will publish my address unless I pay.", "subject": "Threat after a declined report",
    "parties": LAMP["parties"],
}  # fmt: skip


async def owned(lobby: Lobby, **report: Any) -> tuple[Browser, dict[str, Any]]:
    """A report of conduct that Ada has taken."""
    await lobby.office.works("ada", "conduct")
    case = await lobby.office.desk().opened(**{**CONDUCT, **report})
    browser = await lobby.signed_in("ada")
    await browser.open(f"/cases/{case['id']}/do/take")
    await browser.send(f"/cases/{case['id']}/do/take")
    await browser.follow()
    return browser, case


class TestWhoKnows:
    async def test_a_respondent_who_knows_of_nothing_is_never_written_to_by_mistake(self, lobby: Lobby) -> None:
        browser, case = await owned(lobby)
        assert "Lumen &amp; Oak does not know of this case." in browser.words
        assert 'name="to" value="claimant" checked' in browser.html
        assert 'name="to" value="all"' not in browser.html
        assert 'name="to" value="respondent"' not in browser.html
        await browser.open(f"/cases/{case['id']}/do/disclose")
        await browser.send(f"/cases/{case['id']}/do/disclose", text="You are said to have threatened somebody.")
        await browser.follow()
        assert "does not know of this case" not in browser.words
        assert "What Lumen &amp; Oak was told" in browser.words
        assert "You are said to have threatened somebody." in browser.words
        assert 'name="to" value="all" checked' in browser.html

    async def test_a_wish_to_take_a_report_back_stands_above_all_with_its_two_answers(self, lobby: Lobby) -> None:
        browser, case = await owned(lobby)
        asked = await lobby.office.desk().command(
            case["id"], "withdraw", party(case, "claimant"), reasons="Please stop. He knows where I live."
        )
        assert asked.status_code == 200, asked.text
        await browser.open(f"/cases/{case['id']}")
        assert "Jonas Weber wants to take the report back," in browser.words
        assert "He knows where I live." in browser.words
        assert "Let it be taken back" in browser.words
        await browser.open(f"/cases/{case['id']}/do/continue_of_office")
        await browser.send(f"/cases/{case['id']}/do/continue_of_office", reasons="We go on ourselves.")
        await browser.follow()
        assert "Of office since" in browser.words
        assert "wants to take the report back," not in browser.words


class TestSettlement:
    async def test_a_proposal_shows_each_answer_to_the_team(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}")
        assert "Propose to both sides" in browser.words
        await browser.open(f"/cases/{case_id}/do/offer")
        assert re.search(r'<select id="f-remedy".*?<option value="refund">Refund</option>', browser.html, re.DOTALL)
        said = {"remedy": "refund", "amount.amount": "60.00", "amount.currency": "EUR", "text": "Half of the shade for each."}
        await browser.send(f"/cases/{case_id}/do/offer", **said)
        await browser.follow()
        assert "Proposed by the team Refund, 60.00 EUR waits for an answer" in browser.words
        assert "Half of the shade for each." in browser.words
        assert 'id="h-turn">Your turn' not in browser.html, "both sides have it now"
        desk = lobby.office.desk()
        case = (await desk.get(f"/v1/cases/{case_id}")).json()
        assert (await desk.command(case_id, "accept_offer", party(case, "claimant"))).status_code == 200
        await browser.open(f"/cases/{case_id}")
        assert "The claimant said yes; The respondent has not answered." in browser.words
        assert (await desk.command(case_id, "accept_offer", party(case, "respondent"))).status_code == 200
        await browser.open(f"/cases/{case_id}")
        assert "What was agreed" in browser.words

    async def test_offers_of_a_side_stand_there_with_what_became_of_them(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**LAMP)
        desk = lobby.office.desk()
        for side, amount in (("respondent", 2000), ("claimant", 9000)):
            offer = {"remedy": "refund", "amount": {"amount": amount, "currency": "EUR"}}
            answer = await desk.command(case["id"], "offer", party(case, side), **offer)
            assert answer.status_code == 200, answer.text
        lead = await lobby.signed_in("cleo")
        await lead.open(f"/cases/{case['id']}")
        assert "Offered by the claimant Refund, 90.00 EUR waits for an answer" in lead.words
        assert "Offered by the respondent Refund, 20.00 EUR answered with another offer" in lead.words


class TestParties:
    async def test_somebody_is_added_and_somebody_leaves_by_their_forms(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}/do/add_party")
        counsel = {"party.side": "claimant", "party.role": "representative", "party.ref": "law-9", "party.name": "Iris Holm"}
        answer = await browser.send(f"/cases/{case_id}/do/add_party", agreed="yes", **counsel)
        assert answer.status_code == 303, browser.words
        await browser.follow()
        assert "Iris Holm, representative, " in browser.words
        assert "Iris Holm became a party" in browser.words
        case = (await lobby.office.desk().get(f"/v1/cases/{case_id}")).json()
        counsel_id = next(one["id"] for one in case["parties"] if one["role"] == "representative")
        await browser.open(f"/cases/{case_id}/do/remove_party")
        assert f'<option value="{counsel_id}">Iris Holm</option>' in browser.html
        answer = await browser.send(f"/cases/{case_id}/do/remove_party", party=counsel_id, reason="Wrong person")
        assert answer.status_code == 303, browser.words
        await browser.follow()
        assert "is no party any more" in browser.words


class TestCommands:
    async def test_any_command_can_be_sent_by_its_form(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}/do/request_evidence")
        await browser.send(f"/cases/{case_id}/do/request_evidence", of="claimant", what="A photo of the socket, please.")
        await browser.follow()
        assert "Ada asked claimant for evidence" in browser.words

    async def test_what_is_refused_comes_back_filled_in_with_the_reason_beside_the_field(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}/do/snooze")
        answer = await browser.send(f"/cases/{case_id}/do/snooze", until="soon", reason="parcel_under_way")
        assert answer.status_code == 422
        assert "Write a date and a time of day." in browser.words
        assert browser.form(f"/cases/{case_id}/do/snooze").fields["reason"] == "parcel_under_way"

    async def test_the_same_form_twice_happens_once(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}")
        form = browser.form(f"/cases/{case_id}/say")
        for _ in range(2):
            answer = await browser.post(form.action, {**form.fields, "to": "all", "text": "Good morning."})
            assert answer.status_code == 303
        await browser.follow()
        assert browser.words.count("Good morning.") == 2  # once among the messages, once in the timeline

    async def test_what_is_no_command_has_no_form(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        for command in ("open", "deadline", "nothing"):
            assert (await browser.open(f"/cases/{case_id}/do/{command}")).status_code == 404


RULING = {
    "outcome": "partly_refunded", "amount.partly_refunded": "150.00", "currency.partly_refunded": "EUR",
    "after_return.partly_refunded": "yes", "ground": "not_as_described", "relies_on_none": "yes", "do": "send",
    "reasons": "The shade came broken; the foot can be sold again. 150 euros against the lamp are fair to both.",
}  # fmt: skip


class TestRuling:
    async def test_both_letters_can_be_read_before_anything_is_sent(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}/ruling")
        await browser.send(f"/cases/{case_id}/ruling", **{**RULING, "do": "preview"})
        assert "To Jonas Weber" in browser.words
        assert "To Lumen &amp; Oak" in browser.words
        assert "150.00 EUR" in browser.words
        assert "The shade came broken" in browser.words
        assert browser.form(f"/cases/{case_id}/ruling").fields["amount.partly_refunded"] == "150.00"
        await browser.open(f"/cases/{case_id}")
        assert "nobody is told" not in browser.words

    async def test_a_part_of_the_page_follows_the_form(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}/ruling")
        form = browser.form(f"/cases/{case_id}/ruling")
        await browser.post(f"/cases/{case_id}/ruling/preview", {**form.fields, **RULING}, HX_Request_Type="partial")
        assert "<html" not in browser.html
        assert "To Jonas Weber" in browser.words

    async def test_is_sent_waits_out_its_grace_and_can_be_taken_back(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}/ruling")
        await browser.send(f"/cases/{case_id}/ruling", **RULING)
        await browser.follow()
        assert "Decided, and nobody is told yet." in browser.words
        await browser.send(f"/cases/{case_id}/do/retract")
        await browser.follow()
        assert "took the ruling back" in browser.words
        assert "nobody is told yet" not in browser.words

    async def test_what_it_rests_on_can_be_named_so_that_a_trifle_delays_nobody(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        desk = lobby.office.desk()
        case = (await desk.get(f"/v1/cases/{case_id}")).json()
        late = await desk.command(case_id, "submit_evidence", party(case, "respondent"), text="And another photo.")
        assert late.status_code == 200, late.text
        first = (await desk.get(f"/v1/cases/{case_id}/evidence")).json()["data"][0]["id"]
        await browser.open(f"/cases/{case_id}/ruling")
        assert "And another photo. (Lumen &amp; Oak)" in browser.words
        rests = {name: said for name, said in RULING.items() if name != "relies_on_none"}
        assert (await browser.send(f"/cases/{case_id}/ruling", **rests)).status_code == 409
        assert "has until" in browser.words
        await browser.send(f"/cases/{case_id}/ruling", **rests, relies_on=first)
        await browser.follow()
        assert "Decided, and nobody is told yet." in browser.words

    async def test_the_session_is_the_credential_of_the_decision(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}/ruling")
        await browser.send(f"/cases/{case_id}/ruling", **RULING)
        async with lobby.office.database.tenant(lobby.office.tenant_id) as conn:
            said = await conn.fetchval(
                "SELECT body ->> 'credential' FROM facts WHERE case_id = $1 AND body -> 'fact' ->> 'type' = 'ruling_drafted'",
                case_id,
            )
            own = await conn.fetchval("SELECT id FROM sessions WHERE person_id = 'per_ada'")
        assert said == own

    async def test_what_the_case_cannot_pay_is_refused_and_nothing_typed_is_lost(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}/ruling")
        answer = await browser.send(f"/cases/{case_id}/ruling", **{**RULING, "amount.partly_refunded": "1500"})
        assert answer.status_code == 422
        assert "It was not sent." in browser.words
        assert browser.form(f"/cases/{case_id}/ruling").fields["reasons"] == RULING["reasons"]

    async def test_nobody_decides_past_what_they_have_not_read(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}/ruling")
        form = browser.form(f"/cases/{case_id}/ruling")
        desk = lobby.office.desk()
        case = (await desk.get(f"/v1/cases/{case_id}")).json()
        late = await desk.command(case_id, "message", party(case, "claimant"), text="The socket is bent as well.", to="all")
        assert late.status_code == 200
        answer = await browser.post(form.action, {**form.fields, **RULING})
        assert answer.status_code == 409
        assert "The case has moved on" in browser.words
        assert "The socket is bent as well." in browser.words
        answer = await browser.send(f"/cases/{case_id}/ruling", do="send")
        assert answer.status_code == 303

    async def test_a_second_person_approves_what_is_above_the_limit(self, lobby: Lobby) -> None:
        case = await in_claim(lobby.office, amount={"amount": 90000, "currency": "EUR"})
        browser = await lobby.signed_in("ada")
        await browser.open("/inbox?view=queues")
        await browser.send("/take-next")
        await browser.follow()
        await browser.open(f"/cases/{case['id']}/ruling")
        await browser.send(f"/cases/{case['id']}/ruling", **{**RULING, "amount.partly_refunded": "800", "do": "preview"})
        assert "A second person looks at it" in browser.words
        await browser.send(f"/cases/{case['id']}/ruling", do="send")
        await browser.follow()
        lead = await lobby.signed_in("cleo")
        await lead.open("/inbox")
        assert 'href="/inbox?view=all&amp;phase=approval"' in lead.html
        await lead.open("/inbox?view=all&phase=approval")
        assert "Lamp arrived" in lead.words
        assert re.search(r'phase=approval" aria-current="page"', lead.html)
        await lead.open(f"/cases/{case['id']}/do/approve")
        await lead.send(f"/cases/{case['id']}/do/approve")
        await lead.follow()
        assert "Cleo approved the ruling" in lead.words
        assert "Decided, and nobody is told yet." in lead.words


async def stale_session(lobby: Lobby, name: str) -> Browser:
    """Somebody's browser, left open since the morning."""
    office = lobby.office
    async with office.database.deed(office.tenant_id) as conn:
        _, secret = await sessions.create(
            conn, office.tenant_id, f"per_{name}", "development", device="", idle_for=timedelta(hours=2),
            lives_for=timedelta(hours=9), proved_at=datetime.now(UTC) - timedelta(minutes=16),
        )  # fmt: skip
    browser = lobby.browser()
    browser.http.cookies.set("__Host-ombud", secret)
    return browser


STATED = {
    "statement.decision_account": "DECISION_ACCOUNT_SUSPENDED",
    "statement.decision_facts": "Four letters, each with the address.",
    "statement.decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "statement.incompatible_content_ground": "Code of conduct",
    "statement.incompatible_content_explanation": "Nobody threatens anybody.",
    "statement.content_type": "CONTENT_TYPE_OTHER",
    "statement.content_type_other": "Letters",
    "statement.category": "STATEMENT_CATEGORY_CYBER_VIOLENCE",
    "statement.territorial_scope": "DE",
    "statement.content_date": "2026-03-01",
    "statement.application_date": "2026-03-04",
    "statement.source_type": "SOURCE_TYPE_OTHER_NOTIFICATION",
    "statement.automated_detection": "No",
    "statement.automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
}
"""What is told of a ban beside its reasons."""


class TestHeavyDeeds:
    async def proved(self, browser: Browser) -> None:
        """Off to the page that asks, and back from it."""
        assert browser.page is not None
        assert browser.page.headers["location"].startswith("/prove?"), browser.words
        await browser.follow()
        assert "Show again that it is you" in browser.words
        await browser.send("/sign-in/development")
        await browser.follow()

    async def test_an_approval_takes_somebody_who_has_just_shown_who_they_are(self, lobby: Lobby) -> None:
        case = await in_claim(lobby.office, amount={"amount": 90000, "currency": "EUR"})
        browser = await lobby.signed_in("ada")
        await browser.open("/inbox?view=queues")
        await browser.send("/take-next")
        await browser.open(f"/cases/{case['id']}/ruling")
        await browser.send(f"/cases/{case['id']}/ruling", **{**RULING, "amount.partly_refunded": "800"})
        lead, approve = await stale_session(lobby, "cleo"), f"/cases/{case['id']}/do/approve"
        await lead.open(approve)
        await lead.send(approve)
        await self.proved(lead)
        assert lead.page is not None
        assert lead.page.url.path == approve
        await lead.send(approve)
        await lead.follow()
        assert "Cleo approved the ruling" in lead.words

    async def test_so_does_a_long_ban_and_nothing_that_was_written_is_lost(self, lobby: Lobby) -> None:
        _, case = await owned(lobby)
        await self.told_and_heard(lobby, case)
        late, ruling = await stale_session(lobby, "ada"), f"/cases/{case['id']}/ruling"
        await late.open(ruling)
        said = {
            "outcome": "violation",
            "ground": "extortion",
            "reasons": "Four letters say so, each with the address.",
            "do": "send",
            **STATED,
        }
        await late.send(ruling, **said)
        await self.proved(late)
        assert late.form(ruling).fields["reasons"] == said["reasons"]
        answer = await late.send(ruling, do="send", **STATED)
        assert answer.status_code == 303, late.words
        assert not answer.headers["location"].startswith("/prove")

    async def told_and_heard(self, lobby: Lobby, case: dict[str, Any]) -> None:
        """Whatever the procedure wants before somebody rules."""
        ada = await lobby.signed_in("ada")
        here = f"/cases/{case['id']}/do"
        for command, more in (
            ("disclose", {"text": "You are said to have threatened somebody.", "ground": "extortion"}),
            ("complete_step", {"steps": "evidence_secured", "reasons": "Kept."}),
            ("complete_step", {"steps": "record_checked", "reasons": "Looked at."}),
            ("request_evidence", {"of": "respondent", "what": "Your answer, please."}),
        ):
            await ada.open(f"{here}/{command}")
            answer = await ada.send(f"{here}/{command}", **more)
            assert answer.status_code == 303, ada.words
        await ada.open(f"{here}/complete_step")
        assert "Evidence secured: done by Ada" in ada.words
        assert 'name="steps"' not in ada.html, "what is done is asked for no more"
        assert "Every step of the procedure is done already" in ada.words
        answered = await lobby.office.desk().command(
            case["id"], "submit_evidence", party(case, "respondent"), text="It was a joke."
        )
        assert answered.status_code == 200, answered.text

    async def test_what_is_not_heavy_is_asked_of_nobody_twice(self, lobby: Lobby) -> None:
        _, case_id = await taken(lobby)
        late = await stale_session(lobby, "ada")
        await late.open(f"/cases/{case_id}/ruling")
        await late.send(f"/cases/{case_id}/ruling", **RULING)
        await late.follow()
        assert "Decided, and nobody is told yet." in late.words


class TestDrafts:
    async def test_what_was_written_is_there_again_for_its_writer_alone_until_it_is_sent(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}/ruling")
        await browser.send(f"/cases/{case_id}/ruling", **{**RULING, "do": "save"})
        elsewhere, lead = await lobby.signed_in("ada"), await lobby.signed_in("cleo")
        await elsewhere.open(f"/cases/{case_id}/ruling")
        filled = elsewhere.form(f"/cases/{case_id}/ruling").fields
        assert {filled[name] for name in ("reasons", "outcome", "amount.partly_refunded")} == {
            RULING["reasons"], "partly_refunded", "150.00",
        }  # fmt: skip
        await lead.open(f"/cases/{case_id}/ruling")
        assert "The shade came broken" not in lead.html
        await elsewhere.send(f"/cases/{case_id}/ruling", do="send")
        await elsewhere.follow()
        assert "Decided, and nobody is told yet." in elsewhere.words
        async with lobby.office.database.tenant(lobby.office.tenant_id) as conn:
            assert await conn.fetchval("SELECT count(*) FROM drafts") == 0

    async def test_is_sealed_and_goes_with_the_words_of_the_case(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}/ruling")
        form = browser.form(f"/cases/{case_id}/ruling")
        await browser.post(f"{form.action}/draft", {**form.fields, **RULING}, HX_Request_Type="partial")
        assert "Draft saved" in browser.words
        office = lobby.office
        async with office.database.tenant(office.tenant_id) as conn:
            sealed = await conn.fetchval("SELECT sealed FROM drafts")
        assert b"shade" not in sealed
        async with office.database.deed(office.tenant_id) as conn:
            assert await office.vault.erase(conn, office.tenant_id, case_id, "staff")
        await browser.open(f"/cases/{case_id}/ruling")
        assert "The shade came broken" not in browser.html

    async def test_can_be_discarded(self, lobby: Lobby) -> None:
        browser, case_id = await taken(lobby)
        await browser.open(f"/cases/{case_id}/ruling")
        await browser.send(f"/cases/{case_id}/ruling", **{**RULING, "do": "save"})
        await browser.follow()
        assert "Draft saved" in browser.words
        await browser.send(f"/cases/{case_id}/ruling", do="discard")
        await browser.follow()
        assert "The shade came broken" not in browser.html
