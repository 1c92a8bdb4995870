"""What ``ombud desk`` prints for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from cli.tables.bulk import result_lines
from cli.tables.cases import case_table, when


def desk_sheet(found: dict[str, Any]) -> Group:
    """What somebody has, and what waits for them."""
    counts = found["counts"]
    carried = f"{counts['cases']} open, {counts['overdue']} overdue, {counts['due_in_a_day']} due within a day"
    parts: list[Any] = [Text(f"{found['person']}: {carried}{' (away)' if found['absent'] else ''}", style="bold")]
    parts += [case_table(found["own"]["data"])] if found["own"]["data"] else []
    for queue in found["queues"]:
        due = f", the first due {when(queue['next_due_at'])} UTC" if queue["next_due_at"] else ""
        line = f"{queue['queue']}: {queue['waiting']} waiting, {queue['overdue']} overdue{due}"
        parts.append(Text(line, style="bold"))
    parts += [case_table(found["waiting"]["data"])] if found["waiting"]["data"] else []
    return Group(*parts)


def team_table(people: Iterable[dict[str, Any]]) -> Table:
    """One line a person."""
    table = Table("person", "queues", "open / room", "skipped", "worked", "away until", header_style="bold")
    for person in people:
        away = (when(person["absent_until"]) or "nobody knows") if person["absent"] else ""
        skipped = f"{person['skipped']} ({', '.join(person['skip_reasons'])})" if person["skipped"] else "0"
        row = (person["person"], ", ".join(person["queues"]), f"{person['open_cases']} / {person['capacity']}", skipped)
        table.add_row(*row, _span(person["worked_seconds"]), away)
    return table


def work_table(found: dict[str, Any]) -> Table:
    """One line a lease, and the handling time below."""
    table = Table("person", "from (UTC)", "until (UTC)", "ended", header_style="bold", caption_justify="left")
    table.caption = f"handling time {_span(found['handled_seconds'])}"
    for lease in found["leases"]:
        why = (lease["ended_because"] or "runs").replace("_", " ") + (f" [{lease['reason']}]" if lease["reason"] else "")
        table.add_row(lease["person"], when(lease["started_at"]), when(lease["until_at"]), Text(why))
    return table


def absence_lines(absence: dict[str, Any]) -> Iterator[str]:
    """What was noted, and what became of the cases."""
    until = f" until {when(absence['until_at'])} UTC" if absence["until_at"] else ""
    yield f"{absence['person']} is away from {when(absence['from_at'])} UTC{until}."
    if not absence["begun"]:
        yield "Their cases go back to the queues when it begins."
    yield from result_lines(absence["results"])


def turn_table(turns: Iterable[dict[str, Any]]) -> Table:
    """One line a turn."""
    table = Table("queue", "called", "person", "from (UTC)", "until (UTC)", "turn", header_style="bold")
    for turn in turns:
        table.add_row(
            turn["queue"], str(turn["place"]), turn["person"], when(turn["from_at"]), when(turn["until_at"]), turn["id"]
        )
    return table


def turn_line(turn: dict[str, Any]) -> str:
    """What was noted."""
    span = f"from {when(turn['from_at'])} until {when(turn['until_at'])} UTC"
    return f"{turn['person']} is on call for {turn['queue']} (called {turn['place']}.) {span}: {turn['id']}"


def _span(seconds: int) -> str:
    return str(timedelta(seconds=seconds))
