"""``ombud policy``: tools for those who write the rules. None of them needs a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from policies.pack import Pack
    from policies.rehearse import Line
    from policies.shelf import Shelf

app = typer.Typer(name="policy", help="Policy packs: check them, and try them on stories.", no_args_is_help=True)

BAD_FILE = 65
"""Exit code when a file is not what it should be (EX_DATAERR of sysexits.h)."""

_PackName = Annotated[str, typer.Argument(metavar="PACK", help="A kind (bounty_dispute), or a pack file of one's own.")]


@app.command("lint")
def lint(
    packs: Annotated[list[str] | None, typer.Argument(metavar="[PACK]…", help="Kinds or files; left out: all packs.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
) -> None:
    """Say what is wrong with packs, with file and line: unknown facts, rows that are never reached, people who are not told,
    limits that contradict each other.

    Exit code 1 when there is an error; warnings alone leave it 0.
    """
    from cli.client import print_json
    from policies.folders import calendar_files, pack_files
    from policies.lint import lint_file
    from runtime.settings import Settings

    folder = Settings().policies_dir
    known = {name.removesuffix(".yaml"): path for name, path in pack_files(folder).items()}
    paths = [known.get(one, Path(one)) for one in packs] if packs else list(known.values())
    calendars, failed, rows = frozenset(calendar_files(folder)), False, []
    for path in paths:
        try:
            found = lint_file(path, calendars)
        except (OSError, UnicodeDecodeError) as error:
            _leave(f"{path}: {error}", "pack_unreadable")
        failed = failed or any(one.severity == "error" for one in found)
        rows += [{"file": str(path), **one.model_dump()} for one in found]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            at = f"{row['file']}:{row['line']}" if row["line"] else row["file"]
            typer.echo(f"{at}: {row['severity']}: {row['place']}: {row['problem']}")
        typer.echo(f"{len(paths)} pack(s), {len(rows)} finding(s)", err=True)
    if failed:
        raise typer.Exit(1)


@app.command("rehearse")
def rehearse(
    pack: _PackName,
    script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="A story: a report, then steps, as YAML; - reads stdin.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a step.")] = False,
) -> None:
    """Run a story through the rules, without any server. Deadlines between the steps fire by themselves.

    Exit code 65 when pack or story cannot be used, 1 when the story expected something else.
    """
    import sys

    from policies.rehearse import rehearse as run
    from policies.scripts import ScriptError, read_script

    shelf, found = _pack(pack)
    try:
        text = sys.stdin.read() if str(script) == "-" else script.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _leave(f"{script}: {error}", "script_unreadable")
    lines = []
    try:
        for line in run(shelf, found, read_script(text)):
            lines.append(line)
            if as_json:
                typer.echo(_json(line))
    except ScriptError as error:
        for problem in error.problems:
            typer.echo(f"{script}: {problem} [{error.code}]", err=True)
        raise typer.Exit(BAD_FILE) from error
    if not as_json:
        _table(lines)
    for line in lines:
        for missed in line.missed:
            typer.echo(f"step {line.step}: {missed}", err=True)
    if any(line.missed for line in lines):
        raise typer.Exit(1)


def _pack(name: str) -> tuple[Shelf, Pack]:
    from cli.compose import shelf
    from policies.pack import PackError, load_pack
    from runtime.errors import ServiceFault

    try:
        known = shelf()
    except ServiceFault as fault:
        _leave(str(fault), fault.code)
    if name in known.packs:
        return known, known.packs[name]
    path = Path(name)
    if not path.is_file():
        _leave(f"There is no kind and no file '{name}'. Kinds: {', '.join(sorted(known.packs))}.", "kind_unknown")
    try:
        pack = load_pack(path.read_text("utf-8"), path.name)
    except (PackError, OSError, UnicodeDecodeError) as error:
        _leave(str(error), getattr(error, "code", "pack_unreadable"))
    missing = sorted(pack.calendars - set(known.calendars))
    if missing:
        _leave(f"{path}: there is no calendar '{missing[0]}'.", "calendar_unknown")
    return known, pack


def _json(line: Line) -> str:
    """One line: what happened, where the case stands, and what each may do now."""
    said = line.model_dump(mode="json")
    if not said["missed"]:
        del said["missed"]
    import json

    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


def _table(lines: list[Line]) -> None:
    from rich.table import Table

    from cli.tables import out

    table = Table("step", "at (UTC)", "by", "came to", "phase", "next deadline")
    for line in lines:
        came = f"refused: {line.refused['code']}" if line.refused else ", ".join(line.facts)
        first: dict[str, Any] = line.deadlines[0] if line.deadlines else {}
        due = f"{first['clock']} {first['level']} {first['at'][:16]}" if first else ""
        table.add_row(str(line.step or ""), f"{line.at:%Y-%m-%d %H:%M}", line.by, came, line.phase or "", due)
    out().print(table)


def _leave(message: str, code: str) -> NoReturn:
    typer.echo(f"{' '.join(message.split())} [{code}]", err=True)
    raise typer.Exit(BAD_FILE)
