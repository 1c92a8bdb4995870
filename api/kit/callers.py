"""Who is calling, as whom, and what they may ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.requests import Request

from api.kit.parts import Parts
from api.kit.problems import Problem, not_found
from api.kit.throttle import Throttle
from domain.model.facts import SYSTEM, Actor
from storage.tenants import KeyHolder

_PARTY = re.compile(r"pty_[A-Za-z0-9_.-]{1,120}")
_ANYBODY = re.compile(r"(per|pty|key)_[A-Za-z0-9_.-]{1,120}")


@dataclass(frozen=True)
class Caller:
    """The holder of an API key, and the party in whose place they read (``Ombud-Act-As``)."""

    key: KeyHolder
    act_as: str | None = None

    @property
    def tenant_id(self) -> str:
        """The only tenant that this caller can see."""
        return self.key.tenant_id

    @property
    def viewer_id(self) -> str:
        """As whom they read."""
        return self.act_as or self.key.actor_id

    @property
    def party(self) -> str | None:
        """The party as whom they read, if they do."""
        return self.viewer_id if self.viewer_id.startswith("pty_") else None

    def need(self, scope: str) -> None:
        """Raises ``scope_missing`` unless the key has the scope (or all of them: ``*``)."""
        if not {"*", scope} & set(self.key.scopes):
            raise Problem("scope_missing", f"This needs a key with scope '{scope}'.", fields={"scope": scope})

    def speaker(self, by: object) -> str:
        """Who sends a command: whom the body names, else whom the header names, else the holder of the key.

        Raises ``by_forbidden`` for whom a person's key may not speak for; ``scope_missing`` without ``act_as``.
        """
        if by is None:
            return self.viewer_id
        if not isinstance(by, str) or not _ANYBODY.fullmatch(by) or by == self.key.actor_id:
            # What has no such shape is named by the command's own check.
            return by  # type: ignore[return-value]  # as said above
        if self.act_as is not None and by != self.act_as:
            raise Problem("by_forbidden", "`by` and `Ombud-Act-As` name two different people.")
        if is_somebody(self.key) or by.startswith("key_"):
            raise Problem("by_forbidden")
        self.need("act_as")
        return by


def is_somebody(key: KeyHolder) -> bool:
    """Whether the key speaks for one person. A platform's key does not, nor does the system's operator at the local desk."""
    return key.person_id not in (None, SYSTEM.id)


async def identify(request: Request) -> Caller:
    """The caller of a request. Raises ``key_missing``, ``key_invalid``, ``rate_limited``, ``act_as_forbidden``."""
    parts: Parts = request.app.state.parts
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Problem("key_missing", headers={"WWW-Authenticate": "Bearer"})
    key = await parts.keys.find_key(secret.strip()) if secret.isascii() else None
    if key is None:
        raise Problem("key_invalid", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    request.scope["ombud_key"] = key.key_id
    throttle: Throttle = request.app.state.throttle
    throttle.take(f"{key.tenant_id}/{key.key_id}")
    return Caller(key, _acting_as(request, key))


def _acting_as(request: Request, key: KeyHolder) -> str | None:
    name = request.headers.get("ombud-act-as")
    if name is None:
        return None
    if is_somebody(key) or not _PARTY.fullmatch(name):
        raise Problem("act_as_forbidden")
    Caller(key).need("act_as")
    return name


async def viewer(parts: Parts, caller: Caller, case_id: str) -> Actor:
    """The caller as the rules see them, towards one case. A party of another case, or nobody, is told "not found"."""
    if caller.viewer_id == SYSTEM.id:
        return SYSTEM
    if caller.viewer_id == caller.key.key_id:
        return Actor(id=caller.key.key_id, role="platform")
    actor = await parts.views.actor(caller.tenant_id, case_id, caller.viewer_id)
    if actor is None:
        raise not_found()
    return actor
