"""A notice that did not go through at once: patient tries, then a person's task."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from activities.messages import NoticeRef
from tests.support.activation import Bench
from workflows import options
from workflows.delivery import DeliveryWorkflow

NOTICE = NoticeRef(tenant_id="acme", case_id="case_00000001", notice_id="ntc_1")
DELIVER_ONE, GIVE_UP = "notices.deliver_one", "notices.give_up"


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench(DeliveryWorkflow, NOTICE) as bench:
        bench.start()
        yield bench


def test_sent(bench: Bench) -> None:
    call = bench.waiting(DELIVER_ONE)
    assert (call.local, call.body, call.proto.task_queue) == (False, NOTICE.model_dump(), "ombud-test-outbound")
    bench.now_comes(bench.done(DELIVER_ONE))
    assert bench.how() == "completed"
    assert bench.ended is not None
    assert bench.ended.value == "sent"


def test_never_going_to_work_is_given_up_by_its_code(bench: Bench) -> None:
    bench.now_comes(bench.failed(DELIVER_ONE, code="address_rejected", non_retryable=True))
    assert bench.waiting(GIVE_UP).args == [NOTICE.model_dump(), "address_rejected"]
    bench.now_comes(bench.done(GIVE_UP))
    assert bench.ended is not None
    assert bench.ended.value == "address_rejected"


@pytest.mark.parametrize("code", ["ConnectionRefusedError", "told_to_wait", ""])
def test_after_the_last_try_the_code_is_one_that_a_fact_can_hold(code: str, bench: Bench) -> None:
    bench.now_comes(bench.failed(DELIVER_ONE, code=code))
    assert bench.waiting(GIVE_UP).args[1] == "gave_up"


def test_the_last_try_that_timed_out_is_given_up_too(bench: Bench) -> None:
    bench.now_comes(bench.timed_out(DELIVER_ONE))
    assert bench.waiting(GIVE_UP).args[1] == "gave_up"


def test_giving_up_is_tried_without_end(bench: Bench) -> None:
    bench.now_comes(bench.timed_out(DELIVER_ONE))
    assert bench.waiting(GIVE_UP).proto.retry_policy.maximum_attempts == 0


def test_a_cancellation_goes_through(bench: Bench) -> None:
    bench.now_comes(bench.cancel())
    bench.now_comes(bench.cancelled(DELIVER_ONE))
    assert bench.how() == "cancelled"
    assert [c.name for c in bench.calls] == [DELIVER_ONE]


def test_the_schedule_is_ten_tries_over_about_three_days() -> None:
    policy = options.PATIENT["retry_policy"]
    waits, wait_for = [], policy.initial_interval
    for _ in range(policy.maximum_attempts - 1):
        waits.append(wait_for)
        wait_for = min(wait_for * policy.backoff_coefficient, policy.maximum_interval)
    assert len(waits) == 9
    assert timedelta(hours=74) < sum(waits, timedelta()) < timedelta(hours=77)
