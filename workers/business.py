"""How the business stands, for Prometheus: counted now and then by each worker, the same from every one of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Protocol

import structlog
from prometheus_client import Metric
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry

from storage.postgres.pool import AWAY
from storage.views.business import Business

EVERY_FOR = timedelta(seconds=30)
"""Between two counts, however often somebody looks: Prometheus asks each worker every 15 to 60 seconds."""

log = structlog.stdlib.get_logger("ombud.business")


class Counts(Protocol):
    """Where the numbers come from; :class:`storage.views.business.PostgresBusiness` is one."""

    async def now(self) -> Business: ...


class BusinessMetrics(Collector):
    """The last count, in a worker's registry. Nothing until there was one: a nought would say that nothing waits."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._last: Business | None = None
        self._counted_at: float | None = None
        registry.register(self)

    def set(self, business: Business, at: float) -> None:
        """Tell this from now on; ``at`` is when it was counted, in seconds since 1970."""
        self._last, self._counted_at = business, at

    def collect(self) -> Iterable[Metric]:
        """The families, as the last count says."""
        now, at = self._last, self._counted_at
        if now is None or at is None:
            return
        cases = GaugeMetricFamily("ombud_cases_open", "Open cases, of all tenants.", labels=["kind", "phase"])
        for (kind, phase), number in sorted(now.open.items()):
            cases.add_metric([kind, phase], number)
        yield cases
        for name, text, found in (
            ("late", "Open cases of which a clock is over.", now.late),
            ("at_risk", "Open cases of which a clock will soon be over.", now.at_risk),
        ):
            family = GaugeMetricFamily(f"ombud_cases_{name}", text, labels=["kind"])
            # Every kind that is open, so that one whose last late case was ruled says 0 and does not vanish.
            for kind in sorted({kind for kind, _ in now.open}):
                family.add_metric([kind], found.get(kind, 0))
            yield family
        waiting = GaugeMetricFamily("ombud_waiting", "What waits, by what it is; of one tenant 10,000 at most.", labels=["what"])
        oldest = GaugeMetricFamily("ombud_waiting_oldest_seconds", "For how long the oldest of it waits.", labels=["what"])
        for what, waits in now.waits.items():
            waiting.add_metric([what], waits.number)
            oldest.add_metric([what], waits.oldest_s)
        yield waiting
        yield oldest
        yield GaugeMetricFamily("ombud_business_counted_timestamp_seconds", "When this was counted.", value=at)


async def keep_counting(counts: Counts, metrics: BusinessMetrics, every_for: timedelta = EVERY_FOR) -> None:
    """Count again and again, for ever. While Postgres is away the last numbers stay, and say how old they are."""
    while True:
        try:
            metrics.set(await counts.now(), time.time())
        except AWAY as error:
            log.warning("what is open and waits could not be counted", error=type(error).__name__)
        except Exception:
            # Numbers for others must not end the worker that tells them, whatever a driver raises.
            log.exception("what is open and waits could not be counted; trying again")
        await asyncio.sleep(every_for.total_seconds())
