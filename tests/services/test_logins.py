"""Whose credential it is, and the development login."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.errors import Refused
from services.logins import DEVELOPMENT_FOR, development_key
from storage.team.letters import PostgresTeamLetters
from storage.tenants import Tenant
from tests.support.office import Desk, Office

pytestmark = pytest.mark.postgres

PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
"""The first public key of RFC 8032's test vectors."""


async def test_everybody_is_told_who_they_are(office: Office) -> None:
    ada, platform = (await office.desk("ada").get("/v1/me")).json(), (await office.desk().get("/v1/me")).json()
    assert (ada["tenant"], ada["kind"], ada["person"], ada["role"]) == (office.tenant_id, "person_key", "per_ada", "mediator")
    assert (platform["kind"], platform["person"], platform["role"]) == ("platform_key", None, "platform")


async def test_in_development_a_person_is_enough(office: Office) -> None:
    tenant = Tenant(id=office.tenant_id, name="Test", development=True)
    secret, until = await development_key(office.tenants, tenant, "per_ada")
    found = await office.tenants.find_key(secret)
    assert found is not None
    assert found.person_id == "per_ada"
    assert timedelta(days=29) < until - datetime.now(UTC) <= DEVELOPMENT_FOR
    me = (await office.desk(secret).get("/v1/me")).json()
    assert datetime.fromisoformat(me["expires_at"]) == until


async def test_elsewhere_a_key_is_needed(office: Office) -> None:
    with pytest.raises(Refused, match="login_needs_key"):
        await development_key(office.tenants, Tenant(id=office.tenant_id, name="Test"), "per_ada")


async def code_of(office: Office, person: str = "per_ada") -> str:
    answer = await office.desk("dana").post(f"/v1/people/{person}/login-code")
    assert answer.status_code == 201, answer.text
    secret: str = answer.json()["secret"]
    return secret


async def trail_of(office: Office, about: str) -> dict[str, Any]:
    (entry,) = (await office.desk("dana").get("/v1/audit-trail", params={"about": about})).json()["data"]
    found: dict[str, Any] = entry
    return found


class TestCodes:
    """An administrator hands a person a code, and never holds a key in their name."""

    async def test_nobody_makes_or_rotates_a_key_in_the_name_of_somebody_else(self, office: Office) -> None:
        dana: Desk = office.desk("dana")
        said = {"name": "hers", "scopes": ["cases:write"]}
        refused = await dana.post("/v1/api-keys", {**said, "person": "per_ada"})
        assert (refused.status_code, refused.json()["code"]) == (403, "own_key_only")
        assert (await dana.post("/v1/api-keys", {**said, "person": "per_dana"})).status_code == 201
        key_id = (await office.desk("ada").get("/v1/me")).json()["credential"]
        refused = await dana.post(f"/v1/api-keys/{key_id}/rotate")
        assert (refused.status_code, refused.json()["code"]) == (403, "own_key_only")

    async def test_a_code_opens_nothing_but_its_exchange(self, office: Office) -> None:
        case = await office.desk().in_review()
        code = office.desk(await code_of(office))
        for answer in (
            await code.get("/v1/cases"),
            await code.get(f"/v1/cases/{case['id']}"),
            await code.command(case["id"], "note", text="Mine."),
            await code.get("/v1/desk"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")

    async def test_the_person_gets_their_own_key_once_and_both_deeds_are_noted(self, office: Office) -> None:
        secret = await code_of(office)
        code_id = (await office.desk(secret).get("/v1/me")).json()["credential"]
        made = (await office.desk(secret).post("/v1/me/key")).json()
        assert (made["person"], made["created_by"]) == ("per_ada", "per_ada")
        assert (await office.desk(made["secret"]).get("/v1/me")).json()["person"] == "per_ada"
        assert (await office.desk(secret).post("/v1/me/key")).status_code == 401
        handed, redeemed = await trail_of(office, code_id), await trail_of(office, made["id"])
        assert (handed["deed"], handed["by"], handed["more"]["person"]) == ("login_code_made", "per_dana", "per_ada")
        assert (redeemed["deed"], redeemed["by"], redeemed["credential"]) == ("login_code_redeemed", "per_ada", code_id)

    async def test_the_exchange_ends_their_other_keys_so_that_it_shows(self, office: Office) -> None:
        made = (await office.desk(await code_of(office)).post("/v1/me/key")).json()
        assert (await office.desk("ada").get("/v1/me")).status_code == 401
        assert len((await trail_of(office, made["id"]))["more"]["ended"]) == 1
        assert (await office.desk("ben").get("/v1/me")).status_code == 200

    async def test_only_the_newest_is_good_and_whoever_has_another_is_told_why_not(self, office: Office) -> None:
        first, second = await code_of(office), await code_of(office)
        old = await office.desk(first).post("/v1/me/key")
        assert (old.status_code, old.json()["code"]) == (401, "login_code_ended")
        assert (await office.desk(second).post("/v1/me/key")).status_code == 201
        again = await office.desk(second).post("/v1/me/key")
        assert (again.status_code, again.json()["code"]) == (401, "login_code_ended")
        third = await code_of(office)
        async with office.database.deed(office.tenant_id) as conn:
            await conn.execute("UPDATE api_keys SET expires_at = clock_timestamp() WHERE active AND name = 'login code'")
        assert (await office.desk(third).post("/v1/me/key")).json()["code"] == "login_code_expired"
        for other in ("omb_nobodys", office.keys["ada"]):
            answer = await office.desk(other).get("/v1/me")
            assert (answer.status_code, answer.json()["code"]) == (401, "key_invalid"), "of all else nothing is told"

    async def test_two_exchanges_at_once_give_one_key(self, office: Office) -> None:
        desk = office.desk(await code_of(office))
        answers = await asyncio.gather(*(desk.post("/v1/me/key") for _ in range(4)))
        assert [answer.status_code for answer in answers].count(201) == 1

    async def test_of_many_made_at_once_one_is_good(self, office: Office) -> None:
        codes = await asyncio.gather(*(code_of(office) for _ in range(4)))
        answers = await asyncio.gather(*(office.desk(code).post("/v1/me/key") for code in codes))
        assert sorted(answer.status_code for answer in answers) == [201, 401, 401, 401]
        live = (await office.desk("dana").get("/v1/api-keys", params={"person": "per_ada"})).json()["data"]
        assert [key["name"] for key in live if key["status"] == "live"] == ["ombud login"]

    @pytest.mark.parametrize("who", ["ada", "dana", "platform"])
    async def test_no_other_credential_is_exchanged(self, office: Office, who: str) -> None:
        answer = await office.desk(who).post("/v1/me/key")
        assert (answer.status_code, answer.json()["code"]) == (403, "login_code_needed")

    async def test_nobody_gets_one_for_whoever_does_not_work_here(self, office: Office) -> None:
        dana = office.desk("dana")
        assert (await dana.post("/v1/people/per_nobody/login-code")).json()["code"] == "person_unknown"
        code = await code_of(office, "per_ben")
        await dana.post("/v1/people/per_ben/deactivate")
        assert (await dana.post("/v1/people/per_ben/login-code")).json()["code"] == "person_deactivated"
        assert (await office.desk(code).post("/v1/me/key")).status_code == 401


class Watched:
    """What is sent, by event and recipient."""

    def __init__(self, office: Office) -> None:
        self._letters, self._tenant_id = PostgresTeamLetters(office.database, office.vault), office.tenant_id

    async def new(self) -> list[tuple[str, str, str, bool]]:
        """Event, recipient, address, and whether there is a code in it, of all that was written since the last time."""
        found = [one for one in await self._letters.due(50) if one.tenant_id == self._tenant_id]
        return sorted((one.event, one.recipient, one.address, one.code is not None) for one in found)


@pytest.fixture
async def watched(office: Office) -> Watched:
    """A tenant that is not for development, with two of ops whom mail reaches."""
    dana = office.desk("dana")
    await dana.post("/v1/people", {"id": "per_opal", "name": "Opal", "roles": ["ops"], "email": "opal@team.example"})
    for name in ("ada", "dana"):
        await dana.http.patch(f"/v1/people/per_{name}", json={"email": f"{name}@team.example"})
    await office.tenants.create(Tenant(id=office.tenant_id, name="Test", development=False))
    made = Watched(office)
    await made.new()
    return made


class TestOneHandIsSeen:
    """An administrator who would rule as somebody else neither has their code nor goes unseen."""

    OPAL = ("per_opal", "opal@team.example", False)

    async def test_the_code_goes_to_the_person_alone_and_the_others_of_ops_are_told(
        self, office: Office, watched: Watched
    ) -> None:
        answer = await office.desk("dana").post("/v1/people/per_ada/login-code")
        assert (answer.status_code, answer.json()["secret"], answer.json()["mailed"]) == (201, None, True)
        assert await watched.new() == [
            ("login_code_made", "per_ada", "ada@team.example", True), ("login_code_made", *self.OPAL),
        ]  # fmt: skip

    async def test_whoever_has_no_address_gets_no_code(self, office: Office, watched: Watched) -> None:
        answer = await office.desk("dana").post("/v1/people/per_ben/login-code")
        assert (answer.status_code, answer.json()["code"]) == (409, "person_has_no_address")
        assert await watched.new() == []

    async def test_a_new_address_is_told_at_the_old_one(self, office: Office, watched: Watched) -> None:
        for address in ("stolen@x.example", None):
            await office.desk("dana").http.patch("/v1/people/per_ada", json={"email": address})
        assert await watched.new() == [
            ("address_changed", "per_ada", "ada@team.example", False), ("address_changed", "per_ada", "stolen@x.example", False),
            ("address_changed", *self.OPAL), ("address_changed", *self.OPAL),
        ]  # fmt: skip

    async def test_of_somebody_made_up_the_others_hear(self, office: Office, watched: Watched) -> None:
        dana = office.desk("dana")
        await dana.post("/v1/people", {"id": "per_sock", "name": "Sock", "roles": ["lead"], "email": "sock@x.example"})
        assert await watched.new() == [("person_added", *self.OPAL), ("person_added", "per_sock", "sock@x.example", False)]

    async def test_every_new_key_of_a_person_is_told(self, office: Office, watched: Watched) -> None:
        dana = office.desk("dana")
        own = ("per_dana", "dana@team.example", False)
        made = (await dana.post("/v1/api-keys", {"name": "x", "scopes": ["cases:read"], "person": "per_dana"})).json()
        assert await watched.new() == [("key_made", *own), ("key_made", *self.OPAL)]
        await dana.post(f"/v1/api-keys/{made['id']}/rotate")
        assert await watched.new() == [("key_made", *own), ("key_made", *self.OPAL)]
        await dana.post("/v1/signing-keys", {"public_key": base64.b64encode(PUBLIC).decode()})
        assert await watched.new() == [("key_made", *own), ("key_made", *self.OPAL)]
        await dana.post("/v1/api-keys", {"name": "a platform's", "scopes": ["cases:read"]})
        assert await watched.new() == []

    async def test_an_exchange_is_told(self, office: Office, watched: Watched) -> None:
        await office.desk("dana").post("/v1/people/per_ada/login-code")
        (code,) = [one.code for one in await PostgresTeamLetters(office.database, office.vault).due(50) if one.code]
        assert (await office.desk(code).post("/v1/me/key")).status_code == 201
        assert await watched.new() == [
            ("login_code_redeemed", "per_ada", "ada@team.example", False),
            ("login_code_redeemed", "per_dana", "dana@team.example", False), ("login_code_redeemed", *self.OPAL),
        ]  # fmt: skip
