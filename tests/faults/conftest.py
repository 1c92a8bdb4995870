"""One house for all fault tests: each test has a firm of its own in it, and leaves everything running."""

from __future__ import annotations

import os
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.fleet import Firm, House
from tests.support.profiles import FIXED_SEED


@pytest.fixture(scope="session")
async def built(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The house."""
    async with House.at(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
async def house(built: House) -> AsyncIterator[House]:
    """The house, whole before and after."""
    await built.whole()
    yield built
    await built.whole()


@pytest.fixture
async def firm(house: House) -> Firm:
    """A tenant of this test alone; an hour of the rules lasts a twentieth of a second."""
    return await house.firm()


@pytest.fixture(scope="session")
def seed() -> int:
    """What the chances of this run follow from: the same ones each time, or those of OMBUD_FAULT_SEED."""
    return int(os.environ.get("OMBUD_FAULT_SEED") or FIXED_SEED)


@pytest.fixture
def chance(seed: int) -> random.Random:
    """Chances that the seed decides; the seed is printed."""
    print(f"OMBUD_FAULT_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    return tmp_path
