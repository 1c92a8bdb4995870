"""How somebody of the team looks at their desk: times, pictures, and what comes after sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from domain.base import Instant, Kept
from storage.postgres.pool import Database
from storage.team.people import ONE as PERSON
from storage.team.people import Person
from storage.team.saved_views import LISTED as VIEWS
from storage.team.saved_views import SavedView

FIND = "SELECT said FROM desk_settings WHERE tenant = $1 AND person_id = $2"
# Three small looks with every page, of which each costs a way there and back and more than the reading itself: put together.
WHOSE = f"""
SELECT (SELECT to_jsonb(p) FROM ({PERSON}) AS p) AS person, ({FIND}) AS settings,
    (SELECT jsonb_agg(to_jsonb(v)) FROM ({VIEWS}) AS v) AS views
"""  # noqa: S608 - put together from constants
SAVE = """
INSERT INTO desk_settings (tenant, person_id, said) VALUES ($1, $2, $3)
ON CONFLICT (tenant, person_id) DO UPDATE SET said = excluded.said
"""


class DeskSettings(Kept):
    """What somebody chose; left out: what is usual."""

    blur: Literal["graphic", "always", "never"] = "graphic"
    """Which pictures and films are blurred until one looks: those of kinds in which people are hurt, all of them, or none."""
    grey: bool = False
    """Whether they have no colour."""
    muted: bool = True
    """Whether films begin without their sound."""
    zone: str | None = None
    """None: the zone that the company has of them."""
    hours: Literal["24", "12"] = "24"
    after: Literal["stay", "next", "list"] = "stay"
    """What comes after a ruling was sent."""
    mentions_read_at: Instant | None = None
    """Notes that name them are new from then on."""


@dataclass(frozen=True)
class Sitter:
    """Whoever sits at a desk, what they chose, and the lists in their menu."""

    person: Person | None
    settings: DeskSettings
    views: Sequence[SavedView]


class PostgresDeskSettings:
    """Keeps them, person by person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, tenant_id: str, person_id: str) -> DeskSettings:
        """What somebody chose."""
        async with self._database.tenant(tenant_id) as conn:
            said = await conn.fetchval(FIND, tenant_id, person_id)
        return DeskSettings.model_validate(said or {})

    async def whose(self, tenant_id: str, person_id: str, views: int) -> Sitter:
        """Everything that each page needs of whoever looks at it, with at most so many lists of theirs."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(WHOSE, tenant_id, person_id, views)
        assert row is not None, "a row of whatever there is"
        return Sitter(
            Person.model_validate(row["person"]) if row["person"] else None,
            DeskSettings.model_validate(row["settings"] or {}),
            [SavedView.model_validate(one) for one in row["views"] or ()],
        )

    async def save(self, tenant_id: str, person_id: str, settings: DeskSettings) -> None:
        """Keep what they chose, in place of what they had."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(SAVE, tenant_id, person_id, settings.model_dump(mode="json", exclude_defaults=True))
