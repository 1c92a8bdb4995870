"""Freezing and thawing by pages: looked at first, done by operations alone, and told case by case."""

from __future__ import annotations

import pytest

from tests.support.browsing import Lobby
from tests.support.lamp import in_claim

pytestmark = pytest.mark.postgres


async def test_an_incident_from_a_look_to_the_thaw(lobby: Lobby) -> None:
    await in_claim(lobby.office)
    dana = await lobby.signed_in("dana")
    await dana.open("/freezes")
    await dana.send("/freezes", incident="Mail outage", kind="payment_dispute", do="look")
    assert "It would be 1 case." in dana.words
    assert "Lamp arrived" in dana.words
    await dana.send("/freezes", do="send")
    assert "Frozen: 1 case" in dana.words, dana.words
    await dana.open("/today")
    assert "Clocks of 1 case stand still" in dana.words
    await dana.open("/freezes")
    await dana.send("/freezes/thaw", margin="1 hour", do="look")
    assert "The clocks of 1 case would go on." in dana.words
    await dana.send("/freezes/thaw", margin="1 hour", do="send")
    assert "Going on: 1 case" in dana.words
    await dana.open("/freezes")
    assert "Let the clocks go on" not in dana.words


async def test_everything_is_said_on_purpose_and_only_operations_say_it(lobby: Lobby) -> None:
    await in_claim(lobby.office)
    dana, cleo = await lobby.signed_in("dana"), await lobby.signed_in("cleo")
    await dana.open("/freezes")
    await dana.send("/freezes", incident="outage", do="send")
    assert "Nothing was sent." in dana.words
    await cleo.open("/freezes")
    await cleo.send("/freezes", incident="outage", which="all", do="send")
    assert "Nothing was sent." in cleo.words
