"""Who asks, as every count of tries sees it: the other end of the connection, unless a proxy of ours says otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from cli.kit.compose import server_config
from runtime.settings import Settings

PROXY, STRANGER, ANOTHER = "192.0.2.5", "203.0.113.7", "198.51.100.9"


async def seen(trusted: str, peer: str, *forwarded: str) -> str:
    """Where a request comes from, to the application."""
    hosts: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        hosts.append(scope["client"][0])

    config = server_config(Settings(trusted_proxies=trusted), app, "127.0.0.1", 0, 1)
    config.load()
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    await config.loaded_app({"type": "http", "client": (peer, 4711), "headers": headers}, None, None)
    return hosts[0]


async def test_nobody_is_believed_where_no_proxy_is_named() -> None:
    assert await seen("", STRANGER, ANOTHER) == STRANGER
    assert await seen("", "127.0.0.1", ANOTHER) == "127.0.0.1"


async def test_a_proxy_that_is_named_says_who_asks() -> None:
    assert await seen(PROXY, PROXY, STRANGER) == STRANGER
    assert await seen("192.0.2.0/24", PROXY, STRANGER) == STRANGER
    assert await seen(PROXY, PROXY) == PROXY


async def test_whoever_comes_past_the_proxy_is_not_believed() -> None:
    assert await seen(PROXY, STRANGER, ANOTHER) == STRANGER


@pytest.mark.parametrize("made_up", [(f"{ANOTHER}, {STRANGER}",), (ANOTHER, STRANGER), (f"{ANOTHER}, {STRANGER}, {PROXY}",)])
async def test_what_somebody_wrote_before_the_proxy_does_not_count(made_up: tuple[str, ...]) -> None:
    assert await seen(PROXY, PROXY, *made_up) == STRANGER


def test_everybody_is_no_proxy() -> None:
    with pytest.raises(ValidationError, match="Name addresses or networks"):
        Settings(trusted_proxies="*")
