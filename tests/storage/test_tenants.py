"""Tenants and their keys: a secret finds its holder, and nothing else does."""

from __future__ import annotations

import pytest

from tests.support.worlds import World

pytestmark = pytest.mark.postgres


class TestKeys:
    async def test_secret_finds_its_holder_and_nothing_else(self, world: World) -> None:
        key_id, secret = await world.tenants.create_key(world.tenant_id, name="ci", scopes=("cases:read",), person_id="per_mia")
        holder = await world.tenants.find_key(secret)
        assert holder is not None
        assert (holder.tenant_id, holder.key_id, holder.actor_id, holder.scopes) == (
            world.tenant_id,
            key_id,
            "per_mia",
            ("cases:read",),
        )
        assert secret.startswith("omb_")
        for wrong in ("", secret[:-1], "omb_é", "\ud800"):
            assert await world.tenants.find_key(wrong) is None
        assert await world.tenants.disable_key(world.tenant_id, key_id)
        assert await world.tenants.find_key(secret) is None
