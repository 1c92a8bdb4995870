"""A Temporal server that does not answer is a clear fault, and only for those who cannot go on without it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from runtime.connection import connect_temporal
from runtime.embedded.processes import free_port
from runtime.embedded.stack import Stack
from runtime.errors import ServiceFault
from runtime.settings import Settings


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **{"temporal_address": None, **given})


async def test_nobody_there_is_a_fault_that_names_the_address() -> None:
    address = f"127.0.0.1:{free_port()}"
    with pytest.raises(ServiceFault, match=address) as fault:
        await connect_temporal(settings(), address, deadline_for=timedelta(0))
    assert fault.value.code == "temporal_unreachable"


async def test_no_address_at_all_is_a_fault_that_says_how_to_get_one() -> None:
    with pytest.raises(ServiceFault, match="ombud stack up"):
        await connect_temporal(settings())


async def test_the_api_starts_without_a_server() -> None:
    client = await connect_temporal(settings(temporal_address=f"127.0.0.1:{free_port()}"), lazy=True)
    assert client.namespace == "default"


@pytest.mark.temporal
async def test_a_server_that_answers_gives_a_client_of_its_namespace(tmp_path: Path) -> None:
    given = settings(state_dir=tmp_path, database_url="postgresql://x@y/z", temporal_namespace="disputes")
    stack = Stack(given)
    try:
        client = await connect_temporal(given, (await stack.up()).temporal_address)
        assert (await client.count_workflows("")).count == 0
    finally:
        await stack.destroy()
