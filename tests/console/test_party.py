"""A party's pages without a screen: its link, its case, each deed with a receipt, and nothing that it must not know."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.party.story import HEARING_DEEDS, hearing_of
from storage.access.party_links import PostgresPartyLinks
from storage.outside.party_letters import PostgresPartyLetters
from tests.support.appointments import agreed, in_review, proposed
from tests.support.browsing import URL, Browser, Lobby
from tests.support.cases import CLAIMANT, MEDIATOR
from tests.support.office import party
from tests.support.outside import CABIN, DANGER, by_link, link_of
from tests.support.statements import a_told_statement, an_appeal

pytestmark = pytest.mark.postgres


async def packed(browser: Browser) -> zipfile.ZipFile:
    """All that a party gets of its case."""
    return zipfile.ZipFile(io.BytesIO((await browser.open("/my/export")).content))


class TestTheLink:
    async def test_opens_once_and_by_a_press_alone(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        path = await link_of(lobby.office, case, "claimant")
        scanner, hers, another = lobby.browser(), lobby.browser(), lobby.browser()
        for _ in range(3):
            # Programs that look through mail: they open it and press nothing.
            await scanner.open(path)
            assert "charged twice" not in scanner.html
        await hers.open(path)
        await hers.send(path)
        await hers.follow()
        assert "You were charged twice for one booking" in hers.words
        await another.open(path)
        assert another.page is not None
        assert another.page.status_code == 410
        assert "Ask for a new one" in another.words
        await another.post(path, {})
        assert another.page.status_code == 410
        await another.open("/my")
        assert another.page.status_code == 403
        # She is not sent away by her own link.
        await hers.open(path)
        await hers.follow()
        assert hers.page is not None
        assert hers.page.status_code == 200

    async def test_answers_what_is_good_no_more_with_one_page_whatever_the_reason(self, lobby: Lobby) -> None:
        office = lobby.office
        case = await office.desk().opened(**CABIN)
        links = PostgresPartyLinks(office.database, office.vault)
        revoked, used = await link_of(office, case, "claimant"), await link_of(office, case, "claimant")
        await links.exchange(office.tenant_id, used.rpartition("/")[2], "")
        await links.revoke(office.tenant_id, case["id"], party(case, "claimant"), "per_dana")
        late = f"/l/{await links.create(office.tenant_id, case['id'], party(case, 'respondent'), 'letter', timedelta(0))}"
        browser, said = lobby.browser(), set()
        for path in (revoked, used, late):
            page = await browser.open(path)
            said.add((page.status_code, browser.html.replace(path, "")))
        assert len(said) == 1
        page = await browser.open(f"/l/{'0' * 48}")
        assert page.status_code == 410
        for path in ("/l/x", "/l/..%2f..%2fmy", f"/l/{'g' * 48}"):
            assert (await browser.open(path)).status_code in (404, 410)

    async def test_shows_its_own_case_and_no_other(self, lobby: Lobby) -> None:
        desk = lobby.office.desk()
        mine = await desk.opened(**CABIN)
        other = await desk.opened(**{**CABIN, "external_id": "H-2", "matter": "m-2", "subject": "Something else"})
        browser = await by_link(lobby, mine, "claimant")
        other_file = await desk.http.post(
            f"/v1/cases/{other['id']}/files?name=a.txt", content=b"secret", headers={"Content-Type": "text/plain"}
        )
        for path in (
            f"/my/files/{other_file.json().get('id', 'fil_x')}",
            f"/cases/{other['id']}",
            f"/cases/{mine['id']}",
            "/inbox",
        ):
            page = await browser.open(path)
            assert page.status_code in (303, 403, 404), path
            assert "Something else" not in browser.html

    async def test_whoever_leaves_a_page_of_a_danger_quickly_is_signed_out_and_it_has_a_name_that_says_nothing(
        self, lobby: Lobby
    ) -> None:
        case = await lobby.office.desk().opened(**DANGER)
        browser = await by_link(lobby, case, "claimant")
        for path in ("/my", "/my/do/hand-in", "/my/devices"):
            await browser.open(path)
            (title,) = re.findall(r"<title>(.*?)</title>", browser.html)
            assert re.search(rf'class="brand".*</span>{title}</span>', browser.html), (path, title)
        (way,) = re.findall(r'id="quick-exit" href="([^"]+)"', browser.html)
        secret = dict(browser.http.cookies)
        await browser.http.get(way, headers={"Sec-Fetch-Site": "cross-site"})
        browser.http.cookies.update(secret)
        assert (await browser.open("/my")).status_code == 200, "a link on another site signs nobody out"
        page = await browser.open(way)
        assert page.headers["location"].startswith("https://www.wikipedia.org")
        browser.http.cookies.update(secret)
        assert (await browser.open("/my")).status_code == 403

    async def test_ends_when_the_team_revokes_it_or_its_party_leaves(self, lobby: Lobby) -> None:
        office = lobby.office
        case = await office.desk().opened(**CABIN)
        browser = await by_link(lobby, case, "claimant")
        links = PostgresPartyLinks(office.database, office.vault)
        await links.revoke(office.tenant_id, case["id"], party(case, "claimant"), "per_dana")
        assert (await browser.open("/my")).status_code == 403
        again = await by_link(lobby, case, "claimant")
        await again.open("/my")
        await again.send("/my/leave")
        assert "You are signed out" in again.words
        assert (await again.open("/my")).status_code == 403

    async def test_is_taken_from_our_own_page_alone(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        path = await link_of(lobby.office, case, "claimant")
        browser = lobby.browser()
        page = await browser.post(path, {}, Sec_Fetch_Site="cross-site", Origin="https://evil.example")
        assert page.status_code == 403
        assert not page.headers.get("set-cookie")


class TestTheTeam:
    async def test_sees_what_became_of_links_sends_new_ones_and_takes_them_back(self, lobby: Lobby) -> None:
        office = lobby.office
        await office.works("ada", "payments")
        case = await office.desk().in_review(**CABIN)
        hers = await by_link(lobby, case, "claimant")
        ada = await lobby.signed_in("ada")
        where = f"/cases/{case['id']}/party-links"
        await ada.open(where)
        assert "used" in ada.words
        await ada.post(where, {**ada.form(where).fields, "party": party(case, "claimant"), "do": "send"})
        await ada.follow()
        assert "A new link is on its way" in ada.words
        letters = await PostgresPartyLetters(office.database, office.vault).due(20)
        assert [one.address for one in letters if one.tenant_id == office.tenant_id] == ["amira@example.org"]
        await ada.post(where, {**ada.form(where).fields, "party": party(case, "claimant"), "do": "revoke"})
        await ada.follow()
        assert "Taken back" in ada.words
        assert (await hers.open("/my")).status_code == 403

    async def test_sends_nothing_to_who_was_not_told(self, lobby: Lobby) -> None:
        office = lobby.office
        await office.works("ada", "safety")
        case = await office.desk().opened(**DANGER)
        ada = await lobby.signed_in("ada")
        where = f"/cases/{case['id']}/party-links"
        await ada.open(where)
        assert "They do not know of this case" in ada.words
        page = await ada.post(where, {**ada.form(where).fields, "party": party(case, "respondent"), "do": "send"})
        assert page.status_code == 403
        letters = await PostgresPartyLetters(office.database, office.vault).due(20)
        assert [one for one in letters if one.tenant_id == office.tenant_id] == []


class TestThePlatform:
    async def test_leads_its_own_users_to_their_page_and_nobody_to_another_ones(self, lobby: Lobby) -> None:
        office = lobby.office
        case, danger = await office.desk().opened(**CABIN), await office.desk().opened(**DANGER)

        async def made(of: dict[str, Any], whose: str, key: str = "platform") -> Any:
            return await office.desk(key).post(f"/v1/cases/{of['id']}/party-links", {"party": whose})

        answer = await made(case, party(case, "claimant"))
        assert answer.status_code == 201, answer.text
        path = answer.json()["path"]
        browser = lobby.browser()
        await browser.open(path)
        await browser.send(path)
        await browser.follow()
        assert "charged twice" in browser.words
        for of, whose, key, status in (
            (danger, party(danger, "respondent"), "platform", 404),
            (case, party(danger, "claimant"), "platform", 404),
            (case, party(case, "claimant"), "ada", 403),
            (case, "pty_nobody", "platform", 404),
        ):
            assert (await made(of, whose, key)).status_code == status, (whose, key)


class TestALostLink:
    async def test_says_the_same_whether_there_is_a_case_or_not(self, lobby: Lobby) -> None:
        office = lobby.office
        await office.desk().opened(**CABIN)
        browser, said = lobby.browser(), set()
        tried = (("H-20440", "amira@example.org"), ("H-20440", "x@else.example"), ("ffffffff", "amira@example.org"))
        for number, address in tried:
            await browser.open(f"/lost/{office.tenant_id}")
            page = await browser.send(f"/lost/{office.tenant_id}", number=number, address=address)
            said.add((page.status_code, page.text))
        assert len(said) == 1
        async with office.database.tenant(office.tenant_id) as conn:
            kept = [row["number"] for row in await conn.fetch("SELECT number FROM party_link_requests")]
        assert len(kept) == len(tried)
        assert not [one for one in kept if "H-20440" in one or "ffffffff" in one], "whatever is written there is sealed"
        letters = [
            one for one in await PostgresPartyLetters(office.database, office.vault).due(20) if one.tenant_id == office.tenant_id
        ]
        assert [one.address for one in letters] == ["amira@example.org"]
        assert letters[0].code is not None
        await browser.open(f"/l/{letters[0].code}")
        await browser.send(f"/l/{letters[0].code}")
        await browser.follow()
        assert "charged twice" in browser.words

    async def test_goes_on_saying_the_same_to_who_asks_too_often_and_sends_nothing(self, lobby: Lobby) -> None:
        office = lobby.office
        await office.desk().opened(**CABIN)
        browser, said = lobby.browser(), set()
        for _ in range(8):
            page = await browser.post(f"/lost/{office.tenant_id}", {"number": "H-20440", "address": "amira@example.org"})
            said.add((page.status_code, page.text))
        assert len(said) == 1
        letters = [
            one for one in await PostgresPartyLetters(office.database, office.vault).due(20) if one.tenant_id == office.tenant_id
        ]
        # Each ended the one before, which had not gone out yet: one letter, with the link that is good.
        assert len(letters) == 1

    async def test_tells_who_is_accused_nothing_before_they_are_told(self, lobby: Lobby) -> None:
        office = lobby.office
        case = await office.desk().opened(**DANGER)
        browser = lobby.browser()
        await browser.post(f"/lost/{office.tenant_id}", {"number": case["id"], "address": "udo@example.org"})
        letters = [
            one for one in await PostgresPartyLetters(office.database, office.vault).due(20) if one.tenant_id == office.tenant_id
        ]
        assert letters == []

    async def test_says_what_is_missing(self, lobby: Lobby) -> None:
        browser = lobby.browser()
        page = await browser.post(f"/lost/{lobby.office.tenant_id}", {"number": "", "address": "amira"})
        assert page.status_code == 422
        assert "Write the number of the case." in browser.words
        assert "Write your whole e-mail address" in browser.words
        assert (await browser.open("/lost/nobody")).status_code == 404


class TestTheCase:
    async def test_an_answer_to_an_offer_that_is_another_one_now_says_what_it_was_and_is(self, lobby: Lobby) -> None:
        desk = lobby.office.desk()
        case = await desk.opened(**CABIN)
        respondent = party(case, "respondent")
        await desk.command(case["id"], "offer", respondent, remedy="refund", amount={"amount": 28000, "currency": "EUR"})
        browser = await by_link(lobby, case, "claimant")
        stale = browser.form("/my/do/accept")
        await desk.command(case["id"], "offer", respondent, remedy="refund", amount={"amount": 2000, "currency": "EUR"})
        page = await browser.post(stale.action, stale.fields)
        assert page.status_code == 409
        assert "The offer is another one now: it was €280.00 (Money back), and is €20.00 (Money back)." in browser.words
        await browser.open("/my")
        assert "Accept €20.00" in browser.words, "nothing was answered"

    async def test_says_whose_turn_it_is_until_when_and_what_follows_otherwise(self, lobby: Lobby) -> None:
        desk = lobby.office.desk()
        case = await desk.opened(**CABIN)
        await desk.command(
            case["id"], "offer", party(case, "respondent"), remedy="refund", amount={"amount": 28000, "currency": "EUR"},
            text="We keep the bank fee of €32.50.",
        )  # fmt: skip
        browser = await by_link(lobby, case, "claimant")
        for said in (
            "It is your turn", "The other side has made you an offer", "Accept €280.00", "of the €312.50",
            "Neither side can change it afterwards", "somebody at Test who takes neither side", "(Paris)",
            "The other side, and the people at Test who work on the case", "We keep the bank",
        ):  # fmt: skip
            assert said in browser.words, said
        await browser.send("/my/do/accept")
        await browser.follow()
        assert "You have accepted" in browser.words
        await browser.open("/my")
        assert "You have settled it" in browser.words

    async def test_each_deed_says_what_follows_before_it_and_has_a_receipt(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        browser = await by_link(lobby, case, "claimant")
        await browser.send("/my/do/write", text="I booked only once, look:\n<b>here</b>", to="all")
        await browser.follow()
        assert "Your message was sent" in browser.words
        assert "&lt;b&gt;here&lt;/b&gt;" in browser.html
        for deed, sent in (
            ("more-time", {"text": "I need more time, because I am away."}),
            ("offer", {"remedy": "refund", "amount": "300.50"}),
        ):
            await browser.open(f"/my/do/{deed}")
            assert "What follows" in browser.words
            await browser.send(f"/my/do/{deed}", **sent)
            await browser.follow()
            assert "Receipt" in browser.html
        await browser.open("/my/do/decision")
        await browser.send("/my/do/decision")
        await browser.follow()
        await browser.open("/my")
        assert "Test is working on it" in browser.words

    async def test_a_hearing_is_answered_moved_and_commented_on(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        desk = lobby.office.desk("ada")
        first, second = ((datetime.now(UTC) + timedelta(days=day)).isoformat(timespec="seconds") for day in (3, 4))
        await lobby.office.desk("dana").command(case["id"], "assign", "per_dana", owner="per_ada")
        said = {"times": [first, second], "about": "We call you both."}
        answer = await desk.command(case["id"], "propose_appointment", "per_ada", **said)
        assert answer.status_code == 200, answer.text
        browser = await by_link(lobby, case, "claimant")
        await browser.open("/my")
        assert "which time suits you?" in browser.words
        assert "We call you both." in browser.words
        await browser.open("/my/do/hearing")
        await browser.send("/my/do/hearing", times=first, joint="yes")
        await browser.follow()
        assert "Your answer was noted" in browser.words
        assert "Times that you named" in browser.words
        assert "Do you agree to meet the other side? I agree" in browser.words
        await browser.open("/my/do/hearing-move")
        await browser.send("/my/do/hearing-move", text="I am at work then.")
        assert "Name at least one time." in browser.words
        await browser.send("/my/do/hearing-move", text="I am at work then.", times="2099-01-01T10:00")
        assert browser.page is not None
        assert browser.page.status_code == 422
        # What they had typed and ticked is still there, and the note is read out.
        assert browser.html.count('value="2099-01-01T10:00"') == 1
        assert re.search(r'id="why-problem" tabindex="-1" autofocus', browser.html)
        await browser.open("/my/do/hearing")
        page = await browser.send("/my/do/hearing", times=[second, "soon"], joint="no")
        assert page.status_code == 422
        assert re.search(r'name="times" value="[^"]+" checked>', browser.html)
        assert browser.html.count('value="no" checked') == 1
        # What was shown is answered, and not what came in its place meanwhile.
        await browser.open("/my/do/hearing")
        assert (await desk.command(case["id"], "cancel_appointment", "per_ada", reasons="No room.")).status_code == 200
        assert (await desk.command(case["id"], "propose_appointment", "per_ada", **said)).status_code == 200
        page = await browser.send("/my/do/hearing", times=first, joint="yes")
        assert page.status_code == 409, browser.words
        (old, new) = (await desk.get(f"/v1/cases/{case['id']}")).json()["appointments"]
        assert browser.form("/my/do/hearing").fields["appointment"] == new["id"] != old["id"]
        assert new["answers"] == []
        await browser.open("/my")
        off, now = browser.html.index('id="hearings-off"'), browser.html.index('id="hearing-1"')
        assert now < browser.html.index('id="h-next"') < off, "what does not take place is below what is ahead"
        assert browser.html.count('<h2 id="h-hearing-') == 1
        team = await lobby.signed_in("ada")
        await team.open(f"/cases/{case['id']}")
        assert "Call with both sides" in team.words
        assert team.html.index('id="hearing-1"') < team.html.index('id="messages"') < team.html.index('id="hearings-off"')
        assert "Hearings and calls that do not take place (1)" in team.words
        await team.open(f"/cases/{case['id']}/do/propose_appointment")
        assert team.html.count('type="datetime-local"') == 3

    async def test_times_named_without_a_yes_are_noted_and_the_other_sides_page_and_file_stay_as_they_were(
        self, lobby: Lobby
    ) -> None:
        office = lobby.office
        case = await office.desk().opened(**DANGER)
        await office.works("ada", "safety")
        ada = office.desk("ada")
        assert (await ada.post(f"/v1/cases/{case['id']}/take")).status_code == 200
        assert (await ada.command(case["id"], "disclose", text="Somebody felt followed.")).status_code == 200
        times = [(datetime.now(UTC) + timedelta(days=day)).isoformat(timespec="seconds") for day in (3, 4)]
        answer = await ada.command(case["id"], "propose_appointment", times=times, about="We call you both.")
        assert answer.status_code == 200, answer.text
        hers, his = await by_link(lobby, case, "claimant"), await by_link(lobby, case, "respondent")

        async def seen() -> tuple[str, Any]:
            await his.open("/my")
            words = his.words
            whole = json.loads((await packed(his)).read("case.json"))
            return words, {name: whole[name] for name in ("case", "texts", "what_happened")}

        before = await seen()
        await hers.open("/my/do/hearing-move")
        assert "That is no yes to a meeting" in hers.words
        other = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT10:00")
        await hers.send("/my/do/hearing-move", text="I see my doctor then.", times=other)
        await hers.follow()
        assert "Your times were noted" in hers.words
        assert "I see my doctor then." in hers.words
        assert await seen() == before

    def test_a_comment_is_on_the_newest_protocol_whatever_is_ahead(self) -> None:
        life = agreed(in_review()).later(timedelta(days=5)).says(MEDIATOR, "record_appointment", protocol="Both were heard.")
        said = proposed(life).seen_by(CLAIMANT)
        held, ahead = (one.id for one in life.case.appointments)
        found = {deed: hearing_of(said, deed) for deed in HEARING_DEEDS}
        assert {deed: one.id for deed, one in found.items() if one} == {
            "hearing": ahead, "hearing-move": ahead, "hearing-comment": held,
        }  # fmt: skip

    async def test_the_file_has_no_text_of_what_only_the_other_side_was_told(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        await lobby.office.desk("dana").command(case["id"], "assign", "per_dana", owner="per_ada")
        desk, at = lobby.office.desk("ada"), (datetime.now(UTC) + timedelta(days=3)).isoformat(timespec="seconds")
        said = {"times": [at], "about": "We call you alone.", "sides": "claimant"}
        answer = await desk.command(case["id"], "propose_appointment", "per_ada", **said)
        assert answer.status_code == 200, answer.text
        for side, reads in (("claimant", True), ("respondent", False)):
            browser = await by_link(lobby, case, side)
            await browser.open("/my/export")
            assert browser.page is not None
            with zipfile.ZipFile(io.BytesIO(browser.page.content)) as packed:
                whole = packed.read("case.json").decode()
            assert ("We call you alone." in whole) is reads, side

    async def test_keeps_what_was_written_when_something_is_wrong(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        browser = await by_link(lobby, case, "claimant")
        await browser.open("/my/do/offer")
        page = await browser.send("/my/do/offer", remedy="refund", amount="much", text="Please.")
        assert page.status_code == 422
        assert "Write the amount in figures" in browser.words
        assert "Please." in browser.html
        page = await browser.send("/my/do/offer", form_token="other")
        assert "Go back and try again" in browser.words

    async def test_a_second_press_does_nothing_twice(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        browser = await by_link(lobby, case, "claimant")
        form = browser.form("/my/do/write")
        said = {**form.fields, "text": "Once.", "to": "all"}
        first, second = [await browser.post("/my/do/write", said) for _ in range(2)]
        assert first.headers["location"] == second.headers["location"]
        await browser.open("/my")
        assert browser.words.count("Once.") == 1

    async def test_names_the_order_what_it_was_reported_as_and_when_it_happened_on_both_sides(self, lobby: Lobby) -> None:
        when = {"category": "charged_twice", "occurred_at": "2026-11-02T12:00:00Z"}
        case = await lobby.office.desk().opened(**CABIN, **when)
        for side, own in (("claimant", "amira@example.org"), ("respondent", "desk@nordkap.example")):
            browser = await by_link(lobby, case, side)
            for said in ("booking-7781", "Charged twice", "Mon, 2 Nov 2026"):
                assert said in browser.words, (side, said)
            whole = json.loads((await packed(browser)).read("case.json"))
            assert (whole["matter"], whole["you"]["email"]) == ("booking-7781", own)

    async def test_says_what_is_granted_before_and_after(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        shop = await by_link(lobby, case, "respondent")
        await shop.open("/my/do/grant")
        assert "The other side gets €312.50 Money back" in shop.words
        await shop.send("/my/do/grant")
        await shop.follow()
        assert "€312.50 Money back" in shop.words
        for side in ("claimant", "respondent"):
            browser = await by_link(lobby, case, side)
            assert "What you have agreed on €312.50 Money back agreed" in browser.words, side

    async def test_more_than_can_be_given_is_said_with_how_much_that_is_beside_its_field(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        browser = await by_link(lobby, case, "respondent")
        await browser.open("/my/do/offer")
        page = await browser.send("/my/do/offer", remedy="refund", amount="999", text="Please.")
        assert page.status_code in (409, 422)
        assert "€312.50 at most" in browser.words
        assert [name for name in ("amount", "text") if re.search(rf'id="{name}"[^>]*aria-invalid', browser.html)] == ["amount"]
        assert "<title>Error:" in browser.html

    async def test_a_receipt_proves_what_was_sent(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        browser = await by_link(lobby, case, "claimant")
        await browser.open("/my/do/offer")
        await browser.send("/my/do/offer", remedy="refund", amount="300.50")
        await browser.follow()
        year = str(datetime.now(UTC).year)
        for said in ("€300.50", "Money back", case["id"][-8:], year, "(Paris, UTC+0"):
            assert said in browser.words, said
        await browser.open("/my/do/hand-in")
        said = {**browser.form("/my/do/hand-in").fields, "text": "The bank's list.", "to": "all"}
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": URL}
        data = b"2 x 312.50"
        page = await browser.http.post("/my/do/hand-in", data=said, files={"files": ("bank%22s list.txt", data)}, headers=headers)
        await browser.open(page.headers["location"])
        assert "bank&#34;s list.txt" in browser.html
        assert hashlib.sha256(data).hexdigest() in browser.html

    async def test_what_was_begun_is_kept_with_another_language_and_another_page(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        browser, other = await by_link(lobby, case, "claimant"), await by_link(lobby, case, "respondent")
        form = browser.form("/my/do/write")
        await browser.post("/my/keep/write", {**form.fields, "text": "Half a sen", "to": "desk", "speak": "de"})
        await browser.follow()
        assert 'lang="de"' in browser.html
        assert browser.form("/my/do/write").fields["text"] == "Half a sen"
        assert browser.form("/my/do/write").fields["to"] == "desk"
        await other.open("/my")
        assert "Half a sen" not in other.html
        await browser.send("/my/do/write", text="Half a sentence, and the other half.")
        await browser.open("/my")
        assert browser.form("/my/do/write").fields["text"] == ""
        await browser.open("/my/do/offer")
        await browser.post("/my/keep/offer", {**browser.form("/my/do/offer").fields, "amount": "12", "speak": "en"})
        await browser.follow()
        assert browser.form("/my/do/offer").fields["amount"] == "12"
        begun = json.loads((await packed(browser)).read("case.json"))["begun"]
        assert begun["offer"]["amount"] == "12"
        assert "write" not in begun, "it was sent"
        for way in ("/my/keep/nothing", "/my/keep/write"):
            page = await lobby.browser().post(way, {"text": "x"})
            assert page.status_code == 403, way

    async def test_everything_of_theirs_in_one_file(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        browser = await by_link(lobby, case, "claimant")
        await browser.send("/my/do/write", text="My own words.", to="desk")
        page = await browser.open("/my/export")
        with zipfile.ZipFile(io.BytesIO(page.content)) as packed:
            whole = json.loads(packed.read("case.json"))
        assert "My own words." in json.dumps(whole)
        assert whole["you"]["side"] == "claimant"
        other = await by_link(lobby, case, "respondent")
        with zipfile.ZipFile(io.BytesIO((await other.open("/my/export")).content)) as packed:
            assert b"My own words." not in packed.read("case.json")

    async def test_the_file_has_every_file_that_a_page_opens(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": URL}
        browsers = {side: await by_link(lobby, case, side) for side in ("claimant", "respondent")}
        for side, browser in browsers.items():
            for to in ("all", "desk"):
                await browser.open("/my/do/hand-in")
                said = {**browser.form("/my/do/hand-in").fields, "text": f"{side} to {to}", "to": to}
                files = {"files": (f"{side}-{to}.txt", f"{side} {to}".encode())}
                page = await browser.http.post("/my/do/hand-in", data=said, files=files, headers=headers)
                assert page.status_code == 303, page.text
        for browser in browsers.values():
            await browser.open("/my")
            ways = set(re.findall(r"/my/files/fil_[0-9a-z-]+", browser.html))
            opened = {(await browser.http.get(way)).content for way in ways}
            whole = await packed(browser)
            assert {whole.read(name) for name in whole.namelist() if name.startswith("files/")} == opened
            assert len(opened) == 3


class TestWhoeverIsBeside:
    async def test_reads_you_of_nobody_elses_deeds_and_for_whom_they_are_here(self, lobby: Lobby) -> None:
        desk = lobby.office.desk()
        beside = [
            {"side": "claimant", "role": "representative", "ref": "carl", "name": "Carl", "email": "carl@law.example"},
            {"side": "respondent", "role": "witness", "ref": "wil", "name": "Wil", "email": "wil@example.org"},
        ]
        case = await desk.opened(**{**CABIN, "parties": [*CABIN["parties"], *beside]})
        links = PostgresPartyLinks(lobby.office.database, lobby.office.vault)
        for role, here in (("representative", "You are here for somebody else"), ("witness", "You are here as a witness")):
            (one,) = [party["id"] for party in case["parties"] if party["role"] == role]
            path, browser = f"/l/{await links.create(lobby.office.tenant_id, case['id'], one, 'letter')}", lobby.browser()
            await browser.open(path)
            await browser.send(path)
            await browser.follow()
            assert here in browser.words, role
            assert "You reported it" not in browser.words
            assert ("It is your turn" in browser.words) == (role == "representative")
            assert ("The two sides and Test go on with it" in browser.words) == (role == "witness")

    async def test_a_child_reads_what_is_offered_and_who_answers_it(self, lobby: Lobby) -> None:
        desk = lobby.office.desk()
        child = {**CABIN["parties"][0], "minor": True}
        guardian = {"side": "claimant", "role": "representative", "ref": "gina", "name": "Gina", "email": "gina@example.org"}
        case = await desk.opened(**{**CABIN, "parties": [child, CABIN["parties"][1], guardian]})
        amount = {"amount": 28000, "currency": "EUR"}
        answer = await desk.command(case["id"], "offer", party(case, "respondent"), remedy="refund", amount=amount)
        assert answer.status_code == 200, answer.text
        # What it writes for the desk its guardian does not read, and the page says so where it stands.
        wrote = await desk.command(case["id"], "message", party(case, "claimant"), text="I am afraid of Gina.", to="desk")
        assert wrote.status_code == 200, wrote.text
        browser = await by_link(lobby, case, "claimant")
        assert "Only the people who work on the case read this, and nobody else." in browser.words
        assert "Only your side" not in browser.words
        for said in ("It is not your turn", "whoever represents you answers it", "€280.00", "You need not answer it"):
            assert said in browser.words, said
        assert "Accept" not in browser.words


class TestTheDecision:
    async def test_says_what_the_letter_says_of_the_clause_the_machines_and_where_to_complain(self, lobby: Lobby) -> None:
        case = await a_told_statement(lobby.office)
        author = await by_link(lobby, case, "respondent")
        for said in (
            "The facts that it rests on", "asks its readers to go to an address.", "The rule that it is against, and why",
            "Community rules, section 3", "Calls to violence are not allowed.", "People found it, and people decided.",
            "It was looked at because somebody gave notice of it.", "certified out-of-court dispute settlement body",
            "you can go to court at any time", "It calls for violence.",
        ):  # fmt: skip
            assert said in author.words, said
        reporter = await by_link(lobby, case, "claimant")
        assert "Community rules, section 3" not in reporter.words
        assert "certified out-of-court dispute settlement body" in reporter.words

    async def test_of_one_that_was_made_elsewhere_says_what_came_along_and_that_the_rest_did_not(self, lobby: Lobby) -> None:
        author = await by_link(lobby, await an_appeal(lobby.office), "claimant")
        for said in (
            "A machine decided.", "The decision was made before the case came here.",
            "certified out-of-court dispute settlement body",
        ):  # fmt: skip
            assert said in author.words, said
        ours = await by_link(lobby, await a_told_statement(lobby.office), "respondent")
        assert "before the case came here" not in ours.words


class TestAnUndisclosedIncident:
    async def test_the_reporter_sees_it_and_the_accused_nothing_at_all(self, lobby: Lobby) -> None:
        office = lobby.office
        case = await office.desk().opened(**DANGER)
        hers = await by_link(lobby, case, "claimant")
        assert "The other side does not know of it yet" in hers.words
        assert "Leave this page" in hers.words
        assert "112 in Europe" in hers.words
        assert re.search(r"Test writes to you by .*, also when there is nothing new", hers.words)
        his = lobby.browser()
        path = await link_of(office, case, "respondent")
        await his.open(path)
        await his.send(path)
        await his.follow()
        assert his.page is not None
        assert his.page.status_code == 404
        nothing = his.html
        for word in ("door", "Mara", "danger", "safety", case["id"][-8:]):
            assert word not in nothing, word
        for way in ("/my/export", "/my/do/write", "/my/receipts/cmd_1", "/my/files/fil_1"):
            page = await his.open(way)
            assert page.status_code == 404, way
        page = await his.post("/my/do/write", {"text": "What is this?"})
        assert page.status_code in (403, 404)
        assert page.headers.get("server-timing") is None
        assert URL


class TestLanguages:
    async def test_a_party_reads_its_own_language_and_can_change_it(self, lobby: Lobby) -> None:
        parties = [{**one, "locale": "de"} for one in CABIN["parties"]]
        case = await lobby.office.desk().opened(**{**CABIN, "parties": parties})
        browser = await by_link(lobby, case, "claimant")
        assert 'lang="de"' in browser.html
        assert "Streit um eine Zahlung" in browser.words
        await browser.open("/language/en?back=/my")
        await browser.follow()
        assert "Payment dispute" in browser.words
        page = await browser.open("/language/de?back=https://evil.example/")
        assert page.headers["location"] == "/"
