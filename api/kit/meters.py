"""What Prometheus is told: counts and times by route and status, never by who or which case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class _Reading(Collector):
    """How the reading of strangers' bytes goes, asked whenever somebody looks."""

    def __init__(self, state: Callable[[], Mapping[str, int]]) -> None:
        self._state = state

    def collect(self) -> Iterable[Metric]:
        now = dict(self._state())
        for name, text in (("waiting", "that wait to be read"), ("reading", "that are being read")):
            yield GaugeMetricFamily(f"ombud_intake_{name}", f"Mails and payloads {text}.", value=now.pop(name, 0))
        ends = CounterMetricFamily("ombud_intake_reads", "Readings of mails and payloads by how they ended.", labels=["end"])
        for end, count in now.items():
            ends.add_metric([end], count)
        yield ends


class Meters:
    """The meters of one API process, in a registry of its own."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._beside: Callable[[], Awaitable[bytes]] | None = None
        self._requests = Counter(
            "ombud_api_requests_total", "Requests by route and status.", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "ombud_api_request_seconds",
            "Time from the first byte in to the last byte out.",
            ["route"],
            registry=self._registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
        )
        self._mails = Counter(
            "ombud_mails_total", "Mails that came, by what became of them and why.", ["became", "reason"], registry=self._registry
        )

    def mail(self, became: str, reason: str) -> None:
        """Count a mail: a case, a message, kept (``unplaced``) or ignored; with its code."""
        self._mails.labels(became, reason).inc()

    def watch(self, state: Callable[[], Mapping[str, int]]) -> None:
        """Tell of the reading, too."""
        self._registry.register(_Reading(state))

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def beside(self, page: Callable[[], Awaitable[bytes]]) -> None:
        """Tell what somebody else of this process counts, too: the connection to Temporal."""
        self._beside = page

    async def page(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry) + (b"" if self._beside is None else await self._beside())
