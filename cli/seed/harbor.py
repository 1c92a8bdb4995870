"""The company Harbor, as ``ombud up`` has it ready: short stays and pet sitters, fourteen people in two sites, own queues."""

from __future__ import annotations

import re

from cli.kit.operator import HARBOR
from policies.folders import pack_files, text_of
from policies.loading import load_pack
from policies.pack import PACKS_DIR
from storage.policies.publications import PostgresPublications
from storage.tenants import Person, PostgresTenants, Tenant

_BY = ("system", "operator")
"""By whom, for the audit trail."""
TENANT = HARBOR
SOURCE = "harbor"
"""Where its seeded cases say that they come from."""
LEAD, SECOND_LEAD, OPS, SECOND_OPS = "per_walter", "per_aiko", "per_ines", "per_rahul"
_APPEALS = ("appeals", "payment-appeals", "moderation_appeals", "compliance")
_US, _APAC = ("us", "America/New_York"), ("apac", "Asia/Singapore")
_WHY_SITES = "Two sites: each kind has a queue for each of them."
_QUEUES = re.compile(r"^queue: (?P<queue>\w+)\n", re.MULTILINE)
_SITES = re.compile(r"^(sites|queue_calendars): .*\n", re.MULTILINE)


def _person(name: str, place: tuple[str, str], *queues: str, **more: object) -> Person:
    """Somebody of a site, who works the queues of the whole house and those of the site."""
    first = name.split()[0].lower()
    site, zone = place
    worked = tuple(full for queue in queues for full in (queue, f"{queue}-{site}"))
    given = {"manager": LEAD if site == "us" else SECOND_LEAD, "capacity": 6, **more}
    return Person(
        id=f"per_{first}", name=name, email=f"{first}@harbor.example", site=site, zone=zone, queues=worked, **given,
    )  # fmt: skip


PEOPLE = (
    _person("Walter Brandt", _US, roles=("lead",), manager=None).model_copy(update={"queues": _APPEALS}),
    _person("Aiko Tanaka", _APAC, roles=("lead",), manager=None, languages=("en", "ja")).model_copy(update={"queues": _APPEALS}),
    _person("Ines Okafor", _US, roles=("ops",), manager=None),
    _person("Rahul Menon", _APAC, roles=("ops",), manager=None),
    _person("Priya Raman", _US, "mediation", "conduct", team="disputes"),
    _person("Jonah Whitfield", _US, "payments", "fraud", team="money"),
    _person("Carmen Ruiz", _US, "safety", "conduct", team="safety", languages=("en", "es")),
    _person("Deshawn Mills", _US, "fraud", "payments", team="money"),
    _person("Lena Fischer", _US, "compliance", "moderation_appeals", team="trust", languages=("en", "de")),
    _person("Mei Chua", _APAC, "payments", "mediation", team="money", languages=("en", "zh")),
    _person("Somchai Rattana", _APAC, "safety", "conduct", team="safety", languages=("en", "th")),
    _person("Hana Yoshida", _APAC, "moderation_appeals", "compliance", team="trust", languages=("en", "ja")),
    _person("Arjun Nair", _APAC, "fraud", "mediation", team="disputes", languages=("en", "hi")),
    _person("Bella Santos", _APAC, "conduct", "safety", team="safety", vendor="Tideline", languages=("en", "fil")),
)


class NoDevelopment(Exception):
    """The tenant of this name is somebody's who tries nothing out here."""

    code = "tenant_not_development"


async def founded(tenants: PostgresTenants, publications: PostgresPublications) -> Tenant:
    """The company: made, with what it lacks of people and packs; whom it has already stays as they are.

    Raises :class:`NoDevelopment` when the name belongs to a tenant that is no development tenant.
    """
    tenant = await tenants.tenant(TENANT)
    if tenant is None:
        tenant = Tenant(id=TENANT, name="Harbor", zone="America/New_York", development=True)
        await tenants.create(tenant, by=_BY)
    check(tenant)
    there = {person.id for person in await tenants.people(TENANT)}
    for person in PEOPLE:
        if person.id not in there:
            await tenants.put_person(TENANT, person, by=_BY)
    published = {pack.kind for pack in await publications.versions(TENANT)}
    for name, path in pack_files(None, PACKS_DIR).items():
        kind = path.stem
        if kind in published:
            continue
        text = with_sites(text_of(path))
        made = await publications.propose(TENANT, kind, load_pack(text, name).version, text, by=OPS, reason=_WHY_SITES)
        await publications.approve(TENANT, made, by=SECOND_OPS)
    return tenant


def check(tenant: Tenant) -> None:
    """Raises :class:`NoDevelopment`."""
    if not tenant.development:
        raise NoDevelopment(f"'{tenant.id}' is no development tenant: cases are made up in those alone.")


def with_sites(pack: str) -> str:
    """The text of a pack with three queues: that of the house, and one for each site with its own hours."""

    def queues(found: re.Match[str]) -> str:
        queue = found["queue"]
        return (
            f"{found[0]}sites: [{queue}, {queue}-us, {queue}-apac]\n"
            f"queue_calendars: {{{queue}-us: us-office, {queue}-apac: follow-the-sun}}\n"
        )

    return _QUEUES.sub(queues, _SITES.sub("", pack), count=1)
