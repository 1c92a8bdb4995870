"""What ``ombud campaign`` prints for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Column, Table
from rich.text import Text

from cli.tables.cases import when
from domain.currencies import in_words


def campaign_table(campaigns: Iterable[dict[str, Any]]) -> Table:
    """One line a campaign."""
    table = Table(Column("campaign", no_wrap=True), "name", "status", "open", "closed", "opened (UTC)", header_style="bold")
    for campaign in campaigns:
        cases = campaign["cases"]
        # As text: a name in square brackets is no markup.
        name = Text(campaign["name"])
        table.add_row(
            campaign["id"], name, campaign["status"], str(cases["open"]), str(cases["closed"]), when(campaign["opened_at"])
        )
    return table


def campaign_sheet(campaign: dict[str, Any]) -> Iterator[str]:
    """How a campaign stands, line by line."""
    yield f"{campaign['id']}  {campaign['name']}  ({campaign['reason']})"
    yield f"opened {when(campaign['opened_at'])} by {campaign['opened_by']}"
    if campaign["status"] == "closed":
        yield f"closed {when(campaign['closed_at'])} by {campaign['closed_by']}"
    for name, counts in (("open", campaign["by_phase"]), ("closed", campaign["by_outcome"])):
        parts = ", ".join(f"{count} {how}" for how, count in counts.items())
        yield f"{name}: {campaign['cases'][name]}" + (f" ({parts})" if parts else "")
    for stake in campaign["at_stake"]:
        cases = f"{stake['cases']} open case{'' if stake['cases'] == 1 else 's'}"
        yield f"at stake: {in_words(stake['amount'], stake['currency'])} in {cases}"
