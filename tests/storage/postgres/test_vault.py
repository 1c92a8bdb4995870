"""The vault: what is sealed opens in its place only, and not at all once its key is destroyed."""

from __future__ import annotations

import asyncio
import base64

import pytest

from storage.postgres.vault import Unwrapped, Vault, VaultFault
from tests.support.worlds import World

TEXT = "Kim wrote this. \U0001f436"


class TestMasterKey:
    def test_must_be_32_bytes_of_base64(self) -> None:
        Vault.from_text(base64.b64encode(bytes(32)).decode())
        for bad in ("", "short", base64.b64encode(bytes(31)).decode(), "é" * 44):
            with pytest.raises(VaultFault):
                Vault.from_text(bad)

    def test_another_one_opens_nothing(self, vault: Vault) -> None:
        key = vault.new_key("t", "case_1", "staff")
        with pytest.raises(VaultFault):
            Vault(bytes(32)).unwrap("t", "case_1", "staff", key.id, key.wrapped)

    def test_secrets_do_not_show(self, vault: Vault) -> None:
        key = vault.new_key("t", "case_1", "staff")
        assert "key=" not in repr(key)
        assert key.key.hex() not in repr(key)


class TestPlaces:
    def test_ciphertext_is_bound_to_its_place(self, vault: Vault) -> None:
        key = vault.new_key("t", "case_1", "staff")
        sealed = key.seal("cnt_1", b"text")
        assert key.open("cnt_1", sealed) == b"text"
        for place, data in (("cnt_2", sealed), ("cnt_1", sealed[:-1] + bytes([sealed[-1] ^ 1])), ("cnt_1", b"")):
            with pytest.raises(VaultFault):
                key.open(place, data)

    def test_wrapped_key_is_bound_to_its_holder(self, vault: Vault) -> None:
        key = vault.new_key("t", "case_1", "pty_1")
        assert vault.unwrap("t", "case_1", "pty_1", key.id, key.wrapped).key == key.key
        for where in (("u", "case_1", "pty_1"), ("t", "case_2", "pty_1"), ("t", "case_1", "pty_2")):
            with pytest.raises(VaultFault):
                vault.unwrap(*where, key.id, key.wrapped)
            # Nor for one that has met it in its own place.
            known = Unwrapped(vault, "t")
            assert known.key("case_1", "pty_1", key.id, key.wrapped) is known.key("case_1", "pty_1", key.id, key.wrapped)
            with pytest.raises(VaultFault):
                {"t": known}.get(where[0], Unwrapped(vault, where[0])).key(*where[1:], key.id, key.wrapped)

    def test_digests_are_keyed_by_case_and_tenant(self, vault: Vault) -> None:
        one, other = vault.new_key("t", "case_1", "staff"), vault.new_key("t", "case_1", "staff")
        assert one.digest(b"yes") == one.digest(b"yes")
        assert one.digest(b"yes") != other.digest(b"yes")
        assert vault.ref_digest("t", "user") == vault.ref_digest("t", "user") != vault.ref_digest("u", "user")
        assert vault.body_hash("t", b"{}") != vault.body_hash("u", b"{}")

    def test_secret_of_an_endpoint_opens_for_its_tenant_and_place(self, vault: Vault) -> None:
        sealed = vault.seal_secret("t", "whk_1", b"whsec_x")
        assert vault.open_secret("t", "whk_1", sealed) == b"whsec_x"
        for tenant, place in (("u", "whk_1"), ("t", "whk_2")):
            with pytest.raises(VaultFault):
                vault.open_secret(tenant, place, sealed)


@pytest.mark.postgres
class TestOnDisk:
    async def test_texts_come_back_and_unknown_ids_are_left_out(self, world: World) -> None:
        case_id = await world.case()
        async with world.database.tenant(world.tenant_id) as conn:
            box = await world.vault.sealer(conn, world.tenant_id, case_id, "staff")
            prose = box(TEXT)
            await world.vault.keep(conn, box)
            found = await world.vault.reveal(conn, world.tenant_id, [prose.content_id, "cnt_none"])
        assert found == {prose.content_id: TEXT}
        assert prose.length == len(TEXT)

    async def test_erased_holder_cannot_be_read_and_others_can(self, world: World) -> None:
        case_id = await world.case()
        proses = {}
        async with world.database.tenant(world.tenant_id) as conn:
            for holder in ("pty_a", "pty_b"):
                box = await world.vault.sealer(conn, world.tenant_id, case_id, holder)
                proses[holder] = box(f"By {holder}.")
                await world.vault.keep(conn, box)
        async with world.database.deed(world.tenant_id) as conn:
            assert await world.vault.erase(conn, world.tenant_id, case_id, "pty_a")
            assert not await world.vault.erase(conn, world.tenant_id, case_id, "pty_a")
        async with world.database.tenant(world.tenant_id) as conn:
            found = await world.vault.reveal(conn, world.tenant_id, [p.content_id for p in proses.values()])
            assert found == {proses["pty_a"].content_id: None, proses["pty_b"].content_id: "By pty_b."}
            # Whoever writes again after an erasure gets a new key; the old words stay gone.
            box = await world.vault.sealer(conn, world.tenant_id, case_id, "pty_a")
            again = box("Back.")
            await world.vault.keep(conn, box)
            found = await world.vault.reveal(conn, world.tenant_id, [again.content_id, proses["pty_a"].content_id])
        assert found == {again.content_id: "Back.", proses["pty_a"].content_id: None}

    async def test_first_texts_of_a_holder_at_once_share_one_key(self, world: World) -> None:
        case_id = await world.case()

        async def first() -> str:
            async with world.database.tenant(world.tenant_id) as conn:
                return (await world.vault.key(conn, world.tenant_id, case_id, "pty_new")).id

        assert len(set(await asyncio.gather(*(first() for _ in range(10))))) == 1
