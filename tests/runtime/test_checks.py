"""The machine's own parts and Temporal, looked at: what is not needed is well, what is missing has its next step."""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from runtime import checks
from runtime.embedded.binary import BinaryFinder
from runtime.embedded.processes import free_port
from runtime.embedded.stack import Stack
from runtime.errors import ServiceFault
from runtime.settings import Settings

PATIENCE = timedelta(seconds=2)
ELSEWHERE = {"database_url": "postgresql://somebody@127.0.0.1:1/else", "temporal_address": "127.0.0.1:1"}
"""Nothing of this machine is needed."""


def settings(state_dir: Path, **given: Any) -> Settings:
    nothing = {"database_url": None, "temporal_address": None, "smtp_host": None, "master_key": None}
    return Settings(_env_file=None, state_dir=state_dir, **{**nothing, **given})


async def test_programs_of_services_that_run_elsewhere_are_not_needed(tmp_path: Path) -> None:
    given = settings(tmp_path, **ELSEWHERE)
    for look in (await checks.postgres_program(given), await checks.temporal_program(given, Stack(given))):
        assert look.verdict == "ok"
        assert "not needed" in look.found


async def test_a_temporal_program_that_was_named_and_is_none_is_to_be_corrected(tmp_path: Path) -> None:
    given = settings(tmp_path)
    look = await checks.temporal_program(given, Stack(given, binaries=BinaryFinder(explicit=tmp_path / "none")))
    assert look.verdict == "fail"
    assert "TEMPORAL_CLI_PATH" in look.next_step


async def test_what_should_run_here_and_does_not_is_to_be_started(tmp_path: Path) -> None:
    look = await checks.services(Stack(settings(tmp_path / "state")))
    assert (look.verdict, look.next_step) == ("fail", "Run `ombud stack up`.")
    assert not (tmp_path / "state").exists(), "a look makes nothing"


async def test_without_the_mail_catcher_everything_goes_on(tmp_path: Path) -> None:
    look = await checks.services(Stack(settings(tmp_path, **ELSEWHERE)))
    assert look.verdict == "ok"
    assert "mail stopped" in look.found


class TestTemporal:
    async def test_one_that_is_away_is_waited_for_once(self, tmp_path: Path) -> None:
        given = settings(tmp_path, **{**ELSEWHERE, "temporal_address": f"127.0.0.1:{free_port()}"})
        server, faults = checks.Server(given, Stack(given), timedelta(0)), []
        for _ in range(2):
            with pytest.raises(ServiceFault) as caught:
                await server.client()
            faults.append(caught.value)
        assert faults[0] is faults[1]

    async def test_it_is_not_blamed_for_a_database_that_does_not_run(self, tmp_path: Path) -> None:
        given = settings(tmp_path, temporal_address="127.0.0.1:1")
        stack = Stack(given)
        assert stack.temporal_address() == "127.0.0.1:1"
        with pytest.raises(ServiceFault, match="Not running: postgres"):
            stack.database_urls()
        assert not (tmp_path / "credentials.json").exists(), "a look makes nothing"

    async def test_nobody_there_is_told_with_the_address(self, tmp_path: Path) -> None:
        address = f"127.0.0.1:{free_port()}"
        given = settings(tmp_path, **{**ELSEWHERE, "temporal_address": address})
        look = await checks.temporal(checks.Server(given, Stack(given), timedelta(0)), {})
        assert look.verdict == "fail"
        assert address in look.found

    async def test_one_that_was_never_started_is_to_be_started(self, tmp_path: Path) -> None:
        given = settings(tmp_path)
        look = await checks.temporal(checks.Server(given, Stack(given), PATIENCE), {})
        assert look.verdict == "fail"
        assert "ombud stack up" in look.next_step

    @pytest.mark.temporal
    async def test_a_server_is_well_when_it_knows_by_what_cases_can_be_found(self, tmp_path: Path) -> None:
        given = settings(tmp_path, database_url=ELSEWHERE["database_url"])
        stack = Stack(given, search_attributes={"TenantId": "Keyword"})
        try:
            address, there = (await stack.up()).temporal_address, checks.Server(given, stack, PATIENCE)
            well = await checks.temporal(there, {"TenantId": "Keyword"})
            assert (well.verdict, well.found) == ("ok", f"{address}, namespace {given.temporal_namespace}")
            wanted = {"TenantId": "Keyword", "OpenedAt": "Datetime", "Outcome": "Keyword"}
            lacking = await checks.temporal(there, wanted)
            assert lacking.verdict == "fail"
            assert lacking.found.endswith("search attributes are missing: OpenedAt, Outcome")
            assert "--name OpenedAt --type Datetime --name Outcome --type Keyword" in lacking.next_step
            warned = await checks.temporal(there, wanted, may_lack=("OpenedAt", "Outcome", "Phase"))
            assert (warned.verdict, warned.found) == ("warn", lacking.found)
        finally:
            await stack.destroy()


class TestMail:
    async def test_without_a_server_it_is_said_that_no_notice_goes_out(self, tmp_path: Path) -> None:
        given = settings(tmp_path)
        look = await checks.mail(given, Stack(given), PATIENCE)
        assert look.verdict == "warn"
        assert "no notice goes out" in look.next_step

    async def test_one_that_does_not_answer_fails(self, tmp_path: Path) -> None:
        given = settings(tmp_path, smtp_host="127.0.0.1", smtp_port=free_port())
        look = await checks.mail(given, Stack(given), PATIENCE)
        assert look.verdict == "fail"
        assert "OMBUD_SMTP_HOST" in look.next_step

    async def test_one_that_takes_the_call_and_says_nothing_fails(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            given = settings(tmp_path, smtp_host="127.0.0.1", smtp_port=silent.getsockname()[1])
            look = await checks.mail(given, Stack(given), timedelta(milliseconds=200))
        assert look.verdict == "fail"

    async def test_the_machines_own_catcher_is_asked(self, tmp_path: Path) -> None:
        given = settings(tmp_path, **ELSEWHERE)
        stack = Stack(given, mail=True)
        try:
            await stack.up()
            look = await checks.mail(given, stack, PATIENCE)
        finally:
            await stack.destroy()
        assert look.verdict == "ok"
        assert look.found.startswith("127.0.0.1:")


class TestMasterKey:
    async def test_one_that_is_given_is_well_and_not_shown(self, tmp_path: Path) -> None:
        given = settings(tmp_path, master_key="A" * 43 + "=")
        look = await checks.master_key(given, Stack(given))
        assert look.verdict == "ok"
        assert "AAAA" not in f"{look}"

    async def test_one_of_this_machine_beside_a_database_of_all_is_warned_of(self, tmp_path: Path) -> None:
        given = settings(tmp_path, **ELSEWHERE)
        look = await checks.master_key(given, Stack(given))
        assert look.verdict == "warn"
        assert "OMBUD_MASTER_KEY" in look.next_step

    async def test_one_that_others_can_read_fails(self, tmp_path: Path) -> None:
        given = settings(tmp_path)
        assert (await checks.master_key(given, Stack(given))).verdict == "warn"
        path = tmp_path / "credentials.json"
        path.touch(mode=0o600)
        assert (await checks.master_key(given, Stack(given))).verdict == "ok"
        path.chmod(0o640)
        look = await checks.master_key(given, Stack(given))
        assert (look.verdict, look.next_step) == ("fail", f"Run `chmod 600 {path}`.")
