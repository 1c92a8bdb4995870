"""``ombud up`` and ``ombud down``: everything on this machine, in the background, with a tenant to try it with."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.local.fleet import Fleet, Role
from cli.local.stack import SEARCH_ATTRIBUTES
from runtime.embedded.stack import Stack
from runtime.embedded.state import StackInfo
from runtime.places import Places, find_places
from runtime.settings import Settings

TENANT = "local"


def bring_up(settings: Settings, *, json: bool) -> None:
    """Start what does not run yet and print where it is."""
    console, begun = Console(stderr=True, soft_wrap=True), time.monotonic()

    def say(line: str) -> None:
        console.print(Text.assemble((f"{time.monotonic() - begun:6.1f} s  ", "dim"), line))

    info = asyncio.run(Stack(settings, search_attributes=SEARCH_ATTRIBUTES, ui=True, mail=True).up(say))
    secret = asyncio.run(_prepare(find_places(settings), say))
    env = {"OMBUD_DEVELOPMENT": "true", "OMBUD_LOG_FORMAT": "json"}
    if settings.policies_dir:
        # The processes work in the project's folder, where a relative path would lead somewhere else.
        env["OMBUD_POLICIES_DIR"] = str(settings.policies_dir.resolve())
    fleet = Fleet(settings.state_dir, env)
    fleet.start("worker")
    say("worker is ready")
    fleet.start("api", settings.api_port or None)
    say("API answers")
    _tell(_facts(info, fleet, secret), json=json)


async def _prepare(places: Places, say: Any) -> str | None:
    """Database, packs, and the local tenant; the secret of its key when it was made just now."""
    from cli.kit.compose import prepare_database, tenants_of
    from storage.tenants import Person, PostgresTenants, Tenant

    for name in await prepare_database(places):
        say(f"database: applied {name}")

    async def settle(tenants: PostgresTenants) -> str | None:
        if await tenants.tenant(TENANT) is not None:
            return None
        await tenants.create(Tenant(id=TENANT, name="Local", development=True))
        people = (
            Person(id="per_mediator", name="Mediator", roles=("mediator",), queues=("mediation", "fraud")),
            Person(id="per_lead", name="Lead", roles=("lead",), queues=("appeals",)),
            Person(id="per_ops", name="Ops", roles=("ops",)),
        )
        for person in people:
            await tenants.put_person(TENANT, person)
        return (await tenants.create_key(TENANT, name="local"))[1]

    made: str | None = await tenants_of(settle, places)
    return made


def _facts(info: StackInfo, fleet: Fleet, secret: str | None) -> dict[str, Any]:
    api = f"http://127.0.0.1:{fleet.crew.api_port}"
    return {
        "api": api,
        "api_docs": f"{api}/v1/docs",
        "tenant": TENANT,
        "api_key": secret or "shown when the tenant was made; a new one: ombud tenant key local --name mine",
        "temporal": info.temporal_address,
        "temporal_ui": info.temporal_ui_url,
        "mail_folder": str(info.mail_folder),
        "worker_health": f"http://127.0.0.1:{fleet.crew.health_port}/readyz",
        "logs": f"{fleet.log('worker')} {fleet.log('api')}",
        "stop_with": "make down",
    }


def _tell(facts: dict[str, Any], *, json: bool) -> None:
    if json:
        from cli.kit.client import print_json

        print_json(facts)
        return
    table = Table("what", "where", title="Ombud is up", title_justify="left")
    for name, value in facts.items():
        if value:
            table.add_row(name.replace("_", " "), str(value))
    Console(soft_wrap=True).print(table)


def bring_down(settings: Settings, *, json: bool) -> None:
    """Stop what runs of this state folder."""
    fleet = Fleet(settings.state_dir)
    roles: tuple[Role, ...] = ("api", "worker")
    stopped: list[str] = [role for role in roles if fleet.stop(role)]
    stopped += asyncio.run(Stack(settings).down())
    if json:
        from cli.kit.client import print_json

        print_json({"stopped": stopped})
    else:
        Console(soft_wrap=True).print(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
