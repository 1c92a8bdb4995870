"""The mutation audit: in every table one row is altered in every column, and one is deleted; verifying fails, or the column
stands on a reviewed list of what is no part of the record. The catalogue names the columns: a new one is met at once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml

from adapters.evidence.stores import ObjectEvidenceStore
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.archive import Archive
from storage.record.audit import PostgresAudit, Verdict
from storage.record.erasures import PostgresErasures, ToErase
from storage.record.heads import Signer
from storage.record.retention import CREDENTIAL
from storage.record.signing import Signing
from storage.tenants import PostgresTenants
from tests.support.database import Server
from tests.support.owners import owner_of
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres
LIST = yaml.safe_load(Path(__file__).with_name("not_of_the_record.yaml").read_text())
COLUMNS = """
SELECT c.relname AS "table", a.attname AS "column", format_type(a.atttypid, NULL) AS type, a.attidentity <> '' AS made
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""
ALTERED = {
    "text": "coalesce({0}, '') || 'x'", "bigint": "coalesce({0}, 0) + 1", "integer": "coalesce({0}, 0) + 1",
    "smallint": "coalesce({0}, 0) + 1", "boolean": "NOT coalesce({0}, false)",
    "timestamp with time zone": "coalesce({0}, now()) + interval '1 day'", "bytea": "coalesce({0}, '') || '\\x01'::bytea",
    "jsonb": "CASE WHEN jsonb_typeof({0}) = 'object' THEN {0} || '{{\"y\": 1}}' ELSE '[\"y\"]' END",
    "text[]": "array_append({0}, 'x')", "date": "coalesce({0}, now()::date) + 1",
}  # fmt: skip
"""How a value of a type becomes another one."""


@dataclass(frozen=True)
class Column:
    table: str
    name: str
    type: str
    made: bool

    @property
    def reason(self) -> str | None:
        """Why it is no part of the record."""
        listed = LIST.get(self.table, {})
        return listed if isinstance(listed, str) else listed.get(self.name)


@dataclass
class House:
    """A made-up tenant whose heads were signed."""

    audit: PostgresAudit
    heads: Path
    server: Server
    tenant: str = "harbor"

    async def found(self, table: str, row: asyncpg.Record) -> bool:
        """Whether verifying whatever a row belongs to finds something."""
        if table == "reads":
            verdict = Verdict()
            await self.audit.verify_reads(self.tenant, self.audit.heads(self.heads), verdict)
            return bool(verdict.flaws)
        if table in OF_THE_TENANT:
            verdict = Verdict()
            await self.audit.verify_trail(self.tenant, self.audit.heads(self.heads), verdict)
            return bool(verdict.flaws)
        case_id = row["id"] if table == "cases" else row["case_id"]
        verdict = await self.audit.verify_case(self.tenant, case_id, self.heads)
        return bool(verdict.flaws) or not verdict.cases


@pytest.fixture
async def house(database: Database, server: Server, tmp_path: Path) -> House:
    shell = Shell(server, tmp_path / "state")
    await shell.json("seed")
    vault = Vault.from_text(shell.env["OMBUD_MASTER_KEY"])
    later, by = datetime(2100, 1, 1, tzinfo=UTC), ("system", "operator")
    await PostgresTenants(database, vault).create_key("harbor", scopes=("admin",), person_id="per_ines", expires_at=later, by=by)
    async with as_application(server, "harbor") as app:
        await app.execute(
            "INSERT INTO reads (tenant, case_id, who, role, credential, what, why) "
            "SELECT tenant, id, 'per_ines', 'ops', 'key_1', 'case', 'ops' FROM cases WHERE seq > 0 LIMIT 3"
        )
    await erased(database, server)
    store = ObjectEvidenceStore.of(None, tmp_path / "state" / "evidence")
    await archived(database, server, Archive(database, vault, store))
    heads = tmp_path / "heads.jsonl"
    audit = PostgresAudit(database, vault, store=store)
    told = await Signing(audit, Signer.of(vault), settled_for=timedelta(0)).sign(heads, "harbor")
    assert told.flaws == []
    return House(audit, heads, server)


async def erased(database: Database, server: Server) -> None:
    """One closed case is past its time: its keys are destroyed, and the trail says so."""
    async with owner_of(server, "harbor") as owner:
        case_id = await owner.fetchval("SELECT id FROM cases WHERE tenant = 'harbor' AND status = 'closed' ORDER BY id LIMIT 1")
    kept = PostgresErasures(database)
    async with database.deed("harbor") as conn:
        made = await kept.ask(conn, "harbor", ToErase(case_id, None, "retention", needs_second=False), "system", CREDENTIAL)
        assert made is not None
        assert await kept.carry_out(conn, "harbor", made, "system", CREDENTIAL)


async def archived(database: Database, server: Server, archive: Archive) -> None:
    """One closed case lies in the archive."""
    async with owner_of(server, "harbor") as owner:
        closed = await owner.fetch("SELECT id FROM cases WHERE tenant = 'harbor' AND status = 'closed' ORDER BY id DESC")
        await owner.execute(
            "UPDATE notices SET state = 'sent' WHERE tenant = 'harbor' AND case_id = $1 AND state IN ('pending', 'failed')",
            closed[0]["id"],
        )
    bar, _ = await archive.put_away("harbor", closed[0]["id"])
    assert bar is None, bar


@asynccontextmanager
async def as_application(server: Server, tenant: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    conn = await asyncpg.connect(server.app_dsn)
    await conn.fetchval("SELECT set_config('ombud.tenant', $1, false)", tenant)
    try:
        yield conn
    finally:
        await conn.close()


async def columns_of(server: Server) -> list[Column]:
    conn = await asyncpg.connect(server.owner_dsn)
    try:
        return [Column(row["table"], row["column"], row["type"], row["made"]) for row in await conn.fetch(COLUMNS)]
    finally:
        await conn.close()


async def test_what_is_no_part_of_the_record_is_listed_with_its_reason(server: Server) -> None:
    known = await columns_of(server)
    tables = {column.table: {c.name for c in known if c.table == column.table} for column in known}
    assert LIST.keys() <= tables.keys(), "a table of the list is gone"
    for table, listed in LIST.items():
        reasons = [listed] if isinstance(listed, str) else listed.values()
        assert all(len(reason) > 10 for reason in reasons), f"{table}: say why"
        if not isinstance(listed, str):
            assert listed.keys() <= tables[table], f"{table}: a column of the list is gone"


async def test_every_alteration_and_deletion_is_found_out(house: House) -> None:
    known = await columns_of(house.server)
    of_record = [c for c in known if not isinstance(LIST.get(c.table), str) and c.table not in WITHOUT_ROWS]
    # What the database's own constraints refuse is found out by them: nobody sees such a row.
    unseen = []
    async with owner_of(house.server, house.tenant) as owner, as_application(house.server, house.tenant) as app:
        for column in of_record:
            if column.reason is not None or column.made:
                continue
            for conn in (owner, app):
                told = await altered(house, conn, owner, column)
                unseen += [f"{column.table}.{column.name}"] if told is False else []
        for table in {column.table for column in of_record}:
            if await deleted(house, owner, table) is False:
                unseen.append(f"{table}: a row that is gone")
    assert sorted(set(unseen)) == []


async def altered(house: House, conn: asyncpg.Connection[Any], owner: asyncpg.Connection[Any], column: Column) -> bool | None:
    """Alter one row in one column, and take it back: whether it was found out; None where the database refuses it. Where it
    refuses any word, each of those that it allows is tried."""
    name = f'"{column.name}"'
    row = await picked(house, owner, column.table, name)
    if row is None:
        return False
    usual = OF_COLUMN.get((column.table, column.name)) or ALTERED[column.type].format(name)
    told = await altered_to(house, conn, owner, column, row, usual)
    if told is not None or column.type != "text":
        return told
    allowed = [f"'{word}'" for word in await words_of(owner, column) if word != row[column.name]]
    each = [await altered_to(house, conn, owner, column, row, word) for word in allowed]
    return None if set(each) <= {None} else False not in each


async def altered_to(
    house: House, conn: asyncpg.Connection[Any], owner: asyncpg.Connection[Any], column: Column, row: asyncpg.Record, other: str
) -> bool | None:
    """The same to one value, an expression in SQL."""
    table, name = column.table, f'"{column.name}"'
    at = await owner.fetchval(f'SELECT ctid FROM "{table}" t WHERE t::text = (SELECT p::text FROM picked p) LIMIT 1')
    try:
        moved = await conn.fetchval(f'UPDATE "{table}" SET {name} = {other} WHERE ctid = $1 RETURNING ctid', at)
    except asyncpg.PostgresError:
        return None
    if moved is None:
        return None
    try:
        return await house.found(table, row)
    finally:
        await owner.execute(f'UPDATE "{table}" SET {name} = (SELECT {name} FROM picked) WHERE ctid = $1', moved)


async def words_of(owner: asyncpg.Connection[Any], column: Column) -> list[str]:
    """The words that a column's own checks name."""
    rows = await owner.fetch(
        "SELECT pg_get_constraintdef(c.oid) AS said FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid "
        "WHERE c.conrelid = to_regclass($1) AND c.contype = 'c' AND a.attname = $2 AND a.attnum = ANY(c.conkey)",
        column.table, column.name,
    )  # fmt: skip
    return sorted({word for row in rows for word in re.findall(r"'([a-z_]+)'::text", row["said"])})


async def deleted(house: House, owner: asyncpg.Connection[Any], table: str) -> bool | None:
    """Delete one row, and put it back: whether it was found out; None where the database refuses it."""
    row = await picked(house, owner, table, "1")
    if row is None:
        return False
    try:
        await owner.execute(f'DELETE FROM "{table}" WHERE ctid = $1', row["ctid"])
    except asyncpg.PostgresError:
        return None
    try:
        return await house.found(table, row)
    finally:
        await owner.execute(f'INSERT INTO "{table}" OVERRIDING SYSTEM VALUE SELECT * FROM picked')


async def picked(house: House, owner: asyncpg.Connection[Any], table: str, name: str) -> asyncpg.Record | None:
    """A row that has something in the column, where there is one; it is kept as it was. None: there is no row."""
    await owner.execute("DROP TABLE IF EXISTS pg_temp.picked")
    order = f"({name} IS NULL)" if name != "1" else "ctid"
    where = EXAMPLES.get(table, "true")
    row = await owner.fetchrow(
        f'SELECT ctid, * FROM "{table}" WHERE tenant = $1 AND {where} ORDER BY {order} LIMIT 1', house.tenant
    )
    if row is None:
        return None
    await owner.execute(f'CREATE TEMP TABLE picked AS SELECT * FROM "{table}" WHERE ctid = $1', row["ctid"])
    found: asyncpg.Record = row
    return found


OF_THE_TENANT = {"trail", "erasures", "people", "api_keys", "signing_keys"}
"""What belongs to no case: compared with the trail."""
WITHOUT_ROWS = {"sanctions", "signing_keys", "sessions", "webhook_endpoints"}
"""The made-up tenant has none; how their rows are compared is tested in ``test_surroundings`` and ``test_rights``."""
OF_COLUMN = {
    ("cases", "state"): """state || '{"owner": "per_somebody"}'""",
    ("effects", "errand"): """'{"what": "x"}'""",
    # The one after the last stands in rows of releases that had no such column.
    ("cases", "pressing"): "(pressing + 1) % 4",
}
"""How a column becomes another one whose content is read through a model, or where the usual way leads to what is let pass."""
EXAMPLES = {
    "keys": "id IN (SELECT key_id FROM contents)",
    "cases": "seq > 0",
    "commands": "status <> 'pending'",
    # What nobody refers to any more is no part of the record; what is referred to is.
    "contents": "id IN (SELECT body -> 'fact' -> 'text' ->> 'content_id' FROM facts)",
}
"""Of which rows of a table one is taken."""
