"""What is open and waits, as Prometheus reads it: nothing before the first count, and never a tenant."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest

from storage.views.business import WHAT_WAITS, Business, Waits
from workers.business import BusinessMetrics, keep_counting


def business() -> Business:
    found = Business()
    found.open["fraud_report", "review"] = 3
    found.open["conduct_report", "appeal"] = 1
    found.late["fraud_report"] = 2
    found.waits = {what: Waits() for what in WHAT_WAITS} | {"command": Waits(4, 12.5)}
    return found


def test_before_the_first_count_nothing_is_told() -> None:
    registry = CollectorRegistry()
    BusinessMetrics(registry)
    assert generate_latest(registry) == b""


def test_the_last_count_is_told_with_its_age() -> None:
    registry = CollectorRegistry()
    BusinessMetrics(registry).set(business(), 1000.0)
    of = registry.get_sample_value
    assert of("ombud_cases_open", {"kind": "fraud_report", "phase": "review"}) == 3
    assert of("ombud_cases_late", {"kind": "fraud_report"}) == 2
    assert of("ombud_cases_late", {"kind": "conduct_report"}) == 0, "a kind without late cases says so"
    assert of("ombud_waiting", {"what": "command"}) == 4
    assert of("ombud_waiting_oldest_seconds", {"what": "command"}) == 12.5
    assert of("ombud_business_counted_timestamp_seconds") == 1000.0


class Answers:
    """Answers one after the other, and then none any more."""

    def __init__(self, *answers: Business | Exception) -> None:
        self._left, self.done = list(answers), asyncio.Event()

    async def now(self) -> Business:
        if not self._left:
            self.done.set()
            await asyncio.Event().wait()
        answer = self._left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_while_the_database_is_away_the_last_numbers_stay_and_it_goes_on() -> None:
    registry, counts = CollectorRegistry(), Answers(business(), ConnectionError("away"), ValueError("odd"))
    counting = asyncio.create_task(keep_counting(counts, BusinessMetrics(registry), timedelta(0)))
    await counts.done.wait()
    counting.cancel()
    await asyncio.gather(counting, return_exceptions=True)
    assert registry.get_sample_value("ombud_cases_open", {"kind": "fraud_report", "phase": "review"}) == 3
