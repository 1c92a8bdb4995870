"""``ombud source``: where reports come from, each place with a secret of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.kit.client import run
from cli.kit.options import As, AsJson, Party, Tenant, party_of
from cli.kit.show import show
from cli.kit.target import Target

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(help="Intake sources: add, list, rotate, disable, enable, delete.", no_args_is_help=True, rich_markup_mode=None)

SourceId = Annotated[str, typer.Argument(help="The source (src_…).")]
Secret = Annotated[
    str | None, typer.Option(help="The secret that Stripe shows, or the id of PayPal's webhook; of the others one is made.")
]
_PATH = "/v1/intake-sources"
_ROTATED = "{}: its new secret is shown this once, and nothing tells it again."
_NONE = "No sources yet: `ombud source add stripe --secret whsec_…`."


@app.command()
def add(
    provider: Annotated[str, typer.Argument(help="stripe, paypal, mail, webhook (signed JSON) or form.")],
    secret: Secret = None,
    name: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    kind: Annotated[str | None, typer.Option(help="Kind of its cases; left out: the report's own, or the usual one.")] = None,
    queue: Annotated[str | None, typer.Option(help="Where its cases wait first; left out: where the pack says.")] = None,
    respondent: Party = None,
    page: Annotated[bool, typer.Option("--page", help="Of a form: anybody reports on a page at /report/SOURCE.")] = False,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Add a source. Its address and its secret are shown; the secret this once."""
    other = party_of(respondent, "--respondent")
    said = {
        "provider": provider,
        "secret": secret,
        "name": name,
        "kind": kind,
        "queue": queue,
        "respondent": other,
        "page": page or None,
    }
    made = _asked("POST", _PATH, Target(tenant, speaker), {key: value for key, value in said.items() if value is not None})
    show(made, json, lambda source: f"{source['id']}\n{source['address']}\n{source['secret']}")


@app.command("list")
def list_sources(tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Every source, and when it was last used."""
    found = _asked("GET", _PATH, Target(tenant, speaker))
    show(found, json, lambda answer: source_table(answer["data"]) if answer["data"] else None, nothing=_NONE)


@app.command()
def rotate(
    source: SourceId,
    secret: Secret = None,
    overlap: Annotated[float, typer.Option("--overlap", help="Hours for which the secret before is good too.")] = 24,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Take another secret; the one before is good too until the overlap is over."""
    said = {"overlap_hours": overlap, **({"secret": secret} if secret else {})}
    made = _asked("POST", f"{_PATH}/{source}/rotate", Target(tenant, speaker), said)
    show(made, json, lambda rotated: rotated["secret"], notes=lambda _: (_ROTATED.format(source),))


@app.command()
def disable(source: SourceId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Take nothing from it any more: its address answers as if it had never been."""
    show(_asked("POST", f"{_PATH}/{source}/disable", Target(tenant, speaker)), json, lambda _: f"{source}  disabled")


@app.command()
def enable(source: SourceId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Take reports from it again."""
    show(_asked("POST", f"{_PATH}/{source}/enable", Target(tenant, speaker)), json, lambda _: f"{source}  enabled")


@app.command()
def delete(source: SourceId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """End it for good, with its secrets; the cases that came from it stay."""
    _asked("DELETE", f"{_PATH}/{source}", Target(tenant, speaker))
    show({"id": source, "deleted": True}, json, lambda _: f"{source}  deleted")


def _asked(method: str, path: str, target: Target, said: dict[str, Any] | None = None) -> Any:
    return run(lambda desk: desk.ask(method, path, **({"json": said} if said is not None else {})), target)


def source_table(sources: list[dict[str, Any]]) -> Table:
    """Sources, and what becomes of what they send."""
    from rich.table import Table

    table = Table("source", "provider", "name", "kind", "queue", "other side", "state", "last used")
    for source in sources:
        other = (source["respondent"] or {}).get("name") or (source["respondent"] or {}).get("ref") or ""
        state = "live" if source["active"] else "disabled"
        texts = (source["name"], source["kind"] or "", source["queue"] or "", other, state, source["last_used_at"] or "")
        table.add_row(source["id"], source["provider"], *texts)
    return table
