"""Somebody else's JSON, read as far as it can be read: what is missing, null, expanded or of a new type is noted, never refused.

A provider adds types and expands ids without asking. Whoever refuses such a message is sent it again for days and then is sent
nothing any more; so of every field but the one that says which dispute it is, what cannot be read counts as not said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from adapters.intake.errors import ReportInvalid
from adapters.intake.shapes import line, reference_or_none

_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
_INSTANT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)
_ESCAPED = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\(u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.", re.DOTALL
)
"""What a backslash begins: a letter of two halves, one half of one, anything else."""
_LARGEST_NUMBER = 2**53
_MOST_PARTS = 500
"""Of a list (messages, transactions) so many are read."""


def told(body: bytes, *, max_bytes: int) -> Told:
    """The JSON object that came. Raises :class:`ReportInvalid` for what is none, whatever the bytes are."""
    if len(body) > max_bytes:
        raise ReportInvalid.one("too_large", "body", f"The body has {len(body)} bytes; at most {max_bytes} are taken.")
    try:
        return Told(_OBJECT.validate_json(body))
    except ValidationError as error:
        mended, wrong = _mended(body), error
    try:
        return Told(_OBJECT.validate_json(mended))
    except ValidationError:
        raise ReportInvalid.from_validation(wrong) from None


def _mended(body: bytes) -> bytes:
    """The same, where a text was cut through the middle of a letter (an emoji is two halves in JSON): a mark stands for it."""
    whole = body.decode("utf-8", "replace").encode()
    return _ESCAPED.sub(lambda found: b"\\ufffd" if found[1] is not None else found[0], whole)


def utc_now() -> datetime:
    """What the time is, unless a test says otherwise: it has a name, so that a reader can be handed to another process."""
    return datetime.now(UTC)


class Told:
    """One object of it. ``unread`` names what was there and could not be read, of all that hangs together."""

    def __init__(self, values: Mapping[str, Any], path: str = "", unread: list[str] | None = None) -> None:
        self._values = values
        self._path = path
        self.unread: list[str] = [] if unread is None else unread

    def text(self, name: str) -> str | None:
        """Words as they came, line breaks and all."""
        value = self._values.get(name)
        if value is None or isinstance(value, str):
            return value
        self.note(name)
        return None

    def line(self, name: str, limit: int = 200) -> str | None:
        """Words in one line of at most so many characters."""
        return line(self.text(name), limit)

    def reference(self, name: str) -> str | None:
        """An id: as text, or as the object that it stands for, with the id in it."""
        value = self._values.get(name)
        if isinstance(value, Mapping):
            value = value.get("id")
        if value is None:
            if self._values.get(name) is not None:
                self.note(name)
            return None
        found = reference_or_none(value) if isinstance(value, str) else None
        if found is None:
            self.note(name)
        return found

    def whole(self, name: str) -> int | None:
        """A whole number that survives being kept as JSON."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST_NUMBER:
            self.note(name)
            return None
        return value

    def flag(self, name: str) -> bool | None:
        """Yes or no."""
        value = self._values.get(name)
        if value is None or isinstance(value, bool):
            return value
        self.note(name)
        return None

    @property
    def is_live(self) -> bool:
        """Whether it is of the provider's live mode: of what is written there by nobody's rule (``"false"``, 0) it is not."""
        value = self._values.get("livemode")
        return value is None or value is True or (isinstance(value, str) and value.strip().lower() == "true")

    def instant(self, name: str) -> datetime | None:
        """An instant: seconds since 1970, or ISO 8601 with its zone."""
        value = self._values.get(name)
        if value is None:
            return None
        try:
            if isinstance(value, str):
                return _INSTANT.validate_python(value).astimezone(UTC)
            if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**11:
                return datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError):
            pass
        self.note(name)
        return None

    def part(self, name: str) -> Told:
        """An object inside; an empty one where there is none."""
        value = self._values.get(name)
        if isinstance(value, Mapping):
            return self._inside(name, value)
        if value is not None:
            self.note(name)
        return self._inside(name, {})

    def object(self, name: str) -> Told:
        """What an id was expanded to; an empty one where it stands for itself alone."""
        value = self._values.get(name)
        return self._inside(name, value if isinstance(value, Mapping) else {})

    def parts(self, name: str) -> list[Told]:
        """The objects of a list; none where there is no list."""
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.note(name)
            return []
        if any(not isinstance(one, Mapping) for one in value) or len(value) > _MOST_PARTS:
            self.note(name)
        return [self._inside(f"{name}.{n}", one) for n, one in enumerate(value[:_MOST_PARTS]) if isinstance(one, Mapping)]

    def note(self, name: str) -> None:
        """Note that a field was there, and says nothing that can be used."""
        path = f"{self._path}{name}"
        if path not in self.unread:
            self.unread.append(path)

    def _inside(self, name: str, values: Mapping[str, Any]) -> Told:
        return Told(values, f"{self._path}{name}.", self.unread)


def unread_line(unread: list[str]) -> str | None:
    """What could not be read, as one attribute of the report."""
    return line(", ".join(sorted(unread)), 500)
