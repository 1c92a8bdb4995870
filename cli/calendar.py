"""``ombud calendar``: deadlines and open time over calendars, offline, without any server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from cli.calendar_batch import Answer

app = typer.Typer(name="calendar", help="Deadlines and open time over calendars.", no_args_is_help=True)

# A byte order mark is dropped, and a line with broken bytes becomes that line's error instead of everybody's.
_Batch = Annotated[
    typer.FileText,
    typer.Option(
        "--batch", metavar="FILE|-", encoding="utf-8-sig", errors="replace", help="JSON Lines, one question each; - is stdin."
    ),
]
_Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON line each, in order.")]


@app.command("due")
def due(batch: _Batch, as_json: _Json = False) -> None:
    """When each question's target is due.

    Exit code 0 when all were answered, 1 when any was an error.
    """
    from cli.calendar_batch import answers, due_line

    _tell(answers(batch, due_line), as_json, "Due", lambda answer: answer["due"] or "never: an open pause")


@app.command("elapsed")
def elapsed(batch: _Batch, as_json: _Json = False) -> None:
    """How many minutes of open time lie between each question's start and end, less its pauses.

    Exit code 0 when all were answered, 1 when any was an error.
    """
    from cli.calendar_batch import answers, elapsed_line

    _tell(answers(batch, elapsed_line), as_json, "Minutes", lambda answer: f"{answer['minutes']:g}")


def _tell(given: Iterator[Answer], as_json: bool, heading: str, cell: Callable[[Answer], str]) -> None:
    failed = (_tell_machines if as_json else _tell_people)(given, heading, cell)
    if failed:
        raise typer.Exit(1)


def _tell_machines(given: Iterator[Answer], heading: str, cell: Callable[[Answer], str]) -> bool:
    import json

    failed = False
    for answer in given:
        failed = failed or "error" in answer
        typer.echo(json.dumps(answer, separators=(",", ":")))
    return failed


def _tell_people(given: Iterator[Answer], heading: str, cell: Callable[[Answer], str]) -> bool:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("Id", heading, "Error")
    failed = False
    for answer in given:
        error: dict[str, Any] | None = answer.get("error")
        failed = failed or error is not None
        told = ("", f"{error['code']}: {error['detail']}") if error else (cell(answer), "")
        table.add_row(*(Text(_printable(value)) for value in (answer["id"], *told)))
    Console().print(table)
    return failed


def _printable(value: Any) -> str:
    """Half a character, which JSON can hold and a terminal cannot print, becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode()
