"""The bench itself: it must behave as a server would, or the tests on it mean nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.support.activation import NOON, Bench, TaskFailed
from tests.workflows.samples import SampleWorkflow


def sample(**given: Any) -> Bench:
    return Bench(SampleWorkflow, given)


def test_a_run_completes_with_its_result() -> None:
    with sample() as bench:
        bench.start()
        bench.now_comes(bench.signal("a"), bench.signal("end"))
        assert bench.how() == "completed"
        assert bench.ended is not None
        assert bench.ended.value == ["a", "end"]


def test_the_workflows_clock_is_the_benchs() -> None:
    with sample(nap=100) as bench:
        assert bench.start() == ["start_timer"]
        [timer] = bench.open.timers.values()
        assert (timer.at, timer.summary) == (NOON + timedelta(days=100), "a nap")
        bench.now_comes(bench.ring())
        assert bench.query("told").value == ["2025-06-11T12:00:00+00:00"]


def test_time_passes_between_activations() -> None:
    with sample(nap=1) as bench:
        bench.start()
        bench.now_comes(bench.signal("a"), after=timedelta(days=3))
        bench.now_comes(bench.ring())
        assert bench.query("told").value == ["a", "2025-03-06T12:00:00+00:00"]


def test_a_failure_ends_the_run_with_its_type() -> None:
    with sample(fail=True) as bench:
        bench.start()
        assert bench.how() == "failed"
        assert bench.ended is not None
        assert getattr(bench.ended.error, "type", None) == "asked_for"


def test_a_bug_fails_the_task_and_the_test() -> None:
    with sample(**{"break": True}) as bench, pytest.raises(TaskFailed, match="as asked"):
        bench.start()


def test_an_update_is_accepted_and_answered() -> None:
    with sample() as bench:
        bench.start()
        assert bench.now_comes(bench.update("hello")) == ["accepted u1", "completed u1"]
        assert bench.heard["u1"].value == "HELLO"


def test_an_update_is_refused_by_the_validator() -> None:
    with sample() as bench:
        bench.start()
        assert bench.now_comes(bench.update("no")) == ["rejected u1"]
        assert not bench.heard["u1"].accepted
        assert getattr(bench.heard["u1"].error, "type", None) == "refused"


def test_a_local_activity_is_resolved_by_hand() -> None:
    with sample() as bench:
        bench.start()
        assert bench.now_comes(bench.update("local")) == ["accepted u1", "local work"]
        assert bench.waiting("work").body == "local"
        bench.now_comes(bench.done("work", "done"))
        assert bench.heard["u1"].value == "done"


def test_the_order_of_jobs_is_the_order_of_signals() -> None:
    with sample() as bench:
        bench.start()
        bench.now_comes(bench.signal("b"), bench.signal("a"))
        assert bench.query("told").value == ["b", "a"]


def test_a_query_makes_no_other_command() -> None:
    with sample() as bench:
        bench.start()
        before = list(bench.trace)
        assert bench.query("told").value == []
        assert bench.query("what").error is not None
        assert bench.trace == before


def test_the_sandbox_is_on() -> None:
    with sample(nap=1) as bench:
        assert type(bench._instance).__module__ == "temporalio.worker.workflow_sandbox._runner"


def test_an_activity_that_is_not_open_cannot_be_resolved() -> None:
    with sample() as bench:
        bench.start()
        with pytest.raises(AssertionError, match="no open work"):
            bench.done("work")
