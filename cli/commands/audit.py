"""``ombud audit``: does the record prove itself?"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(help="The record: verify its chains, sign their heads.", no_args_is_help=True, rich_markup_mode=None)

Tenant = Annotated[str | None, typer.Option("--tenant", "-t", help="Only this tenant; left out: all.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
Heads = Annotated[Path | None, typer.Option(help="File with signed heads that was kept outside the database.")]


@app.command()
def verify(tenant: Tenant = None, heads: Heads = None, json: AsJson = False) -> None:
    """Recompute every chain from the stored facts, and the cases from their facts. Exit code 1 when anything does not agree."""
    from cli.local.audit import verify as do

    found = _run(do(tenant, heads))
    if json:
        from cli.kit.show import print_json

        print_json(found)
    else:
        tell(found)
    if found["problems"]:
        raise typer.Exit(1)


@app.command("export-heads")
def export_heads(
    file: Annotated[Path, typer.Argument(help="JSON Lines file to add the signed heads to.")],
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Sign the head of every chain and add them to a file; keep that file where the database's owners cannot change it."""
    from cli.local.audit import export

    signed = _run(export(tenant, file))
    if json:
        from cli.kit.show import print_json

        print_json({"signed": signed, "file": str(file)})
    else:
        typer.echo(f"{signed} heads signed into {file}")


def tell(found: dict[str, Any]) -> None:
    """The verdict in words."""
    for problem in found["problems"]:
        typer.echo(f"{problem['case_id']}: {problem['code']}: {problem['detail']}", err=True)
    verdict = "the record is whole" if not found["problems"] else f"{len(found['problems'])} problem(s)"
    typer.echo(f"{found['cases']} cases, {found['facts']} facts: {verdict}")


def _run(work: Any) -> Any:
    from cli.kit.exits import (
        guarded,
    )

    return guarded(lambda: asyncio.run(work))
