"""Whatever a stranger sends, the process that reads it ends alone, and everybody else is answered."""

from __future__ import annotations

import asyncio
import gc
import pickle
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import psutil  # type: ignore[import-untyped,unused-ignore]  # it ships no types
import pytest

from adapters.intake.errors import ReportInvalid
from adapters.intake.generic import report_from_json
from adapters.intake.mail import MailIntake
from adapters.reading.pool import ReadingBusy, ReadingFailed, ReadingPool
from domain.model.report import Report
from tests.support import hostile
from tests.support.places import FIXTURES

INTAKE = MailIntake("ombud.example")
RAW = b"From: mia@x.example\nSubject: kettle\n\nIt never came. \xff"


@pytest.fixture
async def pool() -> AsyncIterator[ReadingPool]:
    async with ReadingPool(2, reading_for=timedelta(seconds=1)) as made:
        await made.read("nobody", mail(), 0)
        yield made
    gc.collect()  # pipes that were not closed are told here, and not to another test


def mail(raw: bytes = RAW) -> Callable[[], object]:
    return partial(INTAKE.read, raw)


class TestAnswers:
    async def test_a_mail_is_read_as_it_is_here(self, pool: ReadingPool) -> None:
        assert await pool.read("acme", mail(), len(RAW)) == INTAKE.read(RAW)
        reply = RAW.replace(b"Subject", b"In-Reply-To: <ntc_1@ombud.example>\nSubject")
        assert await pool.read("acme", mail(reply), len(RAW)) == INTAKE.read(reply)

    async def test_a_report_as_json_is_read_as_it_is_here(self, pool: ReadingPool) -> None:
        body = (FIXTURES / "intake" / "report.json").read_bytes()
        assert await pool.read("acme", partial(report_from_json, body), len(body)) == report_from_json(body)

    async def test_what_is_wrong_with_it_is_told_field_by_field(self, pool: ReadingPool) -> None:
        with pytest.raises(ReportInvalid) as caught:
            await pool.read("acme", mail(b"Subject: x\n\ny"), 10)
        assert [error.code for error in caught.value.errors] == ["sender_missing"]

    async def test_a_reader_knows_no_secret_of_the_process_that_started_it(self, pool: ReadingPool) -> None:
        assert await pool.read("acme", hostile.environment, 0) <= {"PYTHONPATH", "PATH", "LANG", "LC_CTYPE"}

    async def test_what_no_reader_answers_is_not_taken_apart(self, pool: ReadingPool) -> None:
        with pytest.raises(ReadingFailed):
            await pool.read("acme", hostile.grown, 0)


class TestEnds:
    @pytest.mark.parametrize("job", [hostile.devour, hostile.crash])
    async def test_one_that_dies_of_it_is_replaced(self, pool: ReadingPool, job: Callable[[], object]) -> None:
        with pytest.raises(ReadingFailed) as caught:
            await pool.read("acme", job, 0)
        assert caught.value.why == "died"
        assert isinstance(await pool.read("acme", mail(), 0), Report)
        assert (pool.state()["died"], pool.state()["read"]) == (1, 2)

    async def test_one_that_takes_too_long_is_stopped(self, pool: ReadingPool) -> None:
        with pytest.raises(ReadingFailed):
            await pool.read("acme", hostile.spin, 0)
        assert isinstance(await pool.read("acme", mail(), 0), Report)
        assert pool.state()["timed_out"] + pool.state()["died"] == 1

    async def test_nothing_is_left_behind(self) -> None:
        async with ReadingPool(2) as pool:
            await pool.read("acme", mail(), 0)
            stopped = asyncio.create_task(pool.read("acme", hostile.spin, 0))
            await asyncio.sleep(0.1)
            stopped.cancel()
            with pytest.raises(asyncio.CancelledError):
                await stopped
        assert not [child for child in psutil.Process().children() if "adapters.reading.child" in child.cmdline()]


class TestShares:
    async def test_one_tenant_does_not_hold_all_places(self, pool: ReadingPool) -> None:
        hanging = [asyncio.create_task(pool.read("acme", hostile.spin, 0)) for _ in range(6)]
        await asyncio.sleep(0)
        assert isinstance(await pool.read("other", mail(), 0), Report)
        assert not any(task.done() and not isinstance(task.exception(), ReadingFailed) for task in hanging)
        assert pool.state()["waiting"] >= 3
        await _ended(hanging)

    async def test_who_comes_when_too_much_waits_is_turned_away(self) -> None:
        async with ReadingPool(1, reading_for=timedelta(seconds=30), most_waiting=4) as pool:
            tasks = [asyncio.create_task(pool.read("acme", hostile.spin, 0)) for _ in range(4)]
            await asyncio.sleep(0)
            assert pool.state()["waiting"] == 2  # half of the four that may wait
            assert sorted(isinstance(task.exception(), ReadingBusy) for task in tasks if task.done()) == [True]
            with pytest.raises(ReadingBusy) as caught:
                await pool.read("acme", mail(), 0)
            assert caught.value.retry_after == 30
            await _ended(tasks)

    async def test_what_waits_is_bounded_by_its_bytes(self) -> None:
        async with ReadingPool(1, most_waiting_bytes=100) as pool:
            tasks = [asyncio.create_task(pool.read(tenant, hostile.spin, 80)) for tenant in ("a", "b", "c")]
            await asyncio.sleep(0)
            assert [task.done() for task in tasks] == [False, False, True]
            await _ended(tasks)

    async def test_who_waits_too_long_is_turned_away(self) -> None:
        async with ReadingPool(1, waiting_for=timedelta(seconds=0)) as pool:
            first = asyncio.create_task(pool.read("a", hostile.spin, 0))
            await asyncio.sleep(0)
            with pytest.raises(ReadingBusy):
                await pool.read("b", mail(), 0)
            assert pool.state()["waiting"] == 0
            await _ended([first])

    async def test_whoever_has_the_fewest_places_comes_next(self) -> None:
        async with ReadingPool(1) as pool:
            order: list[str] = []

            async def one(tenant: str) -> None:
                await pool.read(tenant, mail(), 0)
                order.append(tenant)

            await asyncio.gather(*(one(tenant) for tenant in ("a", "b", "a")))
            assert sorted(order) == ["a", "a", "b"]

    async def test_at_the_end_whoever_waits_is_told(self) -> None:
        pool = ReadingPool(1)
        tasks = [asyncio.create_task(pool.read(tenant, hostile.spin, 0)) for tenant in ("a", "b")]
        await asyncio.sleep(0)
        await pool.close()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(error) for error in found] == [ReadingBusy, ReadingBusy]


async def _ended(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_an_error_goes_from_one_process_to_another() -> None:
    error = ReportInvalid.one("too_large", "body", "Too large.")
    assert pickle.loads(pickle.dumps(error)).errors == error.errors
