"""``ombud policy``: tools for those who write the rules. What is checked and rehearsed needs no server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.kit.show import note, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.pack import Pack
    from policies.rehearse import Line
    from policies.shelf import Shelf

app = typer.Typer(name="policy", help="Policy packs: check, compare, try; why a case has its terms.", no_args_is_help=True)

BAD_FILE = 65
"""Exit code when a file is not what it should be (EX_DATAERR of sysexits.h)."""

_PackName = Annotated[str, typer.Argument(metavar="PACK", help="A kind (bounty_dispute), or a pack file of one's own.")]


@app.command("lint")
def lint(
    packs: Annotated[list[str] | None, typer.Argument(metavar="[PACK]…", help="Kinds or files; left out: all packs.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
) -> None:
    """Say what is wrong with packs, with file and line: misspelt names, unknown facts, rows that are never reached, people
    who are not told, limits that contradict each other.

    Exit code 1 when there is an error; warnings alone leave it 0.
    """
    from cli.kit.show import show
    from policies.folders import PolicyFolderFault, calendar_files, pack_files
    from policies.lint import lint_file
    from runtime.settings import Settings

    folder = Settings().policies_dir
    try:
        known = {name.removesuffix(".yaml"): path for name, path in pack_files(folder).items()}
        calendars = frozenset(calendar_files(folder))
    except PolicyFolderFault as fault:
        _leave(str(fault), fault.code)
    paths = [_named(one, known) for one in packs] if packs else list(known.values())
    rows = []
    for path in paths:
        try:
            rows += [{"file": str(path), **one.model_dump()} for one in lint_file(path, calendars)]
        except (OSError, UnicodeDecodeError) as error:
            _leave(f"{path}: {error}", "pack_unreadable")
    total = f"{len(paths)} pack(s), {len(rows)} finding(s)"
    show(rows, as_json, lambda findings: "\n".join(map(_finding, findings)) or None, notes=lambda _: (total,))
    if any(row["severity"] == "error" for row in rows):
        raise typer.Exit(1)


def _finding(row: dict[str, Any]) -> str:
    return f"{row['file']}:{row['line']}: {row['severity']}: {row['place']}: {row['problem']}"


@app.command("rehearse")
def rehearse(
    pack: _PackName,
    script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="A story: a report, then steps, as YAML; - reads stdin.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a step.")] = False,
) -> None:
    """Run a story through the rules, without any server. Deadlines between the steps fire by themselves.

    Exit code 65 when pack or story cannot be used, 1 when the story expected something else.
    """
    from policies.rehearse import rehearse as run
    from policies.scripts import ScriptError, read_script

    lines: list[Line] = []
    try:
        story = read_script(_text(script))
        for passed_over in story.passed_over:
            note(f"{script}: {passed_over}: nobody here knows this; passed over")
        shelf, found = _pack(pack, story.opened_at.year)
        for line in run(shelf, found, story):
            lines.append(line)
            if as_json:
                say(_json(line))
    except ScriptError as error:
        if lines and not as_json:
            _table(lines)
        for problem in error.problems:
            note(f"{script}: {problem} [{error.code}]")
        raise typer.Exit(BAD_FILE) from error
    if not as_json:
        _table(lines)
    for line in lines:
        for missed in line.missed:
            note(f"{f'step {line.step}' if line.step else 'a deadline'}: {missed}")
    if any(line.missed for line in lines):
        raise typer.Exit(1)


def _text(script: Path) -> str:
    import sys

    try:
        raw = sys.stdin.buffer.read() if str(script) == "-" else script.read_bytes()
        return raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        _leave(f"{script}: {error}", "script_unreadable")


def _named(name: str, known: Mapping[str, Path]) -> Path:
    """The file of a kind, or a file of one's own."""
    path = known.get(name, Path(name))
    if not path.exists():
        _leave(f"There is no kind and no file '{name}'. Kinds: {', '.join(sorted(known))}.", "kind_unknown")
    return path


def _pack(name: str, year: int) -> tuple[Shelf, Pack]:
    """The pack of a kind or in a file, on a shelf whose holidays are those of the story's years: the same story comes to the same
    on every day it is told.
    """
    from policies.calendars import CalendarFault
    from policies.folders import PolicyFolderFault, pack_files
    from policies.loading import load_pack
    from policies.pack import PackError
    from policies.shelf import Shelf
    from runtime.settings import Settings

    folder = Settings().policies_dir
    try:
        known = Shelf.load(year, folder)
        if name in known.packs:
            return known, known.packs[name]
        path = _named(name, {one.removesuffix(".yaml"): path for one, path in pack_files(folder).items()})
        pack = load_pack(path.read_bytes().decode("utf-8-sig"), path.name)
    except (PackError, CalendarFault, PolicyFolderFault) as fault:
        _leave(str(fault), fault.code)
    except (OSError, ValueError) as error:
        _leave(f"{name}: {error}", "pack_unreadable")
    missing = sorted(pack.calendars - set(known.calendars))
    if missing:
        _leave(f"{path}: there is no calendar '{missing[0]}'.", "calendar_unknown")
    return known, pack


def _json(line: Line) -> str:
    """One line: what happened, where the case stands, and what each may do now."""
    import json

    said = line.model_dump(mode="json", exclude=None if line.missed else {"missed"})
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


def _table(lines: list[Line]) -> None:
    from rich.table import Table

    from cli.kit.show import out

    table = Table("step", "at (UTC)", "by", "came to", "phase", "next deadline")
    for line in lines:
        came = f"refused: {line.refused['code']}" if line.refused else ", ".join(line.facts)
        first: dict[str, Any] = line.deadlines[0] if line.deadlines else {}
        due = f"{first['clock']} {first['level']} {first['at'][:16]}" if first else ""
        table.add_row(str(line.step or ""), f"{line.at:%Y-%m-%d %H:%M}", line.by, came, line.phase or "", due)
    out().print(table)


def _leave(message: str, code: str) -> NoReturn:
    note(f"{' '.join(message.split())} [{code}]")
    raise typer.Exit(BAD_FILE)
