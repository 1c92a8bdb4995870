"""Packs that a tenant publishes: proposed by one person, approved by another, in force for new reports since then."""

from __future__ import annotations

from datetime import datetime

from uuid_utils import uuid7

from domain.base import Kept
from domain.rules.reference import PackInForce
from storage.access.trail import note
from storage.postgres.pool import Database

_ROLES = "SELECT roles FROM people WHERE tenant = $1 AND id = $2 AND active"
_PROPOSE = """
INSERT INTO pack_versions (tenant, id, kind, version, body, reason, proposed_by, proposed_with)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_COLUMNS = "id, kind, version, reason, proposed_by, proposed_at, proposed_with, approved_by, approved_at, approved_with"
_LIST = f"SELECT {_COLUMNS} FROM pack_versions WHERE tenant = $1 ORDER BY kind, id DESC"  # noqa: S608 - put together from constants
# A proposal goes by its id, or by the first characters of the pack's version.
_NAMED = f"""
SELECT {_COLUMNS} FROM pack_versions
WHERE tenant = $1 AND (id = $2 OR starts_with(version, $2)) ORDER BY approved_at IS NOT NULL, id DESC LIMIT 1
"""  # noqa: S608 - put together from constants
_APPROVE = """
UPDATE pack_versions SET approved_by = $3, approved_with = $4, approved_at = clock_timestamp()
WHERE tenant = $1 AND id = $2 AND approved_at IS NULL
RETURNING approved_at
"""
_IN_FORCE = """
SELECT DISTINCT ON (kind) kind, version, id FROM pack_versions
WHERE tenant = $1 AND approved_at IS NOT NULL ORDER BY kind, approved_at DESC
"""
_BODY = "SELECT body FROM pack_versions WHERE tenant = $1 AND id = $2"

SHORTEST = 8
"""Characters of a version that name it."""


class PublishRefused(Exception):
    """It is not published, and why: ``code`` is stable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class PackVersion(Kept):
    """A pack that somebody published, or would like to."""

    id: str
    kind: str
    version: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    proposed_with: str | None = None
    """The credential by which it was proposed; None: before that was noted."""
    approved_by: str | None = None
    """None: it waits for a second person."""
    approved_at: datetime | None = None
    approved_with: str | None = None


class PostgresPublications:
    """The packs that tenants published: proposes, approves, and says which are in force."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def propose(
        self, tenant_id: str, kind: str, version: str, text: str, *, by: str, reason: str, credential: str | None = None
    ) -> str:
        """Keep the text of a pack as a proposal and return its id. Raises :class:`PublishRefused`."""
        made = f"pkv_{uuid7()}"
        async with self._database.deed(tenant_id) as conn:
            if await conn.fetchval(_ROLES, tenant_id, by) is None:
                raise PublishRefused("actor_unknown", f"Nobody in the team has the id '{by}'.")
            await conn.execute(_PROPOSE, tenant_id, made, kind, version, text, reason, by, credential)
            more = {"kind": kind, "version": version}
            await note(conn, tenant_id, deed="pack_proposed", about=made, by=by, credential=credential or "", more=more)
        return made

    async def approve(self, tenant_id: str, named: str, *, by: str, credential: str | None = None) -> PackVersion:
        """The second person agrees: from now on new reports of the kind are bound by it. Raises :class:`PublishRefused`."""
        async with self._database.deed(tenant_id) as conn:
            roles = await conn.fetchval(_ROLES, tenant_id, by)
            row = await conn.fetchrow(_NAMED, tenant_id, named) if len(named) >= SHORTEST else None
            if row is None:
                raise PublishRefused("publication_unknown", f"Nothing was proposed under '{named}'.")
            found = PackVersion(**dict(row))
            if roles is None:
                raise PublishRefused("actor_unknown", f"Nobody in the team has the id '{by}'.")
            if not {"lead", "ops"} & set(roles):
                raise PublishRefused("not_allowed", "A pack is approved by a lead or by ops.")
            if by == found.proposed_by:
                raise PublishRefused("own_publication", "Nobody approves what they proposed themselves; another person has to.")
            if credential is not None and credential == found.proposed_with:
                raise PublishRefused("same_credential", "It was proposed by the same credential; use one of your own.")
            approved_at = None if found.approved_at else await conn.fetchval(_APPROVE, tenant_id, found.id, by, credential)
            if approved_at is not None:
                more = {"kind": found.kind, "version": found.version, "proposed_by": found.proposed_by}
                await note(conn, tenant_id, deed="pack_approved", about=found.id, by=by, credential=credential or "", more=more)
        if approved_at is None:
            raise PublishRefused("already_approved", "It was approved before.")
        return found.model_copy(update={"approved_by": by, "approved_at": approved_at, "approved_with": credential})

    async def versions(self, tenant_id: str) -> list[PackVersion]:
        """Everything that was proposed or published, by kind, the newest first."""
        async with self._database.tenant(tenant_id) as conn:
            return [PackVersion(**dict(row)) for row in await conn.fetch(_LIST, tenant_id)]

    async def in_force(self, tenant_id: str) -> list[PackInForce]:
        """The pack of each kind that the tenant's new reports are bound by; kinds that nothing was published for are left out."""
        async with self._database.tenant(tenant_id) as conn:
            return [PackInForce(**dict(row)) for row in await conn.fetch(_IN_FORCE, tenant_id)]

    async def text(self, tenant_id: str, publication_id: str) -> str:
        """The text of a pack as it was proposed. Raises KeyError for an unknown id."""
        async with self._database.tenant(tenant_id) as conn:
            found = await conn.fetchval(_BODY, tenant_id, publication_id)
        if found is None:
            raise KeyError(publication_id)
        return str(found)
