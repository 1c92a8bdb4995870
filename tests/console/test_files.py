"""What was handed in, looked at in the page: pictures, words, hash, whose it is; and nothing of a stranger runs in it."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest

from tests.support.browsing import Lobby
from tests.support.lamp import in_claim
from tests.support.office import Office, party
from tests.support.pdf import pdf, png
from tests.support.rooms import Rooms, looked_at

pytestmark = pytest.mark.postgres


async def hands_in(office: Office, case: Any, side: str, text: str, *files: tuple[str, bytes, str]) -> list[str]:
    """A side hands evidence in; the ids of its files."""
    desk, who = office.desk(), party(case, side)
    ids = []
    for name, data, media_type in files:
        headers = {"Ombud-Act-As": who, "Content-Type": media_type}
        kept = await desk.post(f"/v1/cases/{case['id']}/files", params={"name": name}, content=data, headers=headers)
        assert kept.status_code == 201, kept.text
        ids.append(kept.json()["id"])
    answer = await desk.command(case["id"], "submit_evidence", who, text=text, files=ids)
    assert answer.status_code == 200, answer.text
    return ids


SHADE, NOTE, HANDOVER = png(), b"Packed twice.", pdf("Handed over without visible damage")


async def with_files(office: Office) -> tuple[str, list[str]]:
    """The lamp with a picture, a PDF and a text on file."""
    await office.works("ada", "payments")
    case = await in_claim(office)
    of_claimant = await hands_in(office, case, "claimant", "The shade as it came.", ("shade.png", SHADE, "image/png"))
    of_respondent = await hands_in(
        office, case, "respondent", "Our papers.", ("handover.pdf", HANDOVER, "application/pdf"), ("note.txt", NOTE, "text/plain")
    )
    return case["id"], of_claimant + of_respondent


class TestLook:
    async def test_each_file_says_what_it_is_and_whose(self, lobby: Lobby) -> None:
        case_id, (picture, papers, note) = await with_files(lobby.office)
        ada = await lobby.signed_in("ada")
        await ada.open(f"/cases/{case_id}")
        assert f'src="/cases/{case_id}/files/{picture}/raw"' in ada.html
        await ada.open(f"/cases/{case_id}/files/{picture}/look")
        for said in ("shade.png", "Jonas Weber", "image/png", hashlib.sha256(SHADE).hexdigest(), "1 of 3", "Save the file"):
            assert said in ada.words, said
        await ada.open(f"/cases/{case_id}/files/{papers}/look")
        assert "Handed over without visible damage" in ada.words
        assert "Lumen" in ada.words
        await ada.open(f"/cases/{case_id}/files/{note}/look")
        assert "Packed twice." in ada.words

    async def test_only_pictures_and_films_are_given_to_be_shown(self, lobby: Lobby) -> None:
        case_id, (picture, papers, note) = await with_files(lobby.office)
        ada = await lobby.signed_in("ada")
        shown = await ada.open(f"/cases/{case_id}/files/{picture}/raw")
        assert (shown.status_code, shown.headers["content-type"], shown.content) == (200, "image/png", SHADE)
        assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert shown.headers["x-content-type-options"] == "nosniff"
        for other in (papers, note):
            assert (await ada.open(f"/cases/{case_id}/files/{other}/raw")).status_code == 404
        saved = await ada.open(f"/cases/{case_id}/files/{note}")
        assert saved.headers["content-disposition"].startswith("attachment")

    async def test_nobody_looks_at_a_file_of_a_case_that_is_not_theirs(self, lobby: Lobby) -> None:
        case_id, (picture, *_) = await with_files(lobby.office)
        ben = await lobby.signed_in("ben")
        for way in ("", "/look", "/raw"):
            answer = await ben.open(f"/cases/{case_id}/files/{picture}{way}")
            # The case's own page says no, and how access is asked for.
            assert (answer.status_code, answer.headers["location"], answer.content) == (303, f"/cases/{case_id}", b""), way
        assert (await ben.open(f"/cases/{case_id}")).status_code == 403
        ada = await lobby.signed_in("ada")
        assert (await ada.open(f"/cases/{case_id}/files/fil_nobody/look")).status_code == 404


class TestSettings:
    async def test_pictures_are_blurred_where_somebody_wants_it(self, lobby: Lobby) -> None:
        case_id, _ = await with_files(lobby.office)
        await lobby.office.works("ben", "payments")
        ada, ben = await lobby.signed_in("ada"), await lobby.signed_in("ben")
        await ada.open(f"/cases/{case_id}")
        assert 'class="thumb "' in ada.html, "nobody is hurt in a payment dispute"
        await ada.open("/settings")
        await ada.send("/settings", blur="always", grey="yes")
        await ada.follow()
        assert "Kept" in ada.words
        await ada.open(f"/cases/{case_id}")
        assert 'class="thumb blurred grey"' in ada.html
        await ben.open(f"/cases/{case_id}")
        assert 'class="thumb "' in ben.html, "what Ada wants is Ada's"

    async def test_times_are_read_in_ones_own_zone_and_by_ones_own_clock(self, lobby: Lobby) -> None:
        case_id, _ = await with_files(lobby.office)
        ada = await lobby.signed_in("ada")
        await ada.open("/settings")
        await ada.send("/settings", zone="Asia/Tokyo", hours="12")
        await ada.open(f"/cases/{case_id}")
        assert "Your time, Asia/Tokyo" in ada.words
        assert " pm" in ada.words or " am" in ada.words
        await ada.open("/settings")
        assert "<option selected>Asia/Tokyo</option>" in ada.html

    async def test_what_is_none_of_the_choices_is_refused(self, lobby: Lobby) -> None:
        ada = await lobby.signed_in("ada")
        for wrong in ({"zone": "Mars/Olympus"}, {"blur": "sometimes"}, {"hours": "25"}, {"after": "sleep"}):
            await ada.open("/settings")
            assert (await ada.send("/settings", **wrong)).status_code == 422, wrong


@pytest.mark.browser
class TestInABrowser:
    async def test_a_picture_opens_in_the_page_and_grows(self, rooms: Rooms) -> None:
        case_id, _ = await with_files(rooms.office)
        page = await rooms.signed_in("Ada")
        await page.goto(f"/cases/{case_id}")
        link = page.get_by_role("link", name="shade.png", exact=True)
        await link.focus()
        await page.keyboard.press("Enter")
        viewer = page.locator("#viewer[open]")
        await viewer.get_by_role("heading", name="shade.png").wait_for()
        assert page.url.endswith(case_id), "it is still the page of the case"
        image = viewer.locator(".frame-of img")
        await image.evaluate("one => one.decode()")
        width = "one => one.getBoundingClientRect().width"
        narrow = await image.evaluate(width)
        await viewer.get_by_role("radio", name="4 ×").check(force=True)
        assert await image.evaluate(width) > narrow * 2
        await looked_at(page, "look-picture")
        await viewer.get_by_role("link", name="After").click()
        await viewer.get_by_text("Handed over without visible damage").wait_for()
        await page.keyboard.press("Escape")
        assert await page.evaluate("document.activeElement.textContent") == "shade.png", "the focus is back where it was"

    async def test_what_is_blurred_is_clear_for_whoever_looks(self, rooms: Rooms) -> None:
        case_id, _ = await with_files(rooms.office)
        page = await rooms.signed_in("Ada")
        await page.goto("/settings")
        await page.get_by_role("radio", name="Always").check()
        await looked_at(page, "settings")
        await page.get_by_role("button", name="Keep it").click()
        await page.wait_for_url("**saved=1")
        await page.goto(f"/cases/{case_id}#evidence")
        thumb = page.locator(".thumb").first
        style = "one => getComputedStyle(one.querySelector('img')).filter"
        await page.mouse.move(0, 0)
        assert "blur" in await thumb.evaluate(style)
        await looked_at(page, "case-evidence")
        await thumb.focus()
        assert await thumb.evaluate(style) == "none"

    async def test_without_scripts_it_is_a_page_of_its_own(self, rooms: Rooms) -> None:
        case_id, _ = await with_files(rooms.office)
        page = await rooms.signed_in("Ada", java_script_enabled=False)
        await page.goto(f"/cases/{case_id}")
        await page.get_by_role("link", name="shade.png", exact=True).click()
        await page.wait_for_url("**/look")
        await page.get_by_role("radio", name="2 ×").check(force=True)
        await page.get_by_role("link", name="After").click()
        assert "Handed over without visible damage" in await page.inner_text("main")


async def test_files_of_a_report_that_was_turned_away_are_on_its_page(lobby: Lobby) -> None:
    files = [{"name": "proof.png", "media_type": "image/png", "data": base64.b64encode(png()).decode()}]
    case = await lobby.office.desk().opened(attachments=files, attributes={"closed_days_ago": 400})
    dana = await lobby.signed_in("dana")
    await dana.open(f"/cases/{case['id']}")
    assert "Came with the report, and is no evidence" in dana.words
    (where,) = set(re.findall(rf"/cases/{case['id']}/files/cnt_[\w-]+", dana.html))
    saved = await dana.open(where)
    assert (saved.content, saved.headers["content-type"]) == (png(), "application/octet-stream")
