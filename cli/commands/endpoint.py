"""``ombud endpoint``: where webhooks go, and the life of each such place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.kit.client import run
from cli.kit.options import As, AsJson, Tenant
from cli.kit.show import show
from cli.kit.target import Target

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(
    help="Webhook endpoints: add, list, set, rotate, disable, enable, delete.", no_args_is_help=True, rich_markup_mode=None
)

EndpointId = Annotated[str, typer.Argument(help="The endpoint (whk_…).")]
Overlap = Annotated[float, typer.Option("--overlap", help="Hours for which the secret before is good too.")]
_PATH = "/v1/webhook-endpoints"
_ROTATED = "{}: its new secret is shown this once, and nothing tells it again."
_NONE = "No endpoints yet: `ombud endpoint add https://…`."


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Where webhooks go (https).")],
    purpose: Annotated[str, typer.Option(help="events (what happened) or remedies (what to carry out).")] = "events",
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Add an endpoint. Its signing secret is shown this once."""
    made = _asked("POST", _PATH, Target(tenant, speaker), {"url": url, "purpose": purpose})
    show(made, json, lambda endpoint: f"{endpoint['id']}\n{endpoint['secret']}")


@app.command("list")
def list_endpoints(tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Every endpoint, with what fails there."""
    found = _asked("GET", _PATH, Target(tenant, speaker))
    show(found, json, lambda answer: endpoint_table(answer["data"]) if answer["data"] else None, nothing=_NONE)


@app.command("set")
def set_endpoint(
    endpoint: EndpointId,
    url: Annotated[str | None, typer.Option("--url", help="Where webhooks go from now on (https).")] = None,
    purpose: Annotated[str | None, typer.Option("--purpose", help="events or remedies.")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Change its address or its purpose; the secrets stay."""
    said = {name: value for name, value in (("url", url), ("purpose", purpose)) if value is not None}
    changed = _asked("PATCH", f"{_PATH}/{endpoint}", Target(tenant, speaker), said)
    show(changed, json, lambda shown: f"{shown['id']}  {shown['url']}  {shown['purpose']}")


@app.command()
def rotate(endpoint: EndpointId, overlap: Overlap = 24, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Make a new secret; what is sent is signed with both until the overlap is over."""
    made = _asked("POST", f"{_PATH}/{endpoint}/rotate", Target(tenant, speaker), {"overlap_hours": overlap})
    show(made, json, lambda rotated: rotated["secret"], notes=lambda _: (_ROTATED.format(endpoint),))


@app.command()
def disable(endpoint: EndpointId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Send nothing there any more; what was on its way is not tried again."""
    show(_asked("POST", f"{_PATH}/{endpoint}/disable", Target(tenant, speaker)), json, lambda _: f"{endpoint}  disabled")


@app.command()
def enable(endpoint: EndpointId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Send there again from now on; what it missed is not sent again."""
    show(_asked("POST", f"{_PATH}/{endpoint}/enable", Target(tenant, speaker)), json, lambda _: f"{endpoint}  enabled")


@app.command()
def delete(endpoint: EndpointId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """End it for good, with its address and its secrets."""
    _asked("DELETE", f"{_PATH}/{endpoint}", Target(tenant, speaker))
    show({"id": endpoint, "deleted": True}, json, lambda _: f"{endpoint}  deleted")


def _asked(method: str, path: str, target: Target, said: dict[str, Any] | None = None) -> Any:
    return run(lambda desk: desk.ask(method, path, **({"json": said} if said is not None else {})), target)


def endpoint_table(endpoints: list[dict[str, Any]]) -> Table:
    """Endpoints, and how each one does."""
    from rich.table import Column, Table

    table = Table(Column("endpoint", no_wrap=True, overflow="fold"), "purpose", "address", "state", "failing since", "given up")
    for endpoint in endpoints:
        state = "live" if endpoint["active"] else f"disabled: {endpoint['disabled_because']}"
        table.add_row(
            endpoint["id"],
            endpoint["purpose"],
            endpoint["url"],
            state,
            endpoint["failing_since"] or "",
            str(endpoint["given_up"] or ""),
        )
    return table
