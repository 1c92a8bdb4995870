"""Who read what, held against what was signed of it: no fact refers to a read, so a chain of their own shows one that is gone.

A head covers the reads up to an instant, and the head before it those before: one that was changed, deleted or put in shows in
the span of time of its head.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import asyncpg

from storage.postgres.pool import Connection
from storage.record.heads import SignedHead

READS = """
SELECT id, case_id, at, who, role, credential, what, why, access_id FROM reads
WHERE tenant = $1 AND at > $2 AND at <= $3 ORDER BY at, id
"""
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class _Span:
    """The reads since a head, as they are counted and hashed."""

    def __init__(self, after: SignedHead | None) -> None:
        self.count = after.seq if after is not None else 0
        self._hash = hashlib.sha256((after.head if after is not None else "").encode())

    def take(self, row: asyncpg.Record) -> None:
        """The next one."""
        self.count += 1
        self._hash.update(json.dumps([str(value) for value in row.values()]).encode() + b"\n")

    @property
    def said(self) -> tuple[int, str]:
        """How many there are from the first one on, and the hash that covers them all."""
        return self.count, self._hash.hexdigest()


async def read_until(conn: Connection, tenant: str, after: SignedHead | None, until: datetime) -> tuple[int, str]:
    """How many reads there are up to an instant, and the hash that covers them, from the last signed head on."""
    span = _Span(after)
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        async for row in conn.cursor(READS, tenant, _until(after), until):
            span.take(row)
    return span.said


async def differing(
    conn: Connection, tenant: str, signed: Sequence[SignedHead], since: datetime | None = None
) -> list[SignedHead]:
    """The heads in whose span of time other reads are there than were signed; of ``since`` on alone, where it is named."""
    wanted = [n for n, head in enumerate(signed) if since is None or _until(head) > since]
    if not wanted:
        return []
    before, ahead = (signed[wanted[0] - 1] if wanted[0] else None), [signed[n] for n in wanted]
    span, found = _Span(before), list[SignedHead]()

    def ends(at: datetime | None) -> None:
        """Compare what ended before a read, or all that is left."""
        nonlocal span
        while ahead and (at is None or at > _until(ahead[0])):
            head = ahead.pop(0)
            found.extend([head] if span.said != (head.seq, head.head) else [])
            span = _Span(head)

    async with conn.transaction(isolation="repeatable_read", readonly=True):
        async for row in conn.cursor(READS, tenant, _until(before), _until(ahead[-1])):
            ends(row["at"])
            span.take(row)
    ends(None)
    return found


def _until(head: SignedHead | None) -> datetime:
    return datetime.fromisoformat(head.until) if head is not None else _BEGINNING
