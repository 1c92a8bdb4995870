"""What ``ombud bulk`` prints for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Column, Table
from rich.text import Text

_STYLES = {"accepted": "green", "pending": "yellow", "refused": "red", "broken": "bold red"}


def bulk_table(answer: dict[str, Any]) -> Table:
    """One line a case, those that did not accept first."""
    table = Table(Column("case", no_wrap=True), "result", "why", header_style="bold")
    for case in answer["selected"]:
        table.add_row(case, "would be asked", "")
    for result in answer["results"]:
        why = f"{result['detail'] or ''} [{result['code']}]".strip() if result["code"] else ""
        table.add_row(result["case"], Text(result["status"], style=_STYLES[result["status"]]), Text(why))
    return table


def gone_lines(gone: dict[str, Any]) -> Iterator[str]:
    """Who does not work here any more, and what became of each case that they had."""
    yield f"{gone['id']} does not work here any more."
    yield from result_lines(gone["results"])
    if waiting := gone["counts"].get("pending"):
        yield f"{waiting} not judged yet: the worker wakes them."


def result_lines(results: Iterable[dict[str, Any]]) -> Iterator[str]:
    """How it stands with each case."""
    for result in results:
        why = f"  {result['detail'] or ''} [{result['code']}]" if result["code"] else ""
        yield f"{result['case']}  {result['status']}{why}"


def bulk_notes(answer: dict[str, Any]) -> Iterator[str]:
    """What somebody has to know beside it."""
    command = answer["command"].replace("_", " ")
    cases = f"{answer['cases']} case{'' if answer['cases'] == 1 else 's'}"
    if not answer["cases"]:
        yield f"No open case fits: {command} was sent to nobody."
    elif answer["dry_run"]:
        yield f"{command} would be sent to {cases}."
    else:
        counts = ", ".join(f"{count} {status}" for status, count in answer["counts"].items())
        yield f"{command} sent to {cases} ({counts})."
    if answer["left_out"]:
        yield f"Left out, for they are not there, not open, or do not fit: {', '.join(answer['left_out'])}"
    if answer["counts"].get("pending"):
        yield f"Not all have judged it yet; look again: ombud bulk show {answer['id']}"
