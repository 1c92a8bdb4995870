"""``ombud campaign``: many cases with one cause, under one name."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.commands.bulk import verb
from cli.commands.case import As, AsJson, Tenant
from cli.kit.client import print_json, run
from cli.kit.target import Target

app = typer.Typer(help="Campaigns, for leads and ops: many cases with one cause.", no_args_is_help=True, rich_markup_mode=None)

CampaignId = Annotated[str, typer.Argument(help="The campaign's id (cmp_…).")]
Key = Annotated[str | None, typer.Option(help="Idempotency key: sent again with the same key, it is one campaign.")]


@app.command("open")
def open_campaign(
    name: Annotated[str, typer.Argument(help="What the team calls it. Kept as it is written, so name nobody in it.")],
    reason: Annotated[str, typer.Option(help="Why, as a code (one_merchant).")],
    key: Key = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Open a campaign."""
    body = {"name": name, "reason": reason}
    made = _order("/v1/campaigns", body, Target(tenant, speaker), key)
    if json:
        print_json(made)
    else:
        typer.echo(f"{made['id']}  {made['name']}")


@app.command("list")
def list_campaigns(
    status: Annotated[str | None, typer.Option(help="open or closed; left out: both.")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """The campaigns, open ones first, with how many cases they have."""
    params = {"status": status} if status else {}
    found = run(lambda desk: desk.ask("GET", "/v1/campaigns", params=params), Target(tenant, speaker))
    if json:
        print_json(found)
        return
    from cli.tables.campaign import campaign_table
    from cli.tables.cases import out

    if found["data"]:
        out().print(campaign_table(found["data"]))
    else:
        typer.echo("No campaigns.", err=True)


@app.command()
def show(campaign_id: CampaignId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """How a campaign stands: open cases by phase, closed ones by outcome, and the money that is at stake."""
    _tell(run(lambda desk: desk.ask("GET", _path(campaign_id)), Target(tenant, speaker)), json=json)


@app.command()
def close(campaign_id: CampaignId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Close a campaign: no case can be added any more. Its cases go on, and stay counted."""
    _tell(_order(f"{_path(campaign_id)}/close", {}, Target(tenant, speaker)), json=json)


@verb("add", on=app)
def add(campaign_id: CampaignId) -> dict[str, Any]:
    """Count open cases to a campaign: those that you name (--case), or that fit. Exit code 1 when a case refuses it."""
    return {"type": "join_campaign", "campaign": campaign_id}


def _path(campaign_id: str) -> str:
    return f"/v1/campaigns/{quote(campaign_id, safe='')}"


def _order(path: str, body: dict[str, Any], target: Target, key: str | None = None) -> dict[str, Any]:
    said = {**body, **({"by": target.speaker} if target.speaker else {})}
    headers = {"Idempotency-Key": key} if key else {}
    answer: dict[str, Any] = run(lambda desk: desk.ask("POST", path, json=said, headers=headers), target)
    return answer


def _tell(campaign: dict[str, Any], *, json: bool) -> None:
    if json:
        print_json(campaign)
        return
    from cli.tables.campaign import campaign_sheet

    for line in campaign_sheet(campaign):
        typer.echo(line)
