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


SMALL_ORDER = (
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
)
"""Points under which a constant is a signature of every message or of many, and the same written another way."""


@pytest.mark.parametrize("public", SMALL_ORDER)
async def test_a_point_that_anybody_can_sign_for_is_nobodys_key(office: Office, public: str) -> None:
    said = {"public_key": base64.b64encode(bytes.fromhex(public)).decode()}
    refused = await office.desk("ada").post("/v1/signing-keys", said)
    assert (refused.status_code, refused.json()["code"]) == (422, "signing_key_invalid")


async def test_keys_end_with_the_person_and_stay_ended(office: Office) -> None:
    await office.desk("ada").post("/v1/signing-keys", {"public_key": PUBLIC})
    for deed in ("deactivate", "activate"):
        assert (await office.desk("dana").post(f"/v1/people/per_ada/{deed}")).status_code == 200
    (key,) = (await office.desk("dana").get("/v1/signing-keys")).json()["data"]
    assert key["revoked_at"] is not None


async def test_what_was_done_to_them_stands_in_the_trail(office: Office) -> None:
    made = (await office.desk("ada").post("/v1/signing-keys", {"public_key": PUBLIC})).json()["id"]
    await office.desk("dana").post(f"/v1/signing-keys/{made}/revoke")
    found = (await office.desk("dana").get("/v1/audit-trail", params={"about": made})).json()["data"]
    assert [(entry["deed"], entry["by"]) for entry in found] == [
        ("signing_key_revoked", "per_dana"), ("signing_key_registered", "per_ada"),
    ]  # fmt: skip


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
