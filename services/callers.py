"""Who asks, and the one place that answers what they may: speak as somebody, read as somebody, send to many cases at once.

A face turns what it got (an API key, later a session) into a :class:`Caller`; every service takes one and asks here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from domain.model.facts import SYSTEM, Actor
from domain.rules import need_to_know
from domain.rules.lifecycle import Who
from services.authority import AUTHORITY, CredentialKind, Deed, deed_of
from services.errors import Refused, not_found
from services.parts import Parts
from services.scopes import SCOPES, good_for
from storage.access.party_links import PartySession
from storage.access.sessions import Session
from storage.tenants import KeyHolder

_PARTY = re.compile(r"pty_[A-Za-z0-9_.-]{1,120}")
_ANYBODY = re.compile(r"(per|pty|key)_[A-Za-z0-9_.-]{1,120}")

TEAM, LEADERS = need_to_know.TEAM, need_to_know.LEADERS
"""Roles of those who work on cases, the system's operator among them; and of those who look after the work of others."""


@dataclass(frozen=True)
class Caller:
    """The holder of a credential, and the party in whose place they ask."""

    tenant_id: str
    """The only tenant that this caller can see."""
    credential: str
    """Its id: that of an API key, or ``operator``. Every command that comes by it says so."""
    scopes: frozenset[str]
    """What the credential is good for (:data:`services.scopes.SCOPES`)."""
    kind: CredentialKind = "platform_key"
    speaks_for: str | None = None
    """The one whose credential it is: a person; at the operator's own command line whoever was named, or the system. None: a
    platform's, which is no person."""
    act_as: str | None = None
    proved_at: datetime | None = None
    """Of a session: when its person last showed who they are."""

    @classmethod
    def holding(cls, key: KeyHolder) -> Caller:
        """The holder of an API key."""
        kind: CredentialKind = "person_key" if key.person_id else "platform_key"
        if key.operator:
            return cls(key.tenant_id, key.key_id, frozenset(SCOPES), "operator", key.person_id)
        return cls(key.tenant_id, key.key_id, good_for(key.scopes), kind, key.person_id)

    @classmethod
    def signed_in(cls, session: Session) -> Caller:
        """A person signed in to the pages: everything of their own, as with a key of theirs."""
        own = frozenset({"cases:read", "cases:write", "team:read", "admin"})
        return cls(session.tenant_id, session.id, own, "session", session.person_id, proved_at=session.proved_at)

    @classmethod
    def of_party(cls, session: PartySession) -> Caller:
        """A party that came by its link: one case, its own word, and nothing else."""
        return cls(session.tenant_id, session.id, frozenset(), "party_link", session.party_id)

    @property
    def holder(self) -> str:
        """As whom the credential speaks by itself."""
        return self.speaks_for or self.credential

    @property
    def viewer_id(self) -> str:
        """As whom they read."""
        return self.act_as or self.holder

    @property
    def party(self) -> str | None:
        """The party as whom they read, if they do."""
        return self.viewer_id if self.viewer_id.startswith("pty_") else None

    @property
    def is_somebody(self) -> bool:
        """Whether the credential is one person's own. A platform's is not, nor is the system's at the operator's command line."""
        return self.speaks_for not in (None, SYSTEM.id)

    @property
    def may_read(self) -> bool:
        """Whether the credential is good for reading. One that only writes hears what became of its word, and nothing else."""
        grant = AUTHORITY[self.kind]["read"]
        return grant.allowed and (grant.scope is None or grant.scope in self.scopes)

    def acting_as(self, party: str) -> Caller:
        """The same, asking in a party's place. Raises ``act_as_forbidden``, and ``scope_missing`` without ``act_as:parties``."""
        if self.is_somebody or not _PARTY.fullmatch(party):
            raise Refused("act_as_forbidden")
        self.may("for_party", "act_as_forbidden")
        return replace(self, act_as=party)

    def need(self, scope: str) -> None:
        """Raises ``scope_missing`` unless the credential has the scope."""
        if scope not in self.scopes:
            raise Refused("scope_missing", f"This needs a key with scope '{scope}'.", fields={"scope": scope})

    def deciding_person(self) -> str:
        """The person who decides something that is about no case. Raises ``own_credential_needed`` and ``scope_missing``."""
        person = self.speaks_for
        if self.act_as is not None or person is None or not self.is_somebody or not AUTHORITY[self.kind]["decide"].allowed:
            step = f"`ombud login {person}` first" if self.is_somebody else "name yourself with --as, and log in first"
            raise Refused("own_credential_needed", f"This takes the person's own credential: {step}.")
        self.may("decide", "own_credential_needed")
        return person

    def may(self, deed: Deed, forbidden: str, because: str | None = None) -> None:
        """Raises ``forbidden``, in the words given, where the table gives this kind of credential no such deed; ``scope_missing``
        without scope."""
        grant = AUTHORITY[self.kind][deed]
        if not grant.allowed:
            raise Refused(forbidden, because)
        if grant.scope is not None:
            self.need(grant.scope)

    def speaker(self, by: object, command: str) -> str:
        """Who sends a command: whom ``by`` names, else the party they act as, else the holder of the credential.

        Raises ``by_forbidden`` for whom the credential may not speak for, ``own_credential_needed`` where it would decide as
        somebody whom it does not show, and ``scope_missing``.
        """
        speaker = self.viewer_id if by is None else by
        if not isinstance(speaker, str) or not (_ANYBODY.fullmatch(speaker) or speaker == self.holder):
            # What has no such shape is named by the command's own check.
            return speaker  # type: ignore[return-value]  # as said above
        if self.act_as is not None and speaker != self.act_as:
            raise Refused("by_forbidden", "`by` and `Ombud-Act-As` name two different people.")
        if speaker != self.holder and (speaker.startswith("key_") or (self.is_somebody and self.act_as is None)):
            raise Refused("by_forbidden")
        deed = deed_of(command, speaker, self.holder)
        self.may(deed, "own_credential_needed" if deed == "decide" else "by_forbidden")
        return speaker


async def viewer(parts: Parts, caller: Caller, case_id: str) -> Actor:
    """The caller as the rules see them, towards one case. A party of another case, or nobody, is told "not found"."""
    if caller.viewer_id == SYSTEM.id:
        return SYSTEM
    if caller.viewer_id == caller.credential:
        return Actor(id=caller.credential, role="platform")
    actor = await parts.views.actor(caller.tenant_id, case_id, caller.viewer_id)
    if actor is None:
        raise not_found()
    return actor


async def reader(parts: Parts, caller: Caller) -> Actor:
    """The caller towards cases in general. A party is somebody only towards its own case. Raises ``actor_unknown``."""
    if caller.party is not None:
        return Actor(id=caller.party, role="claimant")
    if not caller.is_somebody:
        return await viewer(parts, caller, "")
    person = await parts.views.actor(caller.tenant_id, "", caller.viewer_id)
    if person is None:
        raise Refused("actor_unknown")
    return person


async def conflicts_of(parts: Parts, caller: Caller, person: str) -> tuple[str, ...]:
    """The conflicts of interest of somebody who orders or reads what is about many cases: those are left out that they close."""
    actor = await parts.views.actor(caller.tenant_id, "", person)
    return actor.conflicts if actor is not None else ()


async def role(parts: Parts, caller: Caller) -> str | None:
    """The caller's role where no single case is meant; None for a party, who has one only in a case, and for somebody of the team
    who has none any more."""
    if caller.party is not None:
        return None
    if not caller.is_somebody:
        return (await viewer(parts, caller, "")).role
    person = await parts.views.actor(caller.tenant_id, "", caller.viewer_id)
    return person.role if person is not None else None


async def only(parts: Parts, caller: Caller, roles: frozenset[str], whose: str) -> None:
    """Raises ``not_allowed``, in the words given, for whoever has none of these roles."""
    if await role(parts, caller) not in roles:
        raise Refused("not_allowed", whose)


async def overseer(parts: Parts, caller: Caller, whose: str) -> None:
    """Raises ``not_allowed``, in the words given, for whoever could not have ordered what they want to read."""
    found = await role(parts, caller)
    if found == "platform":
        # Whoever may send one for people of the team may read what became of it.
        caller.need("act_as:staff")
    elif found not in LEADERS:
        raise Refused("not_allowed", whose)


async def sender(parts: Parts, caller: Caller, by: str | None, command: str, allowed: Iterable[Who]) -> str:
    """Who gives an order to many cases. Raises ``by_forbidden``, ``actor_unknown`` and ``not_allowed``."""
    roles = sorted(who.value for who in allowed)
    speaker, found = await speaking(parts, caller, by, command)
    if found not in roles:
        raise Refused(
            "not_allowed", f"'{command}' for many cases can be sent by: {', '.join(roles)}.", fields={"command": command}
        )
    return speaker


async def speaking(parts: Parts, caller: Caller, by: str | None, command: str) -> tuple[str, str]:
    """Who gives an order that is about no single case, and their role. Raises ``by_forbidden`` and ``actor_unknown``."""
    speaker = caller.speaker(by, command)
    actor = await _as_somebody(parts, caller, speaker)
    if actor is None:
        raise Refused("actor_unknown", f"Nobody with the id '{speaker}' works here.")
    return speaker, actor.role


async def _as_somebody(parts: Parts, caller: Caller, speaker: str) -> Actor | None:
    if speaker == caller.viewer_id:
        return Actor(id=speaker, role="claimant") if caller.party else await viewer(parts, caller, "")
    return await parts.views.actor(caller.tenant_id, "", speaker) if speaker != SYSTEM.id else None
