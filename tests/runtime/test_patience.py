"""A wait goes on as long as there is something to wait for, is heard of meanwhile, and ends with what it waited for."""

import asyncio
from datetime import timedelta
from itertools import islice

import pytest

from runtime.errors import ServiceFault
from runtime.patience import Pauses, growing_patience, once_there, silent, telling

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


class TestOnceThere:
    async def test_a_database_that_comes_while_somebody_waits_is_there(self) -> None:
        tries = iter([OSError("starting up"), OSError("starting up"), None])

        async def connect() -> str:
            if (error := next(tries)) is not None:
                raise error
            return "there"

        assert await once_there(connect, (OSError,)) == "there"

    async def test_one_that_does_not_come_is_a_fault_with_the_next_step_and_nothing_of_what_it_said(self) -> None:
        async def connect() -> None:
            raise OSError("password is 1234")

        with pytest.raises(ServiceFault, match=r"OSError.*OMBUD_DATABASE_URL") as fault:
            await once_there(connect, (OSError,), within=timedelta(seconds=0.3))
        assert fault.value.code == "postgres_unreachable"
        assert "1234" not in str(fault.value)

    async def test_what_is_wrong_for_good_is_not_waited_for(self) -> None:
        async def connect() -> None:
            raise LookupError("no such role")

        with pytest.raises(LookupError):
            await once_there(connect, (OSError,))
