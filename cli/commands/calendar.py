"""``ombud calendar``: what calendars say, and deadlines and open time over them. All but ``list`` needs no server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.kit.exits import NOT_THERE, guarded
from cli.kit.show import note, out, print_json_line
from cli.kit.show import show as show_answer

app = typer.Typer(name="calendar", help="Calendars, and deadlines and open time over them.", no_args_is_help=True)

Answer = dict[str, Any]
# A byte order mark is dropped, and a line with broken bytes becomes that line's error instead of everybody's.
_Batch = Annotated[
    typer.FileText,
    typer.Option(
        "--batch", metavar="FILE|-", encoding="utf-8-sig", errors="replace", help="JSON Lines, one question each; - is stdin."
    ),
]
_Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON line each, in order.")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
_From = Annotated[
    datetime | None, typer.Option("--from", metavar="DATE", formats=["%Y-%m-%d"], help="First day to show; left out: today.")
]
_Days = Annotated[int, typer.Option(min=1, max=366, help="How many days to show.")]


@app.command("list")
def list_versions(as_json: _AsJson = False) -> None:
    """Every version of every published calendar, the newest of a name first.

    Cases keep the version that they were opened under; the newest one binds the next case.
    """
    import asyncio

    from cli.kit.compose import library_of
    from cli.tables.calendar import version_table
    from services.calendar_days import versions

    found = guarded(lambda: asyncio.run(library_of(versions)))
    none = "No calendars are published yet: `ombud migrate` publishes the shipped ones and those of OMBUD_POLICIES_DIR."
    show_answer(found, as_json, lambda rows: version_table(rows) if rows else none)


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A calendar as YAML.")],
    from_day: _From = None,
    days: _Days = 14,
    as_json: _AsJson = False,
) -> None:
    """Check one calendar file, and show what it says about the next days.

    Exit code 65 when it cannot be used; stderr says where and why.
    """
    from services.calendar_days import days_in

    _show_days(guarded(lambda: days_in(file, from_day.date() if from_day else None, days)), as_json=as_json)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="As packs call it: europe-office.")],
    from_day: _From = None,
    days: _Days = 14,
    as_json: _AsJson = False,
) -> None:
    """What a calendar says about the next days, read from its file: a shipped one, or one of OMBUD_POLICIES_DIR."""
    from runtime.settings import Settings
    from services.calendar_days import days_of

    first, folder = from_day.date() if from_day else None, Settings().policies_dir
    _show_days(guarded(lambda: days_of(name, folder, first, days), {"calendar_unknown": NOT_THERE}), as_json=as_json)


def _show_days(told: dict[str, Any], *, as_json: bool) -> None:
    from cli.tables.calendar import beyond, people_sheet

    for warning in beyond(told):
        note(warning)
    show_answer(told, as_json, people_sheet)


@app.command("due")
def due(batch: _Batch, as_json: _Json = False) -> None:
    """When each question's target is due.

    Exit code 0 when all were answered, 1 when any was an error.
    """
    from services.calendar_questions import answers, due_line

    _tell(answers(batch, due_line), as_json, "Due", lambda answer: answer["due"] or "never: an open pause")


@app.command("elapsed")
def elapsed(batch: _Batch, as_json: _Json = False) -> None:
    """How many minutes of open time lie between each question's start and end, less its pauses.

    Exit code 0 when all were answered, 1 when any was an error.
    """
    from services.calendar_questions import answers, elapsed_line

    _tell(answers(batch, elapsed_line), as_json, "Minutes", lambda answer: f"{answer['minutes']:g}")


def _tell(given: Iterator[Answer], as_json: bool, heading: str, cell: Callable[[Answer], str]) -> None:
    """Each answer as it comes for machines, all of them in a table for people."""
    failed, told = False, []
    for answer in given:
        failed = failed or "error" in answer
        if as_json:
            print_json_line(answer, ascii_only=True)
        else:
            told.append(answer)
    if not as_json:
        from cli.tables.calendar import answer_table

        out().print(answer_table(told, heading, cell))
    if failed:
        raise typer.Exit(1)
