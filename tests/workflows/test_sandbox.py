"""The sandbox stays on, and what it lets through is what the plugin names with a reason, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, UnintentionalPassthroughError
from temporalio.workflow import SandboxImportNotificationPolicy, _Definition

from activities.messages import Delivered, NoticeRef
from runtime.plugin import sandboxed_runner
from tests.support.activation import NOON, Bench
from tests.support.clerk import DELIVER, RECORD, START, accepted, closed, due, opened, standing
from tests.workflows.careless import CarelessWorkflow
from workflows.case import CaseWorkflow
from workflows.delivery import DeliveryWorkflow
from workflows.upkeep import UpkeepWorkflow


def strict(runner: SandboxedWorkflowRunner) -> SandboxedWorkflowRunner:
    policy = (
        SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
        | SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT  # and every warning is an error
    )
    return replace(runner, restrictions=runner.restrictions.with_import_notification_policy(policy))


def test_a_case_imports_nothing_by_accident_and_nothing_while_it_runs() -> None:
    with Bench(CaseWorkflow, START, runner=strict(sandboxed_runner())) as bench:
        opened(bench, standing(wants_owner=True, timetable=(due(NOON),)))
        bench.now_comes(bench.update("cmd_00001"), bench.signal([1]))
        bench.now_comes(bench.failed(RECORD))
        bench.now_comes(bench.done(RECORD, closed(accepted("cmd_00001"), None, undelivered=4)))
        bench.now_comes(bench.done("cases.assign"))
        bench.now_comes(bench.done(RECORD, closed(undelivered=4)))
        assert bench.query("view").value["loaded"] is True
        bench.now_comes(bench.done(DELIVER, Delivered(slow=("ntc_1",))))
        bench.now_comes(bench.child_started("delivery/ntc_1", already=True))
        assert bench.how() == "completed"


def test_nor_does_a_delivery() -> None:
    with Bench(
        DeliveryWorkflow, NoticeRef(tenant_id="acme", case_id="c", notice_id="n"), runner=strict(sandboxed_runner())
    ) as bench:
        bench.start()
        bench.now_comes(bench.failed("notices.deliver_one"))
        bench.now_comes(bench.done("notices.give_up"))
        assert bench.how() == "completed"


def test_a_careless_import_would_show() -> None:
    with pytest.raises(UnintentionalPassthroughError, match="yaml"):
        Bench(CarelessWorkflow, None, runner=strict(sandboxed_runner()))


@pytest.mark.parametrize("cls", [CaseWorkflow, DeliveryWorkflow, UpkeepWorkflow])
def test_no_workflow_fixes_how_it_is_versioned(cls: type) -> None:
    # With it, every task of a worker without a versioned deployment fails, and nobody sees an error.
    assert _Definition.must_from_class(cls).versioning_behavior in (None, 0)
