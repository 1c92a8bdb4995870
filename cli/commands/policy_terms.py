"""``ombud policy explain`` and ``diff``: why a case stands under its terms, and what changed between two packs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.kit.options import As, AsJson, CaseId, Tenant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.diff import Difference
    from policies.pack import Pack

_BAD_FILE = 65
_SHORT = 8
"""So many characters of a version name it."""


def explain(case_id: CaseId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Why these terms bind a case: the pack and its version, the rows that matched, the targets in force, and what was changed
    later and by whom.
    """
    from cli.kit.client import run
    from cli.kit.show import print_json
    from cli.kit.target import Target

    found = run(lambda desk: desk.ask("GET", f"/v1/cases/{case_id}/terms"), Target(tenant, speaker))
    file = _file_of(found["pack"], found["opened_under"])
    if json:
        print_json({**found, "file": str(file) if file else None})
        return
    for line in found["words"]:
        typer.echo(line)
    if file is not None:
        typer.echo(f"The file it came from is still the same: {file}")


def _file_of(kind: str, version: str) -> Path | None:
    """The file on this machine that still says what the case was opened under."""
    import hashlib

    from policies.folders import PolicyFolderFault, pack_files
    from runtime.settings import Settings

    try:
        files = pack_files(Settings().policies_dir)
    except PolicyFolderFault:
        return None
    same = (path for path in files.values() if hashlib.sha256(path.read_bytes()).hexdigest() == version)
    return next(same, None)


def diff(
    old: Annotated[str, typer.Argument(help="A kind, a pack file, or the first characters of a kept version.")],
    new: Annotated[str, typer.Argument(help="What it is compared with: the same.")],
    as_json: AsJson = False,
) -> None:
    """Say what changed between two packs, as it means to a case: gates, targets, levels, outcomes, limits, notices.

    Exit code 0 also when they differ; no difference says so.
    """
    from policies.diff import differences

    found = differences(pack_of(old), pack_of(new))
    if as_json:
        from cli.kit.show import print_json

        print_json([one.model_dump() for one in found])
    elif not found:
        typer.echo("No difference: both packs mean the same.")
    else:
        _table(found)


def pack_of(name: str) -> Pack:
    """The pack of a kind, in a file, or kept under a version."""
    from policies.folders import PolicyFolderFault, pack_files
    from policies.loading import load_pack
    from policies.pack import PackError
    from runtime.settings import Settings

    try:
        known = {file.removesuffix(".yaml"): path for file, path in pack_files(Settings().policies_dir).items()}
        path = known.get(name, Path(name))
        if path.is_file():
            return load_pack(path.read_bytes().decode("utf-8-sig"), path.name)
        if len(name) < _SHORT or not all(letter in "0123456789abcdef" for letter in name):
            _leave(f"There is no kind, file or version '{name}'. Kinds: {', '.join(sorted(known))}.", "pack_unknown")
        return load_pack(_kept(name), name)
    except (PackError, PolicyFolderFault) as fault:
        _leave(str(fault), fault.code)
    except (OSError, ValueError) as error:
        _leave(f"{name}: {error}", "pack_unreadable")


def _kept(version: str) -> str:
    """The text of a pack that is kept in the database."""
    import asyncio

    import yaml

    from cli.kit.compose import library_of
    from cli.kit.exits import guarded

    found: list[Any] = guarded(lambda: asyncio.run(library_of(lambda library: library.packs_like(version))))
    if len(found) != 1:
        _leave(f"{len(found)} kept versions begin with '{version}'.", "pack_unknown" if not found else "pack_unclear")
    return str(yaml.safe_dump(found[0], sort_keys=False, allow_unicode=True))


def _table(found: Iterable[Difference]) -> None:
    from rich.table import Table

    from cli.kit.show import out

    table = Table("section", "what", "old", "new")
    for one in found:
        table.add_row(one.section.replace("_", " "), one.what, one.old or "—", one.new or "—")
    out().print(table)


def _leave(message: str, code: str) -> NoReturn:
    typer.echo(f"{' '.join(message.split())} [{code}]", err=True)
    raise typer.Exit(_BAD_FILE)
