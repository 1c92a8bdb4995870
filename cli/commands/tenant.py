"""``ombud tenant``: companies with their settings, their people and their API keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.kit.client import run
from cli.kit.exits import guarded
from cli.kit.options import As, AsJson, Party, party_of
from cli.kit.show import note, show
from cli.kit.target import Target

if TYPE_CHECKING:
    from pydantic import ValidationError

    from storage.tenants import PostgresTenants

app = typer.Typer(help="Tenants, their settings, people, API keys.", no_args_is_help=True, rich_markup_mode=None)

_TAKE_OUT = "none"
TenantId = Annotated[str, typer.Argument(help="The tenant's id: lower-case letters, digits, dashes.")]


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
    _run(lambda tenants: tenants.create(made, by=("system", "operator")))
    show({"tenant": tenant}, json, lambda _: tenant)


@app.command("list")
def list_tenants(json: AsJson = False) -> None:
    """The ids of all tenants."""
    found: list[str] = _run(lambda tenants: tenants.all_ids())
    none = "No tenants yet: make one with `ombud tenant create acme --name Acme`."
    show(found, json, lambda ids: "\n".join(ids) or none)


def _refuse(error: ValidationError, names: dict[str, str]) -> NoReturn:
    """Say what cannot be, by the names that the command line has for it."""
    for one in error.errors():
        field = str(one["loc"][0])
        note(f"{names.get(field, '--' + field.replace('_', '-'))}: {one['msg']} [{one['type']}]")
    raise typer.Exit(64) from error


@app.command("set")
def set_tenant(
    tenant: TenantId,
    name: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    zone: Annotated[str | None, typer.Option(help="IANA time zone.")] = None,
    email_kind: Annotated[str | None, typer.Option(help="Kind of the cases that come by mail; none takes it out.")] = None,
    orders_within: Annotated[
        int | None,
        typer.Option(min=0, help="Hours in which an authority is told what effect its order was given; 0: as if unset."),
    ] = None,
    archive_after_days: Annotated[
        int | None,
        typer.Option(min=0, help="Days without anything after which a closed case goes into the archive (91 or more); 0: never."),
    ] = None,
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
    for field, number in (("orders_within", orders_within), ("archive_after_days", archive_after_days)):
        if number is not None:
            said[field] = number or None
    for field, value in (("default_merchant", default_merchant), ("default_respondent", default_respondent)):
        if value is not None:
            said[field] = None if value == _TAKE_OUT else party_of(value, "--" + field.replace("_", "-"))
    changed = run(lambda desk: desk.ask("PATCH", "/v1/tenant", json=said), Target(tenant, speaker))
    show(changed, json, lambda found: "\n".join(f"{key}: {_plain(value)}" for key, value in found.items() if key != "object"))


def _plain(value: Any) -> str:
    return str(value.get("name") or value["ref"]) if isinstance(value, dict) else "" if value is None else str(value)


def _run(work: Callable[[PostgresTenants], Awaitable[Any]], tenant: str | None = None) -> Any:
    """Do it, when the tenant that is named is there."""
    from cli.kit.compose import tenants_of
    from cli.kit.operator import known_tenant

    async def checked(tenants: PostgresTenants) -> Any:
        if tenant is not None:
            known_tenant(tenant, await tenants.all_ids())
        return await work(tenants)

    return guarded(lambda: asyncio.run(tenants_of(checked)))
