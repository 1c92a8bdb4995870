"""The ports of one machine's services: the same ones each time, and the next free one, said aloud, where one is taken."""

import threading
from typing import Literal

from runtime.embedded import processes
from runtime.patience import Say, silent

Door = Literal["api", "temporal_ui", "mail", "temporal", "worker_health"]

DOORS: tuple[Door, ...] = ("api", "temporal_ui", "mail", "temporal")
"""What people and their tools call by its port, in the order of the ports."""
_WORDS: dict[Door, str] = {
    "api": "the API",
    "temporal_ui": "Temporal's page",
    "mail": "the mail catcher",
    "temporal": "the Temporal server",
    "worker_health": "the worker's health",
}


class Ports:
    """Hands out ports. Without a `first` one they are those of the last time, or any free ones."""

    def __init__(self, first: int = 0, *, settled: bool = False, say: Say = silent) -> None:
        """`first` is the API's port, the other doors follow; 0: none is reserved. `settled`: something runs that knows the ports
        of the last time, so these go first. `say` hears of each port that was taken by somebody else.
        """
        self._reserved = {door: first + place for place, door in enumerate(DOORS)} if first else {}
        self._settled = settled
        self._say = say
        self._given: set[int] = set()
        # Services come up side by side: no two of them may be given the same next free port.
        self._one = threading.Lock()

    def take(self, door: Door, last: int | None, instead: int | None = None) -> int:
        """A port on which nobody listens. `last` is the one of the last time, `instead` one that the operator named."""
        wanted = instead or self._reserved.get(door)
        if wanted is None or (self._settled and last is not None and processes.is_free(last)):
            return processes.free_port(last)
        with self._one:
            kept = set(self._reserved.values()) - {wanted} | self._given
            port = next(one for one in range(wanted, 65_536) if one not in kept and processes.is_free(one))
            self._given.add(port)
        if port != wanted:
            self._say(f"port {wanted} is taken by somebody else: {_WORDS[door]} goes to {port}")
        return port
