"""The policies that a process works with, read and checked once: packs by kind, calendars by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from domain.model.report import Report
from domain.model.terms import Routing, Terms
from domain.rules.reference import Notices
from domain.worktime.calendars import Calendar
from policies.folders import calendar_files, pack_files, read_calendar, resolved, text_of, years_around
from policies.loading import load_pack
from policies.pack import PACKS_DIR, Pack, PackError
from policies.resolve import resolve
from policies.yaml_text import read

Key = TypeVar("Key")
Value = TypeVar("Value")


class LazyMapping(Mapping[Key, Value]):
    """A mapping that is loaded when it is first looked into: most commands at the command line never need a pack."""

    def __init__(self, load: Callable[[], Mapping[Key, Value]]) -> None:
        self._load = load

    @cached_property
    def _loaded(self) -> Mapping[Key, Value]:
        return self._load()

    def __getitem__(self, key: Key) -> Value:
        return self._loaded[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._loaded)

    def __len__(self) -> int:
        return len(self._loaded)


class UnknownKind(LookupError):
    """There is no pack for this kind of case."""

    code = "kind_unknown"

    def __init__(self, kind: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no kind '{kind[:64]}'. Known kinds: {', '.join(known)}.")
        self.kind, self.known = kind, known


@dataclass(frozen=True)
class Shelf:
    """Packs and calendars, ready to resolve reports into terms."""

    packs: Mapping[str, Pack]
    calendars: Mapping[str, Calendar]
    sources: Mapping[str, Any] = field(default_factory=dict)
    """The packs as they were written, by version: what is kept in the database beside the cases."""
    years: tuple[int, int] = (0, 0)
    """The first and the last year whose holidays the calendars know; zeros on a shelf that was not loaded from files."""

    @classmethod
    def load(cls, year: int, folder: Path | None = None, *, packs_dir: Path = PACKS_DIR) -> Shelf:
        """The shipped policies, and those of one's own ``folder``, with the holidays of the years around ``year``.

        Raises :class:`PackError` for a pack that cannot be used or that names an unknown calendar, ``CalendarFault`` for a
        calendar, ``PolicyFolderFault`` for files that cannot be read.
        """
        years = years_around(year)
        calendars = {name: resolved(read_calendar(path), str(path), years) for name, path in calendar_files(folder).items()}
        packs: dict[str, Pack] = {}
        sources: dict[str, Any] = {}
        for name, path in pack_files(folder, packs_dir).items():
            text = text_of(path)
            pack = load_pack(text, name)
            found = [f"calendar: there is no calendar '{missing}'" for missing in sorted(pack.calendars - set(calendars))]
            if pack.kind in packs:
                found.append(f"kind: another file defines '{pack.kind}' too: give this one its name, and it replaces it")
            if found:
                raise PackError(name, found)
            packs[pack.kind], sources[pack.version] = pack, read(text)
        return cls(packs=packs, calendars=calendars, sources=sources, years=years)

    @property
    def references(self) -> dict[str, str]:
        """Calendar names with the content references that terms carry."""
        return {name: calendar.ref for name, calendar in self.calendars.items()}

    @property
    def notices(self) -> dict[str, Notices]:
        """Whom each pack tells of what, by its version."""
        return {pack.version: pack.notices for pack in self.packs.values()}

    def terms(self, report: Report, time_scale: float = 1.0) -> tuple[Terms, Routing]:
        """What binds a case opened from this report. Raises :class:`UnknownKind`."""
        pack = self.packs.get(report.kind)
        if pack is None:
            raise UnknownKind(report.kind, tuple(sorted(self.packs)))
        return resolve(pack, report, self.references, time_scale)

    def calendars_of(self, terms: Terms) -> dict[str, Calendar]:
        """The calendars that terms refer to, by reference."""
        wanted = terms.references
        return {c.ref: c for c in self.calendars.values() if c.ref in wanted}
