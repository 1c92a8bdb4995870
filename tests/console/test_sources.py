"""Intake sources, by plain forms: operations see what comes in where, and switch one off; nobody else is shown any."""

from __future__ import annotations

import pytest

from tests.support.browsing import Lobby

pytestmark = pytest.mark.postgres


async def made(lobby: Lobby) -> str:
    said = {"provider": "stripe", "secret": "whsec_of_the_tests", "kind": "fraud_report", "name": "Cards <EU>"}
    answer = await lobby.office.desk("dana").post("/v1/intake-sources", said)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def test_operations_see_where_reports_come_in_and_switch_one_off(lobby: Lobby) -> None:
    ops = await lobby.signed_in("dana")
    await ops.open("/sources")
    assert "There is no source yet." in ops.words
    source = await made(lobby)
    await ops.open("/menu")
    assert "Intake sources" in ops.words
    await ops.open("/sources")
    assert f"/v1/intake/{source}" in ops.words
    assert "Cards &lt;EU&gt;" in ops.html
    assert ("Never" in ops.words, "whsec_" in ops.html) == (True, False)
    await ops.send(f"/sources/{source}/switch", active="0")
    await ops.open("/sources")
    assert "switched off" in ops.words
    await ops.send(f"/sources/{source}/switch", active="1")
    await ops.open("/sources")
    assert "takes reports" in ops.words


async def test_nobody_else_is_shown_any(lobby: Lobby) -> None:
    await made(lobby)
    lead = await lobby.signed_in("cleo")
    await lead.open("/menu")
    assert "Intake sources" not in lead.words
    assert (await lead.open("/sources")).status_code == 403
    assert "/v1/intake/" not in lead.html


async def test_one_that_there_is_not_is_told_beside_the_list(lobby: Lobby) -> None:
    source, ops = await made(lobby), await lobby.signed_in("dana")
    await ops.open("/sources")
    assert (await lobby.office.desk("dana").http.delete(f"/v1/intake-sources/{source}")).status_code == 204
    await ops.send(f"/sources/{source}/switch", active="0")
    assert 'role="alert"' in ops.html
