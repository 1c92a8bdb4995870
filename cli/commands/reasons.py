"""``ombud reasons``: whether statements of reasons are fit for the EU's DSA Transparency Database. It needs no server."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.kit.show import say

if TYPE_CHECKING:
    from domain.dsa.rules import Fault
    from services.statement_checks import Judged

app = typer.Typer(
    name="reasons", help="Statements of reasons (article 17 of the EU's Digital Services Act).", no_args_is_help=True
)


@app.callback()
def _group() -> None:
    # A callback keeps `check` a word of its own while it is the only one.
    pass


@app.command("check")
def check(
    # A byte order mark is dropped, and a line with broken bytes becomes that line's error instead of everybody's.
    batch: Annotated[
        typer.FileText,
        typer.Option(
            "--batch",
            metavar="FILE|-",
            encoding="utf-8-sig",
            errors="surrogateescape",
            help='JSON Lines, {"id": …, "statement": {…}} each; - is stdin.',
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Answer with one JSON line each, in order.")] = False,
) -> None:
    """Check statements of reasons by the rules which the DSA Transparency Database publishes.

    Fields and values are the database's own; every rule and code is in docs/reference/reasons.md.

    Exit code 0 when every statement is valid, 1 when any is not or a line cannot be read.
    """
    from services.statement_checks import judged_lines

    judged = judged_lines(batch)
    if not (_tell_machines if as_json else _tell_people)(judged):
        raise typer.Exit(1)


@app.command("export")
def export(
    case_id: Annotated[str, typer.Argument(help="The case's id (case_…).")],
    tenant: Annotated[str | None, typer.Option("--tenant", "-t", envvar="OMBUD_TENANT", help="Whose case.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The statement alone, as the database takes it.")] = False,
) -> None:
    """Print the statement of reasons of a case as the line that `ombud reasons check` reads: the newest ruling's that has one."""
    import json

    from cli.kit.client import run
    from cli.kit.target import Target

    found = run(lambda desk: desk.ask("GET", f"/v1/cases/{case_id}/statement-of-reasons"), Target(tenant))
    told = found["statement"] if as_json else {"id": found["id"], "statement": found["statement"]}
    say(json.dumps(told, ensure_ascii=False, separators=(",", ":")))


def _tell_machines(judged: Iterator[Judged]) -> bool:
    import json

    valid = True
    for statement in judged:
        valid = valid and not statement.faults
        errors = [{"field": fault.field, "code": fault.code} for fault in statement.faults]
        say(json.dumps({"id": statement.id, "valid": not errors, "errors": errors}, separators=(",", ":")))
    return valid


def _tell_people(judged: Iterator[Judged]) -> bool:
    from rich.table import Table
    from rich.text import Text

    from cli.kit.show import out

    valid = True
    table = Table("Id", "Valid", "Field", "Error", header_style="bold")
    for statement in judged:
        valid = valid and not statement.faults
        lead = (_told(statement.id), "no" if statement.faults else "yes")
        for fields, error in _rows(statement.faults):
            table.add_row(*(Text(_printable(cell)) for cell in (*lead, fields, error)))
            lead = ("", "")
    out().print(table)
    return valid


def _rows(faults: tuple[Fault, ...]) -> Iterator[tuple[str, str]]:
    """Neighbours with the same fault share a row."""
    if not faults:
        yield "", ""
    for (code, words), same in groupby(faults, key=lambda fault: (fault.code, fault.words)):
        yield "\n".join(fault.field for fault in same), f"{words} [{code}]"


def _told(name: Any) -> str:
    import json

    return name if isinstance(name, str) else "" if name is None else json.dumps(name)


def _printable(text: str) -> str:
    """Half a character, which JSON can hold and a terminal cannot print, becomes a question mark."""
    return text.encode("utf-8", "replace").decode()
