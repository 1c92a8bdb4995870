"""An ops lead's morning in a real browser, without JavaScript: from the page of the day to each cure, and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.support.lamp import in_claim
from tests.support.rooms import Rooms, looked_at, text

pytestmark = [pytest.mark.postgres, pytest.mark.browser]

PACK = Path(__file__).parents[2] / "policies" / "packs" / "bounty_dispute.yaml"
MAIL = (
    b"From: Kim <kim@example.org>\r\nTo: us@ombud.example\r\nSubject: The receipt\r\nPrecedence: bulk\r\n"
    b"Message-ID: <morning@example.org>\r\n\r\nI found the receipt.\r\n"
)
PAGES = ("/today", "/absences", "/freezes", "/packs", "/campaigns", "/calendars/europe-office", "/administration/people")


async def night(rooms: Rooms) -> list[str]:
    """Three cases: one runs out overnight; one is ruled, and a letter of it came back; one is nobody's."""
    office = rooms.office
    ids = [(await in_claim(office, matter=f"order-{n}", external_id=f"H-{n}"))["id"] for n in range(3)]
    for case_id in ids[:2]:
        answer = await office.desk().command(case_id, "assign", "per_dana", owner="per_ada")
        assert answer.status_code == 200, answer.text
    refund = {"type": "refund", "amount": {"amount": 1000, "currency": "EUR"}}
    said: dict[str, Any] = {
        "outcome": "partly_refunded",
        "ground": "not_as_described",
        "reasons": "It came broken.",
        "remedies": [refund],
    }
    answer = await office.desk(office.keys["ada"]).command(ids[1], "rule", relies_on=[], **said)
    assert answer.status_code == 200, answer.text
    async with office.database.tenant(office.tenant_id) as conn:
        ends = "UPDATE cases SET ends_at = CASE WHEN id = $1 THEN now() + interval '5 hours' ELSE '9999-01-01' END"
        await conn.execute(ends, ids[0])
        failed = "UPDATE notices SET state = 'failed', attempts = 10, last_error = 'mailbox_full' WHERE case_id = $1"
        await conn.execute(failed, ids[1])
    return ids


async def went(page: Page, path: str) -> str:
    """What is read at an address of ours."""
    await page.goto(path)
    return await text(page)


async def test_an_ops_leads_morning(rooms: Rooms) -> None:
    ids = await night(rooms)
    await rooms.office.desk().post("/v1/intake/email", content=MAIL)
    await rooms.office.key(name="old robot", scopes=("cases:read",))
    dana = await rooms.signed_in("Dana", java_script_enabled=False)

    await _reassigned(dana)
    await _in_bulk(dana)
    await _frozen_and_thawed(dana)
    await went(dana, "/today")
    await dana.get_by_role("button", name=re.compile("^Send again")).first.click()
    await expect(dana.get_by_text("It is sent again.")).to_be_visible()
    await _placed(dana, ids[2])
    await went(dana, "/administration/keys")
    await dana.locator("details", has_text="Revoke old robot").locator("summary").click()
    await dana.get_by_role("button", name="Revoke old robot").click()
    await expect(dana.get_by_text("Revoke: done.")).to_be_visible()
    await _published(rooms, dana)


async def _reassigned(dana: Page) -> None:
    """The deadline of the night goes to somebody else."""
    assert "Due in 24 hours 1" in await went(dana, "/today")
    await (
        dana.locator("section", has=dana.get_by_role("heading", name="What runs out next"))
        .get_by_role("link", name="Reassign")
        .click()
    )
    await dana.get_by_label("Owner").first.select_option(label="Ben")
    await dana.locator("form", has=dana.get_by_label("Owner")).get_by_role("button").last.click()
    await dana.goto("/today")
    await expect(dana.locator("section", has=dana.get_by_role("heading", name="What runs out next"))).to_contain_text("Ben")


async def _in_bulk(dana: Page) -> None:
    """Three are to be put away, of which one refuses: it is ruled already."""
    await went(dana, "/inbox?view=all")
    for box in await dana.locator("input[name=case]").all():
        await box.check()
    await dana.get_by_label("With those that are ticked").select_option("snooze")
    await dana.get_by_role("button", name="Go on").click()
    await dana.locator("input[type=datetime-local]").first.fill(f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%dT09:00}")
    await dana.get_by_label("Reason").fill("waits for the carrier")
    await dana.get_by_role("button", name="Look first").click()
    await expect(dana.get_by_text(re.compile("It would go to 3 cases, and 1 of them would refuse it"))).to_be_visible()
    await dana.get_by_role("button", name="Put it away until later").click()
    await expect(dana.get_by_text(re.compile("done in 2 of 3"))).to_be_visible()


async def _frozen_and_thawed(dana: Page) -> None:
    await went(dana, "/freezes")
    await dana.get_by_label("What it is called").fill("mail-outage")
    await dana.get_by_label("Every open case").check()
    await dana.get_by_role("button", name="Freeze the clocks").click()
    await expect(dana.get_by_text(re.compile("Frozen: 3 cases"))).to_be_visible()
    assert "stand still" in await went(dana, "/today")
    await dana.get_by_role("link", name="Let them go on").click()
    await dana.get_by_role("button", name="Let the clocks go on").click()
    await expect(dana.get_by_text(re.compile("Going on: 3 cases"))).to_be_visible()


async def _placed(dana: Page, case_id: str) -> None:
    await went(dana, "/today")
    await dana.locator("#stuck").get_by_role("link", name="1", exact=True).last.click()
    await dana.locator("main a[href^='/unplaced/']").first.click()
    await dana.goto(f"{dana.url}?case={case_id}")
    form = dana.locator("form[action$='/place']")
    await form.locator("input[name=sender_checked]").check()
    await form.get_by_role("button").click()
    await expect(dana).to_have_url(re.compile(case_id))


async def _published(rooms: Rooms, dana: Page) -> None:
    """By two: who proposed it approves nothing."""
    await went(dana, "/packs")
    await dana.get_by_label("The pack, as its file reads").fill(PACK.read_text(encoding="utf-8") + "\n# said again\n")
    await dana.get_by_label("Why it changes").fill("Said again")
    await dana.get_by_role("button", name="Propose it").click()
    await expect(dana.get_by_text("You proposed it yourself")).to_be_visible()
    cleo = await rooms.signed_in("Cleo", java_script_enabled=False)
    await cleo.goto(dana.url.partition("?")[0])
    await cleo.get_by_role("button", name="Approve and publish").click()
    await expect(cleo.get_by_text("In force.")).to_be_visible()


async def test_its_pages_are_healthy_in_both_themes_and_at_every_width(rooms: Rooms) -> None:
    await night(rooms)
    dana = await rooms.signed_in("Dana")
    for path in PAGES:
        await dana.goto(path)
        await looked_at(dana, "ops" + path.replace("/", "-"))
