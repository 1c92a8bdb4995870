"""A doctor says of each part how it stands and what to do next, and touches nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from runtime.embedded.processes import free_port
from services import doctor
from services.doctor import Finding, examine
from storage.outside.backlog import Backlog, StuckCase
from storage.postgres.master_keys import MasterState
from storage.postgres.server import ServerFacts
from storage.record.heads import Signer, append_heads
from tests.support.database import Server
from tests.support.worlds import World

PATIENCE = timedelta(seconds=5)
SOUND = ServerFacts(
    version=160_004, role="ombud_app", sees_all_tenants=False, may_lose_commits=False, migrated=True, may_administer=False
)


async def test_parts_are_told_in_the_order_in_which_they_depend_on_each_other() -> None:
    looked: list[str] = []

    async def look(part: str) -> Finding:
        looked.append(part)
        return Finding(part, "ok", "")

    told = await examine([lambda: look("below"), lambda: look("above")])
    assert [finding.part for finding in told] == looked == ["below", "above"]


@pytest.mark.parametrize(
    ("version", "verdict"), [((3, 10, 14), "fail"), ((3, 11, 0), "ok"), ((3, 13, 1), "ok"), ((4, 0, 0), "ok")]
)
async def test_an_interpreter_that_is_too_old_is_told(version: tuple[int, int, int], verdict: str) -> None:
    told = await doctor.python(version)
    assert told.verdict == verdict
    assert bool(told.next_step) is (verdict == "fail")


async def test_zone_files_of_the_machine_are_a_failure() -> None:
    assert (await doctor.zones(wheel_only=True)).verdict == "ok"
    told = await doctor.zones(wheel_only=False)
    assert told.verdict == "fail"
    assert "PYTHONTZPATH" in told.next_step


class TestDatabase:
    def test_one_that_is_sound_has_no_next_step(self) -> None:
        assert doctor.judged_server(SOUND) == Finding("database", "ok", "Postgres 16 as ombud_app, migrated")

    @pytest.mark.parametrize(
        ("wrong", "step"),
        [
            ({"version": 140_012}, "PostgreSQL 15"),
            ({"sees_all_tenants": True}, "BYPASSRLS"),
            ({"may_lose_commits": True}, "synchronous_commit"),
            ({"migrated": False}, "ombud migrate"),
        ],
    )
    def test_each_thing_that_is_wrong_has_its_own_next_step(self, wrong: dict[str, Any], step: str) -> None:
        told = doctor.judged_server(SOUND._replace(**wrong))
        assert told.verdict == "fail"
        assert step in told.next_step

    def test_a_role_that_sees_every_tenant_is_told_before_tables_that_are_missing(self) -> None:
        told = doctor.judged_server(SOUND._replace(sees_all_tenants=True, migrated=False))
        assert "row-level security" in told.found

    async def test_nobody_there_is_told_with_where_to_look(self) -> None:
        told = await doctor.database(f"postgresql://ombud_app:x@127.0.0.1:{free_port()}/ombud", PATIENCE)
        assert told.verdict == "fail"
        assert told.found.startswith("does not answer: ")
        assert "OMBUD_DATABASE_URL" in told.next_step

    @pytest.mark.parametrize("dsn", ["nonsense", "https://127.0.0.1/ombud"])
    async def test_an_address_that_is_none_is_told_and_no_crash(self, dsn: str) -> None:
        assert (await doctor.database(dsn, PATIENCE)).verdict == "fail"

    async def test_a_server_that_takes_the_call_and_says_nothing_is_given_up(self) -> None:
        answered = asyncio.Event()

        async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await answered.wait()
            writer.close()

        async with await asyncio.start_server(silent, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            told = await doctor.database(f"postgresql://ombud_app:x@127.0.0.1:{port}/ombud", timedelta(milliseconds=200))
            answered.set()
        assert (told.verdict, told.found) == ("fail", "does not answer: TimeoutError")

    def test_a_role_that_can_administer_is_more_than_the_application_needs(self) -> None:
        told = doctor.judged_server(SOUND._replace(role="ombud_owner", may_administer=True))
        assert told.verdict == "warn"
        assert "ombud_app" in told.next_step


class TestAdministration:
    @pytest.mark.parametrize(
        ("wrong", "step"),
        [
            ({"sees_all_tenants": True}, "BYPASSRLS"),
            ({"migrated": False, "may_administer": False}, "ombud migrate"),
            ({"may_administer": False}, "ombud_admin"),
        ],
    )
    def test_each_thing_that_is_wrong_has_its_own_next_step(self, wrong: dict[str, Any], step: str) -> None:
        sound = SOUND._replace(role="ombud_admin", may_administer=True)
        assert doctor.judged_administrator(sound).verdict == "ok"
        told = doctor.judged_administrator(sound._replace(**wrong))
        assert told.verdict == "fail"
        assert step in told.next_step

    async def test_without_a_role_it_says_what_to_set_and_for_whom(self) -> None:
        told = await doctor.administration(None, PATIENCE)
        assert told.verdict == "warn"
        assert "OMBUD_DATABASE_ADMIN_URL" in told.next_step
        assert "worker" in told.next_step
        told = await doctor.administration(None, PATIENCE, embedded=True)
        assert (told.verdict, "ombud stack up" in told.next_step) == ("fail", True)

    async def test_nobody_there_is_told_with_where_to_look(self) -> None:
        told = await doctor.administration(f"postgresql://ombud_admin:x@127.0.0.1:{free_port()}/ombud", PATIENCE)
        assert told.verdict == "fail"
        assert "OMBUD_DATABASE_ADMIN_URL" in told.next_step

    @pytest.mark.postgres
    async def test_the_embedded_one_is_sound_and_the_applications_is_none(self, server: Server) -> None:
        assert await doctor.administration(server.admin_dsn, PATIENCE) == Finding("administration", "ok", "as ombud_admin")
        told = await doctor.administration(server.app_dsn, PATIENCE)
        assert (told.verdict, told.found) == ("fail", "as ombud_app, which may not administer")


@pytest.mark.postgres
class TestRealDatabase:
    async def test_the_embedded_one_is_sound(self, server: Server) -> None:
        told = await doctor.database(server.app_dsn, PATIENCE)
        assert (told.verdict, told.next_step) == ("ok", "")
        assert told.found.endswith(" as ombud_app, migrated")

    async def test_one_without_tables_is_to_be_migrated(self, server: Server) -> None:
        told = await doctor.database(server.at("postgres").app_dsn, PATIENCE)
        assert (told.verdict, told.next_step) == ("fail", "Run `ombud migrate`.")

    async def test_one_that_confirms_what_is_not_on_disk_fails(self, server: Server) -> None:
        copy = await server.copy()
        try:
            owner = await asyncpg.connect(copy.owner_dsn)
            await owner.execute(f"ALTER DATABASE {copy.owner_dsn.rpartition('/')[2]} SET synchronous_commit = off")
            await owner.close()
            told = await doctor.database(copy.app_dsn, PATIENCE)
        finally:
            await copy.drop()
        assert told.verdict == "fail"
        assert "may lose commits" in told.found

    async def test_a_wrong_password_is_told_without_it(self, server: Server) -> None:
        told = await doctor.database(
            server.app_dsn.replace(":", ":wrong-secret-", 2).replace(":wrong-secret-//", "://"), PATIENCE
        )
        assert told.verdict == "fail"
        assert "wrong-secret" not in f"{told}"


class TestEvidence:
    def test_a_folder_beside_a_database_of_all_machines_is_warned_of(self, tmp_path: Path) -> None:
        assert doctor.evidence_folder(tmp_path, database_elsewhere=False).verdict == "ok"
        told = doctor.evidence_folder(tmp_path, database_elsewhere=True)
        assert told.verdict == "warn"
        assert "OMBUD_EVIDENCE_URL" in told.next_step

    def test_a_folder_that_is_not_made_yet_is_no_failure_and_is_not_made(self, tmp_path: Path) -> None:
        told = doctor.evidence_folder(tmp_path / "evidence", database_elsewhere=False)
        assert told.verdict == "ok"
        assert "made when the first file comes" in told.found
        assert not (tmp_path / "evidence").exists()

    async def test_a_bucket_is_asked(self) -> None:
        async def there() -> None:
            return None

        async def away() -> None:
            raise ConnectionError("no route")

        assert (await doctor.evidence_bucket(there, PATIENCE)).verdict == "ok"
        told = await doctor.evidence_bucket(away, PATIENCE)
        assert (told.verdict, told.found) == ("fail", "does not answer: ConnectionError no route")

    async def test_a_bucket_that_says_nothing_is_given_up(self) -> None:
        async def silent() -> None:
            await asyncio.Event().wait()

        told = await doctor.evidence_bucket(silent, timedelta(milliseconds=20))
        assert told.verdict == "fail"


class TestTemporalDoor:
    @pytest.mark.parametrize(
        ("setting", "said"),
        [
            (None, "everything in tenants of development"),
            ("open", "everything in tenants of development"),
            ("signed", "no more than a report, in every tenant"),
            ("closed", "no command is told"),
        ],
    )
    async def test_says_what_an_unsigned_command_may_do(self, setting: str | None, said: str) -> None:
        assert said in (await doctor.temporal_door(setting)).found


class TestTrail:
    @pytest.mark.postgres
    async def test_is_looked_at_where_the_database_answers(self, server: Server, migrated: None) -> None:
        told = await doctor.trail(server.app_dsn, PATIENCE)
        assert (told.part, "deeds of administrators" in told.found or "not whole" in told.found) == ("audit trail", True)

    async def test_a_database_that_is_away_leaves_it_open(self) -> None:
        told = await doctor.trail(f"postgresql://ombud_app:x@127.0.0.1:{free_port()}/ombud", PATIENCE)
        assert (told.verdict, told.found.startswith("not looked at")) == ("warn", True)


class TestMailDoor:
    @pytest.mark.postgres
    async def test_says_by_what_senders_are_proven_and_what_waits(self, server: Server, migrated: None) -> None:
        told = await doctor.mail_door("mx.example", server.app_dsn, PATIENCE)
        assert told.found.startswith("SPF, DKIM and DMARC by mx.example; ")
        assert told.verdict == "ok"
        without = await doctor.mail_door("", server.app_dsn, PATIENCE)
        assert (without.verdict, "OMBUD_MAIL_RELAY" in str(without.next_step)) == ("warn", True)

    async def test_a_database_that_is_away_leaves_it_open(self) -> None:
        told = await doctor.mail_door("", f"postgresql://ombud_app:x@127.0.0.1:{free_port()}/ombud", PATIENCE)
        assert (told.verdict, "not looked at" in told.found) == ("warn", True)


class TestRelay:
    def test_says_what_does_not_move_and_what_helps(self) -> None:
        case = StuckCase("acme", "case_1", "fraud_report", datetime(2026, 1, 1, tzinfo=UTC), 9)
        told = doctor.judged_backlog(Backlog(1, timedelta(minutes=12), (case,)))
        assert (told.verdict, "case_1" in told.found, "12 minutes" in told.found) == ("fail", True, True)
        assert "ombud case revive --stuck" in told.next_step

    def test_says_when_it_is_behind(self) -> None:
        told = doctor.judged_backlog(Backlog(0, timedelta(minutes=12)))
        assert (told.verdict, told.found) == ("fail", "behind: the oldest command or level waits 12 minutes")
        assert doctor.judged_backlog(Backlog(0, timedelta(seconds=9))).verdict == "ok"

    async def test_a_database_that_is_away_leaves_it_open(self) -> None:
        told = await doctor.relay(f"postgresql://ombud_app:x@127.0.0.1:{free_port()}/ombud", PATIENCE)
        assert (told.verdict, "not looked at" in told.found) == ("warn", True)


class TestSweep:
    @pytest.mark.parametrize(
        ("never", "longest", "verdict", "found"),
        [
            (0, None, "ok", "no open case"),
            (0, timedelta(seconds=20), "ok", "a worker looked for ended cases 20 seconds ago"),
            (0, timedelta(hours=1), "warn", "no worker has looked for ended cases for 60 minutes"),
            (2, timedelta(seconds=20), "warn", "no worker has ever looked for ended cases in 2 tenants with open cases"),
        ],
    )
    def test_says_when_a_worker_looked(self, never: int, longest: timedelta | None, verdict: str, found: str) -> None:
        told = doctor.judged_sweep(never, longest)
        assert (told.verdict, told.found, "ombud worker" in told.next_step) == (verdict, found, verdict == "warn")

    @pytest.mark.postgres
    async def test_is_looked_at_where_the_database_answers(self, server: Server, world: World) -> None:
        await world.case()
        assert "ever looked" in (await doctor.sweep(server.app_dsn, PATIENCE)).found

    async def test_a_database_that_is_away_leaves_it_open(self) -> None:
        told = await doctor.sweep(f"postgresql://ombud_app:x@127.0.0.1:{free_port()}/ombud", PATIENCE)
        assert (told.verdict, "not looked at" in told.found) == ("warn", True)


class TestFileScanner:
    async def test_none_is_said_and_one_that_is_away_lets_nothing_in(self) -> None:
        async def away() -> None:
            raise ConnectionError("clamd does not answer")

        async def there() -> None:
            return None

        found = [await doctor.file_scanner(check) for check in (None, away, there)]
        assert [(one.verdict, one.found) for one in found] == [
            ("ok", "none: files are not scanned"), ("fail", "no file is taken: clamd does not answer"), ("ok", "clamd answers"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "verdict", "said"), [(None, "warn", "nobody says"), (0, "ok", "none is kept"), (30, "ok", "30 days")]
)
async def test_backups_can_bring_back_what_was_erased_for_as_long_as_somebody_says(
    days: int | None, verdict: str, said: str
) -> None:
    told = await doctor.backups(days)
    assert (told.verdict, said in told.found) == (verdict, True)


def test_what_was_destroyed_and_may_lie_in_files_is_named_and_warned_of_after_a_day() -> None:
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert doctor.judged_files({}, now).verdict == "ok"
    fresh = doctor.judged_files({"keys": now - timedelta(hours=3)}, now)
    assert (fresh.verdict, "files of keys" in fresh.found) == ("ok", True)
    old = doctor.judged_files({"keys": now, "cases": now - timedelta(hours=30)}, now)
    assert (old.verdict, "2026-11-29 06:00" in old.found, "cases, keys" in old.found) == ("warn", True, True)
    assert "VACUUM (FULL)" in old.next_step


class TestMasterKeys:
    @pytest.mark.parametrize(
        ("known", "under", "given", "alone", "verdict", "said"),
        [
            (("aa",), {"keys": 3, "orders": 1}, True, False, "warn", "4 lie under an earlier master key"),
            (("aa",), {}, False, True, "warn", "earlier keys are known"),
            (("aa",), {}, True, True, "ok", "earlier keys are known, and open the backups of before"),
            ((), {}, True, True, "ok", "no key known here opens a backup from before 2026-11-30 12:00 UTC"),
            ((), {}, True, False, "ok", "all under bb"),
        ],
    )
    def test_says_what_lies_under_which_and_which_backups_nothing_here_opens(
        self, known: tuple[str, ...], under: dict[str, int], given: bool, alone: bool, verdict: str, said: str
    ) -> None:
        at = datetime(2026, 11, 30, 12, tzinfo=UTC)
        told = doctor.judged_keys(MasterState("bb", known, at, at if alone else None, under, given))
        assert (told.verdict, said in told.found) == (verdict, True), told
        assert bool(told.next_step) == (verdict != "ok")

    @pytest.mark.parametrize("known", [(), ("aa",)])
    def test_a_key_that_is_not_known_fails_and_nobody_is_sent_to_seal_again(self, known: tuple[str, ...]) -> None:
        told = doctor.judged_keys(MasterState("bb", known, None, None, {"keys": 7}, True, {"cc": 3}))
        assert (told.verdict, told.found) == ("fail", "3 lie under a master key that is not known here (cc)")
        assert ("OMBUD_MASTER_KEYS_EARLIER" in told.next_step, "rotate" in told.next_step) == (True, False)


class TestHeads:
    def test_says_when_one_was_signed_last_and_whether_that_is_too_long_ago(self, tmp_path: Path) -> None:
        now, file = datetime(2026, 11, 30, 12, tzinfo=UTC), tmp_path / "heads.jsonl"
        longest = timedelta(hours=49)
        assert doctor.heads(None, longest, now).verdict == "warn"
        assert doctor.heads(file, longest, now).verdict == "fail"
        file.write_text("nonsense\n")
        assert doctor.heads(file, longest, now).found == f"no head in {file}"
        signer = Signer(bytes(32))
        for hours in (60, 50):
            at = (now - timedelta(hours=hours)).isoformat()
            append_heads(file, [signer.sign(tenant="t", case_id="case_1", seq=1, head="00", signed_at=at)])
        old = doctor.heads(file, longest, now)
        assert (old.verdict, old.found) == ("fail", "signed last at 2026-11-28 10:00 UTC, too long ago")
        assert doctor.heads(file, timedelta(hours=51), now).verdict == "ok"
