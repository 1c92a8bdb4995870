"""Writing together: words that are used again, what changed between drafts, notes that name colleagues, and earlier cases."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from cli.kit.pages import Amounts
from console.pages.changes import between_drafts, compared
from console.pages.second_look import _why_not_the_ladders
from services.timelines import Entry
from tests.support.browsing import Browser, Lobby
from tests.support.lamp import LAMP, in_claim
from tests.support.office import party
from tests.support.rooms import Rooms, looked_at

pytestmark = pytest.mark.postgres

BODY = "{claimant} asked for {amount} back from {respondent}. The parcel came damaged ({number}): {outcome}."
RULING = {
    "outcome": "partly_refunded", "ground": "not_as_described", "currency.partly_refunded": "EUR", "relies_on_none": "yes",
}  # fmt: skip


async def with_template(lobby: Lobby, **more: str) -> Browser:
    """The lead has written words for damaged parcels; Ada has the lamp, and its form is open."""
    await lobby.office.works("ada", "payments")
    lead = await lobby.signed_in("cleo")
    await lead.open("/templates")
    await lead.send("/templates", **{"name": "Damaged parcel", "body": BODY, "kind": "payment_dispute", **more})
    assert lead.page is not None
    assert lead.page.status_code == 303, lead.words
    return await writing(lobby)


async def writing(lobby: Lobby, **changes: object) -> Browser:
    """Ada at the form of a case that she took."""
    case_id = (await in_claim(lobby.office, **changes))["id"]
    ada = await lobby.signed_in("ada")
    await ada.open("/inbox")
    await ada.send("/take-next")
    await ada.open(f"/cases/{case_id}/ruling")
    return ada


class TestTemplates:
    async def test_words_are_put_in_with_what_the_case_knows(self, lobby: Lobby) -> None:
        ada = await with_template(lobby)
        where = _ruling(ada)
        await ada.send(where, **{**RULING, "reasons": "I looked at the photos.", "do": "insert"})
        reasons = ada.form(where).fields["reasons"]
        assert reasons.startswith("I looked at the photos.\n\nJonas Weber asked for 189.00 EUR back from Lumen & Oak.")
        assert "(H-20431): partly refunded." in reasons
        assert ada.form(where).fields["written_with"].startswith("tpl_")

    async def test_its_use_is_counted_when_a_ruling_is_sent(self, lobby: Lobby) -> None:
        ada = await with_template(lobby)
        where = _ruling(ada)
        await ada.send(where, **{**RULING, "amount.partly_refunded": "150.00", "do": "insert"})
        await ada.open("/templates")
        assert "not used yet" in ada.words
        assert 'action="/templates"' not in ada.html, "mediators read them"
        ada_again = await lobby.signed_in("ada")
        await ada_again.open(where)
        await ada_again.send(where, **{**RULING, "amount.partly_refunded": "150.00", "do": "insert"})
        await ada_again.send(where, do="send")
        await ada_again.follow()
        assert "Nobody is told" in ada_again.words or "nobody is told" in ada_again.words
        await ada.open("/templates")
        assert "used in 1 ruling" in ada.words

    async def test_one_of_another_kind_is_not_offered_and_one_that_was_retired_neither(self, lobby: Lobby) -> None:
        ada = await with_template(lobby, kind="bounty_dispute")
        assert "Damaged parcel" not in ada.words
        lead = await lobby.signed_in("cleo")
        await lead.open("/templates")
        await lead.send("/templates/retire")
        await lead.open("/templates")
        assert "There are none yet" in lead.words
        assert (await lead.post("/templates/retire", {"form_token": _token(lead), "id": "tpl_nobody"})).status_code == 404

    async def test_only_who_looks_after_work_writes_them_and_only_places_that_there_are(self, lobby: Lobby) -> None:
        ada, lead = await lobby.signed_in("ada"), await lobby.signed_in("cleo")
        await ada.open("/templates")
        answer = await ada.post("/templates", {"form_token": _token(ada), "name": "Mine", "body": "Words."})
        assert answer.status_code == 403
        for wrong in ({"body": "{buyer} is right."}, {"name": " "}, {"body": ""}, {"kind": "no_kind"}, {"body": "x" * 10_001}):
            await lead.open("/templates")
            answer = await lead.send("/templates", **{"name": "A", "body": "Words.", **wrong})
            assert answer.status_code == 422, wrong


def _ruling(browser: Browser) -> str:
    found = re.search(r'action="(/cases/[^"]+/ruling)"', browser.html)
    assert found is not None
    return found[1]


def _token(browser: Browser) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', browser.html)
    assert found is not None
    return found[1]


class TestChanges:
    def test_says_word_by_word_what_is_gone_and_what_is_new(self) -> None:
        assert compared("The shade was broken.", "The shade came broken, and late.") == (
            ("same", "The shade "),
            ("gone", "was"),
            ("new", "came"),
            ("same", " broken"),
            ("new", ", and late"),
            ("same", "."),
        )
        assert compared("", "New.") == (("new", "New."),)
        assert compared("same", "same") == (("same", "same"),)

    def test_what_is_too_long_to_compare_is_shown_one_after_the_other(self) -> None:
        old, new = "a b " * 3000, "c"
        assert compared(old, new) == (("gone", old), ("new", new))

    def test_why_a_sanction_is_not_the_ladders_is_read_and_compared(self) -> None:
        def entry(n: int, type_: str, **data: object) -> Entry:
            return Entry(n, datetime(2026, 3, 2, tzinfo=UTC), type_, 1, "per_mediator", "mediator", dict(data))

        ladder = {"ladder_says": "final_warning", "departs": "harsher"}
        first = entry(2, "sanction_drafted", sanction="ban", reason="serious_harm", reasons="A knife.", **ladder)
        then = entry(5, "sanction_drafted", sanction="ban", reason="planned", reasons="For weeks.", **ladder)
        assert _why_not_the_ladders(first) == [
            ("The ladder says", "Final warning: this one is harsher"),
            ("Why it is another one", "Serious harm"),
            ("The same in words, for the team alone", "A knife."),
        ]
        assert _why_not_the_ladders(entry(2, "sanction_drafted", sanction="final_warning")) == []
        drafts = [entry(1, "ruling_drafted"), first, entry(3, "ruling_returned"), entry(4, "ruling_drafted"), then]
        changes = between_drafts(drafts, Amounts())
        assert changes is not None
        assert [one.what for one in changes.each] == ["Why it is another one", "Why it is another one, in words"]

    async def test_who_looks_a_second_time_reads_what_the_new_draft_changed(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        ada = await writing(lobby, amount={"amount": 90000, "currency": "EUR"})
        where = _ruling(ada)
        case = where.removesuffix("/ruling")
        first = {**RULING, "amount.partly_refunded": "800", "reasons": "The shade was broken.", "do": "send"}
        await ada.send(where, **first)
        lead = await lobby.signed_in("cleo")
        await lead.open(case)
        assert "What changed" not in lead.words, "there is one draft"
        await lead.open(f"{case}/do/return_ruling")
        await lead.send(f"{case}/do/return_ruling", reasons="Too much: the foot can be sold again.")
        await ada.open(where)
        await ada.send(where, **{**first, "amount.partly_refunded": "750", "reasons": "The shade came broken."})
        await lead.open(case)
        assert "What changed since the draft before" in lead.words
        assert "<del>was</del><ins>came</ins>" in lead.html
        assert "<del>800</del><ins>750</ins>" in lead.html


class TestComesBack:
    SAID = {**RULING, "amount.partly_refunded": "800", "reasons": "The shade was broken.", "do": "send"}

    async def test_a_second_look_shows_what_is_decided_and_what_comes_back_is_filled_in_again(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        ada = await writing(lobby, amount={"amount": 90000, "currency": "EUR"})
        where = _ruling(ada)
        case = where.removesuffix("/ruling")
        await ada.send(where, **self.SAID)
        lead = await lobby.signed_in("cleo")
        await lead.open(f"{case}/do/approve")
        for words in ("Partly refunded", "Refund, 800.00 EUR (Jonas Weber)", "The shade was broken.", "To Jonas Weber"):
            assert words in lead.words, words
        assert 'name="seen"' not in lead.html, "nothing came since"
        await lead.open(f"{case}/do/return_ruling")
        await lead.send(f"{case}/do/return_ruling", reasons="Too much: the foot can be sold again.")
        await ada.open(case)
        assert "sent the ruling back" in ada.words
        assert "Too much: the foot can be sold again." in ada.words
        await ada.open(where)
        assert "sent the ruling back" in ada.words
        filled = ada.form(where).fields
        assert {name: filled[name] for name in RULING} == RULING
        assert (filled["amount.partly_refunded"], filled["reasons"]) == ("800.00", "The shade was broken.")

    async def test_what_came_since_the_draft_is_ticked_by_whoever_approves_it(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        ada = await writing(lobby, amount={"amount": 90000, "currency": "EUR"})
        where = _ruling(ada)
        case_id = where.split("/")[2]
        await ada.send(where, **self.SAID)
        desk = lobby.office.desk()
        shop = party((await desk.get(f"/v1/cases/{case_id}")).json(), "respondent")
        assert (await desk.command(case_id, "message", shop, text="It was whole.", to="all")).status_code == 200
        lead = await lobby.signed_in("cleo")
        await lead.open(f"/cases/{case_id}/do/approve")
        assert "It was whole." in lead.words
        (piece,) = re.findall(r'type="checkbox" name="seen" value="([^"]+)"', lead.html)
        assert (await lead.send(f"/cases/{case_id}/do/approve")).status_code == 409
        assert (await lead.send(f"/cases/{case_id}/do/approve", seen=piece)).status_code == 303, lead.words

    async def test_what_is_taken_back_is_filled_in_again_for_its_writer(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        ada = await writing(lobby)
        where = _ruling(ada)
        case = where.removesuffix("/ruling")
        await ada.send(where, **{**self.SAID, "amount.partly_refunded": "12,50"})
        await ada.follow()
        assert "The ruling was sent." in ada.words
        await ada.send(f"{case}/do/retract")
        await ada.follow()
        await ada.open(where)
        assert "The ruling was taken back" in ada.words
        assert ada.form(where).fields["amount.partly_refunded"] == "12.50"
        lead = await lobby.signed_in("cleo")
        await lead.open(where)
        assert "The shade was broken." not in lead.form(where).fields["reasons"]

    async def test_it_comes_back_as_itself_whatever_another_tab_wanted_to_send_while_it_stood(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        ada = await writing(lobby)
        where = _ruling(ada)
        case = where.removesuffix("/ruling")
        tab = await lobby.signed_in("ada")
        await tab.open(where)
        one = ada.form(where)
        said = {**one.fields, **self.SAID, "amount.partly_refunded": "12,50"}
        await ada.post(one.action, said)
        assert (await tab.send(where, outcome="denied", reasons="It was whole.", do="send")).status_code == 409
        # Its answer was lost, and the page is loaded again: it was sent, and once.
        assert (await ada.post(one.action, said)).status_code == 303, ada.words
        await ada.follow()
        assert "The ruling was sent." in ada.words
        await ada.send(f"{case}/do/retract")
        await ada.open(where)
        filled = ada.form(where).fields
        assert (filled["amount.partly_refunded"], filled["reasons"]) == ("12.50", "The shade was broken.")
        # What the other tab had is kept beside it, and filled in where it is chosen.
        assert "What you wrote in another window is kept" in ada.words
        await ada.open(f"{where}?words=kept")
        assert ada.form(where).fields["reasons"] == "It was whole."

    async def test_what_was_refused_is_kept(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        ada = await writing(lobby)
        where = _ruling(ada)
        assert (await ada.send(where, **{**self.SAID, "amount.partly_refunded": "1,500"})).status_code == 422
        await ada.open(where)
        assert ada.form(where).fields["reasons"] == "The shade was broken."
        snooze = where.replace("/ruling", "/do/snooze")
        await ada.open(snooze)
        await ada.send(snooze, reason="parcel", until="")
        await ada.open(snooze)
        assert ada.form(snooze).fields["reason"] == "parcel"
        await ada.send(snooze, do="discard")
        await ada.open(snooze)
        assert ada.form(snooze).fields["reason"] == ""

    async def test_what_is_sent_on_the_way_to_the_next_case_is_said_there_and_can_be_taken_back(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        ada = await writing(lobby)
        where = _ruling(ada)
        case = where.removesuffix("/ruling")
        await in_claim(lobby.office, matter="order-2", external_id="H-2")
        await ada.send(where, **{**self.SAID, "amount.partly_refunded": "12,50", "do": "next"})
        await ada.follow()
        assert "The ruling was sent." in ada.words
        assert "The case is yours." in ada.words
        assert "H-20431, Lamp arrived" in ada.words
        await ada.send(f"{case}/do/retract")
        await ada.follow()
        assert "The ruling was taken back, and nobody was told." in ada.words

    async def test_what_stands_against_a_ruling_is_said_before_it_is_written(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "bounties")
        case_id = (await lobby.office.desk().in_review())["id"]
        ada = await lobby.signed_in("ada")
        await ada.open("/inbox")
        await ada.send("/take-next")
        await ada.open(f"/cases/{case_id}/ruling")
        assert "Nobody can decide against Nimbus yet." in ada.words
        assert re.search(r"The respondent still has time to answer, until (\w+ )?\d", ada.words)


class TestWordsInTheCase:
    async def test_are_kept_until_they_are_sent(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        ada = await writing(lobby)
        case = _ruling(ada).removesuffix("/ruling")
        await ada.open(case)
        form = ada.form(f"{case}/say")
        kept = await ada.post(f"{case}/say/draft", {**form.fields, "to": "claimant", "text": "Is the socket bent?"})
        assert "Draft saved" in kept.text
        await ada.open(case)
        assert ada.form(f"{case}/say").fields["text"] == "Is the socket bent?"
        assert ada.form(f"{case}/say").fields["to"] == "claimant"
        await ada.send(f"{case}/say")
        await ada.follow()
        assert "The message was sent." in ada.words
        assert ada.form(f"{case}/say").fields["text"] == ""

    async def test_a_message_waits_while_a_colleagues_note_is_unread_and_goes_once_it_was_read(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        await lobby.office.works("cleo", "payments")
        ada = await writing(lobby)
        case = _ruling(ada).removesuffix("/ruling")
        await ada.open(case)
        note = await lobby.office.desk("cleo").command(
            case.rpartition("/")[2], "note", "per_cleo", text="Do not write to her yet."
        )
        assert note.status_code == 200, note.text
        answer = await ada.send(f"{case}/say", to="claimant", text="Is the socket bent?")
        assert answer.status_code == 409
        assert "Nothing was sent." in ada.words
        assert "Do not write to her yet." in ada.words
        assert ada.form(f"{case}/do/message").fields["text"] == "Is the socket bent?"
        assert ada.form(f"{case}/do/message").fields["to"] == "claimant"
        facts = await lobby.house.parts.views.timeline(lobby.office.tenant_id, case.rpartition("/")[2])
        said = len([fact for fact in facts if fact.fact.type == "message_sent"])
        await ada.send(f"{case}/do/message")
        await ada.follow()
        facts = await lobby.house.parts.views.timeline(lobby.office.tenant_id, case.rpartition("/")[2])
        assert len([fact for fact in facts if fact.fact.type == "message_sent"]) == said + 1

    async def test_a_note_of_ones_own_and_a_note_for_the_team_are_not_asked_about(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        ada, other = await writing(lobby), await lobby.signed_in("ada")
        case = _ruling(ada).removesuffix("/ruling")
        await ada.open(case)
        await other.open(case)
        assert (await other.send(f"{case}/say", to="staff", text="A note of mine.")).status_code == 303
        assert (await ada.send(f"{case}/say", to="staff", text="Another one.")).status_code == 303
        await other.open(case)
        assert (await other.send(f"{case}/say", to="claimant", text="Is the socket bent?")).status_code == 303


class TestNotes:
    async def test_a_note_names_the_colleagues_who_are_told_of_it(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        ada = await writing(lobby)
        case = _ruling(ada).removesuffix("/ruling")
        await ada.open(case)
        await ada.send(f"{case}/say", to="staff", text="Could you look at the photo?", mentions="per_ben")
        await ada.follow()
        assert "Could you look at the photo?" in ada.words
        facts = await lobby.house.parts.views.timeline(lobby.office.tenant_id, case.rpartition("/")[2])
        assert [fact.fact.mentions for fact in facts if fact.fact.type == "note_added"] == [("per_ben",)]


class TestEarlier:
    async def test_other_cases_of_the_same_people_are_there_for_whoever_may_see_them(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        first = (await in_claim(lobby.office, matter="order-1", external_id="H-1"))["id"]
        others = [{**LAMP["parties"][0]}, {"side": "respondent", "ref": "shop-9", "name": "Other"}]
        second = (await in_claim(lobby.office, matter="order-2", external_id="H-2", parties=others))["id"]
        ada, ben = await lobby.signed_in("ada"), await lobby.signed_in("ben")
        await ada.open(f"/cases/{first}/history")
        assert f'href="/cases/{second}"' in ada.html
        assert "H-2 Payment dispute, as claimant: not decided" in ada.words
        assert ada.html.count(f'href="/cases/{second}"') == 1, "the shop is another one"
        answer = await ben.open(f"/cases/{first}/history")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{first}"), "where access is asked for"


@pytest.mark.browser
class TestInABrowser:
    async def test_what_is_left_in_the_middle_of_a_word_is_there_again(self, rooms: Rooms) -> None:
        case_id = (await in_claim(rooms.office))["id"]
        page = await rooms.signed_in("Ada")
        await page.keyboard.press("n")
        await page.wait_for_url("**done=take")
        await page.locator("#say").fill("Is the socket b")
        await page.goto(f"/cases/{case_id}/ruling")
        await page.locator("[name=reasons]").fill("The shade was bro")
        await page.goto(f"/cases/{case_id}")
        await page.wait_for_timeout(500)
        await page.goto(f"/cases/{case_id}/ruling")
        assert await page.locator("[name=reasons]").input_value() == "The shade was bro"
        await page.goto(f"/cases/{case_id}")
        assert await page.locator("#say").input_value() == "Is the socket b"
        await page.locator("#say").focus()
        await page.keyboard.press("End")
        await page.keyboard.type("ent?")
        await page.keyboard.press("Control+Enter")
        await page.wait_for_url("**done=message")
        assert await page.evaluate("document.activeElement.textContent.trim()") == "The message was sent."
        assert await page.locator("#say").input_value() == ""

    async def test_the_focus_goes_to_the_first_field_and_to_what_is_wrong(self, rooms: Rooms) -> None:
        case_id = (await in_claim(rooms.office))["id"]
        page = await rooms.signed_in("Ada")
        await page.keyboard.press("n")
        await page.wait_for_url("**done=take")
        await page.keyboard.press("s")
        await page.wait_for_url("**/do/snooze")
        assert await page.evaluate("document.activeElement.name") == "until"
        await page.goto(f"/cases/{case_id}/ruling")
        await page.keyboard.press("Control+Enter")
        await page.get_by_role("link", name="Choose an outcome.").wait_for()
        rooms.complaints.clear()  # a browser writes down every refusal
        assert "It was not sent." in await page.evaluate("document.activeElement.textContent")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.name") != ""
        await looked_at(page, "ruling-empty")

    async def test_an_approval_reads_in_every_window(self, rooms: Rooms) -> None:
        lobby = Lobby(rooms.office)
        ada = await writing(lobby, amount={"amount": 90000, "currency": "EUR"})
        where = _ruling(ada)
        await ada.send(where, **TestComesBack.SAID)
        page = await rooms.signed_in("Cleo")
        await page.goto(where.replace("/ruling", "/do/approve"))
        await page.get_by_role("heading", name="What is decided").wait_for()
        await looked_at(page, "approve")

    async def test_words_go_into_the_reasons_and_nothing_else_moves(self, rooms: Rooms) -> None:
        case_id = (await in_claim(rooms.office))["id"]
        lead = await rooms.signed_in("Cleo")
        await lead.goto("/templates")
        await lead.get_by_label("What they are called").fill("Damaged parcel")
        await lead.get_by_label("The words").fill(BODY)
        await lead.get_by_role("button", name="Keep them").click()
        await lead.get_by_role("heading", name="Damaged parcel").wait_for()
        await looked_at(lead, "templates")
        page = await rooms.signed_in("Ada")
        await page.goto(f"/cases/{case_id}/do/take")
        await page.get_by_role("button", name="Take the case").click()
        await page.wait_for_url("**done=take")
        await page.get_by_text("0 other cases").first.wait_for()
        await page.goto(f"/cases/{case_id}/ruling")
        await page.get_by_role("radio", name=re.compile("Denied")).check()
        await page.locator("[name=reasons]").fill("I looked at the photos.")
        # As whoever drags the corner of the field leaves it.
        await page.locator("[name=reasons]").evaluate("one => { one.style.height = '300px' }")
        await page.get_by_role("button", name="Put in").click()
        await page.locator("[name=written_with]").wait_for(state="attached")
        assert "Jonas Weber asked for 189.00 EUR back" in await page.locator("[name=reasons]").input_value()
        assert await page.get_by_role("radio", name=re.compile("Denied")).is_checked()
        await looked_at(page, "ruling")

    async def test_what_changed_reads_in_every_window(self, rooms: Rooms) -> None:
        lobby = Lobby(rooms.office)
        ada = await writing(lobby, amount={"amount": 90000, "currency": "EUR"})
        where = _ruling(ada)
        case = where.removesuffix("/ruling")
        for amount, reasons in (("800", "The shade was broken."), ("750", "The shade came broken, and nobody denies it.")):
            await ada.open(where)
            await ada.send(where, **{**RULING, "amount.partly_refunded": amount, "reasons": reasons, "do": "send"})
            lead = await lobby.signed_in("cleo")
            if amount == "800":
                await lead.open(f"{case}/do/return_ruling")
                await lead.send(f"{case}/do/return_ruling", reasons="Too much.")
        page = await rooms.signed_in("Cleo")
        await page.goto(f"{case}#changes")
        await page.get_by_role("heading", name="What changed").wait_for()
        await looked_at(page, "changes")
