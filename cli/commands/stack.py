"""`ombud stack`: the services of this machine, up, down, and how they stand."""

import asyncio
import os
import subprocess
import time
from collections.abc import Coroutine
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cli.kit.exits import NOT_RUNNING, guarded
from cli.kit.options import AsJson
from cli.kit.show import plain_console, show
from cli.local.attributes import SEARCH_ATTRIBUTES

if TYPE_CHECKING:
    from runtime.embedded.stack import Stack
    from runtime.embedded.state import StackInfo

Result = TypeVar("Result")

app = typer.Typer(help="The embedded services: Postgres, Temporal, a mail catcher.", no_args_is_help=True, rich_markup_mode=None)


TEMPORALS_OWN = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""Of `ombud temporal`: every word is Temporal's, also ``--help``."""
Secrets = Annotated[bool, typer.Option("--secrets", help="Show the passwords in database addresses.")]


@app.command()
def up(
    ui: Annotated[bool, typer.Option(help="Serve Temporal's own pages too.")] = True,
    mail: Annotated[bool, typer.Option(help="Run the mail catcher too.")] = True,
    json: AsJson = False,
    secrets: Secrets = False,
) -> None:
    """Start what does not run yet, and say where everything answers."""
    say = _progress()
    info = _run(_stack(ui=ui, mail=mail, say=say).up(say))
    facts = _facts(info, secrets=secrets)
    title = "Started" if info.started else "Runs already"
    show(facts | {"started": list(info.started)}, json, lambda _: _where(facts, title), cropped=False)


@app.command()
def down(json: AsJson = False) -> None:
    """Stop exactly what `up` started. Data and ports are kept."""
    stopped = _run(_stack().down(_progress()))
    show({"stopped": list(stopped)}, json, lambda answer: None if answer["stopped"] else "Nothing was running.")


@app.command()
def fetch(json: AsJson = False) -> None:
    """Make sure that the Temporal server's program is on this machine: found, downloaded or built, once."""
    found = guarded(lambda: _stack().binaries.find(_progress()))
    show({"path": str(found.path), "source": found.source}, json, lambda _: f"{found.path} ({found.source})")


@app.command()
def status(json: AsJson = False) -> None:
    """Say what runs and where; exit code 3 when Postgres or Temporal does not."""
    states = _stack().status()
    show([state.model_dump(mode="json") for state in states], json, _states, cropped=False)
    if any(state.state == "stopped" and state.service != "mail" for state in states):
        raise typer.Exit(NOT_RUNNING)


def temporal(context: typer.Context) -> None:
    """Temporal's own command line, on the server of the cases: its program is found, and told address and namespace."""
    from cli.kit.payloads import opening
    from runtime.embedded.binary import BinaryFinder
    from runtime.patience import silent
    from runtime.places import find_places
    from runtime.settings import Settings

    settings = Settings()
    address = settings.temporal_address or guarded(lambda: find_places(settings).temporal_address)
    program = guarded(lambda: BinaryFinder(explicit=settings.temporal_cli_path).find(silent)).path
    there = {"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": settings.temporal_namespace}
    with ExitStack() as until:
        more = guarded(lambda: until.enter_context(opening(settings, context.args)))
        raise typer.Exit(_code_of([str(program), *context.args, *more], there))


def _code_of(words: list[str], env: dict[str, str]) -> int:
    return subprocess.run(words, env={**os.environ, **env}, check=False).returncode


def _stack(*, ui: bool = False, mail: bool = False, say: Any = None) -> "Stack":
    from cli.local.fleet import (
        Fleet,
    )
    from runtime.embedded.stack import Stack
    from runtime.patience import silent
    from runtime.settings import Settings

    settings = Settings()
    ports = Fleet(settings.state_dir).ports(settings.local_port, say or silent)
    return Stack(settings, search_attributes=SEARCH_ATTRIBUTES, ui=ui, mail=mail, ports=ports)


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    return guarded(lambda: asyncio.run(work))


def _progress() -> Any:
    """Lines on stderr, each with the time since the command began."""
    from rich.text import Text

    console, begun = plain_console(stderr=True, soft_wrap=True), time.monotonic()

    def say(line: str) -> None:
        console.print(Text.assemble((f"{time.monotonic() - begun:6.1f} s  ", "dim"), line))

    return say


def _facts(info: "StackInfo", *, secrets: bool) -> dict[str, Any]:
    facts = info.model_dump(mode="json", exclude={"started"})
    for name in ("database_url", "database_admin_url", "database_owner_url"):
        if not secrets and facts[name]:
            facts[name] = _without_password(facts[name])
    return facts


def _without_password(url: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":***@") if parts.password else url


def _where(facts: dict[str, Any], title: str) -> Any:
    from rich.table import Table

    table = Table("what", "where", title=title, title_justify="left")
    for name, value in facts.items():
        if value is not None and not isinstance(value, dict):
            table.add_row(name.replace("_", " "), str(value))
    return table


def _states(states: list[dict[str, Any]]) -> Any:
    from rich.table import Table

    table = Table("service", "state", "address", "pid", "log")
    for state in states:
        table.add_row(state["service"], state["state"], *(str(state[name] or "") for name in ("address", "pid", "log")))
    return table
