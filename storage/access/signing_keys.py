"""The public keys of people who sign what they tell at Temporal's own doors (Ed25519, RFC 8032)."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from uuid_utils import uuid7

from domain.base import Instant, Kept
from storage.postgres.pool import Connection, Database

KEY_SIZE = 32
"""Bytes of a public key."""
_REGISTER = """
INSERT INTO signing_keys (tenant, id, person_id, public_key) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, public_key) DO NOTHING
RETURNING id
"""
_LIST = """
SELECT id, person_id, public_key, created_at, revoked_at FROM signing_keys
WHERE tenant = $1 AND ($2::text IS NULL OR person_id = $2) ORDER BY id
"""
_REVOKE = """
UPDATE signing_keys SET revoked_at = clock_timestamp()
WHERE tenant = $1 AND id = $2 AND ($3::text IS NULL OR person_id = $3) AND revoked_at IS NULL
"""
# Of somebody who left nothing is taken any more, whatever became of their key.
_LIVE = """
SELECT s.person_id, s.public_key FROM signing_keys s JOIN people p ON p.tenant = s.tenant AND p.id = s.person_id
WHERE s.tenant = $1 AND s.id = $2 AND s.revoked_at IS NULL AND p.active
"""


_PRIME = 2**255 - 19
_SMALL_ORDER = frozenset({
    0,
    1,
    2707385501144840649318225287225658788936804267575313519463743609750303402022,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
    _PRIME - 1,
})  # fmt: skip
"""The y of the eight points of small order. Under one of them a constant is a signature of many messages, or of all."""


def is_sound(public_key: bytes) -> bool:
    """Whether 32 bytes can be somebody's own public key: a canonical point (RFC 8032, 5.1.3) that is not of small order."""
    y = int.from_bytes(public_key, "little") & (2**255 - 1)
    return len(public_key) == KEY_SIZE and y < _PRIME and y not in _SMALL_ORDER


class SigningKey(Kept):
    """The public half of a key by which somebody signs commands."""

    id: str
    person_id: str
    public_key: bytes
    created_at: Instant
    revoked_at: Instant | None = None


class PostgresSigningKeys:
    """Keeps the public keys, and says whose signature it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def register(self, tenant_id: str, person_id: str, public_key: bytes, conn: Connection | None = None) -> str | None:
        """Keep a person's public key (32 bytes) and return its id; None when somebody has it already, and for what is none."""
        if not is_sound(public_key):
            return None
        async with self._database.deed(tenant_id, conn) as deed:
            made: str | None = await deed.fetchval(_REGISTER, tenant_id, f"sig_{uuid7()}", person_id, public_key)
        return made

    async def keys(self, tenant_id: str, person_id: str | None = None) -> list[SigningKey]:
        """All keys, or one person's, those that were taken back included."""
        async with self._database.tenant(tenant_id) as conn:
            return [SigningKey(**dict(row)) for row in await conn.fetch(_LIST, tenant_id, person_id)]

    async def revoke(self, tenant_id: str, key_id: str, person_id: str | None = None, conn: Connection | None = None) -> bool:
        """Take a key back, with a person only one of theirs; False when there is no such live key."""
        async with self._database.deed(tenant_id, conn) as deed:
            return await deed.execute(_REVOKE, tenant_id, key_id, person_id) != "UPDATE 0"

    async def signer(self, tenant_id: str, key_id: str, message: bytes, signature: bytes) -> str | None:
        """Who signed a message with a key; None when the key is nobody's (any more), or did not sign it."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(_LIVE, tenant_id, key_id)
        if row is None or not is_sound(row["public_key"]):
            return None
        try:
            Ed25519PublicKey.from_public_bytes(row["public_key"]).verify(signature, message)
        except (InvalidSignature, ValueError):
            return None
        person: str = row["person_id"]
        return person
