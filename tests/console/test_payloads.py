"""Temporal's pages ask for what is sealed in a history: they get it for whoever is signed in, and no other page does."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import Any

import httpx2
import pytest

from console.app import create_console
from console.pages.payloads import PATH
from runtime.codec import SealedJson, SealedPayloads
from tests.support.browsing import URL, Browser, Lobby
from tests.support.lamp import in_claim

pytestmark = pytest.mark.postgres

TEMPORAL = "https://temporal.example"
WORDS = '{"text": "canary-of-the-pages"}'


@dataclass
class Pages:
    """Temporal's pages in somebody's browser."""

    browser: Browser
    sealed: bytes

    async def ask(self, body: bytes | None = None, origin: str = TEMPORAL) -> httpx2.Response:
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-site", "Content-Type": "application/json"}
        return await self.browser.http.post(PATH, content=self.sealed if body is None else body, headers=headers)


async def pages(lobby: Lobby, name: str | None, scope: str) -> Pages:
    parts = lobby.house.parts
    box = SealedJson(SealedPayloads(lobby.office.vault.payload_key))
    house = replace(lobby.house, temporal_pages=f"{TEMPORAL}/namespaces/default/workflows", parts=replace(parts, payloads=box))
    browser = await lobby.signed_in(name) if name else lobby.browser()
    transport = httpx2.ASGITransport(app=create_console(house))
    browser.http = httpx2.AsyncClient(transport=transport, base_url=URL, cookies=browser.http.cookies)
    plain = {
        "metadata": {"encoding": base64.b64encode(b"json/plain").decode()},
        "data": base64.b64encode(WORDS.encode()).decode(),
    }
    return Pages(browser, box.sealed(json.dumps({"payloads": [plain]}).encode(), scope))


def words_of(answer: httpx2.Response) -> str:
    (payload,) = answer.json()["payloads"]
    return base64.b64decode(payload["data"]).decode()


async def of_case(lobby: Lobby, **changes: Any) -> tuple[str, str]:
    case = await in_claim(lobby.office, **changes)
    return case["id"], f"case/{lobby.office.tenant_id}/{case['id']}"


async def test_whoever_may_read_the_case_reads_its_history_and_that_is_kept(lobby: Lobby) -> None:
    case_id, scope = await of_case(lobby)
    temporal = await pages(lobby, "dana", scope)
    answer = await temporal.ask()
    assert answer.status_code == 200, answer.text
    assert words_of(answer) == WORDS
    assert answer.headers["access-control-allow-origin"] == TEMPORAL
    assert answer.headers["access-control-allow-credentials"] == "true"
    dana = await lobby.signed_in("dana")
    await dana.open(f"/cases/{case_id}/readers")
    assert "temporal history" in dana.words.lower()


async def test_another_tenants_case_is_not_there(lobby: Lobby) -> None:
    case_id, _ = await of_case(lobby)
    assert (await (await pages(lobby, "dana", f"case/another/{case_id}")).ask()).status_code == 404
    assert (await (await pages(lobby, "dana", f"case/{lobby.office.tenant_id}/case_{'0' * 8}")).ask()).status_code == 404


async def test_who_may_not_read_the_case_does_not_read_it_here(lobby: Lobby) -> None:
    _, scope = await of_case(lobby)
    office = lobby.office
    (person,) = [one for one in await office.tenants.people(office.tenant_id) if one.id == "per_dana"]
    conflicts = office.tenants.conflicts(office.tenant_id, ["buyer-11"])
    await office.tenants.put_person(office.tenant_id, person.model_copy(update={"conflicts": conflicts}))
    answer = await (await pages(lobby, "dana", scope)).ask()
    assert answer.status_code in (403, 404)
    assert "canary" not in answer.text


async def test_what_is_of_no_case_is_read_by_operations_alone(lobby: Lobby) -> None:
    assert (await (await pages(lobby, "ada", "delivery/ntc_1")).ask()).status_code == 403
    answer = await (await pages(lobby, "dana", "delivery/ntc_1")).ask()
    assert answer.status_code == 200, answer.text
    assert words_of(answer) == WORDS


async def test_nobody_who_is_not_signed_in_and_no_other_page(lobby: Lobby) -> None:
    _, scope = await of_case(lobby)
    assert (await (await pages(lobby, None, scope)).ask()).status_code in (401, 403)
    temporal = await pages(lobby, "dana", scope)
    for origin in ("https://evil.example", URL, "null", f"{TEMPORAL}.evil.example"):
        answer = await temporal.ask(origin=origin)
        assert answer.status_code == 403, origin
        assert "access-control-allow-origin" not in answer.headers
    for origin, status in ((TEMPORAL, 204), ("https://evil.example", 403)):
        asked = await temporal.browser.http.options(PATH, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
        assert asked.status_code == status


async def test_what_are_no_payloads_is_refused_and_nothing_is_where_nothing_is_sealed(lobby: Lobby) -> None:
    temporal = await pages(lobby, "dana", "delivery/ntc_1")
    assert (await temporal.ask(b"[1]")).status_code == 400
    without = replace(lobby.house, temporal_pages=f"{TEMPORAL}/namespaces/default/workflows")
    transport = httpx2.ASGITransport(app=create_console(without))
    temporal.browser.http = httpx2.AsyncClient(transport=transport, base_url=URL, cookies=temporal.browser.http.cookies)
    assert (await temporal.ask()).status_code == 404
