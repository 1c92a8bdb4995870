"""What a deadline costs: the calculator against the slow one of the tests, in one interleaved run on the same questions.

    python -m benchmarks.clocks [questions]

A question is a target of a month of work (20 days of 8 hours) over an office's calendar with holidays, a lunch break, half days
and a pause. "Cold" forgets every block of open time before each question; "warm" is what a worker sees.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from time import perf_counter

from domain.worktime import calculator as worktime
from domain.worktime import openings
from domain.worktime.calendars import Calendar
from domain.worktime.spans import Span
from policies.calendars import resolve
from policies.folders import calendar_files, read_calendar
from runtime.zones import use_wheel_zones
from tests.support.slow_calendar import SlowCalendar, slow_due

MONTH_OF_WORK = timedelta(hours=20 * 8)


class Disagree(RuntimeError):
    """The two calculators gave different answers."""


def main() -> None:
    """Print the medians, and say so if the two ever disagree."""
    use_wheel_zones()
    questions = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    costs = measure(questions)
    print(f"A month of work, {questions} questions, zone data {worktime.zone_data_version()}, calendar {_calendar().ref}")
    for name, times in costs.items():
        p95 = quantiles(times, n=20)[-1]
        print(f"{name:>5}: median {median(times) * 1000:9.4f} ms   p95 {p95 * 1000:9.4f} ms")
    print(f"slow / warm: {median(costs['slow']) / median(costs['warm']):,.0f} x")
    print(f"slow / cold: {median(costs['slow']) / median(costs['cold']):,.0f} x")
    print(f"blocks kept at most: {openings._block.cache_info().maxsize}")


def measure(questions: int) -> dict[str, list[float]]:
    """Seconds for each question: ``warm``, ``cold``, ``slow``. Raises :class:`Disagree`."""
    calendar = _calendar()
    raw = calendar.model_dump(mode="json")
    costs: dict[str, list[float]] = {"warm": [], "cold": [], "slow": []}
    first = datetime(2025, 1, 1, 10, 17, tzinfo=UTC)
    for number in range(questions):
        start = first + timedelta(hours=37 * number)
        pauses = [(start + timedelta(days=3), start + timedelta(days=4, hours=5))]
        fast = _fast(calendar, start, pauses)
        openings._block.cache_clear()
        answers = {
            _timed(costs["cold"], fast),
            _timed(costs["warm"], fast),
            _timed(costs["slow"], _slow(raw, start, pauses)),
        }
        if len(answers) > 1:
            raise Disagree(f"from {start}: {answers}")
    return costs


def _calendar() -> Calendar:
    office = read_calendar(calendar_files()["europe-office"])
    day = (("09:00", "12:30"), ("13:15", "17:45"))
    return resolve(office, 2024, 2032).model_copy(update={"hours": dict.fromkeys(office.hours, day)})


def _fast(calendar: Calendar, start: datetime, pauses: Sequence[worktime.Pause]) -> Callable[[], datetime | None]:
    return lambda: worktime.due(calendar, start, Span.working(MONTH_OF_WORK), pauses)


def _slow(raw: dict[str, object], start: datetime, pauses: Sequence[worktime.Pause]) -> Callable[[], datetime | None]:
    return lambda: slow_due(SlowCalendar(raw), start, MONTH_OF_WORK // timedelta(microseconds=1), pauses)


def _timed(times: list[float], question: Callable[[], datetime | None]) -> datetime | None:
    begin = perf_counter()
    answer = question()
    times.append(perf_counter() - begin)
    return answer


if __name__ == "__main__":
    main()
