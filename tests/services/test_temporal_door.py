"""What is told at Temporal's own doors: signed by whoever speaks, or no more than the setting lets an unsigned one do."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.model.reading import signed_bytes
from services.temporal_door import Door, TemporalDoor
from storage.access.signing_keys import PostgresSigningKeys
from storage.tenants import Tenant
from tests.support.office import Office, party

pytestmark = pytest.mark.postgres
SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


async def key_of(office: Office, person: str = "per_ada", secret: Ed25519PrivateKey = SECRET) -> str:
    made = await PostgresSigningKeys(office.database).register(office.tenant_id, person, secret.public_key().public_bytes_raw())
    assert made is not None
    return made


def door(office: Office, setting: Door | None = None) -> TemporalDoor:
    return TemporalDoor(office.inbox, office.tenants, PostgresSigningKeys(office.database), setting)


def signed(office: Office, case: str, said: dict[str, Any], key: str, secret: Ed25519PrivateKey = SECRET) -> dict[str, Any]:
    value = base64.b64encode(secret.sign(signed_bytes(office.tenant_id, case, said))).decode()
    return {**said, "signature": {"key": key, "value": value}}


async def production(office: Office) -> None:
    """Make it no development tenant any more."""
    await office.tenants.create(Tenant(id=office.tenant_id, name="Test"))


async def became(office: Office, door: TemporalDoor, case: str, said: object) -> tuple[str, str | None, str | None]:
    """Status, refusal's code and credential of what is told."""
    command_id = await door.put(office.tenant_id, case, said)
    async with office.database.tenant(office.tenant_id) as conn:
        row = await conn.fetchrow(
            "SELECT status, answer ->> 'code' AS code, credential FROM commands WHERE case_id = $1 AND id = $2", case, command_id
        )
    assert row is not None
    return row["status"], row["code"], row["credential"]


NOTE = {"id": "cmd_note-1", "type": "note", "by": "per_ada", "text": "Called them."}
RULE = {"id": "cmd_rule-1", "type": "rule", "by": "per_ada", "outcome": "rejected", "ground": "scope", "reasons": "No."}
SIGNAL = {"id": "cmd_sig-1", "type": "signal", "by": "key_risk", "signal": "card_blocked"}


class TestUnsigned:
    @pytest.mark.parametrize("said", [NOTE, RULE], ids=["note", "rule"])
    async def test_in_development_is_taken(self, office: Office, said: dict[str, Any]) -> None:
        case = await office.desk().in_review()
        assert await became(office, door(office), case["id"], said) == ("pending", None, "temporal")

    @pytest.mark.parametrize("said", [NOTE, RULE], ids=["note", "rule"])
    @pytest.mark.parametrize("setting", [None, "signed", "open"])
    async def test_elsewhere_neither_decides_nor_speaks_for_anybody(
        self, office: Office, said: dict[str, Any], setting: Door | None
    ) -> None:
        case = await office.desk().in_review()
        await production(office)
        assert await became(office, door(office, setting), case["id"], said) == ("refused", "signature_needed", "temporal")

    async def test_elsewhere_speaks_for_no_party(self, office: Office) -> None:
        case = await office.desk().in_review()
        await production(office)
        said = {"id": "cmd_w", "type": "withdraw", "by": party(case, "claimant")}
        assert (await became(office, door(office), case["id"], said))[1] == "signature_needed"

    async def test_elsewhere_a_machine_reports(self, office: Office) -> None:
        case = await office.desk().in_review()
        await production(office)
        status, code, _ = await became(office, door(office), case["id"], SIGNAL)
        assert (status, code) == ("pending", None)

    async def test_elsewhere_what_is_no_command_is_told_that(self, office: Office) -> None:
        case = await office.desk().in_review()
        await production(office)
        assert (await became(office, door(office), case["id"], {"hello": 1}))[1] == "malformed"

    async def test_a_closed_door_takes_nothing_signed_or_not(self, office: Office) -> None:
        case = (await office.desk().in_review())["id"]
        key = await key_of(office)
        for said in (NOTE, SIGNAL, signed(office, case, NOTE, key)):
            assert (await became(office, door(office, "closed"), case, said))[1] == "door_closed"


class TestSigned:
    async def test_counts_as_said_by_whose_key_it_is(self, office: Office) -> None:
        case = (await office.desk().in_review())["id"]
        await production(office)
        key = await key_of(office)
        assert await became(office, door(office), case, signed(office, case, RULE, key)) == ("pending", None, key)

    async def test_is_kept_with_its_signature(self, office: Office) -> None:
        case = (await office.desk().in_review())["id"]
        said = signed(office, case, RULE, await key_of(office))
        await door(office).put(office.tenant_id, case, said)
        async with office.database.tenant(office.tenant_id) as conn:
            kept = await conn.fetchval("SELECT signature FROM commands WHERE id = $1", RULE["id"])
        assert kept == said["signature"]

    async def test_twice_is_once(self, office: Office) -> None:
        case = (await office.desk().in_review())["id"]
        said = signed(office, case, RULE, await key_of(office))
        assert {await door(office).put(office.tenant_id, case, said) for _ in range(3)} == {RULE["id"]}

    @pytest.mark.parametrize("setting", ["open", "signed"])
    @pytest.mark.parametrize(
        "forged",
        [
            lambda said, _: {**said, "outcome": "upheld"},
            lambda said, _: {**said, "id": "cmd_other"},
            lambda said, _: {**said, "by": "per_ben"},
            lambda said, _: {**said, "signature": {**said["signature"], "key": "sig_unknown"}},
            lambda said, _: {**said, "signature": {**said["signature"], "value": "AAAA"}},
            lambda said, _: {**said, "signature": {**said["signature"], "value": "not base64"}},
            lambda said, _: {**said, "signature": "yes"},
            lambda said, _: {**said, "signature": None},
            lambda said, bens: {**said, "signature": {**said["signature"], "key": bens}},
        ],
    )
    async def test_for_something_else_or_by_somebody_else_is_refused(self, office: Office, forged: Any, setting: Door) -> None:
        """Also at an open door: what claims to be signed is signed."""
        case = (await office.desk().in_review())["id"]
        said = signed(office, case, RULE, await key_of(office))
        bens = await key_of(office, "per_ben", OTHER)
        assert (await became(office, door(office, setting), case, forged(said, bens)))[:2] == ("refused", "signature_refused")

    async def test_is_good_for_one_case(self, office: Office) -> None:
        one, other = [(await office.desk().in_review())["id"] for _ in range(2)]
        said = signed(office, one, RULE, await key_of(office))
        assert (await became(office, door(office), other, said))[1] == "signature_refused"

    async def test_with_a_key_that_was_taken_back_is_refused(self, office: Office) -> None:
        case = (await office.desk().in_review())["id"]
        key = await key_of(office)
        assert await PostgresSigningKeys(office.database).revoke(office.tenant_id, key)
        assert (await became(office, door(office), case, signed(office, case, RULE, key)))[1] == "signature_refused"

    async def test_by_somebody_who_left_is_refused(self, office: Office) -> None:
        case = (await office.desk().in_review())["id"]
        key = await key_of(office)
        ada = next(person for person in await office.tenants.people(office.tenant_id) if person.id == "per_ada")
        await office.tenants.put_person(office.tenant_id, ada.model_copy(update={"active": False}))
        assert (await became(office, door(office), case, signed(office, case, RULE, key)))[1] == "signature_refused"


async def test_what_the_system_tells_itself_passes(office: Office) -> None:
    case = (await office.desk().in_review())["id"]
    await production(office)
    command = {"id": "cmd_assign.1", "type": "assign", "by": "system", "owner": "per_ada"}
    assert await door(office).put(office.tenant_id, case, command, channel="system") == "cmd_assign.1"
