"""``ombud audit``: does the record prove itself, and what did the administrators do?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.kit.exits import guarded
from cli.kit.options import As, AsJson
from cli.kit.options import Tenant as Tenants
from cli.kit.show import show

if TYPE_CHECKING:
    from services.audit import Work

app = typer.Typer(
    help="The record: verify its chains, sign their heads; what administrators did.", no_args_is_help=True, rich_markup_mode=None
)

Tenant = Annotated[str | None, typer.Option("--tenant", "-t", help="Only this tenant; left out: all.")]
Heads = Annotated[Path | None, typer.Option(help="File with signed heads that was kept outside the database.")]


@app.command("verify")
def verify_record(tenant: Tenant = None, heads: Heads = None, json: AsJson = False) -> None:
    """Recompute every chain from the stored facts, and the cases from their facts. Exit code 1 when anything does not agree."""
    from services.audit import verify

    found = _run(lambda record: verify(record, tenant, heads), tenant)
    show(found, json, _verdict, notes=_problems)
    if found["problems"]:
        raise typer.Exit(1)


@app.command("export-heads")
def export(
    file: Annotated[Path, typer.Argument(help="JSON Lines file to add the signed heads to.")],
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Sign the head of every chain and add them to a file; keep that file where the database's owners cannot change it."""
    from services.audit import export_heads

    signed = _run(lambda record: export_heads(record, tenant, file), tenant)
    show(signed, json, lambda told: f"{told['signed']} heads signed into {told['file']}")


@app.command("trail")
def read_trail(
    about: Annotated[
        str | None, typer.Option(help="Only what was done to this id (key_…), or to a person, their keys and codes (per_…).")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Only what this person did (per_…, or system).")] = None,
    deed: Annotated[str | None, typer.Option(help="Only this deed (key_created).")] = None,
    since: Annotated[str | None, typer.Option(help="From then on (2026-11-01T00:00:00Z).")] = None,
    until: Annotated[str | None, typer.Option(help="Before then.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most, the newest first.")] = 20,
    tenant: Tenants = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """What the tenant's administrators did, the newest first. For ops."""
    from cli.kit.client import run
    from cli.kit.target import Target
    from cli.tables.access import trail_table

    sought = {"about": about, "by": by, "deed": deed, "since": since, "until": until}
    params = {"limit": str(limit), **{name: value for name, value in sought.items() if value}}
    found = run(lambda desk: desk.ask("GET", "/v1/audit-trail", params=params), Target(tenant, speaker))
    show(found, json, lambda page: trail_table(page["data"]) if page["data"] else None, nothing="Nothing yet.")


def _verdict(found: dict[str, Any]) -> str:
    from cli.tables.cases import counted

    verdict = "the record is whole" if not found["problems"] else f"{len(found['problems'])} problem(s)"
    return (
        f"{counted(found['cases'], 'case')}, {counted(found['facts'], 'fact')}, "
        f"{counted(found['deeds'], 'deed')} of administrators: {verdict}"
    )


def _problems(found: dict[str, Any]) -> Iterator[str]:
    return (f"{problem['case_id']}: {problem['code']}: {problem['detail']}" for problem in found["problems"])


def _run(work: Work, tenant: str | None) -> dict[str, Any]:
    from cli.kit.record import with_record

    return guarded(lambda: asyncio.run(with_record(work, tenant)))
