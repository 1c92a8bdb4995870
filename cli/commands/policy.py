"""``ombud policy``: tools for those who write the rules. What is checked and rehearsed needs no server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.kit.exits import BAD_DATA, fail, guarded
from cli.kit.show import note, out, print_json_line, say, show

app = typer.Typer(name="policy", help="Policy packs: check, compare, try; why a case has its terms.", no_args_is_help=True)

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
    from cli.tables.policy import finding_line
    from runtime.settings import Settings
    from services import packs as service

    found = guarded(lambda: service.lint(packs or (), Settings().policies_dir))
    rows = [{"file": str(file), **finding.model_dump()} for file, finding in found.findings]
    total = f"{found.packs} pack(s), {len(rows)} finding(s)"
    show(rows, as_json, lambda findings: "\n".join(map(finding_line, findings)) or None, notes=lambda _: (total,))
    if not found.usable:
        raise typer.Exit(1)


@app.command("new")
def new(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What reports will name: small letters, digits and _.")],
    title: Annotated[str | None, typer.Option(help="What people call it; left out: the kind in words.")] = None,
    like: Annotated[str | None, typer.Option(help="A kind or a file to begin with; left out: a plain pack.")] = None,
    to: Annotated[Path, typer.Option("--to", exists=True, file_okay=False, help="The folder to write into.")] = Path(),
) -> None:
    """Begin a pack of a new kind: a file that lints clean, a first story to rehearse, and the schema for your editor.

    Nothing that is there is overwritten.
    """
    from runtime.settings import Settings
    from services import packs as service

    written = guarded(lambda: service.new(kind, title, like, Settings().policies_dir).write(to))
    for path in written:
        say(str(path))
    note(f"Check it:  ombud policy lint {written[0]}")
    if like is None:
        note(f"Tell it a story:  ombud policy rehearse {written[0]} {written[1]}")


@app.command("schema")
def schema() -> None:
    """Print the form of a pack as JSON Schema, for editors that check and complete YAML."""
    from services import packs as service

    say(service.schema_text().rstrip("\n"))


@app.command("rehearse")
def rehearse(
    pack: _PackName,
    script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="A story: a report, then steps, as YAML; - reads stdin.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a step.")] = False,
) -> None:
    """Run a story through the rules, without any server. Deadlines between the steps fire by themselves.

    Exit code 65 when pack or story cannot be used, 1 when the story expected something else.
    """
    from cli.tables.policy import missed_lines
    from services.rehearsal import Rehearsal

    story = guarded(lambda: Rehearsal.of(_raw(script), str(script)))
    for passed_over in story.passed_over:
        note(f"{script}: {passed_over}: nobody here knows this; passed over")
    missed = list(missed_lines(guarded(lambda: _told(story, pack, as_json=as_json))))
    for line in missed:
        note(line)
    if missed:
        raise typer.Exit(1)


def _raw(script: Path) -> bytes:
    import sys

    try:
        return sys.stdin.buffer.read() if str(script) == "-" else script.read_bytes()
    except OSError as error:
        fail(f"{script}: {error}", "script_unreadable", BAD_DATA, error)


def _told(story: Any, pack: str, *, as_json: bool) -> list[dict[str, Any]]:
    """What each step came to, shown: also what stands before a step that makes no sense."""
    from cli.tables.policy import rehearsal_table
    from runtime.settings import Settings

    rows: list[dict[str, Any]] = []
    try:
        for line in story.lines(pack, Settings().policies_dir):
            rows.append(line.model_dump(mode="json", exclude={name for name in ("missed", "case") if not getattr(line, name)}))
            if as_json:
                print_json_line(rows[-1])
    finally:
        if rows and not as_json:
            out().print(rehearsal_table(rows))
    return rows
