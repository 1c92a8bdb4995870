"""The composition root of the pages for people: beside the API in its process, or in one of their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from adapters.currencies import from_typed
from cli.kit.operator import HARBOR
from domain.currencies import in_words
from runtime.addresses import block_of
from runtime.errors import ServiceFault
from runtime.settings import Settings
from storage.tenants import PostgresTenants

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from console.kit.visit import House, Identities
    from services.parts import Parts

_ROLES = ("mediator", "lead", "ops")


class Amounts:
    """Amounts as people write them, by ISO 4217."""

    def write(self, amount: int, currency: str) -> str:
        """``1,250.00 EUR``."""
        return in_words(amount, currency)

    def read(self, text: str, currency: str) -> int:
        """``1250.00`` in minor units, and what else can be read in one way alone. Raises ValueError."""
        return from_typed(text, currency).amount


def house_of(settings: Settings, parts: Parts) -> House:
    """What the pages are made of. Raises ServiceFault for a provider of identities that is configured by halves."""
    from api.kit.problems import PROBLEMS
    from console.kit.visit import House

    return House(
        parts=parts,
        public_url=settings.public_url,
        problems=PROBLEMS,
        amounts=Amounts(),
        development=_development(settings, parts),
        identities=identities_of(settings),
        temporal_pages=_temporal_pages(settings),
        place_of=block_of,
    )


def _temporal_pages(settings: Settings) -> str | None:
    """Where the workflows of the cases are shown; None: nowhere that was said."""
    address = settings.temporal_pages_url.rstrip("/")
    return f"{address}/namespaces/{settings.temporal_namespace}/workflows" if address else None


def _development(settings: Settings, parts: Parts) -> Callable[[], Awaitable[Sequence[str]]] | None:
    tenants = parts.tenants
    if not settings.development or not isinstance(tenants, PostgresTenants):
        return None

    async def there() -> Sequence[str]:
        # The company with life in it comes first.
        return sorted(await tenants.all_ids(), key=lambda tenant: (tenant != HARBOR, tenant))

    return there


def identities_of(settings: Settings) -> Identities | None:
    """The provider of identities, and what its groups make of people; None: none is configured."""
    from adapters.identity.oidc import OidcProvider
    from console.kit.visit import Identities
    from services.sessions import Mapped

    if settings.oidc_issuer is None:
        return None
    if settings.oidc_tenant is None or settings.oidc_client_secret is None or not settings.oidc_roles.strip():
        needed = "OMBUD_OIDC_TENANT, OMBUD_OIDC_CLIENT_SECRET and OMBUD_OIDC_ROLES"
        raise ServiceFault("oidc_incomplete", f"OMBUD_OIDC_ISSUER is set: {needed} are needed with it.")
    roles, queues = _pairs("OMBUD_OIDC_ROLES", settings.oidc_roles), _pairs("OMBUD_OIDC_QUEUES", settings.oidc_queues)
    if unknown := sorted(set(roles.values()) - set(_ROLES)):
        raise ServiceFault("oidc_incomplete", f"OMBUD_OIDC_ROLES names {', '.join(unknown)}; the roles are {', '.join(_ROLES)}.")
    secret = settings.oidc_client_secret.get_secret_value()
    provider = OidcProvider(settings.oidc_issuer, settings.oidc_client_id, secret, groups=settings.oidc_groups_claim)
    return Identities(provider, settings.oidc_tenant, Mapped(roles, queues))


def _pairs(name: str, text: str) -> dict[str, str]:
    found = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        group, equals, here = (part.strip() for part in pair.rpartition("="))
        if not (group and equals and here):
            raise ServiceFault("oidc_incomplete", f"{name} takes `group=name` with commas between; '{pair}' is none.")
        found[group] = here
    return found


def beside(api: ASGIApp, house: House) -> ASGIApp:
    """The API and the pages on one address."""
    from console.app import Beside, create_console

    return Beside(api, create_console(house))
