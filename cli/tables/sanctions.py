"""What ``ombud case sanctions`` prints for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.table import Table

from cli.tables.cases import when


def sanction_table(sanctions: Iterable[dict[str, Any]]) -> Table:
    """One line a sanction, with what it still means."""
    table = Table("sanction", "category", "imposed (UTC)", "ban until (UTC)", "counts until (UTC)", "counts now", "case",
                  header_style="bold")  # fmt: skip
    for one in sanctions:
        over = " (over)" if one["lifted_at"] else ""
        table.add_row(
            one["sanction"],
            one["category"],
            when(one["imposed_at"]),
            when(one["ends_at"]) + over if one["ends_at"] else "",
            when(one["counts_until"]) if one["counts_until"] else "never",
            "yes" if one["counts"] else "no",
            one["case"],
        )
    return table


def ladder_table(ladder: Iterable[dict[str, Any]]) -> Table:
    """What would follow now, by category."""
    table = Table("category", "counted", "the ladder says", header_style="bold")
    for one in ladder:
        table.add_row(one["category"], str(one["count"]), one["says"])
    return table
