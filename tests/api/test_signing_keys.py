"""Whose credential it is, and signing keys, over HTTP."""

from __future__ import annotations

import pytest

from tests.support.office import Office

pytestmark = pytest.mark.postgres


async def test_who_one_is_needs_no_scope(office: Office) -> None:
    key = await office.key(scopes=("intake",))
    answer = await office.desk(key).get("/v1/me")
    assert (answer.status_code, answer.json()["scopes"]) == (200, ["intake"])


async def test_and_a_key(office: Office) -> None:
    assert (await office.desk(None).get("/v1/me")).json()["code"] == "key_missing"


async def test_a_registration_with_its_key_is_done_once(office: Office) -> None:
    said = {"public_key": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}
    both = [await office.desk("ada").post("/v1/signing-keys", said, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert [answer.status_code for answer in both] == [201, 201]
    assert both[0].json() == both[1].json()
