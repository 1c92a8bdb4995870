"""The database fixtures, one tenant's office on them, and the console on that office."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import Browser, async_playwright

from console.app import create_console
from runtime.embedded.processes import free_port
from tests.api.conftest import database, log, migrated, office, postgres_server, server, tenant_id, vault
from tests.support.browsing import Lobby
from tests.support.office import Office
from tests.support.rooms import Rooms
from tests.support.serving import served

__all__ = ["database", "log", "migrated", "office", "postgres_server", "server", "tenant_id", "vault"]


@pytest.fixture
def lobby(office: Office) -> Lobby:
    """The console, on a development machine."""
    return Lobby(office)


@pytest.fixture
async def payments(office: Office) -> None:
    """Its mediators work on payments."""
    for name in ("ada", "ben"):
        await office.works(name, "payments")


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def rooms(office: Office, payments: None, chromium: Browser) -> AsyncIterator[Rooms]:
    """The console, answering; and at the end nothing that a browser complained about."""
    await office.works("cleo", "payment-appeals")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    house = replace(Lobby(office).house, public_url=url)
    made = Rooms(office, url, chromium, house)
    async with served(create_console(house), port):
        yield made
        for context in chromium.contexts:
            await context.close()
    assert made.complaints == []
