"""Planted words where they should not be: read by whoever has the database's disk, the state folder or a page, and no key."""

from __future__ import annotations

from pathlib import Path

import asyncpg

from tests.support.leaks import found_in

COLUMNS = """
SELECT c.relname AS "table", a.attname AS "column", format_type(a.atttypid, NULL) AS type
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""


async def in_columns(owner_dsn: str, tenant: str) -> dict[str, set[str]]:
    """The planted words of a tenant that whoever copies the database reads, by column."""
    found: dict[str, set[str]] = {}
    conn = await asyncpg.connect(owner_dsn)
    try:
        await conn.fetchval("SELECT set_config('ombud.tenant', $1, false)", tenant)
        for column in await conn.fetch(COLUMNS):
            table, name = column["table"], column["column"]
            text = f"encode({name}, 'escape')" if column["type"] == "bytea" else f"{name}::text"
            rows = await conn.fetch(f"SELECT {text} AS said FROM {table} WHERE {text} LIKE '%zq0%'")
            if words := set().union(*(found_in(row["said"]) for row in rows)):
                found[f"{table}.{name}"] = words
    finally:
        await conn.close()
    return found


def in_files(folder: Path) -> dict[str, set[str]]:
    """The planted words in files below a folder, by the file's path in it: whatever kind of file it is."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and (words := found_in(path.read_bytes().decode("latin-1"))):
            found[str(path.relative_to(folder))] = set(words)
    return found
