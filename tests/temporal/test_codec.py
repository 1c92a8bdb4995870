"""Cases whose payloads are sealed: a whole life on a real server, of which the server can read no word."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import SecretStr
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from cli.kit.payloads import opening
from runtime.codec import codec_of
from runtime.plugin import ombud_plugin
from runtime.settings import Settings
from storage.postgres.pool import Database
from storage.postgres.ring import KeyRing
from storage.postgres.vault import Vault
from tests.support.temporal import House, TemporalServer, a_house, troubles, until

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]

CANARY = "canary-of-the-codec"
SHORTLY: dict[str, Any] = {"grace": timedelta(milliseconds=100), "appeal_window": timedelta(milliseconds=500)}


@asynccontextmanager
async def sealing(
    setting: Literal["opens", "aes"], server: TemporalServer, database: Database, vault: Vault, tenant_id: str
) -> AsyncIterator[House]:
    plugin = ombud_plugin(codec=codec_of(setting, vault.payload_key))
    house = await a_house(server, await Client.connect(server.address, plugins=[plugin]), database, vault, tenant_id)
    async with house.at_work():
        yield house


async def test_a_whole_life_of_which_the_server_reads_nothing(
    temporal_server: TemporalServer, database: Database, vault: Vault, tenant_id: str
) -> None:
    async with sealing("aes", temporal_server, database, vault, tenant_id) as house:
        case = await house.opens("fraud_report", **SHORTLY)
        await case.starts()
        await case.until(owner="per_mia")
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await case.handle.execute_update("ask", case.command("approve", "per_lou"))
        assert isinstance(refusal := caught.value.cause, ApplicationError)
        assert refusal.type == "not_in_this_phase"
        assert refusal.message
        await case.handle.signal(
            "tell", case.command("rule", "per_mia", outcome="false_positive", ground="no_fraud", reasons=CANARY)
        )
        await case.ends()
        assert (await case.view())["outcome"] == "ruled"
        history = await case.history()
        assert troubles(history) == []
        assert all(CANARY.encode() not in event.SerializeToString() for event in history)
        assert all(case.parties["claimant"].encode() not in event.SerializeToString() for event in history)


async def test_what_does_not_open_is_refused_and_the_case_goes_on(
    temporal_server: TemporalServer, database: Database, vault: Vault, tenant_id: str
) -> None:
    async with sealing("aes", temporal_server, database, vault, tenant_id) as house:
        case = await house.opens()
        await case.starts()
        strangers = ombud_plugin(codec=codec_of("aes", Vault(b"k" * 32).payload_key))
        stranger = await Client.connect(temporal_server.address, plugins=[strangers])
        await stranger.get_workflow_handle(case.named.workflow_id).signal("tell", case.command("take", "per_mia"))
        await case.does("escalate", "claimant")
        async with house.database.tenant(house.tenant_id) as conn:
            rows = await conn.fetch("SELECT status FROM commands WHERE id LIKE 'cmd_sys-refused-%'")
        assert [row["status"] for row in rows] == ["refused"]
        assert troubles(await case.history()) == []


async def test_it_is_switched_on_and_back_while_a_case_runs(
    temporal_server: TemporalServer, client: Client, database: Database, vault: Vault, tenant_id: str
) -> None:
    plain = await a_house(temporal_server, client, database, vault, tenant_id)
    async with plain.at_work():
        case = await plain.opens()
        await case.starts()
    sealed = await Client.connect(temporal_server.address, plugins=[ombud_plugin(codec=codec_of("aes", vault.payload_key))])
    reader = await Client.connect(temporal_server.address, plugins=[ombud_plugin(codec=codec_of("opens", vault.payload_key))])
    for now, command in ((sealed, "escalate"), (reader, "withdraw")):
        plain.client = now
        plain.__post_init__()
        async with plain.at_work():
            await case.does(command, "claimant")
            assert await case.view()
    assert troubles(await case.history()) == []


async def test_its_key_is_changed_while_a_case_runs_and_the_command_line_reads_both(
    temporal_server: TemporalServer, database: Database, vault: Vault, tenant_id: str, tmp_path: Path
) -> None:
    """Processes of before, between and after the change of the master key, on one case."""
    later, root = bytes(range(1, 33)), vault.ring.digest_root
    coming = Vault(KeyRing(bytes(range(32)), [later], root))
    between = Vault(KeyRing(later, [bytes(range(32))], root))
    async with sealing("aes", temporal_server, database, coming, tenant_id) as house:
        case = await house.opens("fraud_report", **SHORTLY)
        await case.starts()
        await case.until(owner="per_mia")
        await case.handle.signal("tell", case.command("note", "per_mia", text=f"{CANARY}-before"))
        await until(case.rests)
    changed = ombud_plugin(codec=codec_of("aes", between.payload_key, between.earlier_payload_keys))
    house.client = await Client.connect(temporal_server.address, plugins=[changed])
    house.__post_init__()
    async with house.at_work():
        await case.does("note", "per_mia", text=f"{CANARY}-between")
        await case.handle.signal("tell", case.command("note", "per_mia", text=f"{CANARY}-after"))
        await until(case.rests)
    assert troubles(await case.history()) == []
    settings = Settings(
        _env_file=None,
        state_dir=tmp_path,
        temporal_codec="aes",
        database_url="postgresql://x/y",
        temporal_address=temporal_server.address,
        master_key=base64.b64encode(later).decode(),
    )
    show = ["workflow", "show", "--workflow-id", case.named.workflow_id, "--output", "json"]
    for earlier, read in ((None, False), (base64.b64encode(bytes(range(32))).decode(), True)):
        with opening(settings.model_copy(update={"master_keys_earlier": SecretStr(earlier) if earlier else None}), show) as more:
            shown = words_of((await temporal_server.cli(*show, *more)).out)
        assert f"{CANARY}-after" in shown
        assert (f"{CANARY}-before" in shown) == read


def words_of(shown: str) -> str:
    """What stands in the payloads of a history in JSON."""
    return " ".join(base64.b64decode(data).decode("utf-8", "replace") for data in re.findall(r'"data": "([^"]+)"', shown))


async def test_temporals_command_line_reads_and_writes_through_ours(
    temporal_server: TemporalServer, database: Database, vault: Vault, tenant_id: str, tmp_path: Path
) -> None:
    async with sealing("aes", temporal_server, database, vault, tenant_id) as house:
        case = await house.opens("fraud_report", **SHORTLY)
        await case.starts()
        await case.until(owner="per_mia")
        words = ["workflow", "signal", "--workflow-id", case.named.workflow_id, "--name", "tell", "--input",
                 json.dumps(case.command("note", "per_mia", text=CANARY))]  # fmt: skip
        settings = Settings(
            _env_file=None,
            state_dir=tmp_path,
            temporal_codec="aes",
            database_url="postgresql://x/y",
            temporal_address=house.server.address,
            master_key=base64.b64encode(bytes(range(32))).decode(),
        )
        with opening(settings, words) as more:
            done = await house.server.cli(*words, *more)
        assert done.code == 0, done.err
        show = ["workflow", "show", "--workflow-id", case.named.workflow_id, "--output", "json"]
        bare = await house.server.cli(*show)
        assert CANARY not in words_of(bare.out)
        with opening(settings, show) as more:
            opened = await house.server.cli(*show, *more)
        assert CANARY in words_of(opened.out)
