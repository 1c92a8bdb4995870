"""The rota by pages, and an alarm that somebody has in hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.browsing import Lobby

pytestmark = pytest.mark.postgres

AHEAD = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")


async def test_a_lead_puts_somebody_on_call_who_hands_it_over(lobby: Lobby) -> None:
    cleo = await lobby.signed_in("cleo")
    await cleo.open("/on-call")
    assert "Nobody is on call." in cleo.words
    await cleo.send("/on-call", queue="mediation", person="per_ada", place="1", until_at=AHEAD)
    assert "Ada is on call for mediation" in cleo.words, cleo.words
    ada = await lobby.signed_in("ada")
    await ada.open("/on-call")
    assert "Put somebody on call" not in ada.words
    await ada.send("/on-call/hand-over", to="per_ben", at="")
    assert "Ben is on call for mediation" in ada.words, ada.words
    await cleo.open("/on-call")
    await cleo.send("/on-call/end")
    assert "Nobody is on call." in cleo.words


async def test_a_turn_has_an_end(lobby: Lobby) -> None:
    cleo = await lobby.signed_in("cleo")
    await cleo.open("/on-call")
    await cleo.send("/on-call", queue="mediation", person="per_ben", place="2", until_at="")
    assert "Nothing was noted." in cleo.words
    typed = cleo.form("/on-call").fields
    assert (typed["queue"], typed["person"], typed["place"]) == ("mediation", "per_ben", "2"), "what was typed stays"
