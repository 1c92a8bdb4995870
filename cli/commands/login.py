"""``ombud login``: show who one is. Deciding takes a person's own credential, at the command line as everywhere."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated, Any

import typer

from cli.kit.client import run
from cli.kit.exits import NO_PERMISSION, fail, guarded
from cli.kit.logins import LOCAL, here, logins
from cli.kit.options import AsJson, Tenant
from cli.kit.show import note, show
from cli.kit.target import Target

Person = Annotated[str | None, typer.Argument(help="Who logs in (per_…); in development that is enough.")]


def log_in(
    person: Person = None,
    key: Annotated[
        str | None,
        typer.Option(envvar="OMBUD_LOGIN_KEY", help="An API key of one's own. Left out: made in development, else asked for."),
    ] = None,
    tenant: Tenant = None,
) -> None:
    """Remember a person's own key on this machine: commands `--as` them are then sent with it, and decide."""
    place = here()
    if key is None and place == LOCAL:
        found = _made(tenant, person)
        if found is not None and person is not None:
            logins().keep(place, found[0], person, found[1])
            note(f"{person} is logged in at {found[0]}. Send commands with: --as {person}")
            return
    secret = key or typer.prompt("API key", hide_input=True, err=True)
    me = _asked(secret, tenant)
    if me["person"] is None or person not in (None, me["person"]):
        whose = me["person"] or "nobody's own"
        fail(f"This key is {whose}; log in with one of {person or 'a person'}.", "login_key_of_another", NO_PERMISSION)
    logins().keep(place, me["tenant"], me["person"], secret)
    note(f"{me['person']} is logged in at {me['tenant']}. Send commands with: --as {me['person']}")


def log_out(
    who: Annotated[str | None, typer.Argument(metavar="[PERSON]", help="Whom to forget (per_…); left out: everybody.")] = None,
    of_tenant: Annotated[str | None, typer.Option("--tenant", "-t", envvar="OMBUD_TENANT", help="At one tenant only.")] = None,
) -> None:
    """Forget a person's key on this machine, or everybody's. The key itself lives on until it is revoked or expires."""
    gone = logins().forget(here(), of_tenant, who)
    note(f"Forgotten: {', '.join(gone)}." if gone else "Nobody was logged in.")


def whoami(json: AsJson = False) -> None:
    """Who has logged in on this machine."""
    people = [{"tenant": tenant, "person": person} for tenant, person in logins().people(here())]
    show(
        people,
        json,
        lambda found: "\n".join(f"{one['person']}  {one['tenant']}" for one in found) or None,
        nothing="Nobody has logged in: `ombud login per_…`.",
    )


def _made(tenant: str | None, person: str | None) -> tuple[str, str] | None:
    """A key made on the spot; None where one has to be brought."""
    from cli.kit.record import log_in_for_development
    from services.errors import Refused

    def making() -> tuple[str, str] | None:
        try:
            return asyncio.run(log_in_for_development(tenant, person))
        except Refused as refused:
            note(f"{refused.detail} [{refused.code}]")
            return None

    return guarded(making)


def _asked(secret: str, tenant: str | None) -> dict[str, Any]:
    """Whose key it is."""

    async def asking(desk: Any) -> Any:
        return await desk.ask("GET", "/v1/me", headers={"Authorization": f"Bearer {secret}"})

    found: dict[str, Any] = run(asking, Target(tenant or os.environ.get("OMBUD_TENANT")))
    return found
