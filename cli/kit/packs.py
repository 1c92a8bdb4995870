"""A pack as somebody names it on the command line: by its kind, by a file, or by a version that is kept in the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from cli.kit.show import note

if TYPE_CHECKING:
    from policies.pack import Pack

_BAD_FILE = 65
_SHORT = 8
"""So many characters of a version name it."""


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


def _leave(message: str, code: str) -> NoReturn:
    note(f"{' '.join(message.split())} [{code}]")
    raise typer.Exit(_BAD_FILE)
