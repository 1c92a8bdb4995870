"""Many cases at once: what becomes of an order in each, and a list as a table."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import urlencode

import pytest

from tests.support.browsing import Browser, Lobby
from tests.support.lamp import in_claim
from tests.support.rooms import Rooms, looked_at

pytestmark = pytest.mark.postgres


async def three(lobby: Lobby) -> list[str]:
    """Three lamps."""
    return [(await in_claim(lobby.office, matter=f"order-{n}", external_id=f"H-{n}"))["id"] for n in range(3)]


async def ticked(browser: Browser, command: str, ids: list[str]) -> None:
    """The form of an order to these cases, as the list sends it."""
    await browser.open("/inbox?view=all")
    said = {**browser.form("/bulk").fields, "command": command}
    await browser.post("/bulk", {**said, "case": ids})


class TestOrders:
    async def test_each_case_says_what_became_of_it(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        ids = await three(lobby)
        dana = await lobby.signed_in("dana")
        await ticked(dana, "assign", ids)
        assert "Give to a colleague: 3 cases" in dana.words
        form = dana.form("/bulk/send")
        sent = {**form.fields, "case": ids, "owner": "per_ada"}
        await dana.post("/bulk/send", sent)
        first = dana.page.headers["location"] if dana.page else ""
        await dana.follow()
        assert "done in 3 of 3" in dana.words
        await dana.post("/bulk/send", sent)
        assert dana.page is not None
        assert dana.page.headers["location"] == first, "pressed twice, it is one order"
        ada = await lobby.signed_in("ada")
        await ada.open("/inbox")
        assert all(f"H-{n}" in ada.words for n in range(3))

    async def test_no_colleague_chosen_takes_nobodys_cases_away_and_the_queue_is_a_choice(self, lobby: Lobby) -> None:
        ids = await three(lobby)
        dana = await lobby.signed_in("dana")
        await ticked(dana, "assign", ids)
        await dana.post("/bulk/send", {**dana.form("/bulk/send").fields, "case": ids, "owner": "per_ada"})
        await ticked(dana, "assign", ids)
        page = await dana.post("/bulk/send", {**dana.form("/bulk/send").fields, "case": ids, "owner": ""})
        assert page.status_code == 422
        cases = [await lobby.office.desk("dana").get(f"/v1/cases/{one}") for one in ids]
        assert {one.json()["owner"] for one in cases} == {"per_ada"}
        await dana.post("/bulk/send", {**dana.form("/bulk/send").fields, "case": ids, "owner": "queue"})
        await dana.follow()
        assert "done in 3 of 3" in dana.words
        assert dana.words.count("Ada had it before") == 3
        cases = [await lobby.office.desk("dana").get(f"/v1/cases/{one}") for one in ids]
        assert {one.json().get("owner") for one in cases} == {None}

    async def test_a_look_first_says_who_would_refuse_it_and_sends_nothing(self, lobby: Lobby) -> None:
        ids = await three(lobby)
        closed = await lobby.office.desk().command(ids[0], "withdraw", await _claimant(lobby, ids[0]))
        assert closed.status_code == 200, closed.text
        dana = await lobby.signed_in("dana")
        await ticked(dana, "snooze", ids)
        form = dana.form("/bulk/send")
        said = {**form.fields, "case": ids, "until": "2099-01-01T09:00", "reason": "waits", "do": "look"}
        await dana.post("/bulk/send", said)
        assert "It would go to 2 cases" in dana.words, dana.words
        assert "1 are left out" in dana.words
        async with lobby.office.database.tenant(lobby.office.tenant_id) as conn:
            assert await conn.fetchval("SELECT count(*) FROM commands WHERE type = 'snooze'") == 0

    async def test_a_case_that_refuses_says_why_and_holds_up_no_other(self, lobby: Lobby) -> None:
        ids = await three(lobby)
        closed = await lobby.office.desk().command(ids[0], "withdraw", await _claimant(lobby, ids[0]))
        assert closed.status_code == 200, closed.text
        dana = await lobby.signed_in("dana")
        await ticked(dana, "assign", [*ids[1:], ids[0], "case_0198c5a0-0000-7000-8000-00000000dead"])
        # Ben is in no queue of payments, which an assignment does not mind; nobody called Zoe works here.
        form = dana.form("/bulk/send")
        await dana.post("/bulk/send", {**form.fields, "case": ids, "owner": "per_zoe"})
        await dana.follow()
        assert "done in 0 of" in dana.words
        assert "refused" in dana.words
        await ticked(dana, "assign", ids)
        await dana.post("/bulk/send", {**dana.form("/bulk/send").fields, "case": ids, "owner": "per_ben"})
        await dana.follow()
        assert "done in 2 of 2" in dana.words
        assert "1 were left out" in dana.words

    async def test_what_is_missing_or_nothing_ticked_comes_back(self, lobby: Lobby) -> None:
        ids = await three(lobby)
        dana = await lobby.signed_in("dana")
        await ticked(dana, "assign", [])
        await dana.follow()
        assert "No case is ticked." in dana.words
        assert ids[0] in dana.html
        await ticked(dana, "request_evidence", ids[:1])
        answer = await dana.post("/bulk/send", {**dana.form("/bulk/send").fields, "case": ids[:1]})
        assert answer.status_code == 422
        assert ids[0] in dana.html

    async def test_nothing_is_ruled_so_and_mediators_give_no_orders_to_many(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        ids = await three(lobby)
        dana, ada = await lobby.signed_in("dana"), await lobby.signed_in("ada")
        await dana.open("/inbox?view=all")
        token = dana.form("/bulk").fields["form_token"]
        for command in ("rule", "approve", "close", "take", "nothing"):
            answer = await dana.post("/bulk", {"form_token": token, "command": command, "case": ids})
            assert answer.status_code in (400, 403, 409, 422), command
        await ada.open("/inbox?view=all")
        assert re.findall(r'<option value="(\w+)">', ada.html[ada.html.index('action="/bulk"') :]) == ["tag"], "it is no order"
        await dana.post("/bulk/send", {"form_token": token, "command": "assign", "case": ids[:2], "owner": "per_ada"})
        await ada.open("/inbox")
        assert '<option value="snooze">' in ada.html
        assert '<option value="assign">' not in ada.html, "whose a case is, is not theirs to say"
        said = {"form_token": ada.form("/take-next").fields["form_token"], "command": "assign", "case": ids, "owner": "per_ada"}
        assert (await ada.post("/bulk/send", said)).status_code == 403
        later = {**said, "command": "snooze", "until": "2027-03-01T09:00", "reason": "waits_for_a_party"}
        await ada.post("/bulk/send", later)
        await ada.follow()
        assert "done in 2 of 2" in ada.words
        assert "1 were left out" in ada.words
        for wrong in ("bulk_nothing", "bulk_" + "0" * 32):
            assert (await dana.open(f"/bulk/{wrong}")).status_code == 404


async def _claimant(lobby: Lobby, case_id: str) -> str:
    case = (await lobby.office.desk().get(f"/v1/cases/{case_id}")).json()
    return next(str(one["id"]) for one in case["parties"] if one["side"] == "claimant")


class TestTable:
    async def rows(self, browser: Browser, **said: str) -> list[list[str]]:
        answer = await browser.open(f"/inbox.csv?{urlencode(said)}")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))

    async def test_is_exactly_the_list_of_its_address_and_says_which_that_is(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        await three(lobby)
        ada, ben = await lobby.signed_in("ada"), await lobby.signed_in("ben")
        names, *rows = await self.rows(ada, view="all", kind="payment_dispute", clock="on_track")
        assert ada.page is not None
        assert 'filename="cases-all-20' in ada.page.headers["content-disposition"]
        assert names[0] == "Number"
        assert sorted(row[0] for row in rows) == ["H-0", "H-1", "H-2"]
        assert rows[0][6:8] == ["189.00", "EUR"]
        assert len(await self.rows(ada, view="all", clock="late")) == 1
        assert len(await self.rows(ben, view="all")) == 1, "nobody's table has what their list has not"
        assert (await ada.open("/inbox.csv?clock=soon")).status_code == 422

    async def test_words_of_strangers_are_words_in_it(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        await in_claim(lobby.office, subject='=HYPERLINK("http://evil.example","Lamp")')
        ada = await lobby.signed_in("ada")
        _, row = await self.rows(ada, view="all")
        assert row[1].startswith("'=HYPERLINK")


@pytest.mark.browser
async def test_many_are_ticked_by_keys(rooms: Rooms) -> None:
    for number in range(2):
        await in_claim(rooms.office, matter=f"order-{number}", external_id=f"H-{number}")
    page = await rooms.signed_in("Dana")
    await page.goto("/inbox?view=all")
    keys = page.keyboard
    for key in ("j", "x", "j", "x"):
        await keys.press(key)
    await page.get_by_text("2 ticked").wait_for()
    third = (await in_claim(rooms.office, matter="order-3", external_id="H-3"))["id"]
    await page.locator(f"#row-{third}").wait_for()
    assert await page.locator("input[form=bulk]:checked").count() == 2, "what is new unticks nothing"
    await page.get_by_text("2 ticked").wait_for()
    await looked_at(page, "inbox-bulk")
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("heading", name="Give to a colleague: 2 cases").wait_for()
    await looked_at(page, "bulk")
    await page.get_by_label("Owner").select_option("per_ada")
    await page.get_by_role("button", name="Give to a colleague").click()
    await page.get_by_role("heading", name="done in 2 of 2").wait_for()
    await looked_at(page, "bulk-done")
