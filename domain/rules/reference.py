"""What a step of a case looks things up in: calendars, the notices of packs, and the zone data in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from domain.model.terms import Audience, Terms
from domain.worktime.calendars import Calendar

Notices = Mapping[str, tuple[Audience, ...]]
"""Who is told of what, weightiest first."""


class ReferenceData(NamedTuple):
    """Immutable content that cases refer to, as far as a step needs it."""

    calendars: Mapping[str, Calendar]
    """By reference."""
    notices: Mapping[str, Notices]
    """By version of the pack."""
    zone_data: str

    def notices_of(self, terms: Terms) -> Notices:
        """Who is told of what in a case with these terms. Raises KeyError for a pack that is not in the books.

        Terms of the first releases carried the table with them.
        """
        return terms.notices or self.notices[terms.version]


class PackInForce(NamedTuple):
    """Which published pack counts for a kind."""

    kind: str
    version: str
    id: str
    """Of the publication (``pkv_…``), under which its text is kept."""
