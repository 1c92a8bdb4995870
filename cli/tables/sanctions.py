"""What ``ombud case sanctions`` prints for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Group
from rich.table import Table

from cli.tables.cases import when


def sanction_table(sanctions: Iterable[dict[str, Any]]) -> Table:
    """One line a sanction, with what it still means."""
    table = Table("sanction", "category", "imposed (UTC)", "ban until (UTC)", "counts until (UTC)", "counts now", "case",
                  header_style="bold")  # fmt: skip
    for sanction in sanctions:
        over = " (over)" if sanction["lifted_at"] else ""
        table.add_row(
            sanction["sanction"],
            sanction["category"],
            when(sanction["imposed_at"]),
            when(sanction["ends_at"]) + over if sanction["ends_at"] else "",
            when(sanction["counts_until"]) if sanction["counts_until"] else "never",
            "yes" if sanction["counts"] else "no",
            sanction["case"],
        )
    return table


def ladder_table(ladder: Iterable[dict[str, Any]]) -> Table:
    """What would follow now, by category."""
    table = Table("category", "counted", "the ladder says", header_style="bold")
    for row in ladder:
        table.add_row(row["category"], str(row["count"]), row["says"])
    return table


def sanction_sheet(found: dict[str, Any]) -> Group:
    """Of each party what counts against it, and what the ladder would say now."""
    parts: list[Any] = []
    for party in found["parties"]:
        parts.append(f"{party['side']} {party['party']}")
        parts += [sanction_table(party["sanctions"])] if party["sanctions"] else []
        parts += [ladder_table(party["ladder"])] if party["ladder"] else []
        parts += [] if party["sanctions"] or party["ladder"] else ["nothing"]
    return Group(*parts)
