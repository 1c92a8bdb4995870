"""Where reports come from: each source of a tenant, with a secret of its own that proves what was sent to its address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import asyncpg
from pydantic import Field
from pydantic_core import from_json, to_json
from uuid_utils import uuid7

from domain.base import Kept
from domain.model.report import ReportedParty, email_or_none
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault, secret_place, signing_secret

Provider = Literal["stripe", "paypal", "mail", "webhook", "form"]
THEIRS: frozenset[Provider] = frozenset({"stripe", "paypal"})
"""Providers that make the secret themselves."""

NEW = """
INSERT INTO intake_sources (tenant, id, provider, name, kind, queue, respondent, secret, created_by, page)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
LIST = """
SELECT id, provider, name, kind, queue, respondent, page, active, created_at, created_by, last_used_at,
    CASE WHEN old_until > clock_timestamp() THEN old_until END AS old_secret_until
FROM intake_sources WHERE tenant = $1 AND deleted_at IS NULL AND ($2::text IS NULL OR id = $2) ORDER BY id
"""
FIND = """
SELECT tenant, id, provider, name, kind, queue, respondent, page, secret,
    CASE WHEN old_until > clock_timestamp() THEN old_secret END AS old_secret
FROM intake_sources WHERE id = $1 AND active AND deleted_at IS NULL
"""
# Two live at most: a second rotation within the overlap ends the oldest one.
ROTATE = """
UPDATE intake_sources SET old_secret = secret, old_until = clock_timestamp() + $4, secret = $3
WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL
"""
SWITCH = "UPDATE intake_sources SET active = $3 WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL"
# $3 which of the others are meant: what is not named stays.
CHANGE = """
UPDATE intake_sources SET name = CASE WHEN 'name' = ANY($3) THEN $4 ELSE name END,
    kind = CASE WHEN 'kind' = ANY($3) THEN $5 ELSE kind END, queue = CASE WHEN 'queue' = ANY($3) THEN $6 ELSE queue END,
    respondent = CASE WHEN 'respondent' = ANY($3) THEN $7 ELSE respondent END,
    page = CASE WHEN 'page' = ANY($3) THEN $8 ELSE page END
WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL
"""
DELETE = """
UPDATE intake_sources SET active = false, deleted_at = clock_timestamp(), secret = '', old_secret = NULL, old_until = NULL,
    respondent = NULL
WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL
"""
# Once a minute at most: a storm of events is no storm of writes to one row.
USED = """
UPDATE intake_sources SET last_used_at = clock_timestamp()
WHERE tenant = $1 AND id = $2 AND coalesce(last_used_at < clock_timestamp() - interval '1 minute', true)
"""

_ID = re.compile(r"src_[A-Za-z0-9-]{1,60}")
_NOBODY = "src_00000000-0000-0000-0000-000000000000"


class Source(Kept):
    """A source as it is shown: without its secret."""

    id: str
    provider: Provider
    name: str = ""
    kind: str | None = None
    """Kind of the cases that come from it; None: the report's own, or the provider's usual one."""
    queue: str | None = None
    """Where its cases wait first; None: where the pack says."""
    respondent: ReportedParty | None = None
    """Who is on the other side when a report does not say; None: the tenant's default."""
    page: bool = False
    """Whether there is a page of ours on which anybody fills its form in."""
    active: bool = True
    created_at: datetime
    created_by: str
    last_used_at: datetime | None = None
    """To the minute."""
    old_secret_until: datetime | None = None
    """While a rotation overlaps: until when the secret before is good too."""


class LiveSource(Kept):
    """A source that something was sent to, with what proves it: the newest secret first."""

    id: str
    tenant_id: str
    provider: Provider
    name: str = ""
    kind: str | None = None
    queue: str | None = None
    respondent: ReportedParty | None = None
    page: bool = False
    secrets: tuple[str, ...] = Field(repr=False)
    known: bool = True
    """False: there is none with this id, and this one stands in for it, so that finding out takes as long."""


class NewSource(Kept):
    """A source that was made just now, with its secret."""

    id: str
    provider: Provider
    secret: str = Field(repr=False)


class PostgresSources:
    """Makes, finds, changes and ends intake sources."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        # Nobody has this secret: what is tried against it never fits.
        self._nobodys = vault.seal_secret("", _NOBODY, signing_secret().encode())

    async def create(
        self,
        tenant_id: str,
        provider: Provider,
        *,
        secret: str | None = None,
        created_by: str,
        name: str = "",
        kind: str | None = None,
        queue: str | None = None,
        respondent: ReportedParty | None = None,
        page: bool = False,
        conn: Connection | None = None,
    ) -> NewSource:
        """A source with the secret that its provider gave, or one that is made here."""
        made = NewSource(id=f"src_{uuid7()}", provider=provider, secret=secret or signing_secret())
        sealed = self._vault.seal_secret(tenant_id, made.id, made.secret.encode())
        party = self._vault.seal_secret(tenant_id, _party(made.id), to_json(respondent)) if respondent else None
        async with self._database.deed(tenant_id, conn) as deed:
            await deed.execute(NEW, tenant_id, made.id, provider, name, kind, queue, party, sealed, created_by, page)
        return made

    async def all(self, tenant_id: str) -> list[Source]:
        """Every source that was not deleted, the oldest first."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(LIST, tenant_id, None)
        return [self._shown(tenant_id, row) for row in rows]

    async def one(self, tenant_id: str, source_id: str) -> Source | None:
        """One source; None when it is not there (any more)."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(LIST, tenant_id, source_id)
        return self._shown(tenant_id, row) if row else None

    async def find(self, source_id: str, likely: Provider) -> LiveSource:
        """The source that this address is of, whosoever it is; where there is none, one of the ``likely`` provider that stands
        in for it. Both take the same work."""
        asked = source_id if _ID.fullmatch(source_id) else _NOBODY
        async with self._database.source(asked) as conn:
            row = await conn.fetchrow(FIND, asked)
        if row is None:
            return LiveSource(
                id=_NOBODY,
                tenant_id="",
                provider=likely,
                secrets=self._vault.open_secrets("", _NOBODY, self._nobodys),
                known=False,
            )
        tenant_id = row["tenant"]
        return LiveSource(
            id=row["id"],
            tenant_id=tenant_id,
            provider=row["provider"],
            kind=row["kind"],
            queue=row["queue"],
            respondent=self._respondent(tenant_id, row),
            name=row["name"],
            page=row["page"],
            secrets=self._vault.open_secrets(tenant_id, row["id"], row["secret"], row["old_secret"]),
        )

    async def used(self, source: LiveSource) -> None:
        """Note that something came from it."""
        async with self._database.tenant(source.tenant_id) as conn:
            await conn.execute(USED, source.tenant_id, source.id)

    async def rotate(
        self, tenant_id: str, source_id: str, secret: str | None, overlap_for: timedelta, conn: Connection | None = None
    ) -> str | None:
        """A new secret (made when none is given); the old one is good for so long too. None when there is no such source."""
        secret = secret or signing_secret()
        sealed = self._vault.seal_secret(tenant_id, source_id, secret.encode())
        async with self._database.deed(tenant_id, conn) as deed:
            done = await deed.execute(ROTATE, tenant_id, source_id, sealed, overlap_for)
        return secret if done != "UPDATE 0" else None

    async def change(self, tenant_id: str, source_id: str, said: Mapping[str, Any], conn: Connection | None = None) -> bool:
        """Change what is named (``name``, ``kind``, ``queue``, ``respondent``, ``page``) and nothing else; False when there is
        no such source."""
        respondent = said.get("respondent")
        party = self._vault.seal_secret(tenant_id, _party(source_id), to_json(respondent)) if respondent is not None else None
        words = (said.get("name") or "", said.get("kind"), said.get("queue"))
        async with self._database.deed(tenant_id, conn) as deed:
            return (
                await deed.execute(CHANGE, tenant_id, source_id, list(said), *words, party, bool(said.get("page"))) != "UPDATE 0"
            )

    async def switch(self, tenant_id: str, source_id: str, *, active: bool, conn: Connection | None = None) -> bool:
        """Take reports from it, or none; False when there is no such source."""
        async with self._database.deed(tenant_id, conn) as deed:
            return await deed.execute(SWITCH, tenant_id, source_id, active) != "UPDATE 0"

    async def delete(self, tenant_id: str, source_id: str, conn: Connection | None = None) -> bool:
        """End it for good, with its secrets; False when there is no such source."""
        async with self._database.deed(tenant_id, conn) as deed:
            return await deed.execute(DELETE, tenant_id, source_id) != "UPDATE 0"

    def _shown(self, tenant_id: str, row: asyncpg.Record) -> Source:
        known: dict[str, Any] = dict(row)
        return Source(**{**known, "respondent": self._respondent(tenant_id, row)})

    def _respondent(self, tenant_id: str, row: asyncpg.Record) -> ReportedParty | None:
        if row["respondent"] is None:
            return None
        kept = from_json(self._vault.open_secret(tenant_id, _party(row["id"]), row["respondent"]))
        return ReportedParty.model_validate(kept | {"email": email_or_none(kept.get("email"))})


def _party(source_id: str) -> str:
    """Where a source's default party is sealed."""
    return secret_place("source_parties", source_id)
