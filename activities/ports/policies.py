"""What a case asks of published packs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from domain.base import Kept
from domain.model.case import Case
from domain.model.clocks import Retarget
from domain.model.terms import Terms
from domain.rules.reference import Notices
from domain.worktime.calendars import Calendar


class Resolved(Kept):
    """New terms for a case, and what they refer to."""

    terms: Terms
    calendars: Mapping[str, Calendar] = {}
    """By reference."""
    notices: Mapping[str, Notices] = {}
    """By version of the pack."""


class Policies(Protocol):
    """The packs and calendars of now, for cases that are re-targeted to them."""

    async def resolve(self, tenant_id: str, case: Case, wanted: Retarget) -> Resolved | None:
        """The terms of this case with the calendar, or the newest calendars or pack, that a command asks for.

        Whatever they refer to is kept before this returns. None when there is no such calendar or pack.
        """
        ...
