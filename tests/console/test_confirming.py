"""What one of the team changed about the parties: the page says so, a second person confirms it there, and reads that it is."""

from __future__ import annotations

import pytest

from tests.support.browsing import Browser, Lobby, taken
from tests.support.office import party

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("payments")]


async def sent(browser: Browser, case_id: str, command: str, **said: str) -> None:
    """Fill in the form of a command."""
    await browser.open(f"/cases/{case_id}/do/{command}")
    await browser.send(f"/cases/{case_id}/do/{command}", **said)


async def test_who_came_by_one_is_confirmed_from_the_page_by_somebody_who_may(lobby: Lobby) -> None:
    ada, case_id = await taken(lobby)
    said = {"party.side": "respondent", "party.role": "principal", "party.ref": "owner-2", "party.name": "New Owner"}
    await sent(ada, case_id, "add_party", **said)
    await ada.follow()
    assert "The party was added. Nobody agrees on anything before a second person of the team confirms it here." in ada.words
    assert "New Owner came by the word of Ada alone." in ada.words
    assert "Has not said anything yet." in ada.words
    assert "A lead or operations confirms it who did not say it" in ada.words
    ops = await lobby.signed_in("dana")
    await ops.open(f"/cases/{case_id}")
    await ops.send(f"/cases/{case_id}/confirm")
    await ops.follow()
    assert "The party is confirmed." in ops.words
    assert "by the word of Ada alone" not in ops.words
    assert "not confirmed yet" not in ops.words


async def test_who_is_taken_out_by_one_is_out_for_good_once_another_says_so(lobby: Lobby) -> None:
    ada, case_id = await taken(lobby)
    said = {"party.side": "respondent", "party.role": "principal", "party.ref": "owner-2", "party.name": "New Owner"}
    await sent(ada, case_id, "add_party", **said)
    case = (await lobby.office.desk().get(f"/v1/cases/{case_id}")).json()
    await sent(ada, case_id, "remove_party", party=party(case, "respondent"), reason="mistaken", reasons="Another firm.")
    await ada.follow()
    assert "It is proposed and not done yet" in ada.words
    ops = await lobby.signed_in("dana")
    await ops.open(f"/cases/{case_id}")
    assert "Ada proposes that Lumen &amp; Oak be no party any more" in ops.words


async def test_whom_the_case_refused_is_nobody_of_it(lobby: Lobby) -> None:
    ada, case_id = await taken(lobby)
    said = {"party.side": "claimant", "party.role": "principal", "party.ref": "buyer-11", "party.name": "Ghost Person"}
    await sent(ada, case_id, "add_party", **said)
    assert "This person is, or was, a party of the case already" in ada.words
    await ada.open(f"/cases/{case_id}")
    assert "Ghost Person" not in ada.words
