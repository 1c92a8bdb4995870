"""Options and arguments that many commands have, with one name and one help text each."""

from __future__ import annotations

from typing import Annotated

import typer

CaseId = Annotated[str, typer.Argument(help="The case's id (case_…).")]
Tenant = Annotated[
    str | None, typer.Option("--tenant", "-t", envvar="OMBUD_TENANT", help="Whose cases; may be left out when there is one.")
]
As = Annotated[str | None, typer.Option("--as", help="Who speaks or looks: per_… or pty_…; left out: the system's operator.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
Key = Annotated[str | None, typer.Option(help="Idempotency key: sent again with the same key, it is done once.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say which cases it would be.")]
