"""Options and arguments that many commands have, with one name and one help text each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli.kit.exits import misused

CaseId = Annotated[str, typer.Argument(help="The case's id (case_…).")]
Tenant = Annotated[
    str | None, typer.Option("--tenant", "-t", envvar="OMBUD_TENANT", help="Whose cases; may be left out when there is one.")
]
As = Annotated[str | None, typer.Option("--as", help="Who speaks or looks: per_… or pty_…; left out: the system's operator.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
Key = Annotated[str | None, typer.Option(help="Idempotency key: sent again with the same key, it is done once.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say which cases it would be.")]
Party = Annotated[
    str | None,
    typer.Option(help='Who is on the other side when a report does not say: an id, or JSON ({"ref": "acct_1", "name": "Shop"}).'),
]


def instant_of(text: str | None) -> datetime | None:
    """The instant that an option names, in UTC where it says no zone; None: it was left out. What is none ends the command."""
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("Write an instant as 2026-11-01T00:00:00Z.") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def party_of(said: str | None, option: str) -> dict[str, Any] | None:
    """The party that an option names, by its id or as JSON. What is neither ends the command."""
    import json

    if said is None:
        return None
    if not said.lstrip().startswith("{"):
        return {"ref": said}
    try:
        found: dict[str, Any] = json.loads(said)
    except (ValueError, RecursionError) as error:
        misused(f"{option} is no JSON: {error}", error)
    return found
