"""``ombud tenant``: companies, their people, their API keys and webhook endpoints."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.kit.exits import guarded

if TYPE_CHECKING:
    from pydantic import ValidationError

    from storage.policies.library import CalendarVersion
    from storage.tenants import Person, PostgresTenants

app = typer.Typer(help="Tenants, people, API keys, webhook endpoints.", no_args_is_help=True, rich_markup_mode=None)

TenantId = Annotated[str, typer.Argument(help="The tenant's id: lower-case letters, digits, dashes.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
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

    from storage.tenants import Tenant

    scale = hour_lasts / 3600 if hour_lasts else 1.0
    try:
        made = Tenant(id=tenant, name=name, zone=zone, development=hour_lasts is not None, time_scale=scale)
    except ValidationError as error:
        _refuse(error, {"id": tenant, "time_scale": "--hour-lasts"})
    _run(lambda tenants: tenants.create(made))
    _tell(tenant, {"tenant": tenant}, json=json)


@app.command("list")
def list_tenants(json: AsJson = False) -> None:
    """The ids of all tenants."""
    found: list[str] = _run(lambda tenants: tenants.all_ids())
    if json:
        from cli.kit.show import print_json

        print_json(found)
    else:
        typer.echo("\n".join(found) or "No tenants yet: make one with `ombud tenant create acme --name Acme`.")


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
    _check_hours(hours)
    made = _person(
        {"id": person_id, "name": name, "email": email, "roles": role or ["mediator"], "queues": queue or [], "manager": manager,
         "capacity": capacity, "hours": hours, "skills": skill or [], "languages": language or [], "absent_from": absent_from,
         "absent_until": absent_until}
    )  # fmt: skip
    _run(lambda tenants: _take_on(tenants, tenant, made, conflict or []), tenant, manager)
    _tell(person_id, {"person": person_id}, json=json)


def _person(said: dict[str, Any]) -> Person:
    """The person that the options say; what cannot be ends the command."""
    from datetime import UTC, datetime

    from pydantic import ValidationError

    from storage.tenants import Person

    begins = said["absent_from"] or (datetime.now(UTC) if said["absent_until"] else None)
    try:
        return Person.model_validate({**said, "absent_from": begins})
    except ValidationError as error:
        _refuse(error, {"id": said["id"]})


async def _take_on(tenants: PostgresTenants, tenant: str, person: Person, conflicts: list[str]) -> None:
    await tenants.put_person(tenant, person.model_copy(update={"conflicts": tenants.conflicts(tenant, conflicts)}))


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
    scope: Annotated[list[str] | None, typer.Option(help="cases:read, cases:write, act_as; repeatable; left out: all.")] = None,
    json: AsJson = False,
) -> None:
    """Make an API key. Its secret is shown this once."""
    key_id, secret = _run(
        lambda tenants: tenants.create_key(tenant, name=name, scopes=tuple(scope or ["*"]), person_id=person_id),
        tenant,
        person_id,
    )
    _tell(secret, {"key": key_id, "secret": secret}, json=json)


@app.command()
def endpoint(
    tenant: TenantId,
    url: Annotated[str, typer.Argument(help="Where webhooks go (https).")],
    purpose: Annotated[str, typer.Option(help="events (what happened) or remedies (what to carry out).")] = "events",
    json: AsJson = False,
) -> None:
    """Add a webhook endpoint. Its signing secret is shown this once."""
    if purpose not in ("events", "remedies"):
        typer.echo("--purpose is events or remedies.", err=True)
        raise typer.Exit(64)
    made: Any = _run(lambda tenants: tenants.create_endpoint(tenant, url, purpose=purpose), tenant)  # type: ignore[arg-type]  # checked above
    _tell(made.secret, {"endpoint": made.id, "secret": made.secret}, json=json)


def _check_hours(name: str | None) -> None:
    """Refuse shifts by a calendar that nobody has: who works by it would silently count as always there."""
    if name is None:
        return
    from policies.folders import PolicyFolderFault, calendar_files
    from runtime.settings import Settings

    try:
        known = set(calendar_files(Settings().policies_dir))
    except PolicyFolderFault as fault:
        typer.echo(f"{fault} [{fault.code}]", err=True)
        raise typer.Exit(69) from fault
    if name not in known:
        known |= {version.name for version in _ask_library()}
    if name not in known:
        typer.echo(f"--hours: there is no calendar '{name}'. There are: {', '.join(sorted(known))}. [calendar_unknown]", err=True)
        raise typer.Exit(64)


def _ask_library() -> list[CalendarVersion]:
    from cli.kit.compose import library_of

    versions: list[CalendarVersion] = guarded(lambda: asyncio.run(library_of(lambda library: library.versions())))
    return versions


def _tell(plain: str, whole: dict[str, str], *, json: bool) -> None:
    if json:
        from cli.kit.show import print_json

        print_json(whole)
    else:
        typer.echo(plain)


def _run(work: Callable[[PostgresTenants], Awaitable[Any]], tenant: str | None = None, person: str | None = None) -> Any:
    """Do it, when the tenant and the person that are named are there."""
    from cli.kit.compose import (
        tenants_of,
    )
    from cli.kit.operator import (
        known_person,
        known_tenant,
    )

    async def checked(tenants: PostgresTenants) -> Any:
        if tenant is not None:
            known_tenant(tenant, await tenants.all_ids())
            if person is not None:
                known_person(tenant, person, await tenants.people(tenant))
        return await work(tenants)

    return guarded(lambda: asyncio.run(tenants_of(checked)))
