"""Pages from templates: escaped always, strangers' words made plain, times and money in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from console.kit.assets import Assets
from console.kit.words import in_words, language_name, readable
from domain.base import plain

Hours = Literal["24", "12"]
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SOON = 6
"""Days ahead or past for which a weekday says which day is meant."""


class Problem(Protocol):
    """What a refusal's code means: a row of the one table of codes."""

    @property
    def status(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def advice(self) -> str: ...


class Amounts(Protocol):
    """Writes and reads amounts as people do; :mod:`domain.currencies` knows how many digits each currency has."""

    def write(self, amount: int, currency: str) -> str: ...
    def read(self, text: str, currency: str) -> int:
        """In minor units. Raises ValueError."""
        ...


def span(seconds: float) -> str:
    """A length of time in at most two units, never in seconds: ``2 h 08 m``, ``1 d 20 h``."""
    minutes = int(abs(seconds) // _MINUTE)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return f"{days} d {hours % 24} h" if hours % 24 else f"{days} d"
    if hours:
        return f"{hours} h {minutes % 60:02d} m" if minutes % 60 else f"{hours} h"
    return f"{minutes} m"


_CLOCKS: Mapping[Hours, str] = {"24": "%H:%M", "12": "%-I:%M %P"}


def moment(at: datetime, zone: ZoneInfo, now: datetime, hours: Hours = "24") -> str:
    """An instant as somebody says it: ``today 16:40``, ``Fri 11:00``, ``12 Nov 19:04``, ``3 Jan 2027 09:00``. A weekday alone is
    ahead; one that is past says its date, so that nobody takes the one for the other."""
    there, here = at.astimezone(zone), now.astimezone(zone)
    days = (there.date() - here.date()).days
    clock = there.strftime(_CLOCKS[hours])
    if days in (-1, 0, 1):
        return f"{('yesterday', 'today', 'tomorrow')[days + 1]} {clock}"
    if 0 < days <= _SOON:
        return f"{there:%a} {clock}"
    if -_SOON <= days < 0:
        return f"{there:%a} {there.day} {there:%b} {clock}"
    year = "" if there.year == here.year else f" {there.year}"
    return f"{there.day} {there:%b}{year} {clock}"


@dataclass(frozen=True)
class Zones:
    """How a viewer reads times: in their own zone, with the team's and UTC beside."""

    own: ZoneInfo
    team: ZoneInfo
    now: datetime
    hours: Hours = "24"

    def words(self, at: datetime) -> str:
        """The moment in the viewer's own zone."""
        return moment(at, self.own, self.now, self.hours)

    def clock(self, at: datetime) -> str:
        """The time of day alone."""
        return at.astimezone(self.own).strftime(_CLOCKS[self.hours])

    def whole(self, at: datetime, zone: ZoneInfo) -> str:
        """Day and time in a zone: ``Fri 27 Nov 2026, 16:40``."""
        return at.astimezone(zone).strftime(f"%a %-d %b %Y, {_CLOCKS[self.hours]}")

    def all(self, at: datetime) -> list[tuple[str, str]]:
        """The moment in each zone, and whose that is."""
        said = [("Your time", self.own), ("Team's time", self.team), ("UTC", ZoneInfo("UTC"))]
        return [(f"{whose}, {zone.key}" if zone.key != "UTC" else whose, self.whole(at, zone)) for whose, zone in said]

    def time(self, at: datetime) -> Markup:
        """A ``<time>`` with the moment in words."""
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            at.astimezone(UTC).isoformat(), "\n".join(f"{whose}: {when}" for whose, when in self.all(at)), self.words(at)
        )


def zone_of(name: str | None) -> ZoneInfo:
    """The zone of this name; UTC for one that there is not."""
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


class Pages:
    """Renders templates; what all of them need is known to all."""

    def __init__(self, assets: Assets, amounts: Amounts) -> None:
        self._environment = Environment(
            loader=PackageLoader("console", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            # Whatever a stranger wrote passes here on its way to a page, and nowhere has anybody to think of it.
            finalize=_plainly,
        )
        sprite = assets.url("icons.svg")

        @cache
        def icon(name: str) -> Markup:
            return Markup('<svg class="i" aria-hidden="true"><use href="{}#{}"></use></svg>').format(sprite, name)

        def money(value: Mapping[str, Any] | Any) -> str:
            said = value if isinstance(value, Mapping) else value.model_dump()
            return amounts.write(said["amount"], said["currency"])

        self._environment.globals |= {"asset": assets.url, "icon": icon}
        self._environment.filters |= {
            "money": money,
            "in_words": in_words,
            "span": span,
            "initials": _initials,
            "language": language_name,
            "readable": readable,
        }

    def render(self, template: str, **said: Any) -> str:
        """The page."""
        return self._environment.get_template(template).render(**said)


def _plainly(value: Any) -> Any:
    return plain(value) if type(value) is str else value


def _initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").replace("_", " ").split() if word[:1].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"
