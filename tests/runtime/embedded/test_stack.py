"""The embedded services on a real machine: up, down, twice, after a crash, and broken on purpose."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from runtime.embedded import processes
from runtime.embedded.ground import service_account
from runtime.embedded.postgres import EmbeddedPostgres
from runtime.embedded.stack import Stack
from runtime.embedded.state import Notes, Slot
from runtime.errors import ServiceFault
from runtime.settings import Settings
from tests.support.places import ROOT

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]

ATTRIBUTES = {"TenantId": "Keyword", "OpenedAt": "Datetime"}


def a_stack(state_dir: Path, **given: Any) -> Stack:
    """A stack that starts what this test needs, whatever the environment names."""
    fields: dict[str, Any] = {"database_url": None, "temporal_address": None, "smtp_host": None, **given}
    return Stack(Settings(_env_file=None, state_dir=state_dir, **fields), search_attributes=ATTRIBUTES)


def only_postgres(state_dir: Path) -> Stack:
    """A stack whose Temporal server is somebody else's."""
    return a_stack(state_dir, temporal_address="127.0.0.1:1")


def only_temporal(state_dir: Path) -> Stack:
    """A stack whose database is somebody else's."""
    return a_stack(state_dir, database_url="postgresql://somebody@127.0.0.1:1/else")


@asynccontextmanager
async def destroyed(stack: Stack) -> AsyncIterator[Stack]:
    try:
        yield stack
    finally:
        await stack.destroy()


async def one(url: str, sql: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def a_workflow(address: str) -> str:
    client = await Client.connect(address)
    await client.start_workflow("Nothing", id="case/acme/1", task_queue="nobody")
    return "case/acme/1"


async def is_known(address: str, workflow_id: str) -> bool:
    client = await Client.connect(address)
    try:
        await client.get_workflow_handle(workflow_id).describe()
    except RPCError:
        return False
    return True


@contextmanager
def a_stranger(uid: int | None = None) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that is none of ours; its pid has come to stand in our notes."""
    with subprocess.Popen(["sleep", "60"], user=uid) as stranger:
        yield stranger
        stranger.kill()


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


class TestUp:
    async def test_both_answer_with_safe_settings_and_roles(self, tmp_path: Path) -> None:
        async with destroyed(a_stack(tmp_path)) as stack:
            info = await stack.up()
            assert (
                await one(info.database_url, "select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
                is False
            )
            assert info.database_admin_url is not None
            assert await one(info.database_admin_url, "select current_user::text") == "ombud_admin"
            assert await one(info.database_owner_url, "select pg_get_userbyid(datdba) = current_user from pg_database"
                             " where datname = current_database()") is True  # fmt: skip
            for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
                assert await one(info.database_url, f"show {name}") == "on"
            assert await one(info.database_url, "show listen_addresses") == "127.0.0.1"
            client = await Client.connect(info.temporal_address)
            assert (await client.count_workflows("TenantId = 'acme' and OpenedAt > '2025-01-01T00:00:00Z'")).count == 0
            assert mode_of(tmp_path / "credentials.json") == mode_of(tmp_path / "stack.json") == 0o600

    async def test_a_wrong_password_is_refused(self, tmp_path: Path) -> None:
        async with destroyed(only_postgres(tmp_path)) as stack:
            info = await stack.up()
            with pytest.raises(asyncpg.InvalidPasswordError):
                await one(info.database_url.replace("ombud_app:", "ombud_app:not-"), "select 1")

    async def test_a_second_up_starts_nothing_and_says_so(self, tmp_path: Path) -> None:
        async with destroyed(a_stack(tmp_path)) as stack:
            said: list[str] = []
            first = await stack.up()
            second = await a_stack(tmp_path).up(said.append)
            assert (set(first.started), second.started, second.pids) == ({"postgres", "temporal"}, (), first.pids)
            assert sorted(said) == ["postgres runs already", "temporal runs already"]

    async def test_two_at_once_start_it_once(self, tmp_path: Path) -> None:
        async with destroyed(a_stack(tmp_path)) as stack:
            infos = await asyncio.gather(stack.up(), a_stack(tmp_path).up())
            assert infos[0].pids == infos[1].pids
            assert sorted(len(info.started) for info in infos) == [0, 2]

    async def test_it_outlives_the_one_who_started_it(self, tmp_path: Path) -> None:
        imports = "import asyncio, sys; from tests.runtime.embedded.test_stack import *"
        program = f"{imports}; asyncio.run(only_postgres(Path(sys.argv[1])).up())"
        async with destroyed(only_postgres(tmp_path)) as stack:
            starter = await asyncio.create_subprocess_exec(sys.executable, "-c", program, str(tmp_path), cwd=ROOT)
            assert await starter.wait() == 0
            assert await one(stack.info().database_url, "select 1") == 1

    async def test_what_the_settings_name_is_left_alone(self, tmp_path: Path) -> None:
        stack = a_stack(tmp_path, database_url="postgresql://app:pw@db.example/ombud", temporal_address="temporal.example:7233")
        info = await stack.up()
        assert info.database_admin_url is None
        named = a_stack(tmp_path, database_url="postgresql://app:pw@db.example/ombud", temporal_address="temporal.example:7233",
                        database_admin_url="postgresql://admin:pw@db.example/ombud")  # fmt: skip
        assert named.info().database_admin_url == "postgresql://admin:pw@db.example/ombud"
        assert (info.database_url, info.temporal_address) == ("postgresql://app:pw@db.example/ombud", "temporal.example:7233")
        assert (info.started, await stack.down()) == ((), ())
        assert [one.state for one in stack.status()] == ["external", "external", "stopped"]
        assert "pw" not in str(stack.status())

    async def test_a_server_that_cannot_start_says_why(self, tmp_path: Path) -> None:
        with pytest.raises(ServiceFault) as fault:
            await a_stack(tmp_path, temporal_cli_path=tmp_path / "gone", database_url="postgresql://x@y/z").up()
        assert fault.value.code == "temporal_path_wrong"

    async def test_a_server_that_ends_at_once_is_not_waited_for(self, tmp_path: Path) -> None:
        """Without it this test would last ten minutes."""
        program = tmp_path / "program"
        program.write_text("#!/bin/sh\n[ $1 = --version ] && echo temporal version 0 || { echo no room left >&2; exit 1; }\n")
        program.chmod(0o755)
        with pytest.raises(ServiceFault, match="no room left") as fault:
            await a_stack(tmp_path, temporal_cli_path=program, database_url="postgresql://x@y/z").up()
        assert fault.value.code == "temporal_failed"

    async def test_mails_are_caught_when_asked(self, tmp_path: Path) -> None:
        settings = Settings(
            _env_file=None, state_dir=tmp_path, database_url="postgresql://x@y/z", temporal_address="x:1", smtp_host=None
        )
        async with destroyed(Stack(settings, mail=True)) as stack:
            info = await stack.up()
            assert (info.started, info.mail_folder) == (("mail",), tmp_path / "mail")
            socket.create_connection(("127.0.0.1", info.smtp_port)).close()
            assert await stack.down() == ("mail",)


class TestDown:
    async def test_it_stops_what_it_started_and_nothing_else(self, tmp_path: Path) -> None:
        async with destroyed(a_stack(tmp_path / "mine")) as mine, destroyed(a_stack(tmp_path / "other")) as other:
            info, elsewhere = await mine.up(), await other.up()
            assert set(await mine.down()) == {"postgres", "temporal"}
            assert [one.state for one in mine.status()] == ["stopped"] * 3
            assert await one(elsewhere.database_url, "select 1") == 1
            assert elsewhere.pids == other.info().pids
            with pytest.raises(ConnectionRefusedError):
                await one(info.database_url, "select 1")
            with pytest.raises(ServiceFault) as fault:
                mine.info()
            assert fault.value.code == "stack_not_running"

    async def test_data_addresses_and_keys_are_kept(self, tmp_path: Path) -> None:
        async with destroyed(a_stack(tmp_path)) as stack:
            before, key = await stack.up(), stack.master_key()
            await one(before.database_owner_url, "create table kept (it int)")
            workflow = await a_workflow(before.temporal_address)
            await stack.down()
            after = await a_stack(tmp_path).up()
            assert (after.database_url, after.temporal_address) == (before.database_url, before.temporal_address)
            assert await one(after.database_url, "select to_regclass('kept') is not null") is True
            assert await is_known(after.temporal_address, workflow)
            assert stack.master_key() == key

    async def test_down_twice_stops_nothing_the_second_time(self, tmp_path: Path) -> None:
        async with destroyed(only_postgres(tmp_path)) as stack:
            await stack.up()
            assert (await stack.down(), await stack.down()) == (("postgres",), ())

    async def test_down_before_the_first_up_is_harmless(self, tmp_path: Path) -> None:
        assert await a_stack(tmp_path).down() == ()


class TestLeftovers:
    async def test_a_pid_that_now_belongs_to_a_stranger_is_not_touched(self, tmp_path: Path) -> None:
        with a_stranger() as stranger:
            marker = ("--db-filename", str(tmp_path / "temporal/temporal.db"))
            Notes(
                temporal=Slot(port=20_001, process=processes.ProcessRef(pid=stranger.pid, started="then", marker=marker))
            ).write(tmp_path)
            await only_temporal(tmp_path).down()
            assert stranger.poll() is None

    async def test_a_stale_postmaster_file_with_a_strangers_pid_is_no_obstacle(self, tmp_path: Path) -> None:
        async with destroyed(only_postgres(tmp_path)) as stack:
            log = (await stack.up()).logs["postgres"]
            await stack.kill_postgres()
            pid_file = log.parent / "data/postmaster.pid"
            lines = pid_file.read_text().splitlines()
            with a_stranger(pid_file.stat().st_uid) as stranger:
                pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
                assert (await stack.up()).started == ("postgres",)
                assert stranger.poll() is None

    @pytest.mark.parametrize("content", [None, "{ torn"])
    async def test_lost_notes_cost_no_data(self, tmp_path: Path, content: str | None) -> None:
        async with destroyed(a_stack(tmp_path)) as stack:
            before = await stack.up()
            workflow = await a_workflow(before.temporal_address)
            (tmp_path / "stack.json").unlink()
            if content:
                (tmp_path / "stack.json").write_text(content)
            after = await stack.up()
            assert (after.pids["postgres"], after.started) == (before.pids["postgres"], ("temporal",))
            assert await is_known(after.temporal_address, workflow)

    @pytest.mark.parametrize("running", [True, False])
    async def test_lost_passwords_are_made_anew(self, tmp_path: Path, running: bool) -> None:
        async with destroyed(only_postgres(tmp_path)) as stack:
            before = await stack.up()
            await one(before.database_owner_url, "create table kept (it int)")
            if not running:
                await stack.down()
            (tmp_path / "credentials.json").unlink()
            after = await stack.up()
            assert after.database_url != before.database_url
            assert await one(after.database_url, "select to_regclass('kept') is not null") is True

    @pytest.mark.parametrize("running", [True, False])
    async def test_a_folder_of_before_there_was_an_administrator_gets_one(self, tmp_path: Path, running: bool) -> None:
        async with destroyed(only_postgres(tmp_path)) as stack:
            before = await stack.up()
            await one(before.database_owner_url, "create table kept (it int)")
            await stack.down()
            data = before.logs["postgres"].parent / "data"
            access = data / "pg_hba.conf"
            access.write_text(access.read_text().replace(",ombud_admin", ""))
            postgres = EmbeddedPostgres(data.parent, service_account())
            postgres._single_user(data, ["DROP ROLE ombud_admin"])
            credentials = tmp_path / "credentials.json"
            known = json.loads(credentials.read_text())
            del known["admin_password"]
            credentials.write_text(json.dumps(known))
            if running:
                port = int(before.database_url.rpartition(":")[2].partition("/")[0])
                await asyncio.to_thread(postgres.start, port)
            after = await stack.up()
            assert after.database_admin_url is not None
            assert await one(after.database_admin_url, "select current_user::text") == "ombud_admin"
            assert await one(after.database_url, "select to_regclass('kept') is not null") is True
            assert after.database_url == before.database_url, "the others keep their passwords"
            assert mode_of(credentials) == 0o600
            assert (await stack.up()).started == ()

    async def test_a_port_that_was_taken_meanwhile_is_replaced(self, tmp_path: Path) -> None:
        async with destroyed(only_postgres(tmp_path)) as stack:
            before = await stack.up()
            await stack.down()
            port = int(before.database_url.rpartition(":")[2].partition("/")[0])
            with socket.create_server(("127.0.0.1", port)):
                after = await stack.up()
            assert after.database_url != before.database_url
            assert await one(after.database_url, "select 1") == 1

    async def test_a_half_made_database_is_made_again(self, tmp_path: Path) -> None:
        async with destroyed(only_postgres(tmp_path)) as stack:
            home = (await stack.up()).logs["postgres"].parent
            await stack.down()
            (home / "data").rename(home / "data.new")
            (home / "data.new/PG_VERSION").unlink()
            assert await one((await stack.up()).database_url, "select 1") == 1


class TestBroken:
    async def test_postgres_killed_keeps_what_was_committed_and_its_address(self, tmp_path: Path) -> None:
        async with destroyed(only_postgres(tmp_path)) as stack:
            before = await stack.up()
            await one(before.database_owner_url, "create table kept (it int)")
            for number in range(3):
                await one(before.database_owner_url, f"insert into kept values ({number})")
                await stack.kill_postgres()
                assert stack.status()[0].state == "stopped"
                await stack.start_postgres()
            assert await one(before.database_owner_url, "select count(*) from kept") == 3

    async def test_temporal_killed_keeps_what_was_accepted_and_its_address(self, tmp_path: Path) -> None:
        async with destroyed(only_temporal(tmp_path)) as stack:
            address = (await stack.up()).temporal_address
            workflow = await a_workflow(address)
            await stack.kill_temporal()
            assert stack.status()[1].state == "stopped"
            await stack.start_temporal()
            assert await is_known(address, workflow)

    async def test_temporal_wiped_knows_nothing_any_more(self, tmp_path: Path) -> None:
        async with destroyed(only_temporal(tmp_path)) as stack:
            address = (await stack.up()).temporal_address
            workflow = await a_workflow(address)
            await stack.wipe_temporal()
            await stack.start_temporal()
            assert not await is_known(address, workflow)
            client = await Client.connect(address)
            assert (await client.count_workflows("TenantId = 'acme'")).count == 0

    async def test_destroyed_leaves_nothing(self, tmp_path: Path) -> None:
        stack = only_postgres(tmp_path / "state")
        home = (await stack.up()).logs["postgres"].parent
        await stack.destroy()
        assert not any(map(os.path.lexists, (home, tmp_path / "state")))
