"""The keys by which people sign what they tell at Temporal's own doors: registered by themselves, taken back also by ops."""

from __future__ import annotations

import base64
import binascii

from domain.model.facts import SYSTEM
from services.callers import Caller, role
from services.errors import FieldError, Refused, not_found
from services.pages import Cursors, Page, Part, part_by_id
from services.parts import Parts
from services.trail import Administrator, note
from storage.access.signing_keys import SigningKey, is_sound

_OVERSEES = frozenset({"ops", "system"})
_INVALID = "Send the 32 bytes of an Ed25519 public key in base64; `ombud command key` makes one."


async def register(parts: Parts, caller: Caller, public_key: str) -> SigningKey:
    """Keep the caller's own public key. Raises ``own_credential_needed``, ``signing_key_invalid`` and ``signing_key_taken``."""
    if not caller.is_somebody or caller.kind == "operator" or caller.speaks_for is None:
        raise Refused(
            "own_credential_needed", "A signing key is registered by the person whose it is, with their own credential."
        )
    try:
        raw = base64.b64decode(public_key, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not is_sound(raw):
        raise Refused("signing_key_invalid", errors=[FieldError("public_key", "signing_key_invalid", _INVALID)])
    async with parts.trail.deed(caller.tenant_id) as conn:
        made = await parts.signing_keys.register(caller.tenant_id, caller.speaks_for, raw, conn)
        if made is None:
            raise Refused("signing_key_taken")
        await note(conn, _administrator(caller), "signing_key_registered", made, public_key=raw.hex())
        whose, said = caller.speaks_for, {"key": made, "what": "signing_key"}
        await parts.team_letters.tell(conn, caller.tenant_id, "key_made", whose, whose, **said)
    return next(key for key in await parts.signing_keys.keys(caller.tenant_id, caller.speaks_for) if key.id == made)


async def listed(parts: Parts, caller: Caller, page: Page) -> Part[SigningKey]:
    """One's own keys; ops see everybody's. Raises ``not_allowed`` for a platform or a party."""
    found = await parts.signing_keys.keys(caller.tenant_id, await _whose(parts, caller))
    return part_by_id(found, Cursors.of(parts, caller, "signing-keys"), page)


async def revoke(parts: Parts, caller: Caller, key_id: str) -> SigningKey:
    """Take a key back at once: one's own, or as ops anybody's. Raises ``not_found`` and ``not_allowed``."""
    whose = await _whose(parts, caller)
    found = next((key for key in await parts.signing_keys.keys(caller.tenant_id, whose) if key.id == key_id), None)
    if found is None:
        raise not_found()
    async with parts.trail.deed(caller.tenant_id) as conn:
        if await parts.signing_keys.revoke(caller.tenant_id, key_id, whose, conn):
            await note(conn, _administrator(caller), "signing_key_revoked", key_id)
    return next(key for key in await parts.signing_keys.keys(caller.tenant_id, whose) if key.id == key_id)


def _administrator(caller: Caller) -> Administrator:
    """Whoever did it, for the tenant's trail: to their own key, or ops to anybody's."""
    return Administrator(caller.tenant_id, SYSTEM.id if caller.kind == "operator" else caller.holder, caller.credential)


async def _whose(parts: Parts, caller: Caller) -> str | None:
    """Whose keys the caller may look after; None: everybody's."""
    if await role(parts, caller) in _OVERSEES:
        return None
    if not caller.is_somebody or caller.speaks_for is None:
        raise Refused("not_allowed", "Signing keys are their owners' business, and that of ops.")
    return caller.speaks_for
