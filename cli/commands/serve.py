"""Running Ombud: the worker, the API, migrations, and everything at once on one machine."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.kit.exits import guarded
from cli.kit.options import AsJson
from cli.kit.show import say

if TYPE_CHECKING:
    from runtime.settings import Settings

worker = typer.Typer(
    help="The worker: runs cases, sends notices, carries remedies out.", no_args_is_help=True, rich_markup_mode=None
)
console = typer.Typer(help="The pages for people.", no_args_is_help=True, rich_markup_mode=None)
api = typer.Typer(help="The HTTP API.", no_args_is_help=True, rich_markup_mode=None)

StateDir = Annotated[Path | None, typer.Option(help="State folder of the embedded services, instead of OMBUD_STATE_DIR.")]


def _settings(state_dir: Path | None) -> Settings:
    from runtime.settings import Settings

    return Settings(state_dir=state_dir) if state_dir else Settings()


@worker.command("run")
def run_worker(state_dir: StateDir = None) -> None:
    """Work until SIGTERM; then finish what is under way and leave."""
    from domain.base import plain
    from runtime.logs import set_up_logs
    from runtime.places import find_places
    from workers.life import run_worker as work

    settings = _settings(state_dir)
    set_up_logs(settings, process="worker", plain=plain)
    guarded(lambda: asyncio.run(work(settings, find_places(settings))))


@worker.command("upkeep")
def run_upkeep(state_dir: StateDir = None) -> None:
    """Until SIGTERM, once a day: erase what is past its time, and sign the heads of the record where there is a key for it."""
    from domain.base import plain
    from runtime.logs import set_up_logs
    from runtime.places import find_places
    from workers.upkeep import run_upkeep as work

    settings = _settings(state_dir)
    set_up_logs(settings, process="upkeep", plain=plain)
    guarded(lambda: asyncio.run(work(settings, find_places(settings))))


@worker.command("promote")
def promote(
    build: Annotated[str | None, typer.Argument(help="The build, instead of OMBUD_WORKER_BUILD_ID.", metavar="BUILD")] = None,
    json: AsJson = False,
) -> None:
    """Have a build of the worker deployment take all tasks from now on, also of cases that run. An earlier build: back again."""
    from datetime import timedelta

    from runtime.connection import connect_temporal
    from runtime.errors import ServiceFault
    from runtime.namespace import promote as made_current
    from runtime.places import find_places

    settings = _settings(None)

    async def promoted() -> dict[str, str | None]:
        name, new = settings.worker_deployment_name, build or settings.worker_build_id
        if not name or not new:
            raise ServiceFault(
                "parameter_invalid", "Set OMBUD_WORKER_DEPLOYMENT_NAME, and name the build or set OMBUD_WORKER_BUILD_ID."
            )
        client = await connect_temporal(settings, settings.temporal_address or find_places(settings).temporal_address)
        before = await made_current(client, name, new, timedelta(seconds=20))
        return {"deployment": name, "current": new, "before": before}

    done = guarded(lambda: asyncio.run(promoted()))
    if json:
        from json import dumps

        say(dumps(done))
    else:
        say(f"{done['deployment']}: {done['current']} is current (before: {done['before'] or 'none'})")


@worker.callback()
def _worker() -> None:
    """The worker: runs cases, sends notices, carries remedies out."""


@api.command("run")
def run_api(state_dir: StateDir = None) -> None:
    """Serve the API until SIGTERM."""
    from cli.kit.compose import serve
    from domain.base import plain
    from runtime.logs import set_up_logs
    from runtime.places import find_places

    settings = _settings(state_dir)
    set_up_logs(settings, process="api", plain=plain)
    guarded(lambda: asyncio.run(serve(settings, find_places(settings))))


@console.command("run")
def run_console(state_dir: StateDir = None) -> None:
    """Serve the pages for people alone, in a process of their own, until SIGTERM."""
    from cli.kit.compose import serve_console
    from domain.base import plain
    from runtime.logs import set_up_logs
    from runtime.places import find_places

    settings = _settings(state_dir)
    set_up_logs(settings, process="console", plain=plain)
    guarded(lambda: asyncio.run(serve_console(settings, find_places(settings))))


@console.callback()
def _console() -> None:
    """The pages for people."""


@api.callback()
def _api() -> None:
    """The HTTP API."""


def migrate(json: AsJson = False) -> None:
    """Bring the database to this release's shape, and publish the packs and calendars in it. Safe to repeat."""
    from cli.kit.compose import prepare_database
    from runtime.places import find_places

    settings = _settings(None)
    applied = guarded(lambda: asyncio.run(prepare_database(find_places(settings), settings)))
    if json:
        from json import dumps

        say(dumps({"applied": applied}))
    else:
        say("\n".join(f"applied {name}" for name in applied) or "The database is up to date.")


def up(
    json: AsJson = False,
    seed: Annotated[bool, typer.Option(help="Have the company Harbor ready too, with its made-up cases.")] = True,
) -> None:
    """Start everything on this machine, in the background: services, worker, API, companies to try it with. Prints where."""
    from cli.local.local import (
        bring_up,
    )

    settings = _settings(None)
    guarded(lambda: bring_up(settings, json=json, seeded=seed))


def status(json: AsJson = False) -> None:
    """Say what runs and where, with the API key that `up` made. Exit code 3 when something does not run."""
    from cli.local.local import (
        show_status,
    )

    settings = _settings(None)
    raise typer.Exit(guarded(lambda: show_status(settings, json=json)))


def down(json: AsJson = False) -> None:
    """Stop what `up` started, and nothing else. The data stays."""
    from cli.local.local import bring_down

    settings = _settings(None)
    guarded(lambda: bring_down(settings, json=json))


def demo(
    state_dir: Annotated[Path, typer.Option(help="Where the demo keeps its own services.")] = Path(".ombud/demo"),
) -> None:
    """Run real reports through the whole system and print what happened. Ends by itself."""
    os.environ.pop("OMBUD_FAIL_POINT", None)
    from cli.demo.play import play

    raise typer.Exit(guarded(lambda: play(state_dir)))
