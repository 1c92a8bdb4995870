"""What the team itself hands in, with files: on record as theirs, and nobody loses by it unheard."""

from __future__ import annotations

import base64

import pytest

from tests.support.browsing import URL, Browser, Lobby
from tests.support.lamp import in_claim
from tests.support.rooms import Rooms, looked_at

pytestmark = pytest.mark.postgres

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")


async def at_the_form(lobby: Lobby) -> tuple[str, Browser]:
    """Ada has the lamp, and the form is open."""
    await lobby.office.works("ada", "payments")
    case_id = (await in_claim(lobby.office))["id"]
    ada = await lobby.signed_in("ada")
    await ada.open("/inbox")
    await ada.send("/take-next")
    await ada.open(f"/cases/{case_id}/hand-in")
    ada.http.headers.update({"Origin": URL, "Sec-Fetch-Site": "same-origin"})
    return case_id, ada


class TestHandingIn:
    async def test_words_and_files_are_on_record_for_both_sides(self, lobby: Lobby) -> None:
        case_id, ada = await at_the_form(lobby)
        where = f"/cases/{case_id}/hand-in"
        fields = {**ada.form(where).fields, "text": "A photo of the box by the carrier.", "confidentiality": "shared"}
        files = [("files", ("C:\\fakepath\\box.png", PIXEL, "image/png"))]
        answer = await ada.http.post(where, data=fields, files=files)
        assert answer.status_code == 303, answer.text
        again = await ada.http.post(where, data=fields, files=files)
        assert again.status_code == 303
        await ada.open(f"/cases/{case_id}")
        assert "A photo of the box by the carrier." in ada.words
        assert "From the platform and the team 1 piece" in ada.words, "pressed twice it happens once"
        assert "box.png" in ada.words
        await ada.open(f"/cases/{case_id}/ruling")
        assert "A photo of the box by the carrier" in ada.words

    async def test_nothing_said_and_what_is_no_file_come_back(self, lobby: Lobby) -> None:
        case_id, ada = await at_the_form(lobby)
        where = f"/cases/{case_id}/hand-in"
        fields = ada.form(where).fields
        empty = await ada.http.post(where, data={**fields, "text": " "}, files=[("files", ("", b"", "application/octet-stream"))])
        assert empty.status_code == 422
        assert "Say what it is, and what it shows." in empty.text
        program = [("files", ("run.exe", b"MZ\x90\x00" + b"\x00" * 60, "image/png"))]
        refused = await ada.http.post(where, data={**fields, "text": "A file"}, files=program)
        assert refused.status_code in (415, 422)
        assert "A file" in refused.text
        assert "“run.exe”: " in refused.text, "of several, which one"
        many = [("files", (f"{n}.png", PIXEL, "image/png")) for n in range(11)]
        assert (await ada.http.post(where, data={**fields, "text": "Many"}, files=many)).status_code in (400, 422)
        forged = await ada.http.post(where, data={**fields, "form_token": "x", "text": "A file"}, files=files_of_one())
        assert forged.status_code in (400, 403)

    async def test_whoever_only_reads_it_hands_nothing_in(self, lobby: Lobby) -> None:
        case_id, _ = await at_the_form(lobby)
        ben = await lobby.signed_in("ben")
        answer = await ben.open(f"/cases/{case_id}/hand-in")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case_id}"), "where access is asked for"
        assert (await ben.open(f"/cases/{case_id}")).status_code == 403


def files_of_one() -> list[tuple[str, tuple[str, bytes, str]]]:
    """One picture."""
    return [("files", ("box.png", PIXEL, "image/png"))]


@pytest.mark.browser
async def test_it_looks_right_and_goes_by_keyboard(rooms: Rooms) -> None:
    await rooms.office.works("ada", "payments")
    case_id = (await in_claim(rooms.office))["id"]
    page = await rooms.signed_in("Ada")
    await page.keyboard.press("n")
    await page.wait_for_url(f"**/cases/{case_id}**")
    await page.get_by_role("link", name="Hand something in for the team").click()
    await page.get_by_label("What it is, and what it shows").fill("A photo of the box by the carrier.")
    await page.get_by_label("Files").set_input_files({"name": "box.png", "mimeType": "image/png", "buffer": PIXEL})
    await looked_at(page, "hand-in")
    await page.keyboard.press("Control+Enter")
    await page.get_by_text("From the platform and the team").wait_for()
    await looked_at(page, "case-handed-in")
