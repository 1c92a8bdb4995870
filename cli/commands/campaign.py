"""``ombud campaign``: many cases with one cause, under one name."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.kit.client import run
from cli.kit.options import As, AsJson, Key, Tenant
from cli.kit.send import bulk_verb
from cli.kit.show import show
from cli.kit.target import Target

app = typer.Typer(help="Campaigns, for leads and ops: many cases with one cause.", no_args_is_help=True, rich_markup_mode=None)

CampaignId = Annotated[str, typer.Argument(help="The campaign's id (cmp_…).")]


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
    show(made, json, lambda campaign: f"{campaign['id']}  {campaign['name']}")


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
    from cli.tables.campaign import campaign_table

    show(found, json, lambda known: campaign_table(known["data"]) if known["data"] else None, nothing="No campaigns.")


@app.command("show")
def show_campaign(campaign_id: CampaignId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """How a campaign stands: open cases by phase, closed ones by outcome, and the money that is at stake."""
    _show(run(lambda desk: desk.ask("GET", _path(campaign_id)), Target(tenant, speaker)), as_json=json)


@app.command()
def close(campaign_id: CampaignId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Close a campaign: no case can be added any more. Its cases go on, and stay counted."""
    _show(_order(f"{_path(campaign_id)}/close", {}, Target(tenant, speaker)), as_json=json)


@bulk_verb("add", on=app)
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


def _show(campaign: dict[str, Any], *, as_json: bool) -> None:
    from cli.tables.campaign import campaign_sheet

    show(campaign, as_json, lambda known: "\n".join(campaign_sheet(known)))
