"""``ombud policy simulate``: what a changed pack would have done to past cases. Reads, and writes nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.kit.exits import guarded
from cli.kit.options import Tenant
from cli.kit.packs import pack_of
from cli.kit.show import print_json_line, show


def simulate(
    pack: Annotated[str, typer.Argument(metavar="PACK", help="A changed pack: a file, or a kind.")],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only cases opened on this day (UTC) or later.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The newest so many.")] = 100,
    tenant: Tenant = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a case.")] = False,
) -> None:
    """Decide the stored commands of past cases again under a changed pack, and say what would have differed, case by case and in
    sum. Nothing is written.

    A case that cannot be told again is listed with the reason.
    """
    from cli.kit.compose import shelf
    from cli.kit.record import with_past_cases
    from cli.tables.policy import simulation_sum, simulation_table
    from runtime.settings import Settings
    from services.simulation import simulated

    changed = pack_of(pack)
    known, first = guarded(lambda: shelf(Settings())), since.replace(tzinfo=UTC) if since else None
    found = guarded(
        lambda: asyncio.run(
            with_past_cases(lambda past, library, owner: simulated(past, library, owner, known, changed, first, limit), tenant)
        )
    )
    rows = [case.model_dump(mode="json") for case in found]
    if as_json:
        for row in rows:
            print_json_line(row)
        return
    show(rows, False, simulation_table, notes=lambda cases: (simulation_sum(cases),))
