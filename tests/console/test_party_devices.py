"""Where a party is signed in: seen by itself alone, ended from any of its own devices; and whom a place stands for."""

from __future__ import annotations

from typing import Any

import pytest

from console.kit.browser import device_of
from storage.access.party_links import PostgresPartyLinks
from tests.support.browsing import Browser, Lobby
from tests.support.office import party
from tests.support.outside import CABIN, DANGER, by_link

pytestmark = pytest.mark.postgres
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36"


async def status(browser: Browser) -> int:
    """Of its page of the case."""
    return (await browser.open("/my")).status_code


class TestDevices:
    async def test_are_listed_by_name_and_one_is_ended_from_another(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        lent = await by_link(lobby, case, "claimant")
        here, third = await by_link(lobby, case, "claimant"), await by_link(lobby, case, "claimant")
        links = PostgresPartyLinks(lobby.office.database, lobby.office.vault)
        secret = await links.create(lobby.office.tenant_id, case["id"], party(case, "claimant"), "letter")
        assert await links.exchange(lobby.office.tenant_id, secret, PHONE)
        await here.open("/my/devices")
        assert "Chrome on Android" in here.words
        assert here.words.count("This is the device that you are using now.") == 1
        assert here.html.count("End it there") == 3
        others = [part.partition('"')[0] for part in here.html.split('name="session" value="')[1:]]
        await lent.open("/my/devices")
        # Its own page has a button for every device but itself.
        (gone,) = [one for one in others if one not in lent.html]
        await here.send("/my/devices", session=gone)
        await here.follow()
        assert "It is ended." in here.words
        assert (await status(lent), await status(here), await status(third)) == (403, 200, 200)

    async def test_all_others_are_ended_at_once(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        lent, here, third = [await by_link(lobby, case, "claimant") for _ in range(3)]
        await here.open("/my/devices")
        await here.post("/my/devices", {"form_token": here.form("/my/leave").fields["form_token"]})
        assert [await status(one) for one in (lent, here, third)] == [403, 200, 403]

    async def test_of_the_other_side_are_none_of_ones_own(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        hers, his = await by_link(lobby, case, "claimant"), await by_link(lobby, case, "respondent")
        also_his = await by_link(lobby, case, "respondent")
        await his.open("/my/devices")
        assert his.html.count("End it there") == 1
        (theirs,) = [part.partition('"')[0] for part in his.html.split('name="session" value="')[1:]]
        await hers.open("/my/devices")
        assert "End it there" not in hers.html
        token = hers.form("/my/leave").fields["form_token"]
        await hers.post("/my/devices", {"form_token": token, "session": theirs})
        await hers.post("/my/devices", {"form_token": token})
        await hers.post("/my/devices", {"form_token": "x", "session": theirs})
        assert hers.page is not None
        assert hers.page.status_code == 403
        assert [await status(one) for one in (his, also_his)] == [200, 200]

    async def test_keep_the_quick_way_out(self, lobby: Lobby) -> None:
        case = await lobby.office.desk().opened(**DANGER)
        hers = await by_link(lobby, case, "claimant")
        await hers.open("/my/devices")
        assert 'id="quick-exit"' in hers.html

    async def test_at_a_receipt_show_nothing_of_who_came_by_a_letter(self, lobby: Lobby) -> None:
        office = lobby.office
        case = await office.desk().opened(**CABIN)
        await by_link(lobby, case, "claimant")
        links = PostgresPartyLinks(office.database, office.vault)
        secret = await links.create(office.tenant_id, case["id"], party(case, "claimant"), "report")
        own = await links.exchange(office.tenant_id, secret, "")
        session = await links.session(own or "")
        assert session is not None
        assert [one.id for one in await links.sessions(session)] == [session.id]


@pytest.mark.parametrize(("agent", "named"), [
    (PHONE, ("Chrome", "Android")),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1", ("Safari", "iPhone")),
    ("curl/8", (None, None)),
    ("", (None, None)),
])  # fmt: skip
def test_a_device_is_called_as_people_say(agent: str, named: tuple[Any, Any]) -> None:
    assert device_of(agent) == named


async def test_all_addresses_of_one_customer_are_one_place(lobby: Lobby) -> None:
    """IPv6 gives each customer a /64: whoever changes the last half is no other."""
    office = lobby.office
    case = await office.desk().opened(**CABIN)
    links = PostgresPartyLinks(office.database, office.vault)
    for address in ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"):
        browser = lobby.browser(address)
        secret = await links.create(office.tenant_id, case["id"], party(case, "claimant"), "letter")
        await browser.open(f"/l/{secret}")
        await browser.send(f"/l/{secret}")
    async with office.database.tenant(office.tenant_id) as conn:
        counted = [row["times"] for row in await conn.fetch("SELECT times FROM public_tries WHERE what = 'open' ORDER BY times")]
    assert counted == [1, 2]
