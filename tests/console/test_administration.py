"""Administration by pages: what is there, what can be done to it and what was done, for operations and nobody else."""

from __future__ import annotations

from dataclasses import replace

import httpx2
import pytest

from console.app import create_console
from console.pages.administration import TABLES
from tests.support.browsing import URL, Lobby
from tests.support.lamp import in_claim

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("table", list(TABLES))
async def test_each_table_is_for_operations_alone(lobby: Lobby, table: str) -> None:
    dana = await lobby.signed_in("dana")
    answer = await dana.open(f"/administration/{table}")
    assert answer.status_code == 200, dana.words
    assert TABLES[table] in dana.words
    for name in ("ada", "cleo"):
        other = await lobby.signed_in(name)
        assert (await other.open(f"/administration/{table}")).status_code == 403
        await other.open("/menu")
        assert 'href="/administration"' not in other.html


async def test_a_key_is_revoked_and_it_stands_in_the_trail(lobby: Lobby) -> None:
    await lobby.office.key(name="old robot", scopes=("cases:read",))
    dana = await lobby.signed_in("dana")
    await dana.open("/administration/keys")
    assert "old robot" in dana.words
    (action,) = [part for part in dana.html.split('"') if part.startswith("/administration/keys/") and part.endswith("/revoke")][
        :1
    ]
    await dana.send(action)
    await dana.follow()
    assert "Revoke: done." in dana.words
    await dana.open("/administration/trail?deed=key_revoked")
    assert action.split("/")[3] in dana.words
    assert "Dana" in dana.words


async def test_nobody_takes_the_last_of_operations_away(lobby: Lobby) -> None:
    dana = await lobby.signed_in("dana")
    await dana.open("/administration/people")
    await dana.send("/administration/people/per_dana/deactivate")
    assert "Nothing was changed." in dana.words
    await dana.send("/administration/people/per_ben/deactivate")
    await dana.follow()
    assert "Works here again" not in dana.words
    assert "/administration/people/per_ben/activate" in dana.html


async def test_who_read_a_case_is_read_by_operations(lobby: Lobby) -> None:
    case = await in_claim(lobby.office)
    cleo, dana = await lobby.signed_in("cleo"), await lobby.signed_in("dana")
    await cleo.open(f"/cases/{case['id']}")
    answer = await dana.open(f"/cases/{case['id']}/readers")
    assert answer.status_code == 200
    assert "Cleo" in dana.words
    assert (await cleo.open(f"/cases/{case['id']}/readers")).status_code == 403


async def test_what_there_is_not_is_not_found(lobby: Lobby) -> None:
    dana = await lobby.signed_in("dana")
    assert (await dana.open("/administration/secrets")).status_code == 404
    await dana.open("/administration/people")
    token = dana.form("/administration/people/per_ben/deactivate").fields
    answer = await dana.post("/administration/people/per_ben/erase", token)
    assert answer.status_code == 404


async def test_operations_go_from_a_case_to_temporals_own_page(lobby: Lobby) -> None:
    case = await in_claim(lobby.office)
    house = replace(lobby.house, temporal_pages="https://temporal.example/namespaces/default/workflows")
    dana, plain = await lobby.signed_in("dana"), await lobby.signed_in("cleo")
    await dana.open(f"/cases/{case['id']}")
    assert "In Temporal" not in dana.words
    dana.http = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=create_console(house)), base_url=URL, cookies=dana.http.cookies
    )
    await dana.open(f"/cases/{case['id']}")
    assert f"/workflows/case%2F{lobby.office.tenant_id}%2F{case['id']}" in dana.html
    await plain.open(f"/cases/{case['id']}")
    assert "Who read it" not in plain.words
