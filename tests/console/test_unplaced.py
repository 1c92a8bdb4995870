"""Mail to place, by plain forms: leads read it, see that its sender is not proven, and put it where it belongs."""

from __future__ import annotations

import pytest

from cli.kit.parsers import parsers
from tests.support.browsing import Lobby
from tests.support.lamp import in_claim
from tests.support.office import party, settings

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


async def test_whoever_places_a_proven_mail_is_asked_whether_this_party_wrote_it(lobby: Lobby) -> None:
    """It is a stranger's own domain that is proven; of Kim's own address the question needs no answer."""
    case = await in_claim(lobby.office)
    await lobby.office.works("cleo", "payments")
    lead = await lobby.signed_in("cleo")
    email = (await lobby.office.views.addresses(lobby.office.tenant_id, case["id"]))[party(case, "claimant")]
    for number, (sender, needed) in enumerate([("mal@evil.example", True), (email, False)]):
        raw = RAW.replace(b"kim@example.org", sender.encode()).replace(b"u1@", f"u1{number}@".encode())
        answer = await lobby.office.desk().post("/v1/intake/email", content=raw, params={"sender_proven": "true"})
        await lead.open(f"/unplaced/{answer.json()['unplaced']}?case={case['id']}")
        box = lead.html.partition('name="sender_checked"')[2].partition(">")[0]
        assert ("required" in box) is needed, sender
        assert ("from whose own address it comes" in lead.words) is not needed, sender


async def test_what_came_back_says_so_and_why(lobby: Lobby) -> None:
    mail, case, office = await kept(lobby), await in_claim(lobby.office), lobby.office
    fields = "tenant, unplaced_id, deed, by, credential, case_id, why"
    deed = f"INSERT INTO unplaced_deeds ({fields}) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    async with office.database.tenant(office.tenant_id) as conn:
        await conn.execute(deed, office.tenant_id, mail, "came_back", "per_dana", "key_1", case["id"], "phase_closed")
    lead = await lobby.signed_in("cleo")
    await lead.open(f"/unplaced/{mail}")
    assert "It was placed, and came back: its case refused it (phase closed)." in lead.words
    assert f'<a href="/cases/{case["id"]}">its case</a>' in lead.html


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
    assert "Dismissed, Dana" in lead.words
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


async def test_an_answer_that_nothing_proves_is_shown_so_placed_by_hand_and_its_sender_told_once(lobby: Lobby) -> None:
    """It names a letter to Kim, and nothing shows that Kim wrote it: no word of it is in the case before a person made sure."""
    office = lobby.office
    await office.works("cleo", "payments")
    case = await in_claim(office)
    notices = await office.views.notices(office.tenant_id, case["id"])
    letter = next(one.id for one in notices if one.audience == "claimant" and one.channel == "email")
    address = "jonas@example.org"
    with_relay = parsers(settings().model_copy(update={"mail_relay": "mx.ombud.example"}))
    token = office.vault.reply_token(office.tenant_id, letter)
    mail = ""
    for number in range(2):
        raw = (
            f"From: {address}\r\nTo: us@ombud.example\r\nSubject: Re: your case\r\nMessage-ID: <a{number}@example.org>\r\n"
            f"In-Reply-To: <{letter}.{token}@ombud.example>\r\n\r\nThe lamp came broken, no. {number}.\r\n"
        )
        answer = await office.desk(parsers=with_relay).post("/v1/intake/email", content=raw.encode())
        assert answer.json()["reason"] == "unproven", answer.text
        mail = answer.json()["unplaced"]
    async with office.database.tenant(office.tenant_id) as conn:
        assert await conn.fetchval("SELECT count(*) FROM unplaced WHERE tell <> 'none'") == 1, "told once, however often"
    lead = await lobby.signed_in("cleo")
    await lead.open("/unplaced")
    assert lead.words.count("nothing proves that the person wrote it") == 2
    await lead.open(f"/cases/{case['id']}")
    assert "The lamp came broken" not in lead.words
    await lead.open(f"/unplaced/{mail}")
    assert "sender not proven" in lead.words
    # The case that the letter was about, and the party that it went to, are proposed.
    assert lead.form(f"/unplaced/{mail}/place").fields["case"] == case["id"]
    await lead.send(f"/unplaced/{mail}/place", party=party(case, "claimant"))
    assert lead.page is not None
    assert lead.page.status_code == 422
    await lead.open(f"/unplaced/{mail}?case={case['external_id']}")
    await lead.send(f"/unplaced/{mail}/place", party=party(case, "claimant"), sender_checked="1")
    await lead.follow()
    assert "The lamp came broken, no. 1." in lead.words


async def test_a_case_is_named_by_its_number_and_not_by_what_it_is_about(lobby: Lobby) -> None:
    await lobby.office.works("cleo", "payments")
    mail, case = await kept(lobby), await in_claim(lobby.office)
    lead = await lobby.signed_in("cleo")
    place = f"/unplaced/{mail}/place"
    await lead.open(f"/unplaced/{mail}?case={case['external_id']}")
    assert lead.form(place).fields["case"] == case["id"]
    for about in ("order-55102", "buyer-11", "Lumen"):
        await lead.open(f"/unplaced/{mail}?case={about}")
        assert f'action="{place}"' not in lead.html, about
