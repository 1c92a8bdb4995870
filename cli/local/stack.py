"""`ombud stack`: the services of this machine, up, down, and how they stand."""

import asyncio
import time
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from runtime.embedded.stack import Stack
    from runtime.embedded.state import StackInfo

Result = TypeVar("Result")

app = typer.Typer(help="The embedded services: Postgres, Temporal, a mail catcher.", no_args_is_help=True, rich_markup_mode=None)

SEARCH_ATTRIBUTES = {
    "TenantId": "Keyword",
    "CaseKind": "Keyword",
    "CaseStatus": "Keyword",
    "Outcome": "Keyword",
    "OpenedAt": "Datetime",
}
"""What a case can be found by in Temporal, with Temporal's type of each; a cluster's operator registers the same."""

UNAVAILABLE = 69
"""Exit code when a service is missing or does not answer (EX_UNAVAILABLE of sysexits.h)."""
NOT_RUNNING = 3
"""Exit code of `status` when something does not run, as init scripts have it."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
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
    if json:
        _print_json(facts | {"started": list(info.started)})
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("what", "where", title="Started" if info.started else "Runs already", title_justify="left")
    for name, value in facts.items():
        if value is not None and not isinstance(value, dict):
            table.add_row(name.replace("_", " "), str(value))
    Console(soft_wrap=True).print(table)


@app.command()
def down(json: AsJson = False) -> None:
    """Stop exactly what `up` started. Data and ports are kept."""
    stopped = _run(_stack().down(_progress()))
    if json:
        _print_json({"stopped": list(stopped)})
    elif not stopped:
        typer.echo("Nothing was running.")


@app.command()
def fetch(json: AsJson = False) -> None:
    """Make sure that the Temporal server's program is on this machine: found, downloaded or built, once."""
    from runtime.errors import ServiceFault

    try:
        found = _stack().binaries.find(_progress())
    except ServiceFault as fault:
        _leave(fault)
    if json:
        _print_json({"path": str(found.path), "source": found.source})
    else:
        typer.echo(f"{found.path} ({found.source})")


@app.command()
def status(json: AsJson = False) -> None:
    """Say what runs and where; exit code 3 when Postgres or Temporal does not."""
    states = _stack().status()
    if json:
        _print_json([one.model_dump(mode="json") for one in states])
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table("service", "state", "address", "pid", "log")
        for one in states:
            table.add_row(one.service, one.state, one.address or "", str(one.pid or ""), str(one.log or ""))
        Console(soft_wrap=True).print(table)
    if any(one.state == "stopped" and one.service != "mail" for one in states):
        raise typer.Exit(NOT_RUNNING)


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
    from runtime.errors import ServiceFault

    try:
        return asyncio.run(work)
    except ServiceFault as fault:
        _leave(fault)


def _leave(fault: Exception) -> NoReturn:
    typer.echo(str(fault), err=True)
    raise typer.Exit(UNAVAILABLE)


def _progress() -> Any:
    """Lines on stderr, each with the time since the command began."""
    from rich.console import Console
    from rich.text import Text

    console, begun = Console(stderr=True, soft_wrap=True), time.monotonic()

    def say(line: str) -> None:
        console.print(Text.assemble((f"{time.monotonic() - begun:6.1f} s  ", "dim"), line))

    return say


def _facts(info: "StackInfo", *, secrets: bool) -> dict[str, Any]:
    facts = info.model_dump(mode="json", exclude={"started"})
    for name in ("database_url", "database_owner_url"):
        if not secrets:
            facts[name] = _without_password(facts[name])
    return facts


def _without_password(url: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":***@") if parts.password else url


def _print_json(value: object) -> None:
    import json as encoder

    typer.echo(encoder.dumps(value, indent=2))
