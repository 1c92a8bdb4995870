"""Absences by pages: noted by leads and operations, with the cases back in their queues."""

from __future__ import annotations

import pytest

from tests.support.browsing import Lobby, taken

pytestmark = pytest.mark.postgres


async def test_somebody_goes_away_and_comes_back(lobby: Lobby) -> None:
    await lobby.office.works("ada", "payments")
    await taken(lobby)
    cleo = await lobby.signed_in("cleo")
    await cleo.open("/absences")
    await cleo.send("/absences", person="per_ada", until_at="2099-01-01T09:00")
    assert "Ada is away" in cleo.words
    assert "1 done" in cleo.words, cleo.words
    await cleo.open("/today")
    assert "away until" in cleo.words
    await cleo.open("/absences")
    await cleo.send("/absences/back")
    assert "Is back" not in cleo.words


async def test_an_absence_ends_after_it_begins(lobby: Lobby) -> None:
    cleo = await lobby.signed_in("cleo")
    await cleo.open("/absences")
    await cleo.send("/absences", person="per_ada", until_at="2001-01-01T09:00")
    assert "Nothing was noted." in cleo.words
    assert cleo.form("/absences").fields["person"] == "per_ada", "what was typed stays"
    assert cleo.form("/absences").fields["until_at"] == "2001-01-01T09:00"


async def test_a_mediator_has_no_such_page(lobby: Lobby) -> None:
    ada = await lobby.signed_in("ada")
    assert (await ada.open("/absences")).status_code == 403
