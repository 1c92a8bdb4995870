"""The operator at the command line, as the API sees them: no key, one tenant, whoever ``--as`` names or the system itself."""

from __future__ import annotations

from cli.kit.target import Target
from runtime.errors import ServiceFault
from storage.tenants import KeyHolder, PostgresTenants


class OperatorKeys:
    """Whoever can read the database's password needs no key: every secret is the operator's."""

    def __init__(self, holder: KeyHolder) -> None:
        self._holder = holder

    @classmethod
    async def of(cls, tenants: PostgresTenants, target: Target) -> OperatorKeys:
        """For the tenant that is named, or the only one there is. Raises ServiceFault ``tenant_unclear``."""
        tenant = target.tenant
        if tenant is None:
            known = await tenants.all_ids()
            if len(known) != 1:
                listed = ", ".join(known) or "none yet (ombud tenant create)"
                raise ServiceFault("tenant_unclear", f"Name the tenant with --tenant or OMBUD_TENANT. Known: {listed}.")
            tenant = known[0]
        speaker = target.speaker or "system"
        return cls(KeyHolder(tenant_id=tenant, key_id="key_operator", name="operator", scopes=("*",), person_id=speaker))

    async def find_key(self, secret: str) -> KeyHolder | None:
        """The operator."""
        return self._holder
