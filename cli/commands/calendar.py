"""``ombud calendar``: what calendars say, and deadlines and open time over them. All but ``list`` needs no server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.kit.exits import guarded
from cli.kit.show import note, plain_console, print_json_line

if TYPE_CHECKING:
    from cli.tables.calendar import Row
    from services.calendar_questions import Answer

app = typer.Typer(name="calendar", help="Calendars, and deadlines and open time over them.", no_args_is_help=True)

BAD_FILE = 65
"""Exit code when a calendar file is not what it should be (EX_DATAERR of sysexits.h)."""
NOT_THERE = 66
"""Exit code when there is no calendar of that name (EX_NOINPUT)."""

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
    from cli.kit.show import show
    from cli.tables.calendar import version_table, versions

    found: list[Row] = guarded(lambda: asyncio.run(library_of(versions)))
    none = "No calendars are published yet: `ombud migrate` publishes the shipped ones and those of OMBUD_POLICIES_DIR."
    show(found, as_json, lambda rows: version_table(rows) if rows else none)


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
    _show(file.stem, file, from_day, days, as_json=as_json)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="As packs call it: europe-office.")],
    from_day: _From = None,
    days: _Days = 14,
    as_json: _AsJson = False,
) -> None:
    """What a calendar says about the next days, read from its file: a shipped one, or one of OMBUD_POLICIES_DIR."""
    from policies.folders import PolicyFolderFault, calendar_files
    from runtime.settings import Settings

    try:
        files = calendar_files(Settings().policies_dir)
    except PolicyFolderFault as fault:
        _leave(str(fault), fault.code, BAD_FILE)
    if name not in files:
        _leave(f"There is no calendar '{name}'. There are: {', '.join(files)}.", "calendar_unknown", NOT_THERE)
    _show(name, files[name], from_day, days, as_json=as_json)


def _show(name: str, file: Path, from_day: datetime | None, days: int, *, as_json: bool) -> None:
    from cli.kit.show import show
    from cli.tables.calendar import beyond, people_sheet, sheet
    from domain.worktime.calculator import WorktimeError
    from policies.calendars import CalendarFault
    from policies.folders import PolicyFolderFault

    try:
        told = sheet(name, file, from_day.date() if from_day else None, days)
    except (CalendarFault, PolicyFolderFault) as fault:
        _leave(str(fault), fault.code, BAD_FILE)
    except WorktimeError as error:
        _leave(f"{file}: {error}", error.code, BAD_FILE)
    if late := beyond(told):
        note(late)
    show(told, as_json, people_sheet)


def _leave(message: str, code: str, exit_code: int) -> NoReturn:
    # One line, whatever a parser had to say.
    note(f"{' '.join(message.split())} [{code}]")
    raise typer.Exit(exit_code)


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
    failed = (_tell_machines if as_json else _tell_people)(given, heading, cell)
    if failed:
        raise typer.Exit(1)


def _tell_machines(given: Iterator[Answer], heading: str, cell: Callable[[Answer], str]) -> bool:

    failed = False
    for answer in given:
        failed = failed or "error" in answer
        print_json_line(answer, ascii_only=True)
    return failed


def _tell_people(given: Iterator[Answer], heading: str, cell: Callable[[Answer], str]) -> bool:
    from rich.table import Table
    from rich.text import Text

    table = Table("Id", heading, "Error")
    failed = False
    for answer in given:
        error: dict[str, Any] | None = answer.get("error")
        failed = failed or error is not None
        told = ("", f"{error['code']}: {error['detail']}") if error else (cell(answer), "")
        table.add_row(*(Text(_printable(value)) for value in (answer["id"], *told)))
    plain_console().print(table)
    return failed


def _printable(value: Any) -> str:
    """Half a character, which JSON can hold and a terminal cannot print, becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode()
