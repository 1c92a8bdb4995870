"""Who holds a credential, and the keys by which people sign."""

from __future__ import annotations

import base64
from typing import Any, Literal

from pydantic import Field

from api.bodies.base import Body
from domain.base import Frozen, Instant
from services.logins import Me
from services.rows import SigningKey


class MeBody(Body):
    """Whose credential this is."""

    object: Literal["me"] = "me"
    tenant: str
    credential: str
    kind: str
    """`platform_key`, `person_key` or `operator`."""
    scopes: list[str]
    person: str | None
    """The person whose own it is; null: nobody's."""
    role: str | None
    expires_at: Instant | None
    """When the credential ends by itself; null: it does not."""


class SigningKeyRequest(Frozen):
    """Register a public key of one's own."""

    public_key: str = Field(min_length=44, max_length=44)
    """Ed25519, 32 bytes in base64."""


class SigningKeyBody(Body):
    """A public key by which somebody signs commands."""

    object: Literal["signing_key"] = "signing_key"
    id: str
    person: str
    public_key: str
    created_at: Instant
    revoked_at: Instant | None


class SigningKeyList(Body):
    """A part of the public keys, the oldest first."""

    object: Literal["list"] = "list"
    data: list[SigningKeyBody]
    has_more: bool
    next_cursor: str | None


def me_body(me: Me) -> dict[str, Any]:
    """Who somebody is, as the API says it."""
    body = MeBody(
        tenant=me.tenant_id, credential=me.credential, kind=me.kind, scopes=list(me.scopes), person=me.person_id, role=me.role,
        expires_at=me.expires_at,
    )  # fmt: skip
    return body.model_dump(mode="json")


def signing_key_body(key: SigningKey) -> dict[str, Any]:
    """One key."""
    public = base64.b64encode(key.public_key).decode()
    body = SigningKeyBody(
        id=key.id, person=key.person_id, public_key=public, created_at=key.created_at, revoked_at=key.revoked_at
    )
    return body.model_dump(mode="json")
