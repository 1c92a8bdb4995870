"""Policies by pages: one person proposes, another approves, and both read in words what changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.browsing import Lobby

pytestmark = pytest.mark.postgres

PACK = Path(__file__).parents[2] / "policies" / "packs" / "bounty_dispute.yaml"


async def test_a_pack_is_published_by_two(lobby: Lobby) -> None:
    cleo, dana = await lobby.signed_in("cleo"), await lobby.signed_in("dana")
    text = PACK.read_text(encoding="utf-8")
    await cleo.open("/packs")
    assert "Bounty dispute" in cleo.words
    await cleo.send("/packs", text=text + "\n# said again\n", reason="Said again", anyway="yes")
    await cleo.follow()
    assert "Proposed." in cleo.words
    assert cleo.page is not None
    where = cleo.page.url.path
    assert "You proposed it yourself" in cleo.words
    await cleo.post(f"{where}/approve", {"form_token": cleo.form("/theme").fields["form_token"]})
    assert "It was not approved." in cleo.words
    await dana.open(where)
    await dana.send(f"{where}/approve")
    await dana.follow()
    assert "In force." in dana.words
    await dana.open("/packs")
    assert "Cleo and Dana" in dana.words


async def test_what_is_wrong_with_it_is_told_and_nothing_is_proposed(lobby: Lobby) -> None:
    dana = await lobby.signed_in("dana")
    await dana.open("/packs")
    await dana.send("/packs", text="kind: bounty_dispute\n", reason="To see")
    assert "Nothing was proposed: look at this first." in dana.words
    await dana.send("/packs", text="", reason="To see")
    assert dana.page is not None
    assert dana.page.status_code == 422
    assert "waits for a second person" not in dana.words


async def test_a_mediator_reads_none(lobby: Lobby) -> None:
    ada = await lobby.signed_in("ada")
    assert (await ada.open("/packs")).status_code == 403
    assert (await ada.open("/packs/pkv_0")).status_code == 403
