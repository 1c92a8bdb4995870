"""A limit for each API key, so that one runaway client does not starve the others. Kept in this process only."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from api.kit.problems import Problem

PER_SECOND = 100.0
"""Lasting rate of one key: far above what a platform's disputes come to, far below what one process answers."""
BURST = 1000.0
"""Requests that a key may send at once after a pause."""
_MOST_KEYS = 10_000


class Throttle:
    """Token buckets by key. ``clock`` gives seconds from any start."""

    def __init__(self, per_second: float = PER_SECOND, burst: float = BURST, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = per_second, burst, clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> None:
        """Count one request. Raises ``rate_limited`` with the whole seconds to wait."""
        now = self._clock()
        left, since = self._buckets.get(key, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        if left < 1:
            wait = max(1, math.ceil((1 - left) / self._rate))
            raise Problem("rate_limited", headers={"Retry-After": str(wait)})
        if key not in self._buckets and len(self._buckets) >= _MOST_KEYS:
            self._buckets = {k: v for k, v in self._buckets.items() if v[0] + (now - v[1]) * self._rate < self._burst}
        self._buckets[key] = (left - 1, now)
