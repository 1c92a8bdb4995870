"""What ``ombud key``, ``ombud person`` and ``ombud audit trail`` print for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.table import Column, Table
from rich.text import Text

from cli.tables.cases import when


def trail_table(entries: Iterable[dict[str, Any]]) -> Table:
    """One line a deed."""
    table = Table(
        Column("#", justify="right"), "at (UTC)", "deed", Column("about", overflow="fold"), "by", "more", header_style="bold"
    )
    for one in entries:
        more = ", ".join(f"{name}: {_said(value)}" for name, value in one["more"].items() if value not in (None, []))
        # As text: nothing in it is markup.
        table.add_row(str(one["seq"]), when(one["at"]), one["deed"], Text(one["about"]), one["by"], Text(more))
    return table


def _said(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
