"""Mail to place, by plain forms: leads read it, see that its sender is not proven, and put it where it belongs."""

from __future__ import annotations

import pytest

from tests.support.browsing import Lobby
from tests.support.lamp import in_claim
from tests.support.office import party

pytestmark = pytest.mark.postgres

RAW = (
    b"From: Kim <kim@example.org>\r\nTo: us@ombud.example\r\nSubject: The <b>receipt</b>\r\nPrecedence: bulk\r\n"
    b"Message-ID: <u1@example.org>\r\n\r\nI found the receipt.\r\n"
)


async def kept(lobby: Lobby) -> str:
    answer = await lobby.office.desk().post("/v1/intake/email", content=RAW)
    found: str = answer.json()["unplaced"]
    return found


async def test_a_lead_places_it_and_the_case_says_that_the_team_made_sure(lobby: Lobby) -> None:
    await lobby.office.works("cleo", "payments")
    mail, case = await kept(lobby), await in_claim(lobby.office)
    lead = await lobby.signed_in("cleo")
    await lead.open("/menu")
    assert "Mail to place" in lead.words
    assert "1 mail" in lead.words
    await lead.open("/unplaced")
    assert "The &lt;b&gt;receipt&lt;/b&gt;" in lead.html, lead.html[-6000:]
    assert "not proven" in lead.words
    await lead.open(f"/unplaced/{mail}?case={case['id']}")
    assert "I found the receipt." in lead.words
    where = f"/unplaced/{mail}/place"
    await lead.send(where, party=party(case, "claimant"), sender_checked="1")
    assert lead.page is not None
    assert (lead.page.status_code, lead.page.headers["location"]) == (303, f"/cases/{case['id']}"), lead.words
    await lead.open("/unplaced")
    assert "No mail waits." in lead.words


async def test_a_case_that_there_is_not_is_told_beside_the_mail(lobby: Lobby) -> None:
    mail = await kept(lobby)
    lead = await lobby.signed_in("cleo")
    await lead.open(f"/unplaced/{mail}?case=case_00000000-0000")
    assert "I found the receipt." in lead.words
    assert 'role="alert"' in lead.html


async def test_it_becomes_a_case_or_is_put_away(lobby: Lobby) -> None:
    mail = await kept(lobby)
    lead = await lobby.signed_in("dana")
    await lead.open(f"/unplaced/{mail}")
    await lead.send(f"/unplaced/{mail}/dismiss", reason="spam")
    await lead.open(f"/unplaced/{mail}")
    assert "Put it away" not in lead.words
    assert "Dismissed, per_dana" in lead.words
    await lead.send(f"/unplaced/{mail}/report", kind="bounty_dispute")
    assert lead.page is not None
    assert lead.page.headers["location"].startswith("/cases/case_"), lead.words


async def test_a_mediator_has_no_such_page(lobby: Lobby) -> None:
    mail = await kept(lobby)
    ada = await lobby.signed_in("ada")
    await ada.open("/menu")
    assert "Mail to place" not in ada.words
    for path in ("/unplaced", f"/unplaced/{mail}", f"/unplaced/{mail}/original"):
        answer = await ada.open(path)
        assert answer.status_code == 403, path
