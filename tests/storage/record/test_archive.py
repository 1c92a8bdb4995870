"""A closed case in the archive: its rows lie in one sealed object, it is proved and erased there, and comes back as it was."""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from activities.record import RecordActivities
from adapters.evidence.stores import MemoryEvidenceStore
from storage.intake.inbox import PostgresInbox
from storage.postgres.master_keys import PostgresMasterKeys
from storage.postgres.ring import KeyRing
from storage.postgres.vault import Vault
from storage.record.archive import HOLDER, PLACE, Archive, ArchiveFault
from storage.record.audit import PostgresAudit
from storage.record.erasures import PostgresErasures, ToErase
from storage.record.past_cases import PostgresPastCases
from storage.record.records import PostgresRecords
from storage.record.retention import PostgresRetention
from tests.support.database import Server
from tests.support.owners import owner_of
from tests.support.worlds import World, a_command, some_terms, sql
from workers.upkeep import Archiving

pytestmark = pytest.mark.postgres

TABLES = ("facts", "commands", "contents", "effects", "notices")
WORDS = "The zq0word of a witness."


class Kept:
    """A world with an archive."""

    def __init__(self, world: World, vault: Vault | None = None) -> None:
        self.world, self.store = world, MemoryEvidenceStore()
        self.vault = vault or world.vault
        self.archive = Archive(world.database, self.vault, self.store)
        world.inbox = PostgresInbox(world.database, self.vault, self.archive)
        world.records = PostgresRecords(world.database, archive=self.archive)
        world.recorder = RecordActivities(world.records, world.inbox, "2025b")

    async def closed(self, **terms: Any) -> str:
        """A case in which somebody wrote and was written to, closed and quiet."""
        case_id = await self.world.case(terms=some_terms(**terms)) if terms else await self.world.case()
        await self.world.record(
            case_id,
            a_command("assign", "per_ola", owner="per_mia"),
            a_command("message", "per_mia", text=WORDS),
            a_command("withdraw", await self.world.claimant(case_id)),
        )
        await self.quiet(case_id)
        return case_id

    async def quiet(self, case_id: str) -> None:
        """Every letter has gone out, with what the mail server said to it."""
        sent = """
            WITH gone AS (
                UPDATE notices SET state = 'sent', sent_at = now(), receipt = 'kim@example.org ok'
                WHERE tenant = $1 AND case_id = $2
                RETURNING tenant, id
            ) INSERT INTO deliveries (tenant, notice_id, result) SELECT tenant, id, 'sent' FROM gone"""
        await sql(self.world, sent, self.world.tenant_id, case_id)

    async def rows(self, case_id: str) -> dict[str, list[Any]]:
        """What lies in the tables of a case."""
        found = {}
        for table in TABLES:
            by = f"SELECT to_jsonb(t) - 'receipt' - 'idempotency_key' AS row FROM {table} t WHERE tenant = $1 AND case_id = $2"
            rows = await sql(self.world, f"{by} ORDER BY 1", self.world.tenant_id, case_id)
            found[table] = [row["row"] for row in rows]
        tries = "SELECT to_jsonb(d) AS row FROM deliveries d JOIN notices n ON n.tenant = d.tenant AND n.id = d.notice_id "
        rows = await sql(self.world, f"{tries} WHERE n.tenant = $1 AND n.case_id = $2 ORDER BY 1", self.world.tenant_id, case_id)
        return found | {"deliveries": [row["row"] for row in rows]}

    async def put_away(self, case_id: str) -> None:
        assert (await self.archive.put_away(self.world.tenant_id, case_id))[0] is None

    async def archived(self, case_id: str) -> bool:
        (row,) = await sql(self.world, "SELECT archived FROM cases WHERE tenant = $1 AND id = $2", self.world.tenant_id, case_id)
        return bool(row["archived"])

    async def flaws(self) -> set[str]:
        audit = PostgresAudit(self.world.database, self.vault, store=self.store)
        return {flaw.what for flaw in (await audit.verify(self.world.tenant_id)).flaws}

    async def opened(self, case_id: str) -> str:
        """What lies in the object, for whoever has its key."""
        (row,) = await sql(
            self.world, "SELECT object, key_id, wrapped FROM archives WHERE tenant = $1 AND case_id = $2",
            self.world.tenant_id, case_id,
        )  # fmt: skip
        key = self.vault.unwrap(self.world.tenant_id, case_id, HOLDER, row["key_id"], row["wrapped"])
        return zlib.decompress(key.open(PLACE, self.store.kept[row["object"]])).decode()


@pytest.fixture
def kept(world: World) -> Kept:
    return Kept(world)


async def test_what_goes_away_is_proved_there_and_comes_back_as_it_was(kept: Kept) -> None:
    world = kept.world
    case_id, beside = await kept.closed(), await kept.closed()
    before = await kept.rows(case_id)
    assert all(before[name] for name in ("facts", "commands", "contents", "notices", "deliveries"))
    await kept.put_away(case_id)
    left = await kept.rows(case_id)
    # What lists show of it is there: its report, and what it is called.
    assert {name: len(rows) for name, rows in left.items() if rows} == {"contents": 2}
    (sealed,) = kept.store.kept.values()
    assert b"facts" not in sealed
    inside = await kept.opened(case_id)
    assert '"type": "message_sent"' in inside
    # No words, no address: what is somebody's is sealed under their own key there too.
    assert not {"zq0word", "kim@example.org", "Kim Doe"} & {
        word for word in ("zq0word", "kim@example.org", "Kim Doe") if word in inside
    }
    assert await kept.flaws() == set()
    assert await kept.archived(case_id)
    assert (await kept.rows(case_id)) == left
    # Another case goes on, and this one comes back for whoever moves it.
    assert (await world.snapshot(beside)).case is not None
    answers = (await world.record(case_id, a_command("note", "per_ola", text="After years."))).answers
    assert [answer.status for answer in answers if answer] == ["accepted"]
    after = await kept.rows(case_id)
    assert not await kept.archived(case_id)
    assert all(row in after[name] for name, rows in before.items() for row in rows)
    assert {name: len(after[name]) - len(before[name]) for name in before} | {"notices": 0} == {
        "facts": 1, "commands": 1, "contents": 1, "effects": 0, "notices": 0, "deliveries": 0,
    }  # fmt: skip
    assert await kept.flaws() == set()


async def test_a_simulation_leaves_it_out(kept: Kept) -> None:
    world = kept.world
    away, here = await kept.closed(), await kept.closed()
    await sql(world, "UPDATE cases SET synthetic = false WHERE tenant = $1", world.tenant_id)
    await kept.put_away(away)
    past = PostgresPastCases(world.database, kept.vault)
    assert [one.case_id for one in await past.cases(world.tenant_id, kind=None, since=None, limit=10)] == [here]


async def test_what_is_not_over_stays(kept: Kept) -> None:
    world = kept.world
    open_one, held, waits = await world.case(), await kept.closed(), await kept.closed()
    await world.record(held, a_command("place_hold", "per_ola", reason="litigation", reasons="We are sued."))
    await kept.quiet(held)
    first = "SELECT id FROM notices WHERE tenant = $1 AND case_id = $2 LIMIT 1"
    await sql(world, f"UPDATE notices SET state = 'handed_over' WHERE id = ({first})", world.tenant_id, waits)
    put = kept.archive.put_away
    assert [(await put(world.tenant_id, one))[0] for one in (open_one, held, waits, "case_nobody")] == [
        "open", "legal_hold", "not_quiet", "unknown",
    ]  # fmt: skip
    await sql(world, "UPDATE notices SET state = 'failed' WHERE tenant = $1 AND case_id = $2", world.tenant_id, waits)
    assert (await put(world.tenant_id, waits))[0] == "needs_hands"
    await kept.quiet(waits)
    await kept.put_away(waits)
    assert (await put(world.tenant_id, waits))[0] == "archived"
    # A hold that comes later takes it out of the archive, and keeps it out.
    await world.record(waits, a_command("place_hold", "per_ola", reason="litigation", reasons="We are sued."))
    await kept.quiet(waits)
    assert not await kept.archived(waits)
    assert (await put(world.tenant_id, waits))[0] == "legal_hold"


async def test_what_was_sent_years_ago_has_its_one_effect(kept: Kept) -> None:
    world = kept.world
    case_id, other = await kept.closed(), await world.case()
    (sent,) = await sql(
        world, "SELECT id FROM commands WHERE tenant = $1 AND case_id = $2 AND type = 'message'", world.tenant_id, case_id
    )
    await kept.put_away(case_id)
    again = {"id": sent["id"], "type": "message", "by": "per_mia", "text": WORDS}
    elsewhere = (await world.record(other, again)).answers[0]
    assert elsewhere is not None
    assert (elsewhere.status, elsewhere.code) == ("refused", "id_reused")
    with pytest.raises(asyncpg.UniqueViolationError):
        await sql(
            world,
            "INSERT INTO commands (tenant, case_id, id, type, actor_id, channel, received_at, body) "
            "VALUES ($1, $2, $3, 'note', 'per_mia', 'api', now(), '{}')",
            world.tenant_id, other, sent["id"],
        )  # fmt: skip
    assert await kept.archived(case_id)
    facts = len((await kept.rows(other))["facts"])
    known = (await world.record(case_id, again)).answers[0]
    assert known is not None
    assert known.status == "accepted"
    assert not await kept.archived(case_id)
    assert len((await kept.rows(other))["facts"]) == facts
    assert await kept.flaws() == set()


async def test_who_is_erased_is_gone_from_the_archive_too(kept: Kept) -> None:
    world = kept.world
    case_id = await kept.closed(keep_for="PT0S")
    await kept.put_away(case_id)
    erasures, party = PostgresErasures(world.database), await world.claimant(case_id)
    wanted = ToErase(case_id, party, "request", needs_second=False)
    await kept.put_away(case_id) if not await kept.archived(case_id) else None
    async with world.database.deed(world.tenant_id) as conn:
        made = await erasures.ask(conn, world.tenant_id, wanted, "per_ola", "key_1")
        assert made is not None
        assert await erasures.carry_out(conn, world.tenant_id, made, "per_ola", "key_1")
    assert await kept.archived(case_id)
    assert await kept.flaws() == set()
    # And the case as a whole when its time is over, without being brought back.
    batch = await PostgresRetention(world.database).batch(world.tenant_id)
    assert batch.erased == [case_id]
    assert await kept.archived(case_id)
    assert await kept.flaws() == set()
    await kept.archive.bring_back(world.tenant_id, case_id)
    async with world.database.tenant(world.tenant_id) as conn:
        ids = [row["id"] for row in (await conn.fetch("SELECT id FROM contents WHERE case_id = $1", case_id))]
        assert set((await world.vault.reveal(conn, world.tenant_id, ids)).values()) == {None}
    assert await kept.flaws() == set()


async def test_what_was_altered_lost_or_made_up_is_found_out(kept: Kept, server: Server) -> None:
    world, case_id = kept.world, await kept.closed()
    await kept.put_away(case_id)
    ((path, sealed),) = kept.store.kept.items()
    for other, what in ((sealed[:-1] + b"x", "archive_changed"), (sealed[:-9], "archive_changed"), (None, "archive_lost")):
        kept.store.kept.clear()
        if other is not None:
            kept.store.kept[path] = other
        assert await kept.flaws() == {what}
        with pytest.raises(ArchiveFault):
            await world.snapshot(case_id)
        assert await kept.archived(case_id)
    kept.store.kept[path] = sealed
    async with owner_of(server, world.tenant_id) as owner:
        for change in (
            "sha256 = sha256('x')",
            "rows_sha256 = sha256('x')",
            "wrapped = wrapped || '\\x01'",
            "key_id = 'dek_other'",
            "object = 'elsewhere'",
        ):
            await owner.execute(f"CREATE TEMP TABLE was AS SELECT * FROM archives WHERE case_id = '{case_id}'")
            await owner.execute(f"UPDATE archives SET {change} WHERE case_id = $1", case_id)
            assert await kept.flaws() & {"archive_changed", "archive_lost"}, change
            await owner.execute("DELETE FROM archives WHERE case_id = $1", case_id)
            assert await kept.flaws() == {"archive_missing"}
            await owner.execute("INSERT INTO archives SELECT * FROM was")
            await owner.execute("DROP TABLE was")
    assert await kept.flaws() == set()


async def test_facts_leave_for_the_archive_alone(kept: Kept, server: Server) -> None:
    case_id = await kept.closed()
    for dsn in (server.app_dsn, server.admin_dsn, server.owner_dsn):
        conn = await asyncpg.connect(dsn)
        try:
            await conn.fetchval("SELECT set_config('ombud.tenant', $1, false)", kept.world.tenant_id)
            if dsn != server.owner_dsn:
                # The owner alone could say that it is archiving; the roles that serve anybody say so in vain.
                await conn.fetchval("SELECT set_config('ombud.archiving', 'yes', false)")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute("DELETE FROM facts WHERE case_id = $1", case_id)
            if dsn == server.app_dsn:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await conn.fetchval("SELECT archive_case($1, $2, '', '', 0, '', '', '')", kept.world.tenant_id, case_id)
        finally:
            await conn.close()


async def test_the_job_takes_what_is_quiet_for_long_and_what_nobody_looked_at(kept: Kept, server: Server) -> None:
    world, days = kept.world, timedelta(days=91)
    old, young = await kept.closed(), await kept.closed()
    assert await kept.archive.after_for(world.tenant_id) is None
    await world.tenants.change(world.tenant_id, settings={"archive_after_days": 91})
    assert await kept.archive.after_for(world.tenant_id) == days
    assert (await kept.archive.batch(world.tenant_id, days)).cases == 0
    aged = "UPDATE cases SET closed_at = closed_at - $3::interval, updated_at = updated_at - $3::interval"
    await sql(world, f"{aged} WHERE tenant = $1 AND id = $2", world.tenant_id, old, timedelta(days=92))
    done = await kept.archive.batch(world.tenant_id, days)
    assert (done.cases, done.after) == (1, None)
    assert [await kept.archived(one) for one in (old, young)] == [True, False]
    # Whoever reads it has it for a week.
    assert await kept.archive.bring_back(world.tenant_id, old)
    assert not await kept.archive.bring_back(world.tenant_id, old)
    assert (await kept.archive.batch(world.tenant_id, days)).cases == 0
    async with owner_of(server, world.tenant_id) as owner:
        await owner.execute("UPDATE archives SET brought_back_at = brought_back_at - interval '8 days'")
    assert (await kept.archive.batch(world.tenant_id, days)).cases == 1
    assert await kept.flaws() == {"projection_differs"}, "its instants were set back by hand"


async def test_the_daily_job_goes_through_the_tenants_that_want_it(kept: Kept) -> None:
    world, beats = kept.world, list[int]()
    case_id, job = await kept.closed(), Archiving(kept.world.database, kept.archive, kept.world.tenant_id)
    aged = "UPDATE cases SET closed_at = closed_at - interval '92 days', updated_at = updated_at - interval '92 days'"
    await sql(world, f"{aged} WHERE tenant = $1", world.tenant_id)
    assert await job.run(lambda: beats.append(1)) == {"cases": 0, "bytes": 0}
    await world.tenants.change(world.tenant_id, settings={"archive_after_days": 91})
    done = await job.run(lambda: beats.append(1))
    assert (done["cases"], beats) == (1, [1])
    assert done["bytes"] == len(next(iter(kept.store.kept.values())))
    assert await kept.archived(case_id)


async def test_the_opening_of_an_appeal_stays_to_be_compared_with(kept: Kept) -> None:
    world, case_id = kept.world, await kept.closed()
    await sql(world, "UPDATE cases SET appeal_digest = 'x' WHERE tenant = $1 AND id = $2", world.tenant_id, case_id)
    before = await kept.rows(case_id)
    await kept.put_away(case_id)
    assert [row["type"] for row in (await kept.rows(case_id))["commands"]] == ["open"]
    assert await kept.flaws() == set()
    await kept.archive.bring_back(world.tenant_id, case_id)
    assert await kept.rows(case_id) == before


async def test_the_key_of_an_object_follows_the_master_key(world: World) -> None:
    kept = Kept(world)
    case_id = await kept.closed()
    await kept.put_away(case_id)
    ring = world.vault.ring
    turned = Vault(KeyRing(bytes(range(1, 33)), [bytes(range(32))], ring.digest_root))
    assert await PostgresMasterKeys(world.database, turned).rotate()
    alone = Vault(KeyRing(bytes(range(1, 33)), (), ring.digest_root))
    assert await Archive(world.database, alone, kept.store).bring_back(world.tenant_id, case_id)
