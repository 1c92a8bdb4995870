"""Keys, people, endpoints and sources made by pages: by operations, with a fresh proof, and each with its entry in the trail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services import endpoints, keys, people, sources
from services.callers import Caller
from services.errors import Refused
from tests.support.browsing import Browser, Lobby

pytestmark = pytest.mark.postgres
NEW = "/administration/{}/new"
MIA: dict[str, Any] = {
    "id": "per_mia",
    "name": "Mia Sand",
    "email": "mia@team.example",
    "roles": "mediator",
    "queues": "mediation",
}


async def make(lobby: Lobby, table: str, **said: Any) -> Browser:
    """Dana's browser after the form was filled in and sent."""
    dana = await lobby.signed_in("dana")
    answer = await dana.open(NEW.format(table))
    assert answer.status_code == 200, dana.words
    await dana.send(NEW.format(table), **said)
    return dana


async def trail(lobby: Lobby, deed: str) -> list[str]:
    found = (await lobby.office.desk("dana").get("/v1/audit-trail", params={"deed": deed})).json()["data"]
    return [entry["about"] for entry in found]


@pytest.mark.parametrize("table", ["keys", "people", "endpoints", "sources"])
class TestWho:
    async def test_is_operations_alone(self, lobby: Lobby, table: str) -> None:
        for name in ("ada", "cleo"):
            other = await lobby.signed_in(name)
            assert (await other.open(NEW.format(table))).status_code == 403

    async def test_finds_every_field_by_its_name(self, lobby: Lobby, table: str) -> None:
        dana = await lobby.signed_in("dana")
        await dana.open(NEW.format(table))
        for part in dana.html.split("<")[1:]:
            if part.startswith(("input", "select")) and 'id="f-' in part:
                name = part.split('id="')[1].split('"')[0]
                assert f'<label for="{name}">' in dana.html


class TestAKey:
    async def test_is_shown_once_good_for_what_was_ticked_and_ends_by_itself(self, lobby: Lobby) -> None:
        dana = await make(lobby, "keys", name="night robot", whose="platform", scopes="cases:read", days="30")
        assert dana.page is not None
        assert dana.page.headers["cache-control"] == "no-store"
        assert "This is the only time that its secret is shown." in dana.words
        secret = dana.html.split('id="secret" value="')[1].split('"')[0]
        robot = lobby.office.desk(secret)
        assert (await robot.get("/v1/cases")).status_code == 200
        assert (await robot.post("/v1/cases", {})).status_code == 403
        await dana.open("/administration/keys")
        assert "night robot" in dana.words
        assert secret not in dana.html
        (key_id,) = (await trail(lobby, "key_created"))[:1]
        await dana.send(f"/administration/keys/{key_id}/revoke")
        assert (await robot.get("/v1/cases")).status_code == 401

    async def test_is_never_wider_than_its_maker_nor_without_end(self, lobby: Lobby) -> None:
        dana = await make(lobby, "keys", name="robot", whose="platform", scopes="act_as:staff", days="30")
        assert "A key made here is good for what you may do here: not for act_as:staff." in dana.words
        fresh = _session(lobby)
        with pytest.raises(Refused) as refused:
            await keys.create(lobby.office.parts(), fresh, name="robot", scopes=("cases:read",), person_id=None, expires_at=None)
        assert refused.value.code == "key_outlives"

    async def test_without_anything_ticked_is_refused_in_place(self, lobby: Lobby) -> None:
        dana = await make(lobby, "keys", name="robot")
        assert dana.page is not None
        assert dana.page.status_code == 422
        assert 'value="robot"' in dana.html
        assert await trail(lobby, "key_created") == []


class TestAPerson:
    async def test_is_taken_on_changed_and_let_go(self, lobby: Lobby) -> None:
        dana = await make(lobby, "people", **MIA)
        await dana.follow()
        assert "Mia Sand" in dana.words
        assert await trail(lobby, "person_added") == ["per_mia"]
        path = "/administration/people/per_mia/change"
        await dana.open(path)
        await dana.send(path, roles="lead", capacity="7")
        await dana.follow()
        mia = (await lobby.office.desk("dana").get("/v1/people/per_mia")).json()
        assert (mia["roles"], mia["capacity"], mia["queues"], mia["email"]) == (["lead"], 7, ["mediation"], "mia@team.example")
        (entry,) = (await lobby.office.desk("dana").get("/v1/audit-trail", params={"deed": "person_changed"})).json()["data"]
        assert sorted(entry["more"]["fields"]) == ["capacity", "roles"]
        await dana.open("/administration/people")
        await dana.send("/administration/people/per_mia/deactivate")
        assert await trail(lobby, "person_deactivated") == ["per_mia"]

    async def test_nobody_gives_themselves_a_role(self, lobby: Lobby) -> None:
        dana, path = await lobby.signed_in("dana"), "/administration/people/per_dana/change"
        await dana.open(path)
        await dana.send(path, roles=["ops", "lead"])
        assert "Nothing was changed." in dana.words

    @pytest.mark.parametrize(("field", "value"), [("id", "mia"), ("zone", "Mars/Olympus"), ("capacity", "many"), ("email", "mia"),
                                                   ("queues", "no-such-queue"), ("hours", "nobodys")])  # fmt: skip
    async def test_what_cannot_be_is_said_and_what_was_typed_stays(self, lobby: Lobby, field: str, value: str) -> None:
        dana = await make(lobby, "people", **{**MIA, field: value})
        assert dana.page is not None
        assert dana.page.status_code == 422, dana.words
        assert f'value="{value}"' in dana.html
        assert await trail(lobby, "person_added") == []


class TestAnEndpointAndASource:
    async def test_an_endpoint_shows_its_signing_secret_once(self, lobby: Lobby) -> None:
        dana = await make(lobby, "endpoints", url="https://hooks.example/ombud", purpose="events")
        assert "whsec_" in dana.html
        await dana.open("/administration/endpoints")
        assert "https://hooks.example/ombud" in dana.words
        assert "whsec_" not in dana.html
        assert len(await trail(lobby, "endpoint_added")) == 1

    async def test_an_address_that_is_none_is_refused_in_place(self, lobby: Lobby) -> None:
        dana = await make(lobby, "endpoints", url="ftp://nowhere", purpose="events")
        assert "Nothing was changed." in dana.words

    async def test_a_form_of_ours_is_open_at_once(self, lobby: Lobby) -> None:
        dana = await make(lobby, "sources", provider="form", name="Help page", kind="payment_dispute", page="1")
        assert "Help page is made" in dana.words
        (source_id,) = await trail(lobby, "source_added")
        assert (await lobby.browser().open(f"/report/{source_id}")).status_code == 200

    async def test_a_form_without_a_kind_is_refused_in_place(self, lobby: Lobby) -> None:
        dana = await make(lobby, "sources", provider="form", kind="")
        assert "Nothing was changed." in dana.words


async def test_each_deed_needs_a_fresh_proof(lobby: Lobby) -> None:
    parts, stale = lobby.office.parts(), _session(lobby, fresh=False)
    for deed in (
        keys.create(parts, stale, name="robot", scopes=("cases:read",), person_id=None, expires_at=None),
        people.take_on(parts, stale, "per_mia", {"name": "Mia"}),
        people.change(parts, stale, "per_ada", {"roles": ("ops",)}),
        people.activate(parts, stale, "per_ada"),
        endpoints.add(parts, stale, "https://hooks.example/x", "events"),
        sources.add(parts, stale, "webhook"),
    ):
        with pytest.raises(Refused) as refused:
            await deed
        assert refused.value.code == "proof_needed"


def _session(lobby: Lobby, *, fresh: bool = True) -> Caller:
    scopes = frozenset({"cases:read", "cases:write", "team:read", "admin"})
    at = datetime.now(UTC) if fresh else None
    return Caller(lobby.office.tenant_id, "ses_2", scopes, "session", "per_dana", proved_at=at)
