"""How somebody of the team looks at their desk: times, pictures, and what comes after sending."""

from __future__ import annotations

from typing import Literal

from domain.base import Kept
from storage.postgres.pool import Database

FIND = "SELECT said FROM desk_settings WHERE tenant = $1 AND person_id = $2"
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


class PostgresDeskSettings:
    """Keeps them, person by person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, tenant_id: str, person_id: str) -> DeskSettings:
        """What somebody chose."""
        async with self._database.tenant(tenant_id) as conn:
            said = await conn.fetchval(FIND, tenant_id, person_id)
        return DeskSettings.model_validate(said or {})

    async def save(self, tenant_id: str, person_id: str, settings: DeskSettings) -> None:
        """Keep what they chose, in place of what they had."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(SAVE, tenant_id, person_id, settings.model_dump(mode="json", exclude_defaults=True))
