"""A wait goes on as long as there is something to wait for, is heard of meanwhile, and ends with what it waited for."""

import asyncio
from datetime import timedelta
from itertools import islice

import pytest

from runtime.patience import Pauses, growing_patience, silent, telling

SOON = timedelta(milliseconds=5)


async def test_it_is_told_that_it_goes_on_until_the_value_comes() -> None:
    said: list[str] = []
    enough = asyncio.Event()

    def say(line: str) -> None:
        said.append(line)
        if len(said) == 3:
            enough.set()

    assert await telling("worker", enough.wait(), say, SOON) is True
    assert len(said) == 3
    assert all(line.startswith("worker: still starting, ") for line in said)


async def test_a_fault_ends_it_at_once() -> None:
    async def failing() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await telling("worker", failing(), silent, timedelta(hours=1))


async def test_nothing_is_left_of_it_when_whoever_waits_is_stopped() -> None:
    ended = asyncio.Event()

    async def working() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiting = asyncio.create_task(telling("worker", working(), silent))
    await asyncio.sleep(0.02)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.wait_for(ended.wait(), 5)


def test_attempts_get_longer_and_never_end() -> None:
    spans = [one.total_seconds() for one in islice(growing_patience(), 8)]
    assert spans == [2, 4, 8, 16, 30, 30, 30, 30]


class TestPauses:
    def test_they_double_with_each_failure_in_a_row_cut_short_by_chance(self) -> None:
        pauses = Pauses(timedelta(seconds=2), timedelta(seconds=30))
        for grown in (4, 8, 16, 30, 30):
            assert max(2, grown / 2) <= pauses.after_failure() <= grown

    def test_after_a_success_they_are_the_usual_ones(self) -> None:
        pauses = Pauses(timedelta(seconds=2))
        pauses.after_failure()
        pauses.after_failure()
        assert pauses.after_success() == 2
        assert pauses.after_failure() <= 4

    def test_two_who_failed_together_do_not_come_back_together(self) -> None:
        once = {Pauses(timedelta(seconds=2)).after_failure() for _ in range(20)}
        assert len(once) > 10

    def test_a_usual_pause_above_the_longest_stays(self) -> None:
        pauses = Pauses(timedelta(minutes=5), timedelta(seconds=30))
        assert pauses.after_failure() == 300

    def test_a_long_outage_overflows_nothing(self) -> None:
        pauses = Pauses(timedelta(seconds=2))
        assert max(pauses.after_failure() for _ in range(5000)) <= 30
