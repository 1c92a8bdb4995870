"""``ombud up``, ``status`` and ``down``: everything on this machine, in the background, with a company to try it with."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from rich.table import Table
from rich.text import Text

from cli.kit.exits import NOT_RUNNING
from cli.kit.show import plain_console
from cli.local.attributes import SEARCH_ATTRIBUTES
from cli.local.company import Company, found
from cli.local.fleet import (
    ROLES,
    Fleet,
    Role,
)
from runtime.embedded import processes
from runtime.embedded.ports import Ports
from runtime.embedded.stack import Stack
from runtime.embedded.state import Notes
from runtime.patience import Say, telling
from runtime.places import Places, find_places
from runtime.settings import Settings


def bring_up(settings: Settings, *, json: bool, seeded: bool = True) -> None:
    """Start what does not run yet, and print where everything is. ``seeded``: with Harbor and its cases."""
    console, begun = plain_console(stderr=True, soft_wrap=True), time.monotonic()

    def say(line: str) -> None:
        console.print(Text.assemble((f"{time.monotonic() - begun:6.1f} s  ", "dim"), line))

    fleet = Fleet(settings.state_dir, {**settings.environment(), "OMBUD_DEVELOPMENT": "true", "OMBUD_LOG_FORMAT": "json"})
    ports = fleet.ports(settings.local_port, say)
    stack = Stack(settings, search_attributes=SEARCH_ATTRIBUTES, ui=True, mail=True, ports=ports)
    asyncio.run(stack.up(say))
    say("database: bringing it up to date")
    asyncio.run(telling("database", _prepare(find_places(settings), settings, say), say))
    api_port, health_port = _api_port(settings, fleet, ports), _health_port(settings, fleet, ports)
    # Links in letters lead to this API, unless the operator says where people reach it.
    there = {} if "public_url" in settings.model_fields_set else {"OMBUD_PUBLIC_URL": fleet.where("api", api_port)}
    _start(fleet, "worker", health_port, there, say)
    say("worker is ready")
    _start(fleet, "api", api_port, there, say)
    say("API answers")
    if seeded:
        _seed(settings, there.get("OMBUD_PUBLIC_URL", settings.public_url), say)
    _tell(_facts(settings, stack, fleet), "Ombud is up", json=json)


def _start(fleet: Fleet, role: Role, port: int | None, extra: dict[str, str], say: Say) -> None:
    """Start it, or wait for one that runs: an earlier `up` may have been stopped while it was still coming."""
    if fleet.running(role):
        fleet.ready(role, say)
    else:
        fleet.start(role, port, extra, say)


def _api_port(settings: Settings, fleet: Fleet, ports: Ports) -> int:
    last = fleet.crew.api_port
    if last is not None and fleet.running("api"):
        return last
    named = settings.api_port if "api_port" in settings.model_fields_set else None
    return processes.free_port(last) if named == 0 else ports.take("api", last, named)


def _health_port(settings: Settings, fleet: Fleet, ports: Ports) -> int:
    """The worker's: the one that is set; else that of the last time, or a free one."""
    last = fleet.crew.health_port
    if last is not None and fleet.running("worker"):
        return last
    named = settings.worker_health_port or None
    return ports.take("worker_health", None if named else last, named)


async def _prepare(places: Places, settings: Settings, say: Say) -> None:
    """Database, packs, and the company."""
    from cli.kit.compose import (
        prepare_database,
        tenants_of,
    )

    for name in await prepare_database(places, settings):
        say(f"database: applied {name}")
    await tenants_of(lambda tenants: found(tenants, settings.state_dir), places)


def _seed(settings: Settings, where: str, say: Say) -> None:
    """Harbor, once; where somebody else has its name, nothing is made up there. ``where`` the pages are."""
    from cli.seed.sowing import sow
    from services.errors import OperatorRefused

    try:
        made = asyncio.run(sow(find_places(settings), settings))
    except OperatorRefused as refused:
        say(f"harbor: not made [{refused.code}]")
        return
    if made.cases:
        say(f"harbor: {made.cases} made-up cases of 14 people in two sites (--tenant harbor)")
    for side, path in made.ways_in:
        say(f"the page of a {side} to try, once: {where.rstrip('/')}{path}")
    for case, what, code in made.refused:
        say(f"harbor: {case}: {what} was refused [{code}]")


def show_status(settings: Settings, *, json: bool) -> int:
    """Print what runs, where, and the key; the exit code, which says whether all of it runs."""
    stack, fleet = Stack(settings), Fleet(settings.state_dir, settings.environment())
    stopped: list[str] = [state.service for state in stack.status() if state.state == "stopped"]
    stopped += [role for role in ROLES if fleet.running(role) is None]
    title = f"Not running: {', '.join(stopped)}. Start it with `make up`." if stopped else "Ombud is up"
    _tell(_facts(settings, stack, fleet) | ({"stopped": stopped} if json else {}), title, json=json)
    return NOT_RUNNING if stopped else 0


def _facts(settings: Settings, stack: Stack, fleet: Fleet) -> dict[str, Any]:
    """Where everything answers that runs."""
    services = {state.service: state for state in stack.status()}
    crew, company, mail = fleet.crew, Company.read(settings.state_dir), services["mail"]
    ui = Notes.read(settings.state_dir).temporal.ui_port if services["temporal"].state == "running" else None
    api = fleet.where("api", crew.api_port) if crew.api_port and fleet.running("api") else None
    worker = fleet.where("worker", crew.health_port) if crew.health_port and fleet.running("worker") else None
    apart = settings.api_health_port if fleet.running("api") else None
    health = fleet.where("worker", apart) if apart else None
    return {
        "pages": api,
        "api": api,
        "api_docs": api and f"{api}/v1/docs",
        "tenant": company.tenant if company else None,
        "api_key": company.api_key if company else "none is kept here; make one with `ombud tenant key TENANT --name mine`",
        "temporal": services["temporal"].address,
        "temporal_ui": ui and f"http://127.0.0.1:{ui}",
        "mail": mail.address,
        "mail_folder": str(settings.state_dir / "mail") if mail.state == "running" else None,
        "worker_health": worker and f"{worker}/readyz",
        "api_health": health and f"{health}/readyz",
        "logs": f"{fleet.log('worker')} {fleet.log('api')}",
        "stop_with": "make down (in another folder than the project's: ombud down)",
    }


def _tell(facts: dict[str, Any], title: str, *, json: bool) -> None:
    if json:
        from cli.kit.show import print_json

        print_json(facts)
        return
    table = Table("what", "where", title=title, title_justify="left")
    for name, value in facts.items():
        if value:
            table.add_row(name.replace("_", " "), str(value))
    plain_console(soft_wrap=True).print(table)


def bring_down(settings: Settings, *, json: bool) -> None:
    """Stop what runs of this state folder."""
    fleet = Fleet(settings.state_dir)
    stopped: list[str] = [role for role in reversed(ROLES) if fleet.stop(role)]
    stopped += asyncio.run(Stack(settings).down())
    if json:
        from cli.kit.show import print_json

        print_json({"stopped": stopped})
    else:
        plain_console(soft_wrap=True).print(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
