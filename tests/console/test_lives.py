"""Whole lives in a browser, of other kinds than payments: the team has its pages alone, and its mediator no mouse.

What parties and the platform do comes by the API: they have no pages yet.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.async_api import Page

from console.pages.statement_form import GROUPS, PARTS
from tests.support.cases import STATEMENT
from tests.support.office import party
from tests.support.rooms import SCALE, Rooms, looked_at, text

pytestmark = [pytest.mark.postgres, pytest.mark.browser]

NO_MOUSE = 'addEventListener("mousedown", () => console.error("somebody took the mouse"), true);'
MOST_TABS = 150


async def without_mouse(rooms: Rooms, name: str) -> Page:
    """Somebody at their inbox who has no mouse."""
    page = await rooms.signed_in(name)
    await page.context.add_init_script(NO_MOUSE)
    await page.goto("/inbox?view=queues")
    return page


async def tab_to(page: Page, what: str) -> None:
    """Go on with Tab until the focus is on what this CSS selector names."""
    for _ in range(MOST_TABS):
        if await page.evaluate("selector => document.activeElement.matches(selector)", what):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {what} on {page.url}")


async def chooses(page: Page, name: str, value: str) -> None:
    """Among cards of one name, by the arrows."""
    await tab_to(page, f"[name='{name}']")
    for _ in range(6):
        if await page.evaluate("document.activeElement.value") == value:
            await page.keyboard.press("Space")
            return
        await page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} is none of the {name}s")


async def ticks(page: Page, what: str) -> None:
    """A box, if it is not ticked."""
    await tab_to(page, what)
    if not await page.evaluate("document.activeElement.checked"):
        await page.keyboard.press("Space")


async def states(page: Page) -> None:
    """The statement of reasons: what follows from the outcome is left to it, and the days that the case knows stay."""
    places = [part.name for group in GROUPS if not group.folded for part in group.parts]
    for name in (name for name in places if name in STATEMENT):
        said = STATEMENT[name]
        if PARTS[name].kind == "some":
            for value in said:
                await ticks(page, f"[name='statement.{name}'][value='{value}']")
        elif PARTS[name].kind == "one":
            await tab_to(page, f"[name='statement.{name}']")
            for _ in PARTS[name].options:
                if await page.evaluate("document.activeElement.value") == said:
                    break
                await page.keyboard.press("ArrowDown")
        elif PARTS[name].kind == "day":
            await tab_to(page, f"[name='statement.{name}']")
            if not await page.evaluate("document.activeElement.value"):
                await page.evaluate("day => { document.activeElement.value = day; }", said)
        else:
            await tab_to(page, f"[name='statement.{name}']")
            await page.keyboard.type(str(said))


async def does(page: Page, what: str) -> None:
    """What the palette calls so."""
    await page.keyboard.press("Control+k")
    await page.keyboard.type(what)
    await page.locator("#palette-list [role=option][aria-selected=true]", has_text=what).wait_for()
    await page.keyboard.press("Enter")


async def sends(page: Page, done: str) -> None:
    """The form, by its key; the case says that it was done."""
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url(f"**done={done}")


async def takes(page: Page, case_id: str) -> None:
    """The next case, by its key."""
    await page.goto("/inbox?view=queues")
    await page.keyboard.press("n")
    await page.wait_for_url(f"**/cases/{case_id}**")


async def is_appealed(rooms: Rooms, case_id: str, *sides: str) -> None:
    """The parties' part: these sides appeal."""
    await rooms.time_goes_by(case_id, "appealable")
    desk = rooms.office.desk()
    case = (await desk.get(f"/v1/cases/{case_id}")).json()
    for side in sides:
        answer = await desk.command(case_id, "appeal", party(case, side), reasons="That is not what happened.")
        assert answer.status_code == 200, answer.text


async def is_upheld(page: Page, case_id: str) -> None:
    """Somebody else takes the appeal and lets the ruling stand."""
    await takes(page, case_id)
    await page.keyboard.press("r")
    await page.wait_for_url("**/ruling")
    await chooses(page, "decision", "uphold")
    await tab_to(page, "[name=reasons]")
    await page.keyboard.type("Whoever appeals says nothing that was not said before.")
    await tab_to(page, "[name=reply]")
    await page.keyboard.type("We read what you wrote, and see it otherwise.")
    await sends(page, "decide_appeal")


async def test_a_moderation_appeal_from_the_inbox_to_its_end(rooms: Rooms) -> None:
    await rooms.hours_are_short()
    for name in ("ada", "ben"):
        await rooms.office.works(name, "moderation_appeals")
    decision = {"outcome": "keep", "appellant": "reporter", "decider": "machine", "content": "comment-9",
                "effective_at": datetime.now(UTC).isoformat()}  # fmt: skip
    words = "This comment calls for violence against a named person."
    case_id = (await rooms.office.desk().opened(kind="moderation_appeal", decision=decision, statement=words))["id"]
    ada = await without_mouse(rooms, "Ada")
    await takes(ada, case_id)
    await ada.keyboard.press("r")
    await ada.wait_for_url("**/ruling")
    await chooses(ada, "decision", "overturn")
    await ada.keyboard.press("3")
    await ticks(ada, "[name='remedy.remove'][value=remove]")
    await tab_to(ada, "[name=ground]")
    await ada.keyboard.type("Violence")
    await tab_to(ada, "[name=reasons]")
    await ada.keyboard.type("It names somebody, and says how to hurt them.")
    await tab_to(ada, "#statement > summary")
    await ada.keyboard.press("Enter")
    await states(ada)
    await ada.keyboard.press("Control+Enter")
    # Whom it concerns is never assumed: what is meant for the author does not befall whoever reported it.
    await ada.get_by_role("alert").filter(has_text="Say whom “Remove” concerns.").first.wait_for()
    rooms.complaints.clear()  # a browser writes down every refusal
    assert await ada.locator("[name=reasons]").input_value() == "It names somebody, and says how to hurt them."
    await looked_at(ada, "moderation-refused")
    await tab_to(ada, "[name='to.remove.remove']")
    await ada.keyboard.press("ArrowDown")
    await ada.keyboard.press("ArrowDown")
    assert await ada.locator("[name='to.remove.remove']").input_value() == "respondent"
    await sends(ada, "decide_appeal")
    assert "Decided, and nobody is told yet." in await text(ada)
    await is_appealed(rooms, case_id, "respondent")
    await is_upheld(await without_mouse(rooms, "Ben"), case_id)
    await rooms.time_goes_by(case_id, "closed")
    await ada.goto(f"/cases/{case_id}")
    assert "Closed" in await text(ada)


async def test_a_safety_incident_from_the_inbox_to_its_end(rooms: Rooms) -> None:
    # Whoever was told of the last word has another window to appeal in, of fourteen days: they are over in seconds.
    await rooms.hours_are_short(SCALE / 20)
    await rooms.office.works("ada", "safety")
    await rooms.office.works("ben", "appeals")
    parties = [
        {"side": "claimant", "ref": "guest-4", "name": "Ines Duarte", "email": "ines@example.org"},
        {"side": "respondent", "ref": "sitter-2", "name": "Rob Hale", "email": "rob@example.org"},
    ]
    about = {"subject": "Dog hurt on a walk", "statement": "The sitter let the dog run into the road.", "matter": "booking-7"}
    money = {"amount": 12000, "currency": "USD"}
    case = await rooms.office.desk().opened(kind="safety_incident", category="injury", parties=parties, amount=money, **about)
    case_id = case["id"]
    ada = await without_mouse(rooms, "Ada")
    await takes(ada, case_id)
    assert "Rob Hale does not know of this case." in await text(ada)
    await does(ada, "Tell the respondent of it")
    await ada.wait_for_url("**/do/disclose")
    await tab_to(ada, "[name=text]")
    await ada.keyboard.type("A dog in your care was hurt on a road.")
    await tab_to(ada, "[name=ground]")
    await ada.keyboard.type("Duty")
    await sends(ada, "disclose")
    answer = await rooms.office.desk().command(
        case_id, "message", party(case, "respondent"), text="The lead was torn; I ran after it.", to="all"
    )
    assert answer.status_code == 200, answer.text
    await does(ada, "A step is done")
    await ada.wait_for_url("**/do/complete_step")
    for step in ("reporter_is_safe", "both_sides_heard", "expert_heard"):
        await ticks(ada, f"[name=steps][value={step}]")
    await sends(ada, "complete_step")
    await does(ada, "Name the root cause")
    await ada.wait_for_url("**/do/name_root_cause")
    await tab_to(ada, "[name=cause]")
    await ada.keyboard.type("Equipment")
    await sends(ada, "name_root_cause")
    await looked_at(ada, "safety-case")
    await ada.keyboard.press("r")
    await ada.wait_for_url("**/ruling")
    await ada.keyboard.press("2")
    assert await ada.get_by_role("radio", name=re.compile("Excluded")).is_checked()
    await ticks(ada, "[name='remedy.excluded'][value=ban]")
    await tab_to(ada, "[name='to.excluded.ban']")
    await ada.keyboard.press("ArrowDown")
    await ada.keyboard.press("ArrowDown")
    await tab_to(ada, "[name=ground]")
    await ada.keyboard.type("Duty")
    await tab_to(ada, "[name=reasons]")
    await ada.keyboard.type("The lead had been torn for a week, and nobody mended it.")
    await sends(ada, "rule")

    cleo = await without_mouse(rooms, "Cleo")
    await does(cleo, "Approvals")
    await cleo.wait_for_url("**phase=approval")
    await cleo.keyboard.press("j")
    await cleo.keyboard.press("Enter")
    await cleo.wait_for_url(f"**/cases/{case_id}")
    await cleo.keyboard.press("p")
    await cleo.wait_for_url("**/do/approve")
    await sends(cleo, "approve")
    await is_appealed(rooms, case_id, "respondent")
    await is_upheld(await without_mouse(rooms, "Ben"), case_id)
    await rooms.time_goes_by(case_id, "closed")
    await cleo.goto(f"/cases/{case_id}")
    assert "Closed" in await text(cleo)


async def test_a_bounty_dispute_is_upheld_with_a_payout_from_the_inbox_to_its_end(rooms: Rooms) -> None:
    await rooms.hours_are_short(SCALE / 20)
    await rooms.office.works("ada", "bounties")
    money = {"amount": 240000, "currency": "USD"}
    case_id = (await rooms.office.desk().in_review(heard=True, amount=money))["id"]
    ada = await without_mouse(rooms, "Ada")
    await takes(ada, case_id)
    await ada.keyboard.press("r")
    await ada.wait_for_url("**/ruling")
    await ada.keyboard.press("1")
    await ticks(ada, "[name='remedy.upheld'][value=payout]")
    await tab_to(ada, "[name='amount.upheld.payout']")
    await ada.keyboard.type("1,250")
    await tab_to(ada, "[name=ground]")
    await ada.keyboard.type("Severity")
    await tab_to(ada, "[name=reasons]")
    await ada.keyboard.type("The flaw was real, and mended two days later.")
    await ada.keyboard.press("Control+Enter")
    await ada.get_by_role("alert").filter(has_text="can be read in two ways").first.wait_for()
    rooms.complaints.clear()  # a browser writes down every refusal
    await looked_at(ada, "bounty-refused")
    await tab_to(ada, "[name='amount.upheld.payout']")
    await ada.keyboard.press("Control+a")
    await ada.keyboard.type("1.250,00")
    await ada.get_by_text("A payment of 1,250.00 USD").first.wait_for()
    await sends(ada, "rule")
    assert "The ruling was sent." in await text(ada)
    await rooms.time_goes_by(case_id, "closed")
    await ada.goto(f"/cases/{case_id}")
    assert "Closed" in await text(ada)
