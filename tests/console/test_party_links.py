"""How a lead looks after the ways in which parties are reached: a letter that came back, mended on the page of their links."""

from __future__ import annotations

from typing import Any

import pytest

from services import party_addresses
from services.callers import Caller
from services.errors import Refused
from storage.outside.outbox import PostgresOutbox
from tests.support.browsing import Browser, Lobby
from tests.support.office import Office, party
from tests.support.outside import CABIN, by_link

pytestmark = pytest.mark.postgres
NEW = "amira.haddad@example.net"
WHY = "She called from the number on her account."


async def bounced(office: Office, case: dict[str, Any]) -> str:
    """A letter to the claimant that came back; its id."""
    outbox = PostgresOutbox(office.database, office.vault, links=True)
    hers = [one for one in await outbox.undelivered(office.tenant_id, case["id"]) if one.recipient == party(case, "claimant")]
    await outbox.failed(office.tenant_id, hers[0].id, "bounced")
    return hers[0].id


async def mend(browser: Browser, case: dict[str, Any], email: str = NEW, reason: str = WHY) -> None:
    """Fill the claimant's form in and send it."""
    path = f"/cases/{case['id']}/party-links"
    page = await browser.open(path)
    assert page.status_code == 200
    token = browser.form(path).fields["form_token"]
    said = {"form_token": token, "party": party(case, "claimant"), "do": "mend", "email": email, "reason": reason}
    await browser.post(path, said)


class TestAMendedAddress:
    async def test_sends_what_came_back_and_ends_what_was_good_before(self, lobby: Lobby) -> None:
        office = lobby.office
        case = await office.desk().opened(**CABIN)
        hers, letter = await by_link(lobby, case, "claimant"), await bounced(office, case)
        dana = await lobby.signed_in("dana")
        await dana.open(f"/cases/{case['id']}/party-links")
        assert "1 letter went nowhere." in dana.words
        await mend(dana, case)
        await dana.follow()
        assert "1 letter that went nowhere goes out again." in dana.words
        assert "not told: letters did not arrive there" in dana.words
        assert NEW not in dana.html
        outbox = PostgresOutbox(office.database, office.vault, links=True)
        again = {one.id: one for one in await outbox.undelivered(office.tenant_id, case["id"])}
        assert again[letter].address == NEW
        await hers.open("/my")
        assert hers.page is not None
        assert hers.page.status_code == 403

    async def test_stands_in_the_case_and_in_the_audit_trail(self, lobby: Lobby) -> None:
        office = lobby.office
        case = await office.desk().opened(**CABIN)
        await mend(await lobby.signed_in("dana"), case)
        timeline = (await office.desk("dana").get(f"/v1/cases/{case['id']}/timeline")).text
        assert WHY in timeline
        assert NEW not in timeline
        trail = (await office.desk("dana").get("/v1/audit-trail", params={"deed": "party_address_changed"})).json()["data"]
        assert [(one["about"], one["by"]) for one in trail] == [(party(case, "claimant"), "per_dana")]

    @pytest.mark.parametrize(("email", "reason", "why"), [
        ("amira at home", WHY, "This is not an e-mail address."),
        (NEW, " ", "Say why"),
        ("AMIRA@example.org", WHY, "Letters go there already"),
    ])  # fmt: skip
    async def test_is_refused_in_place_and_keeps_what_was_typed(self, lobby: Lobby, email: str, reason: str, why: str) -> None:
        case = await lobby.office.desk().opened(**CABIN)
        dana = await lobby.signed_in("dana")
        await mend(dana, case, email, reason)
        assert dana.page is not None
        assert dana.page.status_code == 422
        assert why in dana.words
        assert email in dana.html

    async def test_is_a_leads_business_and_needs_a_fresh_proof(self, lobby: Lobby) -> None:
        office = lobby.office
        case = await office.desk().opened(**CABIN)
        await office.works("ada", "payments")
        ada = await lobby.signed_in("ada")
        await mend(ada, case)
        assert ada.page is not None
        assert ada.page.status_code == 403
        assert "by a lead or by operations" in ada.words
        # Signed in, and nobody has shown for a while who sits there.
        stale = Caller(office.tenant_id, "ses_2", frozenset({"cases:read", "cases:write"}), "session", "per_dana")
        with pytest.raises(Refused) as refused:
            await party_addresses.mend(office.parts(), stale, case["id"], party(case, "claimant"), NEW, WHY)
        assert refused.value.code == "proof_needed"


class TestByTheApi:
    async def test_answers_what_followed_and_never_the_address(self, lobby: Lobby) -> None:
        office = lobby.office
        case = await office.desk().opened(**CABIN)
        path = f"/v1/cases/{case['id']}/parties/{party(case, 'claimant')}/address"
        said = {"email": NEW, "reason": WHY}
        answer = await office.desk("dana").post(path, said)
        assert answer.status_code == 200, answer.text
        assert answer.json() == {
            "object": "party_address", "case": case["id"], "party": party(case, "claimant"), "letters_sent_anew": 0,
            "links_ended": 0, "sessions_ended": 0, "old_address_told": False,
        }  # fmt: skip
        assert (await office.desk("dana").post(path, said)).json()["code"] == "malformed"
        # A platform's key is nobody's own, however much it may say for others.
        assert (await office.desk().post(path, said)).json()["code"] == "not_allowed"
        other = path.replace(party(case, "claimant"), "pty_0198c5a0-1f2e-7000-8000-0000000000c1")
        assert (await office.desk("dana").post(other, said)).status_code == 404


class TestTheirLanguage:
    async def test_is_that_of_their_letters_when_they_choose_it_on_their_page(self, lobby: Lobby) -> None:
        office = lobby.office
        case = await office.desk().opened(**CABIN)
        hers = await by_link(lobby, case, "claimant")
        outbox = PostgresOutbox(office.database, office.vault)

        async def speaks() -> set[str]:
            waiting = await outbox.undelivered(office.tenant_id, case["id"])
            return {one.locale for one in waiting if one.recipient == party(case, "claimant")}

        # A link on another site changes what this browser shows, and nothing else.
        await hers.open("/language/de?back=/my", **{"Sec-Fetch-Site": "cross-site"})
        assert await speaks() == {"en"}
        await hers.open("/language/de?back=/my", **{"Sec-Fetch-Site": "same-origin"})
        assert await speaks() == {"de"}
        phone = await by_link(lobby, case, "claimant")
        await phone.open("/my")
        assert '<html lang="de"' in phone.html, "in another browser, too"
        await hers.open("/language/xx?back=/my", **{"Sec-Fetch-Site": "same-origin"})
        assert await speaks() == {"de"}
