"""``ombud case access`` and ``ombud case readers``: who may read a case for a while, and who read it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.kit.client import run
from cli.kit.options import As, AsJson, CaseId, Tenant
from cli.kit.show import show
from cli.kit.target import Target


def access(
    case_id: CaseId,
    reason: Annotated[str, typer.Option(help="Why; it stays on record, and operations is told.")],
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Take access for four hours to a case that is in none of one's queues."""
    path = f"/v1/cases/{quote(case_id, safe='')}/access"
    taken = run(lambda desk: desk.ask("POST", path, json={"reason": reason}), Target(tenant, speaker))
    show(taken, json, lambda found: f"{found['id']}: {found['person']} may read {found['case']} until {found['until_at']}")


def readers(
    case_id: CaseId,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 100,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """List who read texts or people of a case and by what right, the newest first. For operations."""
    path = f"/v1/cases/{quote(case_id, safe='')}/readers"
    found = run(lambda desk: desk.ask("GET", path, params={"limit": limit}), Target(tenant, speaker))
    show(found, json, lambda page: _table(page["data"]) if page["data"] else None, nothing="Nobody has read it.")


def _table(reads: list[dict[str, Any]]) -> Any:
    from rich.table import Table

    from cli.tables.cases import when

    table = Table("at (UTC)", "who", "role", "with", "what", "why", header_style="bold")
    for read in reads:
        why = f"{read['why']}: {read['reason']}" if read["reason"] else read["why"]
        table.add_row(when(read["at"]), read["who"], read["role"], read["credential"], read["what"], why)
    return table
