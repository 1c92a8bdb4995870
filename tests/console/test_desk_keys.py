"""A desk by keys in a browser: rows, from case to case, out of a field; a page that fits whatever is written in it."""

from __future__ import annotations

import pytest

from tests.support.lamp import LAMP, in_claim
from tests.support.office import party
from tests.support.rooms import Rooms, looked_at

pytestmark = [pytest.mark.postgres, pytest.mark.browser]

LONG = "Donaudampfschiff" * 19
"""More than 300 letters without a place to break."""


async def test_keys_act_on_the_row_that_has_the_focus_and_lead_from_case_to_case(rooms: Rooms) -> None:
    ids = [(await in_claim(rooms.office, matter=f"order-{n}", external_id=f"H-{n}"))["id"] for n in range(3)]
    page = await rooms.signed_in("Ada")
    await page.goto("/inbox?view=all")
    listed = await page.locator("tr.case").evaluate_all("rows => rows.map(row => row.id.slice(4))")
    assert sorted(listed) == sorted(ids)
    for key, form in (("s", "do/snooze"), ("a", "do/take"), ("r", "ruling"), ("q", "do/request_evidence")):
        await page.keyboard.press("j")
        await page.keyboard.press(key)
        await page.wait_for_url(f"**/cases/{listed[0]}/{form}")
        await page.goto("/inbox?view=all")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/cases/{listed[0]}")
    await page.get_by_text("1 of 3").wait_for()
    await page.keyboard.press("j")
    await page.wait_for_url(f"**/cases/{listed[1]}")
    await page.get_by_text("2 of 3").wait_for()
    await page.keyboard.press("]")
    await page.wait_for_url(f"**/cases/{listed[2]}")
    await page.keyboard.press("]")
    await page.get_by_text("3 of 3").wait_for()
    await page.keyboard.press("[")
    await page.wait_for_url(f"**/cases/{listed[1]}")
    await page.keyboard.press("k")
    await page.wait_for_url(f"**/cases/{listed[0]}")
    await page.get_by_text("1 of 3").click()
    await page.wait_for_url("**/inbox?view=all")


async def test_the_sheet_shows_the_keys_that_do_something_here(rooms: Rooms) -> None:
    await in_claim(rooms.office)
    page = await rooms.signed_in("Ada")

    async def sheet() -> set[str]:
        await page.keyboard.press("?")
        shown = await page.locator("#keys dt:visible").all_inner_texts()
        await page.keyboard.press("Escape")
        return {one.strip() for one in shown}

    assert await sheet() == {"N", "Esc", "Ctrl K", "?"}, "an empty inbox has no rows"
    await page.goto("/inbox?view=all")
    assert {"J K", "Enter", "X", "S", "R", "A", "Q", "N"} <= await sheet()
    await page.keyboard.press("n")
    await page.wait_for_url("**/cases/**")
    shown = await sheet()
    assert {"R", "E", "M", "S", "Q"} <= shown
    assert not {"X", "Enter", "P", "U", "N"} & shown


async def test_escape_leaves_the_field_and_the_tab_keeps_its_name(rooms: Rooms) -> None:
    await in_claim(rooms.office)
    page = await rooms.signed_in("Ada")
    await page.keyboard.press("n")
    await page.wait_for_url("**/cases/**")
    await page.get_by_text("Record verified").wait_for()
    await page.locator("#earlier-in .earlier").first.wait_for()
    assert (await page.title()).startswith("Lamp arrived with a broken shade")
    await page.keyboard.press("m")
    await page.keyboard.type("half a word")
    await page.keyboard.press("Escape")
    await page.keyboard.press("r")
    await page.wait_for_url("**/ruling")


async def test_the_palette_shows_keys_and_only_what_there_is_to_do(rooms: Rooms) -> None:
    await in_claim(rooms.office)
    page = await rooms.signed_in("Ada")
    await page.keyboard.press("n")
    await page.wait_for_url("**/cases/**")
    await page.keyboard.press("Control+k")
    entries = page.locator("#palette-list li")
    rule = entries.filter(has_text="Rule on this case")
    assert await rule.locator("kbd").inner_text() == "R"
    assert await page.locator("#palette-list li[aria-disabled=true]").count() == 0
    assert await entries.filter(has_text="Send to").count() == 0
    await page.keyboard.type("snooze")
    await entries.filter(has_text="Put it away until later").wait_for()


@pytest.mark.parametrize("width", [360, 1440])
async def test_no_page_is_wider_than_its_window_whatever_is_written_in_it(rooms: Rooms, width: int) -> None:
    desk = rooms.office.desk()
    sides = [{**one, "name": f"{LONG[:190]}{n}", "ref": f"{LONG[:100]}{n}"} for n, one in enumerate(LAMP["parties"])]
    case = await in_claim(
        rooms.office, subject=LONG[:200], matter=LONG[:180], external_id=LONG[:120], statement=LONG, parties=sides
    )
    case_id = case["id"]
    for side, command, more in (
        ("respondent", "message", {"text": LONG, "to": "all"}),
        ("respondent", "submit_evidence", {"text": LONG}),
        ("claimant", "message", {"text": LONG, "to": "desk"}),
    ):
        answer = await desk.command(case_id, command, party(case, side), **more)
        assert answer.status_code == 200, answer.text
    page = await rooms.signed_in("Ada", viewport={"width": width, "height": 900})
    await page.get_by_role("button", name="Take next").click()
    await page.wait_for_url("**/cases/**")
    ada = rooms.office.desk("ada")
    for answer in (
        await ada.command(case_id, "note", text=LONG, mentions=["per_ada"]),
        await ada.command(case_id, "request_evidence", of="respondent", what=LONG),
    ):
        assert answer.status_code == 200, answer.text
    places = ("", "/history", "/proof", "/do/note", "/do/offer", "/ruling")
    for path in (*(f"/cases/{case_id}{place}" for place in places), "/inbox", "/inbox?view=all", "/mentions", "/find?q=lamp"):
        await page.goto(path)
        if path == f"/cases/{case_id}":
            await page.locator(".more-actions > summary").click()
        wide = await page.evaluate(
            """() => [document.documentElement.scrollWidth, [...document.querySelectorAll("body *")]
            .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
            .filter(one => !one.closest("dialog, .side, .sr, .anchors, .tip"))
            .slice(0, 5).map(one => one.outerHTML.slice(0, 90))]"""
        )
        assert wide[0] <= width, (path, wide)
    await page.goto(f"/cases/{case_id}")
    await looked_at(page, f"long-words-{width}")


async def test_times_of_a_deadline_are_read_in_one_glance(rooms: Rooms) -> None:
    await in_claim(rooms.office)
    page = await rooms.signed_in("Ada", viewport={"width": 1440, "height": 900})
    await page.goto("/inbox?view=all")
    await page.locator("tr.case .times").first.hover()
    tip = page.locator("tr.case .tip").first
    await tip.wait_for()
    heights = await tip.locator("dt, dd").evaluate_all("each => each.map(one => one.getClientRects().length && one.offsetHeight)")
    assert max(heights) <= 20, "each time is one line"


async def test_whoever_is_signed_out_in_one_window_reads_it_in_the_other_and_finds_the_way_in(rooms: Rooms) -> None:
    page = await rooms.signed_in("Ada")
    other = await page.context.new_page()
    await other.goto("/inbox")
    await page.get_by_text("Live", exact=True).wait_for()
    await other.get_by_role("button", name="Sign out").click()
    await page.get_by_text("Signed out", exact=True).wait_for()
    await page.locator("#live-sign-in").click()
    await page.wait_for_url("**/sign-in?next=**")
