"""``ombud on-call``: who is called for a queue, and when."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.kit.client import run
from cli.kit.options import AsJson, Tenant
from cli.kit.send import given_only
from cli.kit.show import show
from cli.kit.target import Target

app = typer.Typer(help="Who is on call: list, set, hand-over, end.", no_args_is_help=True, rich_markup_mode=None)

As = Annotated[str | None, typer.Option("--as", help="Who says it (per_…).")]
TurnId = Annotated[str, typer.Argument(help="oct_…")]


@app.command("list")
def list_turns(
    queue: Annotated[str | None, typer.Option(help="Of this queue alone.")] = None,
    at: Annotated[str | None, typer.Option(help="Those alone that run then (2026-11-28T12:00:00Z).")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Who is on call, now and ahead."""
    params = given_only({"queue": queue, "at": at})
    found = run(lambda desk: desk.ask("GET", "/v1/on-call", params=params), Target(tenant, speaker))
    from cli.tables.desk import turn_table

    show(found, json, lambda listed: turn_table(listed["data"]) if listed["data"] else None, nothing="Nobody is on call.")


@app.command("set")
def put(
    queue: Annotated[str, typer.Argument(help="For which queue.")],
    person: Annotated[str, typer.Argument(help="per_…")],
    until_at: Annotated[str, typer.Option("--until", help="Until then (2026-11-30T08:00:00Z).")],
    from_at: Annotated[str | None, typer.Option("--from", help="From then on; left out: from now on.")] = None,
    place: Annotated[int, typer.Option(help="1 is called first, 2 when nobody has answered, and so on.")] = 1,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Put somebody on call for a queue. For leads and ops."""
    body = given_only({"queue": queue, "person": person, "place": place, "from_at": from_at, "until_at": until_at, "by": speaker})
    _say("/v1/on-call", body, Target(tenant, speaker, person), as_json=json)


@app.command("hand-over")
def hand_over(
    turn_id: TurnId,
    to: Annotated[str, typer.Option(help="To whom (per_…).")],
    at: Annotated[str | None, typer.Option(help="From then on; left out: from now, or from its beginning.")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Hand over what is left of a turn. For leads and ops, and for whoever has it."""
    body = given_only({"to": to, "at": at, "by": speaker})
    _say(f"/v1/on-call/{quote(turn_id, safe='')}/hand-over", body, Target(tenant, speaker, to), as_json=json)


@app.command()
def end(turn_id: TurnId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """End a turn now, or take one back that has not begun. For leads and ops."""
    path = f"/v1/on-call/{quote(turn_id, safe='')}/end"
    _say(path, given_only({"by": speaker}), Target(tenant, speaker), as_json=json)


def _say(path: str, body: dict[str, Any], target: Target, *, as_json: bool) -> None:
    turn = run(lambda desk: desk.ask("POST", path, json=body), target)
    from cli.tables.desk import turn_line

    show(turn, as_json, turn_line)
