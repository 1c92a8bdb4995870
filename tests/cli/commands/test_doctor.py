"""``ombud doctor`` goes through every part, goes on after one that fails, and says by its exit code whether any does."""

from __future__ import annotations

import json

import pytest

from runtime.embedded.processes import free_port
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres

PARTS = [
    "python", "time zones", "postgres program", "temporal program", "services", "database", "administration", "audit trail",
    "temporal", "workers", "worker deployment",
    "temporal door", "mail", "mail door", "file scanner", "relay", "activities", "sweep", "upkeep", "signed heads",
    "backups", "erased files", "sealed keys", "master key", "evidence store",
]  # fmt: skip


@pytest.fixture
def nobody() -> str:
    """An address at which no Temporal answers."""
    return f"127.0.0.1:{free_port()}"


async def test_every_part_is_told_though_one_of_them_fails(shell: Shell, nobody: str) -> None:
    done = await shell.type("doctor", "--json", OMBUD_TEMPORAL_ADDRESS=nobody)
    told = {one["part"]: one for one in json.loads(done.stdout)}
    assert list(told) == PARTS
    assert told["database"]["verdict"] == "ok"
    assert told["master key"]["found"] == "from OMBUD_MASTER_KEY"
    assert [part for part, one in told.items() if one["verdict"] == "fail"] == ["temporal"]
    assert done.exit_code == 1


async def test_people_read_in_a_table_what_is_to_be_done_for_each_that_fails(shell: Shell, nobody: str) -> None:
    wrong = {"OMBUD_DATABASE_URL": f"postgresql://x@127.0.0.1:{free_port()}/y", "OMBUD_EVIDENCE_URL": "ftp://somewhere"}
    done = await shell.type("doctor", OMBUD_TEMPORAL_ADDRESS=nobody, COLUMNS="250", **wrong)
    assert done.exit_code == 1
    assert [part for part in PARTS if part not in done.stdout] == []
    for step in ("Check OMBUD_DATABASE_URL", "check TEMPORAL_ADDRESS", "Correct OMBUD_EVIDENCE_URL"):
        assert step in done.stdout
