"""Erasing by plain forms: one of operations asks, another agrees, and the case's page says what is gone."""

from __future__ import annotations

import io
import zipfile

import pytest

from storage.tenants import Person
from tests.support.browsing import Lobby
from tests.support.office import party

pytestmark = pytest.mark.postgres


async def test_one_asks_another_agrees_and_the_pages_go_on(lobby: Lobby) -> None:
    office = lobby.office
    desk = office.desk()
    case = await desk.opened(statement="They never sent it, says zq0canary0qz.", external_id="kim-7")
    await desk.command(case["id"], "withdraw", party(case, "claimant"))
    await office.tenants.put_person(office.tenant_id, Person(id="per_omar", name="Omar", roles=("ops",)))
    dana, omar = await lobby.signed_in("dana"), await lobby.signed_in("omar")
    await dana.open("/menu")
    assert "Erasing" in dana.words
    await dana.open("/erasing")
    assert "Nothing was asked for." in dana.words
    await dana.open(f"/cases/{case['id']}")
    assert "/do/translate?of=1" in dana.html
    await dana.open("/erasing")
    await dana.send("/erasing", case=case["id"], party=party(case, "claimant"), reason="", though_open="")
    assert "Choose why" in dana.words
    await dana.send("/erasing", case=case["id"], party=party(case, "claimant"), reason="request", though_open="")
    await dana.open("/erasing")
    assert "waits for another person" in dana.words
    assert "Agree and erase" not in dana.words
    (erasure,) = (await office.desk("dana").get("/v1/erasures")).json()["data"]
    await omar.open("/erasing")
    assert "Agree and erase" in omar.words
    assert "1 case meant" in omar.words
    assert "kim-7" in omar.words
    await omar.send(f"/erasing/{erasure['id']}/approve")
    await omar.open("/erasing")
    assert "erased" in omar.words
    for page in ("", "/history"):
        await dana.open(f"/cases/{case['id']}{page}")
        assert dana.page is not None
        assert dana.page.status_code == 200
        assert "zq0canary0qz" not in dana.html
        assert "kim-7" not in dana.html
    await dana.open(f"/cases/{case['id']}")
    assert "The words were erased on" in dana.words
    assert "/do/translate?of=1" not in dana.html, "what is gone is translated by nobody"
    await dana.open("/inbox?view=all&status=closed")
    assert dana.page is not None
    assert dana.page.status_code == 200


async def test_it_is_for_operations(lobby: Lobby) -> None:
    ada = await lobby.signed_in("ada")
    await ada.open("/erasing")
    assert ada.page is not None
    assert ada.page.status_code == 403


async def test_all_that_is_held_about_a_person_is_one_download(lobby: Lobby) -> None:
    case = await lobby.office.desk().opened(statement="They never sent it, says zq0canary0qz.")
    dana = await lobby.signed_in("dana")
    await dana.open("/erasing")
    await dana.send("/erasing/export", case=case["id"], party=party(case, "claimant"))
    assert dana.page is not None
    with zipfile.ZipFile(io.BytesIO(dana.page.content)) as packed:
        assert "zq0canary0qz" in packed.read("index.html").decode()
    await dana.open("/erasing")
    await dana.send("/erasing/export", case=case["id"], party="pty_nobody")
    assert "no such party" in dana.words
