"""What the workflow sandbox costs: the first activation of a case against that of an empty workflow, and memory of a cached one.

The instances are the ones that a worker makes, without a server: the same runner, the same converter, the same activations.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import psutil  # type: ignore[import-untyped,unused-ignore]  # it ships no types
from temporalio import workflow
from temporalio.bridge.proto.activity_result import ActivityResolution, Success
from temporalio.bridge.proto.workflow_activation import (
    InitializeWorkflow,
    ResolveActivity,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.common import TypedSearchAttributes
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner

from activities.messages import CaseStart, DueAt, Recorded
from benchmarks.empty import EmptyWorkflow
from runtime.plugin import sandboxed_runner
from tests.support.activation import NOON, Bench, payload
from workflows.case import CaseWorkflow

START = CaseStart(tenant_id="bench", case_id="case_0196a7c2-0000-7000-8000-000000000001")
OPEN = Recorded(
    seq=7,
    kind="bounty_dispute",
    phase="review",
    status="open",
    owner="per_0196a7c2-0000-7000-8000-000000000001",
    queue="mediation",
    priority="normal",
    waiting_on="staff",
    opened_at=NOON,
    timetable=tuple(DueAt(clock="ruling", level=f"level_{n}", at=NOON.replace(year=2026 + n)) for n in range(4)),
)
_LOOP = asyncio.new_event_loop()
Live = Callable[[WorkflowRunner], WorkflowInstance]


def first_activations(rounds: int) -> dict[str, list[float]]:
    """Seconds until a new instance has handled its first activation, by workflow, from interleaved rounds."""
    runner = sandboxed_runner()
    kinds = {"case": _maker(CaseWorkflow, START), "empty": _maker(EmptyWorkflow)}
    times: dict[str, list[float]] = {name: [] for name in kinds}

    for make in kinds.values():
        make(runner)
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, make in kinds.items():
                begin = perf_counter()
                make(runner)
                times[name].append(perf_counter() - begin)
    finally:
        gc.enable()
    return times


def memory(live: int, rounds: int) -> dict[str, float]:
    """KiB that one instance keeps of this machine's memory: the median of fresh processes, interleaved."""
    found: dict[str, list[float]] = {"case": [], "empty": []}
    fresh = multiprocessing.get_context("spawn")
    for _ in range(rounds):
        for name, sizes in found.items():
            with fresh.Pool(1) as pool:
                sizes.append(pool.apply(_growth, (name, live)))
    return {name: median(sizes) for name, sizes in found.items()}


def _growth(name: str, live: int) -> float:
    runner = sandboxed_runner()
    make = _waiting_case() if name == "case" else _maker(EmptyWorkflow)
    kept = [make(runner) for _ in range(20)]
    gc.collect()
    before = psutil.Process().memory_info().rss
    kept.extend(make(runner) for _ in range(live))
    gc.collect()
    return float(psutil.Process().memory_info().rss - before) / live / 1024


def _maker(cls: type, *start: Any) -> Live:
    """Makes an instance and has it handle its first activation."""
    defn = workflow._Definition.must_from_class(cls)
    with Bench(CaseWorkflow, START) as bench:
        details: WorkflowInstanceDetails = bench._bench_details(defn, TypedSearchAttributes.empty)
    init = InitializeWorkflow(workflow_type=defn.name or "", workflow_id="case/bench/1", attempt=1)
    init.arguments.extend(payload(one) for one in start)

    def make(runner: WorkflowRunner) -> WorkflowInstance:
        # An instance is made while a loop runs, as in a worker, and is a loop of its own from then on.
        asyncio._set_running_loop(_LOOP)
        instance = runner.create_instance(details)
        asyncio._set_running_loop(None)
        _activate(instance, WorkflowActivationJob(initialize_workflow=init))
        return instance

    return make


def _waiting_case() -> Live:
    """Makes a case as it lies in a worker's cache most of its life: judged, and waiting for its next deadline."""
    make = _maker(CaseWorkflow, START)

    def waiting(runner: WorkflowRunner) -> WorkflowInstance:
        instance = make(runner)
        done = ActivityResolution(completed=Success(result=payload(OPEN)))
        _activate(instance, WorkflowActivationJob(resolve_activity=ResolveActivity(seq=1, result=done, is_local=True)))
        return instance

    return waiting


def _activate(instance: WorkflowInstance, job: WorkflowActivationJob) -> None:
    act = WorkflowActivation(run_id="run", jobs=[job])
    act.timestamp.FromDatetime(NOON)
    done = instance.activate(act)
    if done.HasField("failed"):
        raise RuntimeError(done.failed.failure.message)
