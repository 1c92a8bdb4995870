"""The palette, cases found by what they are called, numbers in the menu, and skipping with a reason."""

from __future__ import annotations

import pytest

from tests.support.browsing import Lobby
from tests.support.lamp import in_claim
from tests.support.rooms import Rooms, looked_at, text

pytestmark = pytest.mark.postgres


class TestFind:
    async def test_a_case_is_found_by_ids_and_by_what_and_whom_it_is_about(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        case_id = (await in_claim(lobby.office))["id"]
        ada = await lobby.signed_in("ada")
        for asked in (case_id, "H-20431", "order-55102", "buyer-11"):
            await ada.open(f"/find?q={asked}")
            assert f'href="/cases/{case_id}"' in ada.html, asked
        for asked in ("BROKEN shade", "jonas w"):
            await ada.open(f"/find?q={asked}")
            assert "Lamp arrived with a broken shade" in ada.words, "it is of her queue"
            assert "H-20431" in ada.words

    async def test_only_what_is_shown_counts_as_read(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        found, other = [(await in_claim(lobby.office, matter=f"order-{n}", external_id=f"H-{n}"))["id"] for n in range(2)]
        ada = await lobby.signed_in("ada")
        await ada.open("/find?q=order-0")
        reading, tenant = lobby.office.parts().reading, lobby.office.tenant_id
        readers = {case: await reading.readers(tenant, case, None, 10) for case in (found, other)}
        assert ["per_ada" in [one.who for one in readers[case]] for case in (found, other)] == [True, False]

    async def test_what_somebody_may_not_see_is_not_found(self, lobby: Lobby) -> None:
        case_id = (await in_claim(lobby.office))["id"]
        ben = await lobby.signed_in("ben")
        for asked in (case_id, "H-20431", "order-55102", "buyer-11", "x", "%", "case_", "é" * 300):
            await ben.open(f"/find?q={asked}")
            assert "No case is called so" in ben.words, asked


class TestMenu:
    async def test_lists_say_how_much_is_in_them(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        for number in range(2):
            await in_claim(lobby.office, matter=f"order-{number}", external_id=f"H-{number}")
        ada = await lobby.signed_in("ada")
        await ada.open("/menu")
        assert "Mine 0 cases My queues 2 cases" in ada.words
        await ada.open("/inbox")
        await ada.send("/take-next")
        for query in ("view=all&phase=review", "view=all&clock=late&kind=payment_dispute"):
            await ada.open(f"/inbox?{query}")
            await ada.send("/views", name=query.partition("&")[2].partition("=")[0])
        await ada.open("/menu")
        assert "Mine 1 case My queues 1 case" in ada.words
        assert "phase 2 cases" in ada.words
        assert "clock 0 cases" in ada.words
        ben = await lobby.signed_in("ben")
        await ben.open("/inbox?view=all&phase=review")
        await ben.send("/views", name="theirs")
        await ben.open("/menu")
        assert "theirs 0 cases" in ben.words, "nobody counts what they may not see"


class TestSkip:
    async def test_somebody_gives_a_case_back_with_the_reason_and_leads_read_it(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        case_id = (await in_claim(lobby.office))["id"]
        ada, dana = await lobby.signed_in("ada"), await lobby.signed_in("dana")
        await ada.open("/inbox")
        await ada.send("/take-next")
        await ada.follow()
        await ada.send(f"/cases/{case_id}/skip-and-next", reason="needs_a_break")
        await ada.follow()
        assert "Nothing waits for you" in ada.words
        assert (await ada.open("/team")).status_code == 403
        await dana.open("/team")
        assert "Needs a break" in dana.words
        await dana.open(f"/cases/{case_id}")
        assert "skipped it: needs a break" in dana.words


@pytest.mark.browser
class TestPalette:
    async def test_finds_and_does_by_keys_alone_and_gives_the_focus_back(self, rooms: Rooms) -> None:
        case_id = (await in_claim(rooms.office))["id"]
        page = await rooms.signed_in("Ada")
        await page.goto("/inbox?view=queues")
        keys = page.keyboard
        await keys.press("j")
        await keys.press("Control+k")
        assert "Open “Lamp arrived with a broken shade”" in await page.locator("#palette-list").inner_text()
        await looked_at(page, "palette-list")
        await keys.press("Escape")
        assert await page.evaluate("document.activeElement.id") == f"to-{case_id}"
        await keys.press("Control+k")
        await keys.type("take ne")
        await keys.press("Enter")
        await page.wait_for_url(f"**/cases/{case_id}**")
        await keys.press("Control+k")
        await keys.type("clocks stand")
        await page.locator("#palette-list [role=option]", has_text="Let clocks stand still").wait_for()
        await keys.press("Escape")
        await keys.press("Control+k")
        await keys.type("approve the ruling")
        why = page.locator("#palette-list [aria-disabled=true]").first
        assert await why.count() == 0 or await why.locator(".meta").first.inner_text()
        await keys.press("Control+a")
        await keys.type("H-20431")
        await page.locator("#palette-list [role=option]", has_text="Lamp arrived").wait_for()
        await looked_at(page, "palette-case")
        await keys.press("ArrowDown")
        await keys.press("ArrowUp")
        await keys.press("Enter")
        await page.wait_for_url(f"**/cases/{case_id}")

    async def test_numbers_come_after_the_page_and_the_team_fits_every_window(self, rooms: Rooms) -> None:
        await in_claim(rooms.office)
        page = await rooms.signed_in("Dana")
        await page.locator("#menu-queues .count").wait_for()
        await page.get_by_role("link", name="The team").click()
        await page.get_by_role("heading", name="The team").wait_for()
        await looked_at(page, "team")
        await page.goto("/find?q=H-20431")
        assert "Lamp arrived" in await text(page)
        await looked_at(page, "find")
