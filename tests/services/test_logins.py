"""Whose credential it is, and the development login."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.errors import Refused
from services.logins import DEVELOPMENT_FOR, development_key
from storage.tenants import Tenant
from tests.support.office import Desk, Office

pytestmark = pytest.mark.postgres


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
        first, second = await code_of(office), await code_of(office)
        made = (await office.desk(first).post("/v1/me/key")).json()
        gone = [(await office.desk(key).get("/v1/me")).status_code for key in (office.keys["ada"], second)]
        assert gone == [401, 401]
        assert len((await trail_of(office, made["id"]))["more"]["ended"]) == 2
        assert (await office.desk("ben").get("/v1/me")).status_code == 200

    async def test_two_exchanges_at_once_give_one_key(self, office: Office) -> None:
        desk = office.desk(await code_of(office))
        answers = await asyncio.gather(*(desk.post("/v1/me/key") for _ in range(4)))
        assert [answer.status_code for answer in answers].count(201) == 1

    async def test_two_codes_at_once_end_each_other_and_one_key_lives(self, office: Office) -> None:
        desks = [office.desk(await code_of(office)) for _ in range(4)]
        answers = await asyncio.gather(*(desk.post("/v1/me/key") for desk in desks))
        assert {answer.status_code for answer in answers} <= {201, 401, 409}
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
