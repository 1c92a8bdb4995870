"""The company that ``ombud up`` has ready: people for every kind of case, and one key for the platform."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from runtime.embedded.credentials import write_durably
from storage.tenants import Person, PostgresTenants, Tenant

_BY = ("system", "operator")
"""By whom, for the audit trail."""
TENANT = "acme"
EARLIER = "local"
"""What the company was called in state folders that were made before it had people with names; it stays so there."""
_APPEALS = ("appeals", "payment-appeals", "moderation_appeals", "compliance")
PEOPLE = (
    Person(id="per_ada", name="Ada", email="ada@acme.example", queues=("mediation", "fraud"), manager="per_cleo"),
    Person(id="per_ben", name="Ben", email="ben@acme.example", queues=("fraud", "payments", "safety"), manager="per_finn"),
    Person(
        id="per_mara",
        name="Mara",
        email="mara@acme.example",
        queues=("mediation", "conduct", "payments", "moderation_appeals", "compliance", "safety"),
        manager="per_cleo",
    ),
    # Two leads: the one who approved a ruling may not decide its appeal.
    Person(id="per_cleo", name="Cleo", email="cleo@acme.example", roles=("lead",), queues=_APPEALS),
    Person(id="per_finn", name="Finn", email="finn@acme.example", roles=("lead",), queues=_APPEALS),
    Person(id="per_dana", name="Dana", email="dana@acme.example", roles=("ops",)),
)


LOCAL_SCOPES = ("act_as:parties", "cases:read", "cases:write", "intake", "team:read")
"""What the platform of a local desk may do: everything of a platform but speaking for people of the team."""


class Company(BaseModel):
    """Whose cases these are, and the key of its platform: kept in the state folder, for its owner alone to read."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    api_key: str = Field(repr=False)

    @classmethod
    def read(cls, state_dir: Path) -> Company | None:
        """The company of this state folder; None when none was made yet, or the note cannot be read."""
        try:
            return cls.model_validate_json((state_dir / "company.json").read_bytes())
        except (FileNotFoundError, ValueError):
            return None


async def found(tenants: PostgresTenants, state_dir: Path) -> Company | None:
    """Make the company, its people and its key where they are missing; whom it has already stays as they are.

    None when the name is somebody's who is no development tenant: nobody is added there.
    """
    name = EARLIER if EARLIER in await tenants.all_ids() else TENANT
    tenant = await tenants.tenant(name)
    if tenant is None:
        await tenants.create(Tenant(id=name, name=name.title(), development=True), by=_BY)
    elif not tenant.development:
        return None
    there = {person.id for person in await tenants.people(name)}
    for person in PEOPLE:
        if person.id not in there:
            await tenants.put_person(name, person, by=_BY)
    known = Company.read(state_dir)
    holder = await tenants.find_key(known.api_key) if known else None
    if known and holder and holder.tenant_id == known.tenant == name:
        return known
    _, secret = await tenants.create_key(name, name="local", scopes=LOCAL_SCOPES, by=_BY)
    made = Company(tenant=name, api_key=secret)
    write_durably(state_dir / "company.json", made.model_dump_json(indent=2))
    return made
