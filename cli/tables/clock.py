"""What ``ombud clock`` prints for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Column, Table
from rich.text import Text

from cli.tables.cases import when

_STATES = {"running": "", "still": "yellow", "stopped": "dim"}
_DONE = {"freeze": "frozen", "thaw": "thawed"}


def clock_table(clocks: Iterable[dict[str, Any]]) -> Table:
    """One line a clock, with the levels that lie ahead."""
    table = Table(
        Column("clock", no_wrap=True), "state", "waits for", "target", "started (UTC)", "due (UTC)", "ahead (UTC)",
        header_style="bold",
    )  # fmt: skip
    for clock in clocks:
        target = clock["target"] + (f", extended to {clock['extended_to']}" if clock["extended_to"] else "")
        ahead = [
            f"{level['name']} {when(level['due_at'])}" for level in clock["levels"] if level["due_at"] and not level["reached_at"]
        ]
        table.add_row(
            clock["clock"],
            Text(_state(clock), style=_STATES[clock["state"]]),
            clock["waits_for"],
            target + (" (by law)" if clock["statutory"] else ""),
            when(clock["started_at"]),
            when(clock["due_at"]) if clock["state"] != "stopped" else "",
            "\n".join(ahead),
        )
    return table


def _state(clock: dict[str, Any]) -> str:
    if clock["state"] == "stopped":
        return f"stopped {when(clock['stopped_at'])}"
    return "stands still" if clock["state"] == "still" else "running"


def incident_table(incidents: Iterable[dict[str, Any]]) -> Table:
    """One line an incident."""
    table = Table("incident", "cases", "not judged yet", "since (UTC)", header_style="bold")
    for incident in incidents:
        table.add_row(incident["incident"], str(incident["cases"]), str(incident["waiting"] or ""), when(incident["since"]))
    return table


def told(answer: dict[str, Any]) -> str:
    """What became of a command, and what falls due next."""
    # Whoever may send a command and not read the case is shown no case.
    due = next(iter((answer["case"] or {}).get("deadlines") or ()), None)
    ahead = f"; next: {due['clock'].replace('_', ' ')} {when(due['due_at'])} UTC" if due else ""
    return f"{answer['status']}: {answer['command_id']}{ahead}"


def bulk_lines(answer: dict[str, Any]) -> Iterator[str]:
    """What was ordered, and for how many cases."""
    cases = f"{answer['cases']} case{'' if answer['cases'] == 1 else 's'}"
    done = _DONE[answer["command"]]
    if answer["dry_run"]:
        yield f"{cases} would be {done} for {answer['incident']}."
        yield from answer["first"]
        if answer["cases"] > len(answer["first"]):
            yield f"… and {answer['cases'] - len(answer['first'])} more"
        return
    at = f" as of {answer['at']}" if answer["at"] else ""
    counts = ", ".join(f"{count} {status}" for status, count in answer["counts"].items())
    yield f"{answer['incident']}: {answer['command']} sent to {cases}{at}" + (f" ({counts})." if counts else ".")


def bulk_notes(answer: dict[str, Any]) -> Iterator[str]:
    """What somebody has to know beside it."""
    if waiting := answer["counts"].get("pending"):
        yield f"{waiting} on disk and not judged yet: the worker wakes them."
    for result in answer["results"]:
        if result["status"] in ("refused", "broken"):
            yield f"{result['case']}: {result['detail']} [{result['code']}]"
