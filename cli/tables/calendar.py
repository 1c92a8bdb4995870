"""What ``ombud calendar`` prints of calendars: the published versions, the days of one calendar, and answers over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from rich.console import Group
from rich.table import Column, Table
from rich.text import Text

Row = dict[str, Any]


def version_table(rows: Iterable[Row]) -> Table:
    """One line a version; the newest of a name stands out."""
    table = Table("name", Column("reference", no_wrap=True), "zone", "years", "holiday data", "published (UTC)", "")
    for row in rows:
        at = datetime.fromisoformat(row["published_at"]).astimezone(UTC)
        cells = (row["name"], row["ref"], row["zone"], f"{row['from_year']}–{row['to_year']}", row["holiday_data"])
        mark = "newest" if row["newest"] else ""
        table.add_row(*map(Text, (*cells, at.strftime("%Y-%m-%d %H:%M"), mark)), style="" if row["newest"] else "dim")
    return table


def beyond(told: Row) -> Iterator[str]:
    """What to warn of when days are shown whose holidays nobody wrote out."""
    first, last = told["days"][0]["date"], told["days"][-1]["date"]
    if int(first[:4]) < told["from_year"] or int(last[:4]) > told["to_year"]:
        yield f"Holidays are written out from {told['from_year']} to {told['to_year']}; the days outside show none."


def people_sheet(told: Row) -> Group:
    """The same for people: what it is called by, and a line for each day in the calendar's own time."""
    head = Text.assemble(
        (f"{told['title']}\n", "bold"),
        f"{told['ref']}, {told['zone']}, holidays from {told['from_year']} to {told['to_year']} (data {told['holiday_data']})",
    )
    table = Table("day", f"open ({told['zone']})", "closed for")
    for day in told["days"]:
        shown = date.fromisoformat(day["date"]).strftime("%a %d %b %Y")
        hours = ", ".join(f"{_clock(opening['from'])}–{_clock(opening['to'], end=True)}" for opening in day["open"])
        table.add_row(shown, Text(hours or "closed", style="" if hours else "dim"), Text(", ".join(day["closed_for"])))
    return Group(head, table)


def _clock(text: str, *, end: bool = False) -> str:
    shown = datetime.fromisoformat(text).strftime("%H:%M")
    return "24:00" if end and shown == "00:00" else shown


def answer_table(answers: Iterable[Row], heading: str, cell: Callable[[Row], str]) -> Table:
    """One line a question: what ``cell`` makes of its answer, or what is wrong with it."""
    table = Table("Id", heading, "Error")
    for answer in answers:
        error: Row | None = answer.get("error")
        told = ("", f"{error['code']}: {error['detail']}") if error else (cell(answer), "")
        table.add_row(*(Text(_printable(value)) for value in (answer["id"], *told)))
    return table


def _printable(value: Any) -> str:
    """Half a character, which JSON can hold and a terminal cannot print, becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode()
