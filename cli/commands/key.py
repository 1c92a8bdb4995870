"""``ombud key``: the life of API keys, for ops and for whoever runs Ombud."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.kit.client import run
from cli.kit.options import As, AsJson, Tenant
from cli.kit.send import given_only
from cli.kit.show import show
from cli.kit.target import Target

app = typer.Typer(help="API keys: make, list, rotate, revoke. For ops.", no_args_is_help=True, rich_markup_mode=None)

KeyId = Annotated[str, typer.Argument(help="The key's id (key_…).")]
Person = Annotated[str | None, typer.Option(help="per_…: the key speaks as this person: oneself, or whom the operator names.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for. Kept as it is written, so name nobody in it.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="What it is good for (cases:read …; `*` is none); repeatable; left out: for nothing.")
    ] = None,
    person: Person = None,
    expires: Annotated[str | None, typer.Option(help="Until when (2027-01-01T00:00:00Z); left out: until revoked.")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Make an API key. Its secret is shown this once."""
    _create({"name": name, "scopes": scope or [], "person": person, "expires_at": expires}, Target(tenant, speaker, person), json)


@app.command("list")
def list_keys(
    person: Annotated[str | None, typer.Option(help="Only keys that speak as this person (per_…).")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most, the newest first.")] = 20,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """The keys, without their secrets: what each is good for, until when, and when it was last used."""
    from cli.tables.access import key_table

    params = given_only({"limit": str(limit), "person": person})
    found = run(lambda desk: desk.ask("GET", "/v1/api-keys", params=params), Target(tenant, speaker, person))
    show(found, json, lambda page: key_table(page["data"]) if page["data"] else None, nothing="No keys.")


@app.command()
def rotate(
    key_id: KeyId,
    overlap: Annotated[int, typer.Option(min=0, max=168, help="For how many hours the secret of now lives on.")] = 24,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Give a key a new secret, shown this once. The one of now lives on for the overlap."""
    path, body = f"{_path(key_id)}/rotate", {"overlap_seconds": overlap * 3600}
    made = run(lambda desk: desk.ask("POST", path, json=body), Target(tenant, speaker))
    show(made, json, lambda key: key["secret"], notes=_told)


@app.command()
def revoke(key_id: KeyId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """End a key at once, with all its secrets, for good."""
    ended = run(lambda desk: desk.ask("POST", f"{_path(key_id)}/revoke"), Target(tenant, speaker))
    show(ended, json, lambda key: f"{key['id']}: {key['status']}")


def make(
    tenant: Annotated[str, typer.Argument(help="The tenant's id: lower-case letters, digits, dashes.")],
    name: Annotated[str, typer.Option(help="What the key is for.")],
    person_id: Annotated[str | None, typer.Option("--person", help="per_…: the key speaks as this person.")] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it is good for (cases:read, act_as:parties …); repeatable; left out: for nothing."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Make an API key. Its secret is shown this once."""
    from services.scopes import EVERYTHING, good_for

    named = scope or []
    # Names of the first releases are understood; of all that `*` was, a platform has no use for `admin`.
    good = good_for(named) - ({"admin"} if EVERYTHING in named and person_id is None else set())
    scopes = [said for said in named if not good_for([said])] or sorted(good)
    _create({"name": name, "scopes": scopes, "person": person_id}, Target(tenant, None, person_id), json, id_as="key")


def _create(body: dict[str, Any], target: Target, as_json: bool, id_as: str = "id") -> None:
    made = run(lambda desk: desk.ask("POST", "/v1/api-keys", json=given_only(body)), target)
    show({**made, id_as: made["id"]}, as_json, lambda key: key["secret"], notes=_told)


def _told(key: dict[str, Any]) -> Iterator[str]:
    """Beside the secret, which stands alone on stdout for scripts."""
    yield f"{key['id']}: its secret is shown this once, and nothing tells it again."


def _path(key_id: str) -> str:
    return f"/v1/api-keys/{quote(key_id, safe='')}"
