"""What the worker counts for Prometheus: commands, notices, pokes. Codes and channels only, never a case or a person."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from activities.ports.notices import Notifier, OutgoingNotice
from activities.ports.records import CaseSnapshot, Records, Transition
from services.temporal_door import Tried

_log = structlog.stdlib.get_logger("ombud.worker")


class Counters:
    """The worker's metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        make = self._make
        self.commands = make("ombud_commands_total", "Commands judged, by status and code.", ["status", "code"])
        self.facts = make("ombud_facts_total", "Facts recorded, by type.", ["type"])
        self.levels = make(
            "ombud_levels_total", "Clock levels reached, by clock, level and action.", ["clock", "level", "action"]
        )
        self.notices = make("ombud_notices_total", "Tries to send a notice, by channel and result.", ["channel", "result"])
        self.refused_at_door = make(
            "ombud_temporal_door_refused_total", "Commands that Temporal's door did not let in, by code.", ["code"]
        )
        self.pokes = make("ombud_relay_pokes_total", "Cases woken by the relay, by result.", ["result"])
        for result in ("poked", "refused", "not_reached"):
            # There from the start: an alert sees the first one only as a step from nothing.
            self.pokes.labels(result)
        self.swept = make("ombud_sweep_total", "What the search for what nobody is at came to, by what was done.", ["what"])
        self.sweep_failed = make("ombud_sweep_failed_total", "Looks of that search that broke off, by why.", ["why"])
        self.sweep_at = self._gauge("ombud_sweep_last_timestamp_seconds", "When that search had looked last.")
        self.stuck = self._gauge("ombud_stuck_cases", "Cases that were woken again and again without a move.")
        self.failing = self._gauge("ombud_failing_cases", "Some of them whose workflow task fails again and again.")
        self.waits_for = self._gauge("ombud_oldest_waiting_seconds", "How long the oldest command or level has waited.")
        self.attributes_missing = self._gauge("ombud_search_attributes_missing", "What the namespace of Temporal lacks.")
        self.version_current = self._gauge("ombud_deployment_has_current", "Whether a version of this deployment is current.")
        self.version_runs = self._gauge(
            "ombud_deployment_current_runs", "Whether workers run of the version that is current in this deployment."
        )
        for version in (self.version_current, self.version_runs):
            version.set(1)
        self.activities_paused = self._gauge("ombud_paused_activities", "Activities of cases that were paused in Temporal.")
        self.activities_failing = self._gauge(
            "ombud_failing_activities", "Activities that fail again and again, of what has waited longest."
        )

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self.registry)

    def _make(self, name: str, text: str, labels: list[str]) -> Counter:
        return Counter(name, text, labels, registry=self.registry)


def watched(counters: Counters, tried: Tried) -> None:
    """Count what Temporal's door did not let in, and log it: beyond the bound of a day, the first of each code alone."""
    counters.refused_at_door.labels(tried.code).inc()
    if tried.noted is None or tried.noted.kept or tried.noted.new:
        _log.warning(
            "command_not_let_in",
            tenant=tried.tenant_id,
            case=tried.case_id,
            claimed=tried.claimed,
            command=tried.command_id,
            code=tried.code,
        )


class CountingRecords:
    """Records that are counted as they are written."""

    def __init__(self, records: Records, counters: Counters) -> None:
        self._records, self._counters = records, counters

    async def read(
        self,
        tenant_id: str,
        case_id: str,
        *,
        ask: Sequence[str] = (),
        known_turn: int | None = None,
        limit: int = 50,
        lock: bool = False,
    ) -> CaseSnapshot | None:
        """As the records behind it."""
        return await self._records.read(tenant_id, case_id, ask=ask, known_turn=known_turn, limit=limit, lock=lock)

    async def write(self, tenant_id: str, case_id: str, transition: Transition) -> bool:
        """As the records behind it; counts what was stored."""
        stored = await self._records.write(tenant_id, case_id, transition)
        if stored:
            for answer in transition.answers:
                self._counters.commands.labels(answer.status, answer.code or "").inc()
            for chained in transition.facts:
                fact = chained.recording.fact
                self._counters.facts.labels(fact.type).inc()
                if fact.type == "level_reached":
                    self._counters.levels.labels(fact.clock, fact.level, fact.action).inc()
        return stored


class CountingNotifier:
    """A notifier whose tries are counted."""

    def __init__(self, notifier: Notifier, counters: Counters) -> None:
        self._notifier, self._counters = notifier, counters

    async def send(self, notice: OutgoingNotice) -> str:
        """As the notifier behind it."""
        try:
            receipt = await self._notifier.send(notice)
        except Exception as error:
            # Counted by type and passed on; what it means is decided by whoever asked.
            self._counters.notices.labels(notice.channel, type(error).__name__).inc()
            raise
        self._counters.notices.labels(notice.channel, "sent").inc()
        return receipt
