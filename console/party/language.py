"""The languages of the pages for parties: every sentence by its key, and times, spans and amounts as people there write them.

A language is a file in ``words/``. Sentences are looked up by key and not by their English, because many are words of codes
(kinds, outcomes, remedies), and because English can then be mended without unsettling the others. A test holds all files to
the same keys and the same things filled in, and another one renders every page in a language that is none, to find what is in
no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, get_timezone_location
from babel.numbers import format_currency, format_decimal, get_currency_precision

FOLDER = Path(__file__).parent / "words"
FIRST = "en"
"""Serves whoever speaks none of the others."""


@dataclass(frozen=True)
class Language:
    """One language."""

    code: str
    words: Mapping[str, Any] = field(repr=False)
    """Sentences by key; one that counts something has several, by the plural that it takes."""
    marks: tuple[str, str] = ("", "")
    """Around whatever it says: only for the test that looks for what no language says."""

    @property
    def name(self) -> str:
        """What its people call it."""
        return self.say("language")

    def knows(self, key: str) -> bool:
        """Whether there are words of their own for it."""
        return key in self.words

    def say(self, key: str, /, **filled: Any) -> str:
        """The sentence. Raises KeyError for a key that there is not."""
        said = self.words[key]
        if isinstance(said, Mapping):
            said = said[self._locale.plural_form(filled["n"])] if "n" in filled else said["other"]
        return self._marked(str(said).format_map(filled))

    def word(self, group: str, code: object, fallback: str = "") -> str:
        """What a code is called; one without a name of its own: the fallback's words, else the code as it reads."""
        key = f"{group}.{code}"
        if key in self.words:
            return self.say(key)
        return self.say(fallback) if fallback else self._marked(str(code).replace("_", " ").capitalize())

    def when(self, at: datetime, zone: ZoneInfo) -> str:
        """Day and time of day: ``Fri 27 Nov, 11:00``."""
        there = at.astimezone(zone)
        day = format_skeleton("MMMEd", there, locale=self._locale)
        clock = format_skeleton("Hm", there, locale=self._locale)
        return self._marked(f"{day}, {clock}")

    def moment(self, at: datetime, zone: ZoneInfo) -> str:
        """The same with year, seconds and zone, as proof of it: ``Fri 27 Nov 2026, 11:00:05 (Paris, UTC+01:00)``."""
        there = at.astimezone(zone)
        clock = format_skeleton("Hms", there, locale=self._locale)
        where = "UTC"
        if zone.key != "UTC":
            place = get_timezone_location(zone.key, locale=self._locale, return_city=True)
            where = f"{place}, UTC{there.isoformat()[-6:]}"
        return self._marked(f"{format_skeleton('yMMMEd', there, locale=self._locale)}, {clock} ({where})")

    def day(self, at: datetime, zone: ZoneInfo) -> str:
        """The day alone."""
        return self._marked(format_skeleton("yMMMEd", at.astimezone(zone), locale=self._locale))

    def place(self, zone: ZoneInfo) -> str:
        """The place whose time it is: ``Paris``."""
        if zone.key == "UTC":
            return self._marked("UTC")
        return self._marked(get_timezone_location(zone.key, locale=self._locale, return_city=True))

    def tongue(self, tag: str) -> str:
        """What a language is called here: ``Brazilian Portuguese`` for ``pt-BR``; one that has no name: its tag."""
        try:
            name = Locale.parse(tag, sep="-").get_display_name(self._locale)
        except (UnknownLocaleError, ValueError):
            name = None
        return self._marked(name or tag)

    def span(self, length: timedelta) -> str:
        """Two units at most, and never seconds: ``1 day and 20 hours``."""
        minutes = max(int(length.total_seconds() // 60), 0)
        days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
        units = [(days, "day"), (hours, "hour")] if days else [(hours, "hour"), (rest, "minute")]
        said = [self.say(f"span.{name}", n=n) for n, name in units if n] or [self.say("span.minute", n=1)]
        return said[0] if len(said) == 1 or days > 6 else self.say("span.both", first=said[0], second=said[1])

    def money(self, amount: int, currency: str) -> str:
        """An amount of minor units, as it is written there."""
        digits = get_currency_precision(currency)
        return self._marked(format_currency(Decimal(amount).scaleb(-digits), currency, locale=self._locale))

    def amount(self, money: Mapping[str, Any] | Any) -> str:
        """The same, of what has an amount and a currency."""
        said = money if isinstance(money, Mapping) else money.model_dump()
        return self.money(said["amount"], said["currency"])

    def size(self, count: int) -> str:
        """How large a file is: ``240 KB``."""
        if count < 1024 * 1024:
            return self._marked(f"{max(count // 1024, 1)} KB")
        return self._marked(f"{format_decimal(count / 1024 / 1024, '0.#', locale=self._locale)} MB")

    @property
    def _locale(self) -> Locale:
        # Days before months, as everywhere but in one country; months have their names, so that nobody reads them wrongly.
        return Locale.parse("en_GB" if self.code == FIRST or self.marks[0] else self.code)

    def _marked(self, said: str) -> str:
        return f"{self.marks[0]}{said}{self.marks[1]}"


@cache
def languages() -> Mapping[str, Language]:
    """All of them, by code, the first one first."""
    codes = sorted((path.stem for path in FOLDER.glob("*.yaml")), key=lambda code: (code != FIRST, code))
    return {code: Language(code, dict(_flat(yaml.safe_load((FOLDER / f"{code}.yaml").read_text("utf-8"))))) for code in codes}


def chosen(*wanted: str | None) -> Language:
    """The first of these that there is, each as a browser (``de-AT,de;q=0.9``) or a party's record (``de-AT``) says it."""
    there = languages()
    for said in wanted:
        for tag in (said or "").lower().split(","):
            code = tag.partition(";")[0].strip().partition("-")[0]
            if code in there:
                return there[code]
    return there[FIRST]


_PLURALS = frozenset({"one", "other", "few", "many", "two", "zero"})


def _flat(said: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    for name, value in said.items():
        key = f"{before}{name}"
        if isinstance(value, Mapping) and not set(value) <= _PLURALS:
            yield from _flat(value, f"{key}.")
        else:
            yield key, value
