"""Who asked for an erasure, who agreed and when it was done, as the audit trail says it: compared with the rows that people are
told by.

The trail's word is the truth: the rows can be written by whoever has the database's password, the trail is signed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from storage.access.trail import Entry
from storage.postgres.pool import Connection

ROWS = """
SELECT id, scope, case_id, party_id, reason, though_open, needs_second, asked_by, asked_with, asked_at, approved_by,
    approved_with, approved_at, dropped_by, dropped_at, done_at
FROM erasures
WHERE tenant = $1
"""
UNTIL = "SELECT coalesce(max(seq), 0) FROM trail WHERE tenant = $1"
# Of a case: which keys of it the trail says were destroyed.
NAMED = "SELECT about, at, body -> 'more' AS more FROM trail WHERE tenant = $1 AND deed = 'contents_erased' AND about = ANY($2)"
BY_TIME = "retention"
"""The credential of what is erased because its time is over."""
CLOSE = timedelta(minutes=10)
"""A row is written a moment before its entry, and the entry may wait for another deed: never as long as this."""
Add = Callable[[str, int, str], None]
Row = asyncpg.Record


@dataclass(frozen=True)
class Destroyed:
    """One entry that says of a key that it was destroyed."""

    at: datetime
    erasure_id: str
    holder: str


async def destroyed_keys(conn: Connection, tenant_id: str, case_ids: Sequence[str]) -> dict[str, dict[str, list[Destroyed]]]:
    """What the trail says of the destroyed keys of these cases, by case and key."""
    found: dict[str, dict[str, list[Destroyed]]] = {}
    for row in await conn.fetch(NAMED, tenant_id, list(case_ids)):
        keys = found.setdefault(row["about"], {})
        for key_id, holder in ((row["more"] or {}).get("keys") or {}).items():
            keys.setdefault(key_id, []).append(Destroyed(row["at"], row["more"].get("erasure", ""), holder))
    return found


def check_destroyed(rows: Sequence[Row], named: Mapping[str, Sequence[Destroyed]], add: Add) -> None:
    """Hold the keys of a case against the trail, both ways: each one that is destroyed stands there, and each one there
    is destroyed, as it says."""
    for row in rows:
        which, said = f"the key {row['id']} of {row['holder']}", named.get(row["id"], ())
        gone = row["wrapped"] is None and row["destroyed_at"] is not None
        if not said:
            if row["wrapped"] is None:
                add("erased_unsaid", 0, f"{which} was destroyed, and no entry of the trail says so")
        elif not gone:
            add("erased_back", 0, f"{which} was destroyed at {said[-1].at.isoformat()}, and is there again")
        elif not any(
            (row["erasure_id"], row["holder"]) == (one.erasure_id, one.holder) and _close(row["destroyed_at"], one.at)
            for one in said
        ):
            add("erasure_differs", 0, f"{which} was destroyed otherwise than the trail says")
    for key_id in named.keys() - {row["id"] for row in rows}:
        add("erasure_differs", 0, f"the trail says that the key {key_id} was destroyed, and it has no row any more")


@dataclass(frozen=True)
class ErasureRows:
    """The rows as they stood at one moment, and the number of the newest entry then."""

    until: int
    rows: Mapping[str, Row]


async def erasure_rows(conn: Connection, tenant_id: str) -> ErasureRows:
    """What was asked to be erased by the rows, at one moment."""
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        rows = {row["id"]: row for row in await conn.fetch(ROWS, tenant_id)}
        return ErasureRows(await conn.fetchval(UNTIL, tenant_id), rows)


@dataclass
class ErasuresSaid:
    """What the entries say of each erasure, by id. Give :meth:`take` each entry, in order."""

    said: dict[str, dict[str, Any]] = field(default_factory=dict)
    seqs: dict[str, int] = field(default_factory=dict)
    """Number of the newest entry about it."""

    def take(self, entry: Entry) -> None:
        """What this entry says."""
        more = entry.more
        if entry.deed not in ("erasure_asked", "erasure_approved", "erasure_dropped", "contents_erased") or "erasure" not in more:
            return
        known = self.said.setdefault(more["erasure"], {})
        self.seqs[more["erasure"]] = entry.seq
        whose = {"by": entry.by, "with": entry.credential, "at": entry.at}
        if entry.deed == "erasure_asked":
            known |= {"case_id": entry.about, **{f"asked_{name}": value for name, value in whose.items()}}
            known |= {name: more[name] for name in ("scope", "reason", "though_open", "party_id", "needs_second") if name in more}
            known |= dict.fromkeys(("approved_by", "approved_with", "approved_at", "dropped_by", "dropped_at"))
            if "needs_second" in more:
                # Where one person is enough it is done in the same moment.
                known["done_at"] = None if more["needs_second"] else entry.at
        elif entry.deed == "erasure_approved":
            known |= {f"approved_{name}": value for name, value in whose.items()} | {"done_at": entry.at}
        elif entry.deed == "erasure_dropped":
            known |= {"dropped_by": entry.by, "dropped_at": entry.at, "done_at": None}
        else:
            of_it = ("scope", "reason", "though_open", "asked_by", "approved_by")
            told: dict[str, Any] = {name: more[name] for name in of_it if name in more}
            told |= {"done_at": entry.at, "dropped_by": None, "dropped_at": None}
            if entry.credential == BY_TIME:
                # Nobody asked, so no entry came before.
                told |= {"case_id": entry.about, "party_id": None, "needs_second": False, "asked_with": BY_TIME}
                told |= {"asked_at": entry.at, "approved_with": None, "approved_at": None}
            # Where somebody asked, their own entry came first and holds.
            for name, value in told.items():
                known.setdefault(name, value)


def compare_erasures(there: ErasureRows, told: ErasuresSaid, add: Add) -> None:
    """Note what the rows say otherwise than the entries, and what no entry speaks of (``erasure_differs``)."""
    for one, said in told.said.items():
        row = there.rows.get(one)
        if row is None:
            add("erasure_differs", told.seqs[one], f"there is no {one} any more")
            continue
        other = sorted(name for name, value in said.items() if not _same(row[name], value))
        if other:
            add("erasure_differs", told.seqs[one], f"the row of {one} says otherwise: {', '.join(other)}")
    for one in sorted(there.rows.keys() - told.said.keys()):
        add("erasure_differs", 0, f"no entry says who asked for {one}")


def _same(row: Any, said: Any) -> bool:
    if isinstance(said, datetime):
        return isinstance(row, datetime) and _close(row, said)
    return bool(row == said)


def _close(row: datetime, said: datetime) -> bool:
    return abs(row - said) <= CLOSE
