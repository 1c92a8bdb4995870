"""Where the policy files lie: the shipped ones, and a company's own folder (`OMBUD_POLICIES_DIR`), whose files win."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from domain.worktime.calendars import Calendar
from policies.calendars import CalendarFault, CalendarFile, fault_of, parse, resolve
from policies.pack import PACKS_DIR

CALENDARS_DIR = Path(__file__).with_name("calendars")

YEARS_AHEAD = 3
"""For how many years ahead a calendar knows the holidays: longer than any clock runs."""


class PolicyFolderFault(ValueError):
    """Policy files that cannot be read; ``code`` is stable, the text says which and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def pack_files(folder: Path | None = None, shipped: Path = PACKS_DIR) -> Mapping[str, Path]:
    """The pack files by name, in order; those in ``packs/`` of one's own folder win. Raises :class:`PolicyFolderFault`."""
    return _files(shipped, folder, "packs")


def calendar_files(folder: Path | None = None) -> Mapping[str, Path]:
    """The calendar files by what packs call them (``europe-office``), in order; those in ``calendars/`` of one's own folder win.

    Raises :class:`PolicyFolderFault`.
    """
    return {name.removesuffix(".yaml"): path for name, path in _files(CALENDARS_DIR, folder, "calendars").items()}


def _files(shipped: Path, folder: Path | None, kind: str) -> dict[str, Path]:
    found = {path.name: path for path in shipped.glob("*.yaml")}
    if folder is not None:
        found |= _own(folder, kind)
    return {name: found[name] for name in sorted(found)}


def _own(folder: Path, kind: str) -> dict[str, Path]:
    if not any((folder / part).is_dir() for part in ("packs", "calendars")):
        raise PolicyFolderFault("policies_dir_missing", f"{folder}: there is no such folder with packs/ or calendars/ in it.")
    for path in (folder / kind).glob("*.yml"):
        raise PolicyFolderFault("policy_file_misnamed", f"{path}: end its name in .yaml, or it would not be read.")
    return {path.name: path for path in (folder / kind).glob("*.yaml")}


def text_of(path: Path) -> str:
    """What is in a policy file. Raises :class:`PolicyFolderFault` (``policy_file_unreadable``)."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyFolderFault("policy_file_unreadable", f"{path}: {error}") from error


def read_calendar(path: Path) -> CalendarFile:
    """A calendar file. Raises :class:`PolicyFolderFault` and ``CalendarFault``."""
    return parse(text_of(path), str(path))


def resolved(source: CalendarFile, origin: str, years: tuple[int, int]) -> Calendar:
    """The calendar with the days of these years written out. Raises ``CalendarFault``, with ``origin`` as the place."""
    try:
        return resolve(source, *years)
    except CalendarFault as fault:
        raise CalendarFault(fault.code, origin, fault.detail) from fault
    except ValidationError as error:
        raise fault_of(error, origin) from error


def years_around(year: int) -> tuple[int, int]:
    """The first and the last year whose holidays are written out when calendars are published in ``year``."""
    return year - 1, year + YEARS_AHEAD
