"""The master key is changed under what is written meanwhile: nothing is lost, and at the end the earlier one opens nothing."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from domain.model.provider_news import ProviderNews
from domain.model.report import ReportedParty
from storage.intake.provider_news import PostgresProviderNews
from storage.intake.sources import PostgresSources
from storage.outside.endpoints import PostgresEndpoints
from storage.postgres.idempotency import PostgresIdempotency
from storage.postgres.master_keys import PLACES, DigestKeyDiffers, MasterKeyLost, PostgresMasterKeys, Unopened
from storage.postgres.pool import Database
from storage.postgres.ring import KeyRing, VaultFault
from storage.postgres.vault import STAFF, Vault
from tests.support.database import Server
from tests.support.worlds import World

pytestmark = pytest.mark.postgres

EARLIER, LATER = bytes(range(32)), bytes(range(1, 33))
ROOT = KeyRing(EARLIER).digest_root
BEFORE = Vault(KeyRing(EARLIER, [LATER], ROOT))
BETWEEN = Vault(KeyRing(LATER, [EARLIER], ROOT))
AFTER = Vault(KeyRing(LATER, (), ROOT))
STRAY = bytes(range(2, 34))
ALL = Vault(KeyRing(EARLIER, [LATER, STRAY], ROOT))


@pytest.fixture(autouse=True)
async def unmarked(server: Server) -> None:
    """A database with which nobody has worked yet."""
    owner = await asyncpg.connect(server.owner_dsn)
    await owner.execute("DELETE FROM key_marks")
    await owner.close()


@pytest.fixture
def under_earlier(world: World) -> World:
    """A tenant whose words lie under the earlier key."""
    world.__init__(world.database, BEFORE, world.tenant_id)  # type: ignore[misc]  # the same tenant, with other keys
    return world


async def words(world: World, case_id: str, text: str, vault: Vault) -> str:
    async with world.database.tenant(world.tenant_id) as conn:
        box = await vault.sealer(conn, world.tenant_id, case_id, STAFF)
        kept = box(text)
        await vault.keep(conn, box)
    return kept.content_id


async def read(world: World, vault: Vault, content_id: str) -> str | None:
    async with world.database.tenant(world.tenant_id) as conn:
        return (await vault.reveal(conn, world.tenant_id, [content_id]))[content_id]


async def test_whoever_knows_only_keys_that_were_put_away_is_told_so_and_starts_no_more(under_earlier: World) -> None:
    """A process that nobody started anew when the key was changed would seal what nobody else can open."""
    database, only_earlier = under_earlier.database, Vault(KeyRing(EARLIER, (), ROOT))
    await PostgresMasterKeys(database, ALL).rotate()
    running = PostgresMasterKeys(database, only_earlier)
    await running.check()
    await PostgresMasterKeys(database, BETWEEN).rotate()
    await running.still_good()
    await PostgresMasterKeys(database, BETWEEN).finish()
    for ask in (running.still_good, running.check):
        with pytest.raises(MasterKeyLost, match="OMBUD_MASTER_KEY"):
            await ask()
    for known in (BETWEEN, AFTER, BEFORE):
        await PostgresMasterKeys(database, known).check()
    # Changed once more: the key between is one that was put away, and those who know the newest go on.
    newest = Vault(KeyRing(STRAY, [LATER], ROOT))
    await PostgresMasterKeys(database, newest).rotate()
    await PostgresMasterKeys(database, newest).finish()
    await PostgresMasterKeys(database, Vault(KeyRing(STRAY, (), ROOT))).check()
    for old in (only_earlier, AFTER, BEFORE):
        with pytest.raises(MasterKeyLost):
            await PostgresMasterKeys(database, old).still_good()


async def test_all_that_was_sealed_is_sealed_again_and_the_earlier_key_is_not_needed(under_earlier: World) -> None:
    world, database, tenant = under_earlier, under_earlier.database, under_earlier.tenant_id
    case_id = await world.case()
    said = await words(world, case_id, "under the earlier", BEFORE)
    endpoint = await PostgresEndpoints(database, BEFORE).create(tenant, "https://hooks.example/x")
    respondent = ReportedParty(side="respondent", ref="u-9")
    source = await PostgresSources(database, BEFORE).create(tenant, "webhook", created_by="per_dana", respondent=respondent)
    gone = await PostgresSources(database, BEFORE).create(tenant, "webhook", created_by="per_dana")
    await PostgresSources(database, BEFORE).delete(tenant, gone.id)
    closed = await PostgresEndpoints(database, BEFORE).create(tenant, "https://hooks.example/y")
    await PostgresEndpoints(database, BEFORE).delete(tenant, closed.id)
    answers = PostgresIdempotency(database, BEFORE)
    await answers.begin(tenant, "k1", "POST /v1/cases", b"{}")
    await answers.finish(tenant, "k1", 201, {"id": "case_1"})
    of_dispute = {"provider": "stripe", "dispute": "dp_1", "event": "evt_1", "at": "2026-11-30T10:00:00Z", "what": "updated"}
    await PostgresProviderNews(database, BEFORE).keep(tenant, ProviderNews.model_validate(of_dispute))
    keys = PostgresMasterKeys(database, BETWEEN)
    assert (await keys.state()).left > 0
    with pytest.raises(VaultFault):
        await read(world, AFTER, said)
    done = await keys.rotate(batch=2)
    state = await keys.finish()
    assert (state.left, done > 0, state.digest_key_given, state.alone_since is not None) == (0, True, True, True)
    assert await read(world, AFTER, said) == "under the earlier"
    live = await PostgresEndpoints(database, AFTER).live(tenant, "events")
    assert [(one.id, one.secrets) for one in live] == [(endpoint.id, (endpoint.secret,))]
    again = await PostgresIdempotency(database, AFTER).begin(tenant, "k1", "POST /v1/cases", b"{}")
    assert (again.state, again.response) == ("done", {"id": "case_1"})
    reached = await PostgresSources(database, AFTER).find(source.id, "webhook")
    assert (reached.secrets, reached.respondent) == ((source.secret,), respondent)
    (waits,) = await PostgresProviderNews(database, AFTER).waiting(tenant, "stripe", "dp_1")
    assert (waits.dispute, waits.event) == ("dp_1", "evt_1")
    with pytest.raises(VaultFault):
        await read(world, Vault(EARLIER), said)
    assert await keys.rotate() == 0


async def test_it_goes_on_where_it_was_beside_who_writes_and_however_often_it_is_ended(under_earlier: World) -> None:
    world = under_earlier
    cases = [await world.case() for _ in range(6)]
    written: dict[str, str] = {}
    stop = asyncio.Event()

    async def write(vault: Vault) -> None:
        # Processes of before and after the change write side by side, in old cases and new ones.
        while not stop.is_set():
            text = f"{vault.ring.current.id.hex()} {len(written)}"
            written[await words(world, cases[len(written) % len(cases)], text, vault)] = text
            await asyncio.sleep(0)

    writers = [asyncio.create_task(write(vault)) for vault in (BEFORE, BETWEEN)]
    keys, ended = PostgresMasterKeys(world.database, BETWEEN), 0
    for after in range(4):
        batches = 0

        def told(place: str, some: int, after: int = after) -> None:
            nonlocal batches
            batches += 1
            if batches > after:
                raise KeyboardInterrupt

        try:
            await keys.rotate(told, batch=1)
        except KeyboardInterrupt:
            ended += 1
    stop.set()
    await asyncio.gather(*writers)
    assert ended
    await keys.rotate()
    assert (await keys.finish()).left == 0
    assert {content_id: await read(world, AFTER, content_id) for content_id in written} == written


async def test_what_is_erased_meanwhile_stays_erased(under_earlier: World, server: Server) -> None:
    world = under_earlier
    case_id = await world.case()
    said = await words(world, case_id, "to be erased", BEFORE)
    admin = await asyncpg.connect(server.admin_dsn)
    await admin.execute("SELECT set_config('ombud.tenant', $1, false)", world.tenant_id)
    rows = await admin.fetch("SELECT id, wrapped FROM keys WHERE tenant = $1 AND case_id = $2", world.tenant_id, case_id)
    async with world.database.deed(world.tenant_id) as conn:
        await BEFORE.erase(conn, world.tenant_id, case_id, STAFF)
    new = [BETWEEN.ring.mark + bytes(60) for _ in rows]
    done = await admin.fetchval(
        "SELECT reseal('keys', $1, $2, $3)", [row["id"] for row in rows], [row["wrapped"] for row in rows], new
    )
    assert done == len(rows) - 1
    assert await read(world, BETWEEN, said) is None
    await admin.close()


async def test_a_held_key_is_wrapped_anew_and_still_neither_destroyed_nor_replaced(under_earlier: World, server: Server) -> None:
    world = under_earlier
    case_id = await world.case()
    said = await words(world, case_id, "held", BEFORE)
    owner = await asyncpg.connect(server.owner_dsn)
    await owner.execute("SELECT set_config('ombud.tenant', $1, false)", world.tenant_id)
    await owner.execute("UPDATE cases SET legal_hold = true WHERE tenant = $1 AND id = $2", world.tenant_id, case_id)
    await owner.close()
    await PostgresMasterKeys(world.database, BETWEEN).rotate()
    assert await read(world, AFTER, said) == "held"
    admin = await asyncpg.connect(server.admin_dsn)
    await admin.execute("SELECT set_config('ombud.tenant', $1, false)", world.tenant_id)
    await admin.execute("SELECT set_config('ombud.rewrapping', 'yes', false)")
    for value in ("NULL, destroyed_at = now()", r"'\x02'"):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await admin.execute(f"UPDATE keys SET wrapped = {value} WHERE case_id = '{case_id}'")
        assert refused.value.sqlstate == "OM451"
    await admin.close()


async def test_what_no_master_key_sealed_is_not_put_in(world: World, server: Server) -> None:
    admin = await asyncpg.connect(server.admin_dsn)
    for new in (b"\x01" + bytes(60), b"\x02"):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await admin.execute("SELECT reseal('keys', ARRAY['dek_1'], ARRAY[$1::bytea], ARRAY[$2::bytea])", bytes(60), new)
        assert refused.value.sqlstate == "OM454"
    await admin.close()
    app = await asyncpg.connect(server.app_dsn)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("SELECT reseal('keys', '{}', '{}', '{}')")
    await app.close()


async def altered(server: Server, world: World, change: str) -> None:
    owner = await asyncpg.connect(server.owner_dsn)
    await owner.execute("SELECT set_config('ombud.tenant', $1, false)", world.tenant_id)
    await owner.execute(f"{change} AND tenant = '{world.tenant_id}'")
    await owner.close()


@pytest.mark.parametrize("form", ["named", "unnamed"])
async def test_who_knows_none_of_the_keys_of_before_is_refused_before_anything_is_written(
    under_earlier: World, server: Server, form: str
) -> None:
    world, database = under_earlier, under_earlier.database
    await PostgresMasterKeys(database, ALL).rotate()
    await words(world, await world.case(), "under the earlier", BEFORE)
    await PostgresMasterKeys(database, ALL).check()
    if form == "unnamed":
        await altered(server, world, r"UPDATE keys SET wrapped = '\x01'::bytea || substr(wrapped, 10) WHERE wrapped IS NOT NULL")
    stray = PostgresMasterKeys(database, Vault(KeyRing(STRAY, (), ROOT)))
    with pytest.raises(MasterKeyLost, match="OMBUD_MASTER_KEYS_EARLIER"):
        await stray.check()
    assert (await stray.state()).since is None, "it is not noted that it was worked with"
    assert (await stray.state()).lost > 0
    await PostgresMasterKeys(database, BETWEEN).check()
    with pytest.raises(MasterKeyLost):
        await PostgresMasterKeys(database, AFTER).check()
    assert await PostgresMasterKeys(database, BETWEEN).rotate() > 0
    await PostgresMasterKeys(database, BETWEEN).finish()
    await PostgresMasterKeys(database, AFTER).check()


async def test_what_lies_under_a_key_of_a_mistake_stops_nobody_who_has_the_right_one(under_earlier: World) -> None:
    world, database = under_earlier, under_earlier.database
    await PostgresMasterKeys(database, ALL).rotate()
    await PostgresMasterKeys(database, BEFORE).check()
    mistake = Vault(KeyRing(STRAY, [EARLIER, LATER], ROOT))
    await PostgresMasterKeys(database, mistake).check()
    await words(world, await world.case(), "under the stray one", mistake)
    keys = PostgresMasterKeys(database, BEFORE)
    await keys.check()
    stray = mistake.ring.current.id.hex()
    assert (await keys.state()).under_unknown == {stray: 1}
    await PostgresMasterKeys(database, ALL).rotate()


async def test_what_does_not_open_stops_nothing_and_is_named(under_earlier: World, server: Server) -> None:
    world, database, tenant = under_earlier, under_earlier.database, under_earlier.tenant_id
    await PostgresMasterKeys(database, ALL).rotate()
    cases = [await world.case() for _ in range(3)]
    said = [await words(world, case_id, "kept", BEFORE) for case_id in cases]
    endpoint = await PostgresEndpoints(database, BEFORE).create(tenant, "https://hooks.example/z")
    await altered(server, world, f"UPDATE keys SET wrapped = wrapped || 'x' WHERE case_id = '{cases[0]}' AND holder = '{STAFF}'")
    await altered(server, world, f"UPDATE webhook_endpoints SET secret = secret || 'x' WHERE id = '{endpoint.id}'")
    met: list[Unopened] = []
    keys = PostgresMasterKeys(database, BETWEEN)
    for _ in range(2):
        met.clear()
        await keys.rotate(batch=2, met=met.append)
        found = {(row.tenant_id, row.place, row.scope, row.holder) for row in met}
        assert found == {(tenant, "keys", cases[0], STAFF), (tenant, "endpoint_secrets", None, None)}
        assert endpoint.id in {row.id for row in met}
    assert (await keys.finish()).left == 2
    assert [await read(world, AFTER, one) for one in said[1:]] == ["kept", "kept"]
    whose = f"case_id = '{cases[0]}' AND holder = '{STAFF}'"
    await altered(server, world, f"UPDATE keys SET wrapped = substr(wrapped, 1, length(wrapped) - 1) WHERE {whose}")
    whose = f"id = '{endpoint.id}'"
    await altered(server, world, f"UPDATE webhook_endpoints SET secret = substr(secret, 1, length(secret) - 1) WHERE {whose}")
    await keys.rotate()
    assert (await keys.finish()).left == 0


class TestDigests:
    async def test_another_root_is_refused_before_anything_is_written(self, database: Database) -> None:
        await PostgresMasterKeys(database, BEFORE).check()
        await PostgresMasterKeys(database, BETWEEN).check()
        with pytest.raises(DigestKeyDiffers):
            await PostgresMasterKeys(database, Vault(LATER)).check()

    async def test_a_database_of_before_goes_on_with_its_master_key_as_the_root(self, database: Database, server: Server) -> None:
        owner = await asyncpg.connect(server.owner_dsn)
        await owner.execute("INSERT INTO key_marks (what, mark) VALUES ('digests', 'of_the_master_key')")
        await owner.close()
        with pytest.raises(DigestKeyDiffers, match="first"):
            await PostgresMasterKeys(database, BEFORE).check()
        await PostgresMasterKeys(database, Vault(KeyRing(EARLIER, [LATER], EARLIER))).check()
        await PostgresMasterKeys(database, Vault(KeyRing(LATER, [EARLIER], EARLIER))).check()


async def test_every_column_that_a_master_key_seals_is_known(server: Server) -> None:
    """What is sealed and not here would be lost with the earlier key: a new column of bytes is named in one of the three."""
    under_data_keys = {
        "cases.metadata", "contents.ciphertext", "drafts.sealed", "unplaced.sealed", "orders.sealed", "parties.contact",
        "effects.metadata", "files.about", "party_address_changes.old_contact",
    }  # fmt: skip
    resealed = {
        "keys.wrapped", "unplaced.wrapped", "orders.wrapped", "webhook_endpoints.secret", "webhook_endpoints.old_secret",
        "intake_sources.secret", "intake_sources.old_secret", "intake_sources.respondent", "team_letters.sealed",
        "idempotency.sealed", "outside_drafts.sealed", "provider_news.sealed", "archives.wrapped",
    }  # fmt: skip
    assert len(resealed) == len(PLACES)
    conn = await asyncpg.connect(server.owner_dsn)
    found = await conn.fetch(
        "SELECT table_name || '.' || column_name AS name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type = 'bytea' AND table_name IN "
        "(SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE')"
    )
    await conn.close()
    digests = {"provider_news.digest", "provider_transmissions.digest", "signing_keys.public_key"}
    digests |= {"archives.sha256", "archives.rows_sha256"}
    not_sealed = digests | {row["name"] for row in found if "hash" in row["name"]}
    assert {row["name"] for row in found} - not_sealed - under_data_keys == resealed
