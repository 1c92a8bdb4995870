"""A year of a calendar, for the whole team."""

from __future__ import annotations

import pytest

from tests.support.browsing import Lobby

pytestmark = pytest.mark.postgres


async def test_a_year_shows_what_is_not_as_usual(lobby: Lobby) -> None:
    ada = await lobby.signed_in("ada")
    await ada.open("/calendars")
    await ada.follow()
    assert ada.page is not None
    assert ada.page.status_code == 200, ada.words
    await ada.open("/calendars/europe-office?year=2026")
    assert "Europe office, 2026" in ada.words
    assert "Fri 25 Dec closed" in ada.words
    assert (await ada.open("/calendars/europe-office?year=1066")).status_code == 404
    assert (await ada.open("/calendars/nowhere")).status_code == 404
