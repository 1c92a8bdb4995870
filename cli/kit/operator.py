"""The operator at the command line, as the API sees them: no key, one tenant, whoever ``--as`` names or the system itself."""

from __future__ import annotations

from collections.abc import Sequence

from cli.kit.target import (
    Target,
)
from runtime.errors import ServiceFault
from storage.tenants import KeyHolder, Person, PostgresTenants

_NO_PERSON = ("pty_", "key_")
"""Speakers who are not of the team: a party and a key of the platform are looked up where the command is judged."""
_SYSTEM = "system"
_MANY = 12
_MAKE = "Make one with `ombud tenant create ID --name NAME`."


HARBOR = "harbor"
"""The company of made-up cases that ``ombud up`` has ready beside one's own: nobody means it who names none."""
OPERATOR = "local"
"""What the command line shows instead of a key."""


class OperatorKeys:
    """Whoever can read the database's password needs no key; a person who has logged in shows their own."""

    def __init__(self, holder: KeyHolder, tenants: PostgresTenants) -> None:
        self._holder, self._tenants = holder, tenants

    @classmethod
    async def of(cls, tenants: PostgresTenants, target: Target) -> OperatorKeys:
        """For the tenant that is named, or the only one there is.

        Raises ServiceFault ``tenant_unclear``, ``tenant_unknown``, ``actor_unknown`` and ``person_unknown``, with what there is.
        """
        tenant = known_tenant(target.tenant, await tenants.all_ids())
        speaker = _SYSTEM if target.speaker is None else target.speaker
        asked = [(target.named, "person_unknown")]
        if speaker != _SYSTEM and not speaker.startswith(_NO_PERSON):
            asked.insert(0, (speaker, "actor_unknown"))
        for person, code in asked:
            if person is not None:
                known_person(tenant, person, await tenants.people(tenant), code)
        holder = KeyHolder(tenant_id=tenant, key_id="operator", name="operator", scopes=(), person_id=speaker, operator=True)
        return cls(holder, tenants)

    async def find_key(self, secret: str) -> KeyHolder | None:
        """The operator, or whoever has logged in; None when that login is over."""
        return self._holder if secret in ("", OPERATOR) else await self._tenants.find_key(secret)

    async def ended(self, secret: str) -> tuple[tuple[str, ...], bool] | None:
        """For what a secret was good that is good no more."""
        return await self._tenants.ended(secret)


def known_tenant(tenant: str | None, known: Sequence[str]) -> str:
    """The tenant that is named, or the only one beside :data:`HARBOR`. Raises ServiceFault ``tenant_unclear`` and
    ``tenant_unknown``."""
    if tenant is None:
        own = [name for name in known if name != HARBOR] or known
        if len(own) != 1:
            raise ServiceFault("tenant_unclear", f"Name the tenant with --tenant or OMBUD_TENANT. {_listed('', known)} {_MAKE}")
        return own[0]
    if tenant not in known:
        raise ServiceFault("tenant_unknown", f"There is no tenant '{tenant}'. {_listed(tenant, known)} {_MAKE}")
    return tenant


def known_person(tenant: str, person: str, people: Sequence[Person], code: str = "person_unknown") -> None:
    """Nothing, when they work there. Raises ServiceFault ``code``, with who does and what to do."""
    ids = [member.id for member in people]
    if person in ids:
        return
    step = f"Take somebody on with `ombud tenant person {tenant} per_… --name …`."
    raise ServiceFault(code, f"Nobody with the id '{person}' works for the tenant '{tenant}'. {_listed(person, ids)} {step}")


def _listed(asked: str, known: Sequence[str]) -> str:
    """Those that there are; of many the ones that look most like what was asked for."""
    from difflib import get_close_matches

    shown = known if len(known) <= _MANY else get_close_matches(asked, known, _MANY, 0.0)
    more = f" and {len(known) - len(shown)} more" if len(known) > len(shown) else ""
    return f"Known: {', '.join(shown) or 'none yet'}{more}."
