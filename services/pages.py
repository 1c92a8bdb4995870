"""Parts of long lists, and cursors that stay right while what is listed comes and goes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from services.callers import Caller
from services.errors import FieldError, Refused
from services.parts import Parts, Seals
from services.rows import CaseRow

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page:
    """Which part of a list."""

    limit: int
    cursor: str | None = None


@dataclass(frozen=True)
class Part(Generic[Item]):
    """A part of a list, and where it goes on."""

    items: tuple[Item, ...]
    has_more: bool = False
    next_cursor: str | None = None


@dataclass(frozen=True)
class Cursors:
    """The cursors of one list, as one viewer goes through it.

    They are sealed, so that nobody learns from one what it stands on, and bound to the tenant, the viewer, and the list with its
    filters: another one's, a changed one, and one of another list are all ``cursor_invalid``. Equal places have equal cursors.
    """

    seals: Seals
    tenant_id: str
    place: str

    @classmethod
    def of(cls, parts: Parts, caller: Caller, *listing: str | None) -> Cursors:
        """Those of a list that is named with everything that makes it this list; how many are shown at once is not part of it."""
        return cls(parts.seals, caller.tenant_id, json.dumps([caller.viewer_id, *listing]))

    def write(self, *values: str) -> str:
        """A cursor that says where a page ended."""
        sealed = self.seals.seal_cursor(self.tenant_id, self.place, json.dumps(values).encode())
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def read(self, text: str) -> list[str]:
        """What :meth:`write` was given. Raises ``cursor_invalid`` for everything else."""
        try:
            sealed: bytes | None = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except ValueError:
            sealed = None
        opened = self.seals.open_cursor(self.tenant_id, self.place, sealed) if sealed is not None else None
        if opened is None:
            wrong = FieldError("cursor", "cursor_invalid", "Take it from `next_cursor` as it is, and keep the filters.")
            raise Refused("cursor_invalid", errors=[wrong])
        values: list[str] = json.loads(opened)
        return values


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Named = TypeVar("Named", bound=_Named)


def part_by_id(items: Iterable[Named], cursors: Cursors, page: Page) -> Part[Named]:
    """A part of a list that is short enough to be read whole, in the order of its ids, in which it has to be."""
    after = cursors.read(page.cursor)[0] if page.cursor is not None else ""
    found = [item for item in items if item.id > after]
    shown, more = found[: page.limit], len(found) > page.limit
    return Part(tuple(shown), more, cursors.write(shown[-1].id) if more else None)


def place_of(row: CaseRow) -> tuple[str, str, str]:
    """Where a list that begins with the most pressing case ended, for a cursor."""
    return str(row.pressing), row.pressing_at.isoformat(), row.id


def place_in(values: Sequence[str]) -> tuple[int, datetime, str]:
    """What :func:`place_of` wrote."""
    state, at, case_id = values
    return int(state), datetime.fromisoformat(at), case_id


def instant(text: Any) -> datetime:
    """The instant that a cursor names."""
    return datetime.fromisoformat(text)
