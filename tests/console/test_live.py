"""What is new comes by itself: shown without taking the focus or what is being written, and to nobody who may not see it."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page

from console.app import create_console
from runtime.embedded.processes import free_port
from services import live
from services.callers import Caller
from storage.access import sessions
from tests.support.browsing import Lobby
from tests.support.lamp import in_claim
from tests.support.office import Office, party
from tests.support.rooms import Rooms, filled_in, healthy, text
from tests.support.serving import served

pytestmark = pytest.mark.postgres


async def says(office: Office, case_id: str, words: str, side: str = "claimant") -> None:
    """A side writes to both."""
    desk = office.desk()
    case = (await desk.get(f"/v1/cases/{case_id}")).json()
    said = await desk.command(case_id, "message", party(case, side), text=words, to="all")
    assert said.status_code == 200, said.text


async def is_live(page: Page) -> None:
    """Wait until its stream is there."""
    await page.locator("#live-state[data-state=on]").wait_for()


class TestWhoHears:
    """Closed by default."""

    async def test_nobody_hears_of_a_case_that_they_may_not_read(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "mediation")
        case = await in_claim(lobby.office)  # payments, where Ada is not
        ada, cleo = await lobby.signed_in("ada"), await lobby.signed_in("cleo")
        assert (await ada.open(f"/live?case={case['id']}")).status_code == 403
        assert (await ada.open("/live?case=case_00000000-nobody")).status_code == 404
        parts, tenant = lobby.house.parts, lobby.office.tenant_id
        heard = {}
        for name, browser in (("ada", ada), ("cleo", cleo)):
            session = await sessions.PostgresSessions(lobby.office.database).find(browser.http.cookies["__Host-ombud"])
            assert session is not None
            heard[name] = await live.open_among(parts, Caller.signed_in(session), frozenset({case["id"]}))
        assert heard == {"ada": frozenset(), "cleo": {case["id"]}}
        since = datetime.now(UTC) - timedelta(minutes=1)
        assert case["id"] in await parts.live.moved_since(tenant, since)

    async def test_a_page_that_looks_by_itself_keeps_no_session_alive(self, lobby: Lobby) -> None:
        ada = await lobby.signed_in("ada")
        secret, kept = ada.http.cookies["__Host-ombud"], sessions.PostgresSessions(lobby.office.database)
        long_ago = "UPDATE sessions SET last_seen_at = last_seen_at - interval '10 minutes' WHERE tenant = $1"
        async with lobby.office.database.tenant(lobby.office.tenant_id) as conn:
            await conn.execute(long_ago, lobby.office.tenant_id)
        before = await kept.find(secret, in_use=False)
        await ada.open("/inbox", **{"HX-Request": "true", "HX-Source": "span#news"})
        after = await kept.find(secret, in_use=False)
        assert before is not None
        assert after is not None
        assert after.last_seen_at == before.last_seen_at
        await ada.open("/inbox")
        used = await kept.find(secret, in_use=False)
        assert used is not None
        assert used.last_seen_at > before.last_seen_at

    async def test_whoever_is_signed_out_is_told_and_not_led_away(self, lobby: Lobby) -> None:
        nobody = lobby.browser()
        answer = await nobody.open("/inbox", **{"HX-Request": "true", "HX-Source": "span#news"})
        assert answer.status_code == 401, "what is put into a page would be the page to sign in on"

    async def test_without_scripts_a_page_says_how_old_it_is(self, lobby: Lobby) -> None:
        ada = await lobby.signed_in("ada")
        await ada.open("/inbox")
        assert re.search(r"As of \d\d:\d\d", ada.words)


@pytest.mark.browser
class TestNews:
    """In a browser."""

    async def test_a_case_shows_what_is_new_around_what_somebody_writes(self, rooms: Rooms) -> None:
        case_id = (await in_claim(rooms.office))["id"]
        page = await rooms.signed_in("Ada")
        await page.goto(f"/cases/{case_id}/do/take")
        await page.get_by_role("button", name="Take the case").click()
        await page.goto(f"/cases/{case_id}")
        await is_live(page)
        await page.locator(".more-actions > summary").click()
        await page.get_by_role("radio", name="Claimant only").check(force=True)
        words = page.get_by_label("What you write")
        await words.focus()
        await words.press_sequentially("Is the socket")
        stands = "document.activeElement.getBoundingClientRect().top"
        top = await page.evaluate(stands)
        await says(rooms.office, case_id, "I found the receipt.")
        await page.locator(".said", has_text="I found the receipt.").wait_for()
        await is_live(page)
        assert await page.evaluate("document.activeElement.id") == "say", "the focus is where it was"
        assert await page.evaluate(stands) == pytest.approx(top, abs=1), "nor does it move under their hands"
        await words.press_sequentially(" bent?")
        assert await words.input_value() == "Is the socket bent?"
        assert await page.get_by_role("radio", name="Claimant only").is_checked(), "nobody else reads it than was chosen"
        assert await page.locator(".more-actions").get_attribute("open") is not None
        await page.get_by_role("button", name="Send to Jonas Weber", exact=True).click()
        # What the other one wrote came while this was written: it is shown once more before anything is sent.
        await page.get_by_text("Nothing was sent").first.wait_for()
        again = page.locator("[name=text]")
        assert await again.input_value() == "Is the socket bent?"
        rooms.complaints.clear()  # a browser writes down every 409
        await again.focus()
        await page.keyboard.press("Control+Enter")
        await page.wait_for_url("**done=message**")
        assert "to the claimant only" in await page.locator(".said", has_text="Is the socket bent?").inner_text()
        await healthy(page)

    async def test_a_list_shows_what_is_new_and_leaves_the_row_its_focus(self, rooms: Rooms) -> None:
        first = (await in_claim(rooms.office))["id"]
        page = await rooms.signed_in("Ada")
        await page.goto("/inbox?view=queues")
        await is_live(page)
        await page.keyboard.press("j")
        assert await page.evaluate("document.activeElement.id") == f"to-{first}"
        second = (await in_claim(rooms.office, subject="Coat in the wrong size", matter="order-2", external_id="H-2"))["id"]
        await page.locator(f"#row-{second}").wait_for()
        assert await page.evaluate("document.activeElement.id") == f"to-{first}"
        assert "2 cases" in await text(page)

    async def test_whoever_writes_a_ruling_reads_what_is_new_beside_it_and_loses_nothing(self, rooms: Rooms) -> None:
        case_id = (await in_claim(rooms.office))["id"]
        page = await rooms.signed_in("Ada")
        await page.goto(f"/cases/{case_id}/do/take")
        await page.get_by_role("button", name="Take the case").click()
        await page.goto(f"/cases/{case_id}/ruling")
        await is_live(page)
        await filled_in(page)
        await says(rooms.office, case_id, "The foot is scratched as well.")
        await page.locator("#fresh", has_text="The foot is scratched as well.").wait_for()
        await healthy(page)
        assert await page.locator("[name=reasons]").input_value() == "The shade came broken; the foot can be sold again."
        await page.get_by_role("button", name="Send ruling").click()
        await page.get_by_text("Nothing was sent").wait_for()
        rooms.complaints.clear()  # a browser writes down every 409
        assert "The foot is scratched as well." in await page.get_by_role("alert").inner_text()
        assert await page.locator("[name=reasons]").input_value() == "The shade came broken; the foot can be sold again."
        await page.get_by_role("button", name="Send ruling").click()
        await page.wait_for_url("**done=rule")

    async def test_two_people_at_one_case_see_each_other(self, rooms: Rooms) -> None:
        case_id = (await in_claim(rooms.office))["id"]
        ada, ben = await rooms.signed_in("Ada"), await rooms.signed_in("Ben")
        await ada.goto(f"/cases/{case_id}")
        await is_live(ada)
        assert "looks at it too" not in await text(ada), "nobody is their own company"
        await ben.goto(f"/cases/{case_id}")
        await ada.get_by_text("Ben looks at it too").wait_for()
        assert "Ada looks at it too" in await text(ben)
        await ben.goto(f"/cases/{case_id}/ruling")
        await ada.get_by_text("Ben writes a ruling").wait_for()
        await healthy(ada)
        await ben.close()
        await ada.get_by_text("Ben writes a ruling").wait_for(state="detached")

    async def test_of_two_rulings_at_once_one_is_sent_and_the_other_reads_what_happened(self, rooms: Rooms) -> None:
        case_id = (await in_claim(rooms.office))["id"]
        one, other = await rooms.signed_in("Ada"), await rooms.signed_in("Ada")
        await one.goto(f"/cases/{case_id}/do/take")
        await one.get_by_role("button", name="Take the case").click()
        await one.wait_for_url("**done=take")
        for page in (one, other):
            await page.goto(f"/cases/{case_id}/ruling")
            await filled_in(page)
        await other.locator("[name=reasons]").fill("In other words.")
        await one.get_by_role("button", name="Send ruling").click()
        await one.wait_for_url("**done=rule")
        await other.locator("#fresh", has_text="Ada decided").wait_for()
        await other.get_by_role("button", name="Send ruling").click()
        await other.get_by_text("Nothing was sent").wait_for()
        rooms.complaints.clear()  # a browser writes down every 409
        assert await other.locator("[name=reasons]").input_value() == "In other words."
        facts = await rooms.office.views.timeline(rooms.office.tenant_id, case_id)
        assert [fact.fact.type for fact in facts].count("ruling_drafted") == 1

    async def test_where_no_stream_comes_through_a_page_reads_itself_every_half_minute(self, rooms: Rooms) -> None:
        case_id = (await in_claim(rooms.office))["id"]
        page = await rooms.signed_in("Ada")
        await page.clock.install()
        await page.route("**/live?**", lambda route: route.fulfill(status=503))
        await page.goto(f"/cases/{case_id}")
        await page.get_by_text("Reads every 30 s").wait_for()
        await says(rooms.office, case_id, "I found the receipt.")
        await page.clock.fast_forward(31_000)
        await page.locator(".said", has_text="I found the receipt.").wait_for()
        await page.unroute("**/live?**")
        await page.clock.fast_forward(31_000)
        await is_live(page)
        rooms.complaints.clear()  # that there was no stream

    async def test_a_page_says_that_the_stream_is_gone_and_catches_up_when_it_is_back(self, rooms: Rooms) -> None:
        case_id = (await in_claim(rooms.office))["id"]
        house = replace(rooms.house, public_url="")
        port = free_port()
        context = await rooms.browser.new_context(base_url=f"http://127.0.0.1:{port}")
        page = await context.new_page()
        async with served(create_console(house), port):
            await page.goto("/sign-in")
            await page.get_by_role("button", name=re.compile("Ada")).first.click()
            await page.wait_for_url("**/inbox")
            await page.goto(f"/cases/{case_id}")
            await is_live(page)
            began = time.monotonic()
            house.watch.end()
        assert time.monotonic() - began < 3, "pages that are open keep no server up"
        await page.get_by_text("Reconnecting").wait_for()
        await says(rooms.office, case_id, "I found the receipt.")
        async with served(create_console(replace(house, public_url="")), port):
            await page.locator(".said", has_text="I found the receipt.").wait_for()
            await is_live(page)
            await context.close()

    async def test_a_session_that_ends_ends_the_stream(self, rooms: Rooms) -> None:
        case_id = (await in_claim(rooms.office))["id"]
        page = await rooms.signed_in("Ada")
        await page.goto(f"/cases/{case_id}")
        await is_live(page)
        kept = sessions.PostgresSessions(rooms.office.database)
        for session in await kept.listed(rooms.office.tenant_id, "per_ada"):
            await kept.end(rooms.office.tenant_id, "per_ada", session.id, "ended")
        await says(rooms.office, case_id, "I found the receipt.")
        await page.get_by_text("Signed out").wait_for()
        await asyncio.sleep(0.2)
        assert await page.locator(".said", has_text="I found the receipt.").count() == 0
        rooms.complaints.clear()
