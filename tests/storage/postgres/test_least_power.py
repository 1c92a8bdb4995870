"""What somebody who has read the application's password tries, and Postgres refuses; and what the administrator cannot do."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from storage.access import keys
from storage.access.trail import note
from storage.outside.endpoints import PostgresEndpoints
from storage.postgres.pool import AdministrationUnavailable, Database
from storage.postgres.vault import Vault
from storage.record.audit import PostgresAudit
from tests.support.database import Server
from tests.support.worlds import World

pytestmark = pytest.mark.postgres


AT = "to_char(n.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
"""An instant as it is kept; ``n.at`` never falls on a whole second here."""


def a_note(deed: str = "endpoint_disabled", by: str = "system", about: str = "whk_off", said: str = "", **columns: str) -> str:
    """The statement that adds an entry, right in all that is not named; ``said`` is what its content says otherwise."""
    now = "date_trunc('second', clock_timestamp()) - interval '1 microsecond'"
    text = (
        f"""'{{"about":"{about}","at":"' || {AT} || '","by":"{by}","credential":"system","deed":"{deed}",'"""
        """ || '"more":{"because":"silent"},"seq":' || n.seq || '}'"""
    )
    right = f"encode(sha256(convert_to(E'\\n' || {text}, 'UTF8')), 'hex')"
    said = said or "'{}'"
    columns = {"seq": "1", "hash": right, "prev_hash": "''", "at": now, **columns}
    return (
        "INSERT INTO trail (tenant, seq, at, deed, about, actor_id, credential, body, hash, prev_hash)"
        f" SELECT $1, n.seq, n.at, '{deed}', '{about}', '{by}', 'system', ({text})::jsonb || {said}, {columns['hash']},"
        f" {columns['prev_hash']} FROM (SELECT {columns['seq']}::bigint AS seq, {columns['at']} AS at) AS n"
    )


WRONG_ENTRIES = {
    "take the highest number": a_note(seq="9223372036854775807"),
    "leave a gap": a_note(seq="2"),
    "begin before the first": a_note(seq="0"),
    "follow an entry that is not the last": a_note(prev_hash="repeat('1', 64)"),
    "chain with what is no hash": a_note(hash="'x'"),
    "note what is still to come": a_note(at="clock_timestamp() + interval '1 day'"),
    "note what was long ago": a_note(at="clock_timestamp() - interval '1 day'"),
    "say in the columns what the content does not say": a_note(said='\'{"about": "whk_2"}\''),
    "number the content otherwise": a_note(said="'{\"seq\": 7}'"),
    "number the content in words": a_note(said='\'{"seq": "1"}\''),
    "leave the content unreadable": a_note(said="'{\"more\": 1}'"),
    "say when as a word": a_note(said='\'{"at": "now"}\'', at="now()"),
    "spell the instant otherwise": a_note(said="jsonb_build_object('at', n.at)"),
    "say more than an entry says": a_note(said='\'{"words": "Ask Eva."}\''),
    "say it at great length": a_note(said="jsonb_build_object('more', jsonb_build_object('because', repeat('x', 65536)))"),
}
"""Entries that no role may add: the database itself looks at each."""
ATTEMPTS = {
    "mint a key": "INSERT INTO api_keys (tenant, id, hash, scopes) VALUES ($1, 'key_1', 'known', '{*}')",
    "replace a key's secret": "UPDATE api_keys SET hash = 'known' WHERE tenant = $1",
    "widen a key": "UPDATE api_keys SET scopes = '{admin}' WHERE tenant = $1",
    "give a key to somebody": "UPDATE api_keys SET person_id = 'per_mia' WHERE tenant = $1",
    "revive a key": "UPDATE api_keys SET active = true WHERE tenant = $1",
    "sign somebody in": (
        "INSERT INTO sessions (tenant, id, hash, person_id, way, idle_for, expires_at)"
        " VALUES ($1, 'ses_1', 'known', 'per_mia', 'oidc', '1 day', now() + '1 day'::interval)"
    ),
    "know a session's secret": "UPDATE sessions SET hash = 'known' WHERE tenant = $1",
    "give a session to somebody": "UPDATE sessions SET person_id = 'per_mia' WHERE tenant = $1",
    "let a session live longer": "UPDATE sessions SET expires_at = now() + '1 year'::interval WHERE tenant = $1",
    "say whom a provider means": (
        "INSERT INTO sign_ins (tenant, issuer, subject, person_id) VALUES ($1, 'https://x.example', 'x', 'per_mia')"
    ),
    "give oneself a role": "UPDATE people SET roles = '{ops}' WHERE tenant = $1",
    "change a team": "UPDATE people SET team = 'other' WHERE tenant = $1",
    "forget conflicts of interest": "UPDATE people SET conflicts = '{}' WHERE tenant = $1",
    "take somebody on": "INSERT INTO people (tenant, id, name, roles) VALUES ($1, 'per_x', 'X', '{ops}')",
    "take somebody back": "UPDATE people SET active = true WHERE tenant = $1",
    "add an endpoint": (
        "INSERT INTO webhook_endpoints (tenant, id, purpose, url, secret) VALUES ($1, 'whk_1', 'events', 'https://x.example', '')"
    ),
    "redirect an endpoint": "UPDATE webhook_endpoints SET url = 'https://x.example' WHERE tenant = $1",
    "sign as an endpoint": "UPDATE webhook_endpoints SET secret = 'known' WHERE tenant = $1",
    "bring an endpoint back": "UPDATE webhook_endpoints SET deleted_at = NULL WHERE tenant = $1",
    "add a source": (
        "INSERT INTO intake_sources (tenant, id, provider, secret, created_by) VALUES ($1, 'src_1', 'webhook', 'known', 'x')"
    ),
    "know a source's secret": "UPDATE intake_sources SET secret = 'known' WHERE tenant = $1",
    "change a default party": "UPDATE tenants SET settings = '{}' WHERE id = $1",
    "make it a development tenant": "UPDATE tenants SET development = true WHERE id = $1",
    "add a tenant": "INSERT INTO tenants (id, name) VALUES ($1 || '-x', 'X')",
    "register a signing key": (
        "INSERT INTO signing_keys (tenant, id, person_id, public_key)"
        " VALUES ($1, 'sig_1', 'per_mia', decode(repeat('01', 32), 'hex'))"
    ),
    "revive a signing key": "UPDATE signing_keys SET revoked_at = NULL WHERE tenant = $1",
    "propose a pack": (
        "INSERT INTO pack_versions (tenant, id, kind, version, body, reason, proposed_by)"
        " VALUES ($1, 'pkv_1', 'k', 'v', 'b', 'r', 'per_mia')"
    ),
    "approve a pack": "UPDATE pack_versions SET approved_by = 'per_ola', approved_at = now() WHERE tenant = $1",
    "change a pack in force": "UPDATE pack_versions SET body = 'other' WHERE tenant = $1",
    "change whom a pack tells": "UPDATE packs SET notices = '{}' WHERE version = $1 || '-kept'",
    "change what a pack says": "UPDATE packs SET body = '{\"kind\": \"other\"}' WHERE version = $1 || '-kept'",
    "change what a calendar says": "UPDATE calendars SET body = '{}' WHERE ref = $1",
    "rename calendars": (
        "INSERT INTO calendar_versions (name, ref, holiday_data, from_year, to_year) VALUES ($1, 'cal_1', '', 1, 2)"
    ),
    "replace a data key": "UPDATE keys SET wrapped = 'known' WHERE tenant = $1",
    "destroy a data key": "UPDATE keys SET wrapped = NULL, destroyed_at = now() WHERE tenant = $1",
    "hand a data key to another": "UPDATE keys SET holder = 'staff' WHERE tenant = $1",
    "delete a data key": "DELETE FROM keys WHERE tenant = $1",
    "add a destroyed data key": (
        "INSERT INTO keys (tenant, id, case_id, holder, destroyed_at) VALUES ($1, 'dek_1', 'case_1', 'staff', now())"
    ),
    "note a deed in somebody's name": a_note(by="per_ola"),
    "note another deed": a_note(deed="key_created"),
    "note one thing and show another": a_note(said='\'{"deed": "key_created", "by": "per_ola"}\''),
    "note of an endpoint that works": a_note(about="whk_on"),
    "note of what is no endpoint": a_note(about="per_mia"),
    "note of what nobody disabled": a_note(about="whk_quiet"),
    "note words": a_note(said='\'{"more": {"because": "silent", "words": "Ask Eva."}}\''),
    "note another reason": a_note(said='\'{"more": {"because": "given_up"}}\''),
    "note with a hash that is none of it": a_note(hash="repeat('0', 64)"),
    "note what was before it was disabled": a_note(at="clock_timestamp() - interval '59 minutes'"),
    **WRONG_ENTRIES,
    "write a letter": (
        "INSERT INTO team_letters (tenant, id, event, recipient, address, data)"
        " VALUES ($1, 'ltr_1', 'login_code_made', 'per_mia', 'x@x.example', '{}')"
    ),
    "send a letter elsewhere": "UPDATE team_letters SET address = 'x@x.example' WHERE tenant = $1",
    "put another code into a letter": "UPDATE team_letters SET sealed = 'known' WHERE tenant = $1",
    "make a letter vanish": "DELETE FROM team_letters WHERE tenant = $1",
    "rewrite the trail": "UPDATE trail SET actor_id = 'system' WHERE tenant = $1",
    "cut the trail": "DELETE FROM trail WHERE tenant = $1",
}
"""By what is tried: the statement, with the tenant as its only argument."""
AROUND = (
    "SET ROLE ombud_admin",
    "SET ROLE ombud_owner",
    "SET SESSION AUTHORIZATION ombud_admin",
    "GRANT ombud_admin TO ombud_app",
    "ALTER TABLE api_keys DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE packs DISABLE TRIGGER packs_are_filled_in_once",
    "SET session_replication_role = replica",
    "DROP POLICY app_changes_active ON webhook_endpoints",
    "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
    "CREATE OR REPLACE FUNCTION refuse_while_held(text, text, text) RETURNS void LANGUAGE sql AS ''",
)


@pytest.mark.parametrize("tried", ATTEMPTS)
async def test_the_applications_role_cannot(world: World, endpoints: None, tried: str) -> None:
    statement = ATTEMPTS[tried]
    async with world.database.tenant(world.tenant_id) as conn:
        pack = f"{world.tenant_id}-kept"
        await conn.execute("INSERT INTO packs (version, name, body, notices) VALUES ($1, 'p', '{\"kind\": \"p\"}', '[]')", pack)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute(statement, world.tenant_id)


async def test_an_endpoint_is_disabled_for_a_reason_that_can_be_read(world: World, endpoints: None) -> None:
    """One word more, and nobody could list the tenant's endpoints."""
    async with world.database.tenant(world.tenant_id) as conn:
        with pytest.raises(asyncpg.CheckViolationError):
            await conn.execute(
                "UPDATE webhook_endpoints SET active = false, disabled_because = 'x' WHERE tenant = $1", world.tenant_id
            )


@pytest.fixture
async def endpoints(world: World) -> None:
    """One that works, one that is disabled, and one that is switched off without a word of when and why."""
    async with world.database.deed(world.tenant_id) as conn:
        for name in ("whk_on", "whk_off", "whk_quiet"):
            await conn.execute(
                "INSERT INTO webhook_endpoints (tenant, id, purpose, url, secret, active, disabled_at, disabled_because)"
                " VALUES ($1, $2, 'events', 'https://x.example', '', $2 = 'whk_on',"
                " CASE $2 WHEN 'whk_off' THEN clock_timestamp() - interval '10 seconds' END,"
                " CASE $2 WHEN 'whk_off' THEN 'silent' END)",
                world.tenant_id,
                name,
            )


@pytest.mark.parametrize("tried", WRONG_ENTRIES)
async def test_no_role_adds_to_the_trail_but_behind_its_end(server: Server, world: World, endpoints: None, tried: str) -> None:
    for dsn in (server.app_dsn, server.admin_dsn, server.owner_dsn):
        conn = await asyncpg.connect(dsn)
        try:
            await conn.fetchval("SELECT set_config('ombud.tenant', $1, false)", world.tenant_id)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(WRONG_ENTRIES[tried], world.tenant_id)
        finally:
            await conn.close()


async def test_no_temporary_table_stands_in_for_the_trail(server: Server, world: World, endpoints: None) -> None:
    conn = await asyncpg.connect(server.app_dsn)
    try:
        await conn.fetchval("SELECT set_config('ombud.tenant', $1, false)", world.tenant_id)
        await conn.execute("CREATE TEMPORARY TABLE trail (tenant text, seq bigint, hash text)")
        await conn.execute("INSERT INTO trail VALUES ($1, 9223372036854775806, '')", world.tenant_id)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute(a_note(seq="9223372036854775807").replace("INTO trail", "INTO public.trail"), world.tenant_id)
    finally:
        await conn.close()


async def test_after_what_the_application_may_note_administration_goes_on(world: World, endpoints: None) -> None:
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute(a_note(), world.tenant_id)
    async with world.database.deed(world.tenant_id) as conn:
        said = {"deed": "key_revoked", "about": "key_1", "by": "per_ola", "credential": "key_9"}
        assert await note(conn, world.tenant_id, **said, more={}) == 2


async def test_the_application_notes_once_that_an_endpoint_is_disabled(world: World, endpoints: None) -> None:
    """As often as it is: an administrator enables it in between."""
    said = {"deed": "endpoint_disabled", "about": "whk_off", "by": "system", "credential": "system"}

    async def noted() -> int:
        async with world.database.tenant(world.tenant_id) as conn, conn.transaction():
            return await note(conn, world.tenant_id, **said, more={"because": "silent"})

    assert await noted() == 1
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="once"):
        await noted()
    kept = PostgresEndpoints(world.database, world.vault)
    assert await kept.enable(world.tenant_id, "whk_off")
    async with world.database.tenant(world.tenant_id) as conn:
        disable = "UPDATE webhook_endpoints SET active = false, disabled_because = 'silent', disabled_at = clock_timestamp()"
        await conn.execute(f"{disable} WHERE tenant = $1 AND id = 'whk_off'", world.tenant_id)
    assert await noted() == 2
    assert (await PostgresAudit(world.database, world.vault).verify(world.tenant_id)).intact


async def test_two_notes_of_one_disabling_at_once_are_one(world: World, endpoints: None) -> None:
    """The second was on its way before the first was on disk, and knew what would stand there."""
    async with world.database.tenant(world.tenant_id) as first, world.database.tenant(world.tenant_id) as second:
        async with first.transaction():
            await first.execute(a_note(), world.tenant_id)
            prev = f"'{await first.fetchval('SELECT hash FROM trail WHERE tenant = $1', world.tenant_id)}'"
            waits = asyncio.create_task(second.execute(a_note(seq="2", prev_hash=prev), world.tenant_id))
            await asyncio.sleep(0.2)
            assert not waits.done()
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="once"):
            await waits


@pytest.mark.parametrize("statement", AROUND)
async def test_nor_find_a_way_around(server: Server, migrated: None, statement: str) -> None:
    for dsn in (server.app_dsn, server.admin_dsn):
        if dsn == server.admin_dsn and statement.startswith("SET") and statement.endswith("ombud_admin"):
            continue  # what it is already
        conn = await asyncpg.connect(dsn)
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(statement)
        finally:
            await conn.close()


async def test_an_endpoint_that_was_disabled_is_not_enabled_by_the_application(world: World) -> None:
    endpoints = PostgresEndpoints(world.database, world.vault)
    made = await endpoints.create(world.tenant_id, "https://hooks.example/in")
    enable = "UPDATE webhook_endpoints SET active = {} WHERE tenant = $1 AND id = $2"
    async with world.database.tenant(world.tenant_id) as conn:
        assert await conn.execute(enable.format("false"), world.tenant_id, made.id) == "UPDATE 1"
        assert await conn.execute(enable.format("true"), world.tenant_id, made.id) == "UPDATE 0"
    assert await endpoints.enable(world.tenant_id, made.id)


async def test_the_same_deeds_are_the_administrators(world: World) -> None:
    case_id = await world.case()
    await world.staff()
    async with world.database.tenant(world.tenant_id) as conn:
        box = await world.vault.sealer(conn, world.tenant_id, case_id, "staff")
    async with world.database.deed(world.tenant_id) as conn:
        _, secret = await keys.create(conn, world.tenant_id, name="x", scopes=("cases:read",))
        assert await conn.execute("UPDATE people SET roles = '{lead}' WHERE id = 'per_mia'") == "UPDATE 1"
        assert await world.vault.erase(conn, world.tenant_id, case_id, "staff")
    assert await world.tenants.find_key(secret) is not None
    async with world.database.tenant(world.tenant_id) as conn:
        assert (await world.vault.key(conn, world.tenant_id, case_id, "staff")).id != box.key.id


@pytest.mark.parametrize("table", ["cases", "contents", "parties", "facts", "commands", "reads", "files"])
async def test_the_administrator_reads_no_case(world: World, table: str) -> None:
    # Of a party, whose address a lead mends: that it is there, and where letters go, sealed. Nothing of who it is.
    column = "ref_digest" if table == "parties" else "1"
    async with world.database.deed(world.tenant_id) as conn:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute(f"SELECT {column} FROM {table}")


async def test_the_administrator_is_bound_to_the_tenant_too(world: World, vault: Vault) -> None:
    other = World(world.database, vault, f"{world.tenant_id}-x")
    async with world.database.deed(other.tenant_id) as conn:
        await conn.execute("INSERT INTO tenants (id, name) VALUES ($1, 'Other')", other.tenant_id)
    await other.staff()
    async with world.database.deed(world.tenant_id) as conn:
        assert await conn.execute("UPDATE people SET roles = '{ops}' WHERE tenant = $1", other.tenant_id) == "UPDATE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await keys.create(conn, other.tenant_id, name="x", scopes=())


class TestDeed:
    async def test_without_the_role_it_is_refused_with_what_to_set(self, server: Server) -> None:
        async with await Database.connect(server.app_dsn) as database:
            with pytest.raises(AdministrationUnavailable, match="OMBUD_DATABASE_ADMIN_URL"):
                async with database.deed("acme"):
                    raise AssertionError("nobody gets here")

    async def test_a_role_that_is_not_let_in_is_told_without_its_password(self, server: Server) -> None:
        wrong = server.admin_dsn.replace("ombud_admin:", "ombud_admin:not-")
        async with await Database.connect(server.app_dsn, admin_dsn=wrong) as database:
            with pytest.raises(AdministrationUnavailable, match="ombud_admin") as told:
                async with database.deed("acme"):
                    raise AssertionError("nobody gets here")
            assert "not-" not in str(told.value)
            async with database.tenant("acme") as conn:
                assert await conn.fetchval("SELECT current_user") == "ombud_app"

    async def test_the_pool_is_opened_with_the_first_deed(self, server: Server) -> None:
        there = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ombud_admin' AND datname = current_database()"
        async with await Database.connect(server.app_dsn, admin_dsn=server.admin_dsn) as database:
            owner = await asyncpg.connect(server.owner_dsn)
            try:
                before = await owner.fetchval(there)
                async with database.tenant("acme"):
                    assert await owner.fetchval(there) == before
                async with database.deed("acme") as conn:
                    assert await conn.fetchval("SELECT current_user") == "ombud_admin"
                    assert await owner.fetchval(there) == before + 1
            finally:
                await owner.close()
