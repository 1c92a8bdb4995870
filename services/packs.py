"""Packs as whoever writes the rules names them: by a kind, by a file of one's own, or by a version that is kept."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from policies.calendars import CalendarFault
from policies.diff import Difference, differences
from policies.diff_words import Effect, effects
from policies.folders import PolicyFolderFault, calendar_files, pack_files
from policies.lint import Finding, lint_file
from policies.loading import load_kept, load_pack
from policies.pack import Pack, PackError
from policies.schema import pack_schema
from policies.shelf import Shelf
from policies.skeleton import new_pack, new_story
from policies.yaml_text import written
from services.errors import OperatorRefused

SCHEMA_FILE = "pack.schema.json"
_KIND = re.compile(r"[a-z][a-z0-9_]{0,63}")
_SHORTEST = 8
"""So many characters of a version name it."""
_HEXADECIMAL = frozenset("0123456789abcdef")

KeptPacks = Callable[[str], Awaitable[Sequence[Any]]]
"""The contents of the packs in the database whose version begins so."""


class Linted(NamedTuple):
    """What was found in some packs."""

    packs: int
    """How many were looked at."""
    findings: tuple[tuple[Path, Finding], ...]
    """Each with the file it stands in."""

    @property
    def usable(self) -> bool:
        """Whether nothing but warnings was found."""
        return all(finding.severity != "error" for _, finding in self.findings)


@contextmanager
def readable(unreadable: str, origin: str) -> Iterator[None]:
    """What is wrong with a policy file is an :class:`OperatorRefused` with the code of that fault.

    ``unreadable`` is the code of a file that cannot be read at all, ``origin`` what the file is called.
    """
    try:
        yield
    except (PackError, CalendarFault, PolicyFolderFault) as fault:
        raise OperatorRefused(fault.code, str(fault)) from fault
    except (OSError, ValueError, RecursionError) as error:
        raise OperatorRefused(unreadable, f"{origin}: {error}") from error


def lint(names: Sequence[str], folder: Path | None) -> Linted:
    """What is wrong with packs, with file and line; none named: with all of this machine.

    Raises :class:`OperatorRefused`: ``kind_unknown``, ``pack_unreadable``, and those of the policies folder.
    """
    known, calendars = _known(folder), calendar_names(folder)
    paths = [_file(name, known) for name in names] if names else list(known.values())
    found: list[tuple[Path, Finding]] = []
    for path in paths:
        with readable("pack_unreadable", str(path)):
            found += [(path, finding) for finding in lint_file(path, calendars)]
    return Linted(len(paths), tuple(found))


def calendar_names(folder: Path | None) -> frozenset[str]:
    """What the calendars of this machine are called. Raises :class:`OperatorRefused` for a policies folder of no use."""
    with readable("policy_file_unreadable", str(folder)):
        return frozenset(calendar_files(folder))


async def find(name: str, folder: Path | None, kept: KeptPacks) -> Pack:
    """The pack of a kind, in a file, or kept under a version; the database is asked for a version alone.

    Raises :class:`OperatorRefused`: ``pack_unknown``, ``pack_unclear`` (several versions begin so), ``pack_invalid``,
    ``pack_unreadable``.
    """
    known = _known(folder)
    path = known.get(name, Path(name))
    with readable("pack_unreadable", name):
        if path.is_file():
            return _read(path)
    if len(name) < _SHORTEST or not _HEXADECIMAL.issuperset(name):
        raise OperatorRefused("pack_unknown", f"There is no kind, file or version '{name}'. {_kinds(known)}")
    found = await kept(name)
    if len(found) != 1:
        code = "pack_unclear" if found else "pack_unknown"
        raise OperatorRefused(code, f"{len(found)} kept versions begin with '{name}'.")
    with readable("pack_unreadable", name):
        return load_kept(written(found[0]), name)


class NewPack(NamedTuple):
    """The files of a kind that is to come, by their names."""

    files: dict[str, str]

    def write(self, folder: Path) -> list[Path]:
        """Write them all, or none. Raises :class:`OperatorRefused`: ``file_exists``, ``file_unwritable``."""
        paths = {folder / name: text for name, text in self.files.items()}
        for path in paths:
            if path.exists() and path.name != SCHEMA_FILE:
                cure = "Give the kind another name, or move the file away."
                raise OperatorRefused("file_exists", f"{path} is there already. {cure}")
        try:
            for path, text in paths.items():
                path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise OperatorRefused("file_unwritable", f"{folder}: {error}") from error
        return list(paths)


def new(kind: str, title: str | None, like: str | None, folder: Path | None) -> NewPack:
    """A pack of a new kind, the schema for editors, and a first story where it is like no other pack.

    Raises :class:`OperatorRefused`: ``kind_invalid``, ``kind_taken``, ``kind_unknown``, ``pack_unreadable``.
    """
    if not _KIND.fullmatch(kind):
        rule = "small letters, digits and _, a letter first, at most 64"
        raise OperatorRefused("kind_invalid", f"'{kind[:64]}' is no kind: {rule}.")
    known = _known(folder)
    if kind in known:
        raise OperatorRefused("kind_taken", f"There is a kind '{kind}' already: {known[kind]}. Copy that file to change it.")
    named = title or kind.replace("_", " ").capitalize()
    with readable("pack_unreadable", like or kind):
        model = _file(like, known).read_text(encoding="utf-8-sig") if like is not None else None
        files = {f"{kind}.yaml": new_pack(kind, named, model)}
    if model is None:
        files[f"{kind}.story.yaml"] = new_story(kind)
    return NewPack({**files, SCHEMA_FILE: schema_text()})


def schema_text() -> str:
    """The form of a pack as JSON Schema, for editors."""
    return json.dumps(pack_schema(), indent=1, ensure_ascii=False) + "\n"


def on_shelf(name: str, year: int, folder: Path | None) -> tuple[Shelf, Pack]:
    """The pack of a kind or in a file, on a shelf whose holidays are those around a story's year: the same story comes to the
    same on every day it is told.

    Raises :class:`OperatorRefused`: ``kind_unknown``, ``calendar_unknown``, ``pack_invalid``, ``pack_unreadable``.
    """
    with readable("pack_unreadable", name):
        shelf = Shelf.load(year, folder)
        if name in shelf.packs:
            return shelf, shelf.packs[name]
        path = _file(name, _known(folder))
        pack = _read(path)
    missing = sorted(pack.calendars - set(shelf.calendars))
    if missing:
        raise OperatorRefused("calendar_unknown", f"{path}: there is no calendar '{missing[0]}'.")
    return shelf, pack


def changes(old: Pack, new: Pack) -> tuple[Difference, ...]:
    """What changed between two packs, as it means to a case; empty when they mean the same."""
    return differences(old, new)


def meaning_for_people(old: Pack, new: Pack) -> tuple[Effect, ...]:
    """Whose rights, limits and letters change between two packs, in words."""
    return effects(old, new)


def same_file(version: str, folder: Path | None) -> Path | None:
    """The file on this machine that still says what a case was opened under; None when none does, or none can be read."""
    try:
        files = pack_files(folder).values()
        return next((path for path in files if hashlib.sha256(path.read_bytes()).hexdigest() == version), None)
    except (PolicyFolderFault, OSError):
        return None


def _known(folder: Path | None) -> Mapping[str, Path]:
    with readable("policy_file_unreadable", str(folder)):
        return {name.removesuffix(".yaml"): path for name, path in pack_files(folder).items()}


def _file(name: str, known: Mapping[str, Path]) -> Path:
    """The file of a kind, or a file of one's own."""
    path = known.get(name, Path(name))
    if not path.exists():
        raise OperatorRefused("kind_unknown", f"There is no kind and no file '{name}'. {_kinds(known)}")
    return path


def _kinds(known: Mapping[str, Path]) -> str:
    return f"Kinds: {', '.join(sorted(known))}."


def _read(path: Path) -> Pack:
    return load_pack(path.read_bytes().decode("utf-8-sig"), path.name)
