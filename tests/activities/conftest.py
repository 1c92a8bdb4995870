"""A tenant's world without a database, for activities that need a record to look at."""

import pytest

from tests.support.worlds import MemoryWorld


@pytest.fixture
async def memory_world() -> MemoryWorld:
    """A tenant with its people."""
    made = MemoryWorld()
    await made.staff()
    return made
