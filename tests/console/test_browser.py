"""The pages in a real browser: a whole life through them alone, and on each page what no reader of HTML can see."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from runtime.embedded.processes import free_port
from tests.support.lamp import in_claim
from tests.support.office import party
from tests.support.rooms import Rooms, filled_in, healthy, looked_at, text
from tests.support.serving import served

pytestmark = [pytest.mark.postgres, pytest.mark.browser]


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
async def test_a_payment_dispute_from_the_inbox_to_its_end_through_pages_alone(rooms: Rooms, scripts: bool) -> None:
    await rooms.hours_are_short()
    case_id = (await in_claim(rooms.office))["id"]
    ada = await rooms.signed_in("Ada", java_script_enabled=scripts)
    await ada.get_by_role("button", name="Take next").click()
    await ada.wait_for_url(f"**/cases/{case_id}**")
    await ada.get_by_role("radio", name="Claimant only").check(force=True)
    await ada.get_by_label("What you write").fill("Is the socket bent as well?")
    await ada.get_by_role("button", name="Send to Jonas Weber").click()
    await ada.wait_for_url("**done=message**")
    assert "Is the socket bent as well?" in await text(ada)

    await ada.goto(f"/cases/{case_id}/ruling")
    await filled_in(ada)
    if scripts:
        await ada.get_by_text("To Jonas Weber").wait_for()
        assert "The shade came broken" in await ada.inner_text("#preview")
    await ada.get_by_role("button", name="Send ruling").click()
    await ada.wait_for_url(f"**/cases/{case_id}?**done=rule")
    assert "nobody is told yet" in await text(ada)
    await rooms.time_goes_by(case_id, "appealable")

    desk = rooms.office.desk()
    case = (await desk.get(f"/v1/cases/{case_id}")).json()
    # Both of them, so that the decision on it is the last word.
    for side, why in (("respondent", "The carrier broke it, not us."), ("claimant", "The foot is scratched as well.")):
        appealed = await desk.command(case_id, "appeal", party(case, side), reasons=why)
        assert appealed.status_code == 200, appealed.text
    cleo = await rooms.signed_in("Cleo", java_script_enabled=scripts)
    await cleo.goto(f"/cases/{case_id}")
    if "Take the case" in await text(cleo):
        await cleo.goto(f"/cases/{case_id}/do/take")
        await cleo.get_by_role("button", name="Take the case").click()
        await cleo.wait_for_url("**done=take**")
    await cleo.goto(f"/cases/{case_id}/ruling")
    await cleo.get_by_role("radio", name=re.compile("Uphold")).check()
    await cleo.locator("[name=reasons]").fill("Until the parcel is with the buyer, the risk is the shop's.")
    await cleo.locator("[name=relies_on_none]").check()
    await cleo.get_by_role("button", name="Send decision").click()
    await cleo.wait_for_url(f"**/cases/{case_id}?**done=decide_appeal")
    await rooms.time_goes_by(case_id, "closed")
    await ada.goto(f"/cases/{case_id}")
    assert "Closed" in await text(ada)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
async def test_every_page_is_accessible_in_both_themes_and_fits_its_window(rooms: Rooms, theme: Any, width: int) -> None:
    case_id = (await in_claim(rooms.office))["id"]
    context = await rooms.context(color_scheme=theme, viewport={"width": width, "height": 900})
    page = await context.new_page()
    await page.goto("/sign-in")
    await healthy(page)
    await page.get_by_role("button", name=re.compile("Ada")).first.click()
    await page.wait_for_url("**/inbox")
    await healthy(page)
    await page.get_by_role("button", name="Take next").click()
    await page.wait_for_url("**/cases/**")
    await healthy(page)
    await page.locator(".more-actions > summary").click()
    await healthy(page)
    for path in (
        "/inbox?view=all",
        "/inbox?view=mine",
        "/inbox?view=all&kind=payment_dispute",
        f"/cases/{case_id}/do/extend",
        f"/cases/{case_id}/do/offer",
        "/sessions",
    ):
        await page.goto(path)
        await healthy(page)
    await page.goto(f"/cases/{case_id}/ruling")
    await filled_in(page)
    await page.get_by_text("To Jonas Weber").wait_for()
    await healthy(page)


async def test_keys_do_what_buttons_do(rooms: Rooms) -> None:
    case_id = (await in_claim(rooms.office))["id"]
    page = await rooms.signed_in("Ada")
    await page.keyboard.press("n")
    await page.wait_for_url(f"**/cases/{case_id}**")
    await page.goto("/inbox")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/cases/{case_id}")
    await page.keyboard.press("r")
    await page.wait_for_url("**/ruling")
    await page.keyboard.press("4")
    assert await page.get_by_role("radio", name=re.compile("Denied")).is_checked()
    await page.locator("[name=reasons]").focus()
    await page.keyboard.type("Nothing was broken: 4 photos show it, and the socket is 4 mm wide.")
    await page.locator("[name=ground]").select_option("not_as_described")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url("**done=rule")
    await page.keyboard.press("u")
    await page.wait_for_url("**done=retract")


NO_MOUSE = 'addEventListener("mousedown", () => console.error("somebody took the mouse"), true);'


async def tabbed_to(page: Page, name: str) -> None:
    """Go on with Tab until the field of this name has the focus."""
    for _ in range(60):
        if await page.evaluate("document.activeElement.name") == name:
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {name}")


async def test_a_mediator_needs_no_mouse_from_the_inbox_to_the_next_case(rooms: Rooms) -> None:
    case_id = (await in_claim(rooms.office))["id"]
    page = await rooms.signed_in("Ada")
    await page.context.add_init_script(NO_MOUSE)
    await page.goto("/inbox")
    keys = page.keyboard
    await keys.press("?")
    await page.get_by_role("heading", name="Keys").wait_for()
    await healthy(page)
    await keys.press("n")  # a dialog has the keyboard to itself
    await keys.press("Escape")
    await keys.press("n")
    await page.wait_for_url(f"**/cases/{case_id}**")
    await keys.press("e")
    await page.wait_for_url("**#evidence")
    await keys.press("m")
    await keys.type("Is the socket bent as well?")
    await keys.press("Tab")
    await keys.press("Enter")
    await page.wait_for_url("**done=message")
    await keys.press("r")
    await page.wait_for_url("**/ruling")
    await keys.press("2")
    await tabbed_to(page, "amount.partly_refunded")
    await keys.type("150.00")
    await tabbed_to(page, "ground")
    await keys.type("Not as")
    await tabbed_to(page, "reasons")
    await keys.type("The shade came broken; 1 foot can be sold again.")
    await tabbed_to(page, "relies_on_none")
    await keys.press("Space")
    await keys.press("Control+Shift+Enter")
    await page.wait_for_url("**nothing=1")
    await page.goto("/inbox")
    await keys.press("j")
    await keys.press("Enter")
    await page.get_by_text("nobody is told yet").first.wait_for()
    await keys.press("u")
    await page.wait_for_url("**done=retract")


async def test_a_page_on_another_port_of_this_host_changes_nothing(rooms: Rooms, tmp_path: Path) -> None:
    case_id = (await in_claim(rooms.office))["id"]
    page = await rooms.signed_in("Ada")
    await page.goto(f"/cases/{case_id}")
    token = await page.locator("[name=form_token]").first.get_attribute("value")

    async def evil(scope: Any, receive: Any, send: Any) -> None:
        # With the token even, which it could not know: the browser's own word is enough.
        inner = f'<input name="form_token" value="{token}"><button>Win</button>'
        form = f'<form method="post" action="{rooms.url}/sign-out">{inner}</form>'
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": form.encode()})

    port = free_port()
    async with served(evil, port):
        trap = await page.context.new_page()
        await trap.goto(f"http://127.0.0.1:{port}/")
        await trap.get_by_role("button", name="Win").click()
        await trap.get_by_text("Not from a page of ours").wait_for()
    rooms.complaints.clear()  # the trap itself is elsewhere, and has no favicon
    assert (await page.goto("/sessions") or page).url.endswith("/sessions")


async def test_two_clicks_send_once_and_the_way_back_sends_nothing(rooms: Rooms) -> None:
    case_id = (await in_claim(rooms.office))["id"]
    page = await rooms.signed_in("Ada")
    await page.get_by_role("button", name="Take next").click()
    await page.wait_for_url("**/cases/**")
    await page.get_by_label("What you write").fill("Good morning to both.")
    await page.get_by_role("button", name="Send to both").dblclick()
    await page.wait_for_url("**done=message")
    await page.go_back()
    await page.get_by_label("What you write").wait_for()
    await page.go_forward()
    await page.goto(f"/cases/{case_id}")
    assert await page.locator(".said", has_text="Good morning to both.").count() == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["with-javascript", "without"])
async def test_back_to_a_form_that_was_sent_sends_nothing_twice(rooms: Rooms, scripts: bool) -> None:
    case_id = (await in_claim(rooms.office))["id"]
    page = await rooms.signed_in("Ada", java_script_enabled=scripts)
    await page.get_by_role("button", name="Take next").click()
    await page.wait_for_url("**/cases/**")
    for words, send in (("Good morning to both.", "Send to both"), ("Do not offer: fraud suspected.", "Keep it in the team")):
        await page.goto(f"/cases/{case_id}")
        if send != "Send to both":
            await page.locator(".composer [value=staff]").check(force=True)
        await page.get_by_label("What you write").fill(words)
        await page.locator(".composer button.btn:visible").last.click()
        await page.wait_for_url("**done=**")
        await page.go_back()
        box = page.get_by_label("What you write")
        await box.wait_for()
        if scripts:
            await expect(box).to_have_value("")
        # Whoever presses it again all the same sends the same form, and a form happens once.
        await page.locator(".composer button.btn:visible").last.click()
        await page.wait_for_load_state()
        await page.goto(f"/cases/{case_id}")
        assert await page.locator(".said", has_text=words).count() == 1
        assert await page.get_by_label("What you write").input_value() == "", "no draft of what was sent"


@pytest.mark.parametrize("scripts", [True, False], ids=["with-javascript", "without"])
async def test_a_case_that_has_moved_on_is_asked_about_once_and_nothing_is_sent_before(rooms: Rooms, scripts: bool) -> None:
    case_id = (await in_claim(rooms.office))["id"]
    page = await rooms.signed_in("Ada", java_script_enabled=scripts)
    await page.get_by_role("button", name="Take next").click()
    await page.wait_for_url("**/cases/**")
    await page.goto(f"/cases/{case_id}/do/request_evidence")
    await page.locator("[name=of]").select_option("claimant")
    await page.locator("[name=what]").fill("A photo of the shade in its box.")
    noted = await rooms.office.desk("cleo").command(case_id, "note", "per_cleo", text="Do not ask them: they sent it.")
    assert noted.status_code == 200, noted.text
    await page.locator("form.form button.btn", has_text="Ask for evidence").click()
    await page.get_by_text("The case has moved on since you opened this form.").wait_for()
    rooms.complaints.clear()  # that its answer was 409
    assert "Do not ask them: they sent it." in await text(page)
    assert await page.locator("[name=what]").input_value() == "A photo of the shade in its box."
    asked = [one for one in await rooms.house.parts.views.timeline(rooms.office.tenant_id, case_id)
             if one.fact.type == "evidence_requested"]  # fmt: skip
    assert asked == []
    await page.locator("form.form button.btn", has_text="Ask for evidence").click()
    await page.wait_for_url("**done=request_evidence")


async def test_what_is_written_is_kept_while_it_is_written_and_survives_a_lost_connection(rooms: Rooms) -> None:
    case_id = (await in_claim(rooms.office))["id"]
    page = await rooms.signed_in("Ada")
    await page.get_by_role("button", name="Take next").click()
    await page.goto(f"/cases/{case_id}/ruling")
    await filled_in(page)
    await page.get_by_text("Draft saved").wait_for()
    await page.context.set_offline(True)
    await page.locator("[name=reasons]").press_sequentially(" And more.")
    await page.get_by_role("button", name="Send ruling").click()
    await page.get_by_text("Not sent: no connection").wait_for()
    assert (await page.locator("[name=reasons]").input_value()).endswith("And more.")
    await page.context.set_offline(False)
    await page.get_by_text("Draft saved").wait_for()
    rooms.complaints.clear()  # that the network was away
    await page.goto(f"/cases/{case_id}")
    assert "nobody is told yet" not in await text(page)
    await page.goto(f"/cases/{case_id}/ruling")
    kept = (await page.locator("[name=reasons]").input_value()).strip()
    assert " ".join(kept.split()) == "The shade came broken; the foot can be sold again. And more."
    assert await page.locator("[name='amount.partly_refunded']").input_value() == "150.00"
    await page.get_by_role("button", name="Send ruling").click()
    await page.wait_for_url("**done=rule")


OTHERS = (
    ("Bicycle frame cracked at the weld", "After two rides the frame cracked.", 124000, "Ines Duarte", "Kettenwerk Bikes"),
    ("Two charges for one booking", "I was charged twice for the same cabin.", 31250, "Amira Haddad", "Nordkap Cabins"),
    ("Coat in the wrong size, sent back", "I sent it back and have no money yet.", 24000, "Mei Tanaka", "Atelier Holm"),
)
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


async def settled(page: Page) -> None:
    """Until what comes after the page is there."""
    await page.locator("#live-state[data-state=on]").wait_for()
    await page.locator("#menu-mine .count").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_pictures_of_the_documentation(rooms: Rooms, theme: Any, tmp_path: Path) -> None:
    """`OMBUD_PICTURES=1 make test-browser ARGS="-k pictures"` takes them anew."""
    folder = PICTURES if os.environ.get("OMBUD_PICTURES") else tmp_path
    lamp = await in_claim(rooms.office)
    for number, (subject, statement, amount, buyer, shop) in enumerate(OTHERS):
        people = [
            {"side": "claimant", "ref": f"buyer-{number + 12}", "name": buyer, "email": f"b{number}@example.org"},
            {"side": "respondent", "ref": f"shop-{number + 4}", "name": shop, "email": f"s{number}@example.org"},
        ]
        money = {"amount": amount, "currency": "EUR"}
        about = {"subject": subject, "statement": statement, "matter": f"order-{number}", "external_id": f"H-2043{number + 2}"}
        await in_claim(rooms.office, **about, amount=money, parties=people)
    page = await rooms.signed_in("Ada", color_scheme=theme, viewport={"width": 1280, "height": 860})
    for _ in range(len(OTHERS) + 1):
        await page.goto("/inbox")
        await page.get_by_role("button", name="Take next").click()
        await page.wait_for_url("**done=take")
    await page.goto("/inbox")
    await settled(page)
    await page.screenshot(path=folder / f"inbox-{theme}.png")
    await page.goto(f"/cases/{lamp['id']}")
    await settled(page)
    await page.screenshot(path=folder / f"case-{theme}.png")
    await page.goto(f"/cases/{lamp['id']}/ruling")
    await filled_in(page)
    await page.get_by_text("To Jonas Weber").wait_for()
    await page.screenshot(path=folder / f"ruling-{theme}.png")
    assert {f"{name}-{theme}.png" for name in ("inbox", "case", "ruling")} <= {path.name for path in folder.iterdir()}


async def test_the_picture_of_a_key_that_is_made(rooms: Rooms, tmp_path: Path) -> None:
    """And its pages are sound: the form, what is wrong with it, and the secret that is shown once."""
    folder = PICTURES if os.environ.get("OMBUD_PICTURES") else tmp_path
    page = await rooms.signed_in("Dana", color_scheme="light", viewport={"width": 1280, "height": 860})
    await page.goto("/administration/keys/new")
    await page.get_by_label("What it is called").fill("night robot")
    await page.get_by_role("checkbox", name=re.compile("^cases:read")).check()
    await page.screenshot(path=folder / "ops-key.png")
    await looked_at(page, "key-new")
    await page.get_by_role("checkbox", name=re.compile("^cases:read")).uncheck()
    await page.get_by_role("button", name="Make the key").click()
    await page.get_by_text("Nothing was changed.").wait_for()
    await looked_at(page, "key-wrong")
    rooms.complaints[:] = [one for one in rooms.complaints if "422" not in one]
    await page.get_by_role("checkbox", name=re.compile("^cases:read")).check()
    await page.get_by_role("button", name="Make the key").click()
    await page.get_by_text("This is the only time").wait_for()
    await looked_at(page, "key-secret")
    await page.goto("/administration/people/new")
    await looked_at(page, "person-new")
    case = await in_claim(rooms.office)
    await page.goto(f"/cases/{case['id']}/party-links")
    await page.get_by_text("Have letters go to another address").first.click()
    await looked_at(page, "party-links")
