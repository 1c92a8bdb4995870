"""What is told at Temporal's own doors: signed by whoever speaks, or no more than the setting lets an unsigned one do."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.model.reading import signed_bytes
from services.temporal_door import Door, TemporalDoor, Tried
from storage.access.signing_keys import PostgresSigningKeys
from storage.intake.refusals import PostgresDoorRefusals
from storage.tenants import Person, Tenant
from tests.support.office import Office, party

pytestmark = pytest.mark.postgres
SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


async def key_of(office: Office, person: str = "per_ada", secret: Ed25519PrivateKey = SECRET) -> str:
    made = await PostgresSigningKeys(office.database).register(office.tenant_id, person, secret.public_key().public_bytes_raw())
    assert made is not None
    return made


def door(office: Office, setting: Door | None = None) -> TemporalDoor:
    refusals = PostgresDoorRefusals(office.database)
    keys, letters = PostgresSigningKeys(office.database), office.parts()
    return TemporalDoor(office.inbox, office.tenants, keys, setting, refusals=refusals, letters=letters)


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


class TestWhatIsNotLetIn:
    """Whoever reaches the namespace can try to speak in anybody's name: operations sees it, whatever they send."""

    async def seen(self, office: Office) -> list[dict[str, Any]]:
        answer = await office.desk("dana").get("/v1/refused-commands", params={"limit": 100})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    async def told(self, office: Office, case: str) -> list[Any]:
        found = await office.views.notices(office.tenant_id, case)
        return [notice for notice in found if notice.event.startswith("command_not_let_in")]

    async def test_is_seen_by_operations_whatever_was_forged(self, office: Office) -> None:
        case, key = (await office.desk().in_review())["id"], await key_of(office)
        await production(office)
        right = signed(office, case, NOTE, key)
        forged: list[tuple[dict[str, Any], str]] = [
            ({**NOTE, "id": "cmd_f1"}, "signature_needed"),
            ({**NOTE, "id": "cmd_f2", "signature": "nonsense"}, "signature_refused"),
            ({**right, "id": "cmd_f3"}, "signature_refused"),
            ({**right, "text": "Another."}, "signature_refused"),
            ({**NOTE, "id": "cmd_f5", "by": "system"}, "system_only"),
            ({"id": "cmd_f6", "type": "close", "by": "per_cleo", "text": "No such field."}, "malformed"),
        ]
        tried: list[Tried] = []
        refusals = PostgresDoorRefusals(office.database)
        keys, letters = PostgresSigningKeys(office.database), office.parts()
        at = TemporalDoor(office.inbox, office.tenants, keys, refusals=refusals, letters=letters, watch=tried.append)
        for said, code in forged:
            assert (await became(office, at, case, said))[:2] == ("refused", code)
        wanted = [(said["by"], said["type"], said["id"], code, case, "temporal", 1) for said, code in forged]
        found = [
            (r["claimed"], r["type"], r["command"], r["code"], r["case"], r["channel"], r["times"])
            for r in await self.seen(office)
        ]
        assert found[::-1] == wanted
        assert [(one.claimed, one.command_id, one.code) for one in tried] == [(w[0], w[2], w[3]) for w in wanted]
        # The same again is counted; and whoever the id belongs to can use it.
        await at.put(office.tenant_id, case, forged[0][0])
        assert [row["times"] for row in await self.seen(office)] == [1, 1, 1, 1, 1, 2]
        for taken in ("cmd_f1", "cmd_f3"):
            assert (await became(office, at, case, signed(office, case, {**NOTE, "id": taken}, key)))[0] == "pending"

    async def test_what_it_says_of_itself_is_kept_bounded_and_readable(self, office: Office) -> None:
        case = (await office.desk().in_review())["id"]
        await production(office)
        at = door(office, "closed")
        for said in ({"by": "per_\x1b[31m\u202e\x00", "id": "x" * 9999, "type": ["rule"]}, ["no", "command"], "text", None):
            await at.put(office.tenant_id, case, said)
        first = (await self.seen(office))[-1]
        assert (first["claimed"], len(first["command"]), first["type"]) == ("per_?[31m??", 128, None)

    async def test_a_flood_fills_no_disk_and_no_mailbox(self, office: Office) -> None:
        case = (await office.desk().in_review())["id"]
        await production(office)
        refusals = PostgresDoorRefusals(office.database, most_a_day=3)
        keys, letters = PostgresSigningKeys(office.database), office.parts()
        at = TemporalDoor(office.inbox, office.tenants, keys, refusals=refusals, letters=letters)
        await asyncio.gather(*(at.put(office.tenant_id, case, {**NOTE, "id": f"cmd_n{n}"}) for n in range(20)))
        found = await self.seen(office)
        assert sorted((row["case"] is None, row["times"]) for row in found) == [(False, 1), (False, 1), (False, 1), (True, 17)]
        async with office.database.tenant(office.tenant_id) as conn:
            assert await conn.fetchval("SELECT count(*) FROM commands WHERE answer ->> 'code' = 'signature_needed'") == 3
        (letter,) = await self.told(office, case)
        assert (letter.recipient, letter.audience) == ("per_dana", "staff")
        async with office.database.tenant(office.tenant_id) as conn:
            await conn.execute("UPDATE door_refusals SET told_at = told_at - interval '25 hours'")
        await at.put(office.tenant_id, case, {**NOTE, "id": "cmd_next"})
        assert len(await self.told(office, case)) == 2, "a day later, once more"

    async def test_is_for_operations_alone(self, office: Office) -> None:
        for who in ("ada", "cleo", "platform"):
            assert (await office.desk(who).get("/v1/refused-commands")).status_code == 403

    async def test_of_a_case_that_a_conflict_closes_it_is_not_listed(self, office: Office) -> None:
        case = (await office.desk().in_review())["id"]
        await production(office)
        await door(office).put(office.tenant_id, case, NOTE)
        assert len(await self.seen(office)) == 1
        closed = office.tenants.conflicts(office.tenant_id, ("programme-9",))
        await office.tenants.put_person(office.tenant_id, Person(id="per_dana", name="Dana", roles=("ops",), conflicts=closed))
        assert await self.seen(office) == []
