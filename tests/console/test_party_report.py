"""A report by anybody: a question a screen, nothing sent before the last, and machines kept away without asking anybody else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.party.language import Language, chosen
from console.party.report import GENERAL, categories_of
from domain.base import Side
from policies.loading import load_pack
from policies.skeleton import new_pack
from services import report_form
from services.report_form import listed
from tests.support.browsing import URL, Browser, Lobby
from tests.support.cases import shelf
from tests.support.office import Office, party

pytestmark = pytest.mark.postgres
OTHER = {"side": "respondent", "ref": "cabins", "name": "Nordkap Cabins", "email": "desk@nordkap.example"}


async def a_page(office: Office, kind: str = "payment_dispute", **more: Any) -> str:
    """The address of a form."""
    said = {
        "provider": "form",
        "kind": kind,
        "page": True,
        **({"respondent": OTHER} if kind == "payment_dispute" else {}),
        **more,
    }
    key = await office.key(scopes=("*", "admin"), person_id="per_dana")
    made = await office.desk(key).post("/v1/intake-sources", said)
    assert made.status_code == 201, made.text
    return f"/report/{made.json()['id']}"


def older(lobby: Lobby, path: str, by: timedelta) -> str:
    """The mark of a form that was begun so long ago."""
    source, at = path.rpartition("/")[2], (datetime.now(UTC) - by).isoformat().encode()
    return lobby.office.vault.seal_cursor(lobby.office.tenant_id, f"report-form/{source}", at).hex()


async def answered(lobby: Lobby, path: str, **said: str) -> Browser:
    """Somebody at the last screen of a form."""
    browser = lobby.browser()
    await browser.open(path)
    answers = {
        "category": "charged_twice", "statement": "My bank shows two charges on the same day.", "matter": "booking-7781",
        "amount": "312.50", "currency": "EUR", "email": "Amira@example.org", "name": "Amira", **said,
    }  # fmt: skip
    for names in (("category",), ("statement", "matter", "amount", "currency"), ("email", "name")):
        await browser.turn(path, **{name: answers[name] for name in names})
        assert browser.page is not None
        assert browser.page.status_code == 200, browser.words
    return browser


async def cases_of(office: Office) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await office.desk().get("/v1/cases")).json()["data"]
    return found


class TestTheForm:
    async def test_becomes_a_case_at_the_last_screen_with_a_number_and_a_link(self, lobby: Lobby) -> None:
        path = await a_page(lobby.office)
        browser = await answered(lobby, path)
        assert await cases_of(lobby.office) == []
        await browser.turn(path, mark=older(lobby, path, timedelta(minutes=2)))
        assert browser.page is not None
        assert browser.page.status_code == 200, browser.words
        (case,) = await cases_of(lobby.office)
        assert case["id"] in browser.html
        assert (case["kind"], case["category"], case["amount"]) == (
            "payment_dispute", "charged_twice", {"amount": 31250, "currency": "EUR"},
        )  # fmt: skip
        (way,) = re.findall(r'action="(/l/[0-9a-f]+)"', browser.html)
        await browser.send(way)
        await browser.follow()
        assert "My bank shows two charges" in browser.words

    async def test_the_same_form_sent_twice_is_one_case(self, lobby: Lobby) -> None:
        path = await a_page(lobby.office)
        browser = await answered(lobby, path)
        form = browser.form(path)
        said = {**form.fields, "mark": older(lobby, path, timedelta(minutes=2))}
        for _ in range(2):
            await browser.post(path, said)
            await browser.follow()
            assert "We have your report" in browser.words
        assert len(await cases_of(lobby.office)) == 1

    async def test_says_beside_the_field_what_is_wrong_and_how_far_off_it_is(self, lobby: Lobby) -> None:
        path = await a_page(lobby.office)
        browser = lobby.browser()
        await browser.open(path)
        page = await browser.turn(path)
        assert page.status_code == 422
        assert "Choose what fits best." in browser.words
        await browser.turn(path, category="not_received")
        page = await browser.turn(path, statement="Wrote twice.", amount="a lot")
        assert page.status_code == 422
        assert "at least 20 characters. You have 12." in browser.words
        assert "Write the amount in figures" in browser.words
        assert "Wrote twice." in browser.html
        await browser.turn(path, statement="I wrote to them twice and nobody answered.", amount="")
        page = await browser.turn(path, email="amira")
        assert "Write your whole e-mail address" in browser.words
        await browser.turn(path, email="a@b.example", back="yes")
        assert "I wrote to them twice" in browser.html

    async def test_takes_files_and_says_what_is_wrong_with_one(self, lobby: Lobby) -> None:
        path = await a_page(lobby.office)
        browser = await answered(lobby, path)
        said = {**browser.form(path).fields, "mark": older(lobby, path, timedelta(minutes=2))}
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": URL}
        for data, status in ((b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200), 415), (b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n", 200)):
            page = await browser.http.post(path, data=said, files={"files": ("statement.pdf", data)}, headers=headers)
            assert page.status_code == 303, page.text
            page = await browser.http.get(page.headers["location"])
            assert page.status_code in (status, 422 if status != 200 else 200), page.text
        assert len(await cases_of(lobby.office)) == 1

    async def test_keeps_what_was_answered_with_another_language_going_back_and_loading_again(self, lobby: Lobby) -> None:
        path = await a_page(lobby.office)
        browser = lobby.browser()
        await browser.open(path)
        await browser.turn(path, category="charged_twice")
        await browser.turn(path, statement="Two charges, and", amount="12", speak="de")
        assert 'lang="de"' in browser.html
        assert browser.form(path).fields["statement"] == "Two charges, and"
        await browser.turn(path, statement="Two charges, and only one booking.", speak="en")
        await browser.turn(path)
        # The window's own way back, and what it shows when it is loaded again: each screen has an address.
        for _ in range(2):
            page = await browser.open(f"{path}?step=what")
            assert page.status_code == 200
            assert browser.form(path).fields["statement"] == "Two charges, and only one booking."
        assert (await lobby.browser().open(f"{path}?step=what")).status_code == 200
        assert "only one booking" not in (await lobby.browser().open(f"{path}?step=what")).text

    async def test_works_without_cookies_too(self, lobby: Lobby) -> None:
        path = await a_page(lobby.office)
        browser = lobby.browser()
        await browser.open(path)
        browser.http.cookies.clear()
        page = await browser.send(path, category="charged_twice")
        assert page.status_code == 200
        page = await browser.send(path, statement="My bank shows two charges on the same day.")
        assert page.status_code == 200
        assert browser.form(path).fields["category"] == "charged_twice"

    async def test_whoever_leaves_by_the_quick_exit_leaves_nothing(self, lobby: Lobby) -> None:
        path = await a_page(lobby.office, kind="safety_incident")
        browser = lobby.browser()
        await browser.open(path)
        await browser.turn(path, category="assault")
        await browser.turn(path, statement="He would not let me pass.")
        await browser.open(f"{path}?step=what")
        assert "He would not let me pass." in browser.html
        (way,) = re.findall(r'id="quick-exit" href="([^"]+)"', browser.html)
        secret = dict(browser.http.cookies)
        page = await browser.open(way)
        assert page.headers["location"].startswith("https://www.wikipedia.org")
        browser.http.cookies.update(secret)
        await browser.open(f"{path}?step=what")
        assert "He would not let me pass." not in browser.html

    async def test_asks_which_time_they_live_by_and_takes_no_day_that_has_not_come(self, lobby: Lobby) -> None:
        path, office = await a_page(lobby.office), lobby.office
        browser = lobby.browser()
        await browser.open(path)
        await browser.turn(path, category="charged_twice")
        statement = "My bank shows two charges on the same day."
        page = await browser.turn(path, statement=statement, occurred="2127-01-01")
        assert page.status_code == 422
        assert "That day has not come yet" in browser.words
        assert 'href="#occurred"' in browser.html
        # A slip of the keys is a day of the past as any other.
        page = await browser.turn(path, statement=statement, occurred="0001-01-01")
        assert page.status_code == 200
        await browser.turn(path, email="amira@example.org", zone="America/New_York")
        await browser.turn(path, mark=older(lobby, path, timedelta(minutes=2)))
        (case,) = await cases_of(office)
        row = await office.views.case(office.tenant_id, case["id"])
        assert row is not None
        assert row.case is not None
        assert row.case.principals(Side.CLAIMANT)[0].zone == "America/New_York"

    async def test_is_there_only_where_somebody_opened_it(self, lobby: Lobby) -> None:
        closed = await a_page(lobby.office, page=False)
        for path in (closed, "/report/src_0", "/report/x"):
            page = await lobby.browser().open(path)
            assert page.status_code == 404, path


async def sent(lobby: Lobby, path: str, **said: str) -> tuple[Browser, str, str]:
    """Who has handed a report in: at the receipt, with the case and the way from there into it."""
    browser = await answered(lobby, path, **said)
    await browser.turn(path, mark=older(lobby, path, timedelta(minutes=2)))
    (case_id,) = set(re.findall(r"case_[0-9a-f-]{36}", browser.html))
    (way,) = re.findall(r'action="(/l/[0-9a-f]+)"', browser.html)
    return browser, case_id, way


async def by_letter(lobby: Lobby, case: dict[str, Any], side: str) -> Browser:
    """Whoever has what was sent to an address."""
    link = await lobby.office.parts().party_links.create(lobby.office.tenant_id, case["id"], party(case, side), "letter")
    browser = lobby.browser()
    await browser.open(f"/l/{link}")
    await browser.send(f"/l/{link}")
    await browser.follow()
    return browser


class TestAFormProvesNothing:
    async def test_whoever_typed_the_address_in_settles_nothing_and_the_true_one_does(self, lobby: Lobby) -> None:
        path, office = await a_page(lobby.office), lobby.office
        thief, case_id, way = await sent(lobby, path, matter="ORDER-915")
        await thief.send(way)
        await thief.follow()
        assert "Confirm your address first." in thief.words
        case = (await office.desk().get(f"/v1/cases/{case_id}")).json()
        shop = await by_letter(lobby, case, "respondent")
        await shop.open("/my/do/offer")
        await shop.send("/my/do/offer", amount="0.01", remedy="refund")
        await thief.open("/my")
        assert "0.01" not in thief.words
        assert 'aria-disabled="true"' in thief.html
        for deed in ("accept", "decline", "decision"):
            page = await thief.post(f"/my/do/{deed}", thief.form("/my/do/write").fields)
            assert page.status_code in (404, 409), deed
            await thief.open("/my")
        page = await thief.send("/my/do/write", text="I wait for it still.")
        assert page.status_code == 303
        # The link of the letter: whoever has it is the buyer, and the receipt is good for nothing from then on.
        buyer = await by_letter(lobby, case, "claimant")
        assert "Confirm your address first." not in buyer.words
        assert "0.01" in buyer.words
        page = await thief.open("/my")
        assert page.status_code == 403
        again = await lobby.browser().open(way)
        assert again.status_code == 410
        assert (await office.desk().get(f"/v1/cases/{case_id}")).json()["status"] == "open"

    async def test_the_true_ones_report_is_a_case_of_its_own_and_nothing_outside_tells_of_the_other(self, lobby: Lobby) -> None:
        path, office = await a_page(lobby.office), lobby.office
        _, first, _ = await sent(lobby, path, matter="ORDER-901")
        browser, second, way = await sent(lobby, path, matter="ORDER-901")
        assert first != second
        await browser.send(way)
        await browser.follow()
        assert "another case" not in browser.words
        said = (await office.desk().get(f"/v1/cases/{second}")).json()
        assert (said["status"], said.get("merged_into")) == ("open", None)

    async def test_the_form_sent_once_more_lets_nobody_in_once_the_address_is_proven(self, lobby: Lobby) -> None:
        path = await a_page(lobby.office)
        browser = await answered(lobby, path)
        said = {**browser.form(path).fields, "mark": older(lobby, path, timedelta(minutes=2))}
        await browser.post(path, said)
        (case,) = await cases_of(lobby.office)
        await by_letter(lobby, case, "claimant")
        await browser.post(path, said)
        await browser.follow()
        assert "We have your report" in browser.words
        assert "/l/" not in browser.html

    async def test_what_a_form_does_not_ask_it_does_not_take(self, lobby: Lobby) -> None:
        """The number of a booking, hidden in a form about danger, asked whether there is a case about it."""
        path, office = await a_page(lobby.office, kind="safety_incident"), lobby.office
        await office.desk().opened(kind="safety_incident", category="assault", matter="BK-5550")
        browser = lobby.browser()
        await browser.open(path)
        assert 'name="matter"' not in browser.html
        for said in ({"category": "assault"}, {"statement": "He would not let me pass."}, {"email": "lena@shop.example"}):
            await browser.post(path, {**browser.form(path).fields, **said, "matter": "BK-5550"})
            page = await browser.follow()
            assert page.status_code == 200
        await browser.post(
            path, {**browser.form(path).fields, "mark": older(lobby, path, timedelta(minutes=2)), "matter": "BK-5550"}
        )
        await browser.follow()
        (case_id,) = set(re.findall(r"case_[0-9a-f-]{36}", browser.html))
        row = await office.views.case(office.tenant_id, case_id)
        assert row is not None
        assert row.case is not None
        assert (row.case.open, row.case.merged_into, row.case.links) == (True, None, ())


class TestAgainstMachines:
    @pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=25), timedelta(hours=-1)])
    async def test_a_form_that_nobody_filled_in_by_hand_is_not_taken(self, lobby: Lobby, age: timedelta) -> None:
        path = await a_page(lobby.office)
        browser = await answered(lobby, path)
        await browser.turn(path, mark=older(lobby, path, age))
        assert browser.page is not None
        assert browser.page.status_code not in (200, 201)
        assert await cases_of(lobby.office) == []

    @pytest.mark.parametrize("said", [{"left_empty": "https://buy.example"}, {"mark": ""}, {"mark": "ff" * 40}, {"mark": "zz"}])
    async def test_nor_is_one_with_what_people_do_not_see_or_that_we_did_not_make(
        self, lobby: Lobby, said: dict[str, str]
    ) -> None:
        path = await a_page(lobby.office)
        browser = await answered(lobby, path)
        await browser.turn(path, **{"mark": older(lobby, path, timedelta(minutes=2)), **said})
        assert await cases_of(lobby.office) == []

    async def test_whose_program_fills_in_what_they_do_not_see_is_told_so_and_gets_through(self, lobby: Lobby) -> None:
        path = await a_page(lobby.office)
        browser = await answered(lobby, path)
        filled = {"left_empty": "https://amira.example"}
        await browser.turn(path, mark=older(lobby, path, timedelta(minutes=2)), **filled)
        assert "filled in a field that you do not see" in browser.words
        await browser.turn(path, **filled)
        assert len(await cases_of(lobby.office)) == 1

    async def test_a_mark_is_good_for_its_own_form_alone(self, lobby: Lobby) -> None:
        one, other = await a_page(lobby.office), await a_page(lobby.office)
        browser = await answered(lobby, one)
        await browser.send(one, mark=older(lobby, other, timedelta(minutes=2)))
        assert await cases_of(lobby.office) == []

    async def test_one_address_reports_a_few_times_an_hour(self, lobby: Lobby) -> None:
        path = await a_page(lobby.office)
        browser = lobby.browser()
        for number in range(report_form.FOR_ONE_ADDRESS + 1):
            browser = await answered(lobby, path, matter=f"booking-{number}")
            await browser.turn(path, mark=older(lobby, path, timedelta(minutes=2)))
        assert browser.page is not None
        assert browser.page.status_code == 429
        assert "That was too often" in browser.words
        assert len(await cases_of(lobby.office)) == report_form.FOR_ONE_ADDRESS

    async def test_is_sent_from_our_own_page_alone(self, lobby: Lobby) -> None:
        path = await a_page(lobby.office)
        page = await lobby.browser().post(path, {"at": "about"}, Sec_Fetch_Site="cross-site")
        assert page.status_code == 403


LISTED = "categories: {signs: {title: The signs}, speed: {title: The speed}, general: {title: Something else}}\n"


class TestAReportOfDanger:
    async def test_says_on_every_screen_whom_to_call_and_can_be_left_at_once(self, lobby: Lobby) -> None:
        path = await a_page(lobby.office, kind="safety_incident")
        browser = lobby.browser()
        await browser.open(path)
        for said in ({"category": "assault"}, {"statement": "He would not let me pass."}, {"email": "m@x.example"}, None):
            assert "call emergency services: 112" in browser.words
            assert 'id="quick-exit"' in browser.html
            if said is not None:
                await browser.turn(path, **said)
        assert "Not the other side." in browser.words


@pytest.mark.parametrize("kind", sorted(kind for kind, pack in shelf().packs.items() if pack.decision_elsewhere is None))
@pytest.mark.parametrize("words", [chosen("en"), chosen("de")], ids=lambda words: words.code)
def test_offers_every_category_by_which_a_case_is_urgent(kind: str, words: Language) -> None:
    """What has to be seen to sooner is one of the choices, in the words of each language."""
    pack = shelf().packs[kind]
    offered = categories_of(words, kind, listed(pack))
    urgent = {code for code, row in pack.categories.items() if row.priority is not None}
    # Nobody is asked for a death among the choices of a form.
    assert urgent - {"death"} <= offered.keys()
    assert GENERAL not in offered
    assert all(name and hint for name, hint in offered.values())


def test_of_a_kind_of_ones_own_it_offers_what_the_pack_lists() -> None:
    pack = load_pack(new_pack("road_fine", "Road fine").replace("# How urgent", LISTED + "# How urgent"), "road_fine")
    assert categories_of(chosen("de"), "road_fine", listed(pack)) == {"signs": ("The signs", ""), "speed": ("The speed", "")}
