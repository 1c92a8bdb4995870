"""Every page of the team, by the list of addresses that the console answers: sound for a reader of the screen, at every width, in
both themes. A new address is looked at here, or says where it is, or why it is no page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from console.app import SIGNED_IN
from console.pages import payloads, sign_in
from console.pages.administration import MAKES, TABLES
from tests.support.browsing import Lobby
from tests.support.lamp import in_claim
from tests.support.rooms import Rooms, looked_at, text

PACK = Path(__file__).parents[2] / "policies" / "packs" / "bounty_dispute.yaml"
MAIL = (
    b"From: Kim <kim@example.org>\r\nTo: us@ombud.example\r\nSubject: The receipt\r\nPrecedence: bulk\r\n"
    b"Message-ID: <every-page@example.org>\r\n\r\nI found the receipt.\r\n"
)
ORDER = {
    "article": "9", "country": "de", "language": "de", "asks_declared_language": "yes", "declared_language": "yes",
    "authority": "Amtsgericht Hamburg", "reference": "12 Gs 3/26", "where": "https://example.com/posts/77",
}  # fmt: skip
NO_PAGE: Mapping[str, str] = {
    "/prove": "leads to the provider, or shows what /sign-in shows",
    "/sign-in/oidc": "leads to the provider",
    "/sign-in/oidc/back": "leads to the inbox",
    "/inbox.csv": "a table for other programs",
    "/by-hand.csv": "a table for other programs",
    "/orders.csv": "a table for other programs",
    "/exceptions.csv": "a table for other programs",
    "/cases/{case_id}/proof.zip": "a file",
    "/cases/{case_id}/files/{file_id}": "a file",
    "/cases/{case_id}/files/{file_id}/raw": "a file",
    "/unplaced/{mail_id}/original": "a file",
    "/cases/{case_id}/news": "a part of a page",
    "/cases/{case_id}/present": "a part of a page",
    "/live": "a stream",
    "/menu": "a part of a page",
    "/find": "a part of a page",
}
ELSEWHERE: Mapping[str, str] = {
    "/bulk/{bulk_id}": "test_bulk.py",
    "/cases/{case_id}/files/{file_id}/look": "test_files.py",
}
"""Pages that another test looks at in the same way."""


def _answered() -> set[str]:
    pages = [*sign_in.PAGES, *payloads.OPEN, *(page for module in SIGNED_IN for page in module.PAGES)]
    return {path for path, methods, _ in pages if "GET" in methods}


PATHS = sorted(_answered() - NO_PAGE.keys() - ELSEWHERE.keys())
PARTS = 6


def test_what_is_no_page_and_what_is_looked_at_elsewhere_is_still_there() -> None:
    assert NO_PAGE.keys() | ELSEWHERE.keys() <= _answered()
    for module in ELSEWHERE.values():
        assert "looked_at(" in (Path(__file__).parent / module).read_text(encoding="utf-8")


async def _places(rooms: Rooms) -> dict[str, list[str]]:
    """What stands for each name in an address: there is a case, a mail, an order, a campaign and a proposed pack."""
    office, lobby = rooms.office, Lobby(rooms.office)
    case = await in_claim(office)
    mail = (await office.desk().post("/v1/intake/email", content=MAIL)).json()["unplaced"]
    lead = await lobby.signed_in("cleo")
    await lead.open("/orders")
    await lead.turn("/orders", **ORDER)
    (order,) = (await office.desk("dana").get("/v1/orders?which=all")).json()["data"]
    await lead.open("/packs")
    await lead.send("/packs", text=PACK.read_text(encoding="utf-8") + "\n# said again\n", reason="Said again", anyway="yes")
    await lead.follow()
    assert lead.page is not None
    publication = lead.page.url.path.rpartition("/")[2]
    await lead.open("/campaigns")
    await lead.send("/campaigns", name="Charged twice in May", reason="same seller")
    await lead.follow()
    campaign = lead.page.url.path.rpartition("/")[2]
    return {
        "case_id": [case["id"]], "mail_id": [mail], "order_id": [order["id"]], "publication_id": [publication],
        "campaign_id": [campaign], "name": ["europe-office"], "id": ["per_ada"], "table": list(TABLES),
        "command": ["decline", "extend", "add_party"],
    }  # fmt: skip


def _addresses(path: str, places: Mapping[str, list[str]]) -> list[str]:
    found = [path]
    if path == "/administration/{table}/new":
        places = {"table": list(MAKES)}
    for name, values in places.items():
        found = [one.replace(f"{{{name}}}", value) for one in found for value in (values if f"{{{name}}}" in one else [""])]
    return found


@pytest.mark.postgres
@pytest.mark.browser
@pytest.mark.parametrize("part", range(PARTS))
async def test_every_page_of_the_team_is_sound_in_both_themes_and_at_every_width(rooms: Rooms, part: int) -> None:
    places = await _places(rooms)
    dana = await rooms.signed_in("Dana")
    for path in PATHS[part::PARTS]:
        for address in _addresses(path, places):
            answer = await dana.goto(address)
            assert answer is not None
            assert answer.status == 200, f"{address}: {answer.status} {(await text(dana))[:300]}"
            await looked_at(dana, "every" + address.replace("/", "-")[:60])
