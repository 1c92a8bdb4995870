"""``ombud case import``: cases that run elsewhere move in with their past. For the operator: it needs the database itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.kit.exits import NOT_THERE, fail, guarded
from cli.kit.show import note, print_json_line, say

if TYPE_CHECKING:
    from services.case_import import Movers, Result


def import_cases(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="One case a line, as JSON; - reads stdin.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be made of each line.")] = False,
    notify: Annotated[
        bool, typer.Option("--notify", help="Tell the parties, as of a new case. Nobody is told of the past either way.")
    ] = False,
    tenant: Annotated[str | None, typer.Option("--tenant", "-t", envvar="OMBUD_TENANT", help="Whose cases.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a case.")] = False,
) -> None:
    """Take over cases that run elsewhere, with their past: dates, messages, decisions, phase.

    Levels of clocks that lie before the move are marked, and nobody is told. The same (source, external_id) moves in once,
    however often the file is sent. Exit code 1 when a line was refused.
    """
    lines = list(_lines(file))
    refused = 0
    for result in guarded(lambda: _moving(lines, tenant, dry_run=dry_run, notify=notify)):
        refused += result.status == "refused"
        if as_json:
            print_json_line(result.model_dump(mode="json"))
        else:
            say(_words(result))
    if not as_json:
        note(f"{len(lines)} line(s), {refused} refused{'; nothing was written' if dry_run else ''}")
    if refused:
        raise typer.Exit(1)


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror or error}", "file_unreadable", NOT_THERE, error)
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        if line.strip():
            yield number, line


def _moving(lines: list[tuple[int, bytes]], tenant: str | None, *, dry_run: bool, notify: bool) -> list[Result]:
    import asyncio

    from cli.kit.record import with_movers

    async def moving(movers: Movers) -> list[Result]:
        return [await movers.move(*line, dry_run=dry_run, notify=notify) for line in lines]

    return asyncio.run(with_movers(moving, tenant))


def _words(result: Result) -> str:
    place = f"line {result.line}  {result.external_id or '?'}  {result.status}"
    if result.problem is not None:
        return f"{place}  {result.problem['detail']} [{result.problem['code']}]"
    due: dict[str, Any] = result.next_deadline or {}
    ahead = f"next: {due['clock']} {due['level']} {due['at']}" if due else "no deadline ahead"
    passed = f"  {len(result.passed)} level(s) passed before" if result.passed else ""
    return f"{place}  {result.case or ''}  {result.phase or ''}  {ahead}{passed}"
