"""`ombud doctor`: looks at each part that Ombud stands on and says, for what is not well, the next step."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from cli.kit.show import out, say

if TYPE_CHECKING:
    from services.doctor import Finding

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


def doctor(json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False) -> None:
    """Check every part Ombud needs and say the next step for what is not well. Exit code 1 when something fails."""
    from cli.kit.examining import doctor_checks
    from runtime.settings import Settings
    from services.doctor import examine

    findings = asyncio.run(examine(doctor_checks(Settings())))
    _show(findings, as_json=json)
    if any(finding.verdict == "fail" for finding in findings):
        raise typer.Exit(1)


def _show(findings: "list[Finding]", *, as_json: bool) -> None:
    if as_json:
        import json

        say(json.dumps([finding._asdict() for finding in findings], indent=2))
        return
    from rich.table import Column, Table
    from rich.text import Text

    table = Table("part", "", Column("found", overflow="fold"), Column("next step", overflow="fold"))
    for part, verdict, found, next_step in findings:
        table.add_row(part, Text(verdict, style=_COLOURS[verdict]), found, next_step)
    # Whole paths, to be copied: they wrap rather than end in dots.
    out().print(table)
