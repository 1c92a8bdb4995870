"""Campaigns by pages: opened, read, closed."""

from __future__ import annotations

import pytest

from tests.support.browsing import Lobby

pytestmark = pytest.mark.postgres


async def test_a_campaign_from_its_opening_to_its_end(lobby: Lobby) -> None:
    cleo = await lobby.signed_in("cleo")
    await cleo.open("/campaigns")
    assert "No campaign was opened." in cleo.words
    await cleo.send("/campaigns", name="Lamp wave", reason="same seller")
    await cleo.follow()
    assert "Lamp wave" in cleo.words
    assert cleo.page is not None
    where = cleo.page.url.path
    await cleo.open(f"/inbox?view=all&campaign={where.rpartition('/')[2]}")
    assert "Nothing here." in cleo.words
    await cleo.open(where)
    await cleo.send(f"{where}/close")
    await cleo.follow()
    assert "Close the campaign" not in cleo.words


async def test_one_without_a_reason_keeps_what_was_typed(lobby: Lobby) -> None:
    cleo = await lobby.signed_in("cleo")
    await cleo.open("/campaigns")
    await cleo.send("/campaigns", name="Lamp wave", reason=" ")
    assert "Nothing was opened." in cleo.words
    assert cleo.form("/campaigns").fields["name"] == "Lamp wave"


async def test_a_mediator_has_no_such_page(lobby: Lobby) -> None:
    ada = await lobby.signed_in("ada")
    assert (await ada.open("/campaigns")).status_code == 403
