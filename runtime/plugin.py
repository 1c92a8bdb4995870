"""The one Temporal plugin of client, worker, replayer and tests: how values travel, and what the workflow sandbox lets through.

The workflows and activities are handed in, so that this room needs none of ours.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from temporalio.client import Interceptor as ClientInterceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DefaultFailureConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.plugin import SimplePlugin
from temporalio.worker import Interceptor as WorkerInterceptor
from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from runtime.codec import SealedPayloads

PASSED_THROUGH = (
    # The messages that cross to activities: frozen models without state. Building them anew in each sandbox costs milliseconds.
    "activities",
    # Imported by those; pure functions and frozen models. Lint keeps clocks and chance out (banned-api).
    "domain",
    # Libraries without state that matters to a replay, expensive to import afresh.
    "pydantic",
    "pydantic_core",
    "annotated_types",
)


def sandboxed_runner() -> SandboxedWorkflowRunner:
    """The sandbox as Ombud runs it: on, with the modules above passed through."""
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH))


def _runner(given: WorkflowRunner | None) -> WorkflowRunner:
    if isinstance(given, SandboxedWorkflowRunner):
        restrictions = given.restrictions.with_passthrough_modules(*PASSED_THROUGH)
        return replace(given, restrictions=restrictions)
    return given or sandboxed_runner()


def ombud_plugin(
    workflows: Sequence[type] = (),
    activities: Sequence[Callable[..., Any]] = (),
    interceptors: Sequence[ClientInterceptor | WorkerInterceptor] = (),
    codec: SealedPayloads | None = None,
) -> SimplePlugin:
    """The plugin. A client needs none of the workflows; a replayer needs no activities.

    A ``codec`` seals and opens payloads, and the words of failures, which travel as a payload then.
    """
    converter = pydantic_data_converter
    if codec is not None:
        failures = DefaultFailureConverterWithEncodedAttributes if codec.sealing else DefaultFailureConverter
        converter = replace(converter, payload_codec=codec, failure_converter_class=failures)
    return SimplePlugin(
        "ombud",
        data_converter=converter,
        interceptors=list(interceptors),
        workflows=list(workflows),
        activities=list(activities),
        workflow_runner=_runner,
    )
