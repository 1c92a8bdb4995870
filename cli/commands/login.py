"""``ombud login``: show who one is. Deciding takes a person's own credential, at the command line as everywhere."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.kit.client import run
from cli.kit.exits import NO_PERMISSION, fail, guarded, misused
from cli.kit.logins import LOCAL, here, logins
from cli.kit.options import AsJson, Tenant
from cli.kit.show import note, show
from cli.kit.target import Target

if TYPE_CHECKING:
    from datetime import datetime

Person = Annotated[str | None, typer.Argument(help="Who logs in (per_…); in development that is enough.")]


def log_in(
    person: Person = None,
    key: Annotated[
        str | None,
        typer.Option(envvar="OMBUD_LOGIN_KEY", help="An API key of one's own. Left out: made in development, else asked for."),
    ] = None,
    code: Annotated[
        str | None,
        typer.Option(
            envvar="OMBUD_LOGIN_CODE", help="A login code from ops, exchanged for a key; it ends all others of the person."
        ),
    ] = None,
    tenant: Tenant = None,
) -> None:
    """Remember a person's own key on this machine: commands `--as` them are then sent with it, and decide."""
    place = here()
    if key is None and code is None and place == LOCAL:
        found = _made(tenant, person)
        if found is not None and person is not None:
            _keep(place, found[0], person, found[1], found[2].isoformat())
            return
    shown = code or key or _typed(person)
    me = _asked("GET", "/v1/me", shown, tenant)
    if me["person"] is None or person not in (None, me["person"]):
        whose = me["person"] or "nobody's own"
        fail(f"This key is {whose}; log in with one of {person or 'a person'}.", "login_key_of_another", NO_PERMISSION)
    if code is None:
        _keep(place, me["tenant"], me["person"], shown, me["expires_at"])
        return
    made = _asked("POST", "/v1/me/key", code, tenant)
    _keep(place, me["tenant"], me["person"], made["secret"], made["expires_at"])


def _typed(person: str | None) -> str:
    """A key that somebody types; where nobody can, the command says how else."""
    if not sys.stdin.isatty():
        misused(
            "Nobody is there to type a key: give it with --key or OMBUD_LOGIN_KEY, or a login code of ops with --code "
            f"(`ombud person login-code {person or 'per_…'}` makes one)."
        )
    return str(typer.prompt("API key", hide_input=True, err=True))


def _keep(place: str, tenant: str, person: str, secret: str, until: str | None) -> None:
    logins().keep(place, tenant, person, secret, until)
    ends = f" until {until[:10]}" if until else ""
    note(f"{person} is logged in at {tenant}{ends}. Send commands with: --as {person}")


def log_out(
    who: Annotated[str | None, typer.Argument(metavar="[PERSON]", help="Whom to forget (per_…); left out: everybody.")] = None,
    of_tenant: Annotated[str | None, typer.Option("--tenant", "-t", envvar="OMBUD_TENANT", help="At one tenant only.")] = None,
) -> None:
    """Forget a person's key on this machine, or everybody's. The key itself lives on until it is revoked or expires."""
    gone = logins().forget(here(), of_tenant, who)
    note(f"Forgotten: {', '.join(gone)}." if gone else "Nobody was logged in.")


def whoami(json: AsJson = False) -> None:
    """Who has logged in on this machine, and until when."""
    people = [{"tenant": tenant, "person": person, "until": until} for tenant, person, until in logins().people(here())]
    show(
        people,
        json,
        lambda found: "\n".join(_line(**one) for one in found) or None,
        nothing="Nobody has logged in: `ombud login per_…`.",
    )


def _line(tenant: str, person: str, until: str | None) -> str:
    from datetime import UTC, datetime

    if until is None:
        return f"{person}  {tenant}  until it is revoked"
    over = datetime.fromisoformat(until) <= datetime.now(UTC)
    return f"{person}  {tenant}  " + (f"over: ombud login {person}" if over else f"until {until[:10]}")


def _made(tenant: str | None, person: str | None) -> tuple[str, str, datetime] | None:
    """A key made on the spot; None where one has to be brought."""
    from cli.kit.record import log_in_for_development
    from services.errors import Refused

    def making() -> tuple[str, str, datetime] | None:
        try:
            return asyncio.run(log_in_for_development(tenant, person))
        except Refused as refused:
            note(f"{refused.detail} [{refused.code}]")
            return None

    return guarded(making)


def _asked(method: str, path: str, secret: str, tenant: str | None) -> dict[str, Any]:
    """What is answered to whoever holds this."""

    async def asking(desk: Any) -> Any:
        return await desk.ask(method, path, headers={"Authorization": f"Bearer {secret}"})

    found: dict[str, Any] = run(asking, Target(tenant or os.environ.get("OMBUD_TENANT")))
    return found
