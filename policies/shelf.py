"""All the policies that a process works with, loaded and checked once: packs by kind, calendars by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml

from domain.calendars import Calendar
from domain.report import Report
from domain.terms import Routing, Terms
from policies import calendars as files
from policies.pack import PACKS_DIR, Pack, PackError, load_pack
from policies.resolve import resolve

YEARS_AHEAD = 3
"""How many years of holidays a calendar knows: longer than any clock runs."""


Key = TypeVar("Key")
Value = TypeVar("Value")


class Late(Mapping[Key, Value]):
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

    @classmethod
    def load(cls, year: int, packs_dir: Path = PACKS_DIR) -> Shelf:
        """The shipped policies with the holidays of the years around ``year``.

        Raises :class:`PackError` for a pack that cannot be used or that names an unknown calendar, ``CalendarFault`` for a
        calendar.
        """
        read = files.read_calendars()
        calendars = {name: files.resolve(source, year - 1, year + YEARS_AHEAD) for name, source in read.items()}
        packs: dict[str, Pack] = {}
        sources: dict[str, Any] = {}
        for path in sorted(packs_dir.glob("*.yaml")):
            text = path.read_text("utf-8")
            pack = load_pack(text, path.name)
            missing = sorted(pack.calendars - set(calendars))
            if missing:
                raise PackError(path.name, [f"calendar: there is no calendar '{name}'" for name in missing])
            packs[pack.kind], sources[pack.version] = pack, yaml.safe_load(text)
        return cls(packs=packs, calendars=calendars, sources=sources)

    @property
    def references(self) -> dict[str, str]:
        """Calendar names with the content references that terms carry."""
        return {name: calendar.ref for name, calendar in self.calendars.items()}

    def terms(self, report: Report, time_scale: float = 1.0) -> tuple[Terms, Routing]:
        """What binds a case opened from this report. Raises :class:`UnknownKind`."""
        pack = self.packs.get(report.kind)
        if pack is None:
            raise UnknownKind(report.kind, tuple(sorted(self.packs)))
        return resolve(pack, report, self.references, time_scale)

    def calendars_of(self, terms: Terms) -> dict[str, Calendar]:
        """The calendars that terms refer to, by reference."""
        wanted = {terms.calendar, *(clock.calendar for clock in terms.clocks)}
        return {c.ref: c for c in self.calendars.values() if c.ref in wanted}
