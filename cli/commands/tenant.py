"""``ombud tenant``: companies, their people, their API keys and webhook endpoints."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.kit.exits import guarded
from cli.kit.options import AsJson
from cli.kit.show import show

if TYPE_CHECKING:
    from pydantic import ValidationError

    from storage.tenants import PostgresTenants

app = typer.Typer(help="Tenants, people, API keys, webhook endpoints.", no_args_is_help=True, rich_markup_mode=None)

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
    _run(lambda tenants: tenants.create(made))
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
        typer.echo(f"{names.get(field, '--' + field.replace('_', '-'))}: {one['msg']} [{one['type']}]", err=True)
    raise typer.Exit(64) from error


@app.command()
def endpoint(
    tenant: TenantId,
    url: Annotated[str, typer.Argument(help="Where webhooks go (https).")],
    purpose: Annotated[str, typer.Option(help="events (what happened) or remedies (what to carry out).")] = "events",
    json: AsJson = False,
) -> None:
    """Add a webhook endpoint. Its signing secret is shown this once."""
    from services.errors import Refused
    from services.people import add_endpoint

    try:
        made = _run(lambda tenants: add_endpoint(tenants, tenant, url, purpose), tenant)
    except Refused as refused:
        typer.echo(f"--purpose: {refused.detail} [{refused.code}]", err=True)
        raise typer.Exit(64) from refused
    show({"endpoint": made.id, "secret": made.secret}, json, lambda endpoint: endpoint["secret"])


def _run(work: Callable[[PostgresTenants], Awaitable[Any]], tenant: str | None = None) -> Any:
    """Do it, when the tenant that is named is there."""
    from cli.kit.compose import tenants_of
    from cli.kit.operator import known_tenant

    async def checked(tenants: PostgresTenants) -> Any:
        if tenant is not None:
            known_tenant(tenant, await tenants.all_ids())
        return await work(tenants)

    return guarded(lambda: asyncio.run(tenants_of(checked)))
