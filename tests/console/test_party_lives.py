"""Lives of a case on the phones of its parties, in a real browser, with JavaScript and without."""

from __future__ import annotations

import asyncio
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from playwright.async_api import Page

from activities.messages import Arrival, RecordInput
from tests.support.database import Server
from tests.support.office import JudgingDoor, party
from tests.support.outside import CABIN, DANGER, PHONE, link_of, phone
from tests.support.rooms import Rooms, healthy, looked_at, text

pytestmark = [pytest.mark.postgres, pytest.mark.browser]
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
RULED = {"outcome": "partly_refunded", "ground": "charged_twice", "reasons": "The second charge was an error of the shop."}
"""A ruling by which both sides lose something."""


async def sent(page: Page, button: str) -> None:
    """Press a button and wait for its receipt."""
    await page.get_by_role("button", name=button, exact=True).click()
    await page.wait_for_url("**/my/receipts/**")
    assert "Received" in await text(page)


async def decided(rooms: Rooms) -> dict[str, Any]:
    """A case that was decided, its parties told."""
    await rooms.hours_are_short()
    desk = rooms.office.desk()
    case = await desk.opened(**CABIN)
    for side, command, more in (
        ("respondent", "message", {"text": "We charged once.", "to": "all"}),
        ("claimant", "escalate", {}),
        ("respondent", "submit_evidence", {"text": "Our ledger."}),
        ("claimant", "message", {"text": "My bank says twice.", "to": "all"}),
    ):
        answer = await desk.command(case["id"], command, party(case, side), **more)
        assert answer.status_code == 200, answer.text
    ada = rooms.office.desk("ada")
    assert (await ada.post(f"/v1/cases/{case['id']}/take")).status_code == 200
    remedies = [{"type": "refund", "amount": {"amount": 15000, "currency": "EUR"}}]
    answer = await ada.command(case["id"], "rule", remedies=remedies, relies_on=[], **RULED)
    assert answer.status_code == 200, answer.text
    await rooms.time_goes_by(case["id"], "appealable")
    return case


@SCRIPTS
async def test_a_report_by_form_on_a_phone(rooms: Rooms, scripts: bool) -> None:
    key = await rooms.office.key(scopes=("*", "admin"), person_id="per_dana")
    said = {"provider": "form", "kind": "payment_dispute", "page": True, "respondent": CABIN["parties"][1]}
    made = (await rooms.office.desk(key).post("/v1/intake-sources", said)).json()
    page = await (await rooms.context(**PHONE, java_script_enabled=scripts)).new_page()
    await page.goto(f"/report/{made['id']}")
    await page.get_by_role("radio", name=re.compile("Charged twice")).check(force=True)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Tell it in your own words").fill("My bank shows two charges on the same day.")
    await page.get_by_label(re.compile("How much is it about")).fill("312.50")
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Your e-mail address").fill("amira@example.org")
    await page.get_by_role("button", name="Continue").click()
    assert "My bank shows two charges" in await text(page)
    await page.set_input_files("#files", {"name": "bank.txt", "mimeType": "text/plain", "buffer": b"2 x 312.50"})
    # Nobody has filled it in faster than this.
    await asyncio.sleep(3.1)
    await page.get_by_role("button", name="Send the report").click()
    await page.get_by_role("heading", name="We have your report").wait_for()
    await page.get_by_role("button", name="Open my case").click()
    await page.wait_for_url("**/my")
    shown = await text(page)
    assert "bank.txt" in shown
    assert "You reported it" in shown


@SCRIPTS
async def test_a_form_loses_nothing_by_going_back_loading_it_again_or_another_language(rooms: Rooms, scripts: bool) -> None:
    key = await rooms.office.key(scopes=("*", "admin"), person_id="per_dana")
    made = (
        await rooms.office.desk(key).post("/v1/intake-sources", {"provider": "form", "kind": "safety_incident", "page": True})
    ).json()
    page = await (await rooms.context(**PHONE, java_script_enabled=scripts, timezone_id="America/New_York")).new_page()
    await page.goto(f"/report/{made['id']}")
    await page.get_by_role("radio", name=re.compile("I was attacked")).check(force=True)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Tell it in your own words").fill("He would not let me pass.")
    await page.get_by_role("button", name="Deutsch").click()
    await page.get_by_role("button", name="Weiter").wait_for()
    assert await page.input_value("#statement") == "He would not let me pass."
    await page.get_by_role("button", name="English").click()
    await page.get_by_role("button", name="Continue").click()
    assert await page.input_value("#zone") == ("America/New_York" if scripts else "UTC")
    await page.get_by_label("Your e-mail address").fill("mara@example.org")
    # The enter key goes on, and speaks no other language.
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Is everything right?").wait_for()
    await page.go_back()
    assert await page.input_value("#email") == "mara@example.org"
    await page.go_back()
    await page.reload()
    assert await page.input_value("#statement") == "He would not let me pass."


@SCRIPTS
async def test_what_was_begun_stays(rooms: Rooms, scripts: bool) -> None:
    case = await rooms.office.desk().opened(**CABIN)
    page = await phone(rooms, case, "claimant", java_script_enabled=scripts)
    await page.fill("#text", "Half a sentence")
    await page.get_by_role("button", name="Deutsch").click()
    await page.get_by_role("button", name="Nachricht senden").wait_for()
    assert await page.input_value("#text") == "Half a sentence"
    await page.get_by_role("button", name="English").click()
    await page.get_by_role("button", name="Send message").wait_for()
    await page.fill("#text", "Half a sentence, and more")
    if not scripts:
        await page.get_by_role("button", name="Keep it for later").click()
        await page.wait_for_load_state()
    await page.get_by_role("link", name="Offer something").click()
    await page.get_by_label("Amount in EUR").fill("300")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/my/receipts/**")
    await page.goto("/my")
    assert await page.input_value("#text") == "Half a sentence, and more"


@pytest.mark.parametrize("way", ["#quick-exit", "a[href='/my/devices']"])
async def test_the_quick_exit_leaves_nothing_half_written(rooms: Rooms, way: str) -> None:
    case = await rooms.office.desk().opened(**DANGER)
    page = await phone(rooms, case, "claimant")
    await page.locator("#write textarea").fill("He waits at my door.")
    # Nobody is asked for in a test but us.
    await page.locator(way).first.evaluate("(link) => { link.href = '/my/devices'; }")
    await page.locator(way).first.click()
    await page.wait_for_url("**/my/devices")
    await page.goto("/my")
    kept = "" if way == "#quick-exit" else "He waits at my door."
    assert await page.locator("#write textarea").input_value() == kept


@SCRIPTS
async def test_a_settlement_between_two_phones(rooms: Rooms, scripts: bool) -> None:
    case = await rooms.office.desk().opened(**CABIN)
    hers = await phone(rooms, case, "claimant", java_script_enabled=scripts)
    theirs = await phone(rooms, case, "respondent", java_script_enabled=scripts)
    await theirs.get_by_label("Write a message").fill("Sorry, the card was charged again.")
    await sent(theirs, "Send message")
    await theirs.goto("/my/do/offer")
    await theirs.get_by_role("radio", name="Money back", exact=True).check(force=True)
    await theirs.get_by_label("Amount in EUR").fill("280")
    await sent(theirs, "Send the offer")
    await hers.reload()
    assert "Sorry, the card was charged again." in await text(hers)
    await hers.get_by_role("link", name="Offer something else").click()
    await hers.get_by_role("radio", name="Money back", exact=True).check(force=True)
    await hers.get_by_label("Amount in EUR").fill("300.50")
    await sent(hers, "Send the offer")
    await theirs.goto("/my")
    assert "€300.50" in await text(theirs)
    await sent(theirs, "Accept €300.50")
    for page in (hers, theirs):
        await page.goto("/my")
        assert "You have settled it" in await text(page)


@SCRIPTS
async def test_evidence_with_a_slow_upload(rooms: Rooms, scripts: bool) -> None:
    case = await rooms.office.desk().opened(**CABIN)
    page = await phone(rooms, case, "claimant", java_script_enabled=scripts)
    await page.goto("/my/do/hand-in")
    await page.get_by_label("What it shows").fill("Both charges, on one page.")
    await page.set_input_files("#files", {"name": "bank.txt", "mimeType": "text/plain", "buffer": b"two charges\n" * 7000})
    if scripts:
        wire = await page.context.new_cdp_session(page)
        slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 60_000}
        await wire.send("Network.emulateNetworkConditions", slow)
        await page.evaluate(
            "() => { window.seen = new Set(); const bar = document.querySelector('progress');"
            " setInterval(() => window.seen.add(bar.value), 20);"
            " addEventListener('beforeunload', () => sessionStorage.setItem('seen', window.seen.size)); }"
        )
    await sent(page, "Hand in")
    if scripts:
        assert int(await page.evaluate("sessionStorage.getItem('seen')")) >= 3
    await page.goto("/my")
    await page.get_by_role("link", name=re.compile("bank.txt")).wait_for()


@SCRIPTS
async def test_a_decision_read_by_its_link_and_an_appeal(rooms: Rooms, scripts: bool) -> None:
    case = await decided(rooms)
    page = await phone(rooms, case, "claimant", java_script_enabled=scripts)
    shown = await text(page)
    for said in (
        "A part of the money is paid back.", "The second charge was an error of the shop.", "€150.00", "to you",
        "You can appeal once",
    ):  # fmt: skip
        assert said in shown, said
    await page.get_by_role("link", name="Appeal against the decision").first.click()
    assert "You can appeal once. The other side is told of it" in await text(page)
    await page.get_by_label("Why").fill("The whole second charge has to come back.")
    await sent(page, "Appeal")
    await page.goto("/my")
    assert "You appealed The whole second charge has to come back." in await text(page)
    # Whom it was sent to reads it on their own page.
    other = await phone(rooms, case, "respondent", java_script_enabled=scripts)
    assert "The other side appealed The whole second charge has to come back." in await text(other)


@SCRIPTS
async def test_a_lost_link_asked_for_again(rooms: Rooms, scripts: bool) -> None:
    await rooms.office.desk().opened(**CABIN)
    page = await (await rooms.context(**PHONE, java_script_enabled=scripts)).new_page()
    await page.goto(f"/lost/{rooms.office.tenant_id}")
    await page.get_by_label("Number of the case").fill("H-20440")
    await page.get_by_label("Your e-mail address").fill("amira@example.org")
    await page.get_by_role("button", name="Send me a new link").click()
    assert "We say the same to everybody" in await text(page)


@SCRIPTS
async def test_two_phones_side_by_side_through_an_incident_of_which_one_is_not_told(rooms: Rooms, scripts: bool) -> None:
    office = rooms.office
    await office.works("ada", "safety")
    case = await office.desk().opened(**DANGER)
    hers = await phone(rooms, case, "claimant", java_script_enabled=scripts)
    his = await (await rooms.context(**PHONE, java_script_enabled=scripts)).new_page()
    before = len(rooms.complaints)

    async def nothing() -> None:
        await his.goto(await link_of(office, case, "respondent"))
        await his.locator("main form button").click()
        shown = await text(his)
        assert "There is nothing here for you" in shown
        for word in ("door", "Mara", "danger", "incident", case["id"][-8:]):
            assert word not in shown, word

    await nothing()
    assert "The other side does not know of it yet" in await text(hers)
    await hers.get_by_label("Write a message").fill("He stands outside again.")
    await sent(hers, "Send message")
    await nothing()
    ada = office.desk("ada")
    assert (await ada.post(f"/v1/cases/{case['id']}/take")).status_code == 200
    answer = await ada.command(case["id"], "disclose", text="Somebody felt followed after a booking.")
    assert answer.status_code == 200, answer.text
    await his.goto(await link_of(office, case, "respondent"))
    await his.locator("main form button").click()
    await his.wait_for_url("**/my")
    shown = await text(his)
    assert "Somebody felt followed after a booking." in shown
    for word in ("He waited for me", "He stands outside again", "Mara", "What happened at the door"):
        assert word not in shown, word
    await hers.goto("/my")
    assert "He stands outside again." in await text(hers)
    # What he was told that there is not is an error of the browser's, and of nobody else.
    assert all("404" in said for said in rooms.complaints[before:])
    del rooms.complaints[before:]


async def test_what_a_reader_of_the_screen_is_told(rooms: Rooms) -> None:
    desk = rooms.office.desk()
    case = await desk.opened(**CABIN)
    await desk.command(
        case["id"], "offer", party(case, "respondent"), remedy="refund", amount={"amount": 28000, "currency": "EUR"}
    )
    page = await phone(rooms, case, "claimant")
    tree = await page.locator("body").aria_snapshot()
    for name in (
        'region "The other side has made you an offer"', 'button "Accept €280.00"', 'region "What happens next"',
        'textbox "Write a message"', 'group "Who reads this"', 'button "Deutsch"', 'navigation "Language"', 'button "Sign out"',
    ):  # fmt: skip
        assert name in tree, (name, tree)
    accept = page.get_by_role("button", name="Accept €280.00")
    described = await accept.get_attribute("aria-describedby")
    assert await page.locator(f"#{described}").inner_text() == "This settles the case. Neither side can change it afterwards."


@pytest.mark.parametrize("language", ["en", "de"])
async def test_every_page_is_sound_in_both_themes_and_at_every_width(rooms: Rooms, language: str) -> None:
    desk = rooms.office.desk()
    case = await desk.opened(**CABIN)
    await desk.command(
        case["id"], "offer", party(case, "respondent"), remedy="refund", amount={"amount": 28000, "currency": "EUR"}
    )
    page = await phone(rooms, case, "claimant", locale=language)
    await page.goto(f"/language/{language}?back=/my")
    await looked_at(page, f"party-{language}")
    for name in ("hand-in", "offer", "withdraw"):
        await page.goto(f"/my/do/{name}")
        await looked_at(page, f"party-{name}-{language}")
    await page.goto(f"/lost/{rooms.office.tenant_id}")
    await looked_at(page, f"party-lost-{language}")
    await page.goto(await link_of(rooms.office, case, "respondent"))
    await looked_at(page, f"party-open-{language}")
    key = await rooms.office.key(scopes=("*", "admin"), person_id="per_dana")
    made = (
        await rooms.office.desk(key).post("/v1/intake-sources", {"provider": "form", "kind": "safety_incident", "page": True})
    ).json()
    await page.goto(f"/report/{made['id']}")
    await looked_at(page, f"party-report-{language}")
    danger = await desk.opened(**DANGER)
    await page.goto(await link_of(rooms.office, danger, "claimant"))
    await page.locator("main form button").click()
    await page.wait_for_url("**/my")
    await looked_at(page, f"party-danger-{language}")
    await healthy(page)


PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


async def test_the_pictures_of_a_partys_tour(rooms: Rooms, tmp_path: Path) -> None:
    """`OMBUD_PICTURES=1 make test-browser ARGS="-k pictures"` takes them anew."""
    folder = PICTURES if os.environ.get("OMBUD_PICTURES") else tmp_path
    desk = rooms.office.desk()
    case = await desk.opened(**CABIN)
    amount = {"amount": 28000, "currency": "EUR"}
    await desk.command(case["id"], "offer", party(case, "respondent"), remedy="refund", amount=amount)
    page = await (await rooms.context(**PHONE, reduced_motion="reduce")).new_page()

    async def taken(name: str) -> None:
        await page.screenshot(path=folder / f"party-{name}.png")

    await page.goto(await link_of(rooms.office, case, "claimant"))
    await taken("link")
    await page.locator("main form button").click()
    await page.wait_for_url("**/my")
    await taken("case")
    await page.goto("/my/do/offer")
    await taken("offer")
    await page.goto("/language/de?back=/my")
    await taken("case-de")
    await page.goto("/language/en?back=/my")
    await page.get_by_role("button", name="Accept €280.00").click()
    await page.wait_for_url("**/my/receipts/**")
    await taken("receipt")
    assert len(list(folder.glob("party-*.png"))) == 5


@SCRIPTS
async def test_an_answer_to_a_letter_by_mail_stands_on_the_page(rooms: Rooms, scripts: bool) -> None:
    office = rooms.office
    case = await office.desk().opened(**CABIN)
    letter = next(
        one.id for one in await office.views.notices(office.tenant_id, case["id"])
        if one.audience == "claimant" and one.channel == "email"
    )  # fmt: skip
    token = office.vault.reply_token(office.tenant_id, letter)
    head = "From: Amira <amira@example.org>\r\nTo: d@ombud.example\r\nSubject: Re: Twice\r\nMessage-ID: <p1@example.org>\r\n"
    quoted = "\r\n\r\nOn Monday Ombud wrote:\r\n> We have your report.\r\n"
    raw = f"{head}In-Reply-To: <{letter}.{token}@ombud.example>\r\n\r\nMy bank has sent me <b>two</b> slips.{quoted}".encode()
    for _ in range(2):
        answer = await office.desk().post("/v1/intake/email", content=raw)
        assert (answer.is_success, answer.json()["status"]) == (True, "message"), answer.text
    page = await phone(rooms, case, "claimant", java_script_enabled=scripts)
    shown = await text(page)
    assert shown.count("My bank has sent me <b>two</b> slips.") == 1
    assert token not in await page.content()
    if scripts:
        await looked_at(page, "party-answer-by-mail")


@SCRIPTS
async def test_a_platforms_own_user_is_let_in_by_its_key(rooms: Rooms, scripts: bool) -> None:
    office = rooms.office
    case = await office.desk().opened(**CABIN)
    made = await office.desk().post(f"/v1/cases/{case['id']}/party-links", {"party": party(case, "claimant")})
    assert made.status_code == 201, made.text
    page = await (await rooms.context(**PHONE, java_script_enabled=scripts)).new_page()
    await page.goto(made.json()["path"])
    await page.locator("main form button").click()
    await page.wait_for_url("**/my")
    assert "You were charged twice for one booking" in await text(page)
    other = await (await rooms.context(**PHONE, java_script_enabled=scripts)).new_page()
    before = len(rooms.complaints)
    await other.goto(made.json()["path"])
    if await other.locator("main form button").count():
        await other.locator("main form button").first.click()
    assert "You were charged twice for one booking" not in await text(other), "it is good once"
    assert not [said for said in rooms.complaints[before:] if not re.search(r"status of 4\d\d", said)]
    del rooms.complaints[before:]


@SCRIPTS
async def test_a_protocol_is_read_and_commented_on(rooms: Rooms, server: Server, scripts: bool) -> None:
    office = rooms.office
    case = await office.desk().opened(**CABIN)
    ada, desk = office.desk("ada"), office.desk()
    await office.desk("dana").command(case["id"], "assign", "per_dana", owner="per_ada")
    at = (datetime.now(UTC) + timedelta(hours=2)).isoformat(timespec="seconds")
    answer = await ada.command(case["id"], "propose_appointment", "per_ada", times=[at], about="We call you both.")
    assert answer.status_code == 200, answer.text
    for side in ("claimant", "respondent"):
        answer = await desk.command(case["id"], "answer_appointment", party(case, side), times=[at], joint=True)
        assert answer.status_code == 200, answer.text
    said = {"id": "cmd_protocol", "type": "record_appointment", "by": "per_ada", "protocol": "Both name two slips."}
    await office.inbox.receive(office.tenant_id, case["id"], said, credential="ses_ada")
    conn = await asyncpg.connect(server.owner_dsn)
    try:
        await conn.execute("SELECT set_config('ombud.tenant', $1, false)", office.tenant_id)
        moved = "UPDATE commands SET received_at = received_at + interval '3 hours' WHERE id = 'cmd_protocol'"
        await conn.execute(moved)
    finally:
        await conn.close()
    door = office.parts().doors
    assert isinstance(door, JudgingDoor)
    arrival = RecordInput(tenant_id=office.tenant_id, case_id=case["id"], arrivals=(Arrival(command_id="cmd_protocol"),))
    (told,) = (await door.recorder.record(arrival)).answers
    assert told is not None
    assert told.status == "accepted", told
    page = await phone(rooms, case, "claimant", java_script_enabled=scripts)
    assert "Both name two slips." in await text(page)
    await page.get_by_role("link", name="Comment on what was put down").first.click()
    await page.wait_for_url("**/my/do/hearing-comment*")
    assert "Both name two slips." in await text(page), "nobody comments on what they do not see"
    if scripts:
        await healthy(page)
    await page.locator("main textarea").first.fill("It was three slips.")
    await sent(page, "Send the comment")
    await page.goto("/my")
    assert "It was three slips." in await text(page)
    if scripts:
        await looked_at(page, "party-protocol")
    other = await phone(rooms, case, "respondent", java_script_enabled=scripts)
    assert "It was three slips." in await text(other)
