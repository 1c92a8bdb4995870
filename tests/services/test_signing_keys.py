"""The life of signing keys: registered by their owners, taken back by them or by ops."""

from __future__ import annotations

import base64

import pytest

from tests.support.office import Office

pytestmark = pytest.mark.postgres
PUBLIC = base64.b64encode(bytes(range(32))).decode()


async def test_one_registers_ones_own(office: Office) -> None:
    made = await office.desk("ada").post("/v1/signing-keys", {"public_key": PUBLIC})
    assert (made.status_code, made.json()["person"], made.json()["public_key"]) == (201, "per_ada", PUBLIC)
    assert [key["id"] for key in (await office.desk("ada").get("/v1/signing-keys")).json()["data"]] == [made.json()["id"]]


async def test_a_platform_registers_none_and_sees_none(office: Office) -> None:
    refused = await office.desk().post("/v1/signing-keys", {"public_key": PUBLIC})
    assert (refused.status_code, refused.json()["code"]) == (403, "own_credential_needed")
    assert (await office.desk().get("/v1/signing-keys")).json()["code"] == "not_allowed"


@pytest.mark.parametrize("public", [PUBLIC[:-4] + "!!!=", base64.b64encode(bytes(33)).decode()])
async def test_what_is_no_key_is_refused(office: Office, public: str) -> None:
    refused = await office.desk("ada").post("/v1/signing-keys", {"public_key": public})
    assert (refused.status_code, refused.json()["code"]) == (422, "signing_key_invalid")


async def test_a_key_belongs_to_one_person(office: Office) -> None:
    await office.desk("ada").post("/v1/signing-keys", {"public_key": PUBLIC})
    refused = await office.desk("ben").post("/v1/signing-keys", {"public_key": PUBLIC})
    assert (refused.status_code, refused.json()["code"]) == (409, "signing_key_taken")


async def test_ops_see_and_take_back_everybodys_and_others_their_own(office: Office) -> None:
    made = (await office.desk("ada").post("/v1/signing-keys", {"public_key": PUBLIC})).json()["id"]
    path = f"/v1/signing-keys/{made}/revoke"
    assert (await office.desk("ben").post(path)).json()["code"] == "not_found"
    assert (await office.desk("ben").get("/v1/signing-keys")).json()["data"] == []
    assert [key["id"] for key in (await office.desk("dana").get("/v1/signing-keys")).json()["data"]] == [made]
    taken = await office.desk("dana").post(path)
    assert (taken.status_code, taken.json()["revoked_at"] is not None) == (200, True)


async def test_of_another_tenant_there_is_nothing(office: Office, stranger: Office) -> None:
    made = (await office.desk("ada").post("/v1/signing-keys", {"public_key": PUBLIC})).json()["id"]
    assert (await stranger.desk("dana").post(f"/v1/signing-keys/{made}/revoke")).status_code == 404
