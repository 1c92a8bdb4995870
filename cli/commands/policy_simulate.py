"""``ombud policy simulate``: what a changed pack would have done to past cases. Reads, and writes nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.kit.exits import guarded
from cli.kit.options import Tenant

if TYPE_CHECKING:
    from policies.simulate import Simulated


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
    from cli.kit.packs import pack_of

    changed = pack_of(pack)
    found = guarded(lambda: asyncio.run(_simulated(changed, since, limit, tenant)))
    if as_json:
        from cli.kit.show import print_json_line

        for one in found:
            print_json_line(one.model_dump(mode="json"))
        return
    _sheet(found)


async def _simulated(pack: Any, since: datetime | None, limit: int, tenant: str | None) -> list[Simulated]:
    from datetime import UTC

    from cli.kit.compose import shelf
    from cli.kit.record import with_past_cases
    from runtime.settings import Settings
    from services.simulation import simulated

    known, first = shelf(Settings()), since.replace(tzinfo=UTC) if since else None
    return await with_past_cases(lambda past, library, owner: simulated(past, library, owner, known, pack, first, limit), tenant)


def _sheet(found: list[Simulated]) -> None:
    from rich.table import Table

    from cli.kit.show import note, out

    table = Table("case", "about", "what", "old", "new")
    for one in found:
        if one.status == "not_simulated":
            table.add_row(one.case, "not simulated", one.code or "", "", "")
        for change in one.changed:
            table.add_row(one.case, change.about, change.what, change.old or "—", change.new or "—")
    if table.row_count:
        out().print(table)
    states = Counter(one.status for one in found)
    abouts = Counter(about for one in found for about in {change.about for change in one.changed})
    said = ", ".join(f"{about} in {number}" for about, number in sorted(abouts.items()))
    note(
        f"{len(found)} case(s): {states['differs']} differ{f' ({said})' if said else ''}, {states['same']} the same, "
        f"{states['not_simulated']} not simulated"
    )
