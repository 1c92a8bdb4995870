"""``ombud trusted-flagger``: whose notices of illegal content go first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from cli.kit.client import run
from cli.kit.options import As, AsJson, Tenant
from cli.kit.send import given_only
from cli.kit.show import show
from cli.kit.target import Target

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(
    help="Trusted flaggers: list, add, suspend, resume, end, form-key.", no_args_is_help=True, rich_markup_mode=None
)

FlaggerId = Annotated[str, typer.Argument(help="tfl_…")]
_PATH = "/v1/trusted-flaggers"


@app.command("list")
def list_flaggers(
    year: Annotated[int | None, typer.Option(help="Figures of this year, and not of the last twelve months.")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Who has or had the status, and what became of their notices."""
    params = given_only({"year": year})
    found = run(lambda desk: desk.ask("GET", _PATH, params=params), Target(tenant, speaker))
    show(found, json, lambda listed: _table(listed["data"]) if listed["data"] else None, nothing="There are no trusted flaggers.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What they are called.")],
    ref: Annotated[str, typer.Option(help="By which their reports are known: your id, or the address by which they write.")],
    authority: Annotated[str, typer.Option(help="The Digital Services Coordinator that awarded the status.")],
    area: Annotated[str | None, typer.Option(help="For which area; several between semicolons.")] = None,
    since_at: Annotated[str | None, typer.Option("--since", help="From then on (2026-03-01T00:00:00Z); left out: now.")] = None,
    until_at: Annotated[str | None, typer.Option("--until", help="Until then; left out: until it is ended.")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Note that somebody has been awarded the status."""
    said = {"name": name, "ref": ref, "authority": authority, "area": area, "since_at": since_at, "until_at": until_at}
    show(_ask("POST", _PATH, Target(tenant, speaker), given_only(said)), json, _line)


@app.command()
def suspend(flagger: FlaggerId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """The coordinator investigates: until it is over their notices are as anybody's."""
    _change(flagger, "suspend", Target(tenant, speaker), as_json=json)


@app.command()
def resume(flagger: FlaggerId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """The coordinator gave the status back."""
    _change(flagger, "resume", Target(tenant, speaker), as_json=json)


@app.command()
def end(flagger: FlaggerId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Their status is over, for good."""
    _change(flagger, "end", Target(tenant, speaker), as_json=json)


@app.command("form-key")
def form_key(flagger: FlaggerId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Their own end of the address of a form: /report/SOURCE?flagger=… Whoever has it speaks as them."""
    made = _ask("POST", f"{_PATH}/{quote(flagger, safe='')}/form-key", Target(tenant, speaker))
    show(made, json, lambda key: key["query"])


def _change(flagger: str, change: str, target: Target, *, as_json: bool) -> None:
    show(_ask("PATCH", f"{_PATH}/{quote(flagger, safe='')}", target, {"change": change}), as_json, _line)


def _ask(method: str, path: str, target: Target, said: dict[str, Any] | None = None) -> Any:
    return run(lambda desk: desk.ask(method, path, json=said), target)


def _line(one: dict[str, Any]) -> str:
    return f"{one['id']}  {one['name']}  {one['state']}"


def _table(found: list[dict[str, Any]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table("flagger", "name", "awarded by", "state", "notices", "acted on", "in vain", "tell the coordinator")
    for one in found:
        said = one["figures"]
        counts = (str(said["notices"]), str(said["acted_on"]), str(len(said["in_vain"])))
        told = "look at it" if said["report_proposed"] else ""
        table.add_row(one["id"], Text(one["name"]), Text(one["authority"]), one["state"], *counts, told)
    return table
