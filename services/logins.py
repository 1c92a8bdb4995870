"""Who a credential is, and the development login: a key of a person's own without anybody asking for a password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.authority import CredentialKind
from services.callers import Caller
from services.errors import Refused
from services.parts import Parts
from storage.tenants import Tenant

SCOPES_OF_A_LOGIN = ("cases:read", "cases:write", "team:read", "admin")
"""What a person's login is good for: everything of their own. What their role does not let them do, the rules refuse."""


class Keys(Protocol):
    """Makes API keys; :class:`storage.tenants.PostgresTenants`."""

    async def create_key(
        self, tenant_id: str, *, name: str = "", scopes: tuple[str, ...] = ("*",), person_id: str | None = None
    ) -> tuple[str, str]: ...


@dataclass(frozen=True)
class Me:
    """Whoever holds a credential."""

    tenant_id: str
    credential: str
    kind: CredentialKind
    scopes: tuple[str, ...]
    person_id: str | None
    """None: it is nobody's own."""
    role: str | None
    """What they are to cases in general; None for a party, and for somebody who does not work here any more."""


async def me(parts: Parts, caller: Caller) -> Me:
    """Whose credential it is, and what it is good for."""
    person = caller.speaks_for if caller.is_somebody else None
    role: str | None = "platform"
    if person is not None:
        actor = await parts.views.actor(caller.tenant_id, "", person)
        role = actor.role if actor else None
    elif caller.speaks_for is not None:
        role = "system"
    return Me(caller.tenant_id, caller.credential, caller.kind, tuple(sorted(caller.scopes)), person, role)


async def development_key(keys: Keys, tenant: Tenant, person_id: str) -> tuple[str, str]:
    """A key of a person's own, made on the spot: its id and its secret. Raises ``login_needs_key`` outside development."""
    if not tenant.development:
        raise Refused("login_needs_key", f"'{tenant.id}' is no development tenant: log in with a key of your own.")
    return await keys.create_key(tenant.id, name="ombud login", scopes=SCOPES_OF_A_LOGIN, person_id=person_id)
