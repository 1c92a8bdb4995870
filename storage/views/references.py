"""What a platform told us of its cases for itself, opened: its ids, the matter, its notes, and its own ids of the parties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import asyncpg
from pydantic_core import from_json, to_json

from domain.views.references import PartyReference, References, number_sealed, own_id
from storage.postgres.pool import Connection
from storage.postgres.vault import UNREADABLE, Damaged, DataKey, Unwrapped, Vault, open_contact

TOLD = """
SELECT c.id, c.source, c.external_id, c.report_content, c.state -> 'subject' ->> 'content_id' AS subject, c.metadata,
    k.id AS key_id, k.holder, k.wrapped,
    CASE WHEN c.state IS NOT NULL THEN
        ARRAY(SELECT p ->> 'id' FROM jsonb_array_elements(coalesce(c.state -> 'parties', '[]')) AS p)
    END AS within
FROM cases c LEFT JOIN keys k ON k.tenant = c.tenant AND k.id = c.metadata_key
WHERE c.tenant = $1 AND c.id = ANY($2)
"""
PEOPLE = """
SELECT p.case_id, p.id, p.side, p.role, p.contact, k.id AS key_id, k.holder, k.wrapped
FROM parties p JOIN keys k ON k.tenant = p.tenant AND k.id = p.key_id
WHERE p.tenant = $1 AND p.case_id = ANY($2)
ORDER BY p.case_id, p.id
"""
_PLACE = "metadata"


async def references(conn: Connection, vault: Vault, tenant_id: str, case_ids: Sequence[str]) -> Mapping[str, References]:
    """The references of some cases, by case; names and addresses among them."""
    if not case_ids:
        return {}
    rows = await conn.fetch(TOLD, tenant_id, case_ids)
    wanted = [content for row in rows for content in (row["report_content"], row["subject"]) if content]
    lost = set[str]()
    keys = Unwrapped(vault, tenant_id)
    texts = await vault.reveal_bytes(conn, tenant_id, wanted, lost, keys) if wanted else {}
    people: dict[str, list[PartyReference]] = {}
    within = {row["id"]: row["within"] for row in rows}
    for row in await conn.fetch(PEOPLE, tenant_id, case_ids):
        # Whoever was to be added is no party before the case says so, and never one where it refused. A report that waits to be
        # judged has the people that it came with.
        if within.get(row["case_id"]) is not None and row["id"] not in within[row["case_id"]]:
            continue
        people.setdefault(row["case_id"], []).append(_party(keys, row))
    found = {}
    for row in rows:
        about, subject = texts.get(row["report_content"]), texts.get(row["subject"])
        noted = _metadata(keys, row)
        unread = {"matter": row["report_content"] in lost, "subject": row["subject"] in lost, "metadata": noted is None}
        found[row["id"]] = References(
            source=row["source"],
            external_id=_number(row, about),
            matter=from_json(about).get("matter") if about else None,
            subject=subject.decode() if subject else None,
            metadata=noted or {},
            parties=tuple(people.get(row["id"], ())),
            unreadable=tuple(name for name, yes in unread.items() if yes),
        )
    return found


def _number(row: asyncpg.Record, about: bytes | None) -> str | None:
    """By what the platform, or the payment provider, knows the report."""
    if not number_sealed(row["source"], row["external_id"]):
        return own_id(row["source"], row["external_id"])
    return from_json(about).get("external_id") if about else None


def _metadata(keys: Unwrapped, row: asyncpg.Record) -> dict[str, str] | None:
    """None: it does not open."""
    try:
        return _opened(keys, row["id"], row)
    except Damaged:
        return None


def _party(keys: Unwrapped, row: asyncpg.Record) -> PartyReference:
    who = {"id": row["id"], "side": row["side"], "role": row["role"]}
    if row["wrapped"] is None:
        return PartyReference(**who)
    try:
        key = keys.key(row["case_id"], row["holder"], row["key_id"], row["wrapped"])
        contact = from_json(open_contact(key, row["id"], row["contact"]))
    except Damaged:
        return PartyReference(**who, name=UNREADABLE, unreadable=True)
    # Of somebody who was erased before they came with a merge, the id is empty.
    return PartyReference(**who, ref=contact["ref"] or None, name=contact["name"], email=contact["email"])


def seal_metadata(key: DataKey, metadata: Mapping[str, str]) -> bytes:
    """What the platform notes for itself, as it lies in the case's row."""
    return key.seal(_PLACE, to_json(dict(metadata)))


def open_metadata(vault: Vault, tenant_id: str, case_id: str, row: asyncpg.Record) -> dict[str, str]:
    """What :func:`seal_metadata` put away, from a row with its key; empty when there is none, or it was erased."""
    return _opened(Unwrapped(vault, tenant_id), case_id, row)


def _opened(keys: Unwrapped, case_id: str, row: asyncpg.Record) -> dict[str, str]:
    if row["metadata"] is None or row["wrapped"] is None:
        return {}
    key = keys.key(case_id, row["holder"], row["key_id"], row["wrapped"])
    noted: dict[str, str] = from_json(key.open(_PLACE, row["metadata"]))
    return noted
