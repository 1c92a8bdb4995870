"""``ombud tenant``: companies with their settings, their people and their API keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.kit.client import run
from cli.kit.exits import guarded
from cli.kit.options import As, AsJson, Party, party_of
from cli.kit.show import show
from cli.kit.target import Target

if TYPE_CHECKING:
    from pydantic import ValidationError

    from storage.tenants import Person, PostgresTenants

app = typer.Typer(help="Tenants, their settings, people, API keys.", no_args_is_help=True, rich_markup_mode=None)

_TAKE_OUT = "none"
TenantId = Annotated[str, typer.Argument(help="The tenant's id: lower-case letters, digits, dashes.")]
Skills = Annotated[list[str] | None, typer.Option(help="What they can do, as packs name it; repeatable.")]
Languages = Annotated[list[str] | None, typer.Option(help="What they speak (de); repeatable; left out: English.")]
Conflicts = Annotated[
    list[str] | None, typer.Option(help="The platform's id of a user or organisation they may not judge; repeatable.")
]


@app.command()
def create(
    tenant: TenantId,
    name: Annotated[str, typer.Option(help="What people call it.")],
    zone: Annotated[str, typer.Option(help="IANA time zone.")] = "UTC",
    hour_lasts: Annotated[
        float | None, typer.Option(help="Development only: how many seconds an hour of the rules lasts in this tenant.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Make a tenant, or change it."""
    from pydantic import ValidationError

    from services.people import tenant_of

    try:
        made = tenant_of(tenant, name, zone, hour_lasts)
    except ValidationError as error:
        _refuse(error, {"id": tenant, "time_scale": "--hour-lasts"})
    _run(lambda tenants: tenants.create(made))
    show({"tenant": tenant}, json, lambda _: tenant)


@app.command("list")
def list_tenants(json: AsJson = False) -> None:
    """The ids of all tenants."""
    found: list[str] = _run(lambda tenants: tenants.all_ids())
    none = "No tenants yet: make one with `ombud tenant create acme --name Acme`."
    show(found, json, lambda ids: "\n".join(ids) or none)


@app.command()
def person(
    tenant: TenantId,
    person_id: Annotated[str, typer.Argument(help="per_…")],
    name: Annotated[str, typer.Option()],
    email: Annotated[str | None, typer.Option()] = None,
    role: Annotated[list[str] | None, typer.Option(help="mediator, lead or ops; repeatable.")] = None,
    queue: Annotated[list[str] | None, typer.Option(help="Queues they work; repeatable.")] = None,
    manager: Annotated[str | None, typer.Option(help="per_… of whom they report to.")] = None,
    capacity: Annotated[int, typer.Option(help="Open cases they can carry.")] = 20,
    hours: Annotated[str | None, typer.Option(help="Name of the calendar of their shifts; left out: always there.")] = None,
    skill: Skills = None,
    language: Languages = None,
    conflict: Conflicts = None,
    absent_from: Annotated[str | None, typer.Option(help="Away from then on (2026-12-24T08:00:00Z).")] = None,
    absent_until: Annotated[str | None, typer.Option(help="Away until then; without a beginning: from now on.")] = None,
    json: AsJson = False,
) -> None:
    """Take somebody on, or change what is known of them: what is left out gets its default."""
    from services.people import take_on

    made = _person(
        {"id": person_id, "name": name, "email": email, "roles": role or ["mediator"], "queues": queue or [], "manager": manager,
         "capacity": capacity, "hours": hours, "skills": skill or [], "languages": language or [], "absent_from": absent_from,
         "absent_until": absent_until}
    )  # fmt: skip
    _check_hours(made)
    _run(lambda tenants: take_on(tenants, tenant, made, conflict or []), tenant, manager)
    show({"person": person_id}, json, lambda _: person_id)


def _person(said: dict[str, Any]) -> Person:
    """The person that the options say; what cannot be ends the command."""
    from datetime import UTC, datetime

    from pydantic import ValidationError

    from services.people import person_of

    try:
        return person_of(datetime.now(UTC), **said)
    except ValidationError as error:
        _refuse(error, {"id": said["id"]})


def _refuse(error: ValidationError, names: dict[str, str]) -> NoReturn:
    """Say what cannot be, by the names that the command line has for it."""
    for one in error.errors():
        field = str(one["loc"][0])
        typer.echo(f"{names.get(field, '--' + field.replace('_', '-'))}: {one['msg']} [{one['type']}]", err=True)
    raise typer.Exit(64) from error


@app.command()
def key(
    tenant: TenantId,
    name: Annotated[str, typer.Option(help="What the key is for.")],
    person_id: Annotated[str | None, typer.Option("--person", help="per_…: the key speaks as this person.")] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="cases:read, cases:write, act_as:parties …; repeatable; left out: all but act_as:staff."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Make an API key. Its secret is shown this once."""
    from services.people import make_key

    made = _run(
        lambda tenants: make_key(tenants, tenant, name=name, scopes=scope or (), person_id=person_id),
        tenant,
        person_id,
    )
    show({"key": made.id, "secret": made.secret}, json, lambda key: key["secret"])


@app.command("set")
def set_tenant(
    tenant: TenantId,
    name: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    zone: Annotated[str | None, typer.Option(help="IANA time zone.")] = None,
    email_kind: Annotated[str | None, typer.Option(help="Kind of the cases that come by mail; none takes it out.")] = None,
    default_merchant: Party = None,
    default_respondent: Party = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Change settings of a tenant: what is named, and nothing else. The word none takes one out."""
    said: dict[str, Any] = {}
    for field, value in (("name", name), ("zone", zone), ("email_kind", email_kind)):
        if value is not None:
            said[field] = None if value == _TAKE_OUT and field == "email_kind" else value
    for field, value in (("default_merchant", default_merchant), ("default_respondent", default_respondent)):
        if value is not None:
            said[field] = None if value == _TAKE_OUT else party_of(value, "--" + field.replace("_", "-"))
    changed = run(lambda desk: desk.ask("PATCH", "/v1/tenant", json=said), Target(tenant, speaker))
    show(changed, json, lambda found: "\n".join(f"{key}: {_plain(value)}" for key, value in found.items() if key != "object"))


def _plain(value: Any) -> str:
    return str(value.get("name") or value["ref"]) if isinstance(value, dict) else "" if value is None else str(value)


def _check_hours(person: Person) -> None:
    if person.hours is None:
        return
    from cli.kit.compose import library_of
    from cli.kit.exits import USAGE
    from runtime.settings import Settings
    from services.packs import calendar_names
    from services.people import check_hours

    here = guarded(lambda: calendar_names(Settings().policies_dir))
    if person.hours not in here:
        checking = library_of(lambda library: check_hours(person, here, library))
        guarded(lambda: asyncio.run(checking), {"calendar_unknown": USAGE})


def _run(work: Callable[[PostgresTenants], Awaitable[Any]], tenant: str | None = None, person: str | None = None) -> Any:
    """Do it, when the tenant and the person that are named are there."""
    from cli.kit.compose import tenants_of
    from cli.kit.operator import known_person, known_tenant

    async def checked(tenants: PostgresTenants) -> Any:
        if tenant is not None:
            known_tenant(tenant, await tenants.all_ids())
            if person is not None:
                known_person(tenant, person, await tenants.people(tenant))
        return await work(tenants)

    return guarded(lambda: asyncio.run(tenants_of(checked)))
