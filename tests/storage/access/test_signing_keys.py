"""Public keys in Postgres: of one tenant, of one person, gone at once when taken back."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.access.signing_keys import PostgresSigningKeys
from tests.support.worlds import World

pytestmark = pytest.mark.postgres
SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = SECRET.public_key().public_bytes_raw()


async def test_says_whose_signature_it_is(world: World) -> None:
    keys = PostgresSigningKeys(world.database)
    made = await keys.register(world.tenant_id, "per_mia", PUBLIC)
    assert made is not None
    assert await keys.signer(world.tenant_id, made, b"hello", SECRET.sign(b"hello")) == "per_mia"
    assert await keys.signer(world.tenant_id, made, b"other", SECRET.sign(b"hello")) is None
    assert await keys.signer("another", made, b"hello", SECRET.sign(b"hello")) is None
    assert await keys.revoke(world.tenant_id, made)
    assert not await keys.revoke(world.tenant_id, made)
    assert await keys.signer(world.tenant_id, made, b"hello", SECRET.sign(b"hello")) is None


async def test_a_key_is_one_persons(world: World) -> None:
    keys = PostgresSigningKeys(world.database)
    assert await keys.register(world.tenant_id, "per_mia", PUBLIC)
    assert await keys.register(world.tenant_id, "per_max", PUBLIC) is None
    assert await keys.register(world.tenant_id, "per_max", PUBLIC[:-1]) is None
    assert [key.person_id for key in await keys.keys(world.tenant_id)] == ["per_mia"]
    assert await keys.keys(world.tenant_id, "per_max") == []
