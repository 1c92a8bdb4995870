"""What is to be done once a day, whatever it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol


class Job(Protocol):
    """A job of upkeep. Ended in the middle, it can be done again from its beginning."""

    async def run(self, beat: Callable[[], None]) -> Mapping[str, int]:
        """Do it, with a ``beat`` after each batch; how much was done, by what. Raises :class:`activities.ports.errors.Never` for
        what a person has to look at first."""
        ...
