"""Labels of the team: on one case and on many, for whoever may see the cases, and in no record of theirs."""

from __future__ import annotations

import pytest

from tests.support.browsing import Browser, Lobby
from tests.support.lamp import in_claim
from tests.support.rooms import Rooms, looked_at

pytestmark = pytest.mark.postgres


async def tag_many(browser: Browser, ids: list[str], tag: str, view: str = "queues") -> None:
    """Tick these in a list, and tag them."""
    await browser.open(f"/inbox?view={view}")
    await browser.post("/bulk", {**browser.form("/bulk").fields, "command": "tag", "case": ids})
    await browser.post("/tags", {**browser.form("/tags").fields, "case": ids, "tag": tag})


class TestTags:
    async def test_many_are_tagged_at_once_and_found_by_it(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        ids = [(await in_claim(lobby.office, matter=f"order-{n}", external_id=f"H-{n}"))["id"] for n in range(3)]
        ada = await lobby.signed_in("ada")
        await tag_many(ada, ids[:2], "Carrier strike")
        await ada.follow()
        assert "2 cases have the tag “Carrier strike” now." in ada.words
        await ada.open("/inbox?view=all&tag=carrier_strike")
        assert [f"H-{n}" in ada.words for n in range(3)] == [True, True, False]
        assert "Carrier strike" in ada.words
        case = (await lobby.office.desk().get(f"/v1/cases/{ids[0]}")).text
        assert "carrier_strike" not in case, "no face outside the team says so"

    async def test_what_is_no_label_comes_back_with_what_was_ticked(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        case_id = (await in_claim(lobby.office))["id"]
        ada = await lobby.signed_in("ada")
        for wrong in ("Jürgen!", "", "a" * 40, "<b>"):
            await tag_many(ada, [case_id], wrong)
            assert "nobody's name" in ada.words
            assert case_id in ada.html

    async def test_one_case_has_a_few_and_each_is_taken_away_again(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        case_id = (await in_claim(lobby.office))["id"]
        ada = await lobby.signed_in("ada")
        where = f"/cases/{case_id}/tags"
        for number in range(13):
            await ada.open(f"/cases/{case_id}")
            await ada.post(where, {"form_token": ada.form(where).fields["form_token"], "tag": f"lot{number}"})
        await ada.follow()
        assert "at most 12 tags" in ada.words
        assert ["Lot11" in ada.words, "Lot12" in ada.words] == [True, False]
        await ada.post(where, {"form_token": ada.form(where).fields["form_token"], "take": "lot11"})
        await ada.follow()
        assert "Lot11" not in ada.words

    async def test_nobody_tags_what_they_may_not_see(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        case_id = (await in_claim(lobby.office))["id"]
        ben = await lobby.signed_in("ben")
        await ben.open("/inbox")
        said = {"form_token": ben.form("/take-next").fields["form_token"], "tag": "mine", "case": [case_id]}
        await ben.post("/tags", said)
        await ben.follow()
        assert "0 cases have the tag “Mine” now. 1 left out" in ben.words
        assert (await ben.post(f"/cases/{case_id}/tags", {**said, "take": "mine"})).status_code == 403
        assert await lobby.office.parts().tags.of_cases(lobby.office.tenant_id, [case_id]) == {}


@pytest.mark.browser
async def test_it_looks_right(rooms: Rooms) -> None:
    await rooms.office.works("ada", "payments")
    case_id = (await in_claim(rooms.office))["id"]
    page = await rooms.signed_in("Ada")
    await page.goto(f"/cases/{case_id}")
    await page.locator("#tags summary").click()
    await page.get_by_label("A label for the team alone").fill("Carrier strike")
    await page.locator("#tags form button").last.click()
    await page.get_by_role("link", name="Carrier strike", exact=True).wait_for()
    await looked_at(page, "case-with-tags")
    await page.get_by_role("link", name="Carrier strike", exact=True).click()
    await page.locator(".meta.tags").first.wait_for()
    await looked_at(page, "inbox-by-tag")
    await page.locator("[name=case]").first.check()
    await page.locator("#bulk-do").select_option("tag")
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_label("The tag").wait_for()
    await looked_at(page, "tag-many")
